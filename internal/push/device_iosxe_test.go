package push

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

// The answer is the sample of Cisco's command reference (show archive config rollback
// timer) with another date and user.
const iosxeTimerAnswer = "Time configured(or reconfigured): 22:50:48 UTC Thu Nov 26 2026\n" +
	"Timer type: absolute timer\nTimer value: 5 min\nUser: netops\n"

func TestIOSXETimer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, clock string
		user              string // empty: none is armed
		left              time.Duration
		fault             string
	}{
		{name: "none", text: "%No Rollback Confirmed Change pending\n"},
		{name: "some minutes ago", text: iosxeTimerAnswer, clock: "22:52:48.123 UTC Thu Nov 26 2026\n", user: "netops", left: 3 * time.Minute},
		{name: "clock that is not set by NTP", text: iosxeTimerAnswer, clock: "*22:52:48.123 UTC Thu Nov 26 2026\n", user: "netops", left: 3 * time.Minute},
		{name: "after a line of the exec prompt", text: "Load for five secs: 1%/0%; one minute: 2%; five minutes: 2%\n" + iosxeTimerAnswer, clock: "22:50:49.000 UTC Thu Nov 26 2026\n", user: "netops", left: 299 * time.Second},
		{name: "day of one digit", text: strings.Replace(iosxeTimerAnswer, "Thu Nov 26", "Wed Nov 4", 1), clock: "22:51:48 UTC Wed Nov 4 2026\n", user: "netops", left: 4 * time.Minute},
		{name: "overdue", text: iosxeTimerAnswer, clock: "22:59:00.000 UTC Thu Nov 26 2026\n", user: "netops"},
		{name: "set back since", text: iosxeTimerAnswer, clock: "20:00:00.000 UTC Thu Nov 26 2026\n", user: "netops", left: 5 * time.Minute},
		{name: "another zone", text: iosxeTimerAnswer, clock: "23:52:48.123 CET Thu Nov 26 2026\n", user: "netops", left: 5 * time.Minute},
		{name: "no clock", text: iosxeTimerAnswer, clock: "% Invalid input detected\n", user: "netops", left: 5 * time.Minute},
		{name: "idle timer begins anew", text: strings.Replace(iosxeTimerAnswer, "absolute", "idle", 1), clock: "22:52:48.123 UTC Thu Nov 26 2026\n", user: "netops", left: 5 * time.Minute},
		{name: "refused", text: "      ^\n% Invalid input detected at '^' marker.\n", fault: "nobody can read"},
		{name: "nothing", fault: "nobody can read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			timer, err := readIOSXETimer(c.text)
			if text := errorText(err); !strings.Contains(text, c.fault) || (text == "") != (c.fault == "") {
				t.Fatalf("error %q, want %q", text, c.fault)
			}
			if (timer != nil) != (c.user != "") {
				t.Fatalf("timer %+v, want one of %q", timer, c.user)
			}
			if timer == nil {
				return
			}
			if timer.user != c.user || timer.left(c.clock) != c.left {
				t.Errorf("timer of %q, left %s; want %q, %s", timer.user, timer.left(c.clock), c.user, c.left)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestIOSXEArchive(t *testing.T) {
	t.Parallel()
	table := "The maximum archive configurations allowed is 10.\nThe next archive file will be named bootflash:archive-<timestamp>-8\n Archive #  Name\n   1        bootflash:archive-7 <- Most Recent\n"
	for _, c := range []struct{ name, text, fault string }{
		{name: "on", text: table},
		{name: "off", text: "Archive feature not enabled\n", fault: "path flash:archive"},
		{name: "off, as a table", text: " Archive #  Name\n", fault: "path flash:archive"},
		{name: "elsewhere", text: strings.ReplaceAll(table, "bootflash:", "tftp://192.0.2.9/"), fault: "another machine (tftp:)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if text := errorText(iosxeArchive(c.text)); !strings.Contains(text, c.fault) || (text == "") != (c.fault == "") {
				t.Errorf("error %q, want %q", text, c.fault)
			}
		})
	}
}

func TestIOSXEVersion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"IOS XE", "Cisco IOS XE Software, Version 17.09.04a\nCisco IOS Software [Cupertino], c8000be Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version 17.9.4a, RELEASE SOFTWARE (fc3)\n", "IOS XE 17.09.04a"},
		{"IOS", "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version 15.7(3)M5, RELEASE SOFTWARE (fc1)\n", "IOS 15.7(3)M5"},
		{"another system", "Cisco IOS XR Software, Version 7.5.2\n", ""},
	} {
		got, err := iosxeVersion(c.text)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestIOSXEComplaint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"mark", "         ^\n% Invalid input detected at '^' marker.\n\n", "% Invalid input detected at '^' marker."},
		{"no blank", "%Turn config archive on before using Rollback Confirmed Change\n", "%Turn config archive on before using Rollback Confirmed Change"},
		{"no right", "Command authorization failed.\n", "Command authorization failed."},
		{"output that has a percent", "banner\n% of the load\n", ""},
		{"nothing", "", ""},
	} {
		if got := iosxeComplaint(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestIOSXEArchiveFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"well", "Rollback Confirmed Change: Backing up current running config to bootflash:archive-Nov-26-22-50-48.123-1\n\nEnter configuration commands, one per line.  End with CNTL/Z.\n", ""},
		{"full", "Rollback Confirmed Change: Backing up current running config to bootflash:a\n%Error opening bootflash:a (No space left on device)\n", "%Error opening bootflash:a (No space left on device)"},
	} {
		if got := iosxeArchiveFault(c.text); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// The startup configuration names the file of a certificate that the running one holds.
func TestCertificatesAreNotUnsaved(t *testing.T) {
	t.Parallel()
	read := func(text string) confdiff.Config {
		c, err := confdiff.Read(confdiff.IOSXE, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return withoutCertificates(c)
	}
	running := read("hostname ce1\n!\ncrypto pki certificate chain TP-1\n certificate self-signed 01\n  30820330 30820218\n  \tquit\n!\ninterface Loopback0\n description new\n!\nend\n")
	startup := read("hostname ce1\n!\ncrypto pki certificate chain TP-1\n certificate self-signed 01 nvram:IOS-Self-Sig#1.cer\n!\ninterface Loopback0\n description old\n!\nend\n")
	want := []string{"+ interface Loopback0 / description new", "- interface Loopback0 / description old"}
	if diff := cmp.Diff(want, statementsApart(running, startup)); diff != "" {
		t.Errorf("apart (-want +got):\n%s", diff)
	}
}

func TestEmulatedIOSXERefuses(t *testing.T) {
	t.Parallel()
	says := func(line, answer string) emulator.Faults {
		return emulator.Faults{RefuseLine: func(typed string) string {
			if typed == line {
				return answer
			}
			return ""
		}}
	}
	for _, c := range []struct {
		name   string
		faults emulator.Faults
		phase  Phase
		want   string
	}{
		{"no archive", emulator.Faults{NoArchive: true}, Read, `" path flash:archive"`},
		{"low privilege", says("show privilege", "Current privilege level is 1\n"), Read, "netops has privilege level 1"},
		{"disk full at arm", emulator.Faults{DiskFull: true}, Arm, "the router does not arm its undo, and nothing is configured"},
		{"disk full at save", says("write memory", "%Error opening nvram:/startup-config (No space left on device)\n"), Save, "No space left"},
		{"no copy in the archive, and a timer", emulator.Faults{Syslog: func(typed string) string {
			if strings.HasPrefix(typed, "configure terminal") {
				return "%Error copying system:running-config (No space left on device)"
			}
			return ""
		}}, Arm, "No space left"},
		{"save without OK", says("write memory", "Building configuration...\n"), Save, "does not say [OK]"},
		{"save that does nothing", says("write memory", "Building configuration...\n[OK]\n"), Save, "the startup configuration is not the running one"},
		{"confirm refused", says("configure confirm", "% Only the user who has started it can confirm\n"), Confirm, "Only the user"},
		{"confirm that does nothing", says("configure confirm", "\n"), Confirm, "the undo of netops is still armed"},
		{"operational command refused", says("clear ip bgp 172.16.0.2 soft in", "% Incomplete command.\n"), Apply, "clear ip bgp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := emulate(t, confdiff.IOSXE, emulator.Options{Faults: c.faults})
			d := e.open()
			phase := Read
			_, err := d.read(t.Context())
			for _, step := range []struct {
				phase Phase
				do    func() error
			}{
				{Arm, func() error { return d.arm(t.Context(), e.work) }},
				{Apply, func() error { _, err := e.apply(t.Context(), d); return err }},
				{Confirm, func() error { return d.confirm(t.Context(), e.work) }},
				{Save, func() error { return d.save(t.Context(), e.work) }},
			} {
				if err == nil {
					phase, err = step.phase, step.do()
				}
			}
			if err == nil || phase != c.phase || !strings.Contains(err.Error(), c.want) || errors.Is(err, errLost) {
				t.Fatalf("%s: %v; want %s: %s\ntyped:\n%s", phase, err, c.phase, c.want, strings.Join(e.Log(), "\n"))
			}
			if phase <= Arm {
				e.waits(d, false)
				e.holds(d, e.have)
			}
		})
	}
}

// A dry run reads, and types nothing in a mode of configuration.
func TestEmulatedIOSXEDryRun(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.IOSXE, emulator.Options{})
	d := e.open()
	_, err := d.read(t.Context())
	e.must("read", err)
	lines, err := d.opinion(t.Context(), e.work)
	if lines != nil || err != nil {
		t.Errorf("opinion: %q, %v", lines, err)
	}
	_, err = d.facts(t.Context(), Question{Neighbors: []Neighbor{{Addr: netip.MustParseAddr("172.16.0.2")}}})
	e.must("facts", err)
	for _, line := range e.Log() {
		if !strings.HasPrefix(line, "exec: show ") && !strings.HasPrefix(line, "exec: terminal ") {
			t.Errorf("a dry run types %q", line)
		}
	}
}

func TestUnsavedOnIOSXE(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.IOSXE, emulator.Options{})
	d := e.open()
	e.must("arm", d.arm(t.Context(), e.work))
	_, err := e.apply(t.Context(), d)
	e.must("apply", err)
	e.must("confirm", d.confirm(t.Context(), e.work))
	s, err := e.open().read(t.Context())
	e.must("read", err)
	want := []string{"+ router bgp 65010 / neighbor 172.16.0.2 description primary MSEE", "+ ip prefix-list VNETS seq 10 permit 172.20.0.0/14", "- router bgp 65010 / neighbor 172.16.0.2 description MSEE"}
	if diff := cmp.Diff(want, s.unsaved); diff != "" {
		t.Errorf("unsaved (-want +got):\n%s", diff)
	}
}

// What no command line takes is refused before anything is typed.
func TestEmulatedControlCharacter(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		e := emulate(t, platform, emulator.Options{})
		w := *e.work
		w.commands = append(slices.Clone(w.commands), "description a\nreload")
		d := e.open()
		if err := d.arm(t.Context(), &w); err == nil || !strings.Contains(err.Error(), "nothing is configured") {
			t.Errorf("%s: %v", platform, err)
		}
		if typed := e.configures(); len(typed) > 0 {
			t.Errorf("%s: typed %q", platform, typed)
		}
	}
}

// A line that leaves configuration mode ends the typing: exec mode knows other commands.
func TestEmulatedIOSXEOutOfConfigurationMode(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.IOSXE, emulator.Options{})
	e.work.commands = []string{"router bgp 65010", "end", "clear ip bgp *"}
	d := e.open()
	e.must("arm", d.arm(t.Context(), e.work))
	last, err := e.apply(t.Context(), d)
	if last != 2 || err == nil || !strings.Contains(err.Error(), "not in configuration mode any more") {
		t.Errorf("after line %d: %v", last, err)
	}
	e.must("revert", d.revert(t.Context(), e.work))
	e.holds(d, e.have)
}

// An answer that was cut off is not the configuration.
func TestIOSXERunningIsWhole(t *testing.T) {
	t.Parallel()
	cut := strings.TrimSuffix(iosxeBefore, "end\n")
	e := emulate(t, confdiff.IOSXE, emulator.Options{Faults: emulator.Faults{RefuseLine: func(line string) string {
		if line == "show running-config" {
			return cut
		}
		return ""
	}}})
	d := e.open()
	if text, err := d.running(t.Context()); err == nil || !strings.Contains(err.Error(), "not whole") {
		t.Errorf("%v, %d bytes", err, len(text))
	}
}

// Not every mode of configuration begins with config, and IOS-XE says something of lines
// that it takes.
func TestEmulatedIOSXEModesAndWarnings(t *testing.T) {
	t.Parallel()
	e := emulate(t, confdiff.IOSXE, emulator.Options{})
	e.work.commands = []string{
		"crypto ipsec transform-set T esp-gcm 256", " mode tunnel", "exit",
		"crypto ipsec profile P", " set transform-set T", "exit",
		"interface GigabitEthernet0/0/1.7", " encapsulation dot1Q 7", "exit",
		"no interface GigabitEthernet0/0/1.7",
		"router bgp 65010", " neighbor 172.16.0.2 timers 5 15", "exit",
	}
	want, err := confdiff.Apply(e.have, e.work.commands)
	e.must("model", err)
	d := e.open()
	e.must("arm", d.arm(t.Context(), e.work))
	_, err = e.apply(t.Context(), d)
	e.must("apply", err)
	e.must("confirm", d.confirm(t.Context(), e.work))
	e.holds(d, want)
}

func TestIOSXEModes(t *testing.T) {
	t.Parallel()
	for prompt, want := range map[string]bool{
		"ce1#": false, "ce1>": false, "ce1(maint-mode)#": false, "config-router#": false,
		"ce1(config)#": true, "ce1(config-router-af)#": true, "ce1(cfg-crypto-trans)#": true, "ce1(ipsec-profile)#": true,
		"ce1(conf-keyring)#": true, "ce1(conf-isa-prof)#": true, "a-name-of-more-than-(config-ikev2-keyring-peer)#": true,
	} {
		if got := iosxeModes.MatchString(prompt); got != want {
			t.Errorf("%s: %t", prompt, got)
		}
	}
}

// Who holds the configuration is somebody else, by whatever means.
func TestEmulatedIOSXELocked(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{
		" Configuration mode locked exclusively by user 'alice' process '88' from terminal '2'. Please try later.\n",
		"Configuration mode is locked by process '484' user 'NETCONF' from terminal '64'. Please try later.\n",
	} {
		e := emulate(t, confdiff.IOSXE, emulator.Options{Faults: emulator.Faults{RefuseLine: func(typed string) string {
			if strings.HasPrefix(typed, "configure terminal") {
				return answer
			}
			return ""
		}}})
		d := e.open()
		if err := d.arm(t.Context(), e.work); !errors.Is(err, errForeign) || !strings.Contains(err.Error(), "Please try later") {
			t.Errorf("%q: %v", answer, err)
		}
		e.waits(d, false)
		e.holds(d, e.have)
	}
}

// The name of the next file may tell the time of the question. Only its number shows that
// there is a new copy.
func TestEmulatedIOSXEArchiveWithoutCopy(t *testing.T) {
	t.Parallel()
	asked := 0
	e := emulate(t, confdiff.IOSXE, emulator.Options{Faults: emulator.Faults{RefuseLine: func(typed string) string {
		if strings.TrimPrefix(typed, "do ") != "show archive" {
			return ""
		}
		asked++
		return "The maximum archive configurations allowed is 14.\nThe next archive file will be named flash:ce1-Mar-18-20-30-5" + strconv.Itoa(asked) + ".969-CDT-10\n Archive #  Name\n"
	}}})
	d := e.open()
	if err := d.arm(t.Context(), e.work); err == nil || !strings.Contains(err.Error(), "the archive has no copy") {
		t.Errorf("arm: %v", err)
	}
	e.waits(d, false)
	e.holds(d, e.have)
}
