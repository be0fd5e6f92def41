package confdiff

// Who says so, on Junos.
const (
	junosPeers   = "Juniper, BGP User Guide, BGP Session and Route Flaps: statements that affect peers reset the session"
	junosFamily  = "Juniper, BGP User Guide, BGP Session and Route Flaps: another address family resets the sessions"
	junosPolicy  = "Juniper, Routing Policies User Guide: a policy is used from the commit on; that sessions stay is not documented, and taken so"
	junosReset   = "not documented; taken as a session reset"
	junosBounce  = "not documented; taken as an interface bounce"
	junosRefresh = "not documented; taken as a route refresh"
	junosText    = "nothing that a neighbor is told or a packet meets"
)

// junosImpacts is what changes of statements do on Junos, at the commit. The first
// rule that matches holds. A statement of one neighbor counts as its group's.
var junosImpacts = []impactRule{
	{pattern: "interfaces * description …", how: anyTurn, Impact: Impact{NoImpact, "a description is for people", junosText, nil}},
	{pattern: "interfaces * unit * description …", how: anyTurn, Impact: Impact{NoImpact, "a description is for people", junosText, nil}},
	{pattern: "interfaces * unit * family * address …", how: added, Impact: Impact{NoImpact, "the interface gets an address", junosText, nil}},
	{in: "interfaces lo", pattern: "interfaces * unit * family * address …", how: notAdded, Impact: Impact{SessionReset, "sessions from this address end", junosReset, nil}},
	{pattern: "interfaces * unit * family * address …", how: notAdded, Impact: Impact{InterfaceBounce, "the other end does not know the new address, and sessions from the old one end", junosBounce, nil}},
	{pattern: "interfaces * unit * family * mtu _", how: anyTurn, Impact: Impact{InterfaceBounce, "packets of another size pass", junosBounce, nil}},
	{pattern: "interfaces * unit * family * sampling …", how: anyTurn, Impact: Impact{NoImpact, "flows are exported, or not", junosText, nil}},
	{pattern: "interfaces * unit * family * filter …", how: anyTurn, Impact: Impact{NoImpact, "packets are marked, or not", "not documented; taken as none: the filter marks packets and drops none", nil}},
	{pattern: "interfaces * unit * family *", how: notGone, Impact: Impact{NoImpact, "a family begins on the interface", junosText, nil}},
	{pattern: "interfaces * unit * family *", how: removed, Impact: Impact{InterfaceBounce, "a family ends on the interface", junosBounce, nil}},
	{pattern: "interfaces * unit * vlan-id _", how: anyTurn, Impact: Impact{InterfaceBounce, "frames carry other tags, which the other end does not take", junosBounce, nil}},
	{pattern: "interfaces * unit * vlan-tags …", how: anyTurn, Impact: Impact{InterfaceBounce, "frames carry other tags, which the other end does not take", junosBounce, nil}},
	{pattern: "interfaces * vlan-tagging", how: anyTurn, Impact: Impact{InterfaceBounce, "the whole port tags its frames in another way, with all of its units", junosBounce, nil}},
	{pattern: "interfaces * flexible-vlan-tagging", how: anyTurn, Impact: Impact{InterfaceBounce, "the whole port tags its frames in another way, with all of its units", junosBounce, nil}},

	{pattern: "policy-options …", how: anyTurn, Impact: Impact{RouteRefresh, "routes are judged by another policy", junosPolicy, nil}},

	{pattern: "protocols bgp group * description …", how: anyTurn, Impact: Impact{NoImpact, "a description is for people", junosText, nil}},
	{pattern: "protocols bgp group * shutdown", how: added, Impact: Impact{SessionReset, "the session is shut down", "Juniper, CLI Reference, shutdown (Protocols BGP)", nil}},
	{pattern: "protocols bgp group * shutdown", how: notAdded, Impact: Impact{RouteRefresh, "the session comes up: see first why it was shut down", "Juniper, CLI Reference, shutdown (Protocols BGP)", nil}},
	{pattern: "protocols bgp group * import _", how: anyTurn, Impact: Impact{RouteRefresh, "the routes that come are judged by another policy", junosPolicy, nil}},
	{pattern: "protocols bgp group * export _", how: anyTurn, Impact: Impact{RouteRefresh, "the routes that go are judged by another policy", junosPolicy, nil}},
	{pattern: "protocols bgp group * neighbor *", how: added, Impact: Impact{RouteRefresh, "its own session comes up, and the others are sent its routes", "a session that is not there cannot be reset (RFC 4271 §8)", nil}},
	{pattern: "protocols bgp group * neighbor *", how: notAdded, Impact: Impact{SessionReset, "the session ends", junosPeers, nil}},
	{pattern: "protocols bgp group * multihop …", how: anyTurn, Impact: Impact{SessionReset, "the session's packets live longer or shorter", junosPeers, nil}},
	{pattern: "protocols bgp group * passive", how: anyTurn, Impact: Impact{SessionReset, "another end opens the session", junosPeers, nil}},
	{pattern: "protocols bgp group * type _", how: anyTurn, Impact: Impact{SessionReset, "the group's sessions are of another type", junosPeers, nil}},
	{pattern: "protocols bgp group * peer-as _", how: anyTurn, Impact: Impact{SessionReset, "the group's sessions are with another AS", junosPeers, nil}},
	{pattern: "protocols bgp group * local-address _", how: anyTurn, Impact: Impact{SessionReset, "the group's sessions are from another address", junosPeers, nil}},
	{pattern: "protocols bgp group * authentication-key _", how: anyTurn, Impact: Impact{SessionReset, "the sessions are opened anew with the key, and need the same one at the other end", junosPeers, nil}},
	{pattern: "protocols bgp group * hold-time _", how: anyTurn, Impact: Impact{SessionReset, "the hold time is agreed when a session opens", junosPeers, nil}},
	{pattern: "protocols bgp group * bfd-liveness-detection …", how: changed, Impact: Impact{NoImpact, "BFD agrees on other intervals", bfdPoll, nil}},
	{pattern: "protocols bgp group * bfd-liveness-detection …", how: notSwapped, Impact: Impact{SessionReset, "BFD begins or ceases to guard the sessions", junosReset, nil}},
	{pattern: "protocols bgp group * family * unicast prefix-limit …", how: anyTurn, Impact: Impact{SessionReset, "another limit holds for the prefixes that come", junosReset, nil}},
	{pattern: "protocols bgp group * family …", how: anyTurn, Impact: Impact{SessionReset, "address families are agreed when a session opens", junosFamily, nil}},
	{pattern: "protocols bgp group * multipath …", how: anyTurn, Impact: Impact{RouteRefresh, "the best paths are chosen again", junosRefresh, nil}},
	{pattern: "protocols bgp precision-timers", how: anyTurn, Impact: Impact{SessionReset, "another process keeps the sessions alive", junosReset, nil}},

	{pattern: "routing-options autonomous-system …", how: added, Impact: Impact{NoImpact, "BGP begins, and its sessions come up", "a session that is not there cannot be reset (RFC 4271 §8)", nil}},
	{pattern: "routing-options autonomous-system …", how: notAdded, Impact: Impact{SessionReset, "all sessions are from another AS", junosReset, nil}},
	{pattern: "routing-options router-id _", how: added, Impact: Impact{SessionReset, "sessions that are there already may be opened anew with this router ID", junosReset, nil}},
	{pattern: "routing-options router-id _", how: notAdded, Impact: Impact{SessionReset, "a session is between two router IDs, which both ends say when it opens", junosReset, nil}},
	{pattern: "routing-options forwarding-table export _", how: anyTurn, Impact: Impact{RouteRefresh, "the forwarding table is filled again", junosRefresh, nil}},
	{pattern: "routing-options resolution …", how: anyTurn, Impact: Impact{RouteRefresh, "next hops are resolved again", junosRefresh, nil}},
	{pattern: "routing-options multipath …", how: anyTurn, Impact: Impact{RouteRefresh, "the best paths are chosen again", junosRefresh, nil}},
	{pattern: "routing-options rib * multipath …", how: anyTurn, Impact: Impact{RouteRefresh, "the best paths are chosen again", junosRefresh, nil}},
	{pattern: "routing-options auto-export …", how: anyTurn, Impact: Impact{RouteRefresh, "routes of one VRF come into another, or stay away", junosRefresh, nil}},
	{pattern: "routing-options static route …", how: anyTurn, Impact: Impact{RouteRefresh, "a route comes, goes or changes, and what is announced for it", junosRefresh, nil}},
	{pattern: "routing-options rib * static route …", how: anyTurn, Impact: Impact{RouteRefresh, "a route comes, goes or changes, and what is announced for it", junosRefresh, nil}},

	{pattern: "routing-instances * vrf-import _", how: anyTurn, Impact: Impact{RouteRefresh, "other routes come into the VRF", junosPolicy, nil}},
	{pattern: "routing-instances * vrf-export _", how: anyTurn, Impact: Impact{RouteRefresh, "other routes leave the VRF", junosPolicy, nil}},
	{pattern: "routing-instances * vrf-target …", how: anyTurn, Impact: Impact{RouteRefresh, "other routes come into the VRF, and leave it", junosPolicy, nil}},
	{pattern: "routing-instances * interface _", how: anyTurn, Impact: Impact{InterfaceBounce, "the interface moves from one routing table to another", junosBounce, nil}},
	{pattern: "routing-instances * vrf-table-label", how: anyTurn, Impact: Impact{InterfaceBounce, "the VRF's packets carry other labels", junosBounce, nil}},
	{pattern: "routing-instances * route-distinguisher _", how: anyTurn, Impact: Impact{SessionReset, "the VRF's routes get other names", junosReset, nil}},
	{pattern: "routing-instances * instance-type _", how: anyTurn, Impact: Impact{InterfaceBounce, "the VRF is made anew, with all of its interfaces", junosBounce, nil}},

	{pattern: "security flow tcp-mss …", how: anyTurn, Impact: Impact{NoImpact, "TCP connections that open from now on use another segment size", "Juniper, CLI Reference, tcp-mss (Security Flow): it works on opening segments", nil}},
	{pattern: "security ike …", how: anyTurn, Impact: Impact{InterfaceBounce, "the tunnel is set up anew with other terms or keys", junosBounce, nil}},
	{pattern: "security ipsec …", how: anyTurn, Impact: Impact{InterfaceBounce, "the tunnel is set up anew with other terms or keys", junosBounce, nil}},
	{pattern: "security macsec …", how: anyTurn, Impact: Impact{InterfaceBounce, "the link is encrypted anew, and both ends have to do it", junosBounce, nil}},
	{pattern: "security zones security-zone * interfaces _", how: anyTurn, Impact: Impact{InterfaceBounce, "the interface moves from one zone to another", junosBounce, nil}},
	{pattern: "security zones …", how: added, Impact: Impact{NoImpact, "the router itself takes more of what comes", "Juniper, CLI Reference, host-inbound-traffic", nil}},
	{pattern: "security zones …", how: notAdded, Impact: Impact{SessionReset, "the router itself takes less of what comes, its sessions' packets included", "Juniper, CLI Reference, host-inbound-traffic", nil}},

	{pattern: "chassis fpc * sampling-instance _", how: anyTurn, Impact: Impact{NoImpact, "flows are exported in another way", junosText, nil}},
	{pattern: "forwarding-options sampling …", how: anyTurn, Impact: Impact{NoImpact, "flows are exported in another way", junosText, nil}},
	{pattern: "services flow-monitoring …", how: anyTurn, Impact: Impact{NoImpact, "flows are exported in another way", junosText, nil}},
	{pattern: "firewall …", how: anyTurn, Impact: Impact{NoImpact, "packets are marked in another way", "not documented; taken as none: the filter marks packets and drops none", nil}},
	{pattern: "class-of-service …", how: anyTurn, Impact: Impact{NoImpact, "packets are marked in another way", "not documented; taken as none: ercfg renders rewriting and no queues", nil}},
}
