package push

import (
	"context"
	"strings"
	"testing"
)

// A frrLogin answers commands as a shell of a router would.
type frrLogin map[string]Result

func (l frrLogin) Exec(_ context.Context, command string, _ []byte) (Result, error) {
	return l[command], nil
}
func (frrLogin) Close() error { return nil }

// Who is not root, may not become root, or is talked to before a command is told what to
// do about it, before anything is read.
func TestFRRLogin(t *testing.T) {
	t.Parallel()
	says := func(stdout, stderr string, code int) Result {
		return Result{Stdout: []byte(stdout), Stderr: []byte(stderr), Code: code}
	}
	const id, root = "id -u", "sudo -n sh -c 'id -u'"
	for name, c := range map[string]struct {
		login frrLogin
		sudo  string
		err   string // in what is said; empty: nothing is in the way
	}{
		"root":                {frrLogin{id: says("0\n", "", 0)}, "", ""},
		"sudo":                {frrLogin{id: says("1000\n", "", 0), root: says("0\n", "sudo: unable to resolve host ce1\n", 0)}, "sudo -n ", ""},
		"a password for sudo": {frrLogin{id: says("1000\n", "", 0), root: says("", "sudo: unable to resolve host ce1\nsudo: a password is required\n", 1)}, "", "root is needed: log in as root, or let the user run /bin/sh by sudo without a password (sudo: a password is required)"},
		"no sudo":             {frrLogin{id: says("1000\n", "", 0), root: says("", "bash: line 1: sudo: command not found\n", 127)}, "", "root is needed"},
		"a greeting":          {frrLogin{id: says("Property of the bank\n0\n", "", 0)}, "", `the login says "Property of the bank" before it runs a command`},
		"vtysh":               {frrLogin{id: says("% Unknown command: id -u\n", "vtysh_pam: no\n", 1)}, "", `it answers "% Unknown command: id -u"`},
		"nothing":             {frrLogin{}, "", "the login shell does not run commands"},
	} {
		d, err := newFRR(t.Context(), c.login, func(s string) string { return s })
		if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || c.err == "" && (err != nil || d.sudo != c.sudo) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
