package verify

import (
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A recorded datagram.
type recorded struct {
	payload []byte
	from    netip.Addr
	at      time.Time
}

// recording reads a capture of UDP over Ethernet and IPv4, as this machine's own
// pcap files are.
func recording(t testing.TB, name string) (out []recorded) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "decoder", name))
	if err != nil {
		t.Fatal(err)
	}
	for b = b[24:]; len(b) > 16; {
		seconds, micros, size := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
		ip := b[16+14 : 16+size]
		from, _ := netip.AddrFromSlice(ip[12:16])
		out = append(out, recorded{ip[20+8:], from, time.Unix(int64(seconds), int64(micros)*1000)})
		b = b[16+size:]
	}
	return out
}

// Real exporters on a router whose interface to the hosts has ifIndex 2 and whose
// uplink has 3: what each of them tells, of both families, and nothing is dropped.
func TestRealExporters(t *testing.T) {
	t.Parallel()
	forward, back, mapped, same := [2]uint32{2, 3}, [2]uint32{3, 2}, [2]uint32{0, 3}, [2]uint32{3, 3}
	for _, c := range []struct {
		name       string
		source     Source
		out, in    [2]uint32 // interfaces of what goes to 10.1.0.4 and 2001:db8:1::4, and of what comes from there
		families   int
		interfaces []Interface
	}{
		{"uacctd-v5", Source{Domain: 1<<8 | 5, Protocol: NetFlow5, Packets: 4, Records: 9}, forward, back, 1, nil},
		{"uacctd-v9", Source{Domain: 109, Protocol: NetFlow9, Packets: 7, Records: 18}, forward, back, 2, nil},
		{"uacctd-ipfix", Source{Domain: 109, Protocol: IPFIX, Packets: 7, Records: 18}, forward, back, 2, nil},
		{"uacctd-sflow", Source{Protocol: SFlow, Packets: 4, Records: 17, Sampling: 10}, forward, back, 2, nil},
		{"pmacctd-ipfix-out", Source{Domain: 210, Protocol: IPFIX, Packets: 12, Records: 34}, mapped, mapped, 2, nil},
		{"pmacctd-sflow-out", Source{Protocol: SFlow, Packets: 5, Records: 17, Sampling: 10}, mapped, mapped, 2, nil},
		{"softflowd-v5", Source{Protocol: NetFlow5, Packets: 5, Records: 28}, same, same, 1, nil},
		{"softflowd-v9", Source{Protocol: NetFlow9, Packets: 5, Records: 65, Sampling: 1}, same, same, 2, []Interface{{Index: 3, Name: "up1"}}},
		{"softflowd-ipfix", Source{Protocol: IPFIX, Packets: 5, Records: 65, Sampling: 1}, same, same, 2, nil},
		{"softflowd-ipfix-sampled", Source{Protocol: IPFIX, Packets: 5, Records: 50, Sampling: 4}, same, same, 2, nil},
	} {
		var got caught
		d := NewDecoder(Bounds{})
		for _, p := range recording(t, c.name+".pcap") {
			d.Packet(p.payload, p.from, p.at, &got)
		}
		if d.Drops() != (Drops{}) {
			t.Errorf("%s: dropped %+v", c.name, d.Drops())
		}
		sources := d.Sources()
		if len(sources) != 1 {
			t.Fatalf("%s: %d sources", c.name, len(sources))
		}
		c.source.Addr, c.source.Last = sources[0].Addr, sources[0].Last
		if sources[0] != c.source {
			t.Errorf("%s: source %+v, want %+v", c.name, sources[0], c.source)
		}
		for i := range c.interfaces {
			c.interfaces[i].Exporter = c.source.Addr
		}
		if diff := cmp.Diff(c.interfaces, got.interfaces, addrsEqual); diff != "" {
			t.Errorf("%s: interfaces (-want +got)\n%s", c.name, diff)
		}
		exportersFlows(t, c.name, got.flows, c.out, c.in, c.families)
	}
}

// exportersFlows compares what is told of flows between the two hosts.
func exportersFlows(t *testing.T, name string, flows []Record, out, in [2]uint32, families int) {
	t.Helper()
	seen := map[bool]bool{} // by whether a flow is of IPv6
	for _, r := range flows {
		want := in
		switch r.Dst.String() {
		case "10.1.0.4", "2001:db8:1::4":
			want = out
			seen[r.Dst.Is6()] = true
		}
		if got := [2]uint32{r.In, r.Out}; got != want {
			t.Errorf("%s: %v to %v has interfaces %v, want %v", name, r.Src, r.Dst, got, want)
		}
		if r.Packets == 0 || r.Bytes < 20*r.Packets {
			t.Errorf("%s: %d packets of %d bytes", name, r.Packets, r.Bytes)
		}
		if r.End.IsZero() || r.Start.After(r.End) || r.End.After(r.At) || r.At.Sub(r.Start) > 20*time.Second {
			t.Errorf("%s: from %v to %v before %v", name, r.At.Sub(r.Start), r.At.Sub(r.End), r.At)
		}
	}
	if len(seen) != families {
		t.Errorf("%s: flows of %d families, want %d", name, len(seen), families)
	}
}

// The sampled header of sFlow knows the length of a packet of which pmacct's sfprobe
// says how much of it was kept.
func TestExporterKeepsHeader(t *testing.T) {
	t.Parallel()
	var got caught
	d := NewDecoder(Bounds{})
	for _, p := range recording(t, "uacctd-sflow.pcap") {
		d.Packet(p.payload, p.from, p.at, &got)
	}
	if r := got.flows[0]; r.Bytes != 1028+14 {
		t.Errorf("%d bytes of a frame of 1042 that 128 were kept of", r.Bytes)
	}
}

// pmacctd on a trunk tells the tag and no interface.
func TestExporterTags(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pmacctd-ipfix-vlan.pcap", "pmacctd-sflow-vlan.pcap"} {
		var got caught
		d := NewDecoder(Bounds{})
		for _, p := range recording(t, name) {
			d.Packet(p.payload, p.from, p.at, &got)
		}
		if len(got.flows) == 0 || d.Drops() != (Drops{}) {
			t.Errorf("%s: %d flows, dropped %+v", name, len(got.flows), d.Drops())
		}
		for _, r := range got.flows {
			if r.In != 0 || r.Out != 0 || r.InTags != (Tags{Outer: 100}) || r.OutTags != (Tags{}) {
				t.Errorf("%s: interfaces %d and %d, tags %v and %v", name, r.In, r.Out, r.InTags, r.OutTags)
			}
		}
	}
}
