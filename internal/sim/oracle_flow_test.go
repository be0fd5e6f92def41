package sim_test

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// flow is what the oracle says of one flow of Predict. Waits are not its
// business.
func (o *oracle) flow(f *sim.Flow) (to, from sim.Result) {
	s := &o.p.Statements[slices.IndexFunc(o.p.Statements, func(s plan.Statement) bool { return s.Name == f.Statement })]
	if f.Default {
		return sim.Result{}, o.defaultFlow(s, f.Family)
	}
	there, back := &trip{}, &trip{}
	for _, name := range s.Networks {
		n := o.network(name)
		var prefixes []netip.Prefix
		for _, p := range n.Prefixes {
			if plan.FamilyOf(p.Addr()) == f.Family {
				prefixes = append(prefixes, p)
			}
		}
		if len(prefixes) == 0 {
			continue
		}
		entries, one := 0, &trip{}
		for _, r := range o.entries(n) {
			if !o.routers[r] {
				entries++
				o.toAzure(s, o.tables[[2]string{r, s.VRF}], f.Family, one)
			}
		}
		one.lost = one.lost || entries == 0
		o.fromAzure(s, prefixes, one.legs[sim.Leg{Path: sim.Internet}], back)
		there.join(one)
	}
	return o.result(s, there), o.result(s, back)
}

func (o *oracle) network(name string) *plan.OnpremNetwork {
	return &o.p.Networks[slices.IndexFunc(o.p.Networks, func(n plan.OnpremNetwork) bool { return n.Name == name })]
}

// entries are the routers to which the LAN hands a network's traffic.
func (o *oracle) entries(n *plan.OnpremNetwork) []string {
	if len(n.At) > 0 {
		return n.At
	}
	var out []string
	for _, s := range o.p.Statements {
		if !slices.Contains(s.Networks, n.Name) {
			continue
		}
		for _, c := range o.p.Circuits {
			for _, p := range c.Peerings {
				for _, l := range p.Links {
					if slices.Contains(s.Prefer, p.Path) {
						out = append(out, l.Router)
					}
				}
			}
		}
		for _, v := range o.p.VPNs {
			for _, t := range v.Tunnels {
				if slices.Contains(s.Prefer, v.Name) {
					out = append(out, t.Router)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (o *oracle) toAzure(s *plan.Statement, table *speaker, family plan.Family, t *trip) {
	for _, p := range s.Azure {
		if plan.FamilyOf(p.Addr()) == family && (!o.gatewaySpace(p) || len(s.Azure) == 1) {
			for _, a := range o.ask(p) {
				o.forward(table, a, t)
			}
		}
	}
	for _, d := range o.destinations() {
		if plan.FamilyOf(d.prefix.Addr()) != family || !slices.Contains(s.Services, d.service) {
			continue
		}
		for _, a := range o.ask(d.prefix) {
			one := &trip{}
			if matched := table != nil && o.forward(table, a, one); !matched {
				one = &trip{}
				one.add(sim.Leg{Path: sim.Internet})
			}
			t.join(one)
		}
	}
}

func (o *oracle) fromAzure(s *plan.Statement, prefixes []netip.Prefix, internet bool, t *trip) {
	for _, p := range prefixes {
		for _, name := range s.VNets {
			n := o.vnet(name)
			if !slices.ContainsFunc(n.Prefixes, func(q netip.Prefix) bool { return q.Addr().Is4() == p.Addr().Is4() }) {
				continue
			}
			for _, q := range append(o.unspoken(p, n), p) {
				for _, a := range o.ask(q) {
					o.fromVNet(n, a, t)
				}
			}
		}
		for _, a := range o.ask(p) {
			if len(s.Services) > 0 && !o.fromMicrosoft(a, t) {
				// What leaves by the Internet comes back that way, with another
				// address; the pool itself is announced nowhere else.
				if t.lost = t.lost || !internet; internet {
					t.add(sim.Leg{Path: sim.Internet})
				}
			}
		}
	}
}

// unspoken are the prefixes of other networks inside p of which no statement
// says how a VNet reaches them: p's statement does.
func (o *oracle) unspoken(p netip.Prefix, v *plan.VNet) []netip.Prefix {
	var out []netip.Prefix
	for _, n := range o.p.Networks {
		spoken := slices.ContainsFunc(o.p.Statements, func(s plan.Statement) bool {
			return slices.Contains(s.Networks, n.Name) && slices.Contains(s.VNets, v.Name)
		})
		for _, q := range n.Prefixes {
			if !spoken && q.Bits() > p.Bits() && p.Contains(q.Addr()) {
				out = append(out, q)
			}
		}
	}
	return out
}

// defaultFlow is the way from the statement's VNets to the Internet.
func (o *oracle) defaultFlow(s *plan.Statement, family plan.Family) sim.Result {
	t := &trip{}
	a := [...]netip.Addr{netip.MustParseAddr("9.9.9.9"), netip.MustParseAddr("2620:fe::9")}[family]
	for _, name := range s.VNets {
		n := o.vnet(name)
		if !slices.ContainsFunc(n.Prefixes, func(q netip.Prefix) bool { return plan.FamilyOf(q.Addr()) == family }) {
			continue
		}
		one := &trip{}
		if !o.fromVNet(n, a, one) {
			one = &trip{legs: map[sim.Leg]bool{{Path: sim.Internet}: true}}
		}
		t.join(one)
	}
	return o.result(s, t)
}

// ask are addresses that stand for a prefix: one that no longer prefix of the
// plan holds, if there is one, and one in each half, where the plan has halves.
// A half that is another network's is that network's to ask, unless nothing else
// is left.
func (o *oracle) ask(p netip.Prefix) []netip.Addr {
	var inside []netip.Prefix
	note := func(list ...netip.Prefix) {
		for _, q := range list {
			if q.IsValid() && q.Bits() > p.Bits() && p.Contains(q.Addr()) {
				inside = append(inside, q)
			}
		}
	}
	for _, n := range o.p.Networks {
		note(n.Prefixes...)
	}
	for _, n := range o.p.VNets {
		note(n.Prefixes...)
		note(n.Gateway.Subnet)
	}
	for _, s := range o.p.Services {
		note(s.Prefixes...)
	}
	for _, r := range o.p.Routers {
		for _, origin := range r.Origins {
			note(origin.Prefix)
		}
		for _, route := range r.Routes {
			note(route.Prefix)
		}
	}
	var halves []netip.Prefix
	if low := netip.PrefixFrom(p.Addr(), p.Bits()+1); low.IsValid() {
		if high := netip.PrefixFrom(last(low).Next(), low.Bits()); slices.Contains(inside, low) && slices.Contains(inside, high) {
			halves = []netip.Prefix{low, high}
		}
	}
	var own, others []netip.Addr
	for _, q := range append([]netip.Prefix{p}, halves...) {
		a := free(q, inside)
		switch {
		case !a.IsValid():
		case q != p && slices.ContainsFunc(o.p.Networks, func(n plan.OnpremNetwork) bool { return slices.Contains(n.Prefixes, q) }):
			others = append(others, a)
		default:
			own = append(own, a)
		}
	}
	if len(own) == 0 {
		return others
	}
	return own
}

// free is an address in p that none of the longer prefixes in list holds.
func free(p netip.Prefix, list []netip.Prefix) netip.Addr {
	candidates := []netip.Addr{p.Addr()}
	for _, q := range list {
		candidates = append(candidates, last(q).Next())
	}
	for _, a := range candidates {
		if p.Contains(a) && !slices.ContainsFunc(list, func(q netip.Prefix) bool { return q.Bits() > p.Bits() && q.Contains(a) }) {
			return a
		}
	}
	return netip.Addr{}
}

// last is the last address of p.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// result marks what the statement says of its legs, and sorts them.
func (o *oracle) result(s *plan.Statement, t *trip) sim.Result {
	r := sim.Result{Lost: t.lost, Tie: t.tie}
	for l := range t.legs {
		l.Clear = o.encrypted(s) && l.Instance == "" && l.Path != sim.Internet
		r.Legs = append(r.Legs, l)
	}
	slices.SortFunc(r.Legs, compareLegs)
	return r
}

// encrypted reports whether the statement puts a VPN first.
func (o *oracle) encrypted(s *plan.Statement) bool {
	return slices.ContainsFunc(o.p.VPNs, func(v plan.VPN) bool { return v.Name == s.Prefer[0] })
}

// gatewaySpace reports whether nothing but a VPN gateway lives in a prefix: what
// goes there is never in a tunnel.
func (o *oracle) gatewaySpace(p netip.Prefix) bool {
	return slices.ContainsFunc(o.p.VNets, func(n plan.VNet) bool { return n.Gateway.Subnet == p })
}

func compareLegs(a, b sim.Leg) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Router, b.Router), cmp.Compare(a.Position, b.Position),
		strings.Compare(a.Instance, b.Instance), strings.Compare(a.Over, b.Over), cmp.Compare(a.OverPosition, b.OverPosition),
		btoi(a.Clear)-btoi(b.Clear), btoi(a.Dead)-btoi(b.Dead))
}
