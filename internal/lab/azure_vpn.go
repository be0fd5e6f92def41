//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
)

// addVPN adds the instances of a VPN's gateway that its tunnels end on, each
// joined to its own VNet and to every VNet whose statements use the VPN.
func (n *network) addVPN(v *plan.VPN) {
	vnet := &n.plan.VNets[slices.IndexFunc(n.plan.VNets, func(o plan.VNet) bool { return o.Name == v.VNet })]
	for _, end := range v.Tunnels {
		at := slices.IndexFunc(vnet.Gateway.Instances, func(i plan.Instance) bool { return i.Name == end.Instance })
		instance := &vnet.Gateway.Instances[at]
		s := n.speaker(Node{Name: "vpn-" + vnet.Name + "-" + instance.Name, Kind: VPN, Of: vnet.Name, Instance: instance.Name}, vnet.Gateway.ASN)
		for _, other := range n.vnetsOf(v) {
			if gw := n.speakers["gw-"+other]; !n.joined(s, gw) {
				n.join(s, gw, 0)
			}
		}
		n.addTunnel(s, n.router(end.Router), end.Tunnel, v.Underlay)
		n.addUnderlay(s, v, instance, &n.router(end.Router).Tunnels[end.Tunnel])
	}
}

// vnetsOf lists the VNets that a VPN leads to, that of its gateway first.
func (n *network) vnetsOf(v *plan.VPN) []string {
	out := []string{v.VNet}
	for i := range n.plan.Statements {
		s := &n.plan.Statements[i]
		if !slices.Contains(s.Prefer, v.Name) {
			continue
		}
		for _, name := range s.VNets {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// joined reports whether there is a wire between two speakers.
func (n *network) joined(a, b *speaker) bool {
	return slices.ContainsFunc(n.wires, func(w wire) bool { return w.A == a.name && w.B == b.name })
}

// addTunnel joins an instance and a router by a tunnel of the plan. Over the
// Internet it is a wire. On a circuit it is a tunnel that rides on the links and
// dies with them. Nothing is encrypted: the lab does without ESP, which not
// every kernel has; which way the packets take is the same.
func (n *network) addTunnel(s *speaker, r *plan.Router, at int, underlay string) {
	t := &r.Tunnels[at]
	p := port{name: fmt.Sprintf("tun%d", len(s.ports))}
	w := wire{Wire: Wire{A: r.Name, IfA: t.Interface, B: s.name, IfB: p.name, Link: t.Origin, Tunnel: "veth"}, mtuA: t.MTUBytes, onBridge: true}
	if underlay != "" {
		w.Tunnel, w.onBridge, w.local, w.remote = n.ride, false, t.Local, t.Remote
		w.number = 1 + countFunc(n.wires, func(w wire) bool { return w.remote.IsValid() })
	}
	n.wires = append(n.wires, w)
	session := peer{
		role: customer, addr: t.Session.Local, local: t.Session.Neighbor, asn: r.ASN, port: p.name, md5: t.Session.MD5,
		keepalive: min(gatewayKeepalive, n.options.GatewayHold/3), hold: n.options.GatewayHold,
	}
	if t.Inside.IsValid() {
		// From an APIPA address the gateway does not connect, the router has to.
		// Source: vpn-gateway-howto-aws-bgp.md.
		session.passive = t.Session.Neighbor.IsLinkLocalUnicast()
		p.addrs = []netip.Prefix{netip.PrefixFrom(t.Session.Neighbor, t.Inside.Bits())}
	} else {
		session.multihop = true
		s.own = appendNew(s.own, t.Session.Neighbor)
		s.routes = append(s.routes, route{hostPrefix(t.Session.Local), p.name})
	}
	s.ports = append(s.ports, p)
	s.peers = append(s.peers, session)
}

// addUnderlay makes the addresses of an instance reachable, and leads the outer
// packets of a tunnel that rides on a circuit: on private peering through the
// VNet of the gateway, on Microsoft peering through Microsoft's network. They are
// told from the inner ones by their source, as both may go to one address: a
// router's loopback that ends the tunnel and the session in it.
func (n *network) addUnderlay(s *speaker, v *plan.VPN, instance *plan.Instance, t *plan.Tunnel) {
	behind := n.speakers["gw-"+v.VNet]
	ours, theirs := n.between(s, behind)
	for _, own := range s.own {
		behind.routes = appendNew(behind.routes, route{hostPrefix(own), ours.String()})
	}
	if v.Underlay == "" {
		return
	}
	s.own = appendNew(s.own, t.Remote)
	if t.Remote == instance.Public && t.Remote != instance.Private {
		if behind = n.speakers[microsoft]; behind == nil {
			return
		}
		if !n.joined(s, behind) {
			n.join(s, behind, 0)
		}
		ours, theirs = n.between(s, behind)
		if !slices.ContainsFunc(behind.origins, func(o origin) bool { return o.prefix.Contains(t.Remote) }) {
			behind.origins = append(behind.origins, origin{prefix: hostPrefix(t.Remote)})
		}
	}
	behind.routes = appendNew(behind.routes, route{hostPrefix(t.Remote), ours.String()})
	for _, line := range []string{
		fmt.Sprintf("rule add from %s lookup %d", t.Remote, outerTable),
		fmt.Sprintf("route add %s via %s table %d", hostPrefix(t.Local), theirs, outerTable),
	} {
		s.setup = appendNew(s.setup, line)
	}
}

// outerTable is the routing table of a VPN gateway for the outer packets of its
// tunnels.
const outerTable = 200

// between returns the IPv4 addresses of two speakers on the wire between them.
func (n *network) between(a, b *speaker) (atA, atB netip.Addr) {
	w := n.wires[slices.IndexFunc(n.wires, func(w wire) bool { return w.A == a.name && w.B == b.name })]
	return a.port(w.IfA).addrs[0].Addr(), b.port(w.IfB).addrs[0].Addr()
}

// port returns the interface of that name; there is one.
func (s *speaker) port(name string) port {
	return s.ports[slices.IndexFunc(s.ports, func(p port) bool { return p.name == name })]
}

func hostPrefix(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// appendNew appends what is not there yet.
func appendNew[T comparable](s []T, v T) []T {
	if slices.Contains(s, v) {
		return s
	}
	return append(s, v)
}

func countFunc[T any](s []T, f func(T) bool) int {
	count := 0
	for _, v := range s {
		if f(v) {
			count++
		}
	}
	return count
}
