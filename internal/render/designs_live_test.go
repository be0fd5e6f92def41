package render_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// A far is the far end of a session of one router: an edge router of Microsoft's
// or a VPN gateway. port is its interface, and ours the router's.
type far struct {
	router     *frrtest.Router
	session    plan.Session
	vrf        plan.Name
	ours, port string
	tunnel     bool
}

// startDesign boots a router of l with an edge router at each link and a gateway
// at each tunnel, and more lines of frr.conf after its own. Veths stand in for VLAN and tunnel devices and
// namespaces for VRFs: nothing is encrypted, and where a tunnel's outside leads
// does not show.
func (l *lab) startDesign(at int, more string) []far {
	l.t.Helper()
	r := &l.plan.Routers[at]
	router := l.routers[r.Name]
	for i := range r.VRFs {
		router.VRF(r.VRFs[i].Name)
	}
	join := func(name string, vrf plan.Name, end *frrtest.Router, port string) {
		l.net.Link(router, name, end, port)
		if vrf != "" {
			router.Enslave(name, vrf)
		}
	}
	var out []far
	for _, link := range r.Links {
		number := 100*at + len(out) + 1
		edge := l.net.Router(fmt.Sprintf("msee%d", number))
		join(link.Subinterface(), link.VRF, edge, "er")
		edge.Start(l.edgeConf(number, r, link))
		for _, s := range link.Sessions {
			out = append(out, far{edge, s, link.VRF, link.Subinterface(), "er", false})
		}
	}
	for _, t := range r.Tunnels {
		gateway := l.net.Router(fmt.Sprintf("gateway%d", len(out)+1))
		join(t.Interface, t.VRF, gateway, "tunnel")
		gateway.Start(l.gatewayConf(r, t))
		out = append(out, far{gateway, t.Session, t.VRF, t.Interface, "tunnel", true})
	}
	router.Start(router.InVRFs(withSecrets(configs(l.t, l.plan)[at])) + lanRoutes(r) + more)
	return out
}

// lanRoutes stand in for the routes that the LAN's own protocol brings.
func lanRoutes(r *plan.Router) string {
	out := ""
	for _, o := range r.Origins {
		if o.How != plan.Network {
			continue
		}
		word := "ip"
		if !o.Prefix.Addr().Is4() {
			word = "ipv6"
		}
		line := fmt.Sprintf("%s route %s blackhole 251\n", word, o.Prefix)
		if o.VRF != "" {
			line = "vrf " + o.VRF + "\n" + line + "exit-vrf\n"
		}
		out += line
	}
	return out
}

// gatewayConf is an instance of a VPN gateway as Azure documents it and no text
// of ours: timers 60 s and 180 s, no BFD, BGP from an address that is not on the
// tunnel, or from an APIPA address.
func (l *lab) gatewayConf(r *plan.Router, t plan.Tunnel) string {
	s := t.Session
	addresses := fmt.Sprintf("interface lo\n ip address %s/32\nexit\n!\nip route %s/32 tunnel\n", s.Neighbor, s.Local)
	far := fmt.Sprintf(" neighbor %[1]s ebgp-multihop 255\n neighbor %[1]s update-source %[2]s\n", s.Local, s.Neighbor)
	if t.Inside.IsValid() {
		addresses, far = fmt.Sprintf("interface tunnel\n ip address %s\nexit\n!\n", netip.PrefixFrom(s.Neighbor, t.Inside.Bits())), ""
	}
	networks := ""
	for _, prefix := range l.announced {
		if prefix.Addr().Is4() {
			networks += fmt.Sprintf("  network %s\n", prefix)
		}
	}
	return fmt.Sprintf(`%[1]srouter bgp %[2]s
 bgp router-id %[3]s
 no bgp default ipv4-unicast
 no bgp network import-check
 neighbor %[4]s remote-as %[5]s
%[6]s neighbor %[4]s timers 60 180
 neighbor %[4]s timers connect 2
 address-family ipv4 unicast
%[7]s  neighbor %[4]s activate
  neighbor %[4]s route-map ANY in
  neighbor %[4]s route-map ANY out
 exit-address-family
exit
!
route-map ANY permit 10
exit
`, addresses, s.RemoteASN, s.Neighbor, s.Local, r.ASN, far, networks)
}

// plannedFIB is the interface or interfaces that each announced prefix leaves by
// in a table while only the sessions of alive are up: those of the highest
// local-preference, by the plan's own policies.
func (l *lab) plannedFIB(table plan.Name, alive []far) map[netip.Prefix][]string {
	d := planned(&l.plan.Routers[0])
	out := make(map[netip.Prefix][]string)
	for _, prefix := range l.announced {
		best := 0
		for _, f := range alive {
			if f.vrf != table || f.session.Family != plan.FamilyOf(prefix.Addr()) {
				continue
			}
			got := d.learned(d.neighbors[peerKey{table, f.session.Neighbor}], prefix)
			switch {
			case !got.accepted || got.localPreference < best:
			case got.localPreference > best:
				best, out[prefix] = got.localPreference, []string{f.ours}
			default:
				out[prefix] = append(out[prefix], f.ours)
			}
		}
		slices.Sort(out[prefix])
	}
	return out
}

// plannedAt is what the far end of f hears, with the AS path.
func (l *lab) plannedAt(f far) map[netip.Prefix]string {
	r := &l.plan.Routers[0]
	d := planned(r)
	out := make(map[netip.Prefix]string)
	for n := range d.networks {
		if n.vrf != f.vrf || plan.FamilyOf(n.prefix.Addr()) != f.session.Family {
			continue
		}
		if got := d.advertised(d.neighbors[peerKey{f.vrf, f.session.Neighbor}], route{prefix: n.prefix, from: "static"}); got.accepted {
			out[n.prefix] = r.ASN.String()
			if got.prepend != "" {
				out[n.prefix] += " " + got.prepend
			}
		}
	}
	return out
}

// The designs beyond a private peering do on real routers what the plan says:
// every session comes up, in its VRF and over its tunnel, each destination
// leaves by the planned paths, every far end hears what it may hear; and when
// the paths that are preferred die, the others take over.
func TestDesigns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		tunnels bool // are preferred
	}{
		{"03-vpn-backup", false},
		{"04-encrypted-over-private", true},
		{"vpn-over-microsoft", true},
		{"vrf-lite", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, subjectNamed(t, c.name).on(t, plan.FRR))
			if len(l.plan.Routers) != 1 {
				t.Fatalf("%d routers, want one", len(l.plan.Routers))
			}
			name := l.plan.Routers[0].Name
			l.routers[name] = l.net.Router(name)
			all := l.startDesign(0, "")
			l.awaitDesign("as planned", all)
			var left []far
			for _, f := range all {
				if f.tunnel == c.tunnels {
					run(t, f.router, "ip", "link", "set", f.port, "down")
				} else {
					left = append(left, f)
				}
			}
			l.awaitDesign("the preferred paths are dead", left)
		})
	}
}

// awaitDesign waits until the router and the far ends of alive are as planned.
func (l *lab) awaitDesign(when string, alive []far) {
	l.t.Helper()
	r := &l.plan.Routers[0]
	frrtest.WaitFor(l.t, convergence, when, func() (bool, string) {
		tables := []plan.Name{""}
		for i := range r.VRFs {
			tables = append(tables, r.VRFs[i].Name)
		}
		for _, table := range tables {
			if diff := diffPrefixes(l.plannedFIB(table, alive), forwardedIn(l.routers[r.Name], table)); diff != "" {
				return false, fmt.Sprintf("table %q (-plan +FIB):\n%s", table, diff)
			}
		}
		for _, f := range alive {
			heard := make(map[netip.Prefix]string)
			for prefix, paths := range received(f.router) {
				if plan.FamilyOf(prefix.Addr()) == f.session.Family {
					heard[prefix] = paths[0].ASPath
				}
			}
			if diff := diffPrefixes(l.plannedAt(f), heard); diff != "" {
				return false, fmt.Sprintf("heard by %s (-plan +far end):\n%s", f.router.Name, diff)
			}
		}
		return true, ""
	})
}

// Provider edge routers give each other what their edge routers announce, by
// route targets and into no other VRF. The kernel may have no MPLS, without which
// such a path is known and not used: what would become of a packet does not show.
func TestVPNRoutes(t *testing.T) {
	t.Parallel()
	l := newLab(t, subjectNamed(t, "06-direct-qinq-pe without MACsec").on(t, plan.FRR))
	for i := range l.plan.Routers {
		name := l.plan.Routers[i].Name
		l.routers[name] = l.net.Router(name)
	}
	lan := l.wire()
	for i := range l.plan.Routers {
		l.startDesign(i, lan[l.plan.Routers[i].Name])
	}
	frrtest.WaitFor(t, convergence, "every VRF as planned", func() (bool, string) {
		for i := range l.plan.Routers {
			r := &l.plan.Routers[i]
			for j := range r.VRFs {
				if diff := diffPrefixes(l.plannedVPN(r, &r.VRFs[j]), vpnRoutes(l.routers[r.Name], r.VRFs[j].Name)); diff != "" {
					return false, fmt.Sprintf("%s, VRF %s (-plan +router):\n%s", r.Name, r.VRFs[j].Name, diff)
				}
			}
		}
		return true, ""
	})
}

// plannedVPN is what a VRF of r takes from the others: where one of its imports
// is an export of theirs, what they accept from their edge routers and what they
// bring into BGP themselves. The value is the loopback of who has it.
func (l *lab) plannedVPN(r *plan.Router, v *plan.VRF) map[netip.Prefix][]netip.Addr {
	out := make(map[netip.Prefix][]netip.Addr)
	for i := range l.plan.Routers {
		peer := &l.plan.Routers[i]
		at := slices.IndexFunc(r.IBGP, func(s plan.IBGP) bool { return s.Peer == peer.Name })
		if at < 0 {
			continue
		}
		d := planned(peer)
		for _, theirs := range peer.VRFs {
			if !slices.ContainsFunc(v.Import, func(t bgp.RouteTarget) bool { return slices.Contains(theirs.Export, t) }) {
				continue
			}
			heard := func(prefix netip.Prefix) {
				if !slices.Contains(out[prefix], r.IBGP[at].Neighbor) {
					out[prefix] = append(out[prefix], r.IBGP[at].Neighbor)
				}
			}
			for n := range d.networks {
				if n.vrf == theirs.Name {
					heard(n.prefix)
				}
			}
			for _, link := range peer.Links {
				for _, s := range link.Sessions {
					for _, prefix := range l.announced {
						if link.VRF == theirs.Name && plan.FamilyOf(prefix.Addr()) == s.Family && d.learned(d.neighbors[peerKey{link.VRF, s.Neighbor}], prefix).accepted {
							heard(prefix)
						}
					}
				}
			}
		}
	}
	return out
}

// vpnRoutes asks a router what one of its VRFs has from other routers' VRFs:
// paths whose next hop is in the global table.
func vpnRoutes(r *frrtest.Router, vrf string) map[netip.Prefix][]netip.Addr {
	out := make(map[netip.Prefix][]netip.Addr)
	for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
		var table struct {
			Routes map[netip.Prefix][]struct {
				NhVrfName string
				Nexthops  []struct{ IP netip.Addr }
			}
		}
		r.VtyshJSON(fmt.Sprintf("show bgp vrf %s %s unicast json", vrf, family), &table)
		for prefix, all := range table.Routes {
			for _, p := range all {
				if p.NhVrfName == "default" && len(p.Nexthops) == 1 && !slices.Contains(out[prefix], p.Nexthops[0].IP) {
					out[prefix] = append(out[prefix], p.Nexthops[0].IP)
				}
			}
		}
	}
	return out
}
