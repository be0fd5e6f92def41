package emulator

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/google/go-cmp/cmp"
)

// nameOf finds the intent's name in a rendering.
var nameOf = regexp.MustCompile(`route-map ([A-Z0-9-]+?)-(ER|IBGP|S2S|NEXTHOP|ANCHORS|VPN|BLUE|RED|CORE|DMZ|IN|MIX)\b`)

// edited is a configuration that differs in a few lines: some are gone, some have
// other values.
func edited(text string, seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 2))
	lines := strings.Split(text, "\n")
	for range 1 + seed%4 {
		i := random.IntN(len(lines))
		switch words := strings.Fields(lines[i]); {
		case len(words) < 2 || strings.HasPrefix(lines[i], "interface ") || strings.HasPrefix(lines[i], "router ") || words[0] == "encapsulation" || words[0] == "address-family":
		case words[0] == "set" && words[1] == "local-preference":
			lines[i] = " set local-preference 77"
		case len(words) == 5 && words[2] == "timers":
			lines[i] = strings.Replace(lines[i], words[3]+" "+words[4], "7 21", 1)
		case i+1 < len(lines) && depth(lines[i+1]) > depth(lines[i]): // others stand in it
		case lines[i][0] == ' ' || words[1] == "prefix-list":
			lines = slices.Delete(lines, i, i+1)
		}
	}
	return strings.Join(lines, "\n")
}

func depth(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// ports are the physical interfaces of a configuration: every router prints them,
// and none lets go of them.
func ports(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "interface "); ok && !strings.ContainsAny(name, ".") && strings.Contains(name, "Ethernet") {
			out.WriteString(line + "!\n")
		}
	}
	return out.String()
}

// TestCommandsTyped types the commands that confdiff finds between what a router has
// and what was rendered, and those back. Two engines that share nothing agree on
// what the router has then, and the router refuses no line.
func TestCommandsTyped(t *testing.T) {
	t.Parallel()
	total := 0
	for _, file := range iosxeGoldens(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(5) {
			running := edited(string(text), seed)
			if seed == 0 {
				running = "version 17.9\ninterface Loopback99\n" + ports(string(text))
			}
			total += typeChange(t, filepath.Base(filepath.Dir(file)), string(text), running)
		}
	}
	if total < 400 {
		t.Errorf("only %d commands were typed: the test has become idle", total)
	}
}

// typeChange takes a router to what was rendered and back, and says how many lines
// it took.
func typeChange(t *testing.T, name, rendered, running string) int {
	t.Helper()
	r := start(t, Options{Platform: IOSXE, Name: "ce1", Running: running})
	want, have := read(t, rendered), read(t, r.Running())
	c := confdiff.Between(want, have, confdiff.Options{Intent: strings.ToLower(nameOf.FindStringSubmatch(rendered)[1]), Prune: true, BringUp: true})
	if c.Refused != "" || c.Same() {
		return 0
	}
	p := login(t, r)
	for _, way := range [][]string{c.Commands, c.Undo} {
		before := read(t, r.Running())
		p.all("configure terminal")
		for _, line := range way {
			if answer := p.do(line); !taken.MatchString(answer) {
				t.Errorf("%s: %q is answered %q; all of it:\n%s", name, line, answer, strings.Join(way, "\n"))
			}
		}
		p.all("end")
		after, err := confdiff.Apply(before, way)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(keys(after), keys(read(t, r.Running()))); diff != "" {
			t.Errorf("%s: confdiff's model (-) and the emulator (+) differ after\n%s\n%s", name, strings.Join(way, "\n"), diff)
		}
	}
	p.client.Close()
	return len(c.Commands) + len(c.Undo)
}

func read(t *testing.T, text string) confdiff.Config {
	t.Helper()
	c, err := confdiff.Read(confdiff.IOSXE, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// keys are the statements of a configuration, sorted.
func keys(c confdiff.Config) []string {
	var out []string
	for _, s := range c.Statements {
		out = append(out, s.Key())
	}
	slices.Sort(out)
	return slices.Compact(out)
}
