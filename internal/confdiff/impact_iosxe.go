package confdiff

import (
	"slices"
	"strings"
)

// Who says so, on IOS-XE.
const (
	iosxePolicy   = "Cisco, BGP configuration guide, Managing Routing Policy Changes: a new inbound policy takes a soft reset"
	iosxeOutbound = "Cisco, BGP configuration guide, BGP Dynamic Update Peer-Groups: a changed outbound policy is sent by itself, a minute later"
	iosxeTimers   = "Cisco, BGP configuration guide, Managing Routing Policy Changes: a changed timer takes a reset of the connection"
	iosxePassword = "Cisco, BGP command reference, neighbor password: the session lasts until its hold time ends, unless the other end changes the key, too"
	iosxeReset    = "not documented; taken as a session reset"
	iosxeBounce   = "not documented; taken as an interface bounce"
	iosxeRefresh  = "not documented; taken as a route refresh"
	iosxeText     = "nothing that a neighbor is told or a packet meets"
	bfdPoll       = "RFC 5880 §6.8.3: intervals are agreed anew while the session is up"
)

// iosxeImpacts is what changes of lines do on IOS-XE. The first rule that matches
// holds.
var iosxeImpacts = []impactRule{
	{pattern: "description …", how: anyTurn, Impact: Impact{NoImpact, "a description is for people", iosxeText, nil}},
	{pattern: "neighbor * description …", how: anyTurn, Impact: Impact{NoImpact, "a description is for people", iosxeText, nil}},

	{in: "router bgp ", pattern: "neighbor * remote-as …", how: anyTurn, Impact: Impact{SessionReset, "the session is with another AS", iosxeReset, nil}},
	{in: "router bgp ", pattern: "neighbor * password …", how: anyTurn, Impact: Impact{SessionReset, "both ends need the same key within the hold time, or the session ends", iosxePassword, nil}},
	{in: "router bgp ", pattern: "neighbor * timers …", how: anyTurn, Impact: Impact{NextReset, "the hold time is agreed when a session opens", iosxeTimers, nil}},
	{in: "router bgp ", pattern: "neighbor * shutdown", how: added, Impact: Impact{SessionReset, "the session is shut down", "Cisco, BGP command reference, neighbor shutdown", nil}},
	{in: "router bgp ", pattern: "neighbor * shutdown", how: notAdded, Impact: Impact{RouteRefresh, "the session comes up: see first why it was shut down", "Cisco, BGP command reference, neighbor shutdown", nil}},
	{in: "router bgp ", pattern: "neighbor * fall-over bfd …", how: anyTurn, Impact: Impact{SessionReset, "BFD begins or ceases to guard the session", iosxeReset, nil}},
	{in: "router bgp ", pattern: "neighbor * update-source …", how: anyTurn, Impact: Impact{SessionReset, "the session is between other addresses", iosxeReset, nil}},
	{in: "router bgp ", pattern: "neighbor * ebgp-multihop …", how: anyTurn, Impact: Impact{SessionReset, "the session's packets live longer or shorter", iosxeReset, nil}},
	{in: "router bgp ", pattern: "neighbor * transport …", how: anyTurn, Impact: Impact{SessionReset, "the session is opened in another way", iosxeReset, nil}},
	{in: "router bgp ", pattern: "neighbor * activate", how: anyTurn, Impact: Impact{SessionReset, "address families are agreed when a session opens", "RFC 4760 §8: families are capabilities of the opening message", nil}},
	{in: "router bgp ", pattern: "neighbor * send-community …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are sent with or without their communities", iosxeOutbound, nil}},
	{in: "router bgp ", pattern: "neighbor * next-hop-self …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are sent with another next hop", iosxeOutbound, nil}},
	{in: "router bgp ", pattern: "neighbor * maximum-prefix _ _ warning-only", how: anyTurn, Impact: Impact{NoImpact, "the limit only warns", "Cisco, BGP command reference, neighbor maximum-prefix: with warning-only no session ends", nil}},
	{in: "router bgp ", pattern: "neighbor * maximum-prefix …", how: anyTurn, Impact: Impact{SessionReset, "a limit below what has come already ends the session", "Cisco, BGP command reference, neighbor maximum-prefix; for a limit above that not documented, and taken as a session reset", nil}},
	{in: "router bgp ", pattern: "neighbor * route-map _ in", how: anyTurn, Impact: Impact{RouteRefresh, "the routes that come are judged by another policy, once they are asked for again", iosxePolicy, nil}, soft: "in"},
	{in: "router bgp ", pattern: "neighbor * route-map _ out", how: anyTurn, Impact: Impact{RouteRefresh, "the routes that go are judged by another policy", iosxeOutbound, nil}},
	{in: "router bgp ", pattern: "network …", how: anyTurn, Impact: Impact{RouteRefresh, "a prefix is announced, withdrawn or announced in another way", iosxeRefresh, nil}},
	{in: "router bgp ", pattern: "redistribute …", how: anyTurn, Impact: Impact{RouteRefresh, "other routes are announced", iosxeRefresh, nil}},
	{in: "router bgp ", pattern: "maximum-paths …", how: anyTurn, Impact: Impact{RouteRefresh, "the best paths are chosen again", iosxeRefresh, nil}},
	{in: "router bgp ", pattern: "bgp nexthop route-map …", how: anyTurn, Impact: Impact{RouteRefresh, "next hops are resolved again", iosxeRefresh, nil}},
	{in: "router bgp ", pattern: "bgp router-id …", how: anyTurn, Impact: Impact{SessionReset, "a session is between two router IDs, which both ends say when it opens", iosxeReset, nil}},
	{in: "router bgp ", pattern: "bgp log-neighbor-changes", how: anyTurn, Impact: Impact{NoImpact, "sessions are logged, or not", iosxeText, nil}},
	{in: "router bgp ", pattern: "no bgp default ipv4-unicast", how: anyTurn, Impact: Impact{SessionReset, "IPv4 ceases or begins for neighbors that are not activated by a line of their own", iosxeReset, nil}},
	{in: "router bgp ", pattern: "address-family …", how: notGone, Impact: Impact{NoImpact, "a family is empty until a neighbor is activated in it", iosxeText, nil}},
	{in: "router bgp ", pattern: "address-family …", how: removed, Impact: Impact{SessionReset, "its neighbors lose the family", iosxeReset, nil}},
	{pattern: "router bgp …", how: added, Impact: Impact{NoImpact, "BGP begins, and its sessions come up", "a session that is not there cannot be reset (RFC 4271 §8)", nil}},
	{pattern: "router bgp …", how: notAdded, Impact: Impact{SessionReset, "BGP ends, and all of its sessions", iosxeReset, nil}},

	{in: "ip prefix-list ", pattern: "ip prefix-list …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by other prefixes: those that go a minute later, those that come once they are asked for again", iosxePolicy, nil}, soft: "in"},
	{in: "ipv6 prefix-list ", pattern: "ipv6 prefix-list …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by other prefixes: those that go a minute later, those that come once they are asked for again", iosxePolicy, nil}, soft: "in"},
	{pattern: "ip community-list …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by other communities, once they are asked for again", iosxePolicy, nil}, soft: "in"},
	{pattern: "ip bgp-community new-format", how: anyTurn, Impact: Impact{NoImpact, "communities are printed in another way", iosxeText, nil}},
	{in: "route-map ", pattern: "…", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by another policy", iosxePolicy, nil}, soft: "in"},
	{pattern: "ip route …", how: anyTurn, Impact: Impact{RouteRefresh, "a route comes, goes or changes, and what is announced for it", iosxeRefresh, nil}},
	{pattern: "ipv6 route …", how: anyTurn, Impact: Impact{RouteRefresh, "a route comes, goes or changes, and what is announced for it", iosxeRefresh, nil}},
	{pattern: "ipv6 unicast-routing", how: notGone, Impact: Impact{NoImpact, "IPv6 begins", iosxeText, nil}},
	{pattern: "ipv6 unicast-routing", how: removed, Impact: Impact{InterfaceBounce, "the router forwards no IPv6 any more", iosxeBounce, nil}},

	{in: "interface Loopback", pattern: "ip address …", how: notAdded, Impact: Impact{SessionReset, "sessions from this address end", iosxeReset, nil}},
	{in: "interface Loopback", pattern: "ipv6 address …", how: notAdded, Impact: Impact{SessionReset, "sessions from this address end", iosxeReset, nil}},
	{in: "interface ", pattern: "ip address …", how: added, Impact: Impact{NoImpact, "the interface gets an address", iosxeText, nil}},
	{in: "interface ", pattern: "ip address …", how: notAdded, Impact: Impact{InterfaceBounce, "the other end does not know the new address, and sessions from the old one end", iosxeBounce, nil}},
	{in: "interface ", pattern: "ipv6 address …", how: added, Impact: Impact{NoImpact, "the interface gets an address", iosxeText, nil}},
	{in: "interface ", pattern: "ipv6 address …", how: notAdded, Impact: Impact{InterfaceBounce, "the other end does not know the new address, and sessions from the old one end", iosxeBounce, nil}},
	{in: "interface ", pattern: "no ip address", how: anyTurn, Impact: Impact{NoImpact, "the port itself has no address", iosxeText, nil}},
	{in: "interface ", pattern: "ip unnumbered …", how: anyTurn, Impact: Impact{InterfaceBounce, "the interface has another address", iosxeBounce, nil}},
	{in: "interface ", pattern: "encapsulation …", how: anyTurn, Impact: Impact{InterfaceBounce, "frames carry other tags, which the other end does not take", iosxeBounce, nil}},
	{in: "interface ", pattern: "vrf forwarding …", how: anyTurn, Impact: Impact{InterfaceBounce, "the interface loses its addresses and gets them again in another VRF", "Cisco, MPLS command reference, vrf forwarding: addresses of the interface go with it", nil}},
	{in: "interface ", pattern: "ip mtu …", how: anyTurn, Impact: Impact{InterfaceBounce, "packets of another size pass", iosxeBounce, nil}},
	{in: "interface ", pattern: "ipv6 mtu …", how: anyTurn, Impact: Impact{InterfaceBounce, "packets of another size pass", iosxeBounce, nil}},
	{in: "interface ", pattern: "ip tcp adjust-mss …", how: anyTurn, Impact: Impact{NoImpact, "TCP connections that open from now on use another segment size", "Cisco, IP application services command reference, ip tcp adjust-mss: it works on opening segments", nil}},
	{in: "interface ", pattern: "bfd interval …", how: changed, Impact: Impact{NoImpact, "BFD agrees on other intervals", bfdPoll, nil}},
	{in: "interface ", pattern: "bfd interval …", how: notSwapped, Impact: Impact{SessionReset, "BFD begins or ends on the interface", iosxeReset, nil}},
	{in: "interface ", pattern: "no bfd echo", how: anyTurn, Impact: Impact{SessionReset, "BFD works without its echo, or with it", iosxeReset, nil}},
	{in: "interface ", pattern: "no ip redirects", how: anyTurn, Impact: Impact{NoImpact, "no redirects are sent, or some", iosxeText, nil}},
	{in: "interface ", pattern: "no ip proxy-arp", how: anyTurn, Impact: Impact{NoImpact, "ARP is answered for this router alone, or for others", "not documented; taken as none: both ends of a link ask for each other only", nil}},
	{in: "interface ", pattern: "ip flow …", how: anyTurn, Impact: Impact{NoImpact, "packets are counted, or not", iosxeText, nil}},
	{in: "interface ", pattern: "ipv6 flow …", how: anyTurn, Impact: Impact{NoImpact, "packets are counted, or not", iosxeText, nil}},
	{in: "interface ", pattern: "service-policy …", how: anyTurn, Impact: Impact{NoImpact, "packets are marked in another way", "not documented; taken as none: the policy marks packets and drops none", nil}},
	{in: "interface ", pattern: "tunnel …", how: anyTurn, Impact: Impact{InterfaceBounce, "the tunnel is taken down and set up anew", iosxeBounce, nil}},
	{in: "interface ", pattern: "macsec …", how: anyTurn, Impact: Impact{InterfaceBounce, "the link is encrypted anew, and both ends have to do it", iosxeBounce, nil}},
	{in: "interface ", pattern: "mka …", how: anyTurn, Impact: Impact{InterfaceBounce, "the link is encrypted anew, and both ends have to do it", iosxeBounce, nil}},
	{in: "interface ", pattern: "interface …", how: notGone, Impact: Impact{NoImpact, "nothing runs over the interface yet", iosxeText, nil}},
	{in: "interface ", pattern: "interface …", how: removed, Impact: Impact{InterfaceBounce, "the interface goes, and all that runs over it", iosxeBounce, nil}},

	{in: "key chain ", pattern: "…", how: anyTurn, Impact: Impact{InterfaceBounce, "the link is encrypted with another key", iosxeBounce, nil}},
	{in: "mka policy ", pattern: "…", how: anyTurn, Impact: Impact{InterfaceBounce, "the link is encrypted in another way", iosxeBounce, nil}},
	{in: "crypto ", pattern: "…", how: anyTurn, Impact: Impact{InterfaceBounce, "the tunnel is set up anew with other terms or keys", iosxeBounce, nil}},
	{in: "vrf definition ", pattern: "route-target …", how: anyTurn, Impact: Impact{RouteRefresh, "other routes come into the VRF, or leave it", iosxeRefresh, nil}},
	{in: "vrf definition ", pattern: "vrf …", how: notGone, Impact: Impact{NoImpact, "a VRF without interfaces carries nothing", iosxeText, nil}},
	{in: "vrf definition ", pattern: "address-family …", how: notGone, Impact: Impact{NoImpact, "a family is empty until an interface has an address in it", iosxeText, nil}},
	{in: "vrf definition ", pattern: "rd …", how: added, Impact: Impact{NoImpact, "routes of the VRF get a name of their own", iosxeText, nil}},
	{in: "vrf definition ", pattern: "…", how: anyTurn, Impact: Impact{InterfaceBounce, "the VRF, or a family of it, is made anew, and its interfaces lose their addresses", iosxeBounce, nil}},
	{in: "class-map ", pattern: "…", how: anyTurn, Impact: Impact{NoImpact, "packets are marked in another way", "not documented; taken as none: the policy marks packets and drops none", nil}},
	{in: "policy-map ", pattern: "…", how: anyTurn, Impact: Impact{NoImpact, "packets are marked in another way", "not documented; taken as none: the policy marks packets and drops none", nil}},
	{in: "flow ", pattern: "…", how: anyTurn, Impact: Impact{NoImpact, "flows are exported in another way", iosxeText, nil}},
	{pattern: "snmp ifmib ifindex persist", how: anyTurn, Impact: Impact{NoImpact, "the numbers of interfaces in exported flows survive a restart, or not", iosxeText, nil}},
	{in: "sampler ", pattern: "…", how: anyTurn, Impact: Impact{NoImpact, "flows are exported in another way", iosxeText, nil}},
}

// softCommands are the commands of IOS-XE that have the routes of a neighbor judged
// anew. For a neighbor in a VRF there are none, because no page of Cisco's that was
// read has their form.
func softCommands(platform string, o Object, direction string) []string {
	if platform != IOSXE || direction == "" || o.Kind != Neighbor || strings.Contains(o.Name, " ") {
		return nil
	}
	if strings.Contains(o.Name, ":") {
		return []string{"clear bgp ipv6 unicast " + o.Name + " soft " + direction}
	}
	return []string{"clear ip bgp " + o.Name + " soft " + direction}
}

// softly gives the change of a policy or a list on IOS-XE the commands for the
// neighbors whose inbound policy uses it: those that are there already, for a new
// one is judged by it anyway. Outbound policies the router uses by itself.
func (c *comparison) softly(o Object, impact *Impact) {
	if c.platform != IOSXE || o.Kind != PrefixList && o.Kind != RouteMap && o.Kind != CommunityList {
		return
	}
	maps := map[string]bool{o.Name: o.Kind == RouteMap}
	for of, all := range c.want.of {
		uses := func(s Statement) bool { return strings.HasSuffix(s.Path[len(s.Path)-1], " "+o.Name) }
		if of.Kind == RouteMap && o.Kind != RouteMap && slices.ContainsFunc(all, uses) {
			maps[of.Name] = true
		}
	}
	impact.Then = nil
	inVRF := false
	for _, n := range c.want.objects {
		if n.Kind != Neighbor || c.have.of[n] == nil {
			continue
		}
		for _, s := range c.want.of[n] {
			words := strings.Fields(s.Path[len(s.Path)-1])
			if len(words) == 5 && words[2] == "route-map" && words[4] == "in" && maps[words[3]] {
				inVRF = inVRF || strings.Contains(n.Name, " ")
				impact.Then = unique(append(impact.Then, softCommands(IOSXE, n, "in")...))
			}
		}
	}
	switch {
	case inVRF:
		impact.Reason += "; have the neighbors in the VRF send their routes again (soft, inbound)"
	case len(impact.Then) == 0:
		impact.Evidence = iosxeOutbound
	}
}
