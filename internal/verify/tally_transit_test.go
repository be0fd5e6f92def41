package verify

import (
	"testing"
	"time"
)

// What a router hands on counts from the time that is judged, and flows that are known to
// be somewhere are no strays.
func TestTallyTransit(t *testing.T) {
	t.Parallel()
	pl := NewPlacer(londonPlan(t), PlaceOptions{})
	o := TallyOptions{Since: start(), Timeout: time.Minute}
	tally := NewTally(pl, o)
	handed := func(k uint64, from time.Duration) Record {
		return flowOf(doubtCE1, doubtHome, doubtVNet, via(7, 8), key(k), lasting(from, 90*time.Second))
	}
	for _, r := range []Record{
		handed(1, -time.Second), // too early
		handed(2, time.Second), handed(3, time.Second), handed(4, time.Second), handed(5, time.Second),
		flowOf(doubtCE2, doubtHome, doubtVNet, via(8, 101), key(2), lasting(0, time.Second)),
		flowOf(doubtCE2, doubtHome, doubtVNet, via(8, 101), key(3), lasting(-time.Second, time.Second)),
		flowOf(doubtCE2, doubtHome, doubtVNet, via(8, 0), key(4), lasting(0, time.Second)),
	} {
		tally.Flow(&r)
	}
	bgp := flowOf(doubtCE1, "172.16.200.1", "172.16.200.2", via(0, 101))
	tally.Flow(&bgp)
	old := flowOf(doubtCE2, doubtHome, doubtVNet, via(8, 101), lasting(-time.Second, 76*time.Second))
	tally.Flow(&old)
	c := tally.Counts()[0]
	if len(c.Transit) != 1 || c.Transit[0].Router != "ce1" || c.Transit[0].Records != 4 || c.Transit[0].Stray != 1 {
		t.Errorf("%+v", c.Transit)
	}
	if c.Early.Records != 2 || c.Lasting.Records != 1 || len(tally.Crossed()) != 1 {
		t.Errorf("early %+v, lasting %+v, crossed %v", c.Early, c.Lasting, tally.Crossed())
	}
}
