package verify

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/plan"
)

// Tally is one record, of datagrams with 24: from ten prefixes on one circuit to ten
// thousand on five hundred.
func BenchmarkTally(b *testing.B) {
	for _, size := range []struct{ circuits, prefixes int }{{1, 10}, {500, 20}} {
		b.Run(fmt.Sprintf("%d prefixes", size.circuits*size.prefixes), func(b *testing.B) {
			p := tallyFleet(b, size.circuits, size.prefixes)
			tally := NewTally(NewPlacer(p, PlaceOptions{}), TallyOptions{Slot: time.Second, Slots: 60})
			flows := fleetFlows(p, 9600, 24)
			var r Record
			for i := range flows {
				flows[i].record(&r)
				tally.Flow(&r)
			}
			if tally.Other.Records > 0 || tally.Transit.Records > 0 {
				b.Fatalf("%d records are of no statement, %d of no leg", tally.Other.Records, tally.Transit.Records)
			}
			runtime.GC()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				flows[i].record(&r)
				tally.Flow(&r)
				if i++; i == len(flows) {
					i = 0
				}
			}
		})
	}
}

// tallyFleet is a plan of n circuits, each with a statement of its own that has so many
// prefixes, of which it adds IPv4 ones; interfaces are numbered by the intent.
func tallyFleet(tb testing.TB, n, prefixes int) *plan.Plan {
	tb.Helper()
	p := resolved(tb, fleet.Intent(n))
	for i := range p.Statements {
		s := &p.Statements[i]
		for j := range (prefixes - 4) / 2 {
			s.Onprem = append(s.Onprem, netip.PrefixFrom(netip.AddrFrom4([4]byte{20, byte(i >> 4), byte(i<<4 | j), 0}), 24))
			azure := netip.PrefixFrom(netip.AddrFrom4([4]byte{30, byte(i >> 4), byte(i<<4 | j), 0}), 24)
			s.Azure = append(s.Azure, azure)
			v := vnetOf(p, s.VNets[0])
			v.Prefixes = append(v.Prefixes, azure)
		}
	}
	numbered(p)
	return p
}

func vnetOf(p *plan.Plan, name string) *plan.VNet {
	for i := range p.VNets {
		if p.VNets[i].Name == name {
			return &p.VNets[i]
		}
	}
	return nil
}

// A fleetFlow is a record in few bytes, because a decoder fills one record again and
// again: a list of whole ones would measure the memory.
type fleetFlow struct {
	src, dst, exporter [4]byte
	in, out            uint32
	vlan               uint16 // of the frames of its link
	key                uint64
	second             int32
}

func (f *fleetFlow) record(r *Record) {
	r.Exporter, r.Src, r.Dst = netip.AddrFrom4(f.exporter), netip.AddrFrom4(f.src), netip.AddrFrom4(f.dst)
	r.In, r.Out, r.Key = f.in, f.out, f.key
	r.Protocol, r.Packets, r.Bytes, r.Sampling = IPFIX, 10, 5000, 100
	r.At = time.Unix(1_800_000_000+int64(f.second), 0)
	r.Start, r.End = r.At.Add(-time.Second), r.At
}

// fleetFlows are n flows or a few more of random statements over their circuits, in
// groups of so many of one exporter.
func fleetFlows(p *plan.Plan, n, group int) []fleetFlow {
	random := rand.New(rand.NewPCG(1, 2))
	host := func(list []netip.Prefix) [4]byte {
		for {
			if q := list[random.IntN(len(list))]; q.Addr().Is4() {
				a := q.Addr().As4()
				a[3] = byte(random.IntN(256))
				return a
			}
		}
	}
	routers, statements := make(map[string]*plan.Router), make(map[string]*plan.Statement)
	for i := range p.Routers {
		routers[p.Routers[i].Name] = &p.Routers[i]
	}
	for i := range p.Statements {
		statements[p.Statements[i].Prefer[0]] = &p.Statements[i]
	}
	out := make([]fleetFlow, 0, n)
	for len(out) < n {
		c := &p.Circuits[random.IntN(len(p.Circuits))]
		r, s := routers[c.Peerings[0].Links[random.IntN(2)].Router], statements[c.Name]
		for range group {
			f := fleetFlow{exporter: r.Loopback.IPv4.As4(), src: host(s.Onprem), dst: host(s.Azure), in: 1, out: uint32(r.Indexes[0].Number), vlan: uint16(r.Links[0].Tag.Inner), key: random.Uint64(), second: int32(len(out) / 1000)}
			if random.IntN(2) == 0 {
				f.src, f.dst, f.in, f.out = f.dst, f.src, f.out, f.in
			}
			out = append(out, f)
		}
	}
	return out
}
