package emulator

import (
	"net/netip"
	"strconv"
	"strings"
)

// iosxeWord checks a value that a person typed, and returns it as IOS-XE prints
// it.
type iosxeWord func(string) (string, bool)

// iosxeWords are the kinds of values in the tables of commands, by the names that
// stand there.
var iosxeWords = map[string]iosxeWord{
	"<word>":   func(w string) (string, bool) { return w, true },
	"<n>":      iosxeNumber(0, 1<<32-1),
	"<asn>":    iosxeNumber(1, 1<<32-1),
	"<vlan>":   iosxeNumber(1, 4094),
	"<seq>":    iosxeNumber(1, 1<<32-2),
	"<lp>":     iosxeNumber(0, 1<<32-1),
	"<hold>":   iosxeNumber(0, 65535),
	"<minute>": iosxeNumber(1, 120),
	"<width>":  iosxeNumber(0, 512),
	"<ip>":     iosxeAddress(true, false),
	"<ip6>":    iosxeAddress(false, true),
	"<peer>":   iosxeAddress(true, true),
	"<p4>":     iosxePrefix(true),
	"<p6>":     iosxePrefix(false),
	"<ip6/n>":  iosxeWithLength,
	"<mask>":   iosxeMask,
	"<if>":     iosxeInterface,
	"<action>": iosxeAction,
}

func iosxeNumber(least, most uint64) iosxeWord {
	return func(w string) (string, bool) {
		n, err := strconv.ParseUint(w, 10, 64)
		return strconv.FormatUint(n, 10), err == nil && n >= least && n <= most
	}
}

func iosxeAddress(four, six bool) iosxeWord {
	return func(w string) (string, bool) {
		a, err := netip.ParseAddr(w)
		if err != nil || a.Zone() != "" {
			return "", false
		}
		return iosxeAddr(a), a.Is4() && four || a.Is6() && six
	}
}

// iosxeAddr is an address as IOS-XE prints it: IPv6 in capitals (Cisco, IPv6
// Addressing and Basic Connectivity Configuration Guide, the examples).
func iosxeAddr(a netip.Addr) string { return strings.ToUpper(a.String()) }

func iosxePrefix(four bool) iosxeWord {
	return func(w string) (string, bool) {
		p, err := netip.ParsePrefix(w)
		if err != nil || p.Addr().Is4() != four {
			return "", false
		}
		return strings.ToUpper(p.Masked().String()), true
	}
}

// iosxeWithLength is an IPv6 address of an interface, whose host bits count.
func iosxeWithLength(w string) (string, bool) {
	p, err := netip.ParsePrefix(w)
	return strings.ToUpper(w), err == nil && p.Addr().Is6()
}

func iosxeMask(w string) (string, bool) {
	_, ok := maskLength(w)
	return w, ok
}

// maskLength is how many bits a mask has.
func maskLength(w string) (int, bool) {
	a, err := netip.ParseAddr(w)
	if err != nil || !a.Is4() {
		return 0, false
	}
	b := a.As4()
	m := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	n := 0
	for ; m&(1<<31) != 0; m <<= 1 {
		n++
	}
	return n, m == 0
}

// iosxeKinds are interfaces, with the short form that tables print (Cisco,
// Interface and Hardware Component Command Reference, interface).
var iosxeKinds = []struct{ name, short string }{
	{"TenGigabitEthernet", "Te"}, {"TwentyFiveGigE", "Twe"}, {"FortyGigabitEthernet", "Fo"}, {"HundredGigE", "Hu"},
	{"GigabitEthernet", "Gi"}, {"FastEthernet", "Fa"}, {"Ethernet", "Et"},
	{"Loopback", "Lo"}, {"Tunnel", "Tu"}, {"Port-channel", "Po"}, {"BDI", "BD"}, {"Vlan", "Vl"}, {"Null", "Nu"},
}

// iosxeInterface is the name of an interface in full.
func iosxeInterface(w string) (string, bool) {
	at := strings.IndexAny(w, "0123456789")
	if at < 1 || strings.Trim(w[at:], "0123456789/.:") != "" {
		return "", false
	}
	for _, k := range iosxeKinds {
		if len(w[:at]) >= 2 && len(w[:at]) <= len(k.name) && strings.EqualFold(k.name[:at], w[:at]) {
			return k.name + w[at:], true
		}
	}
	return "", false
}

// iosxeShort is the name of an interface as tables print it: Te0/0/1.150.
func iosxeShort(name string) string {
	for _, k := range iosxeKinds {
		if rest, ok := strings.CutPrefix(name, k.name); ok {
			return k.short + rest
		}
	}
	return name
}

func iosxeAction(w string) (string, bool) { return w, w == "permit" || w == "deny" }
