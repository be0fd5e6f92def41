package verify

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what comes at once on an idle machine.
const patience = 30 * time.Second

func mustOpen(t testing.TB, address string, each int) []*net.UDPConn {
	t.Helper()
	out, err := Open([]string{address}, each)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range out {
			_ = c.Close()
		}
	})
	return out
}

// sender returns a socket that sends to c.
func sender(t testing.TB, c *net.UDPConn) *net.UDPConn {
	t.Helper()
	to := c.LocalAddr().(*net.UDPAddr)
	out, err := net.DialUDP("udp", nil, to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() })
	return out
}

// waitUntil returns when what holds does.
func waitUntil(t testing.TB, holds func() bool, what string) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came: %s", what)
		}
	}
}

// listening runs Listen until the test, or stop, ends it; stop returns what it returned.
func listening(t testing.TB, sockets []*net.UDPConn, handle func(int, []byte, netip.AddrPort, time.Time)) (stop func() (uint64, error)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var dropped uint64
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		dropped, err = Listen(ctx, sockets, handle)
	}()
	stop = func() (uint64, error) {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("Listen does not end")
		}
		return dropped, err
	}
	t.Cleanup(func() { _, _ = stop() })
	return stop
}

// Several sockets of one address share many exporters, and lose none of them.
func TestListenShares(t *testing.T) {
	t.Parallel()
	const exporters = 200
	sockets := mustOpen(t, "127.0.0.1:0", 2)
	if !canShare {
		t.Skip("one socket for each address on this system")
	}
	var counts [2]atomic.Int64
	var mu sync.Mutex
	from := map[netip.AddrPort]int{}
	stop := listening(t, sockets, func(socket int, payload []byte, source netip.AddrPort, at time.Time) {
		counts[socket].Add(1)
		mu.Lock()
		defer mu.Unlock()
		from[source]++
		if string(payload) != "flow" || time.Since(at) > patience {
			t.Errorf("%q at %v", payload, at)
		}
	})
	for range exporters {
		if _, err := sender(t, sockets[0]).Write([]byte("flow")); err != nil {
			t.Fatal(err)
		}
	}
	waitUntil(t, func() bool { return counts[0].Load()+counts[1].Load() == exporters }, "all datagrams")
	if dropped, err := stop(); dropped != 0 || err != nil {
		t.Errorf("dropped %d, %v", dropped, err)
	}
	if counts[0].Load() < exporters/10 || counts[1].Load() < exporters/10 || len(from) != exporters {
		t.Errorf("%d and %d of %d exporters, %d sources", counts[0].Load(), counts[1].Load(), exporters, len(from))
	}
}

// One socket without a host hears both families, and names IPv4 as such.
func TestListenBothFamilies(t *testing.T) {
	t.Parallel()
	for _, address := range []string{":0", "[::]:0"} {
		sockets := mustOpen(t, address, 1)
		port := sockets[0].LocalAddr().(*net.UDPAddr).Port
		var four, six atomic.Int64
		listening(t, sockets, func(_ int, _ []byte, from netip.AddrPort, _ time.Time) {
			switch from.Addr().String() {
			case "127.0.0.1":
				four.Add(1)
			case "::1":
				six.Add(1)
			default:
				t.Errorf("from %v", from)
			}
		})
		send := func(host string) bool {
			c, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: net.ParseIP(host), Port: port})
			if err != nil {
				return false
			}
			defer c.Close()
			_, err = c.Write([]byte("flow"))
			return err == nil
		}
		if !send("127.0.0.1") {
			t.Fatal("no loopback")
		}
		waitUntil(t, func() bool { return four.Load() == 1 }, "a datagram of IPv4")
		if send("::1") {
			waitUntil(t, func() bool { return six.Load() == 1 }, "a datagram of IPv6")
		}
	}
}

// A port that somebody has is refused, shared or not, and free again afterwards.
func TestOpenInUse(t *testing.T) {
	t.Parallel()
	for _, each := range []int{1, 2} {
		taken := mustOpen(t, "127.0.0.1:0", each)
		address := taken[0].LocalAddr().String()
		for _, again := range []int{1, 2} {
			conns, err := Open([]string{address}, again)
			if err == nil || !strings.Contains(err.Error(), address+" is in use") {
				t.Errorf("%d sockets on %d: %v, %v", again, each, conns, err)
			}
		}
		for _, c := range taken {
			_ = c.Close()
		}
		mustOpen(t, address, each)
	}
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		addresses []string
		each      int
		want      string
	}{
		"none":             {nil, 1, "no address to listen on"},
		"no sockets":       {[]string{":0"}, 0, "1 to 64"},
		"too many sockets": {[]string{":0"}, 65, "1 to 64"},
		"no port":          {[]string{"192.0.2.1"}, 1, "write :2055"},
		"port only":        {[]string{"2055"}, 1, "write :2055"},
		"port is a word":   {[]string{":netflow"}, 1, "number from 0 to 65535"},
		"port too large":   {[]string{":65536"}, 1, "number from 0 to 65535"},
		"name":             {[]string{"collector:2055"}, 1, "names are not looked up"},
		"not ours":         {[]string{"192.0.2.1:2055"}, 1, "no such address"},
		"not ours, IPv6":   {[]string{"[2001:db8::1]:2055"}, 1, "2001:db8::1"},
		"two are wrong":    {[]string{"192.0.2.1:2055", "x:1"}, 1, "no such address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conns, err := Open(tt.addresses, tt.each)
			if err == nil || !strings.Contains(err.Error(), tt.want) || conns != nil {
				t.Errorf("got %v, %v, want %q", conns, err, tt.want)
			}
		})
	}
	denied := openError(":514", 514, syscall.EACCES)
	if !strings.Contains(denied.Error(), "CAP_NET_BIND_SERVICE") {
		t.Error(denied)
	}
}

// Where one address fails, the others are closed again.
func TestOpenAllOrNone(t *testing.T) {
	t.Parallel()
	free := mustOpen(t, "127.0.0.1:0", 1)
	address := free[0].LocalAddr().String()
	_ = free[0].Close()
	if _, err := Open([]string{address, "192.0.2.1:2055"}, 2); err == nil {
		t.Fatal("192.0.2.1 is of this machine")
	}
	mustOpen(t, address, 1)
}

// Two hundred thousand datagrams of one exporter come, all of them, or are counted.
func TestListenLosesNone(t *testing.T) {
	t.Parallel()
	const datagrams, ahead = 200_000, 2_000
	sockets := mustOpen(t, "127.0.0.1:0", 1)
	var received atomic.Int64
	stop := listening(t, sockets, func(int, []byte, netip.AddrPort, time.Time) { received.Add(1) })
	settled := func() int64 { return received.Load() + int64(Dropped(sockets)) }
	out, payload := sender(t, sockets[0]), make([]byte, 1400)
	for sent := int64(1); sent <= datagrams; sent++ {
		if _, err := out.Write(payload); err != nil {
			t.Fatal(err)
		}
		if sent%ahead == 0 {
			waitUntil(t, func() bool { return sent-settled() < ahead }, "what was sent")
		}
	}
	waitUntil(t, func() bool { return settled() == datagrams }, "all datagrams")
	dropped, err := stop()
	if err != nil || received.Load()+int64(dropped) != datagrams {
		t.Errorf("received %d, dropped %d, %v", received.Load(), dropped, err)
	}
	// The buffer holds what is sent ahead many times over, unless this user may not
	// enlarge it.
	if ReceiveBuffer(sockets[0]) >= 8<<20 && dropped != 0 {
		t.Errorf("%d dropped with a buffer of %d bytes", dropped, ReceiveBuffer(sockets[0]))
	}
}

// What the kernel has no room for is counted, to the last one, and not only what came
// before a datagram that was read.
func TestListenCountsDrops(t *testing.T) {
	t.Parallel()
	if !canShare {
		t.Skip("this system does not tell what it drops")
	}
	const datagrams = 3000
	sockets := mustOpen(t, "127.0.0.1:0", 1)
	if err := sockets[0].SetReadBuffer(8192); err != nil {
		t.Fatal(err)
	}
	out, payload := sender(t, sockets[0]), make([]byte, 1000)
	for range datagrams {
		if _, err := out.Write(payload); err != nil {
			t.Fatal(err)
		}
	}
	var received atomic.Int64
	stop := listening(t, sockets, func(int, []byte, netip.AddrPort, time.Time) { received.Add(1) })
	waitUntil(t, func() bool { return received.Load()+int64(Dropped(sockets)) == datagrams }, "the rest of the datagrams")
	dropped, err := stop()
	if err != nil || dropped < datagrams/2 || received.Load() == 0 || int64(dropped)+received.Load() != datagrams {
		t.Errorf("received %d, dropped %d, %v", received.Load(), dropped, err)
	}
}

// A buffer that bursts overflow is said, by the smallest of the sockets; one that holds
// them is not.
func TestBufferNote(t *testing.T) {
	t.Parallel()
	sockets := mustOpen(t, "127.0.0.1:0", 2)
	if n := ReceiveBuffer(sockets[0]); (BufferNote(sockets) == "") != (n == 0 || n >= burstBytes) {
		t.Errorf("%d bytes: %q", n, BufferNote(sockets))
	}
	if !canShare {
		return // this system does not tell
	}
	if err := sockets[1].SetReadBuffer(100_000); err != nil {
		t.Fatal(err)
	}
	if got := BufferNote(sockets); !strings.HasPrefix(got, "the kernel keeps 100 kB of datagrams") || !strings.Contains(got, "net.core.rmem_max") {
		t.Errorf("%q", got)
	}
	if got := BufferNote(nil); got != "" {
		t.Errorf("of no socket: %q", got)
	}
}

// Listen ends with ctx though nothing comes, and leaves sockets that hear on.
func TestListenEnds(t *testing.T) {
	t.Parallel()
	sockets := mustOpen(t, "127.0.0.1:0", 2)
	var received atomic.Int64
	for range 2 {
		stop := listening(t, sockets, func(int, []byte, netip.AddrPort, time.Time) { received.Add(1) })
		before := received.Load()
		if _, err := sender(t, sockets[0]).Write(nil); err != nil {
			t.Fatal(err)
		}
		waitUntil(t, func() bool { return received.Load() > before }, "an empty datagram")
		began := time.Now()
		if dropped, err := stop(); dropped != 0 || err != nil {
			t.Errorf("dropped %d, %v", dropped, err)
		}
		if took := time.Since(began); took > patience {
			t.Errorf("it took %v to end", took)
		}
	}
	// Whoever has the sockets may read from them again.
	one := mustOpen(t, "127.0.0.1:0", 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Listen(ctx, one, nil); err != nil {
		t.Errorf("ended before it began: %v", err)
	}
	if _, err := sender(t, one[0]).Write([]byte("flow")); err != nil {
		t.Fatal(err)
	}
	if n, err := one[0].Read(make([]byte, 10)); n != 4 || err != nil {
		t.Errorf("read %d bytes afterwards, %v", n, err)
	}
	if _, err := Listen(ctx, sockets, nil); err != nil {
		t.Errorf("ended before it began: %v", err)
	}
}

// A deadline that somebody left on a socket does not end it.
func TestListenOldDeadline(t *testing.T) {
	t.Parallel()
	sockets := mustOpen(t, "127.0.0.1:0", 1)
	if err := sockets[0].SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	var received atomic.Int64
	listening(t, sockets, func(int, []byte, netip.AddrPort, time.Time) { received.Add(1) })
	if _, err := sender(t, sockets[0]).Write([]byte("flow")); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return received.Load() == 1 }, "a datagram")
}

// Where one socket fails, all end: the rest would be half of the evidence.
func TestListenFails(t *testing.T) {
	t.Parallel()
	sockets := mustOpen(t, "127.0.0.1:0", 2)
	_ = sockets[1].Close()
	done := make(chan error)
	go func() {
		_, err := Listen(t.Context(), sockets, nil)
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "UDP 127.0.0.1:") {
			t.Errorf("got %v", err)
		}
	case <-time.After(patience):
		t.Error("it listens on with half of its sockets")
	}
}
