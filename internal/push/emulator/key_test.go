package emulator

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// Keys are read in every form that a router writes them in.
func TestClearKeys(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"K3y": "K3y", "0 K3y": "K3y", "7 0822455D0A16": "cisco", "7 02050D480809": "cisco", "7": "7", "two words": "two words", "7 08XX": "7 08XX", "": "",
	} {
		if got := iosxeKey(strings.Fields(words)); got != want {
			t.Errorf("IOS-XE: %q is %q, want %q", words, got, want)
		}
	}
	for word, want := range map[string]string{
		"K3y": "K3y", "": "", "$9$LbHX-wg4Z": "lc", "$9$nnet/9pOBEyrv": "abc", "$9$2GgZjHkPQ39.PhrvLVb.P5Tz6": "password",
		"$9$asd": "$9$asd", junosBare(junosScramble("Tr1cky key!")): "Tr1cky key!",
	} {
		if got := junosClear(word); got != want {
			t.Errorf("Junos: %q is %q, want %q", word, got, want)
		}
	}
}

// firstNeighbor is where tests change keys on IOS-XE.
var firstNeighbor = netip.MustParseAddr("172.29.0.2")

// password has a neighbor of IOS-XE take another key.
func (p *typist) password(line string) {
	p.t.Helper()
	p.all("configure terminal", "router bgp 65210", line, "end")
}

// sessionIs compares the state of the first neighbor, and how often it was lost.
func (p *typist) sessionIs(when, state, dropped string) {
	p.t.Helper()
	one := p.neighbor(firstNeighbor.String())
	if !strings.Contains(one, "BGP state = "+state) || !strings.Contains(one, "; dropped "+dropped+"\n") {
		p.t.Errorf("%s: want %s, dropped %s:\n%s", when, state, dropped, one)
	}
}

// On IOS-XE a key that the other end has not ends the session with its hold time, and
// not at once; the right key brings it up again, or keeps it when it comes in time.
func TestIOSXEKey(t *testing.T) {
	t.Parallel()
	var clock clockwork
	_, p := reach(t, Options{Clock: clock.now, Settle: time.Second, Keys: map[netip.Addr][]string{firstNeighbor: {"", "right"}}})
	clock.add(2 * time.Second)
	p.sessionIs("no key", "Established", "0")
	for _, step := range []struct{ line, state, dropped string }{
		{"neighbor 172.29.0.2 password right", "Established", "0"},
		{"neighbor 172.29.0.2 password wrong", "Established", "0"},
		{"neighbor 172.29.0.2 password right", "Established", "0"}, // in time
		{"neighbor 172.29.0.2 password <kept-on-the-router>", "Established", "0"},
	} {
		p.password(step.line)
		clock.add(59 * time.Second) // the hold time is 60
		p.sessionIs(step.line, step.state, step.dropped)
	}
	clock.add(time.Second)
	p.sessionIs("the hold time is over", "Active", "1")
	clock.add(time.Hour)
	p.all("clear ip bgp 172.29.0.2")
	clock.add(time.Hour)
	p.sessionIs("cleared", "Active", "1")
	p.wants(fromFirst)
	p.password("neighbor 172.29.0.2 password right")
	p.sessionIs("the right key, just now", "Active", "1")
	clock.add(time.Second)
	p.sessionIs("the right key", "Established", "1")
	p.password("neighbor 172.29.0.2 password wrong")
	p.all("clear ip bgp 172.29.0.2")
	clock.add(time.Second)
	p.sessionIs("cleared with a wrong key", "Active", "2")
	p.password("no neighbor 172.29.0.2 password")
	clock.add(time.Second)
	p.sessionIs("none, as before", "Established", "2")
}

// A neighbor of which nothing is said keeps the key that the session had first, also when
// the session is taken away and comes back.
func TestFirstKey(t *testing.T) {
	t.Parallel()
	w := newWorld(Options{Clock: time.Now})
	at := func(key string) string {
		w.update([]peer{{addr: firstNeighbor, as: 12076, local: 65210, hold: time.Minute, key: key, policy: func() policy { return nil }}})
		for _, s := range w.sessions {
			if w.settle(s, time.Now()); s.up {
				return "up"
			}
		}
		return "down"
	}
	first := at("K3y")
	w.update(nil)
	if other := at("other"); first != "up" || other != "down" {
		t.Errorf("with the first key %s, then with another %s", first, other)
	}
	if again := at("K3y"); again != "up" {
		t.Error("the first key does not bring it up again")
	}
}

// On Junos another key resets the session, which comes up where the other end has it, too.
func TestJunosKey(t *testing.T) {
	t.Parallel()
	msee := netip.MustParseAddr("172.16.200.6")
	text := strings.ReplaceAll(junosGoldens(t)["two-ce-private/ce2.junos.set"], `"ER_LONDON_MD5"`, `"$9$2GgZjHkPQ39.PhrvLVb.P5Tz6"`)
	c := dialJunos(t, startJunos(t, Options{Running: text, Keys: map[netip.Addr][]string{msee: {"password", "right"}}}))
	session := func() string {
		doc := junosJSON(t, c.ask("show bgp neighbor 172.16.200.6 | display json"))
		return strings.Join(junosPick(t, doc, "bgp-information/bgp-peer", "peer-state", "flap-count"), "\n")
	}
	if got := session(); got != "Established 0" {
		t.Errorf("at first: %s", got)
	}
	for _, step := range []struct{ key, want string }{
		{`"password"`, "Established 0"}, // the same, in clear
		{`"right"`, "Established 1"},
		{`"<kept-on-the-router>"`, "Active 2"},
		{`"$9$2GgZjHkPQ39.PhrvLVb.P5Tz6"`, "Established 2"},
	} {
		c.ask("configure")
		c.ask("set protocols bgp group CONTOSO-LONDON-ER-LONDON-V4 authentication-key " + step.key)
		c.ask("commit and-quit")
		if got := session(); got != step.want {
			t.Errorf("key %s: %s, want %s", step.key, got, step.want)
		}
	}
}
