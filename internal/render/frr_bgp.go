package render

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// frrInstance is one "router bgp": the global table's or a VRF's.
type frrInstance struct {
	Name      string // what stands after "router bgp": 65010, 65010 vrf PROD
	RouterID  string // a VRF takes its own highest address without one
	Neighbors []frrNeighbor
	Families  []frrFamily
	Origin    string
}

type frrNeighbor struct {
	Addr           string
	ASN            string
	Description    string
	Shutdown       bool
	ShutdownOrigin string
	BFDProfile     string
	BFDOrigin      string
	Password       string
	PasswordOrigin string
	Passive        bool
	Multihop       int // TTL; 0: directly connected
	UpdateSource   string
	Timers         string
	TimersOrigin   string
	ConnectRetry   int // seconds
	Origin         string
}

type frrFamily struct {
	Name            string // ipv4 unicast, ipv4 vpn
	Networks        []network
	Redistributions []redistribution
	Members         []frrMember
	PathsEBGP       int // 0: says nothing of paths
	PathsIBGP       int
	PathsOrigin     string
	VPN             frrVPN
	Origin          string
}

// frrMember is a neighbor in a family. FRR sends communities, and next hops of
// VPN routes that are its own, without being told to.
type frrMember struct {
	Addr              string
	NextHopSelf       bool
	MaxPrefixes       string // after "maximum-prefix"
	MaxPrefixesOrigin string
	Import, Export    string // empty in a family of VPN routes
	Origin            string
}

// frrVPN is what a family of a VRF gives to and takes from VPN routes. Targets
// are separated by blanks.
type frrVPN struct {
	RD                     string // empty: the VRF takes part in no VPN
	Both, Imports, Exports string // Both where import and export are alike
	Takes, Gives           bool
	Origin                 string
}

type frrProfile struct {
	Name       string
	Interval   int // milliseconds; 0: the default
	Multiplier int // 0: the default
	Origin     string
}

// connectRetry is how long FRR waits after a first connection that failed. Its
// default of 120 s delays every session whose peer comes up later.
const connectRetry = 10 * time.Second

// FRR's defaults of a BFD profile, which it does not print.
const (
	frrDefaultBFDInterval   = 300 * time.Millisecond
	frrDefaultBFDMultiplier = 3
)

// frrInstances makes the instances. all is sorted by address. A VRF with
// neither a session nor a route distinguisher has no use for BGP.
func frrInstances(prefix string, r *plan.Router, all []peer) []frrInstance {
	var out []frrInstance
	for _, table := range tables(r) {
		x := frrInstance{Name: r.ASN.String(), RouterID: r.RouterID.String(), Origin: r.Origin}
		var vrf *plan.VRF
		if table != "" {
			vrf = &r.VRFs[slices.IndexFunc(r.VRFs, func(v plan.VRF) bool { return v.Name == table })]
			x.Name, x.Origin = x.Name+" vrf "+table, vrf.Origin
		}
		for i := range all {
			if all[i].vrf == table {
				x.Neighbors = append(x.Neighbors, frrPeer(prefix, &all[i]))
			}
		}
		used := families(all, table)
		for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
			inVPN := vrf != nil && vrf.RD != (bgp.RouteDistinguisher{}) && vrf.Families[f]
			if slices.Contains(used, f) || inVPN {
				family := frrUnicast(r, table, f, all)
				if inVPN {
					family.VPN = frrVPNOf(vrf)
				}
				x.Families = append(x.Families, family)
			}
			if family := frrVPNRoutes(f, all); table == "" && len(family.Members) > 0 {
				x.Families = append(x.Families, family)
			}
		}
		if table == "" || len(x.Families) > 0 {
			out = append(out, x)
		}
	}
	return out
}

func frrPeer(prefix string, p *peer) frrNeighbor {
	n := frrNeighbor{
		Addr: p.addr.String(), ASN: p.asn.String(), Description: p.description, Shutdown: p.shutdown, ShutdownOrigin: p.origin + ".shutdown",
		BFDOrigin: p.bfd.Origin, Password: p.password, PasswordOrigin: p.passwordOrigin, Passive: p.passive, Multihop: p.multihop,
		Timers: keepaliveHold(p.timers), TimersOrigin: p.timers.Origin, ConnectRetry: int(connectRetry / time.Second), Origin: p.origin,
	}
	if p.bfd.On() {
		n.BFDProfile = frrProfileName(prefix, p.bfd)
	}
	if p.loopback {
		n.UpdateSource = p.local.String()
	}
	return n
}

// frrProfileName names a profile after its values: sessions with the same ones
// share it, and the name stays under FRR's 63 characters.
func frrProfileName(prefix string, b plan.BFD) string {
	return fmt.Sprintf("%s-BFD-%dX%d", prefix, b.Interval/time.Millisecond, b.Multiplier)
}

// frrProfiles lists the profiles in use, sorted by name. The first session with
// a profile, in the order of addresses, is where it comes from.
func frrProfiles(prefix string, all []peer) []frrProfile {
	var out []frrProfile
	for i := range all {
		b := all[i].bfd
		name := frrProfileName(prefix, b)
		if !b.On() || slices.ContainsFunc(out, func(p frrProfile) bool { return p.Name == name }) {
			continue
		}
		p := frrProfile{Name: name, Origin: b.Origin}
		if b.Interval != frrDefaultBFDInterval {
			p.Interval = int(b.Interval / time.Millisecond)
		}
		if b.Multiplier != frrDefaultBFDMultiplier {
			p.Multiplier = b.Multiplier
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b frrProfile) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// frrUnicast is the family f of table.
func frrUnicast(r *plan.Router, table plan.Name, f plan.Family, all []peer) frrFamily {
	paths := multipath(r, table)
	out := frrFamily{
		Name: f.String() + " unicast", Redistributions: redistributions(r, table, f, frrSource(f)),
		PathsEBGP: max(1, paths.EBGP), PathsIBGP: max(1, paths.IBGP), PathsOrigin: paths.Origin, Origin: r.Origin,
	}
	brought := networks(r, table, f)
	slices.SortFunc(brought, func(a, b *plan.Origination) int { return a.Prefix.Compare(b.Prefix) })
	for _, o := range brought {
		out.Networks = append(out.Networks, network{o.Prefix.String(), o.Origin})
	}
	for i := range all {
		if p := &all[i]; p.vrf == table && p.family == f && p.unicast {
			out.Members = append(out.Members, frrMember{
				p.addr.String(), p.nextHopSelf, maximumPrefix(p.maxPrefixes), p.maxPrefixes.Origin, p.imports, p.export, p.origin,
			})
		}
	}
	return out
}

// frrVPNRoutes is the family of the VPN routes of f, which only the global
// table carries. Route targets filter there, and no policy.
func frrVPNRoutes(f plan.Family, all []peer) frrFamily {
	out := frrFamily{Name: f.String() + " vpn"}
	for i := range all {
		if p := &all[i]; slices.Contains(p.vpn, f) {
			out.Origin = cmp.Or(out.Origin, p.origin)
			out.Members = append(out.Members, frrMember{Addr: p.addr.String(), Origin: p.origin})
		}
	}
	return out
}

func frrVPNOf(v *plan.VRF) frrVPN {
	out := frrVPN{
		RD: v.RD.String(), Imports: frrTargets(v.Import), Exports: frrTargets(v.Export), Takes: len(v.Import) > 0, Gives: len(v.Export) > 0, Origin: v.Origin,
	}
	if out.Imports == out.Exports {
		out.Both, out.Imports, out.Exports = out.Imports, "", ""
	}
	return out
}

// frrTargets writes route targets in the order of their bytes on the wire (RFC
// 4360 §4), which is FRR's.
func frrTargets(list []bgp.RouteTarget) string {
	words := make([]string, len(list))
	for i, t := range list {
		words[i] = t.String()
	}
	slices.SortFunc(words, func(a, b string) int {
		x, y := targetBytes(a), targetBytes(b)
		return slices.Compare(x[:], y[:])
	})
	return strings.Join(words, " ")
}

// targetBytes are a route target's type and value as they travel: 0 and a
// 16-bit AS number, 1 and an address, or 2 and a 32-bit AS number.
func targetBytes(word string) (out [7]byte) {
	admin, number, _ := strings.Cut(word, ":")
	var n, asn uint32
	fmt.Sscan(number, &n)
	if a, err := netip.ParseAddr(admin); err == nil {
		out[0] = 1
		copy(out[1:], a.AsSlice())
		binary.BigEndian.PutUint16(out[5:], uint16(n))
		return out
	}
	if fmt.Sscan(admin, &asn); asn > 65535 {
		out[0] = 2
		binary.BigEndian.PutUint32(out[1:], asn)
		binary.BigEndian.PutUint16(out[5:], uint16(n))
		return out
	}
	binary.BigEndian.PutUint16(out[1:], uint16(asn))
	binary.BigEndian.PutUint32(out[3:], n)
	return out
}

// frrSource is what stands after "redistribute": OSPF for IPv6 is a daemon of
// its own.
func frrSource(f plan.Family) func(*plan.Origination) string {
	return func(o *plan.Origination) string {
		if o.Protocol == "ospf" && f == plan.IPv6 {
			return "ospf6"
		}
		return o.Protocol
	}
}
