//go:build !linux

package main

import (
	"errors"

	"github.com/ercfg/ercfg/internal/push"
)

var errNoLab = errors.New("the lab needs Linux: its routers are network namespaces")

func (a *app) loadTwin(string) (*loaded, error)                { return nil, errNoLab }
func (p *pushing) labJobs() ([]push.Job, *push.Secrets, error) { return nil, nil, errNoLab }
