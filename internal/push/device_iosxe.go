package push

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// iosxeSlow is how much longer than for other answers we wait where IOS-XE writes a
// file, or prints or replaces a whole configuration.
const iosxeSlow = 4

// iosxeLong begins the commands that may take so long.
var iosxeLong = []string{"configure ", "show running-config", "show startup-config", "write "}

// iosxe is a router with IOS-XE. Its undo is Cisco's "Configuration Rollback
// Confirmed Change": configure terminal revert timer puts a copy of the running
// configuration into the archive, and goes back to it unless the change is confirmed.
// A change belongs to the user who has armed it: nobody else may confirm or revert it.
// All state is the router's, so that another session can go on where one was cut.
type iosxe struct {
	conn    *Conn
	session *Session
	user    string
	timeout time.Duration // of an answer
	mask    func(string) string
}

// newIOSXE opens a command line as user.
func newIOSXE(ctx context.Context, conn *Conn, user string) (*iosxe, error) {
	session, err := conn.Shell(ctx, iosxeDialect())
	if err != nil {
		return nil, err
	}
	return &iosxe{conn, session, user, conn.limit, conn.log.Mask}, nil
}

func (d *iosxe) close() error { return errors.Join(d.session.Close(), d.conn.Close()) }

// iosxeModes is the prompt of a mode of configuration. Not all of them begin with config:
// (cfg-crypto-trans), (ipsec-profile), (conf-keyring) and (conf-isa-prof) do not (Cisco IOS
// Security Command Reference, the examples of each command).
var iosxeModes = regexp.MustCompile(`\((?:conf|cfg-|ipsec-profile)[^()]*\)#$`)

// configuring reports whether the session is in a mode of configuration.
func (d *iosxe) configuring() bool { return iosxeModes.MatchString(d.session.Prompt()) }

// say types a command of exec mode, from configuration mode too, and returns the
// answer, whatever it is.
func (d *iosxe) say(ctx context.Context, command string, replies ...Reply) (string, error) {
	session := d.session
	if slices.ContainsFunc(iosxeLong, func(begin string) bool { return strings.HasPrefix(command, begin) }) {
		session = session.Within(iosxeSlow * d.timeout)
	}
	if d.configuring() {
		command = "do " + command
	}
	a, err := session.Ask(ctx, command, replies...)
	return a.Text, err
}

// ask is say for a command that must be taken.
func (d *iosxe) ask(ctx context.Context, command string, replies ...Reply) (string, error) {
	text, err := d.say(ctx, command, replies...)
	if err != nil {
		return "", err
	}
	if no := iosxeComplaint(text); no != "" {
		return text, &RefusedError{Line: d.mask(command), Answer: d.mask(no)}
	}
	return text, nil
}

// iosxeComplaint is the line with which IOS-XE refuses a command of exec mode: the first
// one that begins with %, where nothing but blank lines and the mark below the fault
// stands before it. What a command prints later on is its output.
func iosxeComplaint(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line == "^":
		case strings.HasPrefix(line, "%"), strings.HasPrefix(line, "Command authorization failed"):
			return line
		default:
			return ""
		}
	}
	return ""
}

func (d *iosxe) read(ctx context.Context) (*standing, error) {
	if err := d.privileged(ctx); err != nil {
		return nil, err
	}
	s := &standing{}
	text, err := d.ask(ctx, "show version | include Version")
	if err != nil {
		return nil, err
	}
	if s.version, err = iosxeVersion(text); err != nil {
		return nil, err
	}
	if text, err = d.say(ctx, "show archive"); err != nil {
		return nil, err
	}
	if err := iosxeArchive(text); err != nil {
		return nil, err
	}
	if s.pending, err = d.pending(ctx); err != nil {
		return nil, err
	}
	if s.running, err = d.running(ctx); err != nil {
		return nil, err
	}
	s.unsaved, err = d.apart(ctx, s.running)
	return s, err
}

// iosxePrivilege is the answer of "show privilege" (Cisco IOS Security Command
// Reference).
var iosxePrivilege = regexp.MustCompile(`Current privilege level is (\d+)`)

// privileged makes sure that we may configure. Whoever logs in below level 15 would
// need enable and its secret, which ercfg does not have.
func (d *iosxe) privileged(ctx context.Context) error {
	text, err := d.ask(ctx, "show privilege")
	if err != nil {
		return err
	}
	m := iosxePrivilege.FindStringSubmatch(text)
	switch {
	case m == nil:
		return fmt.Errorf("the router does not tell our privilege: show privilege answers %q", firstLine(d.mask(text)))
	case m[1] != "15":
		return fmt.Errorf("%s has privilege level %s on the router, and a change needs 15: let the login give it (username %s privilege 15, or the AAA server)", d.user, m[1], d.user)
	}
	return nil
}

var (
	iosxeRelease = regexp.MustCompile(`Cisco IOS XE Software, Version (\S+)`)
	iosRelease   = regexp.MustCompile(`Cisco IOS Software.*, Version ([^,\s]+)`)
)

// iosxeVersion is the release in the answer of "show version". A router that says
// only Cisco IOS takes the same commands.
func iosxeVersion(text string) (string, error) {
	if m := iosxeRelease.FindStringSubmatch(text); m != nil {
		return "IOS XE " + m[1], nil
	}
	if m := iosRelease.FindStringSubmatch(text); m != nil {
		return "IOS " + m[1], nil
	}
	return "", fmt.Errorf("the router says of its software %q: that is no IOS-XE", firstLine(text))
}

var iosxeNextArchive = regexp.MustCompile(`The next archive file will be named (\S+)`)

// iosxeArchive reads "show archive": without an archive the router cannot undo a
// change, and with one on another machine it could not when the way there is gone.
// Some releases say that the archive is off, others print an empty table; only the
// name of the next file shows that it is on.
func iosxeArchive(text string) error {
	m := iosxeNextArchive.FindStringSubmatch(text)
	if m == nil {
		return errors.New(`the router keeps no configuration archive, without which it cannot undo a change by itself: configure "archive", " path flash:archive" and " write-memory" on it once, and push again`)
	}
	place, _, _ := strings.Cut(m[1], ":")
	switch place {
	case "ftp", "http", "https", "rcp", "scp", "sftp", "tftp":
		return fmt.Errorf("the router's archive is on another machine (%s:), which a change may cut off: give it a path on flash", place)
	}
	return nil
}

func (d *iosxe) running(ctx context.Context) ([]byte, error) {
	text, err := d.ask(ctx, "show running-config")
	switch whole := strings.TrimSpace(text); {
	case err != nil:
	case whole == "":
		err = errors.New("the router shows no running configuration")
	case whole != "end" && !strings.HasSuffix(whole, "\nend"):
		err = errors.New("the running configuration is not whole: its last line is not end")
	}
	return []byte(text), err
}

// apart lists in which statements the startup configuration is not the running one.
func (d *iosxe) apart(ctx context.Context, running []byte) ([]string, error) {
	text, err := d.say(ctx, "show startup-config")
	if err != nil {
		return nil, err
	}
	if strings.Contains(text, "startup-config is not present") {
		return []string{"+ everything: there is no startup configuration"}, nil
	}
	if no := iosxeComplaint(text); no != "" {
		return nil, &RefusedError{Line: "show startup-config", Answer: d.mask(no)}
	}
	now, err := confdiff.Read(confdiff.IOSXE, running)
	if err != nil {
		return nil, fmt.Errorf("running configuration: %w", err)
	}
	saved, err := confdiff.Read(confdiff.IOSXE, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("startup configuration: %w", err)
	}
	return statementsApart(withoutCertificates(now), withoutCertificates(saved)), nil
}

// withoutCertificates leaves out what the startup configuration keeps in files beside
// it, and so spells otherwise.
func withoutCertificates(c confdiff.Config) confdiff.Config {
	c.Statements = slices.DeleteFunc(slices.Clone(c.Statements), func(s confdiff.Statement) bool {
		return strings.HasPrefix(s.Path[0], "crypto pki certificate ")
	})
	return c
}

func (d *iosxe) facts(ctx context.Context, q Question) (Facts, error) {
	var outputs []string
	for _, c := range iosxeFactCommands(q) {
		text, err := d.say(ctx, c)
		if err != nil {
			return Facts{}, err
		}
		outputs = append(outputs, text)
	}
	return readIOSXEFacts(q, outputs)
}

func (d *iosxe) holds(ctx context.Context, a anchor) (bool, error) {
	text, err := d.say(ctx, iosxeHoldsCommand(a))
	if err != nil {
		return false, err
	}
	return readIOSXEHolds(text)
}

// opinion is none: the router's own hint (show archive config incremental-diffs)
// needs a file on its flash, and a dry run writes nothing.
func (d *iosxe) opinion(context.Context, *work) ([]string, error) { return nil, nil }

// leave goes back to exec mode.
func (d *iosxe) leave(ctx context.Context) error {
	if !d.configuring() {
		return nil
	}
	a, err := d.session.Run(ctx, "end")
	if err != nil {
		return err
	}
	if d.configuring() {
		return fmt.Errorf("after end the router is still in configuration mode (%s): %s", a.Prompt, firstLine(d.mask(a.Text)))
	}
	return nil
}

func (d *iosxe) apply(ctx context.Context, w *work, next func(line int)) error {
	whole := context.WithoutCancel(ctx) // an interruption comes between two lines, so that the session lives
	for i, line := range w.typed() {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted before line %d: %w", i+1, context.Cause(ctx))
		}
		next(i + 1)
		if err := d.session.Configure(whole, line); err != nil {
			return err
		}
		// The rest would be typed in exec mode, where the same words may do something else.
		if !d.configuring() {
			return fmt.Errorf("after %q the router is not in configuration mode any more: %s", d.mask(line), d.session.Prompt())
		}
	}
	if err := d.leave(whole); err != nil {
		return err
	}
	return d.refresh(whole, w)
}

func (d *iosxe) refresh(ctx context.Context, w *work) error {
	for _, line := range w.operational {
		if _, err := d.ask(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

// save writes the startup configuration. The router says [OK] where it has; some
// failures it only mentions, so that the configuration is read back.
func (d *iosxe) save(ctx context.Context, _ *work) error {
	replies, err := d.fileReplies(ctx)
	if err != nil {
		return err
	}
	text, err := d.ask(ctx, "write memory", replies...)
	if err != nil {
		return err
	}
	if !strings.Contains(text, "[OK]") {
		return fmt.Errorf("write memory: the router does not say [OK]: %s", iosxePlain(d.mask(text)))
	}
	running, err := d.running(ctx)
	if err != nil {
		return err
	}
	apart, err := d.apart(ctx, running)
	if err != nil {
		return err
	}
	if len(apart) > 0 {
		return fmt.Errorf("the startup configuration is not the running one in %d statements, the first: %s", len(apart), apart[0])
	}
	return nil
}

// iosxePlain joins the lines of an answer that mean something.
func iosxePlain(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, " / ")
}

// minutes are the whole minutes of an undo, as both vendors count them. Other times
// are a fault of ours.
func (w *work) minutes() string {
	n := w.revert / time.Minute
	if n < 1 || w.revert%time.Minute != 0 {
		panic(fmt.Sprintf("push: an undo after %s", w.revert))
	}
	return strconv.Itoa(int(n))
}

// typeable refuses, before anything is typed, what no command line takes.
func (w *work) typeable(mask func(string) string) error {
	for _, line := range w.typed() {
		if err := typeable(line); err != nil {
			return fmt.Errorf("nothing is configured: %q: %w", mask(line), err)
		}
	}
	return nil
}
