//go:build linux

package lab

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// connect makes all wires. Both ends of a wire are made in their namespaces
// directly: no name is ever taken anywhere else.
func (n *network) connect(ctx context.Context) error {
	var b strings.Builder
	b.WriteString("link add name lan type bridge mcast_snooping 0 forward_delay 0\nlink set dev lan up\n")
	up := make(map[string]*strings.Builder) // per node: input of ip -batch
	for i := range n.nodes {
		up[n.nodes[i].Name] = new(strings.Builder)
	}
	for i := range n.wires {
		w := &n.wires[i]
		a, z := n.node(w.A).PID, n.node(w.B).PID
		switch {
		case w.remote.IsValid():
			// Of two Ethernet frames one in the other, the outer one needs room.
			up[w.A].WriteString(w.ride(w.IfA, w.numbered(), w.local.String(), w.remote.String()))
			up[w.B].WriteString(w.ride(w.IfB, "", w.remote.String(), w.local.String()))
			continue
		case w.onBridge:
			bridge := "br" + w.PortA[1:]
			fmt.Fprintf(&b, "link add name %s type bridge mcast_snooping 0 forward_delay 0\nlink set dev %[1]s up\n", bridge)
			for _, end := range []struct {
				port, name, index string
				pid               int
			}{{w.PortA, w.IfA, w.numbered(), a}, {w.PortB, w.IfB, "", z}} {
				fmt.Fprintf(&b, "link add name %s%s netns %d type veth peer name %s\nlink set dev %[4]s master %s up\n", end.name, end.index, end.pid, end.port, bridge)
			}
		default:
			fmt.Fprintf(&b, "link add name %s%s netns %d type veth peer name %s netns %d\n", w.IfA, w.numbered(), a, w.IfB, z)
			if w.lan {
				fmt.Fprintf(&b, "link set dev %s master lan\n", w.IfB)
			}
		}
		fmt.Fprintf(up[w.A], "link set dev %s up\n", w.IfA)
		if w.mtuA > 0 && w.mtuA <= 1500 {
			fmt.Fprintf(up[w.A], "link set dev %s mtu %d\n", w.IfA, w.mtuA)
		}
		fmt.Fprintf(up[w.B], "link set dev %s up\n", w.IfB)
	}
	if _, err := n.node(provider).inNet(ctx, b.String(), "ip", "-batch", "-"); err != nil {
		return err
	}
	return n.each(func(node *Node) error {
		_, err := node.inNet(ctx, up[node.Name].String(), "ip", "-batch", "-")
		return err
	})
}

// ride makes one end of a tunnel that rides on links. GRE is what tunnels to
// Azure look like without their encryption; VXLAN is there where the kernel has
// no GRE. VXLAN gives every inner flow an outer source port of its own, so that
// the flows of a tunnel use all links under it; one ESP or GRE flow uses one.
func (w *wire) ride(name, index, local, remote string) string {
	kind := fmt.Sprintf("vxlan id %d local %s remote %s dstport 4789 nolearning", w.number, local, remote)
	if w.Tunnel == "gre" {
		kind = fmt.Sprintf("gre local %s remote %s ttl 64", local, remote)
	}
	return fmt.Sprintf("link add name %s%s mtu %d type %s\nlink set dev %[1]s up\n", name, index, w.mtuA, kind)
}

// numbered is the part of a line for ip -batch that gives A's interface the number
// of the intent: the kernel takes it of the first end that a line names.
func (w *wire) numbered() string {
	if w.index == 0 {
		return ""
	}
	return fmt.Sprintf(" index %d", w.index)
}

// hasGRE reports whether this kernel can make a GRE tunnel. The module is not
// loaded for it: it would leave interfaces of its own on the machine.
func hasGRE(ctx context.Context) bool {
	if _, err := os.Stat("/sys/module/ip_gre"); err != nil {
		return false
	}
	tool, err := lookPath("ip")
	if err != nil {
		return false
	}
	cmd := exec.CommandContext(ctx, tool, "link", "add", "name", "ercfg-gre", "type", "gre", "local", "192.0.2.1", "remote", "192.0.2.2")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	return cmd.Run() == nil
}
