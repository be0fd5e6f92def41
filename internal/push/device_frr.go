package push

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// frrScript is the router's end: see its own comment. It was written for FRR 8.4.4
// on Debian 12 and dash.
//
//go:embed frr.sh
var frrScript string

// The exit codes of the script.
const (
	frrUnfit   = 10 // something is not on the router
	frrBusy    = 11 // another run or process has the router
	frrNoRoom  = 12
	frrNoTimer = 13
	frrGone    = 14 // the run is not armed any more
	frrUnsaved = 15
	frrBroken  = 16 // the way back did not come through
)

// An execer runs a command on a router; see [Conn.Exec].
type execer interface {
	Exec(ctx context.Context, command string, stdin []byte) (Result, error)
	Close() error
}

// frr is a Linux router with FRR. FRR has no transactions for BGP and BFD: the undo
// is a process of the router's own that puts the old configuration back.
type frr struct {
	conn execer
	sudo string // in front of a command; empty: we are root
	log  func(text string) string
}

// newFRR asks who we are on the router. Mask takes secrets out of what the router
// says.
func newFRR(ctx context.Context, conn execer, mask func(string) string) (*frr, error) {
	d := &frr{conn: conn, log: mask}
	id, err := conn.Exec(ctx, "id -u", nil)
	if err != nil {
		return nil, err
	}
	first, last := firstLine(string(id.Stdout)), lastLine(string(id.Stdout))
	switch isUser := id.Code == 0 && last != "" && strings.Trim(last, "0123456789") == ""; {
	case isUser && first != last:
		return nil, fmt.Errorf("the login says %q before it runs a command: let it say nothing where there is no terminal", d.log(first))
	case isUser && last == "0":
		return d, nil
	case !isUser:
		return nil, fmt.Errorf("the login shell does not run commands (vtysh as a login shell does not): it answers %q", firstLine(d.log(string(id.Stdout)+string(id.Stderr))))
	}
	d.sudo = "sudo -n "
	root, err := conn.Exec(ctx, d.sudo+"sh -c 'id -u'", nil)
	if err == nil && strings.TrimSpace(string(root.Stdout)) != "0" {
		err = fmt.Errorf("root is needed: log in as root, or let the user run /bin/sh by sudo without a password (%s)", lastLine(d.log(string(root.Stdout)+string(root.Stderr))))
	}
	return d, err
}

func (d *frr) close() error { return d.conn.Close() }

// call runs a verb of the script. What it says on standard error is the error.
func (d *frr) call(ctx context.Context, stdin []byte, words ...string) (string, error) {
	// The script needs its own text, to leave it on the router as the undo.
	command := d.sudo + `sh -c 'self=$1; shift; eval "$self"' ercfg ` + shellQuote(strings.TrimSpace(frrScript)) + " " + strings.Join(words, " ")
	ctx, cancel := context.WithTimeout(ctx, frrLimit(words[0]))
	defer cancel()
	r, err := d.conn.Exec(ctx, command, stdin)
	if err != nil {
		return "", fmt.Errorf("%s: %w", words[0], err)
	}
	if r.Code != 0 {
		said := strings.TrimSpace(d.log(string(r.Stderr)))
		if said == "" {
			said = fmt.Sprintf("exit code %d: %s", r.Code, firstLine(d.log(string(r.Stdout))))
		}
		return string(r.Stdout), &frrError{words[0], r.Code, said}
	}
	return string(r.Stdout), nil
}

// frrLimit bounds a verb. What waits for another process on the router, starts daemons
// or types many lines takes longer.
func frrLimit(verb string) time.Duration {
	switch verb {
	case "scratch", "arm", "apply", "exec", "save", "revert":
		return 3 * time.Minute
	}
	return 45 * time.Second
}

// An frrError is a verb of the script that did not do what it is for.
type frrError struct {
	verb string
	code int
	said string
}

func (e *frrError) Error() string { return e.said }

// Is lets a caller ask for errForeign and errGone.
func (e *frrError) Is(target error) bool {
	return target == errForeign && e.code == frrBusy || target == errGone && e.code == frrGone
}

func shellQuote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndex(text, "\n")+1:]
}

func (d *frr) read(ctx context.Context) (*standing, error) {
	text, err := d.call(ctx, nil, "read")
	if err != nil {
		return nil, err
	}
	part, err := frrParts(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", err, firstLine(d.log(text)))
	}
	s := &standing{version: frrVersion(part["version"]), running: []byte(part["running"])}
	if strings.TrimSpace(part["running"]) == "" {
		return nil, errNoRunning
	}
	runs, err := readFRRRuns(part["runs"])
	if err != nil {
		return nil, err
	}
	s.pending = frrPending(runs)
	s.unsaved, err = frrUnsavedLines(s.running, []byte(part["startup"]))
	return s, err
}

var errNoRunning = errors.New("vtysh shows no running configuration")

// frrParts takes apart what the script has put marks into.
func frrParts(text string) (map[string]string, error) {
	part := make(map[string]string)
	for section := range strings.SplitSeq(text, frrMark) {
		name, body, _ := strings.Cut(section, "\n")
		part[name] = body
	}
	if _, ok := part["done"]; !ok {
		return nil, errors.New("the router's answer is not whole")
	}
	return part, nil
}

// frrVersion is the first line of "show version" without the host's name.
func frrVersion(text string) string {
	line, _, _ := strings.Cut(firstLine(text), " (")
	return line
}

// frrUnsavedLines are the statements that the daemons have and frr.conf has not,
// and the other way round. What a file only spells otherwise is equal to the reader.
func frrUnsavedLines(running, startup []byte) ([]string, error) {
	now, err := confdiff.Read(confdiff.FRR, running)
	if err != nil {
		return nil, fmt.Errorf("running configuration: %w", err)
	}
	saved, err := confdiff.Read(confdiff.FRR, startup)
	if err != nil {
		return nil, fmt.Errorf("frr.conf: %w", err)
	}
	return statementsApart(now, saved), nil
}

func (d *frr) running(ctx context.Context) ([]byte, error) {
	text, err := d.call(ctx, nil, "running")
	if err == nil && strings.TrimSpace(text) == "" {
		err = errNoRunning
	}
	return []byte(text), err
}

func (d *frr) facts(ctx context.Context, q Question) (Facts, error) {
	commands := frrFactCommands(q)
	text, err := d.call(ctx, []byte(strings.Join(commands, "\n")+"\n"), "ask")
	if err != nil {
		return Facts{}, err
	}
	outputs := strings.Split(text, frrMark+"next\n")
	if len(outputs) != len(commands)+1 {
		return Facts{}, fmt.Errorf("%d commands have %d answers", len(commands), len(outputs)-1)
	}
	return readFRRFacts(q, outputs[:len(commands)])
}

func (d *frr) holds(ctx context.Context, a anchor) (bool, error) {
	text, err := d.call(ctx, []byte(frrHoldsCommand(a)+"\n"), "ask")
	if err != nil {
		return false, err
	}
	return readFRRHolds(a, strings.TrimSuffix(text, frrMark+"next\n"))
}

// frrMark begins a line of the script's own: no configuration and no JSON has it.
const frrMark = "\x01"

// frrBlocks parts commands where no context is open, so that each part can be
// typed by itself.
func frrBlocks(commands []string) [][]string {
	var out [][]string
	begin := 0
	for i, c := range commands {
		if c == "exit" {
			out = append(out, commands[begin:i+1])
			begin = i + 1
		}
	}
	if begin < len(commands) {
		out = append(out, commands[begin:])
	}
	return out
}

func frrBlockText(block []string) []byte { return []byte(strings.Join(block, "\n") + "\n") }

// A trial is what scratch daemons made of the commands.
type trial struct {
	said   string   // complaints; empty: none
	apart  []string // where the result is not what the model says
	reload []string // what frr-reload.py would do, its own words
}

// try lets daemons in namespaces of their own take the running configuration and
// then the commands.
func (d *frr) try(ctx context.Context, w *work) (*trial, error) {
	var input bytes.Buffer
	for i, block := range frrBlocks(w.typed()) {
		if i > 0 {
			input.WriteString(frrMark)
		}
		input.Write(frrBlockText(block))
	}
	text, err := d.call(ctx, input.Bytes(), "scratch")
	if err != nil {
		return nil, err
	}
	part, err := frrParts(text)
	if err != nil {
		return nil, fmt.Errorf("scratch daemons: %w: %q", err, firstLine(d.log(text)))
	}
	t := &trial{said: strings.TrimSpace(d.log(part["said"]))}
	for line := range strings.Lines(part["reload"]) {
		// The log of frr-reload.py has lines about itself, with their time.
		if line = strings.TrimRight(d.log(line), "\n"); strings.TrimSpace(line) != "" && !strings.Contains(line, "  INFO: ") {
			t.reload = append(t.reload, line)
		}
	}
	base, err := confdiff.Read(confdiff.FRR, []byte(part["base"]))
	if err != nil {
		return nil, fmt.Errorf("scratch daemons: %w", err)
	}
	candidate, err := confdiff.Read(confdiff.FRR, []byte(part["candidate"]))
	if err != nil {
		return nil, fmt.Errorf("scratch daemons: %w", err)
	}
	wanted, err := confdiff.Apply(base, w.commands)
	if err != nil {
		return nil, fmt.Errorf("scratch daemons: %w", err)
	}
	t.apart = statementsApart(candidate, wanted)
	return t, nil
}

func (d *frr) opinion(ctx context.Context, w *work) ([]string, error) {
	t, err := d.try(ctx, w)
	if err != nil {
		return nil, err
	}
	out := []string{"scratch daemons on the router take every command"}
	if t.said != "" {
		out = []string{"scratch daemons on the router refuse: " + t.said}
	}
	for _, line := range t.apart {
		out = append(out, "scratch daemons end with another configuration than planned: "+d.log(line))
	}
	return append(append(out, "frr-reload.py --test says of the result:"), t.reload...), nil
}

// rehearse tries the commands on scratch daemons: the router's own have no way to
// check without taking.
func (d *frr) rehearse(ctx context.Context, w *work) error {
	t, err := d.try(ctx, w)
	if err != nil {
		return err
	}
	if t.said != "" {
		return &RefusedError{Line: "a command on the scratch daemons", Answer: t.said}
	}
	if len(t.apart) > 0 {
		return fmt.Errorf("on scratch daemons the commands end with another configuration than planned: %s", d.log(strings.Join(t.apart, "; ")))
	}
	return nil
}

func (d *frr) arm(ctx context.Context, w *work) error {
	_, err := d.call(ctx, nil, "arm", w.run, strconv.Itoa(int(w.revert/time.Second)))
	return err
}

func (d *frr) apply(ctx context.Context, w *work, next func(line int)) error {
	whole := context.WithoutCancel(ctx) // an interruption comes between two blocks
	line := 1
	for _, block := range frrBlocks(w.typed()) {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted before line %d: %w", line, context.Cause(ctx))
		}
		next(line)
		text := frrBlockText(block)
		said, err := d.call(whole, text, "apply", w.run, strconv.Itoa(len(text)))
		e, failed := errors.AsType[*frrError](err)
		switch {
		case strings.TrimSpace(said) != "":
			return &RefusedError{Line: d.log(block[0]), Answer: strings.TrimSpace(d.log(said))}
		case failed && e.code < frrUnfit:
			return &RefusedError{Line: d.log(block[0]), Answer: e.said}
		case err != nil:
			return err
		}
		line += len(block)
	}
	return d.refresh(whole, w)
}

func (d *frr) refresh(ctx context.Context, w *work) error {
	if len(w.operational) == 0 {
		return nil
	}
	text := frrBlockText(w.operational)
	said, err := d.call(ctx, text, "exec", w.run, strconv.Itoa(len(text)))
	if err == nil && strings.TrimSpace(said) != "" {
		err = &RefusedError{Line: d.log(w.operational[0]), Answer: strings.TrimSpace(d.log(said))}
	}
	return err
}

func (d *frr) pending(ctx context.Context) (*pending, error) {
	text, err := d.call(ctx, nil, "tell")
	if err != nil {
		return nil, err
	}
	runs, err := readFRRRuns(text)
	return frrPending(runs), err
}

// An frrRun is a run as the router remembers it; it forgets them when it starts.
type frrRun struct {
	run, state, user string
	left             time.Duration
}

// frrPending is the run that the router would undo; nil: none.
func frrPending(runs []frrRun) *pending {
	for _, r := range runs {
		if r.state == "armed" || r.state == "firing" {
			return &pending{by: r.user, run: r.run, left: r.left}
		}
	}
	return nil
}

// readFRRRuns reads what the script tells of runs.
func readFRRRuns(text string) ([]frrRun, error) {
	var out []frrRun
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 4 {
			return nil, fmt.Errorf("the router says of its runs: %q", strings.TrimSpace(line))
		}
		end, err1 := strconv.ParseInt(words[2], 10, 64)
		now, err2 := strconv.ParseInt(words[3], 10, 64)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("the router says of its runs: %q", strings.TrimSpace(line))
		}
		r := frrRun{run: words[0], state: words[1], left: max(0, time.Duration(end-now)*time.Second)}
		if len(words) > 4 {
			r.user = words[4]
		}
		out = append(out, r)
	}
	return out, nil
}

func (d *frr) confirm(ctx context.Context, w *work) error {
	_, err := d.call(ctx, nil, "confirm", w.run)
	return err
}

func (d *frr) save(ctx context.Context, w *work) error {
	_, err := d.call(ctx, nil, "save", w.run)
	return err
}

func (d *frr) revert(ctx context.Context, w *work) error {
	_, err := d.call(ctx, nil, "revert", w.run)
	return err
}
