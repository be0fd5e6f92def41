package render_test

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// planned is the router as the plan has it.
func planned(r *plan.Router) *device {
	d := newDevice(semantics{platform: r.Platform, bgpTable: true, nextHopByTerm: true})
	d.asn = r.ASN.String()
	for i := range r.VRFs {
		v := &r.VRFs[i]
		out := vrf{imports: targets(words(v.Import)), exports: targets(words(v.Export))}
		if v.RD != (bgp.RouteDistinguisher{}) {
			out.rd = v.RD.String()
		}
		d.vrfs[v.Name] = out
		for j := range v.Customers {
			d.planSession(r, v.Name, &v.Customers[j].Session)
		}
	}
	for i := range r.Links {
		d.planLink(r, &r.Links[i])
	}
	for i := range r.Tunnels {
		d.planTunnel(r, &r.Tunnels[i])
	}
	for _, p := range r.Ports {
		d.ports[p.Interface] = macsec{p.MACsec.Cipher, p.MACsec.CKN.Placeholder(), p.MACsec.CAK.Placeholder(), p.MACsec.SCI}
	}
	for _, s := range r.IBGP {
		n := neighbor{
			family: s.Family, unicast: s.Import != "", vpn: targets(words(s.VPN)), internal: true, asn: d.asn, imports: s.Import, export: s.Export,
			hold: int(s.Timers.Hold / time.Second), password: s.MD5.Placeholder(), source: s.Local.String(), communities: s.Communities,
		}
		n.multipath = n.unicast && r.Multipath.IBGP > 1
		d.neighbors[peerKey{addr: s.Neighbor}] = &n
	}
	d.planRoutes(r)
	d.planPolicies(r)
	if f := r.Flow; f.On() {
		d.flow = flow{
			protocol: f.Protocol, collector: netip.AddrPortFrom(f.Collector, uint16(f.Port)), sampling: f.Sampling,
			active: int(f.Active / time.Second), inactive: int(f.Inactive / time.Second),
		}
		if f.Source.IsValid() {
			d.flow.source = f.Source.String()
		}
	}
	return d
}

// planSession adds a session of eBGP.
func (d *device) planSession(r *plan.Router, table string, s *plan.Session) {
	n := neighbor{
		vrf: table, family: s.Family, unicast: true, asn: s.RemoteASN.String(), imports: s.Import, export: s.Export, shutdown: s.Shutdown,
		passive: s.Passive, multihop: s.Multihop, hold: int(s.Timers.Hold / time.Second), password: s.MD5.Placeholder(), bfd: bfdWords(s.BFD),
		maxPrefixes: s.MaxPrefixes.Count, restartMinutes: int(s.MaxPrefixes.Restart / time.Minute), multipath: r.Multipath.EBGP > 1,
	}
	if s.Loopback {
		n.source = s.Local.String()
	}
	for i := range r.VRFs {
		if r.VRFs[i].Name == table {
			n.multipath = r.VRFs[i].Multipath.EBGP > 1
		}
	}
	d.neighbors[peerKey{table, s.Neighbor}] = &n
}

func (d *device) planLink(r *plan.Router, l *plan.Link) {
	via := l.Subinterface()
	for i := range l.Sessions {
		d.planSession(r, l.VRF, &l.Sessions[i])
	}
	if l.VRF != "" {
		d.members[via] = l.VRF
	}
	if l.Remark {
		d.remarks[via] = fmt.Sprint(l.DSCP)
	}
	d.planSamples(r, via, l.IPv4.IsValid(), l.IPv6.IsValid())
}

func (d *device) planSamples(r *plan.Router, via string, families ...bool) {
	for f, used := range families {
		if used && r.Flow.On() {
			d.samples[sample{via, plan.Family(f), false}], d.samples[sample{via, plan.Family(f), true}] = true, true
		}
	}
}

// planTunnel adds a tunnel. Junos clamps the segments of all tunnels of a box
// alike: to the smallest.
func (d *device) planTunnel(r *plan.Router, t *plan.Tunnel) {
	d.planSession(r, t.VRF, &t.Session)
	if t.VRF != "" {
		d.members[t.Interface] = t.VRF
	}
	d.planSamples(r, t.Interface, true)
	i := &t.IPsec
	out := tunnel{
		vrf: t.VRF, outside: t.OutsideVRF, local: t.Local, remote: t.Remote, inside: t.Inside, mtu: t.MTUBytes, mss: t.MSSBytes, version: i.IKEVersion,
		ike: ikeWords(i.IKE.Encryption, i.IKE.Integrity, i.IKE.DHGroup, int(i.IKE.Lifetime/time.Second)),
		esp: espWords(i.ESP.Encryption, i.ESP.Integrity, i.ESP.PFSGroup, int(i.ESP.Lifetime/time.Second), i.ESP.Kilobytes),
		dpd: i.DPD > 0, psk: i.PSK.Placeholder(), passive: i.Passive,
	}
	for j := range r.Tunnels {
		if r.Platform == plan.Junos {
			out.mss = min(out.mss, r.Tunnels[j].MSSBytes)
		}
	}
	d.tunnels[t.Interface] = out
}

// planRoutes adds what comes into BGP, and every static route. Junos names the
// interface of a route or its next hop, never both.
func (d *device) planRoutes(r *plan.Router) {
	for _, o := range r.Origins {
		switch o.How {
		case plan.Anchor:
			d.networks[network{o.VRF, o.Prefix}], d.statics[static{vrf: o.VRF, prefix: o.Prefix, discard: 250}] = true, true
		case plan.Via:
			d.networks[network{o.VRF, o.Prefix}], d.statics[static{vrf: o.VRF, prefix: o.Prefix, nextHop: o.NextHop}] = true, true
		case plan.Network:
			d.networks[network{o.VRF, o.Prefix}] = true
		case plan.Redistribute:
			d.redistributes[source{o.VRF, plan.FamilyOf(o.Prefix.Addr()), o.Protocol}] = o.Filter
		case plan.Learned:
		}
	}
	for _, x := range r.Routes {
		s := static{vrf: x.VRF, prefix: x.Prefix, nextHop: x.NextHop, via: x.Interface, bfd: bfdWords(x.BFD)}
		if r.Platform == plan.Junos && s.nextHop.IsValid() {
			s.via = ""
		}
		if x.Discard {
			s.discard = 250
		}
		d.statics[s] = true
	}
}

func (d *device) planPolicies(r *plan.Router) {
	for _, x := range r.Resolution {
		d.nextHops[x.Family] = x.Policy
	}
	for _, l := range r.PrefixLists {
		list := make(map[netip.Prefix]int)
		for _, e := range l.Entries {
			list[e.Prefix] = e.Prefix.Bits()
			if l.OrLonger {
				list[e.Prefix] = e.Prefix.Addr().BitLen()
			}
		}
		d.lists[listName{l.Family, l.Name}] = list
	}
	for _, l := range r.Communities {
		for _, c := range l.Members {
			d.communities[l.Name] = append(d.communities[l.Name], []bgp.Community{c})
		}
	}
	for _, p := range r.Policies {
		for _, t := range p.Terms {
			out := term{
				family: p.Family, list: t.Match, protocol: t.Protocol, localPreference: int(t.LocalPreference), prepend: strings.Join(words(t.Prepend), " "),
				nextHopSelf: t.NextHopSelf, action: "accept",
			}
			if t.Communities != "" {
				out.communities = []string{t.Communities}
			}
			if t.Deny {
				out.action = "reject"
			}
			d.policies[p.Name] = append(d.policies[p.Name], out)
		}
	}
}

// bfdWords writes BFD as a neighbor has it.
func bfdWords(b plan.BFD) string {
	if !b.On() {
		return ""
	}
	return fmt.Sprintf("%dx%d", b.Interval.Milliseconds(), b.Multiplier)
}

// words writes values as they print themselves.
func words[T fmt.Stringer](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.String()
	}
	return out
}
