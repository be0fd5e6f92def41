package verify

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Two million flows of a capture in memory, from the reading of the file to the report:
// on one circuit with ten prefixes, and on five hundred with ten thousand. The first
// million also meets the exporters and makes the counters, which the second one finds,
// as all later ones do. Neither has the report. Each figure is the least of all runs,
// because others use the machine and its cache.
func BenchmarkVerification(b *testing.B) {
	const million = 1_000_000
	for _, w := range wires() {
		for _, size := range []struct{ circuits, prefixes int }{{1, 10}, {500, 20}} {
			b.Run(fmt.Sprintf("%s/%d_prefixes", w.name, size.circuits*size.prefixes), func(b *testing.B) {
				p := tallyFleet(b, size.circuits, size.prefixes)
				outcome := sim.Predict(p, []sim.Scenario{{}}).Outcomes[0]
				capture, n := w.capture(p, 2*million)
				runtime.GC()
				b.ReportAllocs()
				var least verifiedCost
				for b.Loop() {
					b.StopTimer() // what a plan costs is none of a flow's
					v := New(p, outcome, Options{}, decoderTime)
					b.StartTimer()
					r, cost := verified(b, v, capture)
					least.take(cost)
					if got := placedRecords(r); got != uint64(n) || r.Drops != (Drops{}) || r.Verdict() == Fail {
						b.Fatalf("%d of %d records are placed, dropped %+v: %s", got, n, r.Drops, r.Verdict())
					}
				}
				b.ReportMetric(float64(least.first.Nanoseconds())/million, "first-cpu-ns/flow")
				b.ReportMetric(float64(least.second.Nanoseconds())/million, "second-cpu-ns/flow")
				b.ReportMetric(float64(least.report.Microseconds())/1000, "report-cpu-ms")
			})
		}
	}
}

// A verifiedCost is the CPU time of the first million flows of a capture, of the second
// one, and of the report.
type verifiedCost struct{ first, second, report time.Duration }

// take keeps the least of each; zero: none was measured.
func (c *verifiedCost) take(o verifiedCost) {
	if *c == (verifiedCost{}) {
		*c = o
	}
	c.first, c.second, c.report = min(c.first, o.first), min(c.second, o.second), min(c.report, o.report)
}

// A datagram takes no memory, from its bytes to its place in the tally, once its
// exporter and its path are known.
func TestVerificationAllocations(t *testing.T) {
	const last = 50
	p := tallyFleet(t, 1, 10)
	for _, w := range wires() {
		v := New(p, sim.Predict(p, []sim.Scenario{{}}).Outcomes[0], Options{}, decoderTime)
		capture, _ := w.capture(p, 50_000)
		type one struct {
			payload []byte
			from    netip.AddrPort
			at      time.Time
		}
		var all []one
		if _, err := ReadPcap(context.Background(), bytes.NewReader(capture), func(payload []byte, from netip.AddrPort, at time.Time) {
			all = append(all, one{bytes.Clone(payload), from, at})
		}); err != nil {
			t.Fatal(err)
		}
		next := func() {
			v.Packet(all[0].payload, all[0].from, all[0].at)
			all = all[1:]
		}
		for len(all) > last {
			next()
		}
		if got := testing.AllocsPerRun(last-1, next); got > 0 {
			t.Errorf("%s: a datagram of %d flows takes memory %.0f times", w.name, w.flows, got)
		}
	}
}

// verified reads a whole capture, and returns the report and what it cost. The second
// million of ten thousand flows a second begins after a hundred seconds.
func verified(tb testing.TB, v *Verification, capture []byte) (r *Report, cost verifiedCost) {
	tb.Helper()
	began, second := cpuTime(), time.Duration(0)
	c, err := ReadPcap(context.Background(), bytes.NewReader(capture), func(payload []byte, from netip.AddrPort, at time.Time) {
		if second == 0 && at.Sub(decoderTime) >= 100*time.Second {
			second = cpuTime()
		}
		v.Packet(payload, from, at)
	})
	read := cpuTime()
	if err != nil || c.Truncated || c.Other > 0 {
		tb.Fatalf("%+v, %v", c, err)
	}
	r = v.Report(c.Last)
	return r, verifiedCost{second - began, read - second, cpuTime() - read}
}

// placedRecords is how many records of a report are on a leg.
func placedRecords(r *Report) (n uint64) {
	for _, j := range r.Judgements {
		n += j.Total.Records
	}
	return n
}

// A wire is a protocol as routers write it: a datagram of so many flows, made of one
// record whose places are filled in for each flow.
type wire struct {
	name     string
	protocol Protocol
	flows    int // in a datagram
	record   []byte
	// Places in the record, in bytes: of the addresses, of two interfaces of so many
	// bytes each, of the source port, of two times, and of the VLAN; -1 where it has none.
	src, dst, in, wide, port, first, vlan int
	announce                              func(m message) []byte // nil: needs no template
	datagram                              func(m message, records []byte) []byte
	counts                                int // how far a datagram takes the sequence
}

// wires are the protocols with what fits into a datagram of 1,500 bytes: records of
// twenty fields, and headers of 128 bytes.
func wires() []wire {
	frame := frameOf(1, 1518, macs, uint16(etherCTag), uint16(100), uint16(etherIPv4), tcp4("10.0.0.1", "10.64.0.1"), make([]byte, 70))
	// IPFIX has no uptime, and its routers tell times in milliseconds since 1970.
	times := templateOf(256, 8, 4, 12, 4, 15, 4, 10, 4, 14, 4, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 6, 1, 4, 1, 5, 1, 16, 4, 17, 4, 9, 1, 13, 1, 61, 1, 58, 2)
	nine := record20("10.0.0.1", "10.64.0.1", 9)
	ten := bytesOf(nine[:36], uint64(0), uint64(0), nine[44:])
	return []wire{
		{name: "v5", protocol: NetFlow5, flows: 30, record: flow5("10.0.0.1", "10.64.0.1", 0, 0, 9, 9000, 0), dst: 4, in: 12, wide: 2, port: 32, first: 24, vlan: -1,
			datagram: func(m message, records []byte) []byte { return packet5(m, 100, records) }, counts: 30},
		{name: "v9", protocol: NetFlow9, flows: 22, record: nine, dst: 4, in: 12, wide: 4, port: 44, first: 36, vlan: len(nine) - 2,
			announce: func(m message) []byte { return packet9(m, set(0, flow20(256))) },
			datagram: func(m message, records []byte) []byte { return packet9(m, set(256, records)) }, counts: 1},
		{name: "IPFIX", protocol: IPFIX, flows: 22, record: ten, dst: 4, in: 12, wide: 4, port: 52, first: 36, vlan: len(ten) - 2,
			announce: func(m message) []byte { return packet10(m, set(2, times)) },
			datagram: func(m message, records []byte) []byte { return packet10(m, set(256, records)) }, counts: 22},
		{name: "sFlow", protocol: SFlow, flows: 7, record: sampleOf(2, 100, 0, 0, frame), src: 94, dst: 98, in: 28, wide: 4, port: 102, first: -1, vlan: 78,
			datagram: func(m message, records []byte) []byte { return sFlowDatagram(m, records) }, counts: 1},
	}
}

// capture is a pcap file of about n flows of a plan, ten thousand a second, and how many
// they are.
func (w *wire) capture(p *plan.Plan, n int) (file []byte, flows int) {
	all := fleetFlows(p, n, w.flows)
	file = classicCapture(binary.LittleEndian, false, linkEthernet)
	sequences := make(map[[4]byte]uint32)
	for i := 0; i < len(all); i += w.flows {
		group := all[i : i+w.flows]
		from, known := group[0].exporter, false
		since := time.Duration(i/10_000) * time.Second
		m := message{uptime: 1_000_000 + uint32(since.Milliseconds()), export: decoderTime.Add(since)}
		if m.sequence, known = sequences[from]; !known && w.announce != nil {
			file = appendCaptured(file, from, m.export, w.announce(m))
			if w.protocol == NetFlow9 {
				m.sequence++
			}
		}
		sequences[from] = m.sequence + uint32(w.counts)
		file = appendCaptured(file, from, m.export, w.packet(m, group))
	}
	return file, len(all)
}

// packet writes the datagram of some flows of one exporter.
func (w *wire) packet(m message, flows []fleetFlow) []byte {
	var records []byte
	for i := range flows {
		f, r := &flows[i], bytes.Clone(w.record)
		copy(r[w.src:], f.src[:])
		copy(r[w.dst:], f.dst[:])
		if w.wide == 2 {
			binary.BigEndian.PutUint16(r[w.in:], uint16(f.in))
			binary.BigEndian.PutUint16(r[w.in+2:], uint16(f.out))
		} else {
			binary.BigEndian.PutUint32(r[w.in:], f.in)
			binary.BigEndian.PutUint32(r[w.in+4:], f.out)
		}
		binary.BigEndian.PutUint16(r[w.port:], uint16(f.key))
		if w.vlan >= 0 {
			binary.BigEndian.PutUint16(r[w.vlan:], f.vlan)
		}
		switch {
		case w.first < 0:
		case w.protocol == IPFIX:
			binary.BigEndian.PutUint64(r[w.first:], uint64(m.export.UnixMilli()-5000))
			binary.BigEndian.PutUint64(r[w.first+8:], uint64(m.export.UnixMilli()-2000))
		default:
			binary.BigEndian.PutUint32(r[w.first:], m.uptime-5000)
			binary.BigEndian.PutUint32(r[w.first+4:], m.uptime-2000)
		}
		records = append(records, r...)
	}
	b := w.datagram(m, records)
	switch w.protocol {
	case NetFlow5:
		binary.BigEndian.PutUint16(b[2:], uint16(len(flows)))
	case SFlow:
		copy(b[8:], flows[0].exporter[:]) // the agent
		binary.BigEndian.PutUint32(b[24:], uint32(len(flows)))
	}
	return b
}

// appendCaptured appends a datagram from an address to a capture.
func appendCaptured(file []byte, from [4]byte, at time.Time, payload []byte) []byte {
	packet := ip4(17, nil, 0, udp(string(payload)))
	copy(packet[12:], from[:])
	frame := ethernetFrame(etherIPv4, packet)
	file = binary.LittleEndian.AppendUint32(file, uint32(at.Unix()))
	file = binary.LittleEndian.AppendUint32(file, 0)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(frame)))
	file = binary.LittleEndian.AppendUint32(file, uint32(len(frame)))
	return append(file, frame...)
}
