package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/ercfg/ercfg/internal/tty"
	"github.com/ercfg/ercfg/internal/verify"
)

// lookAgain is how often the state is judged, for the eye and for --once.
const lookAgain = time.Second

// gcPercent is how much garbage there may be while verify listens, in percent of what is
// in use. It is little, because a flow makes none: only the reports do, one a second.
const gcPercent = 25

// while judges what comes to the sockets until ctx ends, and shows how it stands. It
// returns the last verdict.
func (s *verifying) while(ctx context.Context, sockets []*net.UDPConn, name string) (*verify.Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	exposed, err := s.expose(ctx)
	if err != nil {
		return nil, err
	}
	defer exposed.close()
	if os.Getenv("GOGC") == "" { // who sets it knows better
		debug.SetGCPercent(gcPercent)
	}
	debug.FreeOSMemory() // of reading the intent, which was more than what follows takes
	s.begin(name)
	if note := verify.BufferNote(sockets); note != "" {
		s.v.Note(note)
	}
	var wg sync.WaitGroup
	var heard error
	wg.Go(func() {
		defer cancel()
		_, heard = verify.Listen(ctx, sockets, func(_ int, payload []byte, from netip.AddrPort, at time.Time) { s.v.Packet(payload, from, at) })
	})
	err = s.look(ctx, sockets, exposed)
	cancel()
	wg.Wait()
	if err := errors.Join(heard, err); err != nil {
		return nil, err
	}
	s.v.Lost(verify.Dropped(sockets))
	report := s.v.Report(time.Now())
	if hint := s.unheard(report); hint != "" {
		report.Notes = append(report.Notes, hint)
	}
	return report, nil
}

// look judges again and again until ctx ends, or at the first FAIL that the user waits
// for. The error is that of standard output: then nobody reads it any more.
func (s *verifying) look(ctx context.Context, sockets []*net.UDPConn, exposed *exposition) error {
	show := s.live()
	defer show.End()
	end := time.Now().Add(s.f.window)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookAgain):
		}
		now := time.Now()
		s.v.Lost(verify.Dropped(sockets))
		r := s.v.Report(now)
		show.Show(r)
		exposed.running(r)
		switch {
		case s.f.once && r.Verdict() == verify.Fail:
			return nil
		case s.f.watch && !now.Before(end):
			end = now.Add(s.f.window)
			r = s.v.Turn(now)
			exposed.full(r)
			show.End() // what is printed stands below the table
			if err := product(s.print(r)); err != nil {
				return err
			}
		}
	}
}

// begin says what is listened to, and until when.
func (s *verifying) begin(name string) {
	if s.f.watch {
		s.tell("listening on %s until Ctrl-C; a verdict every %s", name, s.f.window)
		return
	}
	s.tell("listening on %s for %s; Ctrl-C ends it and judges what has come", name, s.f.window)
}

// live shows a person how it stands: on a terminal a table in its place, elsewhere a
// line when a verdict changes.
func (s *verifying) live() *verify.Live {
	width, terminal := columns, false
	if file, ok := s.stderr.(*os.File); ok {
		if _, n, ok := tty.Size(file.Fd()); ok && os.Getenv("TERM") != "dumb" {
			width, terminal = n, true
		}
	}
	return verify.NewLive(s.stderr, width, terminal)
}

// An exposition serves the metrics of the last verdict; the zero value serves none.
type exposition struct {
	mu     sync.Mutex
	report *verify.Report
	turned bool
	server *http.Server
	done   chan struct{}
}

// expose begins to serve metrics, where the user wants them.
func (s *verifying) expose(ctx context.Context) (*exposition, error) {
	x := &exposition{}
	if s.f.metrics == "" {
		return x, nil
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.f.metrics)
	if err != nil {
		return nil, metricsError(s.f.metrics, err)
	}
	x.server = &http.Server{Handler: x, ReadHeaderTimeout: 5 * time.Second, MaxHeaderBytes: 1 << 14}
	x.done = make(chan struct{})
	go func() {
		defer close(x.done)
		_ = x.server.Serve(l)
	}()
	s.tell("metrics at http://%s/metrics", l.Addr())
	return x, nil
}

// metricsError says what to do about the usual reasons.
func metricsError(address string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("metrics at %s: another program has the port: give --metrics another one (ss -ltnp tells who it is)", address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("metrics at %s: a port below 1024 takes root or CAP_NET_BIND_SERVICE: give --metrics one above", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("metrics at %s: this machine has no such address", address)
	}
	return fmt.Errorf("metrics at %s: %w", address, err)
}

// running keeps how the first window stands, until one is full.
func (x *exposition) running(r *verify.Report) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.turned {
		x.report = r
	}
}

// full keeps the verdict of a window.
func (x *exposition) full(r *verify.Report) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.report, x.turned = r, true
}

func (x *exposition) close() {
	if x.server != nil {
		_ = x.server.Close()
		<-x.done
	}
}

// ServeHTTP answers a scrape.
func (x *exposition) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	report := x.report
	x.mu.Unlock()
	switch {
	case r.URL.Path != "/metrics":
		http.Error(w, "the metrics are at /metrics", http.StatusNotFound)
	case report == nil:
		http.Error(w, "nothing is judged yet", http.StatusServiceUnavailable)
	default:
		var text bytes.Buffer
		if err := verify.WriteMetrics(&text, report); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(text.Bytes())
	}
}

// templatesFile is where the templates of this user's exporters are kept, or those of a
// lab: its exporters are new ones with old addresses in the next one.
func (s *verifying) templatesFile() (string, error) {
	if s.f.lab {
		return labTemplates(s.in.plan.Name), nil
	}
	dir, err := stateDir()
	return filepath.Join(dir, "flow-templates.json"), err
}

// loadTemplates takes what an earlier run has learnt. Without it the exporters' next
// templates are waited for; so nothing here is worth to fail for.
func (s *verifying) loadTemplates() {
	path, err := s.templatesFile()
	if err != nil {
		return
	}
	file, err := os.Open(path)
	if err == nil {
		defer file.Close()
		err = s.v.LoadTemplates(file)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.tell("the templates of an earlier run are not used: %v", sentence(err))
	}
}

// saveTemplates keeps the templates for the next run: whole or not at all.
func (s *verifying) saveTemplates() {
	path, err := s.templatesFile()
	if err != nil {
		return
	}
	var text bytes.Buffer
	if err = s.v.SaveTemplates(&text); err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o700)
	}
	if err == nil {
		aside := path + ".new"
		if err = os.WriteFile(aside, text.Bytes(), 0o600); err == nil {
			err = os.Rename(aside, path)
		}
	}
	if err != nil {
		s.tell("the exporters' templates are not kept: %v", sentence(err))
	}
}
