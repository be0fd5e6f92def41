package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// Kind is what fails.
type Kind uint8

// The kinds of failure, in the order of tables. The names that a person writes
// stand beside them.
const (
	LinkDown    Kind = iota // er-london.primary: one link of one peering carries nothing
	LinkDrained             // er-london.primary:drain: Microsoft prepends 12076 eight times on that MSEE; sessions stay up
	BFDDown                 // er-london.primary:bfd: BFD fails alone; the sessions that it protects go, IPv6 ones stay
	IPv6Down                // er-london.primary:ipv6: the IPv6 session alone is down
	MSEEDown                // er-london.primary:msee: the Microsoft edge router itself, so that both peerings lose the link
	RouterDown              // ce1
	CircuitDown             // er-london: every link of every peering
	TunnelDown              // s2s-frankfurt.a, and s2s-frankfurt.a.ce2 where several routers end on one instance
	VPNDown                 // s2s-frankfurt: every tunnel
)

var kindWords = [...]string{"link", "drain", "bfd", "ipv6", "msee", "router", "circuit", "tunnel", "vpn"}

// String returns one word: link, drain, bfd, ipv6, msee, router, circuit,
// tunnel, vpn.
func (k Kind) String() string { return kindWords[k] }

// MarshalText writes the word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// A Failure is one thing that fails. Failures are comparable.
type Failure struct {
	Kind     Kind
	Path     string        // of a peering or VPN; of a circuit its name
	Position plan.Position // of a link
	Instance string        // of a tunnel
	Router   string        // that fails, or that the tunnel ends on
	Name     string        // as a person writes it; unique in a plan
}

// String returns the name.
func (f Failure) String() string { return f.Name }

// A Scenario is a set of failures that hold at once. The zero Scenario is the
// normal state.
type Scenario struct {
	Failures []Failure // in the order of Failures
}

// Name returns the names of the failures, joined by " + ", or "normal".
func (s Scenario) Name() string {
	if len(s.Failures) == 0 {
		return "normal"
	}
	names := make([]string, len(s.Failures))
	for i, f := range s.Failures {
		names[i] = f.Name
	}
	return strings.Join(names, " + ")
}

// Failures lists everything that can fail in p, sorted by kind, then as the
// plan lists it.
func Failures(p *plan.Plan) []Failure {
	var out []Failure
	add := func(f Failure) { out = append(out, f) }
	for _, kind := range []Kind{LinkDown, LinkDrained, BFDDown, IPv6Down, MSEEDown} {
		for i := range p.Circuits {
			c := &p.Circuits[i]
			seen := make(map[plan.Position]bool)
			for j := range c.Peerings {
				for _, l := range c.Peerings[j].Links {
					link := &linkRouter(p, l).Links[l.Link]
					f := Failure{Kind: kind, Path: c.Peerings[j].Path, Position: l.Position}
					switch kind {
					case LinkDrained, MSEEDown: // of the MSEE, whatever peerings it has
						if f.Path = c.Name; seen[l.Position] {
							continue
						}
						seen[l.Position] = true
					case BFDDown:
						if !link.BFD.On() {
							continue
						}
					case IPv6Down:
						if !link.IPv6.IsValid() || !link.IPv4.IsValid() {
							continue
						}
					}
					f.Name = f.Path + "." + l.Position.String()
					if kind != LinkDown {
						f.Name += ":" + kind.String()
					}
					add(f)
				}
			}
		}
	}
	for i := range p.Routers {
		add(Failure{Kind: RouterDown, Router: p.Routers[i].Name, Name: p.Routers[i].Name})
	}
	for i := range p.Circuits {
		add(Failure{Kind: CircuitDown, Path: p.Circuits[i].Name, Name: p.Circuits[i].Name})
	}
	for i := range p.VPNs {
		v := &p.VPNs[i]
		for _, t := range v.Tunnels {
			f := Failure{Kind: TunnelDown, Path: v.Name, Instance: t.Instance, Router: t.Router, Name: v.Name + "." + t.Instance}
			if slices.ContainsFunc(v.Tunnels, func(o plan.VPNTunnel) bool { return o.Instance == t.Instance && o.Router != t.Router }) {
				f.Name += "." + t.Router
			}
			add(f)
		}
	}
	for i := range p.VPNs {
		add(Failure{Kind: VPNDown, Path: p.VPNs[i].Name, Name: p.VPNs[i].Name})
	}
	return distinct(out)
}

// distinct puts the kind before names that two failures share: a router may be
// called as a circuit is.
func distinct(all []Failure) []Failure {
	count := make(map[string]int, len(all))
	for _, f := range all {
		count[f.Name]++
	}
	for i := range all {
		if f := &all[i]; count[f.Name] > 1 {
			f.Name = f.Kind.String() + "/" + f.Name
		}
	}
	return all
}

func linkRouter(p *plan.Plan, l plan.CircuitLink) *plan.Router {
	i, _ := slices.BinarySearchFunc(p.Routers, l.Router, func(r plan.Router, name string) int { return strings.Compare(r.Name, name) })
	return &p.Routers[i]
}

// Scenarios lists the normal state and every combination of depth failures and
// fewer: 0, 1 or 2. Two failures of which one contains the other (a circuit and
// its link) are left out: they are the larger one alone.
func Scenarios(p *plan.Plan, depth int) []Scenario {
	out := []Scenario{{}}
	if depth < 1 {
		return out
	}
	all := Failures(p)
	for _, f := range all {
		out = append(out, Scenario{[]Failure{f}})
	}
	if depth < 2 {
		return out
	}
	sets := make([]*state, len(all))
	m := newModel(p)
	for i, f := range all {
		sets[i] = m.state(Scenario{[]Failure{f}})
	}
	for i := range all {
		for j := i + 1; j < len(all); j++ {
			both := m.state(Scenario{[]Failure{all[i], all[j]}})
			if !both.equal(sets[i]) && !both.equal(sets[j]) {
				out = append(out, Scenario{[]Failure{all[i], all[j]}})
			}
		}
	}
	return out
}

// ParseScenario reads names of failures, separated by commas. An empty text,
// and "normal", is the normal state.
func ParseScenario(p *plan.Plan, text string) (Scenario, error) {
	var out Scenario
	if text = strings.TrimSpace(text); text == "" || text == "normal" {
		return out, nil
	}
	all := Failures(p)
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.Name
	}
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		i := slices.Index(names, word)
		if i < 0 {
			return Scenario{}, fmt.Errorf("nothing called %q can fail", word)
		}
		if !slices.Contains(out.Failures, all[i]) {
			out.Failures = append(out.Failures, all[i])
		}
	}
	slices.SortStableFunc(out.Failures, func(a, b Failure) int { return slices.Index(names, a.Name) - slices.Index(names, b.Name) })
	return out, nil
}
