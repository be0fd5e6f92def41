package render_test

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// A junosReading reads set commands. What refers to something that may stand
// further down is put together when all is read.
type junosReading struct {
	reading
	groups  map[junosGroupKey]*junosGroup
	order   map[string][]string         // policy → its terms as they are met; "" is the policy's own end
	terms   map[string]map[string]*term // policy → term
	passes  map[*term]string            // terms that only look at a family of VPN routes
	adds    map[*term][]string          // communities that a term adds
	spread  string                      // policy of the forwarding table
	shares  map[string]bool             // policies that spread over equal paths
	routes  map[network]*junosRoute
	targets map[string]string // community of a route target → the target
	edge    junosEdge
}

// A junosGroupKey tells groups apart: each VRF has its own.
type junosGroupKey struct{ vrf, name string }

// A junosGroup is what a group's neighbors inherit.
type junosGroup struct {
	neighbor
	kind, localAddress string
	interval           string
	multiplier         string
	importChain        []string
	exportChain        []string
	families           []string
	members            []*neighbor
}

// A junosRoute is the statement of one prefix.
type junosRoute struct {
	discard    bool
	preference int // 0: what a static route has
	far        bool
	hops       []string
	qualified  map[string]*junosHop
}

// A junosHop is what a qualified next hop says.
type junosHop struct {
	preference           int
	interval, multiplier string
}

// readJunos reads the set commands of a Junos router. A command that it does
// not know is an error.
func readJunos(text string) (*device, error) {
	r := &junosReading{
		reading: reading{device: newDevice(semanticsOf(plan.Junos))}, groups: make(map[junosGroupKey]*junosGroup),
		order: make(map[string][]string), terms: make(map[string]map[string]*term), passes: make(map[*term]string), adds: make(map[*term][]string),
		shares: make(map[string]bool), routes: make(map[network]*junosRoute), targets: make(map[string]string), edge: newJunosEdge(),
	}
	for line := range strings.Lines(text) {
		r.line = strings.TrimRight(line, "\n")
		w := r.words()
		switch {
		case is(w, "set policy-options …"):
			r.policyOptions(w[2:])
		case is(w, "set routing-options …"):
			r.routingOptions("", w[2:])
		case is(w, "set protocols bgp …"):
			r.bgp("", w[3:])
		case is(w, "set routing-instances * …"):
			r.instance(w[2], w[3:])
		case len(w) > 2 && w[0] == "set":
			r.edgeCommand(w[1:])
		default:
			r.fail("unknown command")
		}
	}
	r.finish()
	return r.device, r.err
}

// words splits a command; a quoted string is one word, without its quotes.
func (r *junosReading) words() []string {
	var out []string
	for i, part := range strings.Split(r.line, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	if strings.Count(r.line, `"`)%2 != 0 {
		r.fail("open quote")
	}
	return out
}

func (r *junosReading) routingOptions(table string, w []string) {
	rib := "inet6.0"
	if table != "" {
		rib = table + ".inet6.0"
	}
	if is(w, "rib * …") && w[1] == rib {
		w = w[2:]
		if !is(w, "static route …") && !(table != "" && is(w, "multipath")) {
			r.fail("unknown option of a RIB")
		}
	}
	switch {
	case is(w, "router-id *"):
		r.edge.routerIDs[table] = w[1]
	case is(w, "resolution rib inet.0 import *") && table == "":
		r.nextHops[plan.IPv4] = w[4]
	case is(w, "resolution rib inet6.0 import *") && table == "":
		r.nextHops[plan.IPv6] = w[4]
	case is(w, "autonomous-system *") && table == "":
		r.asn = w[1]
	case is(w, "forwarding-table export *") && table == "":
		r.spread = w[2]
	case is(w, "multipath") && table != "", is(w, "auto-export") && table != "":
	case is(w, "static route * …"):
		r.staticRoute(network{table, r.prefix(w[2])}, w[3:])
	default:
		r.fail("unknown routing option")
	}
}

func (r *junosReading) staticRoute(to network, w []string) {
	s := r.routes[to]
	if s == nil {
		s = &junosRoute{qualified: make(map[string]*junosHop)}
		r.routes[to] = s
	}
	hop := func() *junosHop {
		if s.qualified[w[1]] == nil {
			s.qualified[w[1]] = &junosHop{}
		}
		return s.qualified[w[1]]
	}
	switch {
	case is(w, "discard"):
		s.discard = true
	case is(w, "preference *"):
		s.preference = r.number(w[1])
	case is(w, "resolve"):
		s.far = true
	case is(w, "next-hop *"):
		s.hops = append(s.hops, w[1])
	case is(w, "qualified-next-hop *"):
		hop()
	case is(w, "qualified-next-hop * preference *"):
		hop().preference = r.number(w[3])
	case is(w, "qualified-next-hop * bfd-liveness-detection minimum-interval *"):
		hop().interval = w[4]
	case is(w, "qualified-next-hop * bfd-liveness-detection multiplier *"):
		hop().multiplier = w[4]
	default:
		r.fail("unknown attribute of a route")
	}
}

func (r *junosReading) bgp(table string, w []string) {
	switch {
	case is(w, "group * …"):
		k := junosGroupKey{table, w[1]}
		if r.groups[k] == nil {
			r.groups[k] = &junosGroup{}
		}
		r.group(table, r.groups[k], w[2:])
	case is(w, "precision-timers"):
	default:
		r.fail("unknown command of BGP")
	}
}

func (r *junosReading) group(table string, g *junosGroup, w []string) {
	switch {
	case is(w, "type external"), is(w, "type internal"):
		g.kind = w[1]
	case is(w, "multihop ttl *"):
		g.multihop = r.number(w[2])
	case is(w, "local-address *"):
		g.localAddress = r.addr(w[1]).String()
	case is(w, "hold-time *"):
		g.hold = r.number(w[1])
	case is(w, "import *"):
		g.importChain = append(g.importChain, w[1])
	case is(w, "export *"):
		g.exportChain = append(g.exportChain, w[1])
	case is(w, "peer-as *"):
		g.asn = w[1]
	case is(w, "multipath"):
		g.multipath = true
	case is(w, "authentication-key *"):
		g.password = w[1]
	case is(w, "bfd-liveness-detection minimum-interval *"):
		g.interval = w[2]
	case is(w, "bfd-liveness-detection multiplier *"):
		g.multiplier = w[2]
	case is(w, "family * unicast"), is(w, "family * unicast …"):
		r.groupFamily(g, w)
	case is(w, "neighbor *"), is(w, "neighbor * …"):
		r.groupMember(table, g, w[1], w[2:])
	default:
		r.fail("unknown command of a BGP group")
	}
}

func (r *junosReading) groupFamily(g *junosGroup, w []string) {
	if !slices.Contains(g.families, w[1]) {
		g.families = append(g.families, w[1])
	}
	vpn := strings.HasSuffix(w[1], "-vpn")
	if !slices.Contains([]string{"inet", "inet6", "inet-vpn", "inet6-vpn"}, w[1]) {
		r.fail("unknown family")
	}
	switch w = w[3:]; {
	case len(w) == 0:
	case is(w, "prefix-limit maximum *") && !vpn:
		g.maxPrefixes = r.number(w[2])
	case is(w, "prefix-limit teardown * idle-timeout *") && !vpn:
		g.restartMinutes = r.number(w[4])
	default:
		r.fail("unknown command of a family")
	}
}

func (r *junosReading) groupMember(table string, g *junosGroup, addr string, w []string) {
	n := r.neighborIn(table, addr)
	if !n.activated {
		n.activated = true
		g.members = append(g.members, n)
	} else if !slices.Contains(g.members, n) {
		r.fail("a neighbor of two groups")
	}
	switch {
	case len(w) == 0, is(w, "description *"):
	case is(w, "passive"):
		n.passive = true
	case is(w, "import *"):
		n.imports = w[1]
	case is(w, "export *"):
		n.export = w[1]
	case is(w, "shutdown"):
		n.shutdown = true
	default:
		r.fail("unknown command of a neighbor")
	}
}

// finish lets neighbors inherit from their groups, and puts together what
// stands in several places. A policy's own then comes after all of its terms.
func (r *junosReading) finish() {
	r.finishPolicies()
	for k, g := range r.groups {
		r.line = "group " + k.name + " " + k.vrf
		r.finishGroup(g)
	}
	r.finishEdge()
	for to, s := range r.routes {
		r.line = "static route " + to.prefix.String() + " " + to.vrf
		r.finishRoute(to, s)
	}
}

func (r *junosReading) finishGroup(g *junosGroup) {
	internal := g.kind == "internal"
	if g.kind == "" || len(g.families) == 0 || g.hold == 0 || internal == (g.asn != "") || (internal || g.multihop > 0) == (g.localAddress == "") || internal && g.multihop > 0 {
		r.fail("without type, family, hold time, peer AS or local address")
	}
	if g.multipath && !r.shares[r.spread] {
		r.fail("multipath, and one path in the forwarding table")
	}
	var vpn []string
	for _, f := range g.families {
		switch f {
		case "inet-vpn":
			vpn = append(vpn, "ipv4")
		case "inet6-vpn":
			vpn = append(vpn, "ipv6")
		default:
			if g.unicast {
				r.fail("unicast routes of two families")
			}
			g.unicast, g.family = true, plan.IPv4
			if f == "inet6" {
				g.family = plan.IPv6
			}
		}
	}
	chain := func(policies []string) string {
		if g.unicast && len(vpn) > 0 { // or the policy of the unicast routes refuses all VPN routes
			if len(policies) != 2 || !r.passesVPN(policies[0]) {
				r.fail("VPN routes do not pass the policies")
				return ""
			}
			policies = policies[1:]
		}
		if len(policies) > 1 || len(policies) > 0 && !g.unicast {
			r.fail("too many policies")
		}
		return strings.Join(policies, " ")
	}
	imports, export := chain(g.importChain), chain(g.exportChain)
	for _, n := range g.members {
		if g.unicast && n.family != g.family {
			r.fail("a neighbor of another family")
		}
		n.internal, n.asn, n.hold, n.password, n.multipath, n.communities = internal, g.asn, g.hold, g.password, g.multipath, true
		n.maxPrefixes, n.restartMinutes, n.unicast, n.vpn, n.source, n.multihop = g.maxPrefixes, g.restartMinutes, g.unicast, targets(vpn), g.localAddress, g.multihop
		if internal {
			n.asn = r.asn
		}
		if n.imports == "" {
			n.imports = imports
		}
		if n.export == "" {
			n.export = export
		}
		if g.interval != "" {
			n.bfd = g.interval + "x" + g.multiplier
		}
	}
}

// finishRoute makes the routes of a statement. A next hop that may not be
// recursive needs an interface whose subnet holds it, by which it leaves;
// beside a discard each says its own preference.
func (r *junosReading) finishRoute(to network, s *junosRoute) {
	add := func(hop, bfd string) {
		out := static{vrf: to.vrf, prefix: to.prefix, bfd: bfd}
		if a, err := netip.ParseAddr(hop); err != nil {
			out.via = hop
		} else if out.nextHop = a; !s.far && r.edge.via(r.members, to.vrf, a) == "" {
			r.fail("a next hop that must be connected, as on no other platform")
		}
		r.route(out)
	}
	if len(s.hops) > 0 && (s.discard || len(s.qualified) > 0) || s.discard != (s.preference > 0) {
		r.fail("plain next hops and others, or a preference of something else than a discard")
	}
	for _, hop := range s.hops {
		add(hop, "")
	}
	for hop, q := range s.qualified {
		if s.discard != (q.preference > 0) || q.preference > s.preference {
			r.fail("a next hop that is no better than the discard")
		}
		bfd := ""
		if q.interval != "" {
			bfd = q.interval + "x" + q.multiplier
		}
		add(hop, bfd)
	}
	if s.discard {
		r.route(static{vrf: to.vrf, prefix: to.prefix, discard: s.preference})
	}
}
