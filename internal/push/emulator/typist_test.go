package emulator

import (
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// patience is how long a test waits for what comes at once on an idle machine.
const patience = 30 * time.Second

// iosxeReady matches a screen that waits for a line: a prompt, a question, the
// pager.
var iosxeReady = regexp.MustCompile(`(?:^|\n)[\w.-]+(?:\([\w-]+\))?[#>]$|\[confirm\]$|\]\? $| --More-- $|Password: $`)

// gone is what takes the pager's question off the screen.
var gone = strings.Repeat("\b", 10) + strings.Repeat(" ", 10) + strings.Repeat("\b", 10)

// A typist is a person at a terminal: it types a line and reads until the router
// waits for the next one.
type typist struct {
	t      *testing.T
	client *ssh.Client
	in     io.Writer
	screen chan string // what comes, in pieces; closed at the end
	last   string
}

// start starts a router that ends with the test.
func start(t *testing.T, o Options) *Router {
	t.Helper()
	if o.Password == "" {
		o.Password = "secret"
	}
	r, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// login opens a session.
func login(t *testing.T, r *Router) *typist {
	t.Helper()
	client, err := ssh.Dial("tcp", r.Addr(), &ssh.ClientConfig{
		User: "netops", Auth: []ssh.AuthMethod{ssh.Password("secret")}, HostKeyCallback: ssh.FixedHostKey(r.HostKey()), Timeout: patience,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("vt100", 24, 80, ssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	p := &typist{t: t, client: client, in: in, screen: make(chan string, 4096)}
	go func() {
		defer close(p.screen)
		for {
			piece := make([]byte, 4096)
			n, err := out.Read(piece)
			if n > 0 {
				p.screen <- string(piece[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	screen := p.wait()
	p.last = screen[strings.LastIndex(screen, "\n")+1:]
	return p
}

// wait reads until the router waits for a line.
func (p *typist) wait() string {
	p.t.Helper()
	return p.until(iosxeReady.MatchString)
}

// until reads until the screen is as wanted.
func (p *typist) until(wanted func(screen string) bool) string {
	p.t.Helper()
	deadline := time.After(patience)
	screen := ""
	for {
		select {
		case piece, open := <-p.screen:
			if !open {
				p.t.Fatalf("the session ended after %q", screen)
			}
			screen += strings.ReplaceAll(piece, "\r", "")
			if wanted(strings.ReplaceAll(screen, gone, "\n")) {
				return screen
			}
		case <-deadline:
			p.t.Fatalf("after %v there is only %q", patience, screen)
		}
	}
}

// send types without waiting.
func (p *typist) send(keys string) {
	p.t.Helper()
	if _, err := io.WriteString(p.in, keys); err != nil {
		p.t.Fatalf("type %q: %v", keys, err)
	}
}

// do types a line and returns what the router answers, without the echo and the
// prompt, which last holds.
func (p *typist) do(line string) string {
	p.t.Helper()
	p.send(line + "\r")
	screen := p.wait()
	_, answer, _ := strings.Cut(screen, "\n")
	at := strings.LastIndex(answer, "\n") + 1
	p.last = answer[at:]
	return answer[:at]
}

// taken matches what the router says of a line that it takes.
var taken = regexp.MustCompile(`^(?:|Enter configuration (?s:.*)|Rollback Confirmed Change: Backing up (?s:.*)|% Warning: A hold time .*\n|% Not all config may be removed .*\n)$`)

// all types lines and fails the test when one is refused.
func (p *typist) all(lines ...string) {
	p.t.Helper()
	for _, line := range lines {
		if answer := p.do(line); !taken.MatchString(answer) {
			p.t.Fatalf("%q is answered %q", line, answer)
		}
	}
}

// ended reports whether the connection breaks in time.
func (p *typist) ended() bool {
	deadline := time.After(patience)
	for {
		select {
		case _, open := <-p.screen:
			if !open {
				return true
			}
		case <-deadline:
			return false
		}
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if f() {
			return
		}
	}
	t.Fatalf("not within %v: %s", patience, what)
}
