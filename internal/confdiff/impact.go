package confdiff

import (
	"fmt"
	"slices"
	"strings"
)

// A Class is what a change does to live sessions.
type Class uint8

// The classes, from harmless to worst.
const (
	// NoImpact: nothing that a neighbor sees changes.
	NoImpact Class = iota
	// RouteRefresh: routes are judged or sent again; sessions stay.
	RouteRefresh
	// NextReset: the router takes the change and uses it when the session comes up
	// next.
	NextReset
	// SessionReset: a BGP session goes down and comes up again.
	SessionReset
	// InterfaceBounce: an interface stops carrying traffic, and with it all that
	// runs over it.
	InterfaceBounce
)

// String returns the class in words: "session reset".
func (c Class) String() string {
	words := [...]string{"none", "route refresh", "takes effect at next reset", "session reset", "interface bounce"}
	if int(c) < len(words) {
		return words[c]
	}
	return fmt.Sprintf("class %d", c)
}

// An Impact is what the commands for one difference do.
type Impact struct {
	Class Class
	// Reason says why, in one clause: "the hold time is agreed when a session
	// opens".
	Reason string
	// Evidence says who says so: "measured on FRR 8.4.4", or a vendor's page.
	Evidence string
	// Then are commands of operational mode that make the router use the change
	// now, where it waits otherwise: "clear ip bgp 192.0.2.1 soft in".
	Then []string
}

// An impactRule says what a change of a line does.
type impactRule struct {
	// in is how the outermost line begins that the line stands in; empty: any.
	in string
	// pattern is the line, as in lineRule; on Junos the words of the path, without
	// the routing instance and the neighbor that they are about.
	pattern string
	// how says for which changes the rule holds.
	how turn
	Impact
	// soft is the direction in which a session's routes have to be asked for or
	// sent again by hand; empty: the router does it by itself.
	soft string
}

// A turn is what becomes of a line, or a set of such.
type turn uint8

// The turns.
const (
	added turn = 1 << iota
	removed
	changed

	anyTurn    = added | removed | changed
	notAdded   = removed | changed
	notGone    = added | changed
	notSwapped = added | removed
)

// impactOf is the worst of what the statements of a difference do, one by one.
// An object that is wholly new disturbs nobody, and of one that goes the whole
// counts.
func impactOf(platform string, d Difference) Impact {
	if whole, ok := wholeImpact(platform, d); ok {
		return whole
	}
	out := Impact{Reason: "the router keeps what it has", Evidence: "no command touches it"}
	if d.Order {
		out = Impact{Class: RouteRefresh, Reason: "the terms of the policy are tried in another order", Evidence: junosPolicy}
	}
	first := true
	for _, c := range turns(platform, d) {
		r, ok := impactRuleOf(platform, c.statement, c.turn)
		if !ok {
			r.Impact = unknownImpact
		}
		then := append(out.Then, softCommands(platform, d.Object, r.soft)...)
		if first && !d.Order || r.Class > out.Class {
			out = r.Impact
		}
		out.Then, first = unique(then), false
	}
	return out
}

// unknownImpact is that of a line that no table has.
var unknownImpact = Impact{Class: SessionReset, Reason: "what this line does to a session is not known", Evidence: "not documented; taken as a session reset"}

// A lineTurn is a statement and what becomes of it.
type lineTurn struct {
	statement Statement
	turn      turn
}

// turns says what becomes of each statement of a difference. One that comes in the
// place of another is changed, and the other is not counted.
func turns(platform string, d Difference) []lineTurn {
	var out []lineTurn
	replaced := make(map[string]bool)
	stems := make(map[string]bool, len(d.Extra))
	for _, s := range d.Extra {
		stems[stemOf(platform, s)] = true
	}
	for _, s := range d.Missing {
		stem := stemOf(platform, s)
		if stems[stem] {
			replaced[stem] = true
			out = append(out, lineTurn{s, changed})
		} else {
			out = append(out, lineTurn{s, added})
		}
	}
	for _, s := range d.Extra {
		if !replaced[stemOf(platform, s)] {
			out = append(out, lineTurn{s, removed})
		}
	}
	return out
}

// wholeImpact is that of a neighbor, an interface or a definition that is wholly
// new or wholly gone.
func wholeImpact(platform string, d Difference) (Impact, bool) {
	is := func(s Statement) bool { return definesObject(platform, d.Object, s) }
	comes, goes := slices.ContainsFunc(d.Missing, is), slices.ContainsFunc(d.Extra, is)
	switch {
	case comes && len(d.Extra) == 0:
		if d.Object.Kind == Neighbor || d.Object.Kind == Group {
			return Impact{Class: RouteRefresh, Reason: "its own session comes up, and the others are sent its routes", Evidence: "a session that is not there cannot be reset (RFC 4271 §8)"}, true
		}
		if d.Object.Kind == BGP {
			return Impact{Class: NoImpact, Reason: "BGP begins, and its sessions come up", Evidence: "a session that is not there cannot be reset (RFC 4271 §8)"}, true
		}
		return Impact{Class: NoImpact, Reason: "it is new, and nothing uses it until another line says so", Evidence: "nothing refers to it yet"}, true
	case goes && len(d.Missing) == 0:
		switch d.Object.Kind {
		case Neighbor, Group:
			return Impact{Class: SessionReset, Reason: "the session ends", Evidence: "RFC 4271 §8.2.2: a session that is stopped by hand is ended with a notification"}, true
		case Interface:
			return Impact{Class: InterfaceBounce, Reason: "the interface goes, and all that runs over it", Evidence: "an interface that is not configured carries nothing"}, true
		}
	}
	return Impact{}, false
}

// definesObject reports whether a statement is the one without which its object
// is not there.
func definesObject(platform string, o Object, s Statement) bool {
	last := s.Path[len(s.Path)-1]
	if platform == Junos {
		at := func(words ...string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(s.Path, w) })
		}
		switch o.Kind {
		case Interface:
			return at("unit") && at("vlan-id", "vlan-tags") || strings.HasPrefix(o.Name, "st0.") && at("address")
		case Neighbor:
			return at("description") || last == s.Path[slices.Index(s.Path, "neighbor")+1]
		case Group:
			return at("type")
		}
		return false
	}
	switch o.Kind {
	case Neighbor:
		return strings.Contains(last, " remote-as ")
	case BGP:
		return len(s.Path) == 1 && strings.HasPrefix(last, "router bgp ")
	case BFDProfile:
		return strings.HasPrefix(last, "profile ")
	case Interface, VRF, IPsec, MACsec, QoS, FlowExport:
		return len(s.Path) == 1 && opensContext(0, last)
	}
	return false
}

// impactRuleOf returns the first rule that a change of a statement matches.
func impactRuleOf(platform string, s Statement, how turn) (impactRule, bool) {
	rules, words, outer := frrImpacts, strings.Fields(s.Path[len(s.Path)-1]), s.Path[0]
	switch platform {
	case IOSXE:
		rules = iosxeImpacts
	case Junos:
		rules, words = junosImpacts, s.Path
		outer = strings.Join(words[:min(2, len(words))], " ")
		if len(words) > 2 && words[0] == "routing-instances" && (words[2] == "protocols" || words[2] == "routing-options") {
			words = words[2:]
		}
		if len(words) > 6 && words[2] == "group" && words[4] == "neighbor" {
			words = slices.Concat(words[:4], words[6:])
		}
	}
	for _, r := range rules {
		if r.how&how == 0 || !strings.HasPrefix(outer, r.in) {
			continue
		}
		if _, ok := (lineRule{pattern: r.pattern}).match(words); ok {
			return r, true
		}
	}
	return impactRule{}, false
}

// unique keeps the first of equal commands.
func unique(commands []string) []string {
	var out []string
	for _, c := range commands {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}
