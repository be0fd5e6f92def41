package plan

import (
	"fmt"
	"iter"
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/intent"
)

// The rules about what may be advertised: fact sheet §5.
const (
	defaultToMicrosoft diag.Code = "ER074"
	defaultToVNets     diag.Code = "ER075"
	notPublic          diag.Code = "ER076"
	notRegistered      diag.Code = "ER077"
	internetWins       diag.Code = "ER078"
)

// advertised yields the prefixes that a statement advertises on a peering. A
// half has the place of the prefix that it halves.
func (u use) advertised() iter.Seq[intent.At[netip.Prefix]] {
	return func(yield func(intent.At[netip.Prefix]) bool) {
		if !u.steer.advertises {
			return
		}
		for _, n := range u.statement.networks {
			for _, p := range n.prefixes {
				if !yield(p) {
					return
				}
				if !u.steer.halves || p.V.IsSingleIP() {
					continue
				}
				for _, half := range halve(p.V) {
					if !yield(intent.At[netip.Prefix]{V: half, Pos: p.Pos}) {
						return
					}
				}
			}
		}
	}
}

// halve splits a prefix that is no single address.
func halve(p netip.Prefix) [2]netip.Prefix {
	high := p.Addr().AsSlice()
	high[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	a, _ := netip.AddrFromSlice(high)
	return [2]netip.Prefix{netip.PrefixFrom(p.Addr(), p.Bits()+1), netip.PrefixFrom(a, p.Bits()+1)}
}

// checkDefaultRoute reports a default route towards Azure: never on Microsoft
// peering, on private peering only where it is asked for.
func (f *facts) checkDefaultRoute(p *peering, uses []use) {
	asked := p.in.AdvertiseDefault
	switch {
	case !asked.V:
	case p.microsoft:
		f.fault(defaultToMicrosoft, asked.Pos, fmt.Sprintf("%s is to advertise the default route", p.path), "Microsoft peering takes none: take advertiseDefault away")
	default:
		f.warn(defaultToVNets, asked.Pos, fmt.Sprintf("%s advertises the default route: all Internet traffic of the VNets comes to the site", p.path), "it takes the VNets' own way to the Internet, and Azure's platform services with it; waive this where it is meant")
	}
	if p.microsoft && p.in.AcceptDefault.V {
		f.fault(defaultToMicrosoft, p.in.AcceptDefault.Pos, fmt.Sprintf("%s is to accept a default route", p.path), "Microsoft peering brings none: take acceptDefault away")
	}
	for _, u := range uses {
		for prefix := range u.advertised() {
			switch {
			case prefix.V.Bits() > 0:
			case p.microsoft:
				f.fault(defaultToMicrosoft, prefix.Pos, fmt.Sprintf("%s is advertised on %s", prefix.V, p.path), "Microsoft peering takes no default route: name the public prefixes", p.in.Pos)
			case !asked.V:
				f.fault(defaultToVNets, prefix.Pos, fmt.Sprintf("%s is advertised on %s without being asked for", prefix.V, p.path), "it brings all Internet traffic of the VNets to the site; where that is meant, write advertiseDefault: true on the peering", p.in.Pos)
			}
		}
	}
}

// checkPublicPrefixes judges what is advertised on a Microsoft peering.
func (f *facts) checkPublicPrefixes(p *peering, uses []use, internet []intent.At[netip.Prefix]) {
	registered := make(map[netip.Prefix]bool)
	for _, a := range f.prefixes(p.in.AdvertisedPublicPrefixes) {
		registered[a.V] = true
	}
	seen := make(map[netip.Prefix]bool)
	var pools map[diag.Pos]bool // made where a finding needs it
	for _, u := range uses {
		for prefix := range u.advertised() {
			if prefix.V.Bits() == 0 || seen[prefix.V] {
				continue
			}
			seen[prefix.V] = true
			if expressroute.IsPublicPeeringForbidden(prefix.V) {
				f.fault(notPublic, prefix.Pos, fmt.Sprintf("%s is advertised on a Microsoft peering and is no public space", prefix.V), "advertise the public pool that these addresses are translated to", p.in.Pos)
				continue
			}
			if expressroute.IsDocumentation(prefix.V) {
				f.warn(notPublic, prefix.Pos, fmt.Sprintf("%s is space for documentation, which never passes Microsoft's check", prefix.V), "write a prefix that is registered to you", p.in.Pos)
			}
			if !registered[prefix.V] {
				f.fault(notRegistered, prefix.Pos, fmt.Sprintf("%s is advertised on %s and not among its advertisedPublicPrefixes", prefix.V, p.path), "register it in Azure and add it there, exactly as advertised; Microsoft drops what is not listed", p.in.Pos)
			}
			if i, found := firstInside(internet, prefix.V); found {
				if pools == nil {
					pools = f.pooled()
				}
				if pools[prefix.Pos] {
					continue // of a pool ER193 says more
				}
				f.fault(internetWins, prefix.Pos, fmt.Sprintf("%s on %s is not more specific than %s, which is announced to the Internet", prefix.V, p.path, internet[i].V), "Microsoft would answer over the Internet: announce a shorter prefix there, or a longer one here", internet[i].Pos)
			}
		}
	}
}

// internetPrefixes are the customer's announcements to the Internet, sorted by
// address and then by length.
func (f *facts) internetPrefixes() []intent.At[netip.Prefix] {
	var out []intent.At[netip.Prefix]
	for _, n := range f.networks {
		out = append(out, n.internet...)
	}
	slices.SortFunc(out, func(a, b intent.At[netip.Prefix]) int { return comparePrefixes(a.V, b.V) })
	return out
}

// firstInside finds the first prefix of a sorted list that is p or lies in it.
// Everything in p follows p in that order, without a gap.
func firstInside(sorted []intent.At[netip.Prefix], p netip.Prefix) (int, bool) {
	i, _ := slices.BinarySearchFunc(sorted, p, func(a intent.At[netip.Prefix], p netip.Prefix) int { return comparePrefixes(a.V, p) })
	return i, i < len(sorted) && p.Contains(sorted[i].V.Addr())
}
