package render_test

import (
	"net/netip"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// A junosReading reads set commands.
type junosReading struct {
	reading
	groups map[string]*junosGroup
	order  map[string][]string         // policy → its terms as they are met; "" is the policy's own end
	terms  map[string]map[string]*term // policy → term
	spread string                      // policy of the forwarding table
	shares map[string]bool             // policies that spread over equal paths
	routes map[string]string           // static route → distance of a discard
	far    map[netip.Prefix]bool       // static routes whose next hop may be recursive
}

// A junosGroup is what a group's neighbors inherit.
type junosGroup struct {
	neighbor
	kind, localAddress string
	interval           string
	multiplier         string
	members            []*neighbor
}

// readJunos reads the set commands of a Junos router. Of interfaces and
// security it reads nothing; anywhere else a command that it does not know is
// an error.
func readJunos(text string) (*device, error) {
	r := &junosReading{
		reading: reading{device: newDevice(semanticsOf(plan.Junos))}, groups: make(map[string]*junosGroup),
		order: make(map[string][]string), terms: make(map[string]map[string]*term), shares: make(map[string]bool), routes: make(map[string]string), far: make(map[netip.Prefix]bool),
	}
	for line := range strings.Lines(text) {
		r.line = strings.TrimRight(line, "\n")
		w := r.words()
		switch {
		case is(w, "set interfaces …"), is(w, "set security …"):
		case is(w, "set policy-options …"):
			r.policyOptions(w[2:])
		case is(w, "set routing-options …"):
			r.routingOptions(w[2:])
		case is(w, "set protocols bgp group * …"):
			r.group(w[4], w[5:])
		case is(w, "set protocols bgp precision-timers"):
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

func (r *junosReading) policyOptions(w []string) {
	switch {
	case is(w, "prefix-list * *"):
		p := r.prefix(w[2])
		r.permit(plan.FamilyOf(p.Addr()), w[1], p)
	case is(w, "policy-statement * then load-balance per-packet"):
		r.shares[w[1]] = true
	case is(w, "policy-statement * then *"):
		r.then(r.term(w[1], ""), w[3:])
	case is(w, "policy-statement * term * from prefix-list *"):
		t := r.term(w[1], w[3])
		if t.list != "" {
			r.fail("a second prefix list")
		}
		t.list = w[6]
	case is(w, "policy-statement * term * from protocol *"):
		t := r.term(w[1], w[3])
		if t.protocol != "" {
			r.fail("a second protocol")
		}
		// In the intent's words: OSPF for IPv6 and connected routes have others.
		t.protocol = w[6]
		switch w[6] {
		case "ospf3":
			t.protocol = "ospf"
		case "direct":
			t.protocol = "connected"
		}
	case is(w, "policy-statement * term * then …"):
		r.then(r.term(w[1], w[3]), w[5:])
	default:
		r.fail("unknown policy option")
	}
}

// term returns a term of a policy, a new one at its end when it is met for the
// first time: Junos keeps terms in the order of their commands.
func (r *junosReading) term(policy, name string) *term {
	if r.terms[policy] == nil {
		r.terms[policy] = make(map[string]*term)
	}
	if r.terms[policy][name] == nil {
		r.terms[policy][name] = &term{seq: name}
		r.order[policy] = append(r.order[policy], name)
	}
	return r.terms[policy][name]
}

func (r *junosReading) then(t *term, w []string) {
	switch {
	case (is(w, "accept") || is(w, "reject")) && t.action == "":
		t.action = w[0]
	case is(w, "local-preference *"):
		t.localPreference = r.number(w[1])
	case is(w, "as-path-prepend *"):
		t.prepend = w[1]
	case is(w, "next-hop self"):
		t.nextHopSelf = true
	default:
		r.fail("unknown action")
	}
}

func (r *junosReading) routingOptions(w []string) {
	if is(w, "rib inet6.0 static route …") {
		w = w[2:]
	}
	switch {
	case is(w, "router-id *"):
	case is(w, "resolution rib inet.0 import *"):
		r.nextHops[plan.IPv4] = w[4]
	case is(w, "resolution rib inet6.0 import *"):
		r.nextHops[plan.IPv6] = w[4]
	case is(w, "autonomous-system *"):
		r.asn = w[1]
	case is(w, "forwarding-table export *"):
		r.spread = w[2]
	case is(w, "static route * discard"):
		r.statics[r.prefix(w[2])] = "discard"
	case is(w, "static route * preference *"):
		r.routes[w[2]] = w[4]
	case is(w, "static route * resolve"):
		r.far[r.prefix(w[2])] = true
	case is(w, "static route * next-hop *"):
		r.statics[r.prefix(w[2])] = r.addr(w[4]).String()
	default:
		r.fail("unknown routing option")
	}
}

func (r *junosReading) group(name string, w []string) {
	g := r.groups[name]
	if g == nil {
		g = &junosGroup{}
		r.groups[name] = g
	}
	switch {
	case is(w, "type external"), is(w, "type internal"):
		g.kind = w[1]
	case is(w, "local-address *"):
		g.localAddress = r.addr(w[1]).String()
	case is(w, "hold-time *"):
		g.hold = r.number(w[1])
	case is(w, "import *"):
		g.imports = w[1]
	case is(w, "export *"):
		g.export = w[1]
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
	case is(w, "family inet unicast …"), is(w, "family inet unicast"), is(w, "family inet6 unicast …"), is(w, "family inet6 unicast"):
		r.groupFamily(g, w)
	case is(w, "neighbor * …"):
		r.member(g, w[1], w[2:])
	default:
		r.fail("unknown command of a BGP group")
	}
}

func (r *junosReading) groupFamily(g *junosGroup, w []string) {
	g.family, g.active = plan.IPv4, true
	if w[1] == "inet6" {
		g.family = plan.IPv6
	}
	switch w = w[3:]; {
	case len(w) == 0:
	case is(w, "prefix-limit maximum *"):
		g.maxPrefixes = r.number(w[2])
	case is(w, "prefix-limit teardown * idle-timeout *"):
		g.restartMinutes = r.number(w[4])
	default:
		r.fail("unknown command of a family")
	}
}

func (r *junosReading) member(g *junosGroup, addr string, w []string) {
	n := r.neighbor(addr)
	if !n.active {
		n.active = true
		g.members = append(g.members, n)
	}
	switch {
	case is(w, "description *"):
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

// finish lets neighbors inherit from their groups, and puts terms in order: a
// policy's own then comes after all of its terms.
func (r *junosReading) finish() {
	for name, g := range r.groups {
		r.line = "group " + name
		if g.kind == "" || !g.active || g.hold == 0 || (g.kind == "internal") == (g.localAddress == "") || (g.kind == "internal") == (g.asn != "") {
			r.fail("without type, family, hold time, peer AS or local address")
		}
		if g.multipath && !r.shares[r.spread] {
			r.fail("multipath, and one path in the forwarding table")
		}
		for _, n := range g.members {
			if n.family != g.family {
				r.fail("a neighbor of another family")
			}
			n.internal, n.asn, n.hold, n.password, n.multipath = g.kind == "internal", g.asn, g.hold, g.password, g.multipath
			n.maxPrefixes, n.restartMinutes = g.maxPrefixes, g.restartMinutes
			if n.internal {
				n.asn = r.asn
			}
			if n.imports == "" {
				n.imports = g.imports
			}
			if n.export == "" {
				n.export = g.export
			}
			if g.interval != "" {
				n.bfd = g.interval + "x" + g.multiplier
			}
		}
	}
	for prefix, to := range r.statics {
		if to != "discard" && !r.far[prefix] {
			r.line = "static route " + prefix.String()
			r.fail("a next hop that must be connected, as on no other platform")
		}
	}
	for word, distance := range r.routes {
		r.statics[r.prefix(word)] += " " + distance
	}
	for policy, names := range r.order {
		var last []term
		for _, name := range names {
			t := *r.terms[policy][name]
			t.family = r.familyOf(t.list)
			if name == "" {
				last = append(last, t)
				continue
			}
			r.policies[policy] = append(r.policies[policy], t)
		}
		r.policies[policy] = append(r.policies[policy], last...)
	}
}

// familyOf is the family of a list: on Junos both share one name space.
func (r *junosReading) familyOf(list string) plan.Family {
	if _, ok := r.lists[listName{plan.IPv6, list}]; ok {
		if _, both := r.lists[listName{plan.IPv4, list}]; both {
			r.fail("a list of two families")
		}
		return plan.IPv6
	}
	return plan.IPv4
}
