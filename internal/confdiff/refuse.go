package confdiff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// refuse says why no commands are made although something differs; empty: nothing
// is in the way. What belongs to the LAN and would have to change is a person's to
// decide: the AS number of the router, a static route of somebody else.
func refuse(want, have Config) string {
	if w, h := asnOf(want), asnOf(have); w != "" && h != "" && w != h {
		return fmt.Sprintf("the router runs BGP in AS %s and the intent says AS %s: another AS number takes down every session of the router, the LAN's too; change it by hand, or correct the intent", h, w)
	}
	if down := shutDown(want, have); down != "" {
		return down
	}
	if want.Platform != Junos {
		return cmp.Or(implicitlyActive(want, have), grouped(want, have))
	}
	if off := switchedOff(want, have); off != "" {
		return off
	}
	routes := make(map[Object][]string)
	for _, s := range have.Statements {
		if o := s.Object(Junos); o.Kind == StaticRoute {
			routes[o] = append(routes[o], strings.Join(s.Path, " "))
		}
	}
	for _, s := range want.Statements {
		o := s.Object(Junos)
		if o.Kind != StaticRoute || s.Path[len(s.Path)-1] != "discard" {
			continue
		}
		other := func(line string) bool {
			return strings.Contains(line, " next-hop ") || strings.Contains(line, " next-table ")
		}
		if i := slices.IndexFunc(routes[o], other); i >= 0 {
			return fmt.Sprintf("the router has a static route of its own to %s (%s), and Junos keeps one route to a prefix: originate it with via or network in the intent, or remove the route", o.Name, routes[o][i])
		}
	}
	return ""
}

// shutDown refuses to bring up an interface that somebody has shut down: ercfg never
// renders that. A session that is shut down may be the intent's of yesterday, so
// that it comes up, and its impact says so.
func shutDown(want, have Config) string {
	rendered := make(map[Object]bool)
	for _, s := range want.Statements {
		rendered[s.Object(want.Platform)] = true
	}
	for _, s := range have.Statements {
		o := s.Object(have.Platform)
		if last := s.Path[len(s.Path)-1]; rendered[o] && o.Kind == Interface && len(s.Path) > 1 && (last == "shutdown" || last == "disable") {
			return fmt.Sprintf("%s is shut down on the router, which somebody has done on purpose: bring it up there, or take it out of the intent, and compare again", o)
		}
	}
	return ""
}

// switchedOff refuses to switch on what somebody has deactivated on Junos: a drained
// neighbor, say.
func switchedOff(want, have Config) string {
	ours := make(map[Object]bool)
	for _, s := range want.Statements {
		ours[s.Object(Junos)] = true
	}
	for _, s := range have.Statements {
		if o := s.Object(Junos); s.Inactive && ours[o] {
			return fmt.Sprintf("%s is deactivated on the router (%s), which somebody has done on purpose: activate it there, or take it out of the intent, and compare again", o, strings.Join(s.Path, " "))
		}
	}
	return ""
}

// implicitlyActive refuses to change for which families FRR activates neighbors by
// default, where it has some: the line makes FRR print an activation for each of
// them, also for those of others, and without the line FRR forgets them all. Seen on
// FRR 8.4.4.
func implicitlyActive(want, have Config) string {
	const line = "no bgp default ipv4-unicast"
	if want.Platform != FRR {
		return ""
	}
	for _, s := range want.Statements {
		if len(s.Path) != 2 || s.Path[1] != line {
			continue
		}
		neighbors, there := 0, false
		for _, h := range have.Statements {
			if h.Path[0] == s.Path[0] && len(h.Path) == 2 {
				there = there || h.Path[1] == line
				if strings.HasPrefix(h.Path[1], "neighbor ") {
					neighbors++
				}
			}
		}
		if !there && neighbors > 0 {
			return fmt.Sprintf("%s activates IPv4 unicast for every neighbor by default, and has neighbors: type %q there first, which changes no session, and compare again", s.Path[0], line)
		}
	}
	return ""
}

// grouped refuses to take a neighbor out of a peer group: a member cannot have the
// group's AS of its own, and what the group gives it ends with its membership.
func grouped(want, have Config) string {
	ours := make(map[Object]bool)
	for _, s := range want.Statements {
		if o := s.Object(want.Platform); o.Kind == Neighbor {
			ours[o] = true
		}
	}
	for _, s := range have.Statements {
		line := s.Path[len(s.Path)-1]
		if o := s.Object(have.Platform); ours[o] && strings.HasPrefix(line, "neighbor ") && strings.Contains(line, " peer-group ") {
			return fmt.Sprintf("the router has neighbor %s in a peer group (%s), and ercfg renders neighbors of their own: take it out of the group first", o.Name, line)
		}
	}
	return ""
}

// asnOf is the AS number of a configuration; empty: it has no BGP.
func asnOf(c Config) string {
	for _, s := range c.Statements {
		switch {
		case c.Platform == Junos && len(s.Path) == 3 && s.Path[0] == "routing-options" && s.Path[1] == "autonomous-system":
			return s.Path[2]
		case c.Platform != Junos && strings.HasPrefix(s.Path[0], "router bgp "):
			return strings.Fields(s.Path[0])[2]
		}
	}
	return ""
}
