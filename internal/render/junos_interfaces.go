package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

type junosInterface struct {
	Name    string
	Tagging string // vlan-tagging, flexible-vlan-tagging; empty on a loopback or tunnel
	Units   []junosUnit
	Origin  string
}

type junosUnit struct {
	Number      int
	Description string // quoted where needed
	Tag         string // vlan-id 150, vlan-tags outer 330 inner 10
	Families    []junosFamily
	Origin      string
}

type junosFamily struct {
	Name         string // inet, inet6
	MTU          int    // bytes; 0: a loopback's own
	Filter       string // of what goes out; empty: none
	FilterOrigin string
	Sampled      bool // both directions
	FlowOrigin   string
	Address      string // empty on an unnumbered tunnel
	Origin       string
}

// junosInterfaces lists the links' ports, the loopback and the tunnels by name.
func junosInterfaces(prefix string, r *plan.Router) []junosInterface {
	var out []junosInterface
	for i := range r.Links {
		l := &r.Links[i]
		if len(out) == 0 || out[len(out)-1].Name != l.Interface {
			out = append(out, junosInterface{Name: l.Interface, Tagging: "vlan-tagging", Origin: l.Origin})
		}
		port := &out[len(out)-1]
		unit := junosUnit{
			Number: l.Unit, Description: junosString(oneSpaced(l.Description)), Tag: "vlan-id " + l.Tag.Inner.String(),
			Families: junosFamilies(prefix, r, l), Origin: l.Origin,
		}
		if l.Tag.QinQ() {
			port.Tagging = "flexible-vlan-tagging"
			unit.Tag = fmt.Sprintf("vlan-tags outer %s inner %s", l.Tag.Outer, l.Tag.Inner)
		}
		port.Units = append(port.Units, unit)
	}
	if lo := &r.Loopback; lo.Interface != "" {
		name, number := junosUnitOf(lo.Interface)
		unit := junosUnit{Number: number, Origin: lo.Origin}
		for _, a := range [...]netip.Addr{lo.IPv4, lo.IPv6} {
			if a.IsValid() {
				unit.Families = append(unit.Families, junosFamily{Name: junosFamilyName(plan.FamilyOf(a)), Address: hostPrefix(a).String(), Origin: lo.Origin})
			}
		}
		out = append(out, junosInterface{Name: name, Units: []junosUnit{unit}, Origin: lo.Origin})
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		name, _ := junosUnitOf(t.Interface)
		at := slices.IndexFunc(out, func(o junosInterface) bool { return o.Name == name })
		if at < 0 {
			at = len(out)
			out = append(out, junosInterface{Name: name, Origin: t.Origin})
		}
		out[at].Units = append(out[at].Units, junosTunnelUnit(r, t))
	}
	slices.SortStableFunc(out, func(a, b junosInterface) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// junosTunnelUnit is the unit of a tunnel. One without an address of its own
// has the family all the same: it is what routes leave by.
func junosTunnelUnit(r *plan.Router, t *plan.Tunnel) junosUnit {
	_, number := junosUnitOf(t.Interface)
	family := junosFamily{Name: "inet", MTU: t.MTUBytes, Sampled: r.Flow.On(), FlowOrigin: r.Flow.Origin, Origin: t.Origin}
	if t.Inside.IsValid() {
		family.Address = t.Inside.String()
	}
	return junosUnit{Number: number, Description: junosString(oneSpaced(t.Description)), Families: []junosFamily{family}, Origin: t.Origin}
}

// hostPrefix is an address as a prefix of its own; the zero Addr gives the
// zero Prefix.
func hostPrefix(a netip.Addr) netip.Prefix {
	if !a.IsValid() {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, a.BitLen())
}

// junosUnitOf splits lo0, lo0.5 or st0.1 into device and unit.
func junosUnitOf(name string) (device string, unit int) {
	device, number, _ := strings.Cut(name, ".")
	unit, _ = strconv.Atoi(number) // no number is unit 0; Check refuses anything else
	return device, unit
}

// junosUnitName is an interface as other parts of a configuration name it,
// with its unit: lo0.0.
func junosUnitName(name string) string {
	device, unit := junosUnitOf(name)
	return device + "." + strconv.Itoa(unit)
}

// junosFamilies writes the addresses of a link's unit. Its MTU is written even
// where it is Ethernet's: without it a family takes what the port carries, and
// on a jumbo port that is more than the circuit does (Juniper, Interfaces
// Fundamentals, protocol MTU).
func junosFamilies(prefix string, r *plan.Router, l *plan.Link) []junosFamily {
	var out []junosFamily
	for _, p := range [...]netip.Prefix{l.IPv4, l.IPv6} {
		if !p.IsValid() {
			continue
		}
		family := plan.FamilyOf(p.Addr())
		f := junosFamily{Name: junosFamilyName(family), MTU: l.MTUBytes, Sampled: r.Flow.On(), FlowOrigin: r.Flow.Origin, Address: p.String(), Origin: l.Origin}
		if l.Remark {
			f.Filter, f.FilterOrigin = junosFilterName(prefix, l.DSCP, family), l.RemarkOrigin
		}
		out = append(out, f)
	}
	return out
}
