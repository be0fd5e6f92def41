package push

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// frrFactCommands are the commands of vtysh that answer q.
func frrFactCommands(q Question) []string { return frrFacts().commands(q) }

// readFRRFacts reads their outputs, in the order of the commands. Measured on FRR
// 8.4.4.
func readFRRFacts(q Question, outputs []string) (Facts, error) { return frrFacts().read(q, outputs) }

// frrFacts is how FRR is asked. Without a VRF bfdd lists the sessions of all of
// them; with "vrf all" 8.4.4 looks for a VRF of that name and lists none.
func frrFacts() factReader {
	return factReader{
		sessions: "show bgp vrf all neighbors json",
		bfd:      "show bfd peers json",
		routes:   func(n Neighbor) string { return frrNeighborCommand(n, "routes") },
		sent:     func(n Neighbor) string { return frrNeighborCommand(n, "advertised-routes") },

		readSessions: readFRRSessions,
		readBFD:      readFRRBFD,
		readRoutes:   readFRRRoutes,
		readSent:     readFRRSent,
		refused:      func(output string) bool { return frrWarning(output) != "" },
	}
}

func frrNeighborCommand(n Neighbor, what string) string {
	vrf := ""
	if n.VRF != "" {
		vrf = "vrf " + n.VRF + " "
	}
	return fmt.Sprintf("show bgp %s%s unicast neighbors %s %s json", vrf, n.family(), n.Addr, what)
}

// frrNoFamily is what FRR answers where the neighbor is not activated in the
// family.
const frrNoFamily = "No such neighbor or address family"

// frrWarning is the text of an answer that is nothing but a warning: FRR refuses
// that way, with exit code 0.
func frrWarning(output string) string {
	var w struct{ Warning string }
	if json.Unmarshal([]byte(output), &w) != nil {
		return ""
	}
	return w.Warning
}

// frrVRF is a VRF's name as Facts have it.
func frrVRF(name string) string {
	if name == "default" {
		return ""
	}
	return name
}

// frrNeighbor is one entry of "show bgp vrf all neighbors json".
type frrNeighbor struct {
	BgpState      *string
	AdminShutDown bool
	UpMsec        int64 `json:"bgpTimerUpMsec"`
	HoldMsec      int64 `json:"bgpTimerHoldTimeMsecs"`
	KeepaliveMsec int64 `json:"bgpTimerKeepAliveIntervalMsecs"`
	Dropped       *int  `json:"connectionsDropped"`
	PeerBfdInfo   *struct{}
}

// peer is the session. Unless it is up, the timers are those that are configured,
// and are left out.
func (n frrNeighbor) peer(vrf string, addr netip.Addr) (seenPeer, error) {
	if n.BgpState == nil {
		return seenPeer{}, fmt.Errorf("neighbor %s has no state", addr)
	}
	p := seenPeer{Peer: Peer{VRF: vrf, Addr: addr, State: *n.BgpState, Shut: n.AdminShutDown, Drops: -1}, bfd: n.PeerBfdInfo != nil}
	if n.Dropped != nil {
		p.Drops = *n.Dropped
	}
	if p.State == Established {
		p.Hold, p.Keepalive = milliseconds(n.HoldMsec), milliseconds(n.KeepaliveMsec)
		p.Up = milliseconds(n.UpMsec)
	}
	return p, nil
}

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// readFRRSessions reads a table of VRFs, each a table of neighbors among other
// keys. A neighbor that is named by its interface has no address to be asked for
// and is passed over.
func readFRRSessions(output string) ([]seenPeer, error) {
	var vrfs map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(output), &vrfs); err != nil {
		return nil, notJSON(output, err)
	}
	if vrfs == nil {
		return nil, errors.New("null")
	}
	var peers []seenPeer
	for vrf, entries := range vrfs {
		for key, raw := range entries {
			addr, err := netip.ParseAddr(key)
			if err != nil {
				continue // vrfId, vrfName, an interface
			}
			var n frrNeighbor
			if err := json.Unmarshal(raw, &n); err != nil {
				return nil, fmt.Errorf("neighbor %s: %w", addr, err)
			}
			p, err := n.peer(frrVRF(vrf), addr)
			if err != nil {
				return nil, err
			}
			peers = append(peers, p)
		}
	}
	return peers, nil
}

// frrNoBFD is what vtysh says where bfdd does not run: there are no sessions.
const frrNoBFD = "bfdd is not running"

// readFRRBFD reads the list of BFD sessions. FRR does not tell there what one
// protects; the BGP neighbor tells that it asked for it.
func readFRRBFD(output string, peers []seenPeer) ([]BFDPeer, error) {
	if strings.TrimSpace(output) == frrNoBFD {
		return nil, nil
	}
	var list []struct {
		Peer      string
		VRF       string
		Interface string
		Multihop  bool
		Status    *string
		// Milliseconds: what we send and receive at, and what the other end does.
		Transmit       int64 `json:"transmit-interval"`
		Receive        int64 `json:"receive-interval"`
		RemoteTransmit int64 `json:"remote-transmit-interval"`
		RemoteReceive  int64 `json:"remote-receive-interval"`
		Multiplier     int   `json:"detect-multiplier"`
	}
	if err := json.Unmarshal([]byte(output), &list); err != nil {
		return nil, notJSON(output, err)
	}
	if list == nil {
		return nil, errors.New("null")
	}
	var out []BFDPeer
	for _, s := range list {
		addr, err := netip.ParseAddr(s.Peer)
		if err != nil {
			return nil, err
		}
		if s.Status == nil {
			return nil, fmt.Errorf("session with %s has no state", addr)
		}
		b := BFDPeer{VRF: frrVRF(s.VRF), Addr: addr, Interface: s.Interface, Multihop: s.Multihop, Up: *s.Status == "up", Multiplier: s.Multiplier}
		if b.Up {
			b.Interval = milliseconds(max(s.Transmit, s.RemoteReceive, s.Receive, s.RemoteTransmit))
		}
		for _, p := range peers {
			if p.bfd && p.VRF == b.VRF && p.Addr == b.Addr {
				b.Client = "BGP"
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// readFRRRoutes reads the routes that a neighbor's policy has let in. A route
// without a preference of its own competes with the table's default, and that is
// what it has.
func readFRRRoutes(n Neighbor, output string) ([]Route, error) {
	if frrWarning(output) == frrNoFamily {
		return nil, nil
	}
	var table struct {
		Default uint32 `json:"defaultLocPrf"`
		Routes  map[string][]struct {
			Bestpath, Multipath bool
			LocPrf              *uint32
			PeerID              string `json:"peerId"`
		}
		Warning string
	}
	if err := json.Unmarshal([]byte(output), &table); err != nil {
		return nil, notJSON(output, err)
	}
	if table.Routes == nil {
		return nil, noTable(table.Warning)
	}
	var out []Route
	for key, paths := range table.Routes {
		prefix, err := netip.ParsePrefix(key)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			r := Route{Prefix: prefix, Best: p.Bestpath || p.Multipath, LocalPreference: table.Default}
			if p.LocPrf != nil {
				r.LocalPreference = *p.LocPrf
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// readFRRSent reads the routes that the policy lets out to a neighbor.
func readFRRSent(n Neighbor, output string) ([]netip.Prefix, error) {
	if frrWarning(output) == frrNoFamily {
		return nil, nil
	}
	var table struct {
		Routes  map[string]json.RawMessage `json:"advertisedRoutes"`
		Warning string
	}
	if err := json.Unmarshal([]byte(output), &table); err != nil {
		return nil, notJSON(output, err)
	}
	if table.Routes == nil {
		return nil, noTable(table.Warning)
	}
	var out []netip.Prefix
	for key := range table.Routes {
		prefix, err := netip.ParsePrefix(key)
		if err != nil {
			return nil, err
		}
		out = append(out, prefix)
	}
	return out, nil
}

// noTable is the error of an answer without the table that was asked for.
func noTable(warning string) error {
	if warning != "" {
		return errors.New(warning)
	}
	return errors.New("no table of routes")
}

// notJSON is the error of an answer that is no JSON: its first line says more
// than the decoder does.
func notJSON(output string, err error) error {
	line, _, _ := strings.Cut(strings.TrimSpace(output), "\n")
	if line == "" {
		return errors.New("no answer")
	}
	if strings.HasPrefix(line, "{") || strings.HasPrefix(line, "[") {
		return err
	}
	return errors.New(line)
}
