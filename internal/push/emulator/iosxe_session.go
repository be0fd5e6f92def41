package emulator

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// An iosxeSession is one login: which mode it is in.
type iosxeSession struct {
	*iosxe
	t          *terminal
	privileged bool
	in         []iosxeStep // contexts that are open, outermost first; nil: no configuration mode
	over       bool
}

// An iosxeStep is an open context. A session keeps its name and not its lines,
// which may be taken away under it.
type iosxeStep struct{ line, key, mode string }

// serve is one session (Cisco, Using the Command-Line Interface).
func (m *iosxe) serve(t *terminal) {
	s := &iosxeSession{iosxe: m, t: t, privileged: true}
	if p := m.router.options.Faults.Privilege; p > 0 && p < 15 {
		s.privileged = false
	}
	if motd := m.router.options.Motd; motd != "" {
		t.print(strings.TrimRight(motd, "\n") + "\n")
	}
	t.print("\n")
	for !s.over {
		mode, prompt := s.prompt()
		line, err := t.read(mode, prompt)
		switch {
		case errors.Is(err, errInterrupt): // leaves configuration mode
			s.in = nil
			continue
		case errors.Is(err, errEOT):
			continue
		case err != nil && !errors.Is(err, errSubst):
			return
		}
		s.typed()
		s.line(line, len(prompt))
		if errors.Is(err, errSubst) { // ends configuration mode, as end does
			s.in = nil
		}
	}
}

// typed takes note that a line came: an idle timer counts from it.
func (s *iosxeSession) typed() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.undo; u != nil && u.idle && u.by == s.t {
		s.count(u, u.minutes, true)
	}
}

// line does a line in the mode that the session is in.
func (s *iosxeSession) line(line string, column int) {
	switch {
	case line == "" || line[0] == '!':
	case s.in == nil:
		s.exec(line, column)
	default:
		s.configure(line, column)
	}
}

// prompt is the mode, as the log has it, and the prompt. In configuration mode a
// host name is cut to 20 characters (Cisco, Configuration Fundamentals Command
// Reference, prompt config hostname-length).
func (s *iosxeSession) prompt() (mode, prompt string) {
	s.mu.Lock()
	name := s.name()
	s.mu.Unlock()
	switch {
	case !s.privileged:
		return "user", name + ">"
	case s.in == nil:
		return "exec", name + "#"
	}
	if len(name) > 20 {
		name = name[:20]
	}
	mode = iosxePrompts(s.in)
	return mode, name + "(" + mode + ")#"
}

// iosxePrompts is what stands in the brackets of the prompt (Cisco, the configuration
// guides' examples of each mode). The last two of the table do not begin with
// "config".
func iosxePrompts(in []iosxeStep) string {
	if len(in) == 0 {
		return "config"
	}
	last := in[len(in)-1]
	if last.mode == "interface" && strings.Contains(last.line, ".") {
		return "config-subif"
	}
	if p := map[string]string{
		"interface": "config-if", "router": "config-router", "family": "config-router-af", "vrf-bgp": "config-router-af",
		"vrf": "config-vrf", "vrf-family": "config-vrf-af", "route-map": "config-route-map", "archive": "config-archive",
		"policy-map": "config-pmap", "keyring": "config-ikev2-keyring",
	}[last.mode]; p != "" {
		return p
	}
	for _, p := range []struct{ begin, prompt string }{
		{"class-map", "config-cmap"}, {"class", "config-pmap-c"}, {"flow record", "config-flow-record"}, {"flow exporter", "config-flow-exporter"},
		{"flow monitor", "config-flow-monitor"}, {"sampler", "config-sampler"}, {"mka policy", "config-mka-policy"},
		{"key chain", "config-keychain-macsec"}, {"key", "config-keychain-macsec-key"}, {"peer", "config-ikev2-keyring-peer"},
		{"crypto ikev2 proposal", "config-ikev2-proposal"}, {"crypto ikev2 policy", "config-ikev2-policy"},
		{"crypto ikev2 profile", "config-ikev2-profile"},
		{"crypto ipsec profile", "ipsec-profile"}, {"crypto ipsec transform-set", "cfg-crypto-trans"},
	} {
		if strings.HasPrefix(last.line, p.begin+" ") {
			return p.prompt
		}
	}
	return "config"
}

// complain prints what IOS-XE says about a line that it does not understand, with
// the marker under the word (Cisco, Using the Command-Line Interface, Table
// "Common CLI Error Messages").
func (s *iosxeSession) complain(line string, column int, f *iosxeFault) {
	switch f.kind {
	case iosxeIncomplete:
		s.t.print("% Incomplete command.\n\n")
	case iosxeAmbiguous:
		s.t.printf("%% Ambiguous command:  %q\n", line)
	default:
		s.t.printf("%s^\n%% Invalid input detected at '^' marker.\n\n", strings.Repeat(" ", column+f.at))
	}
}

// filter is the part of an output that a pipe lets through (Cisco, Configuration
// Fundamentals Configuration Guide, Searching and Filtering CLI Output).
func iosxeFilter(text, pipe string) (string, error) {
	how, pattern, _ := strings.Cut(strings.TrimSpace(pipe), " ")
	if how == "" || pattern == "" {
		return "", errors.New("incomplete")
	}
	re, err := regexp.Compile(strings.TrimSpace(pattern))
	if err != nil {
		return "", fmt.Errorf("pattern: %w", err)
	}
	var out strings.Builder
	inside, begun := false, false
	for line := range strings.Lines(text) {
		match := re.MatchString(strings.TrimRight(line, "\n"))
		switch {
		case strings.HasPrefix("include", how):
			inside = match
		case strings.HasPrefix("exclude", how):
			inside = !match
		case strings.HasPrefix("begin", how):
			begun = begun || match
			inside = begun
		case strings.HasPrefix("section", how):
			if line[0] != ' ' {
				begun = false
			}
			begun = begun || match
			inside = begun
		default:
			return "", errors.New("no such filter")
		}
		if inside {
			out.WriteString(line)
		}
	}
	return out.String(), nil
}
