package verify

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"time"
)

// A wirePacket is a packet that a test puts into a capture.
type wirePacket struct {
	frame []byte
	wire  int // length on the wire; 0: that of the frame
	at    time.Time
}

func (p wirePacket) length() uint32 {
	if p.wire != 0 {
		return uint32(p.wire)
	}
	return uint32(len(p.frame))
}

// classicCapture writes a pcap file.
func classicCapture(order binary.AppendByteOrder, nano bool, link linkType, all ...wirePacket) []byte {
	magic, unit := uint32(0xa1b2c3d4), int64(time.Microsecond)
	if nano {
		magic, unit = 0xa1b23c4d, 1
	}
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = order.AppendUint32(b, 65535)
	b = order.AppendUint32(b, uint32(link))
	for _, p := range all {
		b = order.AppendUint32(b, uint32(p.at.Unix()))
		b = order.AppendUint32(b, uint32(int64(p.at.Nanosecond())/unit))
		b = order.AppendUint32(b, uint32(len(p.frame)))
		b = order.AppendUint32(b, p.length())
		b = append(b, p.frame...)
	}
	return b
}

// ngBlock writes a block of pcapng.
func ngBlock(order binary.AppendByteOrder, kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	b := order.AppendUint32(nil, kind)
	b = order.AppendUint32(b, uint32(len(body)+12))
	b = append(b, body...)
	return order.AppendUint32(b, uint32(len(body)+12))
}

func ngSection(order binary.AppendByteOrder) []byte {
	body := order.AppendUint32(nil, 0x1a2b3c4d)
	body = order.AppendUint16(body, 1)
	body = order.AppendUint16(body, 0)
	body = order.AppendUint64(body, 1<<64-1)
	// An option, and the end of options.
	body = order.AppendUint16(body, 4)
	body = order.AppendUint16(body, 5)
	body = append(body, "tests\x00\x00\x00"...)
	body = append(body, 0, 0, 0, 0)
	return ngBlock(order, 0x0a0d0d0a, body)
}

// ngInterface writes an interface; resolution is if_tsresol, 0 leaves it out.
func ngInterface(order binary.AppendByteOrder, link linkType, snap uint32, resolution byte, offset int64) []byte {
	body := order.AppendUint16(nil, uint16(link))
	body = order.AppendUint16(body, 0)
	body = order.AppendUint32(body, snap)
	body = order.AppendUint16(body, 2) // its name
	body = order.AppendUint16(body, 4)
	body = append(body, "eth0"...)
	if resolution != 0 {
		body = order.AppendUint16(body, 9)
		body = order.AppendUint16(body, 1)
		body = append(body, resolution, 0, 0, 0)
	}
	if offset != 0 {
		body = order.AppendUint16(body, 14)
		body = order.AppendUint16(body, 8)
		body = order.AppendUint64(body, uint64(offset))
	}
	body = append(body, 0, 0, 0, 0)
	return ngBlock(order, 1, body)
}

// ngPacket writes an enhanced packet block, with an option behind it.
func ngPacket(order binary.AppendByteOrder, index uint32, ticks uint64, p wirePacket) []byte {
	body := order.AppendUint32(nil, index)
	body = order.AppendUint32(body, uint32(ticks>>32))
	body = order.AppendUint32(body, uint32(ticks))
	body = order.AppendUint32(body, uint32(len(p.frame)))
	body = order.AppendUint32(body, p.length())
	body = append(body, p.frame...)
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	body = order.AppendUint16(body, 2)
	body = order.AppendUint16(body, 4)
	body = append(body, 1, 0, 0, 0)
	return ngBlock(order, 6, body)
}

func ngOldPacket(order binary.AppendByteOrder, ticks uint64, p wirePacket) []byte {
	body := order.AppendUint16(nil, 0)
	body = order.AppendUint16(body, 7) // what the interface dropped
	body = order.AppendUint32(body, uint32(ticks>>32))
	body = order.AppendUint32(body, uint32(ticks))
	body = order.AppendUint32(body, uint32(len(p.frame)))
	body = order.AppendUint32(body, p.length())
	return ngBlock(order, 2, append(body, p.frame...))
}

func ngSimple(order binary.AppendByteOrder, p wirePacket) []byte {
	body := order.AppendUint32(nil, p.length())
	return ngBlock(order, 3, append(body, p.frame...))
}

// udp writes a UDP header and its payload.
func udp(payload string) []byte {
	b := binary.BigEndian.AppendUint16(nil, 40000)
	b = binary.BigEndian.AppendUint16(b, 2055)
	b = binary.BigEndian.AppendUint16(b, uint16(8+len(payload)))
	b = append(b, 0, 0)
	return append(b, payload...)
}

// ip4 writes an IPv4 packet; options are whole words, fragment is the field of flags
// and offset.
func ip4(protocol byte, options []byte, fragment uint16, body []byte) []byte {
	b := []byte{byte(0x40 | (20+len(options))/4), 0}
	b = binary.BigEndian.AppendUint16(b, uint16(20+len(options)+len(body)))
	b = append(b, 0, 1)
	b = binary.BigEndian.AppendUint16(b, fragment)
	b = append(b, 64, protocol, 0, 0, 192, 0, 2, 11, 198, 51, 100, 5)
	return append(append(b, options...), body...)
}

// ip6 writes an IPv6 packet; next is the first of what body holds.
func ip6(next byte, body []byte) []byte {
	b := []byte{0x60, 0, 0, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)))
	b = append(b, next, 64)
	b = append(b, netip.MustParseAddr("2001:db8::11").AsSlice()...)
	b = append(b, netip.MustParseAddr("2001:db8::5").AsSlice()...)
	return append(b, body...)
}

// ethernetFrame writes a frame with tags, each a pair of EtherType and identifier.
func ethernetFrame(kind uint16, body []byte, tags ...[2]uint16) []byte {
	b := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2}
	for _, t := range tags {
		b = binary.BigEndian.AppendUint16(b, t[0])
		b = binary.BigEndian.AppendUint16(b, t[1])
	}
	b = binary.BigEndian.AppendUint16(b, kind)
	return append(b, body...)
}

// sll writes the cooked header of Linux, and sll2 its second version.
func sll(kind uint16, body []byte) []byte {
	b := []byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0}
	return append(binary.BigEndian.AppendUint16(b, kind), body...)
}

func sll2(kind uint16, body []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, kind)
	b = append(b, 0, 0, 0, 0, 0, 3, 0, 1, 0, 6, 2, 0, 0, 0, 0, 2, 0, 0)
	return append(b, body...)
}

// join puts blocks one behind the other.
func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
