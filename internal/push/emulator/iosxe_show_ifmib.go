package emulator

import (
	"fmt"
	"strings"
)

// showIndexes lists the interfaces with their ifIndex (Cisco, SNMP Command Reference,
// show snmp mib ifmib ifindex; the form is that of public captures of IOS-XE). The
// numbers follow the order of the configuration; a router keeps those that it has given.
func (m *iosxe) showIndexes() string {
	var out strings.Builder
	n := 0
	for _, b := range m.root.begins("interface") {
		n++
		fmt.Fprintf(&out, "%s: Ifindex = %d\n", strings.TrimPrefix(b.line, "interface "), n)
	}
	fmt.Fprintf(&out, "Null0: Ifindex = %d\n", n+1)
	return out.String()
}
