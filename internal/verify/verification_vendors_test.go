package verify

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// What routers would export that are configured as ercfg renders them, after the vendors'
// documents: an IOS-XE router by a record for each direction with that direction's
// interface as its key, its tables of interfaces and samplers in a domain of their own; an
// MX by inline IPFIX, both ways on the units of links, with a domain for each family and
// without names of interfaces.
//
// Sources: Cisco IOS Flexible NetFlow Command Reference (match, collect, option);
// https://github.com/akvorado/akvorado/issues/89 (domains); Junos OS Flow Monitoring
// and Flow Collection User Guide, Understand Inline Active Flow Monitoring (fields).
type vendors struct {
	*testing.T
	*Verification
	sequence map[vendorDomain]uint32
	began    time.Time
}

type vendorDomain struct {
	exporter string
	domain   uint32
}

func vendorsOf(t *testing.T, p *plan.Plan, scenario string, asked map[string]map[uint32]string) *vendors {
	t.Helper()
	v := New(p, judgeOutcome(t, p, scenario), Options{Since: start(), Asked: asked}, start())
	return &vendors{T: t, Verification: v, sequence: make(map[vendorDomain]uint32), began: start()}
}

// message sends sets of a domain with so many records.
func (v *vendors) message(from string, domain uint32, at time.Duration, records uint32, sets ...[]byte) {
	d, when := vendorDomain{from, domain}, v.began.Add(at)
	v.Packet(packet10(message{sequence: v.sequence[d], domain: domain, export: when}, sets...), netip.AddrPortFrom(addr(from), 49152), when)
	v.sequence[d] += records
}

// A vendorFlow is what one flow record tells. Packets are those that were sampled.
type vendorFlow struct {
	src, dst string
	port     uint16
	in, out  uint32
	egress   bool
	packets  uint64
	age, end time.Duration // since its first and last packet, at its export
	vlan     uint16
}

// iosxe sends a record of the monitor that its direction has.
func (v *vendors) iosxe(from string, at time.Duration, f vendorFlow) {
	when := v.began.Add(at)
	id, key, other := uint16(258), f.in, f.out
	fields := []uint16{5, 1, 4, 1, 8, 4, 12, 4, 7, 2, 11, 2, 10, 4, 61, 1, 48, 4, 15, 4, 6, 1, 14, 4, 1, 8, 2, 8, 152, 8, 153, 8}
	direction := uint8(0)
	if f.egress {
		id, key, other, direction = 259, f.out, f.in, 1
		fields[12], fields[22] = 14, 10
	}
	record := bytesOf(uint8(0), uint8(6), f.src, f.dst, f.port, uint16(443), key, direction, uint32(1), "198.51.100.1", uint8(0x18), other,
		f.packets*1000, f.packets, uint64(when.Add(-f.age).UnixMilli()), uint64(when.Add(-f.end).UnixMilli()))
	v.message(from, 0, at, 1, set(2, templateOf(id, fields...)), set(id, record))
}

// tables sends the tables of interfaces and samplers of an IOS-XE router.
func (v *vendors) tables(from string, at time.Duration, rate uint32, names ...string) {
	padded := func(name string, n int) []byte { return append([]byte(name), make([]byte, n-len(name))...) }
	var rows []any
	for i, name := range names {
		rows = append(rows, uint32(1), uint32(101+i), padded(name, 32), padded("to "+name, 64))
	}
	v.message(from, 6, at, uint32(len(names)+1),
		set(3, optionsOf(10, 256, 1, 144, 4, 10, 4, 82, 32, 83, 64), optionsOf(10, 257, 1, 144, 4, 48, 4, 84, 40, 49, 1, 50, 4)),
		set(256, rows...), set(257, uint32(1), uint32(1), padded("LONDON", 40), uint8(2), rate))
}

// mx sends a record of an MX with nexthop-learning and the keys flow-direction and vlan-id.
func (v *vendors) mx(from string, at time.Duration, f vendorFlow) {
	when := v.began.Add(at)
	direction := uint8(0)
	if f.egress {
		direction = 1
	}
	record := bytesOf(f.src, f.dst, uint8(0), uint8(6), f.port, uint16(443), uint16(0), f.in, f.vlan, uint8(16), uint8(16), uint32(65010), uint32(12076), "172.16.200.6", uint8(0x18), f.out,
		f.packets*1000, f.packets, uint8(60), uint8(60), uint64(when.Add(-f.age).UnixMilli()), uint64(when.Add(-f.end).UnixMilli()), uint8(2), uint8(4), "172.16.200.6", direction, f.vlan, uint16(0), uint32(7))
	v.message(from, 0x10001, at, 1,
		set(2, templateOf(256, 8, 4, 12, 4, 5, 1, 4, 1, 7, 2, 11, 2, 32, 2, 10, 4, 58, 2, 9, 1, 13, 1, 16, 4, 17, 4, 15, 4, 6, 1, 14, 4, 1, 8, 2, 8, 52, 1, 53, 1, 152, 8, 153, 8, 136, 1, 60, 1, 18, 4, 61, 1, 243, 2, 245, 2, 54, 4)),
		set(256, record))
	v.message(from, 0x10001, at, 1, set(3, optionsOf(10, 512, 1, 144, 4, 36, 2, 37, 2, 34, 4)), set(512, uint32(0), uint16(60), uint16(15), uint32(1000)))
}

// expect checks a verdict after five minutes, and that its reasons say a word.
func (v *vendors) expect(name, direction string, want Verdict, word string) {
	v.Helper()
	for _, j := range v.Report(v.began.Add(5 * time.Minute)).Judgements {
		if j.Direction.String() == direction && (j.Verdict != want || !strings.Contains(fmt.Sprint(j.Reasons), word)) {
			v.Errorf("%s %s: got %v, want %v and %q:\n%s", name, direction, j.Verdict, want, word, strings.Join(j.Reasons, "\n"))
		}
	}
}

// vendorTelemetry is what makes ercfg render flow export.
func vendorTelemetry(text string) string {
	return text + "\ntelemetry: {protocol: ipfix, collector: {host: 10.10.1.50, port: 2055}, sampling: 1000}\n"
}

const (
	vendorLAN, vendorIOSXE, vendorMX = 7, 101, 514
)

// vendorEdge is the edge of example 01, whose MX has told its numbers over SSH.
func vendorEdge(t *testing.T, scenario string) *vendors { return vendorEdgeAt(t, scenario, 1000) }

// vendorEdgeAt is vendorEdge, whose IOS-XE router samples one packet in so many.
func vendorEdgeAt(t *testing.T, scenario string, rate uint32) *vendors {
	t.Helper()
	v := vendorsOf(t, examplePlan(t, "01-two-ce-private", vendorTelemetry), scenario, map[string]map[uint32]string{"ce2": {vendorMX: "xe-0/0/1.150", 700: "ae1.20"}})
	v.tables(doubtCE1, 30*time.Second, rate, "Te0/0/1.150")
	return v
}

// both sends n flows each way over the links, in turn, of hosts of their own.
func (v *vendors) both(n int, ce1, ce2 bool) {
	for i := range n {
		at, here, there := time.Minute+time.Duration(i)*time.Second, fmt.Sprintf("10.10.1.%d", 1+i), fmt.Sprintf("10.100.1.%d", 1+i)
		to := vendorFlow{src: here, dst: there, port: uint16(10000 + i), in: vendorLAN, egress: true, packets: 2, age: 5 * time.Second, end: time.Second, vlan: 150}
		from := to
		from.src, from.dst, from.egress, from.out = there, here, false, vendorLAN
		if ce1 && (i%2 == 0 || !ce2) {
			to.out, from.in = vendorIOSXE, vendorIOSXE
			v.iosxe(doubtCE1, at, to)
			v.iosxe(doubtCE1, at, from)
		} else {
			to.out, from.in = vendorMX, vendorMX
			v.mx(doubtCE2, at, to)
			v.mx(doubtCE2, at, from)
		}
	}
}

// heard lets a router tell of traffic that is no statement's.
func (v *vendors) heard() {
	v.iosxe(doubtCE1, time.Minute, vendorFlow{src: "10.10.1.1", dst: "192.0.2.1", in: vendorLAN, out: vendorIOSXE, egress: true, packets: 1, age: time.Second})
	v.mx(doubtCE2, time.Minute, vendorFlow{src: "10.10.1.1", dst: "192.0.2.1", in: 700, out: vendorMX, egress: true, packets: 1, age: time.Second, vlan: 150})
}

// The normal state, a failover, and the state that was judged is not the one that is.
func TestVendorsCircuit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, scenario string
		ce1, ce2       bool
		to, from       Verdict
		word           string
	}{
		{"normal", "", true, true, Pass, Pass, "all on er-london.primary on ce1 and er-london.secondary on ce2 as predicted"},
		{"primary down", "er-london.primary", false, true, Pass, Pass, "all on er-london.secondary on ce2 as predicted"},
		{"secondary down", "er-london.secondary", true, false, Pass, Pass, "all on er-london.primary on ce1 as predicted"},
		{"the primary is said to be down, and is not", "er-london.primary", true, true, Fail, Fail, "er-london.primary on ce1 carries 50 %"},
	} {
		v := vendorEdge(t, c.scenario)
		v.heard()
		v.both(40, c.ce1, c.ce2)
		v.expect(c.name, "→", c.to, c.word)
		v.expect(c.name, "←", c.from, c.word)
		for _, e := range v.Report(v.began.Add(5 * time.Minute)).Exporters {
			if e.Sampled != 1000 || e.SampledBy != "its data" {
				t.Errorf("%s: domain %d of %s samples one in %d by %s", c.name, e.Domain, e.Router, e.Sampled, e.SampledBy)
			}
		}
	}
	v := vendorEdge(t, "")
	v.heard()
	v.both(40, true, false)
	v.expect("the secondary carries nothing", "→", Pass, "the LAN decides which router gets this traffic")
	v.expect("the secondary carries nothing", "←", Fail, "er-london.secondary on ce2 carries nothing of 40 flows that it should share")

	v = vendorEdgeAt(t, "", 1)
	v.heard()
	v.both(40, true, false)
	v.expect("the primary's router sees every packet", "←", Insufficient, "er-london.secondary on ce2 carries nothing yet: 40 flows elsewhere cannot tell that from chance, at one packet in 1000")
}

// An MX tells the beginning of a flow over all of its active timeouts, for days: what it
// tells of flows from before the window may be of any time since.
func TestVendorsLongFlow(t *testing.T) {
	t.Parallel()
	for _, age := range []time.Duration{10 * time.Minute, 2 * time.Hour, 5 * 24 * time.Hour} {
		v := vendorEdge(t, "er-london.primary")
		v.heard()
		for i := range 40 {
			at := 2*time.Minute + time.Duration(i)*time.Second
			f := vendorFlow{src: "10.10.1.1", dst: "10.100.1.1", port: uint16(10000 + i), in: vendorLAN, out: vendorMX, egress: true, packets: 2, age: age, end: time.Second, vlan: 150}
			v.mx(doubtCE2, at, f)
		}
		v.expect(age.String(), "→", Insufficient, "of flows from before the time that is judged")

		v = vendorEdge(t, "er-london")
		v.heard()
		v.mx(doubtCE2, 4*time.Minute, vendorFlow{src: "10.10.1.1", dst: "10.100.1.1", in: vendorLAN, out: vendorMX, egress: true, packets: 2, age: age, end: time.Second, vlan: 150})
		v.expect("no path, "+age.String(), "→", Insufficient, "of flows from before the time that is judged")
	}
}

// vendorVPN is example 03: two links and two tunnels on one IOS-XE router.
func vendorVPN(t *testing.T) (v *vendors, send func(i int, dst string, egress bool, leg uint32)) {
	t.Helper()
	const ce1 = "10.50.255.1"
	v = vendorsOf(t, examplePlan(t, "03-vpn-backup", vendorTelemetry), "", nil)
	v.tables(ce1, 30*time.Second, 1000, "Te0/0/1.320", "Te0/0/2.320", "Tu1", "Tu2")
	return v, func(i int, there string, egress bool, leg uint32) {
		f := vendorFlow{src: "10.50.1.1", dst: there, port: uint16(10000 + i), in: vendorLAN, out: leg, egress: egress, packets: 2, age: 5 * time.Second, end: time.Second}
		if !egress {
			f.src, f.dst, f.in, f.out = f.dst, f.src, leg, vendorLAN
		}
		v.iosxe(ce1, time.Minute+time.Duration(i)*time.Second, f)
	}
}

// The answers come by the tunnel.
func TestVendorsAsymmetric(t *testing.T) {
	t.Parallel()
	v, send := vendorVPN(t)
	for i := range 40 {
		there := fmt.Sprintf("10.60.1.%d", 1+i)
		send(i, there, true, 101+uint32(i%2))
		send(i, there, false, 103+uint32(i%2))
	}
	v.expect("answers by the VPN", "→", Pass, "asymmetric: from Azure, s2s-frankfurt.a on ce1 carries 50 %")
	v.expect("answers by the VPN", "←", Fail, "backup in use: the VPN s2s-frankfurt.")
}

// IOS-XE chooses a link by the addresses alone: however many flows two hosts have, they
// say no more of its balance than one.
func TestVendorsPairs(t *testing.T) {
	t.Parallel()
	v, send := vendorVPN(t)
	for i := range 60 {
		send(i, "10.60.1.1", true, 101)
	}
	v.expect("two hosts", "→", Insufficient, "er-frankfurt.secondary on ce1 carries nothing yet: 1 pair of hosts cannot tell that from chance")
	for i := range 20 {
		send(60+i, fmt.Sprintf("10.60.1.%d", 2+i), true, 101)
	}
	v.expect("many hosts", "→", Fail, "er-frankfurt.secondary on ce1 carries nothing of 21 pairs of hosts that it should share with er-frankfurt.primary on ce1")
}

// The second run knows the templates of the first, and an IOS-XE router tells the names of
// its interfaces once a minute: what comes before them has no place, and does not count.
func TestVendorsNamesLate(t *testing.T) {
	t.Parallel()
	v, send := vendorVPN(t)
	send(0, "10.60.1.1", true, 101)
	var templates bytes.Buffer
	if err := v.SaveTemplates(&templates); err != nil {
		t.Fatal(err)
	}
	const ce1 = "10.50.255.1"
	v = vendorsOf(t, examplePlan(t, "03-vpn-backup", vendorTelemetry), "", nil)
	if err := v.LoadTemplates(&templates); err != nil {
		t.Fatal(err)
	}
	flow := func(at time.Duration, i int) {
		v.iosxe(ce1, at, vendorFlow{src: "10.50.1.1", dst: fmt.Sprintf("10.60.1.%d", 1+i), port: 50000, in: vendorLAN, out: 101 + uint32(i%2), egress: true, packets: 2, age: 5 * time.Second, end: time.Second})
	}
	for i := range 10 {
		flow(time.Duration(20+i)*time.Second, i)
	}
	v.expect("no names", "→", Insufficient, "20 of 20 packets went by interfaces that nobody knows")
	v.tables(ce1, 50*time.Second, 1000, "Te0/0/1.320", "Te0/0/2.320", "Tu1", "Tu2")
	for i := range 40 {
		flow(time.Duration(60+i)*time.Second, i)
	}
	v.expect("names", "→", Pass, "all on er-frankfurt.primary on ce1 and er-frankfurt.secondary on ce1 as predicted")
	const note = "ce1 told the names of its interfaces at"
	r := v.Turn(v.began.Add(5 * time.Minute))
	if !strings.Contains(fmt.Sprint(r.Notes), note) || !r.Began.Equal(v.began.Add(50*time.Second)) {
		t.Errorf("began at %v: %q", r.Began, r.Notes)
	}
	if r := v.Report(v.began.Add(6 * time.Minute)); strings.Contains(fmt.Sprint(r.Notes), note) {
		t.Errorf("the next window: %q", r.Notes)
	}
}

// What has failed stays so to the end of the window, though another router tells its names
// after it.
func TestVendorsNamesAfterFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		wrong int // flows on the link that is said to be down
		want  Verdict
	}{{"nothing wrong", 0, Pass}, {"a leak of before", 4, Fail}} {
		v := vendorsOf(t, examplePlan(t, "01-two-ce-private", vendorTelemetry), "er-london.primary", nil)
		v.tables(doubtCE1, 30*time.Second, 1000, "Te0/0/1.150")
		flow := func(from string, at time.Duration, i int) {
			v.iosxe(from, at, vendorFlow{src: fmt.Sprintf("10.10.1.%d", 1+i), dst: "10.100.1.1", port: 50000, in: vendorLAN, out: 101, egress: true, packets: 2, age: 5 * time.Second, end: time.Second})
		}
		v.iosxe(doubtCE1, 40*time.Second, vendorFlow{src: "10.10.1.1", dst: "192.0.2.1", in: vendorLAN, out: 101, egress: true, packets: 1, age: time.Second})
		for i := range c.wrong {
			flow(doubtCE1, 40*time.Second, i)
		}
		flow(doubtCE2, 45*time.Second, 100)
		v.tables(doubtCE2, 50*time.Second, 1000, "xe-0/0/1.150")
		v.iosxe(doubtCE1, 55*time.Second, vendorFlow{src: "10.10.1.1", dst: "192.0.2.1", in: vendorLAN, out: 101, egress: true, packets: 1, age: time.Second})
		for i := range 40 {
			flow(doubtCE2, time.Minute+time.Duration(i)*time.Second, i)
		}
		v.expect(c.name, "→", c.want, "")
	}
}

// A long flow is on the VPN, and has been for hours. Its first record of the window began
// before it, and counts for nothing; but it ended after, on a leg that nobody predicts.
func TestVendorsSpanning(t *testing.T) {
	t.Parallel()
	const ce1 = "10.50.255.1"
	begin := func(leg uint32, told, end time.Duration) *vendors {
		v, send := vendorVPN(t)
		for i := range 40 {
			send(i, fmt.Sprintf("10.60.1.%d", 1+i), true, 101+uint32(i%2))
		}
		v.iosxe(ce1, told, vendorFlow{src: "10.50.1.1", dst: "10.60.9.9", port: 9, in: vendorLAN, out: leg, egress: true, packets: 5000, age: time.Minute, end: end})
		return v
	}
	const told = 55 * time.Second
	verdict := func(v *vendors, name string, after, wait time.Duration, want Verdict, word string) {
		t.Helper()
		j := v.Report(v.began.Add(after)).Judgements[0]
		if j.Verdict != want || !strings.Contains(fmt.Sprint(j.Reasons), word) {
			t.Errorf("%s: got %v, want %v and %q:\n%s", name, j.Verdict, want, word, strings.Join(j.Reasons, "\n"))
		}
		if j.Wait != wait {
			t.Errorf("%s: wait %v, want %v", name, j.Wait, wait)
		}
	}
	const word = "s2s-frankfurt.a on ce1 had 5000 packets that began before the time that is judged and ended in it"
	v := begin(103, told, time.Second)
	verdict(v, "within two timeouts", 110*time.Second, 10*time.Second, Insufficient, word)
	verdict(v, "it is not told again", 2*time.Minute, 0, Pass, "all on er-frankfurt.primary")
	v.iosxe(ce1, 105*time.Second, vendorFlow{src: "10.50.1.1", dst: "10.60.9.9", port: 9, in: vendorLAN, out: 103, egress: true, packets: 5000, age: 59 * time.Second, end: time.Second})
	verdict(v, "it is told again", 110*time.Second, 0, Fail, "backup in use: the VPN s2s-frankfurt.a on ce1")
	verdict(begin(103, told, told-500*time.Millisecond), "it ended as the window began", 110*time.Second, 0, Pass, "all on er-frankfurt.primary")
	verdict(begin(101, told, time.Second), "on a leg that is predicted", 110*time.Second, 0, Pass, "what they do since shows after 2m0s")

	// It left the VPN a moment after the window began, and was told of when it had been idle.
	v = begin(103, 25*time.Second, 15*time.Second)
	verdict(v, "told early", 99*time.Second, time.Second, Insufficient, word)
	verdict(v, "it is not told a timeout after that", 100*time.Second, 0, Pass, "all on er-frankfurt.primary")
}
