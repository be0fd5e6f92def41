package confdiff

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// An frrEdit is something that a person has done to a router, or an earlier
// rendering has left there.
type frrEdit struct {
	name string
	edit func(rnd *rand.Rand, name, text string) string
}

// frrEdits are the edits that the daemons are taken from and back to.
var frrEdits = []frrEdit{
	{"lines less", func(rnd *rand.Rand, _, text string) string {
		lines := strings.Split(text, "\n")
		for range 5 {
			i := rnd.IntN(len(lines))
			if l := strings.TrimSpace(lines[i]); len(strings.Fields(l)) > 1 && !opensContext(len(lines[i])-len(strings.TrimLeft(lines[i], " ")), l) && l != "no bgp default ipv4-unicast" {
				lines = slices.Delete(lines, i, i+1)
			}
		}
		return strings.Join(lines, "\n")
	}},
	{"other values", func(rnd *rand.Rand, _, text string) string {
		for old, new := range map[string]string{
			`(?m)^( *set local-preference) \d+$`: fmt.Sprintf("$1 %d", 300+rnd.IntN(99)), `(?m)( timers) \d+ (\d+)$`: "$1 7 $2", `( maximum-prefix) \d+`: "$1 77",
			`(?m)^( *neighbor \S+ description) .*$`: "$1 by hand", `(?m)^( description) .*$`: "$1 by hand", `( blackhole) 250`: "$1 200", `(as-path prepend \d+)( \d+)`: "$1",
			`( remote-as) 12076`: "$1 12077", `( maximum-paths) \d+`: "$1 3", `(-interval) \d+`: "$1 555", `( timers connect) \d+`: "$1 9",
		} {
			text = regexp.MustCompile(old).ReplaceAllString(text, new)
		}
		return text
	}},
	{"lines more", func(rnd *rand.Rand, _, text string) string {
		for old, new := range map[string]string{
			`(?m)^(ip prefix-list \S+) seq (\d+) .*$`: fmt.Sprintf("$0\n$1 seq ${2}%d permit 10.$2.0.0/24", rnd.IntN(9)), `(?m)^ match ip address .*$`: "$0\n set metric 77\n set weight 5",
			`(?m)^ ip address .*$`: "$0\n ip address 198.18.1.1/30", `(?m)^ neighbor (\S+) remote-as .*$`: "$0\n neighbor $1 advertisement-interval 9\n neighbor $1 ttl-security hops 2",
			`(?m)^  neighbor (\S+) activate$`: "$0\n  neighbor $1 weight 5\n  neighbor $1 soft-reconfiguration inbound",
		} {
			text = regexp.MustCompile(old).ReplaceAllString(text, new)
		}
		return text
	}},
	{"a list less", func(rnd *rand.Rand, _, text string) string {
		lists := regexp.MustCompile(`(?m)^ip prefix-list (\S+) `).FindAllStringSubmatch(text, -1)
		name := regexp.QuoteMeta(lists[rnd.IntN(len(lists))][1])
		return regexp.MustCompile(`(?m)^ip prefix-list `+name+` .*\n`).ReplaceAllString(text, "")
	}},
	{"what left the intent", func(_ *rand.Rand, name, text string) string {
		text = regexp.MustCompile(`(?m)^ no bgp default ipv4-unicast$`).ReplaceAllString(text, "$0\n neighbor 192.0.2.99 remote-as 12076\n neighbor 192.0.2.99 bfd\n neighbor 192.0.2.99 password S3cretKey")
		text = strings.Replace(text, "  neighbor ", "  neighbor 192.0.2.99 activate\n  neighbor 192.0.2.99 route-map "+name+"-GONE-IN-V4 in\n  neighbor ", 1)
		return text + "ip prefix-list " + name + "-GONE-V4 seq 10 permit 10.99.0.0/16\nroute-map " + name + "-GONE-IN-V4 permit 10\n match ip address prefix-list " + name + "-GONE-V4\nexit\n"
	}},
	{"another action", func(_ *rand.Rand, _, text string) string {
		return regexp.MustCompile(`(?m)^(route-map \S+) permit (\d+)$`).ReplaceAllString(text, "$1 deny $2\n set metric 7")
	}},
	{"another prefix under the number", func(_ *rand.Rand, _, text string) string {
		return regexp.MustCompile(`(?m)^(ip prefix-list \S+ seq \d+ permit) \d+\.(.*)$`).ReplaceAllString(text, "$1 7.$2")
	}},
	{"other numbers", func(_ *rand.Rand, _, text string) string {
		text = regexp.MustCompile(`(?m)^(ip prefix-list \S+ seq) `).ReplaceAllString(text, "$1 10")
		return regexp.MustCompile(`(?m)^(route-map \S+ \S+) (\d{1,3})$`).ReplaceAllString(text, "$1 1$2")
	}},
	{"nothing of ours", func(*rand.Rand, string, string) string { return "" }},
	{"at random", func(rnd *rand.Rand, name, text string) string {
		e := editor{rnd, name, strings.Split(text, "\n")}
		for range 6 {
			e.edit(FRR)
		}
		return strings.Join(e.lines, "\n")
	}},
}

// Whatever a person has done to FRR: its daemons take the commands without a word,
// hold what was rendered after them, hold what the model says, and print after the
// commands back what they printed before.
func TestCommandsLive(t *testing.T) {
	t.Parallel()
	frrtest.Need(t)
	// Where each command is watched: what comes, what goes, and what is typed anew.
	watched := []string{"nothing of ours", "what left the intent", "another action"}
	for i, golden := range []string{"knobs/ce2.frr.conf", "private-communities/ce2.frr.conf", "encrypted-two-routers/ce2.frr.conf"} {
		_, text := rendered(t, golden)
		for j, e := range frrEdits {
			t.Run(golden+"/"+e.name, func(t *testing.T) {
				t.Parallel()
				name := strings.ToUpper(nameIn(t, text))
				edited := e.edit(rand.New(rand.NewPCG(uint64(i), uint64(j))), name, text)
				if edited == text {
					t.Fatal("nothing is edited")
				}
				thereAndBack(t, text, edited+"!\n"+foreign[FRR], i == 0 && slices.Contains(watched, e.name))
			})
		}
	}
}

// thereAndBack takes daemons that have loaded one text to the other and back.
func thereAndBack(t *testing.T, wantText, haveText string, each bool) {
	t.Helper()
	n := frrtest.New(t)
	r := n.Router("ce1")
	n.StandIn(r, interfacesIn(wantText)...)
	r.StartDaemons()
	t.Log(r.Load(haveText)) // what the edit has taken from under other lines
	before := r.RunningConfig()
	want, have := mustReadFRR(t, []byte(wantText)), mustReadFRR(t, []byte(before))
	intent := nameIn(t, wantText)
	c := Between(want, have, Options{Intent: intent, Prune: true, BringUp: true})
	if c.Refused != "" {
		t.Fatal(c.Refused)
	}
	told := fmt.Sprintf("commands:\n%s\nundo:\n%s", strings.Join(c.Commands, "\n"), strings.Join(c.Undo, "\n"))
	take := typedInto
	if each {
		take = stepByStep
	}
	now := mustReadFRR(t, []byte(take(t, r, have, c.Commands, told)))
	if left := said(FRR, withoutUnknown(Compare(want, now, intent))); len(left) > 0 {
		t.Errorf("what is left:\n%s\n%s", strings.Join(left, "\n"), told)
	}
	model, err := Apply(have, c.Commands)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(frrLines(model), frrLines(now)); diff != "" {
		t.Errorf("after the commands (-model +daemons):\n%s\n%s", diff, told)
	}
	after := take(t, r, now, withSecrets(c.Undo, before), told)
	if diff := gocmp.Diff(inOneOrder(before), inOneOrder(after)); diff != "" {
		t.Errorf("after the commands back (-before +after):\n%s\n%s", diff, told)
	}
}

// typedInto types commands and returns the running configuration after them. Any
// word of the daemons fails the test.
func typedInto(t *testing.T, r *frrtest.Router, _ Config, commands []string, told string) string {
	t.Helper()
	running, words := frrType(t, r, commands)
	if words != "" || len(running) == 0 {
		t.Fatalf("the daemons say %q\n%s", words, told)
	}
	return running[0]
}

// interfacesIn lists the interfaces of a rendering that are not there by
// themselves, and the one of others.
func interfacesIn(text string) []string {
	out := []string{"eth7"}
	for _, m := range regexp.MustCompile(`(?m)^interface (\S+)$`).FindAllStringSubmatch(text, -1) {
		if m[1] != "lo" && !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// withSecrets puts the secrets that stood on the router into the commands back, as
// a person does.
func withSecrets(commands []string, before string) []string {
	out := slices.Clone(commands)
	for i, c := range out {
		stem, _, kept := strings.Cut(c, KeptMark)
		if _, rest, found := strings.Cut(before, "\n "+strings.TrimSpace(stem)+" "); kept && found {
			value, _, _ := strings.Cut(rest, "\n")
			out[i] = stem + value
		}
	}
	return out
}

// inOneOrder is a running configuration with its prefix lists, route maps and BFD
// profiles in the order of their names: FRR 8.4.4 prints them in the order in which
// they were made, and no command changes that. All else, the order in each of them
// included, stays as it is.
func inOneOrder(running string) string {
	var blocks []string
	for line := range strings.Lines(strings.ReplaceAll(running, "!\n", "")) {
		if n := len(blocks); n > 0 && (strings.HasPrefix(line, " ") || line == "exit\n") {
			blocks[n-1] += line
		} else {
			blocks = append(blocks, line)
		}
	}
	for i, b := range blocks {
		if strings.HasPrefix(b, "bfd\n") {
			profiles := strings.SplitAfter(strings.TrimSuffix(strings.TrimPrefix(b, "bfd\n"), "exit\n"), " exit\n")
			slices.Sort(profiles)
			blocks[i] = "bfd\n" + strings.Join(profiles, "") + "exit\n"
		}
	}
	ordered := func(b string) string {
		if words := strings.Fields(b); len(words) > 2 && (words[1] == "prefix-list" || words[0] == "route-map") {
			return words[0] + " " + words[1] + " " + words[2]
		}
		return ""
	}
	for from := 0; from < len(blocks); from++ {
		to := from
		kind, _, _ := strings.Cut(ordered(blocks[from]), " ")
		for to < len(blocks) && kind != "" && strings.HasPrefix(ordered(blocks[to]), kind+" ") {
			to++
		}
		slices.SortStableFunc(blocks[from:max(from, to)], func(a, b string) int { return cmp.Compare(ordered(a), ordered(b)) })
		from = max(from, to-1)
	}
	return strings.Join(blocks, "")
}

// stepByStep types commands, too, and after each looks for what is undefined on the
// daemons while something uses it, and was not so before.
func stepByStep(t *testing.T, r *frrtest.Router, have Config, commands []string, told string) string {
	t.Helper()
	before := dangling(have.Statements)
	argv := []string{"vtysh", "-c", "configure terminal"}
	for _, c := range commands {
		argv = append(argv, "-c", strings.TrimSpace(c), "-c", "do show running-config")
	}
	out, err := r.Exec(t.Context(), argv...)
	texts := strings.Split(out, "Building configuration...\n")
	if err != nil || len(texts) != len(commands)+1 || len(commands) == 0 {
		t.Fatalf("%d running configurations after %d commands: %v\n%s", len(texts)-1, len(commands), err, told)
	}
	for i, text := range texts[1:] {
		text, words, _ := strings.Cut(text, "\nend\n")
		if words != "" {
			t.Errorf("after %q the daemons say %q\n%s", commands[i], words, told)
		}
		for _, d := range dangling(mustReadFRR(t, []byte(text+"\nend\n")).Statements) {
			if !slices.Contains(before, d) {
				t.Errorf("after %q %s\n%s", commands[i], d, told)
			}
		}
	}
	return "Building configuration...\n" + texts[len(texts)-1]
}
