package sim

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// A route is what a policy looks at. A route of a Microsoft service whose
// prefixes nobody knows has communities and no prefix.
type route struct {
	prefix      netip.Prefix
	communities []bgp.Community
	protocol    string // of a redistributed prefix, and bgp; empty: static
}

// A policy is a plan's policy with its lists looked up.
type policy struct {
	terms []term
	all   bool // accepts everything: VPN routes are filtered by route targets
}

type term struct {
	*plan.Term
	prefixes    *plan.PrefixList    // nil: any
	communities *plan.CommunityList // nil: any
}

var anything = policy{all: true}

// decide returns the term that accepts r; nil where the policy refuses it.
func (p policy) decide(r route) *plan.Term {
	if p.all {
		return &plan.Term{}
	}
	for i := range p.terms {
		if t := &p.terms[i]; t.matches(r) {
			if t.Deny {
				return nil
			}
			return t.Term
		}
	}
	return nil
}

func (t *term) matches(r route) bool {
	if t.prefixes != nil {
		found := slices.ContainsFunc(t.prefixes.Entries, func(e plan.PrefixEntry) bool {
			return r.prefix == e.Prefix || t.prefixes.OrLonger && r.prefix.IsValid() && holds(e.Prefix, r.prefix)
		})
		if !found || !r.prefix.IsValid() {
			return false
		}
	}
	if t.communities != nil && !slices.ContainsFunc(t.communities.Members, func(c bgp.Community) bool { return slices.Contains(r.communities, c) }) {
		return false
	}
	return t.Protocol == "" || t.Protocol == r.protocol
}

// policies are those of one router, by name.
type policies map[string]policy

// policy looks up a name; a session without a policy passes nothing (RFC 8212).
func (p policies) policy(name string) policy { return p[name] }

func readPolicies(r *plan.Router) policies {
	lists := make(map[string]*plan.PrefixList, len(r.PrefixLists))
	for i := range r.PrefixLists {
		lists[r.PrefixLists[i].Name] = &r.PrefixLists[i]
	}
	communities := make(map[string]*plan.CommunityList, len(r.Communities))
	for i := range r.Communities {
		communities[r.Communities[i].Name] = &r.Communities[i]
	}
	out := make(policies, len(r.Policies))
	for i := range r.Policies {
		p := &r.Policies[i]
		terms := make([]term, len(p.Terms))
		for j := range p.Terms {
			t := &p.Terms[j]
			terms[j] = term{t, lists[t.Match], communities[t.Communities]}
		}
		out[p.Name] = policy{terms: terms}
	}
	return out
}
