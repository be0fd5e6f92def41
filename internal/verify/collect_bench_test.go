package verify

import (
	"syscall"
	"testing"
	"time"
)

// counting is a sink that only counts.
type counting struct{ flows int }

func (c *counting) Flow(*Record)        { c.flows++ }
func (c *counting) Interface(Interface) {}

// decodeLoop decodes one datagram again and again and reports what a flow costs.
func decodeLoop(b *testing.B, announce, packet []byte) {
	d, s := NewDecoder(Bounds{}), &counting{}
	if announce != nil {
		d.Packet(announce, decoderRouter, decoderTime, s)
	}
	b.ReportAllocs()
	began := cpuTime()
	for b.Loop() {
		d.Packet(packet, decoderRouter, decoderTime, s)
	}
	if s.flows == 0 || d.Drops() != (Drops{}) {
		b.Fatalf("%d flows, dropped %+v", s.flows, d.Drops())
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(s.flows), "ns/flow")
	b.ReportMetric(float64((cpuTime()-began).Nanoseconds())/float64(s.flows), "cpu-ns/flow")
}

// cpuTime is what this process has used: on a machine that others share it says more
// than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkDecodeV5(b *testing.B) {
	var records [][]byte
	for range 30 {
		records = append(records, flow5("10.100.0.10", "10.1.0.4", 2, 7, 10, 15000, 100000))
	}
	decodeLoop(b, nil, packet5(message{uptime: 100000}, 0, records...))
}

// records22 are as many records of twenty fields as fit into a datagram.
func records22(id uint16) []byte {
	var parts []any
	for i := range 22 {
		parts = append(parts, record20("10.100.0.10", "10.1.0.4", uint32(i+1)))
	}
	return set(id, parts...)
}

func BenchmarkDecodeV9(b *testing.B) {
	decodeLoop(b, packet9(message{uptime: 100000}, set(0, flow20(256))), packet9(message{uptime: 100000, sequence: 1}, records22(256)))
}

func BenchmarkDecodeIPFIX(b *testing.B) {
	decodeLoop(b, packet10(message{}, set(2, flow20(256))), packet10(message{}, records22(256)))
}

// Every record with a name of variable length: the slow form.
func BenchmarkDecodeIPFIXVariable(b *testing.B) {
	template := templateOf(256, 8, 4, 12, 4, 82, 65535, 10, 4, 14, 4, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 6, 1, 4, 1)
	var parts []any
	for i := range 20 {
		parts = append(parts, "10.100.0.10", "10.1.0.4", uint8(4), []byte("Gi2x"), uint32(2), uint32(7), uint64(i+1), uint64(1500),
			uint64(decoderTime.UnixMilli()-5000), uint64(decoderTime.UnixMilli()-2000), uint16(45001), uint16(5201), uint8(0), uint8(6))
	}
	decodeLoop(b, packet10(message{}, set(2, template)), packet10(message{}, set(256, parts...)))
}

func BenchmarkDecodeSFlow(b *testing.B) {
	var samples [][]byte
	for range 7 {
		samples = append(samples, sampleOf(2, 10, 2, 7, frameOf(1, 1518, macs, uint16(0x8100), uint16(100), uint16(0x0800), tcp4("10.100.0.10", "10.1.0.4"), make([]byte, 60))))
	}
	decodeLoop(b, nil, sFlowDatagram(message{uptime: 100000}, samples...))
}
