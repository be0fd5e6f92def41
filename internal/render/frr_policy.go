package render

import (
	"fmt"
	"slices"

	"github.com/ercfg/ercfg/internal/plan"
)

// frrPrefixFamily is all lists of a family: FRR prints them as one block.
type frrPrefixFamily struct{ Entries []frrPrefixEntry }

type frrPrefixEntry struct{ Command, List, Seq, Prefix, Longer, Origin string }

// frrPrefixLists writes the lists of family f. A host has nothing inside that
// is longer, and FRR refuses "le 32" there.
func frrPrefixLists(r *plan.Router, f plan.Family) frrPrefixFamily {
	var out frrPrefixFamily
	for i := range r.PrefixLists {
		l := &r.PrefixLists[i]
		if l.Family != f {
			continue
		}
		for _, e := range l.Entries {
			longer := ""
			if l.OrLonger && !e.Prefix.IsSingleIP() {
				longer = fmt.Sprintf(" le %d", e.Prefix.Addr().BitLen())
			}
			out.Entries = append(out.Entries, frrPrefixEntry{ipWord(f), l.Name, fmt.Sprint(e.Seq), e.Prefix.String(), longer, e.Origin})
		}
	}
	return out
}

// frrCommunity is one line of a community list. Each line is an alternative.
type frrCommunity struct {
	List   string
	Seq    int
	Value  string
	Origin string
}

// frrSeqStep is the distance of two lines of a community list.
const frrSeqStep = 10

func frrCommunities(r *plan.Router) []frrCommunity {
	var out []frrCommunity
	for i := range r.Communities {
		l := &r.Communities[i]
		for j, c := range l.Members {
			out = append(out, frrCommunity{l.Name, (j + 1) * frrSeqStep, c.String(), l.Origin})
		}
	}
	return out
}

// frrRouteMap is one policy.
type frrRouteMap struct{ Terms []frrTerm }

type frrTerm struct {
	Policy          string
	Action          string // permit, deny
	Seq             int
	Communities     string // list; empty: any or none
	Family          string // ip, ipv6: the word of the match
	Match           string // prefix list; empty: everything
	Prepend         []string
	LocalPreference uint32 // 0: left
	Origin          string
}

// frrPolicies leaves out the filters of next hops: FRR's own starves the
// import check of network and with it the anchors (seen on 8.4).
func frrPolicies(r *plan.Router) []frrRouteMap {
	var out []frrRouteMap
	for i := range r.Policies {
		p := &r.Policies[i]
		if slices.ContainsFunc(r.Resolution, func(x plan.Resolution) bool { return x.Policy == p.Name }) {
			continue
		}
		m := frrRouteMap{Terms: make([]frrTerm, len(p.Terms))}
		for j := range p.Terms {
			t := &p.Terms[j]
			m.Terms[j] = frrTerm{
				Policy: p.Name, Action: action(t), Seq: t.Seq, Communities: t.Communities, Family: ipWord(p.Family), Match: t.Match,
				Prepend: asns(t.Prepend), LocalPreference: t.LocalPreference, Origin: t.Origin,
			}
		}
		out = append(out, m)
	}
	return out
}
