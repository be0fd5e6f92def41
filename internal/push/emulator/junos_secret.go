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
	out := []byte("i")
	for i := range len(clear) {
		rest := int(clear[i])
		row := junosWeights(i)
		gaps := make([]int, len(row))
		for j := len(row) - 1; j >= 0; j-- {
			gaps[j], rest = rest/row[j], rest%row[j]
		}
		for _, gap := range gaps {
			last := strings.IndexByte(junosAlphabet, out[len(out)-1])
			out = append(out, junosAlphabet[(last+gap+1)%len(junosAlphabet)])
		}
	}
	return `"$9$` + string(out) + `"`
}

// The letters of $9$, in four families: where a secret begins with one of the first,
// three letters follow that mean nothing, and none after one of the last.
const (
	junosFirst    = "QzF3n6/9CAtpu0O"
	junosSecond   = "B1IREhcSyrleKvMW8LXx"
	junosThird    = "7N-dVbwsY2g4oaJZGUDj"
	junosAlphabet = junosFirst + junosSecond + junosThird + "iHkq.mPf5T"
)

// junosWeights are what the differences between letters count for in the byte at i.
func junosWeights(i int) []int {
	rows := [...][]int{{1, 4, 32}, {1, 16, 32}, {1, 8, 32}, {1, 64}, {1, 32}, {1, 4, 16, 128}, {1, 32, 64}}
	return rows[i%len(rows)]
}

// junosClear is a secret in clear: $9$ taken apart, whatever letter it begins with, and
// other words as they are.
func junosClear(word string) string {
	hidden, ok := strings.CutPrefix(word, "$9$")
	if !ok || hidden == "" {
		return word
	}
	last := strings.IndexByte(junosAlphabet, hidden[0])
	means := 1
	for _, end := range []int{len(junosFirst), len(junosFirst + junosSecond), len(junosFirst + junosSecond + junosThird)} {
		if last < end {
			means++
		}
	}
	var out []byte
	for hidden = hidden[min(means, len(hidden)):]; hidden != ""; {
		row, b := junosWeights(len(out)), 0
		if len(hidden) < len(row) {
			return word
		}
		for i, weight := range row {
			at := strings.IndexByte(junosAlphabet, hidden[i])
			b += (at - last - 1 + 2*len(junosAlphabet)) % len(junosAlphabet) * weight
			last = at
		}
		out, hidden = append(out, byte(b)), hidden[len(row):]
	}
	return string(out)
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
