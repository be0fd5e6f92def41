//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/secret"
	"github.com/ercfg/ercfg/internal/twin"
)

func (a *app) labUp(f *labFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "up FILE|DIR|-",
		Short: "Build and start the network of an intent",
		Long: `lab up builds and starts the network of an intent, and returns when every daemon
has its configuration: in about ten seconds. Sessions come up after it; lab test
waits for them. Keys are made up, one for each reference of the intent.

A VPN gateway of Azure offers a hold time of 180 s. A lab offers less, so that a
drill need not wait for minutes; --gateway-hold 180s is Azure's own. Whole
seconds, 3s at least.`,
		Example: `  sudo ercfg lab up site.yaml
  sudo ercfg lab up site.yaml --msee bird --gateway-hold 180s`,
		Args: exactly("FILE|DIR|-"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := f.options.Check(); err != nil {
				return usageError{"lab up: " + err.Error(), "Azure's own is --gateway-hold 180s"}
			}
			return interruptible("what was started is ended", func(ctx context.Context) error { return a.startLab(ctx, args[0], f) })
		},
	}
	cmd.Flags().Var(newChoice(&f.options.MSEE, "frr", "bird"), "msee", "software of the Microsoft edge routers")
	cmd.Flags().DurationVar(&f.options.GatewayHold, "gateway-hold", 9*time.Second, "hold time that the VPN gateways offer")
	return cmd
}

// startLab builds the lab of the intent at path.
func (a *app) startLab(ctx context.Context, path string, f *labFlags) error {
	in, err := a.loadLab(path)
	if err != nil {
		return err
	}
	if err := lab.NeedRoot(); err != nil {
		return err
	}
	configs, err := render.All(in.plan, render.Options{})
	if err != nil {
		return err
	}
	l, err := lab.Up(ctx, in.plan, configs, madeUp, f.options, filepath.Join(f.dir, in.plan.Name), a.tell)
	if err != nil {
		return err
	}
	a.tell("lab %s is up: %s in %s", l.Name, count(len(l.Nodes), "node"), filepath.Join(f.dir, l.Name))
	a.tellTwins(in)
	a.tellTunnels(l)
	a.tell("next: ercfg lab test %s", shown(path))
	return nil
}

// A labIntent is an intent whose routers all are FRR.
type labIntent struct {
	doc      *intent.Document
	digest   string // of the files
	plan     *plan.Plan
	twins    []string // routers that stand in for another platform
	unmacsec []string // port pairs without their MACsec
}

// loadLab reads the intent at path for a lab: an intent with an error has none,
// and routers of other vendors become their FRR twins.
func (a *app) loadLab(path string) (*labIntent, error) {
	in, env, err := a.parse(path)
	if err != nil {
		return nil, err
	}
	if in.doc != nil {
		in.check(func() (found diag.List) {
			_, found = plan.Resolve(in.doc, env)
			return found
		})
	}
	if err := a.printFindings(a.stderr, in.doc, in.findings); err != nil {
		return nil, err
	}
	if in.findings.HasErrors() {
		a.tell("%s: %s; no lab", in.name, a.summary(in.findings))
		return nil, errFindings
	}
	out := &labIntent{doc: in.doc, digest: in.digest, unmacsec: twin.WithoutMACsec(in.doc)}
	out.twins = twin.Document(in.doc, plan.FRR)
	installed(in.doc)
	p, found := plan.Resolve(in.doc, plan.Env{Today: env.Today, Check: render.Check, Predict: true})
	if found.HasErrors() {
		a.tell("%s: its FRR twin cannot be built:", in.name)
		return nil, errors.Join(a.printFindings(a.stderr, in.doc, found), errFindings)
	}
	out.plan = p
	return out, nil
}

// installed drops the release of every router: the lab has one FRR, and render's
// text of its default release is what it takes.
func installed(doc *intent.Document) {
	for i := range doc.Intent.Routers {
		doc.Intent.Routers[i].Value.Version = intent.At[string]{}
	}
}

func (a *app) tellTwins(in *labIntent) {
	if len(in.twins) > 0 {
		a.tell("played by an FRR twin, because FRR is what runs here: %s", strings.Join(in.twins, ", "))
	}
	if len(in.unmacsec) > 0 {
		a.tell("without MACsec: %s", strings.Join(in.unmacsec, ", "))
	}
}

// tellTunnels says what plays the tunnels: never IPsec.
func (a *app) tellTunnels(l *lab.Lab) {
	var kinds []string
	for _, w := range l.Wires {
		if w.Tunnel != "" && !slices.Contains(kinds, w.Tunnel) {
			kinds = append(kinds, w.Tunnel)
		}
	}
	if len(kinds) > 0 {
		a.tell("tunnels are %s, not encrypted", strings.Join(kinds, " and "))
	}
}

// madeUp is the lab's key for a reference: the same at both ends, and nobody's.
func madeUp(ref secret.Ref) (secret.Value, error) {
	sum := sha256.Sum256([]byte(ref.String()))
	return secret.NewValue(hex.EncodeToString(sum[:])[:24]), nil
}
