package plan

import (
	"fmt"
	"net/netip"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
)

// The rules about sessions and what they carry: fact sheet §5. Policies
// without a final deny, leaks between paths and outbound communities
// (ER079–ER083), different keys on the links of a peering (ER071) and the
// switches of ER092–ER094 have no words in an intent.
const (
	md5Form           diag.Code = "ER070"
	tooManyPrefixes   diag.Code = "ER072"
	manyPrefixes      diag.Code = "ER073"
	guardTooLow       diag.Code = "ER089"
	linksDiffer       diag.Code = "ER090"
	sessionMultihop   diag.Code = "ER091"
	linkPreference    diag.Code = "ER095"
	peeringWithoutIP6 diag.Code = "ER096"
)

// A use is one statement that lists a peering, and what it makes of it.
type use struct {
	statement *statement
	steer     steer
}

// uses lists the statements of each peering.
func (f *facts) uses() map[*peering][]use {
	out := make(map[*peering][]use)
	for _, s := range f.statements {
		for _, st := range f.steering(s) {
			if p := st.path.peering; p != nil {
				out[p] = append(out[p], use{s, st})
			}
		}
	}
	return out
}

// checkSessions reports sessions that Azure refuses or drops, and routes that
// must not, or need not, be on them.
func (f *facts) checkSessions() {
	uses := f.uses()
	internet := f.internetPrefixes()
	reach := f.globalReach()
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			f.checkMD5(p)
			f.checkPrefixLimits(p, uses[p])
			f.checkDefaultRoute(p, uses[p])
			f.checkGuard(p, uses[p], reach[c])
			f.checkSameFamilies(p, uses[p])
			f.checkMultihop(p)
			f.checkLinkPreference(uses[p])
			f.checkGatewayIPv6(p, uses[p])
			if p.microsoft {
				f.checkPublicPrefixes(p, uses[p], internet)
			}
		}
	}
	f.checkCommunities(uses)
}

// checkMD5 looks at the form of the key and never says the key itself.
func (f *facts) checkMD5(p *peering) {
	key, ok := f.read(p.md5)
	if !ok || expressroute.ValidMD5(key) {
		return
	}
	fault := "holds a character that is neither letter nor digit"
	switch {
	case key == "":
		fault = "is empty"
	case len(key) > expressroute.MD5MaxLen:
		fault = fmt.Sprintf("is longer than %d characters", expressroute.MD5MaxLen)
	}
	f.fault(md5Form, p.md5.Pos, fmt.Sprintf("the MD5 key %s %s", p.md5.V, fault), fmt.Sprintf("Azure takes 1 to %d letters and digits, nothing else", expressroute.MD5MaxLen))
}

// carries reports whether any link of the peering has sessions of family.
func (p *peering) carries(family Family) bool {
	for _, l := range p.links {
		if l != nil && l.has(family) {
			return true
		}
	}
	return false
}

// product is the peering as package expressroute knows it.
func (p *peering) product() expressroute.Peering {
	if p.microsoft {
		return expressroute.MicrosoftPeering
	}
	return expressroute.PrivatePeering
}

// checkPrefixLimits counts what each session of the peering advertises.
func (f *facts) checkPrefixLimits(p *peering, uses []use) {
	sku, err := expressroute.ParseSKU(p.circuit.sku)
	if err != nil || len(uses) == 0 {
		return // the schema refuses another word
	}
	limits := [2]int{}
	limits[IPv4], limits[IPv6] = expressroute.PrefixLimits(sku, p.product())
	for _, family := range []Family{IPv4, IPv6} {
		if !p.carries(family) {
			continue
		}
		limit := limits[family]
		from := limit * expressroute.WarnPercent / 100
		n := countAdvertised(p, uses, family, from)
		switch {
		case n > limit:
			f.fault(tooManyPrefixes, p.in.Pos, fmt.Sprintf("%s advertises %d %s prefixes, and Microsoft takes %d", p.path, n, family, limit),
				"one more than that and Microsoft drops the session: advertise summaries"+premiumHint(sku, p, family), statementPlaces(uses)...)
		case n >= from:
			f.warn(manyPrefixes, p.in.Pos, fmt.Sprintf("%s advertises %d %s prefixes of the %d that Microsoft takes", p.path, n, family, limit),
				"above the limit Microsoft drops the session: advertise summaries"+premiumHint(sku, p, family), statementPlaces(uses)...)
		}
	}
}

// premiumHint names the SKU with the higher limit, where there is one.
func premiumHint(sku expressroute.SKU, p *peering, family Family) string {
	if sku == expressroute.PremiumSKU || p.microsoft || family == IPv6 {
		return ""
	}
	v4, _ := expressroute.PrefixLimits(expressroute.PremiumSKU, p.product())
	return fmt.Sprintf(", or take sku: premium (%d)", v4)
}

// statementPlaces are the places of the first statements; more help nobody.
func statementPlaces(uses []use) []diag.Pos {
	var out []diag.Pos
	for _, u := range uses[:min(len(uses), 3)] {
		out = append(out, u.statement.pos)
	}
	return out
}

// countAdvertised counts the distinct prefixes of one family that a peering
// advertises. Below enough the number may be too high: telling equal prefixes
// apart costs memory, and only a large number needs it.
func countAdvertised(p *peering, uses []use, family Family, enough int) int {
	bound := 0
	for _, u := range uses {
		if !u.steer.advertises {
			continue
		}
		for _, n := range u.statement.networks {
			bound += len(n.prefixes)
			if u.steer.halves {
				bound += 2 * len(n.prefixes)
			}
		}
	}
	if p.in.AdvertiseDefault.V {
		bound++
	}
	if bound < enough {
		return bound
	}
	set := make(map[netip.Prefix]struct{}, bound)
	if p.in.AdvertiseDefault.V {
		set[[]netip.Prefix{defaultIPv4, defaultIPv6}[family]] = struct{}{}
	}
	for _, u := range uses {
		for prefix := range u.advertised() {
			if FamilyOf(prefix.V.Addr()) == family {
				set[prefix.V] = struct{}{}
			}
		}
	}
	return len(set)
}

// checkGuard compares the limit on what Microsoft may send with what it is
// expected to send: the address spaces of the VNets, and with Global Reach an
// unknown number of another site's prefixes.
func (f *facts) checkGuard(p *peering, uses []use, reach *reached) {
	if p.microsoft {
		return // how many prefixes a service has changes by the month
	}
	for _, family := range []Family{IPv4, IPv6} {
		if !p.carries(family) {
			continue
		}
		guard := p.maxPrefix[family].Count
		at := p.in.Pos
		if !p.maxPos[family].IsZero() {
			at = p.maxPos[family]
		}
		if n := countVNets(p, uses, family, guard); n > guard {
			f.warn(guardTooLow, at, fmt.Sprintf("%s expects %d %s prefixes and lets %d in", p.path, n, family, guard), fmt.Sprintf("write maxPrefixes: {%s: N} with some room above %d", family, n), statementPlaces(uses)...)
		}
		if reach != nil && reach.families[family] && p.maxPos[family].IsZero() {
			f.warn(guardTooLow, reach.pos, fmt.Sprintf("Global Reach brings another site's prefixes to %s, whose limit is the %d of Azure's own", p.path, guard), fmt.Sprintf("write maxPrefixes: {%s: N} with room for the other site", family), p.in.Pos)
		}
	}
}

// countVNets counts the distinct prefixes of one family that Azure sends on a
// peering. Up to enough the number may be too high, see countAdvertised.
func countVNets(p *peering, uses []use, family Family, enough int) int {
	bound := 1
	for _, u := range uses {
		for _, v := range u.statement.vnets {
			bound += len(v.prefixes)
		}
	}
	if bound <= enough {
		return bound
	}
	set := make(map[netip.Prefix]struct{}, bound)
	if p.in.AcceptDefault.V {
		set[[]netip.Prefix{defaultIPv4, defaultIPv6}[family]] = struct{}{}
	}
	for _, u := range uses {
		for _, v := range u.statement.vnets {
			for _, prefix := range v.prefixes {
				if FamilyOf(prefix.V.Addr()) == family {
					set[prefix.V] = struct{}{}
				}
			}
		}
	}
	return len(set)
}

// reached says that Global Reach brings other prefixes to a circuit.
type reached struct {
	pos      diag.Pos
	families [2]bool
}

// globalReach lists the circuits at both ends of Global Reach, which is
// written at one of them.
func (f *facts) globalReach() map[*circuit]*reached {
	out := make(map[*circuit]*reached)
	for _, c := range f.circuits {
		in := c.in.GlobalReach
		if in == nil || !in.With.Set() {
			continue
		}
		block, err := netip.ParsePrefix(in.Block.V)
		if err != nil {
			continue // ER035 says what is wrong with it
		}
		for _, end := range []*circuit{c, f.circuitByName[in.With.V]} {
			if end == nil {
				continue
			}
			if out[end] == nil {
				out[end] = &reached{pos: in.With.Pos}
			}
			out[end].families[FamilyOf(block.Addr())] = true
		}
	}
	return out
}

// checkSameFamilies reports a peering with IPv6 (or IPv4) on one link only:
// prefixes of that family have no second link.
func (f *facts) checkSameFamilies(p *peering, uses []use) {
	if p.links[Primary] == nil || p.links[Secondary] == nil || len(uses) == 0 {
		return
	}
	for _, family := range []Family{IPv4, IPv6} {
		for _, pos := range []Position{Primary, Secondary} {
			l, other := p.links[pos], p.links[1-pos]
			// A subnet that is written and is no /30 is another rule's finding.
			if !l.has(family) && !l.subnet[family].Set() && other.has(family) {
				f.warn(linksDiffer, l.in.Pos, fmt.Sprintf("the %s link of %s has no %s session, and the %s link has one", pos, p.path, family, other.position),
					fmt.Sprintf("both links must advertise the same prefixes: give this link an %s subnet, too", family), other.subnet[family].Pos)
			}
		}
	}
}

func (f *facts) checkMultihop(p *peering) {
	for _, l := range p.both() {
		if l.in.EBGPMultihop.Set() {
			f.fault(sessionMultihop, l.in.EBGPMultihop.Pos, fmt.Sprintf("eBGP multihop on the %s link of %s", l.position, p.path), "an MSEE is directly connected: take ebgpMultihop away")
		}
	}
}

// checkLinkPreference reports local-preferences that differ between the links
// of a circuit: Microsoft drains a link by a longer AS path, which is looked
// at only where local-preferences are equal.
func (f *facts) checkLinkPreference(uses []use) {
	for _, u := range uses {
		st := u.steer
		primary, secondary := st.preference[Primary], st.preference[Secondary]
		if primary == secondary || len(st.path.peering.both()) < 2 {
			continue
		}
		at, related := st.preferencePos[Secondary], st.preferencePos[Primary]
		if at.IsZero() {
			at, related = related, at
		}
		var also []diag.Pos
		if !related.IsZero() {
			also = append(also, related)
		}
		f.warn(linkPreference, at, fmt.Sprintf("the links of %s have local-preference %d and %d", st.path.peering.path, primary, secondary),
			"give both links one number: with two, traffic stays on a link that Microsoft drains; links: primary-first orders them for Azure", also...)
	}
}

// checkGatewayIPv6 reports a VNet whose gateway speaks IPv6 behind a peering
// that does not.
func (f *facts) checkGatewayIPv6(p *peering, uses []use) {
	if p.microsoft || p.carries(IPv6) {
		return
	}
	for _, l := range p.both() {
		if l.subnet[IPv6].Set() {
			return // given, and no /126: another rule's finding
		}
	}
	for _, u := range uses {
		for _, v := range u.statement.vnets {
			if g := v.in.ExpressRouteGateway; g != nil && g.IPv6.V {
				f.warn(peeringWithoutIP6, g.IPv6.Pos, fmt.Sprintf("the gateway of %s serves IPv6, and %s has no IPv6 link", v.name.V, p.path), "give both links an ipv6 subnet (/126), or the peering a /125", p.in.Pos)
			}
		}
	}
}
