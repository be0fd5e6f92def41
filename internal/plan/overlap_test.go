package plan

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/intent"
)

func spanOf(prefix string, of int) span[int] {
	return span[int]{intent.At[netip.Prefix]{V: netip.MustParsePrefix(prefix)}, of}
}

func TestOverlaps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spans []span[int]
		want  []string
	}{
		{"neighbours", []span[int]{spanOf("10.0.0.0/30", 1), spanOf("10.0.0.4/30", 2)}, nil},
		{"equal", []span[int]{spanOf("10.0.0.0/30", 1), spanOf("10.0.0.0/30", 2)}, []string{"10.0.0.0/30 of 2 in 10.0.0.0/30 of 1"}},
		{"three equal ones are two findings", []span[int]{spanOf("10.0.0.0/30", 1), spanOf("10.0.0.0/30", 2), spanOf("10.0.0.0/30", 3)},
			[]string{"10.0.0.0/30 of 2 in 10.0.0.0/30 of 1", "10.0.0.0/30 of 3 in 10.0.0.0/30 of 1"}},
		{"nested, the smaller one first", []span[int]{spanOf("10.0.4.0/24", 1), spanOf("10.0.0.0/16", 2)}, []string{"10.0.4.0/24 of 1 in 10.0.0.0/16 of 2"}},
		{"the nearest one covers", []span[int]{spanOf("10.0.0.0/8", 1), spanOf("10.0.0.0/16", 2), spanOf("10.0.0.0/24", 3)},
			[]string{"10.0.0.0/16 of 2 in 10.0.0.0/8 of 1", "10.0.0.0/24 of 3 in 10.0.0.0/16 of 2"}},
		{"one owner", []span[int]{spanOf("10.0.0.0/16", 1), spanOf("10.0.0.0/24", 1)}, nil},
		{"after a gap", []span[int]{spanOf("10.0.0.0/16", 1), spanOf("10.1.0.0/24", 2), spanOf("10.0.9.0/24", 3)}, []string{"10.0.9.0/24 of 3 in 10.0.0.0/16 of 1"}},
		{"families are apart", []span[int]{spanOf("0.0.0.0/0", 1), spanOf("::/0", 2)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, o := range overlaps(c.spans, func(a, b int) bool { return a == b }) {
				got = append(got, fmt.Sprintf("%s of %d in %s of %d", o.inner.V, o.inner.of, o.outer.V, o.outer.of))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// randomSpans makes spans that often nest, in both families.
func randomSpans(rng *rand.Rand, n, owners int) []span[int] {
	out := make([]span[int], n)
	for i := range out {
		a := netip.AddrFrom4([4]byte{10, byte(rng.IntN(3)), byte(rng.IntN(3)) << 6, byte(rng.IntN(2)) << 7})
		p := netip.PrefixFrom(a, rng.IntN(27)+6).Masked()
		if rng.IntN(3) == 0 {
			p = netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 1, byte(rng.IntN(3)) << 5}), rng.IntN(40)+1).Masked()
		}
		out[i] = span[int]{intent.At[netip.Prefix]{V: p}, rng.IntN(owners)}
	}
	return out
}

// overlaps agrees with comparing every pair: it finds something exactly where
// two owners meet, and everything that it finds is true.
func TestOverlapsModel(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		spans := randomSpans(rng, 12, 3)
		meet := false
		for i, a := range spans {
			for _, b := range spans[:i] {
				meet = meet || (a.of != b.of && a.V.Overlaps(b.V))
			}
		}
		found := overlaps(slices.Clone(spans), func(a, b int) bool { return a == b })
		if meet != (len(found) > 0) {
			t.Fatalf("two owners meet: %v; found %v among %v", meet, found, spans)
		}
		for _, o := range found {
			if o.inner.of == o.outer.of || !o.inner.V.Overlaps(o.outer.V) {
				t.Fatalf("%v is no overlap", o)
			}
		}
	}
}

// A space answers like a search through all of its spans.
func TestSpaceModel(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		spans := randomSpans(rng, 12, 3)
		s := newSpace(slices.Clone(spans))
		for _, q := range randomSpans(rng, 12, 3) {
			any := func(holds func(p netip.Prefix) bool) bool {
				return slices.ContainsFunc(spans, func(x span[int]) bool { return holds(x.V) })
			}
			if x, got := s.covering(q.V); got != any(func(p netip.Prefix) bool { return covers(p, q.V) }) || (got && !covers(x.V, q.V)) {
				t.Fatalf("covering(%s) = %s, %v among %v", q.V, x.V, got, spans)
			}
			if x, got := s.within(q.V); got != any(func(p netip.Prefix) bool { return p != q.V && covers(q.V, p) }) || (got && !covers(q.V, x.V)) {
				t.Fatalf("within(%s) = %s, %v among %v", q.V, x.V, got, spans)
			}
			if x, got := s.meeting(q.V); got != any(q.V.Overlaps) || (got && !x.V.Overlaps(q.V)) {
				t.Fatalf("meeting(%s) = %s, %v among %v", q.V, x.V, got, spans)
			}
		}
	}
	var none *space[int]
	if x, ok := none.meeting(defaultIPv4); ok {
		t.Errorf("an empty space holds %v", x)
	}
}
