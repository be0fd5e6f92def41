package plan

import (
	"fmt"
	"iter"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
)

// The rules about addresses that meet elsewhere: fact sheet §2 and §5.
const (
	linkInAzure    diag.Code = "ER027"
	linkReused     diag.Code = "ER028"
	vnetForbidden  diag.Code = "ER032"
	onpremInVNet   diag.Code = "ER033"
	vnetsOverlap   diag.Code = "ER034"
	linkAdvertised diag.Code = "ER037"
)

// checkAddresses reports addresses that Azure refuses, and those that two
// things claim. What is routed in different VRFs may share addresses.
func (f *facts) checkAddresses() {
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			f.checkLinks(p)
		}
	}
	t := f.addressTables()
	f.checkVNetSpace()
	f.checkVNetsApart(t)
	f.checkOnpremOutside(t)
	f.checkLinksOutside(t)
	f.checkLinksUnique()
	f.checkReachBlocks(t)
	f.checkLinksUnadvertised()
	f.checkIdentities()
	f.checkElsewhere(t)
	f.checkOnpremSpace()
}

// addressTables say what is routed in each VRF. The empty name is the global
// table; whatever no statement names is in it.
type addressTables struct {
	vnets  map[string][]span[*vnet]
	onprem map[string][]span[*network]
	spaces map[string]*space[*vnet]
}

func (f *facts) addressTables() *addressTables {
	t := &addressTables{vnets: make(map[string][]span[*vnet]), onprem: make(map[string][]span[*network]), spaces: make(map[string]*space[*vnet])}
	vnetVRFs, networkVRFs := make(map[*vnet][]string, len(f.vnets)), make(map[*network][]string, len(f.networks))
	global := []string{""}
	include := func(list []string, vrf string) []string {
		switch {
		case len(list) == 0 && vrf == "":
			return global // as in most intents all do
		case slices.Contains(list, vrf):
			return list
		}
		return append(slices.Clip(list), vrf)
	}
	orGlobal := func(list []string) []string {
		if len(list) == 0 {
			return global
		}
		return list
	}
	for _, s := range f.statements {
		vrf := s.vrf()
		for _, v := range s.vnets {
			vnetVRFs[v] = include(vnetVRFs[v], vrf)
		}
		for _, n := range s.networks {
			networkVRFs[n] = include(networkVRFs[n], vrf)
		}
	}
	for _, v := range f.vnets {
		for _, vrf := range orGlobal(vnetVRFs[v]) {
			for _, p := range v.prefixes {
				t.vnets[vrf] = append(t.vnets[vrf], span[*vnet]{p, v})
			}
		}
	}
	for _, n := range f.networks {
		for _, vrf := range orGlobal(networkVRFs[n]) {
			for _, p := range n.prefixes {
				t.onprem[vrf] = append(t.onprem[vrf], span[*network]{p, n})
			}
		}
	}
	for vrf, spans := range t.vnets {
		slices.SortStableFunc(spans, compareSpans)
		t.spaces[vrf] = newSpace(slices.Clone(spans))
	}
	return t
}

// vrf is the VRF of a statement's paths, all of which lie in one.
func (s *statement) vrf() string {
	for _, p := range s.circuits() {
		return p.peering.vrf
	}
	for _, p := range s.paths {
		return p.vpn.vrf
	}
	return ""
}

func (f *facts) checkVNetSpace() {
	for _, v := range f.vnets {
		for _, p := range v.prefixes {
			if expressroute.IsAzureForbidden(p.V) {
				f.fault(vnetForbidden, p.Pos, fmt.Sprintf("VNet %s has %s, which Azure refuses", v.name.V, p.V), "a VNet has no multicast, loopback or link-local space, and not 168.63.129.16: check the VNet's address space in Azure")
			}
		}
	}
}

// checkVNetsApart reports VNets that overlap, and address spaces of one VNet
// that do: Azure has no such VNet, so one of them is another VNet's.
func (f *facts) checkVNetsApart(t *addressTables) {
	for _, v := range f.vnets {
		spans := make([]span[*vnet], len(v.prefixes))
		for i, p := range v.prefixes {
			spans[i] = span[*vnet]{p, v}
		}
		for _, o := range overlaps(spans, func(*vnet, *vnet) bool { return false }) {
			f.fault(vnetsOverlap, o.inner.Pos, fmt.Sprintf("%s overlaps %s of the same VNet %s", o.inner.V, o.outer.V, v.name.V), "the address spaces of a VNet are apart: name each once, as Azure has it", o.outer.Pos)
		}
	}
	for _, spans := range t.vnets {
		for _, o := range overlaps(spans, func(a, b *vnet) bool { return a == b }) {
			f.fault(vnetsOverlap, o.inner.Pos, fmt.Sprintf("%s of VNet %s overlaps %s of VNet %s", o.inner.V, o.inner.of.name.V, o.outer.V, o.outer.of.name.V), "on-premises routes by destination: VNets that it reaches need address spaces of their own", o.outer.Pos)
		}
	}
}

// checkOnpremOutside reports on-premises prefixes that Azure drops because a
// VNet has them. A supernet of a VNet is fine, and worth a note.
func (f *facts) checkOnpremOutside(t *addressTables) {
	for vrf, spans := range t.onprem {
		vnets := t.spaces[vrf]
		for _, s := range spans {
			if v, ok := vnets.covering(s.V); ok {
				f.fault(onpremInVNet, s.Pos, fmt.Sprintf("%s of network %s lies in %s of VNet %s", s.V, s.of.name.V, v.V, v.of.name.V), "Azure drops a route to its own addresses: check which side has this prefix", v.Pos)
			} else if v, ok := vnets.within(s.V); ok {
				f.note(onpremInVNet, s.Pos, fmt.Sprintf("%s of network %s contains %s of VNet %s", s.V, s.of.name.V, v.V, v.of.name.V), "that is fine: Azure routes its own addresses itself", v.Pos)
			}
		}
	}
}

// checkLinksOutside reports links in the space of a VNet or of Azure itself.
func (f *facts) checkLinksOutside(t *addressTables) {
	for l, slot := range f.subnets() {
		s, written := l.subnet[slot], l.written(slot)
		if expressroute.IsPlatformAddress(s.V) {
			f.fault(linkInAzure, s.Pos, fmt.Sprintf("%s of %s holds 168.63.129.16, which is Azure's own", written, l.peering.path), "choose another subnet")
		}
		if v, ok := t.spaces[l.peering.vrf].meeting(s.V); ok {
			f.fault(linkInAzure, s.Pos, fmt.Sprintf("%s of %s overlaps %s of VNet %s", written, l.peering.path, v.V, v.of.name.V), "a link's subnet lies outside of every VNet: choose another one", v.Pos)
		}
	}
}

// A routed prefix is one in a VRF.
type routed struct {
	vrf    string
	prefix netip.Prefix
}

// checkLinksUnique reports subnets that two peerings have: equal ones anywhere
// in a VRF, and on Microsoft peering anywhere at all, because they are public;
// nested ones on one router. The two links of a peering are ER025's.
func (f *facts) checkLinksUnique() {
	var (
		same      = make(map[routed]span[*link], 4*len(f.circuits))
		anywhere  = make(map[netip.Prefix]span[*link])
		microsoft = make(map[netip.Prefix]span[*link])
		public    = slices.ContainsFunc(f.circuits, func(c *circuit) bool { return c.microsoft != nil })
		odd       = false
	)
	for l, slot := range f.subnets() {
		p, s := l.peering, span[*link]{l.subnet[slot], l}
		odd = odd || s.V.Bits() != linkShapes[FamilyOf(s.V.Addr())].link
		key := routed{p.vrf, s.V}
		first := same[key]
		if first.of == nil {
			same[key] = s
			if first = microsoft[s.V]; p.microsoft {
				first = anywhere[s.V]
			}
		}
		if first.of != nil && first.of.peering != p {
			f.fault(linkReused, s.Pos, fmt.Sprintf("%s of %s is also on %s", l.written(slot), p.path, first.of.peering.path), "give every link a subnet of its own", first.Pos)
		}
		if public {
			keep(anywhere, s.V, s)
		}
		if p.microsoft {
			keep(microsoft, s.V, s)
		}
	}
	if odd { // two of the right size are equal or apart
		f.checkLinksNested()
	}
}

func (f *facts) checkLinksNested() {
	type onRouter struct {
		router *router
		vrf    string
	}
	nested := make(map[onRouter][]span[*link])
	for l, slot := range f.subnets() {
		if l.router != nil {
			key := onRouter{l.router, l.peering.vrf}
			nested[key] = append(nested[key], span[*link]{l.subnet[slot], l})
		}
	}
	for key, spans := range nested {
		for _, o := range overlaps(spans, func(a, b *link) bool { return a.peering == b.peering }) {
			if o.inner.V != o.outer.V {
				f.fault(linkReused, o.inner.Pos, fmt.Sprintf("%s of %s overlaps %s of %s on %s", o.inner.V, o.inner.of.peering.path, o.outer.V, o.outer.of.peering.path, key.router.name.V), "give every link a subnet of its own", o.outer.Pos)
			}
		}
	}
}

// keep sets what is not set yet.
func keep[K comparable, V any](m map[K]V, k K, v V) {
	if _, ok := m[k]; !ok {
		m[k] = v
	}
}

// subnets yields every link that has a subnet, and under which family's key it
// is written. The subnet may be of the other family, which is ER020's or
// ER021's.
func (f *facts) subnets() iter.Seq2[*link, Family] {
	return func(yield func(*link, Family) bool) {
		for _, c := range f.circuits {
			for _, p := range c.peerings() {
				for _, l := range p.both() {
					for slot, s := range l.subnet {
						if s.V.IsValid() && !yield(l, Family(slot)) {
							return
						}
					}
				}
			}
		}
	}
}

// checkLinksUnadvertised reports advertised prefixes that are a link's subnet,
// a part of it, or the block of both links. What covers links and more is a
// normal supernet.
func (f *facts) checkLinksUnadvertised() {
	links, blocks := make(map[routed]span[*link], 4*len(f.circuits)), make(map[routed]span[*link])
	for l, slot := range f.subnets() {
		s, block := l.subnet[slot], l.peering.block(slot)
		keep(links, routed{l.peering.vrf, s.V}, span[*link]{s, l})
		if block.V.IsValid() {
			keep(blocks, routed{l.peering.vrf, block.V}, span[*link]{block, l})
		}
	}
	for _, s := range f.statements {
		if len(s.circuits()) == 0 {
			continue
		}
		vrf, hint := s.vrf(), "both ends know their link: take the prefix out"
		if s.circuits()[0].peering.microsoft {
			hint = "no circuit's link may be advertised on Microsoft peering: take the prefix out"
		}
		for _, n := range s.networks {
			for _, p := range n.prefixes {
				if l := links[routed{vrf, toLink(p.V)}]; l.of != nil {
					f.warn(linkAdvertised, p.Pos, fmt.Sprintf("%s of network %s is in the subnet of the %s link of %s", p.V, n.name.V, l.of.position, l.of.peering.path), hint, l.Pos)
				} else if b := blocks[routed{vrf, p.V}]; b.of != nil {
					f.warn(linkAdvertised, p.Pos, fmt.Sprintf("%s of network %s is the block of the links of %s", p.V, n.name.V, b.of.peering.path), hint, b.Pos)
				}
			}
		}
	}
}

// toLink widens a part of a link's subnet, such as one address, to the subnet.
func toLink(p netip.Prefix) netip.Prefix {
	bits := min(p.Bits(), linkShapes[FamilyOf(p.Addr())].link)
	return netip.PrefixFrom(p.Addr(), bits).Masked()
}
