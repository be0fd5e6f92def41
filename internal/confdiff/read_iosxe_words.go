package confdiff

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// An iosxeKind brings the value that words begin with into the form that the
// box prints and appends it to out. Zero words used: it is no such value.
type iosxeKind func(out, words []string) ([]string, int)

// iosxeKindOf is what a name in the table of lines stands for.
func iosxeKindOf(name string) iosxeKind {
	switch name {
	case "<address4>":
		return func(out, w []string) ([]string, int) { return iosxeMasked(out, w, false) }
	case "<prefix4>":
		return func(out, w []string) ([]string, int) { return iosxeMasked(out, w, true) }
	case "<as>":
		return iosxeEach(1, iosxeASN)
	case "<ases>":
		return iosxeEach(-1, iosxeASN)
	case "<communities>":
		return iosxeEach(-1, iosxeCommunity)
	case "<dscp>":
		return iosxeEach(-1, iosxeDSCP)
	case "<target>":
		return iosxeEach(1, iosxeTarget)
	case "<family>":
		return iosxeFamily
	case "<hop>":
		return iosxeHop
	case "<host>":
		return iosxeHost
	case "<interface>":
		return iosxeInterfaceWords
	case "<network>":
		return iosxeNetwork
	case "<peer>":
		return iosxePeer
	case "<prefix>":
		return iosxePrefix
	}
	panic(fmt.Sprintf("confdiff: no kind %s", name))
}

// iosxeEach is a kind of one word, or of all that are left.
func iosxeEach(n int, one func(string) string) iosxeKind {
	return func(out, words []string) ([]string, int) {
		if n < 0 {
			n := len(words)
			for _, w := range words {
				out = append(out, one(w))
			}
			return out, n
		}
		return append(out, one(words[0])), 1
	}
}

// iosxeIP returns an IPv6 address or prefix in capitals and compressed, and any
// other word as it is.
func iosxeIP(w string) string {
	if strings.Count(w, ":") < 2 {
		return w
	}
	if a, err := netip.ParseAddr(w); err == nil && a.Zone() == "" {
		return strings.ToUpper(a.String())
	}
	if p, err := netip.ParsePrefix(w); err == nil {
		return strings.ToUpper(p.String())
	}
	return w
}

// iosxeMasked reads an IPv4 prefix, A M or A/N, and writes A M.
func iosxeMasked(out, words []string, network bool) ([]string, int) {
	p, used := iosxeParse4(words)
	if used == 0 {
		return out, 0
	}
	if network {
		p = p.Masked()
	}
	return append(out, p.Addr().String(), IPv4Mask(p.Bits())), used
}

// iosxeParse4 reads an IPv4 prefix from one word or two.
func iosxeParse4(words []string) (netip.Prefix, int) {
	if strings.Contains(words[0], "/") {
		p, err := netip.ParsePrefix(words[0])
		if err != nil || !p.Addr().Is4() {
			return p, 0
		}
		return p, 1
	}
	a, err := netip.ParseAddr(words[0])
	if err != nil || !a.Is4() || len(words) < 2 {
		return netip.Prefix{}, 0
	}
	m, err := netip.ParseAddr(words[1])
	if err != nil || !m.Is4() {
		return netip.Prefix{}, 0
	}
	for bits := 0; bits <= 32; bits++ {
		if m == iosxeMaskAddr(bits) {
			return netip.PrefixFrom(a, bits), 2
		}
	}
	return netip.Prefix{}, 0
}

// IPv4Mask writes a prefix length of IPv4, 0 to 32, as the dotted mask that IOS-XE has.
func IPv4Mask(bits int) string { return iosxeMaskAddr(bits).String() }

func iosxeMaskAddr(bits int) netip.Addr {
	m := ^uint32(0) << (32 - bits)
	return netip.AddrFrom4([4]byte{byte(m >> 24), byte(m >> 16), byte(m >> 8), byte(m)})
}

// iosxePrefix reads a prefix of either family. The box sets the bits behind it
// to zero.
func iosxePrefix(out, words []string) ([]string, int) {
	p, err := netip.ParsePrefix(words[0])
	if err != nil {
		return out, 0
	}
	return append(out, strings.ToUpper(p.Masked().String())), 1
}

// iosxeNetwork reads the argument of network in BGP. The box leaves the mask
// out where it is that of the address's class (Cisco IOS IP Routing: BGP Command
// Reference, network).
func iosxeNetwork(out, words []string) ([]string, int) {
	rest := words
	if len(words) > 2 && strings.EqualFold(words[1], "mask") {
		rest = []string{words[0], words[2]}
	}
	p, used := iosxeParse4(rest)
	if used == 0 {
		return iosxePrefix(out, words)
	}
	if len(rest) < len(words) && used == 2 {
		used = 3
	}
	p = p.Masked()
	if p.Bits() == iosxeClass(p.Addr()) {
		return append(out, p.Addr().String()), used
	}
	return append(out, p.Addr().String(), "mask", IPv4Mask(p.Bits())), used
}

// iosxeClass is the length of an address's class, as RFC 791 has it.
func iosxeClass(a netip.Addr) int {
	switch first := a.As4()[0]; {
	case a.IsUnspecified():
		return 0
	case first < 128:
		return 8
	case first < 192:
		return 16
	}
	return 24
}

// iosxeHost reads an address and the mask of a host, which the box adds.
func iosxeHost(out, words []string) ([]string, int) {
	a, err := netip.ParseAddr(words[0])
	switch {
	case err != nil:
		return out, 0
	case !a.Is4():
		return append(out, iosxeIP(words[0])), 1
	case len(words) > 1 && strings.HasPrefix(words[1], "255."):
		return append(out, words[:2]...), 2
	}
	return append(out, words[0], IPv4Mask(32)), 1
}

// iosxePeer reads an address in a keyring, where the mask of a host is not
// printed.
func iosxePeer(out, words []string) ([]string, int) {
	if len(words) > 1 && words[1] == IPv4Mask(32) {
		return append(out, words[0]), 2
	}
	return append(out, iosxeIP(words[0])), 1
}

// iosxeHop reads a next hop: an address, an interface, or both.
func iosxeHop(out, words []string) ([]string, int) {
	if _, err := netip.ParseAddr(words[0]); err == nil {
		return append(out, iosxeIP(words[0])), 1
	}
	return iosxeInterfaceWords(out, words)
}

// iosxeFamily reads an address family. Unicast is not printed.
func iosxeFamily(out, words []string) ([]string, int) {
	out = append(out, strings.ToLower(words[0]))
	if len(words) > 1 && len(words[1]) > 2 && strings.HasPrefix("unicast", strings.ToLower(words[1])) {
		return out, 2
	}
	return out, 1
}

// iosxeInterfaces are the kinds of interfaces, each with the short names that
// the box prints. Source: Cisco IOS Interface and Hardware Component Command
// Reference, interface; Cisco IOS-XE show interfaces status.
var iosxeInterfaces = [][2]string{
	{"AppGigabitEthernet", "ap"}, {"BDI", "bd"}, {"Bundle-Ether", "be"}, {"BVI", "bv"}, {"Cellular", "ce"}, {"Dialer", "di"},
	{"Ethernet", "et"}, {"FastEthernet", "fa"}, {"FiveGigabitEthernet", "fi"}, {"FortyGigabitEthernet", "fo"},
	{"FourHundredGigE", "fou"}, {"GigabitEthernet", "gi"}, {"HundredGigE", "hu"}, {"Loopback", "lo"}, {"Multilink", "mu"},
	{"Null", "nu"}, {"Port-channel", "po"}, {"Serial", "se"}, {"TenGigabitEthernet", "te"}, {"Tunnel", "tu"},
	{"TwentyFiveGigE", "twe"}, {"TwoGigabitEthernet", "tw"}, {"TwoHundredGigE", "twoh"}, {"Virtual-Template", "vt"},
	{"VirtualPortGroup", "vp"}, {"Vlan", "vl"}, {"nve", "nv"},
}

// iosxeInterfaceWords reads the name of an interface: of one word, or of two
// where a person has parted it.
func iosxeInterfaceWords(out, words []string) ([]string, int) {
	kind, number := iosxeCutInterface(words[0])
	used := 1
	if number == "" && len(words) > 1 && words[1][0] >= '0' && words[1][0] <= '9' {
		number, used = words[1], 2
	}
	if full := iosxeInterfaceKind(kind); number != "" && full != "" {
		if used == 1 && full == kind {
			return append(out, words[0]), 1
		}
		return append(out, full+number), used
	}
	return append(out, words[0]), 1
}

// iosxeCutInterface cuts a name before its number.
func iosxeCutInterface(name string) (kind, number string) {
	if i := strings.IndexAny(name, "0123456789"); i > 0 {
		return name[:i], name[i:]
	}
	return name, ""
}

// iosxeInterfaceKind expands the kind of an interface; empty: there is none, or
// more than one.
func iosxeInterfaceKind(kind string) string {
	found := ""
	for i := range iosxeInterfaces {
		full, short := iosxeInterfaces[i][0], iosxeInterfaces[i][1]
		switch {
		case strings.EqualFold(kind, short), strings.EqualFold(kind, full):
			return full
		case len(kind) < 2 || len(kind) > len(full) || !strings.EqualFold(full[:len(kind)], kind):
		case found != "":
			found = "?"
		default:
			found = full
		}
	}
	return strings.TrimSuffix(found, "?")
}

// iosxeASN writes an AS number in asplain, which the box prints unless
// bgp asnotation dot is set. Source: RFC 5396.
func iosxeASN(w string) string {
	high, low, found := strings.Cut(w, ".")
	if !found {
		return w
	}
	h, err := strconv.ParseUint(high, 10, 16)
	l, err2 := strconv.ParseUint(low, 10, 16)
	if err != nil || err2 != nil {
		return w
	}
	return strconv.FormatUint(h<<16|l, 10)
}

// iosxeTarget writes the AS number of a route target in asplain.
func iosxeTarget(w string) string {
	admin, rest, found := strings.Cut(w, ":")
	if !found {
		return w
	}
	return iosxeASN(admin) + ":" + rest
}

// iosxeCommunity writes a community as two numbers: without ip bgp-community
// new-format the box prints one.
func iosxeCommunity(w string) string {
	n, err := strconv.ParseUint(w, 10, 32)
	if err != nil || n < 1<<16 {
		return w
	}
	return fmt.Sprintf("%d:%d", n>>16, n&0xffff)
}

// iosxeDSCP writes a codepoint by its name. Source: Cisco IOS Quality of
// Service Solutions Command Reference, match dscp.
func iosxeDSCP(w string) string {
	n, err := strconv.Atoi(w)
	switch {
	case err != nil || n < 0 || n > 63:
		return w
	case n == 0:
		return "default"
	case n == 46:
		return "ef"
	case n%8 == 0:
		return fmt.Sprintf("cs%d", n/8)
	case n >= 10 && n <= 38 && n%8 != 0 && n%2 == 0:
		return fmt.Sprintf("af%d%d", n/8, n%8/2)
	}
	return w
}

// iosxeComplete adds what the box adds to a short line and takes off what it
// does not print.
func iosxeComplete(mode string, w []string) []string {
	n := len(w)
	switch {
	case mode == iosxeTop && w[0] == "route-map" && n == 2:
		return append(w, "permit", "10")
	case mode == iosxeTop && w[0] == "route-map" && n == 3:
		return append(w, "10")
	case mode == iosxeTop && w[0] == "class-map" && n == 2:
		return slices.Insert(w, 1, "match-all")
	case mode == iosxeTop && n == 3 && w[0] == "snmp-server" && w[1] == "ifindex":
		return append(w[:0], "snmp", "ifmib", "ifindex", "persist")
	case mode == iosxeTop && n > 4 && w[1] == "route" && w[n-1] == "1" && iosxeDistance(w):
		return w[:n-1]
	case n == 4 && w[0] == "neighbor" && w[2] == "send-community" && w[3] == "standard":
		return w[:3]
	case n == 3 && w[0] == "neighbor" && w[2] == "ebgp-multihop":
		return append(w, "255")
	case n > 4 && w[0] == "neighbor" && w[2] == "maximum-prefix" && w[4] == "75":
		return slices.Delete(w, 4, 5) // the default (BGP Command Reference)
	}
	return w
}

// iosxeDistance reports whether the last word of a static route is its
// distance. One is the default (Cisco, ip route).
func iosxeDistance(w []string) bool {
	switch w[len(w)-2] {
	case "tag", "track", "name", "vrf":
		return false
	}
	return w[0] == "ip" && len(w) > 5 || w[0] == "ipv6"
}
