package confdiff

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// goldens lists the renderings of a platform: path below testdata.
func goldens(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "render", "testdata", "*", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	for i, f := range files {
		files[i] = filepath.Join(filepath.Base(filepath.Dir(f)), filepath.Base(f))
	}
	return files
}

// nameIn finds the intent's name in a rendering: what the names of its policies
// have in common.
func nameIn(t testing.TB, text string) string {
	t.Helper()
	found := regexp.MustCompile(`route-map ([A-Z0-9-]+?)-(ER|IBGP|S2S|NEXTHOP|ANCHORS|VPN|BLUE|RED|CORE|DMZ|IN|MIX)\b`).FindStringSubmatch(text)
	if found == nil {
		t.Fatal("the rendering names no policy")
	}
	return strings.ToLower(found[1])
}

// An editor edits a configuration by hand, at random and repeatably.
type editor struct {
	*rand.Rand
	intent string
	lines  []string
}

// foreign is what others have on a router, in each platform's words.
var foreign = map[string]string{
	IOSXE: "interface GigabitEthernet0/0/7.99\n encapsulation dot1Q 99\n ip address 198.18.9.1 255.255.255.0\n!\nroute-map THEIRS permit 10\n match ip address prefix-list THEIRS\n!\nip prefix-list THEIRS seq 5 permit 198.18.0.0/15 le 32\nip route 198.18.0.0 255.254.0.0 10.0.0.9\n",
	FRR:   "interface eth7\n ip address 198.18.9.1/24\nexit\n!\nroute-map THEIRS permit 10\n match ip address prefix-list THEIRS\nexit\n!\nip prefix-list THEIRS seq 5 permit 198.18.0.0/15 le 32\nip route 198.18.0.0/15 10.0.0.9\n",
}

// edit makes one change and says which.
func (e *editor) edit(platform string) string {
	upper := strings.ToUpper(e.intent)
	at := func(match string) int {
		var found []int
		for i, l := range e.lines {
			if strings.Contains(l, match) {
				found = append(found, i)
			}
		}
		if len(found) == 0 {
			return -1
		}
		return found[e.IntN(len(found))]
	}
	change := func(match, old, new string) string {
		i := at(match)
		if i < 0 {
			return ""
		}
		was := e.lines[i]
		e.lines[i] = regexp.MustCompile(old).ReplaceAllString(was, new)
		return was + " → " + e.lines[i]
	}
	insert := func(after string, text ...string) string {
		i := at(after)
		if i < 0 {
			return ""
		}
		e.lines = slices.Insert(e.lines, i+1, text...)
		return "after " + e.lines[i] + ": " + strings.Join(text, " / ")
	}
	switch e.IntN(14) {
	case 0, 1, 2: // a line less
		i := e.IntN(len(e.lines))
		l := e.lines[i]
		if t := strings.TrimSpace(l); t == "" || t == "!" || strings.Contains(l, "exit") || opensContext(len(l)-len(strings.TrimLeft(l, " ")), strings.TrimSpace(l)) || strings.Contains(l, "frr defaults") || strings.Contains(l, " remote-as ") { // a neighbor has an AS
			return ""
		}
		e.lines = slices.Delete(e.lines, i, i+1)
		return "without " + l
	case 3:
		return change("set local-preference", `\d+$`, fmt.Sprint(100+e.IntN(300)))
	case 4:
		return change(" timers ", `\d+ (\d+)$`, fmt.Sprintf("%d 240", 1+e.IntN(60)))
	case 5:
		return change("prefix-list "+upper, `seq \d+`, fmt.Sprintf("seq %d", 1000+e.IntN(1000)))
	case 6: // another prefix under the number
		return change("ip prefix-list "+upper, `permit \d+\.`, fmt.Sprintf("permit %d.", 1+e.IntN(9)))
	case 7:
		return change("route-map "+upper+"-", ` permit (\d+)$`, " deny $1")
	case 8:
		return change("maximum-prefix", `maximum-prefix \d+`, "maximum-prefix 77")
	case 9:
		return insert("match ip address prefix-list "+upper, " set metric 77")
	case 10:
		return change("match ip address prefix-list "+upper, `prefix-list .*`, "prefix-list "+upper+"-OLD-V4")
	case 11: // what left the intent
		e.lines = append(e.lines, "ip prefix-list "+upper+"-OLD-V4 seq 10 permit 10.99.0.0/16", "!", "route-map "+upper+"-OLD-IN-V4 permit 10", " match ip address prefix-list "+upper+"-OLD-V4", "!")
		return "a list and a policy that are left over"
	case 12:
		i := slices.IndexFunc(e.lines, func(l string) bool { return strings.HasPrefix(l, "  neighbor ") })
		g := slices.IndexFunc(e.lines, func(l string) bool { return strings.HasPrefix(l, " neighbor ") })
		if i < 0 || g < 0 || i < g {
			return ""
		}
		e.lines = slices.Insert(e.lines, i, "  neighbor 192.0.2.99 activate", "  neighbor 192.0.2.99 route-map "+upper+"-GONE-IN-V4 in")
		e.lines = slices.Insert(e.lines, g, " neighbor 192.0.2.99 remote-as 12076", " neighbor 192.0.2.99 password "+map[string]string{IOSXE: "0 "}[platform]+"S3cretKey")
		e.lines = append(e.lines, "route-map "+upper+"-GONE-IN-V4 permit 10", "!")
		return "a neighbor that is left over"
	}
	e.lines = append(e.lines, strings.Split(strings.TrimRight(foreign[platform], "\n"), "\n")...)
	return "lines of others"
}

// keys lists the statements of a configuration, sorted.
func keys(c Config) []string {
	var out []string
	for _, s := range c.Statements {
		out = append(out, fmt.Sprintf("%s %v", strings.Join(s.Path, " / "), s.Inactive))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Whatever a person has done to a router: the commands bring it to the rendering,
// leave what others have alone, never let a policy or list be undefined while
// something uses it, and the commands back bring back what was there.
func TestLineCommands(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{IOSXE, FRR} {
		for _, golden := range goldens(t, map[string]string{IOSXE: "*.ios-xe.cfg", FRR: "*.frr.conf"}[platform]) {
			t.Run(golden, func(t *testing.T) {
				t.Parallel()
				_, text := rendered(t, golden)
				for seed := range uint64(16) {
					e := editor{rand.New(rand.NewPCG(seed, 1)), nameIn(t, text), strings.Split(text, "\n")}
					var edits []string
					for range 1 + seed%4 {
						if said := e.edit(platform); said != "" {
							edits = append(edits, said)
						}
					}
					loop(t, platform, e.intent, text, strings.Join(e.lines, "\n"), strings.Join(edits, "\n"))
					if t.Failed() {
						return
					}
				}
			})
		}
	}
}

// loop takes a router from have to want and back.
func loop(t *testing.T, platform, intent, wantText, haveText, edits string) Change {
	t.Helper()
	want, err := Read(platform, []byte(wantText))
	if err != nil {
		t.Fatal(err)
	}
	have, err := Read(platform, []byte(haveText))
	if err != nil {
		t.Fatalf("edited: %v\n%s", err, edits)
	}
	c := Between(want, have, Options{Intent: intent, Prune: true, BringUp: true})
	told := func() string {
		return fmt.Sprintf("edits:\n%s\ncommands:\n%s\nundo:\n%s", edits, strings.Join(c.Commands, "\n"), strings.Join(c.Undo, "\n"))
	}
	if c.Refused != "" {
		if !strings.Contains(edits, "no bgp default ipv4-unicast") && !strings.Contains(edits, "the configuration of") {
			t.Fatalf("refused: %s\n%s", c.Refused, told())
		}
		return c
	}
	if c.Same() != (len(c.Commands) == 0) {
		t.Errorf("%d differences and %d commands\n%s", len(c.Differences), len(c.Commands), told())
	}
	after, err := Apply(have, c.Commands)
	if err != nil {
		t.Fatalf("%v\n%s", err, told())
	}
	if left := said(platform, withoutUnknown(Compare(want, after, intent))); len(left) > 0 {
		t.Errorf("what is left:\n%s\n%s", strings.Join(left, "\n"), told())
	}
	for _, s := range have.Statements {
		if strings.Contains(s.Key(), "THEIRS") || strings.Contains(s.Key(), "198.18.") {
			if !slices.ContainsFunc(after.Statements, func(a Statement) bool { return a.Key() == s.Key() }) {
				t.Errorf("%q is another's, and gone\n%s", s.Key(), told())
			}
		}
	}
	back, err := Apply(after, c.Undo)
	if err != nil {
		t.Fatalf("back: %v\n%s", err, told())
	}
	if diff := cmp.Diff(keys(have), keys(back)); diff != "" {
		t.Errorf("back (-there before +now):\n%s\n%s", diff, told())
	}
	if strings.Contains(told(), "S3cretKey") && !strings.Contains(edits, "S3cretKey") {
		t.Errorf("a secret is told\n%s", told())
	}
	if platform != Junos { // where all of it takes effect at once
		for _, fault := range holes(have, c.Commands) {
			t.Errorf("on the way: %s\n%s", fault, told())
		}
	}
	return c
}

func withoutUnknown(all []Difference) []Difference {
	for i := range all {
		all[i].Unknown = nil
	}
	return all
}

// holes lists what is undefined while something uses it, after any of the
// commands, and was not so before them.
func holes(have Config, commands []string) []string {
	before := dangling(have.Statements)
	b := box{platform: have.Platform, have: slices.Clone(have.Statements)}
	var out []string
	for i, c := range commands {
		depth := len(c) - len(strings.TrimLeft(c, " "))
		if strings.HasPrefix(c[depth:], "exit") && depth < len(b.context) {
			b.context = b.context[:depth]
			continue
		}
		if err := b.take(c[depth:], opens(commands, i, depth)); err != nil {
			return append(out, err.Error())
		}
		for _, d := range dangling(b.have) {
			if !slices.Contains(before, d) {
				out = append(out, fmt.Sprintf("after %q %s", c, d))
			}
		}
	}
	return out
}

// dangling lists references to lists and policies that are not there.
func dangling(statements []Statement) []string {
	there := make(map[string]bool)
	for _, s := range statements {
		switch o := s.Object(IOSXE); o.Kind {
		case PrefixList, CommunityList, RouteMap:
			there[string(o.Kind)+" "+o.Name] = true
		}
	}
	var out []string
	for _, s := range statements {
		words := strings.Fields(s.Path[len(s.Path)-1])
		for i, w := range words[:max(0, len(words)-1)] {
			kind := map[string]Kind{"prefix-list": PrefixList, "community": CommunityList, "route-map": RouteMap}[w]
			if kind == "" || len(s.Path) == 1 || words[0] == "set" || words[0] == "description" {
				continue
			}
			if name := string(kind) + " " + words[i+1]; !there[name] {
				out = append(out, s.Path[len(s.Path)-1]+": no "+name)
			}
		}
	}
	return out
}

// A router that has nothing of ours gets all of it, and can lose all of it again.
func TestLineCommandsFresh(t *testing.T) {
	t.Parallel()
	for platform, pattern := range map[string]string{IOSXE: "*.ios-xe.cfg", FRR: "*.frr.conf"} {
		for _, golden := range goldens(t, pattern) {
			t.Run(golden, func(t *testing.T) {
				t.Parallel()
				_, text := rendered(t, golden)
				loop(t, platform, nameIn(t, text), text, foreign[platform], "a router with lines of others alone")
			})
		}
	}
}

// A router with the configuration of a wholly different one becomes the other: its
// name and AS number are made the same, all the rest differs.
func TestLineCommandsOther(t *testing.T) {
	t.Parallel()
	asn := regexp.MustCompile(`router bgp \d+`)
	for platform, pattern := range map[string]string{IOSXE: "*.ios-xe.cfg", FRR: "*.frr.conf"} {
		all := goldens(t, pattern)
		for i, a := range all {
			for _, step := range []int{1, 3} {
				b := all[(i+step)%len(all)]
				t.Run(a+" from "+b, func(t *testing.T) {
					t.Parallel()
					_, want := rendered(t, a)
					_, have := rendered(t, b)
					have = strings.ReplaceAll(have, strings.ToUpper(nameIn(t, have))+"-", strings.ToUpper(nameIn(t, want))+"-")
					have = asn.ReplaceAllString(have, asn.FindString(want))
					loop(t, platform, nameIn(t, want), want, have, "the configuration of another router")
				})
			}
		}
	}
}
