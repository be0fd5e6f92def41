package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// receiveBytes is the buffer that a socket is to have: half a second of a million flows
// a second, while whoever reads is busy with a report.
const receiveBytes = 32 << 20

// burstBytes is the least buffer, in bytes, that holds what a few routers export at once.
const burstBytes = 1_000_000

// mostSockets bounds the sockets of one address: more than cores are of no use.
const mostSockets = 64

// largestDatagram is what UDP can carry, in bytes (RFC 768: a length of 16 bits).
const largestDatagram = 65535

// Open opens UDP sockets: each of them on every address, which are written :2055,
// 192.0.2.1:6343 or [2001:db8::1]:4739. No host, and [::], stand for all addresses of
// both families. The kernel spreads exporters among the sockets of an address by their
// addresses and ports (SO_REUSEPORT, socket(7)); where it cannot, there is one. each is
// 1 to 64.
//
// Open fails where somebody else has the port, even somebody who would share it: half
// of the exporters would go there unseen.
func Open(addresses []string, each int) ([]*net.UDPConn, error) {
	if len(addresses) == 0 {
		return nil, errors.New("no address to listen on: write :2055")
	}
	if each < 1 || each > mostSockets {
		return nil, fmt.Errorf("%d sockets for each address: it is 1 to %d", each, mostSockets)
	}
	if !canShare {
		each = 1
	}
	var out []*net.UDPConn
	var failed []error
	for _, a := range addresses {
		conns, err := openShared(a, each)
		out = append(out, conns...)
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		for _, c := range out {
			_ = c.Close()
		}
		return nil, err
	}
	return out, nil
}

// openShared opens the sockets of one address. The first one is bound before it may be
// shared, so that a port that somebody else shares already is refused.
func openShared(address string, each int) ([]*net.UDPConn, error) {
	network, at, err := listenAddress(address)
	if err != nil {
		return nil, err
	}
	first, err := openSocket(network, at, false)
	if err != nil {
		return nil, openError(address, at.Port(), err)
	}
	out := []*net.UDPConn{first}
	if each == 1 {
		return out, nil
	}
	if err := onSocket(first, share); err != nil {
		return out, openError(address, at.Port(), err)
	}
	// A port of 0 stands for any: the others take the one that the first has got.
	at = netip.AddrPortFrom(at.Addr(), uint16(first.LocalAddr().(*net.UDPAddr).Port))
	for len(out) < each {
		c, err := openSocket(network, at, true)
		if err != nil {
			return out, openError(address, at.Port(), err)
		}
		out = append(out, c)
	}
	return out, nil
}

// listenAddress reads HOST:PORT. "udp" is both families in one socket.
func listenAddress(address string) (network string, at netip.AddrPort, err error) {
	host, word, err := net.SplitHostPort(address)
	if err != nil {
		return "", at, fmt.Errorf("%q is no address to listen on: write :2055, 192.0.2.1:2055 or [2001:db8::1]:2055", address)
	}
	port, err := strconv.ParseUint(word, 10, 16)
	if err != nil {
		return "", at, fmt.Errorf("%q: the port is a number from 0 to 65535", address)
	}
	ip := netip.IPv6Unspecified()
	if host != "" {
		if ip, err = netip.ParseAddr(host); err != nil {
			return "", at, fmt.Errorf("%q: %q is no address of IPv4 or IPv6; names are not looked up", address, host)
		}
	}
	ip = ip.Unmap()
	switch {
	case ip.Is4():
		network = "udp4"
	case ip.IsUnspecified():
		network = "udp"
	default:
		network = "udp6"
	}
	return network, netip.AddrPortFrom(ip, uint16(port)), nil
}

func openSocket(network string, at netip.AddrPort, shared bool) (*net.UDPConn, error) {
	host := at.Addr().String()
	if network == "udp" {
		host = "" // so that a machine without IPv6 is served too
	}
	config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		var refused error
		err := raw.Control(func(fd uintptr) {
			enlarge(int(fd))
			if shared {
				refused = share(int(fd))
			}
		})
		return errors.Join(err, refused)
	}}
	// Nothing is looked up and nothing waits: the host is a literal or empty.
	c, err := config.ListenPacket(context.Background(), network, net.JoinHostPort(host, strconv.Itoa(int(at.Port()))))
	if err != nil {
		return nil, err
	}
	return c.(*net.UDPConn), nil
}

// onSocket lets f work on the descriptor of c.
func onSocket(c *net.UDPConn, f func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var refused error
	err = raw.Control(func(fd uintptr) { refused = f(int(fd)) })
	return errors.Join(err, refused)
}

// openError says what to do about the usual reasons.
func openError(address string, port uint16, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("UDP %s is in use by another program, a collector or this one started twice: stop it, or listen on another port (ss -lunp tells who it is)", address)
	case errors.Is(err, syscall.EACCES) && port < 1024:
		return fmt.Errorf("UDP %s: a port below 1024 takes root or CAP_NET_BIND_SERVICE: let the routers export to a port above, such as 2055", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("UDP %s: this machine has no such address: ip address lists those it has, and :%d stands for all of them", address, port)
	case errors.Is(err, syscall.EAFNOSUPPORT):
		return fmt.Errorf("UDP %s: this machine does not have that version of IP: %w", address, err)
	}
	return fmt.Errorf("UDP %s: %w", address, err)
}

// Listen hands over what comes to sockets until ctx ends, then returns how many
// datagrams the kernel has dropped at them since they were opened, because they were
// full. The sockets stay the caller's, who closes them; what still waits in them is not
// read. They may be of another network namespace.
//
// handle is called by one goroutine for each socket, at the same time. socket is the
// index into sockets, from is unmapped, and payload is valid during the call only.
func Listen(ctx context.Context, sockets []*net.UDPConn, handle func(socket int, payload []byte, from netip.AddrPort, at time.Time)) (dropped uint64, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make([]error, len(sockets))
	var readers sync.WaitGroup
	for i, c := range sockets {
		readers.Go(func() {
			// One that fails ends all: half of the exporters are no evidence.
			defer cancel()
			failed[i] = receive(ctx, c, func(payload []byte, from netip.AddrPort, at time.Time) { handle(i, payload, from, at) })
		})
	}
	<-ctx.Done()
	for _, c := range sockets {
		_ = c.SetReadDeadline(time.Unix(1, 0)) // a closed one has ended by itself
	}
	readers.Wait()
	for _, c := range sockets {
		_ = c.SetReadDeadline(time.Time{})
	}
	return Dropped(sockets), errors.Join(failed...)
}

func receive(ctx context.Context, c *net.UDPConn, handle func([]byte, netip.AddrPort, time.Time)) error {
	buffer := make([]byte, largestDatagram)
	for {
		n, from, err := c.ReadFromUDPAddrPort(buffer)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			// Somebody else's deadline, of before: it is not for this reading.
			if err := c.SetReadDeadline(time.Time{}); err != nil {
				return fmt.Errorf("UDP %s: %w", c.LocalAddr(), err)
			}
		case err != nil:
			return fmt.Errorf("UDP %s: %w", c.LocalAddr(), err)
		default:
			handle(buffer[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), time.Now())
		}
	}
}

// Dropped is how many datagrams the kernel has dropped at sockets since they were
// opened, because they were full or a checksum was wrong; 0 where it does not tell. It
// may be asked while Listen runs.
func Dropped(sockets []*net.UDPConn) uint64 {
	var n uint64
	for _, c := range sockets {
		_ = onSocket(c, func(fd int) error { n += socketDrops(fd); return nil })
	}
	return n
}

// BufferNote is a sentence about sockets of which the kernel keeps too little until it
// is read; empty: it keeps enough, or does not tell.
func BufferNote(sockets []*net.UDPConn) string {
	least := 0
	for _, c := range sockets {
		if n := ReceiveBuffer(c); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	if least == 0 || least >= burstBytes {
		return ""
	}
	return fmt.Sprintf("the kernel keeps %d kB of datagrams until they are read, so bursts may be lost: for a user other than root, net.core.rmem_max bounds it", least/1000)
}

// ReceiveBuffer is how many bytes the kernel keeps for c until they are read; 0 where
// it does not tell. net.core.rmem_max bounds it for whoever is not root.
func ReceiveBuffer(c *net.UDPConn) int {
	var n int
	_ = onSocket(c, func(fd int) error { n = socketBuffer(fd); return nil })
	return n
}
