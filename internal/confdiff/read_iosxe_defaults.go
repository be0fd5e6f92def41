package confdiff

import (
	"slices"
	"strings"
	"sync"
)

// An iosxeDefault is a line that says what IOS-XE does without it.
type iosxeDefault struct {
	mode   string // as in the table of lines
	line   string // * stands for a neighbor
	source string
}

// iosxeDefaults are dropped: some releases print them, and people write them.
// Sources: Cisco's command references for IOS-XE 17 (by command), the models of
// Cisco-IOS-XE 17.18.1 (by module).
var iosxeDefaults = []iosxeDefault{
	{"top", "no ipv6 unicast-routing", "IPv6 Command Reference, ipv6 unicast-routing"},
	{"top", "ip routing", "IP Routing: Protocol-Independent Command Reference, ip routing"},
	{"top", "ip subnet-zero", "IP Addressing Command Reference, ip subnet-zero"},
	{"top", "ip classless", "IP Routing: Protocol-Independent Command Reference, ip classless"},
	{"top", "no ip bgp-community new-format", "BGP Command Reference, ip bgp-community new-format"},
	{"top", "no snmp ifmib ifindex persist", "SNMP Support Command Reference, snmp ifmib ifindex persist"},
	{"interface", "no shutdown", "Interface Command Reference, shutdown; the running configuration shows shutdown alone"},
	{"interface", "ip redirects", "Cisco-IOS-XE-interfaces, redirects"},
	{"interface", "ip proxy-arp", "Cisco-IOS-XE-interfaces, proxy-arp"},
	{"interface", "ip unreachables", "Cisco-IOS-XE-icmp, unreachables"},
	{"interface", "bfd echo", "IP Routing: BFD Configuration Guide, bfd echo"},
	{"interface", "no ip directed-broadcast", "IP Addressing Command Reference, ip directed-broadcast"},
	{"interface", "ip split-horizon", "IP Routing: RIP Command Reference, ip split-horizon"},
	{"interface", "mtu 1500", "Interface Command Reference, mtu; of Ethernet"},
	{"interface", "no description", "Interface Command Reference, description"},
	{"interface", "no ipv6 address", "IPv6 Command Reference, ipv6 address"},
	{"interface", "no macsec", "Security Command Reference, macsec"},
	{"interface", "arp timeout 14400", "IP Addressing Command Reference, arp timeout"},
	{"interface", "load-interval 300", "Interface Command Reference, load-interval"},
	{"bgp", "bgp default ipv4-unicast", "Cisco-IOS-XE-bgp, default/ipv4-unicast"},
	{"bgp", "bgp enforce-first-as", "Cisco-IOS-XE-bgp, enforce-first-as"},
	{"bgp", "bgp fast-external-fallover", "BGP Command Reference, bgp fast-external-fallover"},
	{"bgp", "bgp client-to-client reflection", "BGP Command Reference, bgp client-to-client reflection"},
	{"bgp", "bgp default local-preference 100", "Cisco-IOS-XE-bgp, default/local-preference"},
	{"bgp", "bgp scan-time 60", "Cisco-IOS-XE-bgp, scan-time"},
	{"bgp", "timers bgp 60 180", "BGP Command Reference, timers bgp"},
	{"bgp", "no synchronization", "BGP Command Reference, synchronization; since 12.2(8)T"},
	{"bgp", "no auto-summary", "BGP Command Reference, auto-summary; since 12.2(8)T"},
	{"bgp", "maximum-paths 1", "BGP Command Reference, maximum-paths"},
	{"bgp", "maximum-paths ibgp 1", "BGP Command Reference, maximum-paths ibgp"},
	{"bgp", "no neighbor * shutdown", "BGP Command Reference, neighbor shutdown"},
	{"bgp", "neighbor * version 4", "BGP Command Reference, neighbor version; later releases know no other"},
	{"family", "no synchronization", "as in router bgp"},
	{"family", "no auto-summary", "as in router bgp"},
	{"family", "maximum-paths 1", "as in router bgp"},
	{"family", "maximum-paths ibgp 1", "as in router bgp"},
	{"family", "no neighbor * shutdown", "as in router bgp"},
	{"family", "neighbor * version 4", "as in router bgp"},
	{"ikev2-profile", "lifetime 86400", "Security Command Reference, lifetime (IKEv2 profile)"},
	{"ikev2-profile", "config-exchange request", "Security Command Reference, config-exchange request"},
	{"isakmp", "lifetime 86400", "Security Command Reference, lifetime (IKE policy)"},
	{"exporter", "export-protocol netflow-v9", "Flexible NetFlow Command Reference, export-protocol"},
	{"monitor", "cache timeout active 1800", "Flexible NetFlow Command Reference, cache"},
	{"monitor", "cache timeout inactive 15", "Flexible NetFlow Command Reference, cache"},
}

// iosxeDefaultLines are the lines of the table by mode.
var iosxeDefaultLines = sync.OnceValue(func() map[string][]string {
	lines := make(map[string][]string)
	for _, d := range iosxeDefaults {
		lines[d.mode] = append(lines[d.mode], d.line)
	}
	return lines
})

// iosxeIsDefault reports whether a line in canonical form says nothing.
func iosxeIsDefault(mode, line string) bool {
	return slices.ContainsFunc(iosxeDefaultLines()[mode], func(d string) bool { return iosxeSame(d, line) })
}

// iosxeSame compares a line with one that may have a * in it.
func iosxeSame(pattern, line string) bool {
	before, after, found := strings.Cut(pattern, "*")
	if !found {
		return pattern == line
	}
	rest, found := strings.CutPrefix(line, before)
	if !found {
		return false
	}
	word, found := strings.CutSuffix(rest, after)
	return found && word != "" && !strings.Contains(word, " ")
}
