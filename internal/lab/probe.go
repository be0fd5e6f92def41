//go:build linux

package lab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Ports of the probes. Those of a stream are its own, so that a counter sees
// which stream a packet is of.
const (
	targetPort = 40000 // of stream 0; one for each stream
	sourcePort = 10000 // of flow 0 of stream 0; streamFlows for each stream
)

// history is how many packets of a stream are remembered: five minutes and a
// half, longer than Azure's hold time. Older ones are forgotten.
const history = 1 << 15

// inFlight is how long a packet may be under way: half a second through ten
// nodes, on a machine that has other work.
const inFlight = 500 * time.Millisecond

// probeMagic begins every packet: the number of the stream, the packet's own and
// the time at which it left follow, four and twice eight octets.
const probeMagic = 0x65726366

const probeBytes = 4 + 4 + 8 + 8

// A prober sends all streams at once and notes what arrives. One process sends
// and receives, so that one clock knows both.
type prober struct {
	streams []sending
	began   time.Time
	clock   jitter
}

// sending is one stream under way.
type sending struct {
	out []*net.UDPConn // one per flow
	in  *net.UDPConn
	to  netip.AddrPort

	mu      sync.Mutex
	next    int // number of the next packet
	packets [history]sample
}

// newProber opens the sockets of every stream, each in its node.
func newProber(streams []stream) (*prober, error) {
	p := &prober{streams: make([]sending, len(streams)), began: time.Now()}
	for i := range streams {
		if err := p.streams[i].open(i, &streams[i]); err != nil {
			p.close()
			return nil, fmt.Errorf("probe %s to %s: %w", streams[i].source, streams[i].target, err)
		}
	}
	return p, nil
}

// open opens the sockets of stream number i. A socket stays in the namespace that
// it was made in.
func (s *sending) open(i int, st *stream) error {
	s.to = netip.AddrPortFrom(st.target, uint16(targetPort+i))
	err := st.to.InNet(func() error {
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(s.to))
		s.in = conn
		return err
	})
	if err != nil {
		return err
	}
	return st.from.InNet(func() error {
		for flow := range streamFlows {
			conn, err := listenMarked(netip.AddrPortFrom(st.source, uint16(sourcePort+i*streamFlows+flow)), st.mark)
			if err != nil {
				return err
			}
			s.out = append(s.out, conn)
		}
		return nil
	})
}

// listenMarked opens a socket whose packets carry a mark for the host's own
// routing rules; 0 is none.
func listenMarked(at netip.AddrPort, mark int) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil || mark == 0 {
		return conn, err
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	var refused error
	err = raw.Control(func(fd uintptr) {
		refused = os.NewSyscallError("setsockopt SO_MARK", syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_MARK, mark))
	})
	if err = errors.Join(err, refused); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// run sends and receives until ctx ends, and closes the sockets.
func (p *prober) run(ctx context.Context) {
	var receivers sync.WaitGroup
	for i := range p.streams {
		receivers.Go(func() { p.streams[i].receive(i) })
	}
	// One sender paces all streams: their packets leave within a millisecond. Its
	// thread goes before the daemons, on whose work it must not wait, and ends with
	// it. Where that is refused, the clock's error says what comes of it.
	runtime.LockOSThread()
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), -20)
	next := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			p.close()
			receivers.Wait()
			return
		case <-timer.C:
		}
		now := p.now()
		p.clock.tick(now)
		for i := range p.streams {
			p.streams[i].send(i, p.now())
		}
		if next = next.Add(probeEvery); time.Until(next) < 0 {
			next = time.Now() // what was missed is in the clock's error
		}
		timer.Reset(time.Until(next))
	}
}

// now is the prober's clock: monotonic, from 0.
func (p *prober) now() time.Duration { return time.Since(p.began) }

// send sends the next packet. One that cannot be sent, because the host has no
// route, is lost as one is that was dropped on the way.
func (s *sending) send(i int, now time.Duration) {
	s.mu.Lock()
	n := s.next
	s.packets[n%history] = sample{sent: now}
	s.next++
	s.mu.Unlock()
	var packet [probeBytes]byte
	binary.BigEndian.PutUint32(packet[0:], probeMagic)
	binary.BigEndian.PutUint32(packet[4:], uint32(i))
	binary.BigEndian.PutUint64(packet[8:], uint64(n))
	binary.BigEndian.PutUint64(packet[16:], uint64(now))
	_, _ = s.out[n%streamFlows].WriteToUDPAddrPort(packet[:], s.to)
}

// receive notes what arrives until the socket is closed. A packet that is not of
// this stream, or that is forgotten already, counts for nothing.
func (s *sending) receive(i int) {
	var packet [64]byte
	for {
		n, _, err := s.in.ReadFromUDPAddrPort(packet[:])
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		if n != probeBytes || binary.BigEndian.Uint32(packet[0:]) != probeMagic || binary.BigEndian.Uint32(packet[4:]) != uint32(i) {
			continue
		}
		s.arrived(int(binary.BigEndian.Uint64(packet[8:])), time.Duration(binary.BigEndian.Uint64(packet[16:])))
	}
}

func (s *sending) arrived(n int, sent time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n < s.next && s.next-n <= history && s.packets[n%history].sent == sent {
		s.packets[n%history].arrived = true
	}
}

// loss is what stream i lost of the packets that left from one time to another.
// It is known for good once inFlight has passed since.
func (p *prober) loss(i int, from, to time.Duration) loss {
	s := &p.streams[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	var window []sample
	for n := max(s.next-history, 0); n < s.next; n++ {
		if x := s.packets[n%history]; x.sent >= from && x.sent < to {
			window = append(window, x)
		}
	}
	return lossOf(window)
}

func (p *prober) close() {
	for i := range p.streams {
		closeSockets(p.streams[i].in, p.streams[i].out)
	}
}

// closeSockets closes those of a stream, as far as it has them.
func closeSockets(in *net.UDPConn, out []*net.UDPConn) {
	if in != nil {
		_ = in.Close()
	}
	for _, conn := range out {
		_ = conn.Close()
	}
}

// A jitter is how regularly the sender sends.
type jitter struct {
	mu   sync.Mutex
	last time.Duration
	late []lateness
}

// lateness is a tick that came too late.
type lateness struct{ at, by time.Duration }

// lateTicks bounds what is remembered of late ticks.
const lateTicks = 1 << 14

func (j *jitter) tick(now time.Duration) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if by := now - j.last - probeEvery; j.last > 0 && by > time.Millisecond {
		if len(j.late) == lateTicks {
			j.late = j.late[1:]
		}
		j.late = append(j.late, lateness{now, by})
	}
	j.last = now
}

// error is how far the clock of the probes was off at most from one time to
// another: packets that should have been sent and were not show no loss, and
// make one that is seen look longer.
func (j *jitter) error(from, to time.Duration) time.Duration {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := time.Millisecond
	for _, l := range j.late {
		if l.at >= from && l.at-l.by <= to {
			out = max(out, l.by)
		}
	}
	return out
}
