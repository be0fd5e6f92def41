package twin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// names are the interfaces of one router: what they were called, and what the
// platform calls them.
type names struct {
	platform  plan.Platform
	loopback  *intent.Loopback // as written
	old, new  []string         // pairs
	ports     int
	directs   int
	tunnels   int
	loopbacks int
	sources   int
	clients   int
}

// A vocabulary is the form of a platform's names.
type vocabulary struct {
	loopback string
	unit     string // of the loopback, where it ends a tunnel
	port     string // of the nth link, from 1
	direct   string // of the nth Direct port, from 1
	tunnel   string // of the nth tunnel, from 1
	another  string // of the nth loopback beside the router's own, from 10; empty: an address of the own one
	source   string // of the nth way to the Internet, from 0
	customer string // of the nth customer, from 0
}

func words(p plan.Platform) vocabulary {
	switch p {
	case plan.IOSXE:
		return vocabulary{"Loopback0", "", "TenGigabitEthernet0/0/%d", "HundredGigE0/%d/0", "Tunnel%d", "Loopback%d", "GigabitEthernet0/0/%d", "GigabitEthernet0/3/%d"}
	case plan.Junos:
		return vocabulary{"lo0", ".0", "xe-0/0/%d", "et-0/%d/0", "st0.%d", "", "ge-0/0/%d.0", "ge-0/3/%d.0"}
	case plan.FRR:
		return vocabulary{"lo", "", "eth%d", "ens%d", "vti%d", "dummy%d", "wan%d", "cust%d"}
	}
	panic(fmt.Sprintf("twin: no names of platform %d", uint8(p)))
}

// again is the new name of an interface that has one, with its unit; any other
// stays.
func (n *names) again(old string) string {
	base, unit, _ := strings.Cut(old, ".")
	if i := slices.Index(n.old, old); i >= 0 {
		return n.new[i]
	}
	if i := slices.Index(n.old, base); i >= 0 && unit != "" {
		return n.new[i] + "." + unit
	}
	return old
}

// rename gives old the next name of a form, once.
func (n *names) rename(old, form string, count *int, first int) string {
	if slices.Contains(n.old, old) {
		return n.again(old)
	}
	name := fmt.Sprintf(form, first+*count)
	*count++
	n.old, n.new = append(n.old, old), append(n.new, name)
	return name
}

func (n *names) port(old string) string { return n.rename(old, words(n.platform).port, &n.ports, 1) }

func (n *names) directPort(old string) string {
	return n.rename(old, words(n.platform).direct, &n.directs, 1)
}

func (n *names) tunnel(old string) string {
	return n.rename(old, words(n.platform).tunnel, &n.tunnels, 1)
}

func (n *names) customer(old string) string {
	return n.rename(old, words(n.platform).customer, &n.clients, 0)
}

// source is what a tunnel is sourced from: the router's loopback, another one,
// an ExpressRoute subinterface, or a way to the Internet.
func (n *names) source(old string) string {
	v := words(n.platform)
	base, unit, _ := strings.Cut(old, ".")
	switch own := n.loopback; {
	case own != nil && (old == own.Interface.V || strings.TrimSuffix(old, ".0") == own.Interface.V):
		return v.loopback + v.unit
	case strings.HasPrefix(strings.ToLower(base), "lo") && v.another == "":
		return v.loopback + v.unit // Junos has one loopback unit in a routing instance
	case strings.HasPrefix(strings.ToLower(base), "lo"):
		return n.rename(old, v.another, &n.loopbacks, 10)
	case slices.Contains(n.old, base) && unit != "":
		return n.again(old)
	}
	return n.rename(old, v.source, &n.sources, 0)
}
