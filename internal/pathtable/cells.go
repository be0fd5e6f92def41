package pathtable

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The heads of the columns, the same in every form.
const (
	headScenario = "scenario"
	headTo       = "→ to Azure"
	headFrom     = "← from Azure"
	headWaitTo   = "wait →"
	headWaitFrom = "wait ←"
)

// mostNames is how many scenarios a row, or the line below a block, names.
const mostNames = 5

// names lists scenarios, and counts them where they are many.
func names(list []sim.Scenario) string { return strings.Join(each(list), " ") }

// each is names one by one. A comma ends every name but the last.
func each(list []sim.Scenario) []string {
	var out []string
	for i, s := range list {
		if i == mostNames-1 && len(list) > mostNames {
			return append(out, fmt.Sprintf("… (%s in all)", thousands(len(list))))
		}
		name := s.Name()
		if i < len(list)-1 {
			name += ","
		}
		out = append(out, name)
	}
	return out
}

// rest says in sentences how many scenarios have no row, and names few.
func (b *Block) rest() []string {
	var out []string
	switch n := b.Same.Count; {
	case n == 0:
	case n == 1:
		out = append(out, b.Same.First[0].Name()+" leaves it as normal.")
	case n <= mostNames:
		out = append(out, names(b.Same.First)+" leave it as normal.")
	default:
		out = append(out, thousands(n)+" other scenarios leave it as normal.")
	}
	if n := b.Within.Count; n > 0 {
		pairs, do := " pairs", "do"
		if n == 1 {
			pairs, do = " pair", "does"
		}
		out = append(out, thousands(n)+pairs+" of failures "+do+" what one of the two does alone.")
	}
	return out
}

// title is the line above a block.
func (b *Block) title() string {
	out := b.Statement
	if b.Default {
		out += ", default route of the VNets"
	}
	if b.Ends != "" {
		out += ": " + b.Ends
	}
	if len(b.Prefer) > 0 {
		out += "; prefer " + strings.Join(b.Prefer, ", ")
	}
	return out
}

// family is "v4" or "v6" where the families of a row differ.
func (r *Row) family(i int) string {
	if len(r.Flows) == 1 {
		return ""
	}
	return map[plan.Family]string{plan.IPv4: "v4", plan.IPv6: "v6"}[r.Flows[i].Family]
}

// to is the cell of the direction to Azure. A default route has none.
func to(f *sim.Flow) string {
	if f.Default {
		return "–"
	}
	return f.To.String()
}

// span writes a range in seconds: "0–0.9 s", "60 s".
func span(w sim.Wait, detector bool) string {
	if w.Max == 0 {
		return ""
	}
	out := seconds(w.Max, true) + " s"
	if w.Min != w.Max {
		out = seconds(w.Min, false) + "–" + out
	}
	if detector && w.By != "" {
		out += " (" + w.By + ")"
	}
	return out
}

// seconds rounds to a tenth, and from ten seconds on to whole ones: no
// detection is known any better. Up says that the bound is an upper one.
func seconds(d time.Duration, up bool) string {
	step := 100 * time.Millisecond
	if d >= 10*time.Second {
		step = time.Second
	}
	rounded := d.Truncate(step)
	if up && rounded < d {
		rounded += step
	}
	return strconv.FormatFloat(rounded.Seconds(), 'f', -1, 64)
}

func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// A piece is part of a cell. What is marked has to be seen.
type piece struct {
	text   string
	marked bool
}

// marks are the words that a reader must not overlook. "none" counts only where
// it is a word of its own, which may end in a comma.
var marks = []string{"CLEAR TEXT", "DEAD END", "none"}

// pieces takes a cell apart at its marks.
func pieces(cell string) []piece {
	var out []piece
	for cell != "" {
		at, mark := len(cell), ""
		for _, m := range marks {
			if i := word(cell, m); i >= 0 && i < at {
				at, mark = i, m
			}
		}
		if at > 0 {
			out = append(out, piece{text: cell[:at]})
		}
		if mark != "" {
			out = append(out, piece{mark, true})
		}
		cell = cell[at+len(mark):]
	}
	return out
}

// word returns where text has mark as words of their own, or -1.
func word(text, mark string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], mark)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(mark)
		if (i == 0 || text[i-1] == ' ') && (end == len(text) || text[end] == ' ' || text[end] == ',') {
			return i
		}
		from = end
	}
}
