package main

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/verify"
)

// inherited makes a pipe as a shell hands one over: its reads block. A file of Go that
// blocks knows no deadline.
func inherited(t *testing.T) (r, w *os.File) {
	t.Helper()
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		t.Fatal(err)
	}
	r, w = os.NewFile(uintptr(fds[0]), "stdin"), os.NewFile(uintptr(fds[1]), "")
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	return r, w
}

// A capture or records from a pipe that an operator interrupts end at once, though
// whoever writes says nothing and stays; the pipe blocks again for whoever else has it.
func TestEndable(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(context.Context, io.Reader) error{
		"capture": func(ctx context.Context, r io.Reader) error {
			_, err := verify.ReadPcap(ctx, r, func([]byte, netip.AddrPort, time.Time) {})
			return err
		},
		"records": func(ctx context.Context, r io.Reader) error {
			_, err := verify.ReadTrafficCollector(ctx, r, nil)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := inherited(t)
			in, restore, err := endable(r)
			if err != nil {
				t.Fatal(err)
			}
			reason := errors.New("enough")
			ctx, cancel := context.WithCancelCause(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- read(ctx, in) }()
			cancel(reason)
			select {
			case err := <-ended:
				if !errors.Is(err, reason) {
					t.Errorf("got %v, want %v", err, reason)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("it still reads")
			}
			restore()
			if flags := fileFlags(t, r); flags&syscall.O_NONBLOCK != 0 {
				t.Errorf("the pipe does not block any more: flags %#x", flags)
			}
		})
	}
}

// fileFlags are the status flags of an open file description (F_GETFL of fcntl(2)).
func fileFlags(t *testing.T, f *os.File) int {
	t.Helper()
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, f.Fd(), syscall.F_GETFL, 0)
	if errno != 0 {
		t.Fatal(errno)
	}
	return int(flags)
}

// What is no pipe, or has deadlines already, is read as it is.
func TestEndableOthers(t *testing.T) {
	t.Parallel()
	pollable, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer pollable.Close()
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, in := range map[string]io.Reader{"text": strings.NewReader(""), "pipe with deadlines": pollable, "device": file} {
		out, restore, err := endable(in)
		if err != nil || out != in {
			t.Errorf("%s: %v, another reader: %v", name, err, out != in)
			continue
		}
		restore()
	}
	if err := pollable.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Errorf("the pipe has lost its deadlines: %v", err)
	}
}
