package ticket

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// pathChecks are the checks of what the sessions are for: tunnels, iBGP, and a
// prefix of each statement whose first path ends on the router.
func pathChecks(p *plan.Plan, r *plan.Router) []Check {
	var out []Check
	if len(r.Tunnels) > 0 {
		out = append(out, tunnelCheck(r))
	}
	for i := range r.IBGP {
		b := &r.IBGP[i]
		if b.Import == "" {
			continue // of VPN routes alone
		}
		s := peer{Session: &plan.Session{Family: b.Family, Neighbor: b.Neighbor}}
		out = append(out, Check{Command: neighborCommand(r.Platform, s), Expect: []string{fmt.Sprintf("Neighbor `%s`: Established.", b.Neighbor)}, Why: "iBGP with " + b.Peer})
	}
	for i := range p.Statements {
		if c, ok := statementCheck(r, &p.Statements[i]); ok {
			out = append(out, c)
		}
	}
	return out
}

// tunnelCheck asks for the IKE security associations.
func tunnelCheck(r *plan.Router) Check {
	var ends []string
	for i := range r.Tunnels {
		ends = append(ends, r.Tunnels[i].Remote.String())
	}
	command, up := "swanctl --list-sas", "ESTABLISHED"
	switch r.Platform {
	case plan.IOSXE:
		command, up = "show crypto ikev2 sa", "READY"
	case plan.Junos:
		command, up = "show security ike security-associations", "UP"
	}
	return Check{Command: command, Expect: []string{fmt.Sprintf("`%s` with %s.", up, quoted(ends))}, Why: "without its security association a tunnel carries nothing"}
}

// statementCheck looks at one prefix of a statement, where its first path ends on
// the router: the best path has that path's local-preference.
func statementCheck(r *plan.Router, s *plan.Statement) (Check, bool) {
	for _, prefix := range s.Azure {
		preference, neighbors := importedBy(r, s.Prefer[0], prefix)
		if len(neighbors) == 0 {
			continue
		}
		expect := "The best path is from " + quotedOr(neighbors)
		if preference > 0 {
			expect += fmt.Sprintf(", with local preference `%d`", preference)
		}
		return Check{
			Command: routeCommand(r.Platform, prefix, s.VRF), Expect: []string{expect + "."},
			Why: fmt.Sprintf("%s takes `%s` first", s.Name, s.Prefer[0]),
		}, true
	}
	return Check{}, false
}

// importedBy lists the neighbors of a path on the router that may bring a prefix,
// and the local-preference that it gets then; 0: none is set.
func importedBy(r *plan.Router, path string, prefix netip.Prefix) (preference uint32, neighbors []string) {
	look := func(s *plan.Session) {
		if s.Shutdown || s.Family != plan.FamilyOf(prefix.Addr()) {
			return
		}
		for _, t := range policyOf(r, s.Import).Terms {
			if !t.Deny && holds(listOf(r, t.Match), prefix) {
				preference, neighbors = t.LocalPreference, append(neighbors, s.Neighbor.String())
				return
			}
		}
	}
	for i := range r.Links {
		for j := range r.Links[i].Sessions {
			if r.Links[i].Path == path {
				look(&r.Links[i].Sessions[j])
			}
		}
	}
	for i := range r.Tunnels {
		if r.Tunnels[i].Path == path {
			look(&r.Tunnels[i].Session)
		}
	}
	return preference, neighbors
}

// holds reports whether a prefix list has exactly that prefix.
func holds(l plan.PrefixList, prefix netip.Prefix) bool {
	return slices.ContainsFunc(l.Entries, func(e plan.PrefixEntry) bool { return e.Prefix == prefix })
}

func routeCommand(platform plan.Platform, prefix netip.Prefix, vrf plan.Name) string {
	p := peer{Session: &plan.Session{Family: plan.FamilyOf(prefix.Addr())}, VRF: vrf}
	switch platform {
	case plan.IOSXE:
		return fmt.Sprintf("show bgp %s %s", iosxeTable(p), prefix)
	case plan.Junos:
		if vrf == "" {
			return fmt.Sprintf("show route %s exact detail", prefix)
		}
		return fmt.Sprintf("show route table %s.%s %s exact detail", vrf, map[plan.Family]string{plan.IPv4: "inet.0", plan.IPv6: "inet6.0"}[p.Family], prefix)
	}
	return strings.Join(strings.Fields(fmt.Sprintf("show bgp %s %s unicast %s", vrfOf(p), p.Family, prefix)), " ")
}

// quotedOr joins names of which one is meant.
func quotedOr(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "`" + w + "`"
	}
	return strings.Join(out, " or ")
}
