package push

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// edgeIntent is one router with both links of a circuit, as small as it can be.
const edgeIntent = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: lab-edge}
onprem:
  networks:
    campus: {prefixes: [10.40.0.0/14]}
azure:
  vnets:
    hub: {prefixes: [10.160.0.0/16], region: uksouth}
routers:
  ce1: {platform: frr, version: "8.4", asn: 65010, routerID: 10.40.255.1, loopback: {interface: lo, ipv4: 10.40.255.1/32}}
circuits:
  er-lab:
    model: exchange
    layer3: customer
    provider: Equinix
    location: London
    sku: standard
    bandwidth: 500Mbps
    private:
      vlan: 150
      primary:   {router: ce1, interface: eth1, ipv4: 172.16.200.0/30}
      secondary: {router: ce1, interface: eth2, ipv4: 172.16.200.4/30}
      timers: {keepalive: 10s, hold: 30s}
      bfd: {interval: 300ms, multiplier: 3}
traffic:
  - {name: campus-to-hub, onprem: [campus], azure: [hub], prefer: [er-lab]}
`

// An edge is a real FRR router with two links to a Microsoft edge, which is another
// FRR, and a station from which it is managed over SSH by a link of its own.
type edge struct {
	t                 *testing.T
	plan              *plan.Plan
	config            artifact.Config
	ce, msee, station *frrtest.Router
	dir               string // keys and files of the station
	hostKey           ssh.PublicKey
}

// edgePlan resolves an intent that has no findings of weight.
func edgePlan(t *testing.T, text string) (*plan.Plan, []artifact.Config) {
	t.Helper()
	doc, findings := intent.Parse([]intent.File{{Name: "intent.yaml", Data: []byte(text)}})
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	p, findings := plan.Resolve(doc, plan.Env{Today: time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC)})
	if p == nil {
		t.Fatal(findings)
	}
	configs, err := render.All(p, render.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p, configs
}

// newEdge starts the edge with its configuration as it is rendered, and waits until
// both sessions are up.
func newEdge(t *testing.T) *edge {
	t.Helper()
	frrtest.Need(t)
	if _, err := exec.LookPath("/usr/sbin/sshd"); err != nil {
		if os.Getenv("ERCFG_LAB") == "must" {
			t.Fatal(err)
		}
		t.Skip("no OpenSSH server: ", err)
	}
	p, configs := edgePlan(t, edgeIntent)
	n := frrtest.New(t)
	e := &edge{t: t, plan: p, config: configs[0], ce: n.Router("ce1"), msee: n.Router("msee"), station: n.Router("station"), dir: t.TempDir()}
	n.Link(e.ce, "eth1.150", e.msee, "primary")
	n.Link(e.ce, "eth2.150", e.msee, "secondary")
	n.Link(e.station, "mgmt", e.ce, "mgmt")
	for _, r := range []struct {
		router *frrtest.Router
		addr   string
	}{{e.station, "10.99.0.1/30"}, {e.ce, "10.99.0.2/30"}} {
		e.on(r.router, "ip", "address", "add", r.addr, "dev", "mgmt")
	}
	// A test that fills a disk fills a small one.
	e.on(e.ce, "sh", "-ec", "mount -o remount,size=16m /run; mount -o remount,size=8m /etc/frr")
	e.msee.Start(mseeText)
	e.ce.Start(e.config.Text)
	e.on(e.ce, "vtysh", "-c", "write memory")
	e.sshd()
	e.awaitSessions()
	return e
}

// mseeText is Microsoft's side: BFD, a VNet, the hold time of an MSEE.
const mseeText = `frr defaults traditional
hostname msee
no zebra nexthop kernel enable
service integrated-vtysh-config
!
ip route 10.160.0.0/16 blackhole 250
!
interface primary
 ip address 172.16.200.2/30
exit
!
interface secondary
 ip address 172.16.200.6/30
exit
!
router bgp 12076
 bgp router-id 203.0.113.1
 no bgp ebgp-requires-policy
 neighbor 172.16.200.1 remote-as 65010
 neighbor 172.16.200.1 bfd
 neighbor 172.16.200.1 bfd profile AZURE
 neighbor 172.16.200.1 timers 60 180
 neighbor 172.16.200.1 timers connect 2
 neighbor 172.16.200.5 remote-as 65010
 neighbor 172.16.200.5 bfd
 neighbor 172.16.200.5 bfd profile AZURE
 neighbor 172.16.200.5 timers 60 180
 neighbor 172.16.200.5 timers connect 2
 !
 address-family ipv4 unicast
  network 10.160.0.0/16
 exit-address-family
exit
!
bfd
 profile AZURE
 exit
 !
exit
!
`

// on runs a command on a router of the edge.
func (e *edge) on(r *frrtest.Router, argv ...string) string {
	e.t.Helper()
	out, err := r.Exec(context.WithoutCancel(e.t.Context()), argv...)
	if err != nil {
		e.t.Fatalf("%s: %v", r.Name, err)
	}
	return out
}

// sshd starts a real OpenSSH server on the router, with keys of its own. The station's
// key may log in as root, and so may the password in routerPassword.
func (e *edge) sshd() {
	e.t.Helper()
	for _, name := range []string{"host", "station"} {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			e.t.Fatal(err)
		}
		block, err := ssh.MarshalPrivateKey(private, "")
		if err != nil {
			e.t.Fatal(err)
		}
		key, err := ssh.NewPublicKey(public)
		if err != nil {
			e.t.Fatal(err)
		}
		if name == "host" {
			e.hostKey = key
			e.ce.WriteFile("/run/host_key", string(pem.EncodeToMemory(block)))
		} else {
			e.ce.WriteFile("/run/authorized_keys", string(ssh.MarshalAuthorizedKey(key)))
			e.write("id", pem.EncodeToMemory(block))
		}
	}
	e.write("known_hosts", []byte("10.99.0.2 "+string(ssh.MarshalAuthorizedKey(e.hostKey))))
	hash := strings.TrimSpace(e.on(e.ce, "openssl", "passwd", "-6", routerPassword))
	e.on(e.ce, "sh", "-ec", `mkdir -p /run/sshd; chmod 600 /run/host_key
sed "s|^root:[^:]*:|root:$1:|" /etc/shadow >/run/shadow; chmod 600 /run/shadow; mount --bind /run/shadow /etc/shadow
printf '%s\n' 'HostKey /run/host_key' 'AuthorizedKeysFile /run/authorized_keys' 'PermitRootLogin yes' 'UsePAM no' 'PidFile none' 'StrictModes no' 'ListenAddress 10.99.0.2' 'UseDNS no' 'SetEnv HOME=/run' >/run/sshd.conf # root's files for his shell are the machine's
/usr/sbin/sshd -f /run/sshd.conf </dev/null >/run/sshd.log 2>&1`, "sh", hash)
}

// otherKey is a host key that the router has not.
func (e *edge) otherKey() ssh.PublicKey {
	e.t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		e.t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		e.t.Fatal(err)
	}
	return key
}

const routerPassword = "Correct-horse-7"

// write puts a file of the station's.
func (e *edge) write(name string, text []byte) {
	e.t.Helper()
	if err := os.WriteFile(filepath.Join(e.dir, name), text, 0o600); err != nil {
		e.t.Fatal(err)
	}
}

// awaitSessions waits until both sessions are up, with BFD, and the VNet is there.
func (e *edge) awaitSessions() {
	e.t.Helper()
	frrtest.WaitFor(e.t, 2*time.Minute, "both sessions are up", func() (bool, string) {
		out := e.on(e.ce, "vtysh", "-c", "show bgp summary", "-c", "show bfd peers brief", "-c", "show bgp ipv4 unicast 10.160.0.0/16")
		return strings.Count(out, " up ") >= 2 && strings.Contains(out, "2 available"), out
	})
}

// running is the router's configuration, in an order of its own.
func (e *edge) running() string {
	e.t.Helper()
	return frrtest.Normalize(e.ce.RunningConfig())
}

// startup is the router's frr.conf.
func (e *edge) startup() string { return e.on(e.ce, "cat", "/etc/frr/frr.conf") }

// drops counts how often the router's sessions have gone down.
func (e *edge) drops() int {
	e.t.Helper()
	var all map[netip.Addr]struct{ ConnectionsDropped int }
	e.ce.VtyshJSON("show bgp neighbors json", &all)
	n := 0
	for _, s := range all {
		n += s.ConnectionsDropped
	}
	return n
}

// A direct runs commands on a router without SSH.
type direct struct{ router *frrtest.Router }

func (d direct) Close() error { return nil }

func (d direct) Exec(ctx context.Context, command string, stdin []byte) (Result, error) {
	cmd := d.router.Command(ctx, "sh", "-c", command)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &errs
	err := cmd.Run()
	if _, ok := err.(*exec.ExitError); err != nil && !ok {
		return Result{}, fmt.Errorf("%w: %w", errLost, err)
	}
	return Result{Stdout: out.Bytes(), Stderr: errs.Bytes(), Code: cmd.ProcessState.ExitCode()}, nil
}
