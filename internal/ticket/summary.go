package ticket

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// Lists in sentences are cut, and what is left out is counted.
const (
	mostPrefixes = 6
	mostFailures = 24
)

func newSummary(in Input) Summary {
	return Summary{Change: changeWords(in), Preferred: preferredWords(in), Advertised: advertisedWords(in.Plan), Timers: timerWords(in.Plan), Failover: failoverWords(in.Report)}
}

func changeWords(in Input) []string {
	if len(in.Changes) == 0 {
		return []string{"No router was compared with what it has: the parts of the routers hold whole configurations."}
	}
	var out []string
	for i := range in.Plan.Routers {
		name := in.Plan.Routers[i].Name
		c, ok := in.Changes[name]
		switch {
		case !ok:
			out = append(out, fmt.Sprintf("`%s` was not compared.", name))
		case c.Same():
			out = append(out, fmt.Sprintf("`%s` stays as it is.", name))
		case c.Refused != "":
			out = append(out, fmt.Sprintf("`%s` differs, and has no commands: %s.", name, strings.TrimSuffix(c.Refused, ".")))
		default:
			out = append(out, fmt.Sprintf("`%s`: %s; worst impact: %s.", name, counted(c.Count(), "difference"), c.Worst()))
		}
	}
	return out
}

// preferredWords tells what is wanted and what is predicted for it normally.
func preferredWords(in Input) []string {
	var out []string
	for i := range in.Plan.Statements {
		s := &in.Plan.Statements[i]
		text := fmt.Sprintf("`%s`", s.Name)
		if s.VRF != "" {
			text += fmt.Sprintf(" in VRF `%s`", s.VRF)
		}
		text += fmt.Sprintf(": %s ↔ %s", quoted(s.Networks), quoted(slices.Concat(s.VNets, s.Services)))
		for j, path := range s.Prefer {
			text += [...]string{" prefers ", ", then "}[min(j, 1)] + "`" + path + "`"
		}
		out = append(out, text+"."+normally(in.Report, s.Name))
	}
	return out
}

func normally(r *sim.Report, statement string) string {
	out := ""
	if len(r.Outcomes) == 0 {
		return out
	}
	for _, f := range r.Outcomes[0].Flows {
		switch {
		case f.Statement != statement:
		case f.Default:
			out += fmt.Sprintf(" The VNets' way to the Internet normally: %s.", pathWords(f.From))
		default:
			out += fmt.Sprintf(" Normally, %s: to Azure %s, back %s.", familyName(f.Family), pathWords(f.To), pathWords(f.From))
		}
	}
	return out
}

// advertisedWords tells what export policies let through, links with the same
// together.
func advertisedWords(p *plan.Plan) []string {
	ends, order := make(map[string][]string), []string(nil)
	add := func(r *plan.Router, s *plan.Session, end string) {
		if s.Shutdown {
			return
		}
		text := exportWords(r, s)
		if ends[text] == nil {
			order = append(order, text)
		}
		if !slices.Contains(ends[text], end) {
			ends[text] = append(ends[text], end)
		}
	}
	for i := range p.Routers {
		r := &p.Routers[i]
		for j := range r.Links {
			for k := range r.Links[j].Sessions {
				add(r, &r.Links[j].Sessions[k], linkName(&r.Links[j]))
			}
		}
		for j := range r.Tunnels {
			add(r, &r.Tunnels[j].Session, r.Tunnels[j].Path)
		}
	}
	var out []string
	for _, text := range order {
		out = append(out, quoted(ends[text])+": "+text)
	}
	return out
}

func exportWords(r *plan.Router, s *plan.Session) string {
	var parts []string
	for _, term := range policyOf(r, s.Export).Terms {
		if term.Deny {
			continue
		}
		text := "whatever is in BGP"
		if term.Match != "" {
			text = prefixWords(listOf(r, term.Match))
		}
		if n := len(term.Prepend); n > 0 {
			text += fmt.Sprintf(", AS path longer by %d", n)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return fmt.Sprintf("nothing in %s.", familyName(s.Family))
	}
	return strings.Join(parts, "; ") + "."
}

func prefixWords(l plan.PrefixList) string {
	var all []string
	for _, e := range l.Entries {
		all = append(all, e.Prefix.String())
	}
	rest := len(all) - mostPrefixes
	if rest <= 0 {
		rest = 0
	}
	out := quoted(all[:len(all)-rest])
	if rest > 0 {
		out += fmt.Sprintf(" and %d more", rest)
	}
	if l.OrLonger {
		out += " and what lies in them"
	}
	return out
}

func policyOf(r *plan.Router, name plan.Name) plan.Policy {
	for _, p := range r.Policies {
		if p.Name == name {
			return p
		}
	}
	return plan.Policy{}
}

func listOf(r *plan.Router, name plan.Name) plan.PrefixList {
	for _, l := range r.PrefixLists {
		if l.Name == name {
			return l
		}
	}
	return plan.PrefixList{}
}

// timerWords counts sessions with the same timers.
func timerWords(p *plan.Plan) []string {
	count := make(map[string]int)
	for i := range p.Routers {
		for s := range sessionsOf(&p.Routers[i]) {
			text := fmt.Sprintf("keepalive %s, hold time %s; no BFD, so a silent failure is seen after %s", seconds(s.Timers.Keepalive), seconds(s.Timers.Hold), seconds(s.Timers.Hold))
			if s.BFD.On() {
				text = fmt.Sprintf("BFD %d ms × %d, so a silent failure is seen after %s; keepalive %s, hold time %s", s.BFD.Interval.Milliseconds(), s.BFD.Multiplier, seconds(s.BFD.Interval*time.Duration(s.BFD.Multiplier)), seconds(s.Timers.Keepalive), seconds(s.Timers.Hold))
			}
			count[text]++
		}
	}
	var out []string
	for _, text := range slices.Sorted(maps.Keys(count)) {
		out = append(out, fmt.Sprintf("%s with Azure or a customer: %s, as far as the other side agrees.", counted(count[text], "session"), text))
	}
	return out
}

// failoverWords tells what single failures do: first those that lose traffic, and
// those that do the same together.
func failoverWords(r *sim.Report) []string {
	names, kinds := make(map[string][]string), make(map[string]sim.Kind)
	var lossy, moving []string
	still, others := 0, 0
	for i := 1; i < len(r.Outcomes); i++ {
		o := &r.Outcomes[i]
		if len(o.Scenario.Failures) != 1 {
			continue
		}
		all, lost := consequences(&r.Outcomes[0], o)
		if len(all) == 0 {
			still++
			continue
		}
		f := o.Scenario.Failures[0]
		if !lost && (f.Kind == sim.BFDDown || f.Kind == sim.IPv6Down || f.Kind == sim.MSEEDown) {
			others++
			continue
		}
		key := f.Kind.String() + ": " + strings.Join(all, " ")
		if names[key] == nil && lost {
			lossy = append(lossy, key)
		} else if names[key] == nil {
			moving = append(moving, key)
		}
		names[key], kinds[key] = append(names[key], f.Name), f.Kind
	}
	var out []string
	keys := append(lossy, moving...)
	for i, key := range keys {
		if i == mostFailures {
			out = append(out, fmt.Sprintf("%s more: the table of paths has them.", counted(len(keys)-i, "failure")))
			break
		}
		_, text, _ := strings.Cut(key, ": ")
		ends := names[key]
		if kinds[key] == sim.LinkDrained {
			ends = nil
			for _, n := range names[key] {
				ends = append(ends, strings.TrimSuffix(n, ":drain"))
			}
		}
		out = append(out, fmt.Sprintf("%s %s: %s", kindWords[kinds[key]], quoted(ends), text))
	}
	if others > 0 {
		out = append(out, fmt.Sprintf("%s of BFD, of IPv6 alone or of Microsoft's router: traffic moves, and the table of paths says where.", counted(others, "failure")))
	}
	if still > 0 {
		out = append(out, fmt.Sprintf("%s of one thing alone: nothing moves.", counted(still, "failure")))
	}
	return out
}

var kindWords = map[sim.Kind]string{
	sim.LinkDown: "Link down", sim.LinkDrained: "Microsoft drains the router behind", sim.BFDDown: "BFD alone down", sim.IPv6Down: "IPv6 session alone down",
	sim.MSEEDown: "Microsoft's router down", sim.RouterDown: "Router down", sim.CircuitDown: "Circuit down", sim.TunnelDown: "Tunnel down", sim.VPNDown: "VPN down",
}
