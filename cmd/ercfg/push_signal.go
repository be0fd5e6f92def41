package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// errInterrupted is the cause of a context that a person has ended.
var errInterrupted = errors.New("interrupted")

// watched runs do. The first interruption calls first and ends do's context; do then
// puts right what is open, and returns. Another one calls second; but a terminal that goes
// away hangs up twice, once by its shell, and nobody is impatient then. It reports whether
// there was one.
func watched(first, second func(), do func(ctx context.Context)) (interrupted bool) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case s := <-signals:
				switch {
				case !interrupted:
					interrupted = true
					first()
					cancel(errInterrupted)
				case s != syscall.SIGHUP:
					second()
				}
			}
		}
	})
	do(ctx)
	close(done)
	wg.Wait()
	return interrupted
}

// outliveReaders keeps the process alive, to its end, when nobody reads its output any
// more: what is open on a router has to come to its end, and the exit code to whoever
// waits for it. A signal that was ignored instead would be ignored by a ProxyCommand,
// too.
func outliveReaders() { signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) }
