package push

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/golden"
)

// sentGolden compares what a run has sent to a router, every byte of it, with the
// golden of a case. Looks at the live state are repeated as often as it takes; they
// stand there once. The script of FRR, which has a file of its own, is a word.
func sentGolden(t *testing.T, o order, platform, name string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.Dir, "runs", o.Run, "ce1.transcript"))
	if err != nil {
		t.Fatal(err)
	}
	var sent strings.Builder
	for line := range strings.Lines(string(text)) {
		if line, ok := strings.CutPrefix(line, "> "); ok {
			sent.WriteString(line)
		}
	}
	all := strings.ReplaceAll(sent.String(), shellQuote(strings.TrimSpace(frrScript)), "frr.sh")
	all = strings.ReplaceAll(all, o.Run, "RUN")
	lines := once(strings.SplitAfter(all, "\n"))
	golden.Equal(t, filepath.Join("testdata", "sent", platform, name+".txt"), strings.Join(lines, ""))
}

// once takes out blocks of lines that come again directly behind themselves.
func once(lines []string) []string {
	for n := 1; n <= 60; n++ {
		for i := 0; i+2*n <= len(lines); {
			if slices.Equal(lines[i:i+n], lines[i+n:i+2*n]) && !slices.ContainsFunc(lines[i:i+n], func(l string) bool { return strings.TrimSpace(l) == "" }) {
				lines = slices.Delete(lines, i+n, i+2*n)
				continue
			}
			i++
		}
	}
	return lines
}
