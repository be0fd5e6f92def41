package sim

import (
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// String writes a result as tables show it: er-lon(P∥S), s2s-emea,
// ipsec-zurich over er-zurich(P∥S), none; CLEAR TEXT and DEAD END behind what
// they speak of. A VPN whose every tunnel is used stands alone; otherwise its
// tunnels follow: s2s-emea(a). Where a tie-break decides among paths, "or" stands
// in the place of the comma, and where it decides among links, "|" in that of "∥".
func (r Result) String() string {
	if len(r.Legs) == 0 {
		return "none"
	}
	between, beside := ", ", "∥"
	if r.Tie {
		between = " or "
	}
	if r.Narrow {
		beside = "|"
	}
	var parts []string
	for _, group := range r.paths() {
		parts = append(parts, group.text(beside))
	}
	if r.Lost {
		parts = append(parts, "none")
	}
	return strings.Join(parts, between)
}

// A way is the legs of one path that share a mark.
type way []Leg

// paths groups the legs of a result, in their order.
func (r Result) paths() []way {
	var out []way
	for _, l := range r.Legs {
		i := slices.IndexFunc(out, func(w way) bool { return w[0].Path == l.Path && w[0].Over == l.Over && w[0].Clear == l.Clear })
		if i < 0 {
			out = append(out, way{l})
			continue
		}
		out[i] = append(out[i], l)
	}
	return out
}

func (w way) text(beside string) string {
	var links, dead, tunnels []string
	for _, l := range w {
		position := l.Position
		if l.Instance != "" {
			position = l.OverPosition
			tunnels = keep(tunnels, l.tunnel())
		}
		if l.Instance == "" || l.Over != "" {
			links = keep(links, letter(position))
			if l.Dead {
				dead = keep(dead, letter(position))
			}
		}
	}
	slices.Sort(links)
	slices.Sort(dead)
	text := w[0].Path
	switch {
	case w[0].Instance != "":
		if len(tunnels) < w[0].Of {
			text += "(" + strings.Join(tunnels, beside) + ")"
		}
		switch w[0].Over {
		case "":
		case Internet:
			text += " over " + Internet
		default:
			text += " over " + w[0].Over + "(" + strings.Join(links, beside) + ")"
		}
	case text != Internet:
		text += "(" + strings.Join(links, beside) + ")"
	}
	if w[0].Clear {
		text += " CLEAR TEXT"
	}
	switch {
	case len(dead) > 0 && len(dead) == len(links):
		text += " DEAD END"
	case len(dead) > 0:
		text += " DEAD END on " + strings.Join(dead, beside)
	}
	return text
}

// tunnel names a tunnel among the others of its VPN: by its instance, and by its
// router, too, where two routers end on one.
func (l Leg) tunnel() string {
	if l.Shared {
		return l.Instance + "@" + l.Router
	}
	return l.Instance
}

// letter is the position's in tables: P or S.
func letter(p plan.Position) string { return [...]string{"P", "S"}[p] }

// keep adds a word to a list that lacks it.
func keep(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}
