package confdiff

import "strings"

// A junosDefault is a statement that says what Junos does without it.
type junosDefault struct {
	path   string // its words; * is any
	source string
}

// junosDefaults are the defaults that mean the same wherever they stand: Junos
// prints what was typed, a default too, so that it may be there or not. What a
// hierarchy inherits from the one around it (hold-time of a BGP group, preference
// of a route) is not among them: there the default says that the outer value does
// not hold.
//
// A group with wildcards can give such an object another value than the
// default. ercfg's names are its own, and no group is expected to match them.
func junosDefaults() []junosDefault {
	const (
		srx      = "model junos-es-conf-security 2024-01-01 (24.4R1), default of the leaf"
		security = "model junos-conf-security 2024-01-01 (24.4R1), default of the leaf"
		routing  = "model junos-conf-routing-options 2024-01-01 (24.4R1), default of the leaf"
		sampling = "model junos-conf-forwarding-options 2024-01-01 (24.4R1), default of the leaf"
	)
	return []junosDefault{
		{"security ike policy * mode main", srx},
		{"security ike policy * reauth-frequency 0", srx},
		{"security ike gateway * version v1-only", srx},
		{"security ike gateway * dead-peer-detection interval 10", srx},
		{"security ike gateway * dead-peer-detection threshold 5", srx},
		{"security ipsec vpn * establish-tunnels on-traffic", srx},
		{"security ipsec vpn * ike install-interval 1", srx},
		{"security macsec connectivity-association * offset 0", security},
		{"security macsec connectivity-association * mka key-server-priority 16", security},
		{"security macsec connectivity-association * mka transmit-interval 2000", security},
		{"routing-options static route * qualified-next-hop * bfd-liveness-detection multiplier 3", routing},
		{"routing-options rib * static route * qualified-next-hop * bfd-liveness-detection multiplier 3", routing},
		{"routing-instances * routing-options static route * qualified-next-hop * bfd-liveness-detection multiplier 3", routing},
		{"routing-instances * routing-options rib * static route * qualified-next-hop * bfd-liveness-detection multiplier 3", routing},
		{"forwarding-options sampling instance * input run-length 0", sampling},
		{"forwarding-options sampling instance * input max-packets-per-second 1000", sampling},
	}
}

// dropDefaults takes the defaults away. What holds nothing else stays as an
// empty block, which may well mean something (dead-peer-detection).
func (t *junosTree) dropDefaults() {
	table := map[string][][]string{} // by keyword, the last word but one
	for _, d := range junosDefaults() {
		words := strings.Fields(d.path)
		keyword := words[len(words)-2]
		table[keyword] = append(table[keyword], words)
	}
	for node := int32(1); node < int32(len(t.nodes)); node++ {
		n := &t.nodes[node]
		if n.kids > 0 || n.off || n.gone || n.opaque {
			continue
		}
		for _, words := range table[t.nodes[n.up].word] {
			if t.matches(node, words) {
				t.drop(node)
				break
			}
		}
	}
}

// matches reports whether a statement is the one of a pattern, and in use.
func (t *junosTree) matches(node int32, words []string) bool {
	for i := len(words) - 1; i >= 0; i-- {
		n := &t.nodes[node]
		if node == junosRoot || n.off || words[i] != "*" && words[i] != n.word {
			return false
		}
		node = n.up
	}
	return node == junosRoot
}

// drop takes a value away, and its keyword with it.
func (t *junosTree) drop(node int32) {
	keyword := t.nodes[node].up
	t.nodes[node].gone = true
	if t.nodes[keyword].kids--; t.nodes[keyword].kids == 0 {
		t.nodes[keyword].gone = true
		t.nodes[t.nodes[keyword].up].kids--
	}
}
