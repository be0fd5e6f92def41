//go:build linux

package lab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// What traffic is made of. Its ports are not those of probes (targetPort), so that a
// lab may be tested while traffic runs.
const (
	trafficPort     = 30000 // a stream's target: one for each
	firstFlowPort   = 20000 // source ports of flows, one after the other
	flowPorts       = 10000
	trafficFlows    = 8           // of a stream at a time
	flowLife        = time.Second // after which the oldest flow of a stream ends and a new one begins
	trafficTick     = 10 * time.Millisecond
	trafficPayload  = 800 // bytes: with every header it fits into a tunnel
	trafficOverhead = 28  // bytes of an IPv4 and a UDP header; IPv6 has 20 more
)

// Bounds of traffic.
const (
	MaxTrafficRate = 1000 // packets a second of one stream
	// MaxTrafficFor bounds the time: traffic that nobody waits for ends by itself.
	MaxTrafficFor = time.Hour
)

// TrafficOptions bound what is sent. Each stream, from one host to another in one
// direction and by one router, has eight flows at a time; a flow lives eight
// seconds, so that exporters tell of it soon and balancing over links shows.
type TrafficOptions struct {
	For  time.Duration // up to MaxTrafficFor
	Rate int           // packets a second of each stream, 1 to MaxTrafficRate
}

// Check refuses traffic without bounds.
func (o TrafficOptions) Check() error {
	if o.For <= 0 || o.For > MaxTrafficFor {
		return fmt.Errorf("traffic for %v: it takes more than no time and an hour at most", o.For)
	}
	if o.Rate < 1 || o.Rate > MaxTrafficRate {
		return fmt.Errorf("a rate of %d: a stream has 1 to %d packets a second", o.Rate, MaxTrafficRate)
	}
	return nil
}

// A TrafficReport is what was sent and what has arrived.
type TrafficReport struct {
	Took    time.Duration
	Rows    []TrafficRow // by statement and family; out and back
	Omitted []string     // statements without hosts in the lab, and why
}

// A TrafficRow is the traffic of one statement of a family in one direction.
// Statements that share prefixes share streams: a packet is in the row of each.
type TrafficRow struct {
	Statement      string
	Family         plan.Family
	Direction      sim.Direction
	Sent, Received uint64 // packets
	Bytes          uint64 // received, with their IP headers
	Flows          uint64 // that were begun
}

// Arrived reports whether something has arrived of every row, and there is one.
func (r *TrafficReport) Arrived() bool {
	for _, row := range r.Rows {
		if row.Received == 0 {
			return false
		}
	}
	return len(r.Rows) > 0
}

// Traffic sends between the hosts of every statement, both ways, until the time is
// over or ctx ends, which is no error: the report says what was sent until then.
// One traffic at a time has a lab.
func (l *Lab) Traffic(ctx context.Context, p *plan.Plan, o TrafficOptions) (*TrafficReport, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	streams, probes, omitted := l.probesOf(p, l.serviceHosts(p))
	if len(streams) == 0 {
		return nil, fmt.Errorf("lab %s: no statement has hosts at both ends: there is nothing to send", l.Name)
	}
	t, err := newTraffic(streams)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	err = t.run(ctx, o)
	report := &TrafficReport{Took: time.Since(began), Omitted: omitted}
	for i := range probes {
		report.Rows = append(report.Rows, t.rows(&probes[i])...)
	}
	return report, err
}

// A traffic is every stream under way.
type traffic struct {
	streams []trafficStream
	next    int // source port of the next flow, from firstFlowPort
}

// A trafficStream is one stream and what is counted of it.
type trafficStream struct {
	stream
	to       netip.AddrPort
	in       *net.UDPConn
	out      []*net.UDPConn // one for each flow, in turn
	sent     uint64
	flows    uint64
	received atomic.Uint64
	bytes    atomic.Uint64
}

func newTraffic(streams []stream) (*traffic, error) {
	t := &traffic{streams: make([]trafficStream, len(streams))}
	for i := range streams {
		s := &t.streams[i]
		s.stream, s.to = streams[i], netip.AddrPortFrom(streams[i].target, uint16(trafficPort+i))
		err := s.stream.to.InNet(func() (err error) {
			s.in, err = net.ListenUDP("udp", net.UDPAddrFromAddrPort(s.to))
			return err
		})
		for err == nil && len(s.out) < trafficFlows {
			err = t.begin(s)
		}
		if errors.Is(err, syscall.EADDRINUSE) {
			err = errors.New("other traffic is being sent in this lab: wait until it has ended")
		}
		if err != nil {
			t.close()
			return nil, fmt.Errorf("%s to %s: %w", s.source, s.target, err)
		}
	}
	return t, nil
}

// begin begins a flow of a stream: a socket with a port that no flow had for long.
// Where the stream has all its flows, the oldest ends.
func (t *traffic) begin(s *trafficStream) error {
	var conn *net.UDPConn
	err := s.from.InNet(func() (err error) {
		for range flowPorts {
			conn, err = listenMarked(netip.AddrPortFrom(s.source, uint16(firstFlowPort+t.next)), s.mark)
			if t.next = (t.next + 1) % flowPorts; !errors.Is(err, syscall.EADDRINUSE) {
				return err
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	s.flows++
	if len(s.out) == trafficFlows {
		_ = s.out[0].Close()
		s.out = s.out[1:]
	}
	s.out = append(s.out, conn)
	return nil
}

// run sends until the time is over, waits for what is under way, and closes the
// sockets.
func (t *traffic) run(ctx context.Context, o TrafficOptions) error {
	ctx, cancel := context.WithTimeout(ctx, o.For)
	defer cancel()
	var receivers sync.WaitGroup
	for i := range t.streams {
		receivers.Go(t.streams[i].receive)
	}
	err := t.send(ctx, o.Rate)
	time.Sleep(inFlight)
	t.close()
	receivers.Wait()
	return err
}

// send paces all streams: what a late tick has missed is sent with the next one,
// but not more than a tenth of a second's.
func (t *traffic) send(ctx context.Context, rate int) error {
	ticker := time.NewTicker(trafficTick)
	defer ticker.Stop()
	last, renewed := time.Now(), time.Now()
	owed := 0.0
	for n := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now := time.Now()
		owed += min(now.Sub(last), 10*trafficTick).Seconds() * float64(rate)
		last = now
		for ; owed >= 1; owed-- {
			for i := range t.streams {
				t.streams[i].send(uint32(i), n)
			}
			n++
		}
		if now.Sub(renewed) < flowLife {
			continue
		}
		renewed = now
		for i := range t.streams {
			if err := t.begin(&t.streams[i]); err != nil {
				return err
			}
		}
	}
}

// send sends the nth packet of a stream. One that cannot be sent, because the host
// has no route, is lost as one is that was dropped on the way.
func (s *trafficStream) send(number uint32, n int) {
	var packet [trafficPayload]byte
	binary.BigEndian.PutUint32(packet[0:], probeMagic)
	binary.BigEndian.PutUint32(packet[4:], number)
	s.sent++
	_, _ = s.out[n%len(s.out)].WriteToUDPAddrPort(packet[:], s.to)
}

// receive counts what arrives until the socket is closed. Whatever was not sent as
// traffic counts for nothing.
func (s *trafficStream) receive() {
	overhead := uint64(trafficOverhead)
	if s.target.Is6() {
		overhead += 20
	}
	var packet [trafficPayload + 1]byte
	for {
		n, _, err := s.in.ReadFromUDPAddrPort(packet[:])
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil || n != trafficPayload || binary.BigEndian.Uint32(packet[0:]) != probeMagic || int(binary.BigEndian.Uint32(packet[4:])) != int(s.to.Port())-trafficPort {
			continue
		}
		s.received.Add(1)
		s.bytes.Add(uint64(n) + overhead)
	}
}

func (t *traffic) close() {
	for i := range t.streams {
		closeSockets(t.streams[i].in, t.streams[i].out)
	}
}

// rows are those of one statement and family.
func (t *traffic) rows(p *probe) []TrafficRow {
	var out []TrafficRow
	for direction, list := range p.streams {
		if len(list) == 0 {
			continue
		}
		row := TrafficRow{Statement: p.statement.Name, Family: p.family, Direction: sim.Direction(direction)}
		for _, i := range list {
			s := &t.streams[i]
			row.Sent += s.sent
			row.Flows += s.flows
			row.Received += s.received.Load()
			row.Bytes += s.bytes.Load()
		}
		out = append(out, row)
	}
	return out
}
