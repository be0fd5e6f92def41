package confdiff

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// frrLines are the statements of a configuration as a set: FRR sorts them in
// its own way. What the box itself adds to a file is left out.
func frrLines(c Config) []string {
	var lines []string
	for line := range strings.Lines(frrWriteFlat(c)) {
		if !strings.HasPrefix(line, "frr version ") && !strings.HasPrefix(line, "service integrated-vtysh-config") && !strings.HasPrefix(line, "hostname ") {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}

// frrWriteFlat writes each statement with its whole path, secrets included.
func frrWriteFlat(c Config) string {
	var text strings.Builder
	for _, s := range c.Statements {
		line := strings.Join(s.Path, " / ")
		if s.Secret.Form() != NoSecret {
			line = strings.Replace(line, SecretMark, *s.Secret.value, 1)
		}
		text.WriteString(line + "\n")
	}
	return text.String()
}

// The reader says of a text written by hand what FRR 8.4.4 itself prints after
// it has loaded it: every spelling, default and missing exit of the file.
func TestFRRHandwrittenLive(t *testing.T) {
	t.Parallel()
	frrtest.Need(t)
	text := frrFile(t, "testdata/frr/handwritten.conf")
	n := frrtest.New(t)
	r := n.Router("edge7")
	n.StandIn(r, "eth1.61")
	r.StartDaemons()
	// It says that the VRF has no device and that the route maps come late.
	t.Log(r.Load(string(text)))
	want := frrLines(mustReadFRR(t, []byte(r.RunningConfig())))
	if diff := cmp.Diff(want, frrLines(mustReadFRR(t, text))); diff != "" {
		t.Errorf("statements (-daemons +file):\n%s", diff)
	}
}

// Each default of the table is one: FRR 8.4.4 takes the line and prints what it
// prints without it.
func TestFRRDefaultsLive(t *testing.T) {
	t.Parallel()
	frrtest.Need(t)
	for name, profile := range map[string]frrProfile{"traditional": frrTraditional, "datacenter": frrDatacenter} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := map[frrKind][]string{}
			for d, profiles := range frrDefaults {
				if profiles&profile != 0 {
					lines[d.kind] = append(lines[d.kind], strings.Replace(d.text, "*", "192.0.2.1", 1))
				}
			}
			frame := func(kind frrKind) string {
				slices.Sort(lines[kind])
				return strings.Join(lines[kind], "\n") + "\n"
			}
			bare := "frr defaults " + name + "\ninterface lo\nexit\nrouter bgp 65001\nneighbor 192.0.2.1 remote-as 65002\naddress-family ipv4 unicast\nnetwork 10.0.0.0/8\nexit-address-family\nexit\nbfd\nprofile P\nexit\nexit\n"
			full := "frr defaults " + name + "\n" + frame(frrTop) + "interface lo\n" + frame(frrInterface) + "exit\nrouter bgp 65001\nneighbor 192.0.2.1 remote-as 65002\n" + frame(frrBGP) +
				"address-family ipv4 unicast\nnetwork 10.0.0.0/8\n" + frame(frrFamily) + "exit-address-family\nexit\nbfd\nprofile P\n" + frame(frrTimers) + "exit\nexit\n"
			n := frrtest.New(t)
			running := func(router, text string) string {
				r := n.Router(router)
				r.StartDaemons()
				if said := r.Load(text); said != "" {
					t.Errorf("%s: %s", router, said)
				}
				return strings.ReplaceAll(r.RunningConfig(), "hostname "+router+"\n", "")
			}
			if diff := cmp.Diff(running("bare", bare), running("full", full)); diff != "" {
				t.Errorf("running-config (-without +with the defaults):\n%s", diff)
			}
		})
	}
}
