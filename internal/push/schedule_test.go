package push

import (
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/plan"
)

// A circuit is not left without a link: where one router ends both, and where another
// one ends the other, which nobody has asked here.
func TestOtherLinks(t *testing.T) {
	t.Parallel()
	plans := goldenPlans(t)
	both := []int{0, 1}
	for _, tt := range []struct {
		name, plan string
		down       []int // links of ce1 whose sessions are down
		damage     func(*Facts)
		resets     []int  // links of ce1 whose sessions the change resets
		why        string // empty: it may be changed
	}{
		{"both links are up", "dual-stack-one-ce", nil, nil, []int{0}, ""},
		{"the other one is down", "dual-stack-one-ce", []int{1}, nil, []int{0}, "the secondary link of er-reston is not healthy"},
		{"it is down itself", "dual-stack-one-ce", []int{0}, nil, []int{0}, ""},
		{"nothing resets", "dual-stack-one-ce", []int{1}, nil, nil, ""},
		{"both together", "dual-stack-one-ce", nil, nil, both, ""},
		{"the other one brings nothing", "dual-stack-one-ce", nil, func(f *Facts) {
			for i := range f.Peers[2:] {
				f.Peers[2+i].Routes = nil
			}
		}, []int{0}, "is up and brings no routes"},
		{"nobody brings anything", "dual-stack-one-ce", nil, func(f *Facts) {
			for i := range f.Peers {
				f.Peers[i].Routes = nil
			}
		}, []int{0}, ""},
		{"one family still carries", "dual-stack-one-ce", []int{1}, func(f *Facts) { down(&f.Peers[1]) }, []int{0}, "not healthy"},
		{"another router ends the other link", "two-ce-private", nil, nil, []int{0}, "was not asked"},
		{"BFD is down, and the link carries all the same", "two-ce-private", nil, func(f *Facts) { f.BFD = nil }, nil, "was not asked"},
		{"the link carries nothing", "two-ce-private", []int{0}, nil, []int{0}, ""},
	} {
		p := plans[tt.plan]
		r := &p.Routers[slices.IndexFunc(p.Routers, func(r plan.Router) bool { return r.Name == "ce1" })]
		x := &router{run: &Run{plan: p, oracle: newOracle(p)}, plan: r, before: newPerfect(p).facts(r)}
		x.job.Config.Router = r.Name
		e := effects{resets: make(map[Neighbor]bool)}
		for _, l := range tt.resets {
			for _, s := range r.Links[l].Sessions {
				e.resets[Neighbor{r.Links[l].VRF, s.Neighbor}] = true
			}
		}
		for _, l := range tt.down {
			for _, s := range r.Links[l].Sessions {
				down(x.before.Peer(Neighbor{r.Links[l].VRF, s.Neighbor}))
			}
		}
		if tt.damage != nil {
			tt.damage(&x.before)
		}
		err := x.otherLinks(t.Context(), e)
		if (err == nil) != (tt.why == "") || err != nil && !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.why)
		}
	}
}
