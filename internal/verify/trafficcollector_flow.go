package verify

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"strconv"
	"time"
)

// A collectorFlow is a record of the table as far as it has been read. One is used for
// all, so that a record costs no memory.
type collectorFlow struct {
	src, dst               netip.Addr
	hasAddresses           addressColumns
	srcPort, dstPort       uint64
	protocol               uint64
	bytes, packets         uint64
	sequence               uint64 // Flowsequence; 0: not told
	outer, inner           uint64
	nextHop, bgpNextHop    netip.Addr
	emitted, stored, event time.Time // FlowRecordTime, TimeGenerated, time
	circuit                []byte    // as written; memory of its own
	bad                    bool      // a column holds what it cannot
	out                    Record
}

// addressColumns is which of the two there are.
type addressColumns uint8

const (
	hasSource addressColumns = 1 << iota
	hasDestination
	hasBoth = hasSource | hasDestination
)

// reset makes room for the next record.
func (f *collectorFlow) reset() { *f = collectorFlow{circuit: f.circuit[:0]} }

// set takes a value of a column. raw is valid JSON; null is as good as no column.
func (f *collectorFlow) set(c tableColumn, raw []byte) {
	if c == columnOther || string(raw) == "null" {
		return
	}
	text := unquoted(raw)
	switch c {
	case columnSource:
		f.hasAddresses |= hasSource
		f.src = parsedAddress(text)
	case columnDestination:
		f.hasAddresses |= hasDestination
		f.dst = parsedAddress(text)
	case columnSourcePort:
		f.number(&f.srcPort, text)
	case columnDestinationPort:
		f.number(&f.dstPort, text)
	case columnProtocol:
		f.number(&f.protocol, text)
	case columnBytes:
		f.number(&f.bytes, text)
	case columnPackets:
		f.number(&f.packets, text)
	case columnSequence:
		f.number(&f.sequence, text)
	case columnOuter:
		f.number(&f.outer, text)
	case columnInner:
		f.number(&f.inner, text)
	case columnNextHop:
		f.nextHop = parsedAddress(text)
	case columnBGPNextHop:
		f.bgpNextHop = parsedAddress(text)
	case columnEmitted:
		f.time(&f.emitted, text)
	case columnStored:
		f.time(&f.stored, text)
	case columnEvent:
		f.time(&f.event, text)
	case columnCircuit:
		f.circuit = append(f.circuit[:0], text...)
	}
}

// unquoted returns what a JSON value says, without its quotes.
func unquoted(raw []byte) []byte {
	if raw[0] != '"' {
		return raw
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	return []byte(s)
}

// parsedAddress reads an address; the zero one where there is none.
func parsedAddress(text []byte) netip.Addr {
	a, err := netip.ParseAddr(string(text))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// number reads a whole number that is not negative. Some tools write 1500.0; an empty
// string stands for none.
func (f *collectorFlow) number(to *uint64, text []byte) {
	if len(text) == 0 {
		return
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		x, broken := strconv.ParseFloat(string(text), 64)
		if broken != nil || !(x >= 0 && x < 1<<53) {
			f.bad = true
			return
		}
		n = uint64(x)
	}
	*to = n
}

// time reads a time as RFC 3339 has it; without a zone it is UTC, as all times of Azure
// Monitor are.
func (f *collectorFlow) time(to *time.Time, text []byte) {
	if len(text) == 0 {
		return
	}
	t, err := time.Parse(time.RFC3339, string(text))
	if err != nil {
		if t, err = time.Parse("2006-01-02T15:04:05", string(text)); err != nil {
			f.bad = true
			return
		}
	}
	*to = t.UTC()
}

// A recordFault is why a record is of no use.
type recordFault uint8

const (
	soundRecord recordFault = iota
	unaddressed
	malformedRecord
)

// record returns what has been read, but for the circuit; it is valid until the next
// reset.
func (f *collectorFlow) record() (*Record, recordFault) {
	switch at := f.at(); {
	case !f.src.IsValid() || !f.dst.IsValid():
		return nil, unaddressed
	case f.bad || at.IsZero() || f.src.Is4() != f.dst.Is4() || f.srcPort > 65535 || f.dstPort > 65535 || f.protocol > 255:
		return nil, malformedRecord
	default:
		tags := Tags{Outer: collectorVLAN(f.outer), Inner: collectorVLAN(f.inner)}
		if tags.Outer == 0 {
			tags = Tags{Outer: tags.Inner}
		}
		hop := f.nextHop
		if !hop.IsValid() || hop.IsUnspecified() {
			hop = f.bgpNextHop
		}
		if hop.IsUnspecified() {
			hop = netip.Addr{}
		}
		f.out = Record{
			At: at, Protocol: TrafficCollector, Src: f.src, Dst: f.dst,
			Key:    flowKey(f.src, f.dst, uint8(f.protocol), uint16(f.srcPort), uint16(f.dstPort)),
			InTags: tags, OutTags: tags, NextHop: hop,
			Packets: f.packets, Bytes: f.bytes, Sampling: collectorSampling,
		}
		return &f.out, soundRecord
	}
}

// at is when the circuit emitted the record, else when the collector did, else when
// the log has it.
func (f *collectorFlow) at() time.Time {
	for _, t := range [...]time.Time{f.emitted, f.stored, f.event} {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// collectorVLAN is a VLAN identifier; 0: not told, or none that can be (IEEE 802.1Q §9.6).
func collectorVLAN(n uint64) uint16 {
	if n > 4094 {
		return 0
	}
	return uint16(n)
}

// identity is equal for copies of one record: its flow, counts, circuit, tags and place
// in the circuit's sequence.
func (f *collectorFlow) identity() uint64 {
	h := f.out.Key
	for _, n := range [...]uint64{f.sequence, f.bytes, f.packets, f.outer<<16 | f.inner} {
		h = folded(h^n, 0x9e3779b97f4a7c15)
	}
	for _, b := range f.circuit {
		h = (h ^ uint64(b)) * 0x100000001b3
	}
	return h
}
