package verify

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
)

// shortTemplate is the template that most tests here use, and shortRecord a record.
func shortTemplate(id uint16) []byte { return templateOf(id, 8, 4, 12, 4, 10, 4) }

func shortRecord(in uint32) []byte { return bytesOf("10.0.0.1", "10.0.0.2", in) }

// Records before their template are counted by set and used from then on; templates of
// one domain and version are not those of another.
func TestTemplateLate(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	send := func(b []byte) { d.Packet(b, decoderRouter, decoderTime, &got) }
	send(packet10(message{domain: 1}, set(256, shortRecord(7)), set(256, shortRecord(7))))
	if d.Drops() != (Drops{NoTemplate: 2}) || len(got.flows) != 0 {
		t.Fatalf("dropped %+v", d.Drops())
	}
	send(packet10(message{domain: 1, sequence: 2}, set(2, shortTemplate(256)), set(256, shortRecord(7))))
	send(packet10(message{domain: 2}, set(256, shortRecord(7))))
	send(packet9(message{domain: 1}, set(256, shortRecord(7))))
	d.Packet(packet10(message{domain: 1}, set(256, shortRecord(7))), netip.MustParseAddr("192.0.2.2"), decoderTime, &got)
	if d.Drops() != (Drops{NoTemplate: 5}) || len(got.flows) != 1 {
		t.Errorf("dropped %+v, %d flows", d.Drops(), len(got.flows))
	}
}

// A template may be replaced by another form, and taken back: by number, or all.
func TestTemplateReplaced(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	n := uint32(0)
	send := func(sets ...[]byte) {
		d.Packet(packet10(message{sequence: n}, sets...), decoderRouter, decoderTime, &got)
		n = uint32(len(got.flows))
	}
	send(set(2, shortTemplate(256)), set(256, shortRecord(7)))
	send(set(2, templateOf(256, 10, 2, 8, 4, 12, 4)), set(256, uint16(8), "10.0.0.1", "10.0.0.2"))
	if r := got.last(t); r.In != 8 || len(got.flows) != 2 {
		t.Fatalf("in %d of %d flows", r.In, len(got.flows))
	}
	for _, withdrawal := range []uint16{256, 2} {
		send(set(2, shortTemplate(256)), set(3, optionsOf(10, 257, 1, 10, 4, 82, 8)))
		send(set(2, withdrawal, uint16(0)))
		before := d.Drops().NoTemplate
		send(set(256, shortRecord(7)), set(257, uint32(3), []byte("eth1\x00\x00\x00\x00")))
		if d.Drops().NoTemplate != before+1 || len(got.interfaces) == 0 {
			t.Errorf("withdrawal of %d: %d more sets without template, %d interfaces", withdrawal, d.Drops().NoTemplate-before, len(got.interfaces))
		}
		got.interfaces = nil
	}
	send(set(3, uint16(3), uint16(0)))
	send(set(257, uint32(3), []byte("eth1\x00\x00\x00\x00")))
	if len(got.interfaces) != 0 {
		t.Error("the template of option data is still there")
	}
	if drops := d.Drops(); drops.Malformed != 0 || drops.Templates != 0 || d.fields != 0 {
		t.Errorf("dropped %+v, %d fields", drops, d.fields)
	}
}

// What no record can have, and what is beyond the bounds, is refused; what was there
// stays.
func TestTemplateRefused(t *testing.T) {
	t.Parallel()
	var many []uint16
	for range 65 {
		many = append(many, 1, 4)
	}
	for _, c := range []struct {
		name     string
		version  uint16
		template []byte
		option   bool
	}{
		{"no length", 10, templateOf(257, 8, 0, 12, 0), false},
		{"no length, v9", 9, templateOf(257, 8, 0, 12, 0), false},
		{"no length, option data", 10, optionsOf(10, 257, 1, 10, 0, 82, 0), true},
		{"no length, option data of v9", 9, optionsOf(9, 257, 1, 1, 0, 82, 0), true},
		{"longer than a datagram", 10, templateOf(257, 8, 65000, 12, 65000), false},
		{"a number of a set", 10, templateOf(255, 8, 4, 12, 4), false},
		{"no fields", 9, templateOf(257), false},
		{"no fields of option data", 9, optionsOf(9, 257, 0), true},
		{"too many fields", 10, templateOf(257, many...), false},
	} {
		var got caught
		d := NewDecoder(Bounds{Fields: 64})
		packet, id := packet10, uint16(2)
		if c.version == 9 {
			packet, id = packet9, 0
		}
		d.Packet(packet(message{}, set(id, shortTemplate(256))), decoderRouter, decoderTime, &got)
		announced := id
		if c.option {
			announced++
		}
		d.Packet(packet(message{}, set(announced, c.template), set(257, make([]byte, 100)), set(256, shortRecord(7))), decoderRouter, decoderTime, &got)
		if d.Drops() != (Drops{Templates: 1, NoTemplate: 1}) || len(got.flows) != 1 {
			t.Errorf("%s: dropped %+v, %d flows", c.name, d.Drops(), len(got.flows))
		}
	}
}

// A template that claims more fields than it has, and headers that claim more than
// there is, are refused before anybody makes room for them.
func TestTemplateBomb(t *testing.T) {
	for name, packet := range map[string][]byte{
		"template":             packet10(message{}, set(2, uint16(256), uint16(65535), make([]byte, 40))),
		"template, v9":         packet9(message{}, set(0, uint16(256), uint16(65535), make([]byte, 40))),
		"option data":          packet10(message{}, set(3, uint16(256), uint16(65535), uint16(65535), make([]byte, 40))),
		"option data, v9":      packet9(message{}, set(1, uint16(256), uint16(65532), uint16(65532), make([]byte, 40))),
		"more scopes":          packet10(message{}, set(3, uint16(256), uint16(2), uint16(3), make([]byte, 40))),
		"enterprise":           packet10(message{}, set(2, uint16(256), uint16(1), uint16(0x8001), uint16(4))),
		"v5":                   append(bytesOf(uint16(5), uint16(65535)), make([]byte, 20)...),
		"sFlow samples":        bytesOf(uint32(5), uint32(1), "192.0.2.1", uint32(0), uint32(0), uint32(0), uint32(0xffffffff)),
		"sFlow records":        sFlowDatagram(message{}, structure(3, make([]byte, 40), uint32(0xffffffff))),
		"sFlow sample's bytes": sFlowDatagram(message{}, bytesOf(uint32(1), uint32(0xfffffff0), make([]byte, 40))),
	} {
		var got caught
		d := NewDecoder(Bounds{})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d.Packet(packet, decoderRouter, decoderTime, &got)
		runtime.ReadMemStats(&after)
		if d.Drops() != (Drops{Malformed: 1}) || len(d.Sources()) != 0 {
			t.Errorf("%s: dropped %+v, sources %v", name, d.Drops(), d.Sources())
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 16<<10 {
			t.Errorf("%s: %d bytes of memory", name, used)
		}
	}
}

// Garbage fills the bounds and drives out nobody who was there.
func TestTemplateBounds(t *testing.T) {
	t.Parallel()
	bounds := Bounds{Exporters: 20, Templates: 10, Fields: 50, AllFields: 400}
	var got caught
	d := NewDecoder(bounds)
	d.Packet(packet10(message{}, set(2, shortTemplate(256))), decoderRouter, decoderTime, &got)
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		from := netip.AddrFrom4([4]byte{203, 0, 113, byte(r.IntN(256))})
		var pairs []uint16
		for range 1 + r.IntN(60) {
			pairs = append(pairs, uint16(1+r.IntN(300)), uint16(1+r.IntN(8)))
		}
		d.Packet(packet10(message{domain: r.Uint32N(4)}, set(2, templateOf(uint16(256+r.IntN(300)), pairs...))), from, decoderTime, &got)
	}
	if len(d.sources) > bounds.Exporters || d.fields > bounds.AllFields {
		t.Errorf("%d exporters, %d fields", len(d.sources), d.fields)
	}
	fields := 0
	for _, s := range d.sources {
		if len(s.templates) > bounds.Templates {
			t.Errorf("%d templates", len(s.templates))
		}
		for _, c := range s.templates {
			fields += len(c.fields)
		}
	}
	if fields != d.fields {
		t.Errorf("%d fields, counted %d", fields, d.fields)
	}
	if drops := d.Drops(); drops.Exporters == 0 || drops.Templates == 0 || drops.Malformed != 0 {
		t.Errorf("dropped %+v", drops)
	}
	d.Packet(packet10(message{}, set(256, shortRecord(7))), decoderRouter, decoderTime, &got)
	if len(got.flows) != 1 {
		t.Error("the exporter that was there first is gone")
	}
}

// A set that does not fit its template is not read in part: the template is an old one.
func TestTemplateDoesNotFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		set   []any
		flows int
		drops Drops
	}{
		{"fits", []any{shortRecord(7), shortRecord(8)}, 2, Drops{}},
		{"filled up with three bytes", []any{shortRecord(7), []byte{1, 2, 3}}, 1, Drops{}},
		{"filled up with zeros", []any{shortRecord(7), make([]byte, 8)}, 1, Drops{}},
		{"another form", []any{shortRecord(7), []byte{1, 2, 3, 4}}, 0, Drops{Malformed: 1}},
		{"nothing", nil, 0, Drops{}},
	} {
		for version, packet := range map[uint16]func(message, ...[]byte) []byte{0: packet9, 2: packet10} {
			var got caught
			d := NewDecoder(Bounds{})
			d.Packet(packet(message{}, set(version, shortTemplate(256))), decoderRouter, decoderTime, &got)
			d.Packet(packet(message{}, set(256, c.set...)), decoderRouter, decoderTime, &got)
			if len(got.flows) != c.flows || d.Drops() != c.drops {
				t.Errorf("%s: %d flows, dropped %+v", c.name, len(got.flows), d.Drops())
			}
		}
	}
	// The same with a field of variable length.
	var got caught
	d := NewDecoder(Bounds{})
	d.Packet(packet10(message{}, set(2, templateOf(256, 8, 4, 12, 4, 82, 65535))), decoderRouter, decoderTime, &got)
	d.Packet(packet10(message{}, set(256, "10.0.0.1", "10.0.0.2", uint8(3), []byte("eth"), "10.0.0.1", "10.0.0.2", uint8(255), uint16(2), []byte("lo"), []byte{0, 0, 0})), decoderRouter, decoderTime, &got)
	if len(got.flows) != 2 || d.Drops() != (Drops{}) {
		t.Errorf("variable: %d flows, dropped %+v", len(got.flows), d.Drops())
	}
	d.Packet(packet10(message{}, set(256, "10.0.0.1", "10.0.0.2", uint8(200), []byte("eth"))), decoderRouter, decoderTime, &got)
	if len(got.flows) != 2 || d.Drops() != (Drops{Malformed: 1}) {
		t.Errorf("variable, cut off: %d flows, dropped %+v", len(got.flows), d.Drops())
	}
}

// Templates outlive a decoder; an exporter that began anew in between loses them, one
// that did not does not.
func TestSaveLoad(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	d.Packet(packet9(message{uptime: 100000, domain: 5}, set(0, flow20(256)), set(1, optionsOf(9, 300, 1, 2, 4, 82, 8))), decoderRouter, decoderTime, &got)
	d.Packet(packet10(message{domain: 5}, set(2, templateOf(256, 8, 4, 12, 4, 82, 65535, 10|0x8000, 4, 0, 9))), decoderRouter, decoderTime, &got)
	d.Packet(packet10(message{domain: 5}, set(2, shortTemplate(257)), set(3, uint16(300), uint16(2), uint16(1), uint16(10), uint16(4), uint16(7|0x8000), uint16(4), uint32(9))), decoderRouter, decoderTime, &got)
	var saved bytes.Buffer
	if err := d.Save(&saved); err != nil {
		t.Fatal(err)
	}
	text := saved.String()
	if !strings.Contains(text, "[7,4,9]") {
		t.Errorf("the element of an enterprise is not told from others:\n%s", text)
	}
	load := func() *Decoder {
		again := NewDecoder(Bounds{})
		if err := again.Load(strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		return again
	}
	again := load()
	var resaved bytes.Buffer
	if err := again.Save(&resaved); err != nil || len(again.Sources()) != 0 {
		t.Errorf("error %v, sources %v", err, again.Sources())
	}
	if want := strings.ReplaceAll(text, decoderTime.Format(time.RFC3339), "0001-01-01T00:00:00Z"); strings.ReplaceAll(resaved.String(), decoderTime.Format(time.RFC3339), "0001-01-01T00:00:00Z") != want {
		t.Errorf("saved again:\n%s\nwas:\n%s", resaved.String(), text)
	}
	later := decoderTime.Add(time.Hour)
	again.Packet(packet9(message{uptime: 100000 + 3600000, sequence: 400, domain: 5}, set(300, uint32(3), []byte("eth1\x00\x00\x00\x00")), records22(256)), decoderRouter, later, &got)
	again.Packet(packet10(message{domain: 5, sequence: 9000}, set(257, shortRecord(7))), decoderRouter, later, &got)
	if len(got.flows) != 23 || len(got.interfaces) != 1 || again.Drops() != (Drops{}) {
		t.Errorf("%d flows, %d interfaces, dropped %+v", len(got.flows), len(got.interfaces), again.Drops())
	}
	for _, s := range again.Sources() {
		if s.Restarts != 0 || s.Missed != 0 {
			t.Errorf("%+v", s)
		}
	}
	again = load()
	again.Packet(packet9(message{uptime: 60000, sequence: 3, domain: 5}, records22(256)), decoderRouter, later, &got)
	again.Packet(packet10(message{domain: 5, sequence: 0}, set(257, shortRecord(7))), decoderRouter, later, &got)
	if again.Drops() != (Drops{NoTemplate: 2}) {
		t.Errorf("after a restart dropped %+v", again.Drops())
	}
}

// What is loaded is believed no more than a datagram.
func TestLoadRefused(t *testing.T) {
	t.Parallel()
	one := func(template string) string {
		return `{"version":1,"sources":[{"addr":"192.0.2.1","domain":1,"protocol":"IPFIX","heard":"2026-03-01T12:00:00Z","templates":[` + template + `]}]}`
	}
	for _, c := range []struct {
		name, text string
		err        string
		drops      Drops
	}{
		{"no JSON", "x", "invalid character", Drops{}},
		{"nothing", "", "EOF", Drops{}},
		{"another format", `{"version":2}`, "format 2 is not 1", Drops{}},
		{"unknown key", `{"version":1,"what":1}`, "unknown field", Drops{}},
		{"no address", `{"version":1,"sources":[{"protocol":"IPFIX"}]}`, "without an address", Drops{}},
		{"no such protocol", `{"version":1,"sources":[{"addr":"192.0.2.1","protocol":"sFlow"}]}`, "has no templates", Drops{}},
		{"number of a set", one(`{"id":3,"fields":[[8,4]]}`), "template 3", Drops{}},
		{"more scopes than fields", one(`{"id":300,"scopes":2,"fields":[[8,4]]}`), "2 scopes of 1 fields", Drops{}},
		{"large element", one(`{"id":300,"fields":[[65536,4]]}`), "field [65536 4]", Drops{}},
		{"half a field", one(`{"id":300,"fields":[[8]]}`), "field [8]", Drops{}},
		{"no length", one(`{"id":300,"fields":[[8,0]]}`), "", Drops{Templates: 1}},
		{"no fields", one(`{"id":300,"fields":[]}`), "", Drops{Templates: 1}},
		{"too many fields", one(`{"id":300,"fields":[[8,4],[12,4],[10,4]]}`), "", Drops{Templates: 1}},
		{"too many templates", one(`{"id":300,"fields":[[8,4]]},{"id":301,"fields":[[8,4]]}`), "", Drops{Templates: 1}},
	} {
		d := NewDecoder(Bounds{Fields: 2, Templates: 1})
		err := d.Load(strings.NewReader(c.text))
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
		}
		if d.Drops() != c.drops {
			t.Errorf("%s: dropped %+v", c.name, d.Drops())
		}
	}
}

// Filling behind a template is none.
func TestTemplateFilling(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	d.Packet(packet9(message{}, set(0, shortTemplate(256), make([]byte, 6)), set(256, shortRecord(7))), decoderRouter, decoderTime, &got)
	if len(got.flows) != 1 || d.Drops() != (Drops{}) {
		t.Errorf("%d flows, dropped %+v", len(got.flows), d.Drops())
	}
}

// An exporter that only an earlier run has heard gives way to one that is heard, and one
// that is heard to none.
func TestSavedGivesWay(t *testing.T) {
	t.Parallel()
	addresses := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")}
	packet := packet10(message{sequence: 1000}, set(2, flow20(256)))
	before := NewDecoder(Bounds{})
	before.Packet(packet, addresses[0], decoderTime, &caught{})
	var kept bytes.Buffer
	if err := before.Save(&kept); err != nil {
		t.Fatal(err)
	}
	d := NewDecoder(Bounds{Exporters: 1})
	if err := d.Load(&kept); err != nil {
		t.Fatal(err)
	}
	for _, from := range addresses[1:] {
		d.Packet(packet, from, decoderTime, &caught{})
	}
	if s := d.Sources(); len(s) != 1 || s[0].Addr != addresses[1] || d.Drops().Exporters != 1 || d.fields != 20 {
		t.Errorf("%+v, %+v, %d fields", s, d.Drops(), d.fields)
	}
}
