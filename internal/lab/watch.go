//go:build linux

package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// watchTable is the nftables table with the counters, in every node of Azure's
// side on which a link or a tunnel ends. Only the counters' end of a wire is
// Azure's: there a packet is seen that a router still sends into a link which
// loses it, and one that never arrives is not.
const watchTable = "ercfg_lab"

// watchPriority is before that of faults (faultPriority): what a fault drops has
// been counted.
const watchPriority = -310

// A watch counts the packets of every stream on every link and tunnel.
type watch struct {
	counters []counter // by number, which is the comment of its rule
	rules    map[*Node][]string
	// spread are the nodes at the ends of VXLAN tunnels that ride on links.
	spread map[*Node]bool
}

// A counter is the packets of one stream on one leg.
type counter struct {
	stream int
	leg    sim.Leg // Clear and Dead are left to who knows the statement
}

// newWatch writes the rules that count streams on the legs of a plan.
func (l *Lab) newWatch(p *plan.Plan, streams []stream) *watch {
	w := &watch{rules: make(map[*Node][]string), spread: make(map[*Node]bool)}
	for i := range l.Wires {
		wire := &l.Wires[i]
		node := l.Node(wire.B)
		if wire.Link == "" || node == nil {
			continue
		}
		if link := linkOf(p, wire); link != nil {
			leg := sim.Leg{Path: link.Path, Router: wire.A, Position: link.Position}
			w.add(node, wire.IfB, leg, streams, nil, "")
			for _, t := range l.riders(p) {
				over := t.leg
				over.Over, over.OverPosition = link.Path, link.Position
				w.add(node, wire.IfB, over, streams, t.tunnel, t.how)
			}
		}
		switch tunnel, leg := tunnelOf(p, wire); {
		case tunnel == nil:
		case wire.Tunnel == "veth":
			w.add(node, wire.IfB, leg, streams, nil, "")
		case wire.Tunnel == "vxlan":
			w.spread[node], w.spread[l.Node(wire.A)] = true, true
		}
	}
	return w
}

// add counts every stream on one interface of a node: its bare packets, or those
// in a tunnel.
func (w *watch) add(n *Node, port string, leg sim.Leg, streams []stream, in *plan.Tunnel, how string) {
	for i := range streams {
		st := &streams[i]
		if in != nil && !st.target.Is4() {
			continue // a tunnel carries IPv4 only
		}
		match := fmt.Sprintf("udp dport %d", targetPort+i)
		if in != nil {
			near, far := in.Local, in.Remote
			if st.direction == sim.FromAzure {
				near, far = far, near
			}
			match = inside(near.String(), far.String(), how, targetPort+i)
		}
		chain, side := "from", "iifname"
		if st.direction == sim.FromAzure {
			chain, side = "to", "oifname"
		}
		w.rules[n] = append(w.rules[n], fmt.Sprintf("add rule inet %s %s %s %q %s counter comment \"%d\"", watchTable, chain, side, port, match, len(w.counters)))
		w.counters = append(w.counters, counter{i, leg})
	}
}

// inside matches a packet of a stream in a tunnel by the port that it has inside:
// behind GRE's four octets (RFC 2784 §2.1) or VXLAN's eight and a UDP header (RFC
// 7348 §5) with an Ethernet header, an IPv4 header and two octets follow.
func inside(near, far, how string, port int) string {
	outer := fmt.Sprintf("ip saddr %s ip daddr %s", near, far)
	if how == "gre" {
		return fmt.Sprintf("%s ip protocol gre @th,%d,16 %d", outer, (4+20+2)*8, port)
	}
	return fmt.Sprintf("%s udp dport 4789 @th,%d,16 %d", outer, (8+8+14+20+2)*8, port)
}

// A rider is a tunnel that rides on links.
type rider struct {
	tunnel *plan.Tunnel
	leg    sim.Leg
	how    string // gre, vxlan
}

func (l *Lab) riders(p *plan.Plan) []rider {
	var out []rider
	for i := range l.Wires {
		if t, leg := tunnelOf(p, &l.Wires[i]); t != nil && l.Wires[i].Tunnel != "veth" {
			out = append(out, rider{t, leg, l.Wires[i].Tunnel})
		}
	}
	return out
}

// routerOf finds a router of the plan; nil: there is none of that name.
func routerOf(p *plan.Plan, name string) *plan.Router {
	if i := slices.IndexFunc(p.Routers, func(r plan.Router) bool { return r.Name == name }); i >= 0 {
		return &p.Routers[i]
	}
	return nil
}

// linkOf is the link that a wire plays; nil: none.
func linkOf(p *plan.Plan, w *Wire) *plan.Link {
	r := routerOf(p, w.A)
	if r == nil {
		return nil
	}
	if i := slices.IndexFunc(r.Links, func(l plan.Link) bool { return l.Origin == w.Link }); i >= 0 {
		return &r.Links[i]
	}
	return nil
}

// tunnelOf is the tunnel that a wire plays, and its leg; nil: none.
func tunnelOf(p *plan.Plan, w *Wire) (*plan.Tunnel, sim.Leg) {
	r := routerOf(p, w.A)
	if r == nil {
		return nil, sim.Leg{}
	}
	i := slices.IndexFunc(r.Tunnels, func(t plan.Tunnel) bool { return t.Origin == w.Link })
	if i < 0 {
		return nil, sim.Leg{}
	}
	t := &r.Tunnels[i]
	leg := sim.Leg{Path: t.Path, Router: r.Name, Instance: t.Instance}
	for j := range p.VPNs {
		if p.VPNs[j].Name == t.Path {
			leg.Of = len(p.VPNs[j].Tunnels)
			leg.Shared = slices.ContainsFunc(p.VPNs[j].Tunnels, func(o plan.VPNTunnel) bool { return o.Instance == t.Instance && o.Router != r.Name })
		}
	}
	return t, leg
}

// install sets the counters up, at zero, in all nodes at once.
func (w *watch) install(ctx context.Context) error {
	if err := each(w.spread, func(n *Node) error {
		// Linux keeps the way of a tunnel's outer packets for each processor, and
		// all flows take it (6.18, vxlan_core.c); it looks anew for every packet that
		// has a mark. The mark means nothing else here.
		return n.nft(ctx, fmt.Sprintf("%s\nadd chain inet %[2]s spread { type filter hook prerouting priority %[3]d; meta mark set 1; }\n", emptyTable(), watchTable, watchPriority))
	}); err != nil {
		return err
	}
	return each(w.rules, func(n *Node) error {
		more := ""
		if !w.spread[n] {
			more = emptyTable()
		}
		return n.nft(ctx, fmt.Sprintf(`%s
add chain inet %[2]s from { type filter hook prerouting priority %[3]d; }
add chain inet %[2]s to { type filter hook postrouting priority %[3]d; }
%[4]s
`, more, watchTable, watchPriority, strings.Join(w.rules[n], "\n")))
	})
}

// emptyTable makes the table anew.
func emptyTable() string {
	return fmt.Sprintf("add table inet %[1]s\ndelete table inet %[1]s\nadd table inet %[1]s", watchTable)
}

// remove takes the counters away.
func (w *watch) remove(ctx context.Context) error {
	gone := func(n *Node) error {
		return n.nft(ctx, fmt.Sprintf("add table inet %[1]s\ndelete table inet %[1]s\n", watchTable))
	}
	return errors.Join(each(w.rules, gone), each(w.spread, gone))
}

// read returns all counters, by number.
func (w *watch) read(ctx context.Context) ([]uint64, error) {
	out := make([]uint64, len(w.counters))
	var mu sync.Mutex
	err := each(w.rules, func(n *Node) error {
		text, err := n.inNet(ctx, "", "nft", "--json", "list", "table", "inet", watchTable)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		return readCounters([]byte(text), out)
	})
	return out, err
}

// each calls do for every node of a set at once, and joins.
func each[T any](nodes map[*Node]T, do func(n *Node) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []error
	for n := range nodes {
		wg.Go(func() {
			if err := do(n); err != nil {
				mu.Lock()
				defer mu.Unlock()
				all = append(all, fmt.Errorf("%s: %w", n.Name, err))
			}
		})
	}
	wg.Wait()
	return errors.Join(all...)
}

// readCounters reads what nft lists of a table into counts, by the number in each
// rule's comment.
func readCounters(text []byte, counts []uint64) error {
	var list struct {
		Nftables []struct {
			Rule *struct {
				Comment string
				Expr    []struct {
					Counter *struct{ Packets uint64 }
				}
			}
		}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("counters of nft: %w", err)
	}
	for _, item := range list.Nftables {
		if item.Rule == nil {
			continue
		}
		n, err := strconv.Atoi(item.Rule.Comment)
		if err != nil || n < 0 || n >= len(counts) {
			return fmt.Errorf("counters of nft: a rule is called %q", item.Rule.Comment)
		}
		for _, e := range item.Rule.Expr {
			if e.Counter != nil {
				counts[n] = e.Counter.Packets
			}
		}
	}
	return nil
}

// legs lists the legs that a stream took between two readings, and how many of its
// packets did.
func (w *watch) legs(before, after []uint64, stream int) map[sim.Leg]uint64 {
	out := make(map[sim.Leg]uint64)
	for i, c := range w.counters {
		if n := after[i] - before[i]; n > 0 && c.stream == stream {
			out[c.leg] += n
		}
	}
	return out
}

// nft runs the commands of text in a node's network namespace, all or none.
func (n *Node) nft(ctx context.Context, text string) error {
	_, err := n.inNet(ctx, text, "nft", "--file", "-")
	return err
}
