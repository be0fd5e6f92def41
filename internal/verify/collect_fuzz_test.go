package verify

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// conversations are packets that belong together, of every protocol.
func conversations(t testing.TB) map[string][][]byte {
	t.Helper()
	out := map[string][][]byte{
		"v5": {packet5(message{uptime: 100000}, 64, flow5("10.0.0.1", "10.0.0.2", 2, 7, 1, 100, 100000), flow5("10.0.0.2", "10.0.0.1", 7, 2, 1, 100, 100000))},
		"v9": {packet9(message{uptime: 100000}, set(0, flow20(256)), set(1, optionsOf(9, 300, 1, 2, 4, 82, 8, 34, 4)), set(300, uint32(7), []byte("eth1\x00\x00\x00\x00"), uint32(10)), records22(256))},
		"ipfix": {packet10(message{}, set(2, templateOf(256, 8, 4, 12, 4, 82, 65535)), set(3, optionsOf(10, 300, 1, 10, 4, 82, 65535)), set(300, uint32(7), uint8(4), []byte("eth1")),
			set(256, "10.0.0.1", "10.0.0.2", uint8(3), []byte("eth"), "10.0.0.1", "10.0.0.2", uint8(255), uint16(2), []byte("lo")))},
		"sflow": {sFlowDatagram(message{}, sampleOf(2, 10, 2, 7, structure(1001, make([]byte, 16)), structure(1002, uint32(1), "10.0.0.1", uint64(0)), frameOf(1, 1514, macs, uint16(0x8100), uint16(100), uint16(0x0800), tcp4("10.0.0.1", "10.0.0.2"))),
			expandedOf(2, 10, 0, 2, 0, 7, frameOf(12, 100, tcp6("2001:db8::1", "2001:db8::2"))))},
	}
	files, err := filepath.Glob(filepath.Join("testdata", "decoder", "*.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		for _, p := range recording(t, filepath.Base(f)) {
			out[filepath.Base(f)] = append(out[filepath.Base(f)], p.payload)
		}
	}
	return out
}

// A datagram cut off at any byte is counted, or holds what the whole one holds up to
// there.
func TestDecoderCutOff(t *testing.T) {
	t.Parallel()
	for name, packets := range conversations(t) {
		var whole caught
		d := NewDecoder(Bounds{})
		d.Packet(packets[0], decoderRouter, decoderTime, &whole)
		if len(whole.flows) == 0 || d.Drops() != (Drops{}) {
			t.Fatalf("%s: %d flows, dropped %+v", name, len(whole.flows), d.Drops())
		}
		for n := range packets[0] {
			var got caught
			d := NewDecoder(Bounds{})
			d.Packet(packets[0][:n:n], decoderRouter, decoderTime, &got)
			drops := d.Drops()
			if drops.Malformed == 0 && packets[0][1] != 9 {
				t.Errorf("%s: %d of %d bytes are taken for a datagram", name, n, len(packets[0]))
			}
			if drops.Malformed != 0 && len(got.flows) != 0 {
				t.Errorf("%s: flows of %d bytes that are refused", name, n)
			}
			if len(got.flows) > len(whole.flows) {
				t.Fatalf("%s: %d flows in %d bytes", name, len(got.flows), n)
			}
			for i := range got.flows {
				if diff := cmp.Diff(whole.flows[i], got.flows[i], addrsEqual); diff != "" {
					t.Errorf("%s: %d bytes: (-want +got)\n%s", name, n, diff)
				}
			}
		}
	}
}

// Packets with a few bytes changed, and noise.
func TestDecoderGarbage(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	d := NewDecoder(Bounds{Exporters: 50, AllFields: 2000})
	checked := checking{t: t}
	for name, packets := range conversations(t) {
		for range 300 {
			for _, p := range packets {
				p = bytes.Clone(p)
				for range r.IntN(6) {
					p[r.IntN(len(p))] = byte(r.Uint32())
				}
				d.Packet(p, decoderRouter, decoderTime, &checked)
			}
		}
		checked.bounds(d)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	for range 20000 {
		p := make([]byte, r.IntN(200))
		for i := range p {
			p[i] = byte(r.Uint32())
		}
		if len(p) > 2 {
			p[0], p[1] = 0, [...]byte{5, 9, 10, 0}[r.IntN(4)]
		}
		d.Packet(p, decoderRouter, decoderTime, &checked)
	}
	checked.bounds(d)
	if checked.flows == 0 || d.Drops().Malformed == 0 || d.Drops().Exporters == 0 {
		t.Errorf("%d flows, dropped %+v", checked.flows, d.Drops())
	}
}

// checking is a sink that believes nothing.
type checking struct {
	t     testing.TB
	flows int
}

func (c *checking) Flow(r *Record) {
	c.flows++
	if !r.Src.IsValid() || !r.Dst.IsValid() || r.Src.Is4In6() || r.Dst.Is4In6() || !r.Exporter.IsValid() {
		c.t.Errorf("record %+v", *r)
	}
	if r.NextHop.IsValid() && r.NextHop.IsUnspecified() {
		c.t.Errorf("next hop %v", r.NextHop)
	}
	if !r.End.IsZero() && (r.End.After(r.At) || r.At.Sub(r.End) > longestAgo+longestAgo) || !r.Start.IsZero() && !r.End.IsZero() && r.Start.After(r.End) {
		c.t.Errorf("from %v to %v, at %v", r.Start, r.End, r.At)
	}
	for _, tag := range []uint16{r.InTags.Outer, r.InTags.Inner, r.OutTags.Outer, r.OutTags.Inner} {
		if tag > 4095 {
			c.t.Errorf("tag %d", tag)
		}
	}
}

func (c *checking) Interface(i Interface) {
	if (i.Index == 0) != (i.Name == "") || len(i.Name) > longestName || strings.ContainsAny(i.Name, "\x00\n\x1b") {
		c.t.Errorf("interface %+v", i)
	}
}

// bounds says whether a decoder has kept within its own.
func (c *checking) bounds(d *Decoder) {
	fields := 0
	for _, s := range d.sources {
		if len(s.templates) > d.bounds.Templates || len(s.sampling.rates) > d.bounds.Templates || len(s.sequence.streams) > mostStreams {
			c.t.Errorf("%d templates, %d rates, %d streams", len(s.templates), len(s.sampling.rates), len(s.sequence.streams))
		}
		for _, t := range s.templates {
			fields += len(t.fields)
		}
	}
	if len(d.sources) > d.bounds.Exporters || fields != d.fields || fields > d.bounds.AllFields {
		c.t.Errorf("%d exporters, %d fields, counted %d", len(d.sources), fields, d.fields)
	}
}

// FuzzPacket reads datagrams that each have their length before them.
func FuzzPacket(f *testing.F) {
	for _, packets := range conversations(f) {
		var all []byte
		for _, p := range packets {
			all = append(binary.BigEndian.AppendUint16(all, uint16(len(p))), p...)
		}
		f.Add(all)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := NewDecoder(Bounds{Exporters: 3, Templates: 4, Fields: 30, AllFields: 60})
		c := checking{t: t}
		packets := uint64(0)
		for len(b) >= 2 {
			n := min(int(binary.BigEndian.Uint16(b)), len(b)-2)
			d.Packet(b[2:2+n:2+n], decoderRouter, decoderTime, &c)
			b = b[2+n:]
			packets++
		}
		c.bounds(d)
		heard := d.Drops().Malformed + d.Drops().Exporters
		for _, s := range d.Sources() {
			heard += s.Packets
		}
		if heard < packets {
			t.Errorf("%d packets, of which %d are accounted for", packets, heard)
		}
	})
}

// FuzzLoad reads templates of an earlier run, and what it takes it writes and reads
// again.
func FuzzLoad(f *testing.F) {
	for _, packets := range conversations(f) {
		d := NewDecoder(Bounds{})
		for _, p := range packets {
			d.Packet(p, decoderRouter, decoderTime, &counting{})
		}
		var b bytes.Buffer
		if err := d.Save(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d := NewDecoder(Bounds{Exporters: 3, Templates: 4, Fields: 30, AllFields: 60})
		c := checking{t: t}
		if d.Load(bytes.NewReader(b)) != nil {
			c.bounds(d)
			return
		}
		c.bounds(d)
		var saved, again bytes.Buffer
		if err := d.Save(&saved); err != nil {
			t.Fatal(err)
		}
		d.Packet(packet10(message{}, set(256, make([]byte, 100))), decoderRouter, decoderTime, &c)
		other := NewDecoder(Bounds{})
		if err := other.Load(bytes.NewReader(saved.Bytes())); err != nil || other.Drops() != (Drops{}) {
			t.Fatalf("error %v, dropped %+v of\n%s", err, other.Drops(), saved.Bytes())
		}
		if err := other.Save(&again); err != nil || strings.Count(again.String(), `"id"`) != strings.Count(saved.String(), `"id"`) {
			t.Errorf("error %v:\n%s\nwas\n%s", err, again.Bytes(), saved.Bytes())
		}
	})
}
