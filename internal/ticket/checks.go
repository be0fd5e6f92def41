package ticket

import (
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// A peer is a session with what a command needs to ask for it.
type peer struct {
	*plan.Session
	VRF plan.Name
	of  string // er-lon.primary, s2s.a; empty: a customer's
}

// peersOf lists the eBGP sessions of a router that are not shut down.
func peersOf(r *plan.Router) []peer {
	var out []peer
	add := func(s *plan.Session, vrf plan.Name, of string) {
		if !s.Shutdown {
			out = append(out, peer{s, vrf, of})
		}
	}
	for i := range r.Links {
		for j := range r.Links[i].Sessions {
			add(&r.Links[i].Sessions[j], r.Links[i].VRF, linkName(&r.Links[i]))
		}
	}
	for i := range r.Tunnels {
		add(&r.Tunnels[i].Session, r.Tunnels[i].VRF, r.Tunnels[i].Path+"."+r.Tunnels[i].Instance)
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			add(&r.VRFs[i].Customers[j].Session, r.VRFs[i].Name, "")
		}
	}
	return out
}

func sessionsOf(r *plan.Router) iter.Seq[*plan.Session] {
	return func(yield func(*plan.Session) bool) {
		for _, p := range peersOf(r) {
			if !yield(p.Session) {
				return
			}
		}
	}
}

// preChecks are the checks of a router before anything is typed.
func preChecks(r *plan.Router) []Check {
	out := pending(r.Platform)
	for _, p := range peersOf(r) {
		if command := neighborCommand(r.Platform, p); !slices.ContainsFunc(out, func(c Check) bool { return c.Command == command }) {
			out = append(out, Check{Command: command, Expect: []string{"Note the state and the number of prefixes, or that there is no such neighbor yet."}, Why: "what is up now has to be up afterwards"})
		}
	}
	for i := range r.IBGP {
		if b := &r.IBGP[i]; b.Import != "" {
			s := peer{Session: &plan.Session{Family: b.Family, Neighbor: b.Neighbor}}
			out = append(out, Check{Command: neighborCommand(r.Platform, s), Expect: []string{"Note the state, or that there is no such neighbor yet."}, Why: "iBGP with " + b.Peer})
		}
	}
	for i := range r.Origins {
		if o := &r.Origins[i]; o.How == plan.Anchor {
			out = append(out, Check{Command: insideCommand(r.Platform, o), Expect: []string{fmt.Sprintf("A route inside of `%s`, or to it, that is no discard: of the LAN, or where tunnels end on loopbacks, those.", o.Prefix)}, Why: "the anchor announces the prefix without one, too, and drops what comes for the rest"})
		}
	}
	return out
}

// pending are the commands that show work of others that is not finished.
func pending(p plan.Platform) []Check {
	switch p {
	case plan.IOSXE:
		return []Check{
			{Command: "show archive config rollback timer", Expect: []string{"No rollback is pending."}, Why: "a rollback that somebody else has armed would undo this change"},
			{Command: "show running-config | section ^archive", Expect: []string{"It has a local `path`."}, Why: "without it the router cannot go back by itself"},
		}
	case plan.Junos:
		return []Check{{Command: "show system commit", Expect: []string{"No `commit confirmed` waits for its confirmation."}, Why: "a rollback that somebody else has armed would undo this change"}}
	}
	return []Check{{Command: "show running-config", Expect: []string{"It is what `/etc/frr/frr.conf` holds; keep a copy."}, Why: "what was never saved is lost when the copy is restored"}}
}

// postChecks are the checks of a router when all commands were taken.
func postChecks(r *plan.Router) []Check {
	var out []Check
	for _, p := range peersOf(r) {
		out = append(out, sessionCheck(r.Platform, p))
		if p.Export != "" {
			out = append(out, Check{Command: advertisedCommand(r.Platform, p), Expect: []string{sentWords(r, p)}, Why: "what is announced decides what Azure sends here"})
		}
		if p.BFD.On() {
			out = append(out, Check{Command: bfdCommand(r.Platform, p), Expect: []string{
				fmt.Sprintf("`%s` is up.", p.Neighbor),
				fmt.Sprintf("Configured: %d ms × %d; the slower side decides.", p.BFD.Interval.Milliseconds(), p.BFD.Multiplier),
			}, Why: "without BFD a silent failure lasts for the hold time"})
		}
	}
	return out
}

// sentWords says what a neighbor is sent. An anchor is always there; what comes into
// BGP in another way may not be.
func sentWords(r *plan.Router, p peer) string {
	anchored := make(map[netip.Prefix]bool)
	for _, o := range r.Origins {
		anchored[o.Prefix] = o.How == plan.Anchor && o.VRF == p.VRF
	}
	for _, t := range policyOf(r, p.Export).Terms {
		l := listOf(r, t.Match)
		if t.Deny {
			continue
		}
		if t.Match == "" || l.OrLonger || slices.ContainsFunc(l.Entries, func(e plan.PrefixEntry) bool { return !anchored[e.Prefix] }) {
			return "At least one, and nothing but " + exportWords(r, p.Session)
		}
	}
	return "Exactly " + exportWords(r, p.Session)
}

func sessionCheck(platform plan.Platform, p peer) Check {
	expect := []string{
		fmt.Sprintf("Neighbor `%s`, AS `%s`: Established.", p.Neighbor, p.RemoteASN),
		fmt.Sprintf("Hold time `%s` or less, as both sides agreed when the session came up last.", seconds(p.Timers.Hold)),
	}
	if p.MaxPrefixes.Count > 0 {
		expect = append(expect, fmt.Sprintf("More than 0 prefixes received, and fewer than `%d`.", p.MaxPrefixes.Count))
	}
	why := "a customer's session"
	if p.of != "" {
		why = "session of " + p.of
	}
	return Check{Command: neighborCommand(platform, p), Expect: expect, Why: why}
}

// The commands are those that vendors document; those of FRR are typed on a
// real daemon by a test.

func neighborCommand(platform plan.Platform, p peer) string {
	switch platform {
	case plan.IOSXE:
		return fmt.Sprintf("show bgp %s neighbors %s", iosxeTable(p), p.Neighbor)
	case plan.Junos:
		return strings.Join(strings.Fields(fmt.Sprintf("show bgp neighbor %s %s", instanceOf(p), p.Neighbor)), " ")
	}
	return strings.Join(strings.Fields(fmt.Sprintf("show bgp %s neighbors %s", vrfOf(p), p.Neighbor)), " ")
}

func advertisedCommand(platform plan.Platform, p peer) string {
	switch platform {
	case plan.IOSXE:
		return neighborCommand(platform, p) + " advertised-routes"
	case plan.Junos:
		return fmt.Sprintf("show route advertising-protocol bgp %s", p.Neighbor)
	}
	return strings.Join(strings.Fields(fmt.Sprintf("show bgp %s %s unicast neighbors %s advertised-routes", vrfOf(p), p.Family, p.Neighbor)), " ")
}

func bfdCommand(platform plan.Platform, p peer) string {
	switch platform {
	case plan.IOSXE:
		return "show bfd neighbors details"
	case plan.Junos:
		return fmt.Sprintf("show bfd session address %s extensive", p.Neighbor)
	}
	return strings.Join(strings.Fields(fmt.Sprintf("show bfd %s peer %s", vrfOf(p), p.Neighbor)), " ")
}

func iosxeTable(p peer) string {
	if p.VRF == "" {
		return p.Family.String() + " unicast"
	}
	return map[plan.Family]string{plan.IPv4: "vpnv4", plan.IPv6: "vpnv6"}[p.Family] + " unicast vrf " + p.VRF
}

func instanceOf(p peer) string {
	if p.VRF == "" {
		return ""
	}
	return "exact-instance " + p.VRF
}

func vrfOf(p peer) string {
	if p.VRF == "" {
		return ""
	}
	return "vrf " + p.VRF
}

// insideCommand lists the routes inside of a prefix.
func insideCommand(platform plan.Platform, o *plan.Origination) string {
	prefix, family := o.Prefix.String(), "ip"
	if o.Prefix.Addr().Is6() {
		family = "ipv6"
	}
	switch {
	case platform == plan.Junos:
		return strings.Join(strings.Fields("show route "+prefix+" "+tableOf(o)), " ")
	case platform == plan.IOSXE && o.Prefix.Addr().Is4():
		prefix = o.Prefix.Addr().String() + " " + confdiff.IPv4Mask(o.Prefix.Bits())
	}
	return strings.Join(strings.Fields("show "+family+" route "+vrfOf(peer{VRF: o.VRF})+" "+prefix+" longer-prefixes"), " ")
}

// tableOf is the routing table of a prefix on Junos.
func tableOf(o *plan.Origination) string {
	if o.VRF == "" {
		return ""
	}
	table := "inet.0"
	if o.Prefix.Addr().Is6() {
		table = "inet6.0"
	}
	return "table " + o.VRF + "." + table
}

func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "`" + w + "`"
	}
	return strings.Join(out, ", ")
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
