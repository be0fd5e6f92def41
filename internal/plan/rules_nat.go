package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about address translation: fact sheet §13. ercfg renders none; it
// checks that the pools, which the intent names, fit the routing.
const (
	natOnPrivate   diag.Code = "ER191"
	untranslated   diag.Code = "ER192"
	poolOnInternet diag.Code = "ER193"
	poolUnknown    diag.Code = "ER194"
	poolOfOneLink  diag.Code = "ER195"
	poolOfPublic   diag.Code = "ER978" // translates what needs no translation
)

// checkNAT reports pools where there is no translation, sources without one,
// and pools that the answers do not find the way back to.
func (f *facts) checkNAT() {
	uses := f.uses()
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			switch pools := p.pools(); {
			case p.microsoft:
				f.checkLinkPools(p, pools, uses[p])
			case len(pools) > 0:
				at := pools[0].names[0]
				f.fault(natOnPrivate, at.Pos, fmt.Sprintf("the private peering %s has a NAT pool, %s", p.path, at.V), "on private peering on-premises addresses stay as they are: take nat away")
			}
		}
	}
	placed := make(map[*network]bool)
	for _, s := range f.statements {
		f.checkSources(s, placed)
	}
	f.checkPools(placed)
	f.checkTranslated()
}

// A linkPool is one network among the pools of a peering's links.
type linkPool struct {
	names []intent.At[string] // where it is listed, the primary link's list first
	links [2]bool             // by Position
}

// pools are the networks under a peering's nat, in the order of the intent.
func (p *peering) pools() []linkPool {
	if p.in.NAT == nil {
		return nil
	}
	var out []linkPool
	for pos, list := range [][]intent.At[string]{p.in.NAT.Primary, p.in.NAT.Secondary} {
		for _, name := range list {
			i := slices.IndexFunc(out, func(o linkPool) bool { return o.names[0].V == name.V })
			if i < 0 {
				i = len(out)
				out = append(out, linkPool{})
			}
			out[i].names = append(out[i].names, name)
			out[i].links[pos] = true
		}
	}
	return out
}

// checkLinkPools judges the pools of the links of a Microsoft peering.
func (f *facts) checkLinkPools(p *peering, pools []linkPool, uses []use) {
	for _, pool := range pools {
		n, at := f.networkByName[pool.names[0].V], pool.names[0]
		if n == nil {
			continue // reported by name
		}
		advertised := slices.ContainsFunc(uses, func(u use) bool { return u.steer.advertises && slices.Contains(u.statement.networks, n) })
		if !advertised {
			f.fault(poolUnknown, at.Pos, fmt.Sprintf("no statement advertises the pool %s on %s", at.V, p.path), fmt.Sprintf("Microsoft's answers find no way back: list %s under onprem of a statement that prefers %s", at.V, p.path), n.name.Pos)
			continue
		}
		if link := Position(btoi(pool.links[Secondary])); pool.links[Primary] != pool.links[Secondary] && len(p.both()) == 2 {
			f.warn(poolOfOneLink, at.Pos, fmt.Sprintf("the pool %s lives on the %s link of %s only", at.V, link, p.path), "its sessions end with that link: translate ahead of both links, and list the pool for both", n.name.Pos)
		}
	}
}

// checkSources judges the networks of one statement by the peerings that they
// leave on. Those that need no further look for a path are placed.
func (f *facts) checkSources(s *statement, placed map[*network]bool) {
	var private, microsoft *path
	for _, p := range s.circuits() {
		if p.peering.microsoft {
			microsoft = p
		} else {
			private = p
		}
	}
	for _, name := range s.in.Onprem {
		n := f.networkByName[name.V]
		switch {
		case n == nil:
			continue
		case private != nil && len(n.in.NAT) > 0:
			source := n.in.NAT[0].V
			if f.networkByName[source] == nil {
				break // reported by name
			}
			f.fault(natOnPrivate, name.Pos, fmt.Sprintf("%s is the NAT pool of %s, and statement %s takes the private peering %s", name.V, source, s.name, private.peering.path),
				fmt.Sprintf("on private peering on-premises addresses stay as they are: write %s in its place", source), n.name.Pos, private.name.Pos)
		case microsoft != nil && !n.public:
			hint := "list the pool that it is translated to, a network with public: true; or write public: true where these are public addresses of your own"
			if pool := f.poolOf(name.V); pool != nil {
				hint = fmt.Sprintf("write %s in its place, which it is translated to", pool.name.V)
			}
			f.fault(untranslated, name.Pos, fmt.Sprintf("%s is no public network, and statement %s takes the Microsoft peering %s without NAT", name.V, s.name, microsoft.peering.path), hint, n.name.Pos, microsoft.name.Pos)
		}
		// A path that nothing defines may be the Microsoft peering that is asked
		// for.
		if private != nil || microsoft != nil || len(s.paths) < len(s.in.Prefer) {
			placed[n] = true
		}
	}
}

// poolOf returns the pool that a network is translated to; nil: none.
func (f *facts) poolOf(name string) *network {
	for _, n := range f.networks {
		if slices.ContainsFunc(n.in.NAT, func(a intent.At[string]) bool { return a.V == name }) {
			return n
		}
	}
	return nil
}

// checkTranslated reports pools that translate themselves, or public space,
// which leaves as it is.
func (f *facts) checkTranslated() {
	for _, n := range f.networks {
		for _, name := range n.in.NAT {
			source := f.networkByName[name.V]
			switch {
			case source == n:
				f.fault(poolOfPublic, name.Pos, fmt.Sprintf("the pool %s translates itself", n.name.V), "name the private networks that leave as this pool")
			case source != nil && source.public:
				f.fault(poolOfPublic, name.Pos, fmt.Sprintf("the pool %s translates %s, which is public space itself", n.name.V, name.V), "name private networks; what is public leaves as it is", source.name.Pos)
			}
		}
	}
}

// pooled are the places of the prefixes of NAT pools.
func (f *facts) pooled() map[diag.Pos]bool {
	listed := f.listedPools()
	out := make(map[diag.Pos]bool)
	for _, n := range f.networks {
		if len(n.in.NAT) == 0 && !listed[n.name.V] {
			continue
		}
		for _, p := range n.prefixes {
			out[p.Pos] = true
		}
	}
	return out
}

// listedPools are the networks that a peering's nat names.
func (f *facts) listedPools() map[string]bool {
	listed := make(map[string]bool)
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			for _, pool := range p.pools() {
				listed[pool.names[0].V] = true
			}
		}
	}
	return listed
}

// checkPools judges every network that is a pool: one that names what it
// translates, or that a peering's nat names.
func (f *facts) checkPools(placed map[*network]bool) {
	listed := f.listedPools()
	var announced []span[struct{}]
	for _, a := range f.internetPrefixes() {
		announced = append(announced, span[struct{}]{At: a})
	}
	internet := newSpace(announced)
	for _, n := range f.networks {
		if len(n.in.NAT) == 0 && !listed[n.name.V] {
			continue
		}
		seen := make(map[netip.Prefix]bool)
		for _, p := range n.prefixes {
			if x, ok := internet.meeting(p.V); ok && !seen[x.V] {
				seen[x.V] = true
				f.fault(poolOnInternet, x.Pos, fmt.Sprintf("%s, which is announced to the Internet, meets %s of the NAT pool %s", x.V, p.V, n.name.V), "an answer could take either way: keep a pool for ExpressRoute alone", p.Pos)
			}
		}
		if !placed[n] && !listed[n.name.V] {
			f.fault(poolUnknown, n.name.Pos, fmt.Sprintf("no statement advertises the NAT pool %s on a Microsoft peering", n.name.V), "Microsoft's answers find no way back: list it under onprem of a statement that prefers CIRCUIT.microsoft", n.in.NAT[0].Pos)
		}
	}
}
