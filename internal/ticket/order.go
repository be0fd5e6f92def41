package ticket

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// orderOf puts one router into each step: those that no statement prefers first,
// then those with secondary links alone, then the others as the plan lists them. A
// router that is as it was rendered has none.
func orderOf(p *plan.Plan, changes map[string]confdiff.Change) []Step {
	steps := make([]Step, 0, len(p.Routers))
	ranks := make(map[string]int, len(p.Routers))
	for i := range p.Routers {
		r := &p.Routers[i]
		if c, compared := changes[r.Name]; compared && c.Same() {
			continue
		}
		step := Step{Router: r.Name, Note: aloneNote(p, r)}
		for j := range r.Links {
			step.Links = append(step.Links, linkName(&r.Links[j]))
		}
		for j := range r.Tunnels {
			step.Links = append(step.Links, tunnelName(&r.Tunnels[j]))
		}
		step.Wait = partnersWords(p, r)
		steps = append(steps, step)
		ranks[r.Name] = rank(p, r)
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(ranks[a.Router], ranks[b.Router]) })
	for i := 1; i < len(steps); i++ {
		before := fmt.Sprintf("All checks after the change of `%s` have passed.", steps[i-1].Router)
		if links := steps[i-1].Links; len(links) > 0 {
			before += " Every session of " + quoted(links) + " that is not shut down on purpose is up."
		}
		steps[i].Wait = strings.TrimSpace(before + " " + steps[i].Wait)
	}
	return steps
}

// partnersWords says what has to be up before a router is touched: the links of its
// circuits on other routers, which carry everything meanwhile.
func partnersWords(p *plan.Plan, r *plan.Router) string {
	var others []string
	for i := range p.Circuits {
		for _, peering := range p.Circuits[i].Peerings {
			here := slices.ContainsFunc(peering.Links, func(l plan.CircuitLink) bool { return l.Router == r.Name })
			for _, l := range peering.Links {
				if here && l.Router != r.Name {
					others = append(others, peering.Path+"."+l.Position.String())
				}
			}
		}
	}
	if len(others) == 0 {
		return ""
	}
	return "Every session of " + quoted(others) + " is up and receives prefixes: it carries the traffic meanwhile."
}

func tunnelName(t *plan.Tunnel) string { return t.Path + "." + t.Instance }

// rank is how much a router carries: 0 nothing that a statement puts first, 1
// secondary links alone of what comes first, 2 a primary link or a tunnel of it.
func rank(p *plan.Plan, r *plan.Router) int {
	first := make(map[string]bool)
	for i := range p.Statements {
		if s := &p.Statements[i]; len(s.Prefer) > 0 {
			first[s.Prefer[0]] = true
		}
	}
	out := 0
	for i := range r.Links {
		if l := &r.Links[i]; first[l.Path] {
			out = max(out, 2-int(l.Position))
		}
	}
	for i := range r.Tunnels {
		if first[r.Tunnels[i].Path] {
			out = 2
		}
	}
	return out
}

// aloneNote warns of circuits whose every link ends on r.
func aloneNote(p *plan.Plan, r *plan.Router) string {
	var alone []string
	for i := range p.Circuits {
		here, elsewhere := false, false
		for _, peering := range p.Circuits[i].Peerings {
			for _, l := range peering.Links {
				here, elsewhere = here || l.Router == r.Name, elsewhere || l.Router != r.Name
			}
		}
		if here && !elsewhere {
			alone = append(alone, p.Circuits[i].Name)
		}
	}
	switch len(alone) {
	case 0:
		return ""
	case 1:
		return "Every session of circuit " + quoted(alone) + " is on this router: change it in a window, or move the traffic away before."
	}
	return "Every session of circuits " + quoted(alone) + " is on this router: change it in a window, or move the traffic away before."
}

func linkName(l *plan.Link) string { return l.Path + "." + l.Position.String() }
