package render_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// The plan that the texts are compared with says what the intent says: on every
// session of a path what its statements name is accepted and leaves, and of
// everything else nothing passes. So no comparison is empty.
func TestPlanMeansStatements(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := s.reference(t)
			asked := probes(p)
			in := s.document(t).Intent
			for i := range p.Routers {
				r := &p.Routers[i]
				d := planned(r)
				for _, l := range r.Links {
					for _, session := range l.Sessions {
						promised(in, p, l.Path, l.Position).keptBy(t, d, d.neighbors[peerKey{l.VRF, session.Neighbor}], asked)
					}
				}
				for _, x := range r.Tunnels {
					promised(in, p, x.Path, plan.Primary).keptBy(t, d, d.neighbors[peerKey{x.VRF, x.Session.Neighbor}], asked)
				}
				for _, v := range r.VRFs {
					for _, c := range v.Customers {
						ofCustomer(in, p, r, v.Name, c.Neighbor).keptBy(t, d, d.neighbors[peerKey{v.Name, c.Neighbor}], asked)
					}
				}
			}
		})
	}
}

// A promise is what the intent says of one session. It is worked out in the
// slowest way there is, from names to prefixes, with no part of package plan.
type promise struct {
	azure         []netip.Prefix // accepted exactly
	marked        []marked       // accepted by community, but for what is refused
	refused       []netip.Prefix // and whatever lies in it; also the default
	acceptDefault bool
	leaves        []netip.Prefix
	maybe         []netip.Prefix // may leave: halves, and what another statement may want there
	open          []netip.Prefix // may be accepted or not
}

// A marked set is accepted where a route has one of the communities and, unless
// within is empty, lies in one of those prefixes.
type marked struct {
	communities []bgp.Community
	within      []netip.Prefix
}

// promised collects the statements of a path. A VPN in front of a circuit takes
// the statement's prefixes for itself.
func promised(in *intent.Intent, p *plan.Plan, path string, position plan.Position) promise {
	var out promise
	peering := peeringOf(in, path)
	for i, st := range p.Statements {
		at := slices.Index(st.Prefer, path)
		if at < 0 {
			continue
		}
		written := in.Traffic[i]
		for _, name := range written.Azure {
			out.accept(in, peering, name.V)
		}
		ahead := slices.ContainsFunc(st.Prefer[:at], func(better string) bool { return in.VPNs.Get(better) != nil })
		if peering != nil && ahead {
			continue
		}
		for _, name := range written.Onprem {
			if peering != nil && elsewhere(peering.NAT, name.V, position) {
				continue
			}
			out.leaves = append(out.leaves, prefixesOf(in.Onprem.Networks.Get(name.V).Value.Prefixes)...)
		}
	}
	out.refused = onpremOf(p, tableOf(peering))
	for _, prefix := range out.leaves {
		out.maybe = append(out.maybe, halves(prefix)...)
	}
	if peering != nil {
		out.acceptDefault = peering.AcceptDefault.V
		out.open = reached(in, p, path)
	}
	return out
}

// tableOf is the VRF of a peering; the far end of a VPN is never recognised by
// community.
func tableOf(p *intent.Peering) string {
	if p == nil {
		return ""
	}
	return p.VRF.V
}

// onpremOf is what the statements of a VRF have on-premises.
func onpremOf(p *plan.Plan, table string) []netip.Prefix {
	var out []netip.Prefix
	for _, st := range p.Statements {
		if st.VRF == table {
			out = append(out, st.Onprem...)
		}
	}
	return out
}

// reached is what Global Reach may bring from the far circuit: whatever is
// on-premises there.
func reached(in *intent.Intent, p *plan.Plan, path string) []netip.Prefix {
	var out []netip.Prefix
	for _, c := range in.Circuits {
		g := c.Value.GlobalReach
		if g == nil || c.Name.V != path && g.With.V != path {
			continue
		}
		for _, st := range p.Statements {
			if slices.Contains(st.Prefer, c.Name.V) || slices.Contains(st.Prefer, g.With.V) {
				out = append(out, st.Onprem...)
			}
		}
	}
	return out
}

// accept adds a VNet or a set of services.
func (out *promise) accept(in *intent.Intent, peering *intent.Peering, name string) {
	if s := in.Azure.Services.Get(name); s != nil {
		set := marked{within: prefixesOf(s.Value.Prefixes)}
		for _, c := range s.Value.Communities {
			value, _ := bgp.ParseCommunity(c.V)
			set.communities = append(set.communities, value)
		}
		out.marked = append(out.marked, set)
		return
	}
	v := in.Azure.VNets.Get(name).Value
	if peering != nil && peering.MatchBy.V == "community" {
		if value, err := bgp.ParseCommunity(v.Community.V); err == nil {
			out.marked = append(out.marked, marked{communities: []bgp.Community{value}})
		}
		return
	}
	for _, prefix := range prefixesOf(v.Prefixes) {
		gateway, err := netip.ParsePrefix(v.GatewaySubnet.V)
		if peering == nil && err == nil && prefix.Overlaps(gateway) && prefix.Bits() >= expressroute.GatewaySubnetBits-2 {
			out.open = append(out.open, prefix) // the VPN refuses it where the tunnels ride on it
			continue
		}
		out.azure = append(out.azure, prefix)
	}
}

// ofCustomer is the promise of a customer's session: its own prefixes come in,
// and nothing but Azure's may go out.
func ofCustomer(in *intent.Intent, p *plan.Plan, r *plan.Router, table string, neighbor netip.Addr) promise {
	out := promise{}
	for _, n := range in.Routers.Get(r.Name).Value.VRFs.Get(table).Value.Neighbors {
		if n.Address.V != neighbor.String() {
			continue
		}
		if out.azure = prefixesOf(n.Prefixes); len(out.azure) == 0 {
			out.azure = onpremOf(p, table)
		}
	}
	for _, st := range p.Statements {
		if st.VRF == table {
			out.maybe = append(out.maybe, st.Azure...)
		}
	}
	return out
}

// keptBy asks a session for every probe.
func (out promise) keptBy(t *testing.T, d *device, n *neighbor, asked []probe) {
	t.Helper()
	for _, p := range asked {
		family := plan.FamilyOf(p.prefix.Addr()) == n.family
		if got, want := d.learned(n, p.prefix, p.communities...).accepted, family && out.accepts(p); got != want && !slices.Contains(out.open, p.prefix) {
			t.Errorf("AS %s: from %s %s %v: accepted %t, want %t", d.asn, peerOf(d, n), p.prefix, p.communities, got, want)
		}
		if got, want := d.leaves(n, p), family && slices.Contains(out.leaves, p.prefix); got != want && p.prefix.Bits() > 0 && !slices.Contains(out.maybe, p.prefix) {
			t.Errorf("AS %s: to %s %s %v: advertised %t, want %t", d.asn, peerOf(d, n), p.prefix, p.communities, got, want)
		}
	}
}

// accepts says what becomes of a probe from Azure.
func (out promise) accepts(p probe) bool {
	holds := func(outer netip.Prefix) bool {
		return outer.Bits() <= p.prefix.Bits() && outer.Contains(p.prefix.Addr())
	}
	switch {
	case p.prefix.Bits() == 0:
		return out.acceptDefault
	case slices.Contains(out.azure, p.prefix):
		return true
	case slices.ContainsFunc(out.refused, holds):
		return false
	}
	return slices.ContainsFunc(out.marked, func(m marked) bool {
		return (len(m.within) == 0 || slices.ContainsFunc(m.within, holds)) &&
			slices.ContainsFunc(m.communities, func(c bgp.Community) bool { return slices.Contains(p.communities, c) })
	})
}

// peeringOf finds the peering of a path; nil for a VPN.
func peeringOf(in *intent.Intent, path string) *intent.Peering {
	name, kind, _ := strings.Cut(path, ".")
	c := in.Circuits.Get(name)
	switch {
	case c == nil:
		return nil
	case kind == "microsoft":
		return c.Value.Microsoft
	}
	return c.Value.Private
}

// elsewhere reports whether a NAT pool leaves by the other link only.
func elsewhere(nat *intent.PeeringNAT, network string, position plan.Position) bool {
	if nat == nil {
		return false
	}
	has := func(list []intent.At[string]) bool {
		return slices.ContainsFunc(list, func(a intent.At[string]) bool { return a.V == network })
	}
	pools := [2][]intent.At[string]{nat.Primary, nat.Secondary}
	return has(pools[1-position]) && !has(pools[position])
}

func prefixesOf(list []intent.At[string]) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, text := range list {
		out[i] = netip.MustParsePrefix(text.V)
	}
	return out
}

// leaves reports whether a probe goes to n, whatever has brought it.
func (d *device) leaves(n *neighbor, p probe) bool {
	return slices.ContainsFunc(origins(), func(from string) bool { return d.advertised(n, p.from(from)).accepted })
}

// halves are what the technique more-specifics may add.
func halves(p netip.Prefix) []netip.Prefix {
	if p.IsSingleIP() {
		return nil
	}
	return []netip.Prefix{netip.PrefixFrom(p.Addr(), p.Bits()+1), netip.PrefixFrom(flip(p.Addr(), p.Bits()), p.Bits()+1)}
}
