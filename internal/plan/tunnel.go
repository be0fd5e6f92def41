package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/intent"
)

// gatewayTTL is the TTL of a session with a VPN gateway that is not on-link:
// the gateway's BGP speaker stands behind the end of the tunnel, at a distance
// that Azure does not tell. Its own samples have 255.
const gatewayTTL = 255

// tunnels is how many tunnels of the edge's VPN end on its router.
func (e *edge) tunnels() int {
	n := 0
	for _, t := range e.vpn.tunnels {
		if t.router == e.router {
			n++
		}
	}
	return n
}

// planTunnels makes the router's tunnels, by interface, and the policies that
// the tunnels of one VPN share.
func (d *deriver) planTunnels(r *router, out *Router) {
	for _, t := range r.tunnels {
		out.Tunnels = append(out.Tunnels, d.planTunnel(t))
	}
	slices.SortStableFunc(out.Tunnels, func(a, b Tunnel) int {
		return cmp.Or(compareNatural(a.Interface, b.Interface), strings.Compare(a.Origin, b.Origin))
	})
	var seen []*vpn
	for _, t := range r.tunnels {
		v := t.vpn
		if slices.Contains(seen, v) {
			continue
		}
		seen = append(seen, v)
		for _, e := range d.paths[v] {
			if e.router == r {
				d.importPolicy(e, d.object(IPv4, v.tag(), "IN"), IPv4, out)
				d.exportPolicy(e, d.object(IPv4, v.tag(), "OUT"), IPv4, out)
			}
		}
	}
}

func (d *deriver) planTunnel(t *tunnel) Tunnel {
	v := t.vpn
	out := Tunnel{
		Path: v.name.V, Instance: t.in.Instance.V, Description: Label(fmt.Sprintf("VPN %s to instance %s of %s", v.name.V, t.in.Instance.V, v.in.VNet.V)),
		Interface: t.iface.V, Source: t.in.Source.V, Local: t.local.V, Remote: t.remote.V, Inside: t.inside.V,
		VRF: v.vrf, OutsideVRF: t.outside, Zone: t.zone, MTUBytes: v.mtu, MSSBytes: v.mss,
		IPsec: IPsec{
			IKEVersion: v.version, PSK: v.psk.V, PSKOrigin: v.origin + ".psk", IKE: v.ike, ESP: v.esp, DPD: v.dpd, Passive: t.in.Passive.V, Origin: v.origin,
		},
		Session: Session{
			Family: IPv4, Local: t.ours(), Neighbor: t.peer.V, Description: Label(fmt.Sprintf("%s %s VPN gateway", v.name.V, t.in.Instance.V)),
			Timers: v.timers, Passive: t.in.Passive.V, Import: d.object(IPv4, v.tag(), "IN"), Export: d.object(IPv4, v.tag(), "OUT"), Origin: t.origin,
		},
		Origin: t.origin,
	}
	if v.vnet != nil {
		out.Session.RemoteASN = v.vnet.gatewayASN.V
	}
	if !t.onLink() {
		out.Session.Multihop, out.Session.Loopback = gatewayTTL, true
	}
	if r := t.router; r.stateful() && r.loopback4.V.IsValid() && t.local.V == r.loopback4.V {
		out.OutsideZone = cmp.Or(r.zone, t.zone)
	}
	return out
}

// planRoutes makes the static routes that hold the far ends of tunnels: the
// gateway's BGP peer through its tunnel, the tunnel's end through what it rides
// on, and below both a discard of the gateway subnet.
func (d *deriver) planRoutes(r *router, out *Router) {
	for _, t := range r.tunnels {
		if !t.onLink() && t.peer.V.IsValid() {
			out.Routes = append(out.Routes, Route{VRF: t.vpn.vrf, Prefix: hostOf(t.peer.V), Interface: t.iface.V, Origin: t.origin})
			out.Routes = append(out.Routes, d.lastResort(t, t.vpn.vrf, t.peer.V)...)
		}
		if !t.remote.V.IsValid() {
			continue
		}
		switch {
		case t.vpn.underlay == nil:
			if t.nextHop.V.IsValid() {
				out.Routes = append(out.Routes, Route{VRF: t.outside, Prefix: hostOf(t.remote.V), NextHop: t.nextHop.V, Origin: t.origin + ".nextHop"})
			}
		case t.vpn.underlay.microsoft:
			out.Routes = append(out.Routes, d.discards(t)...)
		case d.needsPin(t):
			out.Routes = append(append(out.Routes, pins(t)...), d.lastResort(t, t.outside, t.remote.V)...)
		}
	}
	slices.SortStableFunc(out.Routes, func(a, b Route) int {
		return cmp.Or(strings.Compare(a.VRF, b.VRF), comparePrefixes(a.Prefix, b.Prefix), compareNatural(a.Interface, b.Interface), a.NextHop.Compare(b.NextHop), strings.Compare(a.Origin, b.Origin))
	})
	// Two tunnels may share an end.
	out.Routes = slices.CompactFunc(out.Routes, func(a, b Route) bool {
		return a.VRF == b.VRF && a.Prefix == b.Prefix && a.Interface == b.Interface && a.NextHop == b.NextHop && a.Discard == b.Discard
	})
}

func hostOf(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

// pins hold the tunnel's far end on the links of its underlay that end on the
// same router, tracked as the links' own sessions are. A link that is shut for
// BGP is being drained and holds nothing.
func pins(t *tunnel) []Route {
	var out []Route
	for _, l := range t.vpn.underlay.both() {
		if l.router != t.router || !l.has(IPv4) || l.shutdown {
			continue
		}
		out = append(out, Route{
			VRF: t.outside, Prefix: hostOf(t.remote.V), NextHop: l.msee[IPv4], Interface: l.subinterface(),
			BFD: l.peering.bfd, Local: l.ours[IPv4], Origin: t.vpn.origin + ".underlay",
		})
	}
	return out
}

// lastResort discards the gateway subnet, where that holds a far end. A host
// route that goes with its tunnel or link would leave the far end to the VNet's
// own prefix: the session would run over the circuit, in clear text and saying
// that all is well, and a tunnel would run inside the other one or inside
// itself. BGP must not resolve a next hop over the discard (see resolution).
// FRR cannot be told so: there a discard keeps a dead tunnel's paths until the
// hold time, which is right only where the other choice is clear text.
func (d *deriver) lastResort(t *tunnel, vrf string, end netip.Addr) []Route {
	subnet := t.vpn.vnet.gatewaySubnet.V
	if !subnet.IsValid() || !subnet.Contains(end) || t.router.platform == FRR && !d.first[t.vpn] {
		return nil
	}
	return []Route{{VRF: vrf, Prefix: subnet, Discard: true, Origin: t.vpn.vnet.origin + ".gatewaySubnet"}}
}

// discards keep a tunnel over Microsoft peering off the Internet: where the
// peering's own route to the gateway is gone, a discard of what the peering may
// bring takes its place. It is the widest bound that holds the far end: a
// narrower one, or one of the endpoint alone, would win over a wider route that
// the peering accepts.
func (d *deriver) discards(t *tunnel) []Route {
	if fallback := t.vpn.in.InternetFallback; !fallback.Set() || fallback.V {
		return nil
	}
	widest, ok := d.widestBound(t)
	if !ok {
		return nil
	}
	return []Route{{VRF: t.outside, Prefix: widest.V, Discard: true, Origin: t.vpn.origin + ".internetFallback"}}
}

// widestBound is the widest prefix that bounds a service on the tunnel's
// underlay and holds the tunnel's far end.
func (f *facts) widestBound(t *tunnel) (intent.At[netip.Prefix], bool) {
	var widest intent.At[netip.Prefix]
	for _, s := range f.statements {
		if !slices.ContainsFunc(s.paths, func(p *path) bool { return p.peering == t.vpn.underlay }) {
			continue
		}
		for _, service := range s.services {
			for _, p := range service.prefixes {
				if p.V.Contains(t.remote.V) && !p.V.IsSingleIP() && (!widest.V.IsValid() || p.V.Bits() < widest.V.Bits()) {
					widest = p
				}
			}
		}
	}
	return widest, widest.V.IsValid()
}

// underPrivate reports whether the tunnels ride on private peering.
func (v *vpn) underPrivate() bool { return v.underlay != nil && !v.underlay.microsoft }

// brings are the prefixes that a VPN over private peering takes in: those of
// the VNets of its statements, but for a gateway's own space, which stays with
// the circuit.
func (f *facts) brings(v *vpn) *space[*vnet] {
	if f.brought == nil {
		spans := make(map[*vpn][]span[*vnet])
		for _, s := range f.statements {
			for _, p := range s.paths {
				if p.vpn == nil || !p.vpn.underPrivate() {
					continue
				}
				for _, n := range s.vnets {
					for _, prefix := range n.prefixes {
						if !n.ownSpace(prefix.V) {
							spans[p.vpn] = append(spans[p.vpn], span[*vnet]{prefix, n})
						}
					}
				}
			}
		}
		f.brought = make(map[*vpn]*space[*vnet], len(spans))
		for v, list := range spans {
			f.brought[v] = newSpace(list)
		}
	}
	return f.brought[v]
}

// needsPin reports whether the way to the tunnel's far end has to be held by a
// static route: it lies in a prefix that the tunnel itself brings, in the same
// routing table.
func (f *facts) needsPin(t *tunnel) bool {
	if !t.vpn.underPrivate() || t.outside != t.vpn.vrf || !t.remote.V.IsValid() {
		return false
	}
	_, brought := f.brings(t.vpn).covering(hostOf(t.remote.V))
	return brought
}
