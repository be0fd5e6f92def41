package push

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
)

// resolved is the plan of an intent.
func resolved(t testing.TB, name string, text []byte) *plan.Plan {
	t.Helper()
	doc, diags := intent.Read([]intent.File{{Name: name, Data: text}})
	if doc == nil {
		t.Fatal(diags)
	}
	p, diags := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), Predict: true})
	if p == nil {
		t.Fatal(diags)
	}
	return p
}

// goldenPlans are the plans of all golden intents and examples, by name.
func goldenPlans(t testing.TB) map[string]*plan.Plan {
	t.Helper()
	out := make(map[string]*plan.Plan)
	for _, pattern := range []string{"../render/testdata/*/intent.yaml", "../../examples/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(filepath.Base(file), ".yaml")
			if name == "intent" {
				name = filepath.Base(filepath.Dir(file))
			}
			out[name] = resolved(t, file, text)
		}
	}
	return out
}

// What is perfect passes, on every router of every golden intent, and every kind of
// test is made.
func TestJudgePerfect(t *testing.T) {
	t.Parallel()
	kinds := make(map[string]int)
	for name, p := range goldenPlans(t) {
		o, network := newOracle(p), newPerfect(p)
		for i := range p.Routers {
			r := &p.Routers[i]
			before := network.facts(r)
			results := o.judge(r, before, later(before, time.Minute), effects{}, time.Minute)
			for _, peer := range before.Peers {
				for _, route := range peer.Routes {
					to := best{vrf: peer.VRF, prefix: route.Prefix}
					if route.Best && !slices.ContainsFunc(results, func(t TestResult) bool { return t.Name == "best path to "+to.name() }) {
						t.Errorf("%s %s: nothing is said of the best path to %s", name, r.Name, to.name())
					}
				}
			}
			for _, result := range results {
				kinds[strings.Join(strings.Fields(result.Name)[:2], " ")]++
				if !result.Pass || strings.Contains(result.Note, "no verdict") || strings.Contains(result.Note, "before") || result.Want == "" || result.Got == "" {
					t.Errorf("%s %s: %+v", name, r.Name, result)
				}
			}
			if got, want := len(o.questionFor(r).Neighbors), len(before.Peers); got != want {
				t.Errorf("%s %s: asks for %d neighbors of %d", name, r.Name, got, want)
			}
		}
	}
	for _, kind := range []string{"session with", "timers with", "BFD with", "routes from", "routes to", "best path"} {
		if kinds[kind] < 20 {
			t.Errorf("%d tests of %q", kinds[kind], kind)
		}
	}
}

// While a session of any router is down, no other test fails on any router: what is
// down here is taken into the prediction, and what is down elsewhere is not held
// against this router.
func TestJudgeOneDown(t *testing.T) {
	t.Parallel()
	verdicts := 0
	for name, p := range goldenPlans(t) {
		o := newOracle(p)
		for i := range p.Routers {
			for _, s := range withAzure(&p.Routers[i]) {
				if s.Shutdown {
					continue
				}
				s.Shutdown = true
				network := newPerfect(p)
				s.Shutdown = false
				for j := range p.Routers {
					r := &p.Routers[j]
					s.Shutdown = true
					f := network.facts(r)
					s.Shutdown = false
					e := effects{touched: make(map[Neighbor]bool)}
					for k := range f.Peers {
						peer := &f.Peers[k]
						peer.Shut = peer.Shut && (j != i || peer.Addr != s.Neighbor)
						e.touched[Neighbor{peer.VRF, peer.Addr}] = true
					}
					for _, result := range o.judge(r, f, f, e, 0) {
						if down := strings.HasPrefix(result.Name, sessionWith+s.Neighbor.String()+" "); !result.Pass && !down {
							t.Errorf("%s: %s is down on %s, and on %s: %s", name, s.Neighbor, p.Routers[i].Name, r.Name, result)
						}
						if strings.HasPrefix(result.Name, "best path") && !strings.Contains(result.Note, "no verdict") {
							verdicts++
						}
					}
				}
			}
		}
	}
	if verdicts < 200 {
		t.Errorf("%d verdicts on best paths", verdicts)
	}
}

// withAzure lists a router's sessions with Azure.
func withAzure(r *plan.Router) []*plan.Session {
	var out []*plan.Session
	for i := range r.Links {
		for j := range r.Links[i].Sessions {
			out = append(out, &r.Links[i].Sessions[j])
		}
	}
	for i := range r.Tunnels {
		out = append(out, &r.Tunnels[i].Session)
	}
	return out
}

// Whatever a router says, there is a verdict and no panic.
func TestJudgeRandom(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for name, p := range goldenPlans(t) {
		o, network := newOracle(p), newPerfect(p)
		for i := range p.Routers {
			r := &p.Routers[i]
			good := network.facts(r)
			for range 40 {
				before, now, e := later(good, 0), later(good, time.Minute), effects{touched: map[Neighbor]bool{}, resets: map[Neighbor]bool{}}
				for range 1 + random.IntN(4) {
					damage(random, &before)
					damage(random, &now)
				}
				for _, p := range now.Peers {
					n := Neighbor{p.VRF, p.Addr}
					e.touched[n], e.resets[n] = random.IntN(2) == 0, random.IntN(2) == 0
				}
				for _, result := range o.judge(r, before, now, e, time.Minute) {
					if result.Name == "" || result.String() == "" {
						t.Fatalf("%s %s: %+v", name, r.Name, result)
					}
					if !result.Pass {
						found++
					}
				}
				for j := range r.Links {
					healthy(r, j, now)
				}
			}
		}
	}
	if found < 1000 {
		t.Errorf("%d of the damages were found", found)
	}
}

// damage changes one thing of a router's live state.
func damage(random *rand.Rand, f *Facts) {
	if len(f.BFD) > 0 && random.IntN(4) == 0 {
		b := &f.BFD[random.IntN(len(f.BFD))]
		*b = [...]BFDPeer{{Addr: b.Addr}, {Addr: b.Addr, Up: true, Multihop: true}, {Addr: b.Addr, Up: true, Interface: "7"}, {}}[random.IntN(4)]
		return
	}
	i := random.IntN(len(f.Peers))
	p := &f.Peers[i]
	switch random.IntN(10) {
	case 0:
		f.Peers = slices.Delete(f.Peers, i, i+1)
		if len(f.Peers) == 0 {
			f.Peers = []Peer{{}}
		}
	case 1:
		p.State = [...]string{"Idle", "Active", "", Established}[random.IntN(4)]
	case 2:
		p.Shut = !p.Shut
	case 3:
		p.Hold = time.Duration(random.IntN(200)) * time.Second
	case 4:
		p.Up, p.Drops = time.Duration(random.IntN(7200))*time.Second, random.IntN(3)-1
	case 5:
		p.Routes = nil
	case 6:
		p.Sent = append(p.Sent, netip.Prefix{}, netip.MustParsePrefix("198.51.100.0/24"))
	case 7:
		p.Routes = append(p.Routes, Route{}, Route{Prefix: netip.MustParsePrefix("2001:db8:ffff::/48"), Best: true})
	case 8:
		for j := range p.Routes {
			p.Routes[j].Best = random.IntN(2) == 0
		}
	case 9:
		for j := range p.Routes {
			p.Routes[j].LocalPreference = uint32(random.IntN(300))
		}
	}
}

// A link carries traffic when every session that is to be up is, and BFD with it.
func TestHealthy(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["dual-stack-one-ce"]
	r := &p.Routers[0]
	for _, tt := range []struct {
		name   string
		damage func(r *plan.Router, f *Facts)
		why    string // empty: healthy
	}{
		{"as planned", func(*plan.Router, *Facts) {}, ""},
		{"IPv6 down", func(_ *plan.Router, f *Facts) { f.Peers[1].State = "Active" }, "is not up: Active"},
		{"no session", func(_ *plan.Router, f *Facts) { f.Peers = f.Peers[1:] }, "no such session"},
		{"BFD down", func(_ *plan.Router, f *Facts) { f.BFD[0].Up = false }, "BFD with"},
		{"no BFD", func(_ *plan.Router, f *Facts) { f.BFD = nil }, "BFD with"},
		{"the other link", func(_ *plan.Router, f *Facts) { f.Peers[len(r.Links[0].Sessions)].State = "Active" }, ""},
		{"shut by the plan", func(r *plan.Router, _ *Facts) {
			for i := range r.Links[0].Sessions {
				r.Links[0].Sessions[i].Shutdown = true
			}
		}, "shuts"},
	} {
		f, c := newPerfect(p).facts(r), *r
		c.Links = slices.Clone(r.Links)
		c.Links[0].Sessions = slices.Clone(r.Links[0].Sessions)
		tt.damage(&c, &f)
		ok, why := healthy(&c, 0, f)
		if ok != (tt.why == "") || !strings.Contains(why, tt.why) {
			t.Errorf("%s: %v, %q, want %q", tt.name, ok, why, tt.why)
		}
	}
}

// One router of a plan of 500 circuits, which has been asked for before.
func BenchmarkJudge(b *testing.B) {
	p := resolved(b, "fleet.yaml", fleet.Intent(500))
	o, r := newOracle(p), &p.Routers[700]
	before := newPerfect(p).facts(r)
	now := later(before, time.Minute)
	o.judge(r, before, now, effects{}, time.Minute)
	for b.Loop() {
		o.judge(r, before, now, effects{}, time.Minute)
	}
}

// The same with a prediction that was not asked for before.
func BenchmarkPredictOne(b *testing.B) {
	p := resolved(b, "fleet.yaml", fleet.Intent(500))
	r := &p.Routers[700]
	before := newPerfect(p).facts(r)
	for b.Loop() {
		newOracle(p).judge(r, before, before, effects{}, 0)
	}
}
