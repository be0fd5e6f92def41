package frrtest

import (
	"testing"
	"time"
)

// pollEvery is the pause between two looks of WaitFor: short beside a BFD
// detection time, long beside a vtysh command.
const pollEvery = 100 * time.Millisecond

// WaitFor asks done until it says yes and fails the test when the time is up.
// The second value of done says how things stand; the failure prints the last
// one. The clock is the wall's: the routers are processes of the kernel.
func WaitFor(t testing.TB, limit time.Duration, what string, done func() (ok bool, state string)) {
	t.Helper()
	start := time.Now()
	for {
		ok, state := done()
		if ok {
			t.Logf("%s after %v", what, time.Since(start).Round(pollEvery))
			return
		}
		if time.Since(start) > limit {
			t.Fatalf("%s: not within %v: %s", what, limit, state)
		}
		time.Sleep(pollEvery)
	}
}
