package push

import (
	"net/netip"
	"time"
)

// Facts are what a router says of its live state. What a platform does not tell
// is absent, which is not the same as zero: see each field.
type Facts struct {
	Peers []Peer
	BFD   []BFDPeer
}

// A Peer is one BGP session as the router has it.
type Peer struct {
	VRF  string // empty: the global table
	Addr netip.Addr
	// State is the state of RFC 4271 §8.2.2: "Established", "Idle", …
	State string
	// Shut says that the session is shut down by configuration.
	Shut bool
	// Hold and Keepalive are the negotiated times (RFC 4271 §4.2); zero where the
	// session is not established or the router does not tell.
	Hold, Keepalive time.Duration
	Up              time.Duration // since it was established; zero: it is not, or the router does not tell
	// Drops counts how often the session has gone down; -1: the router does not tell.
	Drops int
	// Routes are the routes that the router has accepted from the neighbor, sorted by
	// prefix.
	Routes []Route
	// Sent are the prefixes that the router advertises to the neighbor, sorted.
	Sent []netip.Prefix
}

// Established is the state of a session that is up (RFC 4271 §8.2.2).
const Established = "Established"

// isUp reports whether there is such a session and it is up.
func isUp(p *Peer) bool { return p != nil && p.State == Established }

// A Route is a route from one neighbor.
type Route struct {
	Prefix netip.Prefix
	// Best says that the router uses it: it is the best route, or one of several that
	// share the load.
	Best bool
	// LocalPreference is the route's (RFC 4271 §5.1.5); zero: the router does not tell.
	LocalPreference uint32
}

// A BFDPeer is one BFD session.
type BFDPeer struct {
	VRF       string
	Addr      netip.Addr
	Interface string // empty: the router binds it to none
	Up        bool
	Multihop  bool
	// Interval is the slower of what we send and receive at, as negotiated, and
	// Multiplier ours; zero: the router does not tell.
	Interval   time.Duration
	Multiplier int
	// Client is what the session protects: "BGP"; empty: the router does not tell.
	Client string
}

// A Question says what of a router's live state is asked for: routes are read for
// these neighbors only, because others may bring a whole Internet.
type Question struct {
	Neighbors []Neighbor
}

// A Neighbor names a BGP session.
type Neighbor struct {
	VRF  string
	Addr netip.Addr
}

// Peer returns the session with n; nil: the router has none.
func (f *Facts) Peer(n Neighbor) *Peer {
	for i := range f.Peers {
		if f.Peers[i].VRF == n.VRF && f.Peers[i].Addr == n.Addr {
			return &f.Peers[i]
		}
	}
	return nil
}
