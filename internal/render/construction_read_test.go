package render_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
)

// A site is what one plan renders to, read again by line. The reading knows a
// few words of each vendor and passes over the rest; the readers of the policy
// tests, which refuse what they do not know, are others.
type site struct {
	plan    *plan.Plan
	routers []*written
}

// written is one router's text.
type written struct {
	name       string
	platform   plan.Platform
	lines      []string // of the configuration, without descriptions
	companions []string // lines of the files beside it, without comments
	interfaces map[string]*writtenInterface
	neighbors  map[tableAddr]*writtenNeighbor
	terms      map[string][]writtenTerm // of route maps and policy statements
	lists      map[string][]string      // prefix lists: entries as written
	profiles   map[string]bool          // FRR's BFD profiles
}

// tableAddr is an address in a routing table; the empty VRF is the global one.
type tableAddr struct {
	vrf  string
	addr netip.Addr
}

type writtenInterface struct {
	vrf      string
	tags     string // with the port, as written; empty: untagged
	prefixes []netip.Prefix
	bfd      bool
}

type writtenNeighbor struct {
	asn       string
	key       string // MD5
	bfd       string // as written; empty: none
	distant   string // multihop or the address that it is sourced from; empty: directly connected
	community bool   // communities are sent
	unicast   bool   // in a family whose routes are filtered
	in, out   string // policies
}

type writtenTerm struct {
	deny  bool
	match []string
	set   []string
}

// read reads the text of every router of p.
func readSite(t testing.TB, p *plan.Plan, configs []artifact.Config) site {
	t.Helper()
	s := site{plan: p}
	for i, c := range configs {
		w := &written{
			name: c.Router, platform: p.Routers[i].Platform,
			interfaces: make(map[string]*writtenInterface), neighbors: make(map[tableAddr]*writtenNeighbor),
			terms: make(map[string][]writtenTerm), lists: make(map[string][]string), profiles: make(map[string]bool),
		}
		for line := range strings.Lines(c.Text) {
			// What the user calls things may hold any word.
			if line = strings.TrimRight(line, "\n"); !strings.Contains(line, " description ") {
				w.lines = append(w.lines, line)
			}
		}
		for _, file := range c.Companions {
			for line := range strings.Lines(string(file.Text)) {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
					w.companions = append(w.companions, line)
				}
			}
		}
		if w.platform == plan.Junos {
			w.readSet()
		} else {
			w.readBlocks()
		}
		s.routers = append(s.routers, w)
	}
	return s
}

func (w *written) iface(name string) *writtenInterface {
	if w.interfaces[name] == nil {
		w.interfaces[name] = &writtenInterface{}
	}
	return w.interfaces[name]
}

func (w *written) neighbor(vrf, text string) *writtenNeighbor {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return &writtenNeighbor{} // a group, or no address: of no interest
	}
	key := tableAddr{vrf, addr}
	if w.neighbors[key] == nil {
		w.neighbors[key] = &writtenNeighbor{}
	}
	return w.neighbors[key]
}

// readBlocks reads IOS-XE and FRR: a line without indentation opens a block.
func (w *written) readBlocks() {
	var block []string // words of the line that opened it
	var vrf, family string
	for _, line := range w.lines {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if !strings.HasPrefix(line, " ") {
			block, vrf, family = words, after(words, "vrf"), ""
			w.openBlock(words)
			continue
		}
		switch block[0] {
		case "interface":
			w.iface(block[1]).readLine(block[1], words)
		case "router":
			switch words[0] {
			case "address-family":
				family = words[1]
				if slices.Contains(words, "vpn") { // of FRR: route targets decide
					family = "vpn"
				}
				if v := after(words, "vrf"); v != "" {
					vrf = v
				}
			case "exit-address-family":
				family, vrf = "", after(block, "vrf")
			case "neighbor":
				w.neighbor(vrf, words[1]).readLine(words[2:], family)
			}
		case "route-map":
			terms := w.terms[block[1]]
			last := &terms[len(terms)-1]
			switch words[0] {
			case "match":
				last.match = append(last.match, strings.Join(words[1:], " "))
			case "set":
				last.set = append(last.set, strings.Join(words[1:], " "))
			}
		case "bfd":
			if words[0] == "profile" {
				w.profiles[words[1]] = true
			}
		}
	}
	w.readVLANs()
}

func (w *written) openBlock(words []string) {
	switch {
	case words[0] == "interface":
		if vrf := after(words, "vrf"); vrf != "" {
			w.iface(words[1]).vrf = vrf
		}
	case words[0] == "route-map" && len(words) > 2:
		w.terms[words[1]] = append(w.terms[words[1]], writtenTerm{deny: words[2] == "deny"})
	case len(words) > 6 && words[1] == "prefix-list" && words[5] == "permit":
		w.lists[words[2]] = append(w.lists[words[2]], strings.Join(words[6:], " "))
	}
}

// readVLANs takes the tags of Linux from the script that makes the devices.
func (w *written) readVLANs() {
	for _, line := range w.companions {
		if words := strings.Fields(line); len(words) > 3 && words[0] == "vlan" {
			w.iface(words[2]).tags = words[1] + " " + words[3]
		}
	}
}

func (i *writtenInterface) readLine(name string, words []string) {
	switch {
	case words[0] == "encapsulation":
		port, _, _ := strings.Cut(name, ".")
		i.tags = port + " " + strings.Join(words[1:], " ")
	case words[0] == "vrf" && words[1] == "forwarding":
		i.vrf = words[2]
	case words[0] == "bfd" && words[1] == "interval":
		i.bfd = true
	case len(words) > 2 && words[1] == "address":
		text := words[2]
		if len(words) > 3 && words[0] == "ip" { // address and mask
			mask, err := netip.ParseAddr(words[3])
			if err != nil {
				return
			}
			bits := 0
			for _, b := range mask.AsSlice() {
				for ; b != 0; b <<= 1 {
					bits++
				}
			}
			if addr, err := netip.ParseAddr(text); err == nil {
				i.prefixes = append(i.prefixes, netip.PrefixFrom(addr, bits))
			}
			return
		}
		if p, err := netip.ParsePrefix(text); err == nil {
			i.prefixes = append(i.prefixes, p)
		}
	}
}

// readLine reads the words behind a neighbor's address.
func (n *writtenNeighbor) readLine(words []string, family string) {
	rest := strings.Join(words[1:], " ")
	switch words[0] {
	case "remote-as":
		n.asn = rest
	case "password":
		n.key = rest
	case "fall-over", "bfd":
		n.bfd = strings.TrimSpace(n.bfd + " " + strings.Join(words, " "))
	case "ebgp-multihop", "update-source", "disable-connected-check":
		n.distant = strings.Join(words, " ")
	case "send-community":
		n.community = true
	case "activate":
		n.unicast = n.unicast || family == "ipv4" || family == "ipv6"
	case "route-map":
		switch words[2] {
		case "in":
			n.in = words[1]
		case "out":
			n.out = words[1]
		}
	}
}

// readSet reads Junos's set commands.
func (w *written) readSet() {
	type group struct{ vrf, name string }
	groups := make(map[group]*writtenNeighbor)
	members := make(map[group][]*writtenNeighbor)
	for _, line := range w.lines {
		words, vrf := strings.Fields(strings.TrimPrefix(line, "set ")), ""
		if len(words) > 2 && words[0] == "routing-instances" {
			vrf, words = words[1], words[2:]
			if words[0] == "interface" {
				w.iface(words[1]).vrf = vrf
			}
		}
		switch {
		case len(words) > 4 && words[0] == "interfaces" && words[2] == "unit":
			i := w.iface(words[1] + "." + words[3])
			switch words[4] {
			case "vlan-id", "vlan-tags":
				i.tags = words[1] + " " + strings.Join(words[5:], " ")
			case "family":
				if p, err := netip.ParsePrefix(after(words, "address")); err == nil {
					i.prefixes = append(i.prefixes, p)
				}
			}
		case len(words) > 4 && words[0] == "protocols" && words[1] == "bgp" && words[2] == "group":
			key := group{vrf, words[3]}
			if groups[key] == nil {
				groups[key] = &writtenNeighbor{}
			}
			if words[4] != "neighbor" {
				groups[key].readSetLine(words[4:])
				continue
			}
			n := w.neighbor(vrf, words[5])
			if !slices.Contains(members[key], n) {
				members[key] = append(members[key], n)
			}
			if len(words) > 6 {
				n.readSetLine(words[6:])
			}
		case len(words) > 3 && words[0] == "policy-options" && words[1] == "policy-statement":
			w.readStatement(words[2], words[3:])
		case len(words) > 3 && words[0] == "policy-options" && words[1] == "prefix-list":
			w.lists[words[2]] = append(w.lists[words[2]], words[3])
		}
	}
	for key, list := range members {
		for _, n := range list {
			n.inherit(groups[key])
		}
	}
}

func (n *writtenNeighbor) readSetLine(words []string) {
	rest := strings.Join(words[1:], " ")
	switch words[0] {
	case "peer-as":
		n.asn = rest
	case "type":
		if rest == "internal" {
			n.asn = rest
		}
	case "authentication-key":
		n.key = strings.Trim(rest, `"`)
	case "bfd-liveness-detection":
		n.bfd = strings.TrimSpace(n.bfd + " " + rest)
	case "multihop", "local-address":
		n.distant = strings.Join(words, " ")
	case "family":
		n.unicast = n.unicast || words[1] == "inet" || words[1] == "inet6"
	case "import":
		n.in = rest
	case "export":
		n.out = rest
	}
}

// inherit takes from the group what the neighbor does not say itself.
func (n *writtenNeighbor) inherit(g *writtenNeighbor) {
	for _, pair := range [][2]*string{{&n.asn, &g.asn}, {&n.key, &g.key}, {&n.bfd, &g.bfd}, {&n.distant, &g.distant}, {&n.in, &g.in}, {&n.out, &g.out}} {
		if *pair[0] == "" {
			*pair[0] = *pair[1]
		}
	}
	n.unicast = n.unicast || g.unicast
}

// readStatement reads one line of a policy statement. What stands behind no
// term decides about what no term has decided: it is a term without a name.
func (w *written) readStatement(policy string, words []string) {
	name := ""
	if words[0] == "term" {
		name, words = words[1], words[2:]
	}
	terms := w.terms[policy]
	i := slices.IndexFunc(terms, func(t writtenTerm) bool { return t.match[0] == name })
	if i < 0 {
		i, terms = len(terms), append(terms, writtenTerm{match: []string{name}})
	}
	rest := strings.Join(words[1:], " ")
	switch {
	case words[0] == "from":
		terms[i].match = append(terms[i].match, rest)
	case rest == "reject":
		terms[i].deny = true
	case rest != "accept":
		terms[i].set = append(terms[i].set, rest)
	}
	w.terms[policy] = terms
}

// matches are what a term asks for; none: everything.
func (w *written) matches(t writtenTerm) []string {
	if w.platform == plan.Junos {
		return t.match[1:] // behind the term's name
	}
	return t.match
}

// after returns the word behind word, and "" where there is none.
func after(words []string, word string) string {
	if i := slices.Index(words, word); i >= 0 && i+1 < len(words) {
		return words[i+1]
	}
	return ""
}
