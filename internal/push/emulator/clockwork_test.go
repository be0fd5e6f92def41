package emulator

import (
	"sync"
	"time"
)

// A clockwork is a clock that stands still until it is moved.
type clockwork struct {
	mu    sync.Mutex
	moved time.Duration
}

func (c *clockwork) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Date(2026, 2, 21, 22, 50, 48, 0, time.UTC).Add(c.moved)
}

func (c *clockwork) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved += d
}
