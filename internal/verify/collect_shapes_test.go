package verify

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Templates as routers announce them, seen in public captures and vendors' pages; the
// values are made up.
func TestShapes(t *testing.T) {
	t.Parallel()
	const src, dst, hop = "10.100.0.10", "10.1.0.4", "198.51.100.1"
	const src6, dst6, hop6 = "2001:db8:100::10", "2001:db8:1::4", "2001:db8:15::1"
	ms := func(before time.Duration) uint64 { return uint64(decoderTime.Add(-before).UnixMilli()) }
	name := append([]byte("one-in-2000"), make([]byte, 21)...)
	want := func(p Protocol, sampling uint32, change func(*Record)) Record {
		r := Record{At: decoderTime, Exporter: decoderRouter, Protocol: p, Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr(dst), Key: keyOf(src, dst),
			In: 335, Out: 450, Packets: 3, Bytes: 4500, Sampling: sampling, Start: decoderTime.Add(-5 * time.Second), End: decoderTime.Add(-2 * time.Second)}
		if change != nil {
			change(&r)
		}
		return r
	}
	hopped := func(r *Record) { r.NextHop = netip.MustParseAddr(hop) }
	six := func(r *Record) {
		r.Src, r.Dst, r.Key, r.NextHop = netip.MustParseAddr(src6), netip.MustParseAddr(dst6), keyOf(src6, dst6), netip.MustParseAddr(hop6)
	}
	// Times of export in whole seconds count as half a second later, and of a beginning as a
	// whole one.
	half := func(change func(*Record)) func(*Record) {
		return func(r *Record) {
			r.Start, r.End = r.Start.Add(-time.Second), r.End.Add(-time.Second/2)
			change(r)
		}
	}
	for _, c := range []struct {
		name       string
		packets    [][]byte
		want       Record
		interfaces []Interface
	}{
		{"IOS-XR: sampler table with a name, records with sampler and VRFs", [][]byte{
			packet9(message{uptime: 100000}, set(1, optionsOf(9, 257, 1, 1, 4, 48, 2, 50, 4, 49, 1, 84, 32, 34, 4)),
				set(257, uint32(0), uint16(1), uint32(2000), uint8(2), name, uint32(0), uint32(0), uint16(2), uint32(4000), uint8(2), name, uint32(0))),
			packet9(message{uptime: 100000, sequence: 1}, set(0, templateOf(260, 2, 4, 1, 4, 8, 4, 12, 4, 10, 4, 14, 4, 21, 4, 22, 4, 7, 2, 11, 2, 16, 4, 17, 4, 18, 4, 9, 1, 13, 1, 4, 1, 6, 1, 5, 1, 61, 1, 89, 1, 48, 2, 234, 4, 235, 4)),
				set(260, uint32(3), uint32(4500), src, dst, uint32(335), uint32(450), uint32(98000), uint32(95000), uint16(45001), uint16(5201), uint64(0), hop, uint16(0), uint8(6), make([]byte, 4), uint16(2), uint64(0))),
		}, want(NetFlow9, 4000, hopped), nil},
		{"the same of IPv6, with a label of three bytes", [][]byte{
			packet9(message{uptime: 100000}, set(0, templateOf(328, 2, 4, 1, 4, 27, 16, 28, 16, 10, 4, 14, 4, 22, 4, 21, 4, 31, 3, 64, 4, 7, 2, 11, 2, 129, 4, 128, 4, 63, 16, 30, 1, 29, 1, 4, 1, 6, 1, 5, 1, 61, 1, 89, 1, 48, 2, 234, 4, 235, 4, 52, 1, 53, 1)),
				set(328, uint32(3), uint32(4500), src6, dst6, uint32(335), uint32(450), uint32(95000), uint32(98000), make([]byte, 7), uint16(45001), uint16(5201), uint64(0), hop6, uint16(0), uint8(6), make([]byte, 4), uint16(9), uint64(0), uint16(0))),
		}, want(NetFlow9, 0, six), nil},
		{"Nokia: selector of a template, both families in one", [][]byte{
			packet10(message{}, set(3, optionsOf(10, 50310, 2, 149, 4, 145, 2, 304, 2, 305, 4, 306, 4)), set(50310, uint32(0), uint16(2510), uint16(1), uint32(1), uint32(9))),
			packet10(message{sequence: 1}, set(2, templateOf(2510, 27, 16, 28, 16, 8, 4, 12, 4, 62, 16, 63, 16, 15, 4, 18, 4, 10, 4, 14, 4, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 6, 2, 4, 1, 60, 1, 61, 1)),
				set(2510, src6, dst6, "0.0.0.0", "0.0.0.0", "::", hop6, "0.0.0.0", "0.0.0.0", uint32(335), uint32(450), uint64(3), uint64(4500), ms(5*time.Second), ms(2*time.Second), uint16(45001), uint16(5201), uint16(0), uint8(6), uint8(6), uint8(0))),
		}, want(IPFIX, 10, half(six)), nil},
		{"Nokia: interfaces of the hardware, and tags", [][]byte{
			packet10(message{}, set(2, templateOf(1910, 56, 6, 80, 6, 252, 4, 253, 4, 243, 2, 245, 2, 254, 2, 255, 2, 8, 4, 12, 4, 27, 16, 28, 16, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 4, 1, 60, 1)),
				set(1910, macs, uint32(335), uint32(450), uint16(4), uint16(100), uint16(5), uint16(200), src, dst, "::", "::", uint64(3), uint64(4500), ms(5*time.Second), ms(2*time.Second), uint16(45001), uint16(5201), uint8(6), uint8(4))),
		}, want(IPFIX, 0, half(func(r *Record) { r.InTags, r.OutTags = Tags{4, 100}, Tags{5, 200} })), nil},
		{"Huawei: a scope without length", [][]byte{
			packet9(message{uptime: 100000}, set(1, optionsOf(9, 256, 1, 1, 0, 35, 1, 34, 4)), set(256, uint8(2), uint32(100), []byte{0, 0, 0})),
			packet9(message{uptime: 100000, sequence: 1}, set(0, templateOf(257, 8, 4, 12, 4, 5, 1, 4, 1, 7, 2, 11, 2, 32, 2, 10, 4, 9, 1, 13, 1, 16, 4, 17, 4, 18, 4, 6, 1, 14, 4, 15, 4, 1, 4, 2, 4, 22, 4, 21, 4, 60, 1)),
				set(257, src, dst, uint8(0), uint8(6), uint16(45001), uint16(5201), uint16(0), uint32(335), uint16(0), uint64(0), "0.0.0.0", uint8(0), uint32(450), hop, uint32(4500), uint32(3), uint32(95000), uint32(98000), uint8(4))),
		}, want(NetFlow9, 100, hopped), nil},
		{"IOS-XE: names of interfaces in option data of the system", [][]byte{
			packet9(message{uptime: 100000}, set(1, optionsOf(9, 256, 1, 1, 4, 10, 4, 82, 32, 83, 64)),
				set(256, uint32(1), uint32(335), "GigabitEthernet2.100", make([]byte, 12), "to the provider", make([]byte, 49))),
			packet9(message{uptime: 100000, sequence: 1}, set(0, templateOf(257, 8, 4, 12, 4, 7, 2, 11, 2, 10, 4, 4, 1, 5, 1, 61, 1, 14, 4, 15, 4, 1, 4, 2, 4, 22, 4, 21, 4)),
				set(257, src, dst, uint16(45001), uint16(5201), uint32(335), uint8(6), uint8(0), uint8(0), uint32(450), hop, uint32(4500), uint32(3), uint32(95000), uint32(98000))),
		}, want(NetFlow9, 0, hopped), []Interface{{Exporter: decoderRouter, Index: 335, Name: "GigabitEthernet2.100"}}},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		for _, p := range c.packets {
			d.Packet(p, decoderRouter, decoderTime, &got)
		}
		if diff := cmp.Diff([]Record{c.want}, got.flows, addrsEqual); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		if diff := cmp.Diff(c.interfaces, got.interfaces, addrsEqual); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		if d.Drops() != (Drops{}) {
			t.Errorf("%s: dropped %+v", c.name, d.Drops())
		}
	}
}
