//go:build linux

package lab

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// Up builds the network of p and returns when every daemon has its
// configuration: sessions come up after it. p's routers all are FRR, configs are
// their artifacts, and secrets looks up what is in them. dir is the lab's own
// directory; state.json in it names what is started, before it is. say gets a
// word on each step. On an error, nothing is left, but for what an [Unrepaired]
// among it says; one that ends ctx is ctx's own.
func Up(ctx context.Context, p *plan.Plan, configs []artifact.Config, secrets func(secret.Ref) (secret.Value, error), o Options, dir string, say func(format string, args ...any)) (*Lab, error) {
	o = o.withDefaults()
	if err := o.Check(); err != nil {
		return nil, err
	}
	if err := o.need(ctx); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir) // it is in the environment of processes elsewhere
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, StartLimit, fmt.Errorf("not started within %s", span(StartLimit)))
	defer cancel()
	ride := "vxlan"
	if hasGRE(ctx) {
		ride = "gre"
	}
	n, err := design(p, o, ride)
	if err != nil {
		return nil, err
	}
	loads, err := n.loads(configs, secrets)
	if err != nil {
		return nil, err
	}
	digest, err := digestOf(p)
	if err != nil {
		return nil, err
	}
	if err := clear(ctx, dir); err != nil {
		return nil, err
	}
	s := &state{Lab: &Lab{Name: p.Name, Intent: digest, Options: o, Started: time.Now().UTC(), plan: p, dir: dir}}
	if err := n.build(ctx, s, loads, dir, say); err != nil {
		// Before the state is written there is nothing to end: see rootScript.
		var back error
		if s.Boot != "" {
			back = errors.Join(s.end(ctx, dir), remove(dir))
		}
		return nil, ended(ctx, err, back)
	}
	return s.Lab, nil
}

func (o Options) withDefaults() Options {
	if o.MSEE == "" {
		o.MSEE = "frr"
	}
	if o.GatewayHold == 0 {
		o.GatewayHold = 3 * gatewayKeepalive
	}
	return o
}

// Check refuses a software that the edge has not, and a hold time that BGP has
// not.
func (o Options) Check() error {
	if o.MSEE != "frr" && o.MSEE != "bird" {
		return fmt.Errorf("an MSEE runs frr or bird, not %q", o.MSEE)
	}
	if o.GatewayHold < 3*time.Second || o.GatewayHold > azureHold || o.GatewayHold%time.Second != 0 {
		return fmt.Errorf("a gateway's hold time is whole seconds, from 3 s (RFC 4271 §4.2) to Azure's 180 s, not %v", o.GatewayHold)
	}
	return nil
}

// clear makes room for a lab in dir: one that has died is cleared away, any other
// is an error.
func clear(ctx context.Context, dir string) error {
	s, err := readState(dir)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return err
	}
	switch err := s.standing(); {
	case errors.Is(err, ErrDied):
		return Down(ctx, dir)
	case err != nil:
		return err
	}
	return fmt.Errorf("lab %s is up since %s: ercfg lab down %[1]s ends it", s.Lab.Name, s.Lab.Started.Local().Format(time.DateTime))
}

// build starts everything, in an order in which a crash at any point leaves
// nothing or something that Down finds.
func (n *network) build(ctx context.Context, s *state, loads map[string]load, dir string, say func(format string, args ...any)) error {
	start := time.Now()
	step := func(format string, args ...any) {
		say(format+": %s", append(args, span(time.Since(start)))...)
	}
	r, err := n.begin(ctx, s, dir)
	if err != nil {
		return err
	}
	if err := r.boot(ctx, len(n.nodes)); err != nil {
		return err
	}
	if err := r.find(ctx, n.nodes); err != nil {
		return err
	}
	step("%d nodes", len(n.nodes))
	if err := n.connect(ctx); err != nil {
		return err
	}
	step("%d wires", len(n.wires))
	if err := n.startAll(ctx, loads); err != nil {
		return err
	}
	step("all daemons have their configuration")
	if err := n.startExporters(ctx, loads, say); err != nil {
		return err
	}
	s.Lab.Nodes, s.Up = n.nodes, true
	for _, w := range n.wires {
		if !w.standIn {
			s.Lab.Wires = append(s.Lab.Wires, w.Wire)
		}
	}
	if !s.alive() {
		return errors.New("the lab was ended while it started")
	}
	return s.replace(dir)
}

// begin starts the process that is to hold all nodes and writes down where it is.
// Only then may it go on.
func (n *network) begin(ctx context.Context, s *state, dir string) (*root, error) {
	mark := make([]byte, 16)
	_, _ = rand.Read(mark) // never fails
	names := make([]string, len(n.nodes))
	for i := range n.nodes {
		names[i] = n.nodes[i].Name
	}
	boot, err := bootID()
	if err != nil {
		return nil, err
	}
	r, err := startRoot(hex.EncodeToString(mark), dir, names)
	if err != nil {
		return nil, err
	}
	s.Root, s.Lab.Root = r.process, r.PID
	s.Starter.PID = os.Getpid()
	if s.Starter.Born, err = born(s.Starter.PID); err != nil {
		r.close()
		return nil, errors.Join(err, r.kill(ctx))
	}
	if err := (&state{Root: r.process, Starter: s.Starter, Boot: boot, Lab: s.Lab}).create(dir); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = fmt.Errorf("lab %s is being started by another ercfg", s.Lab.Name)
		}
		r.close()
		return nil, errors.Join(err, r.kill(ctx))
	}
	s.Boot = boot
	return r, nil
}
