package emulator

import (
	"strings"
	"sync"
)

// junosStatements are the statements that the emulated Junos knows: what ercfg
// renders and what commonly stands beside it. In a line {} is a name, = one value up
// to the end of the line (another set replaces it), + values that accumulate, * the
// same with all words as one value, | before a word a choice of which one holds, and
// ... words of any kind.
//
// Source: the hierarchies of Juniper's configuration statement reference, and its
// YANG models (24.4R1) for which of them are lists.
var junosStatements = []string{
	"version =",
	"groups ...", "apply-groups +", "system host-name =", "system domain-name =", "system time-zone =", "system ...",
	"snmp location =", "snmp contact =", "snmp ...", "firewall ...", "class-of-service ...",
	"event-options ...", "accounting-options ...", "access ...", "applications ...", "vlans ...",
	"chassis fpc {} sampling-instance +", "chassis ...",
	"security ike proposal {} authentication-method =", "security ike proposal {} authentication-algorithm =",
	"security ike proposal {} encryption-algorithm =", "security ike proposal {} dh-group =",
	"security ike proposal {} lifetime-seconds =",
	"security ike policy {} mode =", "security ike policy {} proposals +", "security ike policy {} pre-shared-key ascii-text =",
	"security ike gateway {} ike-policy =", "security ike gateway {} address +",
	"security ike gateway {} dead-peer-detection interval =", "security ike gateway {} dead-peer-detection threshold =",
	"security ike gateway {} external-interface =", "security ike gateway {} local-address =", "security ike gateway {} version =",
	"security ipsec proposal {} protocol =", "security ipsec proposal {} authentication-algorithm =",
	"security ipsec proposal {} encryption-algorithm =", "security ipsec proposal {} lifetime-seconds =",
	"security ipsec proposal {} lifetime-kilobytes =",
	"security ipsec policy {} perfect-forward-secrecy keys =", "security ipsec policy {} proposals +",
	"security ipsec vpn {} bind-interface =", "security ipsec vpn {} ike gateway =", "security ipsec vpn {} ike ipsec-policy =",
	"security ipsec vpn {} establish-tunnels =",
	"security flow tcp-mss ipsec-vpn mss =",
	"security macsec connectivity-association {} cipher-suite =", "security macsec connectivity-association {} security-mode =",
	"security macsec connectivity-association {} pre-shared-key ckn =", "security macsec connectivity-association {} pre-shared-key cak =",
	"security macsec interfaces {} connectivity-association =",
	"security zones security-zone {} host-inbound-traffic system-services +",
	"security zones security-zone {} host-inbound-traffic protocols +",
	"security zones security-zone {} interfaces {} host-inbound-traffic system-services +",
	"security zones security-zone {} interfaces {} host-inbound-traffic protocols +",
	"security ...",
	"interfaces {} description =", "interfaces {} disable", "interfaces {} mtu =", "interfaces {} encapsulation =",
	"interfaces {} vlan-tagging", "interfaces {} flexible-vlan-tagging", "interfaces {} gigether-options ...",
	"interfaces {} unit {} description =", "interfaces {} unit {} disable", "interfaces {} unit {} vlan-id =",
	"interfaces {} unit {} vlan-tags =", "interfaces {} unit {} family {} mtu =",
	"interfaces {} unit {} family {} sampling +", "interfaces {} unit {} family {} address {} ...",
	"forwarding-options sampling instance {} input rate =",
	"forwarding-options sampling instance {} family {} output flow-server {} port =",
	"forwarding-options sampling instance {} family {} output flow-server {} version9 template =",
	"forwarding-options sampling instance {} family {} output flow-server {} version-ipfix template =",
	"forwarding-options sampling instance {} family {} output inline-jflow source-address =",
	"forwarding-options ...",
	"policy-options prefix-list {} {}",
	"policy-options policy-statement {} term {} FROM", "policy-options policy-statement {} term {} THEN",
	"policy-options policy-statement {} FROM", "policy-options policy-statement {} THEN",
	"policy-options community {} members +", "policy-options as-path {} =",
	"routing-instances {} description =", "routing-instances {} instance-type =",
	"routing-instances {} ROUTING", "routing-instances {} BGP",
	"routing-instances {} interface {}", "routing-instances {} route-distinguisher =",
	"routing-instances {} vrf-import +", "routing-instances {} vrf-export +", "routing-instances {} vrf-target =",
	"routing-instances {} vrf-table-label",
	"ROUTING", "BGP", "protocols ...",
	"services flow-monitoring version9 template {} FLOW", "services flow-monitoring version-ipfix template {} FLOW",
	"services ...",
}

// junosParts are the hierarchies that stand at several places.
var junosParts = map[string][]string{
	"FROM": {
		"from protocol +", "from prefix-list {}", "from prefix-list-filter {} =", "from route-filter {} =",
		"from community +", "from as-path +", "from neighbor +", "from family =", "from instance =",
	},
	"THEN": {
		"then metric =", "then local-preference =", "then community *", "then as-path-prepend =", "then next-hop =",
		"then load-balance =", "then next =", "then |accept", "then |reject",
	},
	"ROUTING": {
		"routing-options resolution rib {} import +",
		"routing-options rib {} STATIC", "routing-options rib {} multipath",
		"routing-options router-id =", "routing-options autonomous-system =", "routing-options multipath",
		"routing-options STATIC",
		"routing-options forwarding-table export +", "routing-options ...",
	},
	"STATIC": {
		"static route {} discard", "static route {} reject", "static route {} next-hop +", "static route {} resolve",
		"static route {} preference =", "static route {} tag =", "static route {} no-readvertise",
	},
	"BGP": {
		"protocols bgp group {} type =", "protocols bgp group {} PEER", "protocols bgp group {} neighbor {} PEER",
		"protocols bgp precision-timers", "protocols bgp log-updown", "protocols bgp ...",
	},
	"PEER": {
		"description =", "local-address =", "hold-time =", "preference =", "log-updown", "import +",
		"family {} {} prefix-limit maximum =", "family {} {} prefix-limit teardown =", "family {} {} accepted-prefix-limit maximum =",
		"authentication-key =", "export +", "peer-as =", "local-as =", "cluster =", "multipath", "multipath multiple-as",
		"multihop ttl =", "ttl =", "passive", "as-override", "remove-private",
		"bfd-liveness-detection minimum-interval =", "bfd-liveness-detection multiplier =",
		"bfd-liveness-detection no-adaptation", "shutdown",
	},
	"FLOW": {"flow-active-timeout =", "flow-inactive-timeout =", "ipv4-template", "ipv6-template"},
}

// A junosRule is a word of the grammar: what may follow it, and in which order the
// router prints that.
type junosRule struct {
	word   string // {} of a name
	choice bool
	kids   []*junosRule
	// tail is what follows up to the end of the line: '=', '+', '*', '.' for words of
	// any kind; 0: the kids.
	tail byte
}

// junosRules is the grammar, made once; nobody changes it.
var junosRules = sync.OnceValue(junosGrammar)

func junosGrammar() *junosRule {
	root := &junosRule{}
	for _, line := range junosStatements {
		for _, words := range junosExpand(strings.Fields(line)) {
			root.learn(words)
		}
	}
	return root
}

// junosExpand puts the parts into a line.
func junosExpand(words []string) [][]string {
	last := len(words) - 1
	part, ok := junosParts[words[last]]
	if !ok {
		return [][]string{words}
	}
	var out [][]string
	for _, line := range part {
		next := append(append([]string{}, words[:last]...), strings.Fields(line)...)
		out = append(out, junosExpand(next)...)
	}
	return out
}

func (r *junosRule) learn(words []string) {
	for _, w := range words {
		switch w {
		case "=", "+", "*":
			r.tail = w[0]
			return
		case "...":
			r.tail = '.'
			return
		}
		plain, choice := strings.CutPrefix(w, "|")
		var next *junosRule
		for _, k := range r.kids {
			if k.word == plain {
				next = k
			}
		}
		if next == nil {
			next = &junosRule{word: plain, choice: choice}
			r.kids = append(r.kids, next)
		}
		r = next
	}
}

// next is the rule of a word that follows, and its place among those that may; nil:
// none. Below words of any kind everything may.
func (r *junosRule) next(word string) (*junosRule, int) {
	name := -1
	for i, k := range r.kids {
		if k.word == word {
			return k, i
		}
		if k.word == "{}" {
			name = i
		}
	}
	switch {
	case name >= 0:
		return r.kids[name], name
	case r.tail == '.':
		return &junosRule{tail: '.'}, -1
	}
	return nil, 0
}

// stays reports whether a statement remains when what it holds is gone: an entry of
// a list does, a plain hierarchy does not.
func (r *junosRule) stays() bool { return r.word == "{}" }
