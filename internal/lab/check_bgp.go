//go:build linux

package lab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// vtyshJSON runs a show command that ends in json and decodes what it prints.
func (n *Node) vtyshJSON(ctx context.Context, command string, v any) error {
	text, err := n.Vtysh(ctx, command)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("%s: %s: %w", n.Name, command, err)
	}
	return nil
}

// standings asks an FRR node for its sessions, by neighbor. Of one that is down
// only the state is told: FRR 8.4 keeps the BFD session of a neighbor that is
// shut.
func (n *Node) standings(ctx context.Context) (map[netip.Addr]standing, error) {
	var details map[netip.Addr]struct {
		BgpState                       string
		AdminShutDown                  bool
		BgpTimerHoldTimeMsecs          int
		BgpTimerKeepAliveIntervalMsecs int
	}
	if err := n.vtyshJSON(ctx, "show bgp neighbors json", &details); err != nil {
		return nil, err
	}
	var bfd []struct {
		Peer              netip.Addr
		Multihop          bool
		Interface, Status string
		Transmit          int `json:"transmit-interval"`
		Receive           int `json:"receive-interval"`
		Multiplier        int `json:"detect-multiplier"`
		Remote            int `json:"remote-detect-multiplier"`
		RemoteTransmit    int `json:"remote-transmit-interval"`
	}
	if err := n.vtyshJSON(ctx, "show bfd peers json", &bfd); err != nil {
		return nil, err
	}
	out := make(map[netip.Addr]standing)
	for peer, d := range details {
		s := standing{state: d.BgpState}
		switch {
		case d.AdminShutDown:
			s.state = "Idle (Admin)"
		case s.state == established:
			s.hold = time.Duration(d.BgpTimerHoldTimeMsecs) * time.Millisecond
			s.keepalive = time.Duration(d.BgpTimerKeepAliveIntervalMsecs) * time.Millisecond
			for _, b := range bfd {
				if b.Peer == peer {
					hops := "single hop"
					if b.Multihop {
						hops = "multihop"
					}
					s.bfd = fmt.Sprintf("%s on %s, %s, %d ms x %d, theirs %d ms x %d", b.Status, b.Interface, hops, max(b.Transmit, b.Receive), b.Multiplier, b.RemoteTransmit, b.Remote)
				}
			}
		}
		out[peer] = s
	}
	return out, nil
}

// heard asks a node what it has from each neighbor: lines of [routeLine], sorted,
// by neighbor. What comes from a neighbor inside an AS is not asked for.
func (l *Lab) heard(ctx context.Context, n *Node) (map[netip.Addr][]string, error) {
	if n.Kind == MSEE && l.Options.MSEE == "bird" {
		return n.heardBIRD(ctx)
	}
	out := make(map[netip.Addr][]string)
	for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
		var table struct {
			Routes map[netip.Prefix][]struct {
				PeerID, Path, PathFrom string
				LocPrf                 uint32
			}
		}
		if err := n.vtyshJSON(ctx, fmt.Sprintf("show bgp %s unicast json", family), &table); err != nil {
			return nil, err
		}
		for prefix, all := range table.Routes {
			for _, r := range all {
				peer, err := netip.ParseAddr(r.PeerID)
				if err != nil || r.PathFrom == "internal" {
					continue // "(unspec)": the node's own
				}
				if n.Kind != Router {
					r.LocPrf = 0 // Azure's own business
				}
				out[peer] = append(out[peer], routeLine(prefix, r.LocPrf, r.Path))
			}
		}
	}
	for _, lines := range out {
		slices.Sort(lines)
	}
	return out, nil
}

// heardBIRD asks BIRD 2 the same.
func (n *Node) heardBIRD(ctx context.Context) (map[netip.Addr][]string, error) {
	protocols, err := n.Exec(ctx, "birdc", "-r", "-s", birdControl, "show protocols all")
	if err != nil {
		return nil, err
	}
	routes, err := n.Exec(ctx, "birdc", "-r", "-s", birdControl, "show route all")
	if err != nil {
		return nil, err
	}
	return readBIRD(protocols, routes), nil
}

// readBIRD reads BIRD 2's protocols, whose neighbors are named below each, and
// its routes: a line that begins with the prefix, or with blanks where it is
// another route to the same one, names the protocol in brackets; attributes
// follow.
func readBIRD(protocols, routes string) map[netip.Addr][]string {
	neighbors := make(map[string]netip.Addr)
	name := ""
	for line := range strings.Lines(protocols) {
		words := strings.Fields(line)
		if len(words) > 0 && line[0] != ' ' {
			name = words[0]
		}
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), "Neighbor address: "); ok {
			neighbors[name], _ = netip.ParseAddr(text)
		}
	}
	out := make(map[netip.Addr][]string)
	var prefix netip.Prefix
	for line := range strings.Lines(routes) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if p, err := netip.ParsePrefix(words[0]); err == nil {
			prefix = p
		}
		if _, after, ok := strings.Cut(line, " ["); ok {
			name, _, _ = strings.Cut(after, " ")
		}
		if peer := neighbors[name]; words[0] == "BGP.as_path:" && peer.IsValid() {
			out[peer] = append(out[peer], routeLine(prefix, 0, strings.Join(words[1:], " ")))
		}
	}
	for _, lines := range out {
		slices.Sort(lines)
	}
	return out
}
