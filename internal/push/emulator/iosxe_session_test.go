package emulator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestModes walks through the modes: each has its prompt, and the log says in which
// one a line was typed.
func TestModes(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "edge-router-of-amsterdam"})
	p := login(t, r)
	for _, step := range []struct{ line, prompt string }{
		{"", "edge-router-of-amsterdam#"},
		{"terminal length 0", "edge-router-of-amsterdam#"},
		{"conf t", "edge-router-of-amste(config)#"},
		{"interface Te0/0/1.150", "edge-router-of-amste(config-subif)#"},
		{"encapsulation dot1Q 150", "edge-router-of-amste(config-subif)#"},
		{"interface Loopback0", "edge-router-of-amste(config-if)#"},
		{"router bgp 65010", "edge-router-of-amste(config-router)#"},
		{"address-family ipv4", "edge-router-of-amste(config-router-af)#"},
		{"exit-address-family", "edge-router-of-amste(config-router)#"},
		{"exit", "edge-router-of-amste(config)#"},
		{"route-map A-IN permit 10", "edge-router-of-amste(config-route-map)#"},
		{"do show privilege", "edge-router-of-amste(config-route-map)#"},
		{"! a comment", "edge-router-of-amste(config-route-map)#"},
		{"crypto ipsec profile P", "edge-router-of-amste(ipsec-profile)#"},
		{"end", "edge-router-of-amsterdam#"},
		{"configure terminal", "edge-router-of-amste(config)#"},
		{"exit", "edge-router-of-amsterdam#"},
	} {
		p.do(step.line)
		if p.last != step.prompt {
			t.Errorf("after %q the prompt is %q, not %q", step.line, p.last, step.prompt)
		}
	}
	want := []string{
		"exec: terminal length 0", "exec: conf t", "config: interface Te0/0/1.150", "config-subif: encapsulation dot1Q 150", "config-subif: interface Loopback0",
		"config-if: router bgp 65010", "config-router: address-family ipv4", "config-router-af: exit-address-family", "config-router: exit",
		"config: route-map A-IN permit 10", "config-route-map: do show privilege", "config-route-map: ! a comment", "config-route-map: crypto ipsec profile P",
		"ipsec-profile: end", "exec: configure terminal", "config: exit",
	}
	if diff := cmp.Diff(want, r.Log()); diff != "" {
		t.Errorf("the log: wanted (-), got (+):\n%s", diff)
	}
	if !strings.Contains(r.Running(), "interface TenGigabitEthernet0/0/1.150\n encapsulation dot1Q 150\n") {
		t.Errorf("a short name is not written in full:\n%s", r.Running())
	}
}

// TestKeys leaves configuration mode by control characters, and corrects a line.
func TestKeys(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r"})
	p := login(t, r)
	p.all("configure terminal")
	p.send("hostname s\x1a")
	if p.wait(); !strings.Contains(r.Running(), "hostname s\n") {
		t.Error("ctrl-z does not do the line first")
	}
	p.send("configure terminal\r")
	p.wait()
	p.send("hostname u\x03")
	if p.wait(); strings.Contains(r.Running(), "hostname u\n") {
		t.Error("ctrl-c does the line")
	}
	if answer := p.do("show privilegg\x7f\x7fge"); answer != "Current privilege level is 15\n" {
		t.Errorf("a corrected line is answered %q", answer)
	}
}

// TestErrors types lines that are wrong, in the mode that the lines before have
// opened.
func TestErrors(t *testing.T) {
	t.Parallel()
	p := login(t, start(t, Options{Platform: IOSXE, Name: "r"}))
	invalid := func(at int) string {
		return strings.Repeat(" ", at) + "^\n% Invalid input detected at '^' marker.\n\n"
	}
	const incomplete = "% Incomplete command.\n\n"
	for _, step := range []struct{ line, answer string }{
		{"shw", "% Bad IP address or host name\n% Unknown command or computer name, or unable to find computer address\n"},
		{"show fish", invalid(len("r#show "))},
		{"show", incomplete},
		{"show bgp all neighbors extra", invalid(len("r#show bgp all neighbors "))},
		{"c terminal", "% Ambiguous command:  \"c terminal\"\n"},
		{"configure terminal revert timer 121", invalid(len("r#configure terminal revert timer "))},
		{"show running-config | find x", invalid(len("r#show running-config | "))},
		{"configure terminal", "Enter configuration commands, one per line.  End with CNTL/Z.\n"},
		{"interfase Loopback0", invalid(len("r(config)#"))},
		{"router bgp 4294967296", invalid(len("r(config)#router bgp "))},
		{"ip prefix-list A seq 5 permit 10.0.0.0/8 le", incomplete},
		{"ip prefix-list A seq 5 permit 10.0.0.0/8", ""},
		{"ip prefix-list A seq 5 permit 10.0.0.0/8", ""},
		{"ip prefix-list A seq 5 permit 11.0.0.0/8", "%Insertion failed - seq # exists with different policy: seq 5\n"},
		{"router bgp 65010", ""},
		{"neighbor 192.0.2.1 timers 3 10", "% Specify remote-as or peer-group commands first\n"},
		{"neighbor 192.0.2.1 remote-as 12076", ""},
		{"neighbor 192.0.2.1 timers 7 20", ""},
		{"neighbor 192.0.2.1 timers 6 19", "% Warning: A hold time of less than 20 seconds increases the chances of peer flapping\n"},
		{"neighbor 192.0.2.1 timers 3 70000", invalid(len("r(config-router)#neighbor 192.0.2.1 timers 3 "))},
		{"no neighbor 192.0.2.1 timer 3 70000", invalid(len("r(config-router)#no neighbor 192.0.2.1 timer 3 "))},
		{"address-family ipv4", ""},
		{"neighbor 192.0.2.1 timers 3 10", "% General session commands not allowed under the address family\n"},
		{"neighbor 192.0.2.9 activate", "% Specify remote-as or peer-group commands first\n"},
		{"router bgp 65011", "BGP is already running; AS is 65010\n"},
		{"interface GigabitEthernet0/0/1", ""},
		{"ip address 192.0.2.2 255.255.255.252", ""},
		{"ip address 192.0.2.2 255.255.0.255", invalid(len("r(config-if)#ip address 192.0.2.2 "))},
		{"ip address 192.0.2.0 255.255.255.252", "Bad mask /30 for address 192.0.2.0\n"},
		{"interface GigabitEthernet0/0/2.7", ""},
		{"ip address 192.0.2.1 255.255.255.252", "\n% Configuring IP routing on a LAN subinterface is only allowed if that\nsubinterface is already configured as part of an IEEE 802.10, IEEE 802.1Q,\nor ISL vLAN.\n\n"},
		{"encapsulation dot1Q 7", ""},
		{"ip address 192.0.2.1 255.255.255.252", "% 192.0.2.0 overlaps with GigabitEthernet0/0/1\n"},
		{"vrf forwarding BLUE", ""},
		{"ip address 192.0.2.1 255.255.255.252", ""},
		{"vrf forwarding RED", "% Interface GigabitEthernet0/0/2.7 IPv4 disabled and address(es) removed due to enabling VRF RED\n"},
		{"no interface GigabitEthernet0/0/2.7", "% Not all config may be removed and may reappear after reactivating the sub-interface\n"},
		{"no interface GigabitEthernet0/0/2.7", ""},
		{"no interface GigabitEthernet0/0/1", "% Removal of physical interfaces is not permitted\n"},
	} {
		if answer := p.do(step.line); answer != step.answer {
			t.Errorf("%q in %s is answered\n%q, not\n%q", step.line, p.last, answer, step.answer)
		}
	}
}

// TestReplace types lines over others: of one key the last stays, of other keys all
// do, and what no takes away is gone.
func TestReplace(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r", Faults: Faults{NoArchive: true}})
	p := login(t, r)
	p.all("configure terminal",
		"ip prefix-list A seq 20 permit 10.2.0.0/16", "ip prefix-list A seq 5 permit 10.1.0.0/16", "ip prefix-list B seq 5 deny 0.0.0.0/0 le 32",
		"no ip prefix-list B", "ip prefix-list A seq 30 permit 10.3.0.0/16", "no ip prefix-list A seq 30", "no ip prefix-list A seq 20 permit 10.9.0.0/16",
		"interface Loopback0", "description one", "description two  words", "ip address 10.255.0.1 255.255.255.255", "ip address 10.255.0.2 255.255.255.255",
		"no ip redirects", "no ip proxy-arp", "ip proxy-arp", "shutdown", "no shutdown", "no mtu",
		"router bgp 65010", "neighbor 192.0.2.9 remote-as 65010", "neighbor 192.0.2.9 description doomed",
		"neighbor 192.0.2.1 remote-as 12076", "neighbor 192.0.2.1 timers 20 60", "neighbor 192.0.2.1 description x", "neighbor 192.0.2.1 timers 10 30", "no neighbor 192.0.2.1 description",
		"no bgp default ipv4-unicast",
		"address-family ipv4", "neighbor 192.0.2.9 activate", "neighbor 192.0.2.1 activate", "neighbor 192.0.2.1 send-community", "neighbor 192.0.2.1 send-community extended",
		"neighbor 192.0.2.1 route-map A in", "neighbor 192.0.2.1 route-map B out", "neighbor 192.0.2.1 route-map C in",
		"exit-address-family", "no neighbor 192.0.2.9 remote-as 65010",
		"route-map C permit 10", "set local-preference 100", "set local-preference 200", "route-map C deny 20", "route-map D permit 10", "no route-map D",
		"end")
	want := "version 17.9\n!\nhostname r\n!\ninterface Loopback0\n description two  words\n ip address 10.255.0.2 255.255.255.255\n no ip redirects\n!\n" +
		"router bgp 65010\n no bgp default ipv4-unicast\n neighbor 192.0.2.1 remote-as 12076\n neighbor 192.0.2.1 timers 10 30\n !\n address-family ipv4\n" +
		"  neighbor 192.0.2.1 activate\n  neighbor 192.0.2.1 send-community both\n  neighbor 192.0.2.1 route-map C in\n  neighbor 192.0.2.1 route-map B out\n exit-address-family\n!\n" +
		"ip prefix-list A seq 5 permit 10.1.0.0/16\nip prefix-list A seq 20 permit 10.2.0.0/16\n!\nroute-map C permit 10\n set local-preference 200\n!\nroute-map C deny 20\n!\nend\n"
	if diff := cmp.Diff(want, r.Running()); diff != "" {
		t.Errorf("wanted (-), got (+):\n%s", diff)
	}
}

// TestTwoUsers configures from two sessions at once: both lines are taken, and a
// context that one takes away comes back with the other's next line.
func TestTwoUsers(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r"})
	one, two := login(t, r), login(t, r)
	one.all("configure terminal", "interface Loopback7", "description one")
	two.all("configure terminal", "no interface Loopback7")
	if strings.Contains(r.Running(), "Loopback7") {
		t.Error("the interface is still there")
	}
	one.all("description again")
	if !strings.Contains(r.Running(), "interface Loopback7\n description again\n") {
		t.Errorf("the line of the other session is lost:\n%s", r.Running())
	}
}

// TestPipes filters what is shown.
func TestPipes(t *testing.T) {
	t.Parallel()
	p := login(t, start(t, Options{Platform: IOSXE, Name: "r", Running: "ip route 10.0.0.0 255.0.0.0 Null0 250\nroute-map A permit 10\n set local-preference 7\n", Faults: Faults{FilePrompt: "noisy"}}))
	for line, want := range map[string]string{
		"show running-config | include ^file prompt": "file prompt noisy\n",
		"show running-config | include ^nothing":     "",
		"show running-config | section ^route-map":   "route-map A permit 10\n set local-preference 7\n",
		"show run | begin ^route-map":                "route-map A permit 10\n set local-preference 7\n!\nend\n\n",
		"show privilege | exclude level":             "",
	} {
		if answer := p.do(line); answer != want {
			t.Errorf("%q is answered %q, not %q", line, answer, want)
		}
	}
}

// TestPrivilege gives a user without privilege neither configuration nor its mode.
func TestPrivilege(t *testing.T) {
	t.Parallel()
	p := login(t, start(t, Options{Platform: IOSXE, Name: "r", Faults: Faults{Privilege: 1}}))
	if p.last != "r>" || p.do("show privilege") != "Current privilege level is 1\n" {
		t.Errorf("the prompt is %q", p.last)
	}
	for _, line := range []string{"configure terminal", "show running-config"} {
		if answer := p.do(line); !strings.Contains(answer, "% Invalid input") {
			t.Errorf("%q is answered %q", line, answer)
		}
	}
}
