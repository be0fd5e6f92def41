package plan

import (
	"time"
)

// Default timeouts and sampling of flow export: a verdict is to be had within
// minutes of a change, and one packet in a thousand is enough for it.
const (
	flowActive   = 60 * time.Second
	flowInactive = 15 * time.Second
	flowSampling = 1000
)

// gatherTelemetry parses the flow export.
func (f *facts) gatherTelemetry() {
	in := f.in.Telemetry
	if in == nil {
		return
	}
	f.flow = Flow{
		Protocol: in.Protocol.V, Collector: f.addr(in.Collector.Host).V, Port: in.Collector.Port.V, Sampling: in.Sampling.Or(flowSampling),
		Active: flowActive, Inactive: flowInactive, Origin: "telemetry.collector",
	}
	if !in.Sampling.Set() {
		f.supply("telemetry.sampling", "1000", "one packet in a thousand shows which link carries what")
	}
	if d := f.duration(in.ActiveTimeout); d.Set() {
		f.flow.Active = d.V
	} else {
		f.supply("telemetry.activeTimeout", yamlDuration(flowActive), "a long flow shows within a minute")
	}
	if d := f.duration(in.InactiveTimeout); d.Set() {
		f.flow.Inactive = d.V
	} else {
		f.supply("telemetry.inactiveTimeout", yamlDuration(flowInactive), "what routers have by themselves")
	}
}

// planFlow gives flow export to a router with links or tunnels. Its packets
// come from the exporter's address, or else from the loopback.
func (d *deriver) planFlow(r *router, out *Router) {
	if !d.flow.On() || len(out.Links)+len(out.Tunnels) == 0 {
		return
	}
	out.Flow = d.flow
	out.Flow.Source = r.exporter.V
	if !out.Flow.Source.IsValid() {
		out.Flow.Source = r.loopback(FamilyOf(d.flow.Collector))
	}
	if out.Flow.Source.IsValid() && out.Flow.Source == r.loopback(FamilyOf(out.Flow.Source)) {
		out.Flow.SourceInterface = out.Loopback.Interface
	}
}
