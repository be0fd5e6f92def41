package push

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/golden"
)

const faultsHead = `# What becomes of a push when something fails

This page is written by the tests of ` + "`internal/push`" + `: each row was played, and what is
said of it was read from the router and from the process. FRR 8.4.4 is real, with a
real OpenSSH server and live BGP and BFD sessions. IOS-XE and Junos are *emulated* from
the vendors' documents ([IOS-XE](emulator-ios-xe.md), [Junos](emulator-junos.md)): no
configuration of ours has run on them.

In the window of a change a router undoes it by itself, here after a few seconds.
"ercfg status" is what it says, and its exit code, when everything is over. Exit codes:
0 as wanted; 3 nothing was changed; 4 put back; 5 a person must look. Where ercfg ends
with 5 because it could not reach the router any more, the router has undone the change
all the same: status tells, as soon as the router can be reached.
`

// The page of faults is what the tests have seen.
func TestFaultsPage(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString(faultsHead)
	for _, part := range []struct{ title, name, intro string }{
		{"FRR", "frr", ""}, {"IOS-XE, emulated", "ios-xe", ""}, {"Junos, emulated", "junos", ""},
	} {
		fmt.Fprintf(&page, "\n## %s\n\n| moment | fault | the router ends with | exit code | ercfg status |\n| --- | --- | --- | --- | --- |\n", part.title)
		for _, row := range faultRows(t, part.name) {
			fmt.Fprintf(&page, "| %s |\n", strings.Join(row[2:], " | "))
		}
		page.WriteString("\n| what else goes wrong | the router ends with | exit code |\n| --- | --- | --- |\n")
		for _, row := range faultRows(t, part.name+"-special") {
			fmt.Fprintf(&page, "| %s | %s | %s |\n", row[3], row[4], row[5])
		}
	}
	golden.Equal(t, filepath.Join("..", "..", "docs", "push-faults.md"), page.String())
}

// faultRows are the rows of a table in testdata. No router may end unknown without an
// exit code that says so.
func faultRows(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "faults", name+".tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(text)) {
		row := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(row) != 7 {
			t.Fatalf("%s: %q", name, line)
		}
		if strings.Contains(row[4], "unknown") && row[5] != "5" {
			t.Errorf("%s: %q", name, line)
		}
		out = append(out, row)
	}
	return out
}
