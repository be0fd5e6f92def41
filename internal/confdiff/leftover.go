package confdiff

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
)

// ourName is the form of the names that ercfg makes, behind the intent's: what
// another team names after the same company or site has none of it.
var ourName = regexp.MustCompile(`-V[46]$|(^|-)LOAD-BALANCE$|(^|-)BFD-[0-9]+X[0-9]+$|(^|-)COMMUNITIES(-|$)|-LP[0-9]+-[0-9]+-[0-9]+$|(^|-)DSCP$|(^|-)FLOW|^VRF-.*-(IMPORT|EXPORT)$`)

// ourSession is the form of the names of the policies of sessions that are not
// with Microsoft: iBGP, and a customer's edge.
var ourSession = regexp.MustCompile(`^(IBGP|.*-CE-.*)-(IN|OUT)-V[46]$|^IBGP-(VPN-)?V[46]$|^CE-V[46]$`)

// A claim is what of a router's objects is taken for ours although it was not
// rendered.
type claim struct {
	objects []Object // left over from an earlier rendering, in the router's order
	doubt   []Object // bear the intent's name and may be another's: told, never touched
}

// claims finds what is left over. An object needs more than the intent's name,
// which others may use, too: a name in our form that nothing of others refers to;
// a session with Microsoft's AS and our policies; an anchor, by its distance and a
// list of ours that still has its prefix, and the network statement that it is
// for; a link or tunnel with our description that
// belongs to such a session or refers to such a name.
// Names of another intent whose name begins with ours (contoso, contoso-london) are
// none of ours. Without prune only lists and policies of paths that are still
// rendered are claimed.
func (c *comparison) claims(prune bool) claim {
	c.announced = c.prefixes()
	left := make(map[Object]bool) // all of it
	intents := c.intents()
	for _, o := range c.have.objects {
		other := slices.ContainsFunc(intents, func(i string) bool { return c.bearsName(o, i) })
		if c.want.of[o] == nil && !other && c.marked(o) {
			left[o] = true
		}
	}
	c.links(left)
	c.keys(left)
	c.disown(left)
	ours := maps.Clone(left)
	if !prune {
		maps.DeleteFunc(ours, func(o Object, _ bool) bool {
			return !c.listed(o) || !slices.Contains(c.stems(), stemOfName(c.ownPart(o)))
		})
		c.disown(ours)
	}
	var out claim
	for _, o := range c.have.objects {
		switch {
		case ours[o]:
			out.objects = append(out.objects, o)
		case left[o], c.want.of[o] == nil && (c.named(o) || o.Kind == Neighbor && c.session(o)):
			out.doubt = append(out.doubt, o)
		}
	}
	return out
}

// singles are names that every intent has once, or not at all: behind anything else
// they belong to an intent with a longer name.
var singles = regexp.MustCompile(`^(.+)-(IBGP-.*|ANCHORS-V[46]|NEXTHOP-V[46]|REFUSED-.*|BFD-[0-9]+X[0-9]+|LOAD-BALANCE)$`)

// intents lists the beginnings of the names of other intents' objects.
func (c *comparison) intents() []string {
	var out []string
	for _, o := range c.have.objects {
		if found := singles.FindStringSubmatch(c.ownPart(o)); found != nil && c.want.of[o] == nil {
			out = append(out, c.prefix+found[1]+"-")
		}
	}
	return out
}

// bearsName reports whether an object, or something that it refers to, has a name
// that begins so.
func (c *comparison) bearsName(o Object, begin string) bool {
	return slices.ContainsFunc(c.have.of[o], func(s Statement) bool {
		return slices.ContainsFunc(c.words(s), func(w string) bool { return strings.HasPrefix(w, begin) })
	})
}

// listed reports whether an object is a list or a policy.
func (c *comparison) listed(o Object) bool {
	switch o.Kind {
	case PrefixList, RouteMap, CommunityList, BFDProfile:
		return true
	}
	return false
}

// nameTail is what follows the path in the name of a list or policy.
var nameTail = regexp.MustCompile(`-?(PRIMARY|SECONDARY|VNETS|SUPERNETS|SPECIFICS|PUBLIC|DEFAULT|COMMUNITIES|IN|OUT|V4|V6|[0-9]+X[0-9]+)(-.*)?$`)

// stemOfName is the part of a name that says which path it is for: ER-LONDON, IBGP.
func stemOfName(own string) string { return nameTail.ReplaceAllString(own, "") }

// stems lists those of what was rendered.
func (c *comparison) stems() []string {
	if c.stem == nil {
		c.stem = []string{}
		for _, o := range c.want.objects {
			if own := c.ownPart(o); c.listed(o) && own != "" && !slices.Contains(c.stem, stemOfName(own)) {
				c.stem = append(c.stem, stemOfName(own))
			}
		}
	}
	return c.stem
}

// marked reports whether an object is ours by its own words.
func (c *comparison) marked(o Object) bool {
	switch o.Kind {
	case StaticRoute:
		return slices.ContainsFunc(c.have.of[o], func(s Statement) bool { return c.anchor(o, s) })
	case Network:
		route := Object{StaticRoute, strings.Replace(o.Name, " mask ", " ", 1)}
		return c.want.of[route] == nil && slices.ContainsFunc(c.have.of[route], func(s Statement) bool { return c.anchor(route, s) })
	case Neighbor, Group:
		return c.session(o)
	case PrefixList, RouteMap, CommunityList, BFDProfile, QoS, FlowExport:
		return c.named(o) && ourName.MatchString(c.ownPart(o))
	case Interface:
		described := slices.ContainsFunc(c.have.of[o], func(s Statement) bool { return c.description(s, "VPN ") })
		return tunnelNamed(c.platform, o.Name) && described && slices.ContainsFunc(c.have.of[o], c.bears)
	}
	return false
}

// named reports whether an object bears the intent's name.
func (c *comparison) named(o Object) bool {
	switch o.Kind {
	case PrefixList, RouteMap, CommunityList, BFDProfile, QoS, FlowExport, IPsec, MACsec, Group:
		return c.ownPart(o) != ""
	}
	return false
}

// ownPart is an object's name behind the intent's; empty: it does not bear it.
func (c *comparison) ownPart(o Object) string {
	for word := range strings.FieldsSeq(o.Name) {
		if own, ok := strings.CutPrefix(word, c.prefix); ok {
			return own
		}
	}
	return ""
}

// session reports whether a neighbor, or a group, is one of ours: with Microsoft's
// AS or that of its VPN gateways and a policy or group of ours, or with a policy
// named as only ercfg names one.
func (c *comparison) session(o Object) bool {
	all := c.have.of[o]
	if c.platform == Junos && o.Kind == Neighbor && len(all) > 0 {
		if i := slices.Index(all[0].Path, "group"); i >= 0 && i+1 < len(all[0].Path) {
			group, vrf := all[0].Path[i+1], ""
			if all[0].Path[0] == "routing-instances" {
				vrf = all[0].Path[1]
			}
			all = slices.Concat(all, c.have.of[Object{Group, within(vrf, group)}])
		}
	}
	azure, own, named := false, false, false
	for _, s := range all {
		text := s.Text(c.platform)
		azure = azure || strings.HasSuffix(text, " remote-as 12076") || strings.HasSuffix(text, " peer-as 12076") || strings.HasSuffix(text, " remote-as 65515") || strings.HasSuffix(text, " peer-as 65515")
		for word := range strings.FieldsSeq(text) {
			if part, ok := strings.CutPrefix(word, c.prefix); ok {
				own, named = true, named || ourSession.MatchString(part)
			}
		}
	}
	return azure && own || named
}

// links claims the subinterfaces with our description and the subnet of a neighbor
// that is claimed; and of a link that moves to another VLAN or port, and keeps its
// neighbor, the old one.
func (c *comparison) links(ours map[Object]bool) {
	var neighbors []netip.Addr
	for _, o := range c.have.objects {
		if ours[o] && o.Kind == Neighbor {
			a, _ := netip.ParseAddr(o.Name[strings.LastIndexByte(o.Name, ' ')+1:])
			neighbors = append(neighbors, a)
		}
	}
	for _, o := range c.have.objects {
		if o.Kind != Interface || c.want.of[o] != nil || o.shared(c.platform) {
			continue
		}
		described, near := false, false
		for _, s := range c.have.of[o] {
			described = described || c.description(s, "ExpressRoute ")
			if p, ok := addressOf(c.platform, s); ok {
				near = near || slices.ContainsFunc(neighbors, p.Masked().Contains)
			}
		}
		if described && (near || c.moves(o)) {
			ours[o] = true
		}
	}
}

// moves reports whether another subinterface was rendered with the address and the
// description of one that the router has.
func (c *comparison) moves(o Object) bool {
	face := func(all []Statement) (address netip.Prefix, description string) {
		for _, s := range all {
			if p, ok := addressOf(c.platform, s); ok && !address.IsValid() {
				address = p
			}
			if _, text, ok := strings.Cut(" "+s.Text(c.platform), " description "); ok {
				description = text
			}
		}
		return address, description
	}
	address, description := face(c.have.of[o])
	return slices.ContainsFunc(c.want.objects, func(w Object) bool {
		a, d := face(c.want.of[w])
		return w.Kind == Interface && a.IsValid() && a == address && d == description
	})
}

// description reports whether a statement describes an interface in our words.
func (c *comparison) description(s Statement, begin string) bool {
	text := s.Text(c.platform)
	if c.platform == Junos {
		_, text, _ = strings.Cut(text, " description ")
		return strings.HasPrefix(strings.Trim(text, `"`), begin)
	}
	return strings.HasPrefix(text, "description "+begin)
}

// keys claims the IPsec objects with the name of one that a claimed object refers
// to.
func (c *comparison) keys(ours map[Object]bool) {
	for grown := true; grown; {
		grown = false
		used := make(map[string]bool)
		for o := range ours {
			for _, s := range c.have.of[o] {
				for _, word := range c.words(s) {
					used[word] = true
				}
			}
		}
		for _, o := range c.have.objects {
			if o.Kind == IPsec && c.want.of[o] == nil && !ours[o] && c.ownPart(o) != "" && used[c.prefix+c.ownPart(o)] {
				ours[o], grown = true, true
			}
		}
	}
}

// disown drops the claim to what something of others refers to.
func (c *comparison) disown(ours map[Object]bool) {
	for dropped := true; dropped; {
		dropped = false
		theirs := make(map[string]bool)
		for _, o := range c.have.objects {
			if ours[o] || c.want.of[o] != nil && !c.shared(o) {
				continue
			}
			for _, s := range c.have.of[o] {
				if _, rendered := c.want.by[sameKey(c.platform, s)]; rendered || c.serves(s) {
					continue
				}
				for _, word := range c.words(s) {
					theirs[word] = true
				}
			}
		}
		for o := range ours {
			switch o.Kind {
			case PrefixList, RouteMap, CommunityList, BFDProfile, IPsec, QoS, FlowExport:
				if theirs[c.prefix+c.ownPart(o)] {
					delete(ours, o)
					dropped = true
				}
			}
		}
	}
}

// words lists the words of a statement that bear the intent's name.
func (c *comparison) words(s Statement) []string {
	text := s.Text(c.platform)
	if !strings.Contains(text, c.prefix) {
		return nil
	}
	var out []string
	for word := range strings.FieldsSeq(text) {
		if strings.HasPrefix(word, c.prefix) {
			out = append(out, word)
		}
	}
	return out
}

// bears reports whether a word of a statement is one of the intent's names.
func (c *comparison) bears(s Statement) bool { return len(c.words(s)) > 0 }

// serves reports whether a statement of a shared object is one that ercfg renders
// there to use a policy of its own.
func (c *comparison) serves(s Statement) bool {
	text := s.Text(c.platform)
	for _, form := range []string{"bgp nexthop route-map ", "forwarding-table export ", "resolution rib "} {
		if strings.Contains(text, form) && c.bears(s) {
			return true
		}
	}
	return false
}

// follows reports whether a statement of a shared object goes with what is left
// over: it uses a policy that goes, or puts an interface that goes into a zone or a
// routing instance.
func (c *comparison) follows(o Object, s Statement) bool {
	if c.serves(s) {
		return slices.ContainsFunc(c.words(s), func(w string) bool {
			return slices.Contains(c.left.objects, Object{RouteMap, w})
		})
	}
	if c.platform != Junos || o.Kind != Zone && o.Kind != VRF {
		return false
	}
	return slices.ContainsFunc(s.Path, func(w string) bool { return slices.Contains(c.left.objects, Object{Interface, w}) })
}

// prefixes lists what the router's prefix lists of ours hold, and what was rendered.
func (c *comparison) prefixes() map[netip.Prefix]bool {
	out := make(map[netip.Prefix]bool)
	for _, in := range []arrangement{c.want, c.have} {
		for _, o := range in.objects {
			if o.Kind != PrefixList || c.want.of[o] == nil && !(c.named(o) && ourName.MatchString(c.ownPart(o))) {
				continue
			}
			for _, s := range in.of[o] {
				for word := range strings.FieldsSeq(s.Text(c.platform)) {
					if p, err := netip.ParsePrefix(word); err == nil {
						out[p] = true
					}
				}
			}
		}
	}
	return out
}

// anchor reports whether a static route discards with the distance that ercfg
// gives its anchors, 250, worse than what a protocol or a person brings, and is for
// a prefix of ours.
func (c *comparison) anchor(o Object, s Statement) bool {
	if o.Kind != StaticRoute {
		return false
	}
	if p, ok := prefixOf(o); !ok || !c.announced[p] {
		return false
	}
	switch c.platform {
	case IOSXE:
		return strings.HasSuffix(s.Path[0], " Null0 250")
	case FRR:
		return strings.HasSuffix(s.Path[len(s.Path)-1], " blackhole 250")
	}
	words := 0 // of Junos: both statements of the anchor, and no other
	for _, t := range c.have.of[o] {
		switch last := t.Path[len(t.Path)-1]; {
		case last == "discard", last == "250" && t.Path[len(t.Path)-2] == "preference":
			words++
		default:
			return false
		}
	}
	return words == 2
}
