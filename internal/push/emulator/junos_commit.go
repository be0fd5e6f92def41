package emulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A junosOrder is what a commit command asks for.
type junosOrder struct {
	check, quit bool
	minutes     int // of confirmed; 0: it is none
	remark      string
}

// junosOrdered reads the words behind commit (CLI Reference, commit): and-quit,
// check, comment "…", confirmed [1..65535], in any order.
func junosOrdered(words []junosWord) (o junosOrder, fault *junosFault) {
	for i := 0; i < len(words); i++ {
		switch words[i].text {
		case "check":
			o.check = true
		case "and-quit":
			o.quit = true
		case "comment":
			if i++; i == len(words) {
				return o, &junosFault{i, "missing argument."}
			}
			o.remark = junosBare(words[i].text)
		case "confirmed":
			o.minutes = 10 // the default
			if i+1 < len(words) {
				if n, err := strconv.Atoi(words[i+1].text); err == nil {
					if i++; n < 1 || n > 65535 {
						return o, &junosFault{i, "syntax error."}
					}
					o.minutes = n
				}
			}
		default:
			return o, &junosFault{i, "syntax error."}
		}
	}
	return o, nil
}

// commit checks the candidate and activates it (CLI User Guide, "Commit the
// Configuration").
func (s *junosSession) commit(words []junosWord) {
	order, fault := junosOrdered(words[1:])
	if fault != nil {
		s.faultAt(words, fault.at+1, fault.text)
		return
	}
	j := s.box
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lock != nil && j.lock != s {
		s.t.print(j.lockedBy())
		return
	}
	if wrong := j.check(s.candidate()); wrong != "" {
		s.t.print(wrong + "error: configuration check-out failed\n")
		return
	}
	if order.check {
		s.checked()
		return
	}
	if !s.committable() {
		return
	}
	j.activate(s.candidate().clone(), junosCommit{user: s.user, client: "cli", remark: order.remark, minutes: order.minutes})
	if s.mode == junosPrivate {
		s.base, s.private = j.active, j.active.clone()
	}
	if order.minutes > 0 {
		s.t.printf("commit confirmed will be automatically rolled back in %d minutes unless confirmed\n", order.minutes)
	}
	s.t.print("commit complete\n")
	if order.quit {
		s.discard()
		s.t.print("Exiting configuration mode\n")
	}
}

// checked answers commit check. While a commit waits for its confirmation this
// confirms it (CLI User Guide, "Commit a Configuration but Require Confirmation");
// what stands in the candidate is not committed with it.
func (s *junosSession) checked() {
	j := s.box
	if j.pending != nil {
		j.activate(j.active, junosCommit{user: s.user, client: "cli"})
	}
	s.t.print("configuration check succeeds\n")
}

// committable reports whether a commit can go on, and says why not.
func (s *junosSession) committable() bool {
	j := s.box
	switch {
	case j.router.options.Faults.DiskFull:
		// The wording is the emulator's own: no document quotes it.
		s.t.print("error: could not save to juniper.conf+: No space left on device\nerror: configuration commit failed\n")
	case s.mode == junosPrivate && j.dirty():
		s.t.print("error: shared configuration database modified\n")
	case s.mode == junosPrivate && s.base.braces(j.rules) != j.active.braces(j.rules):
		// A router merges what does not conflict; this one never does.
		s.t.print("error: the active configuration has changed; use update\n")
	default:
		return true
	}
	return false
}

// activate makes a configuration the active one. With minutes the router goes back
// to the one before when nobody confirms it in that time; a further confirmed commit
// begins the time anew and goes back to the same one, any other commit confirms
// (Junos XML Protocol Developer Guide, confirm-timeout).
func (j *junosBox) activate(config *junosNode, c junosCommit) {
	before := j.active
	if j.pending != nil {
		before = j.pending.before
		j.pending.timer.Stop()
		j.pending = nil
	}
	if !j.dirty() || j.shared.braces(j.rules) == config.braces(j.rules) {
		j.shared = config.clone()
	}
	c.config, c.at = config, j.now()
	j.active = config
	j.history = append([]junosCommit{c}, j.history...)
	j.history = j.history[:min(len(j.history), junosRollbacks)]
	j.follow()
	if c.minutes > 0 {
		p := &junosPending{before: before}
		p.timer = time.AfterFunc(j.lapse(c.minutes), func() { j.expire(p) })
		j.pending = p
	}
}

// lapse is how long the router waits for the confirmation: the minutes, and half a
// minute more, as routers were seen to take 2 s to 40 s longer.
func (j *junosBox) lapse(minutes int) time.Duration {
	minute := j.router.options.Minute
	return time.Duration(minutes)*minute + minute/2
}

// expire goes back to what was before a confirmed commit, whoever is connected, and
// tells them (CLI User Guide, "Commit a Configuration but Require Confirmation").
// What stands in the shared candidate goes, as the router loads into it what it goes
// back to.
func (j *junosBox) expire(p *junosPending) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.stopped || j.pending != p {
		return
	}
	j.shared = p.before.clone()
	j.activate(p.before, junosCommit{user: "root", client: "other"})
	j.broadcast(fmt.Sprintf("\n\nBroadcast Message from root@%s\n        (no tty) at %s...\n\nCommit was not confirmed; automatic rollback complete.\n\n",
		j.router.options.Name, j.now().Format("15:04 MST")))
}

// check is what a commit finds wrong: what is referred to must be there (CLI User
// Guide, "Verify a Configuration"). The wording for policies is known from
// transcripts, that for the rest is the emulator's own.
func (j *junosBox) check(candidate *junosNode) string {
	active := candidate.active()
	var out strings.Builder
	for _, name := range junosReferred(active, "import", "export", "vrf-import", "vrf-export") {
		if active.find("policy-options", "policy-statement", name) == nil {
			fmt.Fprintf(&out, "error: Policy error: Policy %s referenced but not defined\n", name)
		}
	}
	for _, kind := range []string{"prefix-list", "prefix-list-filter", "community"} {
		for _, name := range junosReferred(active.orNew("policy-options", "policy-statement"), kind) {
			defined := strings.TrimSuffix(kind, "-filter")
			if active.find("policy-options", defined, name) == nil && !strings.Contains(name, " ") {
				fmt.Fprintf(&out, "error: Policy error: %s %s referenced but not defined\n", defined, name)
			}
		}
	}
	return out.String()
}

// orNew is what stands below words, or nothing.
func (n *junosNode) orNew(words ...string) *junosNode {
	if at := n.find(words...); at != nil {
		return at
	}
	return &junosNode{}
}

// junosReferred are the words behind keywords, wherever they stand.
func junosReferred(n *junosNode, keywords ...string) []string {
	var out []string
	for _, k := range n.kids {
		for _, w := range keywords {
			if k.word == w {
				out = append(out, n.values(w)...)
			}
		}
		out = append(out, junosReferred(k, keywords...)...)
	}
	return out
}
