package plan

import "fmt"

// later reports every section that the schema knows and this version does not
// render: a warning here, an error in render. Nothing is dropped in silence.
func (f *facts) later() {
	const (
		hint = "this version checks it and renders private peering only"
		// What a section's rules of its own would say is not said yet.
		formHint = "its names and its form are checked; its own rules and its rendering come with a later version"
	)
	for i := range f.in.VPNs {
		f.warn(laterVPN, f.in.VPNs[i].Name.Pos, fmt.Sprintf("the VPN %s is not rendered yet", f.in.VPNs[i].Name.V), formHint)
	}
	for i := range f.in.DirectPorts {
		e := &f.in.DirectPorts[i]
		f.warn(laterDirect, e.Name.Pos, fmt.Sprintf("the Direct port pair %s is not rendered yet", e.Name.V), hint)
		if e.Value.MACsec != nil {
			f.warn(laterMACsec, e.Value.MACsec.Cipher.Pos, fmt.Sprintf("MACsec on %s is not rendered yet", e.Name.V), formHint)
			f.secret(e.Value.MACsec.CKN)
			f.secret(e.Value.MACsec.CAK)
		}
	}
	for _, c := range f.circuits {
		if c.model == "direct" {
			f.warn(laterDirect, c.in.Model.Pos, fmt.Sprintf("the Direct circuit %s is not rendered yet", c.name.V), hint)
		}
		if c.in.GlobalReach != nil {
			f.warn(laterReach, c.in.GlobalReach.With.Pos, fmt.Sprintf("Global Reach of %s is not rendered yet", c.name.V), hint)
		}
		for _, p := range c.peerings() {
			switch {
			case p.microsoft:
				f.warn(laterSaaS, p.in.Pos, fmt.Sprintf("Microsoft peering on %s is not rendered yet", c.name.V), hint)
			case p.in.MatchBy.V == "community":
				f.warn(laterMatch, p.in.MatchBy.Pos, fmt.Sprintf("selection by community on %s is not rendered yet", c.name.V), "matchBy: prefixes is rendered")
			}
			if p.vrf != "" {
				f.warn(laterVRF, p.in.VRF.Pos, fmt.Sprintf("the VRF of %s is not rendered yet", p.path), hint)
			}
		}
	}
	for _, r := range f.routers {
		if len(r.in.VRFs) > 0 {
			f.warn(laterVRF, r.in.VRFs[0].Name.Pos, fmt.Sprintf("the VRFs of %s are not rendered yet", r.name.V), hint)
		}
	}
	if f.in.Telemetry != nil {
		f.warn(laterFlows, f.in.Telemetry.Pos, "flow export is not rendered yet", hint)
	}
}
