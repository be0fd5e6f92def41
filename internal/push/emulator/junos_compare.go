package emulator

import (
	"slices"
	"strings"
)

// junosCompare is what | compare prints: per hierarchy a banner, behind + what
// comes, behind - what goes, behind ! what has another place (CLI User Guide:
// "Compare Configuration Changes with a Prior Version").
func junosCompare(was, now []*junosBlock) string {
	var out strings.Builder
	junosCompareAt(&out, nil, was, now)
	return out.String()
}

func junosCompareAt(out *strings.Builder, path []string, was, now []*junosBlock) {
	var here strings.Builder
	var deeper [][2]*junosBlock
	for _, w := range was {
		n := junosSame(now, w)
		switch {
		case n == nil:
			junosPrint(&here, []*junosBlock{w}, "-  ", 0)
		case w.off != n.off:
			junosPrint(&here, []*junosBlock{w}, "-  ", 0)
			junosPrint(&here, []*junosBlock{n}, "+  ", 0)
		case w.open || n.open:
			deeper = append(deeper, [2]*junosBlock{w, n})
		}
	}
	for _, n := range now {
		if junosSame(was, n) == nil {
			junosPrint(&here, []*junosBlock{n}, "+  ", 0)
		}
	}
	for _, n := range junosMoved(was, now) {
		here.WriteString("!  " + n.head + " { ... }\n")
	}
	if here.Len() > 0 {
		out.WriteString("[" + strings.Join(append([]string{"edit"}, path...), " ") + "]\n" + here.String())
	}
	for _, d := range deeper {
		junosCompareAt(out, append(slices.Clone(path), d[1].head), d[0].kids, d[1].kids)
	}
}

func junosSame(blocks []*junosBlock, b *junosBlock) *junosBlock {
	for _, o := range blocks {
		if o.head == b.head {
			return o
		}
	}
	return nil
}

// junosMoved are the blocks with braces that stand elsewhere among those that both
// have.
func junosMoved(was, now []*junosBlock) []*junosBlock {
	both := func(list, other []*junosBlock) (out []*junosBlock) {
		for _, b := range list {
			if b.open && junosSame(other, b) != nil {
				out = append(out, b)
			}
		}
		return out
	}
	before, after := both(was, now), both(now, was)
	var out []*junosBlock
	for i, b := range after {
		if before[i].head != b.head {
			out = append(out, b)
		}
	}
	return out
}
