package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The commands of the README put keys into a whole rendering: from variables
// and files, with escaped names, into every file and nowhere else.
func TestReadmeFillsKeys(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "perl"} {
		_, err := exec.LookPath(program)
		switch {
		case err == nil:
		case os.Getenv("ERCFG_LAB") == "must":
			t.Fatalf("ERCFG_LAB=must: %v", err)
		default:
			t.Skip(err)
		}
	}
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	script := ""
	for i, block := range strings.Split(string(text), "\n```") {
		if i%2 == 1 && strings.HasPrefix(block, "sh\n") && strings.Contains(block, "perl") {
			script = strings.TrimPrefix(block, "sh\n")
		}
	}
	if script == "" {
		t.Fatal("the README has no such commands")
	}
	const config, swanctl = "out/ce1.ios-xe.cfg", "out/ce2.frr.swanctl.conf"
	for _, c := range []struct {
		name, placeholder string
		want              string // the swanctl.conf; empty: the commands say what is missing
	}{
		{"file", "<file:secrets/vpn.psk>", "secret = \"of a file's $1\"\n"},
		{"escaped name", "<file:secrets/my%20vpn.psk>", "secret = \"of another\"\n"},
		{"from home", "<file:~/vpn.psk>", "secret = \"at home\"\n"},
		{"no such file", "<file:secrets/none.psk>", ""},
		{"no such variable", "<env:NONE>", ""},
		{"a command", "<exec:pass%20vpn>", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, memory := t.TempDir(), t.TempDir()
			for name, text := range map[string]string{
				config: "neighbor 172.16.30.2 password <env:ER_OSLO_MD5>\nneighbor 172.16.30.6 password <env:ER_OSLO_MD5>\n", swanctl: "secret = \"" + c.placeholder + "\"\n",
				"out/manifest.json": `{"secrets": ["env:ER_OSLO_MD5"]}`,
				"secrets/vpn.psk":   "of a file's $1\n", "secrets/my vpn.psk": "of another", "home/vpn.psk": "at home\r\n",
			} {
				if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.ReplaceAll(script, "/dev/shm", memory))
			cmd.Dir, cmd.Stdin, cmd.Env = dir, strings.NewReader("q1W2e3R4\n"), append(os.Environ(), "HOME="+filepath.Join(dir, "home"))
			said, err := cmd.CombinedOutput()
			// grep finds something, or perl has complained.
			missing := err == nil || strings.Contains(string(said), "not set") || strings.Contains(string(said), "No such file")
			if missing != (c.want == "") {
				t.Errorf("said of what is missing:\n%s", said)
			}
			if c.want == "" {
				return
			}
			got := make(map[string]string)
			for _, name := range []string{config, swanctl, "out/manifest.json"} {
				text, err := os.ReadFile(filepath.Join(memory, name))
				if err != nil {
					t.Fatal(err)
				}
				got[name] = string(text)
			}
			want := map[string]string{
				config: "neighbor 172.16.30.2 password q1W2e3R4\nneighbor 172.16.30.6 password q1W2e3R4\n", swanctl: c.want, "out/manifest.json": `{"secrets": ["env:ER_OSLO_MD5"]}`,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			info, err := os.Stat(filepath.Join(memory, config))
			if err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Errorf("mode %v, %v: others can read it", info.Mode(), err)
			}
			if diff := cmp.Diff("secret = \""+c.placeholder+"\"\n", readText(t, filepath.Join(dir, swanctl))); diff != "" {
				t.Errorf("the rendering itself has changed (-want +got):\n%s", diff)
			}
		})
	}
}

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
