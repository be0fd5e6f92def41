package confdiff

import (
	"slices"
	"strings"
)

// An frrKind is a kind of context, as far as the reader tells them apart.
type frrKind uint8

const (
	frrTop frrKind = iota
	frrInterface
	frrVRF
	frrBGP
	frrFamily
	frrRouteMap
	frrBFD
	frrTimers  // a BFD profile
	frrPeer    // a BFD peer
	frrForeign // of a protocol that ercfg does not configure
)

// An frrNode is a place in a command: which words may come next. A word that
// is in no list is a value.
type frrNode struct {
	words  []string // sorted
	next   []*frrNode
	number *frrNode // after a number
	value  *frrNode // after any other word
}

// frrGrammars holds, by kind of context, the commands that the reader tells
// from those of other contexts and that people abbreviate. A * is any word, a #
// a number; what comes after the last word is not looked at.
//
// Source: the commands "list" and "list permutations" of vtysh 8.4.4, and the
// FRR User Manual 10 for those that came later.
var frrGrammars = [...]*frrNode{
	frrTop: frrGrammar(
		"interface|vrf|router|route-map|bfd|line|l2vpn|pseudowire|segment-routing|nexthop-group|pbr-map|rpki",
		"access-list|agentx|allow-external-route-update|allow-reserved-ranges|banner|debug|domainname|dump|enable|evpn|fpm",
		"frr|hostname|log|mac|nhrp|password|pbr|router-id|service|username|vni|vrrp|zebra|affinity-map|mgmt|srv6",
		"key chain", "mpls label|ldp|lsp",
		"bgp as-path|community|graceful-shutdown|no-rib|route-map|send-extra-data|session-dscp|suppress-fib-pending|update-delay",
		"bgp community-list|extcommunity-list|large-community-list standard|expanded",
		"ip forwarding|igmp|import-table|mroute|msdp|multicast|nht|pim|protocol|route|router-id|ssmpingd|table",
		"ip as-path|community-list|extcommunity-list|large-community-list|nexthop",
		"ip prefix-list * description|permit|deny", "ip prefix-list * seq # permit|deny * ge|le # ge|le",
		"ipv6 access-list|forwarding|mld|nht|pim|protocol|route|router-id|ssmpingd|nexthop",
		"ipv6 prefix-list * description|permit|deny", "ipv6 prefix-list * seq # permit|deny * ge|le # ge|le",
	),
	frrInterface: frrGrammar(
		"babel|bandwidth|delay|description|eigrp|evpn|isis|link-detect|link-params|multicast|openfabric|ptm-enable|shutdown|tunnel|vrrp",
		"mpls enable|bgp|ip", "ip address|authentication|hello-interval|hold-time|igmp|irdp|mroute|multicast|nhrp|ospf|pim|rip|router|summary-address",
		"ipv6 address|mld|mroute|multicast|nd|nhrp|ospf6|pim|ripng|router",
	),
	frrVRF: frrGrammar(
		"netns|router-id|vni", "ip igmp|import-table|mroute|msdp|multicast|nht|pim|protocol|route|router-id|ssmpingd|table",
		"ipv6 mld|mroute|multicast|nht|pim|protocol|route|router-id|ssmpingd",
	),
	frrBGP: frrGrammar(
		"address-family ipv4|ipv6 unicast|multicast|vpn|labeled-unicast|flowspec", "address-family l2vpn evpn",
		"bmp|coalesce-time|distance|segment-routing|table-map|update-delay|vnc|vrf-policy|network|aggregate-address|redistribute",
		"maximum-paths ibgp|#", "timers bgp",
		"bgp allow-martian-nexthop|always-compare-med|client-to-client|cluster-id|conditional-advertisement|confederation|dampening",
		"bgp bestpath as-path|bandwidth|compare-routerid|med|peer-type", "bgp deterministic-med|disable-ebgp-connected-route-check",
		"bgp default ipv4-unicast|ipv6-unicast|local-preference|show-hostname|show-nexthop-hostname|shutdown|subgroup-pkt-queue-max",
		"bgp ebgp-requires-policy|fast-convergence|fast-external-failover|graceful-restart|graceful-restart-disable|graceful-shutdown",
		"bgp enforce-first-as|hard-administrative-reset|listen|log-neighbor-changes|long-lived-graceful-restart|max-med|minimum-holdtime",
		"bgp network import-check", "bgp reject-as-sets|route-map|route-reflector|router-id|shutdown|suppress-duplicates|suppress-fib-pending|update-delay",
		"neighbor * advertisement-interval|capability|description|disable-connected-check|dont-capability-negotiate|ebgp-multihop",
		"neighbor * enforce-first-as|enforce-multihop|graceful-restart|graceful-restart-disable|graceful-restart-helper|interface|local-as",
		"neighbor * bfd check-control-plane-failure|profile|strict|#", "neighbor * disable-link-bw-encoding-ieee|extended-optional-parameters",
		"neighbor * local-role|maximum-prefix-out|override-capability|passive|password|peer-group|port",
		"neighbor * sender-as-path-loop-detection|solo|strict-capability-match|tcp-mss|update-source|ip-transparent",
		"neighbor * remote-as external|internal|auto|#", "neighbor * shutdown message|rtt", "neighbor * timers connect|delayopen|#", "neighbor * ttl-security hops",
	).or(frrFamilyNeighbors...),
	frrFamily: frrGrammar(
		"aggregate-address|distance|redistribute|table-map|vni", "advertise|advertise-all-vni|advertise-default-gw|advertise-svi-ip",
		"network * backdoor|label-index|mask|route-map", "bgp dampening", "maximum-paths ibgp|#", "label vpn export", "nexthop vpn export",
		"rd vpn export", "rt|route-target vpn both|export|import", "export vpn", "import vpn|vrf", "route-map vpn export|import", "sid vpn export",
	).or(frrFamilyNeighbors...),
	frrRouteMap: frrGrammar(
		"call|continue|description", "on-match goto|next",
		"match alias|as-path|community|evpn|extcommunity|interface|large-community|local-preference|mac|metric|origin|peer|probability",
		"match rpki|rpki-extcommunity|source-instance|source-protocol|source-vrf|tag",
		"match ip|ipv6 address|next-hop|route-source prefix-len|prefix-list|type",
		"set aggregator|atomic-aggregate|comm-list|community|distance|evpn|extcommunity|forwarding-address|ipv4|l3vpn|label-index",
		"set large-comm-list|large-community|local-preference|metric|metric-type|min-metric|max-metric|origin|originator-id|sr-te|src|table|tag|weight",
		"set as-path exclude|prepend|replace", "set ip next-hop", "set ipv6 next-hop",
	),
	frrBFD:     frrGrammar("peer|profile"),
	frrTimers:  frrGrammar(frrTimerWords...),
	frrPeer:    frrGrammar(frrTimerWords...).or("profile", "label"),
	frrForeign: {},
}

// frrTimerWords are what a BFD profile and a peer have.
var frrTimerWords = []string{
	"detect-multiplier|echo-interval|echo-mode|log-session-changes|minimum-ttl|passive-mode|receive-interval|shutdown|transmit-interval",
	"echo receive-interval|transmit-interval",
}

// frrFamilyNeighbors are what a neighbor has in each address family. FRR takes
// them outside of the families, too, and then means IPv4 unicast.
var frrFamilyNeighbors = []string{
	"neighbor * activate|addpath-rx-paths-limit|addpath-tx-all-paths|addpath-tx-best-selected|addpath-tx-bestpath-per-AS|advertise-map",
	"neighbor * allowas-in|as-override|attribute-unchanged|default-originate|disable-addpath-rx|distribute-list|filter-list",
	"neighbor * maximum-prefix # force|restart|warning-only|#", "neighbor * maximum-prefix-out|route-reflector-client|route-server-client|soo",
	"neighbor * next-hop-self all|force", "neighbor * prefix-list|route-map * in|out", "neighbor * remove-private-AS all|replace-AS",
	"neighbor * send-community all|both|extended|large|standard", "neighbor * soft-reconfiguration inbound", "neighbor * unsuppress-map|weight",
}

// frrGrammar is the node before the first word of the commands.
func frrGrammar(commands ...string) *frrNode { return new(frrNode).or(commands...) }

// or adds commands.
func (n *frrNode) or(commands ...string) *frrNode {
	for _, command := range commands {
		n.add(strings.Fields(command))
	}
	return n
}

// add adds one command, of which each word may name several.
func (n *frrNode) add(words []string) {
	if len(words) == 0 {
		return
	}
	for word := range strings.SplitSeq(words[0], "|") {
		n.child(word).add(words[1:])
	}
}

// child is the node after word, made where there is none.
func (n *frrNode) child(word string) *frrNode {
	open := &n.value
	switch i, found := slices.BinarySearch(n.words, word); {
	case word == "#":
		open = &n.number
	case word == "*":
	case found:
		return n.next[i]
	default:
		made := new(frrNode)
		n.words, n.next = slices.Insert(n.words, i, word), slices.Insert(n.next, i, made)
		return made
	}
	if *open == nil {
		*open = new(frrNode)
	}
	return *open
}

// frrExpand returns a command with its abbreviated words written out, and
// whether the contexts of a kind have it. Words is left as it is.
func frrExpand(kind frrKind, words []string) (expanded []string, known bool) {
	first := 0
	if words[0] == "no" && len(words) > 1 {
		first = 1
	}
	node, i, cloned := frrGrammars[kind], first, false
	for ; i < len(words); i++ {
		next, word := node.after(words[i])
		if next == nil {
			break
		}
		if word != words[i] {
			if !cloned {
				words, cloned = slices.Clone(words), true
			}
			words[i] = word
		}
		node = next
	}
	return words, i-first >= frrNameLength(words[first])
}

// frrNameLength is how many words name a command that begins with first.
func frrNameLength(first string) int {
	switch first {
	case "neighbor":
		return 3
	case "ip", "ipv6", "bgp", "mpls", "key":
		return 2
	}
	return 1
}

// after returns the node after word and the word written out; nil where the
// list has nothing like it.
func (n *frrNode) after(word string) (next *frrNode, full string) {
	i, found := slices.BinarySearch(n.words, word)
	switch {
	case found:
		return n.next[i], word
	case n.number != nil && word[0] >= '0' && word[0] <= '9':
		return n.number, word
	case n.value != nil:
		return n.value, word
	case i < len(n.words) && strings.HasPrefix(n.words[i], word) && (i+1 == len(n.words) || !strings.HasPrefix(n.words[i+1], word)):
		return n.next[i], n.words[i]
	}
	return nil, ""
}

// frrOpens says whether a line in a context of a kind opens another, and which.
func frrOpens(in frrKind, words []string) (kind frrKind, opens bool) {
	first := words[0]
	switch in {
	case frrTop:
		return frrOpensTop(words)
	case frrBGP:
		switch {
		case first == "address-family":
			return frrFamily, true
		case first == "vnc", first == "vrf-policy", first == "bmp" && len(words) > 1 && words[1] == "targets", first == "segment-routing":
			return frrForeign, true
		}
	case frrFamily:
		return frrForeign, first == "vni"
	case frrBFD:
		if first == "peer" {
			return frrPeer, true
		}
		return frrTimers, first == "profile"
	case frrInterface:
		return frrForeign, first == "link-params"
	case frrForeign:
		// Where the lines of a block are not indented, its name says that it is
		// one. Source: the contexts that frr-reload 8.4.4 knows.
		names := []string{"address-family", "locators", "locator", "pcc", "pce", "pce-config", "pcep", "policy", "segment-list", "srv6", "traffic-eng"}
		return frrForeign, slices.Contains(names, first) || first == "key" && len(words) == 2 || first == "interface" || first == "member"
	}
	return 0, false
}

// frrOpensTop is frrOpens outside of all contexts.
func frrOpensTop(words []string) (kind frrKind, opens bool) {
	second := ""
	if len(words) > 1 {
		second = words[1]
	}
	switch words[0] {
	case "interface":
		return frrInterface, second != ""
	case "vrf":
		return frrVRF, second != ""
	case "router":
		if second == "bgp" {
			return frrBGP, true
		}
		return frrForeign, second != ""
	case "route-map":
		return frrRouteMap, len(words) >= 3 && words[2] != "optimization"
	case "bfd":
		return frrBFD, second == ""
	case "key", "line", "l2vpn", "pseudowire", "nexthop-group", "pbr-map":
		return frrForeign, second != ""
	case "mpls":
		return frrForeign, second == "ldp"
	case "segment-routing", "rpki":
		return frrForeign, true
	}
	return 0, false
}

// frrNeverInside says whether a line that the innermost context has no name for
// is outside of it, however far it is indented: one that opens a context that
// stands in no other, and one of the commands whose names are known in full.
func frrNeverInside(words []string) bool {
	switch words[0] {
	case "ip", "ipv6", "bgp":
		return true
	}
	kind, opens := frrOpensTop(words)
	return opens && (kind == frrBGP || kind == frrRouteMap || kind == frrInterface)
}

// frrOfFamily says whether a line under router bgp is of its IPv4 unicast
// family.
func frrOfFamily(words []string) bool {
	if words[0] == "no" && len(words) > 1 {
		words = words[1:]
	}
	switch words[0] {
	case "network", "aggregate-address", "redistribute", "maximum-paths":
		return true
	case "neighbor":
		if len(words) < 3 {
			return false
		}
		_, family := frrExpand(frrFamily, words)
		return family
	}
	return false
}
