package emulator

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// on picks a line.
func on(wanted string) func(string) bool {
	return func(line string) bool { return line == wanted }
}

// TestFaultsOfALine breaks the session at a line: what the router has done by then,
// and whether the connection ends, is as each fault says.
func TestFaultsOfALine(t *testing.T) {
	t.Parallel()
	const line = "interface Loopback7"
	for name, c := range map[string]struct {
		faults     Faults
		done, ends bool
	}{
		"cut before": {Faults{CutBefore: on(line)}, false, true},
		"cut after":  {Faults{CutAfter: on(line)}, true, true},
		"hang":       {Faults{Hang: on(line)}, false, false},
		"mute":       {Faults{Mute: on(line)}, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, Options{Platform: IOSXE, Name: "r", Faults: c.faults})
			p := login(t, r)
			p.all("configure terminal")
			p.send(line + "\r")
			if c.ends {
				if !p.ended() {
					t.Error("the connection stays")
				}
			} else {
				if screen := p.until(func(s string) bool { return strings.HasSuffix(s, "\n") }); screen != line+"\n" {
					t.Errorf("more than the echo comes: %q", screen)
				}
				select {
				case piece := <-p.screen:
					t.Errorf("more than the echo comes: %q", piece)
				case <-time.After(50 * time.Millisecond):
				}
			}
			eventually(t, "the line in the log", func() bool { return slices.Contains(r.Log(), "config: "+line) })
			if done := strings.Contains(r.Running(), line); done != c.done {
				t.Errorf("the line is done: %v", done)
			}
			if p := login(t, r); p.last != "r#" {
				t.Errorf("a new session begins with %q", p.last)
			}
		})
	}
}

// TestCut takes the way to the router away and gives it back: sessions end, new ones
// do not begin, and the router itself goes on.
func TestCut(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r"})
	one, two := login(t, r), login(t, r)
	one.all("configure terminal", "interface Loopback7")
	r.Cut()
	if !one.ended() || !two.ended() {
		t.Error("a session stays")
	}
	if _, err := ssh.Dial("tcp", r.Addr(), &ssh.ClientConfig{User: "netops", Auth: []ssh.AuthMethod{ssh.Password("secret")}, HostKeyCallback: ssh.FixedHostKey(r.HostKey()), Timeout: patience}); err == nil {
		t.Error("a connection comes through a cut way")
	}
	r.Heal()
	if answer := login(t, r).do("show running-config"); !strings.Contains(answer, "interface Loopback7\n") {
		t.Error("what was typed before the cut is lost")
	}
}

// TestRefuseLine answers a line with the fault's text, and does not do it.
func TestRefuseLine(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Name: "r", Faults: Faults{RefuseLine: func(line string) string {
		if strings.HasPrefix(line, "description ") {
			return "Command authorization failed.\n"
		}
		return ""
	}}})
	p := login(t, r)
	p.all("configure terminal", "interface Loopback7")
	if answer := p.do("description x"); answer != "Command authorization failed.\n" || strings.Contains(r.Running(), "description") {
		t.Errorf("answered %q, then\n%s", answer, r.Running())
	}
}

// TestSlow answers one line late.
func TestSlow(t *testing.T) {
	t.Parallel()
	const late = 80 * time.Millisecond
	p := login(t, start(t, Options{Platform: IOSXE, Name: "r", Faults: Faults{Slow: func(line string) time.Duration {
		if line == "show privilege" {
			return late
		}
		return 0
	}}}))
	begin := time.Now()
	if answer := p.do("show privilege"); answer != "Current privilege level is 15\n" || time.Since(begin) < late {
		t.Errorf("answered %q after %v", answer, time.Since(begin))
	}
}

// TestPaging stops a long answer at every page, as long as the terminal has a
// length.
func TestPaging(t *testing.T) {
	t.Parallel()
	var running strings.Builder
	for n := range 100 {
		fmt.Fprintf(&running, "ip route 10.%d.0.0 255.255.0.0 Null0 250\n", n)
	}
	r := start(t, Options{Platform: IOSXE, Name: "r", Running: running.String(), Faults: Faults{Paging: true}})
	p := login(t, r)
	p.send("show running-config\r")
	if screen := p.wait(); !strings.HasSuffix(screen, " --More-- ") || strings.Count(screen, "\n") != 24 {
		t.Errorf("the first page is %q", screen)
	}
	p.send("\r")
	if screen := p.wait(); strings.Count(screen, "\n") != 1 || !strings.HasSuffix(screen, " --More-- ") {
		t.Errorf("after return comes %q", screen)
	}
	p.send(" ")
	if screen := p.wait(); strings.Count(screen, "\n") != 23 || !strings.HasSuffix(screen, " --More-- ") {
		t.Errorf("after a blank comes %q", screen)
	}
	p.send("q")
	if screen := p.wait(); !strings.HasSuffix(screen, "r#") || strings.Contains(screen, "ip route") {
		t.Errorf("after q comes %q", screen)
	}
	p.do("terminal length 0")
	if answer := p.do("show running-config"); strings.Contains(answer, "--More--") || strings.Count(answer, "ip route") != 100 {
		t.Errorf("without a length comes %q", answer)
	}
}

// TestSplitAndSyslog writes in small pieces, with news in the middle; together they
// are the same as without.
func TestSplitAndSyslog(t *testing.T) {
	t.Parallel()
	const news = "*Nov 27 03:54:10.123: %BGP-5-ADJCHANGE: neighbor 192.0.2.1 Down BGP Notification sent"
	plain := login(t, start(t, Options{Platform: IOSXE, Name: "r"})).do("show version")
	p := login(t, start(t, Options{Platform: IOSXE, Name: "r", Faults: Faults{SplitOutput: true, Syslog: func(line string) string {
		if line == "show version" {
			return news
		}
		return ""
	}}}))
	p.send("show version\r")
	pieces := 0
	screen := p.until(func(s string) bool {
		pieces++
		return iosxeReady.MatchString(s)
	})
	if got := strings.Replace(screen, news+"\n", "", 1); got != "show version\n"+plain+"r#" {
		t.Errorf("got %q", screen)
	}
	if !strings.Contains(screen, "\n"+news+"\n") || pieces < 4 {
		t.Errorf("%d pieces: %q", pieces, screen)
	}
}

// TestLogins lets in who has the password or the key, and nobody else.
func TestLogins(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, Options{Platform: IOSXE, AuthorizedKey: signer.PublicKey(), Banner: "keep out\n"})
	for name, c := range map[string]struct {
		user string
		auth ssh.AuthMethod
		in   bool
	}{
		"password":       {"netops", ssh.Password("secret"), true},
		"wrong password": {"netops", ssh.Password("guess"), false},
		"other user":     {"root", ssh.Password("secret"), false},
		"key":            {"netops", ssh.PublicKeys(signer), true},
		"other's key":    {"root", ssh.PublicKeys(signer), false},
		"wrong key":      {"netops", ssh.PublicKeys(r.hostKey), false},
		"questions": {"netops", ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
			return slices.Repeat([]string{"secret"}, len(questions)), nil
		}), true},
	} {
		banner := ""
		client, err := ssh.Dial("tcp", r.Addr(), &ssh.ClientConfig{
			User: c.user, Auth: []ssh.AuthMethod{c.auth}, HostKeyCallback: ssh.FixedHostKey(r.HostKey()), Timeout: patience,
			BannerCallback: func(message string) error { banner = message; return nil },
		})
		if (err == nil) != c.in || banner != "keep out\n" {
			t.Errorf("%s: %v, banner %q", name, err, banner)
		}
		if err == nil {
			client.Close()
		}
	}
}

// TestOneCommand does a command without a terminal: no prompt, no echo, an exit
// status.
func TestOneCommand(t *testing.T) {
	t.Parallel()
	r := start(t, Options{Platform: IOSXE, Motd: "welcome"})
	client := login(t, r).client
	s, err := client.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	out, err := s.Output("show privilege")
	if err != nil || string(out) != "welcome\n\nCurrent privilege level is 15\n" {
		t.Errorf("%v, %q", err, out)
	}
}

// TestLatency makes a round trip take as long as the options say, and several lines
// at once no longer than one.
func TestLatency(t *testing.T) {
	t.Parallel()
	const late = 500 * time.Millisecond
	r := start(t, Options{Platform: IOSXE, Name: "r", Latency: late})
	p := login(t, r)
	begin := time.Now()
	p.do("show privilege")
	one := time.Since(begin)
	begin = time.Now()
	p.send(strings.Repeat("show privilege\r", 10))
	p.until(func(s string) bool { return strings.Count(s, "r#") == 10 })
	if ten := time.Since(begin); one < late || ten < late || ten > 9*late {
		t.Errorf("one line takes %v, ten together %v", one, ten)
	}
}

// TestCloseAwaits leaves nothing of a router behind: its port is free and its
// timers stand still.
func TestCloseAwaits(t *testing.T) {
	t.Parallel()
	r, err := Start(Options{Platform: IOSXE, Name: "r", Password: "secret", Minute: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	p := login(t, r)
	p.send("configure terminal revert timer 100\rinterface Loopback7\r")
	p.until(func(s string) bool { return strings.Contains(s, "(config-if)#") })
	r.Close()
	if !p.ended() {
		t.Error("a session stays")
	}
	left := r.Running()
	time.Sleep(150 * time.Millisecond) // the undo would have ended after 100
	if r.Running() != left {
		t.Error("a timer goes on")
	}
	l, err := net.Listen("tcp", r.Addr())
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	l.Close()
}
