package push

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// touchedBy says which sessions of a router a change touches, by what the plan's
// sessions use: a policy, a list, an interface. What it cannot place touches all.
func (o *oracle) touchedBy(r *plan.Router, c *confdiff.Change) effects {
	e := effects{touched: make(map[Neighbor]bool), resets: make(map[Neighbor]bool), waits: make(map[Neighbor]bool)}
	u := users{r: r, list: o.wanted(r), platform: c.Platform}
	for i, d := range c.Differences {
		if len(d.Missing)+len(d.Extra) == 0 && !d.Order {
			continue // only a secret that cannot be compared
		}
		class := confdiff.SessionReset
		if i < len(c.Impacts) {
			class = c.Impacts[i].Class
		}
		for _, n := range u.of(&d, class) {
			e.touched[n] = true
			switch {
			case class >= confdiff.SessionReset:
				e.resets[n] = true
			case class == confdiff.NextReset:
				e.waits[n] = true
			}
		}
	}
	return e
}

// users finds the sessions that use an object.
type users struct {
	r        *plan.Router
	list     []wanted
	platform string // confdiff's
}

// of are the sessions that a difference touches.
func (u *users) of(d *confdiff.Difference, class confdiff.Class) []Neighbor {
	vrf, name := splitName(d.Object.Name)
	// What goes and was not rendered has no user in the plan.
	left := len(d.Missing) == 0 && !d.Order
	switch d.Object.Kind {
	case confdiff.Neighbor:
		if addr, err := netip.ParseAddr(name); err == nil {
			return []Neighbor{{vrf, addr}}
		}
		return u.in(vrf)
	case confdiff.Group:
		return u.group(vrf, name)
	case confdiff.Interface:
		return append(u.onInterface(name, class, left), u.leftBehind(d)...)
	case confdiff.RouteMap:
		return u.policy(name, left)
	case confdiff.PrefixList, confdiff.CommunityList:
		return u.matching(name, left)
	case confdiff.Network:
		return u.prefix(d.Object.Name, false)
	case confdiff.StaticRoute:
		return u.prefix(d.Object.Name, true)
	case confdiff.BGP:
		if d.Object.Name != "" {
			return u.in(d.Object.Name)
		}
	case confdiff.VRF:
		return u.in(d.Object.Name)
	case confdiff.BFDProfile:
		return u.where(func(w *wanted) bool { return w.bfd.On() })
	case confdiff.IPsec:
		return u.where(func(w *wanted) bool { return w.instance != "" })
	case confdiff.MACsec:
		return u.where(func(w *wanted) bool { return w.azure() && w.instance == "" })
	case confdiff.QoS, confdiff.FlowExport:
		return nil // no session uses them
	}
	return u.all()
}

// splitName takes an object's name apart: a VRF, where there is one, and the rest.
func splitName(name string) (vrf, rest string) {
	if vrf, rest, ok := strings.Cut(name, " "); ok {
		return vrf, rest
	}
	return "", name
}

// where are the planned sessions that are so.
func (u *users) where(so func(*wanted) bool) []Neighbor {
	var out []Neighbor
	for i := range u.list {
		if so(&u.list[i]) {
			out = append(out, u.list[i].Neighbor)
		}
	}
	return out
}

func (u *users) all() []Neighbor { return u.where(func(*wanted) bool { return true }) }

func (u *users) in(vrf string) []Neighbor {
	return u.where(func(w *wanted) bool { return w.VRF == vrf })
}

// group are the sessions of a Junos group, whose name ends in the path and the
// family, or in IBGP; where it is another's, those of the table.
func (u *users) group(vrf, name string) []Neighbor {
	list := u.where(func(w *wanted) bool {
		if w.VRF != vrf {
			return false
		}
		tag := "-IBGP-"
		if !w.internal {
			tag = "-" + strings.ToUpper(strings.ReplaceAll(w.path, ".", "-")) + "-"
		}
		return (w.internal || w.azure()) && strings.Contains(name+"-", tag)
	})
	if len(list) == 0 {
		return u.in(vrf)
	}
	return list
}

// onInterface are the sessions on an interface, and where they may go with it, the
// tunnels that ride on it.
func (u *users) onInterface(name string, class confdiff.Class, left bool) []Neighbor {
	known, loopback := false, name == u.r.Loopback.Interface || name == u.r.Loopback.Interface+".0"
	on := make(map[Neighbor]bool)
	for i := range u.r.Links {
		l := &u.r.Links[i]
		if name != l.Interface && name != l.Subinterface() {
			continue
		}
		known = true
		for j := range l.Sessions {
			on[Neighbor{l.VRF, l.Sessions[j].Neighbor}] = true
		}
		for j := range u.r.Tunnels {
			if t := &u.r.Tunnels[j]; class >= confdiff.SessionReset && t.OutsideVRF == l.VRF {
				on[Neighbor{t.VRF, t.Session.Neighbor}] = true
			}
		}
	}
	for i := range u.r.Tunnels {
		if t := &u.r.Tunnels[i]; name == t.Interface || name == t.Source || loopback && t.Session.Loopback {
			known, on[Neighbor{t.VRF, t.Session.Neighbor}] = true, true
		}
	}
	list := u.where(func(w *wanted) bool {
		return on[w.Neighbor] || loopback && w.internal || w.iface != "" && w.iface == name
	})
	if len(list) == 0 && !known && !left && !loopback {
		return u.all()
	}
	return list
}

// leftBehind are the sessions in the subnets that an interface loses: of a link that
// moves to another subinterface, say.
func (u *users) leftBehind(d *confdiff.Difference) []Neighbor {
	lost := lostBy(d, u.platform)
	return u.where(func(w *wanted) bool { return heldBy(lost, w.Addr) })
}

// lostBy are the subnets that an interface loses.
func lostBy(d *confdiff.Difference, platform string) []netip.Prefix {
	var lost []netip.Prefix
	for _, s := range d.Extra {
		_, text, _ := strings.Cut(s.Text(platform), " address ")
		if _, p, ok := prefixIn(text); ok {
			lost = append(lost, p)
		}
	}
	return lost
}

// heldBy reports whether one of the prefixes contains an address.
func heldBy(all []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// policy are the sessions that a policy filters; one that filters none decides what
// comes into BGP, or over which routes next hops resolve.
func (u *users) policy(name string, left bool) []Neighbor {
	list := u.where(func(w *wanted) bool { return w.imports == name || w.exports == name })
	if len(list) == 0 && !left {
		return u.all()
	}
	return list
}

// matching are the sessions whose policies match by a list.
func (u *users) matching(list string, left bool) []Neighbor {
	var out []Neighbor
	used := false
	for i := range u.r.Policies {
		p := &u.r.Policies[i]
		if slices.ContainsFunc(p.Terms, func(t plan.Term) bool { return t.Match == list || t.Communities == list }) {
			used = true
			for _, n := range u.policy(p.Name, false) {
				if !slices.Contains(out, n) {
					out = append(out, n)
				}
			}
		}
	}
	if !used && !left {
		return u.all()
	}
	return out
}

// prefix are the sessions that announce a prefix, and where it is a route, those
// whose far end it holds; all, where the words are no prefix.
func (u *users) prefix(name string, route bool) []Neighbor {
	vrf, prefix, ok := prefixIn(name)
	if !ok {
		return u.all()
	}
	ends := make(map[Neighbor]bool)
	for i := range u.r.Tunnels {
		if t := &u.r.Tunnels[i]; route && (prefix.Contains(t.Remote) || prefix.Contains(t.Session.Neighbor)) {
			ends[Neighbor{t.VRF, t.Session.Neighbor}] = true
		}
	}
	return u.where(func(w *wanted) bool {
		return ends[w.Neighbor] || route && w.VRF == vrf && prefix.Contains(w.Addr) || w.VRF == vrf && w.exports != "" && len(u.r.Possible(w.exports, prefix)) > 0
	})
}

// prefixIn reads a network or static route as confdiff names it: a VRF, where there
// is one, and a prefix or an address and its mask.
func prefixIn(name string) (vrf string, prefix netip.Prefix, ok bool) {
	words := slices.DeleteFunc(strings.Fields(name), func(w string) bool { return w == "mask" })
	n := len(words)
	if n == 0 {
		return "", netip.Prefix{}, false
	}
	prefix, err := netip.ParsePrefix(words[n-1])
	rest := words[:n-1]
	if err != nil && n > 1 {
		addr, err := netip.ParseAddr(words[n-2])
		bits, ok := maskBits(words[n-1])
		if err != nil || !ok || !addr.Is4() {
			return "", netip.Prefix{}, false
		}
		prefix, rest = netip.PrefixFrom(addr, bits), words[:n-2]
	}
	return strings.Join(rest, " "), prefix.Masked(), prefix.IsValid()
}

// maskBits is the length of an IPv4 mask in dots.
func maskBits(mask string) (int, bool) {
	addr, err := netip.ParseAddr(mask)
	if err != nil || !addr.Is4() {
		return 0, false
	}
	bits, zeros := 0, false
	for _, b := range addr.AsSlice() {
		for i := 7; i >= 0; i-- {
			one := b>>i&1 == 1
			if one && zeros {
				return 0, false
			}
			if zeros = zeros || !one; one {
				bits++
			}
		}
	}
	return bits, true
}
