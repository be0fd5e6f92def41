package push

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// sessionWith begins the name of a test of a session's state.
const sessionWith = "session with "

// session wants a session up, and never down since before, but where the change
// may reset it.
func (l *look) session(w *wanted) test {
	peer, old := l.is[w.Neighbor], l.was[w.Neighbor]
	t := test{TestResult: TestResult{Name: sessionWith + w.name(), Want: Established, Got: stateText(peer)}, of: []Neighbor{w.Neighbor}}
	switch {
	case w.shut:
		t.Want = "shut down"
		t.Pass = peer != nil && peer.Shut && peer.State != Established
	case peer != nil && peer.Shut && old != nil && old.Shut:
		t.Pass, t.Note = true, "shut down on the router before, too: this change does not bring it up"
	case peer != nil && peer.State != Established && l.apart[w.Neighbor] != "":
		t.Pass, t.Note = true, apartNote(l.apart[w.Neighbor])
	case !isUp(peer):
	case !l.wasReset(old, peer):
		t.Pass = true
	case l.resets[w.Neighbor]:
		t.Pass, t.Note = true, "was reset, as predicted"
	default:
		t.Want, t.Got = "Established all the time", "was reset meanwhile, which the change does not explain"
	}
	return t
}

// stateText is a session's state in words.
func stateText(p *Peer) string {
	switch {
	case p == nil:
		return "no such session"
	case p.Shut:
		return "shut down"
	case p.State == "":
		return "no state"
	}
	return p.State
}

// timers wants the hold time and keepalive that both ends agree on: the lower hold
// time (RFC 4271 §4.2), and a third of it at most.
func (l *look) timers(w *wanted, peer *Peer) *test {
	hold, keepalive := w.timers.Hold, w.timers.Keepalive
	if w.theirs > 0 {
		hold, keepalive = w.timers.Agreed(w.theirs)
	}
	if l.r.Platform == plan.Junos {
		keepalive = hold / 3 // Junos knows no other (render writes hold-time alone)
	}
	t := &test{TestResult: TestResult{Name: "timers with " + w.name(), Want: timersText(hold, keepalive.Truncate(time.Second)), Got: timersText(peer.Hold, peer.Keepalive)}, of: []Neighbor{w.Neighbor}}
	old := l.was[w.Neighbor]
	switch {
	case peer.Hold == 0:
		t.Got, t.Pass, t.Note = "not told", true, "no verdict: the router does not tell what was agreed"
	case peer.Hold == hold && (peer.Keepalive == 0 || sameKeepalive(peer.Keepalive, keepalive)):
		t.Pass = true
	case w.theirs == 0 && peer.Hold < hold:
		t.Pass, t.Note = true, "the other end offers less"
	case l.waits[w.Neighbor] && isUp(old) && old.Hold == peer.Hold && old.Keepalive == peer.Keepalive:
		t.Pass, t.Note = true, "the new timers wait for the session's next reset: clear it when that suits"
	}
	return t
}

// sameKeepalive reports whether a router that wants a keepalive has it. A third of a hold
// time need not be whole seconds, and all that routers print is: they drop the rest, as
// far as answers of theirs show, and none is documented to; Junos may as well round.
func sameKeepalive(has, want time.Duration) bool {
	return has == want || has%time.Second == 0 && (has-want).Abs() < time.Second
}

func timersText(hold, keepalive time.Duration) string {
	if keepalive == 0 {
		return "hold " + spanText(hold)
	}
	return "hold " + spanText(hold) + ", keepalive " + spanText(keepalive)
}

// spanText is whole seconds where they are, as routers are configured.
func spanText(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.Itoa(int(d/time.Second)) + " s"
	}
	return strconv.Itoa(int(d/time.Millisecond)) + " ms"
}

// bfd wants BFD where the plan has it: up, single-hop, on the link's interface, at
// the slower interval of both ends, with BGP as its client.
func (l *look) bfd(w *wanted) *test {
	if !w.bfd.On() {
		return nil
	}
	interval := max(w.bfd.Interval, w.theirBFD)
	want := "up, single hop"
	if w.iface != "" {
		want += " on " + w.iface
	}
	t := &test{TestResult: TestResult{Name: "BFD with " + w.name(), Want: fmt.Sprintf("%s, %s x %d", want, spanText(interval), w.bfd.Multiplier), Got: "none"}, of: []Neighbor{w.Neighbor}}
	b := bfdPeer(l.now, w.Neighbor)
	if b == nil {
		return t
	}
	t.Got = b.text()
	agreed := b.Interval == interval || w.theirBFD == 0 && b.Interval > interval
	t.Pass = b.Up && !b.Multihop && (w.iface == "" || sameInterface(b.Interface, w.iface)) &&
		(b.Interval == 0 || agreed) && (b.Multiplier == 0 || b.Multiplier == w.bfd.Multiplier) && (b.Client == "" || strings.Contains(b.Client, "BGP"))
	if t.Pass && b.Interval > interval {
		t.Note = "the other end is slower"
	}
	return t
}

// bfdPeer is the BFD session with a neighbor; nil: none. Where a router tells no
// VRF, the address decides.
func bfdPeer(f *Facts, n Neighbor) *BFDPeer {
	find := func(vrf string) *BFDPeer {
		i := slices.IndexFunc(f.BFD, func(b BFDPeer) bool { return b.VRF == vrf && b.Addr.WithZone("") == n.Addr })
		if i < 0 {
			return nil
		}
		return &f.BFD[i]
	}
	if b := find(n.VRF); b != nil {
		return b
	}
	return find("")
}

func (b *BFDPeer) text() string {
	words := []string{"down"}
	if b.Up {
		words[0] = "up"
	}
	hops := "single hop"
	if b.Multihop {
		hops = "multihop"
	}
	if b.Interface != "" {
		hops += " on " + b.Interface
	}
	words = append(words, hops)
	if b.Interval > 0 {
		words = append(words, fmt.Sprintf("%s x %d", spanText(b.Interval), b.Multiplier))
	}
	if b.Client != "" && !strings.Contains(b.Client, "BGP") {
		words = append(words, "for "+b.Client)
	}
	return strings.Join(words, ", ")
}

// sameInterface reports whether two names are one interface: IOS-XE shortens its
// words in tables (Te0/0/1.150).
func sameInterface(a, b string) bool {
	digit := func(s string) int { return max(0, strings.IndexAny(s, "0123456789")) }
	i, j := digit(a), digit(b)
	return a[i:] == b[j:] && (strings.HasPrefix(a[:i], b[:j]) || strings.HasPrefix(b[:j], a[:i])) && (i > 0) == (j > 0)
}

// counted is a number and its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
