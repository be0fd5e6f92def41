//go:build !linux

package main

import (
	"context"
	"net"

	"github.com/ercfg/ercfg/internal/plan"
)

func labDiffers(*plan.Plan) bool { return false }

func labTemplates(string) string { return "" }

func labBroken(string) (text, scenario string) { return "", "" }

func labSockets(string, []string, int) ([]*net.UDPConn, error) { return nil, errNoLab }

func labRouters(context.Context, string) (map[string]map[uint32]string, []string, error) {
	return nil, nil, errNoLab
}
