package push

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// statementsApart lists what only one of two configurations of a router has, "+ "
// before what only a has and "- " before what only b has, and "~ " before a
// statement that has another secret. Routers print lists and policies in the order of
// their creation, so that order is no difference, but where it means something.
func statementsApart(a, b confdiff.Config) []string {
	of := make(map[string][]confdiff.Secret)
	for _, s := range b.Statements {
		of[s.Key()] = append(of[s.Key()], s.Secret)
	}
	var out []string
	for _, s := range a.Statements {
		secrets := of[s.Key()]
		switch {
		case isHeading(a.Platform, s):
		case len(secrets) == 0:
			out = append(out, "+ "+statementText(a.Platform, s))
		default:
			if secrets[0].Compare(s.Secret) == confdiff.Different {
				out = append(out, "~ "+statementText(a.Platform, s))
			}
			of[s.Key()] = secrets[1:]
		}
	}
	for _, s := range b.Statements {
		if left := of[s.Key()]; len(left) > 0 && !isHeading(b.Platform, s) {
			of[s.Key()] = left[1:]
			out = append(out, "- "+statementText(b.Platform, s))
		}
	}
	if len(out) == 0 && a.Platform == confdiff.Junos {
		order := junosOrder(b)
		for place, now := range junosOrder(a) {
			if !slices.Equal(now, order[place]) {
				out = append(out, "in another order: "+place)
			}
		}
		slices.Sort(out)
	}
	return out
}

// junosOrder lists, by their place, what means something else in another order: the
// terms of a policy statement, and the policies of a chain (Juniper, "Understanding
// Routing Policies").
func junosOrder(c confdiff.Config) map[string][]string {
	out := make(map[string][]string)
	for _, s := range c.Statements {
		at := slices.Index(s.Path, "term") + 2
		if last := len(s.Path); at < 2 && last > 1 && (s.Path[last-2] == "import" || s.Path[last-2] == "export") {
			at = last
		}
		if at < 2 || at > len(s.Path) {
			continue
		}
		place, member := strings.Join(s.Path[:at-1], " "), s.Path[at-1]
		if !slices.Contains(out[place], member) {
			out[place] = append(out[place], member)
		}
	}
	return out
}

// isHeading reports whether a statement is one that a router prints above every
// configuration, or changes by itself.
func isHeading(platform string, s confdiff.Statement) bool {
	if len(s.Path) != 1 {
		return false
	}
	word, _, _ := strings.Cut(s.Path[0], " ")
	switch platform {
	case confdiff.FRR:
		return word == "frr" || word == "hostname" || word == "service"
	case confdiff.IOSXE:
		return word == "version" || strings.HasPrefix(s.Path[0], "ntp clock-period ")
	}
	return false
}

// statementText is a statement with its contexts; secrets are marks.
func statementText(platform string, s confdiff.Statement) string {
	if platform == confdiff.Junos {
		return s.Text(platform)
	}
	return strings.Join(s.Path, " / ")
}

// textApart is statementsApart for a configuration as a router prints it.
func textApart(platform string, text []byte, b confdiff.Config) ([]string, error) {
	a, err := confdiff.Read(platform, text)
	if err != nil {
		return nil, err
	}
	return statementsApart(a, b), nil
}

// fingerprint is the SHA-256, in lower-case hexadecimal, of a whole configuration
// without what routers change by themselves. Of a secret it tells that it is there.
func fingerprint(c confdiff.Config) string {
	var keys []string
	for _, s := range c.Statements {
		if !isHeading(c.Platform, s) {
			keys = append(keys, s.Key())
		}
	}
	slices.Sort(keys)
	order := junosOrder(c)
	for _, place := range slices.Sorted(maps.Keys(order)) {
		if c.Platform == confdiff.Junos {
			keys = append(append(keys, place), order[place]...)
		}
	}
	h := sha256.New()
	for _, k := range keys {
		fmt.Fprintf(h, "%d %s\n", len(k), k)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// some shortens a list of lines for a sentence.
func some(lines []string) string {
	const most = 3
	if len(lines) <= most {
		return strings.Join(lines, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(lines[:most], "; "), len(lines)-most)
}
