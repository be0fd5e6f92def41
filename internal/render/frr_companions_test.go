package render

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// linuxFiles renders the handmade FRR router, changed by change, and returns
// its files by what follows its name: .frr.conf, .frr.vlans.
func linuxFiles(t *testing.T, change func(*plan.Router)) map[string]string {
	t.Helper()
	p := handmade(t)
	p.Routers = p.Routers[slices.IndexFunc(p.Routers, func(r plan.Router) bool { return r.Platform == plan.FRR }):]
	change(&p.Routers[0])
	out := make(map[string]string)
	for _, c := range render(t, p, Options{}) {
		out[strings.TrimPrefix(c.Name, c.Router)] = c.Text
		for _, f := range c.Companions {
			out[strings.TrimPrefix(f.Name, c.Router)] = f.Text
		}
	}
	return out
}

func unchanged(*plan.Router) {}

// plain takes VRFs, tunnels and flow export away.
func plain(r *plan.Router) {
	r.VRFs, r.Tunnels, r.Routes, r.Flow = nil, nil, nil, plan.Flow{}
	r.Links = slices.DeleteFunc(r.Links, func(l plan.Link) bool { return l.VRF != "" })
	r.Origins = slices.DeleteFunc(r.Origins, func(o plan.Origination) bool { return o.VRF != "" })
	for i := range r.IBGP {
		r.IBGP[i].VPN = nil
	}
}

// onlyIPv4 takes every IPv6 session away.
func onlyIPv4(r *plan.Router) {
	for i := range r.Links {
		r.Links[i].Sessions = slices.DeleteFunc(r.Links[i].Sessions, func(s plan.Session) bool { return s.Family == plan.IPv6 })
	}
	r.IBGP = slices.DeleteFunc(r.IBGP, func(s plan.IBGP) bool { return s.Family == plan.IPv6 })
	for i := range r.VRFs {
		r.VRFs[i].Customers = slices.DeleteFunc(r.VRFs[i].Customers, func(c plan.Customer) bool { return c.Family == plan.IPv6 })
	}
}

// settings are the lines of a file without comments and empty ones.
func settings(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return line == "" || strings.HasPrefix(line, "#") })
}

// A router without an IPv6 session keeps its router advertisements, and one
// with VRFs keeps their sockets apart.
func TestSysctl(t *testing.T) {
	t.Parallel()
	ipv4 := []string{
		"net.ipv4.ip_forward = 1", "net.ipv4.conf.all.rp_filter = 2", "net.ipv4.conf.default.rp_filter = 2", "net.ipv4.fib_multipath_hash_policy = 1",
	}
	ipv6 := []string{"net.ipv6.fib_multipath_hash_policy = 1", "net.ipv6.conf.all.forwarding = 1"}
	vrfs := []string{"net.ipv4.tcp_l3mdev_accept = 0", "net.ipv4.udp_l3mdev_accept = 0"}
	for _, c := range []struct {
		name   string
		change func(*plan.Router)
		want   []string
	}{
		{"both families and VRFs", unchanged, slices.Concat(ipv4, ipv6, vrfs)},
		{"both families", plain, slices.Concat(ipv4, ipv6)},
		{"IPv4 and VRFs", onlyIPv4, slices.Concat(ipv4, vrfs)},
		{"IPv4 alone", func(r *plan.Router) { plain(r); onlyIPv4(r) }, ipv4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := linuxFiles(t, c.change)[".frr.sysctl"]
			if diff := cmp.Diff(c.want, settings(text)); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
			if got, want := strings.Contains(text, "accept_ra"), slices.Contains(c.want, ipv6[0]); got != want {
				t.Errorf("speaks of accept_ra: %v, want %v", got, want)
			}
		})
	}
}

// startLimit is how long FRR's start script and its daemons may take: two
// seconds on an idle machine.
const startLimit = 30 * time.Second

// FRR's own start script takes the daemons file as the whole file of a new
// router: what frr.conf needs runs, nothing else does, and no terminal is open
// to the network.
func TestDaemonsStart(t *testing.T) {
	t.Parallel()
	withoutBFD := func(r *plan.Router) {
		plain(r)
		r.Origins = slices.DeleteFunc(r.Origins, func(o plan.Origination) bool { return o.Protocol == "isis" || o.Protocol == "ospf" })
		for i := range r.Links {
			r.Links[i].BFD = plan.BFD{}
			for j := range r.Links[i].Sessions {
				r.Links[i].Sessions[j].BFD = plan.BFD{}
			}
		}
	}
	for _, c := range []struct {
		name   string
		change func(*plan.Router)
		want   []string
	}{
		{"with all it may need", unchanged, []string{"bfdd", "bgpd", "isisd", "ospf6d", "ospfd", "staticd", "watchfrr", "zebra"}},
		{"with BGP alone", withoutBFD, []string{"bgpd", "staticd", "watchfrr", "zebra"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			const script = "/usr/lib/frr/frrinit.sh"
			r := frrtest.New(t).Router("linux")
			r.WriteFile("/etc/frr/frr.conf", "hostname linux\nservice integrated-vtysh-config\n")
			r.WriteFile("/etc/frr/daemons", linuxFiles(t, c.change)[".frr.daemons"])
			if _, err := r.Exec(t.Context(), script, "start"); err != nil {
				t.Fatal(err)
			}
			// A daemon that has just been started may not have its PID file yet.
			var said string
			frrtest.WaitFor(t, startLimit, "every daemon runs", func() (bool, string) {
				var err error
				said, err = r.Exec(t.Context(), script, "status")
				return err == nil, said
			})
			var got []string
			for line := range strings.Lines(said) {
				if name, ok := strings.CutSuffix(strings.TrimRight(line, ".\n"), ": running"); ok {
					got = append(got, name[strings.LastIndex(name, " ")+1:])
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("daemons (-want +running):\n%s%s", diff, said)
			}
			listening, err := r.Exec(t.Context(), "ss", "-Hltn")
			if err != nil {
				t.Fatal(err)
			}
			terminals := 0
			for line := range strings.Lines(listening) {
				if words := strings.Fields(line); strings.Contains(words[3], ":26") {
					terminals++
					if !strings.HasPrefix(words[3], "127.0.0.1:") && !strings.HasPrefix(words[3], "[::1]:") {
						t.Errorf("a terminal listens on %s", words[3])
					}
				}
			}
			if terminals == 0 {
				t.Errorf("no terminal listens, so this proves nothing:\n%s", listening)
			}
		})
	}
}

// systemd reads the units without a complaint.
func TestUnits(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"vlans", "tunnels"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The script is not installed here.
			unit := strings.ReplaceAll(linuxFiles(t, unchanged)[".frr."+name+".service"], "=/usr/local/sbin/ercfg-"+name, "=/bin/true")
			file := filepath.Join(t.TempDir(), "ercfg-"+name+".service")
			if err := os.WriteFile(file, []byte(unit), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.CommandContext(t.Context(), "systemd-analyze", "verify", "--man=no", file).CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("systemd-analyze verify: %v: %s", err, out)
			}
		})
	}
}

// ipStub is ip as the script finds it. It refuses every command that begins
// like a line of /run/refuse. What the kernel does not have (a line of
// /run/missing), a veth stands in for, or a bridge for a VRF, and /run/is.NAME
// holds what the device would say of itself.
const ipStub = `#!/bin/sh
PATH=${PATH#/run/bin:}
while read -r words; do
	case "$*" in "$words"*) echo "RTNETLINK answers: Operation not supported" >&2; exit 2 ;; esac
done </run/refuse
missing() { grep -qx "$1" /run/missing; }
# made NAME PARENT TYPE WORDS
made() {
	ip link add "$1" ${index:+index "$index"} type "$3" && echo "$2 $4" >"/run/is.$1"
}
index=
case "$*" in *" index "*) index=${*##* index }; index=${index%% *} ;; esac
case "$*" in
"link add link "*" type vlan "*)
	missing vlan || exec ip "$@"
	ip link show dev "$4" >/dev/null || exit 1
	rest=${*##* type vlan }
	made "$6" "$4" veth "vlan $rest <REORDER_HDR>"
	;;
"link add "*" type vrf table "*)
	missing vrf || exec ip "$@"
	made "$3" "" bridge "vrf table ${*##* table } addrgenmode eui64"
	;;
"link add "*" type xfrm "*)
	missing xfrm || exec ip "$@"
	outside=NONE
	case "$*" in *" dev "*) outside=${*##* dev }; outside=${outside%% *}; ip link show dev "$outside" >/dev/null || exit 1 ;; esac
	made "$3" "$outside" veth "xfrm if_id $(printf '0x%x' "${*##* if_id }") addrgenmode none"
	;;
"-o -d link show dev "*)
	[ -e "/run/is.$6" ] || exec ip "$@"
	IFS=' ' read -r parent words <"/run/is.$6"
	case "$words" in
	table*) ip "$@" | sed "s/ bridge forward_delay / vrf $words bridge /" ;;
	*) ip "$@" | sed "s/: $6@[^:]*:/: $6@$parent:/; s/ veth / $words /" ;;
	esac
	;;
*) exec ip "$@" ;;
esac
`

// stubPath is where commands are on the router: the stub first.
const stubPath = "PATH=/run/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// A vlanBox is a Linux router with a script and the stub.
type vlanBox struct {
	t      *testing.T
	r      *frrtest.Router
	script string // vlans, tunnels
}

func newVLANBox(t *testing.T, script string, change func(*plan.Router), ports []string) vlanBox {
	t.Helper()
	n := frrtest.New(t)
	b := vlanBox{t, n.Router("linux"), script}
	n.StandIn(b.r, append([]string{"probe"}, ports...)...)
	b.r.WriteFile("/run/script", linuxFiles(t, change)[".frr."+script])
	b.r.WriteFile("/run/stub", ipStub)
	b.r.WriteFile("/run/refuse", "")
	if _, err := b.r.Exec(t.Context(), "install", "-D", "-m", "755", "/run/stub", "/run/bin/ip"); err != nil {
		t.Fatal(err)
	}
	missing := ""
	for _, probe := range []string{"link probe name probe.1 type vlan id 1", "probe.2 type vrf table 1234", "probe.3 type xfrm if_id 1234"} {
		argv := append([]string{"ip", "link", "add"}, strings.Fields(probe)...)
		if _, err := b.r.Exec(t.Context(), argv...); err != nil {
			missing += argv[slices.Index(argv, "type")+1] + "\n"
		}
	}
	t.Logf("stand-ins for what the kernel lacks: %q", missing)
	b.r.WriteFile("/run/missing", missing)
	return b
}

// ip runs ip with words, as the script would.
func (b vlanBox) ip(words string) string {
	b.t.Helper()
	out, err := b.r.Exec(b.t.Context(), append([]string{"env", stubPath, "ip"}, strings.Fields(words)...)...)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// run runs the script and returns its exit status and its own words on
// standard error, without those of ip.
func (b vlanBox) run() (int, []string) {
	b.t.Helper()
	_, err := b.r.Exec(b.t.Context(), "env", stubPath, "sh", "-c", "sh /run/script 2>/run/stderr")
	status := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		status = exit.ExitCode()
	} else if err != nil {
		b.t.Fatal(err)
	}
	stderr, err := b.r.Exec(b.t.Context(), "cat", "/run/stderr")
	if err != nil {
		b.t.Fatal(err)
	}
	var said []string
	for line := range strings.Lines(stderr) {
		if words, ok := strings.CutPrefix(strings.TrimSpace(line), "ercfg-"+b.script+": "); ok {
			said = append(said, words)
		}
	}
	if len(said) == 0 && stderr != "" {
		b.t.Errorf("standard error: %s", stderr)
	}
	return status, said
}

// runs runs the script twice and compares its faults with the wanted ones, of
// which any makes the exit status 1. It yields the name of each run, after which
// the caller looks at what the script has left.
func (b vlanBox) runs(faults []string) iter.Seq[string] {
	want := 0
	if len(faults) > 0 {
		want = 1
	}
	return func(yield func(string) bool) {
		b.t.Helper()
		for _, run := range []string{"first", "second"} {
			status, said := b.run()
			if diff := cmp.Diff(faults, said); diff != "" || status != want {
				b.t.Errorf("%s run: status %d, want %d; faults (-want +got):\n%s", run, status, want, diff)
			}
			if !yield(run) {
				return
			}
		}
	}
}

// devices says of each device that the script touches and that is there, ports
// too, what it is: "802.1Q 102 on wan0, MTU 1400, up".
func (b vlanBox) devices() map[string]string {
	b.t.Helper()
	out := make(map[string]string)
	all := b.ip("-o link show")
	for _, name := range []string{"enp1s0-x", "enp1s0-x.s900", "enp1s0-x.100", "enp1s0-x.101", "wan0", "wan0.102"} {
		if !strings.Contains(all, " "+name+"@") {
			continue
		}
		w := strings.Fields(b.ip("-o -d link show dev " + name))
		after := func(word string) string { return w[slices.Index(w, word)+1] }
		tag := "no VLAN"
		if at := slices.Index(w, "vlan"); at >= 0 {
			_, parent, _ := strings.Cut(strings.TrimSuffix(w[1], ":"), "@")
			tag = fmt.Sprintf("%s %s on %s", w[at+2], w[at+4], parent)
		}
		state := "down"
		if slices.Contains(strings.Split(strings.Trim(w[2], "<>"), ","), "UP") {
			state = "up"
		}
		out[name] = fmt.Sprintf("%s, MTU %s, %s", tag, after("mtu"), state)
	}
	return out
}

// with is the devices that all is well with, changed: "" is a device that is
// not there.
func with(changes map[string]string) map[string]string {
	out := map[string]string{
		"enp1s0-x":      "no VLAN, MTU 1504, up",
		"enp1s0-x.s900": "802.1Q 900 on enp1s0-x, MTU 1504, up",
		"enp1s0-x.100":  "802.1Q 100 on enp1s0-x.s900, MTU 1400, up",
		"enp1s0-x.101":  "802.1Q 101 on enp1s0-x.s900, MTU 1500, up",
		"wan0":          "no VLAN, MTU 1500, up",
		"wan0.102":      "802.1Q 102 on wan0, MTU 1400, up",
	}
	maps.Copy(out, changes)
	maps.DeleteFunc(out, func(_, is string) bool { return is == "" })
	return out
}

// The script makes what is missing, mends MTU and state, leaves what is another
// device alone, and goes on after a fault. A second run finds the same.
func TestVLANScript(t *testing.T) {
	t.Parallel()
	both := []string{"enp1s0-x", "wan0"}
	for _, c := range []struct {
		name    string
		ports   []string
		setup   []string // ip commands
		refuse  string   // beginning of the ip commands that fail
		faults  []string
		devices map[string]string
	}{
		{name: "new router", ports: both, devices: with(nil)},
		{
			name: "right tag, wrong MTU, down; the port's MTU is larger", ports: both, devices: with(map[string]string{"wan0": "no VLAN, MTU 9000, up"}),
			setup: []string{"link add link wan0 name wan0.102 type vlan protocol 802.1Q id 102", "link set dev wan0.102 mtu 1300", "link set dev wan0 mtu 9000 down"},
		},
		{
			name: "first port is missing", ports: []string{"wan0"},
			faults: []string{
				"enp1s0-x: no such port",
				"enp1s0-x.s900: left out, because enp1s0-x is not as it should be",
				"enp1s0-x.100: left out, because enp1s0-x.s900 is not as it should be",
				"enp1s0-x.101: left out, because enp1s0-x.s900 is not as it should be",
			},
			devices: with(map[string]string{"enp1s0-x": "", "enp1s0-x.s900": "", "enp1s0-x.100": "", "enp1s0-x.101": ""}),
		},
		{
			name: "first port takes no setting", ports: both, refuse: "link set dev enp1s0-x",
			faults: []string{
				"enp1s0-x: cannot be set to MTU 1504", "enp1s0-x: cannot be set up", "enp1s0-x.s900: cannot be set to MTU 1504 and up",
				"enp1s0-x.100: cannot be set to MTU 1400 and up", "enp1s0-x.101: cannot be set to MTU 1500 and up",
			},
			devices: with(map[string]string{
				"enp1s0-x": "no VLAN, MTU 1500, up", "enp1s0-x.s900": "802.1Q 900 on enp1s0-x, MTU 1500, down",
				"enp1s0-x.100": "802.1Q 100 on enp1s0-x.s900, MTU 1500, down", "enp1s0-x.101": "802.1Q 101 on enp1s0-x.s900, MTU 1500, down",
			}),
		},
		{
			name: "outer device cannot be made", ports: both, refuse: "link add link enp1s0-x name",
			faults: []string{
				"enp1s0-x.s900: cannot be made on enp1s0-x",
				"enp1s0-x.100: left out, because enp1s0-x.s900 is not as it should be",
				"enp1s0-x.101: left out, because enp1s0-x.s900 is not as it should be",
			},
			devices: with(map[string]string{"enp1s0-x.s900": "", "enp1s0-x.100": "", "enp1s0-x.101": ""}),
		},
		{
			name: "stale tag", ports: both, setup: []string{"link add link wan0 name wan0.102 type vlan protocol 802.1Q id 10", "link set dev wan0.102 mtu 1300"},
			faults:  []string{"wan0.102: is wan0.102@wan0 vlan protocol 802.1Q id 10; should be wan0.102@wan0 vlan protocol 802.1Q id 102; left as it is"},
			devices: with(map[string]string{"wan0.102": "802.1Q 10 on wan0, MTU 1300, down"}),
		},
		{
			name: "stale port", ports: both, setup: []string{"link add link enp1s0-x name wan0.102 type vlan protocol 802.1Q id 102"},
			faults:  []string{"wan0.102: is wan0.102@enp1s0-x vlan protocol 802.1Q id 102; should be wan0.102@wan0 vlan protocol 802.1Q id 102; left as it is"},
			devices: with(map[string]string{"wan0.102": "802.1Q 102 on enp1s0-x, MTU 1500, down"}),
		},
		{
			name: "stale EtherType", ports: both, setup: []string{"link add link enp1s0-x name enp1s0-x.s900 type vlan protocol 802.1ad id 900"},
			faults: []string{
				"enp1s0-x.s900: is enp1s0-x.s900@enp1s0-x vlan protocol 802.1ad id 900; should be enp1s0-x.s900@enp1s0-x vlan protocol 802.1Q id 900; left as it is",
				"enp1s0-x.100: left out, because enp1s0-x.s900 is not as it should be",
				"enp1s0-x.101: left out, because enp1s0-x.s900 is not as it should be",
			},
			devices: with(map[string]string{"enp1s0-x.s900": "802.1ad 900 on enp1s0-x, MTU 1500, down", "enp1s0-x.100": "", "enp1s0-x.101": ""}),
		},
		{
			name: "no VLAN device", ports: both, setup: []string{"link add wan0.102 type veth peer name other"},
			faults:  []string{"wan0.102: is wan0.102@other, no VLAN device; should be wan0.102@wan0 vlan protocol 802.1Q id 102; left as it is"},
			devices: with(map[string]string{"wan0.102": "no VLAN, MTU 1500, down"}),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := newVLANBox(t, "vlans", plain, c.ports)
			for _, words := range c.setup {
				b.ip(words)
			}
			b.r.WriteFile("/run/refuse", strings.TrimPrefix(c.refuse+"\n", "\n"))
			for run := range b.runs(c.faults) {
				if diff := cmp.Diff(c.devices, b.devices()); diff != "" {
					t.Errorf("%s run: devices (-want +got):\n%s", run, diff)
				}
			}
		})
	}
}
