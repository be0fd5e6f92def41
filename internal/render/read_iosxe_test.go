package render_test

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// An iosxeReading reads a running configuration of IOS-XE.
type iosxeReading struct {
	reading
	block  string      // of the unindented line above: interface, bgp, route-map
	family plan.Family // of the address family
	inside bool        // an address family
	policy string      // route map that is read
	subnet []netip.Prefix
	bfd    map[netip.Prefix]string // by subnet of the interface
	fall   map[*neighbor]bool
	paths  map[plan.Family][2]int // maximum-paths, eBGP and iBGP
}

// readIOSXE reads the text of an IOS-XE router. A line that it does not know is
// an error, except of an interface, where only addresses and BFD count.
func readIOSXE(text string) (*device, error) {
	r := &iosxeReading{
		reading: reading{device: newDevice(semanticsOf(plan.IOSXE))},
		bfd:     make(map[netip.Prefix]string), fall: make(map[*neighbor]bool), paths: make(map[plan.Family][2]int),
	}
	for line := range strings.Lines(text) {
		r.line = strings.TrimRight(line, "\n")
		words := strings.Fields(r.line)
		switch {
		case strings.TrimSpace(r.line) == "!":
		case !strings.HasPrefix(r.line, " "):
			r.top(words)
		case r.block == "interface":
			r.onInterface(words)
		case r.block == "bgp" && r.inside:
			r.inFamily(words)
		case r.block == "bgp":
			r.inBGP(words)
		case r.block == "route-map":
			r.inRouteMap(words)
		default:
			r.fail("indented line of no block")
		}
	}
	r.finish()
	return r.device, r.err
}

func (r *iosxeReading) top(w []string) {
	r.block, r.inside, r.subnet = "", false, nil
	switch {
	case is(w, "ipv6 unicast-routing"):
	case is(w, "interface *"):
		r.block = "interface"
	case is(w, "router bgp *"):
		r.block, r.asn = "bgp", w[2]
	case is(w, "ip route * * Null0 *"):
		r.statics[r.masked(w[2], w[3])] = "discard " + w[5]
	case is(w, "ip route * * *"):
		r.statics[r.masked(w[2], w[3])] = r.addr(w[4]).String()
	case is(w, "ipv6 route * Null0 *"):
		r.statics[r.prefix(w[2])] = "discard " + w[4]
	case is(w, "ipv6 route * *"):
		r.statics[r.prefix(w[2])] = r.addr(w[3]).String()
	case is(w, "ip prefix-list * seq * permit *"):
		r.permit(plan.IPv4, w[2], r.prefix(w[6]))
	case is(w, "ipv6 prefix-list * seq * permit *"):
		r.permit(plan.IPv6, w[2], r.prefix(w[6]))
	case is(w, "route-map * permit *"):
		r.entry(w[1], w[3], "accept")
	case is(w, "route-map * deny *"):
		r.entry(w[1], w[3], "reject")
	default:
		r.fail("unknown line")
	}
}

func (r *iosxeReading) entry(policy, seq, action string) {
	r.block, r.policy = "route-map", policy
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
	switch {
	case is(w, "ip address * *"):
		r.subnet = append(r.subnet, netip.PrefixFrom(r.addr(w[2]), r.maskBits(w[3])).Masked())
	case is(w, "bfd interval * min_rx * multiplier *"):
		if w[2] != w[4] {
			r.fail("two intervals")
		}
		for _, subnet := range r.subnet {
			r.bfd[subnet] = w[2] + "x" + w[6]
		}
	}
}

func (r *iosxeReading) inBGP(w []string) {
	switch {
	case is(w, "bgp router-id *"), is(w, "bgp log-neighbor-changes"), is(w, "no bgp default ipv4-unicast"):
	case is(w, "neighbor * remote-as *"):
		n := r.neighbor(w[1])
		n.asn, n.internal = w[3], w[3] == r.asn
	case is(w, "neighbor * description …"):
		r.neighbor(w[1])
	case is(w, "neighbor * shutdown"):
		r.neighbor(w[1]).shutdown = true
	case is(w, "neighbor * password *"):
		r.neighbor(w[1]).password = w[3]
	case is(w, "neighbor * update-source *"):
		r.neighbor(w[1]).updateSource = w[3]
	case is(w, "neighbor * timers * *"):
		n := r.neighbor(w[1])
		n.hold, n.keepalive = r.number(w[4]), true
	case is(w, "neighbor * fall-over bfd"):
		r.fall[r.neighbor(w[1])] = true
	case is(w, "address-family ipv4"):
		r.family, r.inside = plan.IPv4, true
	case is(w, "address-family ipv6"):
		r.family, r.inside = plan.IPv6, true
	default:
		r.fail("unknown line of BGP")
	}
}

func (r *iosxeReading) inFamily(w []string) {
	switch {
	case is(w, "exit-address-family"):
		r.inside = false
	case is(w, "bgp nexthop route-map *"):
		r.nextHops[r.family] = w[3]
	case is(w, "network * mask *"):
		r.networks[r.masked(w[1], w[3])] = true
	case is(w, "network *") && r.family == plan.IPv4:
		a := r.addr(w[1])
		r.networks[netip.PrefixFrom(a, classBits(a))] = true
	case is(w, "network *"):
		r.networks[r.prefix(w[1])] = true
	case is(w, "redistribute * …") && len(w) >= 4 && w[len(w)-2] == "route-map":
		r.redistributes[source{r.family, w[1]}] = w[len(w)-1]
	case is(w, "neighbor * activate"):
		n := r.neighbor(w[1])
		n.active = n.family == r.family
	case is(w, "neighbor * next-hop-self"):
		r.neighbor(w[1]).nextHopSelf = true
	case is(w, "neighbor * route-map * in"):
		r.neighbor(w[1]).imports = w[3]
	case is(w, "neighbor * route-map * out"):
		r.neighbor(w[1]).export = w[3]
	case is(w, "neighbor * maximum-prefix * * warning-only"):
		r.neighbor(w[1]).maxPrefixes = r.number(w[3])
	case is(w, "neighbor * maximum-prefix * * restart *"):
		n := r.neighbor(w[1])
		n.maxPrefixes, n.restartMinutes = r.number(w[3]), r.number(w[6])
	case is(w, "maximum-paths *"):
		r.paths[r.family] = [2]int{r.number(w[1]), r.paths[r.family][1]}
	case is(w, "maximum-paths ibgp *"):
		r.paths[r.family] = [2]int{r.paths[r.family][0], r.number(w[2])}
	default:
		r.fail("unknown line of an address family")
	}
}

// finish settles what one line alone does not say.
func (r *iosxeReading) finish() {
	for a, n := range r.neighbors {
		r.line = "neighbor " + a.String()
		if !n.active || !n.keepalive || n.internal == (n.updateSource == "") {
			r.fail("not active, without timers, or with the wrong source")
		}
		n.multipath = r.paths[n.family][0] > 1
		if n.internal {
			n.multipath = r.paths[n.family][1] > 1
		}
		if !r.fall[n] {
			continue
		}
		for subnet, bfd := range r.bfd {
			if subnet.Contains(a) {
				n.bfd = bfd
			}
		}
		if n.bfd == "" {
			r.fail("BFD without an interval on the interface")
		}
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
