package push

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sync"
	"time"

	"github.com/scrapli/scrapligo/channel"
	"github.com/scrapli/scrapligo/driver/options"
	"github.com/scrapli/scrapligo/logging"
	"github.com/scrapli/scrapligo/transport"
	"golang.org/x/crypto/ssh"
)

// A Session is a router's command line over a PTY. It is for one caller at a time.
// After an error that is no *RefusedError it is spent, because what the router answers
// then may belong to another line: whatever is typed fails.
type Session struct {
	*shell
	limit time.Duration // of an answer
}

// A shell is what all of a session's views share.
type shell struct {
	conn   *Conn
	d      dialect
	ssh    *ssh.Session
	wire   *wire
	ch     *channel.Channel
	screen screen
	from   int    // where on the screen the echo of the last thing typed begins
	name   string // of the router, as its prompt has it; empty: not yet known
	host   string // its name in configuration mode, where that is another one; empty: it is not
	prompt string // the last
	spent  error
}

// An Answer is what a router prints for one line.
type Answer struct {
	Text   string // without the echo of the line, and without the prompt; lines end in \n
	Prompt string // that followed, without blanks: "ce1(config-router)#", "netops@ce1>"
}

// A Reply is an answer to a question that a router may ask.
type Reply struct {
	Question *regexp.Regexp // matches the line in which the router waits, without blanks at its end
	Answer   string         // without the line end; empty: Enter alone
}

// A PromptError is a question that nobody expects. Nothing was answered.
type PromptError struct {
	Line string // that was typed, without the values of secrets; empty: the session was opened
	Seen string // the last lines, without the values of secrets
}

func (e *PromptError) Error() string {
	if e.Line == "" {
		return fmt.Sprintf("no command line of the router opens; it shows %q", e.Seen)
	}
	return fmt.Sprintf("after %q the router asks what nobody expects: %q", e.Line, e.Seen)
}

// RFC 4254 §6.2: the terminal is wide, so that no line is broken, and high, for the
// lines before the pager is off. IOS-XE takes 511 columns at most.
const (
	terminalType    = "vt100"
	terminalColumns = 511
	terminalRows    = 255
)

// quiet is how long a line that looks like a question stays the last thing on the
// screen before it counts as one: output may come in pieces.
const quiet = 300 * time.Millisecond

// maxReplies bounds the answers to one line.
const maxReplies = 16

// Shell opens a command line and makes its terminal plain.
func (c *Conn) Shell(ctx context.Context, d dialect) (*Session, error) {
	s := &Session{shell: &shell{conn: c, d: d}, limit: c.limit}
	ctx, cancel := context.WithTimeoutCause(ctx, s.limit, silenceError(s.limit))
	defer cancel()
	var err error
	if s.ssh, err = c.channel(ctx); err != nil {
		return nil, err
	}
	err = c.within(ctx, s.ssh, s.start)
	if err == nil {
		err = s.ch.Open()
	}
	if err != nil {
		_ = s.ssh.Close()
		err = fmt.Errorf("no terminal: %w", cmp.Or(context.Cause(ctx), err))
		if ctx.Err() != nil || errors.Is(err, io.EOF) {
			err = c.lost(err)
		}
		return nil, err
	}
	if err := s.greet(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// start asks for terminal and shell, and puts the channel of scrapligo over them. Its
// delays are not needed: wire tells when there is something to read.
func (s *shell) start() error {
	in, err := s.ssh.StdinPipe()
	if err != nil {
		return err
	}
	out, err := s.ssh.StdoutPipe()
	if err != nil {
		return err
	}
	modes := ssh.TerminalModes{ssh.ECHO: 1, ssh.TTY_OP_ISPEED: 38400, ssh.TTY_OP_OSPEED: 38400}
	if err := s.ssh.RequestPty(terminalType, terminalRows, terminalColumns, modes); err != nil {
		return err
	}
	if err := s.ssh.Shell(); err != nil {
		return err
	}
	s.wire = &wire{in: in, out: out, log: s.conn.log, news: make(chan struct{}, 1), ended: make(chan struct{})}
	log, err := logging.NewInstance() // with nobody who listens
	if err != nil {
		return err
	}
	t, err := transport.NewTransport(log, "", transport.StandardTransport, options.WithCustomTransport(s.wire))
	if err != nil {
		return err
	}
	s.ch, err = channel.NewChannel(log, t, options.WithReadDelay(0))
	return err
}

// greet waits for the first prompt and makes the terminal plain. A line of a banner may
// look like a prompt; the one that follows a command is one.
func (s *Session) greet(ctx context.Context) error {
	s.screen.write([]byte("\n")) // there is no echo before the first prompt
	if _, err := s.await(ctx, "", nil); err != nil {
		return err
	}
	for _, line := range s.d.opening {
		if _, err := s.Run(ctx, line); err != nil {
			return err
		}
		s.name = s.d.name(s.prompt)
	}
	return nil
}

// Prompt is the last prompt.
func (s *Session) Prompt() string { return s.prompt }

// Within returns the same session with another limit for the time of each answer. The
// deadline of ctx counts beside it.
func (s *Session) Within(limit time.Duration) *Session { return &Session{s.shell, limit} }

// Run types one line and returns the answer. A question in place of a prompt is a
// *PromptError; no prompt in time wraps errLost.
func (s *Session) Run(ctx context.Context, line string) (Answer, error) { return s.Ask(ctx, line) }

// Configure is Run for a line of configuration: an answer that the dialect knows as a
// refusal is a *RefusedError, after which the session goes on.
func (s *Session) Configure(ctx context.Context, line string) error {
	a, err := s.Run(ctx, line)
	if err != nil {
		return err
	}
	if no := s.d.refused(a.Text); no != "" {
		return &RefusedError{Line: s.conn.log.Mask(line), Answer: s.conn.log.Mask(no)}
	}
	return nil
}

// Ask is Run for a line that makes the router ask: a question that a reply matches is
// answered, as often as it comes, up to 16 answers in all; any other is a *PromptError.
func (s *Session) Ask(ctx context.Context, line string, replies ...Reply) (Answer, error) {
	if s.spent != nil {
		return Answer{}, fmt.Errorf("the session is spent: %w", s.spent)
	}
	if err := typeable(line); err != nil {
		return Answer{}, fmt.Errorf("%q: %w", s.conn.log.Mask(line), err)
	}
	s.screen.write(s.ch.Q.DequeueAll())
	s.screen.lines = nil // what came unasked is none of the answer
	ctx, cancel := context.WithTimeoutCause(ctx, s.limit, silenceError(s.limit))
	defer cancel()
	if err := s.write(s.d.typed(line)); err != nil {
		return Answer{}, s.spend(err)
	}
	return s.await(ctx, line, replies)
}

// typeable refuses what a terminal takes for something else than text.
func typeable(line string) error {
	for i := range len(line) {
		if line[i] < ' ' || line[i] == 0x7f {
			return errors.New("a control character cannot be typed")
		}
	}
	return nil
}

// write types a line in one piece: one packet, no round trip for the echo.
func (s *shell) write(line string) error { return s.ch.Write([]byte(line+"\n"), true) }

func (s *shell) spend(err error) error {
	if refused := (*PromptError)(nil); !errors.As(err, &refused) {
		err = s.conn.lost(err)
	}
	s.spent = err
	return err
}

// await reads until the router waits for the next line, and answers its questions.
func (s *Session) await(ctx context.Context, line string, replies []Reply) (Answer, error) {
	echo, answered := line, 0
	s.from = 0
	still := time.NewTimer(quiet)
	defer still.Stop()
	for settled := false; ; {
		s.screen.write(s.ch.Q.DequeueAll())
		if prompt, ok := s.atPrompt(echo, settled); ok {
			s.prompt = prompt
			return Answer{s.text(line), prompt}, nil
		}
		asks := s.asks(echo, settled)
		if reply, ok := answerTo(s.screen.current(), replies); ok && asks && answered < maxReplies {
			answered++
			echo, s.from, settled = "", len(s.screen.lines), false
			if err := s.write(s.d.typed(reply.Answer)); err != nil {
				return Answer{}, s.spend(err)
			}
			continue
		}
		if settled && asks && s.isQuestion(line) {
			return Answer{}, s.spend(&PromptError{s.conn.log.Mask(line), s.seen()})
		}
		if settled {
			still.Stop() // what is there stays as it is until more comes
		} else {
			still.Reset(quiet)
		}
		var err error
		if settled, err = s.more(ctx, still); err != nil {
			return Answer{}, s.spend(fmt.Errorf("no prompt after %q: %w; the last that came: %q", s.conn.log.Mask(line), err, s.seen()))
		}
	}
}

// more waits until there is more to read, or until nothing has come for a while.
func (s *Session) more(ctx context.Context, still *time.Timer) (settled bool, err error) {
	if len(s.screen.lines) > maxOutputBytes {
		return false, errTooLong
	}
	select {
	case <-s.wire.news:
		return false, nil
	case <-still.C:
		return true, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-s.wire.ended:
		if s.ch.Q.GetDepth() > 0 {
			return false, nil
		}
		return false, s.wire.err
	}
}

// Close ends the command line and waits a little for its end. The connection stays.
func (s *Session) Close() error {
	s.spent = errors.New("closed")
	_ = s.ssh.Close() // the router may have closed it
	grace := time.NewTimer(closeGrace)
	defer grace.Stop()
	select {
	case <-s.wire.ended:
	case <-grace.C: // the reader ends with the connection
	}
	s.conn.log.lineEnd()
	return s.ch.Close()
}

// A wire is a transport of scrapligo over a terminal's channel. What it reads is plain
// text already.
type wire struct {
	in     io.WriteCloser
	out    io.Reader
	log    *Transcript
	plain  plain
	news   chan struct{} // something was read since
	ended  chan struct{} // nothing more comes; err says why
	err    error
	finish sync.Once
}

func (w *wire) Open(*transport.Args) error { return nil }

// Close does nothing: the session closes its channel itself, and before this.
func (w *wire) Close() error { return nil }

func (w *wire) IsAlive() bool {
	select {
	case <-w.ended:
		return false
	default:
		return true
	}
}

// Read returns the next text. Scrapligo has queued what Read has returned when it
// calls Read again: that is when the news is told.
func (w *wire) Read(n int) ([]byte, error) {
	w.tell()
	buf := make([]byte, n)
	for {
		n, err := w.out.Read(buf)
		w.log.received(buf[:n])
		if text := w.plain.take(nil, buf[:n]); len(text) > 0 {
			return text, nil // an error comes again
		}
		if err != nil {
			w.finish.Do(func() { w.err = err; close(w.ended) })
			return nil, io.EOF
		}
	}
}

func (w *wire) tell() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func (w *wire) Write(b []byte) error {
	w.log.sent(b)
	_, err := w.in.Write(b)
	return err
}
