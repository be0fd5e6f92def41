package ticket

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/pathtable"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
	"github.com/ercfg/ercfg/internal/sim"
)

func statement(path ...string) confdiff.Statement { return confdiff.Statement{Path: path} }

// keyed is a statement that holds a key.
func keyed(form confdiff.Form, value string, path ...string) confdiff.Statement {
	return confdiff.Statement{Path: path, Secret: confdiff.NewSecret(form, value)}
}

// iosChange has a difference of every form of IOS-XE: contexts that are shared,
// that are new and that are there; a key that differs and one that cannot be
// read.
func iosChange() *confdiff.Change {
	const bgp, family = "router bgp 65010", "address-family ipv4"
	return &confdiff.Change{
		Doubtful: []confdiff.Object{{Kind: confdiff.RouteMap, Name: "ACME-LAN|OUT"}},
		Platform: confdiff.IOSXE,
		Differences: []confdiff.Difference{
			{
				Object:  confdiff.Object{Kind: confdiff.PrefixList, Name: "ACME-CAMPUS"},
				Missing: []confdiff.Statement{statement("ip prefix-list ACME-CAMPUS seq 15 permit 10.2.0.0/16")},
				Extra:   []confdiff.Statement{statement("ip prefix-list ACME-CAMPUS seq 20 permit 10.9.0.0/16")},
			},
			{
				Object: confdiff.Object{Kind: confdiff.Neighbor, Name: "192.0.2.2"},
				Missing: []confdiff.Statement{
					statement(bgp, "neighbor 192.0.2.2 timers 10 30"),
					statement(bgp, family, "neighbor 192.0.2.2 activate"),
					statement(bgp, family, "neighbor 192.0.2.2 route-map ACME-IN in"),
					keyed(confdiff.Plain, "new-key", bgp, "neighbor 192.0.2.2 password "+confdiff.SecretMark),
				},
				Extra:   []confdiff.Statement{keyed(confdiff.Plain, "old-key", bgp, "neighbor 192.0.2.2 password "+confdiff.SecretMark)},
				Unknown: []confdiff.Statement{keyed(confdiff.Hashed, "hashed", bgp, "neighbor 192.0.2.2 other-password "+confdiff.SecretMark)},
			},
			{
				Object:  confdiff.Object{Kind: confdiff.Interface, Name: "TenGigabitEthernet0/0/1.100"},
				Missing: []confdiff.Statement{statement("interface TenGigabitEthernet0/0/1.100"), statement("interface TenGigabitEthernet0/0/1.100", "encapsulation dot1Q 100")},
			},
			{
				Object:  confdiff.Object{Kind: confdiff.RouteMap, Name: "ACME-IN"},
				Missing: []confdiff.Statement{statement("route-map ACME-IN permit 10", "set local-preference 200")},
			},
		},
		Impacts: []confdiff.Impact{
			{Class: confdiff.RouteRefresh, Reason: "routes are judged again", Evidence: "modelled", Then: []string{"clear ip bgp 192.0.2.2 soft out"}},
			{Class: confdiff.SessionReset, Reason: "the key of a session changes", Evidence: "Cisco documents `password`"},
			{Class: confdiff.NoImpact, Reason: "nothing refers to it yet", Evidence: "modelled"},
			{Class: confdiff.RouteRefresh, Reason: "routes are judged again", Evidence: "modelled", Then: []string{"clear ip bgp 192.0.2.2 soft out", "clear ip bgp 192.0.2.2 soft in"}},
		},
		Commands: []string{"ip prefix-list ACME-CAMPUS seq 15 permit 10.2.0.0/16", "router bgp 65010", " neighbor 192.0.2.2 password <env:ER_MD5>"},
		Undo:     []string{"no ip prefix-list ACME-CAMPUS seq 15", "router bgp 65010", " neighbor 192.0.2.2 password " + confdiff.KeptMark},
		Kept:     true,
	}
}

func junosChange() *confdiff.Change {
	inactive := statement("protocols", "bgp", "group", "ACME", "neighbor", "192.0.2.6")
	inactive.Inactive = true
	return &confdiff.Change{
		Platform: confdiff.Junos,
		Differences: []confdiff.Difference{
			{Object: confdiff.Object{Kind: confdiff.RouteMap, Name: "ACME-IN"}, Order: true},
			{Object: confdiff.Object{Kind: confdiff.Neighbor, Name: "192.0.2.6"}, Extra: []confdiff.Statement{inactive}, Missing: []confdiff.Statement{statement("protocols", "bgp", "group", "ACME", "neighbor", "192.0.2.6")}},
		},
		Impacts: []confdiff.Impact{
			{Class: confdiff.RouteRefresh, Reason: "routes are judged again", Evidence: "modelled"},
			{Class: confdiff.InterfaceBounce, Reason: "the unit changes its tag", Evidence: "Juniper documents it"},
		},
		Refused: "policy `ACME-IN` is referred to by `CORE`, which is not ours",
	}
}

// sameChange has a key that nobody can compare, and no difference.
func sameChange() *confdiff.Change {
	return &confdiff.Change{
		Platform:    confdiff.FRR,
		Differences: []confdiff.Difference{{Object: confdiff.Object{Kind: confdiff.Neighbor, Name: "192.0.2.10"}, Unknown: []confdiff.Statement{keyed(confdiff.Hashed, "x", "router bgp 65010", "neighbor 192.0.2.10 password "+confdiff.SecretMark)}}},
		Impacts:     []confdiff.Impact{{}},
	}
}

// prediction is a table of one statement.
func prediction() pathtable.Table {
	p := &plan.Plan{Name: "acme", Statements: []plan.Statement{{Name: "campus", Networks: []string{"campus"}, VNets: []string{"hub"}, Prefer: []string{"er-lon"}}}}
	leg := func(position plan.Position) sim.Leg {
		return sim.Leg{Path: "er-lon", Router: "ce1", Position: position}
	}
	both := sim.Result{Legs: []sim.Leg{leg(plan.Primary), leg(plan.Secondary)}}
	one := sim.Result{Legs: []sim.Leg{leg(plan.Secondary)}, Wait: sim.Wait{Max: 900 * time.Millisecond, By: "BFD"}}
	flow := func(r sim.Result) []*sim.Flow {
		return []*sim.Flow{{Statement: "campus", Family: plan.IPv4, To: r, From: r}}
	}
	down := sim.Failure{Kind: sim.LinkDown, Path: "er-lon", Position: plan.Primary, Name: "er-lon.primary"}
	return pathtable.New(p, &sim.Report{Plan: "acme", Outcomes: []sim.Outcome{
		{Flows: flow(both)},
		{Scenario: sim.Scenario{Failures: []sim.Failure{down}}, Flows: flow(one)},
	}})
}

func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	r, err := secret.ParseRef(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// full is a ticket with everything that a writer has to write: a router that
// differs, one that is refused, one that is the same, and one that was not
// compared.
func full(t testing.TB) Ticket {
	checks := []Check{{Command: "show bgp ipv4 unicast summary", Expect: []string{"`192.0.2.2` is Established with AS 12076", "as many prefixes as now"}, Why: "what is down before is no fault of this change"}, {Command: "show clock"}}
	config := func(name, platform string) artifact.Config {
		return artifact.Config{Router: name, Platform: platform, Name: name + "." + platform + ".cfg", Text: "! " + name + "\nrouter bgp 65010\n neighbor 192.0.2.2 password <env:ER_MD5>\n", Secrets: []secret.Ref{ref(t, "env:ER_MD5"), ref(t, "env:NOT_IN_THE_COMMANDS")}}
	}
	linux := config("ce4", "frr")
	linux.Companions = []artifact.File{{Name: "ce4.frr.daemons", Mode: 0o644, Text: "bgpd=yes\n"}}
	words := func(name string) ([]string, []string) {
		return []string{"The session to `192.0.2.2` of `" + name + "` goes down; `campus` moves to `er-lon.secondary` within 0.9 s."}, []string{"Type the commands back.", "Save with `write memory`."}
	}
	router := func(c artifact.Config, change *confdiff.Change) Router {
		interruption, rollback := words(c.Router)
		return Router{Name: c.Router, Platform: c.Platform, Config: c, Change: change, Pre: checks, Post: checks[:1], Interruption: interruption, Rollback: rollback}
	}
	return Ticket{
		Intent: "acme", Description: "London to Azure UK South", Reference: "CHG0042137", Owner: "network-operations@contoso.example", Compared: true,
		Summary: Summary{
			Change:     []string{"`ce1` changes: four objects, worst impact session reset."},
			Preferred:  []string{"`campus` reaches `hub` over `er-lon`."},
			Advertised: []string{"`10.2.0.0/16` goes to `er-lon`, on `er-lon.secondary` with `65010 65010` prepended."},
			Timers:     []string{"BFD sends every 300 ms and misses 3: a failure is seen after 0.9 s."},
			Failover:   []string{"Without `er-lon.primary`, `campus` moves to `er-lon.secondary`."},
		},
		Warnings: []string{"acme.yaml:4:2: warning: one circuit in one peering location [ER130]"},
		Paths:    prediction(),
		Order: []Step{
			{Router: "ce2", Links: []string{"er-lon.secondary"}, Wait: "nothing: this is the first step"},
			{Router: "ce1", Links: []string{"er-lon.primary", "er-ams.primary"}, Wait: "all checks after step 1 pass", Note: "both links of `er-ams` end here"},
		},
		Routers: []Router{
			router(config("ce1", confdiff.IOSXE), iosChange()), router(config("ce2", confdiff.Junos), junosChange()),
			router(config("ce3", confdiff.FRR), sameChange()), router(linux, nil),
		},
		Digests: Digests{Version: "v1.2.3", Intent: strings.Repeat("a1", 32), Templates: strings.Repeat("b2", 32), Running: map[string]string{"ce2": strings.Repeat("c4", 32), "ce1": strings.Repeat("c3", 32), "gone": strings.Repeat("d5", 32)}},
	}
}

// large is a ticket of n routers, every one as long as the longest of full.
func large(t testing.TB, n int) Ticket {
	ticket := full(t)
	one := ticket.Routers
	ticket.Routers = nil
	for i := range n {
		r := one[i%len(one)]
		r.Name = fmt.Sprintf("ce%d", i)
		r.Config.Text = strings.Repeat(r.Config.Text, 100)
		ticket.Routers = append(ticket.Routers, r)
	}
	return ticket
}
