package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// A peer is a BGP session of any kind, as a router's own configuration lists
// them: eBGP and iBGP beside each other.
type peer struct {
	path            string // of eBGP with Azure: er-london, s2s-london; CE of a customer's
	vrf             plan.Name
	family          plan.Family
	addr, local     netip.Addr
	asn             bgp.ASN
	internal        bool
	vpn             []plan.Family // VPN routes of iBGP
	unicast         bool          // carries unicast routes of family
	communities     bool          // communities are sent
	description     string
	shutdown        bool
	passive         bool
	multihop        int  // TTL; 0: directly connected
	loopback        bool // sourced from the loopback
	bfd             plan.BFD
	password        string // placeholder; empty: none
	passwordOrigin  string
	timers          plan.Timers
	maxPrefixes     plan.MaxPrefixes // Count 0: no guard
	imports, export plan.Name        // empty on a session without unicast routes
	nextHopSelf     bool
	origin          string
}

// customerPath stands for the path of sessions with customers.
const customerPath = "CE"

// peers returns the sessions of r: those with MSEEs, gateways and customers,
// then iBGP.
func peers(r *plan.Router) []peer {
	out := make([]peer, 0, 2*len(r.Links)+len(r.Tunnels)+len(r.IBGP))
	for i := range r.Links {
		l := &r.Links[i]
		for j := range l.Sessions {
			out = append(out, ebgp(r, l.Path, l.VRF, &l.Sessions[j]))
		}
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		out = append(out, ebgp(r, t.Path, t.VRF, &t.Session))
	}
	for i := range r.VRFs {
		v := &r.VRFs[i]
		for j := range v.Customers {
			out = append(out, ebgp(r, customerPath, v.Name, &v.Customers[j].Session))
		}
	}
	for i := range r.IBGP {
		s := &r.IBGP[i]
		out = append(out, peer{
			family: s.Family, addr: s.Neighbor, local: s.Local, asn: r.ASN, internal: true, description: oneSpaced(s.Description), loopback: true,
			vpn: s.VPN, unicast: s.Import != "", communities: s.Communities,
			password: s.MD5.Placeholder(), passwordOrigin: s.Origin + ".md5", timers: s.Timers,
			imports: s.Import, export: s.Export, nextHopSelf: setsNextHop(r, s.Export), origin: s.Origin,
		})
	}
	return out
}

// ebgp is a session of eBGP as a peer.
func ebgp(r *plan.Router, path string, vrf plan.Name, s *plan.Session) peer {
	return peer{
		path: path, vrf: vrf, family: s.Family, addr: s.Neighbor, local: s.Local, asn: s.RemoteASN, unicast: true, description: oneSpaced(s.Description),
		shutdown: s.Shutdown, passive: s.Passive, multihop: s.Multihop, loopback: s.Loopback, bfd: s.BFD,
		password: s.MD5.Placeholder(), passwordOrigin: s.MD5Origin, timers: s.Timers,
		maxPrefixes: s.MaxPrefixes, imports: s.Import, export: s.Export, nextHopSelf: setsNextHop(r, s.Export), origin: s.Origin,
	}
}

// tables returns the routing tables: the global one, which is the empty name,
// and then the VRFs by name.
func tables(r *plan.Router) []plan.Name {
	out := make([]plan.Name, 0, 1+len(r.VRFs))
	out = append(out, "")
	for i := range r.VRFs {
		out = append(out, r.VRFs[i].Name)
	}
	return out
}

// multipath is what table installs of equal paths.
func multipath(r *plan.Router, table plan.Name) plan.Multipath {
	for i := range r.VRFs {
		if r.VRFs[i].Name == table && table != "" {
			return r.VRFs[i].Multipath
		}
	}
	return r.Multipath
}

// families returns the families of unicast routes that have a session in
// table, IPv4 first.
func families(all []peer, table plan.Name) []plan.Family {
	var out []plan.Family
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		if slices.ContainsFunc(all, func(p peer) bool { return p.family == f && p.vrf == table && p.unicast }) {
			out = append(out, f)
		}
	}
	return out
}

// setsNextHop reports whether any term of the policy sets the next hop to the
// router itself. IOS-XE and FRR say that of a neighbor, not of a term.
func setsNextHop(r *plan.Router, policy plan.Name) bool {
	for i := range r.Policies {
		if r.Policies[i].Name == policy {
			return slices.ContainsFunc(r.Policies[i].Terms, func(t plan.Term) bool { return t.NextHopSelf })
		}
	}
	return false
}

// oneSpaced makes every run of blanks one: IOS-XE and FRR keep no more, so a
// text with more would differ from its own running configuration.
func oneSpaced(l plan.Label) string {
	if !strings.Contains(string(l), "  ") {
		return string(l)
	}
	return strings.Join(strings.Fields(string(l)), " ")
}

// seconds writes a duration of whole seconds.
func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// keepaliveHold writes timers as IOS-XE and FRR do.
func keepaliveHold(t plan.Timers) string { return seconds(t.Keepalive) + " " + seconds(t.Hold) }

// defaultWarnPercent is what IOS-XE and FRR assume and do not print.
const defaultWarnPercent = 75

// maximumPrefix writes a guard as IOS-XE and FRR do; "" for none.
func maximumPrefix(m plan.MaxPrefixes) string {
	if m.Count == 0 {
		return ""
	}
	percent := ""
	if m.WarnPercent != defaultWarnPercent {
		percent = fmt.Sprintf(" %d", m.WarnPercent)
	}
	if m.Restart == 0 {
		return fmt.Sprintf("%d%s warning-only", m.Count, percent)
	}
	return fmt.Sprintf("%d%s restart %d", m.Count, percent, int(m.Restart/time.Minute))
}

// asns writes AS numbers in asplain.
func asns(list []bgp.ASN) []string {
	out := make([]string, len(list))
	for i, a := range list {
		out[i] = a.String()
	}
	return out
}

// action is the word of a term in a route map.
func action(t *plan.Term) string {
	if t.Deny {
		return "deny"
	}
	return "permit"
}

// ipWord is what a family is called in the commands of IOS-XE and FRR.
func ipWord(f plan.Family) string { return [...]string{"ip", "ipv6"}[f] }
