package verify

import (
	"encoding/binary"
	"net/netip"
	"time"
)

// Formats of samples, of enterprise 0
// (https://sflow.org/sflow_version_5.txt, section 5, sample_data).
const (
	flowSample         = 1
	expandedFlowSample = 3
)

// unknownInterface is the ifIndex of an interface that the agent does not know (the
// largest value of 30 bits).
const unknownInterface = 0x3fffffff

// sFlow reads a datagram of sFlow v5, and returns false if it contradicts itself.
// Counters are passed over.
func (d *Decoder) sFlow(b []byte, from netip.Addr, at time.Time, s Sink) bool {
	agent, rest, ok := sFlowAgent(b)
	if !ok || len(rest) < 16 || !samplesMeasured(rest) {
		return false
	}
	if agent.IsUnspecified() {
		agent = from
	}
	src := d.source(sourceKey{agent, binary.BigEndian.Uint32(rest), SFlow})
	if src == nil {
		return true
	}
	h := header{at: at, uptime: binary.BigEndian.Uint32(rest[8:]), told: true, sequence: binary.BigEndian.Uint32(rest[4:])}
	d.heard(src, &h, s)
	src.carried(&h, 1, 1, true)
	d.begin(src, &h)
	// An agent sends a sample within a second (section 4.3.1 of the same): the packet
	// passed when the datagram came.
	d.record.Start, d.record.End = at, at
	eachSample(rest, func(format uint32, sample []byte) {
		if format == flowSample || format == expandedFlowSample {
			d.sample(format == expandedFlowSample, sample, src, s)
		}
	})
	return true
}

// sFlowAgent reads the address of the agent behind the version, and returns what
// follows.
func sFlowAgent(b []byte) (agent netip.Addr, rest []byte, ok bool) {
	if len(b) < 8 {
		return agent, nil, false
	}
	switch size := binary.BigEndian.Uint32(b[4:]); {
	case size == 1 && len(b) >= 12:
		return netip.AddrFrom4([4]byte(b[8:])), b[12:], true
	case size == 2 && len(b) >= 24:
		return netip.AddrFrom16([16]byte(b[8:])).Unmap(), b[24:], true
	}
	return agent, nil, false
}

// samplesMeasured says whether there are as many samples as the header says, each as
// long as it says, and whether the records in those of flows are.
func samplesMeasured(rest []byte) bool {
	n, ok := 0, true
	whole := eachSample(rest, func(format uint32, sample []byte) {
		n++
		switch format {
		case flowSample:
			ok = ok && len(sample) >= 32 && recordsMeasured(sample[28:])
		case expandedFlowSample:
			ok = ok && len(sample) >= 44 && recordsMeasured(sample[40:])
		}
	})
	return whole && ok && n == int(binary.BigEndian.Uint32(rest[12:]))
}

// eachSample hands on every sample that a datagram says it has, and returns false if it
// ends before.
func eachSample(rest []byte, each func(format uint32, sample []byte)) bool {
	count := binary.BigEndian.Uint32(rest[12:])
	return eachOf(count, rest[16:], each)
}

// recordsMeasured says whether the records of a sample are as many and as long as it
// says.
func recordsMeasured(b []byte) bool {
	return eachOf(binary.BigEndian.Uint32(b), b[4:], func(uint32, []byte) {})
}

// eachOf hands on a number of structures that have their format and length before
// them, and returns false if b ends before.
func eachOf(count uint32, b []byte, each func(format uint32, data []byte)) bool {
	for range count {
		if len(b) < 8 {
			return false
		}
		size := binary.BigEndian.Uint32(b[4:])
		if uint64(size) > uint64(len(b)-8) {
			return false
		}
		each(binary.BigEndian.Uint32(b), b[8:8+size])
		b = b[8+size:]
	}
	return true
}

// sample hands one sampled packet to the sink.
func (d *Decoder) sample(expanded bool, b []byte, src *source, s Sink) {
	r, p := &d.record, &d.packet
	var watched uint32 // interface that was watched: index of the data source, if it is one
	records := b[28:]
	if expanded {
		if binary.BigEndian.Uint32(b[4:]) == 0 {
			watched = binary.BigEndian.Uint32(b[8:])
		}
		r.Sampling = binary.BigEndian.Uint32(b[12:])
		r.In = oneInterface(binary.BigEndian.Uint32(b[24:]), binary.BigEndian.Uint32(b[28:]))
		r.Out = oneInterface(binary.BigEndian.Uint32(b[32:]), binary.BigEndian.Uint32(b[36:]))
		records = b[40:]
	} else {
		if b[4] == 0 {
			watched = binary.BigEndian.Uint32(b[4:])
		}
		r.Sampling = binary.BigEndian.Uint32(b[8:])
		in, out := binary.BigEndian.Uint32(b[20:]), binary.BigEndian.Uint32(b[24:])
		r.In, r.Out = oneInterface(in>>30, in&unknownInterface), oneInterface(out>>30, out&unknownInterface)
	}
	*p = sampledPacket{}
	eachOf(binary.BigEndian.Uint32(records), records[4:], func(format uint32, data []byte) { p.record(format, data, &d.reader) })
	if r.Sampling != 0 {
		src.Sampling = r.Sampling
	}
	tags := p.dissect()
	if !p.hasIP {
		d.drops.NoAddresses++
		return
	}
	r.Src, r.Dst, r.NextHop = p.src.Unmap(), p.dst.Unmap(), p.nextHop.Unmap()
	if !r.NextHop.IsValid() || r.NextHop.IsUnspecified() {
		r.NextHop = netip.Addr{}
	}
	r.Key = flowKey(r.Src, r.Dst, p.ipProtocol, p.srcPort, p.dstPort)
	r.Packets, r.Bytes = 1, uint64(max(p.bytes, p.length))
	r.InTags, r.OutTags = p.tags(tags, watched != 0 && watched == r.Out && watched != r.In || r.In == 0 && r.Out != 0)
	src.Records++
	s.Flow(r)
}

// oneInterface returns the ifIndex where a number means one interface: format 1 is a
// packet that was discarded, 2 several interfaces.
func oneInterface(format, value uint32) uint32 {
	if format != 0 || value >= unknownInterface {
		return 0
	}
	return value
}
