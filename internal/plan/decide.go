package plan

import (
	"net/netip"
	"slices"
	"sort"

	"github.com/ercfg/ercfg/internal/bgp"
)

// Decide returns the term of a policy of r that accepts a route; nil where the
// policy refuses it, and where there is no such policy. It does not ask for a
// term's protocol: what comes into BGP is what the plan brings in.
func (r *Router) Decide(policy Name, prefix netip.Prefix, communities []bgp.Community) *Term {
	p := r.policy(policy, FamilyOf(prefix.Addr()))
	if p == nil {
		return nil
	}
	for i := range p.Terms {
		t := &p.Terms[i]
		if !r.lists(t.Match, prefix) || !r.listsCommunity(t.Communities, communities) {
			continue
		}
		if t.Deny {
			return nil
		}
		return t
	}
	return nil
}

// Possible returns the terms of a policy of r of which one accepts a route, in
// their order, where nobody knows its communities; none: the policy refuses it. A
// single term without Communities accepts it for certain.
func (r *Router) Possible(policy Name, prefix netip.Prefix) []*Term {
	p := r.policy(policy, FamilyOf(prefix.Addr()))
	if p == nil {
		return nil
	}
	var out []*Term
	for i := range p.Terms {
		t := &p.Terms[i]
		if !r.lists(t.Match, prefix) {
			continue
		}
		if !t.Deny {
			out = append(out, t)
		}
		if t.Communities == "" {
			break
		}
	}
	return out
}

func (r *Router) policy(name Name, family Family) *Policy {
	return named(r.Policies, name, func(p *Policy) Name { return p.Name }, func(p *Policy) bool { return p.Family == family })
}

// named finds what has a name and fits: at once where the list is sorted by name, as
// a plan's are. A list that is not is searched through.
func named[T any](list []T, name Name, nameOf func(*T) Name, fits func(*T) bool) *T {
	// sort.Search copies nothing, where slices.BinarySearchFunc copies each element.
	at := sort.Search(len(list), func(i int) bool { return nameOf(&list[i]) >= name })
	if at < len(list) && nameOf(&list[at]) == name && fits(&list[at]) {
		return &list[at]
	}
	for i := range list {
		if v := &list[i]; nameOf(v) == name && fits(v) {
			return v
		}
	}
	return nil
}

// lists reports whether a prefix list has a prefix; no list has every one.
func (r *Router) lists(list Name, prefix netip.Prefix) bool {
	if list == "" {
		return true
	}
	family := FamilyOf(prefix.Addr())
	l := named(r.PrefixLists, list, func(l *PrefixList) Name { return l.Name }, func(l *PrefixList) bool { return l.Family == family })
	return l != nil && slices.ContainsFunc(l.Entries, func(e PrefixEntry) bool {
		return e.Prefix == prefix || l.OrLonger && e.Prefix.Bits() <= prefix.Bits() && e.Prefix.Contains(prefix.Addr())
	})
}

// listsCommunity reports whether a list has one of a route's communities; no list
// has every route.
func (r *Router) listsCommunity(list Name, communities []bgp.Community) bool {
	if list == "" {
		return true
	}
	return slices.ContainsFunc(r.Communities, func(l CommunityList) bool {
		return l.Name == list && slices.ContainsFunc(l.Members, func(c bgp.Community) bool { return slices.Contains(communities, c) })
	})
}
