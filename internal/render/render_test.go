package render

import (
	"fmt"
	"net/netip"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// The order of routers, their text and their companions do not depend on how
// many processors render them.
func TestAllIsDeterministic(t *testing.T) {
	p := fleet(t, 40)
	byValue := cmp.Comparer(func(a, b secret.Ref) bool { return a == b })
	before := runtime.GOMAXPROCS(1)
	want := render(t, p, Options{Annotate: true})
	runtime.GOMAXPROCS(7)
	got := render(t, p, Options{Annotate: true})
	runtime.GOMAXPROCS(before)
	if diff := cmp.Diff(want, got, byValue); diff != "" {
		t.Errorf("one processor and seven differ (-one +seven):\n%s", diff)
	}
	for i := range got {
		if got[i].Router != p.Routers[i].Name {
			t.Errorf("place %d: %s, want %s", i, got[i].Router, p.Routers[i].Name)
		}
	}
}

// An empty plan is no error.
func TestAllWithoutRouters(t *testing.T) {
	t.Parallel()
	if got := render(t, &plan.Plan{Name: "empty"}, Options{}); len(got) != 0 {
		t.Errorf("rendered %v", got)
	}
}

// The placeholders in a text and its companions are those of the secrets that
// the artifact lists.
func TestSecrets(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`<(env|file|exec):[^>]*>`)
	total := 0
	for _, dir := range cases(t) {
		for _, c := range render(t, resolve(t, dir), Options{}) {
			found := placeholder.FindAllString(c.Text, -1)
			for _, f := range c.Companions {
				found = append(found, placeholder.FindAllString(f.Text, -1)...)
			}
			slices.Sort(found)
			found = slices.Compact(found)
			var want []string
			for _, s := range c.Secrets {
				want = append(want, s.Placeholder())
			}
			slices.Sort(want)
			if diff := cmp.Diff(want, found); diff != "" {
				t.Errorf("%s %s: placeholders (-listed +in text):\n%s", dir, c.Name, diff)
			}
			total += len(found)
		}
	}
	if total == 0 {
		t.Error("no golden case has a secret")
	}
}

// Every text is whole lines without blanks at their ends, and ends in one
// newline; no view prints a Go value.
func TestTextForm(t *testing.T) {
	t.Parallel()
	odd := regexp.MustCompile(`(?m)[ \t]+$|^\n|<nil>|<no value>|%!|\{\{|\}\}|0x[0-9a-f]{6}|invalid (IP|Prefix)`)
	for _, style := range []JunosStyle{Set, Braces} {
		for _, c := range render(t, handmade(t), Options{Junos: style}) {
			if at := odd.FindStringIndex(c.Text); at != nil {
				t.Errorf("%s: %q", c.Name, c.Text[max(0, at[0]-40):min(len(c.Text), at[1]+20)])
			}
			if !strings.HasSuffix(c.Text, "\n") || strings.HasSuffix(c.Text, "\n\n") {
				t.Errorf("%s ends in %q", c.Name, c.Text[len(c.Text)-5:])
			}
		}
	}
}

// A template that does not fit its view names the router.
func TestRouterError(t *testing.T) {
	t.Parallel()
	pack, err := loadPack(plan.IOSXE, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pack.text(struct{ Nothing string }{}, &writer{}); err == nil || !strings.Contains(err.Error(), "ios-xe/vrfs.tmpl") {
		t.Errorf("error %v, want one that names the template", err)
	}
}

// fleet is n routers of three vendors, each with both links of a dual-stack
// circuit, an iBGP peer, and the policies of two statements.
func fleet(t testing.TB, n int) *plan.Plan {
	t.Helper()
	base := handmade(t)
	p := &plan.Plan{Name: "fleet", Routers: make([]plan.Router, n)}
	for i := range p.Routers {
		r := base.Routers[[...]int{0, 1, 3}[i%3]]
		r.Name = fmt.Sprintf("ce%05d", i)
		r.RouterID = netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		p.Routers[i] = r
	}
	return p
}

func BenchmarkRender(b *testing.B) {
	p := fleet(b, 1000)
	for _, o := range []Options{{}, {Junos: Braces}, {Annotate: true}} {
		b.Run(fmt.Sprintf("%s,annotate=%t", o.Junos, o.Annotate), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := All(p, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCheck(b *testing.B) {
	p := fleet(b, 1000)
	for b.Loop() {
		Check(p)
	}
}
