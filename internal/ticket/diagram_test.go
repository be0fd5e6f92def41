package ticket

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// goldenPlans are the plans of the rendered cases, by name.
func goldenPlans(t *testing.T) map[string]*plan.Plan {
	t.Helper()
	files, err := filepath.Glob("../render/testdata/*/intent.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no intents: %v", err)
	}
	out := make(map[string]*plan.Plan)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(filepath.Dir(file))] = planOf(t, string(data))
	}
	return out
}

// planOf resolves an intent that has no error.
func planOf(t testing.TB, text string) *plan.Plan {
	t.Helper()
	doc, found := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(text)}})
	noError(t, found)
	p, found := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	noError(t, found)
	return p
}

func noError(t testing.TB, found diag.List) {
	t.Helper()
	for _, f := range found {
		if f.Severity == diag.Error {
			t.Fatalf("%s: %s", f.Code, f.Summary)
		}
	}
}

// manySites is a plan of n routers that are all iBGP neighbors of each other, and
// of n circuits with a link on two of them each; a network, a VNet and a service
// are everywhere. Names and labels are as long and as hostile as can be.
func manySites(n int) *plan.Plan {
	p := &plan.Plan{Name: "fleet"}
	router := func(i int) string { return fmt.Sprintf("router-with-a-name-that-is-long-%03d", i%n) }
	address := func(i, host int) netip.Addr { return netip.AddrFrom4([4]byte{172, 16, byte(i), byte(host)}) }
	var paths []string
	for i := range n {
		p.Routers = append(p.Routers, plan.Router{Name: router(i), ASN: 65001, RouterID: address(i, 255)})
		for j := range n {
			if i != j {
				p.Routers[i].IBGP = append(p.Routers[i].IBGP, plan.IBGP{Peer: router(j)})
			}
		}
		paths = append(paths, fmt.Sprintf("er-%03d", i))
	}
	for i, path := range paths {
		c := plan.Circuit{Name: path, Provider: awkwardLabel, Location: "東京都千代田区大手町のデータセンター東京都千代田区大手町のデータセンター", BandwidthMbps: 10000}
		peering := plan.CircuitPeering{Path: path}
		for position := range plan.Position(2) {
			r := &p.Routers[(i+int(position))%n]
			peering.Links = append(peering.Links, plan.CircuitLink{Position: position, Router: r.Name, Link: len(r.Links)})
			local := netip.MustParseAddr("2001:db8:ffff:ffff:ffff:ffff:ffff:fff1")
			r.Links = append(r.Links, plan.Link{
				Path: path, Circuit: path, Position: position, Interface: "TwentyFiveGigE1/0/48", Unit: 4094,
				Sessions: []plan.Session{{Local: address(i, 1), Neighbor: address(i, 2)}, {Family: plan.IPv6, Local: local, Neighbor: local.Next()}},
			})
		}
		c.Peerings = []plan.CircuitPeering{peering}
		p.Circuits = append(p.Circuits, c)
	}
	p.Networks = []plan.OnpremNetwork{{Name: "campus", Prefixes: make([]netip.Prefix, 9)}, {Name: "alone"}}
	vnet := plan.VNet{Name: "hub"}
	for _, path := range paths {
		vnet.Connections = append(vnet.Connections, plan.Connection{Path: path})
	}
	p.VNets = []plan.VNet{vnet}
	p.Services = []plan.Service{{Name: "storage"}, {Name: "unused"}}
	p.Statements = []plan.Statement{{Networks: []string{"campus"}, VNets: []string{"hub"}, Services: []string{"storage"}, Prefer: paths}}
	return p
}

// awkwardLabel is a label of 80 characters, as many as there may be.
const awkwardLabel plan.Label = `"]; end --> <script>alert(1)</script> & #quot; *b* [x](y) ` + "`c` \\ 1. | {} ~~~ ~~~ WWWWWWW"

// pictures are the diagrams that every test looks at, by name.
func pictures(t *testing.T) map[string]Diagram {
	t.Helper()
	out := map[string]Diagram{"empty": newDiagram(&plan.Plan{Name: "empty"})}
	for name, p := range goldenPlans(t) {
		out[name] = newDiagram(p)
	}
	for _, n := range []int{1, 4, 40} {
		out[fmt.Sprintf("%d sites", n)] = newDiagram(manySites(n))
	}
	return out
}

func TestDiagramPreferred(t *testing.T) {
	t.Parallel()
	plans := goldenPlans(t)
	for _, tt := range []struct {
		name string
		want []string // first lines of what is not preferred, of links and tunnels
	}{
		{"two-ce-private", nil},
		{"two-homes", nil},
		{"encrypted-two-routers", nil},
		{"standby-circuit", []string{"er-ams primary", "er-ams secondary"}},
		{"vrf-lite", []string{"er-oslo.microsoft secondary"}},
		{"knobs", []string{"er-one secondary", "er-two primary", "er-two secondary", "er-three primary", "er-three secondary"}},
	} {
		var got []string
		for _, e := range newDiagram(plans[tt.name]).Edges {
			if (e.Kind == LinkEdge || e.Kind == TunnelEdge) && !e.Preferred {
				got = append(got, e.Label[0])
			}
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: backups (-want +got):\n%s", tt.name, diff)
		}
	}
}

// A link whose sessions are all shut down carries nothing, and the other does.
func TestDiagramShutDown(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["two-ce-private"]
	l := p.Circuits[0].Peerings[0].Links[plan.Primary]
	for i := range p.Routers {
		if p.Routers[i].Name == l.Router {
			p.Routers[i].Links[l.Link].Sessions[0].Shutdown = true
		}
	}
	for _, e := range newDiagram(p).Edges {
		if e.Kind != LinkEdge {
			continue
		}
		down := strings.HasSuffix(e.Label[0], "primary")
		if e.Preferred == down || strings.HasSuffix(e.Label[2], "shut down") != down {
			t.Errorf("%q: preferred %t", e.Label, e.Preferred)
		}
	}
}

// A link that its router likes less than the other router likes the other is a
// backup.
func TestDiagramLocalPreference(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["two-ce-private"]
	r := &p.Routers[1]
	for i := range r.Policies {
		for j := range r.Policies[i].Terms {
			r.Policies[i].Terms[j].LocalPreference /= 2
		}
	}
	for _, e := range newDiagram(p).Edges {
		if e.Kind == LinkEdge && e.Preferred != (e.From == 0) {
			t.Errorf("%q: preferred %t", e.Label, e.Preferred)
		}
	}
}

func TestDiagramIsComplete(t *testing.T) {
	t.Parallel()
	for name, p := range goldenPlans(t) {
		d := newDiagram(p)
		count := make(map[EdgeKind]int)
		for _, e := range d.Edges {
			count[e.Kind]++
			from, to := d.Nodes[e.From], d.Nodes[e.To]
			if e.Kind == LinkEdge && (from.Kind != RouterNode || !strings.HasPrefix(to.Ports[e.Port].Name, strings.Fields(e.Label[0])[1])) {
				t.Errorf("%s: link %q leads from %s to port %q", name, e.Label[0], from.Name, to.Ports[e.Port].Name)
			}
			if e.Kind == TunnelEdge && !strings.HasSuffix(e.Label[0], to.Ports[e.Port].Name) {
				t.Errorf("%s: tunnel %q leads to %q", name, e.Label[0], to.Ports[e.Port].Name)
			}
		}
		want := make(map[EdgeKind]int)
		pairs := make(map[[2]string]bool)
		for _, r := range p.Routers {
			want[LinkEdge] += len(r.Links)
			want[TunnelEdge] += len(r.Tunnels)
			for _, s := range r.IBGP {
				if slices.ContainsFunc(p.Routers, func(o plan.Router) bool { return o.Name == s.Peer }) {
					pairs[[2]string{min(r.Name, s.Peer), max(r.Name, s.Peer)}] = true
				}
			}
		}
		want[IBGPEdge] = len(pairs)
		for kind, n := range want {
			if count[kind] != n {
				t.Errorf("%s: %d edges of kind %s, want %d", name, count[kind], kind, n)
			}
		}
		for i := range p.VNets {
			for _, c := range p.VNets[i].Connections {
				label := fmt.Sprintf("%s · weight %d", c.Path, c.Weight)
				if !slices.ContainsFunc(d.Edges, func(e Edge) bool {
					return e.Kind == ConnectionEdge && d.Nodes[e.To].Name == p.VNets[i].Name && e.Label[0] == label
				}) {
					t.Errorf("%s: %s has no connection %q", name, p.VNets[i].Name, label)
				}
			}
		}
	}
}

// A tunnel says what it runs over, in the words of the circuit.
func TestDiagramUnderlay(t *testing.T) {
	t.Parallel()
	plans := goldenPlans(t)
	for name, want := range map[string]string{
		"encrypted-two-routers": "IPsec over er-geneva private peering",
		"vpn-over-microsoft":    "IPsec over er-paris Microsoft peering",
	} {
		for _, e := range newDiagram(plans[name]).Edges {
			if e.Kind == TunnelEdge && e.Label[1] != want {
				t.Errorf("%s: %q, want %q", name, e.Label[1], want)
			}
		}
	}
	p := plans["vpn-over-microsoft"]
	p.VPNs[0].Underlay = ""
	if got := newDiagram(p).Mermaid(); !strings.Contains(got, "IPsec over the Internet") {
		t.Errorf("a VPN without underlay does not say Internet:\n%s", got)
	}
}

// What would hide everything else is said in words.
func TestDiagramOfManySays(t *testing.T) {
	t.Parallel()
	d := newDiagram(manySites(40))
	for _, e := range d.Edges {
		if e.Kind == AttachEdge || e.Kind == IBGPEdge {
			t.Errorf("edge %q, want a note instead", e.Label[0])
		}
	}
	for _, n := range d.Nodes {
		if n.Kind == RouterNode && !slices.Contains(n.Notes, "iBGP with 39 routers") {
			t.Errorf("%s does not tell of iBGP: %q", n.Name, n.Notes)
		}
		if n.Name == "campus" && !slices.Contains(n.Notes, "at 40 routers") {
			t.Errorf("campus does not tell where it is: %q", n.Notes)
		}
	}
}

func TestShortList(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "", 1: "0", 3: "0, 1, 2", 4: "0, 1, 2, 3", 5: "0, 1, 2, and 2 more"} {
		list := make([]int, n)
		for i := range list {
			list[i] = i
		}
		if got := shortJoined(list, strconv.Itoa); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
