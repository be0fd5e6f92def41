package push

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// needSSHD skips a test that this machine cannot do, or fails it where it must.
func needSSHD(t *testing.T) string {
	t.Helper()
	why := ""
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	switch {
	case os.Getuid() != 0:
		why = "sshd lets others in for root only"
	case err != nil:
		why = "there is no /usr/sbin/sshd"
	}
	if why != "" && os.Getenv("ERCFG_LAB") == "must" {
		t.Fatal(why)
	}
	if why != "" {
		t.Skip(why)
	}
	return sshd
}

// sshdTarget is OpenSSH's own server, on the ends of a ProxyCommand. More goes into its
// configuration.
func sshdTarget(t *testing.T, more string) Target {
	t.Helper()
	sshd, dir := needSSHD(t), t.TempDir()
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // it wants its empty directory
		t.Fatal(err)
	}
	hostKey, hostFile := newSigner(t)
	user, key := newSigner(t)
	for name, text := range map[string]string{
		"host_key":        hostFile.Value.Reveal(),
		"authorized_keys": string(marshalKey(user)),
		"known_hosts":     "ce1.example " + string(marshalKey(hostKey)),
		"config": fmt.Sprintf("HostKey %[1]s/host_key\nAuthorizedKeysFile %[1]s/authorized_keys\nStrictModes no\nPidFile none\nUsePAM no\n"+
			"PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\n"+
			"SetEnv HOME=%[1]s\n%[2]s", dir, more), // root's files for his shell are the machine's
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Target{
		Router: "ce1", Host: "ce1.example", User: "root", Keys: []Key{key}, KnownHosts: []string{filepath.Join(dir, "known_hosts")},
		ProxyCommand: fmt.Sprintf("%s -i -e -f %s/config", sshd, dir), Timeout: 10 * time.Second,
	}
}

// Log in by key at a real sshd, run commands and a shell.
func TestSSHD(t *testing.T) {
	t.Parallel()
	target := sshdTarget(t, "")
	c := dial(t, target, nil)
	for _, x := range []struct {
		command, stdin string
		want           Result
	}{
		{"cat; echo e >&2; exit 3", "in", Result{[]byte("in"), []byte("e\n"), 3}},
		{"kill -9 $$", "", Result{nil, nil, 137}},
		{"no-such-command", "", Result{Code: 127}},
	} {
		got, err := c.Exec(t.Context(), x.command, []byte(x.stdin))
		if err != nil || !bytes.Equal(got.Stdout, x.want.Stdout) || got.Code != x.want.Code || x.want.Stderr != nil && !bytes.Equal(got.Stderr, x.want.Stderr) {
			t.Errorf("%s: %q, %q, %d: %v", x.command, got.Stdout, got.Stderr, got.Code, err)
		}
	}
	// sshd lets a command run on whose channel is closed; the connection goes on. Given up
	// before there is a channel, it would not.
	var given sync.WaitGroup
	defer given.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	runs := filepath.Join(t.TempDir(), "runs")
	given.Go(func() {
		if _, err := c.Exec(ctx, ": >"+runs+"; sleep 1", nil); !errors.Is(err, errLost) {
			t.Errorf("%v", err)
		}
	})
	eventually(t, "the command runs", func() bool { _, err := os.Stat(runs); return err == nil })
	cancel()
	given.Wait()
	if r, err := c.Exec(t.Context(), "echo on", nil); err != nil || string(r.Stdout) != "on\n" {
		t.Errorf("%q: %v", r.Stdout, err)
	}
	_, err := c.Shell(t.Context(), frrDialect())
	var asked *PromptError
	if !errors.As(err, &asked) {
		t.Errorf("a shell of Unix is no router: %v", err)
	}
	_, stranger := newSigner(t)
	target.Keys = []Key{stranger}
	_, err = Dial(t.Context(), target, nil)
	var refused *AuthError
	if !errors.As(err, &refused) || strings.Join(refused.Tried, " ") != "publickey" {
		t.Errorf("%v", err)
	}
}

// The command line of a real FRR, vtysh under a real sshd.
func TestVtysh(t *testing.T) {
	t.Parallel()
	needSSHD(t)
	frrtest.Need(t)
	r := frrtest.New(t).Router("ce1")
	r.Start("router bgp 65010\n bgp router-id 10.0.0.1\n neighbor 192.0.2.9 remote-as 65020\n")
	var words []string
	for _, w := range r.Command(t.Context(), "vtysh").Args {
		words = append(words, shellQuote(w))
	}
	s := openShell(t, dial(t, sshdTarget(t, "ForceCommand exec "+strings.Join(words, " ")+"\n"), nil), frrDialect())
	if a := run(t, s, "show version"); !strings.HasPrefix(a.Text, "FRRouting ") || a.Prompt != "ce1#" {
		t.Errorf("%q", a)
	}
	if a := run(t, s, "show bgp summary json"); !json.Valid([]byte(a.Text)) {
		t.Errorf("%q", a)
	}
	for _, x := range []struct{ line, prompt, no string }{
		{"configure terminal", "ce1(config)#", ""},
		{"router bgp 65011", "ce1(config)#", "BGP is already running; AS is 65010"},
		{"router bgp 65010", "ce1(config-router)#", ""},
		{"neighbor 192.0.2.9 bogus", "ce1(config-router)#", "% Unknown command"},
		{"neighbor 192.0.2.9 description really?", "ce1(config-router)#", ""},
		{"neighbor 192.0.2.9 description " + strings.Repeat("x", 70) + " " + strings.Repeat("y", 60), "ce1(config-router)#", ""},
		{"address-family ipv4 unicast", "ce1(config-router-af)#", ""},
		{"end", "ce1#", ""},
	} {
		err := s.Configure(t.Context(), x.line)
		var refused *RefusedError
		if errors.As(err, &refused); (x.no == "") != (err == nil) || err != nil && (refused == nil || !strings.Contains(refused.Answer, x.no)) {
			t.Errorf("%s: %v", x.line, err)
		}
		if s.Prompt() != x.prompt {
			t.Errorf("%s: prompt %q", x.line, s.Prompt())
		}
		if strings.Contains(x.line, "really") && !strings.Contains(r.RunningConfig(), "description really?\n") {
			t.Error(r.RunningConfig())
		}
	}
}
