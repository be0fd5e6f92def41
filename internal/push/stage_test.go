package push

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// Another VLAN on both links of one router goes link by link: a link's new subinterface
// waits until its old one goes. Where only the secondary carries the circuit, the primary
// comes first. (Emulated.)
func TestStagesOfAnotherVLAN(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{confdiff.IOSXE, confdiff.Junos} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := newEmulated(t, platform, longer)
			o := e.order()
			o.Intent, o.Prune = strings.Replace(e.intent, "vlan: 150", "vlan: 151", 1), true
			var steps []string
			r := runChild(t, o, nil, func(ev Event, _ func()) {
				if text, ok := strings.CutPrefix(ev.Text, "next: "); ok {
					steps = append(steps, text)
				}
			})
			if r.code != 0 || !slices.Equal(steps, []string{"er-lab.secondary", "er-lab.primary"}) {
				t.Errorf("exit code %d, steps %q:\n%s", r.code, steps, r.said)
			}
			if text := e.Running(); strings.Contains(text, ".150\n") || strings.Contains(text, "vlan-id 150") || strings.Count(text, "151") < 2 {
				t.Errorf("the router has\n%s", text)
			}
		})
	}
}

// A link that the intent shuts down is drained first, while its session is up. (Emulated.)
func TestStagesDrainAndShut(t *testing.T) {
	t.Parallel()
	e := newEmulated(t, confdiff.Junos, longer)
	o := e.order()
	o.Intent, o.Drain = strings.Replace(e.intent, "ipv4: 172.16.200.0/30}", "ipv4: 172.16.200.0/30, shutdown: true}", 1), true
	r := runChild(t, o, nil, nil)
	if text := e.Running(); r.code != 0 || !strings.Contains(text, "neighbor 172.16.200.2 shutdown\n") || strings.Contains(text, "local-preference 10\n") {
		t.Errorf("exit code %d:\n%s\n%s", r.code, r.said, text)
	}
}

// The link that carries nothing comes first, the secondary where both carry.
func TestLinksInOrder(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["dual-stack-one-ce"]
	usual, other := []plan.Position{plan.Secondary, plan.Primary}, []plan.Position{plan.Primary, plan.Secondary}
	for name, tt := range map[string]struct {
		down []int // links
		want []plan.Position
	}{"both carry": {nil, usual}, "the primary carries nothing": {[]int{0}, other}, "the secondary carries nothing": {[]int{1}, usual}, "neither carries": {[]int{0, 1}, usual}} {
		r := &p.Routers[0]
		x := &router{run: &Run{plan: p}, plan: r, before: newPerfect(p).facts(r)}
		for _, i := range tt.down {
			for _, s := range r.Links[i].Sessions {
				down(x.before.Peer(Neighbor{r.Links[i].VRF, s.Neighbor}))
			}
		}
		if got := x.inOrder([]int{0, 1}); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

// BFD comes softly on FRR, and ends the session when it goes: the undo of a change that
// gives it to both links would reset both at once, and so it goes link by link. Sessions
// that are down lose nothing.
func TestStagesOfTheWayBack(t *testing.T) {
	t.Parallel()
	p, configs := edgePlan(t, edgeIntent)
	_, without := edgePlan(t, resetIntent)
	r := &p.Routers[0]
	for _, up := range []bool{true, false} {
		x := &router{run: &Run{plan: p, oracle: newOracle(p)}, plan: r, before: newPerfect(p).facts(r)}
		x.job.Config, x.have = configs[0], readConfig(t, confdiff.FRR, without[0].Text)
		x.change = confdiff.Between(readConfig(t, confdiff.FRR, configs[0].Text), x.have, confdiff.Options{Intent: p.Name})
		if x.change.Worst() != confdiff.NoImpact || len(x.change.Commands) == 0 {
			t.Fatalf("BFD comes with %s:\n%s", x.change.Worst(), strings.Join(x.change.Commands, "\n"))
		}
		want := []string{"er-lab.secondary", "er-lab.primary"}
		if !up {
			want = []string{""}
			for i := range x.before.Peers {
				down(&x.before.Peers[i])
			}
		}
		stages, err := x.stages()
		if got := stageNames(stages); err != nil || !slices.Equal(got, want) {
			t.Fatalf("up %t: %q, %v, want %q", up, got, err, want)
		}
		if !up {
			continue
		}
		for i, d := range x.change.Differences {
			if primary := strings.HasSuffix(d.Object.Name, "172.16.200.2"); stages[0].leave(&x.change.Differences[i]) != primary {
				t.Errorf("%s: left for the second step: %t", d.Object, !primary)
			}
		}
	}
}

func stageNames(stages []stage) []string {
	var out []string
	for _, s := range stages {
		out = append(out, s.name)
	}
	return out
}

// Links whose sessions reset in one window are drained before that, all of them: those of
// both peerings of a circuit.
func TestStagesDrainAll(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["vrf-lite"]
	r := &p.Routers[0]
	platform, text := goldenConfig(t, "vrf-lite/ce1.ios-xe.cfg")
	x := &router{run: &Run{plan: p, oracle: newOracle(p)}, plan: r, before: newPerfect(p).facts(r)}
	x.run.options = Options{Drain: true, Render: func(p *plan.Plan) ([]artifact.Config, error) { return render.All(p, render.Options{}) }}
	x.job.Config = artifact.Config{Router: r.Name, Platform: platform, Text: text}
	x.change.Platform = platform
	statement := readConfig(t, platform, text).Statements[:1]
	for i := range r.Links {
		for _, s := range r.Links[i].Sessions {
			x.change.Differences = append(x.change.Differences, confdiff.Difference{Object: confdiff.Object{Kind: confdiff.Neighbor, Name: r.Links[i].VRF + " " + s.Neighbor.String()}, Missing: statement})
			x.change.Impacts = append(x.change.Impacts, confdiff.Impact{Class: confdiff.SessionReset})
		}
	}
	stages, err := x.stages()
	var want []string
	for _, position := range []string{"secondary", "primary"} {
		links := "er-oslo." + position + ", er-oslo.microsoft." + position
		want = append(want, "drain "+links, links, "end the drain of "+links)
	}
	if got := stageNames(stages); err != nil || !slices.Equal(got, want) {
		t.Fatalf("%q, %v, want %q", got, err, want)
	}
	for i := range r.Links {
		l := &r.Links[i]
		for _, s := range l.Sessions {
			prepends := func(r *plan.Router) int {
				at := slices.IndexFunc(r.Policies, func(pol plan.Policy) bool { return pol.Name == s.Export && pol.Family == s.Family })
				return len(r.Policies[at].Terms[0].Prepend)
			}
			if drained := prepends(stages[1].plan) > prepends(r); drained != (l.Position == plan.Secondary) {
				t.Errorf("the second step resets the secondary links, and %s.%s is drained: %t", l.Path, l.Position, drained)
			}
		}
	}
}

// A recovering is a router whose session comes up again at the third look.
type recovering struct {
	device
	up, down Facts
	looks    int
}

func (d *recovering) read(context.Context) (*standing, error) {
	return &standing{running: []byte("hostname ce1\n")}, nil
}

func (d *recovering) facts(context.Context, Question) (Facts, error) {
	if d.looks++; d.looks < 3 {
		return d.down, nil
	}
	return d.up, nil
}

// Before the step before a failed one is undone, the sessions that the failed one has reset
// are up again: they carry what the other link loses for a moment. One that does not come
// back keeps nobody waiting for ever.
func TestStepsWaitUp(t *testing.T) {
	t.Parallel()
	p, _ := edgePlan(t, edgeIntent)
	r := &p.Routers[0]
	for _, comes := range []bool{true, false} {
		d := &recovering{up: newPerfect(p).facts(r), down: newPerfect(p).facts(r)}
		down(&d.down.Peers[0])
		x := &router{run: &Run{plan: p, oracle: newOracle(p), limits: limits{grace: time.Minute, knockEvery: time.Millisecond}}, plan: r, before: d.up, device: d}
		x.job.Config.Platform = confdiff.FRR
		if !comes {
			d.up, x.run.limits.grace = d.down, 20*time.Millisecond
		}
		x.waitUp(t.Context())
		if comes && d.looks != 3 {
			t.Errorf("went on after %d looks", d.looks)
		}
	}
}
