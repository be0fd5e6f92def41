package confdiff

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A phase is the place of a command in the order in which a router may take it:
// what is referred to comes before what refers to it, and goes after it. So no
// list and no policy is empty or undefined while something uses it.
type phase int

// comes gives the phase in which statements of a kind come.
var comes = map[Kind]phase{
	Setting: 0, VRF: 1, QoS: 2, MACsec: 2, IPsec: 2, FlowExport: 2, Zone: 2, CommunityList: 3, PrefixList: 3, BFDProfile: 4, RouteMap: 5,
	Interface: 7, StaticRoute: 8, BGP: 9, Network: 10, Neighbor: 11, Group: 11,
}

// activates is the phase of a neighbor's lines in its address families, after those
// of all neighbors outside: so each family is entered once.
const activates phase = 12

// addressLeaves is the phase in which an address leaves its interface, before
// another one takes it.
const addressLeaves phase = 6

// goes gives the phase in which statements of a kind go: after all that comes, and
// the other way round.
func goes(k Kind) phase { return 2*activates + 1 - comes[k] }

// An op is one command in its place.
type op struct {
	phase   phase
	context []string // lines to stand in, outermost first, as they are typed
	line    string   // empty: the context alone
}

// A liner finds the commands of IOS-XE or FRR.
type liner struct {
	platform   string
	want, have arrangement
	lines      map[string]Statement // of both, by key
	comesIn    map[string]bool      // slot keys of what is missing
	addresses  map[netip.Prefix]bool
	extra      map[string]bool // keys
	below      map[string]int  // how many statements of have stand in a context, by its key
	leaving    map[string]int  // how many of them are extra
	gone       map[string]bool // keys of what a command has taken away already
	numbers    map[string]bool // of lists of either: list, blank, number
	taken      map[string]bool // of have
	ops        []op
}

// lineCommands returns the lines that bring have to want for these differences.
func lineCommands(want, have Config, differences []Difference) []string {
	l := newLiner(want, have, differences)
	for _, d := range differences {
		l.come(d)
	}
	for _, d := range slices.Backward(differences) { // what was made last may use what was made before
		l.leave(d)
	}
	slices.SortStableFunc(l.ops, func(a, b op) int { return cmp.Compare(a.phase, b.phase) })
	var s script
	for _, o := range l.ops {
		s.add(o)
	}
	s.close(0)
	return s.out
}

func newLiner(want, have Config, differences []Difference) *liner {
	l := &liner{
		platform: want.Platform, want: arranged(want), have: arranged(have),
		lines: make(map[string]Statement), comesIn: make(map[string]bool), addresses: make(map[netip.Prefix]bool),
		extra: make(map[string]bool), below: make(map[string]int), leaving: make(map[string]int), gone: make(map[string]bool),
		numbers: make(map[string]bool), taken: make(map[string]bool),
	}
	for _, c := range []Config{want, have} {
		for _, s := range c.Statements {
			if _, known := l.lines[s.Key()]; !known {
				l.lines[s.Key()] = s
			}
			if e, ok := entryOf(l.platform, s); ok {
				l.numbers[e.list+" "+e.number] = true
			}
		}
	}
	for _, s := range have.Statements {
		if e, ok := entryOf(l.platform, s); ok {
			l.taken[e.list+" "+e.number] = true
		}
		around(s, func(key string) { l.below[key]++ })
	}
	for _, d := range differences {
		l.note(d)
	}
	return l
}

// note takes down what comes and what goes.
func (l *liner) note(d Difference) {
	for _, s := range d.Missing {
		l.comesIn[slotKey(l.platform, s)] = true
		if p, ok := addressOf(l.platform, s); ok && d.Object.Kind == Interface {
			l.addresses[p] = true
		}
	}
	for _, s := range d.Extra {
		if !l.extra[s.Key()] {
			around(s, func(key string) { l.leaving[key]++ })
		}
		l.extra[s.Key()] = true
	}
}

// around calls f with the key of every context of a statement.
func around(s Statement, f func(key string)) {
	for i := 1; i < len(s.Path); i++ {
		f(strings.Join(s.Path[:i], "\n"))
	}
}

// come finds the commands for what an object lacks.
func (l *liner) come(d Difference) {
	for _, s := range l.inOrder(d) {
		at := comes[d.Object.Kind]
		if d.Object.Kind == Neighbor && len(s.Path) > 2 {
			at = activates
		}
		l.makeRoom(d, s, at)
		if line := l.numbered(s); opensContext(len(s.Path)-1, line) {
			l.ops = append(l.ops, op{at, append(l.context(s), l.typed(s, line)), ""})
		} else {
			l.ops = append(l.ops, op{at, l.context(s), l.typed(s, line)})
		}
	}
}

// inOrder lists what an object lacks in the order of typing: a neighbor is
// activated when its policies stand; on IOS-XE a subinterface that changes its VRF
// loses its addresses.
func (l *liner) inOrder(d Difference) []Statement {
	out := slices.Clone(d.Missing)
	is := func(word string) func(Statement) bool {
		return func(s Statement) bool { return strings.HasPrefix(s.Text(l.platform), word) }
	}
	if d.Object.Kind == Neighbor {
		slices.SortStableFunc(out, func(a, b Statement) int { return cmp.Compare(lateness(a), lateness(b)) })
	}
	const vrf = "vrf forwarding "
	if d.Object.Kind != Interface || l.platform != IOSXE || !slices.ContainsFunc(slices.Concat(d.Missing, d.Extra), is(vrf)) {
		return out
	}
	for _, s := range d.Extra {
		if is(vrf)(s) && !l.comesIn[slotKey(l.platform, s)] {
			l.takeAway(s, comes[Interface])
		}
	}
	out = nil
	for _, s := range l.want.of[d.Object] { // in the order of the rendering, the VRF before the addresses
		if _, address := addressOf(l.platform, s); address || slices.ContainsFunc(d.Missing, func(m Statement) bool { return m.Key() == s.Key() }) {
			out = append(out, s)
		}
	}
	return out
}

// lateness orders the lines of a new neighbor.
func lateness(s Statement) int {
	if strings.HasSuffix(s.Path[len(s.Path)-1], " activate") {
		return 1
	}
	return 0
}

// makeRoom takes away what the router would not let s replace.
func (l *liner) makeRoom(d Difference, s Statement, at phase) {
	rule, _, _ := lineRuleOf(l.platform, s.Path[len(s.Path)-1])
	if !rule.first {
		return
	}
	for _, e := range d.Extra {
		if slotKey(l.platform, e) == slotKey(l.platform, s) && !l.away(e) && !addsUp(e, s) {
			l.takeAway(e, at)
		}
	}
}

// addsUp reports whether a line of redistribution only gains words, or another route
// map: then it need not go first, and nothing is withdrawn in between.
func addsUp(there, s Statement) bool {
	old, now := strings.Fields(there.Path[len(there.Path)-1]), strings.Fields(s.Path[len(s.Path)-1])
	if old[0] != "redistribute" {
		return false
	}
	for i, w := range old {
		if !slices.Contains(now, w) && old[i-1] != "route-map" {
			return false
		}
	}
	return true
}

// numbered is the line of a statement; of an entry whose number another one has,
// under the next that is free.
func (l *liner) numbered(s Statement) string {
	line := s.Path[len(s.Path)-1]
	e, ok := entryOf(l.platform, s)
	if !ok || !l.taken[e.list+" "+e.number] {
		return line
	}
	n, err := strconv.Atoi(e.number)
	if err != nil {
		return line
	}
	for n++; l.numbers[e.list+" "+strconv.Itoa(n)]; n++ {
	}
	l.numbers[e.list+" "+strconv.Itoa(n)] = true
	return e.list + " seq " + strconv.Itoa(n) + " " + e.body
}

// leave finds the commands for what an object has too much.
func (l *liner) leave(d Difference) {
	if line, context, ok := l.whole(d); ok {
		l.ops = append(l.ops, op{goes(d.Object.Kind), context, line})
		return
	}
	for _, s := range d.Extra {
		key := s.Key()
		switch {
		case l.away(s), l.comesIn[slotKey(l.platform, s)]:
		case l.below[key] > l.leaving[key]: // others have lines in it
		case l.platform == FRR && vanishes(s): // with its last line
		case l.withBFD(s):
		default:
			at := goes(d.Object.Kind)
			if p, ok := addressOf(l.platform, s); ok && d.Object.Kind == Interface && (l.addresses[p] || l.platform == FRR && l.sameSubnet(d, p)) {
				at = addressLeaves
			}
			if d.Object.Kind == Interface && len(s.Path) == 1 && l.moves(d) {
				at = addressLeaves
			}
			l.takeAway(s, at)
		}
	}
}

// withBFD reports whether a line goes with another one: on FRR the profile of a
// neighbor and whatever else is about its BFD goes when BFD does.
func (l *liner) withBFD(s Statement) bool {
	before, _, found := strings.Cut(s.Path[len(s.Path)-1], " bfd ")
	if l.platform != FRR || !found {
		return false
	}
	bfd := Statement{Path: append(slices.Clone(s.Path[:len(s.Path)-1]), before+" bfd")}
	return l.extra[bfd.Key()] && !l.comesIn[bfd.Key()]
}

// sameSubnet reports whether an interface gets another address in a subnet: Linux
// takes the second one away with the first, so that the first one has to go before.
func (l *liner) sameSubnet(d Difference, p netip.Prefix) bool {
	return slices.ContainsFunc(d.Missing, func(s Statement) bool {
		q, ok := addressOf(l.platform, s)
		return ok && q.Masked() == p.Masked()
	})
}

// moves reports whether an address of an interface that goes is to be on another.
func (l *liner) moves(d Difference) bool {
	return slices.ContainsFunc(d.Extra, func(s Statement) bool {
		p, ok := addressOf(l.platform, s)
		return ok && l.addresses[p]
	})
}

// whole returns the one line that takes a whole object away, where there is one.
func (l *liner) whole(d Difference) (line string, context []string, ok bool) {
	have := l.have.of[d.Object]
	if len(d.Missing) > 0 || len(d.Extra) < len(have) || len(have) == 0 || slices.ContainsFunc(have, func(s Statement) bool { return l.gone[s.Key()] }) {
		return "", nil, false
	}
	switch first := strings.Fields(have[0].Path[0]); d.Object.Kind {
	case RouteMap:
		return "no route-map " + d.Object.Name, nil, true
	case PrefixList:
		return "no " + first[0] + " prefix-list " + d.Object.Name, nil, true
	case Neighbor:
		context := l.context(have[0])
		for len(context) > 1 && !strings.Contains(context[len(context)-1], " vrf ") {
			context = context[:len(context)-1]
		}
		if l.gone[have[0].Path[0]] || l.extra[have[0].Path[0]] && l.below[have[0].Path[0]] == l.leaving[have[0].Path[0]] {
			return "", nil, false // the BGP process goes
		}
		return l.noNeighbor(have), context, true
	}
	return "", nil, false
}

// noNeighbor is the line that takes a neighbor away, from every address family. On
// IOS-XE it is documented with the AS number (BGP Command Reference, neighbor
// remote-as).
func (l *liner) noNeighbor(have []Statement) string {
	for _, s := range have {
		if line := s.Path[len(s.Path)-1]; l.platform == IOSXE && strings.Contains(line, " remote-as ") {
			return "no " + line
		}
	}
	return "no neighbor " + strings.Fields(have[0].Path[len(have[0].Path)-1])[1]
}

// takeAway notes the command that takes s away, with all that stands in it.
func (l *liner) takeAway(s Statement, at phase) {
	l.gone[s.Key()] = true
	line := s.Path[len(s.Path)-1]
	if s.Secret.form != NoSecret && removal(l.platform, line) == "no "+line {
		line = l.typed(s, line)
	}
	l.ops = append(l.ops, op{at, l.context(s), removal(l.platform, line)})
}

// away reports whether a command takes s away already: itself, or a context that
// goes as a whole.
func (l *liner) away(s Statement) bool {
	if l.gone[s.Key()] {
		return true
	}
	found := false
	around(s, func(key string) {
		found = found || l.gone[key] || l.extra[key] && l.below[key] == l.leaving[key] && !l.comesIn[slotKey(l.platform, l.lines[key])] && !(l.platform == FRR && vanishes(l.lines[key]))
	})
	return found
}

// vanishes reports whether FRR forgets a context with its last line.
func vanishes(s Statement) bool {
	line := s.Path[len(s.Path)-1]
	return strings.HasPrefix(line, "interface ") || strings.HasPrefix(line, "address-family ")
}

// context lists the lines that a statement stands in, as they are typed.
func (l *liner) context(s Statement) []string {
	out := make([]string, 0, len(s.Path))
	for i := 1; i < len(s.Path); i++ {
		line := s.Path[i-1]
		if c, known := l.lines[strings.Join(s.Path[:i], "\n")]; known {
			line = l.typed(c, line)
		}
		out = append(out, line)
	}
	return out
}

// typed is a line with a placeholder where it holds a secret: the intent's name
// for it, or the mark of a secret that only the router has.
func (l *liner) typed(s Statement, line string) string {
	return strings.Replace(line, SecretMark, placeholder(s.Secret), 1)
}

// placeholder stands for a secret in a command.
func placeholder(s Secret) string {
	switch {
	case s.form == Reference:
		return *s.value
	case s.name != "":
		return s.name
	}
	return KeptMark
}

// A script is a list of commands under way, with the contexts that are open.
type script struct {
	out  []string
	open []string
}

// add appends a command, and what it takes to stand in its context.
func (s *script) add(o op) {
	n := 0
	for n < len(s.open) && n < len(o.context) && s.open[n] == o.context[n] {
		n++
	}
	s.close(n)
	for _, line := range o.context[n:] {
		s.say(line)
		s.open = append(s.open, line)
	}
	if o.line != "" {
		s.say(o.line)
	}
}

func (s *script) say(line string) { s.out = append(s.out, strings.Repeat(" ", len(s.open))+line) }

// close leaves all but the n outermost contexts.
func (s *script) close(n int) {
	for len(s.open) > n {
		last := s.open[len(s.open)-1]
		s.open = s.open[:len(s.open)-1]
		if strings.HasPrefix(last, "address-family ") {
			s.say("exit-address-family")
		} else {
			s.say("exit")
		}
	}
}
