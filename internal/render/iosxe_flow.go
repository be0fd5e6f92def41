package render

import (
	"strconv"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeFlow is Flexible NetFlow.
type iosxeFlow struct {
	On        bool
	Records   []iosxeRecord
	Exporter  string
	Collector string
	Port      int
	Source    string // interface; empty: the router's choice
	IPFIX     bool   // NetFlow version 9 is the default and not printed
	Refresh   int    // of templates and options, seconds
	Monitors  []iosxeMonitor
	Sampler   string // empty: every packet
	OneIn     int    // packets
	Origin    string
}

// iosxeRecord says what makes a flow in one family and direction, and what is
// told of it.
type iosxeRecord struct {
	Name    string
	Family  string // ipv4, ipv6
	Class   string // tos, traffic-class
	Key     string // the interface that the direction is about
	Other   string // the other one
	Sampled bool
	Origin  string
}

// iosxeMonitor is the cache of one record.
type iosxeMonitor struct {
	Name     string
	Exporter string
	Inactive int // seconds; 0: the default
	Active   int // seconds; 0: the default
	Origin   string
}

// Flow defaults, which IOS-XE does not print (Cisco IOS Flexible NetFlow
// Command Reference, cache), and how often a collector that has just started
// is told what it needs to read a record: IOS-XE would take ten minutes.
const (
	iosxeInactive = 15 * time.Second
	iosxeActive   = 1800 * time.Second
	flowRefresh   = 60 * time.Second
)

// flowDirections are the monitors of an interface. Which interface a packet
// leaves through is known when it leaves: there the output interface is part of
// the key, so that a flow that moves from one link to the other is two.
var flowDirections = [...]struct{ suffix, direction, other string }{{"-IN", "input", "output"}, {"-OUT", "output", "input"}}

// iosxeFlowExport makes the records and monitors of the families in use. There
// is no VLAN among the fields: routers have no key for it on a routed
// subinterface, whose index is one VLAN's anyway and whose name the interface
// table tells.
func iosxeFlowExport(prefix string, r *plan.Router) iosxeFlow {
	f := &r.Flow
	if !f.On() {
		return iosxeFlow{}
	}
	v := iosxeFlow{
		On: true, Exporter: prefix, Collector: f.Collector.String(), Port: f.Port, Source: f.SourceInterface, IPFIX: f.Protocol == "ipfix",
		Refresh: int(flowRefresh / time.Second), Origin: f.Origin,
	}
	if f.Sampling > 1 {
		v.Sampler, v.OneIn = prefix, f.Sampling
	}
	for _, family := range flowFamilies(r) {
		for _, d := range flowDirections {
			record := iosxeRecord{Name: iosxeMonitorName(prefix, family) + d.suffix, Family: family.String(), Class: "tos", Key: d.direction, Other: d.other, Sampled: v.Sampler != "", Origin: f.Origin}
			if family == plan.IPv6 {
				record.Class = "traffic-class"
			}
			monitor := iosxeMonitor{Name: record.Name, Exporter: v.Exporter, Origin: f.Origin}
			if f.Inactive != iosxeInactive {
				monitor.Inactive = int(f.Inactive / time.Second)
			}
			if f.Active != iosxeActive {
				monitor.Active = int(f.Active / time.Second)
			}
			v.Records, v.Monitors = append(v.Records, record), append(v.Monitors, monitor)
		}
	}
	return v
}

func iosxeMonitorName(prefix string, f plan.Family) string {
	return prefix + "-V" + strconv.Itoa([...]int{4, 6}[f])
}

// iosxeMonitors are the monitors on an interface with these families.
func iosxeMonitors(prefix string, r *plan.Router, ipv4, ipv6 bool) []iosxeMonitored {
	if !r.Flow.On() {
		return nil
	}
	var out []iosxeMonitored
	for f, on := range [...]bool{ipv4, ipv6} {
		if !on {
			continue
		}
		for _, d := range flowDirections {
			m := iosxeMonitored{Command: ipWord(plan.Family(f)), Monitor: iosxeMonitorName(prefix, plan.Family(f)) + d.suffix, Direction: d.direction, Origin: r.Flow.Origin}
			if r.Flow.Sampling > 1 {
				m.Sampler = prefix
			}
			out = append(out, m)
		}
	}
	return out
}
