package confdiff

import "strings"

// An Object is one thing that a configuration has and that has a name of its
// own: a neighbor, a prefix list, a subinterface. Objects are comparable.
type Object struct {
	Kind Kind
	// Name is the box's: of a neighbor, a network or a static route its VRF, where
	// it has one, a blank, and the address or prefix.
	Name string
}

// String returns the kind and the name: "prefix list X", "neighbor 192.0.2.1".
func (o Object) String() string {
	if o.Name == "" {
		return string(o.Kind)
	}
	return string(o.Kind) + " " + o.Name
}

// A Kind is what an object is, in the words of the vendors and RFCs.
type Kind string

// The kinds. A Junos policy statement is a RouteMap and a group of neighbors a
// Group.
const (
	Interface     Kind = "interface"
	Neighbor      Kind = "neighbor"
	Group         Kind = "group"
	Network       Kind = "network"
	BGP           Kind = "BGP"
	PrefixList    Kind = "prefix list"
	CommunityList Kind = "community list"
	RouteMap      Kind = "route map"
	StaticRoute   Kind = "static route"
	BFDProfile    Kind = "BFD profile"
	VRF           Kind = "VRF"
	IPsec         Kind = "IPsec"
	MACsec        Kind = "MACsec"
	QoS           Kind = "QoS"
	FlowExport    Kind = "flow export"
	Zone          Kind = "security zone"
	Setting       Kind = "setting" // of the box as a whole
)

// shared reports whether others may have statements in the object, too, so that
// only those that ercfg renders are compared. A loopback and the BGP process are
// the LAN's (design: where ercfg ends); a physical interface carries other
// subinterfaces.
func (o Object) shared(platform string) bool {
	switch o.Kind {
	case BGP, VRF, Zone, Setting, StaticRoute:
		return true
	case Interface:
		return !strings.Contains(o.Name, ".") && !tunnelNamed(platform, o.Name) || platform == Junos && strings.HasPrefix(o.Name, "lo0.")
	}
	return false
}

// tunnelNamed reports whether an interface is a tunnel by its name: such a one is
// wholly its VPN's.
func tunnelNamed(platform, name string) bool {
	switch platform {
	case IOSXE:
		return strings.HasPrefix(name, "Tunnel")
	case Junos:
		return strings.HasPrefix(name, "st0.")
	}
	return strings.HasPrefix(name, "vti")
}

// Object returns what a statement belongs to.
func (s Statement) Object(platform string) Object {
	if platform == Junos {
		return junosObject("", s.Path)
	}
	return lineObject(s.Path)
}

// lineObject is the object of a statement of IOS-XE or FRR.
func lineObject(path []string) Object {
	words := strings.Fields(path[0])
	word := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch word(0) {
	case "interface":
		return Object{Interface, word(1)}
	case "router":
		if word(1) == "bgp" {
			return bgpObject(path, vrfOf(words))
		}
	case "ip", "ipv6":
		return ipObject("", words)
	case "bgp": // bgp community-list standard NAME, on FRR
		if word(1) == "community-list" {
			return Object{CommunityList, listName(words[2:])}
		}
	case "route-map":
		return Object{RouteMap, word(1)}
	case "bfd":
		if len(path) > 1 {
			return Object{BFDProfile, strings.TrimPrefix(path[1], "profile ")}
		}
	case "vrf":
		return vrfObject(path, words)
	case "crypto":
		return Object{IPsec, strings.Join(words[1:], " ")}
	case "key", "mka":
		return Object{MACsec, strings.Join(words, " ")}
	case "class-map", "policy-map":
		return Object{QoS, words[len(words)-1]}
	case "flow", "sampler":
		return Object{FlowExport, strings.Join(words, " ")}
	}
	return Object{Setting, path[0]}
}

// ipObject is the object of a line that begins with ip or ipv6; vrf is that of
// the block around it.
func ipObject(vrf string, words []string) Object {
	if len(words) < 3 {
		return Object{Setting, strings.Join(words, " ")}
	}
	switch words[1] {
	case "prefix-list":
		return Object{PrefixList, words[2]}
	case "community-list":
		return Object{CommunityList, listName(words[2:])}
	case "route":
		at := 2
		if words[2] == "vrf" && len(words) > 4 {
			vrf, at = words[3], 4
		}
		prefix := words[at]
		if !strings.Contains(prefix, "/") && at+1 < len(words) {
			prefix += " " + words[at+1] // address and mask
		}
		return Object{StaticRoute, within(vrf, prefix)}
	}
	return Object{Setting, strings.Join(words, " ")}
}

// listName is the name in the rest of a community list's line.
func listName(words []string) string {
	if len(words) > 1 && (words[0] == "standard" || words[0] == "expanded") {
		return words[1]
	}
	return words[0]
}

// vrfObject is the object in a VRF's block: its static routes, on FRR, or the VRF
// itself.
func vrfObject(path, words []string) Object {
	name := words[len(words)-1]
	if len(path) > 1 && (strings.HasPrefix(path[1], "ip route ") || strings.HasPrefix(path[1], "ipv6 route ")) {
		return ipObject(name, strings.Fields(path[1]))
	}
	return Object{VRF, name}
}

// bgpObject is the object in a BGP block.
func bgpObject(path []string, vrf string) Object {
	for _, line := range path[1:] {
		words := strings.Fields(line)
		switch {
		case words[0] == "address-family":
			if of := vrfOf(words); of != "" {
				vrf = of
			}
		case words[0] == "neighbor" && len(words) > 1:
			return Object{Neighbor, within(vrf, words[1])}
		case words[0] == "network" && len(words) > 1:
			prefix, _, _ := strings.Cut(strings.TrimPrefix(line, "network "), " route-map ")
			return Object{Network, within(vrf, prefix)}
		default:
			return Object{BGP, vrf}
		}
	}
	return Object{BGP, vrf}
}

// vrfOf is the VRF that a line names; empty: the global table.
func vrfOf(words []string) string {
	for i := 0; i+1 < len(words); i++ {
		if words[i] == "vrf" {
			return words[i+1]
		}
	}
	return ""
}

// within names something in a VRF.
func within(vrf, name string) string {
	if vrf == "" {
		return name
	}
	return vrf + " " + name
}

// junosObject is the object of the words of a set command; vrf is the routing
// instance that they stand in.
func junosObject(vrf string, words []string) Object {
	word := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch word(0) {
	case "routing-instances":
		if len(words) > 2 {
			if o := junosObject(word(1), words[2:]); o.Kind != Setting {
				return o
			}
		}
		return Object{VRF, word(1)}
	case "interfaces":
		if word(2) == "unit" {
			return Object{Interface, word(1) + "." + word(3)}
		}
		return Object{Interface, word(1)}
	case "policy-options":
		if kind, ok := map[string]Kind{"prefix-list": PrefixList, "policy-statement": RouteMap, "community": CommunityList}[word(1)]; ok {
			return Object{kind, word(2)}
		}
	case "protocols":
		return protocolObject(vrf, words)
	case "routing-options":
		if word(1) == "static" && word(2) == "route" {
			return Object{StaticRoute, within(vrf, word(3))}
		}
		if word(1) == "rib" && word(3) == "static" && word(4) == "route" {
			return Object{StaticRoute, within(vrf, word(5))}
		}
	case "security":
		return securityObject(words)
	case "class-of-service":
		return Object{QoS, strings.Join(words[1:min(len(words), 3)], " ")}
	case "services", "forwarding-options":
		return Object{FlowExport, strings.Join(words[:min(len(words), 4)], " ")}
	}
	return Object{Setting, settingName(words)}
}

// settingName names a setting of Junos without its value.
func settingName(words []string) string {
	return strings.Join(words[:max(1, len(words)-1)], " ")
}

// protocolObject is a neighbor, a group or BGP itself, of a set command's words.
func protocolObject(vrf string, words []string) Object {
	if len(words) < 2 || words[1] != "bgp" {
		return Object{Setting, settingName(words)}
	}
	if len(words) > 3 && words[2] == "group" {
		if len(words) > 5 && words[4] == "neighbor" {
			return Object{Neighbor, within(vrf, words[5])}
		}
		return Object{Group, within(vrf, words[3])}
	}
	return Object{BGP, vrf}
}

// securityObject is one of IKE's, IPsec's, MACsec's, or a zone.
func securityObject(words []string) Object {
	name := strings.Join(words[1:min(len(words), 4)], " ")
	switch {
	case len(words) > 3 && (words[1] == "ike" || words[1] == "ipsec"):
		return Object{IPsec, name}
	case len(words) > 3 && words[1] == "macsec":
		return Object{MACsec, name}
	case len(words) > 3 && words[1] == "zones":
		return Object{Zone, words[3]}
	}
	return Object{Setting, settingName(words)}
}
