package ticket

import (
	"slices"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/pathtable"
	"github.com/ercfg/ercfg/internal/plan"
)

// New makes the change request.
func New(in Input) Ticket {
	p := in.Plan
	t := Ticket{
		Intent: p.Name, Description: string(p.Description), Reference: string(p.Ticket), Owner: string(p.Owner),
		Compared: len(in.Changes) > 0,
		Summary:  newSummary(in),
		Diagram:  newDiagram(p),
		Paths:    pathtable.New(p, in.Report),
		Order:    orderOf(p, in.Changes),
		Warnings: in.Warnings,
		Digests:  in.Digests,
	}
	configs := make(map[string]artifact.Config, len(in.Configs))
	for _, c := range in.Configs {
		configs[c.Router] = c
	}
	for i := range p.Routers {
		r := &p.Routers[i]
		part := Router{Name: r.Name, Platform: r.Platform.String(), Config: configs[r.Name], Interruption: interruption(in, r)}
		if c, ok := in.Changes[r.Name]; ok {
			part.Change = &c
		}
		part.Begin, part.Rollback = beginWords(r.Platform), rollbackWords(r.Platform)
		part.Pre, part.Post = preChecks(r), slices.Concat(postChecks(r), pathChecks(p, r))
		t.Routers = append(t.Routers, part)
	}
	return t
}

// beginWords say how a person begins and ends, so that the router goes back by
// itself where it can. Nothing here is typed by ercfg.
func beginWords(p plan.Platform) []string {
	switch p {
	case plan.IOSXE:
		return []string{
			"A person types this, not ercfg. Begin with `configure terminal revert timer 10`, which needs `archive` with a local path: the router goes back by itself unless `configure confirm` comes within ten minutes.",
			"Leave with `end` and do the checks after. When all pass: `configure confirm`, and `write memory` last.",
		}
	case plan.Junos:
		return []string{
			"A person types this, not ercfg. Begin with `configure exclusive`. After the commands: `show | compare`, then `commit confirmed 10`. The router goes back by itself unless `commit` comes within ten minutes; `commit check` within that time may confirm, too: leave it out.",
			"Do the checks after. When all pass: `commit`.",
		}
	}
	return []string{
		"A person types this, not ercfg. FRR has no timed rollback for BGP and BFD: each line holds as soon as it is typed. Keep a copy of `show running-config`, and a way in that does not depend on these sessions.",
		"Begin with `configure terminal`, leave with `end` and do the checks after. When all pass: `write memory`.",
	}
}

// rollbackWords say how a person goes back.
func rollbackWords(p plan.Platform) []string {
	switch p {
	case plan.IOSXE:
		return []string{"Before the confirmation `configure revert now` goes back at once. After it, type the commands back."}
	case plan.Junos:
		return []string{"Before the confirmation: `rollback 1`, `show | compare`, `commit`. After it: `show system commit`, and `rollback` to the number from before this change, or type the commands back."}
	}
	return []string{"Type the commands back, or restore the copy."}
}
