package push

import (
	"bytes"
	"cmp"
	"strings"
)

func answerTo(line []byte, replies []Reply) (Reply, bool) {
	line = bytes.TrimRight(line, " ")
	for _, r := range replies {
		if r.Question.Match(line) {
			return r, true
		}
	}
	return Reply{}, false
}

// asks reports whether the echo of what was typed is over and a line is open.
func (s *shell) asks(typed string, settled bool) bool {
	return len(bytes.TrimRight(s.screen.current(), " ")) > 0 && s.echoed(typed, settled)
}

// isQuestion reports whether the open line waits for a person.
func (s *shell) isQuestion(typed string) bool {
	line := bytes.TrimRight(s.screen.current(), " ")
	return question.Match(line) || typed == "" && shellPrompt.Match(line)
}

// echoed reports whether what was typed has come back with its line end: a prompt
// before that is an old one. A line editor may have drawn it otherwise; then any line
// will do, once nothing more comes.
func (s *shell) echoed(typed string, settled bool) bool {
	lines, typed := s.screen.lines[s.from:], strings.TrimRight(typed, " ")
	if typed == "" {
		return len(lines) > 0
	}
	exact, loose := s.echoEnd(lines, typed)
	return exact > 0 || loose > 0 && settled
}

// atPrompt reports whether the router waits for the next line: in a prompt, or below
// one over which it has printed something unasked.
func (s *shell) atPrompt(typed string, settled bool) (prompt string, ok bool) {
	line := s.screen.current()
	if len(line) > 0 {
		prompt, ok = s.at(line)
	}
	if !ok && settled && s.echoed(typed, settled) {
		prompt, ok = s.hostName(line)
	}
	if !ok && s.d.broadcast != nil && s.name != "" && (len(line) == 0 || settled) {
		prompt, ok = s.covered(line)
	}
	return prompt, ok && s.echoed(typed, settled)
}

// at returns the prompt if the line is one of the router.
func (s *shell) at(line []byte) (prompt string, ok bool) {
	if prompt, ok = s.d.at(line, s.name); !ok && s.host != "" {
		prompt, ok = s.d.at(line, s.host)
	}
	return prompt, ok
}

// hostName takes a line that stays the last one for a prompt of configuration mode with
// another name than that of exec mode, and learns the name. Of IOS-XE the global command
// prompt names exec mode alone; configuration mode has the host name (netmiko issues 1708
// and 2956).
func (s *shell) hostName(line []byte) (prompt string, ok bool) {
	m := s.d.prompt.FindSubmatch(bytes.TrimRight(line, " "))
	if !s.d.cuts || s.name == "" || s.host != "" || m == nil || len(m[2]) == 0 {
		return "", false
	}
	s.host = string(m[1])
	return string(m[0]), true
}

// maxCovered is how many lines a router may print over a prompt.
const maxCovered = 32

// covered finds a prompt among the last lines, with nothing but a broadcast behind it: on
// its own line, as IOS-XE's warning of its undo comes, or below. Open is the line that has
// no end.
func (s *shell) covered(open []byte) (string, bool) {
	lines := s.screen.lines[s.from:]
	end := len(lines)
	if len(open) > 0 {
		lines = append(append(bytes.Clone(lines), open...), '\n')
	}
	for n := 0; end > 0 && n < maxCovered; n++ {
		begin := bytes.LastIndexByte(lines[:end-1], '\n') + 1
		for i := begin; begin > 0 && i < min(end, begin+maxPromptBytes); i++ {
			if lines[i] != '#' && lines[i] != '>' {
				continue
			}
			if prompt, ok := s.at(lines[begin : i+1]); ok && s.d.broadcast.Match(lines[i+1:]) {
				s.screen.lines = s.screen.lines[:s.from+begin]
				return prompt, true
			}
		}
		end = begin
	}
	return "", false
}

// text is the answer: what came after the echo, without noise and without the frame of
// the prompt.
func (s *shell) text(typed string) string {
	rest := s.screen.lines
	if typed = strings.TrimRight(typed, " "); typed != "" {
		exact, loose := s.echoEnd(rest, typed)
		rest = rest[cmp.Or(exact, loose):]
	}
	out := make([]byte, 0, len(rest))
	for line := range bytes.Lines(rest) {
		if !s.d.isNoise(bytes.TrimRight(line, "\n")) {
			out = append(out, line...)
		}
	}
	for len(out) > 0 {
		begin := bytes.LastIndexByte(out[:len(out)-1], '\n') + 1
		last := bytes.TrimSpace(out[begin:])
		if len(last) > 0 && (s.d.frame == nil || !s.d.frame.Match(last)) {
			break
		}
		out = out[:begin]
	}
	return string(out)
}

// echoEnd is where the echo ends: after the first line that ends in what was typed
// (exact), or after the first line that is neither noise nor a prompt alone (loose); zero: there is none. Of a
// line that the terminal is too narrow for nothing is exact.
func (s *shell) echoEnd(lines []byte, typed string) (exact, loose int) {
	at := 0
	long := len(s.prompt)+len(typed) >= terminalColumns
	for line := range bytes.Lines(lines) {
		at += len(line)
		line = bytes.TrimRight(line, "\n ")
		if !long && bytes.HasSuffix(line, []byte(typed)) {
			return at, loose
		}
		if _, old := s.at(line); loose == 0 && len(line) > 0 && !old && !s.d.isNoise(line) {
			loose = at
		}
	}
	return 0, loose
}

// seen is the end of the screen, for a message.
func (s *shell) seen() string {
	const lines = 3
	all := bytes.TrimRight(append(bytes.Clone(s.screen.lines), s.screen.current()...), " \n")
	at := len(all)
	for range lines {
		if at = bytes.LastIndexByte(all[:at], '\n'); at < 0 {
			break
		}
	}
	return s.conn.log.Mask(strings.TrimSpace(string(all[at+1:])))
}
