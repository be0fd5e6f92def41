package verify

import (
	"encoding/binary"
	"net/netip"
)

// A linkType is how the frames of a capture begin.
// Source: https://www.tcpdump.org/linktypes.html.
type linkType uint16

// The link types that are read.
const (
	linkNull     linkType = 0   // of the BSDs: address family in the byte order of the host
	linkEthernet linkType = 1   // IEEE 802.3, without a frame check sequence that would matter
	linkRawBSD   linkType = 12  // raw IP, as some systems write their own number for it
	linkRawOpen  linkType = 14  // the same of OpenBSD
	linkRaw      linkType = 101 // raw IP: the version field tells which
	linkLoop     linkType = 108 // of OpenBSD: address family in network byte order
	linkSLL      linkType = 113 // Linux cooked, tcpdump -i any before libpcap 1.10
	linkIPv4     linkType = 228
	linkIPv6     linkType = 229
	linkSLL2     linkType = 276 // Linux cooked, version 2
)

func (l linkType) known() bool {
	switch l {
	case linkNull, linkEthernet, linkRawBSD, linkRawOpen, linkRaw, linkLoop, linkSLL, linkIPv4, linkIPv6, linkSLL2:
		return true
	}
	return false
}

// A packetKind is what became of a packet of a capture.
type packetKind uint8

const (
	otherPacket    packetKind = iota // no UDP over IP, or it contradicts itself
	wholeDatagram                    // UDP, all of it
	partOfDatagram                   // UDP, but a fragment or cut off
)

// EtherTypes (IEEE 802 numbers, IANA).
const (
	frameIPv4   = 0x0800
	frameIPv6   = 0x86dd
	frameVLAN   = 0x8100
	frameQinQ   = 0x88a8
	frameQinQ91 = 0x9100 // before IEEE 802.1ad, and still seen
	frameQinQ92 = 0x9200
)

// mostTags bounds the tags of a frame: two are usual, four have been seen.
const mostTags = 4

// datagram returns the payload of a frame that holds UDP, and its source. cut: the
// capture holds less than was on the wire.
func datagram(link linkType, frame []byte, cut bool) ([]byte, netip.AddrPort, packetKind) {
	switch link {
	case linkEthernet:
		return behindTags(frame, 12, 14, cut)
	case linkSLL:
		return behindTags(frame, 14, 16, cut)
	case linkSLL2:
		return behindTags(frame, 0, 20, cut)
	case linkNull, linkLoop:
		// The numbers of address families differ between systems, the version field of
		// IP does not.
		if len(frame) < 4 {
			return nil, netip.AddrPort{}, otherPacket
		}
		return anyIP(frame[4:], cut)
	case linkRaw, linkRawBSD, linkRawOpen, linkIPv4, linkIPv6:
		return anyIP(frame, cut)
	}
	return nil, netip.AddrPort{}, otherPacket
}

// behindTags reads a frame whose EtherType stands at and whose header ends at, through the
// VLAN tags between.
func behindTags(frame []byte, etherType, header int, cut bool) ([]byte, netip.AddrPort, packetKind) {
	if len(frame) < header {
		return nil, netip.AddrPort{}, otherPacket
	}
	kind, rest := binary.BigEndian.Uint16(frame[etherType:]), frame[header:]
	for range mostTags {
		switch kind {
		case frameIPv4, frameIPv6:
			return anyIP(rest, cut)
		case frameVLAN, frameQinQ, frameQinQ91, frameQinQ92:
			if len(rest) < 4 {
				return nil, netip.AddrPort{}, otherPacket
			}
			kind, rest = binary.BigEndian.Uint16(rest[2:]), rest[4:]
		default:
			return nil, netip.AddrPort{}, otherPacket
		}
	}
	if kind == frameIPv4 || kind == frameIPv6 {
		return anyIP(rest, cut)
	}
	return nil, netip.AddrPort{}, otherPacket
}

func anyIP(packet []byte, cut bool) ([]byte, netip.AddrPort, packetKind) {
	if len(packet) == 0 {
		return nil, netip.AddrPort{}, otherPacket
	}
	switch packet[0] >> 4 {
	case 4:
		return overIPv4(packet, cut)
	case 6:
		return overIPv6(packet, cut)
	}
	return nil, netip.AddrPort{}, otherPacket
}

// overIPv4 reads RFC 791 §3.1. A total length of zero is of a packet that the network
// card was to cut up: the frame tells its length.
func overIPv4(packet []byte, cut bool) ([]byte, netip.AddrPort, packetKind) {
	if len(packet) < 20 {
		return nil, netip.AddrPort{}, otherPacket
	}
	header := int(packet[0]&0x0f) * 4
	total := int(binary.BigEndian.Uint16(packet[2:]))
	if total == 0 {
		total = len(packet)
	}
	if packet[9] != protocolUDP || header < 20 || total < header {
		return nil, netip.AddrPort{}, otherPacket
	}
	if binary.BigEndian.Uint16(packet[6:])&0x3fff != 0 { // more fragments, or an offset
		return nil, netip.AddrPort{}, partOfDatagram
	}
	end := min(total, len(packet))
	if end < header {
		return nil, netip.AddrPort{}, partOfDatagram
	}
	return overUDP(packet[header:end], netip.AddrFrom4([4]byte(packet[12:16])), cut || end < total)
}

// Next headers of IPv6 (RFC 8200 §4, RFC 4302 §2.2).
const (
	extHopByHop    = 0
	extRouting     = 43
	extFragment    = 44
	extAuth        = 51
	extDestination = 60
)

// overIPv6 reads RFC 8200 §3 and the extension headers that may stand before UDP. A
// payload length of zero is of a packet that the network card was to cut up, or a
// jumbogram: the frame tells its length.
func overIPv6(packet []byte, cut bool) ([]byte, netip.AddrPort, packetKind) {
	if len(packet) < 40 {
		return nil, netip.AddrPort{}, otherPacket
	}
	from := netip.AddrFrom16([16]byte(packet[8:24]))
	next, rest := packet[6], packet[40:]
	if length := int(binary.BigEndian.Uint16(packet[4:])); length != 0 {
		cut = cut || length > len(rest)
		rest = rest[:min(length, len(rest))]
	}
	for next != protocolUDP {
		if len(rest) < 8 {
			return nil, netip.AddrPort{}, otherPacket
		}
		size := (int(rest[1]) + 1) * 8
		switch next {
		case extHopByHop, extRouting, extDestination:
		case extAuth:
			size = (int(rest[1]) + 2) * 4
		case extFragment:
			size = 8
			if binary.BigEndian.Uint16(rest[2:])&0xfff9 != 0 { // an offset, or more to come
				if rest[0] == protocolUDP {
					return nil, netip.AddrPort{}, partOfDatagram
				}
				return nil, netip.AddrPort{}, otherPacket
			}
		default:
			return nil, netip.AddrPort{}, otherPacket
		}
		if size > len(rest) {
			return nil, netip.AddrPort{}, otherPacket
		}
		next, rest = rest[0], rest[size:]
	}
	return overUDP(rest, from, cut)
}

// overUDP reads RFC 768. Its length is held against what is there: frames are padded,
// and captures are cut.
func overUDP(udp []byte, from netip.Addr, cut bool) ([]byte, netip.AddrPort, packetKind) {
	if len(udp) < 8 {
		if cut {
			return nil, netip.AddrPort{}, partOfDatagram
		}
		return nil, netip.AddrPort{}, otherPacket
	}
	length := int(binary.BigEndian.Uint16(udp[4:]))
	switch {
	case length == 0 && !cut: // longer than the field can say (RFC 2675 §4)
		length = len(udp)
	case length < 8:
		return nil, netip.AddrPort{}, otherPacket
	case length > len(udp):
		return nil, netip.AddrPort{}, partOfDatagram
	}
	return udp[8:length], netip.AddrPortFrom(from.Unmap(), binary.BigEndian.Uint16(udp)), wholeDatagram
}
