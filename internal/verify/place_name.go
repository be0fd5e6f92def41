package verify

import (
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// shortTypes are IOS-XE's own abbreviations of interface types, which are what option
// data and SNMP's ifName have: Te0/0/1.150 is TenGigabitEthernet0/0/1.150. Only whole
// ones count: a guess would put traffic on a wrong link.
// Source: Cisco IOS-XE, show ip interface brief and show interfaces status.
func shortTypes(kind string) string {
	switch kind {
	case "et":
		return "ethernet"
	case "fa":
		return "fastethernet"
	case "gi":
		return "gigabitethernet"
	case "tw":
		return "twogigabitethernet"
	case "fi":
		return "fivegigabitethernet"
	case "te":
		return "tengigabitethernet"
	case "twe":
		return "twentyfivegige"
	case "fo":
		return "fortygigabitethernet"
	case "hu":
		return "hundredgige"
	case "po":
		return "port-channel"
	case "tu":
		return "tunnel"
	case "lo":
		return "loopback"
	}
	return kind
}

// canonical is one spelling for all that a platform has for an interface. On Linux
// case matters, and what follows an @ names the parent (ip link: eth1.150@eth1).
func canonical(platform plan.Platform, name string) string {
	name = strings.TrimSpace(name)
	switch platform {
	case plan.FRR:
		name, _, _ = strings.Cut(name, "@")
		return name
	case plan.Junos:
		return strings.ToLower(name)
	}
	name = strings.ToLower(strings.ReplaceAll(name, " ", ""))
	digits := strings.IndexAny(name, "0123456789")
	if digits < 0 {
		return name
	}
	return shortTypes(name[:digits]) + name[digits:]
}
