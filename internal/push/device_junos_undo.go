package push

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A junosCommit is the newest entry of "show system commit" (Junos OS CLI User Guide,
// "show system commit"), or a commit that is yet to come.
type junosCommit struct {
	by        string
	run       string        // of a comment of ours
	at        string        // date and time, in a zone of the router's own
	confirmed time.Duration // the time for its confirmation; zero: it needs none
	marked    bool          // "rollback pending" stands below it
	scheduled string        // when it comes: "at reboot"; empty: it has come
}

var (
	junosEntry     = regexp.MustCompile(`^\s*(\d+)\s+(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+) by (\S+) via \S+(.*)$`)
	junosScheduled = regexp.MustCompile(`^\s*commit requested by (\S+) via \S+ (at .*\S)\s*$`)
	junosConfirmed = regexp.MustCompile(`commit confirmed, rollback in (\d+) ?min`)
	junosOurs      = regexp.MustCompile(`\bercfg ([a-z0-9-]+)`)
	junosNow       = regexp.MustCompile(`(?m)^\s*Current time: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+)`)
)

// readJunosCommit reads the newest entry. Entry 0 keeps the words "commit confirmed,
// rollback in 5mins" for good; newer releases print "rollback pending" below it while
// it waits, older ones do not.
func readJunosCommit(text string) (*junosCommit, error) {
	var c *junosCommit
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \r\n")
		if m := junosScheduled.FindStringSubmatch(line); m != nil && c == nil {
			return &junosCommit{by: m[1], scheduled: m[2]}, nil
		}
		m := junosEntry.FindStringSubmatch(line)
		if m != nil && c != nil {
			break
		}
		rest := line
		switch {
		case m != nil && m[1] == "0":
			c = &junosCommit{at: m[2], by: m[3]}
			rest = m[4]
		case m != nil:
			return nil, fmt.Errorf("show system commit begins with entry %s", m[1])
		case c == nil:
			continue
		}
		if m := junosConfirmed.FindStringSubmatch(rest); m != nil {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				return nil, fmt.Errorf("show system commit: %w", err)
			}
			c.confirmed = time.Duration(n) * time.Minute
		}
		if m := junosOurs.FindStringSubmatch(rest); m != nil && c.run == "" {
			c.run = m[1]
		}
		c.marked = c.marked || strings.EqualFold(strings.TrimSpace(rest), "rollback pending")
	}
	if c == nil {
		return nil, fmt.Errorf("show system commit: nobody can read %q", firstLine(text))
	}
	return c, nil
}

// waits reports whether the commit waits for its confirmation, and how long yet, at
// the time that "show system uptime" tells. Where the release is not known to mark what
// waits, the age decides: a rollback comes up to a minute late.
func (c *junosCommit) waits(uptime string, marks bool) (bool, time.Duration) {
	if c.scheduled != "" {
		return true, 0
	}
	if c.confirmed == 0 || marks && !c.marked {
		return false, 0
	}
	m := junosNow.FindStringSubmatch(uptime)
	if m == nil {
		return true, c.confirmed
	}
	at, zone, err1 := junosTime(c.at)
	now, zoneNow, err2 := junosTime(m[1])
	if err1 != nil || err2 != nil || zone != zoneNow {
		return true, c.confirmed
	}
	left := min(c.confirmed, c.confirmed-now.Sub(at))
	return c.marked || left > -time.Minute, max(0, left)
}

// junosTime reads "2026-11-27 03:46:00 UTC". Two times can be compared where their
// zones are the same.
func junosTime(text string) (time.Time, string, error) {
	i := strings.LastIndexByte(text, ' ')
	t, err := time.Parse(time.DateTime, text[:i])
	return t, text[i+1:], err
}

func (d *junos) pending(ctx context.Context) (*pending, error) {
	c, err := d.newest(ctx)
	if err != nil || c.confirmed == 0 && c.scheduled == "" {
		return nil, err
	}
	if c.scheduled != "" {
		return &pending{by: c.by + ", to be committed " + c.scheduled + ","}, nil
	}
	uptime, err := d.show(ctx, "show system uptime")
	if _, refused := errors.AsType[*RefusedError](err); err != nil && !refused {
		return nil, err
	}
	waits, left := c.waits(uptime, d.marks)
	if !waits {
		return nil, nil
	}
	return &pending{by: c.by, run: c.run, left: left}, nil
}

func (d *junos) newest(ctx context.Context) (*junosCommit, error) {
	text, err := d.show(ctx, "show system commit")
	if err != nil {
		return nil, err
	}
	c, err := readJunosCommit(text)
	d.marks = d.marks || err == nil && c.marked
	return c, err
}

// foreign is the error that a change of others is in the way.
func (p *pending) foreign() error {
	who := p.by
	if p.run != "" {
		who += ", run " + p.run
	}
	if p.left == 0 {
		return fmt.Errorf("%w: a change of %s waits", errForeign, who)
	}
	return fmt.Errorf("%w: a change of %s waits for its confirmation, and is undone in %s; wait for that, or let its owner confirm or revert it", errForeign, who, p.left)
}

// rehearse does nothing: the check of Junos is part of the commit.
func (*junos) rehearse(context.Context, *work) error { return nil }

// arm takes the candidate for us alone: Junos arms its undo with the commit. Nobody
// can commit from here on, so that no change of others can begin to wait either.
func (d *junos) arm(ctx context.Context, w *work) error {
	if err := w.typeable(d.mask); err != nil {
		return err
	}
	_ = w.minutes()
	if err := d.enter(ctx, "exclusive"); err != nil {
		return err
	}
	p, err := d.pending(ctx)
	if err == nil && p != nil {
		err = p.foreign()
	}
	if err != nil {
		return errors.Join(err, d.abandon(ctx))
	}
	return nil
}

func (d *junos) apply(ctx context.Context, w *work, next func(line int)) error {
	whole := context.WithoutCancel(ctx) // an interruption comes between two lines, so that the session lives
	for i, line := range w.typed() {
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted before line %d: %w", i+1, context.Cause(ctx))
		}
		next(i + 1)
		if _, err := d.ask(whole, line); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted before the commit: %w", context.Cause(ctx))
	}
	changes, err := d.differences(whole)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		return errors.New("the router sees no difference in the candidate, although commands were typed: nothing is committed")
	}
	text, err := d.ask(whole, "commit check")
	if err != nil {
		return err
	}
	if !strings.Contains(text, "configuration check succeeds") {
		return &RefusedError{Line: "commit check", Answer: d.plain(text)}
	}
	if err := d.commit(whole, "commit confirmed "+w.minutes()+` comment "`+junosComment(w.run+" "+w.ticket)+`"`); err != nil {
		return err
	}
	if err := d.leave(whole); err != nil {
		return err
	}
	p, err := d.pending(whole)
	if err == nil && (p == nil || p.run != w.run) {
		err = errors.New("the change is committed, and the router does not mean to undo it by itself")
	}
	if err != nil {
		return err
	}
	return d.refresh(whole, w)
}

func (d *junos) refresh(ctx context.Context, w *work) error {
	for _, line := range w.operational {
		if _, err := d.ask(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

// commit types a commit. An answer that tells of a commit and of an error, as that of
// two routing engines can, leaves the router in a state that only it knows. One that tells
// of a warning is no such: that of a router with two engines which commits on one alone
// ("graceful-switchover is enabled, commit synchronize should be used") comes only here.
func (d *junos) commit(ctx context.Context, line string) error {
	text, err := d.say(ctx, line)
	if err != nil {
		return err
	}
	complete := strings.Contains(text, "commit complete")
	no := d.refused(line, text)
	switch {
	case complete && no != nil && d.session.d.refused(text) == "":
		return fmt.Errorf("the router has committed, and warns: %s", d.plain(text))
	case complete && no != nil:
		return fmt.Errorf("%w: %w", errLost, no)
	case no != nil:
		return no
	case !complete:
		return fmt.Errorf("%w: %s: the router does not say that the commit is complete: %s", errLost, line, d.plain(text))
	}
	return nil
}

// junosComment is a comment of a commit: ours, which pending knows again, with what
// could end it or be a key of the command line taken out, in up to 100 characters.
func junosComment(text string) string {
	text = strings.TrimSpace("ercfg " + text)
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune("\"\\?|$`", r) {
			return '_'
		}
		return r
	}, text)
	return strings.TrimSpace(text[:min(len(text), 100)])
}

// take opens the candidate for a commit that ends our own change: only ours, and only
// while it waits.
func (d *junos) take(ctx context.Context, w *work) (waits bool, err error) {
	if err := d.enter(ctx, "exclusive"); err != nil {
		return false, err
	}
	p, err := d.pending(ctx)
	if err == nil && p != nil && p.run != w.run {
		err = p.foreign()
	}
	if err != nil || p == nil {
		return false, errors.Join(err, d.abandon(ctx))
	}
	return true, nil
}

// finish commits, and asks whether anything waits yet.
func (d *junos) finish(ctx context.Context, comment string) error {
	if err := d.commit(ctx, `commit comment "`+junosComment(comment)+`"`); err != nil {
		return err
	}
	if err := d.leave(ctx); err != nil {
		return err
	}
	p, err := d.pending(ctx)
	if err == nil && p != nil {
		err = fmt.Errorf("after the commit the router still means to undo the change of %s in %s", p.by, p.left)
	}
	return err
}

// confirm commits the candidate, which is as the running configuration: that confirms,
// and leaves a comment of ours as the newest.
func (d *junos) confirm(ctx context.Context, w *work) error {
	waits, err := d.take(ctx, w)
	if err != nil {
		return err
	}
	if !waits {
		return errors.New("the change does not wait any more: the router has put the old configuration back, or somebody has confirmed")
	}
	return d.finish(ctx, w.run+" confirmed")
}

// save does nothing: what Junos has committed it also starts with.
func (d *junos) save(context.Context, *work) error { return nil }

// revert throws the candidate away, and goes back to the commit before ours while ours
// waits. Where it does not, nothing is live, or the router has been faster.
func (d *junos) revert(ctx context.Context, w *work) error {
	if err := d.abandon(ctx); err != nil {
		return err
	}
	p, err := d.pending(ctx)
	if err != nil || p == nil {
		return err
	}
	if waits, err := d.take(ctx, w); err != nil || !waits {
		return err
	}
	if _, err := d.ask(ctx, "rollback 1"); err != nil {
		return errors.Join(err, d.abandon(ctx))
	}
	return d.finish(ctx, w.run+" reverted")
}
