package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeInterface is any interface: the loopback, a tunnel, a link, a port with
// MACsec, or one of a customer's that only BFD is ours on.
type iosxeInterface struct {
	Name          string
	Description   string
	Encapsulation string // after "encapsulation dot1Q"; empty: none
	VRF           string // wipes the addresses, so it comes before them
	Monitors      []iosxeMonitored
	NoIPv4        bool   // says so
	IPv4          string // address and mask
	Unnumbered    string // interface whose address it takes
	Link          bool
	IPv4MTU       int    // bytes; 0: the port's
	MSS           int    // bytes; 0: not clamped
	IPv6          string // address/length
	IPv6MTU       int    // bytes; 0: the port's
	Tunnel        iosxeTunnel
	MACsec        iosxePortMACsec
	BFD           string // after "bfd interval"
	BFDOrigin     string
	Remark        string // policy map
	RemarkOrigin  string
	Origin        string
}

// iosxeMonitored is one direction of flow export.
type iosxeMonitored struct {
	Command   string // ip, ipv6
	Monitor   string
	Sampler   string // empty: every packet
	Direction string
	Origin    string
}

// iosxeTunnel is what makes an interface an IPsec tunnel.
type iosxeTunnel struct {
	Source      string // empty: no tunnel
	Destination string
	VRF         string // of the outside
	Profile     string
}

// iosxeInterfaces lists the loopback, the tunnels, the ports with MACsec before
// the links on them, and last what is a customer's.
func iosxeInterfaces(prefix string, r *plan.Router) []iosxeInterface {
	out := make([]iosxeInterface, 0, 1+len(r.Tunnels)+len(r.Ports)+len(r.Links))
	if lo := &r.Loopback; lo.Interface != "" {
		i := iosxeInterface{Name: lo.Interface, NoIPv4: !lo.IPv4.IsValid(), Origin: lo.Origin}
		if lo.IPv4.IsValid() {
			i.IPv4 = iosxeIPv4(netip.PrefixFrom(lo.IPv4, 32))
		}
		if lo.IPv6.IsValid() {
			i.IPv6 = iosxePrefix(netip.PrefixFrom(lo.IPv6, 128))
		}
		out = append(out, i)
	}
	for i := range r.Tunnels {
		out = append(out, iosxeTunnelInterface(prefix, r, &r.Tunnels[i]))
	}
	ports := slices.Clone(r.Ports)
	port := func(name string) {
		for i := range ports {
			if ports[i].Interface == name {
				out = append(out, iosxeInterface{Name: name, MACsec: iosxePort(prefix, &ports[i]), Origin: ports[i].Origin})
				ports = slices.Delete(ports, i, i+1)
				return
			}
		}
	}
	for i := range r.Links {
		port(r.Links[i].Interface)
		out = append(out, iosxeLink(prefix, r, &r.Links[i]))
	}
	for len(ports) > 0 {
		port(ports[0].Interface)
	}
	return append(out, iosxeCustomerInterfaces(r)...)
}

func iosxeLink(prefix string, r *plan.Router, l *plan.Link) iosxeInterface {
	i := iosxeInterface{
		Name: l.Subinterface(), Description: oneSpaced(l.Description), VRF: l.VRF, Monitors: iosxeMonitors(prefix, r, l.IPv4.IsValid(), l.IPv6.IsValid()),
		NoIPv4: !l.IPv4.IsValid(), Link: true, Origin: l.Origin,
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
	bfd := l.BFD
	for n := range r.Routes { // a route that is tracked needs the timers where no session does
		if t := &r.Routes[n]; !bfd.On() && t.Interface == i.Name {
			bfd = t.BFD
		}
	}
	i.BFD, i.BFDOrigin = iosxeBFD(bfd), bfd.Origin
	if l.Remark {
		i.Remark, i.RemarkOrigin = iosxeRemarkName(prefix, r, l), l.RemarkOrigin
	}
	return i
}

// defaultMTUBytes is the IP MTU of an Ethernet port that no one has changed
// (RFC 894).
const defaultMTUBytes = 1500

// iosxeBFD is what stands after "bfd interval"; "" where BFD is off.
func iosxeBFD(b plan.BFD) string {
	if !b.On() {
		return ""
	}
	ms := b.Interval / time.Millisecond
	return fmt.Sprintf("%d min_rx %d multiplier %d", ms, ms, b.Multiplier)
}

// iosxeTunnelInterface is a tunnel. It names the address that sources it and
// not the interface: that may have several, and the gateway knows one. An MTU
// is always said: without one IOS-XE takes what the outside's leaves.
func iosxeTunnelInterface(prefix string, r *plan.Router, t *plan.Tunnel) iosxeInterface {
	i := iosxeInterface{
		Name: t.Interface, Description: oneSpaced(t.Description), VRF: t.VRF, Monitors: iosxeMonitors(prefix, r, true, false), IPv4MTU: t.MTUBytes, MSS: t.MSSBytes,
		Tunnel: iosxeTunnel{t.Local.String(), t.Remote.String(), t.OutsideVRF, iosxeVPNName(prefix, r, t)}, Origin: t.Origin,
	}
	if t.Inside.IsValid() {
		i.IPv4 = iosxeIPv4(t.Inside)
	} else {
		i.Unnumbered = r.Loopback.Interface
	}
	return i
}

// iosxeCustomerInterfaces lists the interfaces towards customers whose sessions
// have BFD, each once: IOS-XE has its timers there.
func iosxeCustomerInterfaces(r *plan.Router) []iosxeInterface {
	var out []iosxeInterface
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			c := &r.VRFs[i].Customers[j]
			if !c.BFD.On() || c.Interface == "" || slices.ContainsFunc(out, func(i iosxeInterface) bool { return i.Name == c.Interface }) {
				continue
			}
			out = append(out, iosxeInterface{Name: c.Interface, BFD: iosxeBFD(c.BFD), BFDOrigin: c.BFD.Origin, Origin: c.Origin})
		}
	}
	slices.SortFunc(out, func(a, b iosxeInterface) int { return strings.Compare(a.Name, b.Name) })
	return out
}
