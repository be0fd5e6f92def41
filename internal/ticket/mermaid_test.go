package ticket

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/plan"
)

// mermaidLine is every form of line that Mermaid writes: ids of its own, labels
// in quotes without a character that would end them or mean something.
var mermaidLine = func() *regexp.Regexp {
	const label = `"(?:[^"#<>&|;\[\]\x60*_~\\]|#(?:\d+);|<br/>)*"`
	const id = `n\d+(?:p\d+)?`
	return regexp.MustCompile(`^(?:flowchart LR|  end|  more\["\d+ more edges"\]|  linkStyle \d+(?:,\d+)* stroke-width:4px` +
		`| {2,4}` + id + `\[` + label + `\]|  subgraph n\d+\[` + label + `\]|  ` + id + ` (?:---|===|-\.-)(?:\|` + label + `\|)? ` + id + `)$`)
}()

func TestMermaidShape(t *testing.T) {
	t.Parallel()
	for name, d := range pictures(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := d.Mermaid()
			if len(got) >= mermaidText {
				t.Errorf("%d characters, Mermaid takes fewer than %d", len(got), mermaidText)
			}
			edges, depth := 0, 0
			defined := make(map[string]bool)
			for line := range strings.SplitSeq(got, "\n") {
				if !mermaidLine.MatchString(line) {
					t.Errorf("line %q is of no known form", line)
				}
				fields := strings.Fields(line)
				switch {
				case fields[0] == "subgraph":
					depth++
					defined[before(fields[1])] = true
				case fields[0] == "end":
					depth--
				case strings.HasPrefix(line, "  n") && regexp.MustCompile(`^ +n[0-9p]+ `).MatchString(line):
					edges++
					if !defined[fields[0]] || !defined[fields[len(fields)-1]] {
						t.Errorf("edge %q of a node that is not defined", line)
					}
				case fields[0][0] == 'n':
					defined[before(fields[0])] = true
				}
			}
			if depth != 0 || edges != len(d.Edges) {
				t.Errorf("%d frames left open, %d edges of %d", depth, edges, len(d.Edges))
			}
			if again := d.Mermaid(); again != got {
				t.Error("differs from run to run")
			}
		})
	}
}

func before(text string) string {
	id, _, _ := strings.Cut(text, "[")
	return id
}

func TestMermaidLabel(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`plain 10.0.0.0/8`: `"plain 10.0.0.0/8"`,
		`say "x"`:          `"say #34;x#34;"`,
		`#quot;`:           `"#35;quot#59;"`,
		`<b>&`:             `"#60;b#62;#38;"`,
		`- item`:           `"#45; item"`,
		`12. item`:         `"12#46; item"`,
		`1) item`:          `"1#41; item"`,
		"`md`":             `"#96;md#96;"`,
		"a\nb":             `"a#10;b"`,
	} {
		if got := mermaidLabel([]string{in}); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// A plan that is too big for Mermaid loses details, then edges, and says so.
func TestMermaidOfTooMuch(t *testing.T) {
	t.Parallel()
	d := Diagram{Nodes: []Node{{Kind: RouterNode, Name: "ce1"}, {Kind: CircuitNode, Name: "er-a", Ports: []Port{{Name: "primary MSEE"}}}}}
	for i := range 700 {
		d.Edges = append(d.Edges, Edge{Kind: LinkEdge, To: 1, Label: []string{fmt.Sprintf("er-%d", i)}})
	}
	got := d.Mermaid()
	if n := strings.Count(got, " ---|"); n != mermaidEdges-1 || !strings.Contains(got, `more["201 more edges"]`) {
		t.Errorf("%d edges, and what is left out is not told:\n%s", n, got[len(got)-200:])
	}
	for i := range d.Edges {
		d.Edges[i].Label[0] = strings.Repeat("x", 400)
	}
	if got = d.Mermaid(); len(got) >= mermaidText || !strings.Contains(got, "more edges") {
		t.Errorf("%d characters", len(got))
	}
}

func TestMermaidGolden(t *testing.T) {
	t.Parallel()
	plans := goldenPlans(t)
	for _, name := range []string{"two-homes", "encrypted-two-routers"} {
		golden.Equal(t, "testdata/diagram-"+name+".mmd", newDiagram(plans[name]).Mermaid()+"\n")
	}
	if got := newDiagram(&plan.Plan{}).Mermaid(); got != "flowchart LR" {
		t.Errorf("an empty plan: %q", got)
	}
}
