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
	Name              string
	Type              string // external, internal
	LocalAddress      string // of iBGP
	HoldTime          string // seconds
	TimersOrigin      string
	Import, Export    string // of iBGP; eBGP has them on the neighbor
	Family            string // inet, inet6
	MaxPrefixes       int    // 0: no guard
	Teardown          string // percent and idle time; empty: only warn
	MaxPrefixesOrigin string
	Password          string
	PasswordOrigin    string
	PeerAS            string // of eBGP
	Multipath         bool
	PathsOrigin       string
	BFDInterval       int // milliseconds; 0: off
	BFDMultiplier     int
	BFDOrigin         string
	Neighbors         []junosNeighbor
	Origin            string
}

type junosNeighbor struct {
	Addr           string
	Description    string
	Import, Export string
	Shutdown       bool
	ShutdownOrigin string
	Origin         string
}

// junosGroups puts sessions that share everything but neighbor, description,
// policies and shutdown into one group. That is a peering's family, or iBGP's;
// should the plan ever give two sessions of one different values, the second
// gets a group with a number.
func junosGroups(prefix string, r *plan.Router, all []peer) []junosGroup {
	var out []junosGroup
	for i := range all {
		p := &all[i]
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
			Addr: p.addr.String(), Description: junosString(p.description), Shutdown: p.shutdown, ShutdownOrigin: p.origin + ".shutdown", Origin: p.origin,
		}
		if !p.internal {
			n.Import, n.Export = p.imports, p.export
		}
		out[at].Neighbors = append(out[at].Neighbors, n)
	}
	return out
}

// junosGroupOf is the group that p alone would have.
func junosGroupOf(prefix string, r *plan.Router, p *peer) junosGroup {
	g := junosGroup{
		Type: "external", HoldTime: seconds(p.timers.Hold), TimersOrigin: p.timers.Origin, Family: junosFamilyName(p.family),
		MaxPrefixes: p.maxPrefixes.Count, MaxPrefixesOrigin: p.maxPrefixes.Origin,
		PeerAS: p.asn.String(), Multipath: r.Multipath.EBGP > 1, PathsOrigin: r.Multipath.Origin, Origin: p.origin,
	}
	if p.password != "" {
		g.Password, g.PasswordOrigin = strconv.Quote(p.password), p.passwordOrigin
	}
	if p.maxPrefixes.Restart > 0 {
		g.Teardown = fmt.Sprintf("%d idle-timeout %d", p.maxPrefixes.WarnPercent, p.maxPrefixes.Restart/time.Minute)
	}
	if p.bfd.On() {
		g.BFDInterval, g.BFDMultiplier, g.BFDOrigin = int(p.bfd.Interval/time.Millisecond), p.bfd.Multiplier, p.bfd.Origin
	}
	suffix := [...]string{"-V4", "-V6"}[p.family]
	if p.internal {
		g.Type, g.PeerAS, g.LocalAddress, g.Import, g.Export = "internal", "", p.local.String(), p.imports, p.export
		g.Name, g.Multipath = prefix+"-IBGP"+suffix, r.Multipath.IBGP > 1
		return g
	}
	g.Name = prefix + "-" + strings.ToUpper(strings.ReplaceAll(p.path, ".", "-")) + suffix
	return g
}

// sameAs reports whether two sessions can share a group: whether all that
// stands on the group is equal. The group's number is not compared, nor where
// its values come from.
func (g *junosGroup) sameAs(o *junosGroup) bool {
	return strings.HasPrefix(g.Name, o.Name) && g.Type == o.Type && g.LocalAddress == o.LocalAddress && g.HoldTime == o.HoldTime &&
		g.Import == o.Import && g.Export == o.Export && g.Family == o.Family && g.MaxPrefixes == o.MaxPrefixes && g.Teardown == o.Teardown &&
		g.Password == o.Password && g.PeerAS == o.PeerAS && g.Multipath == o.Multipath && g.BFDInterval == o.BFDInterval && g.BFDMultiplier == o.BFDMultiplier
}
