package render

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// linuxView is what the companion files say.
type linuxView struct {
	Hostname string
	Name     string // of the files: ce1.frr
	// Daemons beside zebra, staticd and bgpd. OSPF and IS-IS are the site's own
	// and named only where frr.conf redistributes from them.
	BFD, OSPF, OSPF6, ISIS bool
	IPv6                   bool // a session is IPv6
	VRFs                   []linuxVRF
	MPLS                   bool // a VRF takes part in a VPN
	Parents                []linuxParent
	Tunnels                []linuxTunnel
	CharonVRF              string   // the VRF that IKE speaks in; empty: none
	OutsideUnits           []string // devices that tunnels stand on, as systemd writes them; the owner's
	NeedsNft               bool
	Clamps                 []linuxClamp
	Remarks                []linuxRemark
	Flow                   linuxFlow
}

// linuxVRF is a VRF device and its routing table.
type linuxVRF struct {
	Name  string
	Table int
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
	Place        string
}

// linux says which devices, daemons and kernel settings the router needs for
// its sessions. A setting for IPv6 has side effects on a router that has no
// use for it.
func linux(r *plan.Router, all []peer) linuxView {
	v := linuxView{
		Hostname: r.Name, Name: r.Name + ".frr",
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
	names := make([]string, len(r.VRFs))
	for i := range r.VRFs {
		names[i] = r.VRFs[i].Name
		v.MPLS = v.MPLS || r.VRFs[i].RD != (bgp.RouteDistinguisher{})
	}
	tables := numbers(names)
	for _, name := range names {
		v.VRFs = append(v.VRFs, linuxVRF{name, tables[name]})
	}
	devices := numbers(edgeDevices(r))
	indexes := linuxIndexes(r, devices)
	for i := range r.Links {
		v.addLink(&r.Links[i], indexes)
	}
	v.addTunnels(r, devices, indexes)
	v.Flow = linuxFlowOf(r)
	v.NeedsNft = len(v.Clamps)+len(v.Remarks) > 0 || v.Flow.Version != 0
	return v
}

// edgeDevices are the devices whose traffic is counted: one for each link and
// tunnel.
func edgeDevices(r *plan.Router) []string {
	var out []string
	for i := range r.Links {
		out = append(out, r.Links[i].Subinterface())
	}
	for i := range r.Tunnels {
		out = append(out, r.Tunnels[i].Interface)
	}
	return out
}

// The numbers that ercfg gives away: above those that Linux counts up from 1
// and below the tables that it keeps for itself.
const (
	firstNumber  = 10000
	numbersGiven = 50000
)

// numbers gives each name a number that hangs on the name and not on its
// place, so that a new one changes no other: routing tables, IDs of XFRM
// interfaces and interface indices have to outlive a change of the intent. Two
// names that meet, once in many thousand routers, take the next free one in the
// order of their names.
func numbers(names []string) map[string]int {
	names = slices.Clone(names)
	slices.Sort(names)
	out, taken := make(map[string]int, len(names)), make(map[int]bool, len(names))
	for _, name := range slices.Compact(names) {
		sum := fnv.New32a()
		sum.Write([]byte(name))
		n := int(sum.Sum32() % numbersGiven)
		for taken[n] {
			n = (n + 1) % numbersGiven
		}
		taken[n], out[name] = true, firstNumber+n
	}
	return out
}

// linuxIndexes are the interface indexes that the scripts set: the intent's own,
// and where flows name a device without one its number. Where the intent has
// given that away, it is the next that is nobody's.
func linuxIndexes(r *plan.Router, numbers map[string]int) map[string]int {
	out, given, taken := make(map[string]int, len(numbers)), make(map[int]bool, len(r.Indexes)), make(map[int]bool, len(numbers))
	for _, x := range r.Indexes {
		given[x.Number] = true
		if _, ours := numbers[x.Interface]; ours {
			out[x.Interface] = x.Number
		}
	}
	if !r.Flow.On() {
		return out
	}
	for _, n := range numbers {
		taken[n] = true
	}
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		if out[name] != 0 {
			continue
		}
		n := numbers[name]
		for given[n] || n != numbers[name] && taken[n] {
			n = firstNumber + (n-firstNumber+1)%numbersGiven
		}
		taken[n], out[name] = true, n
	}
	return out
}

// place writes what a script adds to the line of a device: its VRF, and its
// index where it is to have one. A hyphen stands for no VRF before an index.
func place(vrf plan.Name, index int) string {
	switch {
	case index != 0:
		return fmt.Sprintf(" %s %d", cmp.Or(vrf, "-"), index)
	case vrf != "":
		return " " + vrf
	}
	return ""
}

// qinqOverheadBytes is what a second tag adds to the frames of the device that
// carries it.
const qinqOverheadBytes = 4

// addLink adds the devices of one link and what is done to its packets. The
// outer tag's device is shared by the links that have it.
func (v *linuxView) addLink(l *plan.Link, indexes map[string]int) {
	at := slices.IndexFunc(v.Parents, func(p linuxParent) bool { return p.Name == l.Interface })
	if at < 0 {
		at = len(v.Parents)
		v.Parents = append(v.Parents, linuxParent{Name: l.Interface, DeviceUnit: systemdEscape(l.Interface)})
	}
	port := &v.Parents[at]
	parent, mtu, name := l.Interface, l.MTUBytes, l.Subinterface()
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
	port.VLANs = append(port.VLANs, linuxVLAN{parent, name, int(l.Tag.Inner), mtu, place(l.VRF, indexes[name])})
	if l.Remark {
		v.Remarks = append(v.Remarks, linuxRemarkOf(l))
	}
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
