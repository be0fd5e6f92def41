//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/secret"
)

// daemons are those of a router. Azure's side has no IGP, and a host no BGP.
var daemons = []string{"zebra", "staticd", "ospfd", "ospf6d", "bfdd", "bgpd"}

var (
	lanDaemons   = daemons[:4]
	azureDaemons = []string{"zebra", "staticd", "bfdd", "bgpd"}
)

// A load is what a node runs.
type load struct {
	setup   string   // input of ip -batch
	daemons []string // of FRR; none: no FRR
	frr     string   // its configuration
	bird    string   // configuration of BIRD; empty: no BIRD
	flow    flowLoad // flow export
}

// loads writes down what each node runs.
func (n *network) loads(configs []artifact.Config, secrets func(secret.Ref) (secret.Value, error)) (map[string]load, error) {
	out := make(map[string]load)
	var all []error
	for i := range n.plan.Routers {
		r := &n.plan.Routers[i]
		at := slices.IndexFunc(configs, func(c artifact.Config) bool { return c.Router == r.Name })
		if at < 0 || configs[at].Platform != plan.FRR.String() {
			all = append(all, fmt.Errorf("router %s has no configuration for FRR", r.Name))
			continue
		}
		text, err := n.routerText(r, configs[at], secrets)
		all = append(all, err)
		out[r.Name] = load{daemons: daemons, frr: text, flow: flowLoadOf(r, configs[at])}
	}
	for name, s := range n.speakers {
		l := load{daemons: azureDaemons, setup: s.kernelPorts() + strings.Join(s.setup, "\n")}
		var err error
		if s.kind == MSEE && n.options.MSEE == "bird" {
			l.daemons = nil
			l.bird, err = s.birdText(secrets)
		} else {
			l.frr, err = s.frrText(secrets)
		}
		all = append(all, err)
		out[name] = l
	}
	for i := range n.plan.Networks {
		s := n.sites[n.plan.Networks[i].Name]
		l := load{setup: s.setup(n)}
		if l.frr = n.siteText(&n.plan.Networks[i]); l.frr != "" {
			l.daemons = lanDaemons
		}
		out[s.name] = l
	}
	return out, errors.Join(all...)
}

// kernelPorts gives the ports of a node their addresses: BIRD has no words for
// that, and zebra comes too late for the routes of setup.
func (s *speaker) kernelPorts() string {
	var b strings.Builder
	for _, p := range s.ports {
		for _, a := range p.addrs {
			fmt.Fprintf(&b, "address add %s dev %s\n", a, p.name)
		}
	}
	return b.String()
}

// startAll starts what the nodes run: Azure's side, and meanwhile the LAN of the
// routers, until each knows the loopbacks of the others; BGP on the routers last.
// Its first connection would otherwise find no one, and be tried again ten
// seconds later.
func (n *network) startAll(ctx context.Context, loads map[string]load) error {
	err := n.each(func(node *Node) error {
		l := loads[node.Name]
		if node.Kind == Router {
			l.daemons = lanDaemons
		}
		return node.start(ctx, l)
	})
	if err != nil {
		return err
	}
	return n.each(func(node *Node) error {
		if node.Kind != Router {
			return nil
		}
		n.awaitLoopbacks(ctx, node)
		if err := node.startFRR(ctx, daemons[len(lanDaemons):], loads[node.Name].frr, "-d bfdd", "-d bgpd"); err != nil {
			return err
		}
		// A router whose startup configuration is another one has unsaved changes.
		_, err := node.Vtysh(ctx, "write memory")
		return err
	})
}

// each calls f for every node, a few at a time, and waits.
func (n *network) each(f func(*Node) error) error {
	slots := make(chan struct{}, 2*runtime.NumCPU())
	errs := make([]error, len(n.nodes))
	var wait sync.WaitGroup
	for i := range n.nodes {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			errs[i] = f(&n.nodes[i])
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// igpLimit is how long a router's BGP waits for its IGP: two neighbors of OSPF
// agree on a designated router within five seconds.
const igpLimit = 15 * time.Second

// awaitLoopbacks waits until a router has routes to the loopbacks of the routers
// of the plan that it has iBGP sessions with. If they never come, the sessions
// will tell.
func (n *network) awaitLoopbacks(ctx context.Context, node *Node) {
	var commands []string
	for _, s := range n.router(node.Name).IBGP {
		if n.lan[s.Peer] != (lanEnd{}) {
			// The route has to be of OSPF: an anchor has the address, too.
			commands = append(commands, fmt.Sprintf("ip route show %s proto ospf | grep -q .", s.Neighbor))
			if s.Family == plan.IPv6 {
				commands[len(commands)-1] = fmt.Sprintf("ip -6 route show %s proto ospf | grep -q .", s.Neighbor)
			}
		}
	}
	if len(commands) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, igpLimit)
	defer cancel()
	_, _ = node.Exec(ctx, "/bin/sh", "-c", "until "+strings.Join(commands, " && ")+"; do sleep 0.1; done")
}

// start starts a node's daemons and loads their configuration. A word of FRR on
// a line that it has been given is an error.
func (n *Node) start(ctx context.Context, l load) error {
	if l.setup != "" {
		if _, err := n.pipe(ctx, l.setup, "ip", "-batch", "-"); err != nil {
			return err
		}
	}
	if l.bird != "" {
		if err := errors.Join(n.writeFile(birdDrain, birdDrainText(false)), n.writeFile(birdConf, l.bird)); err != nil {
			return err
		}
		_, err := n.Exec(ctx, "bird", "-c", birdConf, "-s", birdControl, "-P", birdPID)
		return err
	}
	return n.startFRR(ctx, l.daemons, l.frr, "")
}

// startFRR starts daemons and loads conf, once with each of the options of
// vtysh: all daemons that run, or one.
func (n *Node) startFRR(ctx context.Context, daemons []string, conf string, loads ...string) error {
	if len(daemons) == 0 {
		return nil
	}
	if err := n.writeFile("/etc/frr/frr.conf", conf); err != nil {
		return err
	}
	var script strings.Builder
	for _, d := range daemons {
		// With -d a daemon returns when it is ready to be configured. vtysh needs no
		// TCP port of it.
		fmt.Fprintf(&script, "%s -d -P 0 && ", filepath.Join(daemonDir, d))
	}
	script.WriteString("true")
	for _, option := range loads {
		fmt.Fprintf(&script, " && vtysh %s -f /etc/frr/frr.conf 2>&1", option)
	}
	said, err := n.Exec(ctx, "/bin/sh", "-c", script.String())
	if said = withoutOrderNoise(said, conf); said != "" {
		return fmt.Errorf("%s: FRR refuses a line: %s", n.Name, said)
	}
	return err
}

// lateRouterID begins what ospfd 8.4 says where it has begun to speak before it
// reads its router ID. A neighbor learns of the new one with the next hello.
const lateRouterID = "For this router-id change to take effect"

// missingRouteMap is the complaint of bgpd 8.4 about a neighbor whose route-map
// it has not read yet.
var missingRouteMap = regexp.MustCompile(`^The route-map '(.*)' does not exist\.$`)

// withoutOrderNoise removes the complaints about route-maps that conf defines:
// FRR's own order puts them after the neighbors that use them.
func withoutOrderNoise(said, conf string) string {
	var kept []string
	for line := range strings.Lines(said) {
		if strings.HasPrefix(line, lateRouterID) {
			continue
		}
		m := missingRouteMap.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil || !strings.Contains("\n"+conf, "\nroute-map "+m[1]+" ") {
			kept = append(kept, line)
		}
	}
	return strings.TrimSpace(strings.Join(kept, ""))
}
