package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/push/emulator"
)

// provableIntent is pushIntent whose routers export flows, each from an address of its
// own on the loopback.
var provableIntent = strings.NewReplacer(
	"{platform: ios-xe,", "{platform: ios-xe, exporter: 127.0.0.1,",
	"{platform: junos,", "{platform: junos, model: mx, exporter: 127.0.0.2,",
).Replace(pushIntent) + "telemetry: {protocol: ipfix, collector: {host: 10.10.1.50, port: 2055}, sampling: 1}\n"

// The numbers that the emulated routers give to the links.
const (
	indexOfCE1 = 2   // TenGigabitEthernet0/0/1.150
	indexOfCE2 = 504 // xe-0/0/1.150
)

// A v5Flow is a record of NetFlow v5.
type v5Flow struct {
	src, dst string
	in, out  uint16
}

// v5 writes a datagram of NetFlow v5, of flows that are over now.
func v5(sequence uint32, flows []v5Flow) []byte {
	const uptime = 3_600_000 // ms
	now := time.Now()
	b := binary.BigEndian.AppendUint16(nil, 5)
	b = binary.BigEndian.AppendUint16(b, uint16(len(flows)))
	for _, n := range []uint32{uptime, uint32(now.Unix()), uint32(now.Nanosecond()), sequence, 0, 0} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	b = b[:24]
	for i, f := range flows {
		b = append(b, netip.MustParseAddr(f.src).AsSlice()...)
		b = append(b, netip.MustParseAddr(f.dst).AsSlice()...)
		b = append(b, 0, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, f.in)
		b = binary.BigEndian.AppendUint16(b, f.out)
		for _, n := range []uint32{10, 10_000, uptime, uptime} { // packets, bytes, first, last
			b = binary.BigEndian.AppendUint32(b, n)
		}
		b = binary.BigEndian.AppendUint16(b, uint16(40000+i))
		b = binary.BigEndian.AppendUint16(b, 443)
		b = append(b, 0, 0x18, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	}
	return b
}

// exports sends, until the test ends, what a router sees of flows there and back over a
// link: 20 of each, twice a second.
func exports(t *testing.T, to, from string, index uint16, back bool) {
	t.Helper()
	c, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.ParseIP(from)}, net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to)))
	if err != nil {
		t.Fatal(err)
	}
	done, ended := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(done); <-ended; c.Close() })
	go func() {
		defer close(ended)
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for sequence := uint32(0); ; {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			var there, here []v5Flow
			for i := range 20 {
				campus, hub := fmt.Sprintf("10.10.1.%d", i+int(index)%100), fmt.Sprintf("10.100.0.%d", i+1)
				there = append(there, v5Flow{src: campus, dst: hub, out: index})
				here = append(here, v5Flow{src: hub, dst: campus, in: index})
			}
			_, _ = c.Write(v5(sequence, there)) // nobody listens yet, or any more
			sequence += 20
			if back {
				_, _ = c.Write(v5(sequence, here))
				sequence += 20
			}
		}
	}()
}

// freeUDP is an address that nobody listens on.
func freeUDP(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

// A change is kept when the traffic proves it, and put back when the traffic shows
// something else, or nothing. (Emulated.)
func TestPushProveEmulated(t *testing.T) {
	for _, c := range []struct {
		name     string
		ce1, ce2 bool // export
		back     bool // traffic comes back over ce2
		code     int
		says     string
		has      string
	}{
		{"both links carry", true, true, true, exitOK, "ce1     changed ", "local-preference 200"},
		{"nothing comes back over one", true, true, false, 4, "FAIL: 1 of 2 rows pass", "local-preference 150"},
		{"nothing is exported", false, false, false, 4, "the traffic is not proved: INSUFFICIENT", "local-preference 150"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newEmulatedSiteOf(t, provableIntent, emulator.Faults{})
			listen := freeUDP(t)
			if c.ce1 {
				exports(t, listen, "127.0.0.1", indexOfCE1, true)
			}
			if c.ce2 {
				exports(t, listen, "127.0.0.2", indexOfCE2, c.back)
			}
			args := []string{"push", s.file, "--yes", "--trust-new", "--only", "ce1", "--prove", "12s", "--listen", listen, "--test-for", "20s", "--revert-after", "2m"}
			code, stdout, stderr := call(t, &app{}, args...)
			if code != c.code || !strings.Contains(strings.Join(strings.Fields(stdout), " "), strings.Join(strings.Fields(c.says), " ")) {
				t.Errorf("exit code %d, want %d and %q\n%s\n%s", code, c.code, c.says, stdout, stderr)
			}
			if text := s.ce1.Running(); !strings.Contains(text, c.has) {
				t.Errorf("no %q in\n%s", c.has, text)
			}
			if !strings.Contains(stderr, "ce1: prove") {
				t.Errorf("nobody is told of the proof:\n%s", stderr)
			}
		})
	}
}

// What cannot be proved in time is refused before anything else, with what would do.
func TestPushProveRefused(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--prove", "3m"}, "--revert-after 7m"},
		{[]string{"--prove", "2m", "--revert-after", "4m"}, "--revert-after 5m"},
		{[]string{"--prove", "2m", "--test-for", "2m", "--revert-after", "4m"}, "--revert-after 5m"},
		{[]string{"--prove", "119m", "--revert-after", "120m"}, "make --prove shorter"},
		{[]string{"--prove", "0s"}, "--prove 2m"},
		{[]string{"--listen", ":2055"}, "add --prove 2m"},
	} {
		code, _, stderr := call(t, &app{}, append([]string{"push", "nowhere.yaml", "--yes"}, c.args...)...)
		if code != exitUsage || !strings.Contains(stderr, c.want) {
			t.Errorf("%q: exit code %d, no %q in\n%s", c.args, code, c.want, stderr)
		}
	}
	if code, _, stderr := call(t, &app{}, "push", "nowhere.yaml", "--yes", "--prove", "2m"); code == exitUsage {
		t.Errorf("the default times do not fit: %s", stderr)
	}
}

// A port that somebody else has ends a push before it connects. (Emulated.)
func TestPushProveNoPort(t *testing.T) {
	s := newEmulatedSiteOf(t, provableIntent, emulator.Faults{})
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	code, stdout, stderr := call(t, &app{}, "push", s.file, "--yes", "--trust-new", "--prove", "2m", "--listen", c.LocalAddr().String())
	if code != exitWorld || stdout != "" {
		t.Errorf("exit code %d\n%s\n%s", code, stdout, stderr)
	}
	if log := append(s.ce1.Log(), s.ce2.Log()...); len(log) > 0 {
		t.Errorf("the routers were reached: %q", log)
	}
}
