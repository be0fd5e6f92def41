//go:build linux

package lab

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// Large communities (RFC 8092) by which an MSEE remembers which peering it heard
// a route on: what comes from private peering goes to VNets, what comes from
// Microsoft peering to Microsoft's network. Azure's own way to keep them apart
// is not documented.
const (
	fromPrivate = "12076:0:1"
	fromPublic  = "12076:0:2"
)

// frrText is the frr.conf of a speaker.
func (s *speaker) frrText(secrets func(secret.Ref) (secret.Value, error)) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "hostname %s\nservice integrated-vtysh-config\n!\n", s.name)
	for _, o := range s.origins {
		// What nobody in Azure has ends here and does not go back.
		b.WriteString(staticRoute(o.prefix, "blackhole 250"))
	}
	for _, r := range s.routes {
		b.WriteString(staticRoute(r.prefix, r.to))
	}
	for _, p := range append([]port{{"lo", hostPrefixes(s.own)}}, s.ports...) {
		fmt.Fprintf(&b, "interface %s\n", p.name)
		for _, a := range p.addrs {
			fmt.Fprintf(&b, " %s address %s\n", ipWord(a.Addr()), a)
		}
		b.WriteString("exit\n!\n")
	}
	fmt.Fprintf(&b, "router bgp %s\n bgp router-id %s\n no bgp default ipv4-unicast\n bgp bestpath as-path multipath-relax\n", s.asn, s.id)
	for i := range s.peers {
		text, err := s.peers[i].frrSession(secrets)
		if err != nil {
			return "", fmt.Errorf("%s: %w", s.name, err)
		}
		b.WriteString(text)
	}
	for _, family := range []plan.Family{plan.IPv4, plan.IPv6} {
		b.WriteString(s.frrFamily(family))
	}
	b.WriteString("exit\n!\n" + s.frrLists() + s.frrPolicies())
	b.WriteString("bfd\n profile AZURE\n  detect-multiplier 3\n  transmit-interval 300\n  receive-interval 300\n exit\nexit\n")
	return b.String(), nil
}

// frrSession is what a neighbor needs before the address families. The connect
// timer is short, so that a session that comes back is not measured as one that
// is waited for.
func (p *peer) frrSession(secrets func(secret.Ref) (secret.Value, error)) (string, error) {
	var b strings.Builder
	line := func(format string, args ...any) {
		fmt.Fprintf(&b, " neighbor %s "+format+"\n", append([]any{p.addr}, args...)...)
	}
	line("remote-as %s", p.asn)
	if p.bfd {
		line("bfd")
		line("bfd profile AZURE")
	}
	if !p.md5.IsZero() {
		key, err := secrets(p.md5)
		if err != nil {
			return "", err
		}
		line("password %s", key.Reveal())
	}
	switch {
	case p.multihop:
		line("ebgp-multihop 255")
		line("update-source %s", p.local)
	case p.passive:
		line("passive")
	}
	if p.hold == 0 {
		line("timers 3 9")
		line("timers connect 1")
	} else {
		line("timers %d %d", p.keepalive/time.Second, p.hold/time.Second)
		line("timers connect 2")
	}
	return b.String(), nil
}

// frrFamily is an address family of a speaker, empty if it has no neighbor in it.
// Azure spreads over four circuits at most, of two links each.
func (s *speaker) frrFamily(family plan.Family) string {
	var b strings.Builder
	for i := range s.peers {
		p := &s.peers[i]
		if plan.FamilyOf(p.addr) != family {
			continue
		}
		fmt.Fprintf(&b, "  neighbor %[1]s activate\n  neighbor %[1]s route-map %[2]s in\n  neighbor %[1]s route-map %[3]s out\n", p.addr, s.policyIn(p), s.policyOut(p))
		if s.kind == VPN && p.role == gateway {
			fmt.Fprintf(&b, "  neighbor %s next-hop-self\n", p.addr)
		}
		if s.kind == MSEE && p.role == services {
			// expressroute-routing.md: private numbers are removed from the path.
			fmt.Fprintf(&b, "  neighbor %s remove-private-AS all\n", p.addr)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	networks := ""
	for _, o := range s.origins {
		if plan.FamilyOf(o.prefix.Addr()) == family {
			networks += fmt.Sprintf("  network %s route-map %s\n", o.prefix, communitiesName(o.communities))
		}
	}
	return fmt.Sprintf(" address-family %s unicast\n%s%s  maximum-paths 8\n  maximum-paths ibgp 8\n exit-address-family\n", family, networks, b.String())
}

// Names of policies. Those of an MSEE towards others are four, and a drain
// changes them.
var drained = []string{"TO-CUSTOMER", "TO-PUBLIC-CUSTOMER", "TO-GATEWAY", "TO-SERVICES"}

// policyIn is the name of what is believed of a neighbor.
func (s *speaker) policyIn(p *peer) string {
	switch {
	case s.kind == MSEE && p.role == customer:
		return "FROM-CUSTOMER"
	case s.kind == MSEE && p.role == publicCustomer:
		return "FROM-PUBLIC-CUSTOMER"
	case s.kind == Gateway:
		return fmt.Sprintf("PREFERENCE-%d", p.preference())
	}
	return "ALL"
}

// preference is the local-preference of a VNet's routes from a neighbor.
func (p *peer) preference() int {
	if p.role == vpnGateway {
		return vpnPreference
	}
	return erPreference + p.weight
}

// policyOut is the name of what a neighbor is told.
func (s *speaker) policyOut(p *peer) string {
	switch s.kind {
	case MSEE:
		return map[role]string{customer: drained[0], publicCustomer: drained[1], gateway: drained[2], services: drained[3]}[p.role]
	case Gateway, Services:
		return "OWN"
	}
	if p.role == customer {
		return "VNETS"
	}
	return "ALL"
}

// frrLists are the lists that the policies use.
func (s *speaker) frrLists() string {
	var b strings.Builder
	if s.kind == MSEE {
		fmt.Fprintf(&b, "bgp as-path access-list VNETS seq 5 permit ^%s$\nbgp as-path access-list SERVICES seq 5 permit ^%s$\n", gatewayASN, servicesASN)
		fmt.Fprintf(&b, "bgp large-community-list standard PRIVATE seq 5 permit %s\nbgp large-community-list standard PUBLIC seq 5 permit %s\n", fromPrivate, fromPublic)
	}
	// A VNet is what a gateway has made itself; another AS has no say in that.
	fmt.Fprintf(&b, "bgp as-path access-list OWN seq 5 permit ^$\nbgp as-path access-list OWN seq 10 permit ^%s$\n!\n", gatewayASN)
	return b.String()
}

// frrPolicies are the route-maps of a speaker. A route-map that ends denies.
func (s *speaker) frrPolicies() string {
	var b strings.Builder
	policy := func(name string, lines ...string) {
		fmt.Fprintf(&b, "route-map %s permit 10\n", name)
		for _, line := range lines {
			b.WriteString(" " + line + "\n")
		}
		b.WriteString("exit\n!\n")
	}
	policy("ALL")
	policy("OWN", "match as-path OWN")
	policy("VNETS", "match as-path OWN", "set as-path exclude "+gatewayASN.String())
	if s.kind == MSEE {
		policy("FROM-CUSTOMER", "set large-community "+fromPrivate+" additive")
		policy("FROM-PUBLIC-CUSTOMER", "set large-community "+fromPublic+" additive")
		policy(drained[0], "match as-path VNETS", "set as-path exclude "+gatewayASN.String())
		policy(drained[1], "match as-path SERVICES", "set as-path exclude "+servicesASN.String())
		policy(drained[2], "match large-community PRIVATE")
		policy(drained[3], "match large-community PUBLIC")
	}
	var done []string
	for _, o := range s.origins {
		name := communitiesName(o.communities)
		if slices.Contains(done, name) {
			continue
		}
		done = append(done, name)
		if len(o.communities) == 0 {
			policy(name)
		} else {
			policy(name, "set community "+communitiesText(o.communities))
		}
	}
	if s.kind == Gateway {
		for i := range s.peers {
			if name := s.policyIn(&s.peers[i]); !slices.Contains(done, name) {
				done = append(done, name)
				policy(name, fmt.Sprintf("set local-preference %d", s.peers[i].preference()))
			}
		}
	}
	return b.String()
}

// communitiesName names the policy that puts communities on a route.
func communitiesName(all []bgp.Community) string {
	return "COMMUNITIES-" + strings.NewReplacer(" ", "-", ":", "-").Replace(communitiesText(all))
}

func communitiesText(all []bgp.Community) string {
	words := make([]string, len(all))
	for i, c := range all {
		words[i] = c.String()
	}
	return strings.Join(words, " ")
}

func hostPrefixes(addrs []netip.Addr) []netip.Prefix {
	out := make([]netip.Prefix, len(addrs))
	for i, a := range addrs {
		out[i] = hostPrefix(a)
	}
	return out
}

func ipWord(a netip.Addr) string {
	if a.Is4() {
		return "ip"
	}
	return "ipv6"
}
