package push

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

func TestHostKeys(t *testing.T) {
	t.Parallel()
	stranger, _ := newSigner(t)
	for name, c := range map[string]struct {
		hosts   func(address string, key ssh.PublicKey) string // text of known_hosts
		problem HostKeyProblem
		line    int
		in      bool
	}{
		"known": {func(a string, k ssh.PublicKey) string { return knownhosts.Line([]string{a}, k) }, 0, 0, true},
		"hashed": {func(a string, k ssh.PublicKey) string {
			return knownhosts.Line([]string{knownhosts.HashHostname(knownhosts.Normalize(a))}, k)
		}, 0, 0, true},
		"second key": {func(a string, k ssh.PublicKey) string {
			return knownhosts.Line([]string{a}, stranger.PublicKey()) + "\n" + knownhosts.Line([]string{a}, k)
		}, 0, 0, true},
		"unknown":         {func(string, ssh.PublicKey) string { return "" }, HostKeyUnknown, 0, false},
		"of another host": {func(_ string, k ssh.PublicKey) string { return knownhosts.Line([]string{"192.0.2.1:22"}, k) }, HostKeyUnknown, 0, false},
		"changed": {func(a string, _ ssh.PublicKey) string {
			return "# comment\n" + knownhosts.Line([]string{a}, stranger.PublicKey())
		}, HostKeyChanged, 2, false},
		"revoked": {func(a string, k ssh.PublicKey) string {
			return knownhosts.Line([]string{a}, k) + "\n@revoked * " + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
		}, HostKeyRevoked, 2, false},
	} {
		for _, trust := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				server := newServer(t)
				server.exec = echo
				target := server.start().target()
				key := server.key.PublicKey()
				text := c.hosts(server.listener.Addr().String(), key)
				if err := os.WriteFile(target.KnownHosts[0], []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				target.TrustNew = trust
				conn, err := Dial(t.Context(), target, nil)
				if err == nil {
					works(t, conn)
					_ = conn.Close()
				}
				wantIn := c.in || trust && c.problem == HostKeyUnknown
				if wantIn != (err == nil) {
					t.Fatalf("trust new: %t: %v", trust, err)
				}
				if now, _ := os.ReadFile(target.KnownHosts[0]); (string(now) != text) != (wantIn && !c.in) {
					t.Errorf("trust new: %t: the file is %q now", trust, now)
				}
				if err == nil {
					return
				}
				var e *HostKeyError
				want := &HostKeyError{
					Host: server.listener.Addr().String(), Problem: c.problem, Algorithm: "ssh-ed25519",
					Fingerprint: ssh.FingerprintSHA256(key), File: target.KnownHosts[0], Line: c.line,
				}
				if errors.As(err, &e); cmp.Diff(want, e) != "" {
					t.Error(cmp.Diff(want, e))
				}
				for _, word := range []string{want.Fingerprint, want.File} {
					if !strings.Contains(err.Error(), word) {
						t.Errorf("%q is not in %q", word, err)
					}
				}
				server.mu.Lock()
				defer server.mu.Unlock()
				if len(server.logins) > 0 {
					t.Errorf("somebody tried to log in: %v", server.logins)
				}
			})
		}
	}
}

func TestTrustNew(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = echo
	target := server.start().target()
	file := filepath.Join(t.TempDir(), "new", "known_hosts")
	target.KnownHosts, target.TrustNew = []string{file, target.KnownHosts[0] + ".none"}, true
	c := dial(t, target, nil)
	want := []TrustedKey{{server.listener.Addr().String(), "ssh-ed25519", ssh.FingerprintSHA256(server.key.PublicKey()), file}}
	if diff := cmp.Diff(want, c.Trusted); diff != "" {
		t.Error(diff)
	}
	for name, mode := range map[string]os.FileMode{file: 0o600, filepath.Dir(file): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	// A file that keeps nothing may be the first.
	devNull := target
	devNull.KnownHosts = []string{os.DevNull}
	for range 2 {
		if c := dial(t, devNull, nil); len(c.Trusted) != 1 || c.Trusted[0].File != os.DevNull {
			t.Errorf("%v", c.Trusted)
		}
	}
	// The next time the host is known, and nothing is written.
	target.TrustNew = false
	if c := dial(t, target, nil); c.Trusted != nil {
		t.Errorf("%v", c.Trusted)
	}
}

// Many at once neither tear the file nor record a host twice, and of two keys for one
// host only the first is trusted.
func TestTrustNewAtOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(file, []byte("# no line end"), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := make([]ssh.PublicKey, 4)
	for i := range keys {
		s, _ := newSigner(t)
		keys[i] = s.PublicKey()
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	trusted := make(map[string]bool)
	for host := range 8 {
		for _, key := range keys {
			wg.Go(func() {
				target := Target{Host: string(rune('a'+host)) + ".example", KnownHosts: []string{file}, TrustNew: true}
				k := newHostKeys(&target)
				if err := k.check("", &net.TCPAddr{}, key); err == nil {
					mu.Lock()
					trusted[k.host+ssh.FingerprintSHA256(key)] = true
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	if len(trusted) != 8 {
		t.Errorf("%d keys of 8 hosts are trusted", len(trusted))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if len(lines) != 9 {
		t.Errorf("%d lines:\n%s", len(lines), text)
	}
	for _, line := range lines[1:] {
		if _, _, _, _, _, err := ssh.ParseKnownHosts([]byte(line)); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// The file is asked again under the lock: while we waited, another run may have
// recorded another key.
func TestTrustNewWaits(t *testing.T) {
	t.Parallel()
	one, _ := newSigner(t)
	two, _ := newSigner(t)
	file := filepath.Join(t.TempDir(), "known_hosts")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		k := newHostKeys(&Target{Host: "ce1", KnownHosts: []string{file}, TrustNew: true})
		done <- k.check("", &net.TCPAddr{}, two.PublicKey())
	}()
	select {
	case err := <-done:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if _, err := f.WriteString(knownhosts.Line([]string{"ce1:22"}, one.PublicKey()) + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_UN); err != nil {
		t.Fatal(err)
	}
	var changed *HostKeyError
	if err := <-done; !errors.As(err, &changed) || changed.Problem != HostKeyChanged {
		t.Errorf("%v", err)
	}
}

// A host with several keys shows the one that is known.
func TestHostKeyOrder(t *testing.T) {
	t.Parallel()
	for _, known := range []bool{false, true} {
		server := newServer(t)
		server.exec = echo
		second, err := ssh.ParsePrivateKey([]byte(ecdsaKey(t)))
		if err != nil {
			t.Fatal(err)
		}
		server.config.AddHostKey(second)
		target := server.start().target()
		want := "ssh-ed25519"
		if known {
			target.KnownHosts, want = []string{server.known(second.PublicKey())}, "ecdsa-sha2-nistp256"
		}
		k := newHostKeys(&target)
		got, err := k.algorithms()
		if err != nil || got[0] != want {
			t.Errorf("%v, %v", got, err)
		}
		works(t, dial(t, target, nil))
	}
}

// A host may have a certificate in place of a known key.
func TestHostCertificate(t *testing.T) {
	t.Parallel()
	authority, _ := newSigner(t)
	server := newServer(t)
	server.exec = echo
	cert := &ssh.Certificate{
		Key: server.key.PublicKey(), CertType: ssh.HostCert, ValidPrincipals: []string{"127.0.0.1"}, ValidBefore: ssh.CertTimeInfinity,
	}
	if err := cert.SignCert(zero{}, authority); err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewCertSigner(cert, server.key)
	if err != nil {
		t.Fatal(err)
	}
	server.config.AddHostKey(signer)
	target := server.start().target()
	line := "@cert-authority [127.0.0.1]:* " + string(ssh.MarshalAuthorizedKey(authority.PublicKey()))
	line = strings.Replace(line, "[127.0.0.1]:*", knownhosts.Normalize(server.listener.Addr().String()), 1)
	if err := os.WriteFile(target.KnownHosts[0], []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	works(t, dial(t, target, nil))
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { return len(p), nil }

func ecdsaKey(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}
