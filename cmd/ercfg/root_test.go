package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// call runs ercfg in this process.
func call(t *testing.T, a *app, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a.stdin, a.stdout, a.stderr = strings.NewReader(""), &out, &errs
	code = a.run(args)
	return code, out.String(), errs.String()
}

// The help of every verb fits a terminal, shows how the verb is used, and says
// it by example.
func TestHelp(t *testing.T) {
	t.Parallel()
	verbs := []string{""}
	for _, c := range (&app{}).rootCommand().Commands() {
		verbs = append(verbs, c.Name())
	}
	for _, verb := range verbs {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			code, text, _ := call(t, &app{}, "help", verb)
			if verb == "" {
				code, text, _ = call(t, &app{}, "help")
			}
			if code != exitOK {
				t.Fatalf("exit code %d", code)
			}
			for line := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > columns {
					t.Errorf("%d columns: %s", n, line)
				}
			}
			for _, want := range []string{"\nUsage:\n  ercfg", "\nExamples:\n  ", "--output text|json"} {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
				t.Errorf("the help does not end in one line end")
			}
		})
	}
}
