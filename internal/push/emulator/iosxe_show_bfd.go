package emulator

import (
	"fmt"
	"strings"
	"time"
)

// showBFD prints every BFD session (Cisco, BFD Command Reference, show bfd
// neighbors; the form is that of public captures of 16.x and 17.x).
func (m *iosxe) showBFD() string {
	var out strings.Builder
	for _, four := range []bool{true, false} {
		first := true
		for i, s := range m.live().Sessions {
			if s.BFD == nil || s.Neighbor.Is4() != four {
				continue
			}
			family := "IPv6"
			if four {
				family = "IPv4"
			}
			if first {
				fmt.Fprintf(&out, "\n%s Sessions\n", family)
			}
			first = false
			m.writeBFD(&out, s, i+1)
		}
	}
	return out.String()
}

// writeBFD prints one session. The intervals are in microseconds; what is agreed
// on is the slower of what one end sends and the other receives (RFC 5880
// §6.8.7).
func (m *iosxe) writeBFD(out *strings.Builder, s LiveSession, n int) {
	state, text, remote := "Up", "UP", 4096+n
	if !s.BFD.Up {
		state, text, remote = "Down", "DOWN", 0
	}
	fmt.Fprintf(out, "%-38s %-13s %-9s %-9s %s\n", "NeighAddr", "LD/RD", "RH/RS", "State", "Int")
	fmt.Fprintf(out, "%-38s %-13s %-9s %-9s %s\n", iosxeAddr(s.Neighbor), fmt.Sprintf("%d/%d", 4096+n, remote), state, state, iosxeShort(s.BFD.Interface))
	ours := s.BFD.Interval
	if iface := m.root.find("interface " + s.BFD.Interface); iface != nil {
		if b := iosxeBFD(iface, true); b != nil {
			ours = b.Interval
		}
	}
	micro, theirs := ours.Microseconds(), peerInterval.Microseconds()
	agreed := s.BFD.Interval.Milliseconds()
	fmt.Fprintf(out, "Session state is %s and not using echo function.\nSession Host: Software\nOurAddr: %s\nHandle: %d\n", text, m.ownAddress(s), n)
	fmt.Fprintf(out, "Local Diag: 0, Demand mode: 0, Poll bit: 0\nMinTxInt: %d, MinRxInt: %d, Multiplier: %d\n", micro, micro, s.BFD.Multiplier)
	fmt.Fprintf(out, "Received MinRxInt: %d, Received Multiplier: 3\n", theirs)
	fmt.Fprintf(out, "Holddown (hits): %d(0), Hello (hits): %d(544)\n", 3*agreed, agreed)
	fmt.Fprintf(out, "Rx Count: 388, Rx Interval (ms) min/max/avg: 1/%d/%d last: 39 ms ago\nTx Count: 442, Tx Interval (ms) min/max/avg: 1/%d/%d last: 76 ms ago\n", agreed, agreed-10, agreed, agreed-10)
	out.WriteString("Elapsed time watermarks: 0 0 (last: 0)\nRegistered protocols: BGP CEF\n")
	fmt.Fprintf(out, "Uptime: %s\n", iosxeUptime(s.Up))
	fmt.Fprintf(out, "Last packet: Version: 1                  - Diagnostic: 0\n             State bit: %-12s     - Demand bit: 0\n", state)
	out.WriteString("             Poll bit: 0                 - Final bit: 0\n             C bit: 1\n             Multiplier: 3               - Length: 24\n")
	fmt.Fprintf(out, "             My Discr.: %-10d       - Your Discr.: %d\n             Min tx interval: %-10d - Min rx interval: %d\n             Min Echo interval: 0\n", remote, 4096+n, theirs, theirs)
}

// ownAddress is ours on the session's link.
func (m *iosxe) ownAddress(s LiveSession) string {
	if iface := m.root.find("interface " + s.BFD.Interface); iface != nil {
		for _, p := range iosxeNetworks(iface) {
			if p.Masked().Contains(s.Neighbor) {
				return iosxeAddr(p.Addr())
			}
		}
	}
	return "0.0.0.0"
}

// iosxeUptime is always in hours, minutes and seconds.
func iosxeUptime(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
}
