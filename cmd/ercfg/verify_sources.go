package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
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
	return nil, usageError{"the intent has no telemetry, so nobody knows which port the routers export to", "name it with --listen :2055, or add telemetry to the intent"}
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
	out.since, _ = s.f.sinceTime() // contradiction has refused what is none
	in, err := s.stdin, error(nil)
	if path == "-" {
		in, out.close, err = endable(in)
	} else {
		var file *os.File
		file, err = os.Open(path)
		in, out.close = file, func() { _ = file.Close() }
	}
	if err != nil {
		return nil, err
	}
	out.run = func(s *verifying) (*verify.Report, error) {
		report, err := s.readFile(in)
		if err != nil {
			err = fmt.Errorf("%s: %w", out.name, err)
		}
		return report, err
	}
	return out, nil
}

// endable lets a read of an inherited pipe or socket end with a deadline: such a
// one blocks, and nothing but its other end could end a read of it. The flag belongs to
// whoever else has the pipe too, so that restore takes it back.
func endable(in io.Reader) (out io.Reader, restore func(), err error) {
	file, ok := in.(*os.File)
	if !ok || file.SetReadDeadline(time.Time{}) == nil {
		return in, func() {}, nil
	}
	info, err := file.Stat()
	if err != nil || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) == 0 {
		return in, func() {}, err
	}
	fd, err := syscall.Dup(int(file.Fd()))
	if err != nil {
		return nil, nil, err
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, nil, errors.Join(err, syscall.Close(fd))
	}
	polled := os.NewFile(uintptr(fd), file.Name())
	return polled, func() {
		_ = syscall.SetNonblock(int(file.Fd()), false)
		_ = polled.Close()
	}, nil
}

// readFile judges what is in a file.
func (s *verifying) readFile(in io.Reader) (report *verify.Report, err error) {
	interrupted := watched(func() {}, func() { os.Exit(exitWorld) }, func(ctx context.Context) {
		if s.f.records != "" {
			err = s.v.Records(func(to verify.Sink) (verify.Drops, error) { return verify.ReadTrafficCollector(ctx, in, to) })
			report = s.v.Stored(time.Time{}, time.Time{})
			return
		}
		var c verify.Captured
		if c, err = verify.ReadPcap(ctx, in, s.v.Packet); err != nil {
			return
		}
		s.v.Dropped(c.Drops())
		if c.Truncated {
			s.v.Note("the capture ends in the middle of a packet")
		}
		if c.Other > 0 {
			s.v.Note(fmt.Sprintf("%s of the capture are no UDP", count(int(c.Other), "packet")))
		}
		report = s.v.Stored(c.First, c.Last)
		switch {
		case c.First.IsZero():
			report.Notes = append(report.Notes, "the capture has no packet")
		case len(report.Exporters) == 0:
			report.Notes = append(report.Notes, "nothing in the capture is flow export: it has to be taken where that arrives, such as with tcpdump -w FILE udp port 2055")
		}
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
	watched(func() {}, func() { os.Exit(exitWorld) }, func(ctx context.Context) {
		if !s.f.watch {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, s.f.window)
			defer cancel()
		}
		report, err = s.while(ctx, sockets, name)
	})
	return report, err
}

// unheard names the routers that nothing was heard of, for a person who waits. Of those
// that are known to be idle nothing has to come.
func (s *verifying) unheard(report *verify.Report) string {
	if len(report.Exporters) > 0 || report.Drops != (verify.Drops{}) {
		return ""
	}
	var from []string
	for i := range s.in.plan.Routers {
		r := &s.in.plan.Routers[i]
		if r.Flow.On() && r.Flow.Source.IsValid() && slices.Contains(report.Silent, r.Name) {
			from = append(from, fmt.Sprintf("%s (%s)", r.Name, r.Flow.Source))
		}
	}
	slices.Sort(from)
	switch {
	case len(report.Silent) == 0:
		return "nothing has come, although the export of every router is said to work"
	case len(from) == 0:
		return "nothing has come: do the routers export to this host and port, and does a packet filter let it in?"
	}
	return "nothing has come from " + strings.Join(from, ", ") + ": do they export to this host and port, and does a packet filter let it in?"
}
