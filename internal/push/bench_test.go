package push

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/fleet"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/push/emulator"
	"github.com/ercfg/ercfg/internal/render"
	"github.com/ercfg/ercfg/internal/secret"
)

// fleetIntent is a fleet of IOS-XE and Junos, and the same with a prefix more in each
// VNet.
func fleetIntent(circuits int) (before, after string) {
	before = strings.NewReplacer("platform: frr\n    version: \"8.4\"", "platform: ios-xe\n    version: \"17.12\"",
		"interface: lo,", "interface: Loopback0,", "interface: eth1,", "interface: TenGigabitEthernet0/0/1,").Replace(string(fleet.Intent(circuits)))
	after = before
	for i := range circuits {
		name := fmt.Sprintf("    vnet-%d: {prefixes: [", i)
		after = strings.Replace(after, name, name+fmt.Sprintf("10.%d.%d.0/24, ", 192+i>>8, i&255), 1)
	}
	return before, after
}

func fleetPlan(b *testing.B, text string) (*plan.Plan, []artifact.Config) {
	b.Helper()
	doc, found := intent.Parse([]intent.File{{Name: "fleet.yaml", Data: []byte(text)}})
	if found.HasErrors() {
		b.Fatal(found)
	}
	p, found := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)})
	if p == nil {
		b.Fatal(found)
	}
	configs, err := render.All(p, render.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return p, configs
}

// BenchmarkPush200 changes 200 emulated routers, 64 at a time, each answer 50 ms late:
// what it takes, and the memory of the process, the emulators in it.
func BenchmarkPush200(b *testing.B) {
	before, after := fleetIntent(100)
	old, running := fleetPlan(b, before)
	p, configs := fleetPlan(b, after)
	read := func(secret.Ref) (secret.Value, error) { return secret.NewValue("Er9Key9Lab9"), nil }
	secrets, err := NewSecrets(configs[0].Secrets, read)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		b.StopTimer()
		dir := b.TempDir()
		var jobs []Job
		for i, c := range configs {
			jobs = append(jobs, Job{Config: c, Target: fleetRouter(b, old, &old.Routers[i], secrets.Fill(running[i].Text), filepath.Join(dir, c.Router))})
		}
		store := &Store{Dir: dir}
		journal, err := store.Create(Header{Run: "bench", Time: time.Now(), Intent: p.Name})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		r, err := New(p, jobs, secrets, store, journal, Options{Run: "bench", Concurrency: 64, RevertAfter: 5 * time.Minute, TestFor: 2 * time.Minute}, nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range r.Survey(b.Context()) {
			if s.Err != nil {
				b.Fatal(s.Router, s.Err)
			}
		}
		surveyed := b.Elapsed()
		for _, report := range r.Apply(b.Context()) {
			if report.Outcome != Changed {
				b.Fatalf("%s: %s: %s", report.Router, report.Outcome, report.Err)
			}
		}
		if err := r.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(surveyed.Seconds(), "survey-s")
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.Sys)/(1<<20), "MiB")
		_ = journal.Close()
	}
}

// fleetRouter starts the emulation of a router, and says how it is reached.
func fleetRouter(b *testing.B, p *plan.Plan, r *plan.Router, running, dir string) Target {
	b.Helper()
	offers := make(map[netip.Addr][]emulator.Offer)
	for i := range r.Links {
		for _, s := range r.Links[i].Sessions {
			for _, o := range p.OffersOn(&r.Links[i]) {
				if plan.FamilyOf(o.Prefix.Addr()) == s.Family {
					offers[s.Neighbor] = append(offers[s.Neighbor], emulator.Offer{Prefix: o.Prefix, ASPath: []uint32{12076}})
				}
			}
		}
	}
	e, err := emulator.Start(emulator.Options{Platform: r.Platform.String(), Name: r.Name, Running: running, User: "netops", Password: emulatedPassword,
		Latency: 50 * time.Millisecond, Offers: offers})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	host, port, err := net.SplitHostPort(e.Addr())
	if err != nil {
		b.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		b.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	return Target{Router: r.Name, Platform: r.Platform.String(), Host: host, Port: number, User: "netops", Password: secret.NewValue(emulatedPassword),
		KnownHosts: []string{filepath.Join(dir, "known_hosts")}, TrustNew: true, Timeout: 20 * time.Second}
}
