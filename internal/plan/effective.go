package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// Effective returns the intent with every default in its place, as YAML, and
// behind each value where it comes from. Rendering the result gives the same
// configurations.
func Effective(doc *intent.Document, env Env) (string, diag.List) {
	f := newFacts(doc, env)
	f.explain = true
	f.gather()
	p, diags := f.resolve(doc)
	f.supplyIBGP()
	f.supplyMACsec()
	f.supplyZones(p)
	return doc.Print(f.defaults), diags
}

// supplyIBGP keeps the defaults of iBGP sessions, which are made where the
// meshes are. Timers are a comment: a session may have two entries, and what is
// written at one of them has to stand at the other.
func (f *facts) supplyIBGP() {
	for _, r := range f.routers {
		for i := range r.in.IBGP {
			in, origin := &r.in.IBGP[i], fmt.Sprintf("%s.ibgp.%d", r.origin, i)
			if !in.Family.Set() {
				f.supply(origin+".family", "ip", "unicast; the routes of VRFs take vpn")
			}
			if in.Timers == nil {
				f.derived(origin+".timers", fmt.Sprintf("{keepalive: %s, hold: %s}", yamlDuration(expressroute.IBGPKeepalive), yamlDuration(expressroute.IBGPHold)),
					"an anchor that covers the loopbacks keeps a dead router's next hop valid until the hold time ends")
			}
		}
	}
}

// supplyMACsec keeps the defaults of Direct ports.
func (f *facts) supplyMACsec() {
	for i := range f.in.DirectPorts {
		e := &f.in.DirectPorts[i]
		if m := e.Value.MACsec; m != nil && !m.SCI.Set() {
			f.supply("directPorts."+e.Name.V+".macsec.sci", "false", "what an Azure port has until told otherwise")
		}
	}
}

// supplyZones keeps the zones of loopbacks, which follow from the plan: nil
// where there is none.
func (f *facts) supplyZones(p *Plan) {
	if p == nil {
		return
	}
	for i := range p.Routers {
		r := &p.Routers[i]
		in := f.routerByName[r.Name].in.Loopback
		if in == nil || in.Zone.Set() || r.Loopback.Zone == "" {
			continue
		}
		first := "link"
		if len(r.Links) == 0 {
			first = "tunnel"
		}
		f.supply(r.Loopback.Origin+".zone", r.Loopback.Zone, "that of the first "+first+", where BGP and IKE arrive")
	}
}
