package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

type junosPrefixList struct {
	Name    string
	Entries []network
	Origin  string
}

type junosPolicy struct {
	Name   string
	Terms  []junosTerm
	Last   string // accept, reject; empty: the next policy is asked
	Spread bool   // puts all equal paths into the forwarding table
	Origin string
}

// junosTerm has at most one form of from and one of then: Junos prints a
// single attribute on one line and everything else as a block.
type junosTerm struct {
	Name      string
	FromLine  string
	FromBlock []string
	ThenLine  string
	ThenBlock []string
	Origin    string
}

// junosCommunity is a community by name. It has one member: Junos matches a
// community of several only where a route has them all (Juniper, Routing
// Policies User Guide, community).
type junosCommunity struct{ Name, Member, Origin string }

// junosPolicies writes the policies, and the prefix lists and communities that
// they use. The filter of a redistribution is left out: Junos has no such
// command, its export policy names protocol and prefixes itself.
func junosPolicies(r *plan.Router) ([]junosPrefixList, []junosPolicy, []junosCommunity) {
	var policies []junosPolicy
	used := make(map[plan.Name]bool, len(r.PrefixLists)+len(r.Communities))
	for i := range r.Policies {
		p := &r.Policies[i]
		if slices.ContainsFunc(r.Origins, func(o plan.Origination) bool { return o.Filter == p.Name }) {
			continue
		}
		out := junosPolicy{Name: p.Name, Last: "reject", Origin: p.Origin}
		for j := range p.Terms {
			t := &p.Terms[j]
			if t.Match == "" && t.Communities == "" && t.Protocol == "" && j == len(p.Terms)-1 && junosBare(t) {
				out.Last = junosAction(t)
				continue
			}
			used[t.Match], used[t.Communities] = true, true
			out.Terms = append(out.Terms, junosPolicyTerm(r, t, p.Family))
		}
		policies = append(policies, out)
	}
	var lists []junosPrefixList
	for i := range r.PrefixLists {
		l := &r.PrefixLists[i]
		if !used[l.Name] {
			continue
		}
		out := junosPrefixList{Name: l.Name, Origin: l.Origin, Entries: make([]network, len(l.Entries))}
		for j := range l.Entries {
			out.Entries[j] = network{l.Entries[j].Prefix.String(), l.Entries[j].Origin}
		}
		lists = append(lists, out)
	}
	slices.SortStableFunc(lists, func(a, b junosPrefixList) int { return strings.Compare(a.Name, b.Name) })
	var communities []junosCommunity
	for i := range r.Communities {
		c := &r.Communities[i]
		if !used[c.Name] {
			continue
		}
		for _, m := range c.Members {
			communities = append(communities, junosCommunity{junosCommunityName(c.Name, m), m.String(), c.Origin})
		}
	}
	return lists, policies, communities
}

// junosCommunityName is the name of one member of a list of communities.
func junosCommunityName(list plan.Name, member bgp.Community) string {
	return list + "-" + strings.ReplaceAll(member.String(), ":", "-")
}

// junosBare reports whether a term only accepts or rejects.
func junosBare(t *plan.Term) bool {
	return t.LocalPreference == 0 && len(t.Prepend) == 0 && !t.NextHopSelf
}

func junosAction(t *plan.Term) string {
	if t.Deny {
		return "reject"
	}
	return "accept"
}

func junosPolicyTerm(r *plan.Router, t *plan.Term, f plan.Family) junosTerm {
	out := junosTerm{Name: strconv.Itoa(t.Seq), FromBlock: junosFrom(r, t, f), Origin: t.Origin}
	if t.Match == "" && len(out.FromBlock) == 1 {
		out.FromLine, out.FromBlock = out.FromBlock[0], nil
	}
	if t.LocalPreference != 0 {
		out.ThenBlock = append(out.ThenBlock, fmt.Sprintf("local-preference %d", t.LocalPreference))
	}
	if len(t.Prepend) > 0 {
		out.ThenBlock = append(out.ThenBlock, "as-path-prepend "+junosString(strings.Join(asns(t.Prepend), " ")))
	}
	if t.NextHopSelf {
		out.ThenBlock = append(out.ThenBlock, "next-hop self")
	}
	if len(out.ThenBlock) == 0 {
		out.ThenLine = junosAction(t)
		return out
	}
	out.ThenBlock = append(out.ThenBlock, junosAction(t))
	return out
}

// junosFrom writes what a term asks of a route. Several communities in one
// statement are alternatives.
func junosFrom(r *plan.Router, t *plan.Term, f plan.Family) []string {
	var out []string
	if t.Protocol != "" {
		out = append(out, "protocol "+junosProtocol(t.Protocol, f))
	}
	if t.Communities != "" {
		i := slices.IndexFunc(r.Communities, func(c plan.CommunityList) bool { return c.Name == t.Communities })
		if i < 0 {
			panic("render: no community list " + t.Communities)
		}
		names := make([]string, len(r.Communities[i].Members))
		for j, m := range r.Communities[i].Members {
			names[j] = junosCommunityName(t.Communities, m)
		}
		out = append(out, "community "+junosList(names))
	}
	if t.Match != "" {
		if slices.ContainsFunc(r.PrefixLists, func(l plan.PrefixList) bool { return l.Name == t.Match && l.Family == f && l.OrLonger }) {
			return append(out, "prefix-list-filter "+t.Match+" orlonger")
		}
		out = append(out, "prefix-list "+t.Match)
	}
	return out
}

// junosProtocol is Junos' word for the intent's: OSPF for IPv6 is a protocol
// of its own, and connected routes are direct.
func junosProtocol(word string, f plan.Family) string {
	switch {
	case word == "connected":
		return "direct"
	case word == "ospf" && f == plan.IPv6:
		return "ospf3"
	}
	return word
}
