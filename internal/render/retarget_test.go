package render_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/twin"
)

// today is the day of every test: no waiver depends on the real one.
var today = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// vendors are all platforms.
func vendors() []plan.Platform { return []plan.Platform{plan.IOSXE, plan.Junos, plan.FRR} }

// A subject is an intent that the truth tests render, for every vendor in
// turn: a golden case, or an example of the project. Where change is there, it
// is the intent after that change.
type subject struct {
	name, file string
	change     func(*intent.Document)
}

// subjects lists every golden case and every example, and variants that show the
// rest of a design to a vendor that refuses one part of it.
func subjects(t testing.TB) []subject {
	t.Helper()
	var out []subject
	add := func(name, file string) {
		s := subject{name: name, file: file}
		out = append(out, s)
		if slices.ContainsFunc(s.document(t).Intent.DirectPorts, func(e intent.Entry[intent.DirectPort]) bool { return e.Value.MACsec != nil }) {
			out = append(out, subject{name + " without MACsec", file, withoutMACsec})
		}
	}
	golden, err := filepath.Glob("testdata/*/intent.yaml")
	if err != nil || len(golden) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	for _, file := range golden {
		add(filepath.Base(filepath.Dir(file)), file)
	}
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range examples {
		add(strings.TrimSuffix(filepath.Base(file), ".yaml"), file)
	}
	return out
}

// withoutMACsec leaves the Direct ports in clear.
func withoutMACsec(doc *intent.Document) { twin.WithoutMACsec(doc) }

// subjectsOn lists the subjects that a platform can express.
func subjectsOn(t testing.TB, platform plan.Platform) []subject {
	t.Helper()
	return slices.DeleteFunc(subjects(t), func(s subject) bool {
		_, diags := twin.Resolve(s.document(t), platform, today)
		return diags.HasErrors()
	})
}

// subjectNamed returns one of subjects.
func subjectNamed(t testing.TB, name string) subject {
	t.Helper()
	for _, s := range subjects(t) {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no golden case and no example is called %s", name)
	return subject{}
}

// document parses the subject; an error in it fails t.
func (s subject) document(t testing.TB) *intent.Document {
	t.Helper()
	data, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := intent.Parse([]intent.File{{Name: s.file, Data: data}})
	if diags.HasErrors() {
		t.Fatal(findings(t, diags))
	}
	if s.change != nil {
		s.change(doc)
	}
	return doc
}

// on resolves the subject with every router of one platform, which has to be
// able to express it.
func (s subject) on(t testing.TB, platform plan.Platform) *plan.Plan {
	t.Helper()
	doc := s.document(t)
	twin.Document(doc, platform)
	return planOf(t, doc)
}

// planOf resolves a document; any error fails t.
func planOf(t testing.TB, doc *intent.Document) *plan.Plan {
	t.Helper()
	p, diags := plan.Resolve(doc, plan.Env{Today: today})
	if p == nil {
		t.Fatal(findings(t, diags))
	}
	if found := render.Check(p); found.HasErrors() {
		t.Fatal(findings(t, found))
	}
	return p
}

// configs renders p.
func configs(t testing.TB, p *plan.Plan) []artifact.Config {
	t.Helper()
	out, err := render.All(p, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func findings(t testing.TB, diags diag.List) string {
	t.Helper()
	var text strings.Builder
	if err := diags.WriteText(&text, true); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// A refusal is a design that a platform cannot express, and the rule that says
// so. Every other subject renders on every platform.
type refusal struct {
	subject  string
	platform plan.Platform
	code     diag.Code
}

// refusals lists them, in the order of vendors and subjects. MACsec is no part
// of FRR: on Linux it is wpa_supplicant's and the driver's.
func refusals() []refusal {
	return []refusal{{"direct-dot1q", plan.FRR, "ER950"}, {"06-direct-qinq-pe", plan.FRR, "ER950"}}
}

// Every subject renders on every vendor that can express it, and a router keeps
// its addresses; what a vendor cannot express is an error with its number, and
// no other design is refused.
func TestRetarget(t *testing.T) {
	t.Parallel()
	var refused []refusal
	for _, platform := range vendors() {
		for _, s := range subjects(t) {
			p, diags := twin.Resolve(s.document(t), platform, today)
			for _, d := range diags {
				if d.Severity == diag.Error {
					refused = append(refused, refusal{s.name, platform, d.Code})
				}
			}
			if !diags.HasErrors() {
				keepsAddresses(t, s, p, platform)
			}
		}
	}
	if diff := cmp.Diff(refusals(), slices.Compact(refused), cmp.AllowUnexported(refusal{})); diff != "" {
		t.Errorf("refused (-listed +now):\n%s", diff)
	}
}

// keepsAddresses wants the neighbors of the plan in the text of each router.
func keepsAddresses(t *testing.T, s subject, p *plan.Plan, platform plan.Platform) {
	t.Helper()
	for i, c := range configs(t, p) {
		if c.Platform != platform.String() {
			t.Errorf("%s: %s is a router of %s, want %s", s.name, c.Router, c.Platform, platform)
		}
		r := &p.Routers[i]
		want := make([]netip.Addr, 0, 2*len(r.Links)+len(r.Tunnels))
		for _, l := range r.Links {
			for _, session := range l.Sessions {
				want = append(want, session.Neighbor)
			}
		}
		for _, tunnel := range r.Tunnels {
			want = append(want, tunnel.Session.Neighbor)
		}
		for _, neighbor := range want {
			if !strings.Contains(strings.ToLower(c.Text), "neighbor "+neighbor.String()+" ") {
				t.Errorf("%s: %s on %s has no neighbor %s", s.name, c.Router, platform, neighbor)
			}
		}
	}
}
