package render_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
	"github.com/ercfg/ercfg/internal/twin"
)

// key is the value that a secret has in the laboratory: letters and digits, as
// Azure takes them, and another one for every reference.
func key(ref secret.Ref) string {
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, ref.String())
	return name[:min(len(name), 25)]
}

// withSecrets is the text of an artifact with the keys in their places.
func withSecrets(c artifact.Config) string {
	text := c.Text
	for _, ref := range c.Secrets {
		text = strings.ReplaceAll(text, ref.Placeholder(), key(ref))
	}
	return text
}

// Every FRR text passes vtysh, names nothing that it does not define, is what
// real daemons print back after they have loaded it, and leaves frr-reload.py
// nothing to do. Devices and VRFs are stand-ins: see standIns.
func TestFRRLoads(t *testing.T) {
	t.Parallel()
	frrtest.NeedVtysh(t)
	for _, s := range subjectsOn(t, plan.FRR) {
		p := s.on(t, plan.FRR)
		for i, c := range configs(t, p) {
			// As many at a time as the test binary runs in parallel: by default
			// one for each processor.
			t.Run(s.name+"/"+c.Router, func(t *testing.T) {
				t.Parallel()
				conf := withSecrets(c)
				if said := frrtest.SyntaxCheck(t, conf); said != "" {
					t.Errorf("vtysh -C: %s", said)
				}
				if d, err := read(c); err != nil {
					t.Error(err)
				} else if names := d.undefined(); len(names) > 0 {
					t.Errorf("used and not defined: %q", names)
				}

				loads(t, &p.Routers[i], conf)
			})
		}
	}
}

// loads starts real daemons with conf, r's text: they print it back, and
// frr-reload.py finds nothing to do.
func loads(t *testing.T, r *plan.Router, conf string) {
	t.Helper()
	n := frrtest.New(t)
	router := n.Router(r.Name)
	standIns(n, router, r)
	conf = router.InVRFs(conf)
	router.Start(conf)
	if diff := cmp.Diff(frrtest.Normalize(conf), frrtest.Normalize(router.RunningConfig())); diff != "" {
		t.Errorf("running-config (-file +daemon):\n%s", diff)
	}
	if toDelete, toAdd, rc := router.Reload(conf, true); len(toDelete)+len(toAdd) > 0 || rc != 0 {
		t.Errorf("frr-reload.py plans, rc %d: to delete %q, to add %q", rc, toDelete, toAdd)
	}
}

// standIns gives r the devices of its plan, each in its VRF: a veth stands in for
// a VLAN device, which not every kernel has, and for a tunnel, and a namespace
// for a VRF.
func standIns(n *frrtest.Net, r *frrtest.Router, p *plan.Router) {
	for i := range p.VRFs {
		r.VRF(p.VRFs[i].Name)
	}
	add := func(name, vrf string) {
		n.StandIn(r, name)
		if vrf != "" {
			r.Enslave(name, vrf)
		}
	}
	for _, l := range p.Links {
		add(l.Subinterface(), l.VRF)
	}
	for _, t := range p.Tunnels {
		add(t.Interface, t.VRF)
	}
}

// convergence is how long a network may take until all of it is as planned. On
// an idle machine it takes ten seconds; the laboratory's machines are shared.
const convergence = 2 * time.Minute

// settling is how long a network that is as planned is left alone before it is
// looked at once more: a route too many may come after all that are expected.
const settling = 2 * time.Second

// Real routers with our texts, and Microsoft's on the other side, do what the
// plan says: sessions, timers, BFD, every route both ways and nothing else.
func TestSessions(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"01-two-ce-private",    // MD5; a link on each of two routers, equal over iBGP
		"02-dual-stack-one-ce", // both links on one router; IPv6; a 32-bit AS number
		"standby-circuit",      // three routers; a worse circuit
		"more-specifics",       // halves on the better circuit
		"two-homes",            // two statements that want the opposite
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, subjectNamed(t, name).on(t, plan.FRR))
			l.start()
			l.await()
		})
	}
}

// A drained link has no session and keeps its interface; everything goes over
// the other one.
func TestDrainedLink(t *testing.T) {
	t.Parallel()
	doc := subjectNamed(t, "02-dual-stack-one-ce").document(t)
	twin.Document(doc, plan.FRR)
	link := doc.Intent.Circuits[0].Value.Private.Secondary
	link.Shutdown = intent.At[bool]{V: true, Pos: link.Pos}
	l := newLab(t, planOf(t, doc))
	l.start()
	l.await()
	for _, link := range l.plan.Routers[0].Links {
		out := run(t, l.routers[l.plan.Routers[0].Name], "ip", "-oneline", "link", "show", "dev", link.Subinterface())
		if !strings.Contains(out, "state UP") {
			t.Errorf("%s is not up: %s", link.Subinterface(), out)
		}
	}
}

// What an operator will see one day, with example 02, both links on one router:
// Microsoft drains the primary link before maintenance and brings it back; then
// the provider loses the primary link in silence.
func TestDrills(t *testing.T) {
	t.Parallel()
	l := newLab(t, subjectNamed(t, "02-dual-stack-one-ce").on(t, plan.FRR))
	provider := l.provider()
	l.start()
	l.await()
	r := &l.plan.Routers[0]
	router := l.routers[r.Name]
	at := slices.IndexFunc(r.Links, func(link plan.Link) bool { return link.Position == plan.Primary })
	primary := r.Links[at]
	edge := l.edges[primary.Origin]

	// Everything but the primary link, in the FIB.
	drained := l.plannedWithout(r, primary)
	sends := func(want map[netip.Prefix][]string) func() (bool, string) {
		return func() (bool, string) {
			diff := diffPrefixes(want, forwarded(router))
			return diff == "", diff
		}
	}

	drain := strings.TrimSpace(strings.Repeat(expressroute.MicrosoftASN.String()+" ", 8))
	configure(t, edge, "route-map OUT permit 10", "set as-path prepend "+drain)
	frrtest.WaitFor(t, convergence, "Microsoft drains the primary link: all by the secondary", sends(drained))
	configure(t, edge, "route-map OUT permit 10", "no set as-path prepend")
	frrtest.WaitFor(t, convergence, "Microsoft brings the primary link back: both links", sends(l.plannedInterfaces(r)))

	// From here on the provider forwards nothing on the primary link, and both
	// ends keep their carrier. IPv6 has no BFD and waits for its hold time.
	lost := time.Now()
	run(t, provider, "ip", "link", "set", edgePort(edge), "nomaster")
	for prefix := range drained {
		if plan.FamilyOf(prefix.Addr()) == plan.IPv6 {
			drained[prefix] = l.plannedInterfaces(r)[prefix]
			continue
		}
		// The kernel answers in a few milliseconds, FRR in a few hundred.
		run(t, router, "timeout", "20", "sh", "-c", `while ip route show "$1" | grep -qF "dev $2"; do sleep 0.02; done`, "sh", prefix.String(), primary.Subinterface())
	}
	took := time.Since(lost)
	t.Logf("silent loss of the primary link: IPv4 by the secondary after %v", took.Round(10*time.Millisecond))
	if took > blackhole {
		t.Errorf("IPv4 left a dead link after %v, want %v at most", took, blackhole)
	}
	if _, diff := sends(drained)(); diff != "" {
		t.Errorf("after the loss (-want +FIB):\n%s", diff)
	}
	if out := run(t, router, "ip", "-oneline", "link", "show", "dev", primary.Subinterface()); !strings.Contains(out, "LOWER_UP") {
		t.Errorf("the carrier is gone, so BFD has proved nothing: %s", out)
	}
}

// A link that loses its carrier and gets it back carries its share again. The
// kernel is asked, not FRR, which shows its groups of next hops as it has made
// them and not as Linux has left them.
func TestDrillsCarrier(t *testing.T) {
	t.Parallel()
	l := newLab(t, subjectNamed(t, "02-dual-stack-one-ce").on(t, plan.FRR))
	provider := l.provider()
	l.start()
	l.await()
	r := &l.plan.Routers[0]
	router := l.routers[r.Name]
	both, other := l.plannedInterfaces(r), l.plannedWithout(r, r.Links[0])

	run(t, provider, "ip", "link", "set", providerPort(1), "down")
	frrtest.WaitFor(t, convergence, "no carrier: all by the other link", func() (bool, string) {
		diff := diffPrefixes(other, kernelSends(t, router, other)) + diffPrefixes(other, forwarded(router))
		return diff == "", diff
	})
	run(t, provider, "ip", "link", "set", providerPort(1), "up")
	l.await()
	if diff := diffPrefixes(both, kernelSends(t, router, both)); diff != "" {
		t.Errorf("the link and its sessions are back, and FRR uses both links (-want +kernel):\n%s", diff)
	}
}

// plannedWithout is plannedInterfaces once link, one of two that carry
// everything, carries nothing.
func (l *lab) plannedWithout(r *plan.Router, link plan.Link) map[netip.Prefix][]string {
	l.t.Helper()
	out := l.plannedInterfaces(r)
	for prefix, devices := range out {
		out[prefix] = slices.DeleteFunc(slices.Clone(devices), func(d string) bool { return d == link.Subinterface() })
		if len(out[prefix]) != 1 || len(devices) != 2 {
			l.t.Fatalf("the plan sends %s out of %q: this proves nothing", prefix, devices)
		}
	}
	return out
}

// kernelSends asks a router's kernel for the interfaces by which it sends to each
// of the prefixes, sorted.
func kernelSends[V any](t testing.TB, r *frrtest.Router, prefixes map[netip.Prefix]V) map[netip.Prefix][]string {
	t.Helper()
	type hop struct{ Dev string }
	out := make(map[netip.Prefix][]string)
	for prefix := range prefixes {
		family := "-4"
		if plan.FamilyOf(prefix.Addr()) == plan.IPv6 {
			family = "-6"
		}
		var routes []struct {
			hop      // of a route that has one only
			Nexthops []hop
		}
		text := run(t, r, "ip", "-json", family, "route", "show", prefix.String(), "proto", "bgp")
		if err := json.Unmarshal([]byte(text), &routes); err != nil {
			t.Fatalf("%s: %v: %s", r.Name, err, text)
		}
		for _, route := range routes {
			if len(route.Nexthops) == 0 {
				route.Nexthops = []hop{route.hop}
			}
			for _, h := range route.Nexthops {
				out[prefix] = append(out[prefix], h.Dev)
			}
		}
		slices.Sort(out[prefix])
	}
	return out
}

// blackhole is how long our sending direction may be lost when a link dies in
// silence: BFD takes 900 ms, the hold timer 40 s at least, and the laboratory's
// machines are shared.
const blackhole = 10 * time.Second

// provider puts a bridge of one namespace into the middle of every link, so
// that a link can die without either end losing its carrier.
func (l *lab) provider() *frrtest.Router {
	p := l.net.Router("provider")
	links := 0
	l.join = func(a *frrtest.Router, ifA string, edge *frrtest.Router, ifB string) {
		links++
		ours, bridge := providerPort(links), fmt.Sprintf("bridge%d", links)
		l.net.Link(a, ifA, p, ours)
		l.net.Link(edge, ifB, p, edgePort(edge))
		run(l.t, p, "ip", "link", "add", bridge, "type", "bridge")
		run(l.t, p, "ip", "link", "set", ours, "master", bridge)
		run(l.t, p, "ip", "link", "set", edgePort(edge), "master", bridge)
		run(l.t, p, "ip", "link", "set", bridge, "up")
	}
	return p
}

// providerPort is the provider's port to our end of a link. Links count from 1,
// router by router in the order of the plan.
func providerPort(link int) string { return fmt.Sprintf("ce%d", link) }

// edgePort is the provider's port to an edge router.
func edgePort(edge *frrtest.Router) string { return "to-" + edge.Name }

// run runs a command that cannot fail.
func run(t testing.TB, r *frrtest.Router, argv ...string) string {
	t.Helper()
	out, err := r.Exec(t.Context(), argv...)
	if err != nil {
		t.Fatalf("%s: %v", r.Name, err)
	}
	return out
}

// configure changes an edge router's policy and sends its routes anew.
func configure(t testing.TB, r *frrtest.Router, lines ...string) {
	t.Helper()
	argv := []string{"vtysh", "-c", "configure terminal"}
	for _, line := range append(lines, "end", "clear bgp * soft out") {
		argv = append(argv, "-c", line)
	}
	run(t, r, argv...)
}

// await waits until the whole network is as planned, and sees that it stays so.
func (l *lab) await() {
	l.t.Helper()
	frrtest.WaitFor(l.t, convergence, "as planned", func() (bool, string) {
		d := l.deviation()
		return d == "", d
	})
	time.Sleep(settling)
	if d := l.deviation(); d != "" {
		l.t.Error("as planned, and then not: " + d)
	}
}

// deviation describes the first router that is not as planned; "" is none.
func (l *lab) deviation() string {
	for i := range l.plan.Routers {
		r := &l.plan.Routers[i]
		if diff := diffAddrs(plannedSessions(r), sessions(l.routers[r.Name])); diff != "" {
			return r.Name + ": sessions (-plan +router):\n" + diff
		}
		if diff := diffPrefixes(l.plannedPaths(r), received(l.routers[r.Name])); diff != "" {
			return r.Name + ": received (-plan +router):\n" + diff
		}
		if diff := diffPrefixes(l.plannedInterfaces(r), forwarded(l.routers[r.Name])); diff != "" {
			return r.Name + ": forwarded (-plan +router):\n" + diff
		}
		for _, link := range r.Links {
			if diff := diffPrefixes(plannedAtEdge(r, link), received(l.edges[link.Origin])); diff != "" {
				return link.Origin + ": received by the edge router (-plan +router):\n" + diff
			}
		}
	}
	return ""
}

// diffPrefixes and diffAddrs compare maps whose keys cmp cannot look into.
func diffPrefixes[V any](want, got map[netip.Prefix]V) string {
	return cmp.Diff(byText(want), byText(got))
}

func diffAddrs[V any](want, got map[netip.Addr]V) string {
	return cmp.Diff(byText(want), byText(got))
}

func byText[K interface {
	comparable
	fmt.Stringer
}, V any](m map[K]V) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k.String()] = fmt.Sprintf("%+v", v)
	}
	return out
}
