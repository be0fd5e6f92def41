package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// Explain says step by step why the traffic of a statement goes where it goes in
// a scenario: what has failed, which tunnels are up, and for each router on the
// way which route wins over which other, and by what. Two blanks indent a step
// that follows from the one above it. A statement that the plan does not have
// gives nothing.
func Explain(p *plan.Plan, s Scenario, statement string) []string {
	m := newModel(p)
	e := m.normal().in(m.state(s))
	e.solved = make(map[*dest]map[int]*choice)
	x := &explainer{eval: e}
	for i := range m.asks {
		if q := &m.asks[i]; p.Statements[q.statement].Name == statement {
			x.ask(q, s)
		}
	}
	return x.lines
}

// An explainer goes the way of an eval once more and writes down why.
type explainer struct {
	*eval
	lines []string
	depth int
}

func (x *explainer) say(format string, args ...any) {
	x.lines = append(x.lines, strings.Repeat("  ", x.depth)+fmt.Sprintf(format, args...))
}

// under runs a step's own steps, indented.
func (x *explainer) under(steps func()) {
	x.depth++
	steps()
	x.depth--
}

func (x *explainer) ask(q *ask, s Scenario) {
	to, from := x.answer(q)
	for _, f := range s.Failures {
		x.say("%s: %s", f.Name, failed[f.Kind])
	}
	x.tunnels(q)
	if !q.isDefault {
		x.say("→ to Azure, %s: %s", q.family, to)
		x.under(func() { x.toAzureSteps(q) })
	}
	what := ""
	if q.isDefault {
		what = " to the Internet, by the default route of the site"
	}
	x.say("← from Azure%s, %s: %s", what, q.family, from)
	x.under(func() { x.fromAzureSteps(q) })
}

var failed = [...]string{
	LinkDown:    "the link carries nothing",
	LinkDrained: "Microsoft prepends 12076 eight times in both directions; the sessions stay up, and what is behind may be dead",
	BFDDown:     "BFD is down, and with it the IPv4 session; a platform whose BFD is not strict has the session back soon, unprotected",
	IPv6Down:    "the IPv6 session is down",
	MSEEDown:    "the Microsoft edge router is dead, and the link may keep carrier",
	RouterDown:  "the router is dead, with its links and tunnels",
	CircuitDown: "every link of the circuit carries nothing",
	TunnelDown:  "the tunnel is down",
	VPNDown:     "every tunnel of the VPN is down",
}

// tunnels says which of the tunnels that the ask may use are up.
func (x *explainer) tunnels(q *ask) {
	said := make(map[int]bool)
	for _, s := range q.sessions() {
		i := x.m.sessions[s].tunnel
		if i < 0 || said[i] || x.m.tunnels[i].vpn.Underlay == "" && x.alive[i] {
			continue
		}
		said[i] = true
		t := &x.m.tunnels[i]
		name := fmt.Sprintf("tunnel %s of %s on %s", t.Instance, t.Path, x.m.p.Routers[t.router].Name)
		to, from := x.eval.under[i][ToAzure], x.eval.under[i][FromAzure]
		switch {
		case x.alive[i]:
			x.say("%s is up: to %s over %s, back to %s over %s", name, t.Remote, to, t.Local, from)
		case x.st.tunnel(i):
			x.say("%s is down", name)
		case !x.rides(to.Legs):
			x.say("%s is down: its way to %s is %s", name, t.Remote, to)
		default:
			x.say("%s is down: Azure's way back to %s is %s", name, t.Local, from)
		}
	}
}

func (x *explainer) toAzureSteps(q *ask) {
	for _, t := range distinctTables(q.entries) {
		router := x.m.p.Routers[x.m.tables[t].router].Name
		if x.st.at(t) {
			x.say("%s is dead: the LAN hands nothing to it", router)
			continue
		}
		for i := range q.targets {
			x.say("%s, for %s:", x.m.tables[t].name(router), q.targets[i].name())
			x.under(func() { x.forwardSteps(t, &q.targets[i], q, nil) })
		}
	}
}

// distinctTables lists the tables of all networks, each once.
func distinctTables(entries [][]int) []int {
	all := slices.Concat(entries...)
	slices.Sort(all)
	return slices.Compact(all)
}

// name is a table's in sentences.
func (t *table) name(router string) string {
	if t.vrf == "" {
		return router
	}
	return router + " in VRF " + t.vrf
}

// name is a target's in sentences.
func (t *target) name() string {
	switch {
	case t.prefix.IsValid():
		return t.prefix.String()
	case len(t.dests) > 0 && len(t.dests[0].route.communities) > 0:
		return "routes with community " + t.dests[0].route.communities[0].String()
	}
	return "the service"
}

// forwardSteps says what forward does.
func (x *explainer) forwardSteps(t int, to *target, q *ask, seen []int) {
	if slices.Contains(seen, t) {
		x.say("the packet has been here before: it goes in circles")
		return
	}
	seen = append(slices.Clone(seen), t)
	table := &x.m.tables[t]
	for bits := to.longest(); bits >= 0; bits-- {
		if out, found := x.static(table, to, bits); found {
			x.say("a static route of length %d leads over %s", bits, out)
			return
		}
		for _, d := range to.dests {
			if d.prefix.IsValid() && d.prefix.Bits() != bits || !d.prefix.IsValid() && bits > 0 {
				continue
			}
			if c := x.choiceOf(d, t); !c.none() {
				x.chosen(d, t, c)
				for _, next := range c.via {
					x.say("on %s:", x.m.tables[next].name(x.m.p.Routers[x.m.tables[next].router].Name))
					x.under(func() { x.forwardSteps(next, to, q, seen) })
				}
				return
			}
			x.say("no session brings %s", d.name())
		}
		if x.m.discards(table, to, bits) {
			x.say("a route of the site's own, of length %d, holds the destination: it goes no further", bits)
			return
		}
	}
	if q.microsoft {
		x.say("no route: what the site has towards the Internet carries it")
		return
	}
	x.say("no route")
}

// name is a destination's in sentences.
func (d *dest) name() string { return (&target{prefix: d.prefix, dests: []*dest{d}}).name() }

// chosen says which paths win, and over what.
func (x *explainer) chosen(d *dest, t int, c *choice) {
	var ways Result
	for _, s := range c.sessions {
		ways.add(x.way(s, ToAzure))
	}
	ways.Tie, ways.Narrow = ways.Tie || c.tie, ways.Narrow || c.narrow
	way := ways.sorted().String()
	if c.internal {
		var peers []string
		for _, v := range c.via {
			peers = append(peers, x.m.p.Routers[x.m.tables[v].router].Name)
		}
		way = strings.Join(peers, " and ") + " (iBGP)"
	}
	x.say("%s via %s: %s", d.name(), way, x.reason(d, t, c))
}

// reason compares the winners with the best of the rest.
func (x *explainer) reason(d *dest, t int, c *choice) string {
	won := candidate{preference: c.preference, length: c.length, asn: c.asn, session: -1}
	if !c.internal {
		won.session = c.sessions[0]
	}
	var rest *candidate
	for _, o := range x.candidates(d, t, x.solve(d)) {
		if o.better(won) < 0 && (rest == nil || o.better(*rest) > 0) {
			rest = &o
		}
	}
	switch {
	case c.tie:
		return "equal in everything that is configured; a tie-break decides"
	case rest == nil && len(c.sessions)+len(c.via) > 1:
		return fmt.Sprintf("equal, with local-preference %d, and no other route", won.preference)
	case rest == nil:
		return fmt.Sprintf("the only route, with local-preference %d", won.preference)
	case won.preference != rest.preference:
		return fmt.Sprintf("local-preference %d over %d of %s", won.preference, rest.preference, x.from(rest))
	case won.length != rest.length:
		return fmt.Sprintf("AS path of %d over %d of %s", won.length, rest.length, x.from(rest))
	}
	return "eBGP over iBGP from " + x.from(rest)
}

// from names whom a candidate was heard from.
func (x *explainer) from(c *candidate) string {
	if c.session < 0 {
		return x.m.p.Routers[x.m.tables[c.table].router].Name
	}
	return x.way(c.session, ToAzure).String()
}

// fromAzureSteps says what fromAzure does, for each prefix that Azure looks up.
func (x *explainer) fromAzureSteps(q *ask) {
	var said [][]answer
	for _, list := range q.answers {
		if slices.ContainsFunc(said, func(o []answer) bool { return slices.Equal(o, list) }) {
			continue // a second VNet hears the same
		}
		said = append(said, list)
		x.answerSteps(list, q)
	}
	if len(q.answers) == 0 {
		x.say("nothing is advertised")
	}
}

func (x *explainer) answerSteps(list []answer, q *ask) {
	best := x.best(list)
	if len(best) == 0 {
		switch {
		case len(list) == 0:
			x.say("nothing that holds the prefix is advertised")
		case q.isDefault:
			x.say("no live session advertises %s: VNets use Azure's own way out", list[0].prefix)
		default:
			x.say("no live session advertises %s", list[0].prefix)
		}
		return
	}
	won := Result{}
	for _, a := range best {
		won.add(x.way(a.session, FromAzure))
	}
	x.say("%s over %s: %s", best[0].prefix, won.sorted(), x.answerReason(list, best))
}

// answerReason compares the answers that Azure uses with the best of the rest.
func (x *explainer) answerReason(list, best []answer) string {
	var rest []answer
	for _, a := range list {
		if x.established(a.session) && x.brings(a) && !slices.Contains(best, a) {
			rest = append(rest, a)
		}
	}
	next := x.best(rest)
	if len(next) == 0 {
		return "no other route"
	}
	a, b := best[0], next[0]
	other := x.way(b.session, FromAzure).String()
	switch {
	case a.prefix.Bits() != b.prefix.Bits():
		return fmt.Sprintf("longer than %s over %s", b.prefix, other)
	case a.vpn != b.vpn:
		return "ExpressRoute before the VPN " + other
	case a.weight != b.weight:
		return fmt.Sprintf("connection weight %d over %d of %s", a.weight, b.weight, other)
	}
	return fmt.Sprintf("AS path of %d over %d of %s", x.heardLength(a), x.heardLength(b), other)
}
