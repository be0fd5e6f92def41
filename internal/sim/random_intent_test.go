package sim_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A draft is a random intent in the making.
type draft struct {
	*rand.Rand
	routers  []draftRouter
	circuits []draftCircuit
	vpns     []draftVPN
	half     bool   // another network holds halves of others
	dual     bool   // IPv6, too
	saas     bool   // some circuit has a Microsoft peering
	spoke    bool   // a second VNet
	nested   bool   // lan-a holds a prefix of another network
	third    bool   // a third network
	space    bool   // the gateways have an address space of their own
	inside   bool   // tunnels have addresses of their own
	anchors  bool   // what more-specifics needs
	bounded  bool   // every service has prefixes
	common   string // overrides that all statements share
	text     strings.Builder
}

type draftRouter struct {
	name, platform, model string
	asn                   int
	ports                 int
}

type draftCircuit struct {
	name               string
	private, microsoft bool
	ends               [2]int
	vrf                string
}

type draftVPN struct {
	name, underlay string
	vnet           string
	routers        []int
}

// randomIntent writes an intent that is meant to resolve, though not all do.
func randomIntent(seed uint64) string {
	d := &draft{Rand: rand.New(rand.NewPCG(seed, 1))}
	switch d.IntN(20) {
	case 0:
		d.writeUnder()
		return d.text.String()
	case 1:
		d.writeTwoVRFs()
		return d.text.String()
	}
	d.dual, d.saas, d.spoke, d.nested, d.third = d.chance(3), d.chance(4), d.chance(2), d.chance(3), d.chance(3)
	d.draftRouters()
	d.draftCircuits()
	d.draftVPNs()
	d.write()
	return d.text.String()
}

// chance is true once in n times.
func (d *draft) chance(n int) bool { return d.IntN(n) == 0 }

func (d *draft) printf(format string, args ...any) { fmt.Fprintf(&d.text, format, args...) }

// maybe is text once in n times, and otherwise nothing.
func (d *draft) maybe(n int, text string) string {
	if d.chance(n) {
		return text
	}
	return ""
}

func (d *draft) draftRouters() {
	first := 65010
	if d.saas {
		first = 199524 // a documentation or private AS number is refused on Microsoft peering
	}
	two := d.chance(3)
	d.anchors = true
	for i := range 1 + d.IntN(4) {
		r := draftRouter{name: fmt.Sprintf("ce%d", i+1), platform: []string{"frr", "ios-xe", "junos"}[d.IntN(3)], asn: first}
		if r.platform == "junos" {
			r.model = ", model: " + []string{"mx", "srx"}[d.IntN(2)]
		}
		if two && i%2 == 1 {
			r.asn++
		}
		d.routers = append(d.routers, r)
	}
}

func (d *draft) draftCircuits() {
	vrf := d.chance(8)
	for i := range 1 + d.IntN(3) {
		c := draftCircuit{name: fmt.Sprintf("er-%c", 'a'+i), private: true}
		c.ends[0] = d.IntN(len(d.routers))
		c.ends[1] = c.ends[0]
		if other := d.IntN(len(d.routers)); d.routers[other].asn == d.routers[c.ends[0]].asn && d.chance(2) {
			c.ends[1] = other
		}
		if d.saas && (i == 0 || d.chance(2)) {
			c.microsoft, c.private = true, d.chance(2) || i == 0
		}
		if vrf {
			c.vrf = "CORE"
		}
		d.circuits = append(d.circuits, c)
	}
}

func (d *draft) draftVPNs() {
	for i := range d.IntN(3) {
		v := draftVPN{name: fmt.Sprintf("vpn-%c", 'x'+i), underlay: "internet", vnet: "hub"}
		if i > 0 && !d.chance(6) {
			v.vnet, d.spoke = "spoke", true
		}
		c := d.circuits[d.IntN(len(d.circuits))]
		switch {
		case c.private && c.vrf == "" && d.chance(2):
			v.underlay = c.name + ".private"
			v.routers = []int{c.ends[0], c.ends[1]}
		case c.microsoft && d.chance(2):
			v.underlay = c.name + ".microsoft"
			v.routers = []int{c.ends[0], c.ends[1]}
		default:
			one := d.IntN(len(d.routers))
			v.routers = []int{one, one}
			if other := d.IntN(len(d.routers)); d.chance(3) {
				v.routers[1] = other
			}
		}
		d.vpns = append(d.vpns, v)
		d.inside = d.inside || c.vrf != "" || i > 0 || strings.HasSuffix(v.underlay, ".private")
	}
}

func (d *draft) write() {
	d.printf("apiVersion: ercfg/v1\nkind: Intent\nmetadata: {name: rnd}\n")
	d.writeOnprem()
	d.writeAzure()
	d.writeRouters()
	d.printf("circuits:\n")
	for i := range d.circuits {
		d.writeCircuit(i)
	}
	if len(d.vpns) > 0 {
		d.printf("vpns:\n")
	}
	for i := range d.vpns {
		d.writeVPN(i)
	}
	d.writeTraffic()
}

func (d *draft) writeOnprem() {
	six := func(text string) string {
		if d.dual {
			return `, "` + text + `"`
		}
		return ""
	}
	at := func() string {
		return d.maybe(3, fmt.Sprintf(", at: [ce%d]", 1+d.IntN(len(d.routers))))
	}
	how := ""
	if d.chance(6) {
		how = ", originate: " + []string{"network", "{redistribute: ospf, process: 1}", "{via: [10.1.0.1]}"}[d.IntN(3)]
	}
	d.anchors = how == ""
	d.printf("onprem:\n  networks:\n    lan-a: {prefixes: [10.1.0.0/16%s]%s%s}\n    lan-b: {prefixes: [10.2.0.0/16%s]%s}\n", six("2001:db8:1::/48"), at(), how, six("2001:db8:2::/48"), at())
	if d.nested || len(d.vpns) > 0 {
		d.printf("    inner: {prefixes: [10.1.30.0/24]%s}\n", at())
	}
	if d.half = d.chance(8); d.half {
		d.printf("    half: {prefixes: [10.1.128.0/17, 10.2.0.0/17, 10.2.128.0/17]}\n")
	}
	if d.third {
		d.printf("    lan-c: {prefixes: [10.3.0.0/17, 10.4.0.0/16]%s}\n", at())
	}
	if d.saas {
		d.printf("    pool-a: {prefixes: [203.0.113.64/28], public: true}\n    pool-b: {prefixes: [203.0.113.96/28], public: true}\n")
	}
}

func (d *draft) writeAzure() {
	six := ""
	if d.dual {
		six = `, "2001:db8:a100::/48"`
	}
	subnet, space := "10.100.255.0/27", ""
	if d.space = d.chance(3); d.space {
		subnet, space = "10.109.0.0/26", ", 10.109.0.0/26"
	}
	private, bgp := []string{"10.100.255.6", "10.100.255.7"}, []string{"10.100.255.4", "10.100.255.5"}
	if d.space {
		private, bgp = []string{"10.109.0.6", "10.109.0.7"}, []string{"10.109.0.4", "10.109.0.5"}
	}
	if d.inside {
		bgp = []string{"169.254.21.2", "169.254.21.10"}
	}
	d.printf("azure:\n  vnets:\n    hub:\n      prefixes: [10.100.0.0/16%s%s]\n      community: \"12076:20010\"\n      region: westeurope\n      gatewaySubnet: %s\n", six, space, subnet)
	d.printf("      vpnGateway: {sku: VpnGw2AZ, policy: custom, instances: [{name: a, public: 192.0.2.10, private: %s, bgp: %s}, {name: b, public: 192.0.2.11, private: %s, bgp: %s}]}\n", private[0], bgp[0], private[1], bgp[1])
	d.writeConnections()
	if d.spoke {
		d.printf("    spoke:\n      prefixes: [10.110.0.0/16, 10.111.0.0/20%s]\n      community: \"12076:20011\"\n      region: westeurope\n", d.spokeSix())
		if len(d.vpns) > 1 {
			d.printf("      gatewaySubnet: 10.110.255.0/27\n      vpnGateway: {sku: VpnGw2AZ, policy: custom, instances: [{name: a, public: 192.0.2.12, private: 10.110.255.6, bgp: 169.254.22.2}, {name: b, public: 192.0.2.13, private: 10.110.255.7, bgp: 169.254.22.10}]}\n")
		}
		d.writeConnections()
	}
	if d.saas {
		bound := ""
		if d.bounded = d.chance(2); d.bounded {
			bound = ", prefixes: [192.0.2.128/25]"
		}
		d.printf("  services:\n    storage: {communities: [\"12076:52002\"%s]%s}\n    gateways: {communities: [\"12076:51002\"], prefixes: [192.0.2.0/26]}\n", d.maybe(2, `, "12076:53002"`), bound)
	}
}

// spokeSix is the second VNet's IPv6 space, which it may lack.
func (d *draft) spokeSix() string {
	if !d.dual {
		return ""
	}
	return d.maybe(2, `, "2001:db8:a110::/48"`)
}

func (d *draft) writeConnections() {
	if !d.chance(4) {
		return
	}
	var weights []string
	for _, c := range d.circuits {
		if c.private && d.chance(2) {
			weights = append(weights, fmt.Sprintf("%s: {weight: %d}", d.path(c, false), 10*d.IntN(3)))
		}
	}
	if len(weights) > 0 {
		d.printf("      connections: {%s}\n", strings.Join(weights, ", "))
	}
}

func (d *draft) path(c draftCircuit, microsoft bool) string {
	switch {
	case microsoft:
		return c.name + ".microsoft"
	case c.microsoft:
		return c.name + ".private"
	}
	return c.name
}

func (d *draft) writeRouters() {
	d.printf("routers:\n")
	reflector, vrf := d.chance(3), d.circuits[0].vrf
	customers := vrf != "" && d.chance(2)
	learned := reflector && d.chance(3)
	d.anchors = d.anchors && !learned
	for i, r := range d.routers {
		d.printf("  %s: {platform: %s%s, asn: %d, routerID: 10.1.255.%d, loopback: {interface: %s, ipv4: 10.1.255.%d/32", r.name, r.platform, r.model, r.asn, len(d.routers)-i, map[string]string{"frr": "lo", "ios-xe": "Loopback0", "junos": "lo0"}[r.platform], i+1)
		if d.dual {
			d.printf(`, ipv6: "2001:db8:1:ff::%d/128"`, i+1)
		}
		d.printf("}")
		if vrf != "" {
			ce := ""
			if customers {
				ce = fmt.Sprintf(`, neighbors: [{address: 10.99.0.%d, asn: 65301}, {address: "2001:db8:99::%d", asn: 65301}]`, 4*i+2, i+1)
			}
			d.printf(`, vrfs: {%s: {rd: "10.1.255.%d:1", import: ["64900:1"], export: ["64900:1"]%s}}`, vrf, i+1, ce)
		}
		if customers {
			d.printf(", role: pe")
		}
		if learned {
			d.printf(", originate: learned")
		}
		var peers []string
		for j, o := range d.routers[:i] {
			if o.asn != r.asn || reflector || d.chance(40) {
				continue
			}
			peers = append(peers, fmt.Sprintf("{router: ce%d}", j+1))
			if vrf != "" {
				peers = append(peers, fmt.Sprintf("{router: ce%d, family: vpn}", j+1))
			}
		}
		if reflector {
			peers = append(peers, fmt.Sprintf("{address: 10.1.254.%d}", r.asn%10))
			if vrf != "" {
				peers = append(peers, fmt.Sprintf("{address: 10.1.254.%d, family: vpn}", r.asn%10))
			}
			if d.dual {
				peers = append(peers, fmt.Sprintf(`{address: "2001:db8:1:fe::%d"}`, 1+r.asn%10))
			}
		}
		if len(peers) > 0 {
			d.printf(", ibgp: [%s]", strings.Join(peers, ", "))
		}
		d.printf("}\n")
	}
}

// port is the next interface of a router.
func (d *draft) port(router int) string {
	r := &d.routers[router]
	r.ports++
	return fmt.Sprintf(map[string]string{"frr": "eth%d", "ios-xe": "GigabitEthernet0/0/%d", "junos": "ge-0/0/%d"}[r.platform], r.ports)
}

func (d *draft) writeCircuit(i int) {
	c := d.circuits[i]
	d.printf("  %s:\n    model: exchange\n    location: %s\n    sku: premium\n    bandwidth: 1Gbps\n", c.name, []string{"London", "Amsterdam", "Dublin"}[i])
	ports := [2]string{d.port(c.ends[0]), d.port(c.ends[1])}
	vrf := ""
	if c.vrf != "" {
		vrf = ", vrf: " + c.vrf
	}
	six := [2]string{}
	if d.dual && !d.chance(8) {
		six = [2]string{fmt.Sprintf(`, ipv6: "2001:db8:fe:%d::/126"`, i+1), fmt.Sprintf(`, ipv6: "2001:db8:fe:%d::4/126"`, i+1)}
	}
	single := !c.microsoft && d.chance(14)
	if single {
		d.printf("    waiveSingleLink: true\n")
	}
	if c.private {
		d.printf("    private: {vlan: %d%s%s%s%s%s, primary: {router: ce%d, interface: %s, ipv4: 172.16.%d.0/30%s%s}",
			100+i, vrf, d.maybe(4, ", bfd: false"), d.maybe(6, ", links: primary-first"), d.maybe(6, ", advertiseDefault: true"), d.maybe(4, ", matchBy: community"),
			c.ends[0]+1, ports[0], i, six[0], d.maybe(12, ", shutdown: true"))
		if !single {
			d.printf(", secondary: {router: ce%d, interface: %s, ipv4: 172.16.%d.4/30%s%s}", c.ends[1]+1, ports[1], i, six[1], d.maybe(12, ", shutdown: true"))
		}
		d.printf("}\n")
	}
	if c.microsoft {
		d.printf("    microsoft: {vlan: %d%s%s, routeFilter: [\"12076:52002\", \"12076:53002\", \"12076:51002\"], advertisedPublicPrefixes: [203.0.113.64/28, 203.0.113.96/28], primary: {router: ce%d, interface: %s, ipv4: 198.51.100.%d/30}, secondary: {router: ce%d, interface: %s, ipv4: 198.51.100.%d/30}}\n",
			200+i, d.maybe(6, ", links: primary-first"), d.maybe(6, ", nat: {primary: [pool-a], secondary: [pool-b]}"), c.ends[0]+1, ports[0], 8*i, c.ends[1]+1, ports[1], 8*i+4)
	}
}

func (d *draft) writeVPN(i int) {
	v := d.vpns[i]
	d.printf("  %s:\n    vnet: %s\n    underlay: %s\n    psk: env:PSK\n    ike: {encryption: aes256, integrity: sha256, dhGroup: 14}\n    esp: {encryption: gcmaes256, integrity: gcmaes256, pfsGroup: 14}\n", v.name, v.vnet, v.underlay)
	if strings.HasSuffix(v.underlay, ".microsoft") {
		d.printf("    internetFallback: %v\n", !d.bounded || d.chance(2))
	}
	d.printf("    tunnels:\n")
	for j, at := range v.routers {
		r := d.routers[at]
		d.printf("      - {router: %s, instance: %c, interface: %s%d", r.name, 'a'+j, map[string]string{"frr": "vti", "ios-xe": "Tunnel", "junos": "st0."}[r.platform], 2*i+j+1)
		switch {
		case strings.HasSuffix(v.underlay, ".private"):
			d.printf(", source: %s, sourceAddress: 10.1.255.%d", map[string]string{"frr": "lo", "ios-xe": "Loopback0", "junos": "lo0.0"}[r.platform], at+1)
		case strings.HasSuffix(v.underlay, ".microsoft"):
			d.printf(", source: %s, sourceAddress: 203.0.113.%d", map[string]string{"frr": "lo", "ios-xe": "Loopback10", "junos": "lo0.0"}[r.platform], 65+at)
		default:
			d.printf(", source: %s, sourceAddress: 198.51.100.%d, nextHop: 198.51.100.%d", map[string]string{"frr": "eth0", "ios-xe": "GigabitEthernet0/0/0", "junos": "ge-0/0/0.0"}[r.platform], 130+8*at, 129+8*at)
		}
		if d.inside {
			d.printf(", inside: 169.254.%d.%d/29", map[string]int{"hub": 21, "spoke": 22}[v.vnet], 1+2*i+8*j)
		}
		d.printf("}\n")
	}
}

func (d *draft) writeTraffic() {
	d.printf("traffic:\n")
	var circuits, saas, backup, first []string
	for _, c := range d.circuits {
		if c.private {
			circuits = append(circuits, d.path(c, false))
		}
		if c.microsoft {
			saas = append(saas, d.path(c, true))
		}
	}
	for _, v := range d.vpns {
		if v.underlay != "internet" || d.chance(4) {
			first = append(first, v.name)
		} else {
			backup = append(backup, v.name)
		}
	}
	vnets := "hub"
	if d.spoke && d.chance(2) {
		vnets = "hub, spoke"
	}
	order := d.some(circuits)
	networks := "lan-a"
	same := d.chance(2)
	switch vpns := slices.Concat(backup, first); {
	case d.chance(4):
		d.common = fmt.Sprintf("preference: {%s: %d}", order[d.IntN(len(order))]+[]string{"", ".primary", ".secondary"}[d.IntN(3)], []int{80, 100, 150, 150, 200, 200, 220}[d.IntN(7)])
	case len(vpns) > 0 && d.chance(4):
		d.common = fmt.Sprintf("preference: {%s: %d}", vpns[d.IntN(len(vpns))], []int{100, 150, 200}[d.IntN(3)])
	}
	if same {
		networks = "lan-a, lan-b"
	}
	list := slices.Concat(order, backup)
	d.printf("  - {name: one, onprem: [%s], azure: [%s], prefer: [%s]%s}\n", networks, vnets, strings.Join(list, ", "), d.extras(list, len(circuits)))
	if !same {
		other := slices.Clone(order)
		if d.apart(other) && d.chance(2) {
			d.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		}
		list := slices.Concat(other, backup)
		d.printf("  - {name: two, onprem: [lan-b], azure: [%s], prefer: [%s]%s}\n", vnets, strings.Join(list, ", "), d.extras(list, len(circuits)))
	}
	if len(first) > 0 || d.nested {
		list := slices.Clone(first)
		if len(first) == 0 || d.chance(2) {
			list = append(list, order...)
		}
		if len(first) == 0 {
			list = append(list, backup...)
		}
		d.printf("  - {name: inner, onprem: [inner], azure: [hub], prefer: [%s]%s}\n", strings.Join(list, ", "), d.shared(list))
	}
	if d.half {
		d.printf("  - {name: half, onprem: [half], azure: [%s], prefer: [%s]%s}\n", vnets, strings.Join(order, ", "), d.shared(order))
	}
	if d.third {
		if d.spoke {
			vnets = "spoke"
		}
		d.printf("  - {name: three, onprem: [lan-c], azure: [%s], prefer: [%s]%s}\n", vnets, strings.Join(order, ", "), d.shared(order))
	}
	if len(saas) > 0 {
		list := d.some(saas)
		d.printf("  - {name: saas, onprem: [pool-a], azure: [storage, gateways], prefer: [%s]%s}\n", strings.Join(list, ", "), d.extras(list, 0))
		if other := slices.Clone(list); d.apart(list) {
			d.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
			list = other
		}
		d.printf("  - {name: pool, onprem: [pool-b], azure: [storage], prefer: [%s]}\n", strings.Join(list, ", "))
	}
}

// some are paths in a random order, most times all of them.
func (d *draft) some(paths []string) []string {
	out := slices.Clone(paths)
	d.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	if len(out) > 1 && d.chance(4) {
		out = out[1:]
	}
	return out
}

// apart reports whether the circuits of paths end on routers of their own.
func (d *draft) apart(paths []string) bool {
	ends := map[int]string{}
	for _, c := range d.circuits {
		for _, at := range c.ends {
			if slices.Contains(paths, d.path(c, false)) || slices.Contains(paths, d.path(c, true)) {
				if ends[at] != "" && ends[at] != c.name {
					return false
				}
				ends[at] = c.name
			}
		}
	}
	return true
}

// shared are the overrides that all statements have.
func (d *draft) shared(paths []string) string {
	if at, _, _ := strings.Cut(strings.TrimPrefix(d.common, "preference: {"), ":"); d.common != "" && slices.ContainsFunc(paths, func(p string) bool { return p == at || p+".primary" == at || p+".secondary" == at }) {
		return ", " + d.common
	}
	return ""
}

// extras are a statement's overrides. The last path of paths that is a circuit
// stands at circuits-1.
func (d *draft) extras(paths []string, circuits int) string {
	out := d.shared(paths)
	at := paths[d.IntN(len(paths))]
	if strings.HasPrefix(at, "er-") {
		at += []string{"", ".secondary"}[d.IntN(2)]
	}
	out += d.maybe(6, fmt.Sprintf(", prepend: {%s: %d}", at, 1+d.IntN(4)))
	if circuits > 1 && d.anchors {
		out += d.maybe(4, ", technique: more-specifics")
	}
	return out + d.maybe(8, ", links: primary-first")
}
