package push

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// junosFactCommands are the commands of operational mode that answer q.
func junosFactCommands(q Question) []string { return junosFacts().commands(q) }

// readJunosFacts reads their outputs, in the order of the commands. The form is
// that of public captures of Junos 17.4 to 25.4 and of Juniper's reference; it has
// not been measured by this project.
func readJunosFacts(q Question, outputs []string) (Facts, error) {
	return junosFacts().read(q, outputs)
}

// junosFacts is how Junos is asked. "receive-protocol" lists routes as they came,
// before the import policy; the routing table has those that the policy accepted,
// and Juniper's RPC model documents source-gateway as the router that they came
// from. Only the detailed form tells which inactive route shares the load.
//
// Junos does not tell there since when a session is up: [Peer.Up] stays zero.
func junosFacts() factReader {
	return factReader{
		sessions: "show bgp neighbor" + junosJSON,
		bfd:      "show bfd session extensive" + junosJSON,
		routes: func(n Neighbor) string {
			return fmt.Sprintf("show route protocol bgp source-gateway %s table %s detail"+junosJSON, n.Addr, junosTable(n))
		},
		sent: func(n Neighbor) string {
			return fmt.Sprintf("show route advertising-protocol bgp %s table %s"+junosJSON, n.Addr, junosTable(n))
		},

		readSessions: readJunosSessions,
		readBFD:      readJunosBFD,
		readRoutes:   readJunosRoutes,
		readSent:     readJunosSent,
		refused:      func(output string) bool { return strings.HasPrefix(strings.TrimSpace(output), "error:") },
	}
}

// junosJSON are the pipes that make an answer one JSON document.
const junosJSON = " | display json | no-more"

// junosTable is the table that a neighbor's routes are in: an instance has its
// own, with its name before the family's.
func junosTable(n Neighbor) string {
	table := "inet.0"
	if n.family() == "ipv6" {
		table = "inet6.0"
	}
	if n.VRF == "" {
		return table
	}
	return n.VRF + "." + table
}

// readJunosSessions reads "show bgp neighbor".
func readJunosSessions(output string) ([]seenPeer, error) {
	doc, err := parseJunos(output)
	if err != nil {
		return nil, err
	}
	tables := junosFind(doc, "bgp-information")
	if len(tables) == 0 {
		if said := junosOutput(doc); said != "BGP is not running" {
			return nil, noTable(said)
		}
		return nil, nil
	}
	var peers []seenPeer
	for _, table := range tables {
		for _, entry := range table.list("bgp-peer") {
			p, err := junosPeer(entry)
			if err != nil {
				return nil, err
			}
			if peers, err = addPeer(peers, p); err != nil {
				return nil, err
			}
		}
	}
	return peers, nil
}

// junosPeer reads one session.
func junosPeer(entry junosObject) (seenPeer, error) {
	addr, err := junosAddr(entry.text("peer-address"))
	if err != nil {
		return seenPeer{}, err
	}
	state := entry.text("peer-state")
	if state == "" {
		return seenPeer{}, fmt.Errorf("neighbor %s has no state", addr)
	}
	p := seenPeer{
		Peer:  Peer{VRF: junosInstance(entry.text("peer-cfg-rti")), Addr: addr, State: state, Drops: -1},
		iface: entry.text("local-interface-name"),
	}
	if n, ok := entry.number("flap-count"); ok {
		p.Drops = n
	}
	for _, options := range entry.list("bgp-option-information") {
		p.Shut = p.Shut || slices.Contains(strings.Fields(options.text("bgp-options-extended")), "Shutdown")
	}
	for _, b := range entry.list("bgp-bfd") {
		p.bfd = p.bfd || b.text("bfd-configuration-state") == "enabled"
	}
	if state == Established {
		hold, _ := entry.number("active-holdtime")
		keepalive, _ := entry.number("keepalive-interval")
		p.Hold, p.Keepalive = time.Duration(hold)*time.Second, time.Duration(keepalive)*time.Second
	}
	return p, nil
}

// junosAddr reads an address that may have a TCP port behind it: "10.0.0.2+179".
func junosAddr(text string) (netip.Addr, error) {
	text, _, _ = strings.Cut(text, "+")
	return netip.ParseAddr(text)
}

// junosInstance is the name of a routing instance as Facts have it.
func junosInstance(name string) string {
	if name == "master" {
		return ""
	}
	return name
}

// readJunosBFD reads "show bfd session extensive". Junos names no instance there:
// see bfdVRF. A session that two instances may have is left out; that happens only
// where both have a neighbor with the address and neither is up.
func readJunosBFD(output string, peers []seenPeer) ([]BFDPeer, error) {
	doc, err := parseJunos(output)
	if err != nil {
		return nil, err
	}
	tables := junosFind(doc, "bfd-session-information")
	if len(tables) == 0 {
		return nil, noTable(junosOutput(doc))
	}
	var out []BFDPeer
	for _, table := range tables {
		for _, entry := range table.list("bfd-session") {
			b, err := junosBFD(entry)
			if err != nil {
				return nil, err
			}
			vrf, ok := bfdVRF(peers, b.Addr, b.Interface)
			b.VRF = vrf
			if ok && !slices.Contains(out, b) {
				out = append(out, b)
			}
		}
	}
	return out, nil
}

// junosBFD reads one BFD session. Juniper gives intervals in seconds.
func junosBFD(entry junosObject) (BFDPeer, error) {
	addr, err := junosAddr(entry.text("session-neighbor"))
	if err != nil {
		return BFDPeer{}, err
	}
	state := entry.text("session-state")
	if state == "" {
		return BFDPeer{}, fmt.Errorf("session with %s has no state", addr)
	}
	b := BFDPeer{Addr: addr, Interface: entry.text("session-interface"), Up: state == "Up", Multihop: strings.HasPrefix(entry.text("session-type"), "Multi")}
	b.Multiplier, _ = entry.number("detection-multiplier")
	if b.Up {
		for _, key := range []string{"session-transmission-interval", "adaptive-asynchronous-transmission-interval", "adaptive-reception-interval", "neighbor-minimum-transmission-interval"} {
			b.Interval = max(b.Interval, entry.seconds(key))
		}
	}
	var clients []string
	for _, c := range entry.list("bfd-client") {
		clients = append(clients, c.text("client-name"))
	}
	b.Client = bfdClient(clients)
	return b, nil
}

// readJunosRoutes reads the routes in n's table that came from n. Those that the
// import policy rejected are hidden, and hidden routes are not listed.
func readJunosRoutes(n Neighbor, output string) ([]Route, error) {
	var out []Route
	err := eachJunosRoute(n, output, func(prefix netip.Prefix, entry junosObject) error {
		if from, err := junosAddr(entry.text("gateway")); err != nil || from != n.Addr {
			return fmt.Errorf("route to %s comes from %q", prefix, entry.text("gateway"))
		}
		tag := entry.text("active-tag")
		r := Route{Prefix: prefix, Best: tag == "*" || tag == "+"}
		for _, flag := range strings.Fields(entry.text("bgp-rt-flag")) {
			r.Best = r.Best || flag == "MultipathContrib"
		}
		preference, ok := entry.number("local-preference")
		if !ok || preference < 0 || preference > 1<<32-1 {
			return fmt.Errorf("route to %s has no local preference", prefix)
		}
		r.LocalPreference = uint32(preference)
		out = append(out, r)
		return nil
	})
	return out, err
}

// readJunosSent reads the routes that n gets.
func readJunosSent(n Neighbor, output string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	err := eachJunosRoute(n, output, func(prefix netip.Prefix, _ junosObject) error {
		out = append(out, prefix)
		return nil
	})
	return out, err
}

// eachJunosRoute visits the routes of n's table in a "show route". Where there is
// nothing to show, Junos may print nothing at all.
func eachJunosRoute(n Neighbor, output string, visit func(netip.Prefix, junosObject) error) error {
	if strings.TrimSpace(output) == "" {
		return nil
	}
	doc, err := parseJunos(output)
	if err != nil {
		return err
	}
	infos := junosFind(doc, "route-information")
	if len(infos) == 0 {
		return noTable(junosOutput(doc))
	}
	for _, info := range infos {
		for _, table := range info.list("route-table") {
			if table.text("table-name") != junosTable(n) {
				continue
			}
			for _, rt := range table.list("rt") {
				prefix, err := junosPrefix(rt)
				if err != nil {
					return err
				}
				for _, entry := range rt.list("rt-entry") {
					if err := visit(prefix, entry); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// junosPrefix reads a destination: "10.1.0.0/16" in brief answers, address and
// length apart in detailed ones.
func junosPrefix(rt junosObject) (netip.Prefix, error) {
	text := rt.text("rt-destination")
	if !strings.Contains(text, "/") {
		text += "/" + rt.text("rt-prefix-length")
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, errors.New("no prefix: " + strconv.Quote(text))
	}
	return prefix.Masked(), nil
}
