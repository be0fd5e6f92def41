//go:build linux

package lab_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/verify"
)

// Exporters in trouble never make a wrong PASS: what verify says is right, or it says
// that it does not know.
func TestFlowTruthTrouble(t *testing.T) {
	t.Parallel()
	needExporter(t)
	f := newFlowTruth(t, exported(t, "02-dual-stack-one-ce", fmt.Sprintf(telemetry, "10.40.1.50", 1), nil))
	conf := f.exporterText("ce1")
	start := func(conf string) { t.Helper(); f.exporter("ce1", conf, "uacctd", "-f", "/run/exporter.conf") }

	f.Log("killed in the middle, and started again")
	r, truth := f.verified(truthRun{lossy: true, during: func() { start(conf) }})
	f.atMost(r[0], truth)
	f.all(r[0], verify.Pass)
	if f.exporterOf(r[0], "ce1").Restarts == 0 {
		t.Error("nobody has noticed the restart")
	}
	f.garbage(start, conf)
	f.clock(start, conf)
	f.lateTemplates(start, conf)
	f.noRate(start, conf)

	f.noInterfaces()
}

// noInterfaces is an exporter that tells none. uacctd tells them even where aggregate
// has no in_iface and out_iface; pmacctd knows none if nobody maps them.
func (f *flowTruth) noInterfaces() {
	f.Helper()
	f.Log("without interfaces")
	f.exporter("ce1", strings.Join([]string{
		"daemonize: true", "pcap_interface: lan0", "plugins: nfprobe[x]", "aggregate[x]: src_host, dst_host, src_port, dst_port, proto, tos",
		"nfprobe_version[x]: 10", "nfprobe_receiver[x]: 10.40.1.50:2055", "nfprobe_source_ip[x]: 10.40.255.1", quickTimeouts,
	}, "\n")+"\n", "pmacctd", "-f", "/run/exporter.conf")
	f.captures("ce1", 1)
	r, _ := f.verified(truthRun{lossy: true})
	f.all(r[0], verify.Insufficient)
	if got := seen(r[0]); len(got) > 0 {
		f.Errorf("nobody tells an interface, and this is on legs: %+v", got)
	}
	for _, j := range r[0].Judgements {
		if j.NotPlaced.Packets == 0 {
			f.Errorf("%s %s: nothing has come", j.Family, j.Direction)
		}
	}
}

// exporterOf is what a report says of a router's exporter.
func (f *flowTruth) exporterOf(r *verify.Report, router string) verify.Exporter {
	f.Helper()
	i := slices.IndexFunc(r.Exporters, func(e verify.Exporter) bool { return e.Router == router })
	if i < 0 {
		f.Fatalf("no exporter is %s: %+v", router, r.Exporters)
	}
	return r.Exporters[i]
}

// garbage is sent to the collector by another node while traffic runs.
func (f *flowTruth) garbage(start func(string), conf string) {
	f.Helper()
	f.Log("garbage from elsewhere")
	const stranger = "msee-er-reston-p"
	var conn *net.UDPConn
	if err := f.l.Node(stranger).InNet(func() (err error) {
		conn, err = net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.MustParseAddrPort("10.40.1.50:2055")))
		return err
	}); err != nil {
		f.Fatal(err)
	}
	defer conn.Close()
	from := conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr()
	// Of the first datagrams one has the templates.
	copies := make(chan []byte, 2)
	keep := func(b []byte) []byte {
		select {
		case copies <- bytes.Clone(b):
		default:
		}
		return b
	}
	start(conf)
	f.way.Store(&keep)
	defer f.way.Store(nil)
	sent := 0
	r, truth := f.verified(truthRun{lossy: true, during: func() { sent = f.litter(conn, copies) }})
	// Garbage adds nothing. uacctd was seen to miss three packets of two thousand beside it.
	f.atMost(r[0], truth)
	got := seen(r[0])
	for key, want := range truth {
		if got[key].Packets*100 < want.Packets*98 {
			f.Errorf("%+v: verify has seen %d packets beside garbage, and the kernel %d", key, got[key].Packets, want.Packets)
		}
	}
	// The records of a stranger are nobody's: where they are many, nobody knows.
	f.all(r[0], verify.Pass, verify.Insufficient)
	var heard uint64
	for _, e := range r[0].Exporters {
		if e.Addr == from {
			heard += e.Packets
			if e.Router != "" {
				f.Errorf("%s is taken for %s", from, e.Router)
			}
		}
	}
	f.Logf("%d datagrams of garbage, of which %d are an exporter's in form: %+v", sent, heard, r[0].Drops)
	if heard == 0 || r[0].Drops.Malformed == 0 {
		f.Errorf("of %d datagrams of garbage %d have come as an exporter's, and %d as malformed", sent, heard, r[0].Drops.Malformed)
	}
}

// litter sends noise, parts of real datagrams, and whole ones again, and says how many.
func (f *flowTruth) litter(conn *net.UDPConn, copies <-chan []byte) (sent int) {
	f.Helper()
	var all [][]byte
	for range cap(copies) {
		select {
		case b := <-copies:
			all = append(all, b)
		case <-time.After(time.Minute):
			f.Fatal("no real datagram has come")
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for until := time.Now().Add(3 * time.Second); time.Now().Before(until); sent++ {
		b := bytes.Clone(all[random.IntN(len(all))])
		switch sent % 3 {
		case 0:
			for i := range b {
				b[i] = byte(random.Uint32())
			}
		case 1:
			b = b[:random.IntN(len(b))]
		}
		if _, err := conn.Write(b); err != nil {
			f.Fatal(err)
		}
		f.until(time.Now().Add(10 * time.Millisecond))
	}
	return sent
}

// clock is a router whose clock is three hours ahead. NetFlow v9 has the clock in the
// header alone: records tell time since the router's start.
func (f *flowTruth) clock(start func(string), conf string) {
	f.Helper()
	f.Log("a clock three hours ahead")
	const ahead = 3 * time.Hour
	start(strings.Replace(conf, "nfprobe_version[ercfg]: 10", "nfprobe_version[ercfg]: 9", 1))
	wrong := func(b []byte) []byte {
		if len(b) > 12 && binary.BigEndian.Uint16(b) == 9 {
			binary.BigEndian.PutUint32(b[8:], binary.BigEndian.Uint32(b[8:])+uint32(ahead/time.Second))
		}
		return b
	}
	f.way.Store(&wrong)
	defer f.way.Store(nil)
	r, truth := f.verified(truthRun{})
	f.agree(r[0], truth)
	f.all(r[0], verify.Pass)
	if e := f.exporterOf(r[0], "ce1"); (e.Skew-ahead).Abs() > 10*time.Second || e.Protocol != verify.NetFlow9 {
		f.Errorf("%s says that its clock is %v ahead, want %v", e.Protocol, e.Skew, ahead)
	}
}

// lateTemplates are those of a verification that begins in the middle. The first ones
// get lost, so that it begins without, wherever that is.
func (f *flowTruth) lateTemplates(start func(string), conf string) {
	f.Helper()
	f.Log("late templates")
	start(conf)
	lost := func(b []byte) []byte {
		if len(b) > 18 && binary.BigEndian.Uint16(b[16:]) < 256 {
			return nil
		}
		return b
	}
	f.way.Store(&lost)
	defer f.way.Store(nil)
	r, truth := f.verified(truthRun{deaf: true, lossy: true, during: func() {
		waitFor(f, time.Minute, "records come whose templates have not", func() string {
			r := (*f.listeners.Load())[0].Report(time.Now())
			if records(r) > 0 {
				f.Fatal("records are read without their templates")
			}
			f.all(r, verify.Insufficient)
			if r.Drops.NoTemplate < 2 {
				return fmt.Sprintf("%+v", r.Drops)
			}
			return ""
		})
		f.way.Store(nil)
		waitFor(f, 90*time.Second, "records come that can be read", func() string {
			if n := records((*f.listeners.Load())[0].Report(time.Now())); n < 50 {
				return fmt.Sprintf("%d records", n)
			}
			return ""
		})
	}})
	f.atMost(r[0], truth)
	f.all(r[0], verify.Pass)
}

// noRate is sampling that neither the exporter tells nor the intent: shares are right,
// and volumes are not made up.
func (f *flowTruth) noRate(start func(string), conf string) {
	f.Helper()
	f.Log("sampled, and nobody tells the rate")
	sample := func(rule string) {
		if _, err := f.l.Node("ce1").Exec(f.Context(), "nft", "flush chain inet ercfg sample; add rule inet ercfg sample "+rule+" log group 2055 queue-threshold 1"); err != nil {
			f.Fatal(err)
		}
	}
	sample("numgen random mod 5 == 0")
	defer sample("")
	start(conf)
	silent := *f.p
	silent.Routers = slices.Clone(f.p.Routers)
	for i := range silent.Routers {
		silent.Routers[i].Flow = plan.Flow{}
	}
	r, truth := f.verified(truthRun{plan: &silent, lossy: true, rate: 200, lasts: 5 * time.Second})
	f.atMost(r[0], truth)
	f.shares(r[0], truth)
	f.all(r[0], verify.Pass)
	for _, j := range r[0].Judgements {
		if j.Total.Unknown != j.Total.Samples || j.Total.Samples == 0 {
			f.Errorf("%s %s: the rate of %d samples of %d is unknown, want all", j.Family, j.Direction, j.Total.Unknown, j.Total.Samples)
		}
		if !strings.Contains(strings.Join(j.Reasons, " "), "volume") {
			f.Errorf("%s %s: nothing is said of volumes: %q", j.Family, j.Direction, j.Reasons)
		}
	}
}
