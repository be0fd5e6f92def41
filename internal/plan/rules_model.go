package plan

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about what a circuit is and where its links end: fact sheet §1.
const (
	publicPeering      diag.Code = "ER001"
	noPeering          diag.Code = "ER002"
	linkMissing        diag.Code = "ER003"
	bandwidthUnknown   diag.Code = "ER004"
	providerSession    diag.Code = "ER009"
	oneRouter          diag.Code = "ER010"
	oneLocation        diag.Code = "ER011"
	localReach         diag.Code = "ER012"
	m365WithoutPremium diag.Code = "ER013"
)

// checkModel reports circuits that Azure does not sell, or that the intent
// describes in part, and designs that one failure takes down.
func (f *facts) checkModel() {
	for _, c := range f.circuits {
		f.checkKinds(c)
		f.checkBandwidth(c)
		f.checkLocalReach(c)
		for _, p := range c.peerings() {
			f.checkBothLinks(p)
			f.checkManaged(p)
			f.checkOneRouter(p)
			f.checkShutdown(p)
			f.checkRouteFilter365(p)
		}
	}
	f.checkServices365()
	f.checkPorts()
	f.checkResiliencyClaim()
	f.checkAllowances()
}

// checkKinds reports a peering that no longer exists, and a circuit without
// any. Two of one kind are a key given twice, which the parser refuses.
func (f *facts) checkKinds(c *circuit) {
	switch {
	case c.in.Public != nil:
		f.fault(publicPeering, c.in.Public.Pos, fmt.Sprintf("circuit %s has a public peering", c.name.V), "Azure public peering ended on 2024-03-31: its services are on microsoft")
	case len(c.peerings()) == 0:
		f.fault(noPeering, c.name.Pos, fmt.Sprintf("circuit %s has no peering", c.name.V), "write private or microsoft, one of each at most")
	}
}

// checkBothLinks asks for both sessions: the SLA holds for the pair only. A
// circuit whose provider speaks BGP needs none here.
func (f *facts) checkBothLinks(p *peering) {
	var lacks []string
	for pos, l := range p.links {
		if l == nil {
			lacks = append(lacks, Position(pos).String())
		}
	}
	hint := "describe both: without two sessions there is no SLA"
	switch {
	case len(lacks) == 1 && p.circuit.in.WaiveSingleLink.V:
		f.warn(linkMissing, p.in.Pos, fmt.Sprintf("%s has no %s link", p.path, lacks[0]), hint, p.circuit.in.WaiveSingleLink.Pos)
	case len(lacks) == 1:
		f.fault(linkMissing, p.in.Pos, fmt.Sprintf("%s has no %s link", p.path, lacks[0]), hint+"; waiveSingleLink: true on the circuit accepts that")
	case len(lacks) == 2 && !p.circuit.managed():
		f.fault(linkMissing, p.in.Pos, fmt.Sprintf("%s has neither a primary nor a secondary link", p.path), "describe both: primary: {router: NAME, interface: NAME, ipv4: SUBNET/30}")
	}
}

// bandwidthForm is what the schema lets through. Anything else is reported
// already, and a rate that is zero all the same is one of these.
var bandwidthForm = regexp.MustCompile(`^[0-9]+(Mbps|Gbps)$`)

func (f *facts) checkBandwidth(c *circuit) {
	if c.model == "direct" || expressroute.ValidProviderBandwidth(c.mbps.V) || !bandwidthForm.MatchString(c.in.Bandwidth.V) {
		return
	}
	var sizes []string
	for _, n := range expressroute.ProviderBandwidthsMbps() {
		sizes = append(sizes, rateText(n))
	}
	f.fault(bandwidthUnknown, c.mbps.Pos, fmt.Sprintf("no provider circuit has %s", c.in.Bandwidth.V), "write one of "+strings.Join(sizes, ", "))
}

// rateText writes a rate as the intent does.
func rateText(mbps int) string {
	if mbps >= 1000 && mbps%1000 == 0 {
		return fmt.Sprintf("%dGbps", mbps/1000)
	}
	return fmt.Sprintf("%dMbps", mbps)
}

// managed reports whether the provider speaks BGP to Microsoft. On an IP VPN
// nobody else can: the circuit ends in the provider's VRF.
func (c *circuit) managed() bool { return c.in.Layer3.V == "provider" || c.model == "ipvpn" }

// checkManaged reports a CE that would take over a session of the provider's.
// A PE is the provider.
func (f *facts) checkManaged(p *peering) {
	if !p.circuit.managed() {
		return
	}
	why := p.circuit.in.Model.Pos
	if p.circuit.in.Layer3.V == "provider" {
		why = p.circuit.in.Layer3.Pos
	}
	for _, l := range p.both() {
		if l.router == nil || l.router.role != CE {
			continue
		}
		at, related := l.in.Router.Pos, []diag.Pos{why}
		if at.IsZero() { // the port names the router
			at, related = why, nil
		}
		hint := "take the links out: the CE peers with the provider; write layer3: customer where it peers with Microsoft, or role: pe where it is the provider's own"
		if p.circuit.model == "ipvpn" { // whatever layer3 says
			hint = "take the links out: on an IP VPN the CE peers with the provider; write role: pe where the router is the provider's own, or another model where it peers with Microsoft"
		}
		f.fault(providerSession, at, fmt.Sprintf("the provider of %s speaks BGP to Microsoft, and its %s link ends on the CE %s", p.circuit.name.V, l.position, l.router.name.V), hint, related...)
	}
}

// checkOneRouter reports links that one failure takes down together. Where the
// routers come from a Direct port pair, checkPorts looks at the pair, once.
func (f *facts) checkOneRouter(p *peering) {
	a, b := p.links[Primary], p.links[Secondary]
	if a == nil || b == nil || a.router == nil || a.router != b.router || !a.in.Router.Set() || !b.in.Router.Set() {
		return
	}
	where := a.router.name.V
	if a.iface.Set() && a.iface.V == b.iface.V {
		where = fmt.Sprintf("interface %s of %s", a.iface.V, where)
	}
	f.warn(oneRouter, b.in.Router.Pos, fmt.Sprintf("both links of %s end on %s", p.path, where), "one failure or one reload takes both: end them on two routers", a.in.Router.Pos)
}

// checkResiliencyClaim compares what the intent claims about resiliency with where
// its circuits end. A circuit without a location may end anywhere.
func (f *facts) checkResiliencyClaim() {
	m := f.in.Metadata
	claim, word := m.Resiliency, "resiliency: "+m.Resiliency.V
	if claim.V != "high" && claim.V != "maximum" {
		if m.Environment.V != "production" {
			return
		}
		claim, word = m.Environment, "environment: production"
	}
	place, one := f.oneLocation()
	// A Metro circuit ends in two sites of one city, and Microsoft names the
	// location so. That is high resiliency, and less than maximum.
	metro := strings.Contains(strings.ToLower(place.V), "metro") && claim.V != "maximum"
	if !one || metro {
		return
	}
	summary := fmt.Sprintf("%s is claimed, and there is one circuit only", word)
	if place.Set() {
		summary = fmt.Sprintf("%s is claimed, and every circuit ends in %s", word, place.V)
	}
	f.warn(oneLocation, claim.Pos, summary, "one peering location is standard resiliency: consider a Metro circuit, or a second circuit in another location", f.circuits[0].name.Pos)
}

// oneLocation reports whether all circuits surely end in one peering location,
// and where that is if it is written.
func (f *facts) oneLocation() (intent.At[string], bool) {
	if len(f.circuits) == 0 {
		return intent.At[string]{}, false
	}
	first := f.circuits[0].in.Location
	for _, c := range f.circuits[1:] {
		if !first.Set() || locationKey(c) != locationKey(f.circuits[0]) {
			return first, false
		}
	}
	return first, true
}

// locationKey makes two spellings of a peering location equal; it is empty
// where none is given.
func locationKey(c *circuit) string { return strings.ToLower(strings.TrimSpace(c.in.Location.V)) }

// checkLocalReach reports Global Reach from or to a Local circuit.
func (f *facts) checkLocalReach(c *circuit) {
	in := c.in.GlobalReach
	if in == nil {
		return
	}
	for _, end := range []*circuit{c, f.circuitByName[in.With.V]} {
		if end != nil && end.sku == expressroute.LocalSKU.String() {
			f.fault(localReach, in.With.Pos, fmt.Sprintf("Global Reach between %s and %s, and %s has the Local SKU", c.name.V, in.With.V, end.name.V), "Global Reach needs sku: standard or premium at both ends", end.in.SKU.Pos)
			return
		}
	}
}

// checkRouteFilter365 and checkServices365 report Microsoft 365 services on a
// circuit that cannot have them: in the route filter, and in what a statement
// asks for.
func (f *facts) checkRouteFilter365(p *peering) {
	if !p.microsoft || p.circuit.sku == expressroute.PremiumSKU.String() {
		return
	}
	for _, a := range p.in.RouteFilter {
		if c := f.community(a); c.Set() {
			if known := expressroute.ClassifyCommunity(c.V); known.Microsoft365 {
				f.needsPremium(p, a, known.Text)
			}
		}
	}
}

func (f *facts) checkServices365() {
	type pair struct {
		service *service
		peering *peering
	}
	seen := make(map[pair]bool)
	for _, s := range f.statements {
		for _, path := range s.circuits() {
			if !path.peering.microsoft || path.peering.circuit.sku == expressroute.PremiumSKU.String() {
				continue
			}
			for _, service := range s.services {
				if seen[pair{service, path.peering}] {
					continue
				}
				seen[pair{service, path.peering}] = true
				for _, c := range service.communities {
					if known := expressroute.ClassifyCommunity(c.V); known.Microsoft365 {
						f.needsPremium(path.peering, intent.At[string]{V: c.V.String(), Pos: c.Pos}, known.Text)
					}
				}
			}
		}
	}
}

func (f *facts) needsPremium(p *peering, community intent.At[string], what string) {
	c := p.circuit
	f.fault(m365WithoutPremium, community.Pos, fmt.Sprintf("%s (%s) on %s, whose SKU is %s", community.V, what, p.path, c.sku), "Microsoft 365 needs sku: premium, and Microsoft's authorisation", cmp.Or(c.in.SKU.Pos, c.name.Pos))
}
