package push

import (
	"errors"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The lines of "show bfd neighbors details" that are read. Intervals are in
// microseconds; those of the other end are zero while it is not heard. A multihop
// session is on no interface. No capture at hand has one: its row may name the VRF
// in brackets.
var (
	iosxeBFDRow      = regexp.MustCompile(`^([0-9A-Fa-f:.]+)(?:\[(\S+)\])?\s+\d+/\d+\s+\S+\s+(Up|Down|Init|AdminDown)(?:\s+(\S+))?$`)
	iosxeBFDLocal    = regexp.MustCompile(`^MinTxInt: (\d+), MinRxInt: (\d+), Multiplier: (\d+)`)
	iosxeBFDReceived = regexp.MustCompile(`^Received MinRxInt: (\d+)`)
	iosxeBFDRemote   = regexp.MustCompile(`^Min tx interval: (\d+)`)
	iosxeBFDClients  = regexp.MustCompile(`^Registered protocols:(.*)`)
)

// readIOSXEBFD reads "show bfd neighbors details". A router without sessions
// prints nothing, or its headings. IOS-XE names no VRF with a session on a link: see
// bfdVRF. A session that two VRFs may have is left out; that happens only where
// both have a neighbor with the address and neither neighbor names an interface.
func readIOSXEBFD(output string, peers []seenPeer) ([]BFDPeer, error) {
	var list []BFDPeer
	var known bool // the answer has a heading of the command's
	var open bool  // the last row waits for its details
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		known = known || strings.HasPrefix(line, "IPv4 ") || strings.HasPrefix(line, "IPv6 ")
		if m := iosxeBFDRow.FindStringSubmatch(line); m != nil {
			addr, err := netip.ParseAddr(m[1])
			if err != nil {
				return nil, err
			}
			list = append(list, BFDPeer{VRF: m[2], Addr: addr, Interface: iosxeLongName(m[4]), Up: m[3] == "Up", Multihop: m[4] == ""})
			open = true
			continue
		}
		if iosxeBFDLocal.MatchString(line) {
			if !open {
				return nil, errors.New("details without their session")
			}
			open = false
		}
		if len(list) > 0 {
			list[len(list)-1].iosxeLine(line)
		}
	}
	if !known && strings.TrimSpace(output) != "" {
		return nil, iosxeUnread(output)
	}
	var out []BFDPeer
	for _, b := range list {
		ok := b.VRF != ""
		if !ok {
			b.VRF, ok = bfdVRF(peers, b.Addr, b.Interface)
		}
		if ok {
			out = append(out, b)
		}
	}
	return out, nil
}

// iosxeLine takes what one line tells of the session.
func (b *BFDPeer) iosxeLine(line string) {
	slower := func(text string) {
		n, err := strconv.Atoi(text)
		if err == nil && b.Up {
			b.Interval = max(b.Interval, time.Duration(n)*time.Microsecond)
		}
	}
	if m := iosxeBFDLocal.FindStringSubmatch(line); m != nil {
		slower(m[1])
		slower(m[2])
		b.Multiplier, _ = strconv.Atoi(m[3])
	} else if m := iosxeBFDReceived.FindStringSubmatch(line); m != nil {
		slower(m[1])
	} else if m := iosxeBFDRemote.FindStringSubmatch(line); m != nil {
		slower(m[1])
	} else if m := iosxeBFDClients.FindStringSubmatch(line); m != nil {
		b.Client = bfdClient(strings.Fields(m[1]))
	}
}

// iosxeNames are the kinds of interface whose names "show bfd neighbors" cuts
// short, as it writes them and as the configuration does.
var iosxeNames = map[string]string{
	"Fa": "FastEthernet", "Gi": "GigabitEthernet", "Tw": "TwoGigabitEthernet", "Fi": "FiveGigabitEthernet", "Te": "TenGigabitEthernet", "Twe": "TwentyFiveGigE",
	"Fo": "FortyGigabitEthernet", "Hu": "HundredGigE", "Po": "Port-channel", "Tu": "Tunnel", "Vl": "Vlan", "Lo": "Loopback", "BD": "BDI",
}

// iosxeLongName is an interface's name as the configuration has it. A name of
// another kind stays as it is.
func iosxeLongName(short string) string {
	at := strings.IndexAny(short, "0123456789")
	if at < 0 {
		return short
	}
	if long := iosxeNames[short[:at]]; long != "" {
		return long + short[at:]
	}
	return short
}
