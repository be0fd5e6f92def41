package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// junosSections is the order of "show configuration" since Junos 17.
func junosSections() []string {
	return []string{"zones", "interfaces", "policies", "routing", "bgp"}
}

// junosView is a router in the words of Junos.
type junosView struct {
	Zones           []junosZone // SRX only
	Interfaces      []junosInterface
	HasPolicies     bool
	PrefixLists     []junosPrefixList
	Policies        []junosPolicy
	LoadBalance     string // policy that spreads flows over equal paths; empty: one path
	StaticsIPv4     []junosStatic
	StaticsIPv6     []junosStatic
	Resolutions     []junosResolution
	RouterID        string
	ASN             string
	Groups          []junosGroup
	PrecisionTimers bool // a hold time below 20 s
	PrecisionOrigin string
	PathsOrigin     string
	Origin          string
}

type junosZone struct {
	Name       string
	HearsBGP   bool // holds the loopback, which iBGP uses
	BGPOrigin  string
	Interfaces []junosZoneInterface
}

type junosZoneInterface struct {
	Name   string
	Bare   bool // hears what its zone hears
	Origin string
}

type junosInterface struct {
	Name    string
	Tagging string // vlan-tagging, flexible-vlan-tagging; empty on a loopback
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
	Name    string // inet, inet6
	MTU     int    // bytes; 0: a loopback's own
	Address string
}

type junosPrefixList struct {
	Name    string
	Entries []network
	Origin  string
}

type junosPolicy struct {
	Name   string
	Terms  []junosTerm
	Last   string // accept, reject; empty where Spread
	Spread bool   // puts all equal paths into the forwarding table
	Origin string
}

// junosTerm has at most one form of from and one of then: Junos prints a
// single attribute on one line and everything else as a block.
type junosTerm struct {
	Name      string
	FromLine  string
	FromBlock []string
	ThenLine  string
	ThenBlock []string
	Origin    string
}

type junosStatic struct {
	Prefix     string
	NextHop    string // empty: discard; may be recursive
	Preference string // of a discard
	Origin     string
}

type junosResolution struct{ Table, Policy, Origin string }

// precisionBelow is the hold time under which Junos wants precision-timers, or
// its scheduler may let a session expire.
const precisionBelow = 20 * time.Second

func junos(name string, r *plan.Router) junosView {
	all := peers(r)
	prefix := strings.ToUpper(name)
	v := junosView{
		Interfaces: junosInterfaces(r), Groups: junosGroups(prefix, r, all), RouterID: r.RouterID.String(), ASN: r.ASN.String(),
		StaticsIPv4: junosStatics(r, plan.IPv4), StaticsIPv6: junosStatics(r, plan.IPv6), PathsOrigin: r.Multipath.Origin, Origin: r.Origin,
	}
	if r.Model == plan.SRX {
		v.Zones = junosZones(r)
	}
	v.PrefixLists, v.Policies = junosPolicies(r)
	if r.Multipath.EBGP > 1 || r.Multipath.IBGP > 1 {
		v.LoadBalance = prefix + "-LOAD-BALANCE"
		v.Policies = append(v.Policies, junosPolicy{Name: v.LoadBalance, Spread: true, Origin: r.Multipath.Origin})
	}
	// Junos prints policies by name: only where its model (24.4) says
	// ordered-by user does a list keep the order of its commands.
	slices.SortStableFunc(v.Policies, func(a, b junosPolicy) int { return strings.Compare(a.Name, b.Name) })
	v.HasPolicies = len(v.PrefixLists)+len(v.Policies) > 0
	for _, x := range r.Resolution {
		v.Resolutions = append(v.Resolutions, junosResolution{junosTable(x.Family), x.Policy, x.Origin})
	}
	for i := range all {
		if all[i].timers.Hold < precisionBelow && !v.PrecisionTimers {
			v.PrecisionTimers, v.PrecisionOrigin = true, all[i].timers.Origin
		}
	}
	return v
}

// junosZones puts the links, and the loopback where iBGP uses it, into their
// zones. A link's unit is ercfg's alone and says itself what it hears. The
// loopback is the LAN's: what an interface says of host-inbound-traffic takes
// the place of what its zone says, so a word there would shut out whatever the
// owner lets in (SSH, SNMP). Its zone is told to hear BGP besides
// (Juniper, Security Policies User Guide, host-inbound-traffic).
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
		z := zone(l.Zone)
		z.Interfaces = append(z.Interfaces, junosZoneInterface{Name: l.Interface + "." + strconv.Itoa(l.Unit), Origin: l.Origin})
	}
	if inZone(r) {
		z := zone(r.Loopback.Zone)
		z.HearsBGP, z.BGPOrigin = true, r.Loopback.Origin
		z.Interfaces = append(z.Interfaces, junosZoneInterface{Name: junosLoopbackUnit(r), Bare: true, Origin: r.Loopback.Origin})
	}
	slices.SortStableFunc(out, func(a, b junosZone) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// inZone reports whether the loopback has to be in a security zone: on an SRX,
// where iBGP uses it.
func inZone(r *plan.Router) bool {
	return r.Platform == plan.Junos && r.Model == plan.SRX && len(r.IBGP) > 0 && r.Loopback.Interface != "" && r.Loopback.Zone != ""
}

// junosLoopbackUnit is the loopback as zones name it: lo0.0.
func junosLoopbackUnit(r *plan.Router) string {
	name, unit := junosLoopback(r.Loopback.Interface)
	return name + "." + strconv.Itoa(unit)
}

// junosLoopback splits lo0 or lo0.5 into device and unit.
func junosLoopback(name string) (device string, unit int) {
	device, number, _ := strings.Cut(name, ".")
	unit, _ = strconv.Atoi(number) // no number is unit 0; Check refuses anything else
	return device, unit
}

func junosInterfaces(r *plan.Router) []junosInterface {
	var out []junosInterface
	for i := range r.Links {
		l := &r.Links[i]
		if len(out) == 0 || out[len(out)-1].Name != l.Interface {
			out = append(out, junosInterface{Name: l.Interface, Tagging: "vlan-tagging", Origin: l.Origin})
		}
		port := &out[len(out)-1]
		unit := junosUnit{
			Number: l.Unit, Description: junosString(oneSpaced(l.Description)), Tag: "vlan-id " + l.Tag.Inner.String(),
			Families: junosFamilies(l.IPv4, l.IPv6, l.MTUBytes), Origin: l.Origin,
		}
		if l.Tag.QinQ() {
			port.Tagging = "flexible-vlan-tagging"
			unit.Tag = fmt.Sprintf("vlan-tags outer %s inner %s", l.Tag.Outer, l.Tag.Inner)
		}
		port.Units = append(port.Units, unit)
	}
	if lo := &r.Loopback; lo.Interface != "" {
		name, number := junosLoopback(lo.Interface)
		unit := junosUnit{Number: number, Origin: lo.Origin, Families: junosFamilies(hostPrefix(lo.IPv4), hostPrefix(lo.IPv6), 0)}
		at := slices.IndexFunc(out, func(i junosInterface) bool { return i.Name > name })
		if at < 0 {
			at = len(out)
		}
		out = slices.Insert(out, at, junosInterface{Name: name, Units: []junosUnit{unit}, Origin: lo.Origin})
	}
	return out
}

// hostPrefix is an address as a prefix of its own; the zero Addr gives the
// zero Prefix.
func hostPrefix(a netip.Addr) netip.Prefix {
	if !a.IsValid() {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, a.BitLen())
}

// junosFamilies writes the addresses of a unit. A link's MTU is written even
// where it is Ethernet's: without it a family takes what the port carries, and
// on a jumbo port that is more than the circuit does (Juniper, Interfaces
// Fundamentals, protocol MTU). Zero writes none.
func junosFamilies(v4, v6 netip.Prefix, mtuBytes int) []junosFamily {
	var out []junosFamily
	if v4.IsValid() {
		out = append(out, junosFamily{"inet", mtuBytes, v4.String()})
	}
	if v6.IsValid() {
		out = append(out, junosFamily{"inet6", mtuBytes, v6.String()})
	}
	return out
}

// junosPolicies writes the policies and the prefix lists that they use. The
// filter of a redistribution is left out: Junos has no such command, its
// export policy names protocol and prefixes itself.
func junosPolicies(r *plan.Router) ([]junosPrefixList, []junosPolicy) {
	var policies []junosPolicy
	used := make(map[plan.Name]bool, len(r.PrefixLists))
	for i := range r.Policies {
		p := &r.Policies[i]
		if slices.ContainsFunc(r.Origins, func(o plan.Origination) bool { return o.Filter == p.Name }) {
			continue
		}
		out := junosPolicy{Name: p.Name, Last: "reject", Origin: p.Origin}
		for j := range p.Terms {
			t := &p.Terms[j]
			if t.Match == "" && t.Protocol == "" && j == len(p.Terms)-1 && junosBare(t) {
				out.Last = junosAction(t)
				continue
			}
			used[t.Match] = true
			out.Terms = append(out.Terms, junosPolicyTerm(t, p.Family))
		}
		policies = append(policies, out)
	}
	var lists []junosPrefixList
	for i := range r.PrefixLists {
		l := &r.PrefixLists[i]
		if !used[l.Name] {
			continue
		}
		out := junosPrefixList{Name: l.Name, Origin: l.Origin, Entries: make([]network, len(l.Entries))}
		for j := range l.Entries {
			out.Entries[j] = network{l.Entries[j].Prefix.String(), l.Entries[j].Origin}
		}
		lists = append(lists, out)
	}
	slices.SortStableFunc(lists, func(a, b junosPrefixList) int { return strings.Compare(a.Name, b.Name) })
	return lists, policies
}

// junosBare reports whether a term only accepts or rejects.
func junosBare(t *plan.Term) bool {
	return t.LocalPreference == 0 && len(t.Prepend) == 0 && !t.NextHopSelf
}

func junosAction(t *plan.Term) string {
	if t.Deny {
		return "reject"
	}
	return "accept"
}

func junosPolicyTerm(t *plan.Term, f plan.Family) junosTerm {
	out := junosTerm{Name: strconv.Itoa(t.Seq), Origin: t.Origin}
	if t.Protocol != "" {
		out.FromBlock = append(out.FromBlock, "protocol "+junosProtocol(t.Protocol, f))
	}
	if t.Match != "" {
		out.FromBlock = append(out.FromBlock, "prefix-list "+t.Match)
	} else if len(out.FromBlock) == 1 {
		out.FromLine, out.FromBlock = out.FromBlock[0], nil
	}
	if t.LocalPreference != 0 {
		out.ThenBlock = append(out.ThenBlock, fmt.Sprintf("local-preference %d", t.LocalPreference))
	}
	if len(t.Prepend) > 0 {
		out.ThenBlock = append(out.ThenBlock, "as-path-prepend "+junosString(strings.Join(asns(t.Prepend), " ")))
	}
	if t.NextHopSelf {
		out.ThenBlock = append(out.ThenBlock, "next-hop self")
	}
	if len(out.ThenBlock) == 0 {
		out.ThenLine = junosAction(t)
		return out
	}
	out.ThenBlock = append(out.ThenBlock, junosAction(t))
	return out
}

// junosProtocol is Junos' word for the intent's: OSPF for IPv6 is a protocol
// of its own, and connected routes are direct.
func junosProtocol(word string, f plan.Family) string {
	switch {
	case word == "connected":
		return "direct"
	case word == "ospf" && f == plan.IPv6:
		return "ospf3"
	}
	return word
}

func junosStatics(r *plan.Router, f plan.Family) []junosStatic {
	var out []junosStatic
	for _, o := range statics(r, "", f) {
		s := junosStatic{Prefix: o.Prefix.String(), Preference: discardDistance, Origin: o.Origin}
		if o.How == plan.Via {
			s.NextHop = o.NextHop.String()
		}
		out = append(out, s)
	}
	return out
}

// junosTable is the routing table of a family.
func junosTable(f plan.Family) string { return [...]string{"inet.0", "inet6.0"}[f] }

// junosFamilyName is a family in interfaces and BGP.
func junosFamilyName(f plan.Family) string { return [...]string{"inet", "inet6"}[f] }

// junosString quotes a string as Junos prints it: only where it holds anything
// but letters, digits and a few signs.
func junosString(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:+", r))
	}) < 0
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}
