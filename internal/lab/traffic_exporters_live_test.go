//go:build linux

package lab_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
	"github.com/ercfg/ercfg/internal/verify"
)

// exporter replaces what exports on a router: conf is a configuration of the program
// (of pmacct), argv its command, which goes into the background by itself. It
// is ready when there is the process, and for uacctd when the kernel knows it. A killed
// one leaves its NFLOG group, and the sockets of its captures, when the kernel gets to it:
// another would end where the group is still taken, after it has gone into the background.
func (f *flowTruth) exporter(router, conf string, argv ...string) {
	f.Helper()
	script := `for p in /proc/[0-9]*; do
	case $(readlink "$p/exe") in */uacctd | */pmacctd | */softflowd) kill -KILL "${p#/proc/}" ;; esac
done
while grep -q '^ *2055 ' /proc/net/netfilter/nfnetlink_log; do sleep 0.01; done
while grep -q ' 0003 ' /proc/net/packet; do sleep 0.01; done
printf '%s' "$1" >/run/exporter.conf
shift
exec "$@" </dev/null >/run/exporter.log 2>&1`
	n := f.l.Node(router)
	if _, err := n.Exec(f.Context(), append([]string{"/bin/sh", "-c", script, "sh", conf}, argv...)...); err != nil {
		log, _ := n.Exec(f.Context(), "cat", "/run/exporter.log")
		f.Fatalf("%v\n%s", err, log)
	}
	if argv[0] != "uacctd" {
		return
	}
	waitFor(f, time.Minute, "uacctd is ready", func() string {
		text, err := n.Exec(f.Context(), "cat", "/proc/net/netfilter/nfnetlink_log")
		if err != nil {
			f.Fatal(err)
		}
		if !strings.HasPrefix(strings.TrimSpace(text), "2055 ") {
			return text
		}
		return ""
	})
}

// captures waits until an exporter has packets of n interfaces captured: libpcap has a
// socket for each, of all protocols (ETH_P_ALL, packet(7)).
func (f *flowTruth) captures(router string, n int) {
	f.Helper()
	waitFor(f, time.Minute, "packets are captured", func() string {
		text, err := f.l.Node(router).Exec(f.Context(), "cat", "/proc/net/packet")
		if err != nil {
			f.Fatal(err)
		}
		if strings.Count(text, " 0003 ") < n {
			return text
		}
		return ""
	})
}

// exporterText is the configuration of uacctd that was rendered for a router.
func (f *flowTruth) exporterText(router string) string {
	f.Helper()
	text, err := f.l.Node(router).Exec(f.Context(), "cat", "/run/uacctd.conf")
	if err != nil {
		f.Fatal(err)
	}
	return text
}

// uacctd is a configuration of uacctd that tells of a flow two seconds after its
// last packet.
func uacctd(lines ...string) string {
	return strings.Join(append([]string{
		"daemonize: true", "uacctd_group: 2055", "uacctd_threshold: 1",
		"aggregate[x]: src_host, dst_host, src_port, dst_port, proto, tos, in_iface, out_iface",
	}, lines...), "\n") + "\n"
}

const quickTimeouts = "nfprobe_timeouts[x]: tcp=2:tcp.rst=2:tcp.fin=2:udp=2:icmp=2:general=2:maxlife=5:expint=1"

// What pmacct exports is understood in every protocol, and what it does not tell is not
// made up.
func TestFlowTruthExporters(t *testing.T) {
	t.Parallel()
	needExporter(t)
	f := newFlowTruth(t, exported(t, "02-dual-stack-one-ce", fmt.Sprintf(telemetry, "10.40.1.50", 1), nil))
	const receiver, source = "10.40.1.50:2055", "10.40.255.1"
	nfprobe := func(version, engine string) string {
		return uacctd("plugins: nfprobe[x]", "nfprobe_version[x]: "+version, "nfprobe_receiver[x]: "+receiver, "nfprobe_source_ip[x]: "+source, "nfprobe_engine[x]: "+engine, quickTimeouts)
	}
	// hidden says what an exporter cannot tell of, and has the rows of it be INSUFFICIENT.
	check := func(off float64, held int, hidden func(plan.Family, sim.Direction) bool) {
		t.Helper()
		run := truthRun{lossy: held > 0, hidden: func(k truthKey) bool { return hidden(k.family, k.direction) }}
		r, truth := f.verified(run)
		f.nearly(r[0], truth, off, held)
		if len(r[0].Judgements) != 4 {
			t.Errorf("%d rows, want four", len(r[0].Judgements))
		}
		for _, j := range r[0].Judgements {
			want := verify.Pass
			if hidden(j.Family, j.Direction) {
				want = verify.Insufficient
			}
			if j.Verdict != want {
				t.Errorf("%s %s: %s, want %s: %q", j.Family, j.Direction, j.Verdict, want, j.Reasons)
			}
		}
	}
	nothing := func(plan.Family, sim.Direction) bool { return false }

	f.Log("uacctd, NetFlow v9")
	f.exporter("ce1", nfprobe("9", "109"), "uacctd", "-f", "/run/exporter.conf")
	check(0, 0, nothing)

	f.Log("uacctd, NetFlow v5: it has no IPv6")
	f.exporter("ce1", nfprobe("5", "1:5"), "uacctd", "-f", "/run/exporter.conf")
	check(0, 0, func(family plan.Family, _ sim.Direction) bool { return family == plan.IPv6 })

	// Its lengths are those of frames, of 14 bytes more than the packet. Of 1,200 packets 1
	// to 6 were missing in the end, fewer than a datagram holds: it may wait for more.
	f.Log("uacctd, sFlow")
	f.exporter("ce1", uacctd("plugins: sfprobe[x]", "sfprobe_receiver[x]: "+receiver, "sfprobe_agentip[x]: "+source, "sampling_rate[x]: 1"), "uacctd", "-f", "/run/exporter.conf")
	check(0.02, 10, nothing)

	f.Log("pmacctd on both links, what leaves by them: nothing tells of the way back")
	var b strings.Builder
	for _, leg := range f.legs {
		fmt.Fprintf(&b, "ifindex=%d ifname=%s direction=out\n", f.number("ce1", leg.device), leg.device)
	}
	f.exporter("ce1", strings.Join([]string{
		"daemonize: true", "pcap_interfaces_map: /run/interfaces.map", "pcap_ifindex: map", "plugins: nfprobe[x]",
		"aggregate[x]: src_host, dst_host, src_port, dst_port, proto, tos, in_iface, out_iface",
		"nfprobe_version[x]: 10", "nfprobe_receiver[x]: " + receiver, "nfprobe_source_ip[x]: " + source, quickTimeouts,
	}, "\n")+"\n", "/bin/sh", "-c", `printf '%s' "$0" >/run/interfaces.map && exec pmacctd -f /run/exporter.conf`, b.String())
	f.captures("ce1", len(f.legs))
	check(0, 0, func(_ plan.Family, d sim.Direction) bool { return d == sim.FromAzure })
}

// number is the number of an interface.
func (f *flowTruth) number(router, name string) uint32 {
	f.Helper()
	for number, n := range f.interfaces[router] {
		if n == name {
			return number
		}
	}
	f.Fatalf("%s has no %s", router, name)
	return 0
}
