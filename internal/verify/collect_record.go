package verify

import (
	"net/netip"
	"time"
)

// begin fills in what all records of a set have in common.
func (d *Decoder) begin(src *source, h *header) {
	d.record = Record{At: h.at, Exporter: src.Addr, Domain: src.Domain, Protocol: src.Protocol}
}

// fill makes a record of the bytes and numbers that have been read, and returns false
// for one without the addresses of a flow.
func (d *Decoder) fill(c *compiled, src *source, h *header, b []byte) bool {
	v, r := &d.values, &d.record
	if !c.endpoints(v, b, r) {
		return false
	}
	r.Key = flowKey(r.Src, r.Dst, uint8(v.first(protocolIdentifier)), uint16(v.first(sourcePort)), uint16(v.first(destinationPort)))
	r.In = uint32(v.first(ingressInterface))
	r.Out = uint32(v.first(egressInterface))
	if v.told&aside != 0 {
		observed(v, r)
	}
	r.NextHop = c.nextHop(b)
	r.Bytes = v.first(octetDelta, octetTotal, postOctetDelta, layer2OctetDelta)
	r.Packets = v.first(packetDelta, packetTotal, postPacketDelta)
	r.Sampling = src.sampling.of(v, c.id)
	if r.Sampling != 0 {
		src.Sampling = r.Sampling
	}
	r.Start, r.End = h.times(v, src.init)
	return true
}

// endpoints reads source and destination. A template may have room for both families:
// the version of IP tells which it is, else the one that is not all zeros.
func (c *compiled) endpoints(v *values, b []byte, r *Record) bool {
	four := c.addrs[sourceIPv4].length != 0 && c.addrs[destinationIPv4].length != 0
	six := c.addrs[sourceIPv6].length != 0 && c.addrs[destinationIPv6].length != 0
	if four && six {
		version := v.first(ipVersion)
		if version == 0 {
			s, d := c.addrs[sourceIPv6].offset, c.addrs[destinationIPv6].offset
			if zero(b[s:s+16]) && zero(b[d:d+16]) {
				version = 4
			}
		}
		four = version == 4
	}
	switch {
	case four:
		r.Src, r.Dst = c.addr4(sourceIPv4, b), c.addr4(destinationIPv4, b)
	case six:
		r.Src, r.Dst = c.addr6(sourceIPv6, b), c.addr6(destinationIPv6, b)
	}
	return four || six
}

// nextHop returns the next hop, else that of BGP, or zero.
func (c *compiled) nextHop(b []byte) netip.Addr {
	for _, a := range [...]addrKind{nextHopIPv4, nextHopIPv6, bgpNextHopIPv4, bgpNextHopIPv6} {
		switch c.addrs[a].length {
		case 4:
			if hop := c.addr4(a, b); !hop.IsUnspecified() {
				return hop
			}
		case 16:
			if hop := c.addr6(a, b); !hop.IsUnspecified() {
				return hop
			}
		}
	}
	return netip.Addr{}
}

// addr4 reads an IPv4 address.
func (c *compiled) addr4(a addrKind, b []byte) netip.Addr {
	return netip.AddrFrom4([4]byte(b[c.addrs[a].offset:]))
}

// addr6 reads an IPv6 address.
func (c *compiled) addr6(a addrKind, b []byte) netip.Addr {
	return netip.AddrFrom16([16]byte(b[c.addrs[a].offset:])).Unmap()
}

// aside are the numbers that observed looks at.
const aside = 1<<ingressPhysical | 1<<egressPhysical | 1<<flowDirection | 1<<vlanID | 1<<postVLANID |
	1<<dot1qVLANID | 1<<dot1qCustomerVLANID | 1<<postDot1qVLANID | 1<<postDot1qCustomerID

// observed fills in what tells the interfaces beside their indexes: those of the
// hardware where there are no others, VLAN tags, and the direction, where the template
// knows one interface and means the one that was watched. With room for both, an empty
// one is one that the exporter does not know, and the direction says nothing more:
// pmacctd says ingress of all, softflowd numbers the two halves of a connection.
func observed(v *values, r *Record) {
	if r.In == 0 {
		r.In = uint32(v.first(ingressPhysical))
	}
	if r.Out == 0 {
		r.Out = uint32(v.first(egressPhysical))
	}
	r.InTags = Tags{vlan(v, dot1qVLANID, vlanID), vlan(v, dot1qCustomerVLANID)}
	r.OutTags = Tags{vlan(v, postDot1qVLANID, postVLANID), vlan(v, postDot1qCustomerID)}
	const ins, outs = 1<<ingressInterface | 1<<ingressPhysical, 1<<egressInterface | 1<<egressPhysical
	if !v.has(flowDirection) || v.told&ins != 0 && v.told&outs != 0 {
		return
	}
	const inTags, outTags = 1<<vlanID | 1<<dot1qVLANID | 1<<dot1qCustomerVLANID, 1<<postVLANID | 1<<postDot1qVLANID | 1<<postDot1qCustomerID
	if v.n[flowDirection] == 1 {
		if v.told&outs == 0 {
			r.In, r.Out = 0, r.In
		}
		if v.told&outTags == 0 {
			r.InTags, r.OutTags = Tags{}, r.InTags
		}
		return
	}
	if v.told&ins == 0 {
		r.In, r.Out = r.Out, 0
	}
	if v.told&inTags == 0 {
		r.InTags, r.OutTags = r.OutTags, Tags{}
	}
}

// vlan returns the VLAN identifier that one of several numbers tells; the other four
// bits of a tag are none of it.
func vlan(v *values, of ...kind) uint16 { return uint16(v.first(of...)) & 0xfff }

// times returns when the first and the last packet passed, on our clock.
func (h *header) times(v *values, init uint64) (start, end time.Time) {
	const some = 1<<endSysUpTime | 1<<startSysUpTime | (1<<(durationMicroseconds+1) - 1<<startSeconds)
	if v.told&some == 0 {
		return start, end
	}
	// A time of export in whole seconds has lost half a second on average, and a whole one
	// at most: a flow must not seem to have begun later than it did.
	start = h.moment(v, init, startSysUpTime, startSeconds, startDelta, longestFlow, time.Second)
	end = h.moment(v, init, endSysUpTime, endSeconds, endDelta, longestAgo, time.Second/2)
	duration := time.Duration(min(v.first(durationMilliseconds), 1<<32)) * time.Millisecond
	if v.has(durationMicroseconds) {
		duration = time.Duration(min(v.n[durationMicroseconds], 1<<42)) * time.Microsecond
	}
	if v.has(durationMilliseconds) || v.has(durationMicroseconds) {
		switch {
		case start.IsZero() && !end.IsZero():
			start = end.Add(-duration)
		case end.IsZero() && !start.IsZero():
			end = start.Add(duration)
		}
	}
	// What began long ago is believed of a flow that goes on. Where the end is as far away, or
	// not told, the record and the header are of different clocks.
	if h.at.Sub(start) > longestAgo && h.at.Sub(end) > longestAgo {
		return time.Time{}, time.Time{}
	}
	if end.After(h.at) {
		end = h.at
	}
	if !start.IsZero() && !end.IsZero() && start.After(end) {
		start = time.Time{}
	}
	return start, end
}

// moment returns one of the two times. Its forms have numbers of the same order: two
// apart from seconds on are milliseconds, microseconds and nanoseconds.
func (h *header) moment(v *values, init uint64, up, seconds, delta kind, longest, lost time.Duration) time.Time {
	switch {
	case v.has(up) && h.told:
		return h.onOurClock(time.Duration(int32(h.uptime-uint32(v.n[up])))*time.Millisecond, longest)
	case v.has(delta):
		return h.onOurClock(time.Duration(min(v.n[delta], 1<<42))*time.Microsecond, longest)
	case h.export.IsZero():
		return time.Time{}
	case v.has(seconds + 2): // milliseconds
		return h.since(time.UnixMilli(int64(min(v.n[seconds+2], 1<<48))), longest, lost)
	case v.has(seconds + 4): // microseconds
		return h.since(ntp(v.n[seconds+4]), longest, lost)
	case v.has(seconds + 6): // nanoseconds
		return h.since(ntp(v.n[seconds+6]), longest, lost)
	case v.has(seconds):
		return h.since(time.Unix(int64(min(v.n[seconds], 1<<33)), 0), longest, lost)
	case v.has(up):
		if n := v.first(systemInit); n != 0 {
			init = n
		}
		if init != 0 {
			return h.since(time.UnixMilli(int64(min(init, 1<<48)+v.n[up])), longest, lost)
		}
	}
	return time.Time{}
}

// since puts a moment of the exporter's clock on ours. A time of export in whole
// seconds has lost something.
func (h *header) since(t time.Time, longest, lost time.Duration) time.Time {
	export := h.export
	if h.coarse {
		export = export.Add(lost)
	}
	return h.onOurClock(export.Sub(t), longest)
}

// ntp reads a time in NTP's format (RFC 7011 §6.1.9): seconds since 1900 and their
// fraction.
func ntp(n uint64) time.Time {
	const from1900 = 2208988800
	fraction := (n & 0xffffffff) * uint64(time.Second) >> 32
	return time.Unix(int64(n>>32)-from1900, int64(fraction))
}
