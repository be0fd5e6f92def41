package plan

import (
	"fmt"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
)

// Codes about VRFs: design, "From traffic to policy".
const (
	severalVRFs diag.Code = "ER945" // paths of one statement, or statements of one VPN
	vrfLacks    diag.Code = "ER948" // no RD, no targets, no interface
	sharedRD    diag.Code = "ER963" // one RD on two routers (W)
)

// checkVRFs reports VRFs that nothing defines, that lack what they are used
// for, and paths that would have to leave their own.
func (f *facts) checkVRFs() {
	for _, s := range f.statements {
		f.checkOneVRF(s)
	}
	f.checkVRFNames()
	sessions := f.ibgpSessions()
	vpn := make(map[*router]bool)
	for _, set := range []map[sessionEnds]bool{sessions.between, sessions.outside} {
		for ends := range set {
			if ends.vpn {
				vpn[ends.a] = true
			}
		}
	}
	for _, r := range f.routers {
		for _, v := range r.vrfs {
			if r.usesVRF(v) {
				f.checkVRFParts(r, v, vpn[r])
			}
			f.checkCustomerBFD(r, v)
		}
	}
	f.checkSharedRDs(vpn)
}

// checkSharedRDs warns of one route distinguisher on two routers: for a route
// reflector their routes are then one, and it passes only the better on.
func (f *facts) checkSharedRDs(vpn map[*router]bool) {
	first := make(map[bgp.RouteDistinguisher]*vrf)
	for _, r := range f.routers {
		for _, v := range r.vrfs {
			if !v.rd.Set() || !vpn[r] {
				continue
			}
			if before := first[v.rd.V]; before != nil {
				f.warn(sharedRD, v.rd.Pos, fmt.Sprintf("route distinguisher %s stands on two VRFs", v.rd.V), "write one of its own on each router, such as \"ROUTER-ID:NUMBER\": a route reflector then passes both paths on", before.rd.Pos)
				continue
			}
			first[v.rd.V] = v
		}
	}
}

// checkOneVRF reports the first path of a statement that lies in another VRF
// than the ones before it. A VPN lies where the first statement with a circuit
// beside it has put it.
func (f *facts) checkOneVRF(s *statement) {
	first := ""
	for i, p := range s.paths {
		vrf, at := p.vrf()
		if i == 0 {
			first = vrf
			continue
		}
		if vrf == first {
			continue
		}
		related := []diag.Pos{s.paths[0].name.Pos}
		if at != p.name.Pos && !at.IsZero() {
			related = append(related, at)
		}
		f.fault(severalVRFs, p.name.Pos, fmt.Sprintf("%s lies in %s, and %s of the same statement in %s", p.name.V, vrfText(vrf), s.paths[0].name.V, vrfText(first)),
			"traffic stays in one routing table: give the peerings one vrf, or make a statement of each; a VPN has one VRF for all its statements", related...)
		return
	}
}

// vrf is where the path's routes are, and the place that says so.
func (p *path) vrf() (string, diag.Pos) {
	if p.vpn != nil {
		return p.vpn.vrf, p.vpn.vrfPos
	}
	return p.peering.vrf, p.peering.in.VRF.Pos
}

// vrfText names a VRF in a sentence.
func vrfText(name string) string {
	if name == "" {
		return "the global table"
	}
	return "VRF " + name
}

// checkVRFNames looks up the VRFs of peerings and tunnels, each once on a
// router: a tunnel has them of a peering, unless it says otherwise.
func (f *facts) checkVRFNames() {
	seen := make(map[place]bool)
	define := func(r *router, name string, at diag.Pos, related ...diag.Pos) {
		if r == nil || name == "" || r.vrf(name) != nil || seen[place{r, name}] {
			return
		}
		seen[place{r, name}] = true
		hint := diag.DidYouMean(name, names(r.vrfs, func(v *vrf) string { return v.name.V }))
		if len(r.vrfs) == 0 {
			hint = fmt.Sprintf("write vrfs: {%s: {…}} on %s", name, r.name.V)
		}
		f.fault(unknownName, at, fmt.Sprintf("%s has no VRF %q", r.name.V, name), hint, append(related, r.name.Pos)...)
	}
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			for _, l := range p.both() {
				define(l.router, p.vrf, p.in.VRF.Pos)
			}
		}
	}
	for _, v := range f.vpns {
		for _, t := range v.tunnels {
			at := t.in.VRF.Pos
			if at.IsZero() { // taken from the peering under the VPN
				at = v.in.Underlay.Pos
			}
			define(t.router, t.outside, at)
			define(t.router, v.vrf, t.in.Router.Pos, v.vrfPos)
		}
	}
}

// usesVRF reports whether BGP runs in a VRF of r. One that holds nothing but
// the outside of tunnels needs no name in BGP.
func (r *router) usesVRF(v *vrf) bool {
	for _, l := range r.links {
		if l.peering.vrf == v.name.V {
			return true
		}
	}
	for _, t := range r.tunnels {
		if t.vpn.vrf == v.name.V {
			return true
		}
	}
	return len(v.neighbors) > 0
}

// checkVRFParts reports a VRF that its BGP cannot run in: VPN routes carry an
// RD and go by route targets, and IOS-XE takes no address family of a VRF
// without an RD.
func (f *facts) checkVRFParts(r *router, v *vrf, vpn bool) {
	if !v.in.RD.Set() && (vpn || r.platform == IOSXE) {
		why := "BGP on IOS-XE"
		if vpn {
			why = "its iBGP session of family vpn"
		}
		f.fault(vrfLacks, v.name.Pos, fmt.Sprintf("VRF %s of %s has no route distinguisher, which %s needs", v.name.V, r.name.V, why),
			`write rd: "ADDRESS:NUMBER", with the router ID as address: an RD for each router lets a route reflector pass both paths on`)
	}
	if !vpn {
		return
	}
	var lacks []string
	if len(v.in.Import) == 0 {
		lacks = append(lacks, "import")
	}
	if len(v.in.Export) == 0 {
		lacks = append(lacks, "export")
	}
	if len(lacks) > 0 {
		f.fault(vrfLacks, v.name.Pos, fmt.Sprintf("VRF %s of %s has no route target to %s, which its iBGP session of family vpn needs", v.name.V, r.name.V, strings.Join(lacks, " or ")),
			`write import: ["ASN:NUMBER"] and export: ["ASN:NUMBER"]; without them no route enters or leaves the VRF`)
	}
}

// checkCustomerBFD reports BFD towards a customer's CE without the interface
// that IOS-XE binds it to.
func (f *facts) checkCustomerBFD(r *router, v *vrf) {
	for _, c := range v.neighbors {
		if r.platform == IOSXE && c.bfd.On() && !c.in.Interface.Set() {
			f.fault(vrfLacks, c.in.BFD.Pos, fmt.Sprintf("BFD with the CE %s in VRF %s of %s has no interface", c.in.Address.V, v.name.V, r.name.V), "IOS-XE runs BFD on an interface: write interface: NAME beside address")
		}
	}
}
