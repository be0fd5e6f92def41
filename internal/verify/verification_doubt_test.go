package verify

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A doubted is a verification by real packets of IPFIX, whose routers are those of a
// plan. Each test takes away something that its verdict stands on.
type doubted struct {
	*Verification
	began    time.Time
	sequence map[string]uint32 // by exporter
}

// doubt begins one that listens from start on.
func doubt(t *testing.T, p *plan.Plan, scenario string) *doubted {
	t.Helper()
	return &doubted{New(p, judgeOutcome(t, p, scenario), Options{Since: start()}, start()), start(), make(map[string]uint32)}
}

// message sends sets that hold a number of records.
func (d *doubted) message(exporter string, at time.Duration, records uint32, sets ...[]byte) {
	when := d.began.Add(at)
	d.Packet(packet10(message{sequence: d.sequence[exporter], export: when}, sets...), netip.AddrPortFrom(addr(exporter), 2055), when)
	d.sequence[exporter] += records
}

// doubtTemplate tells what doubtRecord writes.
func doubtTemplate(id uint16) []byte {
	return set(2, templateOf(id, 8, 4, 12, 4, 10, 4, 14, 4, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 4, 1))
}

// A doubtFlow is one flow record: when its packets passed, since listening began.
type doubtFlow struct {
	src, dst   string
	in, out    uint32
	packets    uint64
	port       uint16
	begin, end time.Duration
}

func (d *doubted) record(f doubtFlow) []byte {
	begin, end := uint64(d.began.Add(f.begin).UnixMilli()), uint64(d.began.Add(f.end).UnixMilli())
	return bytesOf(f.src, f.dst, f.in, f.out, f.packets, f.packets*1000, begin, end, f.port, uint16(443), uint8(6))
}

// flows sends n flows like f, of one packet each second from 61 seconds on, and the
// template before them.
func (d *doubted) flows(exporter string, n int, f doubtFlow) {
	for i := range n {
		f.port = uint16(10000 + i)
		at := time.Minute + time.Duration(i+1)*time.Second
		f.begin, f.end = at-500*time.Millisecond, at-400*time.Millisecond
		d.message(exporter, at, 1, doubtTemplate(256), set(256, d.record(f)))
	}
}

// row is the only judgement of a direction.
func (d *doubted) row(t *testing.T, after time.Duration, want string) Judgement {
	t.Helper()
	for _, j := range d.Report(d.began.Add(after)).Judgements {
		if j.Direction.String() == want && !j.Default {
			return j
		}
	}
	t.Fatalf("no row %s", want)
	return Judgement{}
}

// expect checks a verdict, and that some reason says a word.
func (d *doubted) expect(t *testing.T, name string, after time.Duration, direction string, want Verdict, word string) {
	t.Helper()
	j := d.row(t, after, direction)
	if j.Verdict != want || !strings.Contains(fmt.Sprint(j.Reasons), word) {
		t.Errorf("%s: got %v, want %v and %q:\n%s", name, j.Verdict, want, word, strings.Join(j.Reasons, "\n"))
	}
}

const (
	doubtCE1, doubtCE2 = "10.10.255.1", "10.10.255.2"
	doubtHome          = "10.10.1.1"
	doubtVNet          = "10.100.1.1"
)

// What an exporter sends and nobody can read may be anywhere: its router is as good as
// deaf, until the template comes.
func TestDoubtUnread(t *testing.T) {
	t.Parallel()
	const after = 200 * time.Second
	good := doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3}
	d := doubt(t, londonPlan(t), "er-london.secondary")
	d.flows(doubtCE1, 30, good)
	d.message(doubtCE2, 70*time.Second, 1, set(300, d.record(good)))
	d.expect(t, "no template", after, "→", Insufficient, "ce2 exports records that nobody can read")
	d.message(doubtCE2, 80*time.Second, 0, doubtTemplate(300))
	d.expect(t, "and then it comes", after, "→", Pass, "all on er-london.primary")

	d.message(doubtCE2, 90*time.Second, 1, set(300, d.record(good), make([]byte, 20), uint8(1)))
	d.expect(t, "a set that does not fit", after, "→", Insufficient, "ce2 exports records that nobody can read")
	d.message(doubtCE2, 95*time.Second, 0, doubtTemplate(300))
	d.expect(t, "the same template again", after, "→", Pass, "all on er-london.primary")
}

// swapped is a template that has egress where doubtTemplate has ingress.
func swapped(id uint16) []byte {
	return set(2, templateOf(id, 8, 4, 12, 4, 14, 4, 10, 4, 2, 8, 1, 8, 152, 8, 153, 8, 7, 2, 11, 2, 4, 1))
}

// Records that were read with a template which turns out to be none of theirs prove
// nothing: the verification begins anew.
func TestDoubtTemplate(t *testing.T) {
	t.Parallel()
	const after = 400 * time.Second
	d := doubt(t, londonPlan(t), "er-london.secondary")
	heard := doubtFlow{src: doubtHome, dst: "8.8.8.8", in: 7, out: 9, packets: 1}
	d.flows(doubtCE2, 1, heard)
	d.flows(doubtCE1, 1, heard)
	for i := range 30 { // the exporter writes them by another template, which was lost
		at := 70*time.Second + time.Duration(i)*time.Second
		d.message(doubtCE1, at, 1, set(256, d.record(doubtFlow{src: doubtHome, dst: doubtVNet, in: 9, out: 101, packets: 3, port: uint16(i), begin: at - 1, end: at})))
	}
	d.expect(t, "nobody can know", 100*time.Second, "→", Pass, "all on er-london.primary")
	d.message(doubtCE1, 100*time.Second, 0, swapped(256))
	d.expect(t, "another template", after, "→", Insufficient, "")
	if notes := fmt.Sprint(d.Report(d.began.Add(after)).Notes); !strings.Contains(notes, "with other fields") {
		t.Errorf("the report does not say why: %s", notes)
	}
	d.flows(doubtCE1, 30, doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3})
	d.flows(doubtCE2, 1, heard)
	d.flows(doubtCE1, 30, doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3})
	d.expect(t, "once it is told", after, "→", Pass, "all on er-london.primary")
}

// An exporter whose numbers began anew while nobody listened may have other templates
// than before, also where it tells no uptime.
func TestDoubtSaved(t *testing.T) {
	t.Parallel()
	old := doubt(t, londonPlan(t), "")
	old.sequence[doubtCE1] = 9000
	old.flows(doubtCE1, 1, doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3})
	for _, c := range []struct {
		next  uint32
		reads uint64
	}{{8999, 0}, {500, 0}, {9000, 1}, {9001, 1}, {20000, 1}} {
		var saved bytes.Buffer
		if err := old.SaveTemplates(&saved); err != nil {
			t.Fatal(err)
		}
		d := doubt(t, londonPlan(t), "")
		if err := d.LoadTemplates(&saved); err != nil {
			t.Fatal(err)
		}
		d.sequence[doubtCE1] = c.next
		d.message(doubtCE1, time.Minute, 1, set(256, d.record(doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3})))
		var got uint64
		for _, s := range d.decoder.Sources() {
			got += s.Records
		}
		if got != c.reads {
			t.Errorf("number %d after 9000: %d records are read, want %d", c.next, got, c.reads)
		}
	}
}

// How a router samples its sources of now tell, the coarsest of them, and not one that is
// not heard any more.
func TestDoubtRates(t *testing.T) {
	t.Parallel()
	of := func(router string, domain uint32, last time.Duration, sampled uint32) Exporter {
		return Exporter{Source: Source{Domain: domain, Records: 1, Last: start().Add(last)}, Router: router, Sampled: sampled}
	}
	exporters := []Exporter{
		of("ce1", 1, -time.Minute, 4000), of("ce1", 2, time.Minute, 100), of("ce1", 3, time.Minute, 10), of("ce1", 4, time.Minute, 0),
		of("ce2", 1, -time.Minute, 500), of("", 1, time.Minute, 7),
	}
	got := New(londonPlan(t), sim.Outcome{}, Options{}, start()).rates(exporters, start())
	if want := map[string]uint32{"ce1": 100, "ce2": 500}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What leaves by an interface that is no link, and what a stale number of the intent
// makes look so, is not what the intent says. What another router shows on a link, and
// what a firewall hands back, is.
func TestDoubtStray(t *testing.T) {
	t.Parallel()
	const after = 200 * time.Second
	p := londonPlan(t)
	good := doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3}
	aside := good
	aside.src, aside.out = "10.10.2.2", 9
	heard := doubtFlow{src: doubtHome, dst: "8.8.8.8", in: 7, out: 9, packets: 1}
	begin := func(scenario string) *doubted {
		d := doubt(t, p, scenario)
		d.flows(doubtCE1, 30, good)
		d.flows(doubtCE2, 1, heard)
		return d
	}
	d := begin("er-london.secondary")
	d.flows(doubtCE1, 30, aside)
	d.expect(t, "half of it by another interface", after, "→", Insufficient, "ce1 has 90 packets (90 kB) by an interface that is no link")

	d = begin("er-london.secondary")
	d.flows(doubtCE1, 1, aside)
	d.expect(t, "one flow of it", after, "→", Insufficient, "ce1 has 3 packets")

	d = begin("er-london.secondary")
	hairpin := good
	hairpin.out = 9
	d.flows(doubtCE1, 30, hairpin)
	d.expect(t, "a firewall between", after, "→", Pass, "all on er-london.primary")

	d = begin("er-london.secondary")
	handed := aside
	handed.src, handed.out = good.src, 8
	d.flows(doubtCE2, 30, handed)
	d.expect(t, "handed from router to router", after, "→", Pass, "all on er-london.primary")
	aside.out = 8
	d.flows(doubtCE2, 30, aside)
	d.expect(t, "handed to nobody", after, "→", Insufficient, "ce2 has 180 packets")

	d = begin("")
	d.flows(doubtCE2, 30, doubtFlow{src: "10.10.3.3", dst: doubtVNet, in: 7, out: 101, packets: 3})
	handed.src, handed.packets = "10.10.3.3", 6
	d.flows(doubtCE1, 30, handed)
	d.expect(t, "handed, and counted twice there", after, "→", Pass, "all on")
}

// Of samples two routers seldom have one of the same flow: their number tells.
func TestDoubtStraySampled(t *testing.T) {
	t.Parallel()
	p := londonPlan(t)
	for _, c := range []struct {
		handed, shown, stray uint64
		want                 Verdict
	}{{100, 100, 100, Pass}, {200, 100, 200, Pass}, {300, 100, 300, Insufficient}, {2, 0, 2, Pass}, {3, 0, 3, Insufficient}} {
		rate := uint64(1000)
		to := Traffic{}
		counts := judgeCount(t, p, to, []carried{{leg: londonP, flows: 40, perFlow: 1, rate: rate}, {leg: londonS, flows: c.shown, perFlow: 1, rate: rate}})
		counts[0].Transit = []RouterCount{{"ce1", Amount{Records: c.handed, Samples: c.handed, Packets: c.handed * rate, Bytes: c.handed * rate * 100, Flows: c.handed}, c.stray}}
		if j := Judge(p, judgeOutcome(t, p, ""), counts, nil, JudgeOptions{Seen: judgeSeen})[0]; j.Verdict != c.want {
			t.Errorf("%+v: got %v: %q", c, j.Verdict, j.Reasons)
		}
	}
}

// A service without prefixes is anywhere: what goes to the rest of the Internet has the
// same addresses, and is no stray.
func TestDoubtAnywhere(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "05-microsoft-peering")
	counts := judgeCount(t, p, Traffic{}, []carried{{leg: "er-ams.microsoft.primary on ce-ams", flows: 30, perFlow: 1}, {leg: "er-ams.microsoft.secondary on ce-ams", flows: 30, perFlow: 1}})
	counts[0].Transit = []RouterCount{{"ce-ams", Amount{Records: 90, Samples: 90, Packets: 90, Bytes: 9000, Flows: 90}, 90}}
	if j := Judge(p, judgeOutcome(t, p, ""), counts, nil, JudgeOptions{Seen: judgeSeen})[0]; j.Verdict != Pass {
		t.Errorf("%v: %q", j.Verdict, j.Reasons)
	}
}

// A flow that was there before shows what it does now with its second record at the
// earliest, and one that is always told from its beginning on never does.
func TestDoubtBefore(t *testing.T) {
	t.Parallel()
	p := londonPlan(t)
	heard := doubtFlow{src: doubtHome, dst: "8.8.8.8", in: 7, out: 9, packets: 1}
	long := doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 100000, begin: -30 * time.Second, end: 30 * time.Second}
	d := doubt(t, p, "er-london")
	d.flows(doubtCE1, 1, heard)
	d.flows(doubtCE2, 1, heard)
	d.message(doubtCE1, long.end, 1, doubtTemplate(256), set(256, d.record(long)))
	d.expect(t, "no path, and a flow of before", 80*time.Second, "→", Insufficient, "whether they go on shows after 2m0s")
	if j := d.row(t, 80*time.Second, "→"); j.Wait != 25*time.Second {
		t.Errorf("wait: %v", j.Wait)
	}
	d.expect(t, "and it is not told again", 105*time.Second, "→", Pass, "no path is predicted and none was seen")
	d.expect(t, "and it has ended", 2*time.Minute, "→", Pass, "no path is predicted and none was seen")

	d = doubt(t, p, "er-london.secondary")
	d.flows(doubtCE1, 30, doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3})
	d.flows(doubtCE2, 1, heard)
	d.message(doubtCE2, long.end, 1, doubtTemplate(256), set(256, d.record(long)))
	d.expect(t, "a flow of before, where none is to be, beside others", 100*time.Second, "→", Insufficient, "whether they go on shows after 2m0s")
	d.expect(t, "and it is not told again", 2*time.Minute, "→", Pass, "began before the time that is judged")
	for i := 1; i < 4; i++ {
		long.end = time.Duration(i) * time.Minute
		d.message(doubtCE2, long.end, 1, set(256, d.record(long)))
	}
	d.expect(t, "told from its beginning on", 200*time.Second, "→", Insufficient, "200000 packets are of flows from before")
}

// Of what is to be encrypted not a packet may be anywhere.
func TestDoubtEncrypted(t *testing.T) {
	t.Parallel()
	const ce1, after = "10.20.255.1", 200 * time.Second
	p := examplePlan(t, "04-encrypted-over-private")
	numbered(p)
	begin := func() *doubted {
		d := doubt(t, p, "")
		f := doubtFlow{src: "10.20.30.1", dst: "10.70.1.1", in: 7, out: 103, packets: 30}
		d.flows(ce1, 30, f)
		f.src, f.out = "10.20.30.2", 104
		d.flows(ce1, 30, f)
		return d
	}
	d := begin()
	d.expect(t, "all in the tunnels", after, "→", Pass, "all on ipsec-zurich.a")
	d.flows(ce1, 1, doubtFlow{src: "10.20.30.3", dst: "10.70.1.1", in: 7, packets: 1})
	d.expect(t, "a packet that is not placed", after, "→", Insufficient, "1 of 1801 packets went by interfaces that nobody knows")
	d = begin()
	d.flows(ce1, 1, doubtFlow{src: "10.20.30.3", dst: "10.70.1.1", in: 7, out: 9, packets: 1})
	d.expect(t, "a packet by the interface to the Internet", after, "→", Insufficient, "ce1 has 1 packet ")
}

// A PASS says of which legs nobody knows whether they are watched, unless somebody does.
func TestDoubtUnwatched(t *testing.T) {
	t.Parallel()
	p := londonPlan(t)
	const text = "nothing was seen on er-london.secondary on ce2: that what goes there is exported is not proved"
	says := func(name string, o sim.Outcome, seen []carried, options JudgeOptions, want bool) {
		t.Helper()
		options.Seen = judgeSeen
		j := Judge(p, o, judgeCount(t, p, Traffic{}, seen), nil, options)[0]
		if got := slices.Contains(j.Reasons, text); got != want || j.Verdict != Pass {
			t.Errorf("%s: %v, %q", name, j.Verdict, j.Reasons)
		}
	}
	o := judgeOutcome(t, p, "er-london.secondary")
	seen := []carried{{leg: londonP, flows: 40, perFlow: 10}}
	says("never seen", o, seen, JudgeOptions{}, true)
	says("known to be watched", o, seen, JudgeOptions{Trusted: []string{"ce2"}}, false)
	says("predicted", judgeOutcome(t, p, ""), seen, JudgeOptions{}, false)
	says("control packets were seen on it", o, seen, JudgeOptions{Crossed: []Crossing{{Leg{Path: "er-london", Router: "ce2", Position: plan.Secondary}, sim.ToAzure}}}, false)
}

// Packets of the routers themselves prove that a leg is watched.
func TestDoubtCrossed(t *testing.T) {
	t.Parallel()
	d := doubt(t, londonPlan(t), "er-london.secondary")
	d.flows(doubtCE1, 30, doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3})
	d.flows(doubtCE2, 1, doubtFlow{src: doubtHome, dst: "8.8.8.8", in: 7, out: 9, packets: 1})
	d.expect(t, "before", 200*time.Second, "→", Pass, "nothing was seen on er-london.secondary on ce2")
	d.flows(doubtCE2, 1, doubtFlow{src: "172.16.200.5", dst: "172.16.200.6", out: 101, packets: 1})
	if j := d.row(t, 200*time.Second, "→"); j.Verdict != Pass || strings.Contains(fmt.Sprint(j.Reasons), "nothing was seen") {
		t.Errorf("BGP was seen on it: %v, %q", j.Verdict, j.Reasons)
	}
}

// The Traffic Collector tells that a circuit is in use, and not which link; beside a
// router that tells one link it does not stand in for the silent other one.
func TestDoubtCollector(t *testing.T) {
	t.Parallel()
	p := londonPlan(t)
	seen := []carried{{leg: londonP, flows: 40, perFlow: 10}, {leg: "er-london (link not told)", flows: 5, perFlow: 1, rate: 4096}}
	j := Judge(p, judgeOutcome(t, p, ""), judgeCount(t, p, Traffic{Direction: sim.FromAzure}, seen), []string{"ce2"}, JudgeOptions{Seen: judgeSeen})[1]
	if j.Verdict != Insufficient || j.Reasons[0] != "ce2 exports nothing: whether er-london.secondary carries its part is not seen" {
		t.Errorf("%v, %q", j.Verdict, j.Reasons)
	}
}

// packet9 of an exporter that tells its uptime.
func (d *doubted) packet9(exporter string, at, uptime time.Duration, sets ...[]byte) {
	when := d.began.Add(at)
	d.sequence[exporter]++
	d.Packet(packet9(message{sequence: d.sequence[exporter], uptime: uint32(uptime.Milliseconds()), export: when}, sets...), netip.AddrPortFrom(addr(exporter), 2055), when)
}

// A router that restarts may number its interfaces anew: the names that it told before
// mean nothing until it tells them again.
func TestDoubtNames(t *testing.T) {
	t.Parallel()
	const exporter = "10.50.255.1"
	p := examplePlan(t, "03-vpn-backup")
	r := &p.Routers[0]
	names := func(first, second uint32) []byte {
		var parts []any
		for i, index := range []uint32{first, second} {
			name := make([]byte, 32)
			copy(name, r.Links[i].Subinterface())
			parts = append(parts, index, name)
		}
		return set(300, parts...)
	}
	nine := func(id uint16) []byte {
		return set(0, templateOf(id, 8, 4, 12, 4, 10, 4, 14, 4, 2, 8, 1, 8, 7, 2, 11, 2, 4, 1))
	}
	options := set(1, optionsOf(9, 300, 1, 2, 4, 82, 32))
	var d *doubted
	flows := func(from, up time.Duration, out uint32, n int) {
		for i := range n {
			at := time.Duration(i) * time.Second
			d.packet9(exporter, from+at, up+at, nine(256), set(256, bytesOf("10.50.1.1", "10.60.1.1", uint32(7), out, uint64(3), uint64(300), uint16(1000+i), uint16(443), uint8(6))))
		}
	}
	d = doubt(t, p, "er-frankfurt.secondary")
	d.packet9(exporter, time.Minute, time.Hour, options, names(11, 12))
	flows(61*time.Second, time.Hour+time.Second, 11, 30)
	d.expect(t, "as it was told", 100*time.Second, "→", Pass, "er-frankfurt.primary")
	d = doubt(t, p, "er-frankfurt.secondary")
	d.packet9(exporter, time.Minute, time.Hour, options, names(11, 12))
	d.sequence[exporter] = 0
	flows(200*time.Second, time.Second, 11, 30)
	d.expect(t, "after a restart", 300*time.Second, "→", Insufficient, "interfaces that nobody knows")
}

// A number of the intent that a frame's tags contradict is one of before a restart.
func TestDoubtNumbers(t *testing.T) {
	t.Parallel()
	p := londonPlan(t)
	pl := NewPlacer(p, PlaceOptions{})
	tagged := func(in, out Tags) func(*Record) { return func(r *Record) { r.InTags, r.OutTags = in, out } }
	record := func(edit ...func(*Record)) Record {
		return flowOf(doubtCE1, doubtHome, doubtVNet, append(edit, via(7, 101))...)
	}
	const placed = "campus-to-hub ipv4 →: er-london.primary on ce1 by interface index of the intent"
	checkPlaces(t, pl, []placeCase{
		{"no tags", record(), placed},
		{"its own tag", record(tagged(Tags{}, Tags{Outer: 150})), placed},
		{"the tag of the other side", record(tagged(Tags{Outer: 20}, Tags{})), placed},
		{"another tag", record(tagged(Tags{}, Tags{Outer: 20})), "campus-to-hub ipv4 →: not placed"},
	})
	pl.Interface(Interface{Exporter: addr(doubtCE1), Index: 101, Name: "Te0/0/1.150"})
	checkPlaces(t, pl, []placeCase{{"another tag, and the exporter names it", record(tagged(Tags{}, Tags{Outer: 20})), placed}})
	pl.Interface(Interface{Exporter: addr(doubtCE1)})
	checkPlaces(t, pl, []placeCase{{"and it begins anew", record(tagged(Tags{}, Tags{Outer: 20})), "campus-to-hub ipv4 →: not placed"}})
}

// A router that stopped exporting, or whose export is lost, proves nothing any more;
// what one window lacks does not count in the next.
func TestDoubtLost(t *testing.T) {
	t.Parallel()
	good := doubtFlow{src: doubtHome, dst: doubtVNet, in: 7, out: 101, packets: 3}
	heard := doubtFlow{src: doubtHome, dst: "8.8.8.8", in: 7, out: 9, packets: 1}
	d := doubt(t, londonPlan(t), "er-london.secondary")
	d.flows(doubtCE1, 30, good)
	d.flows(doubtCE2, 3, heard)
	d.expect(t, "both are heard", 190*time.Second, "→", Pass, "")
	if n := d.Report(d.began.Add(190 * time.Second)).Notes; len(n) > 0 {
		t.Errorf("after 190 seconds: %q", n)
	}
	if n := d.Report(d.began.Add(200 * time.Second)).Notes; len(n) != 1 || !strings.Contains(n[0], "ce2 was heard last 2m17s before the end") {
		t.Errorf("after 200 seconds: %q", n)
	}

	d.sequence[doubtCE2] += 1000
	d.flows(doubtCE2, 1, heard)
	d.expect(t, "its export is lost", 190*time.Second, "→", Insufficient, "ce2 has lost more of its export on the way than came: 1,000 records missed, and 4 came")
	d.Turn(d.began.Add(60 * time.Second))
	d.flows(doubtCE1, 30, good)
	d.flows(doubtCE2, 1, heard)
	d.expect(t, "no more", 190*time.Second, "→", Pass, "")
}
