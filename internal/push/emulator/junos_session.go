package emulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A junosMode is what a session is in: operational mode, or configuration mode in
// one of its three forms (CLI User Guide, "Forms of the configure Command").
type junosMode uint8

const (
	junosOperational junosMode = iota
	junosShared
	junosExclusive
	junosPrivate
)

// A junosSession is somebody who is logged in.
type junosSession struct {
	box    *junosBox
	t      *terminal // nil: nobody is there, a fault only pretends
	user   string
	pid    int
	since  time.Time
	mode   junosMode
	screen int // lines of the screen; 0: without end

	private, base *junosNode // the candidate of private mode, and what it began with
}

// enlist lists somebody who logs in.
func (j *junosBox) enlist(user string, t *terminal) *junosSession {
	j.pids++
	s := &junosSession{box: j, t: t, user: user, pid: j.pids, since: j.now()}
	j.sessions = append(j.sessions, s)
	return s
}

// serve is one session. What an exclusive or private session has not committed goes
// with it, its lock too, when the connection breaks as when it is left (CLI User
// Guide, "Using the configure exclusive Command").
func (j *junosBox) serve(t *terminal) {
	j.mu.Lock()
	s := j.enlist(t.user, t)
	j.mu.Unlock()
	s.screen = t.length
	t.more = "---(more)---"
	defer s.end()
	if !t.commands {
		t.printf("%s--- JUNOS %s Kernel 64-bit\n", j.router.options.Motd, junosRelease)
	}
	prompt := s.name() + "> "
	for {
		line, err := t.read(s.logged(), prompt)
		if err != nil && !errors.Is(err, errInterrupt) && !errors.Is(err, errEOT) && !errors.Is(err, errSubst) {
			return
		}
		if err == nil && line != "" && s.command(line) {
			return
		}
		prompt = s.prompt()
	}
}

// end lists somebody no more.
func (s *junosSession) end() {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	s.discard()
	j.sessions = slices.DeleteFunc(j.sessions, func(o *junosSession) bool { return o == s })
}

// discard leaves configuration mode without what was not committed, except what
// stands in the shared candidate: that stays for all.
func (s *junosSession) discard() {
	if s.box.lock == s {
		s.box.lock = nil
		s.box.shared = s.box.active.clone()
	}
	s.mode, s.private, s.base = junosOperational, nil, nil
}

func (s *junosSession) name() string { return s.user + "@" + s.box.router.options.Name }

// logged is the mode in the router's log.
func (s *junosSession) logged() string {
	if s.mode == junosOperational {
		return "exec"
	}
	return "configure"
}

// prompt is the prompt behind an answer. While a commit waits for its confirmation, a
// line above it says so, in both modes (configuration mode: transcripts of several
// releases; operational mode: netmiko pull request 2758; the CLI User Guide shows
// neither).
func (s *junosSession) prompt() string {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	note := ""
	if s.box.pending != nil {
		note = fmt.Sprintf("# commit confirmed will be rolled back in %s\n", junosMinutes(s.box.history[0].minutes))
	}
	if s.mode == junosOperational {
		return "\n" + note + s.name() + "> "
	}
	return "\n" + note + "[edit]\n" + s.name() + "# "
}

func junosMinutes(n int) string {
	if n == 1 {
		return "1 minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

// command does a line and reports whether the session is over.
func (s *junosSession) command(line string) (over bool) {
	words, ok := junosSplit(line)
	if !ok {
		s.fault(len(line), "syntax error.")
		return false
	}
	words, pipes := junosPipes(words)
	s.t.length = s.screen
	if len(words) == 0 {
		s.fault(0, "syntax error.")
		return false
	}
	if s.mode != junosOperational {
		s.configuration(words, pipes)
		return false
	}
	return s.operational(words, pipes)
}

// fault points at what is wrong in the line, and says what (CLI User Guide, "CLI
// error messages"): the caret stands below the word.
func (s *junosSession) fault(at int, text string) {
	s.t.print(strings.Repeat(" ", len(s.name())+2+at) + "^\n" + text + "\n")
}

// faultAt is a fault of a word, or of the one that is missing behind the last.
func (s *junosSession) faultAt(words []junosWord, i int, text string) {
	last := words[len(words)-1]
	if i < len(words) {
		s.fault(words[i].at, text)
		return
	}
	s.fault(last.at+len(last.text)+1, text)
}

// junosPipes splits a line at its |.
func junosPipes(words []junosWord) (command []junosWord, pipes [][]junosWord) {
	parts := [][]junosWord{nil}
	for _, w := range words {
		if w.text == "|" {
			parts = append(parts, nil)
			continue
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], w)
	}
	return parts[0], parts[1:]
}

// piped reports whether one of the pipes is these words.
func piped(pipes [][]junosWord, words string) bool {
	return slices.ContainsFunc(pipes, func(p []junosWord) bool { return strings.Join(junosTexts(p), " ") == words })
}

// filter prints an answer through the pipes (CLI User Guide, "Filter Operational
// Command Output"). What display and compare do is done already.
func (s *junosSession) filter(text string, pipes [][]junosWord) {
	for _, p := range pipes {
		if len(p) == 0 {
			continue
		}
		argument := ""
		if len(p) > 1 {
			argument = junosBare(p[1].text)
		}
		switch p[0].text {
		case "display", "compare":
		case "no-more":
			s.t.length = 0
		case "match", "except", "count":
			text = junosGrep(text, p[0].text, argument)
		default:
			s.fault(p[0].at, "syntax error.")
			return
		}
	}
	s.t.print(text)
}

func junosGrep(text, how, what string) string {
	var out strings.Builder
	count := 0
	for line := range strings.Lines(text) {
		count++
		if how != "count" && strings.Contains(line, what) == (how == "match") {
			out.WriteString(line)
		}
	}
	if how == "count" {
		return fmt.Sprintf("Count: %d lines\n", count)
	}
	return out.String()
}

// users lists who else is in configuration mode (CLI User Guide, "Using the
// configure exclusive Command").
func (s *junosSession) users() string {
	var out strings.Builder
	for _, o := range s.box.sessions {
		if o != s && o.mode != junosOperational {
			out.WriteString(o.owner())
		}
	}
	if out.Len() == 0 {
		return ""
	}
	return "Users currently editing the configuration:\n" + out.String()
}

// owner is one user in such a list.
func (s *junosSession) owner() string {
	idle := s.box.now().Sub(s.since).Round(time.Second)
	where := "[edit]"
	switch s.mode {
	case junosExclusive:
		where = "exclusive [edit]"
	case junosPrivate:
		where = "private [edit]"
	}
	return fmt.Sprintf("  %s terminal pts/%d (pid %d) on since %s, idle %02d:%02d:%02d\n      %s\n", s.user, s.pid%100, s.pid,
		s.since.Format(junosTime), int(idle.Hours()), int(idle.Minutes())%60, int(idle.Seconds())%60, where)
}

// junosTime is how the router prints a time.
const junosTime = "2006-01-02 15:04:05 MST"
