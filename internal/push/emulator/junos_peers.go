package emulator

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A junosPeer is what a configuration says of a BGP session.
type junosPeer struct {
	config *junosNode // the whole, without what is deactivated
	root   *junosNode // where routing-options and protocols stand: the whole, or an instance
	group  *junosNode
	own    *junosNode // the neighbor; what it does not say the group says
	vrf    string
	addr   netip.Addr
}

// junosPeersOf are the sessions of a configuration, in its order.
func junosPeersOf(config *junosNode) []*junosPeer {
	config = config.active()
	var out []*junosPeer
	in := func(root *junosNode, vrf string) {
		for _, group := range root.orNew("protocols", "bgp", "group").kids {
			for _, own := range group.orNew("neighbor").kids {
				if addr, err := netip.ParseAddr(own.word); err == nil {
					out = append(out, &junosPeer{config, root, group, own, vrf, addr})
				}
			}
		}
	}
	in(config, "")
	for _, instance := range config.orNew("routing-instances").kids {
		in(instance, instance.word)
	}
	return out
}

// says is a value of the neighbor, or of its group.
func (p *junosPeer) says(words ...string) string {
	return cmp.Or(p.own.value(words...), p.group.value(words...))
}

func (p *junosPeer) has(words ...string) bool {
	return p.own.find(words...) != nil || p.group.find(words...) != nil
}

// policies are those of import or export: the neighbor's replace the group's.
func (p *junosPeer) policies(direction string) []string {
	if own := p.own.values(direction); len(own) > 0 {
		return own
	}
	return p.group.values(direction)
}

func (p *junosPeer) internal() bool { return p.says("type") == "internal" }

// localAS is ours, as the global table has it.
func (p *junosPeer) localAS() uint32 {
	return junosNumber(cmp.Or(p.says("local-as"), p.root.value("routing-options", "autonomous-system"), p.config.value("routing-options", "autonomous-system")))
}

func (p *junosPeer) remoteAS() uint32 {
	if as := p.says("peer-as"); as != "" || !p.internal() {
		return junosNumber(as)
	}
	return p.localAS()
}

func junosNumber(word string) uint32 {
	n, _ := strconv.ParseUint(word, 10, 32) // nobody else's number is 0
	return uint32(n)
}

// hold is the configured hold time: 90 s by default (CLI Reference, hold-time).
func (p *junosPeer) hold() time.Duration {
	if n := junosNumber(p.says("hold-time")); n > 0 {
		return time.Duration(n) * time.Second
	}
	return 90 * time.Second
}

// key is the key of TCP MD5, in clear however it is written; empty: there is none.
func (p *junosPeer) key() string { return junosClear(junosBare(p.says("authentication-key"))) }

// iface is the unit in whose network the neighbor is, with our address there. A
// neighbor further away has none, and needs our loopback or multihop.
func (p *junosPeer) iface() (string, netip.Addr) {
	for _, port := range p.config.orNew("interfaces").kids {
		for _, unit := range port.orNew("unit").kids {
			for _, family := range unit.orNew("family").kids {
				for _, word := range family.values("address") {
					net, err := netip.ParsePrefix(word)
					if err == nil && net.Contains(p.addr) && net.Addr() != p.addr && port.find("disable") == nil && unit.find("disable") == nil {
						return port.word + "." + unit.word, net.Addr()
					}
				}
			}
		}
	}
	return "", netip.Addr{}
}

// bfd is the BFD session that guards the BGP session (CLI Reference,
// bfd-liveness-detection): the multiplier is 3 by default. A neighbor that is not on a
// link is guarded over several hops, on no interface.
func (p *junosPeer) bfd(iface string) *LiveBFD {
	interval := junosNumber(p.says("bfd-liveness-detection", "minimum-interval"))
	if interval == 0 {
		return nil
	}
	multiplier := junosNumber(cmp.Or(p.says("bfd-liveness-detection", "multiplier"), "3"))
	return &LiveBFD{Interface: iface, Interval: time.Duration(interval) * time.Millisecond, Multiplier: int(multiplier)}
}

// identity is what resets the session when it changes (BGP User Guide, "BGP Session
// and Route Flaps": what affects the peering).
func (p *junosPeer) identity() string {
	words := []string{p.says("type"), p.says("local-address"), p.key(), p.says("multihop", "ttl"), p.hold().String(),
		strconv.Itoa(int(p.remoteAS())), strconv.Itoa(int(p.localAS())), strconv.FormatBool(p.has("passive")),
		strconv.FormatBool(p.has("bfd-liveness-detection")), p.root.value("routing-options", "router-id"),
		strconv.FormatBool(p.config.find("protocols", "bgp", "precision-timers") != nil)}
	for _, family := range append(p.group.orNew("family").kids, p.own.orNew("family").kids...) {
		words = append(words, family.word)
		for _, k := range family.kids {
			words = append(words, k.word)
		}
	}
	return strings.Join(words, "\n")
}

// follow has the sessions follow the active configuration. Junos judges all routes
// anew at a commit, without being asked (Routing Policies User Guide, "Evaluating
// Routing Policies").
func (j *junosBox) follow() {
	var peers []peer
	for _, p := range junosPeersOf(j.active) {
		if p.remoteAS() == 0 || p.localAS() == 0 {
			continue
		}
		iface, _ := p.iface()
		paths := 1
		if p.has("multipath") {
			paths = 64
		}
		peers = append(peers, peer{
			vrf: p.vrf, addr: p.addr, as: p.remoteAS(), local: p.localAS(), shut: p.has("shutdown"),
			hold: p.hold(), keepalive: p.hold() / 3, iface: iface, identity: p.identity(), bfd: p.bfd(iface), paths: paths, key: p.key(),
			origin: p.statics(), policy: func() policy { return p },
		})
	}
	j.world.update(peers)
	j.world.refresh(func(string, netip.Addr) bool { return true }, true, true)
}

// accepts is the import policy. What it does not decide BGP takes (Routing Policies
// User Guide, "Default Routing Policies").
func (p *junosPeer) accepts(o Offer) (uint32, bool) {
	r := &junosRoute{prefix: o.Prefix.Masked(), protocol: "bgp", communities: o.Communities, preference: 100, path: o.ASPath}
	verdict := junosJudge(p.config, p.policies("import"), r)
	return r.preference, verdict != junosRejected
}

// sends is the export policy. What it does not decide goes where BGP has it from BGP
// (as accepts). A route without a path is one of the router's own static routes.
func (p *junosPeer) sends(o Offer) bool {
	r := &junosRoute{prefix: o.Prefix.Masked(), protocol: "bgp", communities: o.Communities, preference: 100, path: o.ASPath}
	if len(o.ASPath) == 0 {
		r.protocol = "static"
	}
	verdict := junosJudge(p.config, p.policies("export"), r)
	return verdict == junosAccepted || verdict == junosUndecided && r.protocol == "bgp"
}

// statics are the static routes of the session's table.
func (p *junosPeer) statics() []Offer {
	options := p.root.orNew("routing-options")
	nodes := slices.Clone(options.orNew("static", "route").kids)
	for _, rib := range options.orNew("rib").kids {
		nodes = append(nodes, rib.orNew("static", "route").kids...)
	}
	var out []Offer
	for _, n := range nodes {
		if prefix, err := netip.ParsePrefix(n.word); err == nil {
			out = append(out, Offer{Prefix: prefix.Masked()})
		}
	}
	return out
}
