package verify

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// IP protocols whose headers begin with two ports.
const (
	protocolTCP     = 6
	protocolUDP     = 17
	protocolDCCP    = 33
	protocolSCTP    = 132
	protocolUDPLite = 136
)

// flowKey returns a hash of what makes a flow. Ports count only where a protocol has
// them: some exporters write the type of ICMP there.
func flowKey(src, dst netip.Addr, protocol uint8, srcPort, dstPort uint16) uint64 {
	switch protocol {
	case protocolTCP, protocolUDP, protocolDCCP, protocolSCTP, protocolUDPLite:
	default:
		srcPort, dstPort = 0, 0
	}
	a, b := src.As16(), dst.As16()
	h := folded(binary.LittleEndian.Uint64(a[:])^0x9e3779b97f4a7c15, binary.LittleEndian.Uint64(a[8:])^0xbf58476d1ce4e5b9)
	h = folded(h^binary.LittleEndian.Uint64(b[:]), binary.LittleEndian.Uint64(b[8:])^0x94d049bb133111eb)
	return folded(h^(uint64(srcPort)<<32|uint64(dstPort)<<16|uint64(protocol)), 0xd6e8feb86659fd93)
}

// folded makes one number of two, so that each bit of both changes half of the bits that
// come out: the product in full, its halves folded.
func folded(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}
