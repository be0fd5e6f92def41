//go:build linux

package lab

import (
	"fmt"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/expressroute"
	"github.com/ercfg/ercfg/internal/secret"
)

// Files of BIRD on an MSEE: its own, as it has no access to FRR's.
const (
	birdConf    = "/run/bird.conf"
	birdDrain   = "/run/bird-drain.conf"
	birdControl = "/run/bird.ctl"
	birdPID     = "/run/bird.pid"
)

// birdText is an MSEE on BIRD 2: the same sessions, timers and policies as on
// FRR. The second end of a session is then not the same code as the first.
func (s *speaker) birdText(secrets func(secret.Ref) (secret.Value, error)) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, `log "/run/bird.log" all;
router id %s;
include "%s";
protocol device { scan time 1; }
protocol bfd {
	interface "*" { interval 300 ms; idle tx interval 300 ms; multiplier 3; };
}
protocol direct { ipv4; ipv6; }
protocol kernel { ipv4 { export filter { if source = RTS_BGP then accept; reject; }; }; }
protocol kernel { ipv6 { export filter { if source = RTS_BGP then accept; reject; }; }; }
`, s.id, birdDrain)
	b.WriteString(birdPolicies())
	for i := range s.peers {
		text, err := s.peers[i].birdSession(i, s.name, secrets)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// birdPolicies are the filters of an MSEE: see frrPolicies.
func birdPolicies() string {
	tag := func(large string) string { return "(" + strings.ReplaceAll(large, ":", ",") + ")" }
	var b strings.Builder
	fmt.Fprintf(&b, "function drain() {\n\tif DRAINED then {\n%s\t}\n}\n", strings.Repeat("\t\tbgp_path.prepend("+expressroute.MicrosoftASN.String()+");\n", drainPrepends))
	fmt.Fprintf(&b, "filter from_customer { bgp_large_community.add(%s); accept; }\n", tag(fromPrivate))
	fmt.Fprintf(&b, "filter from_public_customer { bgp_large_community.add(%s); accept; }\n", tag(fromPublic))
	own := func(name, asn string) {
		fmt.Fprintf(&b, "filter %s {\n\tif source != RTS_BGP then reject;\n\tif bgp_path !~ [= %s =] then reject;\n\tbgp_path.delete(%[2]s);\n\tdrain();\n\taccept;\n}\n", name, asn)
	}
	own("to_customer", gatewayASN.String())
	own("to_public_customer", servicesASN.String())
	passed := func(name, large, more string) {
		fmt.Fprintf(&b, "filter %s {\n\tif source != RTS_BGP then reject;\n\tif %s !~ bgp_large_community then reject;\n%s\tdrain();\n\taccept;\n}\n", name, tag(large), more)
	}
	passed("to_gateway", fromPrivate, "")
	passed("to_services", fromPublic, "\tbgp_path.delete([64512..65534, 4200000000..4294967294]);\n")
	return b.String()
}

// birdSession is one neighbor.
func (p *peer) birdSession(number int, where string, secrets func(secret.Ref) (secret.Value, error)) (string, error) {
	names := map[role][2]string{
		customer: {"from_customer", "to_customer"}, publicCustomer: {"from_public_customer", "to_public_customer"},
		gateway: {"", "to_gateway"}, services: {"", "to_services"},
	}[p.role]
	in := "import all"
	if names[0] != "" {
		in = "import filter " + names[0]
	}
	channel := "ipv4"
	if p.addr.Is6() {
		channel = "ipv6"
	}
	keepalive, hold := p.keepalive, p.hold
	if hold == 0 {
		keepalive, hold = 3*time.Second, 9*time.Second
	}
	more := ""
	if p.bfd {
		more += "\tbfd on;\n"
	}
	if !p.md5.IsZero() {
		key, err := secrets(p.md5)
		if err != nil {
			return "", fmt.Errorf("%s: %w", where, err)
		}
		more += fmt.Sprintf("\tpassword %q;\n", key.Reveal())
	}
	// By default BIRD waits a minute and more after a session that failed, and keeps
	// the routes of one whose hold timer has run out, as a helper (RFC 4724 §4.2).
	// Microsoft documents no graceful restart.
	return fmt.Sprintf(`protocol bgp peer%d {
	local %s as %s;
	neighbor %s as %s;
	keepalive time %d;
	hold time %d;
	connect delay time 1;
	connect retry time 2;
	error wait time 1, 2;
	graceful restart off;
	long lived graceful restart off;
%s	%s { %s; export filter %s; };
}
`, number, p.local, expressroute.MicrosoftASN, p.addr, p.asn, keepalive/time.Second, hold/time.Second, more, channel, in, names[1]), nil
}

// birdDrainText says whether the MSEE is being drained.
func birdDrainText(on bool) string { return fmt.Sprintf("define DRAINED = %t;\n", on) }
