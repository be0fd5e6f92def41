package push

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A way names a prediction: how the traffic of a routing table reaches a VNet.
type way struct {
	vrf, vnet string
	family    plan.Family
}

// paths wants of each Azure prefix that the router has from an Azure neighbor that
// the neighbor is used which sim predicts, with the sessions of this router that are
// down now taken as down. How the other routers are nobody knows here: where they
// may explain what is seen, there is no verdict, and a note says so.
func (o *oracle) paths(l *look, list []wanted) []test {
	destinations := o.destinations(l, list)
	if len(destinations) == 0 {
		return nil
	}
	var out []test
	ways := o.predict(l.r, l.down(list))
	for _, d := range destinations {
		result := ways[d.way]
		if result == nil {
			continue
		}
		b := best{o: o, l: l, list: list, vrf: d.vrf, prefix: d.prefix, result: result}
		if t := b.test(); t != nil {
			out = append(out, *t)
		}
	}
	return out
}

// A destination is a prefix of a VNet that a routing table has from an Azure
// neighbor.
type destination struct {
	way
	prefix netip.Prefix
}

// destinations lists what the statements of a router reach and the router has, each
// once, in the order of the plan.
func (o *oracle) destinations(l *look, list []wanted) []destination {
	var out []destination
	has := make(map[destination]bool) // without the VNet: two may share a prefix
	for i := range list {
		if peer := l.is[list[i].Neighbor]; peer != nil && list[i].azure() {
			for _, route := range peer.Routes {
				has[destination{way{vrf: peer.VRF}, route.Prefix}] = true
			}
		}
	}
	for _, s := range o.statementsOf(l.r) {
		for _, name := range s.VNets {
			v := o.vnet(name)
			if v == nil {
				continue
			}
			for _, prefix := range v.Prefixes {
				key := destination{way{vrf: s.VRF}, prefix}
				if has[key] && !ownSpace(v, s, prefix) {
					delete(has, key) // once
					out = append(out, destination{way{s.VRF, name, plan.FamilyOf(prefix.Addr())}, prefix})
				}
			}
		}
	}
	return out
}

// ownSpace reports whether a prefix is there for a VNet's gateways alone, and the
// statement's traffic goes elsewhere: sim does not ask for its way then.
func ownSpace(v *plan.VNet, s *plan.Statement, prefix netip.Prefix) bool {
	within := func(p netip.Prefix) bool {
		g := v.Gateway.Subnet
		return g.IsValid() && g.Bits() <= p.Bits() && g.Contains(p.Addr())
	}
	return within(prefix) && slices.ContainsFunc(s.Azure, func(p netip.Prefix) bool { return !within(p) })
}

// statementsOf lists the statements of which a path ends on a router.
func (o *oracle) statementsOf(r *plan.Router) []*plan.Statement {
	ends := make(map[string]bool)
	for i := range r.Links {
		ends[r.Links[i].Path] = true
	}
	for i := range r.Tunnels {
		ends[r.Tunnels[i].Path] = true
	}
	var out []*plan.Statement
	for i := range o.p.Statements {
		s := &o.p.Statements[i]
		if slices.ContainsFunc(s.Prefer, func(path string) bool { return ends[path] }) {
			out = append(out, s)
		}
	}
	return out
}

func (o *oracle) vnet(name string) *plan.VNet {
	i, ok := slices.BinarySearchFunc(o.p.VNets, name, func(v plan.VNet, name string) int { return strings.Compare(v.Name, name) })
	if !ok {
		return nil
	}
	return &o.p.VNets[i]
}

// down are the failures that play what is down on the router now: the IPv4 or the
// IPv6 session of a link, or a tunnel. What the plan shuts, sim knows.
func (l *look) down(list []wanted) []sim.Failure {
	var out []sim.Failure
	for i := range list {
		w := &list[i]
		if peer := l.is[w.Neighbor]; !w.azure() || w.shut || isUp(peer) {
			continue
		}
		f := sim.Failure{Kind: sim.BFDDown, Path: w.path, Position: w.position, Name: w.name()}
		switch {
		case w.instance != "":
			f.Kind, f.Instance, f.Router = sim.TunnelDown, w.instance, l.r.Name
		case w.family == plan.IPv6:
			f.Kind = sim.IPv6Down
		}
		out = append(out, f)
	}
	return out
}

// predict says where a router sends the traffic to each VNet, by sim, while some of
// its sessions are down. It keeps what it has said.
func (o *oracle) predict(r *plan.Router, down []sim.Failure) map[way]*sim.Result {
	key := r.Name
	for _, f := range down {
		key += "\n" + f.Name
	}
	o.mu.Lock()
	known, ok := o.ways[key]
	o.mu.Unlock()
	if ok {
		return known
	}
	narrowed, asked := o.from(r)
	report := sim.Predict(narrowed, []sim.Scenario{{Failures: down}})
	ways := make(map[way]*sim.Result)
	for _, f := range report.Outcomes[0].Flows {
		if at, ok := asked[f.Statement]; ok && !f.Default {
			at.family = f.Family
			ways[at] = &f.To
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ways[key] = ways
	return ways
}

// from is the plan with all traffic entering at one router, and statements that have
// one VNet each, so that an answer is about one routing table and one VNet. Which
// statement asks for which VNet is told by name. Statements that say nothing of the
// router, of a VPN or of a service change no answer and are left out.
func (o *oracle) from(r *plan.Router) (*plan.Plan, map[string]way) {
	p := *o.p
	p.Networks = []plan.OnpremNetwork{{Name: "here", At: []string{r.Name}}}
	p.Statements = nil
	asked := make(map[string]way)
	mine := o.statementsOf(r)
	vpn := make(map[string]bool, len(o.p.VPNs))
	for i := range o.p.VPNs {
		vpn[o.p.VPNs[i].Name] = true
	}
	for i := range o.p.Statements {
		s := &o.p.Statements[i]
		ours := slices.Contains(mine, s)
		if !ours && len(s.Services) == 0 && !slices.ContainsFunc(s.Prefer, func(path string) bool { return vpn[path] }) {
			continue
		}
		add := func(vnets, services []string, at *way) {
			c := *s
			c.Name, c.Networks, c.Onprem, c.VNets, c.Services = strconv.Itoa(len(p.Statements)), []string{"here"}, oneEach(s.Onprem), vnets, services
			p.Statements = append(p.Statements, c)
			if at != nil {
				asked[c.Name] = *at
			}
		}
		if len(s.Services) > 0 {
			add(nil, s.Services, nil)
		}
		for _, v := range s.VNets {
			at := &way{vrf: s.VRF, vnet: v}
			if !ours {
				at = nil
			}
			add([]string{v}, nil, at)
		}
	}
	return &p, asked
}

// oneEach keeps one prefix of each family: the way to Azure depends on the family
// alone.
func oneEach(prefixes []netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range prefixes {
		if !slices.ContainsFunc(out, func(o netip.Prefix) bool { return plan.FamilyOf(o.Addr()) == plan.FamilyOf(p.Addr()) }) {
			out = append(out, p)
		}
	}
	return out
}

// A best is the question which neighbor a router uses to a prefix.
type best struct {
	o      *oracle
	l      *look
	list   []wanted
	vrf    string
	prefix netip.Prefix
	result *sim.Result
}

// test compares the neighbors whose route is used with those that are predicted;
// nil: nothing is.
func (b *best) test() *test {
	var want, used []*wanted
	var all []Neighbor
	for i := range b.list {
		w := &b.list[i]
		if !w.azure() || w.VRF != b.vrf || w.family != plan.FamilyOf(b.prefix.Addr()) {
			continue
		}
		all = append(all, w.Neighbor)
		if slices.ContainsFunc(b.result.Legs, func(leg sim.Leg) bool {
			return leg.Router == b.l.r.Name && leg.Path == w.path && leg.Position == w.position && leg.Instance == w.instance
		}) {
			want = append(want, w)
		}
		if route := b.l.is[w.Neighbor].route(b.prefix); route != nil && route.Best {
			used = append(used, w)
		}
	}
	elsewhere := slices.ContainsFunc(b.result.Legs, func(leg sim.Leg) bool { return leg.Router != "" && leg.Router != b.l.r.Name })
	if len(want) == 0 && !elsewhere {
		return nil
	}
	t := &test{TestResult: TestResult{Name: "best path to " + b.name(), Want: namesOf(want), Got: namesOf(used), Pass: true}, of: all}
	switch {
	case len(want) == 0:
		t.Want = "another router"
		b.away(t, used)
	case len(used) > 0:
		b.here(t, want, used)
	case !elsewhere:
		b.unused(t, want)
	}
	return t
}

func (b *best) name() string {
	if b.vrf == "" {
		return b.prefix.String()
	}
	return b.prefix.String() + " in VRF " + b.vrf
}

// namesOf joins sessions, sorted.
func namesOf(list []*wanted) string {
	if len(list) == 0 {
		return "none of the router's own"
	}
	var out []string
	for _, w := range list {
		out = append(out, w.name())
	}
	slices.Sort(out)
	return strings.Join(out, " and ")
}

// here judges own sessions that are used where own ones are predicted: each has to
// be among them, and where several are, one will do.
func (b *best) here(t *test, want, used []*wanted) {
	odd := slices.ContainsFunc(used, func(w *wanted) bool { return !slices.Contains(want, w) })
	switch {
	case odd && !b.brought(want):
		t.Note = "no verdict: what is predicted does not bring the prefix"
	case odd:
		t.Pass = false
	case len(used) < len(want) && (b.result.Tie || b.result.Narrow):
		t.Note = "one of several that are equal: a tie-break decides"
	case len(used) < len(want):
		t.Note = fmt.Sprintf("%d of the %d that are equal", len(used), len(want))
	}
}

// brought reports whether one of the sessions brings the prefix.
func (b *best) brought(list []*wanted) bool {
	return slices.ContainsFunc(list, func(w *wanted) bool { return b.l.is[w.Neighbor].route(b.prefix) != nil })
}

// unused judges that no own session is used where one is predicted. Another router
// may have a reason that this one cannot see: it was not changed yet, or Microsoft
// drains a link. A lower local-preference is none.
func (b *best) unused(t *test, want []*wanted) {
	if !b.brought(want) {
		t.Note = "no verdict: what is predicted does not bring the prefix"
		return
	}
	planned := uint32(0)
	for _, w := range want {
		planned = max(planned, b.preference(b.l.r, w.imports))
	}
	for i := range b.list {
		w := &b.list[i]
		route := b.l.is[w.Neighbor].route(b.prefix)
		if !w.internal || route == nil || !route.Best {
			continue
		}
		t.Got = fmt.Sprintf("%s, local-preference %d", w.name(), route.LocalPreference)
		if route.LocalPreference == 0 || route.LocalPreference >= planned {
			t.Note = "no verdict: the other router does not prefer it less, as it is now"
			return
		}
	}
	if b.vrf != "" && slices.ContainsFunc(b.l.r.IBGP, func(s plan.IBGP) bool { return len(s.VPN) > 0 }) {
		t.Note = "no verdict: the VRF may have it from another router"
		return
	}
	t.Pass = false
}

// away judges own sessions where another router's are predicted: that decides only
// where the other router sends its route as the plan has it.
func (b *best) away(t *test, used []*wanted) {
	if len(used) == 0 {
		return
	}
	for i := range b.list {
		w := &b.list[i]
		if route := b.l.is[w.Neighbor].route(b.prefix); w.internal && route != nil && b.planned(route.LocalPreference) {
			t.Pass = false
			return
		}
	}
	t.Note = "no verdict: the other router does not send it as planned, as it is now"
}

// planned reports whether the predicted session of another router has a
// local-preference.
func (b *best) planned(preference uint32) bool {
	return slices.ContainsFunc(b.result.Legs, func(leg sim.Leg) bool {
		r := b.o.router(leg.Router)
		if r == nil || r.Name == b.l.r.Name {
			return false
		}
		list := b.o.wanted(r)
		return slices.ContainsFunc(list, func(w wanted) bool {
			return w.path == leg.Path && w.position == leg.Position && w.instance == leg.Instance && w.family == plan.FamilyOf(b.prefix.Addr()) && b.preference(r, w.imports) == preference
		})
	})
}

// defaultPreference is BGP's local-preference where no policy sets one: that of
// IOS-XE, Junos and FRR alike.
const defaultPreference = 100

// preference is the highest local-preference that a policy gives the prefix.
func (b *best) preference(r *plan.Router, policy plan.Name) uint32 {
	out := uint32(0)
	for _, t := range r.Possible(policy, b.prefix) {
		out = max(out, cmp.Or(t.LocalPreference, defaultPreference))
	}
	return out
}

func (o *oracle) router(name string) *plan.Router {
	i, ok := slices.BinarySearchFunc(o.p.Routers, name, func(r plan.Router, name string) int { return strings.Compare(r.Name, name) })
	if !ok {
		return nil
	}
	return &o.p.Routers[i]
}
