package verify

import (
	"math"
	"math/rand/v2"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) < 0.0005 }

// Values of Wilson's interval as tables and textbooks have them.
func TestWilson(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ share, n, low, high float64 }{
		{0.5, 100, 0.4038, 0.5962},
		{0.1, 10, 0.0179, 0.4042},
		{0, 10, 0, 0.2775},
		{1, 10, 0.7225, 1},
		{0.5, 1, 0.0546, 0.9454},
	} {
		if low, high := wilson(tt.share, tt.n); !near(low, tt.low) || !near(high, tt.high) {
			t.Errorf("%v of %v: got %.4f to %.4f, want %.4f to %.4f", tt.share, tt.n, low, high, tt.low, tt.high)
		}
	}
}

// None in k expected comes with e^−k, and an empty leg of k by chance with ((k−1)/k)^n, in each row.
func TestAbsence(t *testing.T) {
	t.Parallel()
	for n, want := range map[uint64]float64{0: 1, 1: 1, 3: 0.9986, 20: 0.1498, 4096: 0.0007} {
		if got := unseen(n); !near(got, want) {
			t.Errorf("unseen(%d) = %.4f, want %.4f", n, got, want)
		}
	}
	for _, tt := range []struct {
		k, rows int
		want    uint64
	}{{0, 1, 1}, {1, 1000, 1}, {2, 1, 8}, {2, 2, 9}, {2, 1000, 18}, {4, 2, 24}, {8, 2, 56}} {
		got := flowsFor(tt.k, tt.rows)
		if got != tt.want {
			t.Errorf("flowsFor(%d, %d) = %d, want %d", tt.k, tt.rows, got, tt.want)
		}
		if k := float64(tt.k); tt.k > 1 && float64(tt.rows)*k*math.Pow((k-1)/k, float64(got)) >= 0.01 {
			t.Errorf("%d flows leave a leg of %d empty too often in %d rows", got, tt.k, tt.rows)
		}
	}
}

// A share stands on as many draws as the fewest of samples, flows and big flows are.
func TestDraws(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		of   Amount
		want float64
	}{
		{Amount{}, 1},
		{Amount{Samples: 1000, Flows: 40, Bytes: 1000, Largest: 10}, 40},
		{Amount{Samples: 20, Flows: 40, Bytes: 1000, Largest: 10}, 20},
		{Amount{Samples: 1000, Flows: 40, Bytes: 1000, Largest: 500}, 2},
		{Amount{Samples: 1000, Bytes: 1000}, 1000},
	} {
		if got := drawsOf(tt.of); got != tt.want {
			t.Errorf("%+v: got %v, want %v", tt.of, got, tt.want)
		}
	}
}

// Routers and Azure watch the same traffic: each makes up a whole of its own.
func TestShareOut(t *testing.T) {
	t.Parallel()
	of := func(whole bool, bytes uint64) LegShare {
		return LegShare{Leg: Leg{Path: "er", Whole: whole}, Amount: Amount{Samples: 100, Flows: 50, Bytes: bytes}}
	}
	legs := []LegShare{of(false, 300), of(false, 100), of(false, 0), of(true, 500)}
	shareOut(legs)
	for i, want := range []float64{0.75, 0.25, 0, 1} {
		l := &legs[i]
		if l.Share != want || l.Low > l.Share || l.High < l.Share || l.High == 0 {
			t.Errorf("leg %d: got %v between %v and %v, want %v", i, l.Share, l.Low, l.High, want)
		}
	}
	none := []LegShare{of(false, 0)}
	if shareOut(none); none[0].Share != 0 || none[0].Low != 0 || none[0].High != 0 {
		t.Errorf("nothing seen: got %+v, want zeros", none[0])
	}
	// A record that claims the largest number must not make a share that no JSON can hold.
	forged := []LegShare{of(false, math.MaxUint64), of(false, 100)}
	shareOut(forged)
	for i, want := range []float64{1, 0} {
		if l := &forged[i]; !near(l.Share, want) || !(0 <= l.Low && l.Low <= l.High && l.High <= 1) {
			t.Errorf("forged, leg %d: got %v between %v and %v, want %v", i, l.Share, l.Low, l.High, want)
		}
	}
}

// One in a hundred may be unknown, of any number.
func TestTooMany(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		samples, of uint64
		want        bool
	}{{0, 0, false}, {1, 1, true}, {1, 99, true}, {1, 100, false}, {1, 199, false}, {2, 199, true}, {2, 200, false}, {1 << 62, 1 << 63, true}, {math.MaxUint64, math.MaxUint64, true}} {
		if got := tooMany(c.samples, c.of); got != c.want {
			t.Errorf("%d of %d: got %v", c.samples, c.of, got)
		}
	}
}

// The interval holds the true share of a balanced pair of links as often as it says,
// also where a few flows carry most of the bytes: a count of packets would be sure, and
// wrong.
func TestShareCovers(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	const rounds = 2000
	held, sure := 0, 0
	for range rounds {
		var legs [2]LegShare
		for range 200 {
			n := uint64(math.Ceil(10 / math.Pow(1-rng.Float64(), 1/1.2))) // Pareto, α = 1.2
			legs[rng.IntN(2)].add(Amount{Samples: n, Packets: n, Bytes: n * 1000, Flows: 1, Largest: n * 1000})
		}
		all := legs[:]
		shareOut(all)
		if all[0].Low <= 0.5 && 0.5 <= all[0].High {
			held++
		}
		if low, high := wilson(all[0].Share, float64(all[0].Samples+all[1].Samples)); low > 0.5 || high < 0.5 {
			sure++
		}
	}
	if held < rounds*95/100 {
		t.Errorf("the interval holds the true share in %d of %d rounds", held, rounds)
	}
	if sure < rounds/2 {
		t.Errorf("an interval over packets is wrong in %d of %d rounds only: these flows show no difference", sure, rounds)
	}
}
