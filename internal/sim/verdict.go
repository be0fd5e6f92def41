package sim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/plan"
)

// What a prediction can say against an intent. All are warnings: the intent is
// well formed, and does not do what it says.
const (
	wrongWay   diag.Code = "ER982" // another path than the first live one of prefer
	asymmetric diag.Code = "ER983" // the two directions take different paths
	clearText  diag.Code = "ER984" // unencrypted, and no circuit is listed
	deadEnd    diag.Code = "ER985" // into a link that is being drained, or behind which nothing is left
	noPath     diag.Code = "ER986" // none, though a path of prefer lives
	neverUsed  diag.Code = "ER987" // a path of prefer that no scenario brings into use
	undecided  diag.Code = "ER988" // a tie-break that nobody configured
)

// Verdicts lists the codes that Check may give.
func Verdicts() []diag.Code {
	return []diag.Code{wrongWay, asymmetric, clearText, deadEnd, noPath, neverUsed, undecided}
}

// explained lists, for each verdict, the rules that tell of the same thing and
// say more of its cause. Where one of them speaks of the statement, or of a path
// of it, the verdict is silent.
var explained = map[diag.Code][]diag.Code{
	wrongWay:   {"ER130", "ER131", "ER135", "ER136", "ER137", "ER138", "ER145", "ER146", "ER147", "ER148", "ER154"},
	asymmetric: {"ER130", "ER131", "ER135", "ER136", "ER137", "ER138", "ER145", "ER146", "ER147", "ER148", "ER154"},
	clearText:  {"ER131", "ER135", "ER136", "ER137", "ER154"},
	deadEnd:    {"ER003", "ER090", "ER095", "ER149", "ER195", "ER938", "ER975"},
	noPath:     {"ER132", "ER975", "ER139", "ER140", "ER144", "ER146", "ER149", "ER195"},
	neverUsed:  {"ER130", "ER135", "ER138", "ER139", "ER140", "ER942"},
	undecided:  {"ER130", "ER138", "ER145", "ER147", "ER149"},
}

// Check predicts every scenario of depth one, and the ladders, and reports where
// a result contradicts its statement. Findings have a path and no place. known
// are the findings so far, each with its path: what they explain is not said
// again.
func Check(p *plan.Plan, known diag.List) diag.List {
	m := newModel(p)
	scenarios := append(Scenarios(p, 1), Ladders(p)...)
	base, normal := m.baseline()
	// The outcomes of a large plan are many times its size: each is judged and
	// forgotten.
	judged := make([][]judgement, len(scenarios))
	m.each(base, normal, scenarios, func(n int, e *eval, changed []change) {
		for _, c := range changed {
			judged[n] = append(judged[n], e.judge(&m.asks[c.ask], c.flow))
		}
	})
	for i, f := range normal { // the first scenario is the normal one
		judged[0] = append(judged[0], base.judge(&m.asks[i], f))
	}
	j := judge{p: p, m: m, found: make(map[verdict]*finding), used: make(map[statementPath]bool)}
	for n, list := range judged {
		for _, one := range list {
			j.add(scenarios[n], one)
		}
	}
	j.unused()
	return j.findings(known)
}

// A judgement is what one flow is against its statement.
type judgement struct {
	statement int
	family    plan.Family
	used      []string  // paths
	code      diag.Code // empty: as the statement says
	flow      *Flow     // where it is not
}

func (e *eval) judge(q *ask, f *Flow) judgement {
	out := judgement{statement: q.statement, family: q.family, used: pathsOf(Result{Legs: slices.Concat(f.To.Legs, f.From.Legs)})}
	if q.isDefault {
		return out
	}
	if out.code = e.contradicts(q, f); out.code != "" {
		out.flow = f
	}
	return out
}

// A judge compares outcomes with statements.
type judge struct {
	p     *plan.Plan
	m     *model
	found map[verdict]*finding
	order []verdict
	used  map[statementPath]bool
}

// A verdict is one kind of contradiction of one statement.
type verdict struct {
	statement int
	family    plan.Family
	code      diag.Code
}

type statementPath struct {
	statement int
	path      string
}

// A finding is where a verdict shows first, and how often.
type finding struct {
	text     string
	scenario Scenario
	times    int
}

func (j *judge) add(s Scenario, one judgement) {
	for _, path := range one.used {
		j.used[statementPath{one.statement, path}] = true
	}
	if one.code != "" {
		j.report(verdict{one.statement, one.family, one.code}, s, fmt.Sprintf("scenario %s: to Azure %s; back %s", s.Name(), one.flow.To, one.flow.From))
	}
}

func (j *judge) report(v verdict, s Scenario, text string) {
	if j.found[v] == nil {
		j.found[v] = &finding{text: text, scenario: s}
		j.order = append(j.order, v)
	}
	j.found[v].times++
}

// contradicts says how a flow contradicts its statement, or "". The gravest
// fault is said alone.
func (e *eval) contradicts(q *ask, f *Flow) diag.Code {
	s := &e.m.p.Statements[q.statement]
	want := e.firstAlive(s, q.family)
	to, from := pathsOf(f.To), pathsOf(f.From)
	both := append(slices.Clone(f.To.Legs), f.From.Legs...)
	// A network whose routers are all dead has no way to any path.
	entered := !slices.ContainsFunc(q.entries, func(tables []int) bool {
		return !slices.ContainsFunc(tables, func(t int) bool { return !e.st.at(t) })
	})
	switch {
	case !e.lists(s) && slices.ContainsFunc(both, func(l Leg) bool { return l.Clear }):
		return clearText
	case slices.ContainsFunc(both, func(l Leg) bool { return l.Dead }) && e.spared(s, q.family):
		return deadEnd
	case want == "" || !entered || q.microsoft && (slices.Contains(to, Internet) || slices.Contains(from, Internet)):
		return ""
	case f.To.Lost || f.From.Lost:
		return noPath
	case f.To.Tie:
		return undecided
	case !slices.Equal(to, from):
		return asymmetric
	case !slices.Equal(to, []string{want}):
		return wrongWay
	}
	return ""
}

// spared reports whether a path of a statement leads anywhere but into a link
// that is being drained.
func (e *eval) spared(s *plan.Statement, family plan.Family) bool {
	return slices.ContainsFunc(s.Prefer, func(path string) bool {
		return slices.ContainsFunc(e.m.ofPath[path], func(i int) bool {
			return e.m.sessions[i].Family == family && e.established(i) && slices.ContainsFunc(e.way(i, ToAzure).Legs, func(l Leg) bool { return !l.Dead })
		})
	})
}

// lists reports whether a statement lists a circuit: then clear text is what it
// asks for when its tunnels are down.
func (e *eval) lists(s *plan.Statement) bool {
	return slices.ContainsFunc(s.Prefer, func(path string) bool {
		return !slices.ContainsFunc(e.m.p.VPNs, func(v plan.VPN) bool { return v.Name == path })
	})
}

// firstAlive is the first path of a statement with a session of the family up
// that can carry something; "" where there is none.
func (e *eval) firstAlive(s *plan.Statement, family plan.Family) string {
	for _, path := range s.Prefer {
		for _, i := range e.m.ofPath[path] {
			if e.m.sessions[i].Family == family && e.established(i) {
				return path
			}
		}
	}
	return ""
}

// pathsOf are the paths of a result, each once, in the order of its legs.
func pathsOf(r Result) []string {
	var out []string
	for _, l := range r.Legs {
		out = keep(out, l.Path)
	}
	return out
}

// unused reports the paths of prefer that no scenario brings into use. A ladder
// goes by prefer: where the order is another one, wrongWay has said so.
func (j *judge) unused() {
	for i := range j.p.Statements {
		if j.found[verdict{i, plan.IPv4, wrongWay}] != nil || j.found[verdict{i, plan.IPv6, wrongWay}] != nil {
			continue
		}
		idle := slices.DeleteFunc(slices.Clone(j.p.Statements[i].Prefer), func(path string) bool { return j.used[statementPath{i, path}] })
		if len(idle) > 0 {
			j.report(verdict{i, plan.IPv4, neverUsed}, Scenario{}, strings.Join(idle, " and "))
		}
	}
}

func (j *judge) findings(known diag.List) diag.List {
	var out diag.List
	for _, v := range j.order {
		s := &j.p.Statements[v.statement]
		if j.told(s, v, known) {
			continue
		}
		f := j.found[v]
		more := ""
		if f.times > 1 && v.code != neverUsed {
			more = fmt.Sprintf("; %d more like it", f.times-1)
		}
		out = append(out, diag.Diagnostic{
			Code: v.code, Severity: diag.Warning, Path: s.Origin + ".prefer",
			Summary: fmt.Sprintf(summaries[v.code], s.Name, f.text+more), Hint: hints[v.code] + "; " + f.command(s, v.code),
		})
	}
	return out
}

var summaries = map[diag.Code]string{
	wrongWay:   "statement %s takes another path than the first live one of prefer; %s",
	asymmetric: "statement %s takes different paths in its two directions; %s",
	clearText:  "statement %s leaves in clear text, and lists no circuit; %s",
	deadEnd:    "statement %s sends traffic into a dead end; %s",
	noPath:     "statement %s has no path for some of its traffic although one of prefer is up; %s",
	neverUsed:  "statement %s never uses %s: no single failure brings it into use, nor that of all paths before it",
	undecided:  "statement %s leaves the choice of its path to a tie-break; %s",
}

var hints = map[diag.Code]string{
	wrongWay:   "take the overrides of preference and prepend away, or list the paths in the order that is meant",
	asymmetric: "firewalls drop such traffic: write where the LAN hands it over (at, on the networks), steer both directions alike, and bring the same prefixes to every path",
	clearText:  "let the LAN hand it to the VPN's routers alone (at, on the networks), give it a VNet or a VRF of its own, or list the circuit where clear text may be",
	deadEnd:    "a drain moves traffic to links of the same local-preference only, and by BGP only: shut no link for long, and hold no tunnel's end by a static route",
	noPath:     "bring every prefix to every path of prefer, and into BGP on every router of them; a circuit behind a VPN carries only what covers them in another statement: write that, or leave the circuit out",
	neverUsed:  "take it out of prefer, or let it depend on nothing that a path before it needs",
	undecided:  "give the paths local-preferences that differ: a router never uses paths of two ASes together, nor more of one AS than it may",
}

// command is how a person sees why.
func (f *finding) command(s *plan.Statement, code diag.Code) string {
	switch {
	case code == neverUsed:
		return fmt.Sprintf("`ercfg paths FILE --statement %s` shows what it uses", s.Name)
	case len(f.scenario.Failures) == 0:
		return fmt.Sprintf("`ercfg paths FILE --explain %s` says why", s.Name)
	}
	return fmt.Sprintf("`ercfg paths FILE --explain %s --scenario %s` says why", s.Name, strings.ReplaceAll(f.scenario.Name(), " + ", ","))
}

// told reports whether a finding that explains the verdict speaks of the
// statement, of one that shares a VNet with it, or of a path of theirs: routing
// on-premises is by destination, so what one asks for the other gets.
func (j *judge) told(s *plan.Statement, v verdict, known diag.List) bool {
	return slices.ContainsFunc(known, func(d diag.Diagnostic) bool {
		if d.Code == "ER144" && v.family == plan.IPv4 {
			return false // it is about IPv6 alone
		}
		return slices.Contains(explained[v.code], d.Code) && slices.ContainsFunc(j.related(s), func(origin string) bool {
			return d.Path == origin || strings.HasPrefix(d.Path, origin+".")
		})
	})
}

// related are the paths of the intent that a statement depends on.
func (j *judge) related(s *plan.Statement) []string {
	var out []string
	for i := range j.p.Statements {
		o := &j.p.Statements[i]
		shared := func(name string) bool { return slices.Contains(s.VNets, name) || slices.Contains(s.Services, name) }
		if o.Origin != s.Origin && !slices.ContainsFunc(append(slices.Clone(o.VNets), o.Services...), shared) {
			continue
		}
		out = append(out, o.Origin)
		for _, name := range append(slices.Clone(o.VNets), o.Services...) {
			out = append(out, "azure.vnets."+name, "azure.services."+name)
		}
		for _, path := range o.Prefer {
			circuit, _, _ := strings.Cut(path, ".")
			out = append(out, "vpns."+path, "circuits."+circuit)
			for _, k := range j.m.ofPath[path] {
				if o.Origin == s.Origin {
					out = keep(out, "routers."+j.p.Routers[j.m.router(k)].Name)
				}
			}
		}
	}
	return out
}
