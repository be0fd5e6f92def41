// Package verify proves with flow telemetry which path carries the traffic: it maps
// what routers export of their flows to the statements of a plan, both directions and
// the links and tunnels, and holds that against the prediction.
//
// In come a plan, a prediction, and flow records from UDP, captures or Azure's
// Traffic Collector; out come verdicts with their evidence. The package changes
// nothing, and it never takes missing data for proof. Its memory grows with the plan,
// not with the traffic.
package verify

import (
	"net/netip"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A Record is one flow as an exporter saw it. A decoder uses one again and again: who
// keeps it copies it.
type Record struct {
	At       time.Time  // when it came; of a capture, when it was captured
	Exporter netip.Addr // source of the packet; of sFlow the agent's address; zero: Azure's Traffic Collector
	Domain   uint32     // observation domain (RFC 7011 §3.1), source id of v9, engine type and id of v5, sub-agent of sFlow
	Protocol Protocol
	Src, Dst netip.Addr // of the flow, unmapped
	// Key tells flows apart: a hash of addresses, IP protocol and ports, equal for all
	// records of one flow, whoever exports them.
	Key uint64
	// In and Out are ifIndex (RFC 2863); 0: not told.
	In, Out uint32
	// InTags and OutTags are VLAN tags of the frame on ingress and egress; zero: not
	// told.
	InTags, OutTags Tags
	NextHop         netip.Addr // zero: not told. A hint, no proof
	Packets, Bytes  uint64     // as seen: not yet multiplied for sampling
	// Sampling is one packet in N: 1 all of them, 0 the data does not tell.
	Sampling uint32
	// Start and End are when the first and last packet passed, on our clock: told by
	// their distance to the exporter's own time of export, so that a wrong clock there
	// does no harm. Zero: not told, or not to be believed.
	Start, End time.Time
	// Circuit is ExRCircuitId of Azure's Traffic Collector, lower case; else empty.
	Circuit string
}

// Tags are the VLAN identifiers of a frame (IEEE 802.1Q), outer and inner; 0: none.
type Tags struct{ Outer, Inner uint16 }

// A Protocol is how flows are exported.
type Protocol uint8

// The protocols, and the stored records of Azure's ExpressRoute Traffic Collector.
const (
	NetFlow5 Protocol = iota
	NetFlow9
	IPFIX
	SFlow
	TrafficCollector
)

// String returns the protocol's own name.
func (p Protocol) String() string {
	return [...]string{"NetFlow v5", "NetFlow v9", "IPFIX", "sFlow", "Traffic Collector"}[p]
}

// MarshalText writes the name.
func (p Protocol) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// An Interface is the name of an exporter's interface, as option data tells it. One of
// index 0 says that the exporter has begun anew: what it told before means nothing more.
type Interface struct {
	Exporter netip.Addr
	Domain   uint32
	Index    uint32
	Name     string
}

// A Sink takes what a decoder finds. It is called by one goroutine at a time.
type Sink interface {
	Flow(*Record)
	Interface(Interface)
}

// Drops count what came and was not used, each kind by itself. The published JSON has
// them as they are.
type Drops struct {
	Malformed   uint64 `json:"malformed"`   // datagrams of no known protocol, or that contradict themselves
	CutOff      uint64 `json:"cutOff"`      // datagrams that a capture holds a part of, and fragments
	NoTemplate  uint64 `json:"noTemplate"`  // sets of records whose template has not come yet
	Templates   uint64 `json:"templates"`   // templates that were refused: too many, or of no use
	Exporters   uint64 `json:"exporters"`   // datagrams of exporters beyond the bound
	Socket      uint64 `json:"socket"`      // datagrams that the kernel had no room for
	NoAddresses uint64 `json:"noAddresses"` // records without the addresses of a flow
	Repeated    uint64 `json:"repeated"`    // records of the Traffic Collector that its table holds twice
}

// Add adds what another has counted.
func (d *Drops) Add(o Drops) {
	d.Malformed += o.Malformed
	d.CutOff += o.CutOff
	d.NoTemplate += o.NoTemplate
	d.Templates += o.Templates
	d.Exporters += o.Exporters
	d.Socket += o.Socket
	d.NoAddresses += o.NoAddresses
	d.Repeated += o.Repeated
}

// A Source is what a decoder knows of one exporter and observation domain.
type Source struct {
	Addr     netip.Addr
	Domain   uint32
	Protocol Protocol
	Packets  uint64        // datagrams
	Records  uint64        // of flows
	Sampling uint32        // the last that its data told, one packet in N; 0: none
	Skew     time.Duration // how far its clock is ahead of ours; 0 under a second
	Restarts uint64        // how often its sequence or uptime began anew
	Missed   uint64        // records (v5, IPFIX) or datagrams (v9, sFlow) that its sequence numbers miss
	Unread   int           // templates it has sent records of and that have not come, or did not fit
	Last     time.Time     // when it was heard last
}

// A Leg is where traffic leaves or enters a router of the plan: one link, or one
// tunnel. Legs are comparable.
type Leg struct {
	Path     string        // er-london, er-ams.microsoft, s2s-frankfurt
	Router   string        // on which it ends; empty: not told
	Position plan.Position // of a link
	Instance string        // of the gateway that a tunnel ends on; empty: a link
	// Whole stands for a circuit of which the data does not tell the link, as Azure's
	// Traffic Collector.
	Whole bool
}

// String writes er-london.primary on ce1, s2s-frankfurt.a on ce1, er-london (link not
// told), or Internet.
func (l Leg) String() string {
	switch {
	case l.Path == sim.Internet:
		return l.Path
	case l.Whole:
		return l.Path + " (link not told)"
	case l.Instance != "":
		return l.Path + "." + l.Instance + " on " + l.Router
	}
	return l.Path + "." + l.Position.String() + " on " + l.Router
}

// A Rung is how it was found out which interface a record means, the best first.
type Rung uint8

// The rungs of the ladder.
const (
	ByIntent  Rung = iota // interfaceIndex of the intent
	ByOptions             // names in the exporter's option data
	ByAsking              // the router was asked over SSH
	ByVLAN                // VLAN tags
	ByNextHop             // a next hop: a hint, never proof
	Rungs     int  = iota
)

// String returns the rung in words.
func (r Rung) String() string {
	return [...]string{"interface index of the intent", "interface names of the exporter", "interface index asked of the router", "VLAN tags", "next hop (a hint)"}[r]
}

// A Traffic tells one row of a verdict from another: a statement's traffic of one
// family in one direction. It is comparable.
type Traffic struct {
	Statement int // index into the plan's statements
	Family    plan.Family
	Direction sim.Direction
	// Default is the way of the VNets to the Internet over a default route that a
	// circuit advertises (sim.Flow.Default).
	Default bool
}

// An Amount is traffic, with what was not sampled made up for where the rate is
// known. The published JSON has it as it is.
type Amount struct {
	Records uint64 `json:"records"`
	Samples uint64 `json:"samples"` // packets that were really seen
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
	Unknown uint64 `json:"unknown"` // samples of which nobody knows the rate: Packets and Bytes hold them as they are
	Flows   uint64 `json:"flows"`   // distinct flows, estimated; exact for a few
	Largest uint64 `json:"largest"` // bytes of the largest record
}

// A Count is what has been seen of one Traffic.
type Count struct {
	Traffic Traffic
	Legs    []LegCount // that carried any, in the order of the plan
	// NotPlaced could not be told to be on any leg: an interface that nobody knows.
	NotPlaced Amount
	// Ambiguous belongs to two statements with the same prefixes.
	Ambiguous Amount
	// Early is of before the time that is judged, or of a record that spans its
	// beginning: it has one interface for a time in which the path may have changed.
	Early Amount
	// EarlyTold is when the last record of Early came; zero: not known.
	EarlyTold time.Time
	// Lasting is the part of Early that ended so long after the beginning that the router
	// must have told of it before: its records say when the flow began, and not since when
	// they count.
	Lasting Amount
	// Spanning are the legs of that part of Early which ended after the beginning, in no order.
	Spanning    []LegSamples
	Transit     []RouterCount // in the order of the plan
	First, Last time.Time     // of the records that count
}

// LegSamples is how many packets were really seen on a leg, and when the last record of
// them came; zero: not known.
type LegSamples struct {
	Leg     Leg
	Samples uint64
	Told    time.Time
}

// A RouterCount is what one router sent or got by an interface that is no link and no
// tunnel: it hands it to another router, or it leaves by another way.
type RouterCount struct {
	Router string
	Amount
	Stray uint64 // flows of it that no router shows on a link or tunnel, or where it is not known; estimated
}

// A LegCount is what one leg carried of one Traffic.
type LegCount struct {
	Leg Leg
	Amount
	// Pairs are the distinct pairs of hosts, where the leg's router chooses a leg by
	// their addresses alone; else 0.
	Pairs  uint64
	Rungs  [Rungs]uint64 // records by how their interface was found out
	Series []uint64      // bytes per slot, the oldest first; all legs have the same slots
}

// A Verdict is what is proved.
type Verdict uint8

// The verdicts. Missing data is never a Pass.
const (
	Pass Verdict = iota
	Insufficient
	Fail
)

// String returns PASS, INSUFFICIENT or FAIL.
func (v Verdict) String() string { return [...]string{"PASS", "INSUFFICIENT", "FAIL"}[v] }

// MarshalText writes the word.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// A Judgement is the verdict on one Traffic.
type Judgement struct {
	Statement string // its name
	Family    plan.Family
	Direction sim.Direction
	Default   bool
	Verdict   Verdict
	Expected  []Leg    // of the prediction; empty: no path, so no traffic either
	Reasons   []string // sentences, the decisive first
	// Wait is how much longer to listen for enough samples; zero: nobody can say, or
	// nothing is missing.
	Wait      time.Duration
	Total     Amount     // over the legs
	Legs      []LegShare // expected ones first, then others that carried traffic
	Clear     Amount     // what went in clear text although it is to be encrypted
	NotPlaced Amount
	Ambiguous Amount
	Early     Amount
}

// A LegShare is what one leg carried, and its part of the whole.
type LegShare struct {
	Leg      Leg
	Expected bool // the prediction has it
	Amount
	Pairs uint64 // as LegCount has them
	// Share is its part of the bytes, 0 to 1, between Low and High with 95 %
	// confidence; all zero where nothing was seen on any leg.
	Share  float64
	Low    float64
	High   float64
	Rungs  [Rungs]uint64
	Series []uint64
}

// A Report is the end, or the state, of a verification.
type Report struct {
	Plan       string    // name of the intent
	Scenario   string    // that was predicted: normal, er-london.primary
	Source     string    // where the records came from: UDP :2055, a file's name
	Began      time.Time // of listening; of a file, of its first packet or record, or Options.Since
	Took       time.Duration
	Slot       time.Duration // length of a slot of Series
	SeriesFrom time.Time     // beginning of the first slot; zero: there is none
	Judgements []Judgement
	Exporters  []Exporter
	Silent     []string // routers of the plan of which nothing came
	Other      Amount   // traffic of no statement
	Control    Amount   // of routers themselves: BGP, BFD, IKE and ESP between their own addresses
	Transit    Amount   // of statements, that a router hands to another one: counted where it leaves
	Drops      Drops
	Notes      []string // what a reader has to know: a file that is cut off, a sampling rate that was assumed
}

// Verdict is that of the whole: the worst of its judgements, and Insufficient where
// there are none.
func (r *Report) Verdict() Verdict {
	worst := Pass
	for _, j := range r.Judgements {
		worst = max(worst, j.Verdict)
	}
	if len(r.Judgements) == 0 {
		return Insufficient
	}
	return worst
}

// An Exporter is a source of records, and what was made of it.
type Exporter struct {
	Source
	Router string // of the plan; empty: not recognised
	By     string // what it was recognised by, in words; empty: not recognised
	// Sampled is the rate that was used, one packet in N, and SampledBy who told it; 0:
	// nobody did.
	Sampled   uint32
	SampledBy string
}
