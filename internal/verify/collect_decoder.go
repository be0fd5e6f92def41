package verify

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// Bounds are how much a decoder remembers of what the network sends it. What is beyond
// them is refused and counted: whoever was there first stays, so that garbage drives
// out nobody. Zero values take the defaults.
type Bounds struct {
	// Exporters is how many exporters with their observation domains are known.
	// Default 1024: a router has a few, an edge a dozen routers.
	Exporters int
	// Templates is how many templates, and how many samplers, one of them has. Default
	// 256: real ones have under twenty.
	Templates int
	// Fields is how many fields a template has. Default 256: real ones have under
	// sixty, and records have to fit into a datagram.
	Fields int
	// AllFields is how many fields all templates have together. Default 65536, about 3
	// MB.
	AllFields int
}

// withDefaults returns the bounds with the zero ones filled in.
func (b Bounds) withDefaults() Bounds {
	b.Exporters = cmp.Or(b.Exporters, 1024)
	b.Templates = cmp.Or(b.Templates, 256)
	b.Fields = cmp.Or(b.Fields, 256)
	b.AllFields = cmp.Or(b.AllFields, 1<<16)
	return b
}

// A Decoder reads datagrams of NetFlow v5 and v9, IPFIX and sFlow v5, whichever they
// are, and remembers the templates, sampling rates and sequence numbers of their
// exporters. It believes nothing it has not measured, keeps within its bounds, and does
// not look at the clock. It is for one goroutine at a time.
type Decoder struct {
	bounds  Bounds
	sources map[sourceKey]*source
	fields  int // of all templates
	// allHeard says that no exporter is known from an earlier run alone: a flood of new
	// ones looks through them once.
	allHeard bool
	drops    Drops
	doubts   uint64 // how often records may have been read with a template that was none of theirs

	five   *compiled   // the record of NetFlow v5
	shared []*compiled // templates whose fields and steps others may have

	// What is used again for every record.
	record Record
	values values
	packet sampledPacket
	reader bytes.Buffer
}

// NewDecoder returns a decoder that knows nothing yet.
func NewDecoder(b Bounds) *Decoder {
	five, _ := compile(form5(), versionNetFlow5)
	return &Decoder{bounds: b.withDefaults(), sources: map[sourceKey]*source{}, five: five}
}

// The versions, as the first two bytes tell them; that of sFlow has four bytes.
const (
	versionNetFlow5 = 5
	versionNetFlow9 = 9
	versionIPFIX    = 10
	versionSFlow    = 5
)

// Packet reads one datagram that came from an address at a time and hands what it
// holds to the sink. A datagram that contradicts itself is counted and not used, not
// even in part.
func (d *Decoder) Packet(payload []byte, from netip.Addr, at time.Time, s Sink) {
	from = from.Unmap()
	ok := false
	if len(payload) >= 4 {
		switch binary.BigEndian.Uint16(payload) {
		case versionNetFlow5:
			ok = d.netFlow5(payload, from, at, s)
		case versionNetFlow9:
			ok = d.netFlow9(payload, from, at, s)
		case versionIPFIX:
			ok = d.ipfix(payload, from, at, s)
		case 0:
			ok = binary.BigEndian.Uint32(payload) == versionSFlow && d.sFlow(payload, from, at, s)
		}
	}
	if !ok {
		d.drops.Malformed++
	}
}

// Drops returns what was not used so far.
func (d *Decoder) Drops() Drops { return d.drops }

// Sources returns the exporters that were heard, by address, domain and protocol.
func (d *Decoder) Sources() []Source {
	var out []Source
	for _, s := range d.sources {
		if s.Packets > 0 {
			one := s.Source
			one.Unread = len(s.unread)
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b Source) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Protocol, b.Protocol))
	})
	return out
}

// A sourceKey names an exporter, an observation domain of its, and the protocol: what
// templates and sequence numbers belong to.
type sourceKey struct {
	addr     netip.Addr
	domain   uint32
	protocol Protocol
}

// A source is what is known of an exporter.
type source struct {
	Source
	sequence  sequence
	templates map[uint16]*compiled
	sampling  sampling
	init      uint64 // systemInitTimeMilliseconds of its option data; 0: not told
	// unread are the templates of whose records some came that could not be read, and
	// that have not been told since.
	unread map[uint16]bool
}

// source returns what is known of the exporter of a datagram that makes sense, and
// makes room for a new one. It returns nil, and counts, where there is none.
func (d *Decoder) source(k sourceKey) *source {
	if s := d.sources[k]; s != nil {
		return s
	}
	if len(d.sources) >= d.bounds.Exporters && !d.forgetUnheard() {
		d.drops.Exporters++
		return nil
	}
	s := &source{Source: Source{Addr: k.addr, Domain: k.domain, Protocol: k.protocol}}
	d.sources[k] = s
	d.borrow(s)
	return s
}

// forgetUnheard makes room for an exporter where one is known from an earlier run alone.
func (d *Decoder) forgetUnheard() bool {
	if d.allHeard {
		return false
	}
	for k, s := range d.sources {
		if s.Packets == 0 {
			d.forget(s)
			delete(d.sources, k)
			return true
		}
	}
	d.allHeard = true
	return false
}

// A header is what a datagram tells for all its records.
type header struct {
	at       time.Time // when it came, on our clock
	export   time.Time // when it was sent, on the exporter's; zero: not told
	coarse   bool      // export has whole seconds only
	uptime   uint32    // milliseconds; told says whether it is
	told     bool
	sequence uint32
}

// heard accounts for a datagram before it is read. A restart forgets what the exporter
// had announced: its numbers mean something else now.
func (d *Decoder) heard(s *source, h *header, to Sink) {
	s.Packets++
	s.Last = h.at
	s.Skew = skew(h)
	if s.sequence.next(h) {
		d.forget(s)
		d.borrow(s)
		to.Interface(Interface{Exporter: s.Addr, Domain: s.Domain})
	}
}

// carried accounts for the same datagram when it is read.
func (s *source) carried(h *header, units, flows uint32, certain bool) {
	s.sequence.carried(h, units, flows, certain)
	s.Restarts, s.Missed = s.sequence.restarts, s.sequence.missed
}
