package verify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"
)

// stateVersion is that of the format that Save writes. A reader of another one refuses
// it.
const stateVersion = 1

// largestState is how many bytes Load reads: more than the default bounds can fill.
const largestState = 64 << 20

// state is what outlives a decoder: templates, which exporters repeat only every few
// minutes. Rates and names are not in it: they are data, and may have changed.
type state struct {
	Version int           `json:"version"`
	Sources []sourceState `json:"sources"`
}

type sourceState struct {
	Addr      netip.Addr      `json:"addr"`
	Domain    uint32          `json:"domain"`
	Protocol  string          `json:"protocol"`
	Boot      *uint32         `json:"bootMs,omitempty"`   // our clock at uptime 0, modulo 2³²
	Sequence  *uint32         `json:"sequence,omitempty"` // the last number, where no uptime is told
	Heard     time.Time       `json:"heard"`
	Templates []templateState `json:"templates"`
}

type templateState struct {
	ID     uint16     `json:"id"`
	Option bool       `json:"option,omitempty"`
	Scopes int        `json:"scopes,omitempty"`
	Fields [][]uint32 `json:"fields"` // element, length, private enterprise number if there is one
}

// Save writes the templates that are known, as JSON, for Load of a later run.
func (d *Decoder) Save(w io.Writer) error {
	out := state{Version: stateVersion, Sources: []sourceState{}}
	for k, s := range d.sources {
		if len(s.templates) == 0 {
			continue
		}
		st := sourceState{Addr: k.addr, Domain: k.domain, Protocol: k.protocol.String(), Heard: s.Last}
		if n := len(s.sequence.streams); n == 1 && s.sequence.streams[0].told {
			st.Boot = &s.sequence.streams[0].boot
		} else if n == 1 && (s.sequence.streams[0].known || s.sequence.streams[0].resumed) {
			st.Sequence = &s.sequence.streams[0].number
		}
		for _, c := range s.templates {
			st.Templates = append(st.Templates, templateState{ID: c.id, Option: c.option, Scopes: c.scopes, Fields: numbersOf(c.fields)})
		}
		slices.SortFunc(st.Templates, func(a, b templateState) int { return cmp.Compare(a.ID, b.ID) })
		out.Sources = append(out.Sources, st)
	}
	slices.SortFunc(out.Sources, func(a, b sourceState) int {
		return cmp.Or(a.Addr.Compare(b.Addr), cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Protocol, b.Protocol))
	})
	return json.NewEncoder(w).Encode(out)
}

// Load takes over what Save has written. It is believed no more than a datagram: what
// is beyond the bounds is refused and counted, and what an exporter has announced since
// stays. An exporter that turns out to have begun anew since then loses it.
func (d *Decoder) Load(r io.Reader) error {
	var in state
	dec := json.NewDecoder(io.LimitReader(r, largestState))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return fmt.Errorf("templates of an earlier run: %w", err)
	}
	if in.Version != stateVersion {
		return fmt.Errorf("templates of an earlier run: format %d is not %d", in.Version, stateVersion)
	}
	for _, st := range in.Sources {
		if err := d.loadSource(st); err != nil {
			return fmt.Errorf("templates of an earlier run: %w", err)
		}
	}
	return nil
}

// loadSource takes over the templates of one exporter.
func (d *Decoder) loadSource(st sourceState) error {
	protocol, version := NetFlow9, uint16(versionNetFlow9)
	if st.Protocol == IPFIX.String() {
		protocol, version = IPFIX, versionIPFIX
	} else if st.Protocol != NetFlow9.String() {
		return fmt.Errorf("protocol %q has no templates", st.Protocol)
	}
	if !st.Addr.IsValid() {
		return fmt.Errorf("an exporter without an address")
	}
	d.allHeard = false
	src := d.source(sourceKey{st.Addr.Unmap(), st.Domain, protocol})
	if src == nil || src.Packets > 0 {
		return nil
	}
	for _, t := range st.Templates {
		f, err := t.form()
		if err != nil {
			return fmt.Errorf("exporter %s: %w", st.Addr, err)
		}
		if len(f.fields) > d.bounds.Fields {
			d.drops.Templates++
			continue
		}
		d.learn(version, src, f, "")
	}
	if len(src.sequence.streams) == 0 {
		before := stream{moved: true, first: st.Heard, last: st.Heard}
		if st.Boot != nil {
			before.boot, before.told = *st.Boot, true
		}
		if st.Sequence != nil {
			before.number, before.resumed = *st.Sequence, true
		}
		src.sequence.add(before)
	}
	return nil
}

// form returns the template, or why it cannot be one.
func (t templateState) form() (form, error) {
	f := form{id: t.ID, option: t.Option, scopes: t.Scopes}
	if t.ID < 256 || t.Scopes < 0 || t.Scopes > len(t.Fields) {
		return form{}, fmt.Errorf("template %d with %d scopes of %d fields", t.ID, t.Scopes, len(t.Fields))
	}
	for _, n := range t.Fields {
		if len(n) < 2 || len(n) > 3 || n[0] > 0xffff || n[1] > 0xffff {
			return form{}, fmt.Errorf("template %d: field %v", t.ID, n)
		}
		fd := field{Type: uint16(n[0]), Length: uint16(n[1])}
		if len(n) == 3 {
			fd.PEN = n[2]
		}
		f.fields = append(f.fields, fd)
	}
	return f, nil
}

// numbersOf writes fields as numbers.
func numbersOf(fields []field) [][]uint32 {
	out := make([][]uint32, len(fields))
	for i, f := range fields {
		out[i] = []uint32{uint32(f.Type), uint32(f.Length)}
		if f.PEN != 0 {
			out[i] = append(out[i], f.PEN)
		}
	}
	return out
}
