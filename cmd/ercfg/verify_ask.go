package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ercfg/ercfg/internal/push"
	"github.com/ercfg/ercfg/internal/sim"
)

// An asked is what the routers have told of themselves.
type asked struct {
	interfaces map[string]map[uint32]string // by router and ifIndex
	scenario   sim.Scenario                 // that their sessions amount to
	exporting  []string                     // whose flow export is known to run
	notes      []string
}

// askRouters asks the routers, or their lab, for the numbers of their interfaces; over
// SSH for their sessions, too.
func (s *verifying) askRouters() error {
	ctx := context.Background()
	if s.f.lab {
		var err error
		if labDiffers(s.in.plan) {
			s.asked.notes = append(s.asked.notes, "the lab was built from another state of this intent: what push --lab has not brought to its routers since, they do not have")
		}
		if s.asked.interfaces, s.asked.exporting, err = labRouters(ctx, s.in.plan.Name); err != nil || !s.f.ask {
			return err
		}
	}
	found, err := s.overSSH()
	if err != nil {
		return err
	}
	s.asked.interfaces = make(map[string]map[uint32]string)
	facts := make(map[string]push.Facts)
	for _, r := range found {
		if r.Err != nil {
			s.asked.notes = append(s.asked.notes, fmt.Sprintf("%s could not be asked: %v", r.Router, r.Err))
			s.tell("%s could not be asked: %v", r.Router, r.Err)
		} else {
			facts[r.Router] = r.Facts
		}
		s.asked.interfaces[r.Router] = r.Interfaces
	}
	var notes []string
	s.asked.scenario, notes = push.ScenarioOf(s.in.plan, facts)
	s.asked.notes = append(s.asked.notes, notes...)
	s.tell("%s asked; the state of their sessions is: %s", count(len(facts), "router"), s.asked.scenario.Name())
	return nil
}

// overSSH asks every router of the intent. The keys of its sessions are not read: only
// what logs in is needed.
func (s *verifying) overSSH() (found []push.Asked, err error) {
	p := &pushing{app: s.app, file: s.file, in: s.in, began: time.Now(), alone: true}
	p.f.sshFlags = s.f.sshFlags
	if p.configs, err = renderFor(s.in); err != nil {
		return nil, err
	}
	for i := range p.configs {
		p.configs[i].Secrets = nil
		p.names = append(p.names, p.configs[i].Router)
	}
	jobs, secrets, err := p.jobs()
	if err != nil {
		return nil, err
	}
	store, err := runStore()
	if err != nil {
		return nil, err
	}
	s.tell("asking %s over SSH", count(len(jobs), "router"))
	interrupted := watched(func() {}, func() { os.Exit(exitWorld) }, func(ctx context.Context) {
		found, err = push.Ask(ctx, s.in.plan, jobs, secrets, store, push.NewRunID(p.began, rand.Reader))
	})
	if interrupted {
		return nil, errors.New("interrupted; nothing is judged")
	}
	return found, err
}
