package push

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

func TestExec(t *testing.T) {
	t.Parallel()
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MB
	server := newServer(t)
	server.exec = func(command string, ch ssh.Channel) int {
		switch command {
		case "cat":
			_, _ = io.Copy(ch, ch)
		case "both":
			_, _ = io.WriteString(ch, "out")
			_, _ = io.WriteString(ch.Stderr(), "err")
			return 7
		case "ignore input":
			_, _ = io.WriteString(ch, "done")
		}
		return 0
	}
	c := dial(t, server.start().target(), nil)
	for _, x := range []struct {
		command string
		stdin   []byte
		want    Result
	}{
		{"both", nil, Result{[]byte("out"), []byte("err"), 7}},
		{"cat", []byte("text"), Result{[]byte("text"), nil, 0}},
		{"cat", big, Result{big, nil, 0}},
		{"cat", nil, Result{nil, nil, 0}},
		{"ignore input", append(big, big...), Result{[]byte("done"), nil, 0}},
	} {
		got, err := c.Exec(t.Context(), x.command, x.stdin)
		if err != nil {
			t.Errorf("%s: %v", x.command, err)
		}
		if !bytes.Equal(got.Stdout, x.want.Stdout) || !bytes.Equal(got.Stderr, x.want.Stderr) || got.Code != x.want.Code {
			t.Errorf("%s: %d bytes, %q, %d", x.command, len(got.Stdout), got.Stderr, got.Code)
		}
	}
}

func TestExecTranscript(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = func(_ string, ch ssh.Channel) int {
		_, _ = io.Copy(io.Discard, ch)
		_, _ = io.WriteString(ch, "a\nb")
		return 0
	}
	var text bytes.Buffer
	log := NewTranscript(&text, nil)
	c := dial(t, server.start().target(), log)
	for range 2 {
		if _, err := c.Exec(t.Context(), "command", []byte("line 1\nline 2\n")); err != nil {
			t.Fatal(err)
		}
	}
	want := strings.Repeat("> command\n> line 1\n> line 2\n< a\n< b\n", 2)
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Error(diff)
	}
}

func TestExecFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sshServer)
		lost   bool
		text   string
	}{
		"hang":         {func(s *sshServer) { s.exec = s.silent }, true, "no end of the command"},
		"hang at exec": {func(s *sshServer) { s.silentAt = "exec" }, true, "no end of the command"},
		"hang at open": {func(s *sshServer) { s.silentAt = "session" }, true, "no session"},
		"cut":          {func(s *sshServer) { s.exec = func(string, ssh.Channel) int { s.cut(); return -1 } }, true, ""},
		"no status":    {func(s *sshServer) { s.exec = func(string, ssh.Channel) int { return -1 } }, true, "without exit status"},
		"refused":      {func(*sshServer) {}, false, "runs no commands"},
		"too much":     {func(s *sshServer) { s.exec = endless }, true, "64 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t)
			c.change(server)
			conn := dial(t, server.start().target(), nil)
			ctx, cancel := t.Context(), func() {}
			if strings.HasPrefix(name, "hang") {
				ctx, cancel = context.WithTimeout(ctx, 3*time.Second)
			}
			defer cancel()
			begin := time.Now()
			_, err := conn.Exec(ctx, "command", nil)
			if err == nil || errors.Is(err, errLost) != c.lost || !strings.Contains(err.Error(), c.text) {
				t.Errorf("%v", err)
			}
			if took := time.Since(begin); took > patience {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// silent does not answer, and does not end while the test runs.
func (s *sshServer) silent(string, ssh.Channel) int {
	<-s.t.Context().Done()
	return -1
}

func endless(_ string, ch ssh.Channel) int {
	piece := bytes.Repeat([]byte("x"), 1<<15)
	for {
		if _, err := ch.Write(piece); err != nil {
			return -1
		}
	}
}

// A command that is given up does not take the connection with it.
func TestExecAfterTimeout(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = func(command string, ch ssh.Channel) int {
		if command == "hang" {
			return server.silent(command, ch)
		}
		return echo(command, ch)
	}
	target := server.start().target()
	target.Timeout = 3 * time.Second // also without a deadline of ctx
	c := dial(t, target, nil)
	if _, err := c.Exec(context.Background(), "hang", nil); !errors.Is(err, errLost) {
		t.Errorf("%v", err)
	}
	works(t, c)
	_ = c.Close()
	if _, err := c.Exec(t.Context(), "hello", nil); !errors.Is(err, errLost) {
		t.Errorf("a closed connection: %v", err)
	}
}
