package confdiff

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// frrLinesBase is what stands on the router before each case: all that the lines
// of the cases refer to.
const frrLinesBase = `no zebra nexthop kernel enable
interface eth1
 ip address 10.0.0.1/30
exit
router bgp 65010
 bgp log-neighbor-changes
 no bgp default ipv4-unicast
 neighbor 10.0.0.2 remote-as 12076
 address-family ipv4 unicast
  network 10.7.0.0/16
  neighbor 10.0.0.2 activate
 exit-address-family
exit
router bgp 65010 vrf BLUE
 no bgp default ipv4-unicast
 neighbor 10.0.1.2 remote-as 12076
exit
ip prefix-list A seq 5 permit 10.0.0.0/8
ip prefix-list B seq 5 permit 10.0.0.0/8
ipv6 prefix-list A6 seq 5 permit 2001:db8::/32
ipv6 prefix-list B6 seq 5 permit 2001:db8::/32
bgp community-list standard C seq 5 permit 65010:1
bgp community-list standard D seq 5 permit 65010:2
route-map R permit 10
 match ip address prefix-list A
exit
route-map S permit 10
exit
bfd
 profile P
  transmit-interval 900
 exit
 profile Q
 exit
exit
`

// An frrLineCase is two lines of one context.
type frrLineCase struct {
	in   string // contexts, outermost first, with a / between
	a, b string
}

// frrLineCases is at least one pair for each rule, one for each shape of line that
// ercfg renders, and what people add to objects that are ours.
var frrLineCases = []frrLineCase{
	{"interface eth1", "description one", "description two words"},
	{"interface eth1", "ip address 10.0.0.5/30", "ip address 10.0.0.9/30"},
	{"interface eth1", "ipv6 address 2001:db8:1::1/126", "ipv6 address 2001:db8:2::1/126"},
	{"interface lo", "ip address 192.0.2.1/32", "ip address 192.0.2.2/32"},

	{"", "ip prefix-list P seq 10 permit 10.1.0.0/16", "ip prefix-list P seq 20 permit 10.2.0.0/16 le 24"},
	{"", "ipv6 prefix-list P6 seq 10 permit 2001:db8:1::/48", "ipv6 prefix-list P6 seq 20 permit 2001:db8:2::/48"},
	{"", "bgp community-list standard E seq 10 permit 65010:1", "bgp community-list standard E seq 20 permit 65010:2"},
	{"", "ip route 10.1.0.0/16 blackhole 250", "ip route 10.1.0.0/16 blackhole 200"},
	{"", "ip route 10.1.0.0/16 blackhole 250", "ip route 10.1.0.0/16 blackhole"},
	{"", "ip route 10.1.0.0/16 blackhole 250", "ip route 10.1.0.0/16 10.0.0.2"},
	{"", "ip route 10.1.0.0/16 10.0.0.3", "ip route 10.1.0.0/16 10.0.0.2"},
	{"", "ip route 10.1.0.0/16 10.0.0.2 5", "ip route 10.1.0.0/16 10.0.0.2"},
	{"", "ip route 10.1.0.0/16 10.0.0.2 eth1", "ip route 10.1.0.0/16 10.0.0.2"},
	{"", "ipv6 route 2001:db8::/48 blackhole 250", "ipv6 route 2001:db8::/48 blackhole"},
	{"", "ipv6 route 2001:db8::/48 2001:db8:1::2 5", "ipv6 route 2001:db8::/48 2001:db8:1::2 6"},
	{"", "ipv6 route 2001:db8::/48 2001:db8:1::2 eth1", "ipv6 route 2001:db8::/48 2001:db8:1::2"},
	{"vrf BLUE", "ip route 10.1.0.0/16 blackhole 250", "ip route 10.1.0.0/16 blackhole 200"},

	{"", "route-map R permit 20", "route-map R permit 30"},
	{"", "route-map S permit 20", "route-map S deny 20"},
	{"route-map S permit 10", "description one", "description two"},
	{"route-map S permit 10", "match ip address prefix-list A", "match ip address prefix-list B"},
	{"route-map S permit 10", "match ipv6 address prefix-list A6", "match ipv6 address prefix-list B6"},
	{"route-map S permit 10", "match community C", "match community D"},
	{"route-map S permit 10", "match community C", "match community C exact-match"},
	{"route-map S permit 10", "set local-preference 100", "set local-preference 200"},
	{"route-map S permit 10", "set as-path prepend 65010 65010", "set as-path prepend 65010"},
	{"route-map S permit 10", "set metric 5", "set metric 7"},
	{"route-map S permit 10", "set weight 5", "set weight 7"},
	{"route-map S permit 10", "set tag 5", "set tag 7"},
	{"route-map S permit 10", "set origin igp", "set origin incomplete"},
	{"route-map S permit 10", "set community 65010:1", "set community 65010:2 additive"},
	{"route-map S permit 10", "set ip next-hop 10.0.0.2", "set ip next-hop 10.0.0.3"},
	{"route-map S permit 10", "match as-path X", "match as-path Y"},
	{"route-map S permit 10", "match tag 5", "match tag 7"},
	{"route-map S permit 10", "match metric 5", "match metric 7"},
	{"route-map S permit 10", "on-match goto 50", "on-match goto 60"},
	{"route-map S permit 10", "on-match next", "set metric 7"},
	{"route-map S permit 10", "set ipv6 next-hop global 2001:db8::1", "set ipv6 next-hop global 2001:db8::2"},
	{"route-map S permit 10", "set ipv6 next-hop global 2001:db8::1", "set ipv6 next-hop prefer-global"},
	{"route-map S permit 10", "call R", "call S2"},

	{"router bgp 65010", "bgp router-id 192.0.2.1", "bgp router-id 192.0.2.2"},
	{"router bgp 65010", "neighbor 10.0.0.6 remote-as 12076", "neighbor 10.0.0.6 remote-as 65010"},
	{"router bgp 65010", "neighbor 10.0.0.2 description one", "neighbor 10.0.0.2 description two words"},
	{"router bgp 65010", "neighbor 10.0.0.2 password one", "neighbor 10.0.0.2 password two"},
	{"router bgp 65010", "neighbor 10.0.0.2 timers 10 30", "neighbor 10.0.0.2 timers 20 60"},
	{"router bgp 65010", "neighbor 10.0.0.2 timers connect 5", "neighbor 10.0.0.2 timers connect 10"},
	{"router bgp 65010", "neighbor 10.0.0.2 timers 10 30", "neighbor 10.0.0.2 timers connect 10"},
	{"router bgp 65010", "neighbor 10.0.0.2 timers 10 30", "neighbor 10.0.0.2 timers delayopen 10"},
	{"router bgp 65010", "neighbor 10.0.0.2 timers delayopen 5", "neighbor 10.0.0.2 timers delayopen 10"},
	{"router bgp 65010", "neighbor 10.0.0.2 bfd", "neighbor 10.0.0.2 bfd profile P"},
	{"router bgp 65010", "neighbor 10.0.0.2 bfd", "neighbor 10.0.0.2 bfd check-control-plane-failure"},
	{"router bgp 65010", "neighbor 10.0.0.2 update-source eth1", "neighbor 10.0.0.2 update-source 10.0.0.1"},
	{"router bgp 65010", "neighbor 10.0.0.2 ebgp-multihop 2", "neighbor 10.0.0.2 ebgp-multihop 3"},
	{"router bgp 65010", "neighbor 10.0.0.2 ttl-security hops 1", "neighbor 10.0.0.2 ttl-security hops 2"},
	{"router bgp 65010", "neighbor 10.0.0.2 advertisement-interval 5", "neighbor 10.0.0.2 advertisement-interval 7"},
	{"router bgp 65010", "neighbor 10.0.0.2 local-as 65020", "neighbor 10.0.0.2 local-as 65021 no-prepend"},
	{"router bgp 65010", "neighbor 10.0.0.2 shutdown", "neighbor 10.0.0.2 passive"},
	{"router bgp 65010", "neighbor 10.0.0.2 disable-connected-check", "neighbor 10.0.0.2 capability extended-nexthop"},
	{"router bgp 65010 vrf BLUE", "bgp router-id 192.0.2.1", "bgp router-id 192.0.2.2"},
	{"router bgp 65010 vrf BLUE", "neighbor 10.0.1.2 description one", "neighbor 10.0.1.2 description two"},
	{"router bgp 65010 vrf BLUE", "neighbor 10.0.1.2 timers 10 30", "bgp log-neighbor-changes"},
	{"router bgp 65010 vrf BLUE/address-family ipv4 unicast", "network 10.1.0.0/16", "maximum-paths 4"},

	{"router bgp 65010/address-family ipv4 unicast", "network 10.1.0.0/16", "network 10.1.0.0/16 route-map R"},
	{"router bgp 65010/address-family ipv4 unicast", "network 10.1.0.0/16 route-map R", "network 10.1.0.0/16"},
	{"router bgp 65010/address-family ipv4 unicast", "network 10.1.0.0/16", "network 10.2.0.0/16"},
	{"router bgp 65010/address-family ipv4 unicast", "maximum-paths 4", "maximum-paths 8"},
	{"router bgp 65010/address-family ipv4 unicast", "maximum-paths ibgp 4", "maximum-paths ibgp 8"},
	{"router bgp 65010/address-family ipv4 unicast", "maximum-paths 4", "maximum-paths ibgp 8"},
	{"router bgp 65010/address-family ipv4 unicast", "redistribute static", "redistribute connected"},
	{"router bgp 65010/address-family ipv4 unicast", "redistribute static", "redistribute static route-map R"},
	{"router bgp 65010/address-family ipv4 unicast", "redistribute static route-map R", "redistribute static"},
	{"router bgp 65010/address-family ipv4 unicast", "redistribute ospf metric 5", "redistribute ospf route-map R"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 route-map R in", "neighbor 10.0.0.2 route-map S in"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 route-map R out", "neighbor 10.0.0.2 route-map S out"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 route-map R in", "neighbor 10.0.0.2 route-map R out"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 maximum-prefix 1000 80 warning-only", "neighbor 10.0.0.2 maximum-prefix 500"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 next-hop-self", "neighbor 10.0.0.2 soft-reconfiguration inbound"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 next-hop-self force", "neighbor 10.0.0.2 next-hop-self"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 weight 5", "neighbor 10.0.0.2 weight 7"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 allowas-in 2", "neighbor 10.0.0.2 allowas-in 4"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 prefix-list A in", "neighbor 10.0.0.2 prefix-list B in"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 prefix-list A out", "neighbor 10.0.0.2 prefix-list B out"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 filter-list A in", "neighbor 10.0.0.2 filter-list B in"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 filter-list A out", "neighbor 10.0.0.2 filter-list B out"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 default-originate", "neighbor 10.0.0.2 default-originate route-map R"},
	{"router bgp 65010/address-family ipv4 unicast", "neighbor 10.0.0.2 as-override", "neighbor 10.0.0.2 attribute-unchanged next-hop"},
	{"router bgp 65010/address-family ipv6 unicast", "network 2001:db8:7::/48", "network 2001:db8:8::/48"},
	{"router bgp 65010/address-family ipv6 unicast", "neighbor 10.0.0.2 activate", "maximum-paths 4"},

	{"bfd", "profile E", "profile F"},
	{"bfd/profile Q", "detect-multiplier 5", "detect-multiplier 7"},
	{"bfd/profile Q", "receive-interval 400", "receive-interval 500"},
	{"bfd/profile Q", "transmit-interval 400", "transmit-interval 500"},
	{"bfd/profile Q", "passive-mode", "minimum-ttl 200"},
	{"bfd/profile Q", "minimum-ttl 100", "minimum-ttl 200"},
	{"bfd/profile Q", "passive-mode", "shutdown"},
}

// frrScript writes lines as commands in a context.
func frrScript(in string, lines ...string) []string {
	var contexts []string
	if in != "" {
		contexts = strings.Split(in, "/")
	}
	var out []string
	for i, c := range contexts {
		out = append(out, strings.Repeat(" ", i)+c)
	}
	for _, l := range lines {
		out = append(out, strings.Repeat(" ", len(contexts))+l)
		if opensContext(len(contexts), l) {
			out = append(out, strings.Repeat(" ", len(contexts))+"exit")
		}
	}
	for i := range contexts {
		out = append(out, strings.Repeat(" ", len(contexts)-1-i)+"exit")
	}
	return out
}

// frrNotYet is the word of staticd about a route in a VRF that has no device.
var frrNotYet = regexp.MustCompile(`Static Route to \S+ not installed currently because dependent config not fully available\n?`)

// frrType types commands in configuration mode, then asks for the running
// configuration, for each of the scripts. It stops at the first that the daemons
// have a word about.
func frrType(t *testing.T, r *frrtest.Router, scripts ...[]string) (running []string, said string) {
	t.Helper()
	argv := []string{"vtysh"}
	for _, script := range scripts {
		argv = append(argv, "-c", "configure terminal")
		for _, line := range script {
			argv = append(argv, "-c", strings.TrimSpace(line))
		}
		argv = append(argv, "-c", "end", "-c", "show running-config")
	}
	out, err := r.Exec(t.Context(), argv...)
	for rest := out; ; {
		before, text, found := strings.Cut(rest, "Building configuration...\n")
		said += before
		if !found {
			break
		}
		config, after, ended := strings.Cut(text, "\nend\n")
		if !ended {
			t.Fatalf("the running configuration has no end:\n%s", out)
		}
		running, rest = append(running, "Building configuration...\n"+config+"\nend\n"), after
	}
	if err != nil && said == "" {
		said = err.Error()
	}
	// Of a VRF without a device; the route is in the configuration.
	said = frrNotYet.ReplaceAllString(said, "")
	return running, strings.TrimSpace(said)
}

// What the table of rules says of a line, and by no rule that lines stand side by
// side, is what the daemons do: the second line is typed over the first, and then
// what takes each away.
func TestFRRLinesLive(t *testing.T) {
	t.Parallel()
	n := frrtest.New(t)
	r := n.Router("ce1")
	n.StandIn(r, "eth1")
	r.StartDaemons()
	t.Log(r.Load(frrLinesBase)) // that the VRF has no device
	running, shown, needed := r.RunningConfig(), make(map[string]bool), make(map[string]bool)
	for _, c := range frrLineCases {
		running = showLine(t, r, running, c)
		if rule, _, _ := lineRuleOf(FRR, c.b); rule.first && slotOf(FRR, c.a) == slotOf(FRR, c.b) {
			needed[rule.pattern] = needed[rule.pattern] || staysBehind(t, r, running, c)
		}
		for _, l := range []string{c.a, c.b} {
			if rule, _, ok := lineRuleOf(FRR, l); ok {
				shown[rule.pattern] = true
			}
		}
	}
	showList(t, r, running, "ip prefix-list P seq", "permit 10.1.0.0/16", "permit 10.2.0.0/16")
	showList(t, r, running, "ipv6 prefix-list P seq", "permit 2001:db8:1::/48", "permit 2001:db8:2::/48")
	showList(t, r, running, "bgp community-list standard P seq", "permit 65010:1", "permit 65010:2")
	over, _ := frrType(t, r, []string{"route-map R deny 10", "exit"})
	needed["route-map * _ *"] = strings.Contains(over[0], "route-map R deny 10\n match ip address prefix-list A\n")
	for _, rule := range frrLineRules {
		if !shown[rule.pattern] {
			t.Errorf("no case shows the rule %q", rule.pattern)
		}
		if rule.first && !needed[rule.pattern] {
			t.Errorf("%q takes the place of another, so it need not go first", rule.pattern)
		}
	}
}

// showLine types the lines of a case and takes them away. It returns the running
// configuration after that.
func showLine(t *testing.T, r *frrtest.Router, before string, c frrLineCase) (after string) {
	t.Helper()
	start := mustReadFRR(t, []byte(before))
	typed, back := []string{c.a, c.b}, []string{removal(FRR, c.b)}
	rule, _, _ := lineRuleOf(FRR, c.b)
	if slotOf(FRR, c.a) != slotOf(FRR, c.b) {
		back = append(back, removal(FRR, c.a))
	} else if rule.first {
		typed = []string{c.a, removal(FRR, c.a), c.b}
	}
	model, err := lineApply(start, frrScript(c.in, typed...))
	if err != nil {
		t.Errorf("%s: %q: %v", c.in, typed, err)
		return before
	}
	running, said := frrType(t, r, frrScript(c.in, typed...), frrScript(c.in, back...))
	if said != "" || len(running) < 2 {
		t.Errorf("%s: %q, then %q: the daemons say %q", c.in, typed, back, said)
		return r.RunningConfig()
	}
	if diff := cmp.Diff(frrLines(model), frrLines(mustReadFRR(t, []byte(running[0])))); diff != "" {
		t.Errorf("%s: %q (-table +daemons):\n%s", c.in, typed, diff)
	}
	if diff := cmp.Diff(frrtest.Normalize(before), frrtest.Normalize(running[1])); diff != "" {
		t.Errorf("%s: %q, then %q (-before +after):\n%s", c.in, typed, back, diff)
	}
	return running[1]
}

// staysBehind reports whether something of a line is left when the other is typed
// over it.
func staysBehind(t *testing.T, r *frrtest.Router, before string, c frrLineCase) bool {
	t.Helper()
	model, err := lineApply(mustReadFRR(t, []byte(before)), frrScript(c.in, c.a, removal(FRR, c.a), c.b))
	if err != nil {
		t.Fatal(err)
	}
	over := frrScript(c.in, c.a, c.b)
	back := frrScript(c.in, removal(FRR, c.b))
	running, said := frrType(t, r, over, back)
	if said != "" {
		t.Fatalf("%s: %q: the daemons say %q", c.in, over, said)
	}
	if frrtest.Normalize(running[1]) != frrtest.Normalize(before) { // one is left, which the other stood beside
		if _, said := frrType(t, r, frrScript(c.in, removal(FRR, c.a))); said != "" {
			t.Fatalf("%s: %q: the daemons say %q", c.in, c.a, said)
		}
	}
	return !cmp.Equal(frrLines(model), frrLines(mustReadFRR(t, []byte(running[0]))))
}

// showList shows what a numbered list does that no rule says: a number that is
// taken gets the other entry, and an entry that is there stays under its number.
func showList(t *testing.T, r *frrtest.Router, before, list, a, b string) {
	t.Helper()
	running, said := frrType(t, r, []string{list + " 10 " + a, list + " 10 " + b}, []string{list + " 20 " + b}, []string{"no " + list + " 10 " + b})
	if said != "" || len(running) != 3 {
		t.Fatalf("%s: the daemons say %q", list, said)
	}
	want := append(frrLines(mustReadFRR(t, []byte(before))), list+" 10 "+b+"\n")
	slices.Sort(want)
	for i, after := range []string{"another entry", "another number"} {
		if diff := cmp.Diff(want, frrLines(mustReadFRR(t, []byte(running[i])))); diff != "" {
			t.Errorf("%s, after %s (-want +daemons):\n%s", list, after, diff)
		}
	}
	if diff := cmp.Diff(frrtest.Normalize(before), frrtest.Normalize(running[2])); diff != "" {
		t.Errorf("%s (-before +after):\n%s", list, diff)
	}
}
