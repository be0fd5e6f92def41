package verify

import (
	"encoding/binary"
	"net/netip"
)

// What a sampled header begins with (header_protocol in
// https://sflow.org/sflow_version_5.txt).
const (
	headerEthernet = 1
	headerIPv4     = 11
	headerIPv6     = 12
)

// Types of Ethernet frames.
const (
	etherIPv4 = 0x0800
	etherIPv6 = 0x86dd
	etherCTag = 0x8100 // IEEE 802.1Q
	etherSTag = 0x88a8 // IEEE 802.1ad
	etherQinQ = 0x9100 // before 802.1ad
)

// dissect reads the sampled header: addresses, ports, and the tags of the frame. It is
// about the packet itself, so it stands above records that say the same.
func (p *sampledPacket) dissect() Tags {
	switch p.protocol {
	case headerEthernet:
		tags, kind, b := ethernet(p.header)
		switch kind {
		case etherIPv4:
			p.ipv4(b)
		case etherIPv6:
			p.ipv6(b)
		}
		p.length += uint32(len(p.header) - len(b))
		return tags
	case headerIPv4:
		p.ipv4(p.header)
	case headerIPv6:
		p.ipv6(p.header)
	}
	return Tags{}
}

// ethernet reads a frame up to its second tag, and returns its type and what it
// carries.
func ethernet(b []byte) (tags Tags, kind uint16, payload []byte) {
	at := 12 // behind two addresses
	for i := 0; ; i++ {
		if len(b) < at+2 {
			return tags, 0, nil
		}
		kind = binary.BigEndian.Uint16(b[at:])
		if kind != etherCTag && kind != etherSTag && kind != etherQinQ || i == 2 {
			return tags, kind, b[at+2:]
		}
		if len(b) < at+4 {
			return tags, 0, nil
		}
		id := binary.BigEndian.Uint16(b[at+2:]) & 0xfff
		if i == 0 {
			tags.Outer = id
		} else {
			tags.Inner = id
		}
		at += 4
	}
}

// ipv4 reads a header of IPv4 and the ports behind it.
func (p *sampledPacket) ipv4(b []byte) {
	if len(b) < 20 || b[0]>>4 != 4 || b[0]&0xf < 5 {
		return
	}
	p.hasIP = true
	p.src, p.dst = netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	p.ipProtocol, p.srcPort, p.dstPort = b[9], 0, 0
	p.length = uint32(binary.BigEndian.Uint16(b[2:]))
	size := int(b[0]&0xf) * 4
	if binary.BigEndian.Uint16(b[6:])&0x1fff == 0 && len(b) > size { // else a later fragment
		p.ports(b[size:])
	}
}

// Headers of extension of IPv6 that may stand before the one with ports (RFC 8200 §4).
const (
	nextHopByHop     = 0
	nextRouting      = 43
	nextFragment     = 44
	nextDestinations = 60
)

// ipv6 reads a header of IPv6, those of extension, and the ports behind them.
func (p *sampledPacket) ipv6(b []byte) {
	if len(b) < 40 || b[0]>>4 != 6 {
		return
	}
	p.hasIP = true
	p.src, p.dst = netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	p.ipProtocol, p.srcPort, p.dstPort = b[6], 0, 0
	p.length = 40 + uint32(binary.BigEndian.Uint16(b[4:]))
	b = b[40:]
	for len(b) >= 8 {
		size := 8 + int(b[1])*8
		switch p.ipProtocol {
		case nextHopByHop, nextRouting, nextDestinations:
		case nextFragment:
			if binary.BigEndian.Uint16(b[2:])>>3 != 0 {
				p.ipProtocol = b[0]
				return
			}
			size = 8
		default:
			p.ports(b)
			return
		}
		p.ipProtocol = b[0]
		if size > len(b) {
			return
		}
		b = b[size:]
	}
	p.ports(b)
}

// ports reads what the header behind IP begins with.
func (p *sampledPacket) ports(b []byte) {
	if len(b) >= 4 {
		p.srcPort, p.dstPort = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	}
}

// tags returns the VLAN tags on ingress and egress: those of the frame on the side that
// was watched, and what the switch says for the others.
func (p *sampledPacket) tags(frame Tags, egress bool) (in, out Tags) {
	if p.hasVLAN {
		in.Outer, out.Outer = switchVLAN(p.srcVLAN), switchVLAN(p.dstVLAN)
	}
	switch {
	case frame == Tags{}:
	case egress:
		out = frame
	default:
		in = frame
	}
	return in, out
}

// switchVLAN returns the VLAN of extended switch data; none where it is not one.
func switchVLAN(id uint32) uint16 {
	if id > 4094 {
		return 0
	}
	return uint16(id)
}
