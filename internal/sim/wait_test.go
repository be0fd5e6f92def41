package sim_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/sim"
)

// How long a change of path takes at most follows from what has to notice it:
// the numbers are worked out by hand from the timers of the intents.
func TestWait(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	for _, tt := range []struct {
		name     string
		intent   string // under testdata
		scenario string
		to, from sim.Wait // of the first flow
	}{
		{"the end that sends counts the other end's multiplier", "wait/multiplier", "er-a.primary",
			sim.Wait{Max: 900 * time.Millisecond, By: "BFD"}, sim.Wait{Max: 1500*time.Millisecond + minute, Gateway: minute, By: "BFD"}},
		{"BFD alone: the gateway may go on for a minute", "wait/multiplier", "er-a.primary:bfd",
			sim.Wait{By: "BFD"}, sim.Wait{Max: minute, Gateway: minute, By: "BFD"}},
		{"a drain loses nothing", "wait/multiplier", "er-a.primary:drain",
			sim.Wait{By: "BGP update"}, sim.Wait{By: "BGP update"}},
		{"no gateway behind Microsoft peering", "matrix/D10", "er-a.microsoft.primary",
			sim.Wait{Max: 900 * time.Millisecond, By: "BFD"}, sim.Wait{Max: 900 * time.Millisecond, By: "BFD"}},
		{"a tunnel that has lost what it rides on", "wait/tunnel-gone", "er-a",
			sim.Wait{Max: 180 * time.Second, By: "hold timer"}, sim.Wait{}},
		{"a tunnel that rides on over the other link", "wait/tunnel-gone", "er-a.primary",
			sim.Wait{Max: 900 * time.Millisecond, By: "BFD"}, sim.Wait{Max: 900*time.Millisecond + minute, Gateway: minute, By: "BFD"}},
		{"a dead router among others", "wait/two-routers", "ce1",
			sim.Wait{Max: 30 * time.Second, By: "hold timer"}, sim.Wait{Max: 180 * time.Second, By: "hold timer"}},
		{"into a dead end, for good", "matrix/D2x", "er-a.primary:drain", sim.Wait{}, sim.Wait{By: "BGP update"}},
		{"no path to wait for", "matrix/D1", "er-a", sim.Wait{}, sim.Wait{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("testdata/" + tt.intent + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			p := resolve(t, string(text))
			if p == nil {
				t.Fatal("the intent does not resolve")
			}
			s, err := sim.ParseScenario(p, tt.scenario)
			if err != nil {
				t.Fatal(err)
			}
			f := sim.Predict(p, []sim.Scenario{s}).Outcomes[0].Flows[0]
			if diff := cmp.Diff([2]sim.Wait{tt.to, tt.from}, [2]sim.Wait{f.To.Wait, f.From.Wait}); diff != "" {
				t.Errorf("waits → and ← (-want +got):\n%s", diff)
			}
		})
	}
}
