package emulator

import (
	"fmt"
	"net/netip"
	"strings"
)

// refuse is what IOS-XE says to a line that it understands and does not take;
// empty: it takes it.
func (s *iosxeSession) refuse(at *iosxeBlock, in []iosxeStep, l *iosxeLine) string {
	switch {
	case l.words[0] == "router":
		for _, b := range at.begins("router bgp") {
			if b.line != l.text() {
				return "BGP is already running; AS is " + strings.TrimPrefix(b.line, "router bgp ") + "\n"
			}
		}
	case l.words[0] == "neighbor":
		return s.refuseNeighbor(at, in, l)
	case len(l.words) > 5 && l.words[1] == "prefix-list":
		if b := at.find(l.key()); b != nil && b.line != l.text() {
			// The words are those of common use; no page of Cisco's that was read has them.
			return "%Insertion failed - seq # exists with different policy: seq " + l.words[4] + "\n"
		}
	case at.mode == "interface" && l.words[0] == "ip" && l.words[1] == "address":
		return s.refuseAddress(at, in, l)
	}
	return ""
}

// refuseNeighbor wants remote-as first (Cisco, BGP Command Reference, neighbor
// remote-as); in a family of the global table it stands outside.
func (s *iosxeSession) refuseNeighbor(at *iosxeBlock, in []iosxeStep, l *iosxeLine) string {
	if l.words[2] == "remote-as" {
		return ""
	}
	if at.mode == "family" {
		at = s.reach(in[:len(in)-1])
	}
	if at.find("neighbor "+l.words[1]+" remote-as") == nil {
		return "% Specify remote-as or peer-group commands first\n"
	}
	return ""
}

// refuseAddress refuses an address that a subinterface without a tag gets, that is
// the network's own, or whose network another interface of the VRF has (Cisco, LAN
// Switching and IP Addressing Configuration Guides, the messages there).
func (s *iosxeSession) refuseAddress(at *iosxeBlock, in []iosxeStep, l *iosxeLine) string {
	name := strings.TrimPrefix(in[len(in)-1].line, "interface ")
	p, ok := iosxeNetwork(l.words[2], l.words[3])
	switch {
	case !ok:
		return ""
	case strings.Contains(name, ".") && len(at.begins("encapsulation")) == 0:
		return "\n% Configuring IP routing on a LAN subinterface is only allowed if that\nsubinterface is already configured as part of an IEEE 802.10, IEEE 802.1Q,\nor ISL vLAN.\n\n"
	case p.Bits() < 31 && p.Addr() == p.Masked().Addr():
		return fmt.Sprintf("Bad mask /%d for address %s\n", p.Bits(), p.Addr())
	}
	for _, b := range s.root.begins("interface") {
		if b == at || vrfOf(b) != vrfOf(at) {
			continue
		}
		for _, a := range b.begins("ip address") {
			words := iosxeFields(a.line)
			if q, ok := iosxeNetwork(words[2], words[3]); ok && q.Overlaps(p) {
				return fmt.Sprintf("%% %s overlaps with %s\n", p.Masked().Addr(), strings.TrimPrefix(b.line, "interface "))
			}
		}
	}
	return ""
}

// iosxeNetwork is an address with its mask.
func iosxeNetwork(addr, mask string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(addr)
	n, ok := maskLength(mask)
	return netip.PrefixFrom(a, n), err == nil && ok
}

// vrfOf is the VRF of an interface; empty: the global table.
func vrfOf(b *iosxeBlock) string {
	for _, v := range b.begins("vrf forwarding") {
		return strings.TrimPrefix(v.line, "vrf forwarding ")
	}
	return ""
}
