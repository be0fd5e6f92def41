package confdiff

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a terminal does to a text changes no statement.
func TestFRRTerminal(t *testing.T) {
	t.Parallel()
	plain := frrFile(t, "../render/testdata/knobs/ce2.frr.conf")
	want := frrWrite(mustReadFRR(t, plain))
	lines := strings.Split(strings.TrimSuffix(string(plain), "\n"), "\n")
	each := func(f func(i int, line string) string) string {
		var text strings.Builder
		for i, line := range lines {
			text.WriteString(f(i, line))
		}
		return text.String()
	}
	for name, text := range map[string]string{
		"Windows line ends": each(func(_ int, l string) string { return l + "\r\n" }),
		"blanks behind":     each(func(_ int, l string) string { return l + "  \t\n" }),
		"frame":             "Building configuration...\n\nCurrent configuration:\n!\n" + string(plain) + "end\n",
		"prompts":           "ce2> enable\nce2# show running-config\n" + string(plain) + "ce2# \n",
		"other commands":    "ce2# show ip route\nS>* 10.33.0.0/16 [250/0] unreachable (blackhole)\nce2# sh run\n" + string(plain) + "ce2# show version\nFRRouting 8.4.4 (ce2).\n",
		"shell":             "[root@ce2 ~]# vtysh -c 'show running-config'\n" + string(plain) + "[root@ce2 ~]#",
		"pager, rubbed out": each(func(i int, l string) string {
			if i%20 == 19 {
				l = " --More-- " + strings.Repeat("\b", 10) + strings.Repeat(" ", 10) + strings.Repeat("\b", 10) + l
			}
			return l + "\n"
		}),
		"pager, left over": each(func(i int, l string) string {
			if i%20 == 19 {
				l = "--More--(45%)\n" + l
			}
			return l + "\n"
		}),
		"mark of UTF-8":   "\ufeff" + string(plain),
		"colour":          each(func(_ int, l string) string { return "\x1b[0m" + l + "\x1b[K\n" }),
		"log of a client": each(func(_ int, l string) string { return "[2026-11-26 09:14:55.120] " + l + "\n" }),
		"daemon's words":  "2026/11/26 22:11:56 ZEBRA: [NNACN-54BDA] no MPLS\nThu Nov 26 22:06:17 UTC 2026\n% Can't open configuration file\n" + string(plain),
		"comments":        each(func(_ int, l string) string { return l + "\n! " + l + "\n# " + l + "\n" }),
	} {
		got, err := Read(FRR, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, frrWrite(got)); diff != "" {
			t.Errorf("%s (-plain +read):\n%s", name, diff)
		}
	}
}

func TestFRROverlay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"hostnaem\b\bme ce1":            "hostname ce1",
		"\b\ba":                         "a",
		"long line\rshort":              "shortline",
		"\x1b[1;32mip\x1b[0m route\x1b": "ip route",
		"a\x01\x07b\x7fc":               "abc",
	} {
		if got := frrOverlay(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]int{"a": 0, "  a": 2, "\ta": 8, "  \ta": 8, "\t a": 9} {
		if got := frrIndent(text); got != want {
			t.Errorf("indentation of %q: %d, want %d", text, got, want)
		}
	}
}
