package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// The handmade FRR router is what real daemons print back after they have
// loaded it, and leaves frr-reload.py nothing to do. A veth stands in for each
// device and a namespace for each VRF.
func TestHandmadeFRRLoads(t *testing.T) {
	t.Parallel()
	p := handmade(t)
	p.Routers = slices.DeleteFunc(p.Routers, func(r plan.Router) bool { return r.Platform != plan.FRR })
	router := &p.Routers[0]
	conf := render(t, p, Options{})[0].Text
	for _, ref := range secrets(router) {
		conf = strings.ReplaceAll(conf, ref.Placeholder(), "S3cret")
	}
	if said := frrtest.SyntaxCheck(t, conf); said != "" {
		t.Errorf("vtysh -C: %s", said)
	}
	n := frrtest.New(t)
	r := n.Router(router.Name)
	for _, v := range router.VRFs {
		r.VRF(v.Name)
	}
	add := func(name, vrf string) {
		n.StandIn(r, name)
		if vrf != "" {
			r.Enslave(name, vrf)
		}
	}
	for _, l := range router.Links {
		add(l.Subinterface(), l.VRF)
	}
	for _, d := range router.Tunnels {
		add(d.Interface, d.VRF)
	}
	conf = r.InVRFs(conf)
	r.Start(conf)
	if diff := cmp.Diff(frrtest.Normalize(conf), frrtest.Normalize(r.RunningConfig())); diff != "" {
		t.Errorf("running-config (-file +daemon):\n%s", diff)
	}
	if toDelete, toAdd, rc := r.Reload(conf, true); len(toDelete)+len(toAdd) > 0 || rc != 0 {
		t.Errorf("frr-reload.py plans, rc %d: to delete %q, to add %q", rc, toDelete, toAdd)
	}
}
