package push

import (
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// Another VLAN on both links of one router goes link by link: a link's new subinterface
// waits until its old one goes. Where only the secondary carries the circuit, the primary
// comes first. (Emulated.)
func TestStagesOfAnotherVLAN(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{confdiff.IOSXE, confdiff.Junos} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := newEmulated(t, platform, longer)
			o := e.order()
			o.Intent, o.Prune = strings.Replace(e.intent, "vlan: 150", "vlan: 151", 1), true
			var steps []string
			r := runChild(t, o, nil, func(ev Event, _ func()) {
				if text, ok := strings.CutPrefix(ev.Text, "next: "); ok {
					steps = append(steps, text)
				}
			})
			if r.code != 0 || !slices.Equal(steps, []string{"er-lab.secondary", "er-lab.primary"}) {
				t.Errorf("exit code %d, steps %q:\n%s", r.code, steps, r.said)
			}
			if text := e.Running(); strings.Contains(text, ".150\n") || strings.Contains(text, "vlan-id 150") || strings.Count(text, "151") < 2 {
				t.Errorf("the router has\n%s", text)
			}
		})
	}
}

// A link that the intent shuts down is drained first, while its session is up. (Emulated.)
func TestStagesDrainAndShut(t *testing.T) {
	t.Parallel()
	e := newEmulated(t, confdiff.Junos, longer)
	o := e.order()
	o.Intent, o.Drain = strings.Replace(e.intent, "ipv4: 172.16.200.0/30}", "ipv4: 172.16.200.0/30, shutdown: true}", 1), true
	r := runChild(t, o, nil, nil)
	if text := e.Running(); r.code != 0 || !strings.Contains(text, "neighbor 172.16.200.2 shutdown\n") || strings.Contains(text, "local-preference 10\n") {
		t.Errorf("exit code %d:\n%s\n%s", r.code, r.said, text)
	}
}

// The link that carries nothing comes first, the secondary where both carry.
func TestLinksInOrder(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["dual-stack-one-ce"]
	usual, other := []plan.Position{plan.Secondary, plan.Primary}, []plan.Position{plan.Primary, plan.Secondary}
	for name, tt := range map[string]struct {
		down []int // links
		want []plan.Position
	}{"both carry": {nil, usual}, "the primary carries nothing": {[]int{0}, other}, "the secondary carries nothing": {[]int{1}, usual}, "neither carries": {[]int{0, 1}, usual}} {
		r := &p.Routers[0]
		x := &router{run: &Run{plan: p}, plan: r, before: newPerfect(p).facts(r)}
		for _, i := range tt.down {
			for _, s := range r.Links[i].Sessions {
				down(x.before.Peer(Neighbor{r.Links[i].VRF, s.Neighbor}))
			}
		}
		if got := x.inOrder([]int{0, 1}); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
