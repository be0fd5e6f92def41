package plan

import (
	"net/netip"
	"slices"

	"github.com/ercfg/ercfg/internal/intent"
)

// A span is a prefix with its place, and whose it is.
type span[T any] struct {
	intent.At[netip.Prefix]
	of T
}

func compareSpans[T any](a, b span[T]) int { return comparePrefixes(a.V, b.V) }

// covers reports whether inner equals outer or lies in it. Prefixes nest or
// are apart, so two overlap exactly when one covers the other.
func covers(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// An overlap is a span and the smallest one of somebody else that covers it.
type overlap[T any] struct{ inner, outer span[T] }

// overlaps finds the spans that another owner's span covers. Each is reported
// once, so that thousands of equal prefixes give thousands of findings, not
// millions. Of equal spans the first one listed is the outer. It sorts spans.
func overlaps[T any](spans []span[T], same func(a, b T) bool) []overlap[T] {
	slices.SortStableFunc(spans, compareSpans)
	var out []overlap[T]
	var open []span[T] // what covers the current span, the largest first
	for _, s := range spans {
		for len(open) > 0 && !covers(open[len(open)-1].V, s.V) {
			open = open[:len(open)-1]
		}
		if n := len(open); n > 0 {
			if !same(open[n-1].of, s.of) {
				out = append(out, overlap[T]{s, open[n-1]})
			}
			if open[n-1].V == s.V {
				continue
			}
		}
		open = append(open, s)
	}
	return out
}

// A space is a set of spans to be asked which of them a prefix meets. A nil
// space is empty.
type space[T any] struct {
	all   []span[T] // sorted, one of each prefix
	outer []span[T] // those that no other one covers
}

// newSpace sorts spans and keeps the first one listed of each prefix.
func newSpace[T any](spans []span[T]) *space[T] {
	slices.SortStableFunc(spans, compareSpans)
	s := &space[T]{all: slices.CompactFunc(spans, func(a, b span[T]) bool { return a.V == b.V })}
	for _, x := range s.all {
		if n := len(s.outer); n == 0 || !covers(s.outer[n-1].V, x.V) {
			s.outer = append(s.outer, x)
		}
	}
	return s
}

// covering returns the largest span that equals p or contains it.
func (s *space[T]) covering(p netip.Prefix) (span[T], bool) {
	if s == nil {
		return span[T]{}, false
	}
	i, found := slices.BinarySearchFunc(s.outer, p, func(x span[T], p netip.Prefix) int { return comparePrefixes(x.V, p) })
	if !found {
		i--
	}
	if i < 0 || !covers(s.outer[i].V, p) {
		return span[T]{}, false
	}
	return s.outer[i], true
}

// nests reports whether p lies in a span that is larger than p.
func (s *space[T]) nests(p netip.Prefix) bool {
	outer, ok := s.covering(p)
	return ok && outer.V != p
}

// within returns the first span that lies in p and is smaller.
func (s *space[T]) within(p netip.Prefix) (span[T], bool) {
	if s == nil {
		return span[T]{}, false
	}
	i, found := slices.BinarySearchFunc(s.all, p, func(x span[T], p netip.Prefix) int { return comparePrefixes(x.V, p) })
	if found {
		i++
	}
	if i >= len(s.all) || !covers(p, s.all[i].V) {
		return span[T]{}, false
	}
	return s.all[i], true
}

// meeting returns a span that overlaps p.
func (s *space[T]) meeting(p netip.Prefix) (span[T], bool) {
	if x, ok := s.covering(p); ok {
		return x, true
	}
	return s.within(p)
}
