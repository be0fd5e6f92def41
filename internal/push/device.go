package push

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A device is one router as a transaction drives it, a platform each. Apply,
// confirm, save and revert change it; nothing else does. Whatever is sent is in
// the transcript.
type device interface {
	// read reads what the router is and has.
	read(ctx context.Context) (*standing, error)
	// facts reads the live state.
	facts(ctx context.Context, q Question) (Facts, error)
	// holds reports whether the router has a route inside of an anchor that is neither a
	// discard nor a loopback.
	holds(ctx context.Context, a anchor) (bool, error)
	// interfaces are the names of interfaces by ifIndex: at least those that are named,
	// as far as the router has them.
	interfaces(ctx context.Context, names []string) (map[uint32]string, error)
	// opinion is what the router itself thinks of the change, one line each, without
	// taking it; nil: the platform has none.
	opinion(ctx context.Context, w *work) ([]string, error)
	// rehearse makes sure, as far as the platform can, that the router will take the
	// commands, without taking them.
	rehearse(ctx context.Context, w *work) error
	// arm makes the router undo whatever follows after w.revert, whatever becomes of
	// us. On an error nothing is armed, or the error says so.
	arm(ctx context.Context, w *work) error
	// apply types the commands; next is called before each with its number, from 1. A
	// *RefusedError means that the router did not take a line; it may have taken those
	// before it.
	apply(ctx context.Context, w *work, next func(line int)) error
	// pending is the change that the router would undo by itself now; nil: none.
	pending(ctx context.Context) (*pending, error)
	// running is the configuration now, as confdiff reads it.
	running(ctx context.Context) ([]byte, error)
	// confirm disarms the undo. On an error nobody knows: pending tells.
	confirm(ctx context.Context, w *work) error
	// save writes the startup configuration, and reads that back where it can.
	save(ctx context.Context, w *work) error
	// revert puts the configuration from before arm back now, and disarms the undo.
	revert(ctx context.Context, w *work) error
	// refresh types the commands of operational mode again: a configuration that came
	// back is used only when routes are judged anew.
	refresh(ctx context.Context, w *work) error
	close() error
}

// A standing is what a router is and has before a change.
type standing struct {
	version string // of its software, as it says: "FRRouting 8.4.4"
	running []byte
	// unsaved are statements that others have configured and not saved, one line each:
	// saving our change would save them, too.
	unsaved []string
	// pending is a change under a timer; nil: none.
	pending *pending
	// locked names who holds the configuration; empty: nobody.
	locked string
}

// A pending is a change that waits for its confirmation.
type pending struct {
	by   string // user, as the router says
	run  string // the run that has armed it; empty: not told
	left time.Duration
}

// work is what is to be done on one router.
type work struct {
	run         string                   // its id; a word of [a-z0-9-]
	revert      time.Duration            // of the undo; whole minutes
	commands    []string                 // with the placeholders of secrets; typed are what the router gets
	fill        func(line string) string // puts in the values; nil: there are no secrets
	operational []string                 // commands of operational mode that follow them
	ticket      string                   // for the router's own log; may be empty, one printable line
}

// typed are the commands with the values of secrets.
func (w *work) typed() []string {
	if w.fill == nil {
		return w.commands
	}
	out := make([]string, 0, len(w.commands))
	for _, line := range w.commands {
		out = append(out, w.fill(line))
	}
	return out
}

// A RefusedError is a line that a router did not take.
type RefusedError struct {
	Line   string // without the values of secrets
	Answer string // the router's own words, without the values of secrets
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("the router refuses %q: %s", e.Line, e.Answer)
}

// Errors that a transaction tells apart.
var (
	// errLost says that the session is gone, or that the router gave no answer in time:
	// what was sent may have been taken.
	errLost = errors.New("the session is lost")
	// errGone says that the router knows of no change that could be confirmed or saved.
	errGone = errors.New("the router knows of no such change")
	// errForeign says that somebody else's change or lock is in the way.
	errForeign = errors.New("somebody else is changing the router")
)
