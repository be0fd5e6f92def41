package emulator

import (
	"slices"
	"strings"
)

// junosHides reports whether a statement's value is a secret, which Junos stores
// scrambled and marks (CLI User Guide: "## SECRET-DATA").
func junosHides(word string) bool {
	return slices.Contains([]string{"authentication-key", "ascii-text", "cak", "encrypted-password", "secret"}, word)
}

// junosScramble is the $9$ form of a secret: each letter as differences between the
// letters of an alphabet, counted from the letter before. A router begins with a
// random letter; this one with i, whose family takes no random letters behind it.
// The form is known from public implementations; Juniper does not document it.
func junosScramble(clear string) string {
	const alphabet = "QzF3n6/9CAtpu0O" + "B1IREhcSyrleKvMW8LXx" + "7N-dVbwsY2g4oaJZGUDj" + "iHkq.mPf5T"
	weights := [][]int{{1, 4, 32}, {1, 16, 32}, {1, 8, 32}, {1, 64}, {1, 32}, {1, 4, 16, 128}, {1, 32, 64}}
	out := []byte("i")
	for i := range len(clear) {
		rest := int(clear[i])
		row := weights[i%len(weights)]
		gaps := make([]int, len(row))
		for j := len(row) - 1; j >= 0; j-- {
			gaps[j], rest = rest/row[j], rest%row[j]
		}
		for _, gap := range gaps {
			last := strings.IndexByte(alphabet, out[len(out)-1])
			out = append(out, alphabet[(last+gap+1)%len(alphabet)])
		}
	}
	return `"$9$` + string(out) + `"`
}

// junosStored are the words of a set command as the router keeps them: a secret
// scrambled.
func junosStored(words []string) []string {
	out := slices.Clone(words)
	last := len(out) - 1
	if last > 0 && junosHides(out[last-1]) && !strings.HasPrefix(junosBare(out[last]), "$") {
		out[last] = junosScramble(junosBare(out[last]))
	}
	return out
}
