package confdiff

// Who says so, on FRR.
const (
	frrMeasured = "measured on FRR 8.4.4"
	frrSwitched = frrMeasured + "; a family that is added or taken from a session in use ends it"
	frrTaken    = "not measured; taken as a route refresh"
	frrUnused   = frrMeasured + " where no session has this address; where one has, taken as a session reset"
)

// frrImpacts is what changes of lines do on FRR. The first rule that matches
// holds. TestImpactLive measures them.
var frrImpacts = []impactRule{
	{pattern: "description …", how: anyTurn, Impact: Impact{NoImpact, "a description is for people", frrMeasured, nil}},

	{in: "router bgp ", pattern: "neighbor * description …", how: anyTurn, Impact: Impact{NoImpact, "a description is for people", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * remote-as …", how: anyTurn, Impact: Impact{SessionReset, "the session is with another AS", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * password …", how: anyTurn, Impact: Impact{SessionReset, "the session is opened anew with the key, and needs the same one at the other end", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * timers connect …", how: anyTurn, Impact: Impact{NoImpact, "only a session that is down waits this long", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * timers …", how: anyTurn, Impact: Impact{NextReset, "the hold time is agreed when a session opens", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * shutdown …", how: added, Impact: Impact{SessionReset, "the session is shut down", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * shutdown …", how: notAdded, Impact: Impact{RouteRefresh, "the session comes up: see first why it was shut down", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * bfd profile …", how: anyTurn, Impact: Impact{NoImpact, "BFD agrees on other intervals", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * bfd", how: added, Impact: Impact{NoImpact, "BFD begins to guard the session beside it", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * bfd", how: notAdded, Impact: Impact{SessionReset, "BFD ends, and the session with it", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * update-source …", how: anyTurn, Impact: Impact{SessionReset, "the session is opened anew from the address, even from the one that it has already", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * ebgp-multihop …", how: anyTurn, Impact: Impact{SessionReset, "the session's packets live longer or shorter", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * passive", how: anyTurn, Impact: Impact{SessionReset, "another end opens the session", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * activate", how: anyTurn, Impact: Impact{SessionReset, "address families are agreed when a session opens", frrSwitched, nil}},
	{in: "router bgp ", pattern: "neighbor * next-hop-self …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are sent with another next hop", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * maximum-prefix _ _ warning-only", how: anyTurn, Impact: Impact{NoImpact, "the limit only warns", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * maximum-prefix …", how: notGone, Impact: Impact{SessionReset, "a limit below what has come already ends the session, until it is cleared by hand", frrMeasured + " with such a limit", nil}},
	{in: "router bgp ", pattern: "neighbor * maximum-prefix …", how: removed, Impact: Impact{NoImpact, "nothing is counted any more", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * route-map _ in", how: anyTurn, Impact: Impact{RouteRefresh, "the routes that come are judged by another policy", frrMeasured, nil}},
	{in: "router bgp ", pattern: "neighbor * route-map _ out", how: anyTurn, Impact: Impact{RouteRefresh, "the routes that go are judged by another policy", frrMeasured, nil}},
	{in: "router bgp ", pattern: "network …", how: anyTurn, Impact: Impact{RouteRefresh, "a prefix is announced or withdrawn", frrMeasured, nil}},
	{in: "router bgp ", pattern: "redistribute …", how: anyTurn, Impact: Impact{RouteRefresh, "other routes are announced", frrMeasured, nil}},
	{in: "router bgp ", pattern: "maximum-paths …", how: anyTurn, Impact: Impact{RouteRefresh, "the best paths are chosen again", frrMeasured, nil}},
	{in: "router bgp ", pattern: "bgp router-id …", how: anyTurn, Impact: Impact{SessionReset, "a session is between two router IDs, which both ends say when it opens", frrMeasured, nil}},
	{in: "router bgp ", pattern: "bgp log-neighbor-changes", how: anyTurn, Impact: Impact{NoImpact, "sessions are logged, or not", frrMeasured, nil}},
	{in: "router bgp ", pattern: "no bgp default ipv4-unicast", how: anyTurn, Impact: Impact{NoImpact, "it is for neighbors that are made from now on", frrMeasured, nil}},
	{in: "router bgp ", pattern: "rd vpn export …", how: anyTurn, Impact: Impact{RouteRefresh, "the VRF's routes get other names", frrTaken, nil}},
	{in: "router bgp ", pattern: "rt vpn …", how: anyTurn, Impact: Impact{RouteRefresh, "other routes come into the VRF, or leave it", frrTaken, nil}},
	{in: "router bgp ", pattern: "export vpn", how: anyTurn, Impact: Impact{RouteRefresh, "the VRF's routes leave it, or stay", frrTaken, nil}},
	{in: "router bgp ", pattern: "import vpn", how: anyTurn, Impact: Impact{RouteRefresh, "routes come into the VRF, or stay away", frrTaken, nil}},
	{in: "router bgp ", pattern: "label vpn export …", how: anyTurn, Impact: Impact{RouteRefresh, "the VRF's routes are sent with another label", frrTaken, nil}},
	{in: "router bgp ", pattern: "address-family …", how: anyTurn, Impact: Impact{NoImpact, "a family is empty until a neighbor is activated in it", frrMeasured, nil}},
	{pattern: "router bgp …", how: added, Impact: Impact{NoImpact, "BGP begins, and its sessions come up", "a session that is not there cannot be reset (RFC 4271 §8)", nil}},
	{pattern: "router bgp …", how: notAdded, Impact: Impact{SessionReset, "BGP ends, and all of its sessions", "not measured; taken as a session reset", nil}},

	{pattern: "ip prefix-list …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by other prefixes", frrMeasured, nil}},
	{pattern: "ipv6 prefix-list …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by other prefixes", frrMeasured + " with an IPv4 list", nil}},
	{pattern: "bgp community-list …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by other communities", frrMeasured, nil}},
	{in: "route-map ", pattern: "…", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by another policy", frrMeasured, nil}},
	{pattern: "ip route …", how: anyTurn, Impact: Impact{RouteRefresh, "a route comes, goes or changes, and what is announced for it", frrMeasured, nil}},
	{pattern: "ipv6 route …", how: anyTurn, Impact: Impact{RouteRefresh, "a route comes, goes or changes, and what is announced for it", frrMeasured + " with an IPv4 route", nil}},

	{in: "interface lo", pattern: "ip address …", how: notAdded, Impact: Impact{SessionReset, "sessions from this address end", frrUnused, nil}},
	{in: "interface lo", pattern: "ipv6 address …", how: notAdded, Impact: Impact{SessionReset, "sessions from this address end", frrUnused, nil}},
	{in: "interface ", pattern: "ip address …", how: added, Impact: Impact{NoImpact, "the interface gets an address", frrMeasured, nil}},
	{in: "interface ", pattern: "ipv6 address …", how: added, Impact: Impact{NoImpact, "the interface gets an address", frrMeasured, nil}},
	{in: "interface ", pattern: "ip address …", how: notAdded, Impact: Impact{InterfaceBounce, "the other end does not know the new address, and sessions from the old one end", frrMeasured, nil}},
	{in: "interface ", pattern: "ipv6 address …", how: notAdded, Impact: Impact{InterfaceBounce, "the other end does not know the new address, and sessions from the old one end", frrMeasured + " with IPv4", nil}},
	{pattern: "interface …", how: anyTurn, Impact: Impact{NoImpact, "the device itself is the kernel's", "the line holds no value", nil}},

	{in: "vrf ", pattern: "vrf *", how: anyTurn, Impact: Impact{NoImpact, "the VRF itself is the kernel's", "the line holds no value", nil}},

	{in: "bfd", pattern: "bfd", how: anyTurn, Impact: Impact{NoImpact, "the block itself holds no value", "the line holds no value", nil}},
	{in: "bfd", pattern: "…", how: anyTurn, Impact: Impact{NoImpact, "BFD agrees on other intervals", frrMeasured, nil}},

	{pattern: "no zebra nexthop kernel enable", how: anyTurn, Impact: Impact{NoImpact, "routes that come from now on are installed in another way", frrMeasured + ": no session drops", nil}},
	{pattern: "frr …", how: anyTurn, Impact: Impact{NoImpact, "it is about the box, not about BGP", "no command of ercfg touches it", nil}},
	{pattern: "hostname …", how: anyTurn, Impact: Impact{NoImpact, "it is about the box, not about BGP", "no command of ercfg touches it", nil}},
	{pattern: "log …", how: anyTurn, Impact: Impact{NoImpact, "it is about the box, not about BGP", "no command of ercfg touches it", nil}},
	{pattern: "service …", how: anyTurn, Impact: Impact{NoImpact, "it is about the box, not about BGP", "no command of ercfg touches it", nil}},
}
