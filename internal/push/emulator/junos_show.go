package emulator

import (
	"fmt"
	"net/netip"
	"strings"
)

// junosRelease is the release that the router pretends to run.
const junosRelease = "22.4R3.25"

// operational does a line of operational mode, and reports whether the session is
// over.
func (s *junosSession) operational(words []junosWord, pipes [][]junosWord) (over bool) {
	switch words[0].text {
	case "exit", "quit":
		return true
	case "configure", "edit":
		s.enter(words)
	default:
		s.ask(words, pipes)
	}
	return false
}

// ask does a command that operational mode knows, and configuration mode behind run
// (CLI User Guide, "CLI Operational Mode Overview"). Words are not completed.
func (s *junosSession) ask(words []junosWord, pipes [][]junosWord) {
	texts := junosTexts(words)
	begins := func(line string) bool {
		want := strings.Fields(line)
		return len(texts) >= len(want) && strings.Join(texts[:len(want)], " ") == line
	}
	switch {
	case begins("set cli"):
		s.setCLI(words)
	case begins("show version"):
		s.filter(fmt.Sprintf("Hostname: %s\nModel: vmx\nJunos: %s\nJUNOS OS Kernel 64-bit  [%s]\n", s.box.router.options.Name, junosRelease, junosRelease), pipes)
	case begins("show system uptime"):
		s.filter(fmt.Sprintf("Current time: %s\nTime Source:  LOCAL CLOCK\n", s.box.now().Format(junosTime)), pipes)
	case begins("show system commit"):
		s.commits(pipes)
	case begins("show configuration"):
		s.configured(words[2:], pipes)
	case begins("show bgp"), begins("show bfd"), begins("show route"):
		s.live(words, pipes)
	case begins("show interfaces"):
		s.ports(words, pipes)
	case begins("clear bgp neighbor"):
		s.cleared(words)
	case begins("file delete"):
		if len(words) != 3 {
			s.faultAt(words, 2, "missing argument.")
		} // the router has no files: what was to go is gone
	case texts[0] == "show" || texts[0] == "clear" || texts[0] == "file" || texts[0] == "request" || texts[0] == "set":
		s.faultAt(words, 1, "syntax error, expecting <command>.")
	default:
		s.fault(words[0].at, "unknown command.")
	}
}

// setCLI changes how the session looks (CLI Reference, set cli screen-length, set cli
// screen-width, set cli complete-on-space). A length of 0 turns the pager off.
func (s *junosSession) setCLI(words []junosWord) {
	if len(words) != 4 {
		s.faultAt(words, 2, "syntax error, expecting <command>.")
		return
	}
	value, n := words[3].text, 0
	switch words[2].text {
	case "screen-length", "screen-width":
		if _, err := fmt.Sscanf(value, "%d", &n); err != nil || n < 0 {
			s.fault(words[3].at, "syntax error.")
			return
		}
		if words[2].text == "screen-length" {
			s.screen = n
			s.t.printf("Screen length set to %d\n", n)
			return
		}
		s.t.width = n
		s.t.printf("Screen width set to %d\n", n)
	case "complete-on-space":
		if value == "off" {
			s.t.print("Disabling complete-on-space\n")
			return
		}
		s.t.print("Enabling complete-on-space\n")
	default:
		s.fault(words[2].at, "syntax error, expecting <command>.")
	}
}

// commits is the history (CLI Reference, show system commit). A confirmed commit
// keeps its note for good; below the newest "rollback pending" stands as long as it
// waits, as transcripts of 23.2 and 26.2 show. Entry 0 comes first, a comment on a
// line of its own.
func (s *junosSession) commits(pipes [][]junosWord) {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	var out strings.Builder
	for i, c := range j.history {
		fmt.Fprintf(&out, "%-3d %s by %s via %s", i, c.at.Format(junosTime), c.user, c.client)
		if c.minutes > 0 {
			fmt.Fprintf(&out, " commit confirmed, rollback in %dmins", c.minutes)
		}
		out.WriteString("\n")
		if c.remark != "" {
			out.WriteString("    " + c.remark + "\n")
		}
		if i == 0 && j.pending != nil {
			out.WriteString("    rollback pending\n")
		}
	}
	s.filter(out.String(), pipes)
}

// configured prints the active configuration (CLI Reference, show configuration), or
// how it differs from an earlier one.
func (s *junosSession) configured(words []junosWord, pipes [][]junosWord) {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, p := range pipes {
		var n int
		if len(p) != 3 || p[0].text != "compare" {
			continue
		}
		if _, err := fmt.Sscanf(p[2].text, "%d", &n); err != nil || n < 0 || n >= len(j.history) {
			s.fault(p[2].at, "syntax error.")
			return
		}
		s.filter(junosCompare(j.history[n].config.blocks(j.rules), j.active.blocks(j.rules)), pipes)
		return
	}
	if len(words) == 0 && !piped(pipes, "display set") {
		s.t.printf("## Last commit: %s by %s\n", j.history[0].at.Format(junosTime), j.history[0].user)
	}
	s.print(j.active, words, pipes)
}

// cleared resets sessions: all, or those with one address; soft only has the routes
// judged anew (CLI Reference, clear bgp neighbor).
func (s *junosSession) cleared(words []junosWord) {
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	var only netip.Addr
	soft := false
	for _, w := range words[3:] {
		addr, err := netip.ParseAddr(w.text)
		switch {
		case err == nil:
			only = addr
		case w.text == "soft" || w.text == "soft-inbound":
			soft = true
		case w.text != "all":
			s.fault(w.at, "syntax error, expecting <command>.")
			return
		}
	}
	n := 0
	which := func(_ string, addr netip.Addr) bool {
		hit := !only.IsValid() || addr == only
		if hit {
			n++
		}
		return hit
	}
	if soft {
		j.world.refresh(which, true, true)
		return
	}
	j.world.clear(which)
	s.t.printf("Cleared %d connections\n", n)
}
