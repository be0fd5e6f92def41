package emulator

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// junosRollbacks is how many configurations a router keeps, the active one included
// (CLI User Guide, "The Commit Model for Configurations": numbered up to 49).
const junosRollbacks = 50

// A junosBox is the software of an emulated Junos router. What it does is in
// docs/emulator-junos.md, with the document that each behaviour follows.
type junosBox struct {
	router *Router
	rules  *junosRule

	mu       sync.Mutex
	active   *junosNode
	shared   *junosNode // the candidate that all share who are not in private mode
	history  []junosCommit
	pending  *junosPending
	sessions []*junosSession
	lock     *junosSession // who is in exclusive mode
	pids     int
	world    *world
	stopped  bool
}

// A junosCommit is a configuration that was active, and how it came to be.
type junosCommit struct {
	config               *junosNode
	at                   time.Time
	user, client, remark string
	minutes              int // of commit confirmed; 0: it was none
}

// A junosPending is a commit that waits for its confirmation.
type junosPending struct {
	before *junosNode
	timer  *time.Timer
}

func newJunos(r *Router) (machine, error) {
	j := &junosBox{router: r, rules: junosRules(), pids: 4100}
	active, err := junosRead(j.rules, r.options.Running)
	if err != nil {
		return nil, fmt.Errorf("the configuration that the router starts with: %w", err)
	}
	j.active, j.shared = active, active.clone()
	j.history = []junosCommit{{config: active, at: j.now(), user: "root", client: "other"}}
	j.world = newWorld(r.options)
	j.follow()
	f := r.options.Faults
	if f.ForeignPending != "" {
		j.activate(active.clone(), junosCommit{user: f.ForeignPending, client: "cli", minutes: 10})
	}
	if f.ForeignLock != "" {
		j.lock = j.enlist(f.ForeignLock, nil)
		j.lock.mode = junosExclusive
	}
	return j, nil
}

func (j *junosBox) now() time.Time { return j.router.options.Clock().UTC() }

// running is the active configuration as set commands.
func (j *junosBox) running() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.active.sets(j.rules, "")
}

// startup is what the router boots with: a commit saves what it activates, whether
// it is confirmed or not (CLI User Guide, "The Commit Model for Configurations").
func (j *junosBox) startup() string { return j.running() }

func (j *junosBox) stop() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.stopped = true
	if j.pending != nil {
		j.pending.timer.Stop()
	}
}

// Uncommitted types commands (set, delete, …) into the shared candidate of a Junos
// router as another user, who then stays in configuration mode and commits nothing.
func (r *Router) Uncommitted(user string, commands ...string) error {
	j, ok := r.machine.(*junosBox)
	if !ok {
		return errors.New("no candidate: the router is not Junos")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	s := j.enlist(user, nil)
	s.mode = junosShared
	for _, line := range commands {
		words, _ := junosSplit(line)
		if err := j.edit(j.shared, junosTexts(words)); err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
	}
	return nil
}

// dirty reports whether the shared candidate has changes.
func (j *junosBox) dirty() bool {
	return j.shared.braces(j.rules) != j.active.braces(j.rules)
}

// edit does a command that changes a candidate.
func (j *junosBox) edit(candidate *junosNode, words []string) error {
	if len(words) < 2 {
		return &junosFault{0, "missing argument."}
	}
	rest := words[1:]
	switch words[0] {
	case "set":
		return candidate.set(j.rules, junosStored(rest))
	case "delete":
		return candidate.remove(j.rules, rest)
	case "insert":
		return candidate.insert(rest)
	case "activate", "deactivate":
		return candidate.toggle(j.rules, rest, words[0] == "deactivate")
	}
	return &junosFault{-1, "unknown command."}
}

// broadcast prints a message on the terminals of all who are logged in. A terminal
// that takes nothing does not hold the router up.
func (j *junosBox) broadcast(text string) {
	text = strings.ReplaceAll(text, "\n", "\r\n")
	for _, s := range j.sessions {
		if s.t != nil && !s.t.commands {
			ch := s.t.ch
			j.router.wg.Go(func() { io.WriteString(ch, text) }) // ends with the connection
		}
	}
}
