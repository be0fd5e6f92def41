package verify

import (
	"testing"
	"time"
)

// A moment is the time it is made of, and no time is no moment. What nobody can mean is
// bounded, so that a slot and a timeout beside it are still numbers.
func TestMoment(t *testing.T) {
	t.Parallel()
	if m := momentOf(time.Time{}); m != never || !m.time().IsZero() {
		t.Errorf("no time is %d, and that is %v", m, m.time())
	}
	for _, at := range []time.Time{time.Unix(0, 0), time.Unix(-1, 5), time.Unix(1_800_000_000, 123_456_789), time.Unix(furthest, 1), time.Unix(-furthest, 0), time.Now()} {
		if got := momentOf(at).time(); !got.Equal(at) {
			t.Errorf("%v is %v", at, got)
		}
	}
	for at, want := range map[time.Time]int64{
		time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC): furthest,
		time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC):    -furthest,
	} {
		if got := momentOf(at).time().Unix(); got != want {
			t.Errorf("%v is %d seconds since 1970, want %d", at, got, want)
		}
	}
}

// The first and the last of moments, of which never is none.
func TestMomentOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ a, b, first, last moment }{
		{never, never, never, never},
		{never, 3, 3, 3},
		{3, never, 3, 3},
		{-5, 3, -5, 3},
		{3, -5, -5, 3},
	} {
		if first, last := c.a.orEarlier(c.b), c.a.orLater(c.b); first != c.first || last != c.last {
			t.Errorf("of %d and %d the first is %d and the last %d, want %d and %d", c.a, c.b, first, last, c.first, c.last)
		}
	}
}
