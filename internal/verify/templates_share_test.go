package verify

import (
	"net/netip"
	"testing"
)

// Exporters that tell the same template share what is read of it, and what one of them
// tells later changes nothing for the other. Templates that mean something else, and
// those whose places vary by record, are nobody else's.
func TestTemplateShared(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	send := func(from netip.Addr, sets ...[]byte) {
		var sent uint32 // its flows until now
		for i := range got.flows {
			if got.flows[i].Exporter == from {
				sent++
			}
		}
		d.Packet(packet10(message{sequence: sent}, sets...), from, decoderTime, &got)
	}
	compiledOf := func(from netip.Addr, id uint16) *compiled {
		return d.sources[sourceKey{from, 0, IPFIX}].templates[id]
	}
	one, two := addr("192.0.2.1"), addr("192.0.2.2")
	variable := templateOf(258, 8, 4, 12, 4, 82, 65535, 10, 4)
	for _, from := range []netip.Addr{one, two} {
		send(from, set(2, shortTemplate(256), templateOf(257, 12, 4, 8, 4, 10, 4), variable))
	}
	for id, want := range map[uint16]bool{256: true, 257: true, 258: false} {
		if got := &compiledOf(one, id).steps[0] == &compiledOf(two, id).steps[0]; got != want {
			t.Errorf("template %d is shared: %v", id, got)
		}
	}
	if &compiledOf(one, 256).steps[0] == &compiledOf(one, 257).steps[0] {
		t.Error("templates that mean something else are shared")
	}
	send(one, set(2, templateOf(256, 10, 2, 8, 4, 12, 4)), set(256, uint16(8), "10.0.0.1", "10.0.0.2"))
	if r := got.last(t); r.In != 8 {
		t.Errorf("the first exporter's interface is %d", r.In)
	}
	send(two, set(256, shortRecord(7)))
	if r := got.last(t); r.In != 7 || len(got.flows) != 2 {
		t.Errorf("the second exporter's interface is %d, after %d flows", r.In, len(got.flows))
	}
	for i := range uint16(3 * sharedForms) {
		send(two, set(2, templateOf(300+i, 8, 4, 12, 4, 10, 1+i%8, 1, 1+i/8)))
	}
	if len(d.shared) > sharedForms {
		t.Errorf("%d templates are remembered", len(d.shared))
	}
}
