package render

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeSections is the order of "show running-config".
func iosxeSections() []string {
	return []string{
		"vrfs", "system", "flow", "macsec", "ike", "dscp", "isakmp", "ipsec", "interfaces", "bgp", "communities", "routing", "prefix-lists", "policies", "ifindex",
	}
}

// iosxeView is a router in the words of Cisco IOS-XE.
type iosxeView struct {
	VRFs        []iosxeVRF
	IPv6        bool // any IPv6 at all
	Flow        iosxeFlow
	KeyChains   []iosxeKeyChain
	MKAPolicies []iosxeMKAPolicy
	iosxeVPN
	Remarks     []iosxeRemark
	ASN         string
	RouterID    string
	Interfaces  []iosxeInterface
	Neighbors   []iosxeNeighbor // of the global table; IPv6 first, then by address, as IOS-XE prints them
	Families    []iosxeFamily
	Communities []iosxeCommunityList
	Tracked     []iosxeTracked
	Statics     []iosxeStaticBlock
	PrefixLists []iosxePrefixList
	Policies    []iosxeRouteMap
	Origin      string
}

// iosxeVRF is the definition of a VRF.
type iosxeVRF struct {
	Name     string
	RD       string // empty: none
	Families []iosxeVRFFamily
	Origin   string
}

type iosxeVRFFamily struct {
	Name            string
	Exports, Import []string // route targets
}

type network struct{ Prefix, Origin string }

type iosxePrefixList struct{ Entries []iosxePrefixEntry }

type iosxePrefixEntry struct {
	Command, List string
	Seq           int
	Prefix        string
	Origin        string
}

// An iosxeCommunityList is one list: each entry is an alternative.
type iosxeCommunityList struct{ Entries []iosxeCommunityEntry }

type iosxeCommunityEntry struct {
	List   string
	Member string
	Origin string
}

type iosxeRouteMap struct{ Terms []iosxeRouteMapTerm }

type iosxeRouteMapTerm struct {
	Policy          string
	Action          string
	Seq             int
	Family          string // ip, ipv6
	Match           string
	Communities     string // community list
	Protocol        string
	LocalPreference uint32
	Prepend         []string
	Origin          string
}

// iosxe makes the view of r. name is the plan's and begins the name of every
// object.
func iosxe(name string, r *plan.Router) iosxeView {
	prefix := strings.ToUpper(name)
	all := peers(r)
	slices.SortStableFunc(all, func(a, b peer) int {
		if a.family != b.family {
			return int(b.family) - int(a.family)
		}
		return a.addr.Compare(b.addr)
	})
	v := iosxeView{
		VRFs: iosxeVRFs(r), Flow: iosxeFlowExport(prefix, r), iosxeVPN: iosxeTunnels(prefix, r), Remarks: iosxeRemarks(prefix, r),
		ASN: r.ASN.String(), RouterID: r.RouterID.String(), Interfaces: iosxeInterfaces(prefix, r), Families: iosxeFamilies(r, all),
		Communities: iosxeCommunityLists(r), Tracked: iosxeTrackedRoutes(r), Statics: iosxeStatics(r),
		PrefixLists: iosxePrefixLists(r), Policies: iosxeRouteMaps(r), Origin: r.Origin,
	}
	v.KeyChains, v.MKAPolicies = iosxeMACsec(prefix, r)
	for i := range all {
		v.IPv6 = v.IPv6 || all[i].unicast && all[i].family == plan.IPv6
		if all[i].vrf == "" {
			v.Neighbors = append(v.Neighbors, iosxePeer(r, &all[i]))
		}
	}
	return v
}

// iosxeVRFs lists the definitions. A family is there when it is in use: IOS-XE
// takes an address in a VRF only of a family that the VRF has.
func iosxeVRFs(r *plan.Router) []iosxeVRF {
	out := make([]iosxeVRF, len(r.VRFs))
	for i := range r.VRFs {
		v := &r.VRFs[i]
		out[i] = iosxeVRF{Name: v.Name, Origin: v.Origin}
		if v.RD != (bgp.RouteDistinguisher{}) {
			out[i].RD = v.RD.String()
		}
		for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
			if v.Families[f] {
				out[i].Families = append(out[i].Families, iosxeVRFFamily{f.String(), targets(v.Export), targets(v.Import)})
			}
		}
	}
	return out
}

func targets(list []bgp.RouteTarget) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.String()
	}
	return out
}

// iosxeSource is what stands after "redistribute". IOS-XE takes only internal
// OSPF routes and only level 2 of IS-IS by default; the other vendors take all.
func iosxeSource(o *plan.Origination) string {
	switch o.Protocol {
	case "ospf":
		return "ospf " + o.Process + " match internal external 1 external 2 nssa-external 1 nssa-external 2"
	case "isis":
		return strings.TrimSpace("isis "+o.Process) + " level-1-2"
	}
	return o.Protocol
}

// iosxeCommunityLists writes one entry for each member: an entry with two would
// match only a route that has both.
func iosxeCommunityLists(r *plan.Router) []iosxeCommunityList {
	out := make([]iosxeCommunityList, len(r.Communities))
	for i := range r.Communities {
		l := &r.Communities[i]
		out[i].Entries = make([]iosxeCommunityEntry, len(l.Members))
		for j, m := range l.Members {
			out[i].Entries[j] = iosxeCommunityEntry{l.Name, m.String(), l.Origin}
		}
	}
	return out
}

// iosxePrefixLists writes the lists. A host has nothing inside, and IOS-XE does
// not take "le" with the length of the prefix itself.
func iosxePrefixLists(r *plan.Router) []iosxePrefixList {
	out := make([]iosxePrefixList, len(r.PrefixLists))
	for i := range r.PrefixLists {
		l := &r.PrefixLists[i]
		out[i].Entries = make([]iosxePrefixEntry, len(l.Entries))
		for j := range l.Entries {
			e := &l.Entries[j]
			out[i].Entries[j] = iosxePrefixEntry{ipWord(l.Family), l.Name, e.Seq, iosxePrefix(e.Prefix), e.Origin}
			if l.OrLonger && !e.Prefix.IsSingleIP() {
				out[i].Entries[j].Prefix += " le " + strconv.Itoa(e.Prefix.Addr().BitLen())
			}
		}
	}
	return out
}

// iosxeRouteMaps writes the policies. A protocol is matched only where the
// policy is no filter of a session: there the plan names one for Junos, whose
// export sees every route of the table.
func iosxeRouteMaps(r *plan.Router) []iosxeRouteMap {
	resolves := func(name plan.Name) bool {
		return slices.ContainsFunc(r.Resolution, func(x plan.Resolution) bool { return x.Policy == name })
	}
	out := make([]iosxeRouteMap, len(r.Policies))
	for i := range r.Policies {
		p := &r.Policies[i]
		out[i].Terms = make([]iosxeRouteMapTerm, len(p.Terms))
		for j := range p.Terms {
			t := &p.Terms[j]
			term := iosxeRouteMapTerm{
				Policy: p.Name, Action: action(t), Seq: t.Seq, Family: ipWord(p.Family), Match: t.Match, Communities: t.Communities,
				LocalPreference: t.LocalPreference, Prepend: asns(t.Prepend), Origin: t.Origin,
			}
			if resolves(p.Name) {
				term.Protocol = t.Protocol
			}
			out[i].Terms[j] = term
		}
	}
	return out
}

// iosxeAddr writes an address; IOS-XE prints IPv6 in upper case.
func iosxeAddr(a netip.Addr) string { return strings.ToUpper(a.String()) }

// iosxePrefix writes a prefix with its length.
func iosxePrefix(p netip.Prefix) string { return strings.ToUpper(p.String()) }

// iosxeIPv4 writes an address and its mask.
func iosxeIPv4(p netip.Prefix) string { return p.Addr().String() + " " + mask(p.Bits()) }

// iosxeDestination writes the destination of a static route.
func iosxeDestination(p netip.Prefix) string {
	if p.Addr().Is4() {
		return iosxeIPv4(p)
	}
	return iosxePrefix(p)
}

// iosxeNetwork writes what stands after "network": without the mask where it
// is the one of the address class, for so IOS-XE prints it.
func iosxeNetwork(p netip.Prefix) string {
	switch {
	case !p.Addr().Is4():
		return iosxePrefix(p)
	case p.Bits() == classfulBits(p.Addr()):
		return p.Addr().String()
	}
	return p.Addr().String() + " mask " + mask(p.Bits())
}

// classfulBits is the length of an address's class (RFC 791 §2.3): A, B or C.
// The default route counts as its own class.
func classfulBits(a netip.Addr) int {
	switch first := a.As4()[0]; {
	case a.IsUnspecified():
		return 0
	case first < 128:
		return 8
	case first < 192:
		return 16
	}
	return 24
}

// mask writes a prefix length as a dotted mask.
func mask(bits int) string {
	var m [4]byte
	binary.BigEndian.PutUint32(m[:], ^uint32(0)<<(32-bits))
	return netip.AddrFrom4(m).String()
}
