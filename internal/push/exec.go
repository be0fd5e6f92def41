package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

const (
	maxOutputBytes = 64 << 20
	// closeGrace is how long we wait for the other end to close a channel that we have
	// closed. OpenSSH's sshd closes it when the command ends, and ends no command without
	// a terminal for it.
	closeGrace = 500 * time.Millisecond
)

// A Result is what a command has printed and how it ended.
type Result struct {
	Stdout, Stderr []byte
	Code           int // exit status; 128 + the signal that ended it
}

// Exec runs a command of the router's login shell; stdin, which may be nil, is its
// whole standard input. The deadline of ctx bounds it, or Target.Timeout where ctx has
// none. A command that fails is no error. An error wraps errLost where nobody knows how
// far the command came: when ctx ends, the router may run it on. Both outputs together
// hold 64 MiB at most.
func (c *Conn) Exec(ctx context.Context, command string, stdin []byte) (Result, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.limit)
		defer cancel()
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	session, err := c.channel(ctx)
	if err != nil {
		return Result{}, err
	}
	defer session.Close()
	out := &outputs{log: c.log, full: cancel}
	session.Stdout, session.Stderr = outputWriter{out, &out.stdout}, outputWriter{out, &out.stderr}
	c.log.sent([]byte(command + "\n"))
	c.log.sent(stdin)
	err = c.within(ctx, session, func() error { return start(session, command, stdin) })
	c.log.lineEnd()
	r := out.result()
	var exit *ssh.ExitError
	switch {
	case context.Cause(ctx) == errTooLong:
		return Result{}, c.lost(errTooLong)
	case err == nil:
		return r, nil
	case errors.As(err, &exit):
		r.Code = exit.ExitStatus()
		return r, nil
	case err == errNoCommands:
		return Result{}, err
	case ctx.Err() != nil:
		return r, c.lost(fmt.Errorf("no end of the command: %w", context.Cause(ctx)))
	}
	return r, c.lost(err)
}

var errNoCommands = errors.New("the router runs no commands over SSH")

// start runs a command to its end.
func start(session *ssh.Session, command string, stdin []byte) error {
	in, err := session.StdinPipe()
	if err != nil {
		return err
	}
	if err := session.Start(command); err != nil {
		if errors.Is(err, io.EOF) {
			return err
		}
		return errNoCommands // the library's error quotes the command
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	// A command need not read its input; that is no error of the command.
	wg.Go(func() {
		_, _ = in.Write(stdin)
		_ = in.Close()
	})
	return session.Wait()
}

// channel opens a session channel (RFC 4254 §6.1).
func (c *Conn) channel(ctx context.Context) (*ssh.Session, error) {
	var session *ssh.Session
	err := c.within(ctx, nil, func() (err error) {
		session, err = c.client.NewSession()
		return err
	})
	var refused *ssh.OpenChannelError
	switch {
	case err == nil:
		return session, nil
	case errors.As(err, &refused):
		return nil, fmt.Errorf("the router opens no session: %s", refused.Message)
	case ctx.Err() != nil:
		return nil, c.lost(fmt.Errorf("no session: %w", context.Cause(ctx)))
	}
	return nil, c.lost(err)
}

// within runs f, which waits for the other end and knows no context. When ctx ends, the
// channel is closed, and f is left to itself until the channel or the connection ends;
// where there is no channel yet the router is deaf, and the connection ends.
func (c *Conn) within(ctx context.Context, channel io.Closer, f func() error) error {
	done := make(chan error, 1)
	c.wg.Go(func() { done <- f() })
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	if channel == nil {
		c.end(context.Cause(ctx))
		return <-done
	}
	_ = channel.Close()
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case err := <-done:
		return err
	case <-grace.C:
		return context.Cause(ctx)
	}
}

var errTooLong = errors.New("more than 64 MiB of output")

// outputs collects what a command prints. The two streams come from two goroutines.
type outputs struct {
	mu             sync.Mutex
	stdout, stderr bytes.Buffer
	log            *Transcript
	full           context.CancelCauseFunc
}

// result is what there is now: a command that was given up may print more.
func (o *outputs) result() Result {
	o.mu.Lock()
	defer o.mu.Unlock()
	return Result{Stdout: bytes.Clone(o.stdout.Bytes()), Stderr: bytes.Clone(o.stderr.Bytes())}
}

type outputWriter struct {
	all *outputs
	to  *bytes.Buffer
}

func (w outputWriter) Write(p []byte) (int, error) {
	w.all.mu.Lock()
	defer w.all.mu.Unlock()
	if w.all.stdout.Len()+w.all.stderr.Len()+len(p) > maxOutputBytes {
		w.all.full(errTooLong)
		return 0, errTooLong
	}
	w.all.log.received(p)
	return w.to.Write(p)
}
