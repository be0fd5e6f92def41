package verify

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// addrsEqual compares addresses.
var addrsEqual = cmpopts.EquateComparable(netip.Addr{})

// Every protocol says the same of one flow.
func TestDecoderFlow(t *testing.T) {
	t.Parallel()
	src, dst := netip.MustParseAddr("10.100.0.10"), netip.MustParseAddr("10.1.0.4")
	hop := netip.MustParseAddr("198.51.100.1")
	start, end := decoderTime.Add(-5*time.Second), decoderTime.Add(-2*time.Second)
	want := func(p Protocol, domain uint32, out func(*Record)) Record {
		r := Record{At: decoderTime, Exporter: decoderRouter, Domain: domain, Protocol: p, Src: src, Dst: dst, Key: keyOf("10.100.0.10", "10.1.0.4"),
			In: 2, Out: 7, NextHop: hop, Packets: 10, Bytes: 10000, Start: start, End: end}
		if out != nil {
			out(&r)
		}
		return r
	}
	tagged := func(r *Record) { r.InTags = Tags{Outer: 100} }
	for _, c := range []struct {
		name    string
		packets [][]byte
		want    Record
	}{
		{"v5", [][]byte{packet5(message{uptime: 100000, domain: 0x0105}, 0, flow5("10.100.0.10", "10.1.0.4", 2, 7, 10, 10000, 100000))}, want(NetFlow5, 0x0105, nil)},
		{"v5 sampled in mode 1", [][]byte{packet5(message{uptime: 100000}, 1<<14|64, flow5("10.100.0.10", "10.1.0.4", 2, 7, 10, 10000, 100000))}, want(NetFlow5, 0, func(r *Record) { r.Sampling = 64 })},
		{"v5 over the end of uptime", [][]byte{packet5(message{uptime: 1000}, 0, flow5("10.100.0.10", "10.1.0.4", 2, 7, 10, 10000, 1000))}, want(NetFlow5, 0, nil)},
		{"v9", [][]byte{packet9(message{uptime: 100000, domain: 109}, set(0, flow20(256)), set(256, record20("10.100.0.10", "10.1.0.4", 10), []byte{0, 0, 1}))}, want(NetFlow9, 109, tagged)},
		{"ipfix, milliseconds", [][]byte{
			packet10(message{domain: 210, export: decoderTime}, set(2, templateOf(300, 8, 4, 12, 4, 15, 4, 10, 4, 14, 4, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 4, 1))),
			packet10(message{domain: 210, export: decoderTime}, set(300, "10.100.0.10", "10.1.0.4", "198.51.100.1", uint32(2), uint32(7), uint64(10), uint64(10000),
				uint64(start.UnixMilli()+1000), uint64(end.UnixMilli()+500), uint16(45001), uint16(5201), uint8(6)))},
			want(IPFIX, 210, nil)},
		{"ipfix, reduced sizes and a name of variable length before", [][]byte{
			packet10(message{}, set(2, templateOf(300, 82, 65535, 8, 4, 12, 4, 18, 4, 252, 2, 253, 3, 2, 3, 1, 5, 158, 4, 159, 4, 182, 2, 183, 2, 4, 1))),
			packet10(message{}, set(300, uint8(3), []byte("eth"), "10.100.0.10", "10.1.0.4", "198.51.100.1", uint16(2), []byte{0, 0, 7}, []byte{0, 0, 10}, []byte{0, 0, 0, 39, 16},
				uint32(5e6), uint32(2e6), uint16(45001), uint16(5201), uint8(6)))},
			want(IPFIX, 0, nil)},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		for _, p := range c.packets {
			d.Packet(p, decoderRouter, decoderTime, &got)
		}
		if diff := cmp.Diff([]Record{c.want}, got.flows, addrsEqual); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		if d.Drops() != (Drops{}) {
			t.Errorf("%s: dropped %+v", c.name, d.Drops())
		}
	}
}

// What is told of interfaces and tags, beside both indexes.
func TestDecoderInterfaces(t *testing.T) {
	t.Parallel()
	type told struct {
		In, Out         uint32
		InTags, OutTags Tags
	}
	for _, c := range []struct {
		name   string
		pairs  []uint16
		values []any
		want   told
	}{
		{"egress of one interface", []uint16{10, 4, 61, 1}, []any{uint32(7), uint8(1)}, told{Out: 7}},
		{"ingress of one interface", []uint16{10, 4, 61, 1}, []any{uint32(7), uint8(0)}, told{In: 7}},
		{"ingress, told as output", []uint16{14, 4, 61, 1}, []any{uint32(7), uint8(0)}, told{In: 7}},
		{"one interface, no direction", []uint16{10, 2}, []any{uint16(7)}, told{In: 7}},
		{"room for both, one not known", []uint16{10, 4, 14, 4, 61, 1}, []any{uint32(0), uint32(7), uint8(0)}, told{Out: 7}},
		{"room for both, tags of ingress", []uint16{10, 4, 14, 4, 58, 2, 61, 1}, []any{uint32(3), uint32(3), uint16(100), uint8(1)}, told{In: 3, Out: 3, InTags: Tags{Outer: 100}}},
		{"hardware beside logical", []uint16{252, 4, 10, 4, 253, 4}, []any{uint32(1), uint32(20), uint32(2)}, told{In: 20, Out: 2}},
		{"tags of both sides", []uint16{58, 2, 59, 2}, []any{uint16(100), uint16(0xe0c8)}, told{InTags: Tags{Outer: 100}, OutTags: Tags{Outer: 200}}},
		{"two tags", []uint16{243, 2, 245, 2, 254, 2, 255, 2}, []any{uint16(10), uint16(100), uint16(20), uint16(200)}, told{InTags: Tags{10, 100}, OutTags: Tags{20, 200}}},
		{"a tag on egress", []uint16{58, 2, 61, 1}, []any{uint16(100), uint8(1)}, told{OutTags: Tags{Outer: 100}}},
		{"elements of an enterprise", []uint16{10 | 0x8000, 4, 0, 9, 14, 4}, []any{uint32(5), uint32(7)}, told{Out: 7}},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		template := templateOf(256, append([]uint16{8, 4, 12, 4}, c.pairs...)...)
		if c.name == "elements of an enterprise" {
			binary.BigEndian.PutUint16(template[2:], 4)
		}
		d.Packet(packet10(message{}, set(2, template)), decoderRouter, decoderTime, &got)
		d.Packet(packet10(message{}, set(256, append([]any{"10.100.0.10", "10.1.0.4"}, c.values...)...)), decoderRouter, decoderTime, &got)
		r := got.last(t)
		if diff := cmp.Diff(c.want, told{r.In, r.Out, r.InTags, r.OutTags}); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}

// IPv6, and a template with room for both families.
func TestDecoderFamilies(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	d.Packet(packet9(message{}, set(0, templateOf(256, 8, 4, 12, 4, 27, 16, 28, 16, 62, 16, 7, 2, 11, 2, 4, 1))), decoderRouter, decoderTime, &got)
	rest := bytesOf(uint16(45001), uint16(5201), uint8(6))
	d.Packet(packet9(message{sequence: 1}, set(256,
		"0.0.0.0", "0.0.0.0", "2001:db8::10", "2001:db8:1::4", "2001:db8:ff::1", rest,
		"10.100.0.10", "10.1.0.4", "::", "::", "::", rest,
		"0.0.0.0", "0.0.0.0", "::ffff:10.100.0.10", "::ffff:10.1.0.4", "::", rest)), decoderRouter, decoderTime, &got)
	if len(got.flows) != 3 {
		t.Fatalf("%d flows, dropped %+v", len(got.flows), d.Drops())
	}
	if r := got.flows[0]; r.Src != netip.MustParseAddr("2001:db8::10") || r.NextHop != netip.MustParseAddr("2001:db8:ff::1") || r.Key != keyOf("2001:db8::10", "2001:db8:1::4") {
		t.Errorf("IPv6: %+v", r)
	}
	for _, r := range got.flows[1:] {
		if r.Src != netip.MustParseAddr("10.100.0.10") || r.NextHop.IsValid() || r.Key != keyOf("10.100.0.10", "10.1.0.4") {
			t.Errorf("IPv4: %+v", r)
		}
	}
}

// Times that are not to be believed, and clocks that are wrong.
func TestDecoderClock(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		name   string
		export time.Duration // how far the exporter's clock is ahead
		end    time.Duration // of the flow, before its export
		want   time.Duration // before it came; -1: not told
		skew   time.Duration
	}{
		{"right", 0, 3 * time.Second, 3500 * time.Millisecond, 0},
		{"a day ahead", day, 3 * time.Second, 3500 * time.Millisecond, day + time.Second/2},
		{"a day behind", -day, 3 * time.Second, 3500 * time.Millisecond, -day + time.Second/2},
		{"ends after its export", 0, -time.Second, 0, 0},
		{"ends long after its export", 0, -10 * time.Second, -1, 0},
		{"ended hours ago", 0, 2 * time.Hour, -1, 0},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		m := message{export: decoderTime.Add(c.export)}
		end := m.export.Add(-c.end)
		d.Packet(packet10(m, set(2, templateOf(256, 8, 4, 12, 4, 153, 8))), decoderRouter, decoderTime, &got)
		d.Packet(packet10(m, set(256, "10.0.0.1", "10.0.0.2", uint64(end.UnixMilli()))), decoderRouter, decoderTime, &got)
		want := decoderTime.Add(-c.want)
		if c.want < 0 {
			want = time.Time{}
		}
		if r := got.last(t); !r.End.Equal(want) {
			t.Errorf("%s: end %v, want %v", c.name, r.End, want)
		}
		if s := d.Sources()[0]; s.Skew != c.skew {
			t.Errorf("%s: skew %v, want %v", c.name, s.Skew, c.skew)
		}
	}
}

// A flow may have begun days ago: its record is of no window that began since, and not one
// without a beginning. Where it has ended as long ago, too, the record is of another clock
// than its header.
func TestDecoderLongFlow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ age, ended, want time.Duration }{
		{10 * time.Second, 0, 11 * time.Second}, // a time of export in whole seconds may have lost one
		{2 * time.Hour, 0, 2*time.Hour + time.Second},
		{5 * 24 * time.Hour, 0, 5*24*time.Hour + time.Second},
		{10 * 365 * 24 * time.Hour, 0, -1},
		{3*time.Hour + time.Second, 3 * time.Hour, -1},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		d.Packet(packet10(message{}, set(2, templateOf(256, 8, 4, 12, 4, 152, 8, 153, 8))), decoderRouter, decoderTime, &got)
		d.Packet(packet10(message{}, set(256, "10.0.0.1", "10.0.0.2", uint64(decoderTime.Add(-c.age).UnixMilli()), uint64(decoderTime.Add(-c.ended).UnixMilli()))), decoderRouter, decoderTime, &got)
		want := decoderTime.Add(-c.want)
		if c.want < 0 {
			want = time.Time{}
		}
		if r := got.last(t); !r.Start.Equal(want) {
			t.Errorf("began %v before its export: start %v, want %v", c.age, r.Start, want)
		}
	}
}

// The two forms of NTP's time, seconds, and a begin told by a duration or by when the
// exporter began.
func TestDecoderTimes(t *testing.T) {
	t.Parallel()
	ntpOf := func(at time.Time) uint64 {
		return uint64(at.Unix()+2208988800)<<32 | uint64(at.Nanosecond())<<32/uint64(time.Second)
	}
	end := decoderTime.Add(-2500 * time.Millisecond)
	for _, c := range []struct {
		name       string
		pairs      []uint16
		values     []any
		start, end time.Duration
	}{
		{"microseconds", []uint16{154, 8, 155, 8}, []any{ntpOf(end.Add(-time.Second)), ntpOf(end)}, 4500 * time.Millisecond, 3 * time.Second},
		{"nanoseconds", []uint16{156, 8, 157, 8}, []any{ntpOf(end.Add(-time.Second)), ntpOf(end)}, 4500 * time.Millisecond, 3 * time.Second},
		{"seconds and a duration", []uint16{151, 4, 161, 4}, []any{uint32(decoderTime.Unix() - 2), uint32(1000)}, 3500 * time.Millisecond, 2500 * time.Millisecond},
		{"uptime, and when it began", []uint16{22, 4, 21, 4, 160, 8}, []any{uint32(1000), uint32(3000), uint64(decoderTime.UnixMilli() - 6000)}, 6 * time.Second, 3500 * time.Millisecond},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		d.Packet(packet10(message{}, set(2, templateOf(256, append([]uint16{8, 4, 12, 4}, c.pairs...)...))), decoderRouter, decoderTime, &got)
		d.Packet(packet10(message{}, set(256, append([]any{"10.0.0.1", "10.0.0.2"}, c.values...)...)), decoderRouter, decoderTime, &got)
		r := got.last(t)
		if got := decoderTime.Sub(r.Start).Round(time.Microsecond); got != c.start {
			t.Errorf("%s: start %v before, want %v", c.name, got, c.start)
		}
		if got := decoderTime.Sub(r.End).Round(time.Microsecond); got != c.end {
			t.Errorf("%s: end %v before, want %v", c.name, got, c.end)
		}
	}
}

// A record without addresses is counted, and totals stand in for deltas.
func TestDecoderCounts(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	d.Packet(packet9(message{}, set(0, templateOf(256, 1, 4, 2, 4)), set(256, uint32(1), uint32(2))), decoderRouter, decoderTime, &got)
	if d.Drops() != (Drops{NoAddresses: 1}) || len(got.flows) != 0 {
		t.Errorf("dropped %+v", d.Drops())
	}
	d.Packet(packet9(message{}, set(0, templateOf(257, 8, 4, 12, 4, 23, 4, 86, 4, 85, 8, 24, 4)), set(257, "10.0.0.1", "10.0.0.2", uint32(1), uint32(2), uint64(3), uint32(4))), decoderRouter, decoderTime, &got)
	if r := got.last(t); r.Bytes != 3 || r.Packets != 2 {
		t.Errorf("bytes %d, packets %d", r.Bytes, r.Packets)
	}
}

// Ports belong to the key only where the protocol has them.
func TestFlowKey(t *testing.T) {
	t.Parallel()
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	if flowKey(a, b, 1, 0, 2048) != flowKey(a, b, 1, 0, 0) {
		t.Error("the type of ICMP is taken for a port")
	}
	seen := map[uint64]string{}
	for port := range uint16(2000) {
		for name, k := range map[string]uint64{"source": flowKey(a, b, 6, port, 443), "destination": flowKey(a, b, 6, 50000, port), "way back": flowKey(b, a, 6, port, 443), "udp": flowKey(a, b, 17, port, 443)} {
			if port == 443 && name == "destination" {
				continue
			}
			if other, ok := seen[k]; ok {
				t.Fatalf("%s %d and %s have one key", name, port, other)
			}
			seen[k] = name
		}
	}
	// About half of the bits differ between neighbours, on average.
	changed := 0
	for port := range uint16(1000) {
		x := flowKey(a, b, 6, port, 443) ^ flowKey(a, b, 6, port+1, 443)
		for ; x != 0; x &= x - 1 {
			changed++
		}
	}
	if average := float64(changed) / 1000; average < 28 || average > 36 {
		t.Errorf("%.1f bits change", average)
	}
}
