package push

import (
	"strings"
	"testing"
)

func TestPrompts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    dialect
		name string // as learned
		line string
		want string
	}{
		{iosxeDialect(), "", "Router>", "Router>"},
		{iosxeDialect(), "ce1", "ce1#", "ce1#"},
		{iosxeDialect(), "ce1", "ce1# ", "ce1#"},
		{iosxeDialect(), "ce1", "ce1(config-router-af)#", "ce1(config-router-af)#"},
		{iosxeDialect(), "ce1", "ce1(config-subif)#", "ce1(config-subif)#"},
		{iosxeDialect(), "ce-1_a.b", "ce-1_a.b(ca-trustpoint)#", "ce-1_a.b(ca-trustpoint)#"},
		{iosxeDialect(), "a-name-of-more-than-20", "a-name-of-more-than-(config)#", "a-name-of-more-than-(config)#"},
		{iosxeDialect(), "a-name-of-more-than-20", "a-name-of-more-than-#", ""},
		{iosxeDialect(), "ce1", "ce(config)#", ""},
		{iosxeDialect(), "ce1", "ce2#", ""},
		{iosxeDialect(), "ce1", "ce1#show", ""},
		{iosxeDialect(), "ce1", " ce1#", ""},
		{iosxeDialect(), "", "description a b#", ""},
		{iosxeDialect(), "", "", ""},
		{iosxeDialect(), "", strings.Repeat("x", 300) + "#", ""},
		{junosDialect(), "", "netops@ce1> ", "netops@ce1>"},
		{junosDialect(), "net.ops@ce1-re0", "net.ops@ce1-re0# ", "net.ops@ce1-re0#"},
		{junosDialect(), "netops@ce1", "root@ce1> ", ""},
		{junosDialect(), "", "root@ce1:~ # ", ""},
		{junosDialect(), "", "ce1>", ""},
		{frrDialect(), "", "ce1# ", "ce1#"},
		{frrDialect(), "ce1", "ce1(config-router)# ", "ce1(config-router)#"},
		{frrDialect(), "ce1", "ce1(config)# ", "ce1(config)#"},
		{frrDialect(), "", "netops@msee1:~$ ", ""},
		{frrDialect(), "", "root@ce1:~# ", ""},
		{frrDialect(), "", "ce1> ", ""},
	} {
		got, ok := c.d.at([]byte(c.line), c.name)
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s, name %q: %q is %q, %t", c.d.platform, c.name, c.line, got, ok)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d      dialect
		answer string
		no     bool
	}{
		{iosxeDialect(), "", false},
		{iosxeDialect(), "Enter configuration commands, one per line.  End with CNTL/Z.\n", false},
		{iosxeDialect(), "% Interface GigabitEthernet0/0/1.100 IPv4 disabled and address(es) removed due to enabling VRF ER\n", false},
		{iosxeDialect(), "% Interface GigabitEthernet0/0/1.100 IPv4 disabled and address(es) removed due to enabling VRF ER\n% Invalid input detected\n", true},
		{iosxeDialect(), "% Not all config may be removed and may reappear after reactivating the sub-interface\n", false},
		{iosxeDialect(), "%Not all config may be removed and may reappear after reactivating the logical-interface/sub-interfaces\n", false},
		{iosxeDialect(), "% ipv6 addresses from all interfaces in VRF ER have been removed\n% ipv4 addresses from all interfaces in VRF ER have been removed\n", false},
		{iosxeDialect(), "% \"rd\" for VRF ER scheduled for deletion\n", false},
		{iosxeDialect(), "% Warning: A hold time of less than 20 seconds increases the chances of peer flapping\n", false},
		{iosxeDialect(), "%Warning: IP MTU value set 1400 is greater than the current transport value 1376, fragmentation may occur\n", false},
		{iosxeDialect(), "% Warning: something new\n", true},
		{iosxeDialect(), "% Deletion of VRF ER in progress; wait for it to complete\n", true},
		{iosxeDialect(), "        ^\n% Invalid input detected at '^' marker.\n", true},
		{iosxeDialect(), "% Incomplete command.\n", true},
		{iosxeDialect(), "% Ambiguous command:  \"nei\"\n", true},
		{iosxeDialect(), "% Unknown command or computer name\n", true},
		{iosxeDialect(), "% Bad secret\n", true},
		{iosxeDialect(), "%Error opening flash:x\n", true},
		{iosxeDialect(), "ERROR: % something\n", true},
		{iosxeDialect(), "Bad mask /33 for address 10.0.0.0\n", true},
		{iosxeDialect(), "% 10.0.0.0 overlaps with GigabitEthernet1\n", true},
		{iosxeDialect(), "Command authorization failed.\n", true},
		{iosxeDialect(), "Command rejected: not possible\n", true},
		{iosxeDialect(), "% General session commands not allowed under the address family\n", true},
		{iosxeDialect(), "% BGP: Error initializing topology\n", true},
		{iosxeDialect(), "%Specify remote-as or peer-group commands first\n", true},
		{iosxeDialect(), "VRF ER not found\n", true},
		{iosxeDialect(), "command returned error code 3\n", true},
		{junosDialect(), "", false},
		{junosDialect(), "warning: statement not found\n", false},
		{junosDialect(), "load complete\n", false},
		{junosDialect(), "load complete (2 errors)\n", true},
		{junosDialect(), "load complete (0 errors)\n", false},
		{junosDialect(), "error: configuration database locked by:\n  netops terminal p0\n", true},
		{junosDialect(), "                     ^\nsyntax error, expecting <statement>.\n", true},
		{junosDialect(), "unknown command.\n", true},
		{junosDialect(), "missing argument.\n", true},
		{junosDialect(), "invalid value '9' in ip address: '10.0.0.999'\n", true},
		{junosDialect(), "'se' is ambiguous.\nPossible completions:\n", true},
		{frrDialect(), "", false},
		{frrDialect(), "\n", false},
		{frrDialect(), "% Unknown command: bogus\n", true},
		{frrDialect(), "BGP is already running; AS is 65001\n", true},
	} {
		if got := c.d.refused(c.answer); (got != "") != c.no {
			t.Errorf("%s: %q refuses: %q", c.d.platform, c.answer, got)
		}
	}
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"Destination filename [ercfg.cfg]?":                    true,
		"Do you want to over write? [confirm]":                 true,
		"Proceed? [yes,no] (no)":                               true,
		"Exit with uncommitted changes? [yes,no] (yes)":        true,
		"Continue [yes/no]:":                                   true,
		"Overwrite the previous NVRAM configuration?[confirm]": true,
		"Password:":                 true,
		"New password:":             true,
		"login:":                    true,
		"--More--":                  true,
		"---(more)---":              true,
		"---(more 12%)---":          true,
		"Really?":                   true,
		"[OK]":                      false,
		"Building configuration...": false,
		"!!!!":                      false,
		" description what is this": false,
		"[edit protocols bgp]":      false,
	} {
		if got := question.MatchString(line); got != want {
			t.Errorf("%q: %t", line, got)
		}
	}
}
