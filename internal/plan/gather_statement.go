package plan

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

func (f *facts) gatherStatements() {
	seen := make(map[string]*statement)
	for i := range f.in.Traffic {
		in := &f.in.Traffic[i]
		s := &statement{in: in, name: in.Name.V, pos: in.Pos, origin: "traffic." + in.Name.V}
		f.line(in.Name)
		if before := seen[s.name]; before != nil {
			f.fault(nameTwice, in.Name.Pos, fmt.Sprintf("two statements are called %q", s.name), "a statement is known by its name", before.in.Name.Pos)
		}
		seen[s.name] = s
		for _, name := range in.Onprem {
			if n := f.network(name); n != nil {
				s.networks = append(s.networks, n)
			}
		}
		f.statementAzure(s)
		for _, name := range in.Prefer {
			f.statementPath(s, name)
		}
		if n := len(s.circuits()); n > expressroute.CircuitRanks {
			f.fault(badValue, in.Name.Pos, fmt.Sprintf("statement %s orders %d circuits", s.name, n), fmt.Sprintf("the local-preference ladder has %d steps", expressroute.CircuitRanks))
		}
		f.statementMaps(s)
		f.statements = append(f.statements, s)
	}
	f.vpnVRFs()
}

// vpnVRFs puts the inside of each VPN into the VRF of the circuits that stand
// beside it in a statement. Without any it is in the global table.
func (f *facts) vpnVRFs() {
	for _, s := range f.statements {
		circuits := s.circuits()
		if len(circuits) == 0 {
			continue
		}
		for _, p := range s.paths {
			if p.vpn != nil && p.vpn.vrfPos.IsZero() {
				p.vpn.vrf, p.vpn.vrfPos = circuits[0].peering.vrf, circuits[0].name.Pos
			}
		}
	}
}

// network looks up an on-premises network.
func (f *facts) network(name intent.At[string]) *network {
	n := f.networkByName[name.V]
	if n == nil {
		f.fault(unknownName, name.Pos, fmt.Sprintf("no on-premises network is called %q", name.V), diag.DidYouMean(name.V, names(f.networks, func(n *network) string { return n.name.V })))
	}
	return n
}

func (f *facts) statementAzure(s *statement) {
	for _, name := range s.in.Azure {
		if v := f.vnetByName[name.V]; v != nil {
			s.vnets = append(s.vnets, v)
			continue
		}
		if v := f.serviceByName[name.V]; v != nil {
			s.services = append(s.services, v)
			continue
		}
		known := append(names(f.vnets, func(v *vnet) string { return v.name.V }), names(f.services, func(v *service) string { return v.name.V })...)
		f.fault(unknownName, name.Pos, fmt.Sprintf("no VNet or service set is called %q", name.V), diag.DidYouMean(name.V, known))
	}
}

func (f *facts) statementPath(s *statement, name intent.At[string]) {
	for _, p := range s.paths {
		if p.name.V == name.V {
			f.fault(nameTwice, name.Pos, fmt.Sprintf("the path %q is listed twice", name.V), "a path has one place in the order", p.name.Pos)
			return
		}
	}
	if p := f.peeringOf(name.V); p != nil {
		if p.circuit.private != nil && p.circuit.microsoft != nil && !strings.Contains(name.V, ".") {
			f.fault(unknownName, name.Pos, fmt.Sprintf("%q has two peerings", name.V), fmt.Sprintf("write %s.private or %s.microsoft", name.V, name.V))
		}
		s.paths = append(s.paths, &path{name: name, peering: p})
		return
	}
	if v := f.vpnByName[name.V]; v != nil {
		s.paths = append(s.paths, &path{name: name, vpn: v})
		return
	}
	if !f.withoutPeering(name.V) {
		f.fault(unknownName, name.Pos, fmt.Sprintf("no circuit or VPN is called %q", name.V), diag.DidYouMean(name.V, f.pathNames()))
	}
}

// peeringOf finds the peering that a path names: CIRCUIT, CIRCUIT.private or
// CIRCUIT.microsoft.
func (f *facts) peeringOf(name string) *peering {
	name, kind, dotted := strings.Cut(name, ".")
	c := f.circuitByName[name]
	switch {
	case c == nil:
		return nil
	case kind == "microsoft":
		return c.microsoft
	case kind == "private":
		return c.private
	case dotted:
		return nil
	case c.private != nil:
		return c.private
	}
	return c.microsoft
}

func (f *facts) pathNames() []string {
	var out []string
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			out = append(out, p.path)
		}
	}
	return append(out, names(f.vpns, func(v *vpn) string { return v.name.V })...)
}

// statementMaps checks the keys of preference and prepend.
func (f *facts) statementMaps(s *statement) {
	check := func(name intent.At[string]) {
		whole := strings.TrimSuffix(strings.TrimSuffix(name.V, ".primary"), ".secondary")
		if !slices.ContainsFunc(s.paths, func(p *path) bool { return p.is(whole) }) {
			f.fault(unknownName, name.Pos, fmt.Sprintf("%q is no path of statement %s", name.V, s.name), "name a path of its prefer list, with .primary or .secondary behind it for one link")
		}
	}
	for _, e := range s.in.Preference {
		check(e.Name)
		if e.Value.Set() && (e.Value.V < 1 || e.Value.V > math.MaxUint32) {
			f.fault(badValue, e.Value.Pos, fmt.Sprintf("%d is no local-preference", e.Value.V), "write 1 to 4294967295; more is better, and 100 is what a router gives by itself")
		}
	}
	for _, e := range s.in.Prepend {
		check(e.Name)
		f.asns(e.Value.ASNs)
	}
}

// is reports whether name means this path.
func (p *path) is(name string) bool {
	if p.vpn != nil {
		return name == p.vpn.name.V
	}
	return name == p.peering.path || name == p.name.V || (!p.peering.microsoft && name == p.peering.circuit.name.V+".private")
}

// asns reports the AS numbers of a list that are none.
func (f *facts) asns(list []intent.At[intent.ASN]) {
	for _, a := range list {
		f.asn(a)
	}
}
