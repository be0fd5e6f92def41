package emulator

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// enter goes into configuration mode (CLI User Guide, "Forms of the configure
// Command"; the refusals, which the guide does not quote, as transcripts of routers
// have them).
func (s *junosSession) enter(words []junosWord) {
	j, form := s.box, ""
	if len(words) > 1 {
		form = words[1].text
	}
	if len(words) > 2 || form != "" && form != "exclusive" && form != "private" {
		s.faultAt(words, min(len(words)-1, 1), "syntax error, expecting <command>.")
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case form == "exclusive" && j.lock != nil:
		s.t.print(j.lockedBy())
		return
	case form == "exclusive" && j.dirty():
		s.t.print(s.users() + "error: configuration database modified\n")
		return
	case form == "private" && j.dirty():
		s.t.print("error: shared configuration database modified\n")
		return
	}
	s.mode = junosShared
	if form != "" {
		s.t.print("warning: uncommitted changes will be discarded on exit\n")
	}
	switch form {
	case "exclusive":
		s.mode, j.lock = junosExclusive, s
	case "private":
		s.mode, s.base, s.private = junosPrivate, j.active, j.active.clone()
	}
	s.t.print("Entering configuration mode\n" + s.users())
	if form == "" && j.dirty() {
		s.t.print("The configuration has been changed but not committed\n")
	}
}

func (j *junosBox) lockedBy() string {
	return "error: configuration database locked by:\n" + j.lock.owner()
}

// candidate is what the session edits.
func (s *junosSession) candidate() *junosNode {
	if s.mode == junosPrivate {
		return s.private
	}
	return s.box.shared
}

// configuration does a line of configuration mode (CLI User Guide, "Configuration
// Mode Commands").
func (s *junosSession) configuration(words []junosWord, pipes [][]junosWord) {
	switch words[0].text {
	case "exit", "quit":
		s.leave()
	case "top", "up": // there is only the top
	case "set", "delete", "insert", "activate", "deactivate":
		s.change(words)
	case "show":
		s.shown(words, pipes)
	case "commit":
		s.commit(words)
	case "rollback":
		s.rollback(words)
	case "load":
		s.load(words)
	case "status":
		s.box.mu.Lock()
		defer s.box.mu.Unlock()
		s.t.print("Users currently editing the configuration:\n" + s.owner() + strings.TrimPrefix(s.users(), "Users currently editing the configuration:\n"))
	case "run":
		if len(words) == 1 {
			s.faultAt(words, 1, "missing argument.")
			return
		}
		s.ask(words[1:], pipes)
	default:
		s.fault(words[0].at, "unknown command.")
	}
}

// change edits the candidate, unless another has the lock.
func (s *junosSession) change(words []junosWord) {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lock != nil && j.lock != s && s.mode != junosPrivate {
		s.t.print(j.lockedBy())
		return
	}
	s.complain(words, j.edit(s.candidate(), junosTexts(words)))
}

// complain prints what is wrong with an edit.
func (s *junosSession) complain(words []junosWord, err error) {
	var fault *junosFault
	switch {
	case errors.As(err, &fault):
		s.faultAt(words, fault.at+1, fault.text)
	case errors.Is(err, errJunosNotFound) && words[0].text == "delete":
		s.t.print("warning: statement not found\n")
	case err != nil:
		s.t.print("error: " + err.Error() + "\n")
	}
}

// shown prints the candidate, or how it differs from what was committed (CLI User
// Guide, "Compare Configuration Changes with a Prior Version").
func (s *junosSession) shown(words []junosWord, pipes [][]junosWord) {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, p := range pipes {
		if len(p) == 0 || p[0].text != "compare" {
			continue
		}
		n := 0
		if len(p) > 1 {
			var err error
			if n, err = strconv.Atoi(p[len(p)-1].text); err != nil || p[1].text != "rollback" || n >= len(j.history) {
				s.fault(p[len(p)-1].at, "syntax error.")
				return
			}
		}
		s.filter(junosCompare(j.history[n].config.blocks(j.rules), s.candidate().blocks(j.rules)), pipes)
		return
	}
	s.print(s.candidate(), words[1:], pipes)
}

// print prints a configuration below a path.
func (s *junosSession) print(config *junosNode, words []junosWord, pipes [][]junosWord) {
	rules, path := s.box.rules, junosTexts(words)
	if len(path) > 0 {
		steps, found, err := rules.steps(path, false)
		if err != nil {
			var fault *junosFault
			errors.As(err, &fault)
			s.faultAt(words, fault.at, fault.text)
			return
		}
		if config = config.find(steps...); config == nil {
			return
		}
		rules = found[len(found)-1]
	}
	switch {
	case piped(pipes, "display set"):
		s.filter(config.sets(rules, strings.Join(append(path, ""), " ")), pipes)
	case piped(pipes, "display json"), piped(pipes, "display xml"):
		s.t.print("error: the emulator prints no configuration in this form\n")
	default:
		s.filter(config.braces(rules), pipes)
	}
}

// rollback loads an earlier configuration into the candidate; 0, the default, is the
// active one (CLI User Guide, "Roll Back Junos OS Configuration Changes"). In shared
// mode the others' changes go with it.
func (s *junosSession) rollback(words []junosWord) {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	n, err := 0, error(nil)
	if len(words) > 1 {
		n, err = strconv.Atoi(words[1].text)
	}
	switch {
	case err != nil || len(words) > 2 || n < 0 || n >= junosRollbacks:
		s.faultAt(words, 1, "syntax error.")
		return
	case n >= len(j.history):
		s.t.printf("error: rollback %d: no such configuration\n", n)
		return
	case j.lock != nil && j.lock != s && s.mode != junosPrivate:
		s.t.print(j.lockedBy())
		return
	}
	if s.mode == junosPrivate {
		s.private = j.history[n].config.clone()
	} else {
		j.shared = j.history[n].config.clone()
	}
	s.t.print("load complete\n")
}

// load takes a configuration from the terminal, up to ctrl-d on a line of its own
// (CLI User Guide, "Load Configuration Files"): set commands, or braces that are
// merged or replace everything.
func (s *junosSession) load(words []junosWord) {
	if len(words) != 3 || words[2].text != "terminal" {
		s.faultAt(words, min(len(words), 2), "syntax error.")
		return
	}
	how := words[1].text
	if how != "set" && how != "merge" && how != "override" {
		s.fault(words[1].at, "syntax error.")
		return
	}
	s.t.print("[Type ^D at a new line to end input]\n")
	var text strings.Builder
	for {
		line, err := s.t.read("load", "")
		text.WriteString(line + "\n")
		if errors.Is(err, errEOT) {
			break
		}
		if err != nil {
			return
		}
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.lock != nil && s.box.lock != s && s.mode != junosPrivate {
		s.t.print(s.box.lockedBy())
		return
	}
	s.loaded(how, text.String())
}

func (s *junosSession) loaded(how, text string) {
	wrong := 0
	if how == "set" {
		for line := range strings.Lines(text) {
			words, ok := junosSplit(strings.TrimSpace(line))
			if len(words) == 0 {
				continue
			}
			if err := s.box.edit(s.candidate(), junosTexts(words)); err != nil || !ok {
				wrong++
				s.t.printf("error: %q: %v\n", strings.TrimSpace(line), err)
			}
		}
	} else if loaded, err := junosRead(s.box.rules, text); err != nil {
		wrong++
		s.t.printf("error: %v\n", err)
	} else {
		if how == "override" {
			s.candidate().kids = nil
		}
		for line := range strings.Lines(loaded.sets(s.box.rules, "")) {
			words, _ := junosSplit(strings.TrimSpace(line))
			s.candidate().plantAny(s.box.rules, junosTexts(words[1:]))
		}
	}
	if wrong > 0 {
		s.t.printf("load complete (%d errors)\n", wrong)
		return
	}
	s.t.print("load complete\n")
}

// leave goes back to operational mode. With changes that are not committed it asks
// first: in shared mode they stay in the candidate, in the others they are discarded
// (CLI User Guide, "Using the configure exclusive Command").
func (s *junosSession) leave() {
	s.box.mu.Lock()
	changed := s.candidate().braces(s.box.rules) != s.box.active.braces(s.box.rules)
	form := map[junosMode]string{junosExclusive: "configure exclusive", junosPrivate: "configure private"}[s.mode]
	s.box.mu.Unlock()
	if changed {
		s.t.print("The configuration has been changed but not committed\n")
		question := "Exit with uncommitted changes? [yes,no] (yes) "
		if form != "" {
			s.t.print(fmt.Sprintf("warning: Auto rollback on exiting '%s'\n", form))
			question = "Discard uncommitted changes? [yes,no] (yes) "
		}
		answer, err := s.t.read("answer", question)
		if err != nil || answer != "" && answer != "yes" {
			return
		}
		if form != "" {
			s.t.print("warning: discarding uncommitted changes\nload complete\n")
		}
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.discard()
	s.t.print("Exiting configuration mode\n")
}
