package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/push"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/secret"
)

// sshFlags say how routers are reached.
type sshFlags struct {
	config   string // file; empty: ~/.ssh/config
	lab      bool   // the routers are those of the lab that is up
	trustNew bool
	legacy   bool
}

func (f *sshFlags) flags(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "ssh-config", "", "read this `FILE` in place of ~/.ssh/config; what it says goes before the intent")
	flags.BoolVar(&f.trustNew, "trust-new", false, "take and keep the host key of a router that is not known yet; a changed key is always refused")
	flags.BoolVar(&f.lab, "lab", false, "the routers are those of the lab of this intent (ercfg lab up), every one an FRR")
	flags.BoolVar(&f.legacy, "legacy-ssh", false, "also use SSH algorithms that are no longer secure, for old routers")
}

// load reads the intent at path: as it is, or as its lab has it.
func (f *sshFlags) load(a *app, path string) (*loaded, error) {
	if f.lab {
		return a.loadTwin(path)
	}
	return a.load(path)
}

// read reads the user's configuration of OpenSSH.
func (f *sshFlags) read() (push.SSHConfig, error) {
	home, _ := os.UserHomeDir() // without one, ~ is an error of whatever names it
	c := push.SSHConfig{Name: f.config, Wins: f.config != "", Home: home, Getenv: os.LookupEnv, ReadFile: readSecret}
	if u, err := user.Current(); err == nil {
		c.User = u.Username
	}
	if c.Name == "" {
		c.Name = filepath.Join(home, ".ssh", "config")
	}
	text, err := os.ReadFile(c.Name)
	if errors.Is(err, fs.ErrNotExist) && !c.Wins {
		err = nil
	}
	c.Text = string(text)
	return c, err
}

// jobs are the routers to reach, each with the way to it, and the secrets of all.
// What is missing is said of all routers at once.
func (p *pushing) jobs() ([]push.Job, *push.Secrets, error) {
	if p.f.lab {
		return p.labJobs()
	}
	config, err := p.f.read()
	if err != nil {
		return nil, nil, err
	}
	needed := neededFor(p.in.plan, p.names, p.alone)
	read := p.secretsOf(p.folder())
	var jobs []push.Job
	var refs []secret.Ref
	var faults []error
	for _, c := range p.configs {
		if !needed[c.Router] {
			continue
		}
		if p.sshOf(c.Router) == nil && !contains(p.names, c.Router) {
			continue // it would be asked how its links are: a change that has to know that is refused
		}
		t, err := p.target(c.Router, c.Platform, config, read)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", c.Router, err))
			continue
		}
		jobs = append(jobs, push.Job{Config: c, Target: t})
		refs = append(refs, c.Secrets...)
		if t.Password != (secret.Value{}) {
			refs = append(refs, passwordOf(p.sshOf(c.Router).Password.V)...)
		}
	}
	secrets, err := push.NewSecrets(refs, read)
	if err != nil {
		faults = append(faults, independent(err)...)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, nil, err
	}
	return jobs, secrets, p.checkForms(refs, read)
}

// checkForms checks the secrets that came from commands as validate checks all
// others: a key that a router does not take would end a session.
func (p *pushing) checkForms(refs []secret.Ref, read func(secret.Ref) (secret.Value, error)) error {
	if !slices.ContainsFunc(refs, func(r secret.Ref) bool { return strings.HasPrefix(r.String(), "exec:") }) {
		return nil
	}
	_, found := plan.Resolve(p.in.doc, plan.Env{Today: p.began, Secret: read, Check: render.Check, Rules: ruleCodes})
	if !found.HasErrors() {
		return nil
	}
	if err := p.printFindings(p.stderr, p.in.doc, found.Sorted()); err != nil {
		return err
	}
	return errFindings
}

// neededFor are the routers that are reached for a change of names: those, and,
// unless they are reached alone, the routers at the other ends of their circuits,
// which are asked how they are.
func neededFor(p *plan.Plan, names []string, alone bool) map[string]bool {
	out := make(map[string]bool)
	for _, name := range names {
		out[name] = true
	}
	for i := 0; i < len(p.Circuits) && !alone; i++ {
		var ends []string
		for _, peering := range p.Circuits[i].Peerings {
			for _, l := range peering.Links {
				ends = append(ends, l.Router)
			}
		}
		if slices.ContainsFunc(ends, func(e string) bool { return contains(names, e) }) {
			for _, e := range ends {
				out[e] = true
			}
		}
	}
	return out
}

func contains(names []string, name string) bool { return slices.Contains(names, name) }

// folder is where the relative paths of the intent's secrets start.
func (p *pushing) folder() string {
	if p.file == "-" {
		return "."
	}
	if info, err := os.Stat(p.file); err == nil && info.IsDir() {
		return p.file
	}
	return filepath.Dir(p.file)
}

// target is the way to a router: as the intent says it, and then the user's
// configuration; or the other way round, where the user has named a file that has a
// key: nothing that the intent names is then read.
func (p *pushing) target(router, platform string, config push.SSHConfig, read func(secret.Ref) (secret.Value, error)) (push.Target, error) {
	in := p.sshOf(router)
	if in == nil {
		return push.Target{}, fmt.Errorf("the intent does not say how it is reached: routers.%s.ssh.host is missing", router)
	}
	t := p.f.target(router, platform)
	t.Host, t.Port, t.User = in.Host.V, in.Port.V, in.User.V
	if config.Wins {
		if err := t.Resolve(config); err != nil || len(t.Keys) > 0 {
			return t, err
		}
		return t, addSecrets(&t, in.Password.V, in.Key.V, read)
	}
	if err := addSecrets(&t, in.Password.V, in.Key.V, read); err != nil {
		return t, err
	}
	return t, t.Resolve(config)
}

// sshOf is what the intent says of a router's SSH; nil: nothing.
func (p *pushing) sshOf(router string) *intent.SSH {
	e := p.in.doc.Intent.Routers.Get(router)
	if e == nil || e.Value.SSH == nil || e.Value.SSH.Host.V == "" {
		return nil
	}
	return e.Value.SSH
}

// headerRouter is a router in the journal.
func (p *pushing) headerRouter(name string, t push.Target) push.HeaderRouter {
	h := push.HeaderRouter{Name: name, Platform: t.Platform, Host: t.Host, Port: t.Port, User: t.User}
	for i := range p.in.plan.Circuits {
		c := &p.in.plan.Circuits[i]
		for _, peering := range c.Peerings {
			if slices.ContainsFunc(peering.Links, func(l plan.CircuitLink) bool { return l.Router == name }) && !contains(h.Circuits, c.Name) {
				h.Circuits = append(h.Circuits, c.Name)
			}
		}
	}
	return h
}

// target is a way to a router without its host.
func (f *sshFlags) target(router, platform string) push.Target {
	return push.Target{Router: router, Platform: platform, Agent: os.Getenv("SSH_AUTH_SOCK"), TrustNew: f.trustNew, Legacy: f.legacy}
}

// passwordOf is the reference of a password, which no transcript may show; none
// where there is none.
func passwordOf(text string) []secret.Ref {
	ref, err := secret.ParseRef(text)
	if err != nil {
		return nil
	}
	return []secret.Ref{ref}
}

// addSecrets reads the password and the key that references name.
func addSecrets(t *push.Target, password, key string, read func(secret.Ref) (secret.Value, error)) error {
	if password != "" {
		ref, err := secret.ParseRef(password)
		if err != nil {
			return err
		}
		if t.Password, err = read(ref); err != nil {
			return err
		}
	}
	if key != "" {
		ref, err := secret.ParseRef(key)
		if err != nil {
			return err
		}
		value, err := read(ref)
		if err != nil {
			return err
		}
		t.Keys = []push.Key{{Name: ref.String(), Value: value}}
	}
	return nil
}

// secretsOf reads secrets, each once; those of exec: from the commands that they
// name. Nothing else in ercfg runs them.
func (a *app) secretsOf(folder string) func(secret.Ref) (secret.Value, error) {
	known := make(map[secret.Ref]secret.Value)
	reader := secretReader(folder)
	return func(ref secret.Ref) (secret.Value, error) {
		if v, ok := known[ref]; ok {
			return v, nil
		}
		v, err := reader.Read(ref)
		if errors.Is(err, secret.ErrNotRun) {
			v, err = a.runSecret(ref, folder)
		}
		if err == nil {
			known[ref] = v
		}
		return v, err
	}
}

// secretTimeout bounds a command of exec:. A password manager that wants a
// fingerprint gets one in that time.
const secretTimeout = 30 * time.Second

// runSecret runs the command of an exec: reference. Its standard output, without the
// line end, is the secret; its standard error is the user's to read.
func (a *app) runSecret(ref secret.Ref, folder string) (secret.Value, error) {
	ctx, cancel := context.WithTimeout(context.Background(), secretTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", strings.TrimPrefix(ref.String(), "exec:"))
	out := bounded{room: maxSecretBytes}
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &out, a.stderr
	cmd.WaitDelay = time.Second // of the shell's children, which may hold the pipe
	err := cmd.Run()
	switch {
	case out.full:
		return secret.Value{}, fmt.Errorf("%s: longer than %d bytes", ref, maxSecretBytes)
	case ctx.Err() != nil:
		return secret.Value{}, fmt.Errorf("%s: no answer in %s", ref, secretTimeout)
	case err != nil:
		return secret.Value{}, fmt.Errorf("%s: %w", ref, err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(out.text), "\n"), "\r")
	if text == "" {
		return secret.Value{}, fmt.Errorf("%s: %w", ref, secret.ErrEmpty)
	}
	return secret.NewValue(text), nil
}

// bounded keeps so many bytes, and then takes no more. It embeds no buffer, whose
// ReadFrom io.Copy would prefer.
type bounded struct {
	text []byte
	room int
	full bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.full = b.full || len(p) > b.room; b.full {
		return 0, errors.New("full")
	}
	b.room -= len(p)
	b.text = append(b.text, p...)
	return len(p), nil
}
