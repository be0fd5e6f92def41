package render_test

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// An frrReading reads an frr.conf.
type frrReading struct {
	reading
	open     []string // lines that opened the blocks the reader is in
	table    string   // of the block: a VRF; empty: the global one
	policy   string
	profile  string
	profiles map[string]*frrTimes
	uses     map[*neighbor]string // BFD profiles
	bare     map[*neighbor]bool   // neighbors with the plain bfd line
	paths    map[frrFamilyOf][2]int
	vpn      map[frrFamilyOf]*frrTargetsOf // of a VRF's family
	noGroups bool                          // routes have their next hops to themselves
}

// An frrFamilyOf is an address family of one table.
type frrFamilyOf struct {
	table  string
	family plan.Family
}

// frrTargetsOf is what one family of a VRF says of VPN routes.
type frrTargetsOf struct {
	rd                  string
	imports, exports    []string
	label, takes, gives bool
}

// frrTimes are the values of a BFD profile.
type frrTimes struct{ multiplier, transmit, receive string }

// readFRR reads the text of an FRR router. A line that it does not know is an
// error.
func readFRR(text string) (*device, error) {
	r := &frrReading{
		reading: reading{device: newDevice(semanticsOf(plan.FRR))}, profiles: make(map[string]*frrTimes),
		uses: make(map[*neighbor]string), bare: make(map[*neighbor]bool), paths: make(map[frrFamilyOf][2]int), vpn: make(map[frrFamilyOf]*frrTargetsOf),
	}
	for line := range strings.Lines(text) {
		r.line = strings.TrimRight(line, "\n")
		words := strings.Fields(r.line)
		if strings.TrimSpace(r.line) == "!" {
			continue
		}
		indent := len(r.line) - len(strings.TrimLeft(r.line, " "))
		if words[0] == "exit" || words[0] == "exit-vrf" || words[0] == "exit-address-family" {
			if indent != len(r.open)-1 {
				r.fail("closes nothing")
				break
			}
			r.open = r.open[:indent]
			if indent == 0 {
				r.table = ""
			}
			continue
		}
		if indent != len(r.open) {
			r.fail("indented like no block")
			break
		}
		r.statement(words)
	}
	if len(r.open) > 0 {
		r.fail("left open: " + r.open[0])
	}
	r.finish()
	return r.device, r.err
}

// statement reads a line of the innermost block.
func (r *frrReading) statement(w []string) {
	if len(r.open) == 0 {
		r.top(w)
		return
	}
	switch block := strings.Fields(r.open[len(r.open)-1]); {
	case block[0] == "interface":
		if !is(w, "description …") && !is(w, "ip address *") && !is(w, "ipv6 address *") {
			r.fail("unknown line of an interface")
		}
	case block[0] == "vrf":
		if !r.static(w) {
			r.fail("unknown line of a VRF")
		}
	case block[0] == "router":
		r.inBGP(w)
	case block[0] == "address-family" && block[2] == "vpn":
		r.inVPN(block[1], w)
	case block[0] == "address-family":
		family := plan.IPv4
		if block[1] == "ipv6" {
			family = plan.IPv6
		}
		r.inFamily(family, w)
	case block[0] == "route-map":
		r.inRouteMap(w)
	case block[0] == "bfd":
		if !is(w, "profile *") || r.profiles[w[1]] != nil {
			r.fail("unknown line of bfd")
			return
		}
		r.profile = w[1]
		r.profiles[r.profile] = &frrTimes{multiplier: "3", transmit: "300", receive: "300"} // FRR's defaults
		r.open = append(r.open, r.line)
	case block[0] == "profile":
		r.inProfile(w)
	}
}

func (r *frrReading) top(w []string) {
	switch {
	case is(w, "frr defaults traditional"), is(w, "hostname *"), is(w, "log syslog informational"), is(w, "service integrated-vtysh-config"):
	case is(w, "no zebra nexthop kernel enable"):
		r.noGroups = true
	case is(w, "interface *"), is(w, "bfd"):
		r.open = append(r.open, r.line)
	case is(w, "router bgp *"):
		r.asn, r.open = w[2], append(r.open, r.line)
	case is(w, "router bgp * vrf *"):
		if w[2] != r.asn {
			r.fail("another AS")
		}
		r.inTable(w[4])
	case is(w, "vrf *"):
		r.inTable(w[1])
	case r.static(w):
	case is(w, "ip prefix-list * seq * permit *"):
		r.permitExactly(plan.IPv4, w[2], w[6])
	case is(w, "ipv6 prefix-list * seq * permit *"):
		r.permitExactly(plan.IPv6, w[2], w[6])
	case is(w, "ip prefix-list * seq * permit * le *"):
		r.permit(plan.IPv4, w[2], r.prefix(w[6]), r.number(w[8]))
	case is(w, "ipv6 prefix-list * seq * permit * le *"):
		r.permit(plan.IPv6, w[2], r.prefix(w[6]), r.number(w[8]))
	case is(w, "bgp community-list standard * seq * permit *"):
		r.communities[w[3]] = append(r.communities[w[3]], []bgp.Community{r.community(w[7])})
	case is(w, "route-map * permit *"), is(w, "route-map * deny *"):
		r.policy = w[1]
		r.open = append(r.open, r.line)
		action := map[string]string{"permit": "accept", "deny": "reject"}[w[2]]
		if terms := r.policies[r.policy]; len(terms) > 0 && r.number(terms[len(terms)-1].seq) >= r.number(w[3]) {
			r.fail("entries out of order")
		}
		r.policies[r.policy] = append(r.policies[r.policy], term{seq: w[3], action: action})
	default:
		r.fail("unknown line")
	}
}

// inTable opens a block of a VRF.
func (r *frrReading) inTable(name string) {
	r.table, r.open = name, append(r.open, r.line)
	if _, ok := r.vrfs[name]; !ok {
		r.vrfs[name] = vrf{}
	}
}

// static reads a static route, of the global table or of the VRF that the
// reader is in. FRR takes anything for the name of an interface: it may not
// look like an address.
func (r *frrReading) static(w []string) bool {
	if !is(w, "ip route …") && !is(w, "ipv6 route …") {
		return false
	}
	s := static{vrf: r.table, prefix: r.prefix(w[2])}
	if s.prefix.Addr().Is4() != (w[0] == "ip") {
		r.fail("another family")
	}
	rest := w[3:]
	if is(rest, "blackhole *") {
		s.discard = r.number(rest[1])
		r.route(s)
		return true
	}
	if a, err := netip.ParseAddr(rest[0]); err == nil {
		s.nextHop, rest = a, rest[1:]
	}
	switch len(rest) {
	case 0:
	case 1:
		s.via = rest[0]
	default:
		r.fail("unknown end of a route")
	}
	r.route(s)
	return true
}

func (r *frrReading) inRouteMap(w []string) {
	terms := r.policies[r.policy]
	t := &terms[len(terms)-1]
	switch {
	case is(w, "match ip address prefix-list *") && t.list == "":
		t.family, t.list = plan.IPv4, w[4]
	case is(w, "match ipv6 address prefix-list *") && t.list == "":
		t.family, t.list = plan.IPv6, w[4]
	case is(w, "match community *") && len(t.communities) == 0:
		t.communities = []string{w[2]}
	case is(w, "set local-preference *"):
		t.localPreference = r.number(w[2])
	case is(w, "set as-path prepend …"):
		t.prepend = strings.Join(w[3:], " ")
	default:
		r.fail("unknown line of a route map")
	}
}

func (r *frrReading) inBGP(w []string) {
	switch {
	case is(w, "bgp router-id *"), is(w, "bgp log-neighbor-changes"), is(w, "no bgp default ipv4-unicast"):
	case is(w, "address-family ipv4 unicast"), is(w, "address-family ipv6 unicast"):
		r.open = append(r.open, r.line)
	case (is(w, "address-family ipv4 vpn") || is(w, "address-family ipv6 vpn")) && r.table == "":
		r.open = append(r.open, r.line)
	case is(w, "neighbor * remote-as *"):
		n := r.neighborIn(r.table, w[1])
		n.asn, n.internal = w[3], w[3] == r.asn
	case is(w, "neighbor * description …"), is(w, "neighbor * timers connect *"):
		r.neighborIn(r.table, w[1])
	case is(w, "neighbor * shutdown"):
		r.neighborIn(r.table, w[1]).shutdown = true
	case is(w, "neighbor * bfd"):
		r.bare[r.neighborIn(r.table, w[1])] = true
	case is(w, "neighbor * bfd profile *"):
		r.uses[r.neighborIn(r.table, w[1])] = w[4]
	case is(w, "neighbor * passive"):
		r.neighborIn(r.table, w[1]).passive = true
	case is(w, "neighbor * ebgp-multihop *"):
		r.neighborIn(r.table, w[1]).multihop = r.number(w[3])
	case is(w, "neighbor * password *"):
		r.neighborIn(r.table, w[1]).password = w[3]
	case is(w, "neighbor * update-source *"):
		r.neighborIn(r.table, w[1]).source = r.addr(w[3]).String()
	case is(w, "neighbor * timers * *"):
		n := r.neighborIn(r.table, w[1])
		n.hold, n.keepalive = r.number(w[4]), r.number(w[3]) > 0
	default:
		r.fail("unknown line of BGP")
	}
}

// inVPN reads a family of VPN routes.
func (r *frrReading) inVPN(family string, w []string) {
	if !is(w, "neighbor * activate") {
		r.fail("unknown line of a family of VPN routes")
		return
	}
	n := r.neighbor(w[1])
	n.vpn = targets(append(strings.Fields(n.vpn), family))
}

// targets reads what a family of a VRF says of VPN routes.
func (r *frrReading) targets(at frrFamilyOf, w []string) bool {
	v := r.vpn[at]
	if v == nil {
		v = &frrTargetsOf{}
	}
	switch {
	case is(w, "label vpn export auto"):
		v.label = true
	case is(w, "rd vpn export *"):
		v.rd = w[3]
	case is(w, "rt vpn both …"):
		v.imports, v.exports = w[3:], w[3:]
	case is(w, "rt vpn import …"):
		v.imports = w[3:]
	case is(w, "rt vpn export …"):
		v.exports = w[3:]
	case is(w, "export vpn"):
		v.gives = true
	case is(w, "import vpn"):
		v.takes = true
	default:
		return false
	}
	r.vpn[at] = v
	return true
}

func (r *frrReading) inFamily(family plan.Family, w []string) {
	at := frrFamilyOf{r.table, family}
	switch {
	case is(w, "network *"):
		r.network(family, r.prefix(w[1]))
	case is(w, "redistribute * route-map *"):
		protocol := w[1]
		if family == plan.IPv6 && protocol == "ospf6" {
			protocol = "ospf"
		}
		r.redistributes[source{r.table, family, protocol}] = w[3]
	case is(w, "neighbor * activate"):
		n := r.neighborIn(r.table, w[1])
		n.activated = n.family == family
		n.unicast = n.activated
	case is(w, "neighbor * next-hop-self"):
		r.neighborIn(r.table, w[1]).nextHopSelf = true
	case is(w, "neighbor * maximum-prefix * * warning-only"):
		r.neighborIn(r.table, w[1]).maxPrefixes = r.number(w[3])
	case is(w, "neighbor * maximum-prefix * * restart *"):
		n := r.neighborIn(r.table, w[1])
		n.maxPrefixes, n.restartMinutes = r.number(w[3]), r.number(w[6])
	case is(w, "neighbor * route-map * in"):
		r.neighborIn(r.table, w[1]).imports = w[3]
	case is(w, "neighbor * route-map * out"):
		r.neighborIn(r.table, w[1]).export = w[3]
	case is(w, "maximum-paths *"):
		r.paths[at] = [2]int{r.number(w[1]), r.paths[at][1]}
	case is(w, "maximum-paths ibgp *"):
		r.paths[at] = [2]int{r.paths[at][0], r.number(w[2])}
	case r.table != "" && r.targets(at, w):
	default:
		r.fail("unknown line of an address family")
	}
}

func (r *frrReading) network(family plan.Family, p netip.Prefix) {
	if plan.FamilyOf(p.Addr()) != family {
		r.fail("network of another family")
	}
	r.networks[network{r.table, p}] = true
}

func (r *frrReading) inProfile(w []string) {
	p := r.profiles[r.profile]
	switch {
	case is(w, "detect-multiplier *"):
		p.multiplier = w[1]
	case is(w, "transmit-interval *"):
		p.transmit = w[1]
	case is(w, "receive-interval *"):
		p.receive = w[1]
	default:
		r.fail("unknown line of a BFD profile")
	}
}

// finish settles what one line alone does not say. FRR installs several equal
// paths unless it is told one, so both limits have to be there. Where several
// are wanted, groups of next hops would lose a link that flaps; where none are,
// the line would be one without a reason. Both families of a VRF say the same
// of VPN routes; the device has one word for both.
func (r *frrReading) finish() {
	several := false
	for _, paths := range r.paths {
		several = several || paths[0] > 1 || paths[1] > 1
	}
	if several != r.noGroups {
		r.line = "no zebra nexthop kernel enable"
		r.fail("there without several paths, or not there with them")
	}
	for a, n := range r.neighbors {
		r.line = "neighbor " + a.String()
		paths, ok := r.paths[frrFamilyOf{a.vrf, n.family}]
		if n.unicast && (!ok || paths[0] == 0 || paths[1] == 0) {
			r.fail("no path limits")
		}
		if !n.unicast && n.vpn == "" || !n.keepalive || n.internal && n.source == "" {
			r.fail("not active, without timers, or without a source")
		}
		n.multipath = n.unicast && paths[0] > 1
		if n.internal {
			n.multipath = n.unicast && paths[1] > 1
		}
		profile, used := r.uses[n]
		if used != r.bare[n] {
			r.fail("one of the two bfd lines alone")
		}
		if !used {
			continue
		}
		p := r.profiles[profile]
		if p == nil || p.transmit != p.receive {
			r.fail("BFD profile " + profile + " is missing or has two intervals")
			continue
		}
		n.bfd = p.transmit + "x" + p.multiplier
	}
	for at, v := range r.vpn {
		r.line = fmt.Sprintf("VRF %s, %s", at.table, at.family)
		if v.rd == "" || v.takes != (len(v.imports) > 0) || v.gives != (len(v.exports) > 0) || v.label != v.gives {
			r.fail("half of a VPN")
		}
		said := vrf{v.rd, targets(v.imports), targets(v.exports)}
		if known := r.vrfs[at.table]; known != (vrf{}) && known != said {
			r.fail("the families of a VRF differ")
		}
		r.vrfs[at.table] = said
	}
}
