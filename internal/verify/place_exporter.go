package verify

import (
	"net/netip"

	"github.com/ercfg/ercfg/internal/plan"
)

// Exporters lists the addresses that flow records of p's routers may come from. The
// address that the intent gives is better than a loopback, and that than the address
// of a link or a tunnel. Where two routers have one on the best of these, nobody is
// recognised by it: customers in two VRFs may have the same addresses.
func exporters(p *plan.Plan) map[netip.Addr]exporter {
	out := make(map[netip.Addr]exporter)
	for _, addrs := range []func(r *plan.Router, is func(netip.Addr, string)){sourceAddrs, loopbackAddrs, interfaceAddrs} {
		found := make(map[netip.Addr]exporter)
		for i := range p.Routers {
			addrs(&p.Routers[i], func(a netip.Addr, by string) {
				if e, ok := found[a]; ok && e.router != i {
					found[a] = exporter{router: -1}
				} else if a.IsValid() && !ok {
					found[a] = exporter{router: i, by: by}
				}
			})
		}
		for a, e := range found {
			if _, ok := out[a]; !ok {
				out[a] = e
			}
		}
	}
	return out
}

func sourceAddrs(r *plan.Router, is func(netip.Addr, string)) {
	if a := r.Flow.Source; a != r.Loopback.IPv4 && a != r.Loopback.IPv6 {
		is(a, "exporter address of the intent")
	}
}

func loopbackAddrs(r *plan.Router, is func(netip.Addr, string)) {
	is(r.Loopback.IPv4, "loopback")
	is(r.Loopback.IPv6, "loopback")
}

func interfaceAddrs(r *plan.Router, is func(netip.Addr, string)) {
	for i := range r.Links {
		l := &r.Links[i]
		by := "address on " + l.Path + "." + l.Position.String()
		is(l.IPv4.Addr(), by)
		is(l.IPv6.Addr(), by)
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		is(t.Local, "outside of the tunnel "+t.Path+"."+t.Instance)
		is(t.Inside.Addr(), "inside of the tunnel "+t.Path+"."+t.Instance)
	}
}

// exporter finds the router that sends from an address; -1: none, or nobody can tell.
func (p *Placer) exporter(a netip.Addr) int {
	if e, ok := p.exporters[a.Unmap()]; ok {
		return e.router
	}
	return -1
}
