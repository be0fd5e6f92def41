//go:build linux

package lab_test

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// One softflowd for each leg calls the leg's interface input and output alike: the
// addresses tell the direction, and the counts are those of the kernel.
//
// softflowd 1.1.0 asks libpcap for a timeout of 0, and gets packets only when a block
// of the capture ring is full: on Linux 6.18 some hundred packets. What is in the block
// that is not full is in no record, for as long as nothing follows. So other packets
// follow here, until the blocks that have the traffic are full.
func TestFlowTruthSoftflowd(t *testing.T) {
	t.Parallel()
	needExporter(t)
	if _, err := os.Stat("/usr/sbin/softflowd"); err != nil {
		if os.Getenv("ERCFG_LAB") == "must" {
			t.Fatalf("ERCFG_LAB=must: %v", err)
		}
		t.Skip("the package softflowd is not installed")
	}
	f := newFlowTruth(t, exported(t, "02-dual-stack-one-ce", fmt.Sprintf(telemetry, "10.40.1.50", 1), nil))
	for _, c := range []struct {
		version  string
		protocol verify.Protocol
	}{{"9", verify.NetFlow9}, {"10", verify.IPFIX}, {"5", verify.NetFlow5}} {
		f.Logf("softflowd, %s", c.protocol)
		f.softflowd("ce1", c.version)
		v4only := c.protocol == verify.NetFlow5
		r, truth := f.verified(truthRun{after: f.fill, hidden: func(k truthKey) bool { return v4only && k.family == plan.IPv6 }})
		f.agree(r[0], truth)
		f.shares(r[0], truth)
		for _, j := range r[0].Judgements {
			want := verify.Pass
			if v4only && j.Family == plan.IPv6 {
				want = verify.Insufficient
			}
			if j.Verdict != want {
				t.Errorf("%s %s: %s, want %s: %q", j.Family, j.Direction, j.Verdict, want, j.Reasons)
			}
		}
		if e := f.exporterOf(r[0], "ce1"); e.Protocol != c.protocol {
			t.Errorf("it speaks %s", e.Protocol)
		}
	}
	f.Log("a link that is down")
	f.softflowd("ce1", "10")
	f.fail("er-reston.secondary")
	own, normal := f.outcome("er-reston.secondary"), f.outcome("")
	r, truth := f.verified(truthRun{outcomes: []*sim.Outcome{own, normal}, after: f.fill})
	f.agree(r[0], truth)
	f.all(r[0], verify.Pass)
	f.all(r[1], verify.Fail)
}

// softflowd replaces the exporter of a router by one softflowd for each leg. It
// cannot choose its source address, so the route to the collector does.
func (f *flowTruth) softflowd(router, version string) {
	f.Helper()
	var b strings.Builder
	b.WriteString("set -e\nip route replace 10.40.1.50 $(ip -o route get 10.40.1.50 | sed 's/ src .*//; s/^[^ ]* //') src 10.40.255.1\n")
	for i, leg := range f.legs {
		fmt.Fprintf(&b, "softflowd -d -i %d:%s -n 10.40.1.50:2055 -v %s -t udp=2 -t general=2 -t maxlife=5 -t expint=1 -p /run/softflowd%[4]d.pid -c /run/softflowd%[4]d.ctl 2>/run/softflowd%[4]d.log &\n", f.number(router, leg.device), leg.device, version, i)
	}
	f.exporter(router, "", "/bin/sh", "-c", b.String())
	waitFor(f, time.Minute, "softflowd is ready", func() string {
		for i := range f.legs {
			if text, err := f.l.Node(router).Exec(f.Context(), "softflowctl", "-c", fmt.Sprintf("/run/softflowd%d.ctl", i), "statistics"); err != nil {
				return text + err.Error()
			}
		}
		return ""
	})
}

// fill sends what belongs to no statement over every link, until no block of a capture
// ring can have anything else in it that is not full: one has 128 KiB, and a packet
// takes more than 100 bytes of it.
func (f *flowTruth) fill() {
	f.Helper()
	var all []*net.UDPConn
	for _, w := range f.l.Wires {
		for i := range f.p.Routers[0].Links {
			l := &f.p.Routers[0].Links[i]
			if w.Link != l.Origin {
				continue
			}
			if err := f.l.Node(w.B).InNet(func() error {
				conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(l.IPv4.Addr(), 9)))
				if err == nil {
					all = append(all, conn)
				}
				return err
			}); err != nil {
				f.Fatal(err)
			}
		}
	}
	for range 200 {
		for _, conn := range all {
			for range 10 {
				// Nobody listens: that is said of one packet by the next.
				_, _ = conn.Write(make([]byte, 100))
			}
		}
		f.until(time.Now().Add(10 * time.Millisecond))
	}
	for _, conn := range all {
		_ = conn.Close()
	}
}
