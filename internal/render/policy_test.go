package render_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/plan"
)

// differences compares two devices: their sessions, their static routes, what
// becomes of every prefix on every session, both ways, and, on one platform,
// over which routes a next hop resolves.
func differences(want, got *device, prefixes []netip.Prefix) []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if want.asn != got.asn {
		report("AS %s, want %s", got.asn, want.asn)
	}
	if !maps.Equal(want.statics, got.statics) {
		report("static routes %v, want %v", got.statics, want.statics)
	}
	if want.semantics.platform == got.semantics.platform { // FRR can keep no next hop off the anchors
		for _, p := range prefixes {
			for _, from := range origins() {
				if a, b := want.resolves(route{p, from}), got.resolves(route{p, from}); a != b {
					report("next hops over %s of %s: %t, want %t", p, from, b, a)
				}
			}
		}
	}
	if !sameKeys(want.neighbors, got.neighbors) {
		report("neighbors %v, want %v", slices.Collect(maps.Keys(got.neighbors)), slices.Collect(maps.Keys(want.neighbors)))
		return out
	}
	for addr, w := range want.neighbors {
		g := got.neighbors[addr]
		if w.comparable() != g.comparable() {
			report("neighbor %s: %+v, want %+v", addr, g.comparable(), w.comparable())
		}
		for _, p := range prefixes {
			if a, b := want.learned(w, p), got.learned(g, p); a != b {
				report("from %s %s: %+v, want %+v", addr, p, b, a)
			}
			for _, from := range origins() {
				r := route{p, from}
				if got.semantics.platform == plan.Junos && !r.bgp() && want.passes(w, p) {
					// The export of a learned prefix names no protocol: Junos sends
					// it whatever has brought it, the others only when BGP has.
					continue
				}
				if a, b := want.advertised(w, r), got.advertised(g, r); a != b {
					report("to %s %s of %s: %+v, want %+v", addr, p, from, b, a)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// passes reports whether prefix goes to an edge router when iBGP has brought
// it.
func (d *device) passes(n *neighbor, prefix netip.Prefix) bool {
	return d.advertised(n, route{prefix, "internal"}).accepted
}

func sameKeys[K comparable, V any](a, b map[K]V) bool {
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

// probes are the prefixes on which policies are compared: those that the plan
// names, their halves and the prefix around them, the default routes, and
// random ones, inside of the named ones and anywhere.
func probes(p *plan.Plan) []netip.Prefix {
	named := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	for _, s := range p.Statements {
		named = append(append(named, s.Onprem...), s.Azure...)
	}
	for _, r := range p.Routers {
		for _, l := range r.Links {
			named = append(named, l.IPv4, l.IPv6)
		}
		for _, a := range []netip.Addr{r.Loopback.IPv4, r.Loopback.IPv6} {
			if a.IsValid() {
				named = append(named, netip.PrefixFrom(a, a.BitLen()))
			}
		}
		for _, l := range r.PrefixLists {
			for _, e := range l.Entries {
				named = append(named, e.Prefix)
			}
		}
	}
	named = slices.DeleteFunc(named, func(p netip.Prefix) bool { return !p.IsValid() })
	out := slices.Clone(named)
	random := rand.New(rand.NewPCG(12076, 65515))
	for _, n := range named {
		if n.Bits() > 0 {
			out = append(out, netip.PrefixFrom(n.Addr(), n.Bits()-1))
		}
		if n.Bits() < n.Addr().BitLen() {
			out = append(out, netip.PrefixFrom(n.Addr(), n.Bits()+1), netip.PrefixFrom(flip(n.Addr(), n.Bits()), n.Bits()+1))
		}
	}
	for range 250 {
		n := named[random.IntN(len(named))]
		out = append(out, scramble(random, n, n.Bits()))
		out = append(out, scramble(random, n, 0))
	}
	for i := range out {
		out[i] = out[i].Masked()
	}
	slices.SortFunc(out, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return slices.Compact(out)
}

// scramble returns a random prefix of the family of p that shares its first
// bits.
func scramble(random *rand.Rand, p netip.Prefix, bits int) netip.Prefix {
	addr := p.Addr()
	for i := bits; i < addr.BitLen(); i++ {
		if random.IntN(2) == 1 {
			addr = flip(addr, i)
		}
	}
	return netip.PrefixFrom(addr, bits+random.IntN(addr.BitLen()-bits+1))
}

// flip changes one bit of an address.
func flip(a netip.Addr, bit int) netip.Addr {
	bytes := a.AsSlice()
	bytes[bit/8] ^= 0x80 >> (bit % 8)
	out, _ := netip.AddrFromSlice(bytes)
	return out
}

// Every subject means the same on three vendors, and what the plan says: the
// same sessions, the same static routes, and for every prefix on every session
// the same answer, both ways.
func TestSamePolicy(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			reference := s.on(t, plan.FRR)
			prefixes := probes(reference)
			for _, platform := range vendors() {
				p := s.on(t, platform)
				for i, c := range configs(t, p) {
					got, err := read(c)
					if err != nil {
						t.Errorf("%s: %v", c.Name, err)
						continue
					}
					for _, name := range got.undefined() {
						t.Errorf("%s: %s is used and not defined", c.Name, name)
					}
					for _, want := range []*plan.Router{&reference.Routers[i], &p.Routers[i]} {
						found := differences(planned(want), got, prefixes)
						for _, d := range found[:min(len(found), 10)] {
							t.Errorf("%s against the plan on %s: %s", c.Name, want.Platform, d)
						}
					}
				}
			}
		})
	}
}

// The plan that the texts are compared with says what the statements say: on
// every link of a path the Azure prefixes are accepted and the on-premises ones
// leave, and of everything else nothing passes. So no comparison is empty.
func TestPlanMeansStatements(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := s.on(t, plan.FRR)
			prefixes := probes(p)
			for i := range p.Routers {
				d := planned(&p.Routers[i])
				for _, l := range p.Routers[i].Links {
					for _, session := range l.Sessions {
						var azure, onprem []netip.Prefix
						for _, st := range p.Statements {
							if slices.Contains(st.Prefer, l.Path) {
								azure, onprem = append(azure, st.Azure...), append(onprem, st.Onprem...)
							}
						}
						n := d.neighbors[session.Neighbor]
						for _, prefix := range prefixes {
							family := plan.FamilyOf(prefix.Addr()) == session.Family
							if got, want := d.learned(n, prefix).accepted, family && slices.Contains(azure, prefix); got != want && prefix.Bits() > 0 {
								t.Errorf("%s: from %s %s: accepted %t, want %t", d.asn, session.Neighbor, prefix, got, want)
							}
							if got, want := d.leaves(n, prefix), family && slices.Contains(onprem, prefix); got != want && prefix.Bits() > 0 && !halfOf(prefix, onprem) {
								t.Errorf("%s: to %s %s: advertised %t, want %t", d.asn, session.Neighbor, prefix, got, want)
							}
						}
					}
				}
			}
		})
	}
}

// leaves reports whether prefix goes to n, whatever has brought it.
func (d *device) leaves(n *neighbor, prefix netip.Prefix) bool {
	return slices.ContainsFunc(origins(), func(from string) bool { return d.advertised(n, route{prefix, from}).accepted })
}

// halfOf reports whether prefix is one of the halves that the technique
// more-specifics may add.
func halfOf(prefix netip.Prefix, list []netip.Prefix) bool {
	return slices.Contains(list, netip.PrefixFrom(prefix.Addr(), prefix.Bits()-1).Masked())
}

// A test of texts is worth something when a wrong text fails it: each of these
// changes is one that an operator or a template could make.
func TestPolicyFindsFaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, subject string
		platform      plan.Platform
		old, new      string // a line, and what stands there instead; empty: nothing
	}{
		{"policy without its end", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 then reject", ""},
		{"policy that ends in accept", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-PRIMARY-OUT-V4 then reject", "set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-PRIMARY-OUT-V4 then accept"},
		{"no static route to announce", "two-ce-private", plan.Junos, "set routing-options static route 10.11.8.0/21 discard", ""},
		{"next hop that must be connected", "originate", plan.Junos, "set routing-options static route 10.45.0.0/16 resolve", ""},
		{"static route better than the IGP", "two-ce-private", plan.Junos, "set routing-options static route 10.10.0.0/16 preference 250", ""},
		{"next hop left", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-IBGP-OUT-V4 term 10 then next-hop self", ""},
		{"prepend of two", "two-homes", plan.Junos, `set policy-options policy-statement WINGTIP-ER-EAST-PRIMARY-OUT-V4 term 20 then as-path-prepend "65101 65101 65101"`, `set policy-options policy-statement WINGTIP-ER-EAST-PRIMARY-OUT-V4 term 20 then as-path-prepend "65101 65101"`},
		{"no MD5", "two-ce-private", plan.Junos, `set protocols bgp group CONTOSO-LONDON-ER-LONDON-V4 authentication-key "<env:ER_LONDON_MD5>"`, ""},
		{"no route map", "two-ce-private", plan.IOSXE, "  neighbor 172.16.200.2 route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 in", ""},
		{"prefix list that is not there", "two-homes", plan.IOSXE, "ip prefix-list WINGTIP-ER-EAST-VNETS-LP200-V4 seq 10 permit 10.200.0.0/16", ""},
		{"match left out", "two-ce-private", plan.IOSXE, " match ip address prefix-list CONTOSO-LONDON-ER-LONDON-SUPERNETS-V4", ""},
		{"network left out", "two-ce-private", plan.IOSXE, "  network 10.11.8.0 mask 255.255.248.0", ""},
		{"next hop left", "two-ce-private", plan.IOSXE, "  neighbor 10.10.255.2 next-hop-self", ""},
		{"next hop over no static route", "two-ce-private", plan.IOSXE, " match source-protocol static", ""},
		{"next hop over nothing", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-NEXTHOP-V4 then accept", ""},
		{"next hop over an anchor", "two-ce-private", plan.Junos, "set routing-options resolution rib inet.0 import CONTOSO-LONDON-NEXTHOP-V4", ""},
		{"drained link in service", "knobs", plan.IOSXE, " neighbor 192.168.33.6 shutdown", ""},
		{"local-preference", "standby-circuit", plan.FRR, " set local-preference 150", " set local-preference 250"},
		{"BFD of another speed", "knobs", plan.FRR, "  receive-interval 750\n", "  receive-interval 300\n"},
		{"longer prefix", "standby-circuit", plan.FRR, "permit 10.90.0.0/16", "permit 10.90.0.0/17"},
		{"filter of redistribution", "originate", plan.FRR, "seq 20 permit 10.47.16.0/20", "seq 20 permit 10.47.32.0/20"},
		{"hold time", "standby-circuit", plan.FRR, "timers 20 60", "timers 20 180"},
	}
	for _, tt := range tests {
		t.Run(tt.platform.String()+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			s := subjectNamed(t, tt.subject)
			p := s.on(t, tt.platform)
			prefixes := probes(p)
			changed := false
			for i, c := range configs(t, p) {
				if !strings.Contains(c.Text, tt.old) {
					continue
				}
				changed = true
				if tt.new == "" {
					c.Text = strings.ReplaceAll(c.Text, tt.old+"\n", "")
				} else {
					c.Text = strings.ReplaceAll(c.Text, tt.old, tt.new)
				}
				got, err := read(c)
				if err == nil && len(differences(planned(&p.Routers[i]), got, prefixes)) == 0 {
					t.Errorf("%s: nothing is found", c.Name)
				}
			}
			if !changed {
				t.Errorf("no router has the line %q", tt.old)
			}
		})
	}
}

// The readers refuse what they do not know: a line that no one understands may
// mean anything.
func TestReadersAreStrict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		platform plan.Platform
		old, new string
	}{
		{plan.IOSXE, "\nip prefix-list", "\nip prefix-list X seq 5 deny 10.0.0.0/8\nip prefix-list"},
		{plan.IOSXE, "permit 10.100.0.0/16\n", "permit 10.100.0.0/16 le 24\n"},
		{plan.IOSXE, " set local-preference 200\n", " set local-preference 200\n set metric 5\n"},
		{plan.IOSXE, " exit-address-family\n", "  neighbor 172.16.200.2 allowas-in\n exit-address-family\n"},
		{plan.IOSXE, " bgp log-neighbor-changes\n", " bgp log-neighbor-changes\n bgp bestpath med confed\n"},
		{plan.Junos, "\nset routing-options router-id", "\nset policy-options policy-statement X term 1 then metric 5\nset routing-options router-id"},
		{plan.Junos, "\nset routing-options router-id", "\nset policy-options policy-statement X term 1 from route-filter 10.0.0.0/8 orlonger\nset routing-options router-id"},
		{plan.Junos, "\nset routing-options router-id", "\nset routing-options aggregate route 10.0.0.0/8\nset routing-options router-id"},
		{plan.Junos, " peer-as 12076\n", " peer-as 12076 loops 2\n"},
		{plan.FRR, "\nip prefix-list", "\nip prefix-list X seq 5 permit any\nip prefix-list"},
		{plan.FRR, " set local-preference 200\n", " set local-preference 200\n on-match next\n"},
		{plan.FRR, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n no bgp ebgp-requires-policy\n"},
		{plan.FRR, "\nexit\n!\nroute-map", "\nroute-map"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %q", tt.platform, tt.new), func(t *testing.T) {
			t.Parallel()
			for _, c := range configs(t, subjectNamed(t, "two-ce-private").on(t, tt.platform)) {
				text := c.Text
				if c.Text = strings.Replace(text, tt.old, tt.new, 1); c.Text == text {
					t.Fatalf("%s has no %q", c.Name, tt.old)
				}
				if _, err := read(c); err == nil {
					t.Errorf("%s is read all the same", c.Name)
				}
			}
		})
	}
}
