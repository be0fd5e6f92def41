package emulator

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Where lines stand in what IOS-XE prints. Source: the examples of show
// running-config in Cisco's configuration guides; the order within a section that
// the emulator does not know by name is the order of typing.
var (
	iosxeTop = []string{
		"version", "service", "file prompt", "hostname", "vrf definition", "ipv6 unicast-routing",
		"flow record", "flow exporter", "flow monitor", "sampler", "key chain", "archive", "mka policy",
		"crypto ikev2 proposal", "crypto ikev2 policy", "crypto ikev2 keyring", "crypto ikev2 profile", "crypto ikev2 dpd",
		"class-map", "policy-map", "crypto ipsec transform-set", "crypto ipsec profile",
		"interface", "router bgp", "ip bgp-community", "ip route", "ip community-list", "ip prefix-list",
		"ipv6 route", "ipv6 prefix-list", "route-map", "snmp ifmib",
	}
	iosxeInBGP      = []string{"bgp", "no bgp", "neighbor", "address-family"}
	iosxeInFamily   = []string{"bgp", "network", "redistribute", "neighbor", "maximum-paths"}
	iosxeOfNeighbor = []string{
		"remote-as", "description", "ebgp-multihop", "password", "shutdown", "update-source", "transport", "ttl-security", "timers", "fall-over",
		"activate", "send-community", "next-hop-self", "soft-reconfiguration", "route-map", "maximum-prefix",
	}
	iosxeOfInterface = []string{
		"description", "mtu", "encapsulation", "vrf forwarding", "ip address", "ip unnumbered", "no ip redirects", "no ip unreachables",
		"no ip proxy-arp", "ip mtu", "ip tcp", "ip flow", "ipv6 flow", "shutdown", "negotiation", "ipv6 address", "ipv6 enable", "ipv6 mtu",
		"tunnel", "mka", "macsec", "service-policy", "bfd interval", "no bfd echo",
	}
	iosxeFamilies = []string{"ipv4", "vpnv4", "ipv6", "vpnv6"}
)

// iosxePlace is where a line of a mode stands: its section, from 1, and its place
// there. Zero: anywhere.
func iosxePlace(mode, line string) (rank int, key string) {
	order := map[string][]string{
		"config": iosxeTop, "router": iosxeInBGP, "family": iosxeInFamily, "vrf-bgp": iosxeInFamily, "interface": iosxeOfInterface,
	}[mode]
	for i, begin := range order {
		if line == begin || strings.HasPrefix(line, begin+" ") {
			return i + 1, iosxeWithin(line)
		}
	}
	return 0, ""
}

// iosxeWithin is a line's place among those of its section, in a form that sorts.
func iosxeWithin(line string) string {
	words := strings.Fields(line)
	switch {
	case words[0] == "neighbor" && len(words) > 2:
		a, _ := netip.ParseAddr(words[1])
		b := a.As16()
		return fmt.Sprintf("%s %02d %s", hex.EncodeToString(b[:]), slices.Index(iosxeOfNeighbor, words[2]), words[len(words)-1])
	case len(words) > 4 && words[1] == "prefix-list":
		n, _ := strconv.Atoi(words[4])
		return fmt.Sprintf("%s %010d", words[2], n)
	case words[0] == "route-map" && len(words) == 4:
		n, _ := strconv.Atoi(words[3])
		return fmt.Sprintf("%s %010d", words[1], n)
	case words[0] == "address-family":
		words = iosxeFields(line)
		vrf := strings.TrimSpace(strings.Join(words[2:], " "))
		if vrf == "" {
			return fmt.Sprintf("0 %d", slices.Index(iosxeFamilies, words[1]))
		}
		return fmt.Sprintf("%d %s", 1+slices.Index(iosxeFamilies, words[1]), vrf)
	}
	return ""
}
