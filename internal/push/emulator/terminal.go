package emulator

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// What ends a line beside the return key. The text before it is returned with it.
var (
	errInterrupt = errors.New("ctrl-c")
	errEOT       = errors.New("ctrl-d")
	errSubst     = errors.New("ctrl-z")
)

// The control characters that a terminal sends.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	backspace = 0x08
	ctrlU     = 0x15
	ctrlZ     = 0x1a
	del       = 0x7f
)

// A terminal is one session as the router sees it: lines come, answers go. It is
// used by one goroutine.
type terminal struct {
	router *Router
	user   string
	ch     ssh.Channel
	raw    net.Conn // the TCP connection, for faults
	in     *bufio.Reader
	pty    bool

	// width and length are in characters and lines; zero: without end. The platform
	// sets them on command.
	width, length int
	// more is the pager's question.
	more string

	command  string // of an exec channel
	commands bool   // it is an exec channel
	spent    bool   // and its command was read

	answer bytes.Buffer // to the line that was read last
	line   string       // that line
	random *rand.Rand
	mu     sync.Mutex // of writing: announcements come in between
}

func newTerminal(r *Router, ch ssh.Channel, raw net.Conn, user string) *terminal {
	return &terminal{
		router: r, user: user, ch: ch, raw: raw, in: bufio.NewReader(ch),
		width: 80, length: 24, more: " --More-- ",
		random: rand.New(rand.NewPCG(1, 2)),
	}
}

// only makes the session one command, without prompts and echo.
func (t *terminal) only(line string) { t.command, t.commands = line, true }

// print adds to the answer; a line ends in \n.
func (t *terminal) print(text string) { t.answer.WriteString(text) }

func (t *terminal) printf(format string, args ...any) { fmt.Fprintf(&t.answer, format, args...) }

// read sends the answer so far and the prompt, and waits for a line. Mode is for
// the log: see Router.Log. The line has no blanks around it. An error other than
// errInterrupt, errEOT and errSubst says that the session is over.
func (t *terminal) read(mode, prompt string) (string, error) {
	for {
		if err := t.flush(prompt); err != nil {
			return "", err
		}
		line, err := t.receive()
		if err != nil && !errors.Is(err, errInterrupt) && !errors.Is(err, errEOT) && !errors.Is(err, errSubst) {
			return "", err
		}
		line = strings.TrimSpace(line)
		if line != "" || mode == "answer" {
			t.router.typed(mode, line)
		}
		refused, fault := t.misbehave(line)
		if fault != nil {
			return "", fault
		}
		t.line = line
		if !refused {
			return line, err
		}
	}
}

// misbehave does what the faults want before the line is done; refused says that
// the answer is there already.
func (t *terminal) misbehave(line string) (refused bool, err error) {
	f := t.router.options.Faults
	switch {
	case line == "":
	case f.CutBefore != nil && f.CutBefore(line):
		t.raw.Close()
		return false, io.EOF
	case f.Hang != nil && f.Hang(line):
		return false, t.swallow()
	case f.RefuseLine != nil:
		if text := f.RefuseLine(line); text != "" {
			t.print(strings.TrimRight(text, "\n") + "\n")
			return true, nil
		}
	}
	return false, nil
}

// swallow reads and forgets until the other side closes.
func (t *terminal) swallow() error {
	if _, err := io.Copy(io.Discard, t.in); err != nil {
		return err
	}
	return io.EOF
}

// flush sends the answer, through the pager, and then the prompt.
func (t *terminal) flush(prompt string) error {
	f, line := t.router.options.Faults, t.line
	text := t.answer.String()
	t.answer.Reset()
	t.line = ""
	if line != "" {
		switch {
		case f.CutAfter != nil && f.CutAfter(line):
			t.raw.Close()
			return io.EOF
		case f.Mute != nil && f.Mute(line):
			return t.swallow()
		}
		if f.Slow != nil {
			time.Sleep(f.Slow(line))
		}
		if f.Syslog != nil {
			text = inTheMiddle(text, f.Syslog(line))
		}
	}
	if f.Paging && t.length > 0 && t.pty {
		rest, err := t.page(text)
		if err != nil {
			return err
		}
		text = rest
	}
	if t.commands {
		prompt = ""
	}
	return t.send(text + prompt)
}

// inTheMiddle puts a line between the lines of a text.
func inTheMiddle(text, line string) string {
	if line == "" {
		return text
	}
	lines := strings.SplitAfter(text, "\n")
	half := len(lines) / 2
	return strings.Join(lines[:half], "") + strings.TrimRight(line, "\n") + "\n" + strings.Join(lines[half:], "")
}

// page sends a text page by page as long as a key asks for more; rest is what is
// left to send without a question. The blank shows the next page, return the next
// line, q and whatever else the answer's end (Cisco, Using the Command-Line
// Interface, "--More-- prompt"; Junos, CLI User Guide, "More prompt").
func (t *terminal) page(text string) (rest string, err error) {
	lines := strings.SplitAfter(text, "\n")
	show := t.length - 1
	for len(lines) > show+1 {
		if err := t.send(strings.Join(lines[:show], "") + t.more); err != nil {
			return "", err
		}
		lines = lines[show:]
		key, err := t.in.ReadByte()
		if err != nil {
			return "", err
		}
		gone := strings.Repeat("\b", len(t.more))
		if err := t.send(gone + strings.Repeat(" ", len(t.more)) + gone); err != nil {
			return "", err
		}
		switch key {
		case ' ':
			show = t.length - 1
		case '\r', '\n':
			show = 1
		default:
			return "", nil
		}
	}
	return strings.Join(lines, ""), nil
}

// announce writes text whatever the session is doing, as routers do with news of
// their own. It may be called from another goroutine; a session that is gone does
// not see it.
func (t *terminal) announce(text string) { _ = t.send(text) }

// send writes text with the line ends of a terminal.
func (t *terminal) send(text string) error {
	if text == "" {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.commands {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if !t.router.options.Faults.SplitOutput {
		_, err := io.WriteString(t.ch, text)
		return err
	}
	for len(text) > 0 {
		n := min(len(text), 1+t.random.IntN(7))
		if _, err := io.WriteString(t.ch, text[:n]); err != nil {
			return err
		}
		text = text[n:]
		time.Sleep(20 * time.Microsecond) // or the other side's SSH puts the pieces together again
	}
	return nil
}

// receive reads a line with the keys that edit it, and echoes it as it comes.
func (t *terminal) receive() (string, error) {
	if t.commands {
		if t.spent {
			return "", io.EOF
		}
		t.spent = true
		return t.command, nil
	}
	var line, echo []byte
	for {
		b, err := t.in.ReadByte()
		if err != nil {
			return "", err
		}
		end := error(nil)
		switch b {
		case '\r', '\n':
			if b == '\r' && t.in.Buffered() > 0 {
				if next, _ := t.in.Peek(1); next[0] == '\n' {
					t.in.Discard(1)
				}
			}
			return string(line), t.send(string(echo) + "\n")
		case ctrlC:
			end = errInterrupt
		case ctrlD:
			end = errEOT
		case ctrlZ:
			end = errSubst
		case backspace, del:
			if len(line) > 0 {
				line, echo = line[:len(line)-1], append(echo, "\b \b"...)
			}
		case ctrlU:
			for range line {
				echo = append(echo, "\b \b"...)
			}
			line = line[:0]
		default:
			if b >= ' ' || b == '\t' {
				line, echo = append(line, b), append(echo, b)
			}
		}
		if end != nil {
			if err := t.send(string(echo) + "\n"); err != nil {
				return "", err
			}
			return string(line), end
		}
		if t.in.Buffered() == 0 && len(echo) > 0 {
			if err := t.send(string(echo)); err != nil {
				return "", err
			}
			echo = echo[:0]
		}
	}
}

// logout sends what is left of the answer and the exit status (RFC 4254 §6.10).
func (t *terminal) logout() {
	if t.flush("") != nil {
		return
	}
	t.ch.SendRequest("exit-status", false, binary.BigEndian.AppendUint32(nil, 0))
}
