package diag

import "strings"

// DidYouMean is the hint for a word that is not known: the nearest known one,
// or all of them where none is near and they are few. It is empty where
// nothing helps.
func DidYouMean(word string, known []string) string {
	best := Nearest(word, known)
	switch {
	case best != "":
		return "did you mean " + best + "?"
	case len(known) > 0 && len(known) <= 24:
		return "known here: " + strings.Join(known, ", ")
	}
	return ""
}

// Nearest is the known word that a slip of the pen may have meant; it is empty
// where none is near. Of equally near ones the first listed is it.
func Nearest(word string, known []string) string {
	best, distance := "", 1+max(len(word)/2, 2)
	for _, k := range known {
		if d := editDistance(strings.ToLower(word), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance of two short words.
func editDistance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal, row[j] = row[j], min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
