package push

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// An iosxeTimer is the answer of "show archive config rollback timer" (Cisco IOS
// Configuration Fundamentals Command Reference).
type iosxeTimer struct {
	user  string
	value time.Duration
	idle  bool      // it begins anew with every key that its user hits
	set   time.Time // by the router's clock, in a zone of its own; zero: not told
	zone  string
}

var (
	iosxeTimerValue = regexp.MustCompile(`(?m)^\s*Timer value:\s*(\d+)\s*min`)
	iosxeTimerUser  = regexp.MustCompile(`(?m)^\s*User:\s*(\S.*?)\s*$`)
	iosxeTimerIdle  = regexp.MustCompile(`(?mi)^\s*Timer type:\s*idle`)
	iosxeClock      = regexp.MustCompile(`(\d\d:\d\d:\d\d)(?:\.\d+)? (\S+) ([A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ \d{4})`)
)

// iosxeNoTimer is what the router says where no undo is armed.
const iosxeNoTimer = "No Rollback Confirmed Change pending"

// readIOSXETimer returns nil where no undo is armed.
func readIOSXETimer(text string) (*iosxeTimer, error) {
	value := iosxeTimerValue.FindStringSubmatch(text)
	if value == nil && strings.Contains(text, iosxeNoTimer) {
		return nil, nil
	}
	if value == nil {
		return nil, fmt.Errorf("show archive config rollback timer: nobody can read %q", firstLine(text))
	}
	n, err := strconv.Atoi(value[1])
	if err != nil {
		return nil, fmt.Errorf("show archive config rollback timer: %w", err)
	}
	t := &iosxeTimer{value: time.Duration(n) * time.Minute, idle: iosxeTimerIdle.MatchString(text)}
	if m := iosxeTimerUser.FindStringSubmatch(text); m != nil {
		t.user = m[1]
	}
	t.set, t.zone = readIOSXEClock(text)
	return t, nil
}

// readIOSXEClock reads a time such as "*22:51:07.412 UTC Sat Feb 21 2009"; zero where
// there is none. Two of them can be compared where their zones are the same.
func readIOSXEClock(text string) (time.Time, string) {
	m := iosxeClock.FindStringSubmatch(text)
	if m == nil {
		return time.Time{}, ""
	}
	t, err := time.Parse("15:04:05 Mon Jan _2 2006", m[1]+" "+m[3])
	if err != nil {
		return time.Time{}, ""
	}
	return t, m[2]
}

// left is how long the undo still waits at the time that "show clock" tells: all of
// its value where that cannot be known.
func (t *iosxeTimer) left(clock string) time.Duration {
	now, zone := readIOSXEClock(clock)
	if t.idle || t.set.IsZero() || now.IsZero() || zone != t.zone {
		return t.value
	}
	return min(t.value, max(0, t.value-now.Sub(t.set)))
}

// timer asks which undo is armed; nil: none.
func (d *iosxe) timer(ctx context.Context) (*iosxeTimer, error) {
	text, err := d.say(ctx, "show archive config rollback timer")
	if err != nil {
		return nil, err
	}
	return readIOSXETimer(text)
}

// pending tells no run: IOS-XE keeps no comment with its undo.
func (d *iosxe) pending(ctx context.Context) (*pending, error) {
	t, err := d.timer(ctx)
	if t == nil || err != nil {
		return nil, err
	}
	clock, err := d.say(ctx, "show clock")
	if err != nil {
		return nil, err
	}
	return &pending{by: t.user, left: t.left(clock)}, nil
}

// iosxeFilePrompt is the setting that makes the router ask for the name of each file
// that it writes (file prompt noisy).
var iosxeFilePrompt = regexp.MustCompile(`(?m)^file prompt noisy\s*$`)

// iosxeDestination is the question for the name of a file; Enter takes the name in
// brackets. Whether to overwrite a file is another question, and gets no answer.
var iosxeDestination = regexp.MustCompile(`^Destination (filename|file name) \[[^\]]+\]\?\s*$`)

// fileReplies are the answers to what the router asks while it writes its archive.
func (d *iosxe) fileReplies(ctx context.Context) ([]Reply, error) {
	text, err := d.ask(ctx, "show running-config | include ^file prompt")
	if err != nil || !iosxeFilePrompt.MatchString(text) {
		return nil, err
	}
	return []Reply{{Question: iosxeDestination}}, nil
}

// rehearse does nothing: Cisco documents no way to check a line without taking it.
func (*iosxe) rehearse(context.Context, *work) error { return nil }

// iosxeLocked is the refusal where another holds the configuration: by configuration mode
// exclusive (Cisco, "Exclusive Configuration Change Access"), or as NETCONF does (the
// capture in the tests of pyATS: "is locked by process").
var iosxeLocked = regexp.MustCompile(`Configuration mode (?:is )?locked`)

// arm leaves the session in configuration mode. That the undo is armed is read back:
// the mode alone does not tell.
func (d *iosxe) arm(ctx context.Context, w *work) error {
	if err := w.typeable(d.mask); err != nil {
		return err
	}
	minutes := w.minutes()
	other, err := d.pending(ctx)
	if err != nil {
		return err
	}
	if other != nil {
		return other.foreign()
	}
	replies, err := d.fileReplies(ctx)
	if err != nil {
		return err
	}
	before, err := d.nextArchive(ctx)
	if err != nil {
		return err
	}
	text, err := d.say(ctx, "configure terminal revert timer "+minutes, replies...)
	if err != nil {
		return fmt.Errorf("arm the undo: nothing is configured, and the undo may be armed: %w", err)
	}
	t, err := d.timer(ctx)
	if err != nil {
		return fmt.Errorf("arm the undo: nothing is configured, and the undo may be armed: %w", err)
	}
	no := iosxeArchiveFault(d.mask(text))
	if t == nil || no != "" || !d.configuring() {
		if no == "" {
			no = iosxePlain(d.mask(text))
		}
		err := fmt.Errorf("the router does not arm its undo, and nothing is configured: %s", no)
		if iosxeLocked.MatchString(text) {
			err = fmt.Errorf("%w: %w", errForeign, err)
		}
		if t != nil && !d.configuring() {
			// The router has refused, because an undo was armed already: it is another's, also
			// where he has our login.
			return errors.Join(t.foreign(), d.leave(ctx))
		}
		return d.disarm(ctx, t, err)
	}
	if after, err := d.nextArchive(ctx); err != nil || after == before {
		// A failure may be told in the log alone, and an undo without its copy is none.
		return errors.Join(d.disarm(ctx, t, errors.New("nothing is configured: the archive has no copy that the undo could go back to")), err)
	}
	if t.value != w.revert || !d.owns(t) {
		return errors.Join(fmt.Errorf("nothing is configured: the undo that is armed is not ours: %w", t.foreign()), d.leave(ctx))
	}
	return nil
}

// iosxeArchiveNumber is the end of a name in the archive.
var iosxeArchiveNumber = regexp.MustCompile(`-\d+$`)

// nextArchive is the number of the next file of the archive, which grows with each copy
// (Cisco, "show archive"). The name before it is no proof: some releases put the time of
// the question into it (a capture in ntc-templates), others <timestamp>.
func (d *iosxe) nextArchive(ctx context.Context) (string, error) {
	text, err := d.say(ctx, "show archive")
	if err != nil {
		return "", err
	}
	m := iosxeNextArchive.FindStringSubmatch(text)
	if m == nil {
		return "", fmt.Errorf("show archive does not tell the name of the next file: %s", iosxePlain(d.mask(text)))
	}
	return cmp.Or(iosxeArchiveNumber.FindString(m[1]), m[1]), nil
}

// owns reports whether the undo is of our user: only he may confirm it or go back
// (Cisco, "configure confirm", "configure revert").
func (d *iosxe) owns(t *iosxeTimer) bool { return strings.EqualFold(t.user, d.user) }

// foreign is the error that the undo of another is in the way.
func (t *iosxeTimer) foreign() error { return (&pending{by: t.user, left: t.value}).foreign() }

// mine refuses where the undo of another is armed.
func (d *iosxe) mine(ctx context.Context) error {
	t, err := d.timer(ctx)
	if err == nil && t != nil && !d.owns(t) {
		err = t.foreign()
	}
	return err
}

// iosxeArchiveFault is the line that says why the archive has no copy. An undo
// without a good copy is none, even where the timer runs.
func iosxeArchiveFault(text string) string {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		lower := strings.ToLower(line)
		if strings.HasPrefix(line, "%") || strings.Contains(lower, "error") || strings.Contains(lower, "no space left") || strings.Contains(lower, "failed") {
			return line
		}
	}
	return ""
}

// disarm takes back an undo that is good for nothing, before anything was typed.
func (d *iosxe) disarm(ctx context.Context, t *iosxeTimer, why error) error {
	if err := d.leave(ctx); err != nil {
		return errors.Join(why, err)
	}
	if t == nil {
		return why
	}
	if err := d.confirm(ctx, nil); err != nil {
		return errors.Join(why, fmt.Errorf("the undo is still armed, and would put back what the router has now: %w", err))
	}
	return why
}

// confirm makes the change permanent. The answer is not trusted: no undo may be left.
func (d *iosxe) confirm(ctx context.Context, _ *work) error {
	if err := d.leave(ctx); err != nil {
		return err
	}
	if err := d.mine(ctx); err != nil {
		return err
	}
	text, err := d.ask(ctx, "configure confirm")
	switch {
	case err != nil && strings.Contains(text, iosxeNoTimer):
		return fmt.Errorf("no undo was armed any more: the router has put the old configuration back, or somebody has confirmed: %w", err)
	case err != nil:
		return err
	}
	t, err := d.timer(ctx)
	if err == nil && t != nil {
		err = fmt.Errorf("after configure confirm the undo of %s is still armed: %s", t.user, iosxePlain(d.mask(text)))
	}
	return err
}

// revert goes back now. Where the undo has run out by itself there is nothing to do:
// what the router has then is for the caller to read. The router's own words are no
// proof either way ("Rollback aborted" is sometimes harmless).
func (d *iosxe) revert(ctx context.Context, _ *work) error {
	if err := d.leave(ctx); err != nil {
		return err
	}
	if err := d.mine(ctx); err != nil {
		return err
	}
	text, err := d.say(ctx, "configure revert now")
	if err != nil {
		return err
	}
	t, err := d.timer(ctx)
	if err == nil && t != nil {
		err = fmt.Errorf("after configure revert now the undo of %s is still armed, and runs out by itself: %s", t.user, iosxePlain(d.mask(text)))
	}
	return err
}
