//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/ercfg/ercfg/internal/lab"
	"github.com/ercfg/ercfg/internal/push"
	"github.com/ercfg/ercfg/internal/secret"
)

// labAccess is how the routers of the lab of an intent are reached.
func labAccess(ctx context.Context, intent string) (*lab.SSH, error) {
	if err := lab.NeedRoot(); err != nil {
		return nil, err
	}
	dir := filepath.Join(labsDir, intent)
	l, err := lab.Open(dir, nil)
	if err != nil {
		return nil, err
	}
	return l.SSH(ctx, dir)
}

// loadTwin reads the intent at path as its lab has it: every router FRR.
func (a *app) loadTwin(path string) (*loaded, error) {
	in, err := a.loadLab(path)
	if err != nil {
		return nil, err
	}
	a.tellTwins(in)
	return &loaded{name: shown(path), doc: in.doc, plan: in.plan, digest: in.digest}, nil
}

// labJobs are the routers of the lab, with the lab's keys.
func (p *pushing) labJobs() ([]push.Job, *push.Secrets, error) {
	access, err := labAccess(context.Background(), p.in.plan.Name)
	if err != nil {
		return nil, nil, err
	}
	key, err := os.ReadFile(access.Identity)
	if err != nil {
		return nil, nil, err
	}
	needed := neededFor(p.in.plan, p.names, p.alone)
	var jobs []push.Job
	var refs []secret.Ref
	for _, c := range p.configs {
		if !needed[c.Router] {
			continue
		}
		t := push.Target{Router: c.Router, Platform: c.Platform, Host: c.Router, User: access.User, KnownHosts: []string{access.KnownHosts},
			Keys: []push.Key{{Name: access.Identity, Value: secret.NewValue(string(key))}}, ProxyCommand: access.Command(c.Router)}
		jobs = append(jobs, push.Job{Config: c, Target: t})
		refs = append(refs, c.Secrets...)
	}
	secrets, err := push.NewSecrets(refs, madeUp)
	return jobs, secrets, err
}
