package main

import (
	"bytes"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/pathtable"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The document of a prediction is what its published schema describes, of every
// example and with whatever a flag adds.
func TestPathsJSON(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	tests := make(map[string][]string, len(examples))
	for _, e := range examples {
		tests[filepath.Base(e)] = []string{"paths", "--format", "json", e}
	}
	tests["explanation"] = []string{"paths", "--format", "json", "--explain", "emea", "../../examples/07-two-sites-standby-telemetry.yaml"}
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := call(t, &app{}, args...)
			if code != exitOK {
				t.Fatalf("exit code %d: %s", code, stderr)
			}
			document, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(stdout)))
			if err != nil {
				t.Fatal(err)
			}
			if err := compile(t, "paths", pathsSchemaID).Validate(document); err != nil {
				t.Errorf("%v\n%s", err, stdout)
			}
		})
	}
}

// Every example makes a table that a terminal holds, pairs of failures and all:
// no name of a scenario is wrapped in it.
func TestPathsExamples(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, e := range examples {
		t.Run(filepath.Base(e), func(t *testing.T) {
			t.Parallel()
			in, err := (&app{}).loadAs(e, predicted)
			if err != nil || in.plan == nil {
				t.Fatalf("%v, %v", err, in.findings)
			}
			var out strings.Builder
			table := pathtable.New(in.plan, sim.Predict(in.plan, sim.Scenarios(in.plan, 2)))
			if err := table.WriteText(&out, pathtable.Terminal{Columns: columns}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			for i := range table.Blocks {
				for _, row := range table.Blocks[i].Rows {
					if name := row.Scenarios[0].Name(); !strings.Contains(out.String(), "\n  "+name) {
						t.Errorf("no row of %s", name)
					}
				}
			}
		})
	}
}

// The width is that of COLUMNS on a terminal, and no line is wrapped elsewhere.
func TestTerminal(t *testing.T) {
	t.Parallel()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "table"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tests := []struct {
		name  string
		out   io.Writer
		width string
		want  int
	}{
		{"wide", device, "132", 132},
		{"unknown", device, "", columns},
		{"no number", device, "wide", columns},
		{"none", device, "0", columns},
		{"a file", file, "132", 0},
		{"no file", &bytes.Buffer{}, "132", 0},
	}
	for _, tt := range tests {
		if got := terminal(tt.out, tt.width).Columns; got != tt.want {
			t.Errorf("%s: %d columns, want %d", tt.name, got, tt.want)
		}
	}
}

// --statement leaves the other statements out of every form.
func TestPathsStatement(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "markdown", "html", "json"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := call(t, &app{}, "paths", "--format", format, "--statement", "dub-to-neu", "../../examples/05-microsoft-peering.yaml")
			if code != exitOK || !strings.Contains(stdout, "dub-to-neu") || strings.Contains(stdout, "ams-to-weu") {
				t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
			}
		})
	}
}

// The pairs of a large plan are more than anybody reads or a machine holds.
func TestPathsPairs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "fleet.yaml")
	if err := os.WriteFile(path, fleet.Intent(40), 0o644); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, &app{}, "paths", "--depth", "2", path)
	if code != exitUsage || stdout != "" || !strings.Contains(stderr, "--depth 2 takes at most 50000 pairs") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	prefixes := func(list ...string) []netip.Prefix {
		var out []netip.Prefix
		for _, p := range list {
			out = append(out, netip.MustParsePrefix(p))
		}
		return out
	}
	p := &plan.Plan{Statements: []plan.Statement{
		{Name: "rest", Networks: []string{"zurich", "payroll"}, VNets: []string{"vault"}, Onprem: prefixes("10.20.0.0/16"), Azure: prefixes("10.70.0.0/16")},
		{Name: "payroll", Networks: []string{"payroll"}, VNets: []string{"vault"}, Onprem: prefixes("10.20.30.0/24"), Azure: prefixes("10.70.0.0/16", "2001:db8:70::/48")},
		{Name: "services", Networks: []string{"nat"}, Services: []string{"storage"}, Onprem: prefixes("203.0.113.0/28")},
	}}
	tests := []struct {
		name, from, to string
		want           []string
		unasked        []sim.Direction
	}{
		{"the longer prefix is it", "10.20.30.7", "10.70.1.1", []string{"payroll"}, []sim.Direction{sim.FromAzure}},
		{"the shorter where it alone fits", "10.20.99.7", "vault", []string{"rest"}, []sim.Direction{sim.FromAzure}},
		{"from Azure", "10.70.1.1", "10.20.30.7", []string{"payroll"}, []sim.Direction{sim.ToAzure}},
		{"names alone may have several", "payroll", "vault", []string{"rest", "payroll"}, []sim.Direction{sim.FromAzure}},
		{"a service", "nat", "storage", []string{"services"}, []sim.Direction{sim.FromAzure}},
		{"the other family", "payroll", "2001:db8:70::1", []string{"payroll"}, []sim.Direction{sim.FromAzure}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, unasked, err := between(p, tt.from, tt.to)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("statements (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.unasked, unasked); diff != "" {
				t.Errorf("unasked (-want +got):\n%s", diff)
			}
		})
	}
	for _, ends := range [][2]string{{"nat", "vault"}, {"payroll", "zurich"}, {"10.20.30.7", "10.71.0.1"}} {
		if _, _, err := between(p, ends[0], ends[1]); err == nil {
			t.Errorf("%s and %s are joined", ends[0], ends[1])
		}
	}
}

func TestWithout(t *testing.T) {
	t.Parallel()
	steps := func() []string {
		return []string{"er-a: the link carries nothing", "→ to Azure, ipv4: er-b(P)", "  ce1:", "← from Azure, ipv4: er-b(P)", "  10.0.0.0/8", "→ to Azure, ipv6: none"}
	}
	want := []string{"er-a: the link carries nothing", "← from Azure, ipv4: er-b(P)", "  10.0.0.0/8"}
	if diff := cmp.Diff(want, without(steps(), []sim.Direction{sim.ToAzure})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(steps(), without(steps(), nil)); diff != "" {
		t.Errorf("nothing asked away (-want +got):\n%s", diff)
	}
}

// What the page about paths shows is what ercfg prints.
func TestPathsPage(t *testing.T) {
	t.Parallel()
	const path = "../../docs/reference/paths.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	console := false
	for line := range strings.Lines(string(text)) {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			console = strings.HasPrefix(line, "```console")
		case console && isCommand:
			line += run(t, "../..", command)
		case console:
			continue // what the command printed last time
		}
		out.WriteString(line)
	}
	golden.Equal(t, path, out.String())
}
