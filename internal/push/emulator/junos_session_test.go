package emulator

import (
	"bytes"
	"io"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// A junosClient is somebody at the command line.
type junosClient struct {
	t    *testing.T
	conn *ssh.Client
	in   io.Writer

	mu   sync.Mutex
	seen bytes.Buffer
	more chan struct{} // something has come
}

// junosPrompts ends an answer: a prompt, or a question.
var junosPrompts = regexp.MustCompile(`(?:^|\n)netops@r1[>#] $|\[yes,no\] \(yes\) $`)

func startJunos(t *testing.T, o Options) *Router {
	t.Helper()
	o.Platform, o.Name, o.Password = Junos, "r1", "secret"
	r, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func dialJunos(t *testing.T, r *Router) *junosClient {
	t.Helper()
	conn, err := ssh.Dial("tcp", r.Addr(), &ssh.ClientConfig{
		User: "netops", Auth: []ssh.AuthMethod{ssh.Password("secret")}, HostKeyCallback: ssh.FixedHostKey(r.HostKey()),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	session, err := conn.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	c := &junosClient{t: t, conn: conn, more: make(chan struct{}, 1)}
	if c.in, err = session.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	session.Stdout = c
	if err := session.RequestPty("vt100", 24, 80, ssh.TerminalModes{}); err != nil {
		t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		t.Fatal(err)
	}
	c.until(junosPrompts)
	return c
}

// Write takes what the router prints.
func (c *junosClient) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen.Write(p)
	select {
	case c.more <- struct{}{}:
	default:
	}
	return len(p), nil
}

// until returns what has come up to a match, and forgets it.
func (c *junosClient) until(end *regexp.Regexp) string {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		c.mu.Lock()
		text := strings.ReplaceAll(c.seen.String(), "\r\n", "\n")
		if end.MatchString(text) {
			c.seen.Reset()
			c.mu.Unlock()
			return text
		}
		c.mu.Unlock()
		select {
		case <-c.more:
		case <-deadline:
			c.t.Fatalf("no %s in:\n%s", end, text)
		}
	}
}

// ask types a line and returns the answer, without the line and the prompt.
func (c *junosClient) ask(line string) string {
	c.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
	text := c.until(junosPrompts)
	text = strings.TrimPrefix(text, line+"\n")
	return junosPrompts.ReplaceAllString(text, "")
}

// wants asks and compares what matters of the answer.
func (c *junosClient) wants(line, want string) {
	c.t.Helper()
	if got := c.ask(line); strings.TrimSpace(got) != strings.TrimSpace(want) {
		c.t.Errorf("%s:\n got %q\nwant %q", line, strings.TrimSpace(got), strings.TrimSpace(want))
	}
}

// holds asks and looks for a text in the answer.
func (c *junosClient) holds(line, want string) {
	c.t.Helper()
	if got := c.ask(line); !strings.Contains(got, want) {
		c.t.Errorf("%s:\n got %q\nwithout %q", line, got, want)
	}
}

// junosEventually waits until a condition holds.
func junosEventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

const junosSmall = `set system host-name r1
set policy-options prefix-list P 10.0.0.0/8
set policy-options prefix-list P 10.2.0.0/16
`

func TestJunosPromptsAndErrors(t *testing.T) {
	t.Parallel()
	c := dialJunos(t, startJunos(t, Options{Running: junosSmall, Faults: Faults{SplitOutput: true}}))
	c.wants("set cli screen-length 0", "Screen length set to 0")
	c.wants("set cli screen-width 0", "Screen width set to 0")
	c.holds("show version | no-more", "\nJunos: 22.4R3.25\n")
	c.wants("shwo version", "        ^\nunknown command.")
	c.wants("show nothing", "             ^\nsyntax error, expecting <command>.")
	c.wants("show configuration | display set | no-more", junosSmall)
	c.wants("show configuration | display set | match host", "set system host-name r1")
	c.wants("show configuration policy-options", "prefix-list P {\n    10.0.0.0/8;\n    10.2.0.0/16;\n}")
	c.wants("configure", "Entering configuration mode\n\n[edit]")
	c.wants("show nothing", "             ^\nsyntax error.\n\n[edit]")
	c.holds("run show system uptime", "Current time: ")
	c.wants("set policy-options prefix-lisp X 10.0.0.0/8", strings.Repeat(" ", 29)+"^\nsyntax error.\n\n[edit]")
	c.wants("set system", "[edit]")
	c.wants("set protocols bgp group G type", strings.Repeat(" ", 41)+"^\nmissing argument.\n\n[edit]")
	c.wants("delete policy-options prefix-list Q", "warning: statement not found\n\n[edit]")
	c.wants("conf t", "        ^\nunknown command.\n\n[edit]")
}

func TestJunosCommitConfirmedByCommit(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall, Minute: time.Hour})
	before := r.Running()
	c := dialJunos(t, r)
	c.wants("configure exclusive", "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n\n[edit]")
	c.wants("show | compare | no-more", "[edit]")
	c.wants("set policy-options prefix-list P 10.3.0.0/16", "[edit]")
	c.wants("delete policy-options prefix-list P 10.2.0.0/16", "[edit]")
	c.wants("show | compare | no-more", "[edit policy-options prefix-list P]\n-  10.2.0.0/16;\n+  10.3.0.0/16;\n\n[edit]")
	c.wants("commit check", "configuration check succeeds\n\n[edit]")
	if r.Running() != before {
		t.Error("commit check has committed")
	}
	c.wants(`commit confirmed 5 comment "ercfg run-1"`, "commit confirmed will be automatically rolled back in 5 minutes unless confirmed\ncommit complete\n\n# commit confirmed will be rolled back in 5 minutes\n[edit]")
	if got := r.Running(); !strings.Contains(got, "10.3.0.0/16") {
		t.Errorf("nothing is live:\n%s", got)
	}
	got := c.ask("run show system commit")
	if !regexp.MustCompile(`(?s)^0   \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC by netops via cli commit confirmed, rollback in 5mins\n    ercfg run-1\n    rollback pending\n1   `).MatchString(got) {
		t.Errorf("show system commit:\n%s", got)
	}
	c.wants(`commit comment "ercfg run-1 confirmed"`, "commit complete\n\n[edit]")
	if got := c.ask("run show system commit"); strings.Contains(got, "pending") || !strings.Contains(got, "rollback in 5mins") {
		t.Errorf("a confirmed commit waits, or has lost its note:\n%s", got)
	}
	c.wants("rollback 2", "load complete\n\n[edit]")
	c.wants("commit and-quit", "commit complete\nExiting configuration mode")
	if r.Running() != before || r.Startup() != before {
		t.Errorf("rollback 2:\n%s", r.Running())
	}
}

// TestJunosCommitCheckConfirms shows the trap: commit check in the window confirms,
// whoever types it, and leaves the others' candidate alone.
func TestJunosCommitCheckConfirms(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall})
	c := dialJunos(t, r)
	c.ask("configure")
	c.ask("set system host-name r2")
	c.holds("commit confirmed 1", "rolled back in 1 minutes")
	c.ask("set system host-name r3")
	c.wants("commit check", "configuration check succeeds\n\n[edit]")
	if box := r.machine.(*junosBox); junosWaits(box) {
		t.Error("the commit still waits")
	}
	if got := r.Running(); !strings.Contains(got, "host-name r2") {
		t.Errorf("the router has gone back, or on:\n%s", got)
	}
	c.wants("show | compare", "[edit system]\n-  host-name r2;\n+  host-name r3;\n\n[edit]")
}

func junosWaits(j *junosBox) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.pending != nil
}

// TestJunosConfirmedTwice shows that a second confirmed commit begins the time anew,
// and goes back to what was before the first; late, as routers do.
func TestJunosConfirmedTwice(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall, Minute: time.Second})
	before := r.Running()
	c := dialJunos(t, r)
	c.ask("configure")
	c.ask("set system host-name r2")
	c.ask("commit confirmed 10000")
	c.ask("set system host-name r3")
	c.ask("commit confirmed 1")
	if got := r.Running(); !strings.Contains(got, "host-name r3") {
		t.Errorf("the second commit is not live:\n%s", got)
	}
	junosEventually(t, "rollback", func() bool { return r.Running() == before })
	if got, want := r.machine.(*junosBox).lapse(2), 2500*time.Millisecond; got != want {
		t.Errorf("2 minutes take %v, want %v", got, want)
	}
}

func TestJunosWindowExpires(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall, Minute: time.Second})
	before := r.Running()
	c, other := dialJunos(t, r), dialJunos(t, r)
	c.ask("configure exclusive")
	c.ask("set system host-name r2")
	c.ask("commit confirmed 1")
	c.conn.Close()
	other.until(regexp.MustCompile(`Broadcast Message from root@r1\n.*\n\nCommit was not confirmed; automatic rollback complete\.\n`))
	if r.Running() != before {
		t.Errorf("after the window:\n%s", r.Running())
	}
	if got := other.ask("show system commit"); !regexp.MustCompile(`^0   .* by root via other\n1   .* by netops via cli commit confirmed, rollback in 1mins\n2   `).MatchString(got) {
		t.Errorf("show system commit:\n%s", got)
	}

	r.Cut() // nobody is connected at all
	r.Heal()
	c = dialJunos(t, r)
	c.ask("configure exclusive")
	c.ask("set system host-name r2")
	c.ask("commit confirmed 1")
	r.Cut()
	if r.Running() == before {
		t.Error("nothing was live")
	}
	junosEventually(t, "rollback with nobody connected", func() bool { return r.Running() == before })
}

func TestJunosLocks(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall})
	owner, other := dialJunos(t, r), dialJunos(t, r)
	owner.ask("configure exclusive")
	owner.ask("set system host-name mine")
	if got := other.ask("configure exclusive"); !regexp.MustCompile(`^error: configuration database locked by:\n  netops terminal pts/\d+ \(pid \d+\) on since .*, idle \d\d:\d\d:\d\d\n      exclusive \[edit\]\n`).MatchString(got) {
		t.Errorf("a second lock:\n%s", got)
	}
	other.holds("configure", "Users currently editing the configuration:\n  netops terminal")
	other.holds("set system host-name r2", "error: configuration database locked by:\n")
	other.holds("commit", "error: configuration database locked by:\n")
	other.wants("exit", "The configuration has been changed but not committed\nExit with uncommitted changes?")
	other.wants("yes", "Exiting configuration mode")
	owner.conn.Close()
	junosEventually(t, "the lock dies with its session", func() bool { return !strings.Contains(other.ask("configure exclusive"), "locked") })
	other.wants("show | compare", "[edit]")
	other.wants("exit", "Exiting configuration mode")
}

func TestJunosSharedCandidate(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall})
	c := dialJunos(t, r)
	c.ask("configure")
	c.ask("set system host-name theirs")
	c.wants("exit", "The configuration has been changed but not committed\nExit with uncommitted changes?")
	c.wants("yes", "Exiting configuration mode")
	c.holds("configure exclusive", "error: configuration database modified\n")
	c.holds("configure private", "error: shared configuration database modified\n")
	c.holds("configure", "The configuration has been changed but not committed\n")
	c.wants("rollback 0", "load complete\n\n[edit]")
	c.ask("exit")
	c.holds("configure private", "Entering configuration mode\n")
	c.ask("set system host-name ours")
	c.wants("exit", "The configuration has been changed but not committed\nwarning: Auto rollback on exiting 'configure private'\nDiscard uncommitted changes?")
	c.wants("no", "[edit]")
	c.ask("exit")
	c.wants("", "warning: discarding uncommitted changes\nload complete\nExiting configuration mode")
	if err := r.Uncommitted("alice", "set system host-name hers"); err != nil {
		t.Fatal(err)
	}
	c.holds("configure exclusive", "  alice terminal pts/")
	if strings.Contains(r.Running(), "hers") {
		t.Error("what alice has not committed is live")
	}
}

func TestJunosForeign(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall, Faults: Faults{ForeignPending: "bob", ForeignLock: "alice", DiskFull: true}})
	c := dialJunos(t, r)
	c.holds("show system commit", "by bob via cli commit confirmed, rollback in 10mins\n    rollback pending\n")
	c.holds("configure exclusive", "  alice terminal pts/")

	full := startJunos(t, Options{Running: junosSmall, Faults: Faults{DiskFull: true}})
	before := full.Running()
	c = dialJunos(t, full)
	c.ask("configure")
	c.ask("set system host-name r2")
	c.holds("commit", "No space left on device")
	if full.Running() != before {
		t.Error("a commit with a full disk is live")
	}
}

func TestJunosCommitChecks(t *testing.T) {
	t.Parallel()
	c := dialJunos(t, startJunos(t, Options{Running: junosSmall}))
	c.ask("configure")
	c.ask("set protocols bgp group G import IN")
	c.ask("set policy-options policy-statement OUT term 1 from prefix-list NONE")
	want := "error: Policy error: Policy IN referenced but not defined\nerror: Policy error: prefix-list NONE referenced but not defined\nerror: configuration check-out failed\n\n[edit]"
	c.wants("commit check", want)
	c.wants("commit", want)
	c.wants("commit confirmed 0", strings.Repeat(" ", 27)+"^\nsyntax error.\n\n[edit]")
}

func TestJunosLoad(t *testing.T) {
	t.Parallel()
	c := dialJunos(t, startJunos(t, Options{Running: junosSmall}))
	c.ask("configure exclusive")
	io.WriteString(c.in, "load set terminal\nset system host-name r2\nset policy-options prefix-lisp X\n\x04")
	if got := c.until(junosPrompts); !strings.Contains(got, "load complete (1 errors)") {
		t.Errorf("load set:\n%s", got)
	}
	io.WriteString(c.in, "load override terminal\nsystem {\n    host-name r4;\n}\n\x04")
	if got := c.until(junosPrompts); !strings.Contains(got, "load complete\n") {
		t.Errorf("load override:\n%s", got)
	}
	c.wants("show | display set", "set system host-name r4\n\n[edit]")
}

func TestJunosPager(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 100 {
		text.WriteString("set policy-options prefix-list P 10." + string(rune('0'+i/10)) + "." + string(rune('0'+i%10)) + ".0/24\n")
	}
	c := dialJunos(t, startJunos(t, Options{Running: text.String(), Faults: Faults{Paging: true}}))
	io.WriteString(c.in, "show configuration | display set\n")
	c.until(regexp.MustCompile(`---\(more\)---$`))
	io.WriteString(c.in, "q")
	c.until(junosPrompts)
	c.wants("show configuration | display set | no-more", text.String())
	c.ask("set cli screen-length 0")
	c.wants("show configuration | display set", text.String())
}

// TestJunosExec shows one command without a terminal.
func TestJunosExec(t *testing.T) {
	t.Parallel()
	c := dialJunos(t, startJunos(t, Options{Running: junosSmall, Motd: "Authorized only.\n"}))
	session, err := c.conn.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	got, err := session.Output("show configuration | display set | no-more")
	if err != nil || string(got) != junosSmall {
		t.Errorf("%v: %q", err, got)
	}
}

// TestJunosCuts shows that a commit whose answer never came has happened, and that the
// lock is gone with the connection.
func TestJunosCuts(t *testing.T) {
	t.Parallel()
	r := startJunos(t, Options{Running: junosSmall, Faults: Faults{CutAfter: func(line string) bool { return line == "commit confirmed 5" }}})
	c := dialJunos(t, r)
	c.ask("configure exclusive")
	c.ask("set system host-name r2")
	io.WriteString(c.in, "commit confirmed 5\n")
	c.conn.Wait()
	junosEventually(t, "the commit", func() bool { return strings.Contains(r.Running(), "host-name r2") })
	c = dialJunos(t, r)
	junosEventually(t, "the lock dies", func() bool { return !strings.Contains(c.ask("configure exclusive"), "locked") })
	c.holds("run show system commit", "rollback pending")
	c.wants("commit", "commit complete\n\n[edit]")
	log := strings.Join(r.Log(), "\n")
	if !strings.Contains(log, "exec: configure exclusive\nconfigure: set system host-name r2\nconfigure: commit confirmed 5\n") {
		t.Errorf("log:\n%s", log)
	}
}

// TestJunosWorld shows a live state that the test makes up.
func TestJunosWorld(t *testing.T) {
	t.Parallel()
	var r *Router
	r = startJunos(t, Options{Running: junosSmall, World: func(running string) Live {
		if running != r.Running() {
			t.Errorf("world of %q", running)
		}
		return Live{Sessions: []LiveSession{{VRF: "RED", Neighbor: netip.MustParseAddr("192.0.2.1"), AS: 12076, State: "Active"}}}
	}})
	doc := junosJSON(t, dialJunos(t, r).ask("show bgp neighbor | display json"))
	if got := junosPick(t, doc, "bgp-information/bgp-peer", "peer-address", "peer-state", "peer-cfg-rti"); !slices.Equal(got, []string{"192.0.2.1 Active RED"}) {
		t.Errorf("%q", got)
	}
	c := dialJunos(t, startJunos(t, Options{Running: junosSmall}))
	c.holds("show bgp neighbor | display json", "BGP is not running")
}
