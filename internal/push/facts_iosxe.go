package push

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// iosxeFactCommands are the commands of privileged mode that answer q.
func iosxeFactCommands(q Question) []string { return iosxeFacts().commands(q) }

// readIOSXEFacts reads their outputs, in the order of the commands. The form is
// that of public captures of IOS-XE 16 and 17 and of Cisco's command references;
// it has not been measured by this project. The terminal is as wide as it can be.
func readIOSXEFacts(q Question, outputs []string) (Facts, error) {
	return iosxeFacts().read(q, outputs)
}

// iosxeFacts is how IOS-XE is asked. "neighbors … routes" lists the routes that
// the inbound policy accepted; the neighbors of a VRF are of the VPN families.
func iosxeFacts() factReader {
	return factReader{
		sessions: "show bgp all neighbors",
		bfd:      "show bfd neighbors details",
		routes:   func(n Neighbor) string { return iosxeNeighborCommand(n, "routes") },
		sent:     func(n Neighbor) string { return iosxeNeighborCommand(n, "advertised-routes") },

		readSessions: readIOSXESessions,
		readBFD:      readIOSXEBFD,
		readRoutes:   readIOSXERoutes,
		readSent:     readIOSXESent,
		refused:      iosxeRefused,
	}
}

func iosxeNeighborCommand(n Neighbor, what string) string {
	if n.VRF == "" {
		return fmt.Sprintf("show bgp %s unicast neighbors %s %s", n.family(), n.Addr, what)
	}
	return fmt.Sprintf("show bgp %s unicast vrf %s neighbors %s %s", strings.Replace(n.family(), "ip", "vpn", 1), n.VRF, n.Addr, what)
}

// iosxeNoFamily is what IOS-XE answers where the neighbor is not activated in the
// family, and where there is no such neighbor.
const iosxeNoFamily = "% No such neighbor or address family"

// iosxeRefused says that an answer is a refusal: IOS-XE puts "%" before one.
func iosxeRefused(output string) bool { return strings.HasPrefix(iosxeSaid(output), "%") }

// iosxeSaid is an answer without what is before it: newer releases deprecate some
// forms of "show bgp", and answer all the same.
func iosxeSaid(output string) string {
	const notice = "% Command accepted but obsolete, unreleased or unsupported; see documentation."
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(output), notice))
}

// The lines of "show bgp all neighbors" that are read. Peers that are not up have
// "hold time is" as well, with what is configured. An asterisk marks a neighbor that came
// from a range (Cisco, "BGP Dynamic Neighbors"), and a link-local one has its interface.
var (
	iosxeNeighbor  = regexp.MustCompile(`^BGP neighbor is \*?([0-9A-Fa-f:.]+(?:%[^,\s]+)?),\s+(?:vrf (\S+),\s+)?remote AS`)
	iosxeState     = regexp.MustCompile(`^(?:BGP|Session) state = (\w+)(?:.*\bup for (\S+))?`)
	iosxeTimers    = regexp.MustCompile(`^Last read .*hold time is (\d+), keepalive interval is (\d+) seconds`)
	iosxeDrops     = regexp.MustCompile(`^Connections established \d+; dropped (\d+)`)
	iosxeInterface = regexp.MustCompile(`^Interface associated: (\S+)`)
)

// readIOSXESessions reads "show bgp all neighbors": a neighbor is there once for
// each address family.
func readIOSXESessions(output string) ([]seenPeer, error) {
	var peers []seenPeer
	var p *seenPeer
	var known bool // the answer has a line of the command's
	add := func() (err error) {
		if p == nil {
			return nil
		}
		if p.State == "" {
			return fmt.Errorf("neighbor %s has no state", p.Addr)
		}
		if p.State != Established {
			p.Hold, p.Keepalive, p.Up = 0, 0, 0
		}
		peers, err = addPeer(peers, *p)
		return err
	}
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		known = known || strings.HasPrefix(line, "For address family: ") || line == "% BGP not active"
		if m := iosxeNeighbor.FindStringSubmatch(line); m != nil {
			if err := add(); err != nil {
				return nil, err
			}
			addr, err := netip.ParseAddr(m[1])
			if err != nil {
				return nil, err
			}
			p, known = &seenPeer{Peer: Peer{VRF: m[2], Addr: addr, Drops: -1}}, true
		} else if strings.HasPrefix(line, "BGP neighbor is ") {
			// Of a form that is not ours; what follows is not of the neighbor before.
			if err := add(); err != nil {
				return nil, err
			}
			p, known = nil, true
		} else if p != nil {
			if err := p.iosxeLine(line); err != nil {
				return nil, err
			}
		}
	}
	if err := add(); err != nil {
		return nil, err
	}
	if !known {
		return nil, iosxeUnread(output)
	}
	return peers, nil
}

// iosxeLine takes what one line tells of the session.
func (p *seenPeer) iosxeLine(line string) error {
	if m := iosxeState.FindStringSubmatch(line); m != nil {
		p.State = m[1]
		if p.State == Established {
			up, ok := parseIOSXEAge(m[2])
			if !ok {
				return fmt.Errorf("neighbor %s is up for %q", p.Addr, m[2])
			}
			p.Up = up
		}
	} else if m := iosxeTimers.FindStringSubmatch(line); m != nil {
		hold, _ := strconv.Atoi(m[1])
		keepalive, _ := strconv.Atoi(m[2])
		p.Hold, p.Keepalive = time.Duration(hold)*time.Second, time.Duration(keepalive)*time.Second
	} else if m := iosxeDrops.FindStringSubmatch(line); m != nil {
		p.Drops, _ = strconv.Atoi(m[1])
	} else if m := iosxeInterface.FindStringSubmatch(line); m != nil {
		p.iface = m[1]
	} else if line == "Administratively shut down" {
		p.Shut = true
	} else if strings.HasPrefix(line, "BFD is configured") {
		p.bfd = true
	}
	return nil
}

// iosxeUnread is the error of an answer that has nothing of what was asked for.
func iosxeUnread(output string) error {
	line, _, _ := strings.Cut(strings.TrimSpace(output), "\n")
	if line == "" {
		return fmt.Errorf("no answer")
	}
	return fmt.Errorf("not understood: %q", line)
}

// iosxeUnits are the units of an age that is longer than a day.
var iosxeUnits = map[byte]time.Duration{
	'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour, 'y': 365 * 24 * time.Hour,
}

// parseIOSXEAge reads "00:41:32", "4d22h", "7w3d", "1y4w".
func parseIOSXEAge(text string) (time.Duration, bool) {
	if parts := strings.Split(text, ":"); len(parts) == 3 {
		var age time.Duration
		for _, part := range parts {
			n, err := strconv.Atoi(part)
			if err != nil || n < 0 || n > 9999 {
				return 0, false
			}
			age = age*60 + time.Duration(n)*time.Second
		}
		return age, true
	}
	var age time.Duration
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
		if end < 1 || end > 4 {
			return 0, false
		}
		n, _ := strconv.Atoi(text[:end])
		unit := iosxeUnits[text[end]]
		if unit == 0 {
			return 0, false
		}
		age += time.Duration(n) * unit
		text = text[end+1:]
	}
	return age, age > 0
}
