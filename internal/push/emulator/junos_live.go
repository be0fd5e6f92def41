package emulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// A junosView is the live state as the commands print it.
type junosView struct {
	sessions []LiveSession
	peers    []*junosPeer
}

// view is the live state of now. A world of the test's own is asked without a lock, so
// that it may ask the router.
func (j *junosBox) view() junosView {
	j.mu.Lock()
	active := j.active // which nobody changes: a commit puts another in its place
	j.mu.Unlock()
	v := junosView{peers: junosPeersOf(active)}
	if world := j.router.options.World; world != nil {
		v.sessions = world(active.sets(j.rules, "")).Sessions
	} else {
		v.sessions = j.world.live().Sessions
	}
	return v
}

// peer is the configuration of a session; one that a test made up has none.
func (v junosView) peer(s LiveSession) *junosPeer {
	for _, p := range v.peers {
		if p.vrf == s.VRF && p.addr == s.Neighbor {
			return p
		}
	}
	return &junosPeer{config: &junosNode{}, root: &junosNode{}, group: &junosNode{}, own: &junosNode{}, vrf: s.VRF, addr: s.Neighbor}
}

// junosTable is the routing table of an address (Routing Options User Guide,
// "Understanding Junos OS Routing Tables").
func junosTable(vrf string, v4 bool) string {
	table := "inet6.0"
	if v4 {
		table = "inet.0"
	}
	if vrf != "" {
		return vrf + "." + table
	}
	return table
}

// live answers the commands that show sessions and routes. They exist in JSON alone.
func (s *junosSession) live(words []junosWord, pipes [][]junosWord) {
	texts := junosTexts(words)
	arguments := texts[min(len(texts), 3):]
	view := s.box.view()
	var text, fault string
	switch strings.Join(texts[:min(len(texts), 3)], " ") {
	case "show bgp neighbor":
		text, fault = view.neighbors(arguments)
	case "show bgp summary":
		text, fault = view.summary(), strings.Join(arguments, " ")
	case "show bfd session":
		text, fault = view.bfd(arguments)
	case "show route receive-protocol", "show route advertising-protocol", "show route protocol":
		text, fault = view.routes(texts[2], arguments)
	case "show route table":
		text, fault = junosInside(s.box.router.options.Table, arguments)
	default:
		fault = words[len(words)-1].text
	}
	switch {
	case fault != "":
		at := slices.Index(texts, fault)
		s.faultAt(words, max(at, 2), "syntax error, expecting <command>.")
	case !piped(pipes, "display json"):
		s.t.print("error: the emulator prints this in JSON alone\n")
	default:
		s.filter(text, pipes)
	}
}

// neighbors is show bgp neighbor [address] [instance name] (CLI Reference, show bgp
// neighbor; the elements as in an answer of 19.2R1).
func (v junosView) neighbors(arguments []string) (text, fault string) {
	if len(v.sessions) == 0 {
		return junosNoBGP(), ""
	}
	only, instance := "", ""
	for i := 0; i < len(arguments); i++ {
		if _, err := netip.ParseAddr(arguments[i]); err == nil {
			only = arguments[i]
		} else if (arguments[i] == "instance" || arguments[i] == "exact-instance") && i+1 < len(arguments) {
			i++
			instance = arguments[i]
		} else {
			return "", arguments[i]
		}
	}
	root := junosElement("xmlns", junosXML+"junos-routing")
	for _, s := range v.sessions {
		if (only == "" || only == s.Neighbor.String()) && (instance == "" || instance == cmp.Or(s.VRF, "master")) {
			root.child("bgp-peer", v.neighbor(s))
		}
	}
	return root.json("bgp-information"), ""
}

// junosNoBGP is the answer where nothing of BGP is configured.
func junosNoBGP() string {
	text := junosElement().leaf("output", "BGP is not running")
	out, _ := json.MarshalIndent(text, "", "    ") // a map of strings
	return string(out) + "\n"
}

func (v junosView) neighbor(s LiveSession) junosObject {
	p := v.peer(s)
	iface, local := p.iface()
	kind, group := "External", ""
	if s.AS == s.LocalAS {
		kind = "Internal"
	}
	for _, g := range p.root.orNew("protocols", "bgp", "group").kids {
		if g == p.group {
			group = g.word
		}
	}
	instance := cmp.Or(s.VRF, "master")
	o := junosElement("junos:style", "detail")
	o.leaf("peer-as", s.AS).leaf("local-as", s.LocalAS).leaf("peer-group", group).leaf("peer-cfg-rti", instance).leaf("peer-fwd-rti", instance)
	o.leaf("peer-type", kind).leaf("peer-state", s.State).leaf("flap-count", s.Drops).leaf("last-error", "None")
	options := junosElement("xmlns", junosXML+"junos-routing").leaf("holdtime", int(p.hold()/time.Second)).leaf("preference", 170)
	for element, words := range map[string][]string{"import-policy": p.policies("import"), "export-policy": p.policies("export")} {
		if len(words) > 0 {
			options.leaf(element, strings.Join(words, " "))
		}
	}
	o.child("bgp-option-information", options)
	if s.State != "Established" {
		flags := ""
		if s.Shut {
			// What a router prints here is not documented; the flag's meaning is "permanently
			// idled", and that of the option is the statement's.
			flags = "Idled"
			options.leaf("bgp-options-extended", "Shutdown")
		}
		return o.leaf("peer-address", s.Neighbor).leaf("peer-flags", flags).leaf("last-state", "Idle").leaf("last-event", "Start")
	}
	o.leaf("peer-address", s.Neighbor.String()+"+179").leaf("local-address", local.String()+"+54321").leaf("peer-flags", "Sync")
	o.leaf("last-state", "OpenConfirm").leaf("last-event", "RecvKeepAlive").leaf("peer-id", s.Neighbor)
	o.leaf("active-holdtime", int(s.Hold/time.Second)).leaf("keepalive-interval", int(s.Keepalive/time.Second))
	if iface != "" {
		o.leaf("local-interface-name", iface)
	}
	guard := junosElement().leaf("bfd-configuration-state", "disabled").leaf("bfd-operational-state", "down")
	if s.BFD != nil {
		guard.leaf("bfd-configuration-state", "enabled")
		if s.BFD.Up {
			guard.leaf("bfd-operational-state", "up")
		}
	}
	return o.child("bgp-bfd", guard).child("bgp-rib", v.rib(s))
}

// rib counts the routes of a session.
func (v junosView) rib(s LiveSession) junosObject {
	active := 0
	for _, r := range s.Routes {
		if v.active(s, r) {
			active++
		}
	}
	o := junosElement("junos:style", "detail").leaf("name", junosTable(s.VRF, s.Neighbor.Is4())).leaf("send-state", "in sync")
	o.leaf("active-prefix-count", active).leaf("received-prefix-count", len(s.Routes)).leaf("accepted-prefix-count", len(s.Routes))
	return o.leaf("suppressed-prefix-count", 0).leaf("advertised-prefix-count", len(s.Sent))
}

// summary is show bgp summary: it alone tells how long a session is in its state
// (CLI Reference, show bgp summary, Last Up/Dwn).
func (v junosView) summary() string {
	root := junosElement("xmlns", junosXML+"junos-routing")
	down := 0
	for _, s := range v.sessions {
		o := junosElement("junos:style", "terse", "heading", "Peer                     AS      InPkt     OutPkt    OutQ   Flaps Last Up/Dwn State|#Active/Received/Accepted/Damped...")
		o.leaf("peer-address", s.Neighbor).leaf("peer-as", s.AS).leaf("flap-count", s.Drops).leaf("peer-state", s.State)
		o["elapsed-time"] = []any{junosObject{"data": junosAge(s.Up), "attributes": junosObject{"junos:seconds": fmt.Sprint(int(s.Up / time.Second))}}}
		if s.State == "Established" {
			o.child("bgp-rib", v.rib(s))
		} else {
			down++
		}
		root.child("bgp-peer", o)
	}
	return root.leaf("group-count", len(v.peers)).leaf("peer-count", len(v.sessions)).leaf("down-peer-count", down).json("bgp-information")
}

// bfd is show bfd session (CLI Reference, show bfd session; the elements as public
// parsers of it have them). A session over several hops names no interface.
func (v junosView) bfd(arguments []string) (text, fault string) {
	only := ""
	for i := 0; i < len(arguments); i++ {
		switch arguments[i] {
		case "extensive", "detail":
		case "address":
			if i++; i == len(arguments) {
				return "", "address"
			}
			only = arguments[i]
		default:
			return "", arguments[i]
		}
	}
	root := junosElement("xmlns", junosXML+"junos-bfd")
	n := 0
	for _, s := range v.sessions {
		if s.BFD != nil && (only == "" || only == s.Neighbor.String()) {
			root.child("bfd-session", junosBFD(s))
			n++
		}
	}
	root.leaf("sessions", n).leaf("clients", n).leaf("cumulative-transmission-rate", "10.0").leaf("cumulative-reception-rate", "10.0")
	return root.json("bfd-session-information"), ""
}

func junosBFD(s LiveSession) junosObject {
	b := s.BFD
	o := junosElement("junos:style", "extensive").leaf("session-neighbor", s.Neighbor).leaf("session-version", 1)
	every, state, kind := junosSeconds(b.Interval), "Down", "Multi hop BFD"
	if b.Interface != "" {
		kind = "Single hop BFD"
		o.leaf("session-interface", b.Interface)
	}
	if b.Up {
		state = "Up"
		o.leaf("session-up-time", junosAge(s.Up))
	}
	o.leaf("session-state", state).leaf("remote-state", state).leaf("session-type", kind)
	o.leaf("session-detection-time", junosSeconds(b.Interval*time.Duration(b.Multiplier))).leaf("session-transmission-interval", every)
	o.leaf("session-adaptive-multiplier", b.Multiplier).leaf("detection-multiplier", b.Multiplier).leaf("neighbor-session-multiplier", 3)
	o.leaf("local-diagnostic", "None").leaf("remote-diagnostic", "None")
	for _, name := range []string{
		"minimum-asynchronous-interval", "minimum-transmission-interval", "minimum-reception-interval", "adaptive-asynchronous-transmission-interval",
		"adaptive-reception-interval", "neighbor-minimum-transmission-interval", "neighbor-minimum-reception-interval",
	} {
		o.leaf(name, every)
	}
	client := junosElement().leaf("client-name", "BGP").leaf("client-transmission-interval", every).leaf("client-reception-interval", every)
	return o.leaf("minimum-slow-interval", "1.000").child("bfd-client", client)
}
