package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
)

// Codes about VRFs: design, "From traffic to policy".
const (
	severalVRFs  diag.Code = "ER945" // paths of one statement, or statements of one VPN
	vrfLacks     diag.Code = "ER948" // no RD, no targets, no interface
	sharedRD     diag.Code = "ER963" // one RD on two routers (W)
	anchored     diag.Code = "ER979" // an anchor that travels with VPN routes (W)
	oneRDTwice   diag.Code = "ER974" // one RD on two VRFs of one router
	targetsApart diag.Code = "ER975" // VRFs of one name that hear nothing of each other (W)
	badVRFName   diag.Code = "ER977" // a name of the router's own, or one that differs in case only
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
	f.checkTargets(vpn)
	f.checkVRFWords()
	f.checkAnchored(vpn)
}

// checkAnchored warns of discard routes that a VRF tells all the core of. The
// core may prefer one to the customer's own route: its AS path is empty.
func (f *facts) checkAnchored(vpn map[*router]bool) {
	seen := make(map[*vrf]bool)
	for _, s := range f.statements {
		vrf := s.vrf()
		if vrf == "" {
			continue
		}
		for _, r := range s.routers() {
			v := r.vrf(vrf)
			if v == nil || seen[v] || !vpn[r] || len(v.exports) == 0 {
				continue
			}
			for _, n := range s.networks {
				o := r.originates(n)
				if o.how != Anchor {
					continue
				}
				seen[v] = true
				at := cmp.Or(o.pos, r.in.Role.Pos, r.name.Pos)
				f.warn(anchored, at, fmt.Sprintf("%s anchors network %s in VRF %s, and its route targets send the discard route to every other PE", r.name.V, n.name.V, vrf),
					"another PE may prefer it to the customer's own route, and what follows it is dropped: write originate: learned, and let the customer's prefixes come from its CE or over VPN routes", v.name.Pos)
				break
			}
		}
	}
}

// checkSharedRDs reports one route distinguisher on two VRFs of a router, which
// no router takes, and warns of one on two routers: for a route reflector their
// routes are then one, and it passes only the better on.
func (f *facts) checkSharedRDs(vpn map[*router]bool) {
	first := make(map[bgp.RouteDistinguisher]*vrf)
	for _, r := range f.routers {
		own := make(map[bgp.RouteDistinguisher]*vrf, len(r.vrfs))
		for _, v := range r.vrfs {
			if !v.rd.Set() {
				continue
			}
			if before := own[v.rd.V]; before != nil {
				f.fault(oneRDTwice, v.rd.Pos, fmt.Sprintf("VRF %s and VRF %s of %s have one route distinguisher, %s", before.name.V, v.name.V, r.name.V, v.rd.V), "give every VRF of a router one of its own, such as \"ROUTER-ID:NUMBER\"", before.rd.Pos)
				continue
			}
			own[v.rd.V] = v
			if !vpn[r] {
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

// apart reports whether the statement's paths lie in several VRFs, which is
// reported: that their numbers then do not agree is not said, too.
func (s *statement) apart() bool {
	for _, p := range s.paths[min(1, len(s.paths)):] {
		first, _ := s.paths[0].vrf()
		if vrf, _ := p.vrf(); vrf != first {
			return true
		}
	}
	return false
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

// A vrfMember is a VRF of a router that takes part in a VPN, and in which a link
// or the inside of a tunnel lies.
type vrfMember struct {
	*vrf
	router           *router
	imports, exports []bgp.RouteTarget
}

// checkTargets warns of a VRF that hears none of the others of its name, and
// that none of them hears: the paths of one statement on two routers are then
// no standby of each other. One direction is enough, as a hub has it.
func (f *facts) checkTargets(vpn map[*router]bool) {
	members := make(map[string][]vrfMember)
	for _, r := range f.routers {
		used := make(map[string]bool)
		for _, l := range r.links {
			used[l.peering.vrf] = true
		}
		for _, t := range r.tunnels {
			used[t.vpn.vrf] = true
		}
		for _, v := range r.vrfs {
			m := vrfMember{v, r, targets(v.imports), targets(v.exports)}
			if vpn[r] && used[v.name.V] && len(m.imports) > 0 && len(m.exports) > 0 {
				members[v.name.V] = append(members[v.name.V], m)
			}
		}
	}
	done := make(map[string]bool)
	for _, s := range f.statements {
		if name := s.vrf(); !done[name] {
			done[name] = true
			f.checkApart(members[name])
		}
	}
}

// checkApart looks at the VRFs of one name.
func (f *facts) checkApart(members []vrfMember) {
	imports, exports := make(map[bgp.RouteTarget]int), make(map[bgp.RouteTarget]int)
	for _, m := range members {
		for _, t := range m.imports {
			imports[t]++
		}
		for _, t := range m.exports {
			exports[t]++
		}
	}
	var alone []vrfMember
	for _, m := range members {
		own := func(list []bgp.RouteTarget, t bgp.RouteTarget) int { return btoi(slices.Contains(list, t)) }
		heard := slices.ContainsFunc(m.exports, func(t bgp.RouteTarget) bool { return imports[t] > own(m.imports, t) })
		hears := slices.ContainsFunc(m.imports, func(t bgp.RouteTarget) bool { return exports[t] > own(m.exports, t) })
		if !heard && !hears {
			alone = append(alone, m)
		}
	}
	if len(alone) == len(members) && len(alone) > 0 {
		alone = alone[1:] // the others are compared with the first
	}
	for _, m := range alone {
		other := members[0]
		if other.vrf == m.vrf {
			other = members[1]
		}
		f.warn(targetsApart, m.vrf.imports[0].Pos, fmt.Sprintf("VRF %s of %s imports nothing that VRF %[1]s of another router exports, nor the reverse", m.name.V, m.router.name.V),
			fmt.Sprintf("write a target that both have: import: [%q] and export: [%[1]q]", other.exports[0].String()), other.vrf.exports[0].Pos)
	}
}

// ownVRFs are the names that a platform keeps for itself.
var ownVRFs = map[Platform][]string{
	IOSXE: {"default", "Mgmt-intf", "Mgmt-vrf"},
	// Every instance has tables called NAME.inet.0; those of inet are the global
	// ones.
	Junos: {"default", "master", "all", "inet", "inet6", "mgmt_junos"},
	// all and default are directories of kernel settings, main and local routing
	// tables, and FRR calls the global table default.
	FRR: {"default", "all", "main", "local", "lo"},
}

// checkVRFWords reports VRFs whose name cannot be: one that the router has
// already, or one that differs from another in case only, since objects of both
// would have one name.
func (f *facts) checkVRFWords() {
	for _, r := range f.routers {
		tags, devices := make(map[string]*vrf, len(r.vrfs)), r.devices()
		for _, v := range r.vrfs {
			if slices.Contains(ownVRFs[r.platform], v.name.V) {
				f.fault(badVRFName, v.name.Pos, fmt.Sprintf("%s keeps the name %s for itself, and a VRF of %s has it", r.platform, v.name.V, r.name.V), "choose another name, such as the customer's in capitals")
			} else if at, taken := devices[v.name.V]; taken && r.platform == FRR {
				f.fault(badVRFName, v.name.Pos, fmt.Sprintf("VRF %s of %s has the name of an interface, and on Linux a VRF is a device", v.name.V, r.name.V), "choose another name, such as the customer's in capitals", at)
			}
			if before := tags[vrfTag(v.name.V)]; before != nil {
				f.fault(badVRFName, v.name.Pos, fmt.Sprintf("VRF %s and VRF %s of %s differ in case only", before.name.V, v.name.V, r.name.V), "their objects would have one name on the router: rename one of them", before.name.Pos)
			}
			keep(tags, vrfTag(v.name.V), v)
		}
	}
}

// devices are the interfaces on which the router's links are, and the places
// that name them.
func (r *router) devices() map[string]diag.Pos {
	out := make(map[string]diag.Pos, len(r.links))
	for _, l := range r.links {
		keep(out, l.iface.V, l.iface.Pos)
	}
	return out
}
