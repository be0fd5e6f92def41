package render_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/twin"
)

// A construction is a rule that no intent can break, because an intent has no
// words for it. check looks into the rendered text, whoever rendered it, and
// says where the rule is broken all the same.
type construction struct {
	rule  string
	check func(site) []string
}

// constructions are the rules of docs/rules/by-construction.md.
var constructions = []construction{
	{"ER008", func(s site) []string { return s.forbid(redundancy) }},
	{"ER036", site.oneSubinterface},
	{"ER045", func(s site) []string { return s.forbid(tagProtocols) }},
	{"ER071", site.oneKey},
	{"ER079", func(s site) []string {
		return s.closedPolicies("outbound", func(n *writtenNeighbor) string { return n.out })
	}},
	{"ER080", func(s site) []string {
		return s.closedPolicies("inbound", func(n *writtenNeighbor) string { return n.in })
	}},
	{"ER082", site.onpremOnly},
	{"ER083", site.noCommunities},
	{"ER092", func(s site) []string { return s.forbid(pathEdits) }},
	{"ER093", func(s site) []string { return s.forbid(pathIgnored) }},
	{"ER094", func(s site) []string { return s.forbid(pathLimits) }},
	{"ER105", site.wholeBFD},
	{"ER111", site.nearBFD},
	{"ER185", site.channelIdentifiers},
}

// vetoes are, by platform, what no line of a configuration may hold; of a
// Linux router the files beside it are looked at, too.
type vetoes [3]*regexp.Regexp

// Names of objects are in capitals, so that none of these is a part of one.
var (
	redundancy = vetoes{
		plan.IOSXE: regexp.MustCompile(`^ *(standby|vrrp|glbp|fhrp|bridge-group|bridge-domain|service instance|xconnect|switchport|l2vpn)\b`),
		plan.Junos: regexp.MustCompile(` (vrrp-group|vrrp-inet6-group|bridge-domains|encapsulation (vlan-)?(bridge|vpls|ccc)|family (bridge|ethernet-switching|vpls|ccc)|instance-type (vpls|virtual-switch|evpn|l2vpn))\b`),
		plan.FRR:   regexp.MustCompile(`^ *vrrp\b|\btype (bridge|bond|team|macvlan)\b|\bkeepalived\b`),
	}
	tagProtocols = vetoes{
		plan.IOSXE: regexp.MustCompile(`\b(ethertype|dot1ad)\b`),
		plan.Junos: regexp.MustCompile(` (tag-protocol-id|tpid|inner-tag-protocol-id)\b|0x(88a8|9100)`),
		plan.FRR:   regexp.MustCompile(`802\.1ad|\btype vlan ([^p]|p[^r])`),
	}
	pathEdits = vetoes{
		plan.IOSXE: regexp.MustCompile(`\b(allowas-in|as-override|remove-private-as)\b`),
		plan.Junos: regexp.MustCompile(` (loops|as-override|remove-private|advertise-peer-as)\b`),
		plan.FRR:   regexp.MustCompile(`\b(allowas-in|as-override|remove-private-AS)\b`),
	}
	pathIgnored = vetoes{
		plan.IOSXE: regexp.MustCompile(`\bas-path ignore\b`),
		plan.Junos: regexp.MustCompile(` as-path-ignore\b`),
		plan.FRR:   regexp.MustCompile(`\bas-path ignore\b`),
	}
	// A filter by AS path could refuse a long one, too, so that there is none.
	pathLimits = vetoes{
		plan.IOSXE: regexp.MustCompile(`\b(maxas-limit|filter-list|as-path access-list|match as-path)\b`),
		plan.Junos: regexp.MustCompile(` (as-path|as-path-group|as-path-count|as-path-unique-count|maximum-path-length)( |$)`),
		plan.FRR:   regexp.MustCompile(`\b(maxas-limit|filter-list|as-path access-list|match as-path)\b`),
	}
	distantBFD = vetoes{
		plan.IOSXE: regexp.MustCompile(`\b(bfd-template multi-hop|fall-over bfd multi-hop|bfd map)\b`),
		plan.Junos: regexp.MustCompile(`bfd-liveness-detection session-mode multihop`),
		plan.FRR:   regexp.MustCompile(`^ *peer .*\bmultihop\b`),
	}
)

func (s site) forbid(w vetoes) []string {
	var out []string
	for _, r := range s.routers {
		for _, line := range slices.Concat(r.lines, r.companions) {
			if w[r.platform].MatchString(line) {
				out = append(out, fmt.Sprintf("%s has %q", r.name, line))
			}
		}
	}
	return out
}

// oneSubinterface: whatever holds the IPv6 address of a link holds its IPv4
// address, too, and no port has the same tags twice.
func (s site) oneSubinterface() []string {
	var out []string
	for i, r := range s.routers {
		seen := make(map[string]string)
		for name, iface := range r.interfaces {
			if iface.tags == "" {
				continue
			}
			if seen[iface.tags] != "" {
				out = append(out, fmt.Sprintf("%s: %s and %s have the tags %s", r.name, name, seen[iface.tags], iface.tags))
			}
			seen[iface.tags] = name
		}
		for _, l := range s.plan.Routers[i].Links {
			if !l.IPv4.IsValid() || !l.IPv6.IsValid() {
				continue
			}
			found := false
			for name, iface := range r.interfaces {
				if !slices.Contains(iface.prefixes, l.IPv6) {
					continue
				}
				found = found || slices.Contains(iface.prefixes, l.IPv4)
				if !slices.Contains(iface.prefixes, l.IPv4) {
					out = append(out, fmt.Sprintf("%s: %s has %s without %s", r.name, name, l.IPv6, l.IPv4))
				}
			}
			if !found {
				out = append(out, fmt.Sprintf("%s: nothing has %s and %s", r.name, l.IPv4, l.IPv6))
			}
		}
	}
	return out
}

// oneKey: all sessions of a peering have one key, or none.
func (s site) oneKey() []string {
	var out []string
	first := make(map[string]string)
	for i, r := range s.routers {
		for _, l := range s.plan.Routers[i].Links {
			for _, session := range l.Sessions {
				n := r.neighbors[tableAddr{l.VRF, session.Neighbor}]
				if n == nil {
					out = append(out, fmt.Sprintf("%s has no neighbor %s", r.name, session.Neighbor))
					continue
				}
				if key, ok := first[l.Path]; ok && key != n.key {
					out = append(out, fmt.Sprintf("%s: the keys of %s are %q and %q", r.name, l.Path, key, n.key))
				}
				first[l.Path] = n.key
			}
		}
	}
	return out
}

// closedPolicies: every neighbor with unicast routes has a policy, whose last
// term denies everything, and no family is open to all neighbors.
func (s site) closedPolicies(direction string, policy func(*writtenNeighbor) string) []string {
	var out []string
	for _, r := range s.routers {
		if r.platform != plan.Junos && len(r.neighbors) > 0 && !slices.Contains(r.lines, " no bgp default ipv4-unicast") {
			out = append(out, r.name+": every neighbor exchanges IPv4 routes by default")
		}
		for at, n := range r.neighbors {
			if !n.unicast {
				continue
			}
			terms := r.terms[policy(n)]
			if len(terms) == 0 {
				out = append(out, fmt.Sprintf("%s: neighbor %s has no %s policy", r.name, at.addr, direction))
				continue
			}
			if last := terms[len(terms)-1]; !last.deny || len(r.matches(last)) > 0 {
				out = append(out, fmt.Sprintf("%s: the %s policy of %s does not end in a deny", r.name, direction, at.addr))
			}
		}
	}
	return out
}

// azure yields the neighbors at Microsoft.
func (r *written) azure(vpn bool) map[tableAddr]*writtenNeighbor {
	out := make(map[tableAddr]*writtenNeighbor)
	for at, n := range r.neighbors {
		if n.asn == expressroute.MicrosoftASN.String() || vpn && n.asn == expressroute.VPNGatewayASN.String() {
			out[at] = n
		}
	}
	return out
}

// onpremOnly: to Microsoft go prefixes of statements' on-premises networks,
// halves of them, and a default that is asked for. A prefix list names each,
// exactly.
func (s site) onpremOnly() []string {
	allowed := make(map[string]bool)
	for _, st := range s.plan.Statements {
		for _, p := range st.Onprem {
			for _, q := range append(halves(p), p) {
				allowed[q.String()] = true
			}
		}
	}
	for _, r := range s.plan.Routers {
		for _, o := range r.Origins {
			if o.Prefix.Bits() == 0 {
				allowed[o.Prefix.String()] = true
			}
		}
	}
	var out []string
	for _, r := range s.routers {
		for at, n := range r.azure(true) {
			for _, term := range r.terms[n.out] {
				if term.deny {
					continue
				}
				list := ""
				for _, m := range r.matches(term) {
					words := strings.Fields(m)
					if i := slices.Index(words, "prefix-list"); i >= 0 && i+1 < len(words) {
						list = words[i+1]
					}
				}
				if len(r.lists[list]) == 0 {
					out = append(out, fmt.Sprintf("%s: a term of %s lets more out to %s than a prefix list names", r.name, n.out, at.addr))
				}
				for _, entry := range r.lists[list] {
					if !allowed[strings.ToLower(entry)] {
						out = append(out, fmt.Sprintf("%s: %s goes out to %s and is no on-premises prefix", r.name, entry, at.addr))
					}
				}
			}
		}
	}
	return out
}

// noCommunities: nothing towards Microsoft sets a community, and no session
// with it sends any where a platform sends none by itself.
func (s site) noCommunities() []string {
	var out []string
	for _, r := range s.routers {
		for at, n := range r.azure(true) {
			if n.community {
				out = append(out, fmt.Sprintf("%s sends communities to %s", r.name, at.addr))
			}
			for _, term := range r.terms[n.out] {
				for _, set := range term.set {
					if strings.HasPrefix(set, "community") || strings.HasPrefix(set, "large-community") || strings.HasPrefix(set, "extcommunity") {
						out = append(out, fmt.Sprintf("%s: %s sets %s towards %s", r.name, n.out, set, at.addr))
					}
				}
			}
		}
	}
	return out
}

// wholeBFD: BFD is bound at both places that a platform needs, or at none.
func (s site) wholeBFD() []string {
	var out []string
	for i, r := range s.routers {
		customers := make(map[tableAddr]string) // → interface
		for _, v := range s.plan.Routers[i].VRFs {
			for _, c := range v.Customers {
				customers[tableAddr{v.Name, c.Neighbor}] = c.Interface
			}
		}
		bound := make(map[string]bool) // interfaces with a session that uses their BFD
		for at, n := range r.neighbors {
			if n.bfd == "" {
				continue
			}
			switch r.platform {
			case plan.IOSXE:
				name := r.holding(at)
				if name == "" {
					name = customers[at]
				}
				if bound[name] = true; r.interfaces[name] == nil || !r.interfaces[name].bfd {
					out = append(out, fmt.Sprintf("%s: the session with %s has BFD, and no interface towards it has", r.name, at.addr))
				}
			case plan.Junos:
				if !strings.Contains(n.bfd, "minimum-interval") || !strings.Contains(n.bfd, "multiplier") {
					out = append(out, fmt.Sprintf("%s: BFD with %s is only %q", r.name, at.addr, n.bfd))
				}
			case plan.FRR:
				_, profile, _ := strings.Cut(n.bfd, "profile ")
				if !strings.HasPrefix(n.bfd, "bfd bfd profile") || !r.profiles[profile] || !slices.Contains(r.companions, "bfdd=yes") {
					out = append(out, fmt.Sprintf("%s: BFD with %s is only %q", r.name, at.addr, n.bfd))
				}
			}
		}
		for name, iface := range r.interfaces {
			if iface.bfd && !bound[name] {
				out = append(out, fmt.Sprintf("%s: %s has BFD, and no session over it has", r.name, name))
			}
		}
	}
	return out
}

// holding names the interface in whose subnet an address is.
func (r *written) holding(at tableAddr) string {
	for name, iface := range r.interfaces {
		for _, p := range iface.prefixes {
			if iface.vrf == at.vrf && p.Masked().Contains(at.addr) {
				return name
			}
		}
	}
	return ""
}

// nearBFD: a session with BFD is directly connected.
func (s site) nearBFD() []string {
	out := s.forbid(distantBFD)
	for _, r := range s.routers {
		for at, n := range r.neighbors {
			if n.bfd != "" && n.distant != "" {
				out = append(out, fmt.Sprintf("%s: the session with %s has BFD and %s", r.name, at.addr, n.distant))
			}
		}
	}
	return out
}

// channelIdentifiers: both ports of a pair send the secure channel identifier,
// or neither does, as the pair says.
func (s site) channelIdentifiers() []string {
	var out []string
	for i, r := range s.routers {
		for _, port := range s.plan.Routers[i].Ports {
			sent := false
			switch r.platform {
			case plan.IOSXE: // it sends by itself
				inside := false
				sent = true
				for _, line := range r.lines {
					if !strings.HasPrefix(line, " ") {
						inside = line == "interface "+port.Interface
					}
					sent = sent && !(inside && line == " macsec disable-sci")
				}
			case plan.Junos: // it sends where it is told to
				for _, line := range r.lines {
					if name, ok := strings.CutPrefix(line, "set security macsec interfaces "+port.Interface+" connectivity-association "); ok {
						sent = slices.Contains(r.lines, "set security macsec connectivity-association "+name+" include-sci")
					}
				}
			}
			if sent != port.MACsec.SCI {
				out = append(out, fmt.Sprintf("%s: %s sends its channel identifier: %v, and the pair %s says %v", r.name, port.Interface, sent, port.Pair, port.MACsec.SCI))
			}
		}
	}
	return out
}

// No golden and no example, on its own platforms and on each of the three,
// breaks a rule that an intent has no words for.
func TestByConstruction(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			own := planOf(t, s.document(t))
			sites := []site{readSite(t, own, configs(t, own))}
			for _, platform := range vendors() {
				if p, found := twin.Resolve(s.document(t), platform, today); !found.HasErrors() {
					sites = append(sites, readSite(t, p, configs(t, p)))
				}
			}
			for _, site := range sites {
				for _, c := range constructions {
					for _, fault := range c.check(site) {
						t.Errorf("%s: %s", c.rule, fault)
					}
				}
			}
		})
	}
}

// A mutation breaks one rule in a rendered text.
type mutation struct {
	rule     string
	subject  string
	platform plan.Platform
	old, new string // the first place only
}

// Every check finds what it is there for, on every platform that has words for
// it.
func TestConstructionFindsFaults(t *testing.T) {
	t.Parallel()
	const plain, keyed, dual, vrfs = "knobs", "qinq-srx", "dual-stack-one-ce", "pe-customers"
	const withSCI, withoutSCI = "06-direct-qinq-pe", "direct-dot1q"
	mutations := []mutation{
		{"ER008", plain, plan.IOSXE, " no ip redirects\n", " no ip redirects\n standby 1 ip 10.1.0.1\n"},
		{"ER008", plain, plan.IOSXE, " no ip redirects\n", " no ip redirects\n bridge-group 1\n"},
		{"ER008", plain, plan.Junos, " family inet mtu 1500\n", " family inet address 10.1.0.1/24 vrrp-group 1\n"},
		{"ER008", plain, plan.Junos, " family inet mtu 1500\n", " family bridge interface-mode trunk\n"},
		{"ER008", plain, plan.FRR, "interface lo\n", "interface eth1.100\n vrrp 1\nexit\ninterface lo\n"},
		{"ER008", plain, plan.FRR, "\nexit $status\n", "\nip link add br0 type bridge\nexit $status\n"},

		{"ER045", plain, plan.IOSXE, " no ip redirects\n", " dot1q tunneling ethertype 0x88A8\n"},
		{"ER045", plain, plan.Junos, " family inet mtu 1500\n", " vlan-tags outer 0x88a8.301 inner 100\n"},
		{"ER045", plain, plan.FRR, "type vlan protocol 802.1Q", "type vlan protocol 802.1ad"},
		{"ER045", plain, plan.FRR, "type vlan protocol 802.1Q", "type vlan"},

		{"ER092", plain, plan.IOSXE, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n neighbor 10.1.0.2 allowas-in\n"},
		{"ER092", plain, plan.Junos, "set protocols bgp ", "set routing-options autonomous-system loops 2\nset protocols bgp "},
		{"ER092", plain, plan.FRR, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n neighbor 10.1.0.2 remove-private-AS\n"},
		{"ER093", plain, plan.IOSXE, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n bgp bestpath as-path ignore\n"},
		{"ER093", plain, plan.Junos, "set protocols bgp ", "set protocols bgp path-selection as-path-ignore\nset protocols bgp "},
		{"ER093", plain, plan.FRR, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n bgp bestpath as-path ignore\n"},
		{"ER094", plain, plan.IOSXE, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n bgp maxas-limit 5\n"},
		{"ER094", plain, plan.Junos, "set protocols bgp ", "set policy-options policy-statement X term 10 from as-path SHORT\nset protocols bgp "},
		{"ER094", plain, plan.FRR, " no bgp default ipv4-unicast\n", " no bgp default ipv4-unicast\n neighbor 10.1.0.2 filter-list SHORT in\n"},

		{"ER036", dual, plan.IOSXE, " ipv6 address 2001:DB8:FF:10::1/126\n", "!\ninterface TenGigabitEthernet0/0/1.999\n encapsulation dot1Q 999\n ipv6 address 2001:DB8:FF:10::1/126\n"},
		{"ER036", dual, plan.IOSXE, "router bgp ", "interface TenGigabitEthernet0/0/1.999\n encapsulation dot1Q 210\n!\nrouter bgp "},
		{"ER036", dual, plan.IOSXE, " ipv6 address 2001:DB8:FF:10::1/126\n", ""},
		{"ER036", dual, plan.Junos, "unit 210 family inet6 address", "unit 999 family inet6 address"},
		{"ER036", dual, plan.Junos, "set protocols bgp ", "set interfaces xe-0/0/1 unit 999 vlan-id 210\nset protocols bgp "},
		{"ER036", dual, plan.FRR, " ipv6 address 2001:db8:ff:10::1/126\n", "exit\n!\ninterface eth2.999\n ipv6 address 2001:db8:ff:10::1/126\n"},
		{"ER036", dual, plan.FRR, "\nexit $status\n", "\nvlan eth2 second 210 1500\nexit $status\n"},
		{"ER071", keyed, plan.IOSXE, " neighbor 172.20.6.6 password <env:ER_ZURICH_MD5>\n", ""},
		{"ER071", keyed, plan.IOSXE, " neighbor 172.20.6.6 password <env:ER_ZURICH_MD5>\n", " neighbor 172.20.6.6 password <env:OTHER>\n"},
		{"ER071", keyed, plan.Junos, "neighbor 172.20.6.6 import ", "neighbor 172.20.6.6 authentication-key \"<env:OTHER>\"\nset protocols bgp group LITWARE-ZURICH-ER-ZURICH-V4 neighbor 172.20.6.6 import "},
		{"ER071", keyed, plan.FRR, " neighbor 172.20.6.6 password <env:ER_ZURICH_MD5>\n", ""},
		{"ER079", keyed, plan.IOSXE, "neighbor 172.20.6.2 route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 out\n", "neighbor 172.20.6.2 soft-reconfiguration inbound\n"},
		{"ER079", keyed, plan.IOSXE, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 permit 65535\n"},
		{"ER079", keyed, plan.IOSXE, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 deny 65535\n match tag 1\n"},
		{"ER079", keyed, plan.IOSXE, " no bgp default ipv4-unicast\n", ""},
		{"ER079", vrfs, plan.IOSXE, "-CE-OUT-V4 out\n", "-OTHER out\n"},
		{"ER079", keyed, plan.FRR, "neighbor 172.20.6.2 route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 out\n", "neighbor 172.20.6.2 soft-reconfiguration inbound\n"},
		{"ER079", keyed, plan.FRR, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 permit 65535\n"},
		{"ER079", keyed, plan.FRR, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 deny 65535\n match tag 1\n"},
		{"ER079", keyed, plan.FRR, " no bgp default ipv4-unicast\n", ""},
		{"ER079", vrfs, plan.FRR, "-CE-OUT-V4 out\n", "-OTHER out\n"},
		{"ER079", keyed, plan.Junos, "neighbor 172.20.6.2 export ", "neighbor 172.20.6.2 cluster "},
		{"ER079", keyed, plan.Junos, "PRIMARY-OUT-V4 then reject\n", "PRIMARY-OUT-V4 then accept\n"},
		{"ER079", keyed, plan.Junos, "PRIMARY-OUT-V4 then reject\n", "PRIMARY-OUT-V4 from protocol bgp\nset policy-options policy-statement LITWARE-ZURICH-ER-ZURICH-PRIMARY-OUT-V4 then reject\n"},
		{"ER080", keyed, plan.IOSXE, "neighbor 172.20.6.2 route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 in\n", "neighbor 172.20.6.2 soft-reconfiguration inbound\n"},
		{"ER080", keyed, plan.IOSXE, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 permit 65535\n"},
		{"ER080", keyed, plan.IOSXE, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 deny 65535\n match tag 1\n"},
		{"ER080", keyed, plan.IOSXE, " no bgp default ipv4-unicast\n", ""},
		{"ER080", vrfs, plan.IOSXE, "-IN-V4 in\n", "-OTHER in\n"},
		{"ER080", keyed, plan.FRR, "neighbor 172.20.6.2 route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 in\n", "neighbor 172.20.6.2 soft-reconfiguration inbound\n"},
		{"ER080", keyed, plan.FRR, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 permit 65535\n"},
		{"ER080", keyed, plan.FRR, "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 deny 65535\n", "route-map LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 deny 65535\n match tag 1\n"},
		{"ER080", keyed, plan.FRR, " no bgp default ipv4-unicast\n", ""},
		{"ER080", vrfs, plan.FRR, "-IN-V4 in\n", "-OTHER in\n"},
		{"ER080", keyed, plan.Junos, "neighbor 172.20.6.2 import ", "neighbor 172.20.6.2 cluster "},
		{"ER080", keyed, plan.Junos, "PRIMARY-IN-V4 then reject\n", "PRIMARY-IN-V4 then accept\n"},
		{"ER080", keyed, plan.Junos, "PRIMARY-IN-V4 then reject\n", "PRIMARY-IN-V4 from protocol bgp\nset policy-options policy-statement LITWARE-ZURICH-ER-ZURICH-PRIMARY-IN-V4 then reject\n"},
		{"ER082", keyed, plan.IOSXE, "SUPERNETS-V4 seq 10 permit 10.20.0.0/16\n", "SUPERNETS-V4 seq 10 permit 10.70.0.0/16\n"},
		{"ER082", keyed, plan.IOSXE, "SUPERNETS-V4 seq 10 permit 10.20.0.0/16\n", "SUPERNETS-V4 seq 10 permit 10.20.0.0/16 le 32\n"},
		{"ER082", keyed, plan.IOSXE, " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n", ""},
		{"ER082", keyed, plan.IOSXE, " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n", " match community LITWARE\n"},
		{"ER083", keyed, plan.IOSXE, " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n", " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n set community 65010:1\n"},
		{"ER083", keyed, plan.IOSXE, "  neighbor 172.20.6.2 activate\n", "  neighbor 172.20.6.2 activate\n  neighbor 172.20.6.2 send-community\n"},
		{"ER082", keyed, plan.FRR, "SUPERNETS-V4 seq 10 permit 10.20.0.0/16\n", "SUPERNETS-V4 seq 10 permit 10.70.0.0/16\n"},
		{"ER082", keyed, plan.FRR, "SUPERNETS-V4 seq 10 permit 10.20.0.0/16\n", "SUPERNETS-V4 seq 10 permit 10.20.0.0/16 le 32\n"},
		{"ER082", keyed, plan.FRR, " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n", ""},
		{"ER082", keyed, plan.FRR, " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n", " match community LITWARE\n"},
		{"ER083", keyed, plan.FRR, " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n", " match ip address prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n set community 65010:1\n"},
		{"ER083", keyed, plan.FRR, "  neighbor 172.20.6.2 activate\n", "  neighbor 172.20.6.2 activate\n  neighbor 172.20.6.2 send-community\n"},
		{"ER082", keyed, plan.Junos, "SUPERNETS-V4 10.20.0.0/16\n", "SUPERNETS-V4 10.70.0.0/16\n"},
		{"ER082", keyed, plan.Junos, "term 10 from prefix-list LITWARE-ZURICH-ER-ZURICH-SUPERNETS-V4\n", "term 10 from protocol bgp\n"},
		{"ER083", keyed, plan.Junos, "PRIMARY-OUT-V4 term 10 then accept\n", "PRIMARY-OUT-V4 term 10 then community add LITWARE\n"},
		{"ER105", keyed, plan.IOSXE, " bfd interval 300 min_rx 300 multiplier 3\n", ""},
		{"ER105", keyed, plan.IOSXE, " neighbor 172.20.6.2 fall-over bfd\n", ""},
		{"ER105", vrfs, plan.IOSXE, " bfd interval 500 min_rx 500 multiplier 4\n", ""},
		{"ER105", keyed, plan.Junos, "bfd-liveness-detection multiplier 3\n", "bfd-liveness-detection no-adaptation\n"},
		{"ER105", keyed, plan.FRR, " neighbor 172.20.6.2 bfd\n", ""},
		{"ER105", keyed, plan.FRR, " neighbor 172.20.6.2 bfd profile LITWARE-ZURICH-BFD-300X3\n", ""},
		{"ER105", keyed, plan.FRR, "bfd\n profile LITWARE-ZURICH-BFD-300X3\n", "bfd\n"},
		{"ER105", keyed, plan.FRR, "bfdd=yes", "bfdd=no"},
		{"ER111", keyed, plan.IOSXE, " neighbor 172.20.6.2 fall-over bfd\n", " neighbor 172.20.6.2 fall-over bfd multi-hop\n"},
		{"ER111", keyed, plan.IOSXE, " neighbor 172.20.6.2 fall-over bfd\n", " neighbor 172.20.6.2 fall-over bfd\n neighbor 172.20.6.2 ebgp-multihop 2\n"},
		{"ER111", keyed, plan.Junos, "bfd-liveness-detection multiplier 3\n", "bfd-liveness-detection session-mode multihop\n"},
		{"ER111", keyed, plan.Junos, "set protocols bgp ", "set protocols bgp group LITWARE-ZURICH-ER-ZURICH-V4 multihop ttl 2\nset protocols bgp "},
		{"ER111", keyed, plan.FRR, " neighbor 172.20.6.2 bfd\n", " neighbor 172.20.6.2 bfd\n neighbor 172.20.6.2 update-source lo\n"},
		{"ER111", keyed, plan.FRR, "bfd\n profile ", "bfd\n peer 172.20.6.2 multihop local-address 10.20.255.1\n profile "},
		{"ER185", withoutSCI, plan.IOSXE, " macsec disable-sci\n", ""},
		{"ER185", withSCI, plan.IOSXE, " mka pre-shared-key key-chain CARRIER-AMSTERDAM-AMS-PAIR\n", " macsec disable-sci\n"},
		{"ER185", withoutSCI, plan.Junos, "PAIR cipher-suite ", "PAIR include-sci\nset security macsec connectivity-association PROSEWARE-DALLAS-DAL-PAIR cipher-suite "},
		{"ER185", withSCI, plan.Junos, "set security macsec connectivity-association CARRIER-AMSTERDAM-AMS-PAIR include-sci\n", ""},
	}
	for _, c := range constructions {
		for _, platform := range vendors() {
			if c.rule == "ER185" && platform == plan.FRR {
				continue // no MACsec there
			}
			if !slices.ContainsFunc(mutations, func(m mutation) bool { return m.rule == c.rule && m.platform == platform }) {
				t.Errorf("%s is broken nowhere on %s", c.rule, platform)
			}
		}
	}
	for _, m := range mutations {
		t.Run(m.rule+" "+m.platform.String()+" "+m.new, func(t *testing.T) {
			t.Parallel()
			m.test(t)
		})
	}
}

func (m mutation) test(t *testing.T) {
	p := subjectNamed(t, m.subject).on(t, m.platform)
	all := configs(t, p)
	if !replaceFirst(all, m.old, m.new) {
		t.Fatalf("no text of %s has %q", m.subject, m.old)
	}
	i := slices.IndexFunc(constructions, func(c construction) bool { return c.rule == m.rule })
	if i < 0 {
		t.Fatalf("no check of %s", m.rule)
	}
	if len(constructions[i].check(readSite(t, p, all))) == 0 {
		t.Errorf("%s does not see %q in place of %q", m.rule, m.new, m.old)
	}
}

// replaceFirst changes the first text or companion that holds old.
func replaceFirst(all []artifact.Config, old, new string) bool {
	for i := range all {
		if strings.Contains(all[i].Text, old) {
			all[i].Text = strings.Replace(all[i].Text, old, new, 1)
			return true
		}
		for j := range all[i].Companions {
			if text := string(all[i].Companions[j].Text); strings.Contains(text, old) {
				all[i].Companions[j].Text = strings.Replace(text, old, new, 1)
				return true
			}
		}
	}
	return false
}

// The page lists the rules that are checked here, and no others.
func TestConstructionsAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/rules/by-construction.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := make(map[string]bool)
	for _, m := range regexp.MustCompile(`(?m)^\| (ER[0-9]{3}) \|.*TestByConstruction`).FindAllStringSubmatch(string(page), -1) {
		listed[m[1]] = true
	}
	var want []string
	for _, c := range constructions {
		want = append(want, c.rule)
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(listed))); diff != "" {
		t.Errorf("rules of the page (-checked +listed):\n%s", diff)
	}
}
