package confdiff

import "strings"

// junosKeywords are the statements that ercfg renders, * for a name or a value.
// In these a keyword that a person cut short is known: Junos takes any beginning
// that is clear, so that one of a keyword here and of another is none.
func junosKeywords() []string {
	const (
		bgpGroup  = "protocols bgp group * "
		neighbor  = bgpGroup + "neighbor * "
		static    = "routing-options static route * "
		statement = "policy-options policy-statement * "
		term      = statement + "term * "
	)
	table := []string{
		"interfaces * vlan-tagging", "interfaces * flexible-vlan-tagging", "interfaces * unit * description *",
		"interfaces * unit * vlan-id *", "interfaces * unit * vlan-tags outer * inner *",
		"policy-options prefix-list *", "policy-options community * members *",
		statement + "then accept", statement + "then reject", statement + "then load-balance per-packet",
		term + "then accept", term + "then reject", term + "then local-preference *", term + "then next-hop self",
		term + "then as-path-prepend *", term + "then community add *", term + "from protocol bgp", term + "from protocol static",
		term + "from protocol ospf", term + "from community *", term + "from prefix-list *", term + "from prefix-list-filter * orlonger",
		"routing-options router-id *", "routing-options autonomous-system *", "routing-options forwarding-table export *",
		"routing-options resolution rib * import *",
		static + "discard", static + "preference *", static + "next-hop *", static + "resolve",
		"routing-options rib * static route * discard", "routing-options rib * static route * preference *",
		"routing-options rib * static route * next-hop *", "routing-options rib * static route * resolve",
		"protocols bgp precision-timers",
		bgpGroup + "type external", bgpGroup + "type internal", bgpGroup + "multihop ttl *", bgpGroup + "local-address *",
		bgpGroup + "hold-time *", bgpGroup + "import *", bgpGroup + "export *", bgpGroup + "authentication-key *",
		bgpGroup + "peer-as *", bgpGroup + "multipath",
		bgpGroup + "bfd-liveness-detection minimum-interval *", bgpGroup + "bfd-liveness-detection multiplier *",
		neighbor + "description *", neighbor + "passive", neighbor + "import *", neighbor + "export *", neighbor + "shutdown",
		"security zones security-zone * interfaces *", "security ike", "security ipsec", "security macsec",
		"forwarding-options sampling", "services flow-monitoring", "chassis fpc", "firewall family",
	}
	for _, family := range []string{"inet", "inet6"} {
		unit := "interfaces * unit * family " + family
		table = append(table, unit+" mtu *", unit+" address *", unit+" sampling input", unit+" sampling output")
		limit := bgpGroup + "family " + family + " unicast prefix-limit "
		table = append(table, limit+"maximum *", limit+"teardown * idle-timeout *")
	}
	for _, pattern := range table {
		for _, top := range []string{"routing-options ", "protocols "} {
			if strings.HasPrefix(pattern, top) {
				table = append(table, "routing-instances * "+pattern)
			}
		}
	}
	return append(table, "routing-instances * instance-type vrf", "routing-instances * interface *", "routing-instances * route-distinguisher *",
		"routing-instances * vrf-target *", "routing-instances * vrf-import *", "routing-instances * vrf-export *", "routing-instances * vrf-table-label")
}

// A junosRule is what may follow a word: keywords, or a name.
type junosRule struct {
	word string
	next []*junosRule
}

// junosGrammar makes a tree of the keywords.
func junosGrammar() *junosRule {
	root := &junosRule{}
	for _, pattern := range junosKeywords() {
		at := root
		for word := range strings.FieldsSeq(pattern) {
			next := at.exactly(word)
			if next == nil {
				next = &junosRule{word: word}
				at.next = append(at.next, next)
			}
			at = next
		}
	}
	return root
}

func (r *junosRule) exactly(word string) *junosRule {
	for _, next := range r.next {
		if next.word == word {
			return next
		}
	}
	return nil
}

// step follows a word and returns it in full. The rule behind a word that ercfg
// does not render is nil.
func (r *junosRule) step(word string) (string, *junosRule) {
	if r == nil || len(r.next) == 0 {
		return word, nil
	}
	if exact := r.exactly(word); exact != nil {
		return word, exact
	}
	if name := r.exactly("*"); name != nil {
		return word, name
	}
	var full *junosRule
	for _, next := range r.next {
		if strings.HasPrefix(next.word, word) {
			if full != nil {
				return word, nil
			}
			full = next
		}
	}
	if full == nil || junosOther(word) {
		return word, nil
	}
	return full.word, full
}

// junosOther reports whether a word is a keyword of Junos that a longer one of
// ercfg's begins with.
func junosOther(word string) bool {
	return word == "" || word == "next"
}
