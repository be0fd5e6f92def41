package verify

import (
	"slices"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/sim"
)

// Routers that hand traffic on are told in the order of the plan, whoever came first.
func TestTallyTransitOrder(t *testing.T) {
	t.Parallel()
	tally := NewTally(NewPlacer(londonPlan(t), PlaceOptions{}), TallyOptions{})
	for _, from := range []string{doubtCE2, doubtCE1} {
		r := flowOf(from, doubtHome, doubtVNet, via(7, 8))
		tally.Flow(&r)
	}
	var got []string
	for _, c := range tally.Counts()[0].Transit {
		got = append(got, c.Router)
	}
	if want := []string{"ce1", "ce2"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A router with several observation domains was heard last when any of them was.
func TestQuietDomains(t *testing.T) {
	t.Parallel()
	p := londonPlan(t)
	v := New(p, sim.Predict(p, []sim.Scenario{{}}).Outcomes[0], Options{}, start())
	heard := func(router string, ago time.Duration) Exporter {
		return Exporter{Router: router, Source: Source{Last: start().Add(time.Hour - ago)}}
	}
	got := v.quiet([]Exporter{heard("ce1", time.Minute), heard("ce1", 50*time.Minute), heard("ce2", 50*time.Minute), heard("ce2", 40*time.Minute)}, start(), start().Add(time.Hour))
	want := []string{"ce2 was heard last 40m0s before the end: what it carried since would not show if its export has broken"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
