package confdiff

import (
	"strings"
	"sync"
)

// junosLeaves are the statements of ercfg's renderings that have one value: what
// follows the words, * for a name. Another set replaces the value, and delete takes
// it away without naming it. Of the words in the last column one holds at a time.
//
// Source: the leaves and choices of Juniper's models (24.4R1), which a test reads.
var junosLeaves = []string{
	"interfaces * unit * description",
	"interfaces * unit * vlan-id",
	"interfaces * unit * vlan-tags",
	"interfaces * unit * family * mtu",
	"policy-options policy-statement * term * then local-preference",
	"policy-options policy-statement * term * then as-path-prepend",
	"policy-options policy-statement * term * then next-hop",
	"policy-options policy-statement * term * then (accept|reject)",
	"policy-options policy-statement * then (accept|reject)",
	"routing-options router-id",
	"routing-options autonomous-system",
	"routing-options static route * preference",
	"routing-options rib * static route * preference",
	"protocols bgp group * type",
	"protocols bgp group * peer-as",
	"protocols bgp group * local-address",
	"protocols bgp group * hold-time",
	"protocols bgp group * authentication-key",
	"protocols bgp group * multihop ttl",
	"protocols bgp group * bfd-liveness-detection minimum-interval",
	"protocols bgp group * bfd-liveness-detection multiplier",
	"protocols bgp group * family * unicast prefix-limit maximum",
	"protocols bgp group * family * unicast prefix-limit teardown",
	"protocols bgp group * neighbor * description",
	"routing-instances * instance-type",
	"routing-instances * route-distinguisher",
	"routing-instances * vrf-target",
	"security ike proposal * authentication-method",
	"security ike proposal * authentication-algorithm",
	"security ike proposal * encryption-algorithm",
	"security ike proposal * dh-group",
	"security ike proposal * lifetime-seconds",
	"security ike policy * pre-shared-key ascii-text",
	"security ike gateway * ike-policy",
	"security ike gateway * external-interface",
	"security ike gateway * local-address",
	"security ike gateway * version",
	"security ike gateway * dead-peer-detection threshold",
	"security ike gateway * dead-peer-detection interval",
	"security ipsec proposal * protocol",
	"security ipsec proposal * authentication-algorithm",
	"security ipsec proposal * encryption-algorithm",
	"security ipsec proposal * lifetime-seconds",
	"security ipsec proposal * lifetime-kilobytes",
	"security ipsec policy * perfect-forward-secrecy keys",
	"security ipsec vpn * bind-interface",
	"security ipsec vpn * establish-tunnels",
	"security ipsec vpn * ike gateway",
	"security ipsec vpn * ike ipsec-policy",
	"security flow tcp-mss ipsec-vpn mss",
	"security macsec connectivity-association * cipher-suite",
	"security macsec connectivity-association * security-mode",
	"security macsec connectivity-association * pre-shared-key ckn",
	"security macsec connectivity-association * pre-shared-key cak",
	"security macsec interfaces * connectivity-association",
	"forwarding-options sampling instance * input rate",
	"forwarding-options sampling instance * family * output flow-server * port",
	"forwarding-options sampling instance * family * output inline-jflow source-address",
	"services flow-monitoring version-ipfix template * flow-active-timeout",
	"services flow-monitoring version-ipfix template * flow-inactive-timeout",
	"services flow-monitoring version9 template * flow-active-timeout",
	"services flow-monitoring version9 template * flow-inactive-timeout",
}

// junosObjects are the hierarchies that a delete may take as a whole.
var junosObjects = []string{
	"interfaces * unit *", "interfaces *",
	"policy-options policy-statement *", "policy-options prefix-list *", "policy-options community *",
	"protocols bgp group * neighbor *", "protocols bgp group *",
	"routing-options static route *", "routing-options rib * static route *",
	"security ike proposal *", "security ike policy *", "security ike gateway *",
	"security ipsec proposal *", "security ipsec policy *", "security ipsec vpn *",
	"security macsec connectivity-association *", "security macsec interfaces *",
	"security zones security-zone * interfaces *",
	"forwarding-options sampling instance *",
	"services flow-monitoring version-ipfix template *", "services flow-monitoring version9 template *",
	"class-of-service * *", "firewall family * filter *",
}

// junosTables are the two lists as words, those of a routing instance included.
var junosTables = sync.OnceValue(func() (t struct{ leaves, objects [][]string }) {
	split := func(list []string) (out [][]string) {
		for _, line := range list {
			out = append(out, strings.Fields(line))
			if strings.HasPrefix(line, "routing-options ") || strings.HasPrefix(line, "protocols ") {
				out = append(out, append([]string{"routing-instances", "*"}, strings.Fields(line)...))
			}
		}
		return out
	}
	t.leaves, t.objects = split(junosLeaves), split(junosObjects)
	return t
})

// junosLeaf returns how many of the words name the leaf that they set; 0: they set
// none that is known to have one value. Of a choice the name has one word less.
func junosLeaf(words []string) int {
	for _, leaf := range junosTables().leaves {
		if n := junosBegins(words, leaf); n == len(leaf) {
			if choice := strings.HasPrefix(leaf[n-1], "("); choice && len(words) == n {
				return n - 1
			} else if !choice && len(words) > n {
				return n
			}
		}
	}
	return 0
}

// junosObjectLength returns how many of the words name the outermost object that
// they belong to, of those that a delete may take as a whole; all of them where
// there is none.
func junosObjectLength(words []string) int {
	shortest := len(words)
	for _, object := range junosTables().objects {
		if junosBegins(words, object) == len(object) {
			shortest = min(shortest, len(object))
		}
	}
	return shortest
}

// junosBegins counts the words that a pattern agrees with from the start.
func junosBegins(words, pattern []string) int {
	for i, p := range pattern {
		if i == len(words) || p != "*" && p != words[i] && !(p[0] == '(' && strings.Contains("|"+p[1:len(p)-1]+"|", "|"+words[i]+"|")) {
			return i
		}
	}
	return len(pattern)
}

// junosSlot names what a statement sets, without its value: of two with the same
// the router keeps one.
func junosSlot(s Statement) string {
	switch n := junosLeaf(s.Path); {
	case n == 0:
		return s.Key()
	case n == len(s.Path)-1 && (s.Path[n] == "accept" || s.Path[n] == "reject"):
		return strings.Join(s.Path[:n], "\n") + "\n(accept|reject)"
	default:
		return strings.Join(s.Path[:n], "\n") + "\n*"
	}
}
