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
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
)

// A device is what one router's text says to whoever did not write it: who its
// neighbors are, what comes into BGP, and which route passes which way. The
// readers make one from a text, and planned makes one from a plan.
type device struct {
	semantics semantics
	asn       string
	neighbors map[netip.Addr]*neighbor
	statics   map[netip.Prefix]string // next hop, or "discard" and its distance
	networks  map[netip.Prefix]bool
	// redistributes has, per family and protocol, the policy that filters it.
	redistributes map[source]string
	policies      map[string][]term // in the order in which they are asked
	lists         map[listName]map[netip.Prefix]bool
}

// semantics are how a vendor answers where a policy is silent.
type semantics struct {
	platform plan.Platform
	// bgpTable: only what is in the BGP table is advertised, and it comes there
	// by network, by redistribution or from a neighbor. Without one the export
	// policy looks at every active route (Junos).
	bgpTable bool
	// nextHopByTerm: the next hop is set by a term and not by the neighbor.
	nextHopByTerm bool
	// protocolByTerm: a term may ask for the protocol of a route.
	protocolByTerm bool
	// acceptBGP: a BGP route that no term decides is accepted. Otherwise it is
	// refused.
	acceptBGP bool
	// missingListMatches: a list that does not exist matches every route.
	missingListMatches bool
}

// semanticsOf is the vendor's own manual in five words.
//
// IOS-XE and FRR: a route map ends in an implicit deny. A match on a prefix
// list that does not exist matches all on IOS-XE and nothing on FRR. Junos: the
// default policy of BGP accepts BGP routes, both ways; a missing list does not
// commit, so it may count as empty.
func semanticsOf(p plan.Platform) semantics {
	switch p {
	case plan.IOSXE:
		return semantics{platform: p, bgpTable: true, missingListMatches: true}
	case plan.FRR:
		return semantics{platform: p, bgpTable: true}
	case plan.Junos:
		return semantics{platform: p, nextHopByTerm: true, protocolByTerm: true, acceptBGP: true}
	}
	panic("no semantics of " + p.String())
}

// A neighbor is a session, comparable between vendors.
type neighbor struct {
	family            plan.Family
	internal          bool
	asn               string
	imports, export   string
	shutdown          bool
	hold              int // seconds
	password          string
	bfd               string // milliseconds x multiplier; empty: off
	maxPrefixes       int
	restartMinutes    int // 0: only warn
	multipath         bool
	nextHopSelf       bool // of every route; false where a term says it
	updateSource      string
	keepalive, active bool // seen by the reader, where the vendor has it
}

// comparable is the neighbor without what only some vendors write.
func (n neighbor) comparable() neighbor {
	n.nextHopSelf, n.updateSource, n.keepalive, n.active = false, "", false, false
	return n
}

type source struct {
	family   plan.Family
	protocol string
}

type listName struct {
	family plan.Family
	name   string
}

// A term is one step of a policy. An action is accept, reject, or nothing: the
// next term is asked.
type term struct {
	seq             string
	family          plan.Family // of list
	list            string      // empty: every prefix
	protocol        string      // empty: every protocol
	localPreference int         // 0: left
	prepend         string
	nextHopSelf     bool
	action          string
}

// A route is a prefix and where the router has it from.
type route struct {
	prefix netip.Prefix
	from   string // external, internal (both BGP), or a protocol in the intent's words
}

func (r route) bgp() bool           { return r.from == "external" || r.from == "internal" }
func (r route) family() plan.Family { return plan.FamilyOf(r.prefix.Addr()) }

// A decision is what becomes of a route.
type decision struct {
	accepted        bool
	localPreference int
	prepend         string
	nextHopSelf     bool
}

// origins are the places that a router may have a route from.
func origins() []string {
	return []string{"external", "internal", "static", "ospf", "isis", "connected"}
}

func newDevice(s semantics) *device {
	return &device{
		semantics: s, neighbors: make(map[netip.Addr]*neighbor), statics: make(map[netip.Prefix]string), networks: make(map[netip.Prefix]bool),
		redistributes: make(map[source]string), policies: make(map[string][]term), lists: make(map[listName]map[netip.Prefix]bool),
	}
}

// decide asks the terms of a policy in turn.
func (d *device) decide(policy string, r route) decision {
	var out decision
	for _, t := range d.policies[policy] {
		if !d.matches(t, r) {
			continue
		}
		if t.localPreference != 0 {
			out.localPreference = t.localPreference
		}
		out.prepend = cmp.Or(t.prepend, out.prepend)
		out.nextHopSelf = out.nextHopSelf || t.nextHopSelf
		switch t.action {
		case "accept":
			out.accepted = true
			return out
		case "reject":
			return decision{}
		}
	}
	if d.semantics.acceptBGP && r.bgp() {
		out.accepted = true
		return out
	}
	return decision{}
}

func (d *device) matches(t term, r route) bool {
	if t.list != "" {
		if t.family != r.family() {
			return false
		}
		if list, ok := d.lists[listName{t.family, t.list}]; !list[r.prefix] && (ok || !d.semantics.missingListMatches) {
			return false
		}
	}
	if t.protocol == "" {
		return true
	}
	return t.protocol == r.from || t.protocol == "bgp" && r.bgp()
}

// learned is what the router does with a route that n sends.
func (d *device) learned(n *neighbor, prefix netip.Prefix) decision {
	from := "external"
	if n.internal {
		from = "internal"
	}
	return d.decide(n.imports, route{prefix, from})
}

// advertised is what the router does with an active route of its own towards
// n. A BGP route counts only when some neighbor of its kind may bring it, and
// never travels from one iBGP neighbor to another (RFC 4271 §9.2).
func (d *device) advertised(n *neighbor, r route) decision {
	if r.from == "internal" && n.internal {
		return decision{}
	}
	if r.bgp() && !d.mayLearn(r) || !r.bgp() && d.semantics.bgpTable && !d.originates(r) {
		return decision{}
	}
	out := d.decide(n.export, r)
	if !d.semantics.nextHopByTerm {
		out.nextHopSelf = out.accepted && n.nextHopSelf
	}
	return out
}

func (d *device) mayLearn(r route) bool {
	for _, n := range d.neighbors {
		if n.internal == (r.from == "internal") && n.family == r.family() && d.decide(n.imports, r).accepted {
			return true
		}
	}
	return false
}

// originates reports whether a route that BGP did not bring gets into BGP.
func (d *device) originates(r route) bool {
	if d.networks[r.prefix] {
		return true
	}
	filter, ok := d.redistributes[source{r.family(), r.from}]
	return ok && d.decide(filter, r).accepted
}

// undefined lists the names that are used and not defined.
func (d *device) undefined() []string {
	var out []string
	policy := func(name string) {
		if _, ok := d.policies[name]; !ok {
			out = append(out, "policy "+name)
		}
	}
	for _, n := range d.neighbors {
		policy(n.imports)
		policy(n.export)
	}
	for _, filter := range d.redistributes {
		policy(filter)
	}
	for _, terms := range d.policies {
		for _, t := range terms {
			if _, ok := d.lists[listName{t.family, t.list}]; t.list != "" && !ok {
				out = append(out, "prefix list "+t.list)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// planned is the router as the plan has it.
func planned(r *plan.Router) *device {
	d := newDevice(semantics{platform: r.Platform, bgpTable: true, nextHopByTerm: true, protocolByTerm: true})
	d.asn = r.ASN.String()
	for _, l := range r.Links {
		for _, s := range l.Sessions {
			n := neighbor{
				family: s.Family, asn: s.RemoteASN.String(), imports: s.Import, export: s.Export, shutdown: s.Shutdown,
				hold: int(s.Timers.Hold / time.Second), password: s.MD5.Placeholder(), maxPrefixes: s.MaxPrefixes.Count,
				restartMinutes: int(s.MaxPrefixes.Restart / time.Minute), multipath: r.Multipath.EBGP > 1,
			}
			if s.BFD.On() {
				n.bfd = fmt.Sprintf("%dx%d", s.BFD.Interval.Milliseconds(), s.BFD.Multiplier)
			}
			d.neighbors[s.Neighbor] = &n
		}
	}
	for _, s := range r.IBGP {
		d.neighbors[s.Neighbor] = &neighbor{
			family: s.Family, internal: true, asn: d.asn, imports: s.Import, export: s.Export,
			hold: int(s.Timers.Hold / time.Second), password: s.MD5.Placeholder(), multipath: r.Multipath.IBGP > 1,
		}
	}
	for _, o := range r.Origins {
		switch o.How {
		case plan.Anchor:
			d.networks[o.Prefix], d.statics[o.Prefix] = true, "discard 250"
		case plan.Via:
			d.networks[o.Prefix], d.statics[o.Prefix] = true, o.NextHop.String()
		case plan.Network:
			d.networks[o.Prefix] = true
		case plan.Redistribute:
			d.redistributes[source{plan.FamilyOf(o.Prefix.Addr()), o.Protocol}] = o.Filter
		case plan.Learned:
		}
	}
	for _, l := range r.PrefixLists {
		list := make(map[netip.Prefix]bool)
		for _, e := range l.Entries {
			list[e.Prefix] = true
		}
		d.lists[listName{l.Family, l.Name}] = list
	}
	for _, p := range r.Policies {
		for _, t := range p.Terms {
			out := term{
				family: p.Family, list: t.Match, protocol: t.Protocol, localPreference: int(t.LocalPreference), prepend: asnWords(t),
				nextHopSelf: t.NextHopSelf, action: "accept",
			}
			if t.Deny {
				out.action = "reject"
			}
			d.policies[p.Name] = append(d.policies[p.Name], out)
		}
	}
	return d
}

func asnWords(t plan.Term) string {
	words := make([]string, len(t.Prepend))
	for i, a := range t.Prepend {
		words[i] = a.String()
	}
	return strings.Join(words, " ")
}

// read reads a router's text in its vendor's language.
func read(c artifact.Config) (*device, error) {
	switch c.Platform {
	case plan.IOSXE.String():
		return readIOSXE(c.Text)
	case plan.Junos.String():
		return readJunos(c.Text)
	default:
		return readFRR(c.Text)
	}
}

// A reading is a device while its text is read. It keeps the first fault.
type reading struct {
	*device
	line string // at which the reader stands
	err  error
}

func (r *reading) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %q", what, r.line)
	}
}

func (r *reading) addr(word string) netip.Addr {
	a, err := netip.ParseAddr(word)
	if err != nil {
		r.fail(err.Error())
	}
	return a
}

// prefix reads ADDRESS/LENGTH without host bits.
func (r *reading) prefix(word string) netip.Prefix {
	p, err := netip.ParsePrefix(word)
	if err != nil || p != p.Masked() {
		r.fail("no prefix")
	}
	return p
}

func (r *reading) number(word string) int {
	n := 0
	if _, err := fmt.Sscanf(word, "%d", &n); err != nil || fmt.Sprint(n) != word {
		r.fail("no number")
	}
	return n
}

// neighbor returns the neighbor with an address, a new one when it is met for
// the first time.
func (r *reading) neighbor(word string) *neighbor {
	a := r.addr(word)
	if r.neighbors[a] == nil {
		r.neighbors[a] = &neighbor{family: plan.FamilyOf(a)}
	}
	return r.neighbors[a]
}

// permit puts a prefix on a list.
func (r *reading) permit(family plan.Family, list string, p netip.Prefix) {
	name := listName{family, list}
	if r.lists[name] == nil {
		r.lists[name] = make(map[netip.Prefix]bool)
	}
	if plan.FamilyOf(p.Addr()) != family || r.lists[name][p] {
		r.fail("wrong family or twice")
	}
	r.lists[name][p] = true
}

// is reports whether the words of a line have the form of pattern, in which *
// stands for one word and a final … for one or more.
func is(words []string, pattern string) bool {
	for i, want := range strings.Fields(pattern) {
		switch {
		case i >= len(words):
			return false
		case want == "…":
			return true
		case want != "*" && want != words[i]:
			return false
		}
	}
	return len(words) == len(strings.Fields(pattern))
}

// differences compares two devices: their sessions, their static routes, and
// what becomes of every prefix on every session, both ways.
func differences(want, got *device, prefixes []netip.Prefix) []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if want.asn != got.asn {
		report("AS %s, want %s", got.asn, want.asn)
	}
	if !maps.Equal(want.statics, got.statics) {
		report("static routes %v, want %v", got.statics, want.statics)
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
				if got.semantics.platform == plan.Junos && !r.bgp() && want.relays(w, p) {
					// The IBGP export and a learned prefix name no protocol: Junos
					// sends such a prefix whatever has brought it, the others only
					// when BGP has.
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

// relays reports whether the router sends prefix to n when BGP has brought it.
func (d *device) relays(n *neighbor, prefix netip.Prefix) bool {
	return d.advertised(n, route{prefix, "external"}).accepted || d.advertised(n, route{prefix, "internal"}).accepted
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
				for i, c := range configs(t, s.on(t, platform)) {
					got, err := read(c)
					if err != nil {
						t.Errorf("%s: %v", c.Name, err)
						continue
					}
					for _, name := range got.undefined() {
						t.Errorf("%s: %s is used and not defined", c.Name, name)
					}
					found := differences(planned(&reference.Routers[i]), got, prefixes)
					for _, d := range found[:min(len(found), 10)] {
						t.Errorf("%s: %s", c.Name, d)
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
		{"static route better than the IGP", "two-ce-private", plan.Junos, "set routing-options static route 10.10.0.0/16 preference 250", ""},
		{"next hop left", "two-ce-private", plan.Junos, "set policy-options policy-statement CONTOSO-LONDON-IBGP-OUT-V4 term 10 then next-hop self", ""},
		{"prepend of two", "two-homes", plan.Junos, `set policy-options policy-statement WINGTIP-ER-EAST-PRIMARY-OUT-V4 term 20 then as-path-prepend "65101 65101 65101"`, `set policy-options policy-statement WINGTIP-ER-EAST-PRIMARY-OUT-V4 term 20 then as-path-prepend "65101 65101"`},
		{"no MD5", "two-ce-private", plan.Junos, `set protocols bgp group CONTOSO-LONDON-ER-LONDON-V4 authentication-key "<env:ER_LONDON_MD5>"`, ""},
		{"no route map", "two-ce-private", plan.IOSXE, "  neighbor 172.16.200.2 route-map CONTOSO-LONDON-ER-LONDON-PRIMARY-IN-V4 in", ""},
		{"prefix list that is not there", "two-homes", plan.IOSXE, "ip prefix-list WINGTIP-ER-EAST-VNETS-LP200-V4 seq 10 permit 10.200.0.0/16", ""},
		{"match left out", "two-ce-private", plan.IOSXE, " match ip address prefix-list CONTOSO-LONDON-ER-LONDON-SUPERNETS-V4", ""},
		{"network left out", "two-ce-private", plan.IOSXE, "  network 10.11.8.0 mask 255.255.248.0", ""},
		{"next hop left", "two-ce-private", plan.IOSXE, "  neighbor 10.10.255.2 next-hop-self", ""},
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
