package verify

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The classifier agrees with one that looks through every prefix of every statement,
// on random plans with nested and shared prefixes of both families.
func TestClassifyOracle(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	seen := make(map[string]int)
	for range 300 {
		p := randomStatements(random)
		c := newClassifier(p)
		for range 300 {
			src, dst := randomAddr(random, p), randomAddr(random, p)
			if src.Is4() != dst.Is4() {
				continue
			}
			for i, table := range c.tables {
				got, want := c.classify(i, src, dst), slowClass(p, table.vrf, src, dst)
				if got.none() != (want.statement < 0) || !got.none() && (traffic(got.row) != want.traffic() || got.ambiguous != want.tie || got.service != want.service) {
					t.Fatalf("%s → %s in VRF %q: got %+v (%+v), want %+v in\n%s", src, dst, table.vrf, got, traffic(got.row), want, describe(p))
				}
				seen[fmt.Sprintf("%v %s tie %v service %v", want.statement >= 0, want.direction, want.tie, want.service)]++
			}
		}
	}
	for _, kind := range []string{"true → tie false service false", "true → tie false service true", "true → tie true service false", "true ← tie false service false", "true ← tie false service true", "true ← tie true service false", "false → tie false service false"} {
		if seen[kind] < 50 {
			t.Errorf("%q was seen %d times: %v", kind, seen[kind], seen)
		}
	}
}

// A slow is what slowClass finds.
type slow struct {
	statement    int
	family       plan.Family
	direction    sim.Direction
	tie, service bool
	there, here  int // bits
}

func (s slow) traffic() Traffic {
	return Traffic{Statement: s.statement, Family: s.family, Direction: s.direction}
}

// slowClass is the definition, without any look-up.
func slowClass(p *plan.Plan, vrf string, src, dst netip.Addr) slow {
	for _, d := range []sim.Direction{sim.ToAzure, sim.FromAzure} {
		onprem, azure := src, dst
		if d == sim.FromAzure {
			onprem, azure = dst, src
		}
		if !lies(p, vrf, onprem, false) || !lies(p, vrf, azure, true) {
			continue
		}
		best := slow{statement: -1, there: -1}
		for i := range p.Statements {
			s := &p.Statements[i]
			home, cloud, service := bitsHolding(s.Onprem, onprem), azureBits(p, s, azure), serviceBits(p, s, azure)
			isService := service > cloud
			cloud = max(cloud, service)
			if s.VRF != vrf || home < 0 || cloud < 0 {
				continue
			}
			n := slow{statement: i, family: plan.FamilyOf(dst), direction: d, service: isService, there: cloud, here: home}
			if d == sim.FromAzure {
				n.there, n.here = home, cloud
			}
			switch {
			case n.there > best.there || n.there == best.there && n.here > best.here:
				best = n
			case n.there == best.there && n.here == best.here:
				best.tie = true
			}
		}
		if best.statement >= 0 {
			return best
		}
	}
	return slow{statement: -1}
}

func bitsHolding(list []netip.Prefix, a netip.Addr) int {
	bits := -1
	for _, p := range list {
		if p.Contains(a) {
			bits = max(bits, p.Bits())
		}
	}
	return bits
}

// lies reports whether an address lies in Azure, or on-premises, by the longest prefix
// of any statement of the VRF.
func lies(p *plan.Plan, vrf string, a netip.Addr, azure bool) bool {
	home, cloud := -1, -1
	for i := range p.Statements {
		s := &p.Statements[i]
		if s.VRF != vrf {
			continue
		}
		home = max(home, bitsHolding(s.Onprem, a))
		for _, name := range s.VNets {
			v := vnetOf(p, name)
			for _, q := range v.Prefixes {
				if !slices.Contains(unused(p, s), q) {
					cloud = max(cloud, bitsHolding([]netip.Prefix{q}, a))
				}
			}
		}
		for _, name := range s.Services {
			cloud = max(cloud, bitsHolding(serviceOf(p, name).Prefixes, a))
			if len(serviceOf(p, name).Prefixes) == 0 {
				cloud = max(cloud, 0)
			}
		}
	}
	if azure {
		return cloud >= 0 && cloud >= home
	}
	return home >= 0 && home >= cloud
}

// unused are a statement's prefixes that are there for gateways alone.
func unused(p *plan.Plan, s *plan.Statement) []netip.Prefix {
	var gateways, others []netip.Prefix
	for _, name := range s.VNets {
		v := vnetOf(p, name)
		for _, q := range v.Prefixes {
			if g := v.Gateway.Subnet; g.IsValid() && g.Bits() <= q.Bits() && g.Contains(q.Addr()) {
				gateways = append(gateways, q)
			} else {
				others = append(others, q)
			}
		}
	}
	if len(others) == 0 {
		return nil
	}
	return slices.DeleteFunc(gateways, func(q netip.Prefix) bool { return slices.Contains(others, q) })
}

func azureBits(p *plan.Plan, s *plan.Statement, a netip.Addr) int {
	out := unused(p, s)
	bits := -1
	for _, name := range s.VNets {
		for _, q := range vnetOf(p, name).Prefixes {
			if q.Contains(a) && !slices.Contains(out, q) {
				bits = max(bits, q.Bits())
			}
		}
	}
	if bitsHolding(out, a) > bits {
		return -1
	}
	return bits
}

func serviceBits(p *plan.Plan, s *plan.Statement, a netip.Addr) int {
	bits := -1
	for _, name := range s.Services {
		service := serviceOf(p, name)
		bits = max(bits, bitsHolding(service.Prefixes, a))
		if len(service.Prefixes) > 0 || bitsHolding(notServices(), a) >= 0 {
			continue
		}
		inVNet := slices.ContainsFunc(p.VNets, func(v plan.VNet) bool { return bitsHolding(v.Prefixes, a) >= 0 })
		if !inVNet {
			bits = max(bits, 0)
		}
	}
	return bits
}

func serviceOf(p *plan.Plan, name string) *plan.Service {
	for i := range p.Services {
		if p.Services[i].Name == name {
			return &p.Services[i]
		}
	}
	return nil
}

// randomStatements is a plan of statements alone: in few prefixes, so that they nest,
// meet and tie.
func randomStatements(random *rand.Rand) *plan.Plan {
	p := &plan.Plan{Name: "random"}
	prefixes := func(n int, public bool) []netip.Prefix {
		var out []netip.Prefix
		for range n {
			out = append(out, randomPrefix(random, public))
		}
		return slices.Compact(slices.SortedFunc(slices.Values(out), func(a, b netip.Prefix) int { return a.Compare(b) }))
	}
	for i := range 3 {
		p.Networks = append(p.Networks, plan.OnpremNetwork{Name: fmt.Sprintf("net-%d", i), Prefixes: prefixes(1+random.IntN(3), random.IntN(2) == 0)})
		v := plan.VNet{Name: fmt.Sprintf("vnet-%d", i), Prefixes: prefixes(1+random.IntN(3), random.IntN(4) == 0)}
		if random.IntN(2) == 0 {
			v.Gateway.Subnet = v.Prefixes[random.IntN(len(v.Prefixes))]
		}
		p.VNets = append(p.VNets, v)
		p.Services = append(p.Services, plan.Service{Name: fmt.Sprintf("service-%d", i), Prefixes: prefixes(random.IntN(3), true)})
	}
	vrfs := []string{"", "RED"}
	for i := range 1 + random.IntN(4) {
		s := plan.Statement{Name: fmt.Sprintf("statement-%d", i), VRF: vrfs[random.IntN(2)]}
		for j := range 3 {
			if random.IntN(2) == 0 {
				s.Networks = append(s.Networks, p.Networks[j].Name)
				s.Onprem = append(s.Onprem, p.Networks[j].Prefixes...)
			}
			switch random.IntN(4) {
			case 0:
				s.Services = append(s.Services, p.Services[j].Name)
			case 1, 2:
				s.VNets = append(s.VNets, p.VNets[j].Name)
				s.Azure = append(s.Azure, p.VNets[j].Prefixes...)
			}
		}
		p.Statements = append(p.Statements, s)
	}
	return p
}

// randomPrefix is one of few, of either family.
func randomPrefix(random *rand.Rand, public bool) netip.Prefix {
	if random.IntN(3) == 0 {
		top := byte(0xfd)
		if public {
			top = 0x20
		}
		a := netip.AddrFrom16([16]byte{top, 1, byte(random.IntN(3)), byte(random.IntN(3)), byte(random.IntN(3))})
		return netip.PrefixFrom(a, []int{16, 24, 32, 40}[random.IntN(4)]).Masked()
	}
	top := byte(10)
	if public {
		top = 20
	}
	a := netip.AddrFrom4([4]byte{top, byte(random.IntN(3)), byte(random.IntN(3)), byte(random.IntN(3))})
	return netip.PrefixFrom(a, []int{8, 16, 24, 32}[random.IntN(4)]).Masked()
}

// randomAddr is an address in a prefix of the plan, mostly.
func randomAddr(random *rand.Rand, p *plan.Plan) netip.Addr {
	if random.IntN(8) == 0 {
		return netip.AddrFrom4([4]byte{byte(random.IntN(256)), byte(random.IntN(256)), 1, 1})
	}
	var list []netip.Prefix
	for i := range p.VNets {
		list = append(list, p.VNets[i].Prefixes...)
		list = append(list, p.Networks[i].Prefixes...)
		list = append(list, p.Services[i].Prefixes...)
	}
	q := list[random.IntN(len(list))]
	raw := q.Addr().AsSlice()
	for i := q.Bits() / 8; i < min(len(raw), 6); i++ {
		raw[i] = byte(random.IntN(3))
	}
	a, _ := netip.AddrFromSlice(raw)
	return a
}

func describe(p *plan.Plan) string {
	out := ""
	for i := range p.Statements {
		s := &p.Statements[i]
		out += fmt.Sprintf("%d %q: %v ↔ %v %v %v\n", i, s.VRF, s.Onprem, s.VNets, s.Azure, s.Services)
	}
	for i := range p.VNets {
		out += fmt.Sprintf("%s gateway %s, %s %v\n", p.VNets[i].Name, p.VNets[i].Gateway.Subnet, p.Services[i].Name, p.Services[i].Prefixes)
	}
	return out
}
