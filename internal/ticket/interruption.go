package ticket

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// interruption says what the change of a router may cost. What cannot be put
// down to one link or tunnel is taken as a failure of the whole router.
func interruption(in Input, r *plan.Router) []string {
	change, compared := in.Changes[r.Name]
	if !compared {
		return append([]string{"It is not known what changes. If the whole router failed:"}, failed(in.Report, sim.Failure{Kind: sim.RouterDown, Router: r.Name})...)
	}
	if change.Same() {
		return []string{"Nothing is typed, so no session goes down."}
	}
	if change.Refused != "" {
		return []string{"There are no commands, so it is not known what sessions go down."}
	}
	if change.Worst() < confdiff.SessionReset {
		switch change.Worst() {
		case confdiff.NoImpact:
			return []string{"No session goes down."}
		case confdiff.NextReset:
			return []string{"No session goes down. What is marked so is used when its session comes up next: to use it now, reset the session in a window."}
		}
		return []string{"No session goes down. Routes may be judged and sent again."}
	}
	var all []sim.Failure
	var out []string
	for i, impact := range change.Impacts {
		if impact.Class < confdiff.SessionReset {
			continue
		}
		o := change.Differences[i].Object
		if isIBGP(r, o) {
			out = []string{"iBGP goes down for a time: what it carries is learned again, and until then this router knows the paths of its own alone."}
			continue
		}
		f := failureOf(r, o)
		if !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	for _, f := range together(all) {
		what := fmt.Sprintf("Sessions of `%s` may go down for a time. If all of it failed:", nameOf(f))
		if f.Kind == sim.RouterDown {
			what = "Sessions of this router may go down for a time. If the whole router failed:"
		}
		if f.Kind == sim.CircuitDown {
			how := "Type the lines of one link first"
			if r.Platform == plan.Junos {
				how = "Commit what is about one link alone first, where the lines allow it"
			}
			what = fmt.Sprintf("Both links of `%s` may go down at once. %s, and the rest when its session is up and receives prefixes. If the whole circuit failed:", f.Path, how)
		}
		out = append(append(out, what), failed(in.Report, f)...)
	}
	return out
}

// together makes one failure of both links of a circuit: they are typed in one
// block, and neither carries what the other loses.
func together(all []sim.Failure) []sim.Failure {
	var out []sim.Failure
	for _, f := range all {
		circuit, _, _ := strings.Cut(f.Path, ".")
		other := slices.ContainsFunc(all, func(g sim.Failure) bool {
			return f.Kind == sim.LinkDown && g.Kind == sim.LinkDown && g.Path == f.Path && g.Position != f.Position
		})
		if other {
			f = sim.Failure{Kind: sim.CircuitDown, Path: circuit}
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// isIBGP reports whether an object is about sessions of the router's own AS.
func isIBGP(r *plan.Router, o confdiff.Object) bool {
	if o.Kind == confdiff.Group {
		return strings.Contains(o.Name, "-IBGP-")
	}
	return o.Kind == confdiff.Neighbor && slices.ContainsFunc(r.IBGP, func(b plan.IBGP) bool { return b.Neighbor.String() == o.Name })
}

// failureOf is the link or tunnel that an object belongs to, or else the router.
func failureOf(r *plan.Router, o confdiff.Object) sim.Failure {
	is := func(path string, vrf plan.Name, name string, sessions ...plan.Session) bool {
		if o.Kind == confdiff.Group { // of all sessions of the path on this router
			return alone(r, path) && ofPath(o, path)
		}
		if o.Kind == confdiff.Interface {
			return o.Name == name
		}
		return o.Kind == confdiff.Neighbor && slices.ContainsFunc(sessions, func(s plan.Session) bool {
			return o.Name == strings.TrimSpace(vrf+" "+s.Neighbor.String())
		})
	}
	for i := range r.Links {
		l := &r.Links[i]
		if o.Kind == confdiff.Group && !alone(r, l.Path) && ofPath(o, l.Path) {
			circuit, _, _ := strings.Cut(l.Path, ".")
			return sim.Failure{Kind: sim.CircuitDown, Path: circuit}
		}
		if is(l.Path, l.VRF, l.Subinterface(), l.Sessions...) {
			return sim.Failure{Kind: sim.LinkDown, Path: l.Path, Position: l.Position}
		}
	}
	for i := range r.Tunnels {
		if t := &r.Tunnels[i]; is(t.Path, t.VRF, t.Interface, t.Session) {
			return sim.Failure{Kind: sim.TunnelDown, Path: t.Path, Instance: t.Instance, Router: r.Name}
		}
	}
	return sim.Failure{Kind: sim.RouterDown, Router: r.Name}
}

// ofPath reports whether a group is a path's, by its name.
func ofPath(o confdiff.Object, path string) bool {
	return strings.Contains(o.Name+"-", "-"+strings.ToUpper(strings.ReplaceAll(path, ".", "-"))+"-V")
}

// alone reports whether a path has one link or tunnel on the router.
func alone(r *plan.Router, path string) bool {
	n := 0
	for i := range r.Links {
		if r.Links[i].Path == path {
			n++
		}
	}
	for i := range r.Tunnels {
		if r.Tunnels[i].Path == path {
			n++
		}
	}
	return n == 1
}

func nameOf(f sim.Failure) string {
	if f.Kind == sim.CircuitDown {
		return f.Path
	}
	if f.Kind == sim.LinkDown {
		return f.Path + "." + f.Position.String()
	}
	return f.Path + "." + f.Instance
}

// failed says what the failure does, as predicted; its name does not count.
func failed(r *sim.Report, f sim.Failure) []string {
	for i := 1; i < len(r.Outcomes); i++ {
		s := r.Outcomes[i].Scenario.Failures
		if len(s) != 1 {
			continue
		}
		same := s[0]
		same.Name = ""
		if same != f {
			continue
		}
		if out, _ := consequences(&r.Outcomes[0], &r.Outcomes[i]); len(out) > 0 {
			return out
		}
		return []string{"No traffic changes its path."}
	}
	return []string{"This was not predicted."}
}

// consequences says what an outcome changes against the normal one, losses first,
// and whether there are any.
func consequences(normal, now *sim.Outcome) (out []string, lost bool) {
	var moved []string
	for i, f := range now.Flows {
		if f == normal.Flows[i] { // which outcomes share where nothing moves
			continue
		}
		for d, pair := range [][2]sim.Result{{normal.Flows[i].To, f.To}, {normal.Flows[i].From, f.From}} {
			if pair[0].String() == pair[1].String() {
				continue
			}
			text := fmt.Sprintf("`%s` %s: %s instead of %s", flowName(f), [...]string{"to Azure", "from Azure"}[d], pathWords(pair[1]), pathWords(pair[0]))
			if pair[1].Lost || len(pair[1].Legs) == 0 || slices.ContainsFunc(pair[1].Legs, func(l sim.Leg) bool { return l.Dead }) {
				lost = true
				out = append(out, "No path while it lasts: "+text+".")
				continue
			}
			moved = append(moved, text+waitWords(pair[1].Wait)+".")
		}
	}
	return append(out, moved...), lost
}

func flowName(f *sim.Flow) string {
	out := f.Statement
	if f.Default {
		out += ", default route"
	}
	if f.Family == plan.IPv6 {
		out += " (IPv6)"
	}
	return out
}

func pathWords(r sim.Result) string {
	if len(r.Legs) == 0 {
		return "no path"
	}
	return "`" + r.String() + "`"
}

func waitWords(w sim.Wait) string {
	if w.Max == 0 {
		return ""
	}
	return "; traffic may be lost for up to " + seconds(w.Max)
}

// seconds rounds up, as the table of paths does: to a tenth, and from ten seconds on
// to whole ones.
func seconds(d time.Duration) string {
	step := 100 * time.Millisecond
	if d >= 10*time.Second {
		step = time.Second
	}
	return strconv.FormatFloat(((d+step-1)/step*step).Seconds(), 'f', -1, 64) + " s"
}
