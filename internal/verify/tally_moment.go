package verify

import (
	"math"
	"time"
)

// A moment is a time in nanoseconds since 1970. Records are compared by moments and not
// by times, because a time takes three words and a look at its form.
type moment int64

// never is the moment of a time that is not told.
const never moment = math.MinInt64

// Bounds of what is believed, in seconds: 1697 to 2242, to leave room for a slot or a
// timeout beside it.
const furthest = 1 << 33

// momentOf is the moment of a time; of one that is further away than anybody can mean,
// the furthest one.
func momentOf(t time.Time) moment {
	s := t.Unix()
	switch {
	case s >= -furthest && s <= furthest: // and not zero, which is far before
		return moment(s)*moment(time.Second) + moment(t.Nanosecond())
	case t.IsZero():
		return never
	}
	return moment(max(min(s, furthest), -furthest)) * moment(time.Second)
}

// time is the time of a moment; zero: never.
func (m moment) time() time.Time {
	if m == never {
		return time.Time{}
	}
	return time.Unix(0, int64(m)).UTC()
}

// orEarlier is the first of two moments, of which never is none.
func (m moment) orEarlier(o moment) moment {
	if m == never || o != never && o < m {
		return o
	}
	return m
}

// orLater is the last of two moments, of which never is none.
func (m moment) orLater(o moment) moment { return max(m, o) }
