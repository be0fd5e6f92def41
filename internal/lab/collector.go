//go:build linux

package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// receiveBytes is the buffer of a collector's socket: a burst of thirty thousand
// datagrams, while whoever reads is busy with something else.
const receiveBytes = 32 << 20

// FlowTemplates is the file of a lab's directory in which a collector may keep the
// templates of its exporters. It ends with the lab.
const FlowTemplates = "flow-templates.json"

// mostSockets bounds the sockets of one address: more than cores are of no use.
const mostSockets = 64

// Collector is the address that the routers export flows to, and the node that has
// it; an invalid address and nil: the intent has no telemetry.
func (l *Lab) Collector() (netip.Addr, *Node) {
	for i := range l.Nodes {
		if l.Nodes[i].Collector.IsValid() {
			return l.Nodes[i].Collector, &l.Nodes[i]
		}
	}
	return netip.Addr{}, nil
}

// Listen opens sockets for flow export on the node that has the collector's
// address: as many as each on one UDP address, HOST:PORT, among which the kernel
// spreads exporters by their address and port (SO_REUSEPORT, socket(7)). They are
// the caller's, wherever it reads them. An empty host is every address of the node.
func (l *Lab) Listen(address string, each int) ([]*net.UDPConn, error) {
	host, word, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(word, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%s: the port is no number from 0 to 65535", address)
	}
	if each < 1 || each > mostSockets {
		return nil, fmt.Errorf("%s: %d sockets: it is 1 to %d", address, each, mostSockets)
	}
	collector, n := l.Collector()
	if n == nil {
		return nil, fmt.Errorf("lab %s has no collector: its intent has no telemetry, or no network on-premises", l.Name)
	}
	if host != "" {
		if at, err := netip.ParseAddr(host); err != nil || at.Unmap() != collector {
			return nil, fmt.Errorf("lab %s has no collector at %s: the routers export to %s", l.Name, host, collector)
		}
		host = collector.String()
	}
	var out []*net.UDPConn
	err = n.InNet(func() error {
		for range each {
			conn, err := listenShared(net.JoinHostPort(host, strconv.FormatUint(port, 10)))
			if err != nil {
				return err
			}
			out = append(out, conn)
			// The second one of an address takes the port that the first one has got.
			port = uint64(conn.LocalAddr().(*net.UDPAddr).Port)
		}
		return nil
	})
	if err != nil {
		for _, conn := range out {
			_ = conn.Close()
		}
		return nil, fmt.Errorf("node %s: %w", n.Name, err)
	}
	return out, nil
}

// listenShared opens one socket of several at an address, with a large buffer. The
// address is a literal, so that nothing is looked up and no other thread is in it.
func listenShared(address string) (*net.UDPConn, error) {
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var refused error
		err := raw.Control(func(fd uintptr) {
			if refused = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); refused != nil {
				return
			}
			// Beyond the limit of the machine root alone is heard, and a lab is root's.
			refused = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBytes)
		})
		return errors.Join(err, refused)
	}}
	conn, err := config.ListenPacket(context.Background(), "udp", address)
	if err != nil {
		return nil, err
	}
	return conn.(*net.UDPConn), nil
}
