package render

import (
	"slices"
	"strconv"

	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeNeighbor is the session of a neighbor: at router level, and inside the
// address family of a VRF.
type iosxeNeighbor struct {
	Addr           string
	ASN            string
	Description    string
	Shutdown       bool
	ShutdownOrigin string
	Password       string
	PasswordOrigin string
	Multihop       string // TTL; empty: directly connected
	UpdateSource   string
	Passive        bool
	Timers         string
	TimersOrigin   string
	BFD            bool
	BFDOrigin      string
	Origin         string
}

// iosxeFamily is an address family of BGP, after its name: ipv4, vpnv4,
// "ipv4 vrf RED".
type iosxeFamily struct {
	Name            string
	IPv6            bool // redistribute and maximum-paths before network
	PathsLast       bool // maximum-paths after the neighbors: IPv4
	NextHopPolicy   string
	NextHopOrigin   string
	Networks        []network
	Redistributions []redistribution
	Neighbors       []iosxeFamilyNeighbor
	PathsEBGP       int // 0: one path, which IOS-XE does not print
	PathsIBGP       int
	PathsOrigin     string
	Origin          string
}

// iosxeFamilyNeighbor is a neighbor inside an address family.
type iosxeFamilyNeighbor struct {
	Addr              string
	InVRF             bool
	Session           iosxeNeighbor // in a VRF
	SendCommunity     string        // empty, " extended", " both"; only when Sends
	Sends             bool
	NextHopSelf       bool
	Import, Export    string
	MaxPrefixes       string
	MaxPrefixesOrigin string
	Origin            string
}

func iosxePeer(r *plan.Router, p *peer) iosxeNeighbor {
	n := iosxeNeighbor{
		Addr: iosxeAddr(p.addr), ASN: p.asn.String(), Description: p.description, Shutdown: p.shutdown, ShutdownOrigin: p.origin + ".shutdown",
		Password: p.password, PasswordOrigin: p.passwordOrigin, Passive: p.passive, Timers: keepaliveHold(p.timers), TimersOrigin: p.timers.Origin,
		BFD: p.bfd.On(), BFDOrigin: p.bfd.Origin, Origin: p.origin,
	}
	if p.multihop > 0 {
		n.Multihop = strconv.Itoa(p.multihop)
	}
	if p.loopback {
		n.UpdateSource = r.Loopback.Interface
	}
	return n
}

// iosxeFamilies lists the address families in the order of IOS-XE: the unicast
// routes of the global table and the VPN routes, family by family, then the
// VRFs, IPv4 before IPv6.
func iosxeFamilies(r *plan.Router, all []peer) []iosxeFamily {
	var out []iosxeFamily
	global := families(all, "")
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		if slices.Contains(global, f) {
			out = append(out, iosxeAddressFamily(r, f.String(), "", f, all))
		}
		if vpn := iosxeVPNFamily(r, f, all); len(vpn.Neighbors) > 0 {
			out = append(out, vpn)
		}
	}
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		for i := range r.VRFs {
			if v := &r.VRFs[i]; v.Families[f] {
				family := iosxeAddressFamily(r, f.String()+" vrf "+v.Name, v.Name, f, all)
				family.Origin = v.Origin
				out = append(out, family)
			}
		}
	}
	return out
}

// iosxeAddressFamily is one family of table.
func iosxeAddressFamily(r *plan.Router, name string, table plan.Name, f plan.Family, all []peer) iosxeFamily {
	paths := multipath(r, table)
	out := iosxeFamily{Name: name, IPv6: f == plan.IPv6, PathsLast: f == plan.IPv4, Redistributions: redistributions(r, table, f, iosxeSource), PathsOrigin: paths.Origin, Origin: r.Origin}
	for i := range r.Resolution {
		if table == "" && r.Resolution[i].Family == f {
			out.NextHopPolicy, out.NextHopOrigin = r.Resolution[i].Policy, r.Resolution[i].Origin
		}
	}
	for _, o := range networks(r, table, f) {
		out.Networks = append(out.Networks, network{iosxeNetwork(o.Prefix), o.Origin})
	}
	for i := range all {
		p := &all[i]
		if p.vrf != table || p.family != f || !p.unicast {
			continue
		}
		n := iosxeInFamily(p)
		if table != "" {
			n.InVRF, n.Session = true, iosxePeer(r, p)
		}
		out.Neighbors = append(out.Neighbors, n)
	}
	if paths.EBGP > 1 {
		out.PathsEBGP = paths.EBGP
	}
	if paths.IBGP > 1 {
		out.PathsIBGP = paths.IBGP
	}
	return out
}

// iosxeVPNFamily is the family of VPN routes (RFC 4364): every route target
// travels, and decides at the other end.
func iosxeVPNFamily(r *plan.Router, f plan.Family, all []peer) iosxeFamily {
	out := iosxeFamily{Name: "vpn" + [...]string{"v4", "v6"}[f], Origin: r.Origin}
	for i := range all {
		p := &all[i]
		if !slices.Contains(p.vpn, f) {
			continue
		}
		n := iosxeFamilyNeighbor{Addr: iosxeAddr(p.addr), Sends: true, SendCommunity: " extended", Origin: p.origin}
		if p.communities {
			n.SendCommunity = " both"
		}
		out.Neighbors = append(out.Neighbors, n)
	}
	return out
}

// iosxeInFamily is a neighbor's policy commands. IOS-XE sends communities to
// nobody who is not named.
func iosxeInFamily(p *peer) iosxeFamilyNeighbor {
	return iosxeFamilyNeighbor{
		Addr: iosxeAddr(p.addr), Sends: p.communities, NextHopSelf: p.nextHopSelf, Import: p.imports, Export: p.export,
		MaxPrefixes: maximumPrefix(p.maxPrefixes), MaxPrefixesOrigin: p.maxPrefixes.Origin, Origin: p.origin,
	}
}
