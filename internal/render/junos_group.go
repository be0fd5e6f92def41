package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// junosGroup is a BGP group: what its sessions share.
type junosGroup struct {
	Name           string
	Type           string // external, internal
	Multihop       int    // TTL; 0: directly connected
	LocalAddress   string // of a session from the loopback
	HoldTime       string // seconds
	TimersOrigin   string
	Import, Export string // of iBGP; eBGP has them on the neighbor
	Families       []junosGroupFamily
	Password       string
	PasswordOrigin string
	PeerAS         string // of eBGP
	Multipath      bool
	PathsOrigin    string
	BFDInterval    int // milliseconds; 0: off
	BFDMultiplier  int
	BFDOrigin      string
	Neighbors      []junosNeighbor
	Origin         string
}

// junosGroupFamily is a kind of routes that a group's sessions carry.
type junosGroupFamily struct {
	Name              string // inet, inet-vpn, inet6, inet6-vpn
	MaxPrefixes       int    // 0: no guard
	Teardown          string // percent and idle time; empty: only warn
	MaxPrefixesOrigin string
}

type junosNeighbor struct {
	Addr           string
	Bare           bool // says nothing of its own
	Description    string
	Passive        bool
	Import, Export string
	Shutdown       bool
	ShutdownOrigin string
	Origin         string
}

// junosGroups puts sessions that share everything but neighbor, description,
// policies, shutdown and who connects into one group. That is a path's family,
// or iBGP's; should the plan ever give two sessions of one different values,
// the second gets a group with a number.
func junosGroups(prefix string, r *plan.Router, table plan.Name, all []peer) []junosGroup {
	var out []junosGroup
	for i := range all {
		p := &all[i]
		if p.vrf != table {
			continue
		}
		g := junosGroupOf(prefix, r, p)
		at := slices.IndexFunc(out, func(o junosGroup) bool { return o.sameAs(&g) })
		if at < 0 {
			same := 0
			for j := range out {
				if out[j].Name == g.Name || strings.HasPrefix(out[j].Name, g.Name+"-") {
					same++
				}
			}
			if same > 0 {
				g.Name = fmt.Sprintf("%s-%d", g.Name, same+1)
			}
			at = len(out)
			out = append(out, g)
		}
		n := junosNeighbor{
			Addr: p.addr.String(), Description: junosString(p.description), Passive: p.passive, Shutdown: p.shutdown, ShutdownOrigin: p.origin + ".shutdown", Origin: p.origin,
		}
		if !p.internal {
			n.Import, n.Export = p.imports, p.export
		}
		n.Bare = n.Description == "" && !n.Passive && n.Import == "" && n.Export == "" && !n.Shutdown
		out[at].Neighbors = append(out[at].Neighbors, n)
	}
	return out
}

// junosGroupOf is the group that p alone would have.
func junosGroupOf(prefix string, r *plan.Router, p *peer) junosGroup {
	paths := multipath(r, p.vrf)
	g := junosGroup{
		Type: "external", Multihop: p.multihop, HoldTime: seconds(p.timers.Hold), TimersOrigin: p.timers.Origin, Families: junosGroupFamilies(p),
		PeerAS: p.asn.String(), Multipath: paths.EBGP > 1, PathsOrigin: paths.Origin, Origin: p.origin,
	}
	if p.loopback {
		g.LocalAddress = p.local.String()
	}
	if p.password != "" {
		g.Password, g.PasswordOrigin = strconv.Quote(p.password), p.passwordOrigin
	}
	if p.bfd.On() {
		g.BFDInterval, g.BFDMultiplier, g.BFDOrigin = int(p.bfd.Interval/time.Millisecond), p.bfd.Multiplier, p.bfd.Origin
	}
	suffix := junosSuffix(p.family)
	if !p.internal {
		g.Name = prefix + "-" + strings.ToUpper(strings.ReplaceAll(p.path, ".", "-")) + suffix
		return g
	}
	g.Type, g.PeerAS, g.Import, g.Export = "internal", "", p.imports, p.export
	g.Name, g.Multipath = prefix+"-IBGP"+suffix, p.unicast && paths.IBGP > 1 // of VPN routes, each VRF says it
	if len(p.vpn) > 0 {
		g.Name = prefix + "-IBGP-VPN" + suffix
		if p.unicast {
			all := junosVPNPolicyName(prefix)
			g.Import, g.Export = junosList([]string{all, p.imports}), junosList([]string{all, p.export})
		}
	}
	return g
}

// junosVPNPolicy lets VPN routes pass in front of the policies of a session
// that carries both: a group's policies are asked for routes of every family,
// and those of the plan end in a reject.
func junosVPNPolicy(prefix string, all []peer) []junosPolicy {
	i := slices.IndexFunc(all, func(p peer) bool { return p.unicast && len(p.vpn) > 0 })
	if i < 0 {
		return nil
	}
	origin := all[i].origin
	return []junosPolicy{{Name: junosVPNPolicyName(prefix), Origin: origin, Terms: []junosTerm{
		{Name: "10", FromLine: "family inet-vpn", ThenLine: "accept", Origin: origin},
		{Name: "20", FromLine: "family inet6-vpn", ThenLine: "accept", Origin: origin},
	}}}
}

func junosVPNPolicyName(prefix string) string { return prefix + "-VPN-ROUTES" }

// junosGroupFamilies lists what a session carries, in the order in which Junos
// prints it. The family of the addresses is its own matter: VPN routes of IPv6
// travel over IPv4.
func junosGroupFamilies(p *peer) []junosGroupFamily {
	var out []junosGroupFamily
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		if p.unicast && p.family == f {
			u := junosGroupFamily{Name: junosFamilyName(f), MaxPrefixes: p.maxPrefixes.Count, MaxPrefixesOrigin: p.maxPrefixes.Origin}
			if p.maxPrefixes.Restart > 0 {
				u.Teardown = fmt.Sprintf("%d idle-timeout %d", p.maxPrefixes.WarnPercent, p.maxPrefixes.Restart/time.Minute)
			}
			out = append(out, u)
		}
		if slices.Contains(p.vpn, f) {
			out = append(out, junosGroupFamily{Name: junosFamilyName(f) + "-vpn"})
		}
	}
	return out
}

// sameAs reports whether two sessions can share a group: whether all that
// stands on the group is equal. The group's number is not compared, nor where
// its values come from.
func (g *junosGroup) sameAs(o *junosGroup) bool {
	return strings.HasPrefix(g.Name, o.Name) && g.Type == o.Type && g.Multihop == o.Multihop && g.LocalAddress == o.LocalAddress && g.HoldTime == o.HoldTime &&
		g.Import == o.Import && g.Export == o.Export && slices.EqualFunc(g.Families, o.Families, junosGroupFamily.sameAs) &&
		g.Password == o.Password && g.PeerAS == o.PeerAS && g.Multipath == o.Multipath && g.BFDInterval == o.BFDInterval && g.BFDMultiplier == o.BFDMultiplier
}

func (f junosGroupFamily) sameAs(o junosGroupFamily) bool {
	return f.Name == o.Name && f.MaxPrefixes == o.MaxPrefixes && f.Teardown == o.Teardown
}
