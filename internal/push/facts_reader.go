package push

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A factReader is how one platform is asked for its live state, and how its
// answers are read. Its functions are pure.
type factReader struct {
	sessions, bfd string // the commands that list all sessions
	// routes and sent are the commands for what one neighbor brings and gets.
	routes, sent func(Neighbor) string

	readSessions func(output string) ([]seenPeer, error)
	readBFD      func(output string, peers []seenPeer) ([]BFDPeer, error)
	readRoutes   func(n Neighbor, output string) ([]Route, error)
	readSent     func(n Neighbor, output string) ([]netip.Prefix, error)
	// refused says that the output is the router's word for a neighbor, a table or a
	// VRF that it does not have.
	refused func(output string) bool
}

// A seenPeer is a session with what only the reading of BFD needs.
type seenPeer struct {
	Peer
	iface string // of the link to the neighbor; empty: the router does not tell
	bfd   bool   // the session asks for BFD
}

// commands are what is asked of the router, in order.
func (r factReader) commands(q Question) []string {
	out := []string{r.sessions, r.bfd}
	for _, n := range q.Neighbors {
		out = append(out, r.routes(n), r.sent(n))
	}
	return out
}

// read makes facts of the answers to commands. An answer that it cannot read is
// an error that names the command: what is not known is not taken for absent.
func (r factReader) read(q Question, outputs []string) (Facts, error) {
	commands := r.commands(q)
	if len(outputs) != len(commands) {
		return Facts{}, fmt.Errorf("%d answers to %d commands", len(outputs), len(commands))
	}
	seen, err := r.readSessions(outputs[0])
	if err != nil {
		return Facts{}, fmt.Errorf("%s: %w", commands[0], err)
	}
	bfd, err := r.readBFD(outputs[1], seen)
	if err != nil {
		return Facts{}, fmt.Errorf("%s: %w", commands[1], err)
	}
	f := Facts{BFD: bfd}
	for _, p := range seen {
		f.Peers = append(f.Peers, p.Peer)
	}
	slices.SortFunc(f.Peers, func(a, b Peer) int { return compareNeighbors(a.VRF, a.Addr, b.VRF, b.Addr) })
	slices.SortStableFunc(f.BFD, func(a, b BFDPeer) int { return compareNeighbors(a.VRF, a.Addr, b.VRF, b.Addr) })
	for i, n := range q.Neighbors {
		at := 2 + 2*i
		if err := r.readNeighbor(&f, n, commands[at:at+2], outputs[at:at+2]); err != nil {
			return Facts{}, err
		}
	}
	return f, nil
}

// readNeighbor adds what one neighbor brings and gets.
func (r factReader) readNeighbor(f *Facts, n Neighbor, commands, outputs []string) error {
	peer := f.Peer(n)
	// A router may refuse to list the routes of a session that it does not have or
	// that is down. Of a session that is up a refusal is not believed.
	lenient := !isUp(peer)
	if peer == nil {
		peer = new(Peer) // the answers are read all the same, and dropped
	}
	if !lenient || !r.refused(outputs[0]) {
		routes, err := r.readRoutes(n, outputs[0])
		if err != nil {
			return fmt.Errorf("%s: %w", commands[0], err)
		}
		peer.Routes = sortedRoutes(routes)
	}
	if !lenient || !r.refused(outputs[1]) {
		sent, err := r.readSent(n, outputs[1])
		if err != nil {
			return fmt.Errorf("%s: %w", commands[1], err)
		}
		slices.SortFunc(sent, netip.Prefix.Compare)
		peer.Sent = slices.Compact(sent)
	}
	return nil
}

// sortedRoutes sorts by prefix. Of several paths to one prefix the one in use
// stays, and of several in use the first.
func sortedRoutes(routes []Route) []Route {
	slices.SortStableFunc(routes, func(a, b Route) int {
		if c := a.Prefix.Compare(b.Prefix); c != 0 || a.Best == b.Best {
			return c
		}
		if a.Best {
			return -1
		}
		return 1
	})
	return slices.CompactFunc(routes, func(a, b Route) bool { return a.Prefix == b.Prefix })
}

// compareNeighbors orders by VRF, the global table first, and address.
func compareNeighbors(vrfA string, a netip.Addr, vrfB string, b netip.Addr) int {
	if c := strings.Compare(vrfA, vrfB); c != 0 {
		return c
	}
	return a.Compare(b)
}

// family is the address family of a neighbor's routes. A session carries the
// family of its own addresses: ExpressRoute has one session for each
// (domain fact sheet, §5).
func (n Neighbor) family() string {
	if n.Addr.Is4() {
		return "ipv4"
	}
	return "ipv6"
}

// bfdVRF finds the VRF of a BFD session on routers that list these without: it
// is the VRF of the BGP neighbor with that address. Where several VRFs have one,
// the interface decides, and a neighbor on another interface is out. ok is false
// where more than one is left.
func bfdVRF(peers []seenPeer, addr netip.Addr, iface string) (vrf string, ok bool) {
	var left []seenPeer
	for _, p := range peers {
		if p.Addr != addr {
			continue
		}
		if iface != "" && p.iface == iface {
			return p.VRF, true
		}
		left = append(left, p)
	}
	if len(left) == 0 {
		return "", true // not one of BGP's
	}
	if len(left) > 1 {
		left = slices.DeleteFunc(left, func(p seenPeer) bool { return p.iface != "" })
	}
	if len(left) != 1 {
		return "", false
	}
	return left[0].VRF, true
}

// bfdClient names what a BFD session protects: BGP, if it is among them.
func bfdClient(clients []string) string {
	for _, c := range clients {
		if strings.EqualFold(c, "BGP") {
			return "BGP"
		}
	}
	return strings.Join(clients, " ")
}

// samePeer says that two lists of one session agree on what decides.
func samePeer(a, b seenPeer) bool {
	return a.State == b.State && a.Shut == b.Shut && a.Hold == b.Hold && a.Drops == b.Drops
}

// addPeer appends a session. Routers list one for each address family or engine:
// where these agree one is kept, and where they do not nobody knows.
func addPeer(peers []seenPeer, p seenPeer) ([]seenPeer, error) {
	for _, have := range peers {
		if have.VRF != p.VRF || have.Addr != p.Addr {
			continue
		}
		if !samePeer(have, p) {
			return nil, fmt.Errorf("session with %s: %s and %s at once", p.Addr, have.State, p.State)
		}
		return peers, nil
	}
	return append(peers, p), nil
}
