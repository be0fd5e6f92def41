package plan

import (
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/secret"
)

// Env is what Resolve may know of the world.
type Env struct {
	// Today decides whether a waiver still holds.
	Today time.Time
	// Secret reads a secret so that its form can be checked. An error means
	// that it cannot be read here, which is a note, not a fault. Nil reads none.
	Secret func(secret.Ref) (secret.Value, error)
	// Rules lists the codes that a waiver may name; it is asked only where the
	// intent has waivers. Nil: any.
	Rules func() []string
	// Check says what the vendors cannot express of a plan without an error.
	// Its findings have a path and no place. Nil checks nothing.
	Check func(*Plan) diag.List
	// Judge says where what would happen contradicts the intent. It is asked
	// last, of a plan that comes, and gets the findings so far with their paths;
	// its own have a path and no place. Nil judges nothing.
	Judge func(*Plan, diag.List) diag.List
	// Verdicts are the codes that a judge may give: without one, a waiver of them
	// is neither needed nor idle.
	Verdicts []diag.Code
	// Predict asks for the plan although a rule of design (ER130 to ER154)
	// refuses it: what the intent would do is what a person then wants to see.
	Predict bool
}

// Resolve turns an intent into a plan. All findings come back at once, sorted
// by place and with waivers applied. The plan is nil when any of them is an
// error that Env.Predict does not set aside.
func Resolve(doc *intent.Document, env Env) (*Plan, diag.List) {
	f := gather(doc, env)
	p, diags := f.resolve(doc)
	if refused(diags, env.Predict) {
		return nil, diags
	}
	return p, diags
}

// refused reports whether an error stands in the way of a plan.
func refused(diags diag.List, predict bool) bool {
	return slices.ContainsFunc(diags, func(d diag.Diagnostic) bool {
		return d.Severity == diag.Error && !(predict && d.Code >= firstDesign && d.Code <= lastDesign)
	})
}

// The rules of design: fact sheet §19.
const (
	firstDesign diag.Code = "ER130"
	lastDesign  diag.Code = "ER154"
)

func (f *facts) resolve(doc *intent.Document) (*Plan, diag.List) {
	for _, check := range []func(){
		f.checkModel, f.checkAddresses, f.checkVLANs, f.checkASNs, f.checkSessions, f.checkTimers, f.checkDesign,
		f.checkFamilies, f.checkVPNs, f.checkIPsec, f.checkTunnels, f.checkVPNDesign, f.checkPeerASN, f.checkNames, f.checkLookups, f.checkUse,
		f.checkMACsec, f.checkDSCP, f.checkNAT, f.checkVRFs, f.checkVNetPaths, f.checkReachASNs, f.checkCustomers, f.checkIdle, f.checkServices, f.checkTaken,
	} {
		check()
	}
	p := f.derive()
	if f.env.Check != nil && !f.diags.HasErrors() {
		f.diags = append(f.diags, located(doc, f.env.Check(p))...)
	}
	if f.env.Judge != nil && !refused(f.diags, f.env.Predict) {
		f.diags = append(f.diags, located(doc, f.env.Judge(p, f.withPaths(doc)))...)
	}
	f.waive(doc)
	return p, f.diags.Sorted()
}

// withPaths are the findings so far, each with the path of its place.
func (f *facts) withPaths(doc *intent.Document) diag.List {
	paths := make(map[diag.Pos]string, len(f.diags))
	for _, d := range f.diags {
		paths[d.Pos] = ""
	}
	doc.FillPaths(paths)
	out := slices.Clone(f.diags)
	for i := range out {
		if out[i].Path == "" {
			out[i].Path = paths[out[i].Pos]
		}
	}
	return out
}

// located gives findings their places, which they know by path.
func located(doc *intent.Document, found diag.List) diag.List {
	paths := make([]string, len(found))
	for i, d := range found {
		paths[i] = d.Path
	}
	for i, pos := range doc.LocateAll(paths) {
		found[i].Pos = pos
	}
	return found
}
