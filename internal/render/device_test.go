package render_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
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
	// nextHops has, per family, the policy that says over which routes a next
	// hop may resolve. Without one: over all.
	nextHops map[plan.Family]string
	policies map[string][]term // in the order in which they are asked
	lists    map[listName]map[netip.Prefix]bool
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
	// acceptBGP: a BGP route that no term decides is accepted. Otherwise it is
	// refused.
	acceptBGP bool
	// missingListMatches: a list that does not exist matches every route.
	missingListMatches bool
}

// semanticsOf says what each vendor's manual says of route maps and policies.
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
		return semantics{platform: p, nextHopByTerm: true, acceptBGP: true}
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
		redistributes: make(map[source]string), nextHops: make(map[plan.Family]string), policies: make(map[string][]term), lists: make(map[listName]map[netip.Prefix]bool),
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

// resolves reports whether a next hop may resolve over a route.
func (d *device) resolves(r route) bool {
	policy, ok := d.nextHops[r.family()]
	return !ok || d.decide(policy, r).accepted
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
	for _, filter := range d.nextHops {
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
	d := newDevice(semantics{platform: r.Platform, bgpTable: true, nextHopByTerm: true})
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
	for _, x := range r.Resolution {
		d.nextHops[x.Family] = x.Policy
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
