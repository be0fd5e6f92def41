package render

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// linuxFlow is pmacct's share of flow export.
type linuxFlow struct {
	Version   int    // of the protocol: 10 is IPFIX, 9 NetFlow 9; 0: no flow export
	Collector string // address and port
	Source    string // empty: Linux chooses
	Sampling  int    // one packet in N; 0: all
	Active    int    // seconds
	Inactive  int    // seconds
	Expiry    int    // seconds between two looks for what has expired
	Devices   string // quoted, separated by a comma and a blank
	InVRF     bool   // some of the devices
	Group     int    // of NFLOG
}

// nflogGroup is where the kernel puts the packets that pmacct counts. No group
// has a meaning of its own; low ones are used by other programs' examples.
const nflogGroup = 2055

// flowExpirySeconds bounds how long a flow that has ended waits in pmacct, whose
// default of a minute outlives a whole failover.
const flowExpirySeconds = 5

func linuxFlowOf(r *plan.Router) linuxFlow {
	f := &r.Flow
	devices := edgeDevices(r)
	if !f.On() || len(devices) == 0 {
		return linuxFlow{}
	}
	out := linuxFlow{
		Version: 10, Collector: netip.AddrPortFrom(f.Collector, uint16(f.Port)).String(), Active: int(f.Active / time.Second), Inactive: int(f.Inactive / time.Second),
		Devices: `"` + strings.Join(devices, `", "`) + `"`, Group: nflogGroup,
		InVRF: slices.ContainsFunc(r.Links, func(l plan.Link) bool { return l.VRF != "" }) || slices.ContainsFunc(r.Tunnels, func(t plan.Tunnel) bool { return t.VRF != "" }),
	}
	out.Expiry = min(flowExpirySeconds, out.Inactive)
	if f.Protocol == "netflow9" {
		out.Version = 9
	}
	if f.Source.IsValid() {
		out.Source = f.Source.String()
	}
	if f.Sampling > 1 {
		out.Sampling = f.Sampling
	}
	return out
}
