package push

import (
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
	"github.com/ercfg/ercfg/internal/secret"
)

// emulatedIntent is edgeIntent for a platform that is emulated.
func emulatedIntent(platform string) string {
	if platform == confdiff.IOSXE {
		return strings.NewReplacer(`platform: frr, version: "8.4"`, `platform: ios-xe, version: "17.12"`, "interface: lo,", "interface: Loopback0,",
			"interface: eth1", "interface: TenGigabitEthernet0/0/1", "interface: eth2", "interface: TenGigabitEthernet0/0/2").Replace(edgeIntent)
	}
	return strings.NewReplacer(`platform: frr, version: "8.4"`, `platform: junos, version: "23.4", model: mx`, "interface: lo,", "interface: lo0,",
		"interface: eth1", "interface: xe-0/0/1", "interface: eth2", "interface: xe-0/0/2").Replace(edgeIntent)
}

// biggerIntentOf is biggerIntent for a platform.
func biggerIntentOf(intent string) string {
	return strings.NewReplacer("[10.160.0.0/16]", "[10.160.0.0/16, 10.161.0.0/16]", "London", "Slough").Replace(intent)
}

// An emulated subject is a router that imitates a platform. Its minute takes as long
// as the undo of an order.
type emulated struct {
	*emulator.Router
	t        *testing.T
	name     string // confdiff's
	intent   string
	dir      string
	old, new confdiff.Config
	options  emulator.Options
	runs     int
}

const emulatedPassword = "Correct-horse-7"

// newEmulated starts a router with the configuration as it is rendered.
func newEmulated(t *testing.T, platform string, change func(*emulator.Options)) *emulated {
	t.Helper()
	e := &emulated{t: t, name: platform, intent: emulatedIntent(platform), dir: t.TempDir()}
	_, before := edgePlan(t, e.intent)
	_, after := edgePlan(t, biggerIntentOf(e.intent))
	read := func(text string) confdiff.Config {
		c, err := confdiff.Read(platform, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	offers := []emulator.Offer{{Prefix: netip.MustParsePrefix("10.160.0.0/16"), ASPath: []uint32{12076}}}
	e.options = emulator.Options{
		Platform: platform, Name: "ce1", Running: before[0].Text, User: "netops", Password: emulatedPassword, Minute: 12 * time.Second, Settle: time.Second,
		Offers: map[netip.Addr][]emulator.Offer{netip.MustParseAddr("172.16.200.2"): offers, netip.MustParseAddr("172.16.200.6"): offers},
	}
	if change != nil {
		change(&e.options)
	}
	e.start()
	e.old = read(e.Running())
	wanted, err := confdiff.Apply(e.old, confdiff.Between(read(after[0].Text), e.old, confdiff.Options{Intent: "lab-edge"}).Commands)
	if err != nil {
		t.Fatal(err)
	}
	e.new = wanted
	return e
}

// target is the way to the router.
func (e *emulated) target() Target {
	in := e.order().Targets[0]
	return Target{Router: "ce1", Platform: e.name, Host: in.Host, Port: in.Port, User: in.User, Password: secret.NewValue(in.Password),
		KnownHosts: []string{in.KnownHosts}, Timeout: 3 * patience}
}

// start starts the router, on a new port.
func (e *emulated) start() {
	e.t.Helper()
	r, err := emulator.Start(e.options)
	if err != nil {
		e.t.Fatal(err)
	}
	e.Router = r
	e.t.Cleanup(r.Close)
	if e.options.Faults.Privilege > 0 {
		return // it shows nothing
	}
	q := Question{Neighbors: []Neighbor{{Addr: netip.MustParseAddr("172.16.200.2")}, {Addr: netip.MustParseAddr("172.16.200.6")}}}
	d := e.device()
	defer d.close()
	waitFor(e.t, 3*patience, "both sessions are up", func() bool {
		f, err := d.facts(e.t.Context(), q)
		if err != nil {
			e.t.Fatal(err)
		}
		return !slices.ContainsFunc(q.Neighbors, func(n Neighbor) bool { p := f.Peer(n); return p == nil || p.State != Established || len(p.Routes) == 0 })
	})
}

// device is a session of the test's own.
func (e *emulated) device() device {
	e.t.Helper()
	conn, err := Dial(e.t.Context(), e.target(), NewTranscript(io.Discard, nil))
	if err != nil {
		e.t.Fatal(err)
	}
	var d device
	if e.name == confdiff.IOSXE {
		d, err = newIOSXE(e.t.Context(), conn, "netops")
	} else {
		d, err = newJunos(e.t.Context(), conn, "netops")
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return d
}

func (e *emulated) platform() string {
	return map[string]string{confdiff.IOSXE: "IOS-XE, emulated", confdiff.Junos: "Junos, emulated"}[e.name]
}

func (e *emulated) order() order {
	e.t.Helper()
	host, port, err := net.SplitHostPort(e.Addr())
	if err != nil {
		e.t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		e.t.Fatal(err)
	}
	known := filepath.Join(e.dir, "known_hosts")
	e.write(known, "["+host+"]:"+port+" "+string(ssh.MarshalAuthorizedKey(e.HostKey())))
	e.runs++
	return order{
		Run: NewRunID(time.Now(), strings.NewReader("abcd")) + "-" + strconv.Itoa(e.runs), Dir: filepath.Join(e.dir, "state"),
		Intent: biggerIntentOf(e.intent), Verb: "push",
		Targets: []orderTarget{{Router: "ce1", Host: host, Port: number, User: "netops", Password: emulatedPassword, KnownHosts: known}},
		// The undo of Junos comes half a minute of the router's late.
		Undo: e.options.Minute * 3 / 2, Grace: 20 * time.Second, TestFor: max(11*time.Second, e.options.Minute/2),
	}
}

func (e *emulated) write(name, text string) {
	e.t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		e.t.Fatal(err)
	}
}

func (e *emulated) enter() func(argv ...string) *exec.Cmd { return nil }
func (e *emulated) cut()                                  { e.Cut() }
func (e *emulated) heal()                                 { e.Heal() }

func (e *emulated) has() (running, startup string) {
	e.t.Helper()
	name := func(text string) string {
		c, err := confdiff.Read(e.name, []byte(text))
		if err != nil {
			return err.Error()
		}
		if len(statementsApart(c, e.old)) == 0 {
			return "old"
		}
		if len(statementsApart(c, e.new)) == 0 {
			return "new"
		}
		return text
	}
	if e.name == confdiff.Junos { // a commit is the startup configuration
		is := name(e.Running())
		return is, is
	}
	return name(e.Running()), name(e.Startup())
}

// pending asks the router by its own words, on a session of the test's.
func (e *emulated) pending() bool {
	e.t.Helper()
	d := e.device()
	defer d.close()
	p, err := d.pending(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	return p != nil
}

// reset starts another router: an emulated one costs nothing.
func (e *emulated) reset() {
	e.Close()
	e.start()
}

// Whatever happens to a push, and when: the router ends with the old configuration or
// the new one. The router is emulated.
func TestEmulatedFaults(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{confdiff.IOSXE, confdiff.Junos} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			var b table
			t.Run("faults", func(t *testing.T) {
				for _, f := range faults() {
					for _, m := range moments() {
						t.Run(f.name+"/"+m.name, func(t *testing.T) {
							t.Parallel()
							var change func(*emulator.Options)
							switch m.phase { // to which a push comes before its undo does
							case Prove, Confirm:
								change = longer
							case Save:
								change = patiently
							}
							b.add(playCell(t, newEmulated(t, platform, change), m, f))
						})
					}
				}
			})
			b.compare(t, platform)
		})
	}
}

// A good change of an emulated router, from end to end.
func TestEmulatedPush(t *testing.T) {
	t.Parallel()
	for _, platform := range []string{confdiff.IOSXE, confdiff.Junos} {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			e := newEmulated(t, platform, patiently)
			o := e.order()
			o.DryRun = true
			if r := runChild(t, o, nil, nil); r.code != 2 {
				t.Errorf("dry run: exit code %d:\n%s", r.code, r.said)
			}
			if running, startup := e.has(); running != "old" || startup != "old" {
				t.Error("the dry run has changed the router")
			}
			sentGolden(t, o, platform, "dry-run")
			for _, line := range e.Log() {
				if platform == confdiff.IOSXE && (!strings.HasPrefix(line, "exec: ") || strings.HasPrefix(line, "exec: conf")) {
					t.Errorf("the dry run has typed %q", line)
				}
			}
			o = e.order()
			if r := runChild(t, o, nil, nil); r.code != 0 {
				t.Fatalf("exit code %d:\n%s", r.code, r.said)
			}
			if running, startup := e.has(); running != "new" || startup != "new" {
				t.Errorf("running %s, startup %s", running, startup)
			}
			sentGolden(t, o, platform, "push")
		})
	}
}
