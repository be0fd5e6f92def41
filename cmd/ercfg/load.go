package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/ercfg/ercfg/docs"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/sim"
)

// loaded is an intent and all that is known of it.
type loaded struct {
	name     string           // as messages print it
	doc      *intent.Document // nil: a file is no YAML
	plan     *plan.Plan       // nil: the findings have errors that leave none
	findings diag.List        // sorted by place
	digest   string           // of the files
}

// load reads the intent at path and checks everything that can be checked
// without a router. The error is the world's; findings are not printed yet.
func (a *app) load(path string) (*loaded, error) { return a.loadAs(path, built) }

// A purpose is what a verb wants of an intent.
type purpose uint8

const (
	built     purpose = iota // its plan, where nothing is wrong with it
	judged                   // also what would happen, compared with what it says
	predicted                // the same, and the plan although a rule of design refuses it
)

// loadAs is load for a purpose.
func (a *app) loadAs(path string, why purpose) (*loaded, error) {
	in, env, err := a.parse(path)
	if err != nil || in.doc == nil {
		return in, err
	}
	if why != built {
		env.Judge = sim.Check
	}
	env.Predict = why == predicted
	var p *plan.Plan
	sound := in.check(func() (found diag.List) {
		p, found = plan.Resolve(in.doc, env)
		return found
	})
	if sound {
		in.plan = p
	}
	return in, nil
}

// check runs the schema beside the rules, which both only read the document,
// and keeps what they find, sorted by place. It reports whether the document
// is sound but for what the rules say.
func (in *loaded) check(rules func() diag.List) (sound bool) {
	var refused diag.List
	var wg sync.WaitGroup
	wg.Go(func() { refused = in.doc.Validate() })
	found := rules()
	wg.Wait()
	in.findings = append(in.findings, refused...)
	sound = !in.findings.HasErrors()
	in.findings = append(in.findings, unsaid(found, in.findings)...).Sorted()
	return sound
}

// unsaid drops the rules' findings about values that the schema has refused:
// one fault of a value is enough to mend it.
func unsaid(found, said diag.List) diag.List {
	places := make(map[diag.Pos]bool, len(said))
	for _, d := range said {
		places[d.Pos] = true
	}
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return places[d.Pos] })
}

// parse reads the intent at path, without its rules. The files' bytes are
// garbage before the next stage begins: only the document is kept.
func (a *app) parse(path string) (*loaded, plan.Env, error) {
	files, folder, err := a.readIntent(path)
	if err != nil {
		return nil, plan.Env{}, err
	}
	doc, diags := intent.Read(files)
	in := &loaded{name: inputName(path), doc: doc, findings: diags, digest: digest(files)}
	return in, plan.Env{Today: time.Now(), Secret: secretReader(folder).Read, Check: render.Check, Verdicts: sim.Verdicts(), Rules: ruleCodes}, nil
}

// ruleCodes lists the codes that have a page, which is all of them.
func ruleCodes() []string {
	var out []string
	for _, r := range docs.Rules() {
		out = append(out, r.Code)
	}
	return out
}

// digest is the SHA-256 of the files' bytes, one after the other: what
// `cat FILES | sha256sum` prints.
func digest(files []intent.File) string {
	h := sha256.New()
	for _, f := range files {
		h.Write(f.Data)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func inputName(path string) string {
	if path == "-" {
		return stdinName
	}
	return shown(path)
}

// product words the failure to write to standard output.
func product(err error) error {
	if err == nil {
		return nil
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return fmt.Errorf("write standard output: %w", err)
}
