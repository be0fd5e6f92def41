//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
)

// Unrepaired is the error of the way back: what was started may still run, or
// what was broken may still be so. Without one among the errors of Up, Test and
// Drill, all of it is put right.
type Unrepaired struct{ Err error }

func (u Unrepaired) Error() string { return u.Err.Error() }

// Unwrap returns what has failed on the way back.
func (u Unrepaired) Unwrap() error { return u.Err }

// ended words an end before the end: err is why, back what has failed on the way
// back. What commands say that were killed because ctx was cancelled is no
// reason: ctx's own error is. Where its time was up, what took so long is one.
func ended(ctx context.Context, err, back error) error {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	case ctx.Err() != nil:
		err = ctx.Err()
	}
	if back != nil {
		back = Unrepaired{back}
	}
	return errors.Join(err, back)
}
