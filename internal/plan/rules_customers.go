package plan

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
)

// Codes about the sessions with customers' CEs in VRFs: design, "Further
// fields".
const (
	customerSession  diag.Code = "ER970" // an AS number, hold time or key that no session forms with
	customerAddress  diag.Code = "ER971" // an address where something else answers
	customerPrefixes diag.Code = "ER972" // prefixes that are none of the VRF's networks
	customerIdle     diag.Code = "ER973" // in a VRF without a statement (W)
)

// minBGPHold is the shortest hold time, in seconds, that a BGP speaker takes,
// but for zero (RFC 4271 §4.2).
const minBGPHold = 3

// maxMD5Key is how many characters a key may have where Azure has no say:
// TCP_MD5SIG_MAXKEYLEN of Linux, and what IOS-XE takes.
const maxMD5Key = 80

// checkCustomers judges the sessions with customers' CEs.
func (f *facts) checkCustomers() {
	links := f.linkSpaces()
	networks, whole := f.vrfNetworks()
	for _, r := range f.routers {
		for _, v := range r.vrfs {
			seen := make(map[netip.Addr]*customer, len(v.neighbors))
			for _, c := range v.neighbors {
				f.checkCEASN(r, c)
				f.checkCustomerTimers(r, v, c)
				f.checkCustomerKey(c)
				f.checkCustomerAddress(r, v, c, seen, links[v.name.V])
				f.checkCustomerPrefixes(v, c, networks[v.name.V], whole)
			}
			if len(v.neighbors) > 0 && networks[v.name.V] == nil && whole {
				f.warn(customerIdle, v.neighbors[0].in.Address.Pos, fmt.Sprintf("no statement of traffic lies in VRF %s: nothing of Azure reaches the CE %s", v.name.V, v.neighbors[0].in.Address.V),
					"its session comes up and carries nothing: give the peerings of a statement this vrf, or take the neighbor out", v.name.Pos)
			}
		}
	}
}

// linkSpaces are the subnets of the links in each VRF.
func (f *facts) linkSpaces() map[string]*space[*link] {
	spans := make(map[string][]span[*link])
	for l, slot := range f.subnets() {
		spans[l.peering.vrf] = append(spans[l.peering.vrf], span[*link]{l.subnet[slot], l})
	}
	out := make(map[string]*space[*link], len(spans))
	for vrf, list := range spans {
		out[vrf] = newSpace(list)
	}
	return out
}

// vrfNetworks are the on-premises prefixes of the statements in each VRF, a
// default route left out. It also reports whether that is all: a statement with
// a name that nothing defines may lie anywhere.
func (f *facts) vrfNetworks() (map[string]*space[*network], bool) {
	spans, whole := make(map[string][]span[*network]), true
	for _, s := range f.statements {
		whole = whole && len(s.paths) == len(s.in.Prefer) && len(s.networks) == len(s.in.Onprem)
		list := spans[s.vrf()]
		for _, n := range s.networks {
			for _, p := range n.prefixes {
				if p.V.Bits() > 0 {
					list = append(list, span[*network]{p, n})
				}
			}
		}
		spans[s.vrf()] = list
	}
	out := make(map[string]*space[*network], len(spans))
	for vrf, list := range spans {
		out[vrf] = newSpace(list)
	}
	return out, whole
}

// checkCEASN wants a number that can be a customer's: with the provider's
// own the session would be iBGP, and its policies would do nothing.
func (f *facts) checkCEASN(r *router, c *customer) {
	a, ce := c.asn, c.in.Address.V
	const hint = "write the customer's AS number"
	switch {
	case !a.Set():
	case a.V == expressroute.MicrosoftASN:
		f.fault(customerSession, a.Pos, fmt.Sprintf("AS %s of the CE %s is Microsoft's", a.V, ce), hint)
	case a.V == 0 || a.V.IsReserved():
		f.fault(customerSession, a.Pos, fmt.Sprintf("AS %s of the CE %s can be nobody's", a.V, ce), hint)
	case r.asn.Set() && a.V == r.asn.V:
		f.fault(customerSession, a.Pos, fmt.Sprintf("the CE %s has AS %s, as %s has", ce, a.V, r.name.V), hint+"; a router of your own AS belongs under ibgp", r.asn.Pos)
	}
}

// checkCustomerTimers wants timers that BGP knows and that hold a session.
func (f *facts) checkCustomerTimers(r *router, v *vrf, c *customer) {
	in := c.in.Timers
	if in == nil {
		return
	}
	keepalive, okKeepalive := timer(in.Keepalive)
	hold, okHold := timer(in.Hold)
	switch {
	case !okHold:
	case hold.Seconds() < minBGPHold:
		f.fault(customerSession, in.Hold.Pos, fmt.Sprintf("hold time %s with the CE %s is below what BGP takes", in.Hold.V, c.in.Address.V), fmt.Sprintf("%ds at least; zero would turn keepalives off, and a dead CE goes unnoticed", minBGPHold))
	case okKeepalive:
		f.checkKeepaliveRatio(fmt.Sprintf("the session with %s in VRF %s", c.in.Address.V, v.name.V), in, keepalive, hold, r)
	}
}

// checkCustomerKey looks at the form of a customer's MD5 key and never says the
// key. Azure's 25 letters and digits bind MSEEs only.
func (f *facts) checkCustomerKey(c *customer) {
	key, ok := f.read(c.md5)
	if !ok {
		return
	}
	fault := ""
	switch {
	case key == "":
		fault = "is empty"
	case len(key) > maxMD5Key:
		fault = fmt.Sprintf("is longer than %d characters", maxMD5Key)
	case strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		fault = "holds a blank, or a character that is not printable ASCII"
	default:
		return
	}
	f.fault(customerSession, c.md5.Pos, fmt.Sprintf("the MD5 key %s %s", c.md5.V, fault), fmt.Sprintf("a router takes 1 to %d printable characters without blanks", maxMD5Key))
}

// checkCustomerAddress reports a CE's address where something else answers, and
// one that is given twice.
func (f *facts) checkCustomerAddress(r *router, v *vrf, c *customer, seen map[netip.Addr]*customer, links *space[*link]) {
	a := c.addr
	if !a.V.IsValid() {
		return
	}
	what := fmt.Sprintf("%s, a CE in VRF %s of %s,", a.V, v.name.V, r.name.V)
	if first := seen[a.V]; first != nil {
		f.fault(customerAddress, a.Pos, fmt.Sprintf("VRF %s of %s has the neighbor %s twice", v.name.V, r.name.V, a.V), "a router has one session with an address: keep one of them", first.addr.Pos)
		return
	}
	seen[a.V] = c
	if l, found := links.covering(hostOf(a.V)); found {
		f.fault(customerAddress, a.Pos, fmt.Sprintf("%s lies in %s, the %s link of %s", what, l.V, l.of.position, l.of.peering.path), "only the router and Microsoft answer there: write the CE's own address", l.Pos)
		return
	}
	if expressroute.IsUnroutable(hostOf(a.V)) {
		f.fault(customerAddress, a.Pos, fmt.Sprintf("%s can be no host's address that a route leads to", what), "write the address of the CE's interface")
	}
}

// checkCustomerPrefixes wants what is accepted from a CE to be, or to lie in, a
// network of the VRF's statements: anything else would take traffic that is not
// the customer's.
func (f *facts) checkCustomerPrefixes(v *vrf, c *customer, networks *space[*network], whole bool) {
	for _, p := range c.prefixes {
		const hint = "list what the statements of the VRF have under onprem, or parts of it"
		if p.V.Bits() == 0 {
			f.fault(customerPrefixes, p.Pos, fmt.Sprintf("the default route is accepted from the CE %s", c.in.Address.V), hint)
			continue
		}
		if c.addr.V.IsValid() && FamilyOf(p.V.Addr()) != FamilyOf(c.addr.V) {
			f.fault(customerPrefixes, p.Pos, fmt.Sprintf("the session with the CE %s has no %s, and %s is accepted on it", c.in.Address.V, FamilyOf(p.V.Addr()), p.V), "a session carries the family of its address: give this family a neighbor of its own")
			continue
		}
		if _, inside := networks.covering(p.V); inside || networks == nil || !whole {
			continue
		}
		if n, wider := networks.within(p.V); wider {
			f.fault(customerPrefixes, p.Pos, fmt.Sprintf("%s, accepted from the CE %s, is wider than %s of network %s", p.V, c.in.Address.V, n.V, n.of.name.V), hint, n.Pos)
			continue
		}
		f.fault(customerPrefixes, p.Pos, fmt.Sprintf("%s, accepted from the CE %s, lies in no network of the statements in VRF %s", p.V, c.in.Address.V, v.name.V), hint, v.name.Pos)
	}
}
