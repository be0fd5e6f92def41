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

// A peer is a BGP session of either kind, as a router's own configuration
// lists them: eBGP and iBGP beside each other.
type peer struct {
	path            string // of eBGP: er-london
	family          plan.Family
	addr, local     netip.Addr
	asn             bgp.ASN
	internal        bool
	description     string
	shutdown        bool
	bfd             plan.BFD
	password        string // placeholder; empty: none
	passwordOrigin  string
	timers          plan.Timers
	maxPrefixes     plan.MaxPrefixes // Count 0: no guard
	imports, export plan.Name
	nextHopSelf     bool
	origin          string
}

// peers returns the sessions of r, eBGP first.
func peers(r *plan.Router) []peer {
	out := make([]peer, 0, 2*len(r.Links)+len(r.IBGP))
	for i := range r.Links {
		l := &r.Links[i]
		for j := range l.Sessions {
			s := &l.Sessions[j]
			out = append(out, peer{
				path: l.Path, family: s.Family, addr: s.Neighbor, local: s.Local, asn: s.RemoteASN, description: oneSpaced(s.Description),
				shutdown: s.Shutdown, bfd: s.BFD, password: s.MD5.Placeholder(), passwordOrigin: s.MD5Origin, timers: s.Timers,
				maxPrefixes: s.MaxPrefixes, imports: s.Import, export: s.Export, nextHopSelf: setsNextHop(r, s.Export), origin: s.Origin,
			})
		}
	}
	for i := range r.IBGP {
		s := &r.IBGP[i]
		out = append(out, peer{
			family: s.Family, addr: s.Neighbor, local: s.Local, asn: r.ASN, internal: true, description: oneSpaced(s.Description),
			password: s.MD5.Placeholder(), passwordOrigin: s.Origin + ".md5", timers: s.Timers,
			imports: s.Import, export: s.Export, nextHopSelf: setsNextHop(r, s.Export), origin: s.Origin,
		})
	}
	return out
}

// families returns the families that have a session, IPv4 first.
func families(all []peer) []plan.Family {
	var out []plan.Family
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		if slices.ContainsFunc(all, func(p peer) bool { return p.family == f }) {
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
