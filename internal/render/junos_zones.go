package render

import (
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

type junosZone struct {
	Name       string
	Hears      bool // more than its owner has let in
	HearsIKE   bool // holds the loopback, from which a tunnel comes
	IKEOrigin  string
	HearsBGP   bool // holds the loopback, which BGP uses
	BGPOrigin  string
	Interfaces []junosZoneInterface
}

type junosZoneInterface struct {
	Name      string
	Bare      bool // hears what its zone hears
	Services  []string
	Protocols []string
	Origin    string
}

// junosZones puts the links, the tunnels, and the loopback where BGP or IKE
// uses it, into their zones. The unit of a link or tunnel is ercfg's alone and
// says itself what it hears. The loopback is the LAN's: what an interface says
// of host-inbound-traffic takes the place of what its zone says, so a word
// there would shut out whatever the owner lets in (SSH, SNMP). Its zone is told
// to hear BGP and IKE besides (Juniper, Security Policies User Guide,
// host-inbound-traffic).
func junosZones(r *plan.Router) []junosZone {
	var out []junosZone
	zone := func(name string) *junosZone {
		i := slices.IndexFunc(out, func(z junosZone) bool { return z.Name == name })
		if i < 0 {
			i = len(out)
			out = append(out, junosZone{Name: name})
		}
		return &out[i]
	}
	for i := range r.Links {
		l := &r.Links[i]
		unit := junosZoneInterface{Name: l.Subinterface(), Services: []string{"ping"}, Protocols: []string{"bfd", "bgp"}, Origin: l.Origin}
		if slices.ContainsFunc(r.Tunnels, func(t plan.Tunnel) bool { return carries(r, l, &t) }) {
			unit.Services = []string{"ike", "ping"}
		}
		z := zone(l.Zone)
		z.Interfaces = append(z.Interfaces, unit)
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		z := zone(t.Zone)
		z.Interfaces = append(z.Interfaces, junosZoneInterface{Name: junosUnitName(t.Interface), Services: []string{"ping"}, Protocols: []string{"bgp"}, Origin: t.Origin})
	}
	if inZone(r) {
		z := zone(junosLoopbackZone(r))
		z.Interfaces = append(z.Interfaces, junosZoneInterface{Name: junosLoopbackUnit(r), Bare: true, Origin: r.Loopback.Origin})
		if usesLoopback(r) {
			z.Hears, z.HearsBGP, z.BGPOrigin = true, true, r.Loopback.Origin
		}
		if i := slices.IndexFunc(r.Tunnels, func(t plan.Tunnel) bool { return fromLoopback(r, &t) }); i >= 0 {
			z.Hears, z.HearsIKE, z.IKEOrigin = true, true, r.Tunnels[i].Origin
		}
	}
	slices.SortStableFunc(out, func(a, b junosZone) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// inZone reports whether the loopback has to be in a security zone: on an SRX,
// where BGP or IKE uses it and the plan has a zone for it.
func inZone(r *plan.Router) bool {
	return r.Platform == plan.Junos && r.Model == plan.SRX && r.Loopback.Interface != "" && junosLoopbackZone(r) != "" &&
		(usesLoopback(r) || slices.ContainsFunc(r.Tunnels, func(t plan.Tunnel) bool { return fromLoopback(r, &t) }))
}

// usesLoopback reports whether a BGP session comes from the loopback.
func usesLoopback(r *plan.Router) bool {
	return len(r.IBGP) > 0 || slices.ContainsFunc(r.Tunnels, func(t plan.Tunnel) bool { return t.Session.Loopback })
}

// fromLoopback reports whether the loopback sources t.
func fromLoopback(r *plan.Router, t *plan.Tunnel) bool {
	return r.Loopback.Interface != "" && junosSource(r, t) == junosLoopbackUnit(r)
}

// junosLoopbackZone is the zone of the loopback: its own, or the one that a
// tunnel from it asks for. Junos refuses an interface in two zones.
func junosLoopbackZone(r *plan.Router) plan.Name {
	if r.Loopback.Zone != "" {
		return r.Loopback.Zone
	}
	for i := range r.Tunnels {
		if t := &r.Tunnels[i]; t.OutsideZone != "" && fromLoopback(r, t) {
			return t.OutsideZone
		}
	}
	return ""
}

// carries reports whether IKE of t may come in on l. A route may hold the
// gateway on l. Without such a route BGP holds the gateway, and its packets come
// in on any link: of the peering whose link sources t, or, where the plan puts
// the source of t into a zone, of the table.
func carries(r *plan.Router, l *plan.Link, t *plan.Tunnel) bool {
	if l.VRF != t.OutsideVRF {
		return false
	}
	pinned := false
	for i := range r.Routes {
		h := &r.Routes[i]
		if h.VRF != t.OutsideVRF || h.Discard || !h.Prefix.IsSingleIP() || h.Prefix.Addr() != t.Remote {
			continue
		}
		if h.Interface == l.Subinterface() {
			return true
		}
		pinned = true
	}
	source := junosSource(r, t)
	if pinned {
		return source == l.Subinterface()
	}
	return t.OutsideZone != "" || slices.ContainsFunc(r.Links, func(o plan.Link) bool { return o.Path == l.Path && o.Subinterface() == source })
}

// junosLoopbackUnit is the loopback as zones name it: lo0.0.
func junosLoopbackUnit(r *plan.Router) string { return junosUnitName(r.Loopback.Interface) }
