package verify

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What samples say, in all their forms.
func TestSFlow(t *testing.T) {
	t.Parallel()
	const src, dst, src6, dst6 = "10.100.0.10", "10.1.0.4", "2001:db8:100::10", "2001:db8:1::4"
	eth4 := func(parts ...any) []byte { return bytesOf(append([]any{macs}, parts...)...) }
	plain := frameOf(1, 1514, eth4(uint16(0x0800), tcp4(src, dst)))
	want := func(change func(*Record)) Record {
		r := Record{At: decoderTime, Exporter: netip.MustParseAddr("192.0.2.11"), Domain: 3, Protocol: SFlow, Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr(dst),
			Key: keyOf(src, dst), In: 2, Out: 7, Packets: 1, Bytes: 1514, Sampling: 10, Start: decoderTime, End: decoderTime}
		if change != nil {
			change(&r)
		}
		return r
	}
	six := func(r *Record) {
		r.Src, r.Dst, r.Key = netip.MustParseAddr(src6), netip.MustParseAddr(dst6), keyOf(src6, dst6)
	}
	noPorts := func(r *Record) { r.Key = flowKey(r.Src, r.Dst, 6, 0, 0) }
	later := tcp4(src, dst)
	later[7] = 100
	options4 := append(tcp4(src, dst)[:20:20], bytesOf(uint32(0x01010101), uint16(45001), uint16(5201), make([]byte, 8))...)
	options4[0] = 0x46
	for _, c := range []struct {
		name   string
		sample []byte
		want   *Record
	}{
		{"plain", sampleOf(2, 10, 2, 7, plain), new(want(nil))},
		{"expanded", expandedOf(2, 10, 0, 2, 0, 7, plain), new(want(nil))},
		{"no rate", sampleOf(2, 0, 2, 7, plain), new(want(func(r *Record) { r.Sampling = 0 }))},
		{"interface not known", sampleOf(2, 10, 0x3fffffff, 7, plain), new(want(func(r *Record) { r.In = 0 }))},
		{"discarded", sampleOf(2, 10, 2, 1<<30|256, plain), new(want(func(r *Record) { r.Out = 0 }))},
		{"several outputs", sampleOf(2, 10, 2, 2<<30|4, plain), new(want(func(r *Record) { r.Out = 0 }))},
		{"several outputs, expanded", expandedOf(2, 10, 0, 2, 2, 4, plain), new(want(func(r *Record) { r.Out = 0 }))},
		{"one tag", sampleOf(2, 10, 2, 7, frameOf(1, 1518, eth4(uint16(0x8100), uint16(0x6064), uint16(0x0800), tcp4(src, dst)))), new(want(func(r *Record) { r.InTags, r.Bytes = Tags{Outer: 100}, 1518 }))},
		{"two tags, on egress", sampleOf(7, 10, 2, 7, frameOf(1, 1522, eth4(uint16(0x88a8), uint16(10), uint16(0x8100), uint16(100), uint16(0x0800), tcp4(src, dst)))), new(want(func(r *Record) { r.OutTags, r.Bytes = Tags{10, 100}, 1522 }))},
		{"one tag, ingress not known", sampleOf(1, 10, 0x3fffffff, 7, frameOf(1, 1518, eth4(uint16(0x8100), uint16(100), uint16(0x0800), tcp4(src, dst)))), new(want(func(r *Record) { r.In, r.OutTags, r.Bytes = 0, Tags{Outer: 100}, 1518 }))},
		{"extended switch", sampleOf(2, 10, 2, 7, structure(1001, uint32(100), uint32(0), uint32(200), uint32(0)), plain), new(want(func(r *Record) { r.InTags, r.OutTags = Tags{Outer: 100}, Tags{Outer: 200} }))},
		{"extended switch that does not know", sampleOf(2, 10, 2, 7, plain, structure(1001, uint32(0), uint32(0), uint32(0xffffffff), uint32(0))), new(want(nil))},
		{"extended router", sampleOf(2, 10, 2, 7, structure(1002, uint32(1), "198.51.100.1", uint32(24), uint32(16)), plain), new(want(func(r *Record) { r.NextHop = netip.MustParseAddr("198.51.100.1") }))},
		{"broken records beside", sampleOf(2, 10, 2, 7, structure(1002, uint32(3), uint32(1)), structure(1037, uint32(1), uint32(0xffffffff)), structure(1003, uint32(1)), structure(4096<<12|1, uint32(1)), plain), new(want(nil))},
		{"IPv6", sampleOf(2, 10, 2, 7, frameOf(1, 1514, eth4(uint16(0x86dd), tcp6(src6, dst6)))), new(want(six))},
		{"IPv4 without a frame", sampleOf(2, 10, 2, 7, frameOf(11, 1514, tcp4(src, dst))), new(want(nil))},
		{"IPv6 without a frame", sampleOf(2, 10, 2, 7, frameOf(12, 1514, tcp6(src6, dst6))), new(want(six))},
		{"a later fragment", sampleOf(2, 10, 2, 7, frameOf(11, 1514, later)), new(want(noPorts))},
		{"ports cut off, and filled up", sampleOf(2, 10, 2, 7, frameOf(11, 1514, tcp4(src, dst)[:22])), new(want(noPorts))},
		{"options of IPv4", sampleOf(2, 10, 2, 7, frameOf(11, 1514, options4)), new(want(nil))},
		{"no header, IPv4", sampleOf(2, 10, 2, 7, structure(3, uint32(1514), uint32(6), src, dst, uint32(45001), uint32(5201), uint32(0), uint32(0))), new(want(nil))},
		{"no header, IPv6", sampleOf(2, 10, 2, 7, structure(4, uint32(1514), uint32(6), src6, dst6, uint32(45001), uint32(5201), uint32(0), uint32(0))), new(want(six))},
		{"the length that was kept", sampleOf(2, 10, 2, 7, frameOf(1, 146, eth4(uint16(0x0800), tcp4(src, dst)))), new(want(nil))},
		{"ARP", sampleOf(2, 10, 2, 7, frameOf(1, 64, eth4(uint16(0x0806), make([]byte, 46)))), nil},
		{"header cut off before the addresses", sampleOf(2, 10, 2, 7, frameOf(1, 1514, eth4(uint16(0x0800), tcp4(src, dst)[:18]))), nil},
		{"nothing", sampleOf(2, 10, 2, 7), nil},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		// Counters and a sample of another enterprise beside it, as real agents send.
		d.Packet(sFlowDatagram(message{domain: 3}, structure(2, uint32(1), uint32(2), uint32(0)), c.sample, structure(8800<<12|1, uint32(1))), decoderRouter, decoderTime, &got)
		var flows []Record
		drops := Drops{NoAddresses: 1}
		if c.want != nil {
			flows, drops = []Record{*c.want}, Drops{}
		}
		if diff := cmp.Diff(flows, got.flows, addrsEqual); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		if d.Drops() != drops {
			t.Errorf("%s: dropped %+v", c.name, d.Drops())
		}
	}
}

// Headers of extension stand before the ports.
func TestIPv6Extensions(t *testing.T) {
	t.Parallel()
	ports := bytesOf(uint16(45001), uint16(5201), make([]byte, 16))
	head := func(next uint8) []byte {
		return bytesOf(uint32(0x60000000), uint16(100), next, uint8(64), "2001:db8::1", "2001:db8::2")
	}
	for _, c := range []struct {
		name     string
		packet   []byte
		protocol uint8
		port     uint16
	}{
		{"none", bytesOf(head(17), ports), 17, 45001},
		{"three", bytesOf(head(0), uint8(43), uint8(0), make([]byte, 6), uint8(60), uint8(1), make([]byte, 14), uint8(6), uint8(0), make([]byte, 6), ports), 6, 45001},
		{"first fragment", bytesOf(head(44), uint8(6), uint8(0), uint16(1), uint32(9), ports), 6, 45001},
		{"later fragment", bytesOf(head(44), uint8(6), uint8(0), uint16(9), uint32(9), ports), 6, 0},
		{"beyond the end", bytesOf(head(0), uint8(6), uint8(200), make([]byte, 6), ports), 6, 0},
	} {
		var p sampledPacket
		p.ipv6(c.packet)
		if p.ipProtocol != c.protocol || p.srcPort != c.port {
			t.Errorf("%s: protocol %d, port %d", c.name, p.ipProtocol, p.srcPort)
		}
	}
}

// The agent's address names the exporter, of both families; one that it does not know
// is that of the packet.
func TestSFlowAgent(t *testing.T) {
	t.Parallel()
	sample := sampleOf(2, 10, 2, 7, frameOf(11, 100, tcp4("10.0.0.1", "10.0.0.2")))
	for _, c := range []struct {
		agent []any
		want  string
	}{
		{[]any{uint32(1), "198.51.100.7"}, "198.51.100.7"},
		{[]any{uint32(2), "2001:db8::7"}, "2001:db8::7"},
		{[]any{uint32(1), "0.0.0.0"}, decoderRouter.String()},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		d.Packet(bytesOf(uint32(5), bytesOf(c.agent...), uint32(0), uint32(1), uint32(1000), uint32(1), sample), decoderRouter, decoderTime, &got)
		if r := got.last(t); r.Exporter.String() != c.want {
			t.Errorf("exporter %v, want %v", r.Exporter, c.want)
		}
	}
}
