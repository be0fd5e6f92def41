package render

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// junosInstance is a VRF: of type vrf where it takes part in VPNs, a
// virtual-router otherwise. Its AS number is the router's. Its router id is
// written: an instance with IPv6 sessions does not inherit one (Juniper,
// router-id).
type junosInstance struct {
	Name            string
	Type            string
	RIB             string // of StaticsIPv6: RED.inet6.0
	HasRIB          bool
	StaticsIPv6     []junosStatic
	SpreadIPv6      bool // equal paths from other PEs
	RouterID        string
	StaticsIPv4     []junosStatic
	SpreadIPv4      bool
	PathsOrigin     string
	AutoExport      bool
	Groups          []junosGroup
	PrecisionTimers bool
	PrecisionOrigin string
	Interfaces      []junosMember
	RD              string // empty: a virtual router
	ImportPolicy    string // in place of targets
	ExportPolicy    string
	Target          string // both ways; empty: ImportTarget and ExportTarget, or policies
	ImportTarget    string
	ExportTarget    string
	Origin          string
}

type junosMember struct{ Name, Origin string }

func junosInstances(prefix string, r *plan.Router, all []peer) []junosInstance {
	var out []junosInstance
	for i := range r.VRFs {
		v := &r.VRFs[i]
		n := junosInstance{
			Name: v.Name, Type: "virtual-router", RIB: v.Name + "." + junosTable(plan.IPv6), RouterID: r.RouterID.String(),
			StaticsIPv4: junosStatics(r, v.Name, plan.IPv4), StaticsIPv6: junosStatics(r, v.Name, plan.IPv6),
			Groups: junosGroups(prefix, r, v.Name, all), PathsOrigin: v.Multipath.Origin, Origin: v.Origin,
		}
		n.PrecisionTimers, n.PrecisionOrigin = junosPrecision(all, v.Name)
		if v.RD != (bgp.RouteDistinguisher{}) {
			n.Type, n.RD = "vrf", junosLong(v.RD.String())
			// The multipath of a group is for sessions with CEs; VPN routes of
			// several PEs are equal only where the table says so.
			n.SpreadIPv4, n.SpreadIPv6 = v.Multipath.IBGP > 1 && v.Families[plan.IPv4], v.Multipath.IBGP > 1 && v.Families[plan.IPv6]
			n.targets(prefix, v)
			n.AutoExport = junosLeaks(r, v)
		}
		n.HasRIB = len(n.StaticsIPv6) > 0 || n.SpreadIPv6
		for j := range r.Links {
			if l := &r.Links[j]; l.VRF == v.Name {
				n.Interfaces = append(n.Interfaces, junosMember{l.Subinterface(), l.Origin})
			}
		}
		for j := range r.Tunnels {
			if t := &r.Tunnels[j]; t.VRF == v.Name {
				n.Interfaces = append(n.Interfaces, junosMember{junosUnitName(t.Interface), t.Origin})
			}
		}
		out = append(out, n)
	}
	return out
}

// junosLeaks reports whether v and another VRF of r share a route target one
// way. Route targets alone bring routes from other PEs; between tables of one
// router Junos wants auto-export (Juniper, auto-export).
func junosLeaks(r *plan.Router, v *plan.VRF) bool {
	meets := func(a, b []bgp.RouteTarget) bool {
		return slices.ContainsFunc(a, func(t bgp.RouteTarget) bool { return slices.Contains(b, t) })
	}
	return slices.ContainsFunc(r.VRFs, func(o plan.VRF) bool {
		return o.Name != v.Name && (meets(o.Export, v.Import) || meets(v.Export, o.Import))
	})
}

// targets writes route targets: the short form has one of each.
func (n *junosInstance) targets(prefix string, v *plan.VRF) {
	switch {
	case !junosOneTarget(v):
		n.ImportPolicy, n.ExportPolicy = junosTargetPolicyNames(prefix, v)
	case v.Import[0] == v.Export[0]:
		n.Target = junosTarget(v.Import[0])
	default:
		n.ImportTarget, n.ExportTarget = junosTarget(v.Import[0]), junosTarget(v.Export[0])
	}
}

func junosOneTarget(v *plan.VRF) bool { return len(v.Import) == 1 && len(v.Export) == 1 }

func junosTarget(t bgp.RouteTarget) string { return "target:" + junosLong(t.String()) }

// junosLong marks an AS number of four bytes in a route target or
// distinguisher, as Junos wants it (Juniper, Using 4-Byte Autonomous System
// Numbers in BGP Networks).
func junosLong(text string) string {
	asn, number, _ := strings.Cut(text, ":")
	if n, err := strconv.ParseUint(asn, 10, 32); err == nil && n > math.MaxUint16 {
		return asn + "L:" + number
	}
	return text
}

func junosTargetPolicyNames(prefix string, v *plan.VRF) (imports, exports string) {
	return prefix + "-VRF-" + v.Name + "-IMPORT", prefix + "-VRF-" + v.Name + "-EXPORT"
}

// junosTargetPolicies are what stands for route targets where a VRF has more
// than one of a kind, or none.
func junosTargetPolicies(prefix string, v *plan.VRF) ([]junosPolicy, []junosCommunity) {
	if v.RD == (bgp.RouteDistinguisher{}) || junosOneTarget(v) {
		return nil, nil
	}
	var communities []junosCommunity
	name := func(t bgp.RouteTarget) string {
		c := junosCommunity{prefix + "-TARGET-" + v.Name + "-" + strings.ReplaceAll(t.String(), ":", "-"), junosTarget(t), v.Origin}
		for _, known := range communities {
			if known == c {
				return c.Name
			}
		}
		communities = append(communities, c)
		return c.Name
	}
	imports, exports := junosTargetPolicyNames(prefix, v)
	in, out := junosPolicy{Name: imports, Last: "reject", Origin: v.Origin}, junosPolicy{Name: exports, Last: "reject", Origin: v.Origin}
	if len(v.Import) > 0 {
		names := make([]string, len(v.Import))
		for i, t := range v.Import {
			names[i] = name(t)
		}
		in.Terms = []junosTerm{{Name: "10", FromLine: "community " + junosList(names), ThenLine: "accept", Origin: v.Origin}}
	}
	if len(v.Export) > 0 {
		term := junosTerm{Name: "10", Origin: v.Origin}
		for _, t := range v.Export {
			term.ThenBlock = append(term.ThenBlock, "community add "+name(t))
		}
		term.ThenBlock = append(term.ThenBlock, "accept")
		out.Terms = []junosTerm{term}
	}
	return []junosPolicy{in, out}, communities
}
