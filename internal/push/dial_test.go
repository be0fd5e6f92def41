package push

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/ercfg/ercfg/internal/secret"
)

// TestMain lets the test binary be the command of a ProxyCommand: it connects to an
// address and copies both ways.
func TestMain(m *testing.M) {
	if address := os.Getenv("ERCFG_TEST_PROXY"); address != "" {
		os.Exit(proxy(address))
	}
	// Most tests here wait for routers: more of them than processors run side by side.
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func proxy(address string) int {
	fmt.Fprintln(os.Stderr, "proxy: connecting")
	c, err := net.Dial("tcp", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, "proxy: no way there")
		return 1
	}
	go func() {
		_, _ = io.Copy(c, os.Stdin)
		_ = c.Close()
	}()
	_, _ = io.Copy(os.Stdout, c)
	return 0
}

// echo answers a command with its text.
func echo(command string, ch ssh.Channel) int {
	_, _ = io.WriteString(ch, command)
	return 0
}

// works asserts that a connection runs commands.
func works(t *testing.T, c *Conn) {
	t.Helper()
	r, err := c.Exec(t.Context(), "hello", nil)
	if err != nil || string(r.Stdout) != "hello" || r.Code != 0 {
		t.Errorf("%q, exit code %d: %v", r.Stdout, r.Code, err)
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	log := NewTranscript(&text, nil)
	server := newServer(t)
	server.exec = echo
	works(t, dial(t, server.start().target(), log))
	if err := log.Close(); err != nil || strings.Contains(text.String(), testPassword) {
		t.Errorf("%v, transcript:\n%s", err, text.String())
	}
	if want := "> hello\n< hello\n"; text.String() != want {
		t.Errorf("transcript %q", text.String())
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.config.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		if _, err := ask("", "", []string{"Password: "}, []bool{false}); err != nil {
			return nil, err
		}
		return nil, errors.New("no")
	}
	target := server.start().target()
	target.Password = secret.NewValue("wrong-password")
	_, err := Dial(t.Context(), target, nil)
	var refused *AuthError
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"password", "keyboard-interactive"}, refused.Tried); diff != "" {
		t.Error(diff)
	}
	if !slices.Contains(refused.Offered, "password") || strings.Contains(err.Error(), "wrong-password") || errors.Is(err, errLost) {
		t.Errorf("%v", err)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	// The server counts the second method, but no password was sent by it.
	if !strings.Contains(err.Error(), "not sent twice") {
		t.Errorf("%v; the server saw %v", err, server.logins)
	}
}

func TestNothingToLogInWith(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	signer, _ := newSigner(t)
	server.onlyKey(signer.PublicKey())
	target := server.start().target()
	target.Keys = []Key{{"file:broken", secret.NewValue("no key at all")}}
	_, err := Dial(t.Context(), target, nil)
	var refused *AuthError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "file:broken is no private key") || strings.Contains(err.Error(), "no key at all") {
		t.Errorf("%v", err)
	}
}

// onlyKey lets in whoever has a key.
func (s *sshServer) onlyKey(key ssh.PublicKey) {
	s.config.PasswordCallback = nil
	s.config.PublicKeyCallback = func(_ ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
		if bytes.Equal(k.Marshal(), key.Marshal()) {
			return nil, nil
		}
		return nil, errors.New("no")
	}
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = echo
	_, wrong := newSigner(t)
	signer, key := newSigner(t)
	server.onlyKey(signer.PublicKey())
	target := server.start().target()
	target.Keys = []Key{wrong, key}
	works(t, dial(t, target, nil))
	target.Keys = []Key{wrong}
	_, err := Dial(t.Context(), target, nil)
	var refused *AuthError
	if !errors.As(err, &refused) || !slices.Equal(refused.Tried, []string{"publickey"}) || !strings.Contains(err.Error(), "key test key") {
		t.Errorf("%v", err)
	}
}

// RSA keys sign with SHA-2, unless old algorithms are wanted.
func TestRSAKey(t *testing.T) {
	t.Parallel()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	key := Key{"rsa", secret.NewValue(string(pem.EncodeToMemory(block)))}
	for _, legacy := range []bool{false, true} {
		for _, algorithms := range [][]string{{ssh.KeyAlgoRSASHA512}, {ssh.KeyAlgoRSA}} {
			server := newServer(t)
			server.exec = echo
			server.onlyKey(signer.PublicKey())
			server.config.PublicKeyAuthAlgorithms = algorithms
			target := server.start().target()
			target.Keys, target.Legacy = []Key{key}, legacy
			c, err := Dial(t.Context(), target, nil)
			if err == nil {
				_ = c.Close()
			}
			if want := legacy || algorithms[0] != ssh.KeyAlgoRSA; (err == nil) != want {
				t.Errorf("legacy %t, server takes %v: %v", legacy, algorithms, err)
			}
		}
	}
}

func TestOldAlgorithms(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = echo
	server.config.KeyExchanges = []string{ssh.InsecureKeyExchangeDH14SHA1}
	target := server.start().target()
	_, err := Dial(t.Context(), target, nil)
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || unreachable.Phase != phaseExchange || !strings.Contains(err.Error(), "--legacy-ssh") {
		t.Errorf("%v", err)
	}
	target.Legacy = true
	works(t, dial(t, target, nil))
}

func TestAgent(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = echo
	signer, key := newSigner(t)
	server.onlyKey(signer.PublicKey())
	server.config.MaxAuthTries = 2
	// The agent has more keys than the server lets us try: the one that the target
	// names, with a passphrase, goes first.
	private := rawKey(t, key)
	keyring := keyringOf(t, 8)
	if err := keyring.Add(agent.AddedKey{PrivateKey: private}); err != nil {
		t.Fatal(err)
	}
	locked, err := ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte("phrase"))
	if err != nil {
		t.Fatal(err)
	}
	target := server.start().target()
	target.Agent = serveAgent(t, keyring)
	target.Keys = []Key{{"file:id", secret.NewValue(string(pem.EncodeToMemory(locked)))}}
	works(t, dial(t, target, nil))
	target.Agent = filepath.Join(t.TempDir(), "none")
	_, err = Dial(t.Context(), target, nil)
	var refused *AuthError
	if !errors.As(err, &refused) || !strings.Contains(err.Error(), "file:id has a passphrase") || !strings.Contains(err.Error(), "agent does not answer") {
		t.Errorf("%v", err)
	}
}

// A router that takes three attempts gets the password among them, however many keys
// the agent has.
func TestAgentLeavesRoom(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = echo
	password := server.config.PasswordCallback
	signer, _ := newSigner(t)
	server.onlyKey(signer.PublicKey())
	server.config.PasswordCallback, server.config.MaxAuthTries = password, 3
	target := server.start().target()
	target.Agent = serveAgent(t, keyringOf(t, 8))
	works(t, dial(t, target, nil))
}

func rawKey(t *testing.T, key Key) any {
	t.Helper()
	raw, err := ssh.ParseRawPrivateKey([]byte(key.Value.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// keyringOf is an agent with keys that nobody knows.
func keyringOf(t *testing.T, keys int) agent.Agent {
	t.Helper()
	out := agent.NewKeyring()
	for range keys {
		_, key := newSigner(t)
		if err := out.Add(agent.AddedKey{PrivateKey: rawKey(t, key)}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// serveAgent returns the socket of an agent.
func serveAgent(t *testing.T, a agent.Agent) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(a, c); _ = c.Close() }()
		}
	}()
	return l.Addr().String()
}

func TestKeyboardInteractive(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		questions []string
		echo      []bool
		in        bool
	}{
		"password":          {[]string{"Password: "}, []bool{false}, true},
		"name, echoed":      {[]string{"Name: "}, []bool{true}, false},
		"password and code": {[]string{"Password: ", "Code: "}, []bool{false, false}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t)
			server.exec = echo
			server.config.PasswordCallback = nil
			server.config.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
				answers, err := ask("", "welcome", c.questions, c.echo)
				if err != nil || answers[0] != testPassword {
					return nil, errors.New("no")
				}
				return nil, nil
			}
			conn, err := Dial(t.Context(), server.start().target(), nil)
			if err == nil {
				works(t, conn)
				_ = conn.Close()
			}
			var refused *AuthError
			if c.in != (err == nil) || !c.in && (!errors.As(err, &refused) || !strings.Contains(err.Error(), "more than a password")) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestDialFaults(t *testing.T) {
	t.Parallel()
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := deaf.Addr().(*net.TCPAddr).Port
	_ = deaf.Close()
	for name, c := range map[string]struct {
		change func(*sshServer, *Target)
		phase  string
	}{
		"refused port":      {func(_ *sshServer, t *Target) { t.Port = closed }, phaseConnect},
		"no such host":      {func(_ *sshServer, t *Target) { t.Host = "host.invalid" }, phaseConnect},
		"hang at version":   {func(s *sshServer, _ *Target) { s.silentAt = "version" }, phaseExchange},
		"hang at log in":    {func(s *sshServer, _ *Target) { s.config.PasswordCallback = stall(s) }, phaseLogin},
		"cut at log in":     {func(s *sshServer, _ *Target) { s.config.PasswordCallback = cutAt(s) }, phaseLogin},
		"cut at none":       {func(s *sshServer, _ *Target) { s.config.NoClientAuthCallback, s.config.NoClientAuth = cutNone(s), true }, phaseLogin},
		"unreadable hosts":  {func(_ *sshServer, t *Target) { t.KnownHosts = []string{os.TempDir()} }, phaseExchange},
		"dead ProxyCommand": {func(_ *sshServer, t *Target) { t.ProxyCommand = "false" }, phaseExchange},
		"deaf ProxyCommand": {func(_ *sshServer, t *Target) { t.ProxyCommand = "sleep 600" }, phaseExchange},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t)
			target := server.target()
			target.Timeout = 3 * time.Second
			c.change(server, &target)
			server.start()
			begin := time.Now()
			_, err := Dial(t.Context(), target, nil)
			var unreachable *UnreachableError
			if !errors.As(err, &unreachable) || unreachable.Phase != c.phase || time.Since(begin) > patience {
				t.Errorf("after %v: %v", time.Since(begin), err)
			}
		})
	}
}

type passwordCallback = func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error)

func stall(s *sshServer) passwordCallback {
	return func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
		<-s.t.Context().Done()
		return nil, errors.New("no")
	}
}

func cutAt(s *sshServer) passwordCallback {
	return func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) {
		s.cut()
		return nil, errors.New("no")
	}
}

func cutNone(s *sshServer) func(ssh.ConnMetadata) (*ssh.Permissions, error) {
	return func(ssh.ConnMetadata) (*ssh.Permissions, error) {
		s.cut()
		return nil, errors.New("no")
	}
}

func TestDialCancelled(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.silentAt = "version"
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err := Dial(ctx, server.start().target(), nil)
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Each jump host's key is checked, and none of them gets the router's password.
func TestJumps(t *testing.T) {
	t.Parallel()
	var hops []*sshServer
	for range 3 {
		server := newServer(t)
		server.exec, server.forward = echo, true
		hops = append(hops, server)
	}
	signer, key := newSigner(t)
	hops[1].onlyKey(signer.PublicKey())
	for _, server := range hops {
		server.start()
	}
	target := hops[2].target()
	target.Jumps = []Target{hops[0].target(), hops[1].target()}
	target.Jumps[1].Keys, target.Jumps[1].Password = []Key{key}, secret.Value{}
	works(t, dial(t, target, nil))

	stranger, _ := newSigner(t)
	target.Jumps[1].KnownHosts = []string{hops[1].known(stranger.PublicKey())}
	_, err := Dial(t.Context(), target, nil)
	var changed *HostKeyError
	if !errors.As(err, &changed) || changed.Problem != HostKeyChanged || !strings.HasPrefix(err.Error(), "jump host: ") {
		t.Errorf("%v", err)
	}
	target.Jumps = target.Jumps[:1]
	target.Port = 1
	_, err = Dial(t.Context(), target, nil)
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || unreachable.Phase != phaseConnect || !strings.Contains(err.Error(), "no way there") {
		t.Errorf("%v", err)
	}
}

func TestProxyCommand(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = echo
	target := server.start().target()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pidFile := filepath.Join(t.TempDir(), "pid")
	// A child of the command's own must end with it.
	target.ProxyCommand = fmt.Sprintf("sh -c 'sleep 300 & echo $! > %s; ERCFG_TEST_PROXY=127.0.0.1:%d exec %s'", pidFile, target.Port, self)
	c, err := Dial(t.Context(), target, nil)
	if err != nil {
		t.Fatal(err)
	}
	works(t, c)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(pidFile)
	var pid int
	if _, scanErr := fmt.Sscan(string(text), &pid); err != nil || scanErr != nil {
		t.Fatal(err, scanErr)
	}
	eventually(t, "the child ends", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return err != nil || strings.Contains(string(stat), ") Z ") || syscall.Kill(pid, 0) != nil
	})

	target.ProxyCommand = fmt.Sprintf("ERCFG_TEST_PROXY=127.0.0.1:1 %s", self)
	_, err = Dial(t.Context(), Target{Host: target.Host, Port: target.Port, User: testUser, KnownHosts: target.KnownHosts,
		ProxyCommand: "env " + target.ProxyCommand}, nil)
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), "proxy: no way there") {
		t.Errorf("%v", err)
	}
}

// patience bounds what comes at once on an idle machine, on a busy one. Time-outs that
// are not to run out are longer.
const patience = 20 * time.Second

// eventually waits for a condition, with patience.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// A router that says nothing more, not even that it is alive, is gone.
func TestKeepalive(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.silentAt = "alive"
	server.exec = server.silent
	target := server.start().target()
	target.keepalive = 20 * time.Millisecond
	c := dial(t, target, nil)
	begin := time.Now()
	_, err := c.Exec(t.Context(), "wait", nil)
	if !errors.Is(err, errLost) || !strings.Contains(err.Error(), "no sign of life") || time.Since(begin) > patience {
		t.Errorf("after %v: %v", time.Since(begin), err)
	}
}

// A router that is alive keeps its connection for much longer than three intervals.
func TestKeepaliveAnswered(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	server.exec = func(_ string, ch ssh.Channel) int {
		time.Sleep(12 * time.Second) // six times the interval
		return 0
	}
	target := server.start().target()
	target.keepalive = 2 * time.Second
	if _, err := dial(t, target, nil).Exec(t.Context(), "wait", nil); err != nil {
		t.Error(err)
	}
}
