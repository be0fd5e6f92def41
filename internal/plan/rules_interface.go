package plan

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about the interfaces of tunnels and Direct ports: what they are
// called, and which address lies inside.
const (
	insideMisplaced diag.Code = "ER966"
	interfaceTaken  diag.Code = "ER969"
)

// checkInsides reports addresses inside of tunnels that no interface can have,
// or that two interfaces of a routing table would share.
func (f *facts) checkInsides() {
	spans := make(map[place][]span[*tunnel])
	for _, v := range f.vpns {
		for _, t := range v.tunnels {
			if p := t.inside; p.V.IsValid() {
				f.checkInsideAddress(t)
				if t.router != nil {
					at := place{t.router, v.vrf}
					spans[at] = append(spans[at], span[*tunnel]{intent.At[netip.Prefix]{V: p.V.Masked(), Pos: p.Pos}, t})
				}
			}
		}
	}
	for _, list := range spans {
		for _, o := range overlaps(list, sameInside) {
			a, b := o.outer.of, o.inner.of
			f.fault(insideMisplaced, b.inside.Pos, fmt.Sprintf("%s inside the tunnel of %s overlaps %s inside that of %s on %s", b.inside.V, b.vpn.name.V, a.inside.V, a.vpn.name.V, a.router.name.V), "a router takes one interface for a subnet: give every tunnel one of its own, such as 169.254.21.1/30 and 169.254.21.5/30", a.inside.Pos)
		}
	}
}

// sameInside reports whether two tunnels to one gateway have one address, which
// ER176 says.
func sameInside(a, b *tunnel) bool {
	return a.inside.V.Addr() == b.inside.V.Addr() && a.vpn.vnet == b.vpn.vnet && a.vpn.vnet != nil
}

// checkInsideAddress judges one tunnel's own. A /31 has two ends (RFC 3021 §2.1)
// and a /32 one, so that neither has an address to lose.
func (f *facts) checkInsideAddress(t *tunnel) {
	p, peer := t.inside.V, t.peer
	first, last := p.Masked().Addr(), lastAddr(p)
	lost := func(a netip.Addr) bool { return p.Bits() < 31 && (a == first || a == last) }
	const hint = "write the other end's address of the subnet, such as 169.254.21.1/30 where the gateway has 169.254.21.2"
	switch {
	case p.Addr() == peer.V:
		f.fault(insideMisplaced, t.inside.Pos, fmt.Sprintf("%s inside the tunnel of %s is the gateway's own BGP peer address", p.Addr(), t.vpn.name.V), hint, peer.Pos)
	case lost(p.Addr()):
		f.fault(insideMisplaced, t.inside.Pos, fmt.Sprintf("%s inside the tunnel of %s is the network or the broadcast address of %s", p.Addr(), t.vpn.name.V, p.Masked()), hint)
	case expressroute.IsUnusableLink(hostOf(p.Addr())):
		f.fault(insideMisplaced, t.inside.Pos, fmt.Sprintf("no interface can have %s, which is inside the tunnel of %s", p.Addr(), t.vpn.name.V), "this space is loopback, multicast, reserved, or Azure's own: "+hint)
	case t.onLink() && lost(peer.V):
		f.fault(insideMisplaced, t.inside.Pos, fmt.Sprintf("%s, the gateway's BGP peer, is the network or the broadcast address of %s inside the tunnel of %s", peer.V, p.Masked(), t.vpn.name.V), "write the length that the connection in Azure has, so that both ends are hosts of the subnet", peer.Pos)
	}
}

// lastAddr is the last address of an IPv4 prefix.
func lastAddr(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	var last [4]byte
	binary.BigEndian.PutUint32(last[:], binary.BigEndian.Uint32(b[:])|uint32(1<<(32-p.Bits())-1))
	return netip.AddrFrom4(last)
}

// checkTaken reports tunnels and Direct ports on an interface that is something
// else already. Two tunnels of one interface, and links, are reported where
// they are planned.
func (f *facts) checkTaken() {
	for _, r := range f.routers {
		if len(r.tunnels) > 0 {
			f.checkTunnelTaken(r)
		}
	}
	ports := make(map[portEnd]intent.At[string])
	pairs := make(map[portEnd]string)
	for i := range f.in.DirectPorts {
		pair := &f.in.DirectPorts[i]
		for _, p := range []*intent.Port{pair.Value.Primary, pair.Value.Secondary} {
			if p == nil || !p.Router.Set() || !p.Interface.Set() {
				continue
			}
			key := portEnd{p.Router.V, p.Interface.V}
			if before, ok := pairs[key]; ok && before != pair.Name.V {
				f.fault(interfaceTaken, p.Interface.Pos, fmt.Sprintf("%s of %s is a port of %s and of %s", p.Interface.V, p.Router.V, before, pair.Name.V), "a pair has two ports of its own: name the interface that the other fibre ends on", ports[key].Pos)
			}
			keep(ports, key, p.Interface)
			keep(pairs, key, pair.Name.V)
		}
	}
}

// checkTunnelTaken looks at the tunnels of one router.
func (f *facts) checkTunnelTaken(r *router) {
	type owner struct {
		what string
		pos  diag.Pos
	}
	taken := make(map[string]owner)
	if lo := r.in.Loopback; lo != nil {
		keep(taken, lo.Interface.V, owner{"the loopback", lo.Interface.Pos})
	}
	for _, l := range r.links {
		what := fmt.Sprintf("the %s link of %s", l.position, l.peering.path)
		keep(taken, l.iface.V, owner{"the port under " + what, l.iface.Pos})
		keep(taken, l.subinterface(), owner{what, l.iface.Pos})
	}
	if r.platform == FRR { // on Linux a VRF is a device, too
		for _, v := range r.vrfs {
			keep(taken, v.name.V, owner{"a VRF", v.name.Pos})
		}
	}
	for _, t := range r.tunnels {
		if t.iface.V == "" {
			continue
		}
		o, found := taken[t.iface.V]
		if t.in.Source.V == t.iface.V {
			o, found = owner{"the source that the tunnel begins on", t.in.Source.Pos}, true
		}
		if found {
			f.fault(interfaceTaken, t.iface.Pos, fmt.Sprintf("%s of %s, the tunnel interface of %s, is %s, too", t.iface.V, r.name.V, t.vpn.name.V, o.what), "a tunnel is an interface of its own: write a name that nothing else has", o.pos)
		}
	}
}
