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
		part.Pre, part.Post = preChecks(r), slices.Concat(postChecks(r), pathChecks(p, r))
		part.Rollback = rollbackWords(r.Platform)
		t.Routers = append(t.Routers, part)
	}
	return t
}

// rollbackWords say how a person goes back. Nothing here is typed by ercfg.
func rollbackWords(p plan.Platform) []string {
	switch p {
	case plan.IOSXE:
		return []string{
			"ercfg types nothing into the router: a person does.",
			"Begin with `configure terminal revert timer 10`, which needs `archive` with a local path: the router goes back by itself unless `configure confirm` comes within ten minutes.",
			"Before the confirmation `configure revert now` goes back at once. After it, type the commands back. Save with `write memory` only when the checks after have passed.",
		}
	case plan.Junos:
		return []string{
			"ercfg types nothing into the router: a person does.",
			"Commit with `commit confirmed 10`: the router goes back by itself unless `commit` comes within ten minutes. `commit check` within that time may confirm, too: leave it out.",
			"To go back at once: `rollback 1`, then `commit`.",
		}
	}
	return []string{
		"ercfg types nothing into the router: a person does.",
		"FRR has no timed rollback for BGP and BFD: each line holds as soon as it is typed. Keep a copy of `show running-config` and a way in that does not depend on these sessions.",
		"To go back, type the commands back, or restore the copy. Save with `write memory` only when the checks after have passed.",
	}
}
