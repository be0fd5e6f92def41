package push

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"github.com/ercfg/ercfg/internal/secret"
)

// iosLine is a small IOS-XE.
func iosLine() *cli {
	return &cli{prompt: "ce1#", banner: "\nAuthorized access only\nce1#not a prompt\n", answer: func(c *cli, line string) (string, string) {
		switch {
		case line == "configure terminal":
			return "Enter configuration commands, one per line.  End with CNTL/Z.\n", "ce1(config)#"
		case line == "router bgp 65001":
			return "", "ce1(config-router)#"
		case line == "end":
			return "", "ce1#"
		case line == "show clock":
			return "*04:00:01.123 UTC Fri Nov 27 2026\n", c.prompt
		case strings.HasPrefix(line, "bogus"):
			return "          ^\n% Invalid input detected at '^' marker.\n\n", c.prompt
		}
		return "", c.prompt
	}}
}

// answering answers one command in its own way and the others as iosLine does.
func answering(command string, answer func(c *cli) (string, string)) *cli {
	line := iosLine()
	usual := line.answer
	line.answer = func(c *cli, line string) (string, string) {
		if line == command {
			return answer(c)
		}
		return usual(c, line)
	}
	return line
}

func run(t *testing.T, s *Session, line string) Answer {
	t.Helper()
	a, err := s.Run(t.Context(), line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return a
}

func TestShell(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	log := NewTranscript(&text, nil)
	server, line := newServer(t), iosLine()
	server.shell = func(ch ssh.Channel) { line.ch = ch; line.serve() }
	s := openShell(t, dial(t, server.start().target(), log), iosxeDialect())
	got := []Answer{run(t, s, "show clock"), run(t, s, "configure terminal"), run(t, s, "router bgp 65001")}
	want := []Answer{
		{"*04:00:01.123 UTC Fri Nov 27 2026\n", "ce1#"},
		{"Enter configuration commands, one per line.  End with CNTL/Z.\n", "ce1(config)#"},
		{"", "ce1(config-router)#"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s.Prompt() != "ce1(config-router)#" {
		t.Errorf("prompt %q", s.Prompt())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	transcript := `< 
< Authorized access only
< ce1#not a prompt
< ce1#
> terminal length 0
< terminal length 0
< ce1#
> terminal width 511
< terminal width 511
< ce1#
> show clock
< show clock
< *04:00:01.123 UTC Fri Nov 27 2026
< ce1#
> configure terminal
< configure terminal
< Enter configuration commands, one per line.  End with CNTL/Z.
< ce1(config)#
> router bgp 65001
< router bgp 65001
< ce1(config-router)#
`
	if diff := cmp.Diff(transcript, text.String()); diff != "" {
		t.Error(diff)
	}
	if got := <-server.pty; got != "vt100 511x255" {
		t.Errorf("terminal %s", got)
	}
	if _, err := s.Run(t.Context(), "show clock"); err == nil {
		t.Error("a closed session answers")
	}
}

// A round trip costs 50 ms: a line is one packet, and no echo is waited for in between.
func TestLineIsOnePacket(t *testing.T) {
	t.Parallel()
	line := iosLine()
	s := shellOf(t, iosxeDialect(), line, nil)
	for i := range 20 {
		run(t, s, fmt.Sprintf("ip prefix-list X seq %d permit 10.0.0.0/8", i))
	}
	line.mu.Lock()
	defer line.mu.Unlock()
	if want := 20 + len(iosxeDialect().opening); line.reads != want {
		t.Errorf("%d reads for %d lines", line.reads, want)
	}
}

// slowly writes byte by byte, each a packet of its own.
type slowly struct{ io.ReadWriter }

func (s slowly) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := s.ReadWriter.Write(p[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(p), nil
}

func TestSplitOutput(t *testing.T) {
	t.Parallel()
	server, line := newServer(t), iosLine()
	line.banner = "\x1b[?2004h\x1b]0;title\x07\x1b[1;32mWelcome\x1b[0m\n"
	usual := line.answer
	line.answer = func(c *cli, l string) (string, string) {
		out, prompt := usual(c, l)
		return "\x1b[?2004l\r" + out, "\x1b[K" + strings.ReplaceAll(prompt, "\x1b[K", "")
	}
	server.shell = func(ch ssh.Channel) { line.ch = slowly{ch}; line.serve() }
	s := openShell(t, dial(t, server.start().target(), nil), iosxeDialect())
	if diff := cmp.Diff(Answer{"*04:00:01.123 UTC Fri Nov 27 2026\n", "ce1#"}, run(t, s, "show clock")); diff != "" {
		t.Error(diff)
	}
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		d        dialect
		question string
	}{
		"confirm":      {iosxeDialect(), "Proceed with reload? [confirm]"},
		"file name":    {iosxeDialect(), "Destination filename [ercfg-1.cfg]? "},
		"overwrite":    {iosxeDialect(), "%Warning:There is a file already existing with this name\nDo you want to over write? [confirm]"},
		"yes or no":    {iosxeDialect(), "Continue with generating new key? [yes/no]: "},
		"password":     {iosxeDialect(), "Password: "},
		"pager of IOS": {iosxeDialect(), "line 1\n --More-- "},
		"exit":         {junosDialect(), "The configuration has been changed but not committed\nExit with uncommitted changes? [yes,no] (yes) "},
		"pager of CLI": {junosDialect(), "line 1\n---(more 45%)---"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := answering("ask", func(c *cli) (string, string) { return c.question, "" })
			line.question = c.question
			if c.d.platform == "junos" {
				line.prompt = "netops@ce1> "
			}
			s := shellOf(t, c.d, line, nil)
			begin := time.Now()
			_, err := s.Run(t.Context(), "ask")
			var asked *PromptError
			if !errors.As(err, &asked) || asked.Line != "ask" || !strings.Contains(asked.Seen, strings.TrimSpace(c.question)) || errors.Is(err, errLost) {
				t.Errorf("%v", err)
			}
			if took := time.Since(begin); took > patience {
				t.Errorf("it took %v", took)
			}
			if _, err := s.Run(t.Context(), "show clock"); !errors.As(err, &asked) {
				t.Errorf("the session goes on: %v", err)
			}
			if got := line.lines(); got[len(got)-1] != "ask" {
				t.Errorf("something was typed into the question: %q", got)
			}
		})
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	line := answering("copy", func(c *cli) (string, string) {
		c.print("Destination filename [ercfg-1.cfg]? ")
		if name, err := c.line(); err != nil || name != "" {
			return "wrong name\n", "ce1#"
		}
		c.print("Do you want to over write? [confirm]")
		if answer, err := c.line(); err != nil || answer != "y" {
			return "wrong answer\n", "ce1#"
		}
		return "1234 bytes copied\n", "ce1#"
	})
	s := shellOf(t, iosxeDialect(), line, nil)
	replies := []Reply{{regexp.MustCompile(`^Destination filename \[ercfg-1\.cfg\]\?$`), ""}, {regexp.MustCompile(`over write\? \[confirm\]$`), "y"}}
	got, err := s.Ask(t.Context(), "copy", replies...)
	if err != nil {
		t.Fatal(err)
	}
	want := "Destination filename [ercfg-1.cfg]?\nDo you want to over write? [confirm]y\n1234 bytes copied\n"
	if diff := cmp.Diff(want, strings.ReplaceAll(got.Text, "? \n", "?\n")); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Ask(t.Context(), "copy", replies[0]); err == nil || !strings.Contains(err.Error(), "over write") {
		t.Errorf("the second question was not expected: %v", err)
	}
}

// A question that comes again for ever is not answered for ever.
func TestAskEnds(t *testing.T) {
	t.Parallel()
	line := answering("reload", func(c *cli) (string, string) {
		for {
			c.print("Sure? [confirm]")
			if _, err := c.line(); err != nil {
				return "", ""
			}
		}
	})
	s := shellOf(t, iosxeDialect(), line, nil)
	_, err := s.Ask(t.Context(), "reload", Reply{regexp.MustCompile(`Sure`), ""})
	if asked := (*PromptError)(nil); !errors.As(err, &asked) {
		t.Fatal(err)
	}
	if got := len(line.lines()); got != len(iosxeDialect().opening)+1+maxReplies {
		t.Errorf("%d lines typed", got)
	}
}

// hang is an answer that never comes.
func hang(c *cli) (string, string) {
	c.print("half of the ans")
	_, _ = c.line()
	return "", ""
}

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	s := shellOf(t, iosxeDialect(), answering("hang", hang), nil).Within(3 * time.Second)
	_, err := s.Run(t.Context(), "hang")
	if !errors.Is(err, errLost) || !strings.Contains(err.Error(), "half of the ans") || !strings.Contains(err.Error(), "3s") {
		t.Errorf("%v", err)
	}
	if _, err := s.Run(t.Context(), "show clock"); !errors.Is(err, errLost) || !strings.Contains(err.Error(), "spent") {
		t.Errorf("the session is not spent: %v", err)
	}
}

func TestCancelledAnswer(t *testing.T) {
	t.Parallel()
	s := shellOf(t, iosxeDialect(), answering("hang", hang), nil)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := s.Run(ctx, "hang"); !errors.Is(err, errLost) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestCutAnswer(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	line := answering("cut", func(c *cli) (string, string) {
		c.print("half of the ans")
		server.cut()
		return "", ""
	})
	server.shell = func(ch ssh.Channel) { line.ch = ch; line.serve() }
	s := openShell(t, dial(t, server.start().target(), nil), iosxeDialect())
	begin := time.Now()
	_, err := s.Run(t.Context(), "cut")
	if !errors.Is(err, errLost) {
		t.Errorf("%v", err)
	}
	if took := time.Since(begin); took > patience {
		t.Errorf("it took %v", took)
	}
}

// A router that ends the session is no prompt.
func TestLoggedOut(t *testing.T) {
	t.Parallel()
	s := shellOf(t, iosxeDialect(), iosLine(), nil)
	_, err := s.Run(t.Context(), "exit")
	if !errors.Is(err, errLost) || !strings.Contains(err.Error(), "closed") {
		t.Errorf("%v", err)
	}
}

func TestMuchOutput(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	for i := range 300 {
		fmt.Fprintf(&want, "%03d %s\n", i, strings.Repeat("x", 150))
	}
	big := strings.Repeat(want.String(), 22) // a little over 1 MB
	line := answering("show running-config", func(c *cli) (string, string) { return big, c.prompt })
	s := shellOf(t, iosxeDialect(), line, nil)
	if got := run(t, s, "show running-config").Text; got != big {
		t.Errorf("%d bytes of %d, equal: %t", len(got), len(big), got == big)
	}
	for l := range strings.Lines(want.String()) {
		if a := run(t, s, strings.TrimSpace(l)); a.Text != "" {
			t.Fatalf("%q", a)
		}
	}
	if got := len(line.lines()); got != len(iosxeDialect().opening)+301 {
		t.Errorf("%d lines typed", got)
	}
}

const (
	syslog1 = "*Nov 27 04:00:00.123: %SYS-5-CONFIG_I: Configured from console by netops on vty0 (192.0.2.1)"
	syslog2 = "000123: Nov 27 04:00:00.123 UTC: %BGP-5-ADJCHANGE: neighbor 172.16.0.2 Up"
)

func TestNoise(t *testing.T) {
	t.Parallel()
	// As captures have them: the warning of the undo comes on the line of the prompt.
	const minute = "Rollback Confirmed Change: Rollback will begin in one minute.\nEnter \"configure confirm\" if you wish to keep what you've configured\n"
	const stamp = "Load for five secs: 13%/1%; one minute: 12%; five minutes: 13%\nTime source is NTP, 14:09:24.976 EDT Wed Oct 19 2016\n"
	for name, c := range map[string]struct {
		raw  string // between the line that was typed and its end
		want string
	}{
		"in the middle":       {"one\n" + syslog2 + "\ntwo\nce1#", "one\ntwo\n"},
		"of a zone":           {"one\n" + strings.Replace(syslog2, "UTC", "GMT+1", 1) + "\nce1#", "one\n"},
		"exec timestamp":      {stamp + "\none\nce1#", "\none\n"},
		"no time source":      {strings.Replace(stamp, "Time source is NTP, ", "No time source, *", 1) + "one\nce1#", "one\n"},
		"behind the prompt":   {"one\nce1#" + minute, "one\n"},
		"and then the log":    {"one\nce1#" + minute + "\n*Feb 15 15:56:41.560: Rollback:Acquired Configuration lock.\n" + syslog1 + "\n", "one\n"},
		"without its end":     {"one\nce1#" + strings.TrimSuffix(minute, "\n"), "one\n"},
		"the undo comes":      {"one\nce1#\nRollback Confirmed Change: Rolling to:flash:a-1\n\nTotal number of passes: 1\nRollback Done\n\n", "one\n"},
		"over the prompt":     {"one\nce1#\n" + syslog1 + "\n", "one\n"},
		"several":             {"one\nce1#\n" + syslog1 + "\n\n" + syslog2 + "\n", "one\n"},
		"prompt shown again":  {"one\nce1#\n" + syslog1 + "\nce1#", "one\nce1#\n"},
		"no message":          {"one\n%BGP-5: nothing\nce1#", "one\n%BGP-5: nothing\n"},
		"name within a line":  {"ce1#x\n x ce1#\nce1#", "ce1#x\n x ce1#\n"},
		"of another router":   {"ce2#\nce1#", "ce2#\n"},
		"blank lines":         {"\n\none\n\n\nce1#", "\n\none\n"},
		"a question answered": {"Really?\nyes\nce1#", "Really?\nyes\n"},
		"erased by the pager": {"one\n --More-- \b\b\b\b\b\b\b\b\b\b          \b\b\b\b\b\b\b\b\b\btwo\nce1#", "one\ntwo\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := shellOf(t, iosxeDialect(), answering("noise", func(*cli) (string, string) { return c.raw, "" }), nil)
			got := run(t, s, "noise")
			if got.Prompt != "ce1#" {
				t.Errorf("prompt %q", got.Prompt)
			}
			if diff := cmp.Diff(c.want, got.Text); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A prompt that is shown again before the echo of a line is the old one.
func TestOldPrompt(t *testing.T) {
	t.Parallel()
	server, line := newServer(t), iosLine()
	go1, go2 := make(chan bool), make(chan bool)
	server.shell = func(ch ssh.Channel) {
		line.ch = ch
		line.print("ce1#")
		for range iosxeDialect().opening {
			_, _ = line.line()
			line.print("ce1#")
		}
		var buf [64]byte
		n, _ := ch.Read(buf[:])
		line.print("\n" + syslog2 + "\nce1#")
		<-go1
		line.print(string(buf[:n]) + "new\nce1#")
		<-go2
	}
	s := openShell(t, dial(t, server.start().target(), nil), iosxeDialect())
	time.AfterFunc(2*quiet, func() { close(go1) })
	defer close(go2)
	if got := run(t, s, "show clock"); got.Text != "new\n" {
		t.Errorf("%q", got)
	}
}

func TestJunosShell(t *testing.T) {
	t.Parallel()
	const broadcast = "\n                                                                               \nBroadcast Message from root@ce1\n        (no tty) at 15:10 UTC...\n\nCommit was not confirmed; automatic rollback complete.\n\n"
	line := &cli{prompt: "{master:0}\nnet.ops-1@ce1-re0> ", banner: "--- JUNOS 21.4R3 built\n", answer: func(c *cli, line string) (string, string) {
		switch {
		case line == "configure exclusive":
			return "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n\n", "{master:0}[edit]\nnet.ops-1@ce1-re0# "
		case line == "edit protocols bgp":
			return "\n", "{master:0}[edit protocols bgp group \"x y\"]\nnet.ops-1@ce1-re0# "
		case strings.HasPrefix(line, "set bogus"):
			return "                     ^\nsyntax error, expecting <statement> or <identifier>.\n\n", c.prompt
		case line == "show | compare":
			return "[edit protocols bgp]\n-  hold-time 90;\n+  hold-time 30;\n\n", c.prompt
		case line == "wait":
			return "done\n\n{master:0}[edit]\nnet.ops-1@ce1-re0#\n" + broadcast, ""
		}
		return "\n", "[edit]\nnet.ops-1@ce1-re0# "
	}}
	s := shellOf(t, junosDialect(), line, nil)
	var got []Answer
	for _, l := range []string{"configure exclusive", "edit protocols bgp", "show | compare", "wait", "top"} {
		got = append(got, run(t, s, l))
	}
	const config = "net.ops-1@ce1-re0#"
	want := []Answer{
		{"warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n", config},
		{"", config},
		{"[edit protocols bgp]\n-  hold-time 90;\n+  hold-time 30;\n", config},
		{"done\n", config},
		{"", config},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"set cli screen-length 0", "set cli screen-width 0", "set cli complete-on-space off"}, line.lines()[:3]); diff != "" {
		t.Error(diff)
	}
}

func TestConfigure(t *testing.T) {
	t.Parallel()
	log := NewTranscript(io.Discard, []secret.Value{secret.NewValue("hunter2")})
	line := iosLine()
	s := shellOf(t, iosxeDialect(), line, log)
	if err := s.Configure(t.Context(), "router bgp 65001"); err != nil {
		t.Error(err)
	}
	err := s.Configure(t.Context(), "bogus hunter2")
	want := &RefusedError{Line: "bogus (secret)", Answer: "^\n% Invalid input detected at '^' marker."}
	var refused *RefusedError
	if !errors.As(err, &refused) || *refused != *want {
		t.Errorf("%v", err)
	}
	if err := s.Configure(t.Context(), "end"); err != nil {
		t.Errorf("the session does not go on: %v", err)
	}
	if err := s.Configure(t.Context(), "description a\nno router bgp"); err == nil {
		t.Error("two lines in one")
	}
	if err := s.Configure(t.Context(), "description really?"); err != nil {
		t.Error(err)
	}
	got := line.lines()
	if diff := cmp.Diff([]string{"bogus hunter2", "end", "description really\x16?"}, got[len(got)-3:]); diff != "" {
		t.Error(diff)
	}
}

// What no terminal of 511 columns holds is drawn anew by the line editor.
func TestLongLine(t *testing.T) {
	t.Parallel()
	long := "set policy-options as-path X " + strings.Repeat("1", 600)
	line := &cli{prompt: "netops@ce1> ", answer: func(c *cli, l string) (string, string) {
		if l == long {
			return long + "\n", c.prompt // as an answer that looks like the echo
		}
		return "", c.prompt
	}}
	line.draw = func(l string) string {
		if len(l) > 511 {
			return l[:100] + "\r$" + l[len(l)-90:]
		}
		return l
	}
	s := shellOf(t, junosDialect(), line, nil)
	if got := run(t, s, long); got.Text != long+"\n" {
		t.Errorf("%q", got)
	}
}

func TestNoCommandLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		d      dialect
		banner string
	}{
		"bash":           {frrDialect(), "\x1b[?2004hnetops@msee1:~$ "},
		"shell of Junos": {junosDialect(), "root@ce1:~ # "},
		"password":       {iosxeDialect(), "Password: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t)
			line := &cli{banner: c.banner, answer: func(*cli, string) (string, string) { return "", c.banner }}
			server.shell = func(ch ssh.Channel) { line.ch = ch; line.serve() }
			begin := time.Now()
			_, err := dial(t, server.start().target(), nil).Shell(t.Context(), c.d)
			var asked *PromptError
			if !errors.As(err, &asked) || asked.Line != "" || time.Since(begin) > patience {
				t.Errorf("after %v: %v", time.Since(begin), err)
			}
			if typed := line.lines(); len(typed) > 0 {
				t.Errorf("typed into what is no command line: %q", typed)
			}
		})
	}
}

func TestShellHangs(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"session", "pty", "prompt"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			server := newServer(t)
			server.silentAt = at
			server.shell = func(ch ssh.Channel) { _, _ = io.Copy(io.Discard, ch) }
			target := server.start().target()
			target.Timeout = 3 * time.Second
			begin := time.Now()
			_, err := dial(t, target, nil).Shell(t.Context(), frrDialect())
			if !errors.Is(err, errLost) || time.Since(begin) > patience {
				t.Errorf("after %v: %v", time.Since(begin), err)
			}
		})
	}
}

// Nothing of a session runs after Close, also where the router never answers.
func TestNothingStays(t *testing.T) {
	server := newServer(t)
	server.shell = func(ch ssh.Channel) {
		line := answering("hang", hang)
		line.ch = ch
		line.serve()
	}
	server.start()
	for range 3 {
		c, err := Dial(t.Context(), server.target(), nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.Shell(t.Context(), iosxeDialect())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Within(time.Second).Run(t.Context(), "hang"); err == nil {
			t.Fatal("an answer")
		}
		_ = s.Close()
		_ = c.Close()
	}
	server.cut()
	deadline := time.Now().Add(patience)
	for {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:runtime.Stack(stacks, true)]
		var ours []string
		for _, g := range strings.Split(string(stacks), "\n\n")[1:] {
			if strings.Contains(g, "internal/push.(*Conn)") || strings.Contains(g, "scrapligo") || strings.Contains(g, "push.(*wire)") {
				ours = append(ours, g)
			}
		}
		if len(ours) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines stay:\n%s", len(ours), strings.Join(ours, "\n\n"))
		}
		runtime.Gosched()
	}
}

// The global command prompt of IOS-XE names exec mode alone.
func TestConfigurationModeHasAnotherName(t *testing.T) {
	t.Parallel()
	line := &cli{prompt: "0073-LSB-Ext#", answer: func(c *cli, line string) (string, string) {
		switch line {
		case "configure terminal":
			return "Enter configuration commands, one per line.  End with CNTL/Z.\n", "EWM_20555_XPT(config)#"
		case "router bgp 65001":
			return "", "EWM_20555_XPT(config-router)#"
		case "end":
			return "", "0073-LSB-Ext#"
		}
		return line + "\n", c.prompt
	}}
	s := shellOf(t, iosxeDialect(), line, nil)
	var got []string
	for _, l := range []string{"configure terminal", "router bgp 65001", "do show clock", "end", "show clock"} {
		got = append(got, run(t, s, l).Prompt)
	}
	want := []string{"EWM_20555_XPT(config)#", "EWM_20555_XPT(config-router)#", "EWM_20555_XPT(config-router)#", "0073-LSB-Ext#", "0073-LSB-Ext#"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A banner may come in pieces, and one may end in what looks like a prompt: answers
// stay with their lines all the same.
func TestPromptInBanner(t *testing.T) {
	t.Parallel()
	server, line := newServer(t), iosLine()
	server.shell = func(ch ssh.Channel) {
		line.ch = ch
		line.print("ce1#")
		var buf [64]byte
		n, _ := ch.Read(buf[:]) // typed into the banner
		line.print(" is not for you\nmore of the banner\nce1#")
		time.Sleep(50 * time.Millisecond) // a slow router
		line.print(string(buf[:n]) + "ce1#")
		line.draw = func(l string) string { time.Sleep(30 * time.Millisecond); return l }
		for {
			l, err := line.line()
			if err != nil {
				return
			}
			line.print("answer to " + l + "\nce1#")
		}
	}
	s := openShell(t, dial(t, server.start().target(), nil), iosxeDialect())
	if got := run(t, s, "show clock"); got.Text != "answer to show clock\n" {
		t.Errorf("%q", got)
	}
}
