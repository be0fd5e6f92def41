package sim_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// plans is how many random intents are tried; ERCFG_SEEDS=n sets another number.
const plans = 165

// pairs is how many scenarios of two failures are tried per plan.
const pairs = 6

// Predict and the oracle agree on every flow of random plans.
func TestPredictAgainstOracle(t *testing.T) {
	t.Parallel()
	seeds := uint64(plans)
	if text := os.Getenv("ERCFG_SEEDS"); text != "" {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		seeds = n
	}
	resolved, wrong, seen := 0, 0, map[string]int{}
	for seed := range seeds {
		text := randomIntent(seed)
		p := resolve(t, text)
		if p == nil {
			continue
		}
		resolved++
		scenarios := sim.Scenarios(p, 1)
		both := sim.Scenarios(p, 2)[len(scenarios):]
		rng := rand.New(rand.NewPCG(seed, 2))
		rng.Shuffle(len(both), func(i, j int) { both[i], both[j] = both[j], both[i] })
		scenarios = append(scenarios, both[:min(pairs, len(both))]...)
		for i, got := range sim.Predict(p, scenarios).Outcomes {
			o := newOracle(p, scenarios[i], seed)
			o.settle()
			count(got, seen)
			if diff := o.disagree(got); diff != "" {
				t.Errorf("seed %d, scenario %s:\n%s", seed, scenarios[i].Name(), diff)
				t.Logf("the intent:\n%s", text)
				if wrong++; wrong > 4 {
					t.FailNow()
				}
				break
			}
		}
	}
	t.Logf("flows by what they show: %v", seen)
	for _, what := range []string{"tie", "lost", "dead", "clear", "over", "Internet", "default", "ipv6"} {
		if seen[what] == 0 {
			t.Errorf("no random plan shows: %s", what)
		}
	}
	if t.Logf("%d of %d intents resolve", resolved, seeds); resolved*10 < int(seeds)*6 {
		t.Errorf("only %d of %d intents resolve", resolved, seeds)
	}
}

// count notes what the flows of an outcome show.
func count(got sim.Outcome, seen map[string]int) {
	for _, f := range got.Flows {
		for what, shown := range map[string]bool{"default": f.Default, "ipv6": f.Family == plan.IPv6, "tie": f.To.Tie, "lost": f.To.Lost} {
			seen[what] += btoi(shown)
		}
		for _, l := range slices.Concat(f.To.Legs, f.From.Legs) {
			for what, shown := range map[string]bool{"dead": l.Dead, "clear": l.Clear, "over": l.Over != "", sim.Internet: l.Path == sim.Internet} {
				seen[what] += btoi(shown)
			}
		}
	}
}

// disagree says where the oracle sees another outcome.
func (o *oracle) disagree(got sim.Outcome) string {
	var out strings.Builder
	for _, f := range got.Flows {
		to, from := o.flow(f)
		for _, d := range []struct {
			arrow     sim.Direction
			got, want sim.Result
		}{{sim.ToAzure, f.To, to}, {sim.FromAzure, f.From, from}} {
			d.got.Legs = slices.Clone(d.got.Legs)
			slices.SortFunc(d.got.Legs, compareLegs)
			if slices.Equal(d.want.Legs, d.got.Legs) && d.want.Lost == d.got.Lost && d.want.Tie == d.got.Tie {
				continue
			}
			diff := cmp.Diff(d.want, d.got, cmpopts.IgnoreFields(sim.Result{}, "Wait", "Narrow"), cmpopts.EquateEmpty())
			fmt.Fprintf(&out, "%s %s %s: oracle %s, Predict %s\n%s", f.Statement, f.Family, d.arrow, d.want, d.got, diff)
		}
	}
	return out.String()
}
