package render

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// The kernel takes the nft file as often as it is run, and has afterwards what
// the file says: nft prints its own words for the same.
func TestNftLoads(t *testing.T) {
	t.Parallel()
	needPrograms(t, "nft")
	for _, c := range []struct {
		name   string
		change func(*plan.Router)
		want   []string // rules
	}{
		{"everything", unchanged, []string{
			`iifname "vti1" tcp flags syn tcp option maxseg size set 1350`,
			`oifname "vti1" tcp flags syn tcp option maxseg size set 1350`,
			`oifname "enp1s0-x.101" ip dscp != cs0 ip dscp set cs0`,
			`oifname "wan0.102" ip6 dscp != { cs0, af11, ef } ip6 dscp set cs0`,
			`oifname != @edge iifname @edge jump sample`,
			`oifname != @edge iifname != @edge meta sdifname @edge jump sample`,
			`numgen random mod 1000 0 log group 2055 queue-threshold 1`,
		}},
		{"every packet, no tunnel, no VRF", func(r *plan.Router) {
			r.Flow.Sampling, r.Tunnels, r.VRFs, r.Routes = 1, nil, nil, nil
			r.Links = slices.DeleteFunc(r.Links, func(l plan.Link) bool { return l.VRF != "" })
		}, []string{`log group 2055 queue-threshold 1`, "~maxseg", "~sdifname", "~numgen"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := frrtest.New(t).Router("linux")
			r.WriteFile("/run/nft", linuxFiles(t, c.change)[".frr.nft"])
			for _, argv := range [][]string{{"nft", "-c", "-f", "/run/nft"}, {"nft", "-f", "/run/nft"}, {"nft", "-f", "/run/nft"}} {
				if _, err := r.Exec(t.Context(), argv...); err != nil {
					t.Fatal(err)
				}
			}
			got, err := r.Exec(t.Context(), "nft", "list", "ruleset")
			if err != nil {
				t.Fatal(err)
			}
			for _, rule := range c.want {
				absent, is := strings.CutPrefix(rule, "~")
				if strings.Count(got, absent) == 0 != is {
					t.Errorf("want %q in\n%s", rule, got)
				}
			}
		})
	}
}

// A router with nothing for packets to meet has no file for them.
func TestCompanionsWhenNeeded(t *testing.T) {
	t.Parallel()
	files := linuxFiles(t, func(r *plan.Router) {
		r.Flow, r.Tunnels, r.Routes = plan.Flow{}, nil, nil
		for i := range r.Links {
			r.Links[i].Remark = false
		}
	})
	var got []string
	for name := range files {
		got = append(got, name)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{".frr.conf", ".frr.daemons", ".frr.sysctl", ".frr.vlans", ".frr.vlans.service"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// uacctd has one log line for each of its settings and warns of what it does not
// know. It ignores a polite end while no packet comes.
func TestUacctdStarts(t *testing.T) {
	t.Parallel()
	needPrograms(t, "uacctd")
	r := frrtest.New(t).Router("linux")
	text := strings.Replace(linuxFiles(t, unchanged)[".frr.uacctd.conf"], "daemonize: true", "daemonize: false", 1)
	r.WriteFile("/run/uacctd.conf", text)
	r.WriteFile("/run/start", `ip address add 192.0.2.1/32 dev lo
ip route add 10.80.1.50 dev lo
uacctd -f /run/uacctd.conf </dev/null >/run/said 2>&1 &
`)
	if _, err := r.Exec(t.Context(), "sh", "/run/start"); err != nil {
		t.Fatal(err)
	}
	var said string
	frrtest.WaitFor(t, 30*time.Second, "the exporter runs", func() (bool, string) {
		var err error
		said, err = r.Exec(t.Context(), "cat", "/run/said")
		return err == nil && strings.Contains(said, "Exporting flows to") && strings.Contains(said, "NFLOG socket"), said
	})
	for _, want := range []string{"TCP timeout: 15s", "TCP post-FIN timeout: 5s", "UDP timeout: 15s", "General timeout: 15s", "Maximum lifetime: 60s", "Expiry interval: 5s", "10.80.1.50"} {
		if !strings.Contains(said, want) {
			t.Errorf("want %q in\n%s", want, said)
		}
	}
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, "WARN") || strings.HasPrefix(line, "ERROR") {
			t.Error(line)
		}
	}
}
