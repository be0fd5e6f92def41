package render_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// A device is what one router's text says to whoever did not write it: its
// tables, who its neighbors are, what comes into BGP, which route passes which
// way, and what stands around the sessions. The readers make one from a text,
// and planned makes one from a plan. The empty VRF is the global table.
type device struct {
	semantics semantics
	asn       string
	vrfs      map[string]vrf
	neighbors map[peerKey]*neighbor
	statics   map[static]bool
	networks  map[network]bool
	// redistributes has, per VRF, family and protocol, the policy that filters
	// it.
	redistributes map[source]string
	// nextHops has, per family of the global table, the policy that says over
	// which routes a next hop may resolve. Without one: over all.
	nextHops map[plan.Family]string
	policies map[string][]term // in the order in which they are asked
	// lists hold, per prefix, the longest length that still matches: its own, or
	// that of a host where whatever lies in it matches, too.
	lists map[listName]map[netip.Prefix]int
	// communities hold alternatives: a route matches that has every member of
	// one. A list of IOS-XE and FRR has one alternative a line, a community of
	// Junos has only one.
	communities map[string][][]bgp.Community
	members     map[string]string // interface → its VRF
	tunnels     map[string]tunnel // by interface
	ports       map[string]macsec // by interface
	// remarks are the DSCP values that stay on what leaves an interface, as fmt
	// prints []int: every other value becomes 0.
	remarks map[string]string
	flow    flow
	samples map[sample]bool
}

// semantics are how a vendor answers where a policy is silent, and what its
// text does not hold.
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
	// missingListMatches: a prefix list that does not exist matches every route.
	missingListMatches bool
	// sendsCommunities: communities are sent unless forbidden. Otherwise a
	// neighbor is told to.
	sendsCommunities bool
	// untracked: no static route is tracked by BFD.
	untracked bool
	// distinguisherForVPN: a VRF that takes part in no VPN is written without a
	// route distinguisher.
	distinguisherForVPN bool
}

// semanticsOf says what each vendor's manual says of route maps and policies.
// IOS-XE and FRR: a route map ends in an implicit deny. A match on a prefix
// list that does not exist matches all on IOS-XE and nothing on FRR. Junos: the
// default policy of BGP accepts BGP routes, both ways; a missing list does not
// commit, so it may count as empty. FRR 8.4 tracks no static route.
func semanticsOf(p plan.Platform) semantics {
	switch p {
	case plan.IOSXE:
		return semantics{platform: p, bgpTable: true, missingListMatches: true}
	case plan.FRR:
		return semantics{platform: p, bgpTable: true, sendsCommunities: true, untracked: true, distinguisherForVPN: true}
	case plan.Junos:
		return semantics{platform: p, nextHopByTerm: true, acceptBGP: true, sendsCommunities: true}
	}
	panic("no semantics of " + p.String())
}

// A vrf is a definition: what it takes from VPN routes and what it makes of
// its own.
type vrf struct {
	rd               string // empty: none
	imports, exports string // route targets, made by targets
}

// targets makes a set of route targets comparable.
func targets(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// A peerKey tells neighbors apart: two VRFs may have one address each.
type peerKey struct {
	vrf  string
	addr netip.Addr
}

func (k peerKey) String() string { return strings.TrimSpace(k.addr.String() + " " + k.vrf) }

// A neighbor is a session, comparable between vendors.
type neighbor struct {
	vrf                  string
	family               plan.Family // of the address
	unicast              bool        // carries unicast routes of its family
	vpn                  string      // families whose VPN routes it carries: "", ipv4, ipv6, "ipv4 ipv6"
	internal             bool
	asn                  string
	imports, export      string
	shutdown             bool
	passive              bool
	multihop             int    // TTL of eBGP; 0: directly connected
	source               string // address of the loopback that it is sourced from; empty: that of the interface
	hold                 int    // seconds
	password             string
	bfd                  string // milliseconds x multiplier; empty: off
	maxPrefixes          int
	restartMinutes       int // 0: only warn
	multipath            bool
	communities          bool // are sent
	nextHopSelf          bool // of every route; false where a term says it
	keepalive, activated bool // seen by the reader, where the vendor has it
}

// comparable is the neighbor without what only some vendors write.
func (n neighbor) comparable() neighbor {
	n.nextHopSelf, n.communities, n.keepalive, n.activated = false, false, false, false
	return n
}

// A static is one static route; several may lead to one prefix.
type static struct {
	vrf     string
	prefix  netip.Prefix
	nextHop netip.Addr // zero: via alone, or a discard
	via     string     // interface, where the text names one
	discard int        // distance of a discard; 0: it is none
	bfd     string     // of the next hop, as of a neighbor; empty: untracked
}

type network struct {
	vrf    string
	prefix netip.Prefix
}

type source struct {
	vrf      string
	family   plan.Family
	protocol string
}

type listName struct {
	family plan.Family
	name   string
}

// A tunnel is an IPsec tunnel, in Azure's words.
type tunnel struct {
	vrf, outside  string // VRFs of the inside and of the source
	local, remote netip.Addr
	inside        netip.Prefix // our address with its length; zero: unnumbered
	mtu, mss      int          // bytes
	version       int          // of IKE
	ike           string       // made by ikeWords
	esp           string       // made by espWords
	dpd           bool
	psk           string // placeholder
	passive       bool   // waits for the gateway
}

// ikeWords makes what protects the negotiation comparable. With GCM, integrity
// is the pseudo-random function.
func ikeWords(encryption, integrity string, group, seconds int) string {
	return fmt.Sprintf("%s %s group %d, %d s", encryption, integrity, group, seconds)
}

// espWords makes what protects the traffic comparable. With GCM, integrity may
// be empty: it is GCM's own. A group of 0 is no perfect forward secrecy, 0
// kilobytes no limit.
func espWords(encryption, integrity string, group, seconds, kilobytes int) string {
	if strings.HasPrefix(encryption, "gcm") {
		integrity = cmp.Or(integrity, encryption)
	}
	return fmt.Sprintf("%s %s group %d, %d s, %d KB", encryption, integrity, group, seconds, kilobytes)
}

// A macsec is what encrypts a port. Keys are placeholders.
type macsec struct {
	cipher, ckn, cak string
	sci              bool
}

// A flow is flow export. The zero value is off.
type flow struct {
	protocol         string // ipfix, netflow9
	collector        netip.AddrPort
	source           string // address; empty: the router's choice
	sampling         int    // one packet in N
	active, inactive int    // seconds
}

// A sample is one direction of one family on an interface that exports flows.
type sample struct {
	via    string
	family plan.Family
	out    bool
}

// A term is one step of a policy. An action is accept, reject, or nothing: the
// next term is asked.
type term struct {
	seq             string
	family          plan.Family // of list
	list            string      // empty: every prefix
	orLonger        bool        // whatever lies in a prefix of list matches, too (Junos says so here)
	communities     []string    // lists, one of which has to match; none: any route
	protocol        string      // empty: every protocol
	localPreference int         // 0: left
	prepend         string
	nextHopSelf     bool
	action          string
}

// A route is a prefix, where the router has it from, and what it carries.
type route struct {
	prefix      netip.Prefix
	from        string // external, internal (both BGP), or a protocol in the intent's words
	communities []bgp.Community
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
		semantics: s, vrfs: make(map[string]vrf), neighbors: make(map[peerKey]*neighbor), statics: make(map[static]bool), networks: make(map[network]bool),
		redistributes: make(map[source]string), nextHops: make(map[plan.Family]string), policies: make(map[string][]term),
		lists: make(map[listName]map[netip.Prefix]int), communities: make(map[string][][]bgp.Community), members: make(map[string]string),
		tunnels: make(map[string]tunnel), ports: make(map[string]macsec), remarks: make(map[string]string), samples: make(map[sample]bool),
	}
}

// peer returns the neighbor with an address in the global table.
func (d *device) peer(addr netip.Addr) *neighbor { return d.neighbors[peerKey{addr: addr}] }

// decide asks the terms of a policy in turn.
func (d *device) decide(policy string, r route) decision {
	var out decision
	for i := range d.policies[policy] {
		t := &d.policies[policy][i]
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

func (d *device) matches(t *term, r route) bool {
	if t.list != "" && !d.listed(t, r.prefix) {
		return false
	}
	if len(t.communities) > 0 && !slices.ContainsFunc(t.communities, func(list string) bool { return d.carries(list, r.communities) }) {
		return false
	}
	if t.protocol == "" {
		return true
	}
	return t.protocol == r.from || t.protocol == "bgp" && r.bgp()
}

// listed reports whether the prefix list of a term has p.
func (d *device) listed(t *term, p netip.Prefix) bool {
	if t.family != plan.FamilyOf(p.Addr()) {
		return false
	}
	list, ok := d.lists[listName{t.family, t.list}]
	if !ok {
		return d.semantics.missingListMatches
	}
	if _, exact := list[p]; exact {
		return true
	}
	for entry, longest := range list {
		if t.orLonger {
			longest = p.Addr().BitLen()
		}
		if entry.Bits() <= p.Bits() && p.Bits() <= longest && entry.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// carries reports whether a route with communities matches a community list. A
// list that is missing matches nothing here; undefined reports it.
func (d *device) carries(list string, communities []bgp.Community) bool {
	return slices.ContainsFunc(d.communities[list], func(all []bgp.Community) bool {
		return !slices.ContainsFunc(all, func(c bgp.Community) bool { return !slices.Contains(communities, c) })
	})
}

// learned is what the router does with a route that n sends: only of the family
// that the session carries.
func (d *device) learned(n *neighbor, prefix netip.Prefix, communities ...bgp.Community) decision {
	if plan.FamilyOf(prefix.Addr()) != n.family {
		return decision{}
	}
	from := "external"
	if n.internal {
		from = "internal"
	}
	return d.decide(n.imports, route{prefix, from, communities})
}

// advertised is what the router does with an active route of n's table towards
// n, which hears one family. A BGP route counts only when some neighbor of its kind may bring it, and
// never travels from one iBGP neighbor to another (RFC 4271 §9.2).
func (d *device) advertised(n *neighbor, r route) decision {
	if r.family() != n.family || r.from == "internal" && n.internal {
		return decision{}
	}
	if r.bgp() && !d.mayLearn(n.vrf, r) || !r.bgp() && d.semantics.bgpTable && !d.originates(n.vrf, r) {
		return decision{}
	}
	out := d.decide(n.export, r)
	if !d.semantics.nextHopByTerm {
		out.nextHopSelf = out.accepted && n.nextHopSelf
	}
	return out
}

// mayLearn reports whether BGP may bring r into a table: a neighbor there, or
// the import of a VRF, which takes VPN routes unfiltered.
func (d *device) mayLearn(table string, r route) bool {
	for _, n := range d.neighbors {
		if n.unicast && n.vrf == table && n.internal == (r.from == "internal") && n.family == r.family() && d.decide(n.imports, r).accepted {
			return true
		}
		if table != "" && r.from == "internal" && d.vrfs[table].imports != "" && slices.Contains(strings.Fields(n.vpn), r.family().String()) {
			return true
		}
	}
	return false
}

// originates reports whether a route that BGP did not bring gets into BGP.
func (d *device) originates(table string, r route) bool {
	if d.networks[network{table, r.prefix}] {
		return true
	}
	filter, ok := d.redistributes[source{table, r.family(), r.from}]
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
		if n.unicast {
			policy(n.imports)
			policy(n.export)
		}
		if _, ok := d.vrfs[n.vrf]; n.vrf != "" && !ok {
			out = append(out, "VRF "+n.vrf)
		}
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
			for _, list := range t.communities {
				if _, ok := d.communities[list]; !ok {
					out = append(out, "community list "+list)
				}
			}
		}
	}
	for _, table := range d.members {
		if _, ok := d.vrfs[table]; !ok {
			out = append(out, "VRF "+table)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// underGateway reports whether a discard lies below the routes to VPN gateways:
// it covers a neighbor that is not directly connected, and is originated by
// nothing.
func (d *device) underGateway(s static) bool {
	if d.networks[network{s.vrf, s.prefix}] {
		return false
	}
	for key, n := range d.neighbors {
		if key.vrf == s.vrf && n.multihop > 0 && s.prefix.Contains(key.addr) {
			return true
		}
	}
	return false
}

// facts lists what is no session and no policy, one line each, so far as the
// text of a platform holds it. Elsewhere the same interface has another name:
// neutral leaves the names out.
func (d *device) facts(text semantics, neutral bool) []string {
	name := func(via string) string {
		if neutral {
			return ""
		}
		return via
	}
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	add("AS %s", d.asn)
	for name, v := range d.vrfs {
		if text.distinguisherForVPN && v.imports == "" && v.exports == "" {
			v.rd = ""
		}
		add("VRF %s %+v", name, v)
	}
	for s := range d.statics {
		if neutral && s.discard > 0 && d.underGateway(s) {
			continue // FRR has it only where the other choice is clear text
		}
		s.via = name(s.via)
		if text.untracked {
			s.bfd = ""
		}
		add("static route %+v", s)
	}
	for via, table := range d.members {
		add("interface %s in VRF %s", name(via), table)
	}
	for via, t := range d.tunnels {
		add("tunnel %s %+v", name(via), t)
	}
	for via, m := range d.ports {
		add("MACsec %s %+v", name(via), m)
	}
	for via, kept := range d.remarks {
		add("DSCP on %s: all but %s to 0", name(via), kept)
	}
	if d.flow != (flow{}) {
		add("flow export %+v", d.flow)
	}
	for s := range d.samples {
		add("flows on %s, %s, outbound %t", name(s.via), s.family, s.out)
	}
	slices.Sort(out)
	return out
}
