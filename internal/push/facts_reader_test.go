package push

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// factReaders are the three ways of asking, by the first word of a case's name.
func factReaders() map[string]factReader {
	return map[string]factReader{"frr": frrFacts(), "iosxe": iosxeFacts(), "junos": junosFacts()}
}

// A case is a router's answers: the files are called like the commands and come in
// their order, so that these are goldens, too.
func TestFacts(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/facts/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no cases", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			platform, _, _ := strings.Cut(name, "_")
			reader, ok := factReaders()[platform]
			if !ok {
				t.Fatalf("no platform %q", platform)
			}
			testFacts(t, path, reader)
		})
	}
}

func testFacts(t *testing.T, path string, reader factReader) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	q, commands, outputs, want := factCase(t, archive)
	if diff := cmp.Diff(reader.commands(q), commands); diff != "" {
		t.Fatalf("commands (-ours +case):\n%s", diff)
	}
	f, err := reader.read(q, outputs)
	if err != nil {
		t.Fatal(err)
	}
	got := factsText(f)
	if os.Getenv("ERCFG_UPDATE") == "1" {
		archive.Files[len(archive.Files)-1].Data = []byte(got)
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

// factCase takes a case apart: the question, the answers, the facts.
func factCase(t testing.TB, archive *txtar.Archive) (q Question, commands, outputs []string, want string) {
	t.Helper()
	if len(archive.Comment) == 0 {
		t.Fatal("the case does not say where its answers come from")
	}
	for _, file := range archive.Files {
		switch file.Name {
		case "question":
			for line := range strings.Lines(string(file.Data)) {
				q.Neighbors = append(q.Neighbors, neighborOf(strings.Fields(line)...))
			}
		case "want":
			want = string(file.Data)
		default:
			commands, outputs = append(commands, file.Name), append(outputs, string(file.Data))
		}
	}
	return q, commands, outputs, want
}

// neighborOf makes a neighbor of an address, or of a VRF and an address.
func neighborOf(words ...string) Neighbor {
	n := Neighbor{Addr: netip.MustParseAddr(words[len(words)-1])}
	if len(words) > 1 {
		n.VRF = words[0]
	}
	return n
}

// factsText is a line for each session, route and prefix.
func factsText(f Facts) string {
	var out strings.Builder
	for _, p := range f.Peers {
		fmt.Fprintf(&out, "peer %q %s %s, shut %t, hold %v, keepalive %v, up %v, drops %d\n", p.VRF, p.Addr, p.State, p.Shut, p.Hold, p.Keepalive, p.Up, p.Drops)
		for _, r := range p.Routes {
			fmt.Fprintf(&out, "  route %s, best %t, preference %d\n", r.Prefix, r.Best, r.LocalPreference)
		}
		for _, s := range p.Sent {
			fmt.Fprintf(&out, "  sent %s\n", s)
		}
	}
	for _, b := range f.BFD {
		fmt.Fprintf(&out, "bfd %q %s on %q, up %t, multihop %t, %v x %d, for %q\n", b.VRF, b.Addr, b.Interface, b.Up, b.Multihop, b.Interval, b.Multiplier, b.Client)
	}
	return out.String()
}

// factAnswers are the answers of a case.
func factAnswers(t testing.TB, name string) (Question, []string) {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata/facts", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	q, _, outputs, _ := factCase(t, archive)
	return q, outputs
}

// An answer that is cut short, empty or another command's is an error that names
// the command.
func TestFactsUnread(t *testing.T) {
	t.Parallel()
	for name, reader := range map[string]factReader{"frr_8_4_4": frrFacts(), "iosxe_two_vrfs": iosxeFacts(), "junos_two_instances": junosFacts()} {
		q, outputs := factAnswers(t, name)
		for i, command := range reader.commands(q) {
			if i >= 2 && missing(reader, q, outputs, (i-2)/2) || strings.TrimSpace(outputs[i]) == "" {
				continue
			}
			for what, output := range map[string]string{
				"nothing":         "",
				"an error":        "unexpected: the router is on fire\n",
				"half an answer":  strings.TrimRight(outputs[i], "\n")[:len(outputs[i])*2/3],
				"another command": outputs[(i+1)%2],
			} {
				if cannotTell(command, what) {
					continue
				}
				changed := slices.Clone(outputs)
				changed[i] = output
				_, err := reader.read(q, changed)
				if err == nil || !strings.HasPrefix(err.Error(), command+": ") {
					t.Errorf("%s: %s: %s is read: %v", name, command, what, err)
				}
			}
		}
	}
}

// cannotTell says what no reader can see: IOS-XE prints nothing where it has no BFD
// and ends these two lists in nothing of their own, and Junos may print nothing
// where it has no routes.
func cannotTell(command, what string) bool {
	switch {
	case strings.HasPrefix(command, "show route "), command == "show bfd neighbors details" && what == "nothing":
		return what == "nothing"
	case command == "show bgp all neighbors", command == "show bfd neighbors details":
		return what == "half an answer"
	}
	return false
}

// missing says that the router does not have the neighbor i of the question, or
// not up: what it answers then need not be a table.
func missing(reader factReader, q Question, outputs []string, i int) bool {
	f, err := reader.read(q, outputs)
	if err != nil {
		return true
	}
	p := f.Peer(q.Neighbors[i])
	return p == nil || p.State != Established
}

func TestFactsCount(t *testing.T) {
	t.Parallel()
	for name, reader := range map[string]factReader{"frr_8_4_4": frrFacts(), "iosxe_two_vrfs": iosxeFacts(), "junos_two_instances": junosFacts()} {
		q, outputs := factAnswers(t, name)
		if _, err := reader.read(q, append(outputs, outputs[0])); err == nil {
			t.Errorf("%s: an answer more than commands is read", name)
		}
	}
}

func TestBFDVRF(t *testing.T) {
	t.Parallel()
	addr := netip.MustParseAddr("10.0.0.2")
	in := func(vrf, iface string) seenPeer { return seenPeer{Peer: Peer{VRF: vrf, Addr: addr}, iface: iface} }
	for _, tt := range []struct {
		name  string
		peers []seenPeer
		iface string
		want  string
		ok    bool
	}{
		{"no BGP neighbor", nil, "eth1", "", true},
		{"one, on no interface", []seenPeer{in("RED", "")}, "eth1", "RED", true},
		{"one, on another interface by another name", []seenPeer{in("RED", "Ethernet1")}, "eth1", "RED", true},
		{"two, one on the interface", []seenPeer{in("RED", ""), in("BLUE", "eth1")}, "eth1", "BLUE", true},
		{"two, one on another interface", []seenPeer{in("RED", "eth2"), in("BLUE", "")}, "eth1", "BLUE", true},
		{"two on no interface", []seenPeer{in("RED", ""), in("BLUE", "")}, "eth1", "", false},
		{"two on other interfaces", []seenPeer{in("RED", "eth2"), in("BLUE", "eth3")}, "eth1", "", false},
	} {
		if vrf, ok := bfdVRF(tt.peers, addr, tt.iface); vrf != tt.want || ok != tt.ok {
			t.Errorf("%s: %q, %t, want %q, %t", tt.name, vrf, ok, tt.want, tt.ok)
		}
	}
}

// Of several paths to a prefix the one in use counts.
func TestSortedRoutes(t *testing.T) {
	t.Parallel()
	a, b := netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.1.0.0/24")
	got := sortedRoutes([]Route{{b, false, 1}, {a, false, 2}, {a, true, 3}, {a, true, 4}})
	want := []Route{{a, true, 3}, {b, false, 1}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// fuzzFacts adds a case's answers, and reads whatever comes of them: an answer may
// be refused, and never breaks the reader.
// The answers to start from are short ones, and sessions, which are not: the engine
// does little else than shorten long ones.
func fuzzFacts(f *testing.F, name string, reader factReader, sessions string) {
	q, outputs := factAnswers(f, name)
	outputs[0] = sessions
	for i := range outputs {
		if len(outputs[i]) < 4096 {
			f.Add(uint8(i), outputs[i])
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, output string) {
		changed := slices.Clone(outputs)
		changed[int(i)%len(outputs)] = output
		facts, err := reader.read(q, changed)
		if err != nil {
			return
		}
		for _, p := range facts.Peers {
			if !p.Addr.IsValid() || p.State == "" || p.Hold < 0 || p.Up < 0 {
				t.Errorf("peer %+v", p)
			}
			if !slices.IsSortedFunc(p.Routes, func(a, b Route) int { return a.Prefix.Compare(b.Prefix) }) || !slices.IsSortedFunc(p.Sent, netip.Prefix.Compare) {
				t.Errorf("not sorted: %+v", p)
			}
			for _, r := range p.Routes {
				if r.Prefix != r.Prefix.Masked() {
					t.Errorf("route %v", r)
				}
			}
		}
		for _, b := range facts.BFD {
			if !b.Addr.IsValid() || b.Interval < 0 {
				t.Errorf("BFD %+v", b)
			}
		}
	})
}
