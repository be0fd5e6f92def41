package push

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/ercfg/ercfg/internal/secret"
)

// A sshServer is an SSH server on 127.0.0.1 whose every step a test can change.
type sshServer struct {
	t        *testing.T
	listener net.Listener
	config   *ssh.ServerConfig
	key      ssh.Signer
	exec     func(command string, ch ssh.Channel) int // exit status; below zero: none
	shell    func(ch ssh.Channel)
	pty      chan string // requests for a terminal, "vt100 511x255"
	// silentAt names where the server stops to answer: "version", "session", "pty", "exec",
	// "alive".
	silentAt string
	forward  bool // take direct-tcpip
	wg       sync.WaitGroup
	mu       sync.Mutex
	conns    []net.Conn
	logins   []string // methods that were refused
}

const (
	testUser     = "netops"
	testPassword = "correct horse"
)

func newSigner(t *testing.T) (ssh.Signer, Key) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, Key{Name: "test key", Value: secret.NewValue(string(pem.EncodeToMemory(block)))}
}

// newServer starts a server that lets testUser in with testPassword. Start begins to
// accept; what a test changes, it changes before.
func newServer(t *testing.T) *sshServer {
	t.Helper()
	s := &sshServer{t: t, pty: make(chan string, 8)}
	s.key, _ = newSigner(t)
	s.config = &ssh.ServerConfig{
		PasswordCallback: func(c ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if c.User() == testUser && string(password) == testPassword {
				return nil, nil
			}
			return nil, fmt.Errorf("no")
		},
		AuthLogCallback: func(_ ssh.ConnMetadata, method string, err error) {
			if err != nil && method != "none" {
				s.mu.Lock()
				s.logins = append(s.logins, method)
				s.mu.Unlock()
			}
		},
	}
	s.config.AddHostKey(s.key)
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sshServer) start() *sshServer {
	s.wg.Go(func() {
		for {
			c, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, c)
			s.mu.Unlock()
			s.wg.Go(func() { s.serve(c) })
		}
	})
	s.t.Cleanup(func() {
		_ = s.listener.Close()
		s.cut()
		s.wg.Wait()
	})
	return s
}

// cut ends all connections without a word.
func (s *sshServer) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_ = c.Close()
	}
	s.conns = nil
}

func (s *sshServer) serve(c net.Conn) {
	defer c.Close()
	if s.silentAt == "version" {
		_, _ = io.Copy(io.Discard, c)
		return
	}
	conn, channels, requests, err := ssh.NewServerConn(c, s.config)
	if err != nil {
		return
	}
	defer conn.Close()
	s.wg.Go(func() {
		for r := range requests {
			if s.silentAt != "alive" {
				_ = r.Reply(false, nil)
			}
		}
	})
	for nc := range channels {
		switch {
		case s.silentAt == "session":
		case nc.ChannelType() == "session":
			ch, requests, err := nc.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.session(ch, requests) })
		case nc.ChannelType() == "direct-tcpip" && s.forward:
			s.wg.Go(func() { s.forwardTo(nc) })
		default:
			_ = nc.Reject(ssh.Prohibited, "not here")
		}
	}
}

func (s *sshServer) forwardTo(nc ssh.NewChannel) {
	var to struct {
		Host     string
		Port     uint32
		FromHost string
		FromPort uint32
	}
	if err := ssh.Unmarshal(nc.ExtraData(), &to); err != nil {
		return
	}
	c, err := net.Dial("tcp", net.JoinHostPort(to.Host, fmt.Sprint(to.Port)))
	if err != nil {
		_ = nc.Reject(ssh.ConnectionFailed, "no way there")
		return
	}
	defer c.Close()
	ch, requests, err := nc.Accept()
	if err != nil {
		return
	}
	defer ch.Close()
	s.wg.Go(func() { ssh.DiscardRequests(requests) })
	s.wg.Go(func() { _, _ = io.Copy(c, ch); _ = c.Close() })
	_, _ = io.Copy(ch, c)
}

func (s *sshServer) session(ch ssh.Channel, requests <-chan *ssh.Request) {
	defer ch.Close()
	for r := range requests {
		switch r.Type {
		case "pty-req":
			if s.silentAt == "pty" {
				continue
			}
			var p struct {
				Term                       string
				Columns, Rows, Width, High uint32
				Modes                      string
			}
			_ = ssh.Unmarshal(r.Payload, &p)
			select {
			case s.pty <- fmt.Sprintf("%s %dx%d", p.Term, p.Columns, p.Rows):
			default:
			}
			_ = r.Reply(true, nil)
		case "shell":
			_ = r.Reply(true, nil)
			s.wg.Go(func() { ssh.DiscardRequests(requests) })
			s.shell(ch)
			return
		case "exec":
			if s.silentAt == "exec" {
				continue
			}
			if s.exec == nil {
				_ = r.Reply(false, nil)
				continue
			}
			_ = r.Reply(true, nil)
			s.wg.Go(func() { ssh.DiscardRequests(requests) })
			var command struct{ Line string }
			_ = ssh.Unmarshal(r.Payload, &command)
			if code := s.exec(command.Line, ch); code >= 0 {
				_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{uint32(code)}))
			}
			return
		default:
			_ = r.Reply(false, nil)
		}
	}
}

func (s *sshServer) port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// known writes a known_hosts file with one key for the server.
func (s *sshServer) known(key ssh.PublicKey) string {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "known_hosts")
	line := knownhosts.Line([]string{s.listener.Addr().String()}, key) + "\n"
	if err := os.WriteFile(file, []byte(line), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return file
}

// target is a target that gets in.
func (s *sshServer) target() Target {
	s.t.Helper()
	return Target{
		Router: "ce1", Host: "127.0.0.1", Port: s.port(), User: testUser, Password: secret.NewValue(testPassword),
		KnownHosts: []string{s.known(s.key.PublicKey())}, Timeout: 3 * patience,
	}
}

// dial connects, and closes at the end of the test.
func dial(t *testing.T, target Target, log *Transcript) *Conn {
	t.Helper()
	c, err := Dial(t.Context(), target, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// A cli is a command line as a router has it: it echoes, and answers lines.
type cli struct {
	ch     io.ReadWriter
	prompt string
	// answer returns the output and the next prompt. What it writes itself comes first.
	answer   func(c *cli, line string) (output, prompt string)
	banner   string
	question string
	draw     func(line string) string // how the line editor shows a line
	typed    []string
	reads    int
	mu       sync.Mutex
	pend     []byte
}

func (c *cli) print(text string) { _, _ = io.WriteString(c.ch, strings.ReplaceAll(text, "\n", "\r\n")) }

// line reads a line and echoes it.
func (c *cli) line() (string, error) {
	var buf [4096]byte
	for {
		if i := bytes.IndexByte(c.pend, '\n'); i >= 0 {
			line := strings.TrimSuffix(string(c.pend[:i]), "\r")
			c.pend = c.pend[i+1:]
			c.mu.Lock()
			c.typed = append(c.typed, line)
			c.mu.Unlock()
			line = strings.ReplaceAll(line, "\x16", "")
			shown := line
			if c.draw != nil {
				shown = c.draw(line)
			}
			c.print(shown + "\n")
			return line, nil
		}
		n, err := c.ch.Read(buf[:])
		if err != nil {
			return "", err
		}
		c.mu.Lock()
		c.reads++
		c.mu.Unlock()
		c.pend = append(c.pend, buf[:n]...)
	}
}

func (c *cli) serve() {
	c.print(c.banner + c.prompt)
	for {
		line, err := c.line()
		if err != nil || line == "exit" {
			return
		}
		out := ""
		out, c.prompt = c.answer(c, line)
		c.print(out + c.prompt)
	}
}

func (c *cli) lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.typed...)
}

// shellOf starts a server whose shell is the command line, and opens it.
func shellOf(t *testing.T, d dialect, line *cli, log *Transcript) *Session {
	t.Helper()
	server := newServer(t)
	server.shell = func(ch ssh.Channel) { line.ch = ch; line.serve() }
	return openShell(t, dial(t, server.start().target(), log), d)
}

func openShell(t *testing.T, c *Conn, d dialect) *Session {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	s, err := c.Shell(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func marshalKey(s ssh.Signer) []byte { return ssh.MarshalAuthorizedKey(s.PublicKey()) }
