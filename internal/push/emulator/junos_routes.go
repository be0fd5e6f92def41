package emulator

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// active reports whether a route is the one that its table has as active. Of several
// that share the load it is one; the others contribute (BGP User Guide, "Understanding
// BGP Multipath").
func (v junosView) active(of LiveSession, r LiveRoute) bool {
	if !r.Best {
		return false
	}
	for _, s := range v.sessions {
		for _, o := range s.Routes {
			if s.VRF == of.VRF && o.Prefix == r.Prefix && o.Best && s.Neighbor.Less(of.Neighbor) {
				return false
			}
		}
	}
	return true
}

// shared reports whether a route is one of several that are used at once.
func (v junosView) shared(of LiveSession, r LiveRoute) bool {
	n := 0
	for _, s := range v.sessions {
		for _, o := range s.Routes {
			if s.VRF == of.VRF && o.Prefix == r.Prefix && o.Best {
				n++
			}
		}
	}
	return r.Best && n > 1
}

// A junosQuery is which routes are asked for.
type junosQuery struct {
	addr, table string
	detail      bool
}

// routes answers show route receive-protocol bgp, show route advertising-protocol bgp,
// and show route protocol bgp source-gateway (CLI Reference). What the import policy
// rejects is hidden, and not shown without that word.
func (v junosView) routes(how string, arguments []string) (text, fault string) {
	if len(arguments) < 2 || arguments[0] != "bgp" {
		return "", how
	}
	arguments = arguments[1:]
	if how == "protocol" {
		if arguments[0] != "source-gateway" || len(arguments) < 2 {
			return "", arguments[0]
		}
		arguments = arguments[1:]
	}
	q := junosQuery{addr: arguments[0]}
	if _, err := netip.ParseAddr(q.addr); err != nil {
		return "", q.addr
	}
	for i := 1; i < len(arguments); i++ {
		switch arguments[i] {
		case "detail", "extensive":
			q.detail = true
		case "table":
			if i++; i == len(arguments) {
				return "", "table"
			}
			q.table = arguments[i]
		default:
			return "", arguments[i]
		}
	}
	return v.tables(how, q), ""
}

// junosInside answers show route table T PREFIX active-path: without exact it lists what is
// inside of the prefix, too (CLI Reference, show route). It knows what is in inet.0 and
// inet6.0 by OSPF alone.
func junosInside(table []netip.Prefix, arguments []string) (text, fault string) {
	if len(arguments) != 3 || arguments[2] != "active-path" {
		return "", "table"
	}
	within, err := netip.ParsePrefix(arguments[1])
	if err != nil {
		return "", arguments[1]
	}
	root := junosElement("xmlns", junosXML+"junos-routing")
	inside := junosElement().leaf("table-name", arguments[0])
	for _, p := range table {
		if arguments[0] != junosTable("", within.Addr().Is4()) || p.Bits() < within.Bits() || !within.Contains(p.Addr()) {
			continue
		}
		hop := junosElement().leaf("selected-next-hop", "").leaf("to", "192.0.2.1").leaf("via", "ge-0/0/7.0")
		entry := junosElement().leaf("active-tag", "*").leaf("current-active", "").leaf("protocol-name", "OSPF").leaf("preference", 10).child("nh", hop)
		inside.child("rt", junosElement("junos:style", "brief").leaf("rt-destination", p).child("rt-entry", entry))
	}
	return root.child("route-table", inside).json("route-information"), ""
}

// tables lists the tables that are asked for, those without a route of the neighbor
// too, by their counts.
func (v junosView) tables(how string, q junosQuery) string {
	root := junosElement("xmlns", junosXML+"junos-routing")
	names := []string{"inet.0", "inet6.0"}
	for _, s := range v.sessions {
		if name := junosTable(s.VRF, s.Neighbor.Is4()); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if q.table != "" && q.table != name {
			continue
		}
		table := junosObject{"comment": "keepalive"}
		seen := make(map[netip.Prefix]bool)
		routes := 0
		for _, s := range v.sessions {
			if junosTable(s.VRF, s.Neighbor.Is4()) != name {
				continue
			}
			for _, r := range s.Routes {
				seen[r.Prefix] = true
				routes++
			}
			if s.Neighbor.String() == q.addr {
				v.entries(table, how, q, s)
			}
		}
		table.leaf("table-name", name).leaf("destination-count", len(seen)).leaf("total-route-count", routes)
		table.leaf("active-route-count", len(seen)).leaf("holddown-route-count", 0).leaf("hidden-route-count", 0)
		root.child("route-table", table)
	}
	return root.json("route-information")
}

// entries are the routes of one session in a table.
func (v junosView) entries(table junosObject, how string, q junosQuery, s LiveSession) {
	if how == "advertising-protocol" {
		for _, prefix := range s.Sent {
			entry := junosElement().leaf("active-tag", "*").child("nh", junosElement().leaf("to", "Self")).leaf("as-path", "I")
			table.child("rt", v.entry(q, prefix, entry))
		}
		return
	}
	for _, r := range s.Routes {
		entry := junosElement().leaf("protocol-name", "BGP")
		if v.active(s, r) {
			entry.leaf("active-tag", "*")
		}
		// The preference is shown as the neighbor sent it, which only one of our own AS
		// does; what policy made of it is in the table.
		if how == "protocol" {
			entry.leaf("preference", 170).leaf("local-preference", r.LocalPreference)
		} else if s.AS == s.LocalAS {
			entry.leaf("local-preference", 100)
		}
		v.state(entry, how, q, s, r)
		path := strings.Trim(fmt.Sprint(r.ASPath), "[]") + " I"
		if q.detail {
			path = "AS path: " + path
		}
		entry.child("nh", junosElement().leaf("to", s.Neighbor)).leaf("as-path", path)
		table.child("rt", v.entry(q, r.Prefix, entry))
	}
}

// state are the flags of a route, which only a detailed answer has.
func (v junosView) state(entry junosObject, how string, q junosQuery, s LiveSession, r LiveRoute) {
	if !q.detail {
		return
	}
	flags, state := "Accepted", "Active Ext"
	switch {
	case v.active(s, r) && v.shared(s, r):
		flags = "Accepted Multipath"
	case v.shared(s, r):
		flags, state = "Accepted MultipathContrib", "NotBest Ext"
	case !r.Best:
		state = "Ext"
	}
	entry.leaf("bgp-rt-flag", flags)
	if how == "protocol" {
		entry.leaf("rt-entry-state", state).leaf("gateway", s.Neighbor)
	}
}

// entry is a destination; a detailed answer writes its length apart.
func (v junosView) entry(q junosQuery, prefix netip.Prefix, entry junosObject) junosObject {
	if q.detail {
		return junosElement("junos:style", "detail").leaf("rt-destination", prefix.Addr()).leaf("rt-prefix-length", prefix.Bits()).leaf("rt-entry-count", 1).child("rt-entry", entry)
	}
	return junosElement("junos:style", "brief").leaf("rt-destination", prefix).child("rt-entry", entry)
}
