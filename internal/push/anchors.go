package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// An anchor is a discard route that brings a prefix into BGP, whether the LAN is there or
// not. Where no route of the LAN lies inside of it, it drops what it attracts.
type anchor struct {
	vrf    string
	prefix netip.Prefix
}

// newAnchors are the anchors of the plan whose discard routes the change brings.
func (x *router) newAnchors() []anchor {
	var out []anchor
	for i := range x.plan.Origins {
		o := &x.plan.Origins[i]
		brings := func(d confdiff.Difference) bool {
			vrf, prefix := d.Object.Route()
			return len(d.Missing) > 0 && vrf == o.VRF && prefix == o.Prefix
		}
		if o.How == plan.Anchor && slices.ContainsFunc(x.change.Differences, brings) {
			out = append(out, anchor{o.VRF, o.Prefix})
		}
	}
	return out
}

// hollow warns of the new anchors in which the router has no route of the LAN. That it
// does not say so is a warning, too.
func (x *router) hollow(ctx context.Context) ([]string, error) {
	var out []string
	for _, a := range x.newAnchors() {
		held, err := x.device.holds(ctx, a)
		switch {
		case errors.Is(err, errLost) || ctx.Err() != nil:
			return nil, err
		case err != nil:
			out = append(out, fmt.Sprintf("nobody knows whether a route lies inside of the anchor %s: %v", a, err))
		case !held:
			out = append(out, fmt.Sprintf("no route but loopbacks lies inside of the anchor %s: it announces the prefix all the same, and drops what comes for the rest", a))
		}
	}
	return out, nil
}

func (a anchor) String() string {
	if a.vrf == "" {
		return a.prefix.String()
	}
	return a.prefix.String() + " in VRF " + a.vrf
}

// lies reports whether a prefix is inside of the anchor, or the same.
func (a anchor) lies(p netip.Prefix) bool {
	return p.Bits() >= a.prefix.Bits() && a.prefix.Contains(p.Addr())
}

// words are the family's command and the VRF's, as IOS-XE and FRR have them.
func (a anchor) words() string {
	family := "ip"
	if a.prefix.Addr().Is6() {
		family = "ipv6"
	}
	if a.vrf != "" {
		return "show " + family + " route vrf " + a.vrf
	}
	return "show " + family + " route"
}

// iosxeHoldsCommand lists the routes inside of an anchor (Cisco, IP Routing
// Protocol-Independent Command Reference, show ip route; IPv6 Command Reference, show
// ipv6 route).
func iosxeHoldsCommand(a anchor) string {
	prefix := a.prefix.String()
	if a.prefix.Addr().Is4() {
		prefix = a.prefix.Addr().String() + " " + confdiff.IPv4Mask(a.prefix.Bits())
	}
	return a.words() + " " + prefix + " longer-prefixes"
}

// iosxeRouteLine begins a route: its codes, and an address. What stands below it until the
// next one is of the same route.
var iosxeRouteLine = regexp.MustCompile(`(?m)^[A-Za-z][A-Za-z0-9*+%& ]{0,8} +[0-9A-Fa-f]+[.:][0-9A-Fa-f.:]*(?:/\d+)?[ \n]`)

// readIOSXEHolds reports whether the answer has a route that is neither a discard nor a
// loopback.
func readIOSXEHolds(output string) (bool, error) {
	if iosxeRefused(output) {
		return false, errors.New(firstLine(iosxeSaid(output)))
	}
	begins := iosxeRouteLine.FindAllStringIndex(output, -1)
	for i, at := range begins {
		end := len(output)
		if i+1 < len(begins) {
			end = begins[i+1][0]
		}
		if route := output[at[0]:end]; !strings.Contains(route, "Null0") && !strings.Contains(route, "Loopback") {
			return true, nil
		}
	}
	return false, nil
}

// junosHoldsCommand lists the routes inside of an anchor: without exact a prefix stands
// for all that is inside of it (Juniper, CLI Reference, show route).
func junosHoldsCommand(a anchor) string {
	return fmt.Sprintf("show route table %s %s active-path"+junosJSON, junosTable(Neighbor{a.vrf, a.prefix.Addr()}), a.prefix)
}

// readJunosHolds is readIOSXEHolds for Junos.
func readJunosHolds(a anchor, output string) (held bool, err error) {
	if junosFacts().refused(output) {
		return false, errors.New(firstLine(strings.TrimSpace(output)))
	}
	err = eachJunosRoute(Neighbor{a.vrf, a.prefix.Addr()}, output, func(p netip.Prefix, entry junosObject) error {
		hops := entry.list("nh")
		goes := len(hops) == 0 || slices.ContainsFunc(hops, func(nh junosObject) bool { return !strings.HasPrefix(nh.text("via"), "lo0.") })
		switch kind := entry.text("nh-type"); {
		case kind == "Discard" || kind == "Reject" || kind == "Receive":
		default:
			held = held || a.lies(p) && goes
		}
		return nil
	})
	return held, err
}

// frrHoldsCommand lists the routes inside of an anchor.
func frrHoldsCommand(a anchor) string {
	return a.words() + " " + a.prefix.String() + " longer-prefixes json"
}

// readFRRHolds is readIOSXEHolds for FRR. Measured on FRR 8.4.4.
func readFRRHolds(a anchor, output string) (bool, error) {
	var routes map[netip.Prefix][]struct {
		Selected bool
		Nexthops []struct {
			Unreachable   bool // a discard of any kind
			InterfaceName string
		}
	}
	if err := json.Unmarshal([]byte(output), &routes); err != nil {
		return false, notJSON(output, err)
	}
	for p, all := range routes {
		for _, r := range all {
			for _, n := range r.Nexthops {
				if a.lies(p) && r.Selected && !n.Unreachable && n.InterfaceName != "lo" {
					return true, nil
				}
			}
		}
	}
	return false, nil
}
