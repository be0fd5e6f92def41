package verify

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Who tells the rate of a record, in what form, and in what order.
func TestSampling(t *testing.T) {
	t.Parallel()
	base := []uint16{8, 4, 12, 4, 10, 4}
	flow := func(rest ...any) []any { return append([]any{"10.0.0.1", "10.0.0.2", uint32(7)}, rest...) }
	type options struct {
		version uint16
		scopes  int
		pairs   []uint16
		rows    []any
	}
	for _, c := range []struct {
		name    string
		options []options
		pairs   []uint16
		record  []any
		want    uint32
	}{
		{"nobody tells", nil, nil, nil, 0},
		{"the record itself", nil, []uint16{34, 4}, []any{uint32(100)}, 100},
		{"0 is not told", nil, []uint16{34, 4}, []any{uint32(0)}, 0},
		{"interval and space of the record", nil, []uint16{305, 4, 306, 4}, []any{uint32(1), uint32(999)}, 1000},
		{"interval without space is not told", nil, []uint16{305, 4}, []any{uint32(5)}, 0},
		{"size of a population", nil, []uint16{309, 4, 310, 4}, []any{uint32(2), uint32(2000)}, 1000},
		{"a size of 0", nil, []uint16{309, 4, 310, 4}, []any{uint32(0), uint32(2000)}, 0},
		{"the exporter, v9", []options{{9, 1, []uint16{1, 4, 34, 4, 35, 1}, []any{uint32(0), uint32(512), uint8(2)}}}, nil, nil, 512},
		{"the exporter, IPFIX", []options{{10, 1, []uint16{144, 4, 34, 4}, []any{uint32(1), uint32(512)}}}, nil, nil, 512},
		{"one sampler, records do not name it", []options{{9, 1, []uint16{1, 4, 48, 1, 49, 1, 50, 2}, []any{uint32(0), uint8(3), uint8(2), uint16(64)}}}, nil, nil, 64},
		{"samplers that differ, records do not name one", []options{{9, 1, []uint16{1, 4, 48, 1, 50, 2}, []any{uint32(0), uint8(3), uint16(64), uint32(0), uint8(4), uint16(128)}}}, nil, nil, 0},
		{"samplers, records name one", []options{{9, 1, []uint16{1, 4, 48, 1, 50, 2}, []any{uint32(0), uint8(3), uint16(64), uint32(0), uint8(4), uint16(128)}}}, []uint16{48, 1}, []any{uint8(4)}, 128},
		{"a sampler nobody knows", []options{{9, 1, []uint16{1, 4, 48, 1, 50, 2}, []any{uint32(0), uint8(3), uint16(64)}}}, []uint16{48, 1}, []any{uint8(9)}, 0},
		{"a selector", []options{{10, 1, []uint16{302, 8, 304, 2, 305, 4, 306, 4}, []any{uint64(5), uint16(1), uint32(1), uint32(99)}}}, []uint16{302, 8}, []any{uint64(5)}, 100},
		{"an interface, v9", []options{{9, 1, []uint16{2, 4, 34, 4}, []any{uint32(7), uint32(10), uint32(8), uint32(20)}}}, nil, nil, 10},
		{"an interface, IPFIX", []options{{10, 1, []uint16{10, 4, 305, 4, 306, 4}, []any{uint32(8), uint32(1), uint32(9), uint32(7), uint32(1), uint32(19)}}}, nil, nil, 20},
		{"a template", []options{{10, 2, []uint16{149, 4, 145, 2, 304, 2, 305, 4, 306, 4}, []any{uint32(1), uint16(256), uint16(1), uint32(1), uint32(9), uint32(1), uint16(257), uint16(1), uint32(1), uint32(19)}}}, nil, nil, 10},
		{"a template, v9", []options{{9, 1, []uint16{5, 2, 34, 4}, []any{uint16(256), uint32(10), uint16(257), uint32(20)}}}, nil, nil, 10},
		{"the record above the exporter", []options{{10, 1, []uint16{144, 4, 34, 4}, []any{uint32(1), uint32(512)}}}, []uint16{34, 4}, []any{uint32(7)}, 7},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		packet, templates, optionTemplates := packet10, uint16(2), uint16(3)
		for _, o := range c.options {
			if o.version == 9 {
				packet, templates, optionTemplates = packet9, 0, 1
			}
			d.Packet(packet(message{}, set(optionTemplates, optionsOf(o.version, 500, o.scopes, o.pairs...))), decoderRouter, decoderTime, &got)
			d.Packet(packet(message{sequence: 0}, set(500, o.rows...)), decoderRouter, decoderTime, &got)
		}
		d.Packet(packet(message{}, set(templates, templateOf(256, append(base, c.pairs...)...))), decoderRouter, decoderTime, &got)
		d.Packet(packet(message{}, set(256, flow(c.record...)...)), decoderRouter, decoderTime, &got)
		if r := got.last(t); r.Sampling != c.want {
			t.Errorf("%s: one in %d, want %d", c.name, r.Sampling, c.want)
		}
		if s := d.Sources()[0]; c.want != 0 && s.Sampling != c.want {
			t.Errorf("%s: source says one in %d, want %d", c.name, s.Sampling, c.want)
		}
		if d.Drops() != (Drops{}) {
			t.Errorf("%s: dropped %+v", c.name, d.Drops())
		}
	}
}

// IOS-XE tells its samplers in a domain of their own, before or after the flows come; what
// a domain tells itself is believed before that, and another protocol's samplers are others.
func TestSamplingDomains(t *testing.T) {
	t.Parallel()
	table := func(domain, rate uint32) func(d *Decoder, s Sink) {
		return func(d *Decoder, s Sink) {
			d.Packet(packet9(message{domain: domain}, set(1, optionsOf(9, 500, 1, 1, 4, 48, 1, 50, 4)), set(500, uint32(0), uint8(3), rate)), decoderRouter, decoderTime, s)
		}
	}
	flow := func(d *Decoder, s Sink) {
		d.Packet(packet9(message{domain: 1, uptime: 500000}, set(0, templateOf(256, 8, 4, 12, 4, 48, 1)), set(256, "10.0.0.1", "10.0.0.2", uint8(3))), decoderRouter, decoderTime, s)
	}
	// The domain of the flows begins anew.
	again := func(d *Decoder, s Sink) {
		d.Packet(packet9(message{domain: 1, sequence: 0, uptime: 1000}, set(0, templateOf(256, 8, 4, 12, 4, 48, 1))), decoderRouter, decoderTime.Add(time.Hour), s)
	}
	for _, c := range []struct {
		name string
		sent []func(*Decoder, Sink)
		want uint32
	}{
		{"nobody tells", []func(*Decoder, Sink){flow}, 0},
		{"told before", []func(*Decoder, Sink){table(6, 100), flow}, 100},
		{"told after", []func(*Decoder, Sink){flow, table(6, 100), flow}, 100},
		{"changed", []func(*Decoder, Sink){table(6, 100), flow, table(6, 200), flow}, 200},
		{"its own", []func(*Decoder, Sink){table(6, 100), table(1, 50), flow}, 50},
		{"begun anew", []func(*Decoder, Sink){table(6, 100), flow, again, flow}, 100},
		{"two that differ", []func(*Decoder, Sink){table(6, 100), table(7, 200), flow}, 0},
		{"two that differ, after the flow came", []func(*Decoder, Sink){flow, table(6, 100), table(7, 200), flow}, 0},
		{"and then agree", []func(*Decoder, Sink){flow, table(6, 100), table(7, 200), table(7, 100), flow}, 100},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		for _, send := range c.sent {
			send(d, &got)
		}
		if r := got.last(t); r.Sampling != c.want {
			t.Errorf("%s: one in %d, want %d", c.name, r.Sampling, c.want)
		}
	}
}

// No more samplers than templates are kept.
func TestSamplingBound(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{Templates: 3})
	d.Packet(packet9(message{}, set(1, optionsOf(9, 500, 1, 1, 4, 48, 4, 50, 2))), decoderRouter, decoderTime, &got)
	for i := range uint32(10) {
		d.Packet(packet9(message{sequence: 1 + i}, set(500, uint32(0), 1+i, uint16(64))), decoderRouter, decoderTime, &got)
	}
	if d.Drops() != (Drops{Templates: 7}) {
		t.Errorf("dropped %+v", d.Drops())
	}
}

// Names of interfaces: in the scope or beside it, the name before the description, and
// nothing that is not one printable line.
func TestInterfaces(t *testing.T) {
	t.Parallel()
	pad := func(name string, size int) []byte { return append([]byte(name), make([]byte, size-len(name))...) }
	for _, c := range []struct {
		name    string
		version uint16
		pairs   []uint16
		rows    []any
		want    []Interface
	}{
		{"interface table of IOS-XE, v9", 9, []uint16{1, 4, 10, 4, 82, 32, 83, 64},
			[]any{uint32(0), uint32(2), pad("Gi0/0/1.100", 32), pad("GigabitEthernet0/0/1.100", 64), uint32(0), uint32(9), pad("Tu100", 32), pad("Tunnel100", 64)},
			[]Interface{{Index: 2, Name: "Gi0/0/1.100"}, {Index: 9, Name: "Tu100"}}},
		{"interface table, IPFIX", 10, []uint16{10, 4, 82, 65535}, []any{uint32(514), uint8(9), []byte("xe-0/0/1."), uint32(515), uint8(4), []byte("st0 ")},
			[]Interface{{Index: 514, Name: "xe-0/0/1."}, {Index: 515, Name: "st0"}}},
		{"scope of v9", 9, []uint16{2, 2, 82, 8}, []any{uint16(3), pad("eth1", 8)}, []Interface{{Index: 3, Name: "eth1"}}},
		{"description only", 9, []uint16{2, 4, 83, 8}, []any{uint32(3), pad("uplink", 8)}, []Interface{{Index: 3, Name: "uplink"}}},
		{"hardware", 10, []uint16{253, 4, 82, 4}, []any{uint32(3), pad("eth", 4)}, []Interface{{Index: 3, Name: "eth"}}},
		{"of something else", 9, []uint16{1, 4, 82, 8}, []any{uint32(3), pad("eth1", 8)}, nil},
		{"two lines", 9, []uint16{2, 4, 82, 8}, []any{uint32(3), pad("a\nb", 8)}, nil},
		{"no text", 9, []uint16{2, 4, 82, 8}, []any{uint32(3), pad("\xff\xfe", 8)}, nil},
		{"old bytes behind the end", 9, []uint16{2, 4, 82, 8}, []any{uint32(3), pad("up1\x00\xff", 8)}, []Interface{{Index: 3, Name: "up1"}}},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		packet, templates := packet9, uint16(1)
		if c.version == 10 {
			packet, templates = packet10, 3
		}
		d.Packet(packet(message{domain: 6}, set(templates, optionsOf(c.version, 300, 1, c.pairs...)), set(300, c.rows...)), decoderRouter, decoderTime, &got)
		for i := range c.want {
			c.want[i].Exporter, c.want[i].Domain = decoderRouter, 6
		}
		if diff := cmp.Diff(c.want, got.interfaces, addrsEqual); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
		if d.Drops() != (Drops{}) {
			t.Errorf("%s: dropped %+v", c.name, d.Drops())
		}
	}
}
