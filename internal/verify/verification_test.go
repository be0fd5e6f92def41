package verify

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// verificationSite is one circuit on one router, and a standby one on another.
const verificationSite = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: oslo}
onprem: {networks: {office: {prefixes: [10.30.0.0/16]}}}
azure: {vnets: {hub: {prefixes: [10.130.0.0/16], region: norwayeast}}}
routers:
  ce1: {platform: ios-xe, version: "17.12", asn: 65030, routerID: 10.31.0.1, loopback: {interface: Loopback0, ipv4: 10.31.0.1/32}, ibgp: [{router: ce2}], interfaceIndex: {GigabitEthernet1.250: 101, GigabitEthernet2.250: 102}}
  ce2: {platform: ios-xe, version: "17.12", asn: 65030, routerID: 10.31.0.2, loopback: {interface: Loopback0, ipv4: 10.31.0.2/32}, interfaceIndex: {GigabitEthernet1.260: 101, GigabitEthernet2.260: 102}}
circuits:
  er-oslo:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 250
      primary:   {router: ce1, interface: GigabitEthernet1, ipv4: 172.16.30.0/30}
      secondary: {router: ce1, interface: GigabitEthernet2, ipv4: 172.16.30.4/30}
  er-bergen:
    model: exchange
    bandwidth: 1Gbps
    private:
      vlan: 260
      primary:   {router: ce2, interface: GigabitEthernet1, ipv4: 172.16.31.0/30}
      secondary: {router: ce2, interface: GigabitEthernet2, ipv4: 172.16.31.4/30}
traffic:
  - {name: office-to-hub, onprem: [office], azure: [hub], prefer: [er-oslo, er-bergen]}
telemetry: {protocol: ipfix, collector: {host: 10.30.1.50, port: 2055}, sampling: 1, activeTimeout: 10s, inactiveTimeout: 10s}
`

// An osloProof is a verification of verificationSite, and its exporters.
type osloProof struct {
	*testing.T
	*Verification
	now  time.Time
	flow uint32 // the next one's number
	// sequence counts the records that each router has exported (RFC 7011 §3.1).
	sequence map[string]uint32
}

func osloProving(t *testing.T, o Options) *osloProof {
	t.Helper()
	p := resolved(t, []byte(verificationSite))
	return &osloProof{T: t, now: decoderTime, sequence: make(map[string]uint32), Verification: New(p, normalOf(p), o, decoderTime)}
}

func normalOf(p *plan.Plan) sim.Outcome { return sim.Predict(p, []sim.Scenario{{}}).Outcomes[0] }

// verifiedTemplate has addresses, protocol, ports, interfaces, packets, bytes, and the
// seconds of the first and last packet.
var verifiedTemplate = set(2, templateOf(256, 8, 4, 12, 4, 4, 1, 7, 2, 11, 2, 10, 4, 14, 4, 2, 4, 1, 4, 150, 4, 151, 4))

// sends exports n flows of router, each way of the statement, on its links in turn.
func (v *osloProof) sends(router string, n int, links ...uint32) {
	v.Helper()
	seconds := uint32(v.now.Unix())
	var records []byte
	for range n {
		v.flow++
		link, port := links[int(v.flow)%len(links)], uint16(1024+v.flow)
		records = append(records, bytesOf("10.30.1.1", "10.130.1.1", uint8(6), port, uint16(443), uint32(7), link, uint32(10), uint32(10000), seconds-2, seconds-1)...)
		records = append(records, bytesOf("10.130.1.1", "10.30.1.1", uint8(6), uint16(443), port, link, uint32(7), uint32(10), uint32(10000), seconds-2, seconds-1)...)
	}
	v.datagram(router, 2*n, verifiedTemplate, set(256, records))
}

// datagram sends sets with so many records from the loopback of a router.
func (v *osloProof) datagram(router string, records int, sets ...[]byte) {
	from := map[string]string{"ce1": "10.31.0.1", "ce2": "10.31.0.2"}[router]
	v.Packet(packet10(message{export: v.now, sequence: v.sequence[router]}, sets...), netip.AddrPortFrom(netip.MustParseAddr(from), 50000), v.now)
	v.sequence[router] += uint32(records)
}

func (v *osloProof) verdict(want Verdict, why string) {
	v.Helper()
	r := v.Report(v.now)
	var said strings.Builder
	if err := WriteText(&said, r, 120); err != nil {
		v.Fatal(err)
	}
	if r.Verdict() != want || !strings.Contains(strings.Join(strings.Fields(said.String()), " "), why) {
		v.Errorf("%s, want %s and %q:\n%s", r.Verdict(), want, why, &said)
	}
}

// From datagrams to a verdict: what is on both links passes; a router that could carry
// some of it and says nothing leaves that open, until it speaks or is known to be idle.
func TestVerificationSilence(t *testing.T) {
	t.Parallel()
	v := osloProving(t, Options{})
	v.verdict(Insufficient, "no traffic at all")
	v.sends("ce1", 40, 101, 102)
	v.verdict(Insufficient, "not seen: what goes by ce2")
	v.datagram("ce2", 0, verifiedTemplate)
	v.verdict(Pass, "PASS: 2 PASS")
	idle := osloProving(t, Options{Idle: []string{"ce2"}})
	idle.sends("ce1", 40, 101, 102)
	idle.verdict(Pass, "PASS: 2 PASS")
	idle.sends("ce2", 5, 101)
	idle.verdict(Fail, "er-bergen.primary on ce2")
}

// Of samples nobody can tell whether what goes by an interface that is no link shows
// elsewhere. Then its number has to be the router's own word.
func TestVerificationUnconfirmed(t *testing.T) {
	t.Parallel()
	sampled := strings.Replace(verificationSite, "sampling: 1,", "sampling: 100,", 1)
	for _, asked := range []map[uint32]string{nil, {101: "GigabitEthernet1.260", 102: "GigabitEthernet2.260", 9: "GigabitEthernet3"}} {
		p := resolved(t, []byte(sampled))
		o := Options{Asked: map[string]map[uint32]string{"ce2": asked}}
		v := &osloProof{T: t, now: decoderTime, sequence: make(map[string]uint32), Verification: New(p, normalOf(p), o, decoderTime)}
		v.sends("ce1", 200, 101, 102)
		v.sends("ce2", 20, 9)
		if asked == nil {
			v.verdict(Insufficient, "only the intent's numbers tell")
		} else {
			v.verdict(Pass, "PASS: 2 PASS")
		}
	}
}

// A misspelt name in the intent makes an interface no other one.
func TestVerificationMisspelt(t *testing.T) {
	t.Parallel()
	p := resolved(t, []byte(strings.Replace(verificationSite, "GigabitEthernet2.250: 102", "GigabitEthernet2.25: 102", 1)))
	v := &osloProof{T: t, now: decoderTime, sequence: make(map[string]uint32), Verification: New(p, normalOf(p), Options{Idle: []string{"ce2"}}, decoderTime)}
	v.sends("ce1", 40, 101, 102)
	v.verdict(Insufficient, "interfaces that nobody knows")
}

// What began before the time that is judged does not count.
func TestVerificationSince(t *testing.T) {
	t.Parallel()
	v := osloProving(t, Options{Since: decoderTime, Idle: []string{"ce2"}})
	v.sends("ce1", 40, 101)
	v.verdict(Insufficient, "began before the time that is judged")
	v.now = v.now.Add(10 * time.Second)
	v.sends("ce1", 40, 101, 102)
	v.verdict(Pass, "PASS: 2 PASS")
}

// A turn judges what has come since the last one, and knows what exporters have told
// before.
func TestVerificationTurn(t *testing.T) {
	t.Parallel()
	v := osloProving(t, Options{Idle: []string{"ce2"}})
	v.sends("ce1", 40, 101)
	v.now = v.now.Add(time.Minute)
	if r := v.Turn(v.now); r.Verdict() != Fail || !slices.ContainsFunc(r.Judgements[0].Reasons, func(s string) bool { return strings.Contains(s, "carries nothing") }) {
		t.Errorf("%+v", r.Judgements)
	}
	v.verdict(Insufficient, "no traffic at all")
	v.sends("ce1", 40, 101, 102)
	v.now = v.now.Add(time.Minute)
	if r := v.Turn(v.now); r.Verdict() != Pass || !r.Began.Equal(v.now.Add(-time.Minute)) || r.Took != time.Minute {
		t.Errorf("%s from %s for %s: %+v", r.Verdict(), r.Began, r.Took, r.Judgements)
	}
}

// What is saved of the exporters' templates serves another verification, and nothing
// else does.
func TestVerificationTemplates(t *testing.T) {
	t.Parallel()
	first := osloProving(t, Options{})
	first.datagram("ce1", 0, verifiedTemplate)
	var kept bytes.Buffer
	if err := first.SaveTemplates(&kept); err != nil {
		t.Fatal(err)
	}
	second := osloProving(t, Options{Idle: []string{"ce2"}})
	send := func(v *osloProof) {
		seconds := uint32(v.now.Unix())
		for i := range uint16(40) {
			link := uint32(101 + i%2)
			v.datagram("ce1", 2, set(256, "10.30.1.1", "10.130.1.1", uint8(6), 1024+i, uint16(443), uint32(7), link, uint32(10), uint32(10000), seconds-2, seconds-1,
				"10.130.1.1", "10.30.1.1", uint8(6), uint16(443), 1024+i, link, uint32(7), uint32(10), uint32(10000), seconds-2, seconds-1))
		}
	}
	send(second)
	second.verdict(Insufficient, "without a template")
	second = osloProving(t, Options{Idle: []string{"ce2"}})
	second.sequence["ce1"] = 1000 // the exporter has gone on meanwhile; 0 would be another life of it
	if err := second.LoadTemplates(&kept); err != nil {
		t.Fatal(err)
	}
	send(second)
	second.verdict(Pass, "PASS: 2 PASS")
	if err := second.LoadTemplates(strings.NewReader(`{"version": 99}`)); err == nil {
		t.Error("templates of an unknown version are taken")
	}
}

// Several sockets hand over datagrams while others look.
func TestVerificationParallel(t *testing.T) {
	t.Parallel()
	p := resolved(t, []byte(verificationSite))
	v := New(p, normalOf(p), Options{Idle: []string{"ce2"}}, decoderTime)
	seconds := uint32(decoderTime.Unix())
	var all sync.WaitGroup
	const sockets, each = 4, 200
	for s := range sockets {
		all.Go(func() {
			from := netip.AddrPortFrom(netip.MustParseAddr("10.31.0.1"), uint16(50000+s))
			for i := range uint16(each) {
				record := set(256, "10.30.1.1", fmt.Sprintf("10.130.%d.1", s), uint8(6), 1024+i, uint16(443), uint32(7), uint32(101+i%2), uint32(1), uint32(100), seconds-2, seconds-1)
				v.Packet(packet10(message{}, verifiedTemplate, record), from, decoderTime)
			}
		})
	}
	all.Go(func() {
		for range 50 {
			v.Report(decoderTime)
			v.Note("looked")
			v.Dropped(Drops{Socket: 1})
		}
	})
	all.Wait()
	r := v.Report(decoderTime)
	if got := r.Judgements[0].Total.Records; got != sockets*each || r.Drops.Socket != 50 || len(r.Notes) < 50 {
		t.Errorf("%d records, want %d; %d dropped, %d notes", got, sockets*each, r.Drops.Socket, len(r.Notes))
	}
}
