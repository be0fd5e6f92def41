package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/verify"
)

// A flowSource is where flow records come from.
type flowSource struct {
	name  string    // for the report
	since time.Time // when the state that is judged began; zero: everything counts
	close func()
	run   func(*verifying) (*verify.Report, error)
}

// open opens what the flows are read from. Nothing that takes time comes between it
// and the reading: a datagram's time is when it is read.
func (s *verifying) open() (*flowSource, error) {
	if s.f.stored() {
		return s.openFile()
	}
	addresses, err := s.addresses()
	if err != nil {
		return nil, err
	}
	sockets, where, err := s.sockets(addresses)
	if err != nil {
		return nil, err
	}
	closeAll := func() {
		for _, c := range sockets {
			_ = c.Close()
		}
	}
	name := "UDP " + strings.Join(addresses, ", ") + where
	return &flowSource{name: name, since: time.Now(), close: closeAll, run: func(s *verifying) (*verify.Report, error) { return s.listen(sockets, name) }}, nil
}

// addresses are the UDP addresses to listen on: the user's, or the port that the
// routers are to export to.
func (s *verifying) addresses() ([]string, error) {
	if len(s.f.listen) > 0 {
		return s.f.listen, nil
	}
	for i := range s.in.plan.Routers {
		if flow := s.in.plan.Routers[i].Flow; flow.On() {
			host := ""
			if s.f.lab {
				host = flow.Collector.String() // an address in the lab, and none of this host
			}
			return []string{net.JoinHostPort(host, fmt.Sprint(flow.Port))}, nil
		}
	}
	return nil, usageError{"verify: the intent has no telemetry, so nobody knows which port the routers export to", "name it with --listen :2055, or add telemetry to the intent"}
}

// sockets opens the sockets: of this host, or of the collector in the lab.
func (s *verifying) sockets(addresses []string) (sockets []*net.UDPConn, where string, err error) {
	if s.f.lab {
		sockets, err = labSockets(s.in.plan.Name, addresses, s.f.sockets)
		return sockets, " in the lab", err
	}
	sockets, err = verify.Open(addresses, s.f.sockets)
	return sockets, "", err
}

// openFile opens a capture, or the records of Azure's Traffic Collector.
func (s *verifying) openFile() (*flowSource, error) {
	path := s.f.pcap + s.f.records // one of them is empty
	out := &flowSource{name: inputName(path), close: func() {}}
	if s.f.since != "" {
		at, err := time.Parse(time.RFC3339, s.f.since)
		if err != nil {
			return nil, usageError{fmt.Sprintf("verify: --since %q is no time", s.f.since), "--since 2026-11-27T22:15:00Z"}
		}
		out.since = at
	}
	in := s.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		in, out.close = file, func() { _ = file.Close() }
	}
	out.run = func(s *verifying) (*verify.Report, error) {
		report, err := s.readFile(bufio.NewReaderSize(in, 1<<20))
		if err != nil {
			err = fmt.Errorf("%s: %w", out.name, err)
		}
		return report, err
	}
	return out, nil
}

// readFile judges what is in a file.
func (s *verifying) readFile(in io.Reader) (report *verify.Report, err error) {
	interrupted := watched(func() {}, func() { os.Exit(exitWorld) }, func(ctx context.Context) {
		if s.f.records != "" {
			err = s.v.Records(func(to verify.Sink) (verify.Drops, error) { return verify.ReadTrafficCollector(ctx, in, to) })
			report = s.v.Report(time.Time{})
			return
		}
		var c verify.Captured
		if c, err = verify.ReadPcap(ctx, in, s.v.Packet); err != nil {
			return
		}
		s.v.Dropped(verify.Drops{CutOff: c.CutOff})
		if c.Truncated {
			s.v.Note("the capture ends in the middle of a packet")
		}
		if c.Other > 0 {
			s.v.Note(fmt.Sprintf("%s of the capture are no UDP", count(int(c.Other), "packet")))
		}
		report = s.v.Report(c.Last)
		report.Began, report.Took = c.First, c.Last.Sub(c.First)
	})
	if interrupted {
		return nil, errors.New("interrupted; nothing is judged")
	}
	return report, err
}

// listen takes datagrams until the window is over, or a person ends it.
func (s *verifying) listen(sockets []*net.UDPConn, name string) (report *verify.Report, err error) {
	s.loadTemplates()
	defer s.saveTemplates()
	if s.f.watch {
		s.tell("listening on %s until Ctrl-C; a verdict every %s", name, s.f.window)
	} else {
		s.tell("listening on %s for %s; Ctrl-C ends it and judges what has come", name, s.f.window)
	}
	watched(func() {}, func() { os.Exit(exitWorld) }, func(ctx context.Context) {
		if !s.f.watch {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, s.f.window)
			defer cancel()
		}
		report, err = s.while(ctx, sockets)
	})
	return report, err
}

// sources are the routers that nothing was heard of, for a person who waits.
func (s *verifying) unheard(r *verify.Report) string {
	if len(r.Exporters) > 0 || r.Drops != (verify.Drops{}) {
		return ""
	}
	var from []string
	for i := range s.in.plan.Routers {
		if flow := s.in.plan.Routers[i].Flow; flow.On() && flow.Source.IsValid() {
			from = append(from, fmt.Sprintf("%s (%s)", s.in.plan.Routers[i].Name, flow.Source))
		}
	}
	slices.Sort(from)
	if len(from) == 0 {
		return "nothing has come: do the routers export to this host and port, and does a packet filter let it in?"
	}
	return "nothing has come from " + strings.Join(from, ", ") + ": do they export to this host and port, and does a packet filter let it in?"
}
