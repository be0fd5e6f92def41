package render_test

import (
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

func (r *junosReading) policyOptions(w []string) {
	switch {
	case is(w, "prefix-list * *"):
		r.permitExactly(plan.FamilyOf(r.prefix(w[2]).Addr()), w[1], w[2])
	case is(w, "community * members *"):
		r.member(w[1], w[3])
	case is(w, "policy-statement * then load-balance per-packet"):
		r.shares[w[1]] = true
	case is(w, "policy-statement * then *"):
		r.then(r.term(w[1], ""), w[3:])
	case is(w, "policy-statement * term * from …"):
		r.from(r.term(w[1], w[3]), w[5:])
	case is(w, "policy-statement * term * then …"):
		r.then(r.term(w[1], w[3]), w[5:])
	default:
		r.fail("unknown policy option")
	}
}

// member gives a community its only member: several would all have to match.
func (r *junosReading) member(name, member string) {
	if r.targets[name] != "" || r.communities[name] != nil {
		r.fail("a second member of a community")
	}
	if target, ok := strings.CutPrefix(member, "target:"); ok {
		r.targets[name] = junosShort(target)
		return
	}
	r.communities[name] = append(r.communities[name], nil)
	r.communities[name][0] = append(r.communities[name][0], r.community(member))
}

// junosShort takes off the mark of a long AS number.
func junosShort(target string) string { return strings.Replace(target, "L:", ":", 1) }

func (r *junosReading) from(t *term, w []string) {
	switch {
	case is(w, "prefix-list *") && t.list == "":
		t.list = w[1]
	case is(w, "prefix-list-filter * orlonger") && t.list == "":
		t.list, t.orLonger = w[1], true
	case is(w, "community *"):
		t.communities = append(t.communities, w[1])
	case is(w, "family *") && r.passes[t] == "" && strings.HasSuffix(w[1], "-vpn"):
		r.passes[t] = w[1]
	case is(w, "protocol *") && t.protocol == "":
		// In the intent's words: OSPF for IPv6 and connected routes have others.
		t.protocol = w[1]
		switch w[1] {
		case "ospf3":
			t.protocol = "ospf"
		case "direct":
			t.protocol = "connected"
		}
	default:
		r.fail("unknown condition, or a second one")
	}
}

// term returns a term of a policy, a new one at its end when it is met for the
// first time: Junos keeps terms in the order of their commands.
func (r *junosReading) term(policy, name string) *term {
	if r.terms[policy] == nil {
		r.terms[policy] = make(map[string]*term)
	}
	if r.terms[policy][name] == nil {
		r.terms[policy][name] = &term{seq: name}
		r.order[policy] = append(r.order[policy], name)
	}
	return r.terms[policy][name]
}

func (r *junosReading) then(t *term, w []string) {
	switch {
	case (is(w, "accept") || is(w, "reject")) && t.action == "":
		t.action = w[0]
	case is(w, "local-preference *"):
		t.localPreference = r.number(w[1])
	case is(w, "as-path-prepend *"):
		t.prepend = w[1]
	case is(w, "next-hop self"):
		t.nextHopSelf = true
	case is(w, "community add *"):
		r.adds[t] = append(r.adds[t], w[2])
	default:
		r.fail("unknown action")
	}
}

func (r *junosReading) finishPolicies() {
	for policy, names := range r.order {
		var last []term
		for _, name := range names {
			t := *r.terms[policy][name]
			t.family = r.familyOf(t.list)
			if name == "" {
				last = append(last, t)
				continue
			}
			r.policies[policy] = append(r.policies[policy], t)
		}
		r.policies[policy] = append(r.policies[policy], last...)
	}
}

// passesVPN reports whether a policy lets VPN routes of both families pass and
// leaves everything else to the next one.
func (r *junosReading) passesVPN(policy string) bool {
	var seen []string
	for _, t := range r.terms[policy] {
		if r.passes[t] == "" || t.action != "accept" {
			return false
		}
		seen = append(seen, r.passes[t])
	}
	slices.Sort(seen)
	return slices.Equal(seen, []string{"inet-vpn", "inet6-vpn"})
}

// familyOf is the family of a list: on Junos both share one name space.
func (r *junosReading) familyOf(list string) plan.Family {
	if _, ok := r.lists[listName{plan.IPv6, list}]; ok {
		if _, both := r.lists[listName{plan.IPv4, list}]; both {
			r.fail("a list of two families")
		}
		return plan.IPv6
	}
	return plan.IPv4
}
