package verify

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Sockets that were opened in another network namespace are read from this one, and
// tell what they have dropped.
func TestListenOtherNamespace(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("a network namespace takes root")
	}
	sockets, out, err := inOtherNamespace()
	if err != nil {
		t.Skipf("no network namespace here: %v", err)
	}
	defer out.Close()
	defer func() {
		for _, c := range sockets {
			_ = c.Close()
		}
	}()
	const datagrams = 2000
	if err := sockets[0].SetReadBuffer(8192); err != nil {
		t.Fatal(err)
	}
	for range datagrams {
		if _, err := out.Write(make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	var received atomic.Int64
	stop := listening(t, sockets, func(int, []byte, netip.AddrPort, time.Time) { received.Add(1) })
	waitUntil(t, func() bool { return received.Load()+int64(Dropped(sockets)) == datagrams }, "the rest of the datagrams")
	if dropped, err := stop(); err != nil || dropped == 0 || received.Load() == 0 {
		t.Errorf("received %d, dropped %d, %v", received.Load(), dropped, err)
	}
}

// inOtherNamespace opens sockets, and one that sends to them, in a namespace of its
// own. The thread that went there dies with its goroutine, which does not unlock it.
func inOtherNamespace() (sockets []*net.UDPConn, out *net.UDPConn, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err = unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return
		}
		if err = loopbackUp(); err != nil {
			return
		}
		if sockets, err = Open([]string{"127.0.0.1:2055"}, 1); err != nil {
			return
		}
		out, err = net.DialUDP("udp", nil, sockets[0].LocalAddr().(*net.UDPAddr))
	}()
	<-done
	return sockets, out, err
}

func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	lo, err := unix.NewIfreq("lo")
	if err == nil {
		lo.SetUint16(unix.IFF_UP)
		err = unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
	}
	if err := errors.Join(err, unix.Close(fd)); err != nil {
		return fmt.Errorf("loopback: %w", err)
	}
	return nil
}

// BenchmarkListen reads datagrams of 1400 bytes that wait in a socket, and tells how
// many a second of CPU is good for, the kernel's part of it included.
func BenchmarkListen(b *testing.B) {
	const batch = 5000
	sockets := mustOpen(b, "127.0.0.1:0", 1)
	if ReceiveBuffer(sockets[0]) < receiveBytes {
		b.Skip("this user may not have a receive buffer that holds a batch")
	}
	out, payload := sender(b, sockets[0]), make([]byte, 1400)
	var cpu time.Duration
	datagrams := 0
	for b.Loop() {
		b.StopTimer()
		for range batch {
			if _, err := out.Write(payload); err != nil {
				b.Fatal(err)
			}
		}
		ctx, cancel := context.WithCancel(b.Context())
		n := 0
		before := usedCPU(b)
		b.StartTimer()
		if _, err := Listen(ctx, sockets, func(int, []byte, netip.AddrPort, time.Time) {
			if n++; n == batch {
				cancel()
			}
		}); err != nil {
			b.Fatal(err)
		}
		cpu += usedCPU(b) - before
		datagrams += n
	}
	b.ReportMetric(float64(datagrams)/cpu.Seconds(), "datagrams/CPU-s")
	b.ReportMetric(float64(Dropped(sockets)), "dropped")
}

func usedCPU(t testing.TB) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
