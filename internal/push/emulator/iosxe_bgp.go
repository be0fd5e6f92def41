package emulator

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

func everySession(string, netip.Addr) bool { return true }

// doClear resets sessions, or has routes judged anew (Cisco, BGP Command Reference,
// clear ip bgp: soft keeps the session; without in or out it is both).
func (s *iosxeSession) doClear(l *iosxeLine) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	soft := slices.Contains(l.words, "soft")
	in := slices.Contains(l.words, "in") || l.words[len(l.words)-1] == "soft"
	out := slices.Contains(l.words, "out") || l.words[len(l.words)-1] == "soft"
	target, _ := netip.ParseAddr(l.words[3])
	if l.words[1] == "bgp" {
		target, _ = netip.ParseAddr(l.words[4])
	}
	found := false
	which := func(vrf string, addr netip.Addr) bool {
		match := vrf == "" && (!target.IsValid() || addr == target)
		found = found || match
		return match
	}
	if soft {
		s.world.refresh(which, in, out)
	} else {
		s.world.clear(which)
	}
	if !found && target.IsValid() {
		return "%BGP: Unknown neighbor - \"" + target.String() + "\"\n"
	}
	return ""
}

// peers are the BGP sessions of the running configuration. IPv6 and IPv4 neighbors
// of the global table that are activated in some family, and those of the VRFs.
func (m *iosxe) peers() []peer {
	var out []peer
	for _, bgp := range m.root.begins("router bgp") {
		n, _ := strconv.ParseUint(strings.TrimPrefix(bgp.line, "router bgp "), 10, 32)
		local := uint32(n)
		out = append(out, m.peersOf(bgp, bgp, "", local)...)
		for _, family := range bgp.begins("address-family") {
			if _, vrf, ok := strings.Cut(family.line, " vrf "); ok {
				out = append(out, m.peersOf(bgp, family, vrf, local)...)
			}
		}
	}
	return out
}

// peersOf are the sessions that a block defines: router bgp, or a family of a VRF.
func (m *iosxe) peersOf(bgp, block *iosxeBlock, vrf string, local uint32) []peer {
	var out []peer
	for _, b := range block.begins("neighbor") {
		words := strings.Fields(b.line)
		if len(words) != 4 || words[2] != "remote-as" {
			continue
		}
		addr, err := netip.ParseAddr(words[1])
		if err != nil {
			continue // a peer group
		}
		as, _ := strconv.ParseUint(words[3], 10, 32)
		p := peer{vrf: vrf, addr: addr, as: uint32(as), local: local, hold: 180 * time.Second, keepalive: 60 * time.Second}
		families := []*iosxeBlock{block}
		if vrf == "" {
			families = bgp.begins("address-family")
		}
		if m.describe(&p, bgp, block, families) {
			out = append(out, p)
		}
	}
	return out
}

// describe reads the rest of a session; false: no family has it, so that none is
// opened.
func (m *iosxe) describe(p *peer, bgp, block *iosxeBlock, families []*iosxeBlock) bool {
	begin := "neighbor " + iosxeAddr(p.addr)
	identity := []string{strconv.Itoa(int(p.as)), m.setting("router bgp")}
	for _, b := range bgp.begins("bgp router-id") {
		identity = append(identity, b.line)
	}
	bfd := false
	for _, b := range block.begins(begin) {
		words := iosxeFields(b.line)[2:]
		switch words[0] {
		case "shutdown":
			p.shut = true
		case "timers":
			k, _ := strconv.Atoi(words[1])
			h, _ := strconv.Atoi(words[2])
			p.keepalive, p.hold = time.Duration(k)*time.Second, time.Duration(h)*time.Second
		case "fall-over":
			bfd = true
		case "password":
			p.key = iosxeKey(strings.Fields(b.line)[3:])
		case "update-source", "ebgp-multihop", "ttl-security", "transport":
			identity = append(identity, strings.Join(words, " "))
		}
	}
	active := false
	for _, f := range families {
		if f.has(begin + " activate") {
			active = true
			identity = append(identity, f.line)
			p.paths = max(p.paths, m.paths(f, p))
			p.origin = append(p.origin, m.origin(f, p)...)
		}
	}
	iface := m.connected(p)
	if iface != nil {
		p.iface = strings.TrimPrefix(iface.line, "interface ")
		identity = append(identity, iface.line)
		for _, a := range slices.Concat(iface.begins("ip address"), iface.begins("ipv6 address"), iface.begins("encapsulation")) {
			identity = append(identity, a.line)
		}
		p.bfd = iosxeBFD(iface, bfd)
	}
	p.identity = strings.Join(identity, "\n")
	vrf, addr := p.vrf, p.addr
	p.policy = func() policy { return newIOSXEPolicy(m.snapshot(), vrf, addr) }
	return active
}

// paths is how many equal paths a family uses at once.
func (m *iosxe) paths(f *iosxeBlock, p *peer) int {
	words := "maximum-paths"
	if p.as == p.local {
		words = "maximum-paths ibgp"
	}
	for _, b := range f.begins(words) {
		if n, err := strconv.Atoi(strings.TrimPrefix(b.line, words+" ")); err == nil {
			return n
		}
	}
	return 1
}

// iosxeBFD is the BFD session of a neighbor with fall-over bfd on an interface with
// bfd interval; nil: one of them lacks (Cisco, BFD Configuration Guide: BFD must be
// on at the interface and at the protocol).
func iosxeBFD(iface *iosxeBlock, wanted bool) *LiveBFD {
	for _, b := range iface.begins("bfd interval") {
		words := iosxeFields(b.line)
		tx, _ := strconv.Atoi(words[2])
		rx, _ := strconv.Atoi(words[4])
		n, _ := strconv.Atoi(words[6])
		if wanted {
			return &LiveBFD{Interface: strings.TrimPrefix(iface.line, "interface "), Interval: time.Duration(max(tx, rx)) * time.Millisecond, Multiplier: n}
		}
	}
	return nil
}

// connected is the interface whose network a neighbor is in; nil: none.
func (m *iosxe) connected(p *peer) *iosxeBlock {
	for _, b := range m.root.begins("interface") {
		if vrfOf(b) != p.vrf || b.has("shutdown") {
			continue
		}
		for _, n := range iosxeNetworks(b) {
			if n.Masked().Contains(p.addr) && n.Addr() != p.addr {
				return b
			}
		}
	}
	return nil
}

// iosxeNetworks are the addresses of an interface, with their lengths.
func iosxeNetworks(b *iosxeBlock) []netip.Prefix {
	var out []netip.Prefix
	for _, a := range b.begins("ip address") {
		words := iosxeFields(a.line)
		if p, ok := iosxeNetwork(words[2], words[3]); ok {
			out = append(out, p)
		}
	}
	for _, a := range b.begins("ipv6 address") {
		if p, err := netip.ParsePrefix(strings.TrimPrefix(a.line, "ipv6 address ")); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// iosxeFields are the words of a line of the configuration, and empty ones behind
// them: a configuration that the router starts with may hold lines of forms that
// the emulator does not know.
func iosxeFields(line string) []string {
	return append(strings.Fields(line), make([]string, 8)...)
}

// origin are the routes that a family announces of its own: those that it names and
// the routing table has, exactly (Cisco, BGP Command Reference, network), and what
// it redistributes.
func (m *iosxe) origin(f *iosxeBlock, p *peer) []Offer {
	table := m.table(p.vrf)
	var out []Offer
	add := func(q netip.Prefix) {
		if q.Addr().Is4() == p.addr.Is4() {
			out = append(out, Offer{Prefix: q})
		}
	}
	for _, b := range f.begins("network") {
		if q, ok := iosxeNamed(iosxeFields(b.line)); ok && slices.Contains(table, q) {
			add(q)
		}
	}
	for _, b := range f.begins("redistribute") {
		words := strings.Fields(b.line)
		redistributed := Offer{}
		policy := &iosxePolicy{root: m.snapshot()}
		if at := slices.Index(words, "route-map"); at > 0 && at+1 < len(words) {
			policy.out = words[at+1]
		}
		for _, q := range table {
			redistributed.Prefix = q
			if policy.sends(redistributed) {
				add(q)
			}
		}
	}
	return out
}

// iosxeNamed is the prefix of a network command.
func iosxeNamed(words []string) (netip.Prefix, bool) {
	if p, ok := iosxeNetwork(words[1], words[3]); ok && words[2] == "mask" {
		return p, ok
	}
	p, err := netip.ParsePrefix(words[1])
	return p, err == nil
}

// showInside prints the routes inside of a prefix that other protocols or connected
// networks have put into the table (Cisco, IP Routing Protocol-Independent Command
// Reference, show ip route; IPv6 Command Reference, show ipv6 route). What BGP brings and
// static routes are left out.
func (m *iosxe) showInside(l *iosxeLine) string {
	words := l.words[:len(l.words)-1]
	within, err := netip.ParsePrefix(words[len(words)-1])
	if err != nil {
		within, _ = iosxeNetwork(words[len(words)-2], words[len(words)-1])
	}
	out := "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n\nGateway of last resort is not set\n\n"
	if slices.Contains(words, "vrf") {
		return out
	}
	for _, p := range m.router.options.Table {
		switch {
		case p.Bits() < within.Bits() || !within.Contains(p.Addr()):
		case p.Addr().Is4():
			out += fmt.Sprintf("O        %s [110/20] via 192.0.2.1, 2w3d, GigabitEthernet0/0/7\n", p)
		default:
			out += fmt.Sprintf("O   %s [110/20]\n     via FE80::1, GigabitEthernet0/0/7\n", strings.ToUpper(p.String()))
		}
	}
	return out
}

// table is the routing table of a VRF, without what BGP brings: static routes,
// connected networks and, in the global table, those of the options.
func (m *iosxe) table(vrf string) []netip.Prefix {
	var out []netip.Prefix
	if vrf == "" {
		out = slices.Clone(m.router.options.Table)
	}
	for _, b := range slices.Concat(m.root.begins("ip route"), m.root.begins("ipv6 route")) {
		words := iosxeFields(b.line)
		in := ""
		if words[2] == "vrf" {
			in, words = words[3], slices.Delete(words, 2, 4)
		}
		if in != vrf || words[2] == "static" {
			continue
		}
		if p, err := netip.ParsePrefix(words[2]); err == nil {
			out = append(out, p)
		} else if p, ok := iosxeNetwork(words[2], words[3]); ok {
			out = append(out, p)
		}
	}
	for _, b := range m.root.begins("interface") {
		if vrfOf(b) == vrf && !b.has("shutdown") {
			for _, p := range iosxeNetworks(b) {
				out = append(out, p.Masked())
			}
		}
	}
	return out
}
