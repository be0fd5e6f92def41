package sim

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
)

// A cluster is a set of tunnels whose fates hang together: the way to the far
// end of one may lead through another.
type cluster struct {
	tunnels  []int
	elements []int // that may change their fate, ascending
}

// outside is the way between the two ends of a tunnel, as an ask. A tunnel over
// the Internet has none: the Internet is taken to be always there.
func (a *azure) outside(i int) ask {
	t := &a.m.tunnels[i]
	if t.vpn.Underlay == "" {
		return ask{statement: -1}
	}
	q := ask{statement: -1, family: plan.IPv4}
	if at, ok := a.m.tableOf[place{t.router, t.OutsideVRF}]; ok {
		q.entries = [][]int{{at}}
	}
	remote, local := hostOf(t.Remote), hostOf(t.Local)
	if a.overMicrosoft(t.vpn.Underlay) {
		q.microsoft = true
		q.targets = []target{a.gatewayTarget(t)}
		q.answers = [][]answer{a.answers(edge, local)}
		return q
	}
	q.targets = []target{a.target(t.OutsideVRF, remote)}
	q.answers = [][]answer{a.answers(t.vpn.VNet, local)}
	return q
}

func hostOf(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// overMicrosoft reports whether a path is a Microsoft peering.
func (a *azure) overMicrosoft(path string) bool {
	return slices.ContainsFunc(a.microsoft, func(s int) bool { return a.m.sessions[s].path == path })
}

// gatewayTarget is the public address of a gateway as Microsoft peering brings
// it: by services that are bounded by prefixes around it, the longest first, else
// by a service of the peering under it whose prefixes nobody knows.
func (a *azure) gatewayTarget(t *tunnel) target {
	out := target{prefix: hostOf(t.Remote)}
	add := func(service string, bound netip.Prefix) {
		for _, c := range a.services[service].Communities {
			d := a.serviceDest(t.OutsideVRF, service, c, bound, plan.FamilyOf(t.Remote))
			if !slices.Contains(out.dests, d) {
				out.dests = append(out.dests, d)
			}
		}
	}
	var unknown []string
	for i := range a.m.p.Statements {
		s := &a.m.p.Statements[i]
		if s.VRF != t.OutsideVRF {
			continue
		}
		for _, name := range s.Services {
			for _, b := range a.services[name].Prefixes {
				if b.Contains(t.Remote) {
					add(name, b)
				}
			}
			if len(a.services[name].Prefixes) == 0 && slices.Contains(s.Prefer, t.vpn.Underlay) {
				unknown = append(unknown, name)
			}
		}
	}
	slices.SortStableFunc(out.dests, func(a, b *dest) int { return cmp.Compare(b.prefix.Bits(), a.prefix.Bits()) })
	if len(out.dests) == 0 {
		for _, name := range unknown {
			add(name, netip.Prefix{})
		}
	}
	return out
}

// cluster joins the tunnels that meet in each other's outside.
func (a *azure) cluster() []cluster {
	m := a.m
	root := make([]int, len(m.tunnels))
	for i := range root {
		root[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if root[i] != i {
			root[i] = find(root[i])
		}
		return root[i]
	}
	for i := range m.tunnels {
		for _, s := range m.tunnels[i].outside.sessions() {
			if t := m.sessions[s].tunnel; t >= 0 {
				root[find(i)] = find(t)
			}
		}
	}
	var out []cluster
	number := make(map[int]int)
	for i := range m.tunnels {
		n, ok := number[find(i)]
		if !ok {
			n = len(out)
			number[find(i)] = n
			out = append(out, cluster{})
		}
		m.tunnels[i].cluster = n
		out[n].tunnels = append(out[n].tunnels, i)
	}
	for n := range out {
		out[n].elements = a.clusterElements(out[n].tunnels)
	}
	return out
}

// clusterElements are what may change the fate of tunnels: themselves, their
// routers, and every link that their outsides may take.
func (a *azure) clusterElements(tunnels []int) []int {
	m := a.m
	var out []int
	for _, i := range tunnels {
		t := &m.tunnels[i]
		out = append(out, m.tunnelElement(i), m.routerElement(t.router))
		for _, s := range t.outside.sessions() {
			out = append(out, m.routerElement(m.router(s)))
			if l := m.sessions[s].link; l >= 0 {
				out = append(out, m.linkElement(l))
			}
		}
		for l := m.firstLink[t.router]; l < m.firstLink[t.router+1]; l++ {
			if m.links[l].Path == t.vpn.Underlay {
				out = append(out, m.linkElement(l)) // a pin may hold it
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sessions are all that an ask may follow.
func (q *ask) sessions() []int {
	var out []int
	for _, t := range q.targets {
		for _, d := range t.dests {
			for _, o := range d.offers {
				out = append(out, o.session)
			}
		}
	}
	for _, list := range q.answers {
		for _, ans := range list {
			out = append(out, ans.session)
		}
	}
	return out
}
