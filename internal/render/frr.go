package render

import (
	"cmp"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// frrSections is the order of "show running-config" of FRR 8.4.
func frrSections() []string {
	return []string{"system", "routing", "interfaces", "bgp", "prefix-lists", "communities", "policies", "bfd"}
}

// frrCompanions are the files that a Linux router needs beside frr.conf. One
// that has nothing to say is left out.
func frrCompanions() []companion {
	const text, program, secret fs.FileMode = 0o644, 0o755, 0o600
	return []companion{
		{"daemons", "daemons", text},
		{"sysctl", "sysctl", text},
		{"vlans", "vlans", program},
		{"vlans-service", "vlans.service", text},
		{"tunnels", "tunnels", program},
		{"tunnels-service", "tunnels.service", text},
		{"swanctl", "swanctl.conf", secret},
		{"charon-service", "strongswan.service.conf", text},
		{"nft", "nft", text},
		{"uacctd", "uacctd.conf", text},
	}
}

// frrView is a router in the words of FRR.
type frrView struct {
	Hostname        string
	Multipath       bool // BGP installs several paths, in one table at least
	MultipathOrigin string
	Statics         []frrStatic // of the global table
	VRFs            []frrVRF    // those with static routes
	Interfaces      []frrInterface
	Instances       []frrInstance // of BGP: the global table's, then by VRF
	PrefixFamilies  []frrPrefixFamily
	Communities     []frrCommunity
	Policies        []frrRouteMap
	Profiles        []frrProfile
	Linux           linuxView
	Origin          string
}

// frrVRF is the block of a VRF that is no interface's: its static routes.
type frrVRF struct {
	Name    string
	Statics []frrStatic
	Origin  string
}

type frrInterface struct {
	Name, Description, IPv4, IPv6, Origin string

	table string // as FRR calls it: default is the global one
}

func frr(name string, r *plan.Router) frrView {
	all := peers(r)
	slices.SortStableFunc(all, func(a, b peer) int { return a.addr.Compare(b.addr) })
	prefix := strings.ToUpper(name)
	v := frrView{
		Hostname: r.Name, Statics: frrStatics(r, ""), Interfaces: frrInterfaces(r), Instances: frrInstances(prefix, r, all),
		Communities: frrCommunities(r), Policies: frrPolicies(r), Profiles: frrProfiles(prefix, all), Linux: linux(r, all), Origin: r.Origin,
	}
	v.Multipath, v.MultipathOrigin = frrMultipath(v.Instances)
	for i := range r.VRFs {
		if routes := frrStatics(r, r.VRFs[i].Name); len(routes) > 0 {
			v.VRFs = append(v.VRFs, frrVRF{r.VRFs[i].Name, routes, r.VRFs[i].Origin})
		}
	}
	for _, f := range [...]plan.Family{plan.IPv4, plan.IPv6} {
		if block := frrPrefixLists(r, f); len(block.Entries) > 0 {
			v.PrefixFamilies = append(v.PrefixFamilies, block)
		}
	}
	return v
}

// frrMultipath reports whether an instance has a family that installs several
// paths, and where the first of them comes from. FRR's groups of next hops are
// one setting for all tables.
func frrMultipath(all []frrInstance) (several bool, origin string) {
	for i := range all {
		for _, f := range all[i].Families {
			if f.PathsEBGP > 1 || f.PathsIBGP > 1 {
				return true, f.PathsOrigin
			}
		}
	}
	return false, ""
}

// frrInterfaces lists the VLAN and tunnel devices and the loopback in FRR's
// order. Neither a VRF nor the far end of a tunnel stands there: Linux has them
// (companion files). A tunnel device without an address of its own borrows
// none: Linux takes the loopback's for what the router itself sends into it.
func frrInterfaces(r *plan.Router) []frrInterface {
	out := make([]frrInterface, 0, len(r.Links)+len(r.Tunnels)+1)
	for i := range r.Links {
		l := &r.Links[i]
		out = append(out, frrInterface{l.Subinterface(), oneSpaced(l.Description), address(l.IPv4), address(l.IPv6), l.Origin, frrTable(l.VRF)})
	}
	for i := range r.Tunnels {
		t := &r.Tunnels[i]
		if t.Description != "" || t.Inside.IsValid() {
			out = append(out, frrInterface{t.Interface, oneSpaced(t.Description), address(t.Inside), "", t.Origin, frrTable(t.VRF)})
		}
	}
	if lo := &r.Loopback; lo.Interface != "" {
		out = append(out, frrInterface{lo.Interface, "", address(hostPrefix(lo.IPv4)), address(hostPrefix(lo.IPv6)), lo.Origin, frrTable("")})
	}
	slices.SortStableFunc(out, func(a, b frrInterface) int {
		return cmp.Or(strings.Compare(a.table, b.table), frrNameOrder(a.Name, b.Name))
	})
	return out
}

// frrTable is what FRR calls a table, by which it sorts.
func frrTable(vrf plan.Name) string { return cmp.Or(vrf, "default") }

// frrNameOrder compares the names of two interfaces as FRR sorts them: numbers
// by value, so that eth2 comes before eth10.
func frrNameOrder(a, b string) int {
	const digits = "0123456789"
	for a != "" && b != "" {
		i, j := strings.IndexAny(a+"0", digits), strings.IndexAny(b+"0", digits)
		if i != j || a[:i] != b[:j] {
			break
		}
		a, b = a[i:], b[j:]
		restA, restB := strings.TrimLeft(a, digits), strings.TrimLeft(b, digits)
		// The kernel's names have 15 characters: no number overflows.
		x, _ := strconv.ParseUint(a[:len(a)-len(restA)], 10, 64)
		y, _ := strconv.ParseUint(b[:len(b)-len(restB)], 10, 64)
		if x != y {
			return cmp.Compare(x, y)
		}
		a, b = restA, restB
	}
	return strings.Compare(a, b)
}

// address writes a prefix; "" for none.
func address(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}
