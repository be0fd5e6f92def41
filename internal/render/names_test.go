package render_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
)

// A nameRule finds where a platform's text defines the objects of a kind, and
// where it uses them. The name is the last group.
type nameRule struct {
	kind          string
	defines, uses *regexp.Regexp
}

// nameRules cover every kind of object that one line of a text names and
// another defines. IOS-XE and FRR keep IPv4 and IPv6 prefix lists in name spaces
// of their own. An IKEv2 policy has no rule: IOS-XE finds it by an address. FRR
// writes a VRF down only where it has a static route, and defines it by its BGP
// instance.
func nameRules(p plan.Platform) []nameRule {
	var out []nameRule
	add := func(kind, defines, uses string) {
		out = append(out, nameRule{kind, regexp.MustCompile("(?m)^" + defines), regexp.MustCompile("(?m)^" + uses)})
	}
	if p == plan.Junos {
		add("prefix list", `set policy-options prefix-list (\S+)`, `set policy-options .* from (?:prefix-list|prefix-list-filter) (\S+)`)
		add("policy", `set policy-options policy-statement (\S+)`, `set (?:routing|protocols).* (?:import|export|vrf-import|vrf-export) (\S+)$`)
		add("community", `set policy-options community (\S+)`, `set policy-options policy-statement .* community (?:add )?(\S+)$`)
		add("routing instance", `set routing-instances (\S+) instance-type`, `set routing-instances (\S+) interface`)
		add("IKE proposal", `set security ike proposal (\S+)`, `set security ike policy \S+ proposals (\S+)`)
		add("IKE policy", `set security ike policy (\S+)`, `set security ike gateway \S+ ike-policy (\S+)`)
		add("IKE gateway", `set security ike gateway (\S+)`, `set security ipsec vpn \S+ ike gateway (\S+)`)
		add("IPsec proposal", `set security ipsec proposal (\S+)`, `set security ipsec policy \S+ proposals (\S+)`)
		add("IPsec policy", `set security ipsec policy (\S+)`, `set security ipsec vpn \S+ ike ipsec-policy (\S+)`)
		add("connectivity association", `set security macsec connectivity-association (\S+)`, `set security macsec interfaces \S+ connectivity-association (\S+)`)
		add("filter", `set firewall family inet6? filter (\S+)`, `set interfaces .* family inet6? filter output (\S+)`)
		add("flow template", `set services flow-monitoring \S+ template (\S+)`, `set forwarding-options sampling .* template (\S+)$`)
		return out
	}
	for _, ip := range []string{"ip", "ipv6"} {
		add(ip+" prefix list", ip+` prefix-list (\S+)`, ` match `+ip+` address prefix-list (\S+)`)
	}
	add("route map", `route-map (\S+)`, ` .*(?:neighbor \S+|bgp nexthop|redistribute .*) route-map (\S+)`)
	add("community list", `(?:ip|bgp) community-list standard (\S+)`, ` match community (\S+)`)
	if p == plan.FRR {
		add("BFD profile", ` profile (\S+)`, ` neighbor \S+ bfd profile (\S+)`)
		return out
	}
	add("VRF", `vrf definition (\S+)`, ` (?:vrf forwarding|address-family ipv[46] vrf|tunnel vrf) (\S+)`)
	add("IKEv2 proposal", `crypto ikev2 proposal (\S+)`, ` proposal (\S+)`)
	add("IKEv2 keyring", `crypto ikev2 keyring (\S+)`, ` keyring local (\S+)`)
	add("IKEv2 profile", `crypto ikev2 profile (\S+)`, ` set ikev2-profile (\S+)`)
	add("IKEv1 keyring", `crypto keyring (\S+)`, ` keyring (\S+)$`)
	add("IKEv1 profile", `crypto isakmp profile (\S+)`, ` set isakmp-profile (\S+)`)
	add("transform set", `crypto ipsec transform-set (\S+)`, ` set transform-set (\S+)`)
	add("IPsec profile", `crypto ipsec profile (\S+)`, ` tunnel protection ipsec profile (\S+)`)
	add("class map", `class-map match-any (\S+)`, ` class ([A-Z]\S+)`)
	add("policy map", `policy-map (\S+)`, ` service-policy output (\S+)`)
	add("key chain", `key chain (\S+) macsec`, ` mka pre-shared-key key-chain (\S+)`)
	add("MKA policy", `mka policy (\S+)`, ` mka policy (\S+)`)
	add("flow record", `flow record (\S+)`, ` record (\S+)`)
	add("flow exporter", `flow exporter (\S+)`, ` exporter (\S+)`)
	add("flow monitor", `flow monitor (\S+)`, ` ip(?:v6)? flow monitor (\S+)`)
	add("sampler", `sampler (\S+)`, ` .* sampler (\S+) (?:input|output)$`)
	return out
}

// objects lists what an expression finds of a kind, sorted, each once.
func objects(kind string, of *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range of.FindAllStringSubmatch(text, -1) {
		if o := kind + " " + m[len(m)-1]; !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	slices.Sort(out)
	return out
}

// named lists what a text defines and what it uses.
func named(p plan.Platform, text string) (defined, used []string) {
	for _, r := range nameRules(p) {
		defined, used = append(defined, objects(r.kind, r.defines, text)...), append(used, objects(r.kind, r.uses, text)...)
	}
	return defined, used
}

// Every name that a configuration uses is defined there, and the other way
// round, on every vendor: an undefined list permits everything, an unused one
// misleads.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, platform := range vendors() {
		for _, s := range subjectsOn(t, platform) {
			for _, c := range configs(t, s.on(t, platform)) {
				defined, used := named(platform, c.Text)
				if len(defined) < 3 {
					t.Errorf("%s %s: only %q is defined", s.name, c.Name, defined)
				}
				if diff := cmp.Diff(defined, used); diff != "" {
					t.Errorf("%s %s: names (-defined +used):\n%s", s.name, c.Name, diff)
				}
			}
		}
	}
}

// The rules see an undefined and an unused name.
func TestNamesCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		platform      plan.Platform
		text          string
		defined, used []string
	}{
		{plan.FRR, "router bgp 1\n neighbor 192.0.2.1 bfd profile GONE\n  neighbor 192.0.2.1 route-map GONE in\nroute-map B deny 65535\n match community GONE\n",
			[]string{"route map B"}, []string{"route map GONE", "community list GONE", "BFD profile GONE"}},
		{plan.FRR, "ip prefix-list A seq 10 permit 10.0.0.0/8\nipv6 prefix-list A seq 10 permit ::/0\n", []string{"ip prefix list A", "ipv6 prefix list A"}, nil},
		{plan.IOSXE, "vrf definition A\ninterface Tunnel1\n vrf forwarding B\n tunnel protection ipsec profile C\nsampler D\n", []string{"VRF A", "sampler D"}, []string{"VRF B", "IPsec profile C"}},
		{plan.IOSXE, "interface E\n ip flow monitor F sampler G output\n service-policy output H\n mka policy I\n",
			nil, []string{"policy map H", "MKA policy I", "flow monitor F", "sampler G"}},
		{plan.Junos, "set routing-options forwarding-table export GONE\nset policy-options policy-statement P term 10 from prefix-list-filter GONE orlonger\n",
			[]string{"policy P"}, []string{"prefix list GONE", "policy GONE"}},
		{plan.Junos, "set routing-instances R vrf-import GONE\nset security ike gateway G ike-policy GONE\nset policy-options community C members 1:1\n",
			[]string{"community C", "IKE gateway G"}, []string{"policy GONE", "IKE policy GONE"}},
	} {
		defined, used := named(c.platform, c.text)
		if diff := cmp.Diff([][]string{c.defined, c.used}, [][]string{defined, used}); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", c.platform, c.text, diff)
		}
	}
}
