package emulator

import (
	"slices"
	"strconv"
	"strings"
)

// iosxeNegatives are lines whose default is on: the configuration holds them with
// no before them, and not at all otherwise (Cisco's command references, by command).
var iosxeNegatives = []string{
	"ip redirects", "ip proxy-arp", "ip unreachables", "bfd echo", "bgp default ipv4-unicast", "config-exchange request",
}

// configure does a line of configuration mode. A command of an outer mode may be
// typed in an inner one, as the files that IOS-XE reads have no exit (Cisco, Using
// the Command-Line Interface, says so of global commands); what IOS-XE takes, it
// uses at once.
func (s *iosxeSession) configure(line string, column int) {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "end":
		s.in = nil
		return
	case line == "exit" && len(s.in) == 0:
		s.in = nil
		return
	case line == "exit", line == "exit-address-family" && strings.HasPrefix(s.in[len(s.in)-1].line, "address-family "):
		s.in = s.in[:len(s.in)-1]
		return
	case word == "do" && rest != "":
		s.exec(strings.TrimSpace(rest), column+len(line)-len(strings.TrimSpace(rest)))
		return
	}
	plain, negated := strings.CutPrefix(line, "no ")
	plain = strings.TrimLeft(plain, " ")
	column += len(line) - len(plain)
	if len(s.in) > 0 && s.mode() == "family" && sessionCommand(plain, negated) {
		s.t.print("% General session commands not allowed under the address family\n")
		return
	}
	in := s.in
	l, fault := understand(s.mode(), plain, negated)
	for n := len(s.in) - 1; fault != nil && n >= 0; n-- {
		outer := "config"
		if n > 0 {
			outer = s.in[n-1].mode
		}
		if other, wrong := understand(outer, plain, negated); wrong == nil {
			l, fault, in = other, nil, s.in[:n]
		}
	}
	if fault != nil {
		s.complain(line, column, fault)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t.print(s.apply(in, l, negated))
}

// mode is that of the innermost context.
func (s *iosxeSession) mode() string {
	if len(s.in) == 0 {
		return "config"
	}
	return s.in[len(s.in)-1].mode
}

// sessionCommand reports whether a line is about a session, and not about a family
// of it.
func sessionCommand(line string, negated bool) bool {
	_, inFamily := understand("family", line, negated)
	_, outside := understand("router", line, negated)
	return inFamily != nil && outside == nil && strings.HasPrefix(line, "neighbor ")
}

// apply changes the configuration by a line in a context, and says what IOS-XE
// says; empty: nothing, all is well.
func (s *iosxeSession) apply(in []iosxeStep, l *iosxeLine, negated bool) string {
	at := s.reach(in)
	if negated {
		answer := s.negate(at, l)
		s.touched(s.t.user)
		return answer
	}
	if slices.Contains(iosxeNegatives, l.text()) {
		at.drop(func(b *iosxeBlock) bool { return b.line == "no "+l.text() })
		s.touched(s.t.user)
		return ""
	}
	if refused := s.refuse(at, in, l); refused != "" {
		return refused
	}
	said := s.beside(at, in, l)
	key := l.key()
	b := at.find(key)
	switch {
	case b == nil:
		b = &iosxeBlock{line: l.text(), key: key, mode: l.pattern.opens}
		at.insert(b)
	case strings.HasSuffix(key, " send-community") && b.line != l.text():
		b.line = key + " both" // keywords add up
	default:
		b.line = l.text()
	}
	if b.mode != "" {
		s.in = append(slices.Clone(in), iosxeStep{b.line, b.key, b.mode})
	}
	s.touched(s.t.user)
	return said
}

// reach returns the block that a context is, and makes it again where somebody else
// has taken it away.
func (s *iosxeSession) reach(in []iosxeStep) *iosxeBlock {
	at := s.root
	for _, step := range in {
		next := at.find(step.key)
		if next == nil {
			next = &iosxeBlock{line: step.line, key: step.key, mode: step.mode}
			at.insert(next)
		}
		at = next
	}
	return at
}

// negate takes lines away. What is not there is taken away in silence.
func (s *iosxeSession) negate(at *iosxeBlock, l *iosxeLine) string {
	text, key := l.text(), l.key()
	switch {
	case slices.Contains(iosxeNegatives, text):
		if !at.has("no " + text) {
			at.insert(&iosxeBlock{line: "no " + text, key: "no " + key})
		}
	case l.pattern.family && l.words[0] == "neighbor", strings.HasSuffix(key, " remote-as") && l.words[0] == "neighbor":
		s.dropNeighbor(at, l.words[1])
	case l.pattern.family:
		at.drop(func(b *iosxeBlock) bool { return strings.HasPrefix(b.line, text+" ") })
	case l.words[0] == "interface" && !strings.ContainsAny(l.words[1], ".") && !strings.HasPrefix(text, "interface Loopback") && !strings.HasPrefix(text, "interface Tunnel"):
		return "% Removal of physical interfaces is not permitted\n"
	case len(l.words) > 5 && l.words[1] == "prefix-list":
		// The whole entry was typed: another one under its number stays.
		at.drop(func(b *iosxeBlock) bool { return b.line == text })
	case l.words[0] == "vrf" && at.mode == "interface":
		at.drop(func(b *iosxeBlock) bool {
			return b.key == key || strings.HasPrefix(b.line, "ip address ") || strings.HasPrefix(b.line, "ipv6 address ")
		})
	case l.words[0] == "interface":
		if at.drop(func(b *iosxeBlock) bool { return b.key == key }) > 0 && strings.Contains(l.words[1], ".") {
			return "% Not all config may be removed and may reappear after reactivating the sub-interface\n" // captures
		}
	default:
		at.drop(func(b *iosxeBlock) bool { return b.key == key })
	}
	return ""
}

// dropNeighbor takes a neighbor away, in the families as well (Cisco, BGP Command
// Reference, neighbor remote-as).
func (s *iosxeSession) dropNeighbor(at *iosxeBlock, addr string) {
	of := func(b *iosxeBlock) bool { return strings.HasPrefix(b.line, "neighbor "+addr+" ") }
	at.drop(of)
	for _, k := range at.kids {
		if k.mode == "family" {
			k.drop(of)
		}
	}
}

// beside does what a line does beside standing there.
func (s *iosxeSession) beside(at *iosxeBlock, in []iosxeStep, l *iosxeLine) string {
	if l.words[0] == "neighbor" && l.words[2] == "timers" {
		if hold, err := strconv.Atoi(l.words[4]); err == nil && hold < 20 {
			return "% Warning: A hold time of less than 20 seconds increases the chances of peer flapping\n" // Cisco, BGP Command Reference, neighbor timers
		}
	}
	if at.mode != "interface" || l.words[0] != "vrf" || at.has(l.text()) {
		return ""
	}
	// Cisco, MPLS Command Reference, vrf forwarding: addresses of the interface go.
	gone := at.drop(func(b *iosxeBlock) bool {
		return strings.HasPrefix(b.line, "ip address ") || strings.HasPrefix(b.line, "ipv6 address ")
	})
	if gone == 0 {
		return ""
	}
	name := strings.TrimPrefix(in[len(in)-1].line, "interface ")
	return "% Interface " + name + " IPv4 disabled and address(es) removed due to enabling VRF " + l.words[2] + "\n"
}
