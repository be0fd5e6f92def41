package render

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeSections is the order of "show running-config".
func iosxeSections() []string {
	return []string{"system", "interfaces", "bgp", "routing", "prefix-lists", "policies"}
}

// iosxeView is a router in the words of Cisco IOS-XE.
type iosxeView struct {
	IPv6        bool // any IPv6 at all
	ASN         string
	RouterID    string
	Interfaces  []iosxeInterface
	Neighbors   []iosxeNeighbor // IPv6 first, then by address, as IOS-XE prints them
	Families    []iosxeFamily
	Statics     []staticBlock
	PrefixLists []prefixList
	Policies    []routeMap
	Origin      string
}

type iosxeInterface struct {
	Name          string
	Description   string
	Encapsulation string // after "encapsulation dot1Q"; empty on a loopback
	IPv4          string // address and mask
	IPv6          string // address/length
	IPv4MTU       int    // bytes; 0: the port's
	IPv6MTU       int    // bytes; 0: the port's
	Link          bool   // no loopback
	BFD           string // after "bfd interval"
	BFDOrigin     string
	Origin        string
}

type iosxeNeighbor struct {
	Addr           string
	ASN            string
	Description    string
	Shutdown       bool
	ShutdownOrigin string
	Password       string
	PasswordOrigin string
	UpdateSource   string
	Timers         string
	TimersOrigin   string
	BFD            bool
	BFDOrigin      string
	Origin         string
}

type iosxeFamily struct {
	Name            string
	IPv4            bool // prints network first and maximum-paths last; IPv6 does neither
	NextHopPolicy   string
	NextHopOrigin   string
	Networks        []network
	Redistributions []redistribution
	Neighbors       []familyNeighbor
	PathsEBGP       int // 0: one path, which IOS-XE does not print
	PathsIBGP       int
	PathsOrigin     string
	Origin          string
}

// familyNeighbor is a neighbor inside an address family of IOS-XE and FRR.
type familyNeighbor struct {
	Addr              string
	NextHopSelf       bool
	Import, Export    string
	MaxPrefixes       string
	MaxPrefixesOrigin string
	Origin            string
}

type network struct{ Prefix, Origin string }

// static is a static route of IOS-XE and FRR.
type static struct{ Command, Prefix, NextHop, Origin string }

// staticBlock is one family's static routes, which IOS-XE prints apart.
type staticBlock struct{ Routes []static }

type prefixList struct{ Entries []prefixEntry }

type prefixEntry struct {
	Command, List string
	Seq           int
	Prefix        string
	Origin        string
}

type routeMap struct{ Terms []routeMapTerm }

type routeMapTerm struct {
	Policy          string
	Action          string
	Seq             int
	Family          string // ip, ipv6
	Match           string
	Protocol        string
	LocalPreference uint32
	Prepend         []string
	Origin          string
}

func iosxe(r *plan.Router) iosxeView {
	all := peers(r)
	slices.SortStableFunc(all, func(a, b peer) int {
		if a.family != b.family {
			return int(b.family) - int(a.family)
		}
		return a.addr.Compare(b.addr)
	})
	v := iosxeView{
		ASN: r.ASN.String(), RouterID: r.RouterID.String(), Interfaces: iosxeInterfaces(r), Origin: r.Origin,
		PrefixLists: prefixLists(r, iosxePrefix), Policies: routeMaps(r),
	}
	for i := range all {
		v.Neighbors = append(v.Neighbors, iosxePeer(r, &all[i]))
	}
	for _, f := range families(all, "") {
		v.IPv6 = v.IPv6 || f == plan.IPv6
		v.Families = append(v.Families, iosxeAddressFamily(r, f, all))
	}
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		var block staticBlock
		for _, o := range statics(r, "", f) {
			s := static{Command: ipWord(f) + " route", Prefix: iosxeDestination(o.Prefix), NextHop: "Null0 " + discardDistance, Origin: o.Origin}
			if o.How == plan.Via {
				s.NextHop = iosxeAddr(o.NextHop)
			}
			block.Routes = append(block.Routes, s)
		}
		if len(block.Routes) > 0 {
			v.Statics = append(v.Statics, block)
		}
	}
	return v
}

func iosxeInterfaces(r *plan.Router) []iosxeInterface {
	var out []iosxeInterface
	if lo := &r.Loopback; lo.Interface != "" {
		i := iosxeInterface{Name: lo.Interface, Origin: lo.Origin}
		if lo.IPv4.IsValid() {
			i.IPv4 = iosxeIPv4(netip.PrefixFrom(lo.IPv4, 32))
		}
		if lo.IPv6.IsValid() {
			i.IPv6 = iosxePrefix(netip.PrefixFrom(lo.IPv6, 128))
		}
		out = append(out, i)
	}
	for n := range r.Links {
		l := &r.Links[n]
		i := iosxeInterface{
			Name: l.Interface + "." + strconv.Itoa(l.Unit), Description: oneSpaced(l.Description), Link: true, BFDOrigin: l.BFD.Origin, Origin: l.Origin,
		}
		i.Encapsulation = l.Tag.Inner.String()
		if l.Tag.QinQ() {
			i.Encapsulation = l.Tag.Outer.String() + " second-dot1q " + l.Tag.Inner.String()
		}
		if l.IPv4.IsValid() {
			i.IPv4 = iosxeIPv4(l.IPv4)
		}
		if l.IPv6.IsValid() {
			i.IPv6 = iosxePrefix(l.IPv6)
		}
		// An IP MTU that equals the port's is not stored (Cisco IOS IP Addressing
		// Services Command Reference, ip mtu): a line with Ethernet's would be
		// missing from nearly every running configuration and differ from it for
		// ever. The price is that on a jumbo port the link takes the port's.
		if l.MTUBytes != defaultMTUBytes {
			i.IPv4MTU = l.MTUBytes
			if l.IPv6.IsValid() {
				i.IPv6MTU = l.MTUBytes
			}
		}
		if l.BFD.On() {
			ms := l.BFD.Interval / time.Millisecond
			i.BFD = fmt.Sprintf("%d min_rx %d multiplier %d", ms, ms, l.BFD.Multiplier)
		}
		out = append(out, i)
	}
	return out
}

// defaultMTUBytes is the IP MTU of an Ethernet port that no one has changed
// (RFC 894).
const defaultMTUBytes = 1500

func iosxePeer(r *plan.Router, p *peer) iosxeNeighbor {
	n := iosxeNeighbor{
		Addr: iosxeAddr(p.addr), ASN: p.asn.String(), Description: p.description, Shutdown: p.shutdown, ShutdownOrigin: p.origin + ".shutdown",
		Password: p.password, PasswordOrigin: p.passwordOrigin, Timers: keepaliveHold(p.timers), TimersOrigin: p.timers.Origin,
		BFD: p.bfd.On(), BFDOrigin: p.bfd.Origin, Origin: p.origin,
	}
	if p.internal {
		n.UpdateSource = r.Loopback.Interface
	}
	return n
}

func iosxeAddressFamily(r *plan.Router, f plan.Family, all []peer) iosxeFamily {
	out := iosxeFamily{Name: f.String(), IPv4: f == plan.IPv4, Redistributions: redistributions(r, "", f, iosxeSource), PathsOrigin: r.Multipath.Origin, Origin: r.Origin}
	for i := range r.Resolution {
		if r.Resolution[i].Family == f {
			out.NextHopPolicy, out.NextHopOrigin = r.Resolution[i].Policy, r.Resolution[i].Origin
		}
	}
	for _, o := range networks(r, "", f) {
		out.Networks = append(out.Networks, network{iosxeNetwork(o.Prefix), o.Origin})
	}
	for i := range all {
		if all[i].family == f {
			out.Neighbors = append(out.Neighbors, inFamily(&all[i], iosxeAddr))
		}
	}
	if r.Multipath.EBGP > 1 {
		out.PathsEBGP = r.Multipath.EBGP
	}
	if r.Multipath.IBGP > 1 {
		out.PathsIBGP = r.Multipath.IBGP
	}
	return out
}

// inFamily is a neighbor's policy commands.
func inFamily(p *peer, addr func(netip.Addr) string) familyNeighbor {
	return familyNeighbor{
		Addr: addr(p.addr), NextHopSelf: p.nextHopSelf, Import: p.imports, Export: p.export,
		MaxPrefixes: maximumPrefix(p.maxPrefixes), MaxPrefixesOrigin: p.maxPrefixes.Origin, Origin: p.origin,
	}
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

// prefixLists writes the lists of IOS-XE and FRR.
func prefixLists(r *plan.Router, prefix func(netip.Prefix) string) []prefixList {
	out := make([]prefixList, len(r.PrefixLists))
	for i := range r.PrefixLists {
		l := &r.PrefixLists[i]
		out[i].Entries = make([]prefixEntry, len(l.Entries))
		for j := range l.Entries {
			e := &l.Entries[j]
			out[i].Entries[j] = prefixEntry{ipWord(l.Family), l.Name, e.Seq, prefix(e.Prefix), e.Origin}
		}
	}
	return out
}

// routeMaps writes the policies of IOS-XE and FRR. A protocol is matched only
// where the policy is no filter of a session: there the plan names one for
// Junos, whose export sees every route of the table.
func routeMaps(r *plan.Router) []routeMap {
	resolves := func(name plan.Name) bool {
		return slices.ContainsFunc(r.Resolution, func(x plan.Resolution) bool { return x.Policy == name })
	}
	out := make([]routeMap, len(r.Policies))
	for i := range r.Policies {
		p := &r.Policies[i]
		out[i].Terms = make([]routeMapTerm, len(p.Terms))
		for j := range p.Terms {
			t := &p.Terms[j]
			term := routeMapTerm{
				Policy: p.Name, Action: action(t), Seq: t.Seq, Family: ipWord(p.Family), Match: t.Match,
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
