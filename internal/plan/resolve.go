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
		f.checkPeerASN, f.checkNames, f.checkUse, f.later,
	} {
		check()
	}
	p := f.derive()
	f.waive(doc)
	return p, f.diags.Sorted()
}

// NotRendered reports whether code says that a section is not rendered yet.
// Render refuses an intent with such a finding; validate only warns.
func NotRendered(code diag.Code) bool {
	return code >= laterVPN && code <= laterMatch
}
