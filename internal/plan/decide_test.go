package plan_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// Which term takes a route, with its communities known and unknown.
func TestDecide(t *testing.T) {
	t.Parallel()
	list := func(name string, orLonger bool, prefixes ...string) plan.PrefixList {
		l := plan.PrefixList{Name: name, OrLonger: orLonger}
		for _, p := range prefixes {
			l.Entries = append(l.Entries, plan.PrefixEntry{Prefix: netip.MustParsePrefix(p)})
		}
		return l
	}
	r := &plan.Router{
		PrefixLists: []plan.PrefixList{list("VNETS", false, "10.1.0.0/16"), list("REFUSED", true, "192.168.0.0/16"), list("STORAGE", true, "20.0.0.0/8")},
		Communities: []plan.CommunityList{{Name: "SQL", Members: []bgp.Community{1}}, {Name: "ALL", Members: []bgp.Community{1, 2}}},
		Policies: []plan.Policy{{Name: "IN", Terms: []plan.Term{
			{Seq: 10, Match: "VNETS"}, {Seq: 20, Match: "REFUSED", Deny: true}, {Seq: 30, Match: "STORAGE", Communities: "SQL"}, {Seq: 40, Communities: "ALL"}, {Seq: 65535, Deny: true},
		}}},
	}
	for _, c := range []struct {
		prefix      string
		communities []bgp.Community
		decided     int // 0: refused
		possible    []int
	}{
		{"10.1.0.0/16", nil, 10, []int{10}},
		{"10.1.2.0/24", nil, 0, []int{40}},
		{"10.1.2.0/24", []bgp.Community{2}, 40, []int{40}},
		{"192.168.3.0/24", []bgp.Community{1}, 0, nil},
		{"20.1.0.0/16", []bgp.Community{1}, 30, []int{30, 40}},
		{"20.1.0.0/16", []bgp.Community{2}, 40, []int{30, 40}},
		{"20.1.0.0/16", []bgp.Community{3}, 0, []int{30, 40}},
		{"2001:db8::/32", []bgp.Community{1}, 0, nil},
	} {
		prefix, decided := netip.MustParsePrefix(c.prefix), 0
		if term := r.Decide("IN", prefix, c.communities); term != nil {
			decided = term.Seq
		}
		var possible []int
		for _, term := range r.Possible("IN", prefix) {
			possible = append(possible, term.Seq)
		}
		if decided != c.decided || !slices.Equal(possible, c.possible) {
			t.Errorf("%s %v: decided by %d, possibly by %v; want %d, %v", c.prefix, c.communities, decided, possible, c.decided, c.possible)
		}
	}
	if r.Decide("NONE", netip.MustParsePrefix("10.1.0.0/16"), nil) != nil || r.Possible("NONE", netip.MustParsePrefix("10.1.0.0/16")) != nil {
		t.Error("a policy that is not there takes a route")
	}
}
