package confdiff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// refuse says why no commands are made although something differs; empty: nothing
// is in the way. What belongs to others and would have to change is a person's to
// decide, and what somebody has done on purpose.
func (c *comparison) refuse(differences []Difference, o Options, want, have Config) string {
	if w, h := asnOf(want), asnOf(have); w != "" && h != "" && w != h {
		return fmt.Sprintf("the router runs BGP in AS %s and the intent says AS %s: another AS number takes down every session of the router, the LAN's too; change it by hand, or correct the intent", h, w)
	}
	out := cmp.Or(shutDown(want, have), drained(want.Platform, differences, o.BringUp), c.taken(differences), otherRD(want, have))
	if want.Platform == Junos {
		return cmp.Or(out, switchedOff(want, have), tagged(want, have), routed(want, have), c.chained(differences))
	}
	return cmp.Or(out, implicitlyActive(want, have), grouped(want, have), c.otherNextHop(differences))
}

// drained refuses to bring up a session that is shut down, unless a person wants
// it: it may have been taken out of service for tonight.
func drained(platform string, differences []Difference, bringUp bool) string {
	if bringUp {
		return ""
	}
	for _, d := range differences {
		for _, s := range d.Extra {
			words := strings.Fields(s.Text(platform))
			if d.Object.Kind == Neighbor && len(d.Missing)+len(d.Extra) > 0 && (slices.Contains(words, "shutdown")) && !goesWhole(d) {
				return fmt.Sprintf("%s is shut down on the router, and not in the intent: --bring-up brings it up, or say shutdown in the intent", d.Object)
			}
		}
	}
	return ""
}

// goesWhole reports whether a neighbor is taken away altogether.
func goesWhole(d Difference) bool {
	return len(d.Missing) == 0 && slices.ContainsFunc(d.Extra, func(s Statement) bool {
		return strings.Contains(s.Path[len(s.Path)-1], " remote-as ")
	})
}

// taken refuses an address whose subnet, or a VLAN whose tags, another interface has
// that does not go: the router takes one of the two, or half of what is typed.
func (c *comparison) taken(differences []Difference) string {
	goes := make(map[Object]bool)
	for _, d := range differences {
		goes[d.Object] = c.want.of[d.Object] == nil
	}
	for _, d := range differences {
		if d.Object.Kind != Interface {
			continue
		}
		for _, s := range d.Missing {
			for _, o := range c.have.objects {
				if o.Kind != Interface || o == d.Object || goes[o] || c.want.of[o] != nil {
					continue
				}
				for _, t := range c.have.of[o] {
					if what := c.clash(d.Object, o, s, t); what != "" {
						return fmt.Sprintf("%s of %s is on %s already, which is not the intent's: move it by hand, or correct the intent (--prune takes away what an earlier intent has left)", what, d.Object, o)
					}
				}
			}
		}
	}
	return ""
}

// clash says what two statements of two interfaces cannot both have.
func (c *comparison) clash(a, b Object, s, t Statement) string {
	p, ok := addressOf(c.platform, s)
	q, also := addressOf(c.platform, t)
	if ok && also && p.Overlaps(q) && c.vrfOf(c.want, a) == c.vrfOf(c.have, b) {
		return "the address " + p.String()
	}
	portA, _, _ := strings.Cut(a.Name, ".")
	portB, _, _ := strings.Cut(b.Name, ".")
	tags := c.tags(s)
	if tags != "" && portA == portB && tags == c.tags(t) {
		return "the VLAN (" + tags + ")"
	}
	return ""
}

// tags is the VLAN of a statement; empty: it sets none.
func (c *comparison) tags(s Statement) string {
	words := strings.Fields(s.Text(c.platform))
	for i, w := range words {
		if (w == "encapsulation" || w == "vlan-id" || w == "vlan-tags") && i+1 < len(words) {
			return strings.Join(words[i:], " ")
		}
	}
	return ""
}

// vrfOf is the routing table that an interface is in; empty: the global one.
func (c *comparison) vrfOf(in arrangement, o Object) string {
	for _, s := range in.of[o] {
		if name, ok := strings.CutPrefix(s.Text(c.platform), "vrf forwarding "); ok {
			return name
		}
	}
	if c.platform == Junos {
		for v, all := range in.of {
			if v.Kind == VRF && slices.ContainsFunc(all, func(s Statement) bool { return len(s.Path) == 4 && s.Path[2] == "interface" && s.Path[3] == o.Name }) {
				return v.Name
			}
		}
	}
	return ""
}

// otherRD refuses another route distinguisher of a VRF that is there: IOS-XE makes
// the VRF anew, and its neighbors and addresses go.
func otherRD(want, have Config) string {
	if want.Platform != IOSXE {
		return ""
	}
	rd := func(s Statement) (string, bool) {
		if len(s.Path) != 2 {
			return "", false
		}
		return strings.CutPrefix(s.Path[1], "rd ")
	}
	there := make(map[string]string)
	for _, s := range have.Statements {
		if name, ok := rd(s); ok {
			there[s.Path[0]] = name
		}
	}
	for _, s := range want.Statements {
		if name, ok := rd(s); ok && there[s.Path[0]] != "" && there[s.Path[0]] != name {
			return fmt.Sprintf("%s has the route distinguisher %s and the intent says %s: another one makes the VRF anew, with all of its neighbors and addresses; change it by hand, or correct the intent", s.Path[0], there[s.Path[0]], name)
		}
	}
	return ""
}

// tagged refuses to change how a port of Junos tags its frames: all of its units do
// it so.
func tagged(want, have Config) string {
	modes := []string{"vlan-tagging", "stacked-vlan-tagging", "flexible-vlan-tagging", "vlan-vci-tagging"}
	tags := func(s Statement) bool {
		return len(s.Path) == 3 && s.Path[0] == "interfaces" && slices.Contains(modes, s.Path[2])
	}
	there := make(map[string]string)
	for _, s := range have.Statements {
		if tags(s) {
			there[s.Path[1]] = s.Path[2]
		}
	}
	for _, s := range want.Statements {
		if !tags(s) {
			continue
		}
		port, mode := s.Path[1], s.Path[2]
		if other := there[port]; other != "" && other != mode && !(mode == "vlan-tagging" && other == "flexible-vlan-tagging") {
			return fmt.Sprintf("port %s has %s and the intent needs %s, and all of its units have to change with it: do it by hand", port, other, mode)
		}
	}
	return ""
}

// routed refuses to replace a static route of somebody else: Junos keeps one route
// to a prefix.
func routed(want, have Config) string {
	wants := make(map[Object][]string)
	for _, s := range want.Statements {
		if o := s.Object(Junos); o.Kind == StaticRoute {
			wants[o] = append(wants[o], strings.Join(s.Path, " "))
		}
	}
	for _, s := range have.Statements {
		o, line := s.Object(Junos), strings.Join(s.Path, " ")
		if o.Kind == StaticRoute && wants[o] != nil && !slices.Contains(wants[o], line) {
			return fmt.Sprintf("the router has a static route of its own to %s (%s), and Junos keeps one route to a prefix: originate it with via or network in the intent, or remove the route", o.Name, line)
		}
	}
	return ""
}

// chained refuses to put a policy of ours behind one of somebody else in a chain of
// the whole router: what comes first decides.
func (c *comparison) chained(differences []Difference) string {
	for _, d := range differences {
		for _, s := range d.Missing {
			n := len(s.Path) - 1
			if s.Path[0] != "routing-options" || n < 2 || s.Path[n-1] != "import" && s.Path[n-1] != "export" {
				continue
			}
			for _, t := range c.have.of[d.Object] {
				if len(t.Path) == n+1 && slices.Equal(t.Path[:n], s.Path[:n]) && !c.ourPolicy(t.Path[n]) {
					return fmt.Sprintf("the router has a policy of its own in %s (%s), which would decide before %s: put both into one chain by hand", strings.Join(s.Path[:n], " "), t.Path[n], s.Path[n])
				}
			}
		}
	}
	return ""
}

// ourPolicy reports whether a policy was rendered, or is left over.
func (c *comparison) ourPolicy(name string) bool {
	o := Object{RouteMap, name}
	return c.want.of[o] != nil || slices.Contains(c.left.objects, o)
}

// otherNextHop refuses to replace the policy by which IOS-XE resolves next hops of
// all neighbors, where it is somebody else's.
func (c *comparison) otherNextHop(differences []Difference) string {
	for _, d := range differences {
		for _, s := range d.Extra {
			if line := s.Path[len(s.Path)-1]; d.Object.Kind == BGP && strings.HasPrefix(line, "bgp nexthop route-map ") && !c.ourPolicy(strings.TrimPrefix(line, "bgp nexthop route-map ")) {
				return fmt.Sprintf("the router resolves next hops by a policy of its own (%s), for all of its neighbors: put both into one by hand", line)
			}
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
