package render_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// A lab is a network: the routers of a plan with their own texts, a Microsoft
// edge router at the far end of every link, and a wire between any two routers
// that speak iBGP.
type lab struct {
	t         testing.TB
	net       *frrtest.Net
	plan      *plan.Plan
	routers   map[string]*frrtest.Router
	edges     map[string]*frrtest.Router // by origin of the link
	wires     map[ibgpEnd]string         // our interface to the peer
	announced []netip.Prefix             // by every edge router
	// join makes the link between a router and its edge: a wire, or what a test
	// puts there.
	join func(a *frrtest.Router, ifA string, b *frrtest.Router, ifB string)
}

// ibgpEnd is one end of an iBGP session.
type ibgpEnd struct {
	router   string
	neighbor netip.Addr
}

// newLab makes the empty network of a plan whose routers all are FRR.
func newLab(t testing.TB, p *plan.Plan) *lab {
	t.Helper()
	l := &lab{
		t: t, net: frrtest.New(t), plan: p, routers: make(map[string]*frrtest.Router), edges: make(map[string]*frrtest.Router),
		wires: make(map[ibgpEnd]string), announced: announced(p),
	}
	l.join = l.net.Link
	return l
}

// announced is what Azure announces on every link, wanted or not: the prefixes
// of the VNets, and a default route, an on-premises prefix, a half of a VNet
// and somebody else's VNet.
func announced(p *plan.Plan) []netip.Prefix {
	out := []netip.Prefix{
		netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("10.222.0.0/16"),
		netip.MustParsePrefix("::/0"), netip.MustParsePrefix("fd00:222::/48"),
	}
	for _, s := range p.Statements {
		out = append(append(out, s.Azure...), s.Onprem...)
		for _, prefix := range s.Azure {
			out = append(out, netip.PrefixFrom(prefix.Addr(), prefix.Bits()+1))
		}
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	return slices.Compact(out)
}

// start boots every router, the Microsoft side first: our first connection
// would find no one and be tried again ten seconds later.
func (l *lab) start() {
	l.t.Helper()
	for i := range l.plan.Routers {
		r := &l.plan.Routers[i]
		l.routers[r.Name] = l.net.Router(r.Name)
		for _, link := range r.Links {
			edge := l.net.Router(fmt.Sprintf("msee%d", len(l.edges)+1))
			l.edges[link.Origin] = edge
			l.join(l.routers[r.Name], link.Subinterface(), edge, "er")
			edge.Start(l.edgeConf(len(l.edges), r, link))
		}
	}
	lan := l.wire()
	for _, c := range configs(l.t, l.plan) {
		l.routers[c.Router].Start(withSecrets(c) + lan[c.Router])
	}
}

// wire joins the routers that speak iBGP and returns, for each, what it has to
// know of the LAN and what is not ours to render: addresses, and routes to the
// loopbacks.
func (l *lab) wire() map[string]string {
	l.t.Helper()
	lan := make(map[string]string)
	wires := 0
	for i := range l.plan.Routers {
		for j := range l.plan.Routers[:i] {
			a, b := &l.plan.Routers[j], &l.plan.Routers[i]
			wires++
			name := fmt.Sprintf("lan%d", wires)
			l.net.Link(l.routers[a.Name], name, l.routers[b.Name], name)
			lan[a.Name] += l.wireEnd(a, b, name, fmt.Sprintf("198.18.%d.1/30", wires), fmt.Sprintf("fd00:198:%d::1/126", wires))
			lan[b.Name] += l.wireEnd(b, a, name, fmt.Sprintf("198.18.%d.2/30", wires), fmt.Sprintf("fd00:198:%d::2/126", wires))
		}
	}
	return lan
}

// wireEnd is what r has to know of its wire to peer. The wire's two addresses
// of a family differ in their last bits only: 1 and 2.
func (l *lab) wireEnd(r, peer *plan.Router, name, v4, v6 string) string {
	l.t.Helper()
	across := strings.NewReplacer(".1/30", ".2", ".2/30", ".1", "::1/126", "::2", "::2/126", "::1")
	out := fmt.Sprintf("interface %s\n ip address %s\n ipv6 address %s\nexit\n!\n", name, v4, v6)
	found := false
	for _, s := range r.IBGP {
		if s.Peer != peer.Name {
			continue
		}
		found = true
		l.wires[ibgpEnd{r.Name, s.Neighbor}] = name
		if s.Family == plan.IPv4 {
			out += fmt.Sprintf("ip route %s/32 %s\n", s.Neighbor, across.Replace(v4))
		} else {
			out += fmt.Sprintf("ipv6 route %s/128 %s\n", s.Neighbor, across.Replace(v6))
		}
	}
	if !found {
		l.t.Fatalf("%s and %s have no iBGP session: the expectations are those of a full mesh", r.Name, peer.Name)
	}
	return out
}

// edgeConf is a Microsoft edge router as Microsoft documents it and no text of
// ours: AS 12076, timers 60 s and 180 s, BFD 300 ms x 3 on IPv4. It hears
// everything, even what has its own AS number in the path, so that a route
// that comes back from another edge router is seen.
func (l *lab) edgeConf(number int, r *plan.Router, link plan.Link) string {
	var session, families strings.Builder
	addresses := ""
	for _, s := range link.Sessions {
		word, address := "ip", netip.PrefixFrom(s.Neighbor, link.IPv4.Bits())
		if s.Family == plan.IPv6 {
			word, address = "ipv6", netip.PrefixFrom(s.Neighbor, link.IPv6.Bits())
		}
		addresses += fmt.Sprintf(" %s address %s\n", word, address)
		fmt.Fprintf(&session, " neighbor %s remote-as %s\n", s.Local, r.ASN)
		if s.Family == plan.IPv4 {
			fmt.Fprintf(&session, " neighbor %[1]s bfd\n neighbor %[1]s bfd profile MSEE\n", s.Local)
		}
		if !s.MD5.IsZero() {
			fmt.Fprintf(&session, " neighbor %s password %s\n", s.Local, key(s.MD5))
		}
		fmt.Fprintf(&session, " neighbor %[1]s timers 60 180\n neighbor %[1]s timers connect 2\n", s.Local)
		fmt.Fprintf(&families, " address-family %s unicast\n", s.Family)
		for _, prefix := range l.announced {
			if plan.FamilyOf(prefix.Addr()) == s.Family {
				fmt.Fprintf(&families, "  network %s\n", prefix)
			}
		}
		fmt.Fprintf(&families, "  neighbor %[1]s activate\n  neighbor %[1]s allowas-in 10\n  neighbor %[1]s route-map IN in\n  neighbor %[1]s route-map OUT out\n exit-address-family\n", s.Local)
	}
	return fmt.Sprintf(`interface er
%sexit
!
router bgp 12076
 bgp router-id 192.0.2.%d
 no bgp default ipv4-unicast
 no bgp network import-check
%s%sexit
!
route-map IN permit 10
exit
!
route-map OUT permit 10
exit
!
bfd
 profile MSEE
  detect-multiplier 3
  transmit-interval 300
  receive-interval 300
 exit
exit
`, addresses, number, session.String(), families.String())
}

// A session is what one end of a BGP session says of it. Of a session that is
// down only the state counts: FRR 8.4 keeps the BFD session of a neighbor that
// is shut, even up and then without an interface.
type session struct {
	State           string
	Keepalive, Hold time.Duration // as agreed
	BFD             string        // state, intervals, interface; empty: none
}

// sessions asks a router for its sessions, by neighbor.
func sessions(r *frrtest.Router) map[netip.Addr]session {
	var summary map[string]struct {
		Peers map[netip.Addr]struct{ State string }
	}
	r.VtyshJSON("show bgp summary json", &summary)
	var details map[netip.Addr]struct {
		BgpTimerHoldTimeMsecs, BgpTimerKeepAliveIntervalMsecs int
	}
	r.VtyshJSON("show bgp neighbors json", &details)
	var bfd []struct {
		Peer              netip.Addr
		Multihop          bool
		Interface, Status string
		Transmit          int `json:"transmit-interval"`
		Receive           int `json:"receive-interval"`
		Multiplier        int `json:"detect-multiplier"`
		Remote            int `json:"remote-detect-multiplier"`
		RemoteTransmit    int `json:"remote-transmit-interval"`
	}
	r.VtyshJSON("show bfd peers json", &bfd)
	out := make(map[netip.Addr]session)
	for _, family := range summary {
		for peer, s := range family.Peers {
			out[peer] = session{State: s.State}
		}
	}
	for peer, s := range out {
		if s.State != "Established" {
			continue
		}
		s.Hold = time.Duration(details[peer].BgpTimerHoldTimeMsecs) * time.Millisecond
		s.Keepalive = time.Duration(details[peer].BgpTimerKeepAliveIntervalMsecs) * time.Millisecond
		for _, b := range bfd {
			if b.Peer == peer {
				s.BFD = fmt.Sprintf("%s on %s, multihop %t, %d/%d x %d, theirs %d x %d", b.Status, b.Interface, b.Multihop, b.Transmit, b.Receive, b.Multiplier, b.RemoteTransmit, b.Remote)
			}
		}
		out[peer] = s
	}
	return out
}

// A path is one way to a prefix in a router's BGP table.
type path struct {
	Peer            netip.Addr
	LocalPreference int // 0: no word of it, as on a path from another AS that no one has set
	ASPath          string
	NextHop         netip.Addr
}

// received asks a router for the paths of its BGP table that came from others,
// both families.
func received(r *frrtest.Router) map[netip.Prefix][]path {
	out := make(map[netip.Prefix][]path)
	for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
		var table struct {
			Routes map[netip.Prefix][]struct {
				PeerID, Path string
				LocPrf       int
				Nexthops     []struct {
					IP    netip.Addr
					Scope string
				}
			}
		}
		r.VtyshJSON(fmt.Sprintf("show bgp %s unicast json", family), &table)
		for prefix, all := range table.Routes {
			for _, p := range all {
				peer, err := netip.ParseAddr(p.PeerID)
				if err != nil {
					continue // "(unspec)": the router's own
				}
				found := path{Peer: peer, LocalPreference: p.LocPrf, ASPath: p.Path}
				for _, hop := range p.Nexthops {
					if hop.Scope != "link-local" {
						found.NextHop = hop.IP
					}
				}
				out[prefix] = append(out[prefix], found)
			}
			slices.SortFunc(out[prefix], func(a, b path) int { return a.Peer.Compare(b.Peer) })
			if len(out[prefix]) == 0 {
				delete(out, prefix)
			}
		}
	}
	return out
}

// forwarded asks a router for the interfaces over which its kernel sends what
// BGP has told it, sorted.
func forwarded(r *frrtest.Router) map[netip.Prefix][]string { return forwardedIn(r, "") }

// forwardedIn asks the same of one table: a VRF, or the global one, which has no
// name.
func forwardedIn(r *frrtest.Router, table string) map[netip.Prefix][]string {
	out := make(map[netip.Prefix][]string)
	if table != "" {
		table = "vrf " + table + " "
	}
	for _, show := range []string{"show ip route " + table + "bgp json", "show ipv6 route " + table + "bgp json"} {
		var table map[netip.Prefix][]struct {
			Selected, Installed bool
			Nexthops            []struct {
				FIB           bool
				InterfaceName string
			}
		}
		r.VtyshJSON(show, &table)
		for prefix, routes := range table {
			for _, route := range routes {
				for _, hop := range route.Nexthops {
					// A next hop that resolves over a discard has no interface and
					// leads nowhere.
					if route.Selected && route.Installed && hop.FIB && hop.InterfaceName != "" {
						out[prefix] = append(out[prefix], hop.InterfaceName)
					}
				}
			}
			slices.Sort(out[prefix])
		}
	}
	return out
}
