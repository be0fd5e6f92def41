package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// junosFlow is inline flow monitoring: the line cards that Slots names sample,
// and export themselves.
type junosFlow struct {
	On        bool
	Instance  string
	Slots     []junosSlot // of the line cards that hold links
	Version   string      // version-ipfix, version9
	Templates []junosFlowTemplate
	Rate      int // one packet in Rate
	Origin    string
}

type junosSlot struct {
	Number   int
	Instance string
}

// junosFlowTemplate is the form of one family's records, and where they go.
type junosFlowTemplate struct {
	Name      string
	Form      string // ipv4-template, ipv6-template
	Active    string // seconds
	Inactive  string // seconds
	Family    string // inet, inet6
	Version   string
	Collector string
	Port      int
	Source    string // Junos has no choice of its own: a router without one is refused (ER961)
	// Links tells a flow's links apart: by default an MX reports the first of
	// equal paths, or none for IPv6, and no direction (Juniper, nexthop-learning
	// and flow-key). No document was found that an SRX has the two.
	Links bool
}

// junosFlowOf writes flow export. An aggregate interface tells no line card:
// its members' are the owner's to bind. A VRF of a PE has vrf-table-label:
// without it packets from the core leave by their label and pass no output
// sampling.
func junosFlowOf(prefix string, r *plan.Router) junosFlow {
	f := &r.Flow
	if !f.On() {
		return junosFlow{}
	}
	out := junosFlow{On: true, Instance: prefix + "-FLOW", Version: "version-ipfix", Rate: f.Sampling, Origin: f.Origin}
	out.Slots = junosSlots(r, out.Instance)
	if f.Protocol == "netflow9" {
		out.Version = "version9"
	}
	for _, family := range flowFamilies(r) {
		out.Templates = append(out.Templates, junosFlowTemplate{
			Name: out.Instance + junosSuffix(family), Form: family.String() + "-template", Active: seconds(f.Active), Inactive: seconds(f.Inactive),
			Family: junosFamilyName(family), Version: out.Version, Collector: f.Collector.String(), Port: f.Port, Source: f.Source.String(), Links: r.Model == plan.MX,
		})
	}
	return out
}

// junosSlots returns the line cards of links and of what tunnels come in on, by
// number.
func junosSlots(r *plan.Router, instance string) []junosSlot {
	var ports []string
	for i := range r.Links {
		ports = append(ports, r.Links[i].Interface)
	}
	for i := range r.Tunnels {
		ports = append(ports, r.Tunnels[i].Source)
	}
	var out []junosSlot
	for _, port := range ports {
		_, place, _ := strings.Cut(port, "-") // xe-0/0/1; ae1 and lo0.0 have no place
		slot, _, ok := strings.Cut(place, "/")
		n, err := strconv.Atoi(slot)
		if s := (junosSlot{n, instance}); ok && err == nil && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b junosSlot) int { return cmp.Compare(a.Number, b.Number) })
	return out
}
