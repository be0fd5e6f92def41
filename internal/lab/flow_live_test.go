//go:build linux

package lab_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/twin"
)

// exported resolves an example that exports its flows, all packets of them, with
// every router on FRR. change edits the intent before.
func exported(t testing.TB, name, telemetry string, change func(*intent.Intent)) *plan.Plan {
	t.Helper()
	file := filepath.Join("..", "..", "examples", name+".yaml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := intent.Parse([]intent.File{{Name: file, Data: append(data, "\ntelemetry: "+telemetry+"\n"...)}})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if change != nil {
		change(doc.Intent)
	}
	p, diags := twin.Resolve(doc, plan.FRR, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	if p == nil || diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// needExporter skips the test where the machine has no pmacct.
func needExporter(t testing.TB) {
	t.Helper()
	need(t)
	if _, err := os.Stat("/usr/sbin/uacctd"); err != nil {
		if os.Getenv("ERCFG_LAB") == "must" {
			t.Fatalf("ERCFG_LAB=must: %v", err)
		}
		t.Skip("the package pmacct is not installed")
	}
}

// Every router with telemetry exports to the collector's address, from its own
// loopback, in the protocol of the intent, and its interfaces have the numbers that
// the intent gives them.
func TestFlowExport(t *testing.T) {
	t.Parallel()
	needExporter(t)
	for _, c := range []struct {
		protocol string
		version  uint16
	}{{"ipfix", 10}, {"netflow9", 9}} {
		t.Run(c.protocol, func(t *testing.T) {
			t.Parallel()
			p := exported(t, "01-two-ce-private", fmt.Sprintf("{protocol: %s, collector: {host: 10.10.1.50, port: 2055}, sampling: 1, activeTimeout: 10s, inactiveTimeout: 10s}", c.protocol), func(in *intent.Intent) {
				r := &in.Routers[0].Value
				r.InterfaceIndex = intent.Map[intent.At[int]]{{Name: intent.At[string]{V: in.Circuits[0].Value.Private.Primary.Interface.V + ".150"}, Value: intent.At[int]{V: 4711}}}
			})
			l, _ := up(t, p, lab.Options{})
			sockets, err := l.Listen("10.10.1.50:2055", 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(sockets) != 2 {
				t.Fatalf("%d sockets, want 2", len(sockets))
			}
			from := make(chan netip.Addr, 1024)
			for _, conn := range sockets {
				defer conn.Close()
				go func() {
					var packet [2048]byte
					for {
						n, at, err := conn.ReadFromUDPAddrPort(packet[:])
						if err != nil {
							return
						}
						if n > 2 && binary.BigEndian.Uint16(packet[:]) == c.version {
							select {
							case from <- at.Addr().Unmap():
							default:
							}
						}
					}
				}()
			}
			interfaces, err := l.Interfaces(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got := interfaces["ce1"][4711]; got != p.Routers[0].Links[0].Subinterface() {
				t.Errorf("interface 4711 of ce1 is %q, want %q: %v", got, p.Routers[0].Links[0].Subinterface(), interfaces["ce1"])
			}
			var heard []string
			waitFor(t, 90*time.Second, "both routers are heard", func() string {
				report, err := l.Traffic(t.Context(), p, lab.TrafficOptions{For: time.Second, Rate: 50})
				if err != nil {
					t.Fatal(err)
				}
				for len(from) > 0 {
					if a := (<-from).String(); !slices.Contains(heard, a) {
						heard = append(heard, a)
					}
				}
				slices.Sort(heard)
				return cmp.Diff([]string{"10.10.255.1", "10.10.255.2"}, heard) + map[bool]string{false: "nothing arrives"}[report.Arrived()]
			})
		})
	}
}

// What Listen is asked for has to be there.
func TestListenRefuses(t *testing.T) {
	t.Parallel()
	with := &lab.Lab{Name: "x", Nodes: []lab.Node{{Name: "site-a", Kind: lab.Site, Collector: netip.MustParseAddr("10.0.0.9")}}}
	for _, c := range []struct {
		name    string
		lab     *lab.Lab
		address string
		each    int
		want    string
	}{
		{"no collector", &lab.Lab{Name: "x"}, ":2055", 1, "lab x has no collector: its intent has no telemetry, or no network on-premises"},
		{"another address", with, "10.0.0.8:2055", 1, "lab x has no collector at 10.0.0.8: the routers export to 10.0.0.9"},
		{"a name", with, "collector:2055", 1, "lab x has no collector at collector: the routers export to 10.0.0.9"},
		{"no port", with, "10.0.0.9", 1, "address 10.0.0.9: missing port in address"},
		{"a port's name", with, "10.0.0.9:netflow", 1, "10.0.0.9:netflow: the port is no number from 0 to 65535"},
		{"no socket", with, "10.0.0.9:2055", 0, "10.0.0.9:2055: 0 sockets: it is 1 to 64"},
		{"a node that is gone", with, "10.0.0.9:2055", 1, "node site-a: node site-a: open /proc/0/ns/net: no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.lab.Listen(c.address, c.each)
			if err == nil || err.Error() != c.want || got != nil {
				t.Errorf("Listen = %v, %v, want %q", got, err, c.want)
			}
		})
	}
}

// Traffic without bounds is refused.
func TestTrafficOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []lab.TrafficOptions{{}, {For: time.Second}, {For: time.Second, Rate: lab.MaxTrafficRate + 1}, {For: lab.MaxTrafficFor + 1, Rate: 1}} {
		if o.Check() == nil {
			t.Errorf("%+v is accepted", o)
		}
		if _, err := new(lab.Lab).Traffic(t.Context(), new(plan.Plan), o); err == nil || errors.Is(err, lab.ErrNone) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
