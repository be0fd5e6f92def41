package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// today is the day of every test: no waiver depends on the real one.
var today = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// vendors are all platforms.
func vendors() []plan.Platform { return []plan.Platform{plan.IOSXE, plan.Junos, plan.FRR} }

// A subject is an intent that the truth tests render, for every vendor in
// turn: a golden case, or an example of the project that renders.
type subject struct{ name, file string }

// subjects lists every golden case and every example without a section that is
// not rendered yet.
func subjects(t testing.TB) []subject {
	t.Helper()
	var out []subject
	golden, err := filepath.Glob("testdata/*/intent.yaml")
	if err != nil || len(golden) == 0 {
		t.Fatalf("no golden cases: %v", err)
	}
	for _, file := range golden {
		out = append(out, subject{filepath.Base(filepath.Dir(file)), file})
	}
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	rendered := 0
	for _, file := range examples {
		s := subject{strings.TrimSuffix(filepath.Base(file), ".yaml"), file}
		_, diags := plan.Resolve(s.document(t), plan.Env{Today: today})
		if !slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return plan.NotRendered(d.Code) }) {
			out = append(out, s)
			rendered++
		}
	}
	if rendered == 0 {
		t.Fatal("no example renders")
	}
	return out
}

// subjectNamed returns one of subjects.
func subjectNamed(t testing.TB, name string) subject {
	t.Helper()
	for _, s := range subjects(t) {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no golden case and no example that renders is called %s", name)
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
	return doc
}

// on resolves the subject with every router of one platform.
func (s subject) on(t testing.TB, platform plan.Platform) *plan.Plan {
	t.Helper()
	doc := s.document(t)
	retarget(doc, platform)
	return planOf(t, doc)
}

// planOf resolves a document; any error, and anything that is not rendered
// yet, fails t.
func planOf(t testing.TB, doc *intent.Document) *plan.Plan {
	t.Helper()
	p, diags := plan.Resolve(doc, plan.Env{Today: today})
	if p == nil || slices.ContainsFunc(diags, func(d diag.Diagnostic) bool { return plan.NotRendered(d.Code) }) {
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

// retarget makes every router of doc one of the platform, in its default
// release and family: loopbacks and physical interfaces get the platform's
// names, one for one on each router. Addresses, tags and units stay.
func retarget(doc *intent.Document, platform plan.Platform) {
	in := doc.Intent
	for i := range in.Routers {
		r := &in.Routers[i].Value
		r.Platform.V = platform.String()
		r.Version, r.Model = intent.At[string]{}, intent.At[string]{}
		if r.Loopback != nil {
			r.Loopback.Interface.V = [...]string{plan.IOSXE: "Loopback0", plan.Junos: "lo0", plan.FRR: "lo"}[platform]
		}
		retargetOriginate(r.Originate, platform)
	}
	for i := range in.Onprem.Networks {
		retargetOriginate(in.Onprem.Networks[i].Value.Originate, platform)
	}
	names := make(map[string][]string) // router → its interfaces, in the order of the intent
	for i := range in.Circuits {
		for _, l := range privateLinks(&in.Circuits[i].Value) {
			seen := names[l.Router.V]
			n := slices.Index(seen, l.Interface.V)
			if n < 0 {
				n = len(seen)
				names[l.Router.V] = append(seen, l.Interface.V)
			}
			l.Interface.V = portName(platform, n+1)
		}
	}
}

// retargetOriginate gives OSPF the process number that only IOS-XE asks for.
func retargetOriginate(o *intent.Originate, platform plan.Platform) {
	if o != nil && platform == plan.IOSXE && o.Redistribute.V == "ospf" && !o.Process.Set() {
		o.Process = intent.At[int]{V: 1, Pos: o.Pos}
	}
}

// privateLinks returns the links of a circuit's private peering that the
// intent describes.
func privateLinks(c *intent.Circuit) []*intent.Link {
	var out []*intent.Link
	if c.Private != nil {
		for _, l := range []*intent.Link{c.Private.Primary, c.Private.Secondary} {
			if l != nil {
				out = append(out, l)
			}
		}
	}
	return out
}

// portName is the name of a router's nth physical interface.
func portName(platform plan.Platform, n int) string {
	return fmt.Sprintf([...]string{plan.IOSXE: "TenGigabitEthernet0/0/%d", plan.Junos: "xe-0/0/%d", plan.FRR: "eth%d"}[platform], n)
}

// Every subject renders on every vendor, and a router keeps its addresses.
func TestRetarget(t *testing.T) {
	t.Parallel()
	for _, s := range subjects(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for _, platform := range vendors() {
				p := s.on(t, platform)
				for i, c := range configs(t, p) {
					if c.Platform != platform.String() {
						t.Errorf("%s is a router of %s, want %s", c.Router, c.Platform, platform)
					}
					for _, l := range p.Routers[i].Links {
						for _, session := range l.Sessions {
							neighbor := session.Neighbor.String()
							if !strings.Contains(strings.ToLower(c.Text), "neighbor "+neighbor+" ") {
								t.Errorf("%s on %s has no neighbor %s", c.Router, platform, neighbor)
							}
						}
					}
				}
			}
		})
	}
}
