package main

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/ercfg/ercfg/internal/tty"
)

// contradiction refuses flags that do not go together, or mean nothing. set knows which
// of them the user wrote.
func (f *verifyFlags) contradiction(path string, set *pflag.FlagSet) error {
	if name := emptied(set); name != "" {
		return usageError{"verify: --" + name + " is empty: a variable of a script that is not set?", "write a value, or leave --" + name + " out"}
	}
	switch {
	case f.pcap != "" && f.records != "":
		return usageError{"verify: --pcap and --records are two sources, and one verdict is about one", "run verify twice"}
	case f.stored() && (len(f.listen) > 0 || f.watch || set.Changed("for") || f.sockets != 1):
		return usageError{"verify: a file is read to its end, and nothing is listened to", "leave --listen, --sockets, --for and --watch out, or --pcap and --records"}
	case path == "-" && f.storedAt() == "-":
		return usageError{"verify: standard input is the intent already", "write the intent to a file"}
	case f.since != "" && !f.stored():
		return usageError{"verify: --since belongs to --pcap and --records: a socket has nothing older than the start of listening", "leave --since out"}
	case f.once && !f.watch, f.metrics != "" && !f.watch:
		return usageError{"verify: --once and --metrics belong to --watch", "add --watch"}
	case f.watch && (f.format == "html" || f.format == "junit"):
		return usageError{"verify: --watch writes one report after the other, and a file of --format " + f.format + " holds one", "--format json, which writes one document after the other; or leave --watch out"}
	}
	if err := f.outOfRange(set); err != nil {
		return err
	}
	return f.unusable()
}

// outOfRange refuses numbers and times that nothing can be done with.
func (f *verifyFlags) outOfRange(set *pflag.FlagSet) error {
	switch {
	case f.window < time.Second:
		return usageError{fmt.Sprintf("verify: --for %s is too short for anything to come", f.window), "--for 5m"}
	case f.sockets < 1 || f.sockets > 64:
		return usageError{fmt.Sprintf("verify: --sockets %d: it is 1 to 64", f.sockets), "one for each core is enough"}
	case set.Changed("min-samples") && f.minSamples < 1:
		return usageError{fmt.Sprintf("verify: --min-samples %d: where nothing is seen nothing is proved", f.minSamples), "--min-samples 20"}
	case set.Changed("sampling") && (f.sampling < 1 || uint64(f.sampling) > math.MaxUint32):
		return usageError{fmt.Sprintf("verify: --sampling %d: one packet in N, and N is 1 to %d", f.sampling, uint32(math.MaxUint32)), "--sampling 1000"}
	}
	return nil
}

// unusable refuses times and addresses that are none, before a router is asked anything.
func (f *verifyFlags) unusable() error {
	if _, err := f.sinceTime(); err != nil {
		return usageError{fmt.Sprintf("verify: --since %q is no time", f.since), "--since 2026-11-27T22:15:00Z"}
	}
	if problem := unlistenable(f.listen); problem != "" {
		return usageError{"verify: " + problem, listenHint}
	}
	if f.metrics == "" {
		return nil
	}
	if _, _, problem := hostPort(f.metrics); problem != "" {
		return usageError{fmt.Sprintf("verify: --metrics %s: %s", f.metrics, problem), "--metrics :9108 or 127.0.0.1:9108"}
	}
	return nil
}

const listenHint = "--listen :2055, 192.0.2.1:2055 or [2001:db8::1]:2055"

// unlistenable says what is wrong with addresses to listen on; empty: nothing.
func unlistenable(addresses []string) string {
	seen := make(map[string]bool)
	for _, address := range addresses {
		host, port, problem := hostPort(address)
		if _, err := netip.ParseAddr(host); problem == "" && host != "" && err != nil {
			problem = fmt.Sprintf("%q is no address of IPv4 or IPv6, and names are not looked up", host)
		}
		at := net.JoinHostPort(host, port)
		if problem == "" && seen[at] {
			problem = "it is there twice"
		}
		if problem != "" {
			return fmt.Sprintf("--listen %s: %s", address, problem)
		}
		seen[at] = true
	}
	return ""
}

// sinceTime is the time from which on the flows of a file are judged; zero: all of them are.
func (f *verifyFlags) sinceTime() (time.Time, error) {
	if f.since == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, f.since)
}

// hostPort parts an address; problem says why it is none.
func hostPort(address string) (host, port, problem string) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", "", "it is no address with a port"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", "", "the port is a number up to 65535"
	}
	return host, port, ""
}

// emptied is the name of a flag that was written without a value. To take the default
// there would be a guess: of the source, or of the state that is predicted.
func emptied(set *pflag.FlagSet) (name string) {
	set.Visit(func(f *pflag.Flag) {
		if v := f.Value.String(); v == "" || v == "[]" {
			name = f.Name
		}
	})
	return name
}

// stored reports whether flows are read from a file.
func (f *verifyFlags) stored() bool { return f.pcap != "" || f.records != "" }

// storedAt is the file that flows are read from; "-" is standard input.
func (f *verifyFlags) storedAt() string { return f.pcap + f.records } // one of them is empty

// unreadable refuses a file that is not there before a router is asked anything, and a
// terminal: nobody types a capture, and nothing but its end would end the reading.
func (s *verifying) unreadable() error {
	switch at := s.f.storedAt(); at {
	case "":
		return nil
	case "-":
		if file, ok := s.stdin.(*os.File); ok {
			if _, _, ok := tty.Size(file.Fd()); ok {
				return usageError{"verify: standard input is a terminal, and flows come from a file or a pipe", "tcpdump -w - udp port 2055 | ercfg verify FILE --pcap -"}
			}
		}
		return nil
	default:
		info, err := os.Stat(at)
		if err == nil && info.IsDir() {
			err = fmt.Errorf("%s: a directory, and a file is read", shown(at))
		}
		return err
	}
}
