package emulator

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// showNeighbors prints every session in full, by address family (Cisco, BGP Command
// Reference, show bgp all neighbors; the form is that of public captures of 16.x
// and 17.x).
func (m *iosxe) showNeighbors() string {
	live := m.live()
	var out strings.Builder
	for _, family := range []struct{ name, line string }{
		{"IPv4 Unicast", "address-family ipv4"}, {"IPv6 Unicast", "address-family ipv6"},
		{"VPNv4 Unicast", "address-family vpnv4"}, {"VPNv6 Unicast", "address-family vpnv6"},
	} {
		fmt.Fprintf(&out, "For address family: %s\n", family.name)
		for _, s := range live.Sessions {
			if m.standsIn(s, family.line) {
				m.writeNeighbor(&out, s)
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

// standsIn reports whether a session is shown in a family: one of a VRF in the VPN
// family of its addresses, others wherever they are activated.
func (m *iosxe) standsIn(s LiveSession, family string) bool {
	if s.VRF != "" {
		return family == "address-family vpnv6" && !s.Neighbor.Is4() || family == "address-family vpnv4" && s.Neighbor.Is4()
	}
	f := m.blockOf(s).find(family)
	return f != nil && f.has("neighbor "+iosxeAddr(s.Neighbor)+" activate")
}

// writeNeighbor prints one session. What the emulator has no truth about - message
// counts, TCP - is left out or constant.
func (m *iosxe) writeNeighbor(out *strings.Builder, s LiveSession) {
	vrf, link, remote := "", "external", "0.0.0.0"
	if s.VRF != "" {
		vrf = ",  vrf " + s.VRF
	}
	if s.AS == s.LocalAS {
		link = "internal"
	}
	fmt.Fprintf(out, "BGP neighbor is %s%s,  remote AS %d, %s link\n", iosxeAddr(s.Neighbor), vrf, s.AS, link)
	block := m.blockOf(s)
	if text := iosxeValue(block, "neighbor "+iosxeAddr(s.Neighbor)+" description"); text != "" {
		fmt.Fprintf(out, " Description: %s\n", text)
	}
	if s.Shut {
		out.WriteString("  Administratively shut down\n")
	}
	up := s.State == "Established"
	if up {
		remote = "198.18.0.1" // the other end's router ID is nobody's concern here
	}
	fmt.Fprintf(out, "  BGP version 4, remote router ID %s\n", remote)
	if s.BFD != nil {
		state := "Down"
		if s.BFD.Up {
			state = "UP"
		}
		fmt.Fprintf(out, "  BFD is configured. BFD peer is %s. Using BFD to detect fast fallover (single-hop).\n", state)
	}
	if up {
		fmt.Fprintf(out, "  BGP state = Established, up for %s\n", iosxeAge(s.Up))
		fmt.Fprintf(out, "  Last read 00:00:01, last write 00:00:02, hold time is %d, keepalive interval is %d seconds\n", int(s.Hold.Seconds()), int(s.Keepalive.Seconds()))
	} else {
		fmt.Fprintf(out, "  BGP state = %s, down for never\n", s.State)
	}
	if words := strings.Fields(iosxeValue(block, "neighbor "+iosxeAddr(s.Neighbor)+" timers")); len(words) > 1 {
		fmt.Fprintf(out, "  Configured hold time is %s, keepalive interval is %s seconds\n  Minimum holdtime from neighbor is 0 seconds\n", words[1], words[0])
	}
	active := 0
	if up {
		active = 1
	}
	fmt.Fprintf(out, "  Neighbor sessions:\n    %d active, is not multisession capable (disabled)\n", active)
	if up {
		family := "IPv6 Unicast"
		if s.Neighbor.Is4() {
			family = "IPv4 Unicast"
		}
		fmt.Fprintf(out, "  Neighbor capabilities:\n    Route refresh: advertised and received(new)\n    Four-octets ASN Capability: advertised and received\n    Address family %s: advertised and received\n", family)
		fmt.Fprintf(out, "\n For address family: %s\n  Session: %s\n                                 Sent       Rcvd\n  Prefix activity:               ----       ----\n    Prefixes Current:      %10d %10d\n", family, iosxeAddr(s.Neighbor), len(s.Sent), len(s.Routes))
	}
	established := s.Drops
	if up {
		established++
	}
	fmt.Fprintf(out, "\n  Address tracking is enabled, the RIB does have a route to %s\n  Connections established %d; dropped %d\n", iosxeAddr(s.Neighbor), established, s.Drops)
	if s.Drops == 0 {
		out.WriteString("  Last reset never\n")
	} else {
		out.WriteString("  Last reset 00:00:05, due to User reset of session 1\n")
	}
	out.WriteString("  Transport(tcp) path-mtu-discovery is enabled\n  Graceful-Restart is disabled\n\n")
}

// blockOf is the block that a session is configured in; it may be empty.
func (m *iosxe) blockOf(s LiveSession) *iosxeBlock {
	for _, bgp := range m.root.begins("router bgp") {
		if s.VRF == "" {
			return bgp
		}
		family := "address-family ipv6 vrf "
		if s.Neighbor.Is4() {
			family = "address-family ipv4 vrf "
		}
		if f := bgp.find(family + s.VRF); f != nil {
			return f
		}
	}
	return &iosxeBlock{}
}

func iosxeValue(b *iosxeBlock, words string) string {
	for _, k := range b.begins(words) {
		return strings.TrimPrefix(k.line, words+" ")
	}
	return ""
}

// iosxeAge is a time as IOS-XE prints it: 00:19:52, 1d03h, 2w3d (public captures).
func iosxeAge(d time.Duration) string {
	hours := int(d.Hours())
	switch {
	case hours < 24:
		return fmt.Sprintf("%02d:%02d:%02d", hours, int(d.Minutes())%60, int(d.Seconds())%60)
	case hours < 24*7:
		return fmt.Sprintf("%dd%02dh", hours/24, hours%24)
	}
	return fmt.Sprintf("%dw%dd", hours/24/7, hours/24%7)
}

// iosxeRouteHead is what a table of routes begins with (public captures of 16.x and
// 17.x).
const iosxeRouteHead = `Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,
              r RIB-failure, S Stale, m multipath, b backup-path, f RT-Filter,
              x best-external, a additional-path, c RIB-compressed,
              t secondary path, L long-lived-stale,
Origin codes: i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

     Network          Next Hop            Metric LocPrf Weight Path
`

// showRoutes prints the routes from a neighbor, or to it (Cisco, BGP Command
// Reference, show bgp neighbors routes and advertised-routes: of those that come
// only what the policy has taken).
func (m *iosxe) showRoutes(l *iosxeLine) string {
	vrf := ""
	if at := slices.Index(l.words, "vrf"); at > 0 {
		vrf = l.words[at+1]
	}
	addr, _ := netip.ParseAddr(l.words[len(l.words)-2])
	for _, s := range m.live().Sessions {
		if s.VRF != vrf || s.Neighbor != addr {
			continue
		}
		lines := m.received(s)
		if l.words[len(l.words)-1] == "advertised-routes" {
			lines = m.advertised(s)
		}
		return m.routeTable(s, lines)
	}
	return fmt.Sprintf("%%BGP: Unknown neighbor - %q\n", iosxeAddr(addr))
}

// routeTable is a table; an empty one has no head (public captures).
func (m *iosxe) routeTable(s LiveSession, lines []string) string {
	var out strings.Builder
	if len(lines) > 0 {
		id := "0.0.0.0"
		for _, bgp := range m.root.begins("router bgp") {
			id = iosxeValue(bgp, "bgp router-id")
		}
		fmt.Fprintf(&out, "BGP table version is %d, local router ID is %s\n%s", m.version+len(lines), id, iosxeRouteHead)
		if s.VRF != "" {
			rd := "<not set>"
			if b := m.root.find("vrf definition " + s.VRF); b != nil {
				rd = iosxeValue(b, "rd")
			}
			fmt.Fprintf(&out, "Route Distinguisher: %s (default for vrf %s)\n", rd, s.VRF)
		}
		out.WriteString(strings.Join(lines, ""))
	}
	fmt.Fprintf(&out, "\nTotal number of prefixes %d \n", len(lines))
	return out.String()
}

// received are the lines of the routes that a session has brought.
func (m *iosxe) received(s LiveSession) []string {
	var out []string
	multipath := map[netip.Prefix]netip.Addr{} // the first of several neighbors that are used
	for _, o := range m.live().Sessions {
		for _, r := range o.Routes {
			if _, there := multipath[r.Prefix]; r.Best && o.VRF == s.VRF && !there {
				multipath[r.Prefix] = o.Neighbor
			}
		}
	}
	for _, r := range s.Routes {
		best, inside := " ", " "
		switch {
		case r.Best && multipath[r.Prefix] == s.Neighbor:
			best = ">"
		case r.Best:
			best = "m"
		}
		if s.AS == s.LocalAS {
			inside = "i"
		}
		// IOS-XE prints the local-preference of what an inbound policy has set, and of
		// routes from inside; the default of others stays empty.
		preference := ""
		if r.LocalPreference != 100 || inside == "i" {
			preference = fmt.Sprint(r.LocalPreference)
		}
		out = append(out, iosxeRoute(" *"+best+inside, r.Prefix, iosxeAddr(s.Neighbor), "", preference, 0, iosxePath(r.ASPath)))
	}
	return out
}

// advertised are the lines of the routes that go to a session: those that the
// router itself has begun show no next hop.
func (m *iosxe) advertised(s LiveSession) []string {
	var out []string
	for _, p := range s.Sent {
		next := "0.0.0.0"
		if !p.Addr().Is4() {
			next = "::"
		}
		out = append(out, iosxeRoute(" *> ", p, next, "0", "", 32768, "i"))
	}
	return out
}

func iosxePath(path []uint32) string {
	var out strings.Builder
	for _, as := range path {
		fmt.Fprintf(&out, "%d ", as)
	}
	return out.String() + "i"
}

// iosxeRoute is one line of a table; a network too long for its column has a line
// of its own. A classful network has no length (public captures: 192.168.10.0).
func iosxeRoute(status string, p netip.Prefix, next, metric, preference string, weight int, path string) string {
	network := strings.ToUpper(p.String())
	if p.Addr().Is4() && p.Bits() == classful(p.Addr()) || p == netip.PrefixFrom(netip.IPv4Unspecified(), 0) {
		network = p.Addr().String()
	}
	begin := fmt.Sprintf("%-5s%-16s ", status, network)
	if len(network) > 16 {
		begin = fmt.Sprintf("%-5s%s\n%22s", status, network, "")
	}
	if len(next) > 16 {
		return fmt.Sprintf("%s%s\n%38s%10s%7s%7d %s\n", begin, next, "", metric, preference, weight, path)
	}
	return fmt.Sprintf("%s%-16s%10s%7s%7d %s\n", begin, next, metric, preference, weight, path)
}

// classful is the length of an address's class; zero: it has none.
func classful(a netip.Addr) int {
	switch first := a.As4()[0]; {
	case first < 128:
		return 8
	case first < 192:
		return 16
	case first < 224:
		return 24
	}
	return -1
}
