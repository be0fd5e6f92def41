package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// noEffect is about a key that does something at other places and nothing where
// it stands. Whoever wrote it believes otherwise.
const noEffect diag.Code = "ER976"

// checkIdle reports keys without effect. Keys that another rule refuses where
// they do nothing (a DSCP list or NAT pools on private peering, model on another
// platform than Junos) are that rule's.
func (f *facts) checkIdle() {
	for _, c := range f.circuits {
		f.checkIdlePort(c)
		for _, p := range c.peerings() {
			f.checkIdlePeering(p)
			for _, l := range p.both() {
				f.checkIdleZone(l.in.Zone, l.router)
			}
		}
	}
	for _, v := range f.vpns {
		f.checkIdleVPN(v)
	}
	for _, r := range f.routers {
		f.checkIdleRouter(r)
	}
	for _, s := range f.statements {
		f.checkIdleStatement(s)
	}
}

// idle says that a key does nothing because of why.
func (f *facts) idle(key string, at diag.Pos, why, hint string, related ...diag.Pos) {
	f.warn(noEffect, at, fmt.Sprintf("%s has no effect here: %s", key, why), hint, related...)
}

const takeAway = "take it away"

// checkIdlePort looks at the port of a circuit that has none of its own. Where
// the pair has MACsec, or the links rely on it, an error says so.
func (f *facts) checkIdlePort(c *circuit) {
	if c.model == "direct" || !c.in.Port.Set() || !c.in.Model.Set() {
		return
	}
	if pair := f.in.DirectPorts.Get(c.in.Port.V); pair != nil && pair.Value.MACsec != nil {
		return
	}
	for _, p := range c.peerings() {
		for _, l := range p.both() {
			if !l.in.Router.Set() {
				return
			}
		}
	}
	f.idle("port", c.in.Port.Pos, fmt.Sprintf("%s is a provider's circuit", c.name.V), "take it away, or write model: direct where the port is your own", c.in.Model.Pos)
}

func (f *facts) checkIdlePeering(p *peering) {
	if p.microsoft {
		if m := p.in.MatchBy; m.V == "prefixes" {
			f.idle("matchBy", m.Pos, "Microsoft peering always goes by community", takeAway)
		}
	} else {
		const why, hint = "only Microsoft peering has one", takeAway
		if len(p.in.RouteFilter) > 0 {
			f.idle("routeFilter", p.in.RouteFilter[0].Pos, why, hint+"; Azure sends every prefix of the VNets that are connected")
		}
		if len(p.in.AdvertisedPublicPrefixes) > 0 {
			f.idle("advertisedPublicPrefixes", p.in.AdvertisedPublicPrefixes[0].Pos, "only Microsoft peering registers prefixes", hint+"; what is advertised stands under onprem of a statement")
		}
		if a := p.in.CustomerASN; a.Set() {
			f.idle("customerASN", a.Pos, why, hint+"; the peer ASN is the router's asn")
		}
	}
	a, b := p.links[Primary], p.links[Secondary]
	if v := p.in.VLAN; !v.Pos.IsZero() && a != nil && b != nil && !a.in.VLAN.Pos.IsZero() && !b.in.VLAN.Pos.IsZero() {
		f.idle("vlan", v.Pos, "both links have one of their own", takeAway+", or take the links' away", a.in.VLAN.Pos, b.in.VLAN.Pos)
	}
}

// checkIdleZone looks at a security zone, which only an SRX has.
func (f *facts) checkIdleZone(zone intent.At[string], r *router) {
	if zone.Set() && r != nil && !r.stateful() {
		f.idle("zone", zone.Pos, fmt.Sprintf("%s is no SRX", r.name.V), "take it away, or write model: srx where the router is one", r.name.Pos)
	}
}

func (f *facts) checkIdleVPN(v *vpn) {
	for _, t := range v.tunnels {
		f.checkIdleZone(t.in.Zone, t.router)
		if v.underlay != nil && t.in.NextHop.Set() {
			f.idle("nextHop", t.in.NextHop.Pos, fmt.Sprintf("%s rides on %s, whose links hold the gateway", v.name.V, v.underlay.path), takeAway, v.in.Underlay.Pos)
		}
	}
	if fallback := v.in.InternetFallback; fallback.Set() && (v.in.Underlay.V == "internet" || v.underPrivate()) {
		why := "the tunnels ride on the Internet anyway"
		if v.underPrivate() {
			why = "the gateway's private address is nowhere on the Internet"
		}
		f.idle("internetFallback", fallback.Pos, why, "take it away; it is for tunnels over CIRCUIT.microsoft", v.in.Underlay.Pos)
	}
}

func (f *facts) checkIdleRouter(r *router) {
	if lo := r.in.Loopback; lo != nil {
		f.checkIdleZone(lo.Zone, r)
	}
	if e := r.in.Exporter; e.Set() && f.in.Telemetry == nil {
		f.idle("exporter", e.Pos, "the intent exports no flows", "take it away, or write telemetry", r.name.Pos)
	}
	for i := range r.in.IBGP {
		if in := &r.in.IBGP[i]; in.Router.Set() && in.Address.Set() {
			f.idle("address", in.Address.Pos, fmt.Sprintf("the session is with the loopback of %s", in.Router.V), "take it away; an address is for a router outside of this intent", in.Router.Pos)
		}
	}
}

// checkIdleStatement looks at what orders the links of circuits, or circuits.
func (f *facts) checkIdleStatement(s *statement) {
	if len(s.paths) < len(s.in.Prefer) {
		return // what nothing defines may be a circuit
	}
	circuits := len(s.circuits())
	if l := s.in.Links; l.Set() && circuits == 0 {
		f.idle("links", l.Pos, fmt.Sprintf("statement %s prefers no circuit", s.name), takeAway+"; the tunnels of a VPN are always equal")
	}
	if t := s.in.Technique; t.V == "more-specifics" && circuits < 2 {
		f.idle("technique", t.Pos, fmt.Sprintf("statement %s prefers no second circuit to be made worse", s.name), takeAway)
	}
}
