//go:build linux

package lab

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The faults that play failures. One failure has several: what a router sees of
// it decides how long it takes.
const (
	bySilence = "silent"  // nothing comes through and nobody is told: the carrier stays
	byCarrier = "carrier" // our end loses its carrier; Microsoft's keeps it, behind the provider
	byOneWay  = "oneway"  // what Microsoft sends is lost, what we send arrives
	byProcess = "process" // the Microsoft edge's BGP process is killed
	byCables  = "down"    // both ends lose their carrier
	byDrain   = "drain"   // prepends first; then nothing is forwarded any more
	byBFD     = "bfd"     // BFD's packets alone are lost
	byReset   = "reset"   // the session is reset and cannot come back
)

// faultPriority is after that of the counters (watchPriority).
const faultPriority = -300

// faultTable begins the names of nftables tables that are faults.
const faultTable = "ercfg_fault"

// A fault is something broken on purpose.
type fault struct {
	make func(ctx context.Context) error
	heal func(ctx context.Context) error
	// later, where there is one, makes it worse after the network has moved away.
	later func(ctx context.Context) error
}

// faultsOf lists the faults that play a failure, the usual ones first; with all
// the rare ones, too.
func (l *Lab) faultsOf(f sim.Failure, all bool) []string {
	var usual, rare []string
	switch f.Kind {
	case sim.LinkDown:
		usual, rare = []string{bySilence, byCarrier}, []string{byOneWay}
		if l.alone(f) {
			rare = append(rare, byProcess)
		}
	case sim.LinkDrained:
		usual = []string{byDrain}
	case sim.BFDDown:
		usual = []string{byBFD}
	case sim.IPv6Down:
		if usual, rare = []string{byReset}, []string{bySilence}; l.Options.MSEE == "bird" {
			usual, rare = rare, nil
		}
	case sim.MSEEDown:
		usual, rare = []string{bySilence}, []string{byProcess}
	case sim.CircuitDown:
		usual, rare = []string{bySilence, byCarrier}, []string{byOneWay}
	case sim.RouterDown:
		usual = []string{byCables}
	case sim.TunnelDown, sim.VPNDown:
		usual, rare = []string{byCables}, []string{bySilence}
	}
	if all {
		usual = append(usual, rare...)
	}
	if f.Kind == sim.LinkDown || f.Kind == sim.CircuitDown {
		if slices.ContainsFunc(l.linkWires(f), func(w Wire) bool { return pinned(l.plan, &w) }) {
			usual = slices.DeleteFunc(usual, func(how string) bool { return how != byCarrier })
		}
	}
	return usual
}

// pinned reports whether a router has a static route by a link. FRR 8.4 tracks
// no next hop: such a route goes with the carrier, and stays when the link dies
// in silence. The prediction of a link that fails is the one with the carrier
// lost; a silent failure is that of its MSEE.
func pinned(p *plan.Plan, w *Wire) bool {
	r := routerOf(p, w.A)
	return r != nil && slices.ContainsFunc(r.Routes, func(s plan.Route) bool { return s.Interface == w.IfA && !s.Discard })
}

// alone reports whether a link is the only one of its MSEE, so that the MSEE's
// process is the link's.
func (l *Lab) alone(f sim.Failure) bool {
	ends := l.linkWires(f)
	return len(ends) == 1 && len(slices.DeleteFunc(slices.Clone(l.Wires), func(w Wire) bool { return w.B != ends[0].B || w.Link == "" })) == 1
}

// linkWires are the wires of the links that a failure speaks of.
func (l *Lab) linkWires(f sim.Failure) []Wire {
	return slices.DeleteFunc(slices.Clone(l.Wires), func(w Wire) bool {
		link := linkOf(l.plan, &w)
		if link == nil {
			return true
		}
		switch f.Kind {
		case sim.LinkDrained, sim.MSEEDown:
			return link.Circuit != f.Path || link.Position != f.Position
		case sim.CircuitDown:
			return link.Circuit != f.Path
		}
		return link.Path != f.Path || link.Position != f.Position
	})
}

// tunnelWires are the wires of the tunnels that a failure speaks of.
func (l *Lab) tunnelWires(f sim.Failure) []Wire {
	return slices.DeleteFunc(slices.Clone(l.Wires), func(w Wire) bool {
		t, leg := tunnelOf(l.plan, &w)
		return t == nil || t.Path != f.Path || f.Kind == sim.TunnelDown && (leg.Instance != f.Instance || leg.Router != f.Router)
	})
}

// faults are what has to be broken to play failure f in one way.
func (l *Lab) faults(f sim.Failure, how string) ([]fault, error) {
	var out []fault
	switch f.Kind {
	case sim.LinkDown, sim.CircuitDown, sim.IPv6Down, sim.BFDDown:
		for _, w := range l.linkWires(f) {
			out = append(out, l.linkFault(w, how, f.Kind))
		}
	case sim.LinkDrained, sim.MSEEDown:
		var seen []string
		for _, w := range l.linkWires(f) {
			if slices.Contains(seen, w.B) {
				continue
			}
			seen = append(seen, w.B)
			out = append(out, l.mseeFault(l.Node(w.B), how))
		}
	case sim.RouterDown:
		if n := l.Node(f.Router); n != nil {
			out = append(out, l.routerFault(n))
		}
	case sim.TunnelDown, sim.VPNDown:
		for _, w := range l.tunnelWires(f) {
			out = append(out, l.tunnelFault(w, how))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: the lab has nothing that could fail so", f)
	}
	return out, nil
}

func (l *Lab) linkFault(w Wire, how string, kind sim.Kind) fault {
	msee := l.Node(w.B)
	switch {
	case how == byCarrier:
		return l.portFault(w.PortA)
	case how == byProcess:
		return l.processFault(msee)
	case how == byOneWay:
		return msee.drop("", "oifname "+quote(w.IfB))
	case kind == sim.BFDDown: // RFC 5881 §4: single-hop BFD's port
		return msee.drop(fmt.Sprintf("iifname %s udp dport 3784", quote(w.IfB)), fmt.Sprintf("oifname %s udp dport 3784", quote(w.IfB)))
	case kind == sim.IPv6Down:
		return l.ipv6Fault(w, how)
	}
	return msee.drop("iifname "+quote(w.IfB), "oifname "+quote(w.IfB))
}

// ipv6Fault keeps BGP over IPv6 off a link. With reset both ends are told first:
// without it they find out when the hold timer runs out.
func (l *Lab) ipv6Fault(w Wire, how string) fault {
	msee, link := l.Node(w.B), linkOf(l.plan, &w)
	var in, out []string
	for _, side := range []string{"sport", "dport"} {
		in = append(in, fmt.Sprintf("iifname %s meta nfproto ipv6 tcp %s 179", quote(w.IfB), side))
		out = append(out, fmt.Sprintf("oifname %s meta nfproto ipv6 tcp %s 179", quote(w.IfB), side))
	}
	f := msee.dropAll(in, out)
	if how != byReset {
		return f
	}
	lose := f.make
	f.make = func(ctx context.Context) error {
		for _, s := range link.Sessions {
			if s.Family == plan.IPv6 {
				if _, err := msee.Vtysh(ctx, "clear bgp ipv6 "+s.Local.String()); err != nil {
					return err
				}
			}
		}
		return lose(ctx)
	}
	return f
}

// portFault takes ports of the provider down, and with them the carrier from what
// is at their other ends.
func (l *Lab) portFault(ports ...string) fault {
	n := l.Node(provider)
	set := func(word string) func(ctx context.Context) error {
		var batch strings.Builder
		for _, port := range ports {
			fmt.Fprintf(&batch, "link set dev %s %s\n", port, word)
		}
		return func(ctx context.Context) error {
			_, err := n.inNet(ctx, batch.String(), "ip", "-batch", "-")
			return err
		}
	}
	return fault{make: set("down"), heal: set("up")}
}

// mseeFault drains a Microsoft edge router or lets it die.
func (l *Lab) mseeFault(n *Node, how string) fault {
	switch how {
	case byProcess:
		return l.processFault(n)
	case byDrain:
		// What is behind a drained MSEE may be dead (planned-maintenance.md):
		// traffic is dropped, and BGP and BFD go on. It has been counted then.
		dead := n.drop("", fmt.Sprintf("udp dport { 4789, %d-%d }", targetPort, targetPort+maxStreams), "meta l4proto gre")
		return fault{
			make:  func(ctx context.Context) error { return l.Drain(ctx, n, true) },
			later: dead.make,
			heal:  func(ctx context.Context) error { return errors.Join(dead.heal(ctx), l.Drain(ctx, n, false)) },
		}
	}
	return n.drop(`iifname != "lo"`, `oifname != "lo"`)
}

// processFault kills a Microsoft edge's BGP process. The kernel tells the other
// end of each session.
func (l *Lab) processFault(n *Node) fault {
	file := "/run/frr/bgpd.pid"
	if l.Options.MSEE == "bird" {
		file = birdPID
	}
	return fault{
		make: func(ctx context.Context) error {
			_, err := n.Exec(ctx, "/bin/sh", "-c", `kill -KILL "$(cat "$1")"`, "sh", file)
			return err
		},
		heal: func(ctx context.Context) error {
			if l.Options.MSEE == "bird" {
				_, err := n.Exec(ctx, "bird", "-c", birdConf, "-s", birdControl, "-P", birdPID)
				return err
			}
			_, err := n.Exec(ctx, "/bin/sh", "-c", filepath.Join(daemonDir, "bgpd")+" -d -P 0 && vtysh -b")
			return err
		},
	}
}

// tunnelFault takes a tunnel down at both ends, or lets it lose everything. One
// that rides on links has no cable: its interfaces go down.
func (l *Lab) tunnelFault(w Wire, how string) fault {
	router, gateway := l.Node(w.A), l.Node(w.B)
	switch {
	case how == bySilence:
		return gateway.drop("iifname "+quote(w.IfB), "oifname "+quote(w.IfB))
	case w.PortA != "":
		return l.portFault(w.PortA, w.PortB)
	}
	set := func(word string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, err := router.inNet(ctx, "", "ip", "link", "set", "dev", w.IfA, word)
			_, other := gateway.inNet(ctx, "", "ip", "link", "set", "dev", w.IfB, word)
			return errors.Join(err, other)
		}
	}
	return fault{make: set("down"), heal: set("up")}
}

// routerFault takes the carrier from all interfaces of a router, the LAN's too.
// Microsoft's ends keep theirs.
func (l *Lab) routerFault(n *Node) fault {
	var ports []string
	for _, w := range l.Wires {
		switch {
		case w.A != n.Name:
		case w.PortA != "":
			ports = append(ports, w.PortA)
		case w.B == provider:
			ports = append(ports, w.IfB)
		}
	}
	return l.portFault(ports...)
}

// drop loses what matches: in is of the prerouting hook, out of the postrouting
// hook; an empty match is none.
func (n *Node) drop(in string, out ...string) fault {
	var list []string
	if in != "" {
		list = []string{in}
	}
	return n.dropAll(list, out)
}

func (n *Node) dropAll(in, out []string) fault {
	rules := append(slices.Clone(in), append([]string{"|"}, out...)...)
	// Its rules name it: what a drill that was killed has left is found again.
	table := fmt.Sprintf("%s_%x", faultTable, sha256.Sum256([]byte(strings.Join(rules, ";"))))[:30]
	var text strings.Builder
	fmt.Fprintf(&text, "add table inet %[1]s\ndelete table inet %[1]s\nadd table inet %[1]s\n", table)
	fmt.Fprintf(&text, "add chain inet %s in { type filter hook prerouting priority %d; }\n", table, faultPriority)
	fmt.Fprintf(&text, "add chain inet %s out { type filter hook postrouting priority %d; }\n", table, faultPriority)
	for _, match := range in {
		fmt.Fprintf(&text, "add rule inet %s in %s drop\n", table, match)
	}
	for _, match := range out {
		fmt.Fprintf(&text, "add rule inet %s out %s drop\n", table, match)
	}
	return fault{
		make: func(ctx context.Context) error { return n.nft(ctx, text.String()) },
		heal: func(ctx context.Context) error {
			return n.nft(ctx, fmt.Sprintf("add table inet %[1]s\ndelete table inet %[1]s\n", table))
		},
	}
}

func quote(name string) string { return `"` + name + `"` }

// together breaks or heals several things together, and joins.
func together(list []fault, do func(fault) error) error {
	errs := make([]error, len(list))
	var wg sync.WaitGroup
	for i, f := range list {
		wg.Go(func() { errs[i] = do(f) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
