package emulator

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// accept takes connections until the router is closed.
func (r *Router) accept() {
	for {
		c, err := r.listener.Accept()
		if err != nil {
			return
		}
		if !r.admit(c) {
			c.Close()
			continue
		}
		r.wg.Go(func() {
			defer r.dismiss(c)
			if r.options.Latency > 0 {
				late := newLateConn(c, r.options.Latency)
				defer late.Close()
				r.connection(late)
				return
			}
			r.connection(c)
		})
	}
}

// admit takes note of a connection, unless the way is cut.
func (r *Router) admit(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cut || r.closed {
		return false
	}
	r.conns[c] = true
	return true
}

func (r *Router) dismiss(c net.Conn) {
	c.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c)
}

// serverConfig says who may log in (RFC 4252 §7, §8; RFC 4256 as IOS-XE and Junos
// offer it beside the password).
func (r *Router) serverConfig() *ssh.ServerConfig {
	o := r.options
	right := func(user, password string) bool {
		same := subtle.ConstantTimeCompare([]byte(password), []byte(o.Password)) == 1
		return user == o.User && o.Password != "" && same
	}
	refused := errors.New("access denied")
	c := &ssh.ServerConfig{MaxAuthTries: 3}
	c.AddHostKey(r.hostKey)
	if o.Banner != "" {
		c.BannerCallback = func(ssh.ConnMetadata) string { return o.Banner }
	}
	c.PasswordCallback = func(m ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		if !right(m.User(), string(password)) {
			return nil, refused
		}
		return &ssh.Permissions{}, nil
	}
	c.KeyboardInteractiveCallback = func(m ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := ask(m.User(), "", []string{"Password: "}, []bool{false})
		if err != nil || len(answers) != 1 || !right(m.User(), answers[0]) {
			return nil, refused
		}
		return &ssh.Permissions{}, nil
	}
	c.PublicKeyCallback = func(m ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		if o.AuthorizedKey == nil || m.User() != o.User || !bytes.Equal(key.Marshal(), o.AuthorizedKey.Marshal()) {
			return nil, refused
		}
		return &ssh.Permissions{}, nil
	}
	return c
}

// connection serves one SSH connection: its sessions one beside the other.
func (r *Router) connection(c net.Conn) {
	conn, channels, requests, err := ssh.NewServerConn(c, r.serverConfig())
	if err != nil {
		return
	}
	defer conn.Close()
	r.wg.Go(func() { ssh.DiscardRequests(requests) })
	for nc := range channels {
		if nc.ChannelType() != "session" {
			nc.Reject(ssh.UnknownChannelType, "sessions only")
			continue
		}
		ch, requests, err := nc.Accept()
		if err != nil {
			return
		}
		r.wg.Go(func() { r.session(conn, c, ch, requests) })
	}
}

// session waits for what is wanted of a channel (RFC 4254 §6): a shell, or one
// command.
func (r *Router) session(conn *ssh.ServerConn, raw net.Conn, ch ssh.Channel, requests <-chan *ssh.Request) {
	defer ch.Close()
	t := newTerminal(r, ch, raw, conn.User())
	for req := range requests {
		switch req.Type {
		case "pty-req":
			t.pty = true
			t.width, t.length = ptySize(req.Payload)
			req.Reply(true, nil)
		case "shell", "exec":
			if req.Type == "exec" {
				var command struct{ Line string }
				if ssh.Unmarshal(req.Payload, &command) != nil {
					req.Reply(false, nil)
					return
				}
				t.only(command.Line)
			}
			req.Reply(true, nil)
			r.wg.Go(func() {
				for req := range requests {
					req.Reply(req.Type == "window-change", nil)
				}
			})
			r.machine.serve(t)
			t.logout()
			return
		default:
			req.Reply(false, nil) // env, subsystem, agent
		}
	}
}

// ptySize reads columns and rows (RFC 4254 §6.2).
func ptySize(payload []byte) (width, length int) {
	var pty struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}
	if ssh.Unmarshal(payload, &pty) != nil || pty.Columns == 0 || pty.Rows == 0 {
		return 80, 24
	}
	return int(pty.Columns), int(pty.Rows)
}

// A lateConn delays what comes from the other side, so that every round trip takes
// that much longer, as a long way would have it: several packets under way wait
// together.
type lateConn struct {
	net.Conn
	chunks chan lateChunk
	done   chan struct{}
	rest   []byte
	failed error
}

type lateChunk struct {
	data []byte
	due  time.Time
	err  error
}

func newLateConn(c net.Conn, late time.Duration) *lateConn {
	l := &lateConn{Conn: c, chunks: make(chan lateChunk, 1024), done: make(chan struct{})}
	go l.receive(late) // ends with the connection, which Close breaks
	return l
}

func (l *lateConn) receive(late time.Duration) {
	defer close(l.done)
	defer close(l.chunks)
	for {
		buffer := make([]byte, 4096)
		n, err := l.Conn.Read(buffer)
		l.chunks <- lateChunk{buffer[:n], time.Now().Add(late), err}
		if err != nil {
			return
		}
	}
}

// Read returns what was received long enough ago. A broken connection is told at
// once.
func (l *lateConn) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		if l.failed != nil {
			return 0, l.failed
		}
		chunk, open := <-l.chunks
		if !open {
			return 0, net.ErrClosed
		}
		if chunk.err == nil {
			time.Sleep(time.Until(chunk.due))
		}
		l.rest, l.failed = chunk.data, chunk.err
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// Close breaks the connection and waits for the receiver.
func (l *lateConn) Close() error {
	err := l.Conn.Close()
	for range l.chunks {
	}
	<-l.done
	return err
}
