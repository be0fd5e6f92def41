package docs

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What no finding is about is said in words of its own, with its sources.
func TestUnchecked(t *testing.T) {
	t.Parallel()
	byCode := make(map[string]Rule)
	for _, r := range Unchecked() {
		byCode[r.Code] = r
		if strings.Contains(r.Page, " | ") || strings.Contains(r.Page, "..") {
			t.Errorf("the page of %s is no text: %s", r.Code, r.Page)
		}
	}
	want := `# ER045: an outer tag of another EtherType than 0x8100

Severity: error

No intent can break this rule.

## What

Both tags have EtherType 0x8100 (` + "`expressroute-erdirect-about.md`" + `).

## Why it cannot happen

` + "`vlan`" + ` holds two numbers and no EtherType; 0x8100 is what each platform takes by itself, or is told on Linux.
`
	if diff := cmp.Diff(want, byCode["ER045"].Page); diff != "" {
		t.Errorf("ER045 (-want +got):\n%s", diff)
	}
	want = `# ER202: a flow that Azure cannot see

Severity: warning

This rule comes with ` + "`ercfg verify`" + `, which is not there yet: nothing checks it now.
`
	if diff := cmp.Diff(want, byCode["ER202"].Page); diff != "" {
		t.Errorf("ER202 (-want +got):\n%s", diff)
	}
}

// The list has every rule once: those of ExpressRoute, and those with a page.
func TestAll(t *testing.T) {
	t.Parallel()
	last := ""
	seen := make(map[string]bool)
	for _, r := range All() {
		if r.Code <= last || r.Title == "" || r.Severity == "" || !strings.HasPrefix(r.Page, "# "+r.Code+": ") {
			t.Errorf("behind %s stands %+v", last, r)
		}
		last, seen[r.Code] = r.Code, true
	}
	for line := range strings.Lines(listed) {
		if code, _, ok := strings.Cut(line, "\t"); ok && !seen[code] {
			t.Errorf("%s is not listed", code)
		}
	}
}
