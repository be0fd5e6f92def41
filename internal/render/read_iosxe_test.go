package render_test

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// An iosxeReading reads a running configuration of IOS-XE.
type iosxeReading struct {
	reading
	block   []string    // words of the unindented line above
	family  plan.Family // of the address family
	table   string      // VRF of the address family; empty: the global one
	kind    string      // of the address family: unicast, vpn; empty: none is open
	policy  string      // route map that is read
	on      *iosxePort
	ports   map[string]*iosxePort
	fall    map[*neighbor]bool
	paths   map[pathsOf][2]int // maximum-paths, eBGP and iBGP
	tracked map[static]bool    // interface and next hop
	targets vrf                // of the family that is read
	colons  bool               // communities are printed with them
	crypto  iosxeCrypto
	flows   iosxeFlows
	remarks iosxeRemarks
}

// An iosxePort is what the text says of an interface.
type iosxePort struct {
	vrf, bfd  string
	addresses [2]netip.Prefix // by family
	lines     map[string]string
	monitors  [][]string
}

type pathsOf struct {
	table  string
	family plan.Family
}

// readIOSXE reads the text of an IOS-XE router. A line that it does not know is
// an error.
func readIOSXE(text string) (*device, error) {
	r := &iosxeReading{
		reading: reading{device: newDevice(semanticsOf(plan.IOSXE))}, ports: make(map[string]*iosxePort), fall: make(map[*neighbor]bool),
		paths: make(map[pathsOf][2]int), tracked: make(map[static]bool),
		crypto: newIOSXECrypto(), flows: newIOSXEFlows(), remarks: newIOSXERemarks(),
	}
	for line := range strings.Lines(text) {
		r.line = strings.TrimRight(line, "\n")
		words := strings.Fields(r.line)
		switch indent := len(r.line) - len(strings.TrimLeft(r.line, " ")); {
		case strings.TrimSpace(r.line) == "!":
		case indent == 0:
			r.block = words
			r.top(words)
		case len(r.block) == 0:
			r.fail("indented line of no block")
		default:
			r.inside(indent, words)
		}
	}
	r.finish()
	return r.device, r.err
}

func (r *iosxeReading) top(w []string) {
	r.kind, r.on = "", nil
	switch {
	case is(w, "ipv6 unicast-routing"):
	case is(w, "ip bgp-community new-format"):
		r.colons = true
	case is(w, "snmp ifmib ifindex persist"):
		r.flows.persist = true
	case is(w, "vrf definition *"):
		r.vrfs[w[2]] = vrf{}
	case is(w, "interface *"):
		if r.ports[w[1]] != nil {
			r.fail("the same interface twice")
		}
		r.on = &iosxePort{lines: make(map[string]string)}
		r.ports[w[1]] = r.on
	case is(w, "router bgp *"):
		r.asn = w[2]
	case w[0] == "ip" && w[1] == "route", w[0] == "ipv6" && w[1] == "route":
		r.static(w)
	case is(w, "ip prefix-list * seq * permit …"):
		r.listed(plan.IPv4, w)
	case is(w, "ipv6 prefix-list * seq * permit …"):
		r.listed(plan.IPv6, w)
	case is(w, "ip community-list standard * permit …"):
		var all []bgp.Community // a route has to have each
		for _, c := range w[5:] {
			all = append(all, r.community(c))
		}
		r.communities[w[3]] = append(r.communities[w[3]], all)
	case is(w, "route-map * permit *"):
		r.entry(w[1], w[3], "accept")
	case is(w, "route-map * deny *"):
		r.entry(w[1], w[3], "reject")
	case r.crypto.top(r, w), r.flows.top(w), r.remarks.top(w):
	default:
		r.fail("unknown line")
	}
}

// inside reads an indented line.
func (r *iosxeReading) inside(indent int, w []string) {
	switch b := r.block; {
	case b[0] == "vrf":
		r.inVRF(b[2], indent, w)
	case b[0] == "interface":
		r.onInterface(w)
	case b[0] == "router" && r.kind != "":
		r.inFamily(w)
	case b[0] == "router":
		r.inBGP(w)
	case b[0] == "route-map":
		r.inRouteMap(w)
	case b[0] == "crypto", b[0] == "key", b[0] == "mka":
		r.crypto.inside(r, w)
	case b[0] == "flow", b[0] == "sampler":
		r.flows.inside(r, w)
	case b[0] == "class-map", b[0] == "policy-map":
		r.remarks.inside(r, w)
	default:
		r.fail("indented line of no block")
	}
}

// inVRF reads a definition. Every family of a VRF has the same targets.
func (r *iosxeReading) inVRF(name string, indent int, w []string) {
	v := r.vrfs[name]
	switch {
	case is(w, "rd *"):
		v.rd = w[1]
	case is(w, "address-family ipv4"), is(w, "address-family ipv6"):
		r.targets = vrf{}
	case is(w, "exit-address-family"):
		if read := (vrf{v.rd, r.targets.imports, r.targets.exports}); v != read && v != (vrf{rd: v.rd}) {
			r.fail("two families with two sets of targets")
		}
		v.imports, v.exports = r.targets.imports, r.targets.exports
	case is(w, "route-target export *") && indent == 2:
		r.targets.exports = targets(append(strings.Fields(r.targets.exports), w[2]))
	case is(w, "route-target import *") && indent == 2:
		r.targets.imports = targets(append(strings.Fields(r.targets.imports), w[2]))
	default:
		r.fail("unknown line of a VRF")
	}
	r.vrfs[name] = v
}

// static reads a static route and what tracks it.
func (r *iosxeReading) static(w []string) {
	family := plan.IPv4
	if w[0] == "ipv6" {
		family = plan.IPv6
	}
	if is(w, "* route static bfd * *") {
		r.tracked[static{via: w[4], nextHop: r.addr(w[5])}] = true
		return
	}
	var s static
	rest := w[2:]
	if rest[0] == "vrf" {
		s.vrf, rest = rest[1], rest[2:]
	}
	switch {
	case family == plan.IPv4:
		s.prefix, rest = r.masked(rest[0], rest[1]), rest[2:]
	default:
		s.prefix, rest = r.prefix(rest[0]), rest[1:]
	}
	switch {
	case is(rest, "Null0 *"):
		s.discard = r.number(rest[1])
	case is(rest, "* *"):
		s.via, s.nextHop = rest[0], r.addr(rest[1])
	case is(rest, "*") && strings.ContainsAny(rest[0], ".:") && !strings.ContainsAny(rest[0], "/"):
		s.nextHop = r.addr(rest[0])
	case is(rest, "*"):
		s.via = rest[0]
	default:
		r.fail("unknown route")
	}
	r.route(s)
}

// listed reads an entry of a prefix list.
func (r *iosxeReading) listed(family plan.Family, w []string) {
	p := r.prefix(w[6])
	switch rest := w[7:]; {
	case len(rest) == 0:
		r.permit(family, w[2], p, p.Bits())
	case is(rest, "le *") && r.number(rest[1]) > p.Bits(): // IOS-XE takes no other
		r.permit(family, w[2], p, r.number(rest[1]))
	default:
		r.fail("unknown prefix")
	}
}

func (r *iosxeReading) entry(policy, seq, action string) {
	r.policy = policy
	if terms := r.policies[policy]; len(terms) > 0 && r.number(terms[len(terms)-1].seq) >= r.number(seq) {
		r.fail("entries out of order")
	}
	r.policies[policy] = append(r.policies[policy], term{seq: seq, action: action})
}

func (r *iosxeReading) inRouteMap(w []string) {
	terms := r.policies[r.policy]
	t := &terms[len(terms)-1]
	switch {
	case is(w, "match ip address prefix-list *") && t.list == "":
		t.family, t.list = plan.IPv4, w[4]
	case is(w, "match ipv6 address prefix-list *") && t.list == "":
		t.family, t.list = plan.IPv6, w[4]
	case is(w, "match community …") && t.communities == nil:
		t.communities = w[2:]
	case is(w, "match source-protocol *") && t.protocol == "":
		t.protocol = w[2]
	case is(w, "set local-preference *"):
		t.localPreference = r.number(w[2])
	case is(w, "set as-path prepend …"):
		t.prepend = strings.Join(w[3:], " ")
	default:
		r.fail("unknown line of a route map")
	}
}

func (r *iosxeReading) onInterface(w []string) {
	on := r.on
	for _, known := range []string{"description", "encapsulation dot1Q", "ip mtu", "ipv6 mtu", "ip tcp adjust-mss", "ip unnumbered", "service-policy output"} {
		if is(w, known+" …") {
			on.lines[known] = strings.Join(w[len(strings.Fields(known)):], " ")
			return
		}
	}
	switch {
	case is(w, "no ip address"), is(w, "no ip redirects"), is(w, "no ip proxy-arp"), is(w, "no bfd echo"):
	case is(w, "tunnel …"), is(w, "mka …"), is(w, "macsec …"), is(w, "macsec"):
		on.lines[strings.Join(w[:len(w)-1], " ")] = w[len(w)-1]
	case is(w, "vrf forwarding *"):
		if on.addresses != [2]netip.Prefix{} {
			r.fail("wipes the addresses above it")
		}
		on.vrf = w[2]
		r.members[r.block[1]] = w[2]
	case is(w, "ip flow monitor …"), is(w, "ipv6 flow monitor …"):
		on.monitors = append(on.monitors, w)
	case is(w, "ip address * *"):
		on.addresses[plan.IPv4] = netip.PrefixFrom(r.addr(w[2]), r.maskBits(w[3]))
	case is(w, "ipv6 address *"):
		p, err := netip.ParsePrefix(w[2])
		if err != nil {
			r.fail("no address")
		}
		on.addresses[plan.IPv6] = p
	case is(w, "bfd interval * min_rx * multiplier *"):
		if w[2] != w[4] {
			r.fail("two intervals")
		}
		on.bfd = w[2] + "x" + w[6]
	default:
		r.fail("unknown line of an interface")
	}
}

func (r *iosxeReading) inBGP(w []string) {
	switch {
	case is(w, "bgp router-id *"), is(w, "bgp log-neighbor-changes"), is(w, "no bgp default ipv4-unicast"):
	case is(w, "address-family *"), is(w, "address-family * vrf *"):
		kind, family, ok := "unicast", plan.IPv4, true
		switch w[1] {
		case "ipv4":
		case "ipv6":
			family = plan.IPv6
		case "vpnv4":
			kind = "vpn"
		case "vpnv6":
			kind, family = "vpn", plan.IPv6
		default:
			ok = false
		}
		if r.kind, r.family, r.table = kind, family, ""; len(w) == 4 {
			r.table = w[3]
		}
		if !ok || kind == "vpn" && r.table != "" {
			r.fail("unknown address family")
		}
	case r.session(w):
	default:
		r.fail("unknown line of BGP")
	}
}

// session reads a line of a session: at router level, or in a VRF's family.
func (r *iosxeReading) session(w []string) bool {
	if len(w) < 3 || w[0] != "neighbor" {
		return false
	}
	n := r.neighborIn(r.table, w[1])
	switch {
	case is(w, "neighbor * remote-as *"):
		n.asn, n.internal = w[3], w[3] == r.asn
	case is(w, "neighbor * description …"):
	case is(w, "neighbor * shutdown"):
		n.shutdown = true
	case is(w, "neighbor * password *"):
		n.password = w[3]
	case is(w, "neighbor * ebgp-multihop *"):
		n.multihop = r.number(w[3])
	case is(w, "neighbor * update-source *"):
		n.source = w[3] // finish makes the address of it
	case is(w, "neighbor * transport connection-mode passive"):
		n.passive = true
	case is(w, "neighbor * timers * *"):
		n.hold, n.keepalive = r.number(w[4]), true
	case is(w, "neighbor * fall-over bfd"):
		r.fall[n] = true
	default:
		return false
	}
	return true
}

func (r *iosxeReading) inFamily(w []string) {
	here := pathsOf{r.table, r.family}
	switch {
	case is(w, "exit-address-family"):
		r.kind, r.table = "", ""
	case len(w) >= 3 && w[0] == "neighbor":
		r.neighborInFamily(w)
	case r.kind == "vpn":
		r.fail("unknown line of a family of VPN routes")
	case is(w, "bgp nexthop route-map *") && r.table == "":
		r.nextHops[r.family] = w[3]
	case is(w, "network * mask *"):
		r.networks[network{r.table, r.masked(w[1], w[3])}] = true
	case is(w, "network *") && r.family == plan.IPv4:
		a := r.addr(w[1])
		r.networks[network{r.table, netip.PrefixFrom(a, classBits(a))}] = true
	case is(w, "network *"):
		r.networks[network{r.table, r.prefix(w[1])}] = true
	case is(w, "redistribute * …") && len(w) >= 4 && w[len(w)-2] == "route-map":
		r.redistributes[source{r.table, r.family, w[1]}] = w[len(w)-1]
	case is(w, "maximum-paths *"):
		r.paths[here] = [2]int{r.number(w[1]), r.paths[here][1]}
	case is(w, "maximum-paths ibgp *"):
		r.paths[here] = [2]int{r.paths[here][0], r.number(w[2])}
	default:
		r.fail("unknown line of an address family")
	}
}

func (r *iosxeReading) neighborInFamily(w []string) {
	if r.table != "" && r.session(w) {
		return
	}
	n := r.neighborIn(r.table, w[1])
	switch {
	case is(w, "neighbor * activate") && r.kind == "vpn":
		n.vpn = targets(append(strings.Fields(n.vpn), r.family.String()))
	case r.kind == "vpn" && (is(w, "neighbor * send-community extended") || is(w, "neighbor * send-community both") && n.communities):
	case r.kind == "vpn":
		r.fail("unknown line of a neighbor with VPN routes")
	case is(w, "neighbor * activate"):
		n.activated = n.family == r.family
		n.unicast = n.activated
	case is(w, "neighbor * send-community"):
		n.communities = true
	case is(w, "neighbor * next-hop-self"):
		n.nextHopSelf = true
	case is(w, "neighbor * route-map * in"):
		n.imports = w[3]
	case is(w, "neighbor * route-map * out"):
		n.export = w[3]
	case is(w, "neighbor * maximum-prefix * warning-only"), is(w, "neighbor * maximum-prefix * * warning-only"):
		n.maxPrefixes = r.number(w[3])
	case is(w, "neighbor * maximum-prefix * restart *"), is(w, "neighbor * maximum-prefix * * restart *"):
		n.maxPrefixes, n.restartMinutes = r.number(w[3]), r.number(w[len(w)-1])
	default:
		r.fail("unknown line of a neighbor")
	}
}

// finish settles what one line alone does not say.
func (r *iosxeReading) finish() {
	for k, n := range r.neighbors {
		r.line = "neighbor " + k.String()
		if !n.activated && n.vpn == "" || !n.keepalive || n.internal && n.source == "" {
			r.fail("not active, without timers, or without a source")
		}
		if n.source != "" {
			if n.source = r.address(n.source, n.family); n.source == "" {
				r.fail("sourced from an interface without an address")
			}
		}
		paths := r.paths[pathsOf{n.vrf, n.family}]
		n.multipath = n.unicast && paths[0] > 1
		if n.internal {
			n.multipath = n.unicast && paths[1] > 1
		}
		if r.fall[n] {
			n.bfd = r.timersTowards(k)
		}
	}
	if r.colons != (len(r.communities) > 0) {
		r.fail("communities in the old format, or a format without communities")
	}
	r.track()
	r.crypto.finish(r)
	r.flows.finish(r)
	r.remarks.finish(r)
}

// address is that of an interface.
func (r *iosxeReading) address(via string, f plan.Family) string {
	if on := r.ports[via]; on != nil && on.addresses[f].IsValid() {
		return on.addresses[f].Addr().String()
	}
	return ""
}

// timersTowards are the BFD timers of the interface with a neighbor's subnet,
// or else of one that nothing else is said of: the owner has its address.
func (r *iosxeReading) timersTowards(k peerKey) string {
	foreign := ""
	for _, on := range r.ports {
		f := plan.FamilyOf(k.addr)
		switch {
		case on.bfd == "":
		case on.vrf == k.vrf && on.addresses[f].IsValid() && on.addresses[f].Masked().Contains(k.addr):
			return on.bfd
		case on.addresses == [2]netip.Prefix{} && on.lines["encapsulation dot1Q"] == "":
			if foreign != "" && foreign != on.bfd {
				r.fail("several interfaces of others, with several timers")
			}
			foreign = on.bfd
		}
	}
	if foreign == "" {
		r.fail("BFD without an interval on the interface")
	}
	return foreign
}

// track gives the static routes the timers of the interface that BFD watches.
func (r *iosxeReading) track() {
	used := make(map[static]bool)
	for s := range r.statics {
		key := static{via: s.via, nextHop: s.nextHop}
		if !r.tracked[key] {
			continue
		}
		used[key] = true
		delete(r.statics, s)
		if on := r.ports[s.via]; on != nil {
			s.bfd = on.bfd
		}
		if s.bfd == "" {
			r.fail("a tracked route over an interface without timers")
		}
		r.statics[s] = true
	}
	if len(used) != len(r.tracked) {
		r.fail("BFD watches what no route uses")
	}
}

// masked reads an address and a mask.
func (r *iosxeReading) masked(addr, mask string) netip.Prefix {
	p := netip.PrefixFrom(r.addr(addr), r.maskBits(mask))
	if p != p.Masked() {
		r.fail("host bits")
	}
	return p
}

func (r *iosxeReading) maskBits(word string) int {
	a := r.addr(word)
	if !a.Is4() {
		r.fail("no mask")
		return 0
	}
	m := a.As4()
	ones := bits.LeadingZeros32(^binary.BigEndian.Uint32(m[:]))
	if fmt.Sprintf("%032b", binary.BigEndian.Uint32(m[:])) != strings.Repeat("1", ones)+strings.Repeat("0", 32-ones) {
		r.fail("a mask with a hole")
	}
	return ones
}

// classBits is what a network without a mask means (RFC 791 §2.3).
func classBits(a netip.Addr) int {
	switch first := a.As4()[0]; {
	case first == 0:
		return 0
	case first&0x80 == 0:
		return 8
	case first&0xc0 == 0x80:
		return 16
	default:
		return 24
	}
}
