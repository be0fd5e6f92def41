package confdiff

import (
	"strings"
	"testing"
)

// The words of every golden but names are in the table of keywords as far as it
// follows them, and none of them is cut short by it.
func TestJunosKeywords(t *testing.T) {
	t.Parallel()
	grammar := junosGrammar()
	far := 0
	for _, file := range junosFiles(t, "../render/testdata/*/*.junos.set") {
		for line := range strings.Lines(junosFile(t, file)) {
			at := grammar
			for _, word := range strings.Fields(line)[1:] {
				full, next := at.step(word)
				if full != word {
					t.Errorf("%s: %q is taken for %q in %s", file, word, full, line)
				}
				if at = next; at == nil {
					break
				}
				far++
			}
		}
	}
	if far < 5000 {
		t.Errorf("the table follows %d words of the goldens", far)
	}
}
