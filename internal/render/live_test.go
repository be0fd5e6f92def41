package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// key is the value that a secret has in the laboratory: letters and digits, as
// Azure takes them, and another one for every reference.
func key(ref secret.Ref) string {
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, ref.String())
	return name[:min(len(name), 25)]
}

// withSecrets is the text of an artifact with the keys in their places.
func withSecrets(c artifact.Config) string {
	text := c.Text
	for _, ref := range c.Secrets {
		text = strings.ReplaceAll(text, ref.Placeholder(), key(ref))
	}
	return text
}

// device is the VLAN device of a link. A veth of that name stands in for it:
// not every kernel has VLAN devices.
func vlanDevice(l plan.Link) string { return fmt.Sprintf("%s.%d", l.Interface, l.Unit) }

// Every FRR text passes vtysh, names nothing that it does not define, is what
// real daemons print back after they have loaded it, and leaves frr-reload.py
// nothing to do.
func TestFRRLoads(t *testing.T) {
	t.Parallel()
	frrtest.NeedVtysh(t)
	for _, s := range subjects(t) {
		p := s.on(t, plan.FRR)
		for i, c := range configs(t, p) {
			// As many at a time as the test binary runs in parallel: by default
			// one for each processor.
			t.Run(s.name+"/"+c.Router, func(t *testing.T) {
				t.Parallel()
				conf := withSecrets(c)
				if said := frrtest.SyntaxCheck(t, conf); said != "" {
					t.Errorf("vtysh -C: %s", said)
				}
				if d, err := read(c); err != nil {
					t.Error(err)
				} else if names := d.undefined(); len(names) > 0 {
					t.Errorf("used and not defined: %q", names)
				}

				n := frrtest.New(t)
				r := n.Router(c.Router)
				for _, l := range p.Routers[i].Links {
					n.StandIn(r, vlanDevice(l))
				}
				r.Start(conf)
				if diff := cmp.Diff(frrtest.Normalize(conf), frrtest.Normalize(r.RunningConfig())); diff != "" {
					t.Errorf("running-config (-file +daemon):\n%s", diff)
				}
				if toDelete, toAdd, rc := r.Reload(conf, true); len(toDelete)+len(toAdd) > 0 || rc != 0 {
					t.Errorf("frr-reload.py plans, rc %d: to delete %q, to add %q", rc, toDelete, toAdd)
				}
			})
		}
	}
}
