package render

import (
	"cmp"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// frrSections is the order of "show running-config" of FRR 8.4.
func frrSections() []string {
	return []string{"system", "routing", "interfaces", "bgp", "prefix-lists", "policies", "bfd"}
}

// frrCompanions are the files that a Linux router needs beside frr.conf.
func frrCompanions() []companion {
	const text, program fs.FileMode = 0o644, 0o755
	return []companion{
		{"daemons", "daemons", text},
		{"sysctl", "sysctl", text},
		{"vlans", "vlans", program},
		{"vlans-service", "vlans.service", text},
	}
}

// frrView is a router in the words of FRR.
type frrView struct {
	Hostname       string
	Statics        []static // by family, length, address, as FRR prints them
	Interfaces     []frrInterface
	ASN            string
	RouterID       string
	Neighbors      []frrNeighbor // IPv4 first, then by address
	Families       []frrFamily
	PrefixFamilies []prefixList // all lists of a family are one block
	Policies       []routeMap
	Profiles       []frrProfile
	Linux          linuxView
	Origin         string
}

type frrInterface struct{ Name, Description, IPv4, IPv6, Origin string }

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
	UpdateSource   string
	Timers         string
	TimersOrigin   string
	ConnectRetry   int // seconds
	Origin         string
}

type frrFamily struct {
	Name            string
	Networks        []network
	Redistributions []redistribution
	Neighbors       []familyNeighbor
	PathsEBGP       int
	PathsIBGP       int
	PathsOrigin     string
	Origin          string
}

type frrProfile struct {
	Name       string
	Interval   int // milliseconds; 0: the default
	Multiplier int // 0: the default
	Origin     string
}

// linuxView is what the companion files say.
type linuxView struct {
	Hostname string
	Script   string // file name of the VLAN script
	// Daemons beside zebra, staticd and bgpd. OSPF and IS-IS are the site's own
	// and named only where frr.conf redistributes from them.
	BFD, OSPF, OSPF6, ISIS bool
	IPv6                   bool // a session is IPv6
	Parents                []linuxParent
}

// linuxParent is a physical device and the VLAN devices on it.
type linuxParent struct {
	Name       string
	DeviceUnit string // the name as systemd writes it
	MTU        int    // bytes
	VLANs      []linuxVLAN
}

// linuxVLAN is one tag on a device.
type linuxVLAN struct {
	Parent, Name string
	ID           int
	MTU          int // bytes
}

// connectRetry is how long FRR waits after a first connection that failed. Its
// default of 120 s delays every session whose peer comes up later.
const connectRetry = 10 * time.Second

// FRR's defaults of a BFD profile, which it does not print.
const (
	frrDefaultBFDInterval   = 300 * time.Millisecond
	frrDefaultBFDMultiplier = 3
)

func frr(name string, r *plan.Router) frrView {
	all := peers(r)
	slices.SortStableFunc(all, func(a, b peer) int { return a.addr.Compare(b.addr) })
	prefix := strings.ToUpper(name)
	v := frrView{
		Hostname: r.Name, Interfaces: frrInterfaces(r), ASN: r.ASN.String(), RouterID: r.RouterID.String(),
		Policies: frrPolicies(r), Profiles: frrProfiles(prefix, r), Linux: linux(r, all), Origin: r.Origin,
	}
	for i := range all {
		v.Neighbors = append(v.Neighbors, frrPeer(prefix, &all[i]))
	}
	for _, f := range families(all, "") {
		v.Families = append(v.Families, frrAddressFamily(r, f, all))
	}
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		v.Statics = append(v.Statics, frrStatics(r, f)...)
		if block := frrPrefixLists(r, f); len(block.Entries) > 0 {
			v.PrefixFamilies = append(v.PrefixFamilies, block)
		}
	}
	return v
}

func frrStatics(r *plan.Router, f plan.Family) []static {
	routes := statics(r, "", f)
	slices.SortStableFunc(routes, func(a, b *plan.Origination) int {
		return cmp.Or(cmp.Compare(a.Prefix.Bits(), b.Prefix.Bits()), a.Prefix.Addr().Compare(b.Prefix.Addr()))
	})
	out := make([]static, len(routes))
	for i, o := range routes {
		out[i] = static{ipWord(f) + " route", o.Prefix.String(), "blackhole " + discardDistance, o.Origin}
		if o.How == plan.Via {
			out[i].NextHop = o.NextHop.String()
		}
	}
	return out
}

// frrInterfaces lists the VLAN devices and the loopback in FRR's order, which
// is that of the plan for the devices.
func frrInterfaces(r *plan.Router) []frrInterface {
	out := make([]frrInterface, 0, len(r.Links)+1)
	for i := range r.Links {
		l := &r.Links[i]
		out = append(out, frrInterface{linuxName(l), oneSpaced(l.Description), address(l.IPv4), address(l.IPv6), l.Origin})
	}
	if lo := &r.Loopback; lo.Interface != "" {
		at := slices.IndexFunc(out, func(i frrInterface) bool { return i.Name > lo.Interface })
		if at < 0 {
			at = len(out)
		}
		out = slices.Insert(out, at, frrInterface{Name: lo.Interface, IPv4: address(hostPrefix(lo.IPv4)), IPv6: address(hostPrefix(lo.IPv6)), Origin: lo.Origin})
	}
	return out
}

// address writes a prefix; "" for none.
func address(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

// linuxName is the VLAN device of a link.
func linuxName(l *plan.Link) string { return l.Interface + "." + strconv.Itoa(l.Unit) }

func frrPeer(prefix string, p *peer) frrNeighbor {
	n := frrNeighbor{
		Addr: p.addr.String(), ASN: p.asn.String(), Description: p.description, Shutdown: p.shutdown, ShutdownOrigin: p.origin + ".shutdown",
		BFDOrigin: p.bfd.Origin, Password: p.password, PasswordOrigin: p.passwordOrigin, Timers: keepaliveHold(p.timers), TimersOrigin: p.timers.Origin,
		ConnectRetry: int(connectRetry / time.Second), Origin: p.origin,
	}
	if p.bfd.On() {
		n.BFDProfile = frrProfileName(prefix, p.bfd)
	}
	if p.internal {
		n.UpdateSource = p.local.String()
	}
	return n
}

// frrProfileName names a profile after its values: sessions with the same ones
// share it, and the name stays under FRR's 63 characters.
func frrProfileName(prefix string, b plan.BFD) string {
	return fmt.Sprintf("%s-BFD-%dX%d", prefix, b.Interval/time.Millisecond, b.Multiplier)
}

// frrProfiles lists the profiles in use, sorted by name.
func frrProfiles(prefix string, r *plan.Router) []frrProfile {
	var out []frrProfile
	for i := range r.Links {
		for j := range r.Links[i].Sessions {
			b := r.Links[i].Sessions[j].BFD
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
	}
	slices.SortFunc(out, func(a, b frrProfile) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func frrAddressFamily(r *plan.Router, f plan.Family, all []peer) frrFamily {
	out := frrFamily{
		Name: f.String() + " unicast", Redistributions: redistributions(r, "", f, frrSource(f)),
		PathsEBGP: max(1, r.Multipath.EBGP), PathsIBGP: max(1, r.Multipath.IBGP), PathsOrigin: r.Multipath.Origin, Origin: r.Origin,
	}
	for _, o := range networks(r, "", f) {
		out.Networks = append(out.Networks, network{o.Prefix.String(), o.Origin})
	}
	for i := range all {
		if all[i].family == f {
			out.Neighbors = append(out.Neighbors, inFamily(&all[i], netip.Addr.String))
		}
	}
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

func frrPrefixLists(r *plan.Router, f plan.Family) prefixList {
	var out prefixList
	for i, l := range prefixLists(r, netip.Prefix.String) {
		if r.PrefixLists[i].Family == f {
			out.Entries = append(out.Entries, l.Entries...)
		}
	}
	return out
}

// frrPolicies leaves out the filters of next hops: FRR's own starves the
// import check of network and with it the anchors (seen on 8.4).
func frrPolicies(r *plan.Router) []routeMap {
	all := routeMaps(r)
	out := all[:0]
	for i := range all {
		if !slices.ContainsFunc(r.Resolution, func(x plan.Resolution) bool { return x.Policy == r.Policies[i].Name }) {
			out = append(out, all[i])
		}
	}
	return out
}

// linux says which devices, daemons and kernel settings the router needs for
// its sessions. A setting for IPv6 has side effects on a router that has no
// use for it.
func linux(r *plan.Router, all []peer) linuxView {
	v := linuxView{
		Hostname: r.Name, Script: r.Name + ".frr.vlans",
		BFD:  slices.ContainsFunc(all, func(p peer) bool { return p.bfd.On() }),
		IPv6: slices.ContainsFunc(all, func(p peer) bool { return p.family == plan.IPv6 }),
	}
	for i := range r.Origins {
		switch o := &r.Origins[i]; {
		case o.Protocol == "ospf" && o.Prefix.Addr().Is4():
			v.OSPF = true
		case o.Protocol == "ospf":
			v.OSPF6 = true
		case o.Protocol == "isis":
			v.ISIS = true
		}
	}
	for i := range r.Links {
		v.addLink(&r.Links[i])
	}
	return v
}

// qinqOverheadBytes is what a second tag adds to the frames of the device that
// carries it.
const qinqOverheadBytes = 4

// addLink adds the devices of one link. The outer tag's device is shared by
// the links that have it.
func (v *linuxView) addLink(l *plan.Link) {
	if len(v.Parents) == 0 || v.Parents[len(v.Parents)-1].Name != l.Interface {
		v.Parents = append(v.Parents, linuxParent{Name: l.Interface, DeviceUnit: systemdEscape(l.Interface)})
	}
	port := &v.Parents[len(v.Parents)-1]
	parent, mtu := l.Interface, l.MTUBytes
	if l.Tag.QinQ() {
		parent = outerName(l)
		i := slices.IndexFunc(port.VLANs, func(d linuxVLAN) bool { return d.Name == parent })
		if i < 0 {
			i = len(port.VLANs)
			port.VLANs = append(port.VLANs, linuxVLAN{Parent: l.Interface, Name: parent, ID: int(l.Tag.Outer)})
		}
		port.VLANs[i].MTU = max(port.VLANs[i].MTU, mtu+qinqOverheadBytes)
		port.MTU = max(port.MTU, mtu+qinqOverheadBytes)
	}
	port.MTU = max(port.MTU, mtu)
	port.VLANs = append(port.VLANs, linuxVLAN{Parent: parent, Name: linuxName(l), ID: int(l.Tag.Inner), MTU: mtu})
}

// outerName is the device of a link's outer tag.
func outerName(l *plan.Link) string { return l.Interface + ".s" + l.Tag.Outer.String() }

// systemdEscape writes a device name as it stands in the name of a unit
// (systemd.unit(5)): everything but letters, digits, colon, underscore and dot
// becomes \xNN.
func systemdEscape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(":_.", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}
