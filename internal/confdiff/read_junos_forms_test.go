package confdiff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Two spellings of one thing are one statement.
func TestReadJunosSpelling(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"braces", "system {\n    host-name r1;\n}\n", "system host-name r1"},
		{"one line", "system { host-name r1; services { ssh; } }", "system host-name r1\nsystem services ssh"},
		{"brace on a line of its own", "system\n{\n  host-name r1;\n}\n", "system host-name r1"},
		{"set", "set system host-name r1\n", "system host-name r1"},
		{"windows", "system {\r\n    host-name r1;\r\n}\r\n", "system host-name r1"},
		{"the same twice", "set system host-name r1\nset system host-name r1\n", "system host-name r1"},
		{"a block in two pieces", "system {\n host-name r1;\n}\nsystem {\n services;\n}\n", "system host-name r1\nsystem services"},
		{"a context is none when it holds something", "set system services\nset system services ssh\n", "system services ssh"},
		{"empty block", "system {\n    services {\n    }\n}\n", "system services"},
		{"list", "system {\n    x [ a \"b c\" ];\n}\n", "system x a\nsystem x \"b c\""},
		{"list over lines", "apply-groups [ a\n    b ];\n", "apply-groups a\napply-groups b"},
		{"list in set", "set system x [ a b ]\n", "system x a\nsystem x b"},
		{"quotes where none are needed", `set system host-name "r1"`, "system host-name r1"},
		{"quotes where they are", `set system host-name "r1;"`, `system host-name "r1;"`},
		{"quotes that hide a comment", `set system host-name "/*"`, `system host-name "/*"`},
		{"empty string", `set system host-name ""`, `system host-name ""`},
		{"brackets in quotes", "system {\n    x \"a { b; [ c ] # /* \\\" \";\n}\n", `system x "a { b; [ c ] # /* \" "`},
		{"braces mean nothing in set", "set system x a{b;}\n", "system x a{b;}"},
		{"comments", "# a\nsystem { # b\n    /* c;\n    d; */ host-name r1; ## e\n}\n", "system host-name r1"},
		{"tags", "system {\n    protect: replace: host-name r1;\n    delete: x;\n    delete: y {\n        z { a; }\n    }\n}\n", "system host-name r1"},
		{"inactive", "system {\n    inactive: x y;\n}\n", "inactive: system x y"},
		{"deactivate of a value", "set system x y\ndeactivate system x\n", "inactive: system x y"},
		{"deactivate of a statement", "set system x y\ndeactivate system x y\n", "inactive: system x y"},
		{"inactive and protected", "system {\n    protect: inactive: x y;\n}\n", "inactive: system x y"},
		{"inactive block", "system {\n    inactive: x {\n        y z;\n    }\n}\n", "inactive: system x\ninactive: system x y z"},
		{"deactivate first", "deactivate system x\nset system x y z\n", "inactive: system x\ninactive: system x y z"},
		{"deactivate on one line", "interfaces { a { unit 1 { inactive: vlan-tags outer 1 inner 2; } } }", "inactive: interfaces a unit 1 vlan-tags outer 1 inner 2"},
		{"and as commands", "set interfaces a unit 1 vlan-tags outer 1\nset interfaces a unit 1 vlan-tags inner 2\ndeactivate interfaces a.1 vlan-tags", "inactive: interfaces a unit 1 vlan-tags outer 1 inner 2"},
		{"activate", "set system x y\ndeactivate system x\nactivate system x\n", "system x y"},
		{"tags in either order", "set interfaces a unit 1 vlan-tags inner 2\nset interfaces a unit 1 vlan-tags outer 0x8100.1\n", "interfaces a unit 1 vlan-tags outer 1 inner 2"},
		{"another tag protocol", "set interfaces a unit 1 vlan-tags outer 0x88a8.1\n", "interfaces a unit 1 vlan-tags outer 0x88a8.1"},
		{"teardown", "set protocols bgp group A family inet unicast prefix-limit teardown idle-timeout 5\nset protocols bgp group A family inet unicast prefix-limit teardown 80\n", "protocols bgp group A family inet unicast prefix-limit teardown 80 idle-timeout 5"},
		{"unit in the name", "set interfaces xe-0/0/0:1.7 vlan-id 7\n", "interfaces xe-0/0/0:1 unit 7 vlan-id 7"},
		{"no unit in the name", "set interfaces xe-0/0/0.07 vlan-id 7\n", "interfaces xe-0/0/0.07 vlan-id 7"},
		{"name in a zone", "set security zones security-zone a interfaces xe-0/0/0.7\n", "security zones security-zone a interfaces xe-0/0/0.7"},
		{"unit left out in a zone", "set security zones security-zone a interfaces st0\n", "security zones security-zone a interfaces st0.0"},
		{"all is no interface", "set security zones security-zone a interfaces all\n", "security zones security-zone a interfaces all"},
		{"IPv6", "set protocols bgp group A neighbor 2001:0DB8::0:1\n", "protocols bgp group A neighbor 2001:db8::1"},
		{"IPv6 prefix", "set routing-options rib inet6.0 static route 2001:DB8:0::/40 discard\n", "routing-options rib inet6.0 static route 2001:db8::/40 discard"},
		{"no IPv6", "set policy-options community A members FACE:B00C\nset policy-options community B members target:1:2\n", "policy-options community A members FACE:B00C\npolicy-options community B members target:1:2"},
		{"host", "set routing-options static route 192.0.2.1 discard\n", "routing-options static route 192.0.2.1/32 discard"},
		{"short network", "set routing-options static route 10.1/16 discard\n", "routing-options static route 10.1.0.0/16 discard"},
		{"default", "set routing-options static route 0/0 discard\n", "routing-options static route 0.0.0.0/0 discard"},
		{"host bits of an interface stay", "set interfaces a unit 0 family inet address 192.0.2.1/30\n", "interfaces a unit 0 family inet address 192.0.2.1/30"},
		{"an address that has no length", "set security ike gateway G address 192.0.2.1\n", "security ike gateway G address 192.0.2.1"},
		{"asdot", "set routing-options autonomous-system 64512.7\n", "routing-options autonomous-system 4227858439"},
		{"keywords cut short", "set prot bgp gr A nei 2001:DB8::2 desc next\nset pol policy-s A te 10 the acc\nset int a un 5 fam inet addr 192.0.2.1/30\n", "protocols bgp group A neighbor 2001:db8::2 description next\npolicy-options policy-statement A term 10 then accept\ninterfaces a unit 5 family inet address 192.0.2.1/30"},
		{"in braces nobody cuts", "protocols { bgp { gr A { typ ext; } } }\n", "protocols bgp gr A typ ext"},
		{"in an instance", "set system x\nset routing-i A prot bgp gr B peer 12076\n", "system x\nrouting-instances A protocols bgp group B peer-as 12076"},
		{"not to be cut", "set policy-options policy-statement A term 10 then next policy\nset policy-options policy-statement A term 10 from prefix X\nset protocols bgp group A x peer 1\n", "policy-options policy-statement A term 10 then next policy\npolicy-options policy-statement A term 10 from prefix X\nprotocols bgp group A x peer 1"},
		{"a name is none", "set protocols bgp group typ type external\n", "protocols bgp group typ type external"},
		{"wildcards", "groups {\n    g {\n        interfaces {\n            <[gx]e-*> {\n                unit <*>;\n            }\n        }\n    }\n}\n", "groups g interfaces <[gx]e-*> unit <*>"},
		{"wildcard in a list", "system {\n    x [ <[gx]e-*> lo0 ];\n}\n", "system x <[gx]e-*>\nsystem x lo0"},
		{"default in what is off", "security { ike { inactive: gateway g { version v1-only; address 192.0.2.1; } } }", "inactive: security ike gateway g\ninactive: security ike gateway g version v1-only\ninactive: security ike gateway g address 192.0.2.1"},
		{"policy expression", "set protocols bgp import ( A && ( B || !C ) )\n", "protocols bgp import ( A && ( B || !C ) )"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(junosLines(junosStatements(t, c.text), false), "\n")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
		})
	}
}

// What a session adds is no configuration.
func TestReadJunosSession(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text string }{
		{"prompt", "ops@r1> show configuration\nsystem {\n    host-name r1;\n}\n\nops@r1> \n"},
		{"root's prompt", "root@r1% cli\nroot@r1> show configuration\nsystem {\n    host-name r1;\n}\nroot@r1> exit\n"},
		{"in configuration mode", "[edit]\nops@r1# show\nsystem {\n    host-name r1;\n}\n\n[edit]\nops@r1# \n"},
		{"routing engine", "{master:0}\nops@r1> show configuration\nsystem {\n    host-name r1;\n}\n\n{master:0}\nops@r1>\n"},
		{"banner", "Keep out.\nThis is {our} router\n\nsystem {\n    host-name r1;\n}\nbye\n"},
		{"typed without a prompt", "show configuration | no-more\nsystem {\n    host-name r1;\n}\n"},
		{"pager", "system {\n---(more)---\r            \r    host-name r1;\n---(more 99%)---\n}\n"},
		{"pager with backspaces", "system {\n---(more 9%)---" + strings.Repeat("\b \b", 15) + "    host-name r1;\n}\n"},
		{"pager with escapes", "system {\n---(more 9%)---\x1b[2K\r    host-name r1;\n}\x1b[K\n"},
		{"erased line", "system {\n" + strings.Repeat("x", 60) + "\x1b[2K\r    host-name r1;\n}\n"},
		{"erased end", "system {\n    host-name r1;xxxx\b\b\b\b\x1b[K\n}\n"},
		{"a message in between", "system {\n    host-name r1;\n}\nMessage from root\nsystem {\n    host-name r1;\n}\n"},
		{"overwritten word", "system {\n    host-name rx\b1;\n}\n"},
		{"byte order mark", "\ufeffsystem {\n    host-name r1;\n}\n"},
		{"set", "Welcome to r1.\nops@r1> show configuration | display set\nset system host-name r1\n\nops@r1> exit\nconnection closed\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(junosLines(junosStatements(t, c.text), false), "\n")
			if got != "system host-name r1" {
				t.Errorf("statements %q", got)
			}
		})
	}
}

// What is no configuration of Junos is an error that names the line and quotes
// nothing.
func TestReadJunosRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no statement"},
		{"a prompt", "ops@r1> show configuration\n", "no statement"},
		{"IOS-XE", "hostname r1\n!\ninterface Loopback0\n ip address 192.0.2.1 255.255.255.255\n!\nroute-map X permit 10\n set local-preference 200\nend\n", "no statement"},
		{"FRR", "frr version 8.4\nrouter bgp 65010\n neighbor 192.0.2.1 remote-as 12076\nexit\n", "no statement"},
		{"C", "int main(void) {\n    return 0;\n}\n", "no statement"},
		{"XML", "<configuration>\n<system>r1</system>\n</configuration>\n", "no statement"},
		{"open block", "system {\n    host-name r1;\n", "ends within"},
		{"open list", "system {\n    x [ a;\n}\n", "line 2: a list without an end"},
		{"one brace too many", "system {\n}\n}\n", "line 3: } without {"},
		{"no semicolon", "system {\n    host-name hunter2\n}\n", "line 3: a statement without ;"},
		{"open string", "system {\n    host-name \"hunter2;\n}\n", "line 2: a string without an end"},
		{"open comment", "system {\n    /* hunter2;\n}\n", "line 2: a comment without an end"},
		{"list of nothing", "system {\n    [ a ];\n}\n", "line 2: a list without a name"},
		{"bracket", "system {\n    a ];\n}\n", "line 2: ] without ["},
		{"word behind a list", "system {\n    a [ b ] hunter2;\n}\n", "line 2: a word after a list"},
		{"block behind a list", "system {\n    a [ b ] {\n}\n", "line 2: a block without a name"},
		{"block without a name", "system {\n    {\n    }\n}\n", "line 2: a block without a name"},
		{"changes", "set system host-name r1\ndelete system services\n", "line 2: a command that changes"},
		{"edit", "set system host-name r1\nedit system\nset services ssh\n", "line 2: a command that changes"},
		{"stray line", "set system host-name r1\nhunter2\nset system services ssh\n", "line 2: neither"},
		{"half a list", "set system x [ a b\n", "line 1: a bracket"},
		{"list in the middle", "set system x [ a ] b\n", "line 1: a bracket"},
		{"no statement", "set system x\nset \"\"\nset [ a ]\n", "line 3: a command without a statement"},
		{"too deep", strings.Repeat("system {\n", 100) + strings.Repeat("}\n", 100), "line 65: more blocks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := Read(Junos, []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%d statements, %v; want an error with %q", len(got.Statements), err, c.want)
			}
		})
	}
}

// Many statements in many words each would need memory that no configuration
// needs.
func TestReadJunosBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("system " + strings.Repeat("a ", 4000) + "{\n")
	for i := range 4000 {
		fmt.Fprintf(&b, "b%d;\n", i)
	}
	b.WriteString("}\n")
	if _, err := Read(Junos, []byte(b.String())); err == nil || !strings.Contains(err.Error(), "more in each other") {
		t.Errorf("%v; want an error", err)
	}
}

// No text makes the reader panic; statements hold words; and what it read it
// reads again.
func FuzzReadJunos(f *testing.F) {
	for _, file := range append(junosForeign(f), junosFiles(f, "../render/testdata/*/*.junos.conf", "../render/testdata/*/*.junos.set")...) {
		f.Add(junosFile(f, file))
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Read(Junos, []byte(text))
		if err != nil {
			return
		}
		var again strings.Builder
		var want []string
		before, after := "set ", ""
		if form, _ := junosForm(junosScreen(text)); form == junosBraces {
			before, after = "", ";"
		}
		for _, s := range c.Statements {
			if len(s.Path) == 0 || s.Number < 1 || s.Number > strings.Count(text, "\n")+1 {
				t.Fatalf("statement %+v of %q", s, text)
			}
			for _, word := range s.Path {
				if word == "" || strings.Contains(word, "\n") {
					t.Fatalf("word %q of %q", word, text)
				}
			}
			if !s.Inactive && !s.Opaque && s.Secret.Form() == NoSecret {
				want = append(want, s.Text(Junos))
				again.WriteString(before + s.Text(Junos) + after + "\n")
			}
		}
		const end = "version of-the-test" // a statement that makes any list a configuration
		again.WriteString(before + end + after + "\n")
		if slices.ContainsFunc(want, func(s string) bool {
			verb, _, _ := strings.Cut(s, " ")
			return after != "" && junosVerbOf(verb) != junosNoVerb
		}) {
			return // would be taken for a command
		}
		got := junosStatements(t, again.String())
		if diff := cmp.Diff(want, junosLines(got[:len(got)-1], false)); diff != "" && !slices.Contains(want, "version") && !slices.Contains(want, end) {
			t.Errorf("%q (-once +twice):\n%s", text, diff)
		}
	})
}
