package plan

import (
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
}

// Resolve turns an intent into a plan. All findings come back at once, sorted
// by place and with waivers applied. The plan is nil when any of them is an
// error.
func Resolve(doc *intent.Document, env Env) (*Plan, diag.List) {
	f := gather(doc, env)
	p, diags := f.resolve(doc)
	if diags.HasErrors() {
		return nil, diags
	}
	return p, diags
}

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
	f.waive(doc)
	return p, f.diags.Sorted()
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
