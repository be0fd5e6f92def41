package render

import (
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// junosSections is the order of "show configuration" since Junos 17.
func junosSections() []string {
	return []string{"chassis", "services", "security", "interfaces", "flow", "policies", "dscp", "vrfs", "routing", "bgp"}
}

// junosView is a router in the words of Junos.
type junosView struct {
	Security        junosSecurity
	Interfaces      []junosInterface
	Flow            junosFlow
	HasPolicies     bool
	PrefixLists     []junosPrefixList
	Policies        []junosPolicy
	Communities     []junosCommunity
	Filters         []junosFilterFamily
	Instances       []junosInstance
	StaticsIPv4     []junosStatic
	StaticsIPv6     []junosStatic
	Resolutions     []junosResolution
	RouterID        string
	ASN             string
	LoadBalance     string // policy that spreads flows over equal paths; empty: one path
	Groups          []junosGroup
	PrecisionTimers bool // a hold time below 20 s
	PrecisionOrigin string
	PathsOrigin     string
	Origin          string
}

type junosResolution struct{ Table, Policy, Origin string }

// precisionBelow is the hold time under which Junos wants precision-timers, or
// its scheduler may let a session expire.
const precisionBelow = 20 * time.Second

func junos(name string, r *plan.Router) junosView {
	all := peers(r)
	prefix := strings.ToUpper(name)
	v := junosView{
		Security: junosSecurityOf(prefix, r), Interfaces: junosInterfaces(prefix, r), Flow: junosFlowOf(prefix, r),
		Filters: junosFilters(prefix, r), Instances: junosInstances(prefix, r, all),
		StaticsIPv4: junosStatics(r, "", plan.IPv4), StaticsIPv6: junosStatics(r, "", plan.IPv6),
		RouterID: r.RouterID.String(), ASN: r.ASN.String(), Groups: junosGroups(prefix, r, "", all), Origin: r.Origin,
	}
	v.PrefixLists, v.Policies, v.Communities = junosPolicies(r)
	v.Policies = append(v.Policies, junosVPNPolicy(prefix, all)...)
	for i := range r.VRFs {
		policies, targets := junosTargetPolicies(prefix, &r.VRFs[i])
		v.Policies, v.Communities = append(v.Policies, policies...), append(v.Communities, targets...)
	}
	if origin, ok := junosSpreads(r); ok {
		v.LoadBalance, v.PathsOrigin = prefix+"-LOAD-BALANCE", origin
		v.Policies = append(v.Policies, junosPolicy{Name: v.LoadBalance, Spread: true, Origin: origin})
	}
	// Junos prints policies by name: only where its model (24.4) says
	// ordered-by user does a list keep the order of its commands.
	slices.SortStableFunc(v.Policies, func(a, b junosPolicy) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(v.Communities, func(a, b junosCommunity) int { return strings.Compare(a.Name, b.Name) })
	v.HasPolicies = len(v.PrefixLists)+len(v.Policies)+len(v.Communities) > 0
	for _, x := range r.Resolution {
		v.Resolutions = append(v.Resolutions, junosResolution{junosTable(x.Family), x.Policy, x.Origin})
	}
	v.PrecisionTimers, v.PrecisionOrigin = junosPrecision(all, "")
	return v
}

// junosSpreads reports whether any table has equal paths, and where the first
// that has is written. The forwarding table is one for all of them.
func junosSpreads(r *plan.Router) (origin string, ok bool) {
	for _, table := range tables(r) {
		if m := multipath(r, table); m.EBGP > 1 || m.IBGP > 1 {
			return m.Origin, true
		}
	}
	return "", false
}

// junosPrecision reports whether a session of table is so short that Junos
// wants precision-timers, which each instance says for its own.
func junosPrecision(all []peer, table plan.Name) (on bool, origin string) {
	for i := range all {
		if p := &all[i]; p.vrf == table && p.timers.Hold < precisionBelow {
			return true, p.timers.Origin
		}
	}
	return false, ""
}

// junosTable is the routing table of a family.
func junosTable(f plan.Family) string { return [...]string{"inet.0", "inet6.0"}[f] }

// junosFamilyName is a family in interfaces and BGP.
func junosFamilyName(f plan.Family) string { return [...]string{"inet", "inet6"}[f] }

// junosSuffix ends the names of objects that each family has for itself.
func junosSuffix(f plan.Family) string { return [...]string{"-V4", "-V6"}[f] }

// junosList writes one word as it is, and several as Junos lists them.
func junosList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "[ " + strings.Join(words, " ") + " ]"
}

// junosString quotes a string as Junos prints it: only where it holds anything
// but letters, digits and a few signs.
func junosString(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:+", r))
	}) < 0
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `"`, `\"`) + `"`
}
