package confdiff

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// junosOthers is what others have on a router.
const junosOthers = `set interfaces xe-0/0/7 unit 99 family inet address 198.18.9.1/24
set policy-options policy-statement THEIRS term 1 from prefix-list THEIRS
set policy-options policy-statement THEIRS term 1 then accept
set policy-options prefix-list THEIRS 198.18.0.0/15
set protocols bgp group THEIRS peer-as 64999
set protocols bgp group THEIRS neighbor 198.18.9.9 description THEIRS
set routing-options static route 198.18.0.0/15 next-hop 10.0.0.9
set routing-options static route 198.18.0.0/15 preference 7`

// junosNameIn finds the intent's name in a rendering.
func junosNameIn(t testing.TB, text string) string {
	t.Helper()
	found := regexp.MustCompile(`policy-statement ([A-Z0-9-]+)-LOAD-BALANCE`).FindStringSubmatch(text)
	if found == nil {
		found = regexp.MustCompile(`policy-statement ([A-Z0-9-]+?)-(ER|IBGP)-`).FindStringSubmatch(text)
	}
	if found == nil {
		t.Fatal("the rendering names no policy")
	}
	return strings.ToLower(found[1])
}

// junosEdit makes one change and says which.
func (e *editor) junosEdit() string {
	upper := strings.ToUpper(e.intent)
	pick := func(match string) int {
		var found []int
		for i, l := range e.lines {
			if regexp.MustCompile(match).MatchString(l) {
				found = append(found, i)
			}
		}
		if len(found) == 0 {
			return -1
		}
		return found[e.IntN(len(found))]
	}
	change := func(match, old, new string) string {
		i := pick(match)
		if i < 0 {
			return ""
		}
		was := e.lines[i]
		e.lines[i] = regexp.MustCompile(old).ReplaceAllString(was, new)
		return was + " → " + e.lines[i]
	}
	switch e.IntN(14) {
	case 0, 1, 2:
		i := pick("^set ")
		l := e.lines[i]
		e.lines = slices.Delete(e.lines, i, i+1)
		return "without " + l
	case 3:
		return change("local-preference", `\d+$`, fmt.Sprint(100+e.IntN(300)))
	case 4:
		return change("hold-time", `\d+$`, "240")
	case 5:
		return change("prefix-list "+upper+`\S* \d+\.`, ` \d+\.`, fmt.Sprintf(" %d.", 1+e.IntN(9)))
	case 6:
		return change("term \\d+ then accept$", "accept$", "reject")
	case 7:
		return change("prefix-limit maximum", `\d+$`, "77")
	case 8:
		return change("unit \\d+ description", `description .*$`, `description "by \"hand\""`)
	case 9: // what left the intent
		e.lines = append(e.lines, "set policy-options prefix-list "+upper+"-OLD-V4 10.99.0.0/16", "set policy-options policy-statement "+upper+"-OLD-IN-V4 term 1 from prefix-list "+upper+"-OLD-V4",
			"set policy-options policy-statement "+upper+"-OLD-IN-V4 term 1 then accept", "set protocols bgp group "+upper+"-OLD-V4 peer-as 12076",
			"set protocols bgp group "+upper+"-OLD-V4 authentication-key S3cretKey", "set protocols bgp group "+upper+"-OLD-V4 neighbor 192.0.2.99 import "+upper+"-OLD-IN-V4")
		return "a list, a policy and a group that are left over"
	case 10: // a term less, which comes back at its place
		i := pick(`policy-statement \S+ term \d+ then`)
		if i < 0 {
			return ""
		}
		term := regexp.MustCompile(`policy-statement \S+ term \d+ `).FindString(e.lines[i])
		e.lines = slices.DeleteFunc(e.lines, func(l string) bool { return strings.Contains(l, term) })
		return "without " + term
	case 11: // others switch off what is theirs
		e.lines = append(append(e.lines, strings.Split(junosOthers, "\n")...), "deactivate protocols bgp group THEIRS neighbor 198.18.9.9", "deactivate policy-options policy-statement THEIRS")
		return "what others have, and have deactivated"
	case 12: // a policy of somebody's in front of ours, and one behind
		i := pick(`group \S+ neighbor \S+ import `)
		if i < 0 {
			return ""
		}
		path := e.lines[i][:strings.LastIndexByte(e.lines[i], ' ')]
		e.lines = slices.Insert(e.lines, i+1, path+" LAST")
		e.lines = slices.Insert(e.lines, i, path+" FIRST")
		return "a chain of policies"
	}
	e.lines = append(e.lines, strings.Split(junosOthers, "\n")...)
	return "lines of others"
}

// Whatever a person has done to a router with Junos: the commands bring it to the
// rendering, leave what others have alone, and those back bring back what was
// there, the order of terms and what was switched off with it.
func TestJunosCommands(t *testing.T) {
	t.Parallel()
	for _, golden := range goldens(t, "*.junos.set") {
		t.Run(golden, func(t *testing.T) {
			t.Parallel()
			_, text := rendered(t, golden)
			for seed := range uint64(24) {
				e := editor{rand.New(rand.NewPCG(seed, 2)), junosNameIn(t, text), strings.Split(strings.TrimRight(text, "\n"), "\n")}
				var edits []string
				for range 1 + seed%4 {
					if said := e.junosEdit(); said != "" {
						edits = append(edits, said)
					}
				}
				have := strings.Join(e.lines, "\n")
				c := loop(t, Junos, e.intent, text, have, strings.Join(edits, "\n"))
				back, err := Apply(mustApply(t, have, c.Commands), c.Undo)
				if err != nil {
					t.Fatal(err)
				}
				start, err := Read(Junos, []byte(have))
				if err != nil {
					t.Fatal(err)
				}
				if now, then := chains(back), chains(start); !slices.Equal(now, then) {
					t.Errorf("chains %q, were %q\nback:\n%s", now, then, strings.Join(c.Undo, "\n"))
				}
				for o, order := range orders(start) {
					if now := orders(back)[o]; !slices.Equal(order, now) {
						t.Errorf("%s: terms %q, were %q\nedits:\n%s\nback:\n%s", o, now, order, strings.Join(edits, "\n"), strings.Join(c.Undo, "\n"))
					}
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

func mustApply(t *testing.T, text string, commands []string) Config {
	t.Helper()
	c, err := Read(Junos, []byte(text))
	if err == nil {
		c, err = Apply(c, commands)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// orders are the terms of each policy statement in their order.
func orders(c Config) map[Object][]string {
	out := make(map[Object][]string)
	for o, all := range arranged(c).of {
		if list := terms(all); len(list) > 0 {
			out[o] = list
		}
	}
	return out
}

// chains are the policies of each chain in their order.
func chains(c Config) []string {
	of := make(map[string][]string)
	for _, s := range c.Statements {
		if n := len(s.Path) - 1; n > 1 && slices.Contains(junosChains, s.Path[n-1]) {
			key := strings.Join(s.Path[:n], " ")
			of[key] = append(of[key], s.Path[n])
		}
	}
	var out []string
	for key, list := range of {
		out = append(out, key+" ["+strings.Join(list, " ")+"]")
	}
	slices.Sort(out)
	return out
}

// The commands for one edit are these, no more: a delete names what it deletes and
// takes nothing of others along.
func TestJunosScript(t *testing.T) {
	t.Parallel()
	const golden, intent = "two-ce-private/ce2.junos.set", "contoso-london"
	const group = "protocols bgp group CONTOSO-LONDON-ER-LONDON-V4"
	for _, tt := range []struct {
		name, old, new string
		want, back     []string
	}{
		{"a value", "local-preference 200", "local-preference 150",
			[]string{"set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-SECONDARY-IN-V4 term 10 then local-preference 200"},
			[]string{"set policy-options policy-statement CONTOSO-LONDON-ER-LONDON-SECONDARY-IN-V4 term 10 then local-preference 150"}},
		{"a hold time that is gone", "set " + group + " hold-time 30\n", "",
			[]string{"set " + group + " hold-time 30"}, []string{"delete " + group + " hold-time"}},
		{"a neighbor beside ours", "set " + group + " type external\n", "set " + group + " type external\nset " + group + " neighbor 192.0.2.9 description theirs\n",
			[]string{"delete " + group + " neighbor 192.0.2.9"}, []string{"set " + group + " neighbor 192.0.2.9 description theirs"}},
		{"an address beside ours", "set " + group + " type external\n", "set " + group + " type external\nset interfaces xe-0/0/1 unit 150 family inet address 203.0.113.1/24\nset interfaces xe-0/0/1 unit 151 family inet address 198.18.1.1/24\n",
			[]string{"delete interfaces xe-0/0/1 unit 150 family inet address 203.0.113.1/24"}, []string{"set interfaces xe-0/0/1 unit 150 family inet address 203.0.113.1/24"}},
		{"a policy before ours", "set " + group + " neighbor 172.16.200.6 import ", "set " + group + " neighbor 172.16.200.6 import FIRST\nset " + group + " neighbor 172.16.200.6 import ",
			[]string{"delete " + group + " neighbor 172.16.200.6 import FIRST"},
			[]string{"set " + group + " neighbor 172.16.200.6 import FIRST", "insert " + group + " neighbor 172.16.200.6 import FIRST before CONTOSO-LONDON-ER-LONDON-SECONDARY-IN-V4"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, text := rendered(t, golden)
			if !strings.Contains(text, tt.old) {
				t.Fatalf("the golden has no %q", tt.old)
			}
			c := loop(t, Junos, intent, text, strings.Replace(text, tt.old, tt.new, 1), tt.name)
			if diff := cmp.Diff(tt.want, c.Commands); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.back, c.Undo); diff != "" {
				t.Errorf("back (-want +got):\n%s", diff)
			}
		})
	}
}

// The model refuses what Junos would not take.
func TestJunosApplyRefuses(t *testing.T) {
	t.Parallel()
	have, err := Read(Junos, []byte("set protocols bgp group A type external\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"delete protocols bgp group B", "rollback 1", "set", "insert protocols bgp group A", "deactivate protocols bgp group B"} {
		if _, err := Apply(have, []string{command}); err == nil {
			t.Errorf("%s is taken", command)
		}
	}
}

// A router that has nothing of ours gets all of it, and can lose all of it again;
// and one with the configuration of another becomes the other.
func TestJunosCommandsOther(t *testing.T) {
	t.Parallel()
	asn := regexp.MustCompile(`set routing-options autonomous-system \d+`)
	all := goldens(t, "*.junos.set")
	for i, a := range all {
		t.Run(a, func(t *testing.T) {
			t.Parallel()
			_, want := rendered(t, a)
			loop(t, Junos, junosNameIn(t, want), want, junosOthers, "a router with lines of others alone")
			for _, step := range []int{1, 3} {
				_, have := rendered(t, all[(i+step)%len(all)])
				have = strings.ReplaceAll(have, strings.ToUpper(junosNameIn(t, have))+"-", strings.ToUpper(junosNameIn(t, want))+"-")
				have = asn.ReplaceAllString(have, asn.FindString(want))
				loop(t, Junos, junosNameIn(t, want), want, have, "the configuration of "+all[(i+step)%len(all)])
			}
		})
	}
}

// A delete is as large as it may be: it takes along nothing that stays, and names
// what it deletes.
func TestJunosDelete(t *testing.T) {
	t.Parallel()
	const group = "set protocols bgp group A "
	have, err := Read(Junos, []byte(group+"type external\n"+group+"neighbor 192.0.2.1 description one\n"+group+"neighbor 192.0.2.1 passive\n"+group+"neighbor 192.0.2.2 description two\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		goes []int // statements
		want []string
	}{
		{[]int{1}, []string{"delete protocols bgp group A neighbor 192.0.2.1 description"}},
		{[]int{1, 2}, []string{"delete protocols bgp group A neighbor 192.0.2.1"}},
		{[]int{1, 2, 3}, []string{"delete protocols bgp group A neighbor 192.0.2.1", "delete protocols bgp group A neighbor 192.0.2.2"}},
		{[]int{0, 1, 2, 3}, []string{"delete protocols bgp group A"}},
	} {
		var d Difference
		for _, i := range tt.goes {
			d.Extra = append(d.Extra, have.Statements[i])
		}
		if diff := cmp.Diff(tt.want, junosCommands(Config{Platform: Junos}, have, []Difference{d})); diff != "" {
			t.Errorf("%v (-want +got):\n%s", tt.goes, diff)
		}
	}
}
