package push

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// junosSlow is how much longer than for other answers we wait where Junos reads,
// checks or applies a whole configuration.
const junosSlow = 8

// junosLong begins the commands that may take so long.
var junosLong = []string{"commit", "configure", "rollback", "show | compare", "show configuration", "run show configuration"}

// junos is a router with Junos. Its undo is commit confirmed, which comes with the
// commit: before that nothing is live. While a change waits for its confirmation any
// commit, and commit check too, confirms it; so neither is typed before the router
// was asked. All state is the router's, so that another session can go on where one
// was cut: an exclusive candidate ends with the session that holds it.
type junos struct {
	conn    *Conn
	session *Session
	timeout time.Duration // of an answer
	mask    func(string) string
	marks   bool // the release marks a commit that waits: one was seen
}

// newJunos opens a command line. The commits tell the user.
func newJunos(ctx context.Context, conn *Conn, _ string) (*junos, error) {
	session, err := conn.Shell(ctx, junosDialect())
	if err != nil {
		return nil, err
	}
	d := &junos{conn: conn, session: session, timeout: conn.limit, mask: conn.log.Mask}
	if d.configuring() {
		return nil, errors.Join(errors.New("the login begins in configuration mode, in which other work may be open"), session.Close())
	}
	return d, nil
}

func (d *junos) close() error { return errors.Join(d.session.Close(), d.conn.Close()) }

// configuring reports whether the session is in configuration mode.
func (d *junos) configuring() bool { return strings.HasSuffix(d.session.Prompt(), "#") }

// say types a command of the mode that the session is in, and returns the answer,
// whatever it is.
func (d *junos) say(ctx context.Context, command string, replies ...Reply) (string, error) {
	session := d.session
	if slices.ContainsFunc(junosLong, func(begin string) bool { return strings.HasPrefix(command, begin) }) {
		session = session.Within(junosSlow * d.timeout)
	}
	a, err := session.Ask(ctx, command, replies...)
	return a.Text, err
}

// ask is say for a command that must be taken.
func (d *junos) ask(ctx context.Context, command string, replies ...Reply) (string, error) {
	text, err := d.say(ctx, command, replies...)
	if err == nil {
		err = d.refused(command, text)
	}
	return text, err
}

// show asks a command of operational mode, from configuration mode too.
func (d *junos) show(ctx context.Context, command string) (string, error) {
	if d.configuring() {
		command = "run " + command
	}
	return d.ask(ctx, command+" | no-more")
}

// refused is a *RefusedError where the answer to a command is a complaint.
func (d *junos) refused(command, text string) error {
	if d.session.d.refused(text) == "" && junosWarning(text) == "" {
		return nil
	}
	return &RefusedError{Line: d.mask(command), Answer: d.plain(text)}
}

// junosHarmless are the warnings that say nothing of the change: all others stop it.
var junosHarmless = regexp.MustCompile(`^warning: (uncommitted changes will be discarded on exit|requires '[^']*' license)`)

// junosWarning is the first warning of an answer that is not harmless.
func junosWarning(text string) string {
	for _, line := range junosLines(text) {
		if strings.HasPrefix(line, "warning:") && !junosHarmless.MatchString(line) {
			return line
		}
	}
	return ""
}

// junosLines are the lines of an answer that mean something: without the banners that
// Junos prints before a prompt, and the reminder while a change waits.
func junosLines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		banner := line == "" || line == "^" || line == "[edit]" || strings.HasPrefix(line, "{") && strings.HasSuffix(line, "}") ||
			strings.HasPrefix(line, junosReminder)
		if !banner {
			out = append(out, line)
		}
	}
	return out
}

// junosEncoded is a secret as Junos prints it: $9$ can be read back by anybody, the
// others are hashes.
var junosEncoded = regexp.MustCompile(`\$(?:9|1|5|6|8)\$[^"\s;]+`)

// hideEncoded takes encoded secrets out of what the router says.
func hideEncoded(text string) string { return junosEncoded.ReplaceAllString(text, "<secret>") }

func (d *junos) read(ctx context.Context) (*standing, error) {
	s := &standing{}
	text, err := d.show(ctx, "show version")
	if err != nil {
		return nil, err
	}
	if s.version, err = junosVersion(text); err != nil {
		return nil, err
	}
	if s.pending, err = d.pending(ctx); err != nil {
		return nil, err
	}
	// A commit is the startup configuration, too: nothing can be unsaved. Who has the
	// candidate is told only to those who enter configuration mode, as arm does.
	s.running, err = d.running(ctx)
	return s, err
}

var junosRelease = regexp.MustCompile(`(?m)^Junos: (\S+)\s*$|^JUNOS .*\[(\S+)\]`)

// junosVersion is the release in the answer of "show version": a line of its own since
// Junos 13, the version of a package before.
func junosVersion(text string) (string, error) {
	m := junosRelease.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("the router says of its software %q: that is no Junos", firstLine(text))
	}
	return "Junos " + m[1] + m[2], nil
}

func (d *junos) running(ctx context.Context) ([]byte, error) {
	text, err := d.show(ctx, "show configuration | display set")
	if err == nil && len(junosLines(text)) == 0 {
		err = errors.New("the router shows no configuration: may the login see it (permission view-configuration)?")
	}
	return []byte(text), err
}

func (d *junos) facts(ctx context.Context, q Question) (Facts, error) {
	var outputs []string
	for _, c := range junosFactCommands(q) {
		text, err := d.say(ctx, c)
		if err != nil {
			return Facts{}, err
		}
		outputs = append(outputs, text)
	}
	return readJunosFacts(q, outputs)
}

func (d *junos) holds(ctx context.Context, a anchor) (bool, error) {
	text, err := d.say(ctx, junosHoldsCommand(a))
	if err != nil {
		return false, err
	}
	return readJunosHolds(a, text)
}

// junosDiscard is the question of a session that ends with changes of its own; yes
// throws them away. A shared candidate asks "Exit with uncommitted changes?" instead.
var junosDiscard = regexp.MustCompile(`^Discard uncommitted changes\? \[yes,no\]`)

// leave goes back to operational mode, and leaves no change of ours behind.
func (d *junos) leave(ctx context.Context) error {
	if !d.configuring() {
		return nil
	}
	text, err := d.say(ctx, "exit", Reply{Question: junosDiscard, Answer: "yes"})
	if err == nil && d.configuring() {
		err = fmt.Errorf("after exit the router is still in configuration mode: %s", d.plain(text))
	}
	return err
}

// abandon throws the candidate away, and leaves. It comes after an error, so that the
// caller's time may be over.
func (d *junos) abandon(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if !d.configuring() {
		return nil
	}
	if _, err := d.ask(ctx, "rollback 0"); err != nil {
		return err
	}
	return d.leave(ctx)
}

// differences is what the candidate would change, one line each.
func (d *junos) differences(ctx context.Context) ([]string, error) {
	text, err := d.ask(ctx, "show | compare | no-more")
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(hideEncoded(d.mask(text))) {
		if len(junosLines(line)) > 0 {
			out = append(out, strings.TrimRight(line, " \r\n"))
		}
	}
	return out, nil
}

// enter opens a candidate that is as the router's configuration: how is "exclusive" or
// "private". It says who is in the way.
func (d *junos) enter(ctx context.Context, how string) error {
	if how == "exclusive" {
		if err := d.look(ctx); err != nil {
			return err
		}
	}
	text, err := d.begin(ctx, "configure "+how)
	if err != nil {
		return err
	}
	theirs, err := d.differences(ctx)
	if err == nil && len(theirs) > 0 {
		err = d.foreign(theirs, text)
	}
	if err != nil { // no answer to a question: the changes are not ours
		_, back := d.say(context.WithoutCancel(ctx), "exit")
		return errors.Join(err, back)
	}
	return nil
}

// begin enters configuration mode.
func (d *junos) begin(ctx context.Context, line string) (string, error) {
	text, err := d.say(ctx, line)
	if err != nil || d.configuring() {
		return text, err
	}
	no := d.plain(text)
	if strings.Contains(text, "database locked") || strings.Contains(text, "database modified") {
		return "", fmt.Errorf("%w: %s", errForeign, no)
	}
	return "", &RefusedError{Line: line, Answer: no}
}

// junosKeep is the question of a session that leaves the shared candidate with changes
// in it; yes keeps them for whoever has made them.
var junosKeep = regexp.MustCompile(`^Exit with uncommitted changes\? \[yes,no\]`)

// look makes sure that nobody has left changes in the shared candidate. Not every
// release refuses an exclusive candidate then, and at its end the changes would be
// thrown away.
func (d *junos) look(ctx context.Context) error {
	text, err := d.begin(ctx, "configure")
	if err != nil {
		return err
	}
	theirs, err := d.differences(ctx)
	_, back := d.say(context.WithoutCancel(ctx), "exit", Reply{Question: junosKeep, Answer: "yes"})
	if err := errors.Join(err, back); err != nil {
		return err
	}
	if len(theirs) > 0 {
		return d.foreign(theirs, text)
	}
	return nil
}

// foreign is the error that others have changed the candidate. Entry is what the
// router said to us when we came: who else is there.
func (d *junos) foreign(theirs []string, entry string) error {
	return fmt.Errorf("%w: the candidate has changes that nobody has committed: %s (%s)", errForeign, some(theirs), d.plain(entry))
}

// plain is an answer on one line, without secrets.
func (d *junos) plain(text string) string {
	return strings.Join(junosLines(hideEncoded(d.mask(text))), " / ")
}

// opinion lets the router check the commands on a private candidate, which is thrown
// away.
func (d *junos) opinion(ctx context.Context, w *work) ([]string, error) {
	if err := w.typeable(d.mask); err != nil {
		return nil, err
	}
	if err := d.enter(ctx, "private"); err != nil {
		return nil, err
	}
	out, err := d.consider(ctx, w)
	if back := d.abandon(ctx); back != nil {
		err = errors.Join(err, fmt.Errorf("the private candidate could not be thrown away by hand, and ends with the session: %w", back))
	}
	return out, err
}

// consider types the commands, and asks for the difference and the check.
func (d *junos) consider(ctx context.Context, w *work) ([]string, error) {
	for _, line := range w.typed() {
		if _, err := d.ask(ctx, line); err != nil {
			return nil, err
		}
	}
	out, err := d.differences(ctx)
	if err != nil {
		return nil, err
	}
	p, err := d.pending(ctx)
	if err != nil {
		return nil, err
	}
	if p != nil { // a private candidate locks nobody out
		return append(out, fmt.Sprintf("commit check is not asked: it would confirm the change of %s", p.by)), nil
	}
	text, err := d.ask(ctx, "commit check")
	if err != nil {
		return nil, err
	}
	return append(out, junosLines(hideEncoded(d.mask(text)))...), nil
}
