package push

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kevinburke/ssh_config"

	"github.com/ercfg/ercfg/internal/secret"
)

// A Target says how a router is reached over SSH.
type Target struct {
	Router   string // its name in the intent
	Platform string // "frr", "ios-xe" or "junos"
	Host     string // name or address
	Port     int    // of TCP; zero: 22
	User     string
	Keys     []Key
	// Password answers password and keyboard-interactive; the zero Value: there is none.
	Password secret.Value
	// Agent is the socket of the SSH agent, from SSH_AUTH_SOCK; empty: there is none.
	Agent string
	// KnownHosts are files of host keys (sshd(8)); the first is where TrustNew writes.
	KnownHosts []string
	// TrustNew records the key of a host that no file knows. A key that differs from the
	// one that is known is never trusted.
	TrustNew bool
	// Jumps are the hosts in between, the one next to us first.
	Jumps []Target
	// ProxyCommand is a command of the shell whose standard input and output are the
	// connection; empty: TCP.
	ProxyCommand string
	// Legacy adds the algorithms that golang.org/x/crypto/ssh calls insecure.
	Legacy bool
	// Timeout bounds each phase of connecting and, by default, each answer; zero: 30 s.
	Timeout time.Duration

	keepalive time.Duration // between two; zero: 15 s
}

// A Key is a private key in a form that ssh-keygen writes.
type Key struct {
	Name  string // for messages: the file or the reference
	Value secret.Value
}

// An SSHConfig is the user's configuration of OpenSSH (ssh_config(5)). Text holds all
// of it but the files that it includes: the parser reads those below the home of
// whoever runs ercfg.
type SSHConfig struct {
	Text string
	Name string // of the file, for messages
	// Wins says that the user has named the file for this run: its user, port and keys go
	// before those of the intent.
	Wins bool
	// Home stands for ~ and %d.
	Home string
	// User is who runs ercfg: %u, and the login where nothing else is said.
	User string
	// Getenv expands ${NAME}.
	Getenv func(string) (string, bool)
	// ReadFile reads keys. One that does not exist is passed over, as ssh does.
	ReadFile func(string) ([]byte, error)
}

const (
	defaultPort  = 22
	maxJumpDepth = 8 // of jump hosts that have jump hosts of their own
)

// Resolve fills in what the intent does not say from the user's ssh_config: HostName,
// Port, User, IdentityFile, ProxyJump, ProxyCommand and UserKnownHostsFile of the blocks
// that match t.Host. StrictHostKeyChecking is not obeyed: a host key is always checked.
// An error names the file and what is wrong.
func (t *Target) Resolve(c SSHConfig) error {
	parsed, err := ssh_config.DecodeBytes([]byte(c.Text))
	if err != nil {
		return fmt.Errorf("%s: %w (give a file that ercfg can read with --ssh-config)", c.Name, err)
	}
	if err := t.resolve(&c, parsed, 0); err != nil {
		return fmt.Errorf("%s: host %s: %w", c.Name, t.Host, err)
	}
	return nil
}

func (t *Target) resolve(c *SSHConfig, parsed *ssh_config.Config, depth int) error {
	block := sshBlock{c: c, parsed: parsed, alias: t.Host}
	if err := t.resolveName(block); err != nil {
		return err
	}
	block.target = t
	if err := t.resolveKeys(block); err != nil {
		return err
	}
	if t.KnownHosts == nil {
		files, err := block.files("UserKnownHostsFile")
		if err != nil {
			return err
		}
		if files == nil && c.Home != "" {
			files = []string{path.Join(c.Home, ".ssh/known_hosts")}
		}
		if len(files) == 0 {
			files = []string{os.DevNull} // so that no key is recorded for everybody
		}
		t.KnownHosts = append(files, "/etc/ssh/ssh_known_hosts")
	}
	if len(t.Jumps) > 0 || t.ProxyCommand != "" {
		return nil
	}
	return t.resolveProxy(block, depth)
}

// resolveName finds host, port and user.
func (t *Target) resolveName(b sshBlock) error {
	if name := b.value("HostName"); name != "" {
		var err error
		if t.Host, err = expandTokens(name, map[byte]string{'h': b.alias, 'n': b.alias}); err != nil {
			return fmt.Errorf("HostName: %w", err)
		}
	}
	if text := b.value("Port"); text != "" && (t.Port == 0 || b.c.Wins) {
		port, err := strconv.ParseUint(text, 10, 16)
		if err != nil || port == 0 {
			return fmt.Errorf("port %q is no port", text)
		}
		t.Port = int(port)
	}
	if t.Port == 0 {
		t.Port = defaultPort
	}
	if user := b.value("User"); user != "" && (t.User == "" || b.c.Wins) {
		t.User = user
	}
	if t.User == "" {
		t.User = b.c.User
	}
	return nil
}

// resolveKeys reads the private keys that a block names, or those that ssh tries by
// itself.
func (t *Target) resolveKeys(b sshBlock) error {
	if len(t.Keys) > 0 && !b.c.Wins {
		return nil
	}
	files, err := b.files("IdentityFile")
	if err != nil {
		return err
	}
	if files == nil && len(t.Keys) == 0 && b.c.Home != "" {
		for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
			files = append(files, path.Join(b.c.Home, ".ssh", name))
		}
	}
	var keys []Key
	for _, file := range files {
		if text, err := b.c.ReadFile(file); err == nil {
			keys = append(keys, Key{Name: file, Value: secret.NewValue(string(text))})
		}
	}
	if len(keys) > 0 {
		t.Keys = keys
	}
	return nil
}

// resolveProxy takes ProxyJump or ProxyCommand, whichever comes first, as ssh does.
func (t *Target) resolveProxy(b sshBlock, depth int) error {
	key, value := b.proxy()
	switch {
	case value == "" || strings.EqualFold(value, "none"):
		return nil
	case key == "proxycommand":
		if !isPlainWord(t.Host) || !isPlainWord(t.User) {
			return fmt.Errorf("ProxyCommand: host %q or user %q holds what a shell would read", t.Host, t.User)
		}
		var err error
		if t.ProxyCommand, err = b.expand(value); err != nil {
			return fmt.Errorf("ProxyCommand: %w", err)
		}
		return nil
	case depth == maxJumpDepth:
		return errors.New("ProxyJump leads through more than 8 hosts, or in a circle")
	}
	value, err := b.expand(value)
	if err != nil {
		return fmt.Errorf("ProxyJump: %w", err)
	}
	var hops []Target
	for text := range strings.SplitSeq(value, ",") {
		hop, err := parseJump(strings.TrimSpace(text))
		if err != nil {
			return fmt.Errorf("ProxyJump: %w", err)
		}
		hop.Router, hop.Agent, hop.TrustNew, hop.Timeout = t.Router, t.Agent, t.TrustNew, t.Timeout
		hops = append(hops, hop)
	}
	return t.resolveHops(b, hops, depth)
}

// resolveHops asks the configuration for each hop. What the text of ProxyJump says of
// one goes before its own block, and only the first is reached in a way of its own.
func (t *Target) resolveHops(b sshBlock, hops []Target, depth int) error {
	config := *b.c
	config.Wins = false
	for i, hop := range hops {
		name := hop.Host
		if err := hop.resolve(&config, b.parsed, depth+1); err != nil && depth > 0 {
			return err // the first jump host is enough of the way
		} else if err != nil {
			return fmt.Errorf("jump host %s: %w", name, err)
		}
		if i == 0 {
			t.Jumps = append(t.Jumps, hop.Jumps...)
		} else {
			hop.ProxyCommand = ""
		}
		hop.Jumps = nil
		t.Jumps = append(t.Jumps, hop)
	}
	return nil
}

// parseJump reads [user@]host[:port] or ssh://[user@]host[:port].
func parseJump(text string) (Target, error) {
	rest := strings.TrimSuffix(strings.TrimPrefix(text, "ssh://"), "/")
	var t Target
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		t.User, rest = rest[:i], rest[i+1:]
	}
	t.Host = rest
	if inner, after, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]"); ok && strings.HasPrefix(rest, "[") {
		t.Host, rest = inner, after
	} else if strings.Count(rest, ":") == 1 {
		t.Host, rest, _ = strings.Cut(rest, ":")
		rest = ":" + rest
	} else {
		rest = ""
	}
	if rest != "" {
		port, err := strconv.ParseUint(strings.TrimPrefix(rest, ":"), 10, 16)
		if err != nil || port == 0 {
			return Target{}, fmt.Errorf("%q: no port after the host", text)
		}
		t.Port = int(port)
	}
	if t.Host == "" {
		return Target{}, fmt.Errorf("%q names no host", text)
	}
	return t, nil
}

// An sshBlock is what a configuration says of one host.
type sshBlock struct {
	c      *SSHConfig
	parsed *ssh_config.Config
	alias  string
	target *Target // with host, port and user resolved
}

func (b sshBlock) value(key string) string {
	value, _ := b.parsed.Get(b.alias, key) // Get fails on node types that the parser does not make
	return value
}

// proxy finds the first ProxyJump or ProxyCommand: each keeps the other from taking
// effect (ssh_config(5)).
func (b sshBlock) proxy() (key, value string) {
	for _, host := range b.parsed.Hosts {
		if !host.Matches(b.alias) {
			continue
		}
		for _, node := range host.Nodes {
			switch n := node.(type) {
			case *ssh_config.KV:
				if key := strings.ToLower(n.Key); key == "proxyjump" || key == "proxycommand" {
					return key, n.Value
				}
			case *ssh_config.Include:
				for _, key := range []string{"proxyjump", "proxycommand"} {
					if value := n.Get(b.alias, key); value != "" {
						return key, value
					}
				}
			}
		}
	}
	return "", ""
}

// files are the paths that a keyword lists; nil: it is not there. The word none is no
// path.
func (b sshBlock) files(key string) ([]string, error) {
	values, _ := b.parsed.GetAll(b.alias, key)
	if key == "UserKnownHostsFile" && len(values) > 0 {
		values = strings.Fields(values[0])
	}
	if values == nil {
		return nil, nil
	}
	out := make([]string, 0, len(values))
	for _, value := range values {
		value = strings.Trim(value, `"`)
		if strings.EqualFold(value, "none") {
			continue
		}
		file, err := b.expand(value)
		if err == nil {
			file, err = b.expandEnv(file)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if rest, ok := strings.CutPrefix(file, "~/"); ok {
			if b.c.Home == "" {
				return nil, fmt.Errorf("%s: %s: no home directory is known", key, value)
			}
			file = path.Join(b.c.Home, rest)
		}
		if !slices.Contains(out, file) {
			out = append(out, file)
		}
	}
	return out, nil
}

func (b sshBlock) expand(text string) (string, error) {
	return expandTokens(text, map[byte]string{
		'h': b.target.Host, 'n': b.alias, 'p': strconv.Itoa(b.target.Port), 'r': b.target.User, 'u': b.c.User, 'd': b.c.Home,
	})
}

// expandTokens replaces %x by its value and %% by %.
func expandTokens(text string, values map[byte]string) (string, error) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			out.WriteByte(text[i])
			continue
		}
		i++
		switch value, ok := "", false; {
		case i == len(text):
			return "", fmt.Errorf("%q ends in %%", text)
		case text[i] == '%':
			out.WriteByte('%')
		default:
			if value, ok = values[text[i]]; !ok {
				return "", fmt.Errorf("the token %%%c is not known here", text[i])
			}
			out.WriteString(value)
		}
	}
	return out.String(), nil
}

// expandEnv replaces ${NAME}; a variable that is not set is an error, as in ssh.
func (b sshBlock) expandEnv(text string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		value, set := b.c.Getenv(name)
		if !closed || !set {
			return "", fmt.Errorf("${%s} is not set", name)
		}
		out.WriteString(value)
		text = after
	}
}

// isPlainWord reports whether a shell reads text as one word without a meaning of its
// own, and a program not as an option.
func isPlainWord(text string) bool {
	return !strings.HasPrefix(text, "-") && !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:%@+", r)
	})
}
