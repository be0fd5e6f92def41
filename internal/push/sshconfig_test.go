package push

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ercfg/ercfg/internal/secret"
)

// sshFiles are the keys of a test.
var sshFiles = map[string]string{
	"/home/o/.ssh/id_ed25519": "default key",
	"/home/o/.ssh/edge":       "edge key",
	"/home/o/.ssh/netops-ce1": "key by name",
	"/keys/jump":              "jump key",
}

func sshConfigOf(text string, wins bool) SSHConfig {
	env := map[string]string{"SITE": "ams", "KEYS": "/keys"}
	return SSHConfig{
		Text: text, Name: "config", Wins: wins, Home: "/home/o", User: "operator",
		Getenv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		ReadFile: func(name string) ([]byte, error) {
			if text, ok := sshFiles[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
	}
}

// compareTargets compares secrets by value.
var compareTargets = cmp.Options{
	cmpopts.IgnoreUnexported(Target{}), cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b secret.Value) bool { return a.Reveal() == b.Reveal() }),
}

func key(name string) []Key { return []Key{{name, secret.NewValue(sshFiles[name])}} }

func TestResolve(t *testing.T) {
	t.Parallel()
	hosts := []string{"/home/o/.ssh/known_hosts", "/etc/ssh/ssh_known_hosts"}
	own := []Key{{"env:KEY", secret.NewValue("own")}}
	for _, c := range []struct {
		name, config string
		wins         bool
		in, want     Target
	}{
		{
			name: "nothing said", in: Target{Host: "ce1"},
			want: Target{Host: "ce1", Port: 22, User: "operator", Keys: key("/home/o/.ssh/id_ed25519"), KnownHosts: hosts},
		},
		{
			name:   "a block that matches",
			config: "Host ce?\n  HostName %h.edge.example\n  Port 2222\n  User netops\n  IdentityFile ~/.ssh/%r-%n\n  UserKnownHostsFile ~/.ssh/hosts.${SITE} \"/etc/edge_hosts\"\nHost *\n  User nobody\n",
			in:     Target{Host: "ce1"},
			want: Target{Host: "ce1.edge.example", Port: 2222, User: "netops", Keys: key("/home/o/.ssh/netops-ce1"),
				KnownHosts: []string{"/home/o/.ssh/hosts.ams", "/etc/edge_hosts", "/etc/ssh/ssh_known_hosts"}},
		},
		{
			name:   "the intent goes first",
			config: "Host ce1\n Port 2222\n User other\n IdentityFile ~/.ssh/edge\n",
			in:     Target{Host: "ce1", Port: 830, User: "netops", Keys: own},
			want:   Target{Host: "ce1", Port: 830, User: "netops", Keys: own, KnownHosts: hosts},
		},
		{
			name: "a file that was named goes first", wins: true,
			config: "Host ce1\n Port 2222\n User other\n IdentityFile ~/.ssh/edge\n",
			in:     Target{Host: "ce1", Port: 830, User: "netops", Keys: own},
			want:   Target{Host: "ce1", Port: 2222, User: "other", Keys: key("/home/o/.ssh/edge"), KnownHosts: hosts},
		},
		{
			name: "a file that was named and says nothing", wins: true, config: "Host pe*\n Port 2222\n",
			in:   Target{Host: "ce1", Port: 830, User: "netops", Keys: own},
			want: Target{Host: "ce1", Port: 830, User: "netops", Keys: own, KnownHosts: hosts},
		},
		{
			name:   "host key checking stays on",
			config: "Host *\n StrictHostKeyChecking no\n UserKnownHostsFile none\n",
			in:     Target{Host: "ce1", Keys: own},
			want:   Target{Host: "ce1", Port: 22, User: "operator", Keys: own, KnownHosts: []string{"/dev/null", "/etc/ssh/ssh_known_hosts"}},
		},
		{
			name:   "negated pattern and Match",
			config: "Host * !ce1\n Port 1\nMatch host ce1\n Port 2\nMatch all\n Port 3\n",
			in:     Target{Host: "ce1", Keys: own},
			want:   Target{Host: "ce1", Port: 2, User: "operator", Keys: own, KnownHosts: hosts},
		},
		{
			name:   "proxy command",
			config: "Host *\n ProxyCommand connect -p %p %r@%h %%\n ProxyJump never\n",
			in:     Target{Host: "ce1", User: "netops", Keys: own},
			want:   Target{Host: "ce1", Port: 22, User: "netops", Keys: own, KnownHosts: hosts, ProxyCommand: "connect -p 22 netops@ce1 %"},
		},
		{
			name:   "no proxy",
			config: "Host *\n ProxyJump none\n ProxyCommand never\n",
			in:     Target{Host: "ce1", Keys: own},
			want:   Target{Host: "ce1", Port: 22, User: "operator", Keys: own, KnownHosts: hosts},
		},
		{
			name: "jumps, with blocks of their own",
			config: "Host ce*\n ProxyJump hop1,admin@[2001:db8::1]:2022\n User netops\n" +
				"Host hop1\n HostName hop1.example\n User jumper\n IdentityFile ${KEYS}/jump\n ProxyJump hop0\n" +
				"Host 2001:*\n ProxyCommand never\n",
			wins: true,
			in:   Target{Router: "ce1", Host: "ce1", Keys: own, Password: secret.NewValue("p"), TrustNew: true, Agent: "/agent", Legacy: true},
			want: Target{
				Router: "ce1", Host: "ce1", Port: 22, User: "netops", Keys: own, Password: secret.NewValue("p"), KnownHosts: hosts, TrustNew: true, Agent: "/agent", Legacy: true,
				Jumps: []Target{
					{Router: "ce1", Host: "hop0", Port: 22, User: "operator", Keys: key("/home/o/.ssh/id_ed25519"), KnownHosts: hosts, TrustNew: true, Agent: "/agent"},
					{Router: "ce1", Host: "hop1.example", Port: 22, User: "jumper", Keys: key("/keys/jump"), KnownHosts: hosts, TrustNew: true, Agent: "/agent"},
					{Router: "ce1", Host: "2001:db8::1", Port: 2022, User: "admin", Keys: key("/home/o/.ssh/id_ed25519"), KnownHosts: hosts, TrustNew: true, Agent: "/agent"},
				},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.in
			if err := got.Resolve(sshConfigOf(c.config, c.wins)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, compareTargets); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolveMistakes(t *testing.T) {
	t.Parallel()
	for config, want := range map[string]string{
		"Host *\n Port many\n":                            `port "many" is no port`,
		"Host *\n HostName %x\n":                          "the token %x",
		"Host *\n IdentityFile %\n":                       "ends in %",
		"Host *\n IdentityFile ${NONE}/id\n":              "${NONE} is not set",
		"Host *\n ProxyJump a,,b\n":                       "names no host",
		"Host *\n ProxyJump a:b\n":                        "no port",
		"Host *\n ProxyJump other\n":                      "in a circle",
		"Host *\n HostName $(reboot)\n ProxyCommand x %h": "what a shell would read",
		"Host *\n User -oX\n ProxyCommand x %r":           "what a shell would read",
		"Match exec true\n Port 1\n":                      "--ssh-config",
	} {
		target := Target{Host: "ce1"}
		err := target.Resolve(sshConfigOf(config, false))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "config: ") {
			t.Errorf("%q: %v", config, err)
		}
	}
}
