package confdiff

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A Difference is one object that a router does not have as it was rendered.
type Difference struct {
	Object Object
	// Missing are statements that were rendered and are not there, in the order of
	// the rendering; Extra those that are there and were not rendered, in the order
	// of the box.
	Missing []Statement
	Extra   []Statement
	// Unknown are statements whose secrets cannot be compared: equal or not, nobody
	// can tell here.
	Unknown []Statement
	// Order says that the statements are the same and that their order, which means
	// something, is not (terms of a Junos policy statement).
	Order bool
}

// Compare says what have, which a router prints, lacks and has too much against
// want, which was rendered for it, object by object. Intent is the name that
// begins the names of objects: what bears it and was not rendered any more is left
// over from an earlier rendering. Of what others share with us (the BGP process,
// static routes, a physical interface) only statements that were rendered are
// compared, and what nobody rendered and is not marked as ours is not ours. A
// router ID or loopback that the router has already stays as it is. Entries of a
// list that only permits are compared without their numbers, which mean nothing
// there. Differences are sorted by the order of want, then of have.
func Compare(want, have Config, intent string) []Difference {
	return newComparison(want, have, intent, true).differences()
}

// differences compares object by object.
func (c *comparison) differences() []Difference {
	var out []Difference
	for _, o := range c.slice() {
		d := Difference{Object: o}
		c.missing(&d)
		c.extra(&d)
		d.Order = len(d.Missing)+len(d.Extra) == 0 && !slices.Equal(terms(c.want.of[o]), terms(c.have.of[o]))
		if len(d.Missing)+len(d.Extra)+len(d.Unknown) > 0 || d.Order {
			out = append(out, d)
		}
	}
	return out
}

// slice lists the objects that are ours: those that were rendered, those that are
// left over, and those of others in which something of ours is left over.
func (c *comparison) slice() []Object {
	out := slices.Concat(c.want.objects, c.left.objects)
	for _, o := range c.have.objects {
		if c.want.of[o] == nil && !slices.Contains(c.left.objects, o) && slices.ContainsFunc(c.have.of[o], func(s Statement) bool { return c.follows(o, s) }) {
			out = append(out, o)
		}
	}
	return out
}

type comparison struct {
	platform   string
	prefix     string
	want, have arrangement
	left       claim
	stem       []string              // of names that were rendered; nil: not looked for yet
	announced  map[netip.Prefix]bool // by us, now or before
	hidden     []string              // lines that the router does not print, for its own defaults
}

func newComparison(want, have Config, intent string, prune bool) *comparison {
	c := &comparison{platform: want.Platform, prefix: strings.ToUpper(intent) + "-", want: arranged(want), have: arranged(have)}
	for _, s := range have.Statements {
		if c.platform == FRR && s.Path[0] == "frr defaults datacenter" {
			c.hidden = []string{"bgp log-neighbor-changes"}
		}
	}
	c.left = c.claims(prune)
	return c
}

// An arrangement is a configuration by object.
type arrangement struct {
	platform string
	by       map[string]Statement // by sameKey
	of       map[Object][]Statement
	objects  []Object // in their order
}

// arranged puts what can be ours of a configuration under its objects.
func arranged(c Config) arrangement {
	out := arrangement{platform: c.Platform, by: make(map[string]Statement, len(c.Statements)), of: make(map[Object][]Statement)}
	for _, s := range c.Statements {
		if s.Opaque || ownHeader(c.Platform, s) {
			continue
		}
		o := s.Object(c.Platform)
		if out.of[o] == nil {
			out.objects = append(out.objects, o)
		}
		out.of[o] = append(out.of[o], s)
		if _, twice := out.by[sameKey(c.Platform, s)]; !twice {
			out.by[sameKey(c.Platform, s)] = s
		}
	}
	return out
}

// ownHeader reports whether a line is about the box itself: its name, its log, its
// set of defaults. A rendering has such lines to be a whole configuration.
func ownHeader(platform string, s Statement) bool {
	if platform != FRR || len(s.Path) > 1 {
		return false
	}
	word, _, _ := strings.Cut(s.Path[0], " ")
	return word == "frr" || word == "hostname" || word == "log" || s.Path[0] == "service integrated-vtysh-config"
}

// sameKey is the Key of a statement, of a permitting entry of a list without its
// number: in a list that permits only, order means nothing.
func sameKey(platform string, s Statement) string {
	if e, ok := entryOf(platform, s); ok && e.permit {
		return e.list + "\n" + e.body
	}
	return s.Key()
}

// An entry is one of a numbered list: a prefix list, or a community list of FRR.
type entry struct {
	list   string // ip prefix-list NAME
	number string
	body   string // permit 10.0.0.0/8
	permit bool
}

// entryOf takes a statement of IOS-XE or FRR for an entry of a numbered list.
func entryOf(platform string, s Statement) (entry, bool) {
	if platform == Junos || len(s.Path) != 1 || !strings.Contains(s.Path[0], "-list ") {
		return entry{}, false
	}
	list, rest, found := strings.Cut(s.Path[0], " seq ")
	number, body, found2 := strings.Cut(rest, " ")
	return entry{list, number, body, strings.HasPrefix(body, "permit ")}, found && found2
}

// missing notes what an object lacks.
func (c *comparison) missing(d *Difference) {
	for _, s := range c.want.of[d.Object] {
		there, found := c.have.by[sameKey(c.platform, s)]
		switch {
		case !found && (c.lanHas(d.Object, s) || c.satisfied(d.Object, s) || slices.Contains(c.hidden, s.Path[len(s.Path)-1])):
		case !found || there.Inactive != s.Inactive:
			d.Missing = append(d.Missing, s)
		case s.Secret.Compare(there.Secret) == Different:
			d.Missing, d.Extra = append(d.Missing, s), append(d.Extra, there)
		case s.Secret.Compare(there.Secret) == Unknown:
			d.Unknown = append(d.Unknown, there)
		}
	}
}

// extra notes what an object has too much. In a shared one that is only what a
// missing statement takes the place of.
func (c *comparison) extra(d *Difference) {
	shared := c.shared(d.Object)
	kept := make(map[string]string) // one entry of those that say the same
	for _, s := range c.have.of[d.Object] {
		key := sameKey(c.platform, s)
		rendered, found := c.want.by[key]
		if found && rendered.Inactive == s.Inactive && (kept[key] == "" || kept[key] == s.Key()) {
			kept[key] = s.Key()
			continue
		}
		if !found && c.others(d.Object, s) {
			continue
		}
		if found || !shared || c.replaced(d, s) || c.anchor(d.Object, s) || c.follows(d.Object, s) {
			d.Extra = append(d.Extra, s)
		}
	}
}

// shared reports whether an object has room for statements of others: by its
// kind, or because the rendering only adds to an interface, without an address of
// its own (BFD towards a customer's edge).
func (c *comparison) shared(o Object) bool {
	if o.Kind != Interface || c.want.of[o] == nil {
		return o.shared(c.platform)
	}
	return o.shared(c.platform) || !slices.ContainsFunc(c.want.of[o], func(s Statement) bool {
		return strings.Contains(s.Text(c.platform), "address ") || strings.Contains(s.Text(c.platform), "unnumbered ")
	})
}

// replaced reports whether a missing statement sets the value that s has set.
func (c *comparison) replaced(d *Difference, s Statement) bool {
	slot := stemOf(c.platform, s)
	return slot != s.Key() && slices.ContainsFunc(d.Missing, func(m Statement) bool { return stemOf(c.platform, m) == slot })
}

// stemOf is a statement without its value.
func stemOf(platform string, s Statement) string {
	if platform == Junos {
		return junosSlot(s)
	}
	return slotKey(platform, s)
}

// satisfied reports whether what the router has does what a line wants, and more:
// more equal paths, a port that also takes two tags, a network that is announced
// with a policy of the LAN's.
func (c *comparison) satisfied(o Object, s Statement) bool {
	text := s.Text(c.platform)
	return slices.ContainsFunc(c.have.of[o], func(t Statement) bool {
		there := t.Text(c.platform)
		switch {
		case o.Kind == Network:
			return strings.HasPrefix(there, text+" ")
		case c.platform == Junos && strings.HasSuffix(text, " vlan-tagging"):
			return there == strings.Replace(text, " vlan-tagging", " flexible-vlan-tagging", 1)
		case o.Kind == BGP && strings.HasPrefix(text, "maximum-paths "):
			return sibling(s.Path, t.Path) && slotOf(c.platform, text) == slotOf(c.platform, there) && lastNumber(there) >= lastNumber(text)
		}
		return false
	})
}

// lastNumber is the number at the end of a line; 0: none.
func lastNumber(line string) int {
	n, _ := strconv.Atoi(line[strings.LastIndexByte(line, ' ')+1:])
	return n
}

// others reports whether a line that was not rendered, on an interface or network of
// ours, is of a kind that ercfg never renders there: a filter, a policy of the
// LAN's, an export of flows. It is another's.
func (c *comparison) others(o Object, s Statement) bool {
	words := s.Path
	if c.platform != Junos {
		if len(s.Path) == 1 {
			return false
		}
		words = strings.Fields(s.Path[len(s.Path)-1])
	}
	switch {
	case o.Kind == Network:
		return c.want.of[o] != nil && slices.Contains(words, "route-map")
	case o.Kind != Interface || c.want.of[o] == nil:
		return false
	case c.platform == Junos:
		return slices.Contains(words, "filter") || slices.Contains(words, "sampling") || slices.Contains(words, "rpf-check")
	}
	if words[0] == "no" {
		return !slices.Contains(iosxeNegatives, strings.Join(words, " "))
	}
	own := []string{"description", "encapsulation", "vrf", "ip address", "ipv6 address", "ip unnumbered", "ip mtu", "ipv6 mtu", "ip tcp", "bfd", "tunnel", "shutdown", "mka", "macsec", "service-policy output"}
	return !slices.ContainsFunc(own, func(begin string) bool { return strings.HasPrefix(strings.Join(words, " ")+" ", begin+" ") })
}

// lanHas reports whether the router has a value of its own where s would set one
// that is the LAN's: a router ID, an address of a loopback.
func (c *comparison) lanHas(o Object, s Statement) bool {
	family := lanSlot(c.platform, o, s)
	return family != "" && slices.ContainsFunc(c.have.of[o], func(t Statement) bool {
		return lanSlot(c.platform, o, t) == family
	})
}

// lanSlot names the LAN's own value that a statement sets; empty: none.
func lanSlot(platform string, o Object, s Statement) string {
	text := s.Text(platform)
	switch {
	case strings.HasPrefix(text, "bgp router-id "):
		return "router ID"
	case platform == Junos && len(s.Path) > 1 && s.Path[len(s.Path)-2] == "router-id":
		return strings.Join(s.Path[:len(s.Path)-1], " ")
	case o.Kind != Interface || !strings.HasPrefix(strings.ToLower(o.Name), "lo"):
		return ""
	case platform == Junos && len(s.Path) > 6 && s.Path[6] == "address":
		return s.Path[5]
	case strings.HasPrefix(text, "ip address "), strings.HasPrefix(text, "ipv6 address "):
		family, _, _ := strings.Cut(text, " ")
		return family
	}
	return ""
}

// terms lists the terms of a Junos policy statement in their order. Elsewhere
// numbers order what has an order.
func terms(statements []Statement) []string {
	var out []string
	for _, s := range statements {
		if len(s.Path) > 4 && s.Path[1] == "policy-statement" && s.Path[3] == "term" && !slices.Contains(out, s.Path[4]) {
			out = append(out, s.Path[4])
		}
	}
	return out
}
