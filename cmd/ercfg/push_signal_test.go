package main

import (
	"context"
	"syscall"
	"testing"
	"time"
)

// A terminal that goes away hangs up twice: that interrupts once, and the way back is not
// abandoned. A person who insists is heard all the same.
func TestWatchedHangUp(t *testing.T) {
	hit := func(s syscall.Signal) {
		if err := syscall.Kill(syscall.Getpid(), s); err != nil {
			t.Fatal(err)
		}
	}
	heard := func(c chan bool, within time.Duration) bool {
		select {
		case <-c:
			return true
		case <-time.After(within):
			return false
		}
	}
	first, second := make(chan bool, 4), make(chan bool, 4)
	interrupted := watched(func() { first <- true }, func() { second <- true }, func(ctx context.Context) {
		hit(syscall.SIGHUP)
		if !heard(first, 10*time.Second) {
			t.Error("nobody hears that the terminal is gone")
		}
		<-ctx.Done()
		hit(syscall.SIGHUP)
		if heard(second, 300*time.Millisecond) {
			t.Error("the second hang-up abandons the way back")
		}
		hit(syscall.SIGINT)
		if !heard(second, 10*time.Second) {
			t.Error("a person is not heard any more")
		}
	})
	if !interrupted {
		t.Error("not interrupted")
	}
}
