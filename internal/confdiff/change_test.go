package confdiff

import (
	"slices"
	"strings"
	"testing"
)

// A megabyte of others' configuration around a router of ours leaves no line in
// the commands, on any platform; and a router of others gets ours without losing a
// line.
func TestBetweenForeign(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		golden, intent string
		foreign        []byte
	}{
		{"two-ce-private/ce1.ios-xe.cfg", "contoso-london", iosxeMegabyte(t)},
		{"two-ce-private/ce2.junos.set", "contoso-london", []byte(junosMegabyte(t, "mx-edge.set"))},
		{"knobs/ce2.frr.conf", "fourth-coffee", frrFile(t, "testdata/frr/modern.conf")},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			platform, text := rendered(t, tt.golden)
			want, err := Read(platform, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			others, err := Read(platform, tt.foreign)
			if err != nil {
				t.Fatal(err)
			}
			sameAS(others, want)
			if platform == FRR { // or the change is refused
				others.Statements = append(others.Statements, Statement{Path: []string{"router bgp " + asnOf(want), "no bgp default ipv4-unicast"}})
			}
			both := Config{platform, slices.Concat(others.Statements, want.Statements)}
			if c := Between(want, both, Options{Intent: tt.intent, Prune: true, BringUp: true}); len(c.Commands) > 0 || !c.Same() {
				t.Errorf("%d differences, commands %q", c.Count(), c.Commands)
			}
			c := Between(want, others, Options{Intent: tt.intent, Prune: true, BringUp: true})
			if c.Refused != "" {
				t.Fatal(c.Refused)
			}
			after, err := Apply(others, c.Commands)
			if err != nil {
				t.Fatal(err)
			}
			there := make(map[string]bool, len(after.Statements))
			for _, s := range after.Statements {
				there[s.Key()] = true
			}
			lost := 0
			for _, s := range others.Statements {
				if !there[s.Key()] && lost < 5 {
					lost++
					t.Errorf("another's %q is gone", s.Key())
				}
			}
		})
	}
}

// sameAS gives a configuration of others the AS number of ours: a router has one
// BGP process.
func sameAS(others, ours Config) {
	number := asnOf(ours)
	for i, s := range others.Statements {
		words := strings.Fields(s.Path[0])
		switch {
		case others.Platform == Junos && len(s.Path) == 3 && s.Path[1] == "autonomous-system":
			others.Statements[i].Path = []string{s.Path[0], s.Path[1], number}
		case others.Platform != Junos && words[0] == "router" && words[1] == "bgp":
			words[2] = number
			others.Statements[i].Path = append([]string{strings.Join(words, " ")}, s.Path[1:]...)
		}
	}
}

// Benchmark of a router with a megabyte of others' configuration that gets all of
// ours: compared, with commands there and back.
func BenchmarkBetween(b *testing.B) {
	_, text := rendered(b, "two-ce-private/ce1.ios-xe.cfg")
	want, err := Read(IOSXE, []byte(text))
	if err != nil {
		b.Fatal(err)
	}
	have, err := Read(IOSXE, iosxeMegabyte(b))
	if err != nil {
		b.Fatal(err)
	}
	sameAS(have, want)
	b.ReportAllocs()
	for b.Loop() {
		if c := Between(want, have, Options{Intent: "contoso-london", Prune: true, BringUp: true}); len(c.Commands) == 0 {
			b.Fatal("no commands")
		}
	}
}

// Whatever a file holds, a comparison ends, and its commands fit.
func FuzzBetween(f *testing.F) {
	for _, golden := range []string{"two-ce-private/ce1.ios-xe.cfg", "two-ce-private/ce2.junos.set", "knobs/ce2.frr.conf"} {
		platform, text := rendered(f, golden)
		f.Add(platform, []byte(text))
		half := strings.SplitAfter(text, "\n")
		f.Add(platform, []byte(strings.Join(half[len(half)/2:], "")))
	}
	f.Fuzz(func(t *testing.T, platform string, text []byte) {
		golden := map[string]string{IOSXE: "two-ce-private/ce1.ios-xe.cfg", Junos: "two-ce-private/ce2.junos.set", FRR: "knobs/ce2.frr.conf"}[platform]
		if golden == "" {
			return
		}
		_, rendering := rendered(t, golden)
		want, err := Read(platform, []byte(rendering))
		if err != nil {
			t.Fatal(err)
		}
		have, err := Read(platform, text)
		if err != nil {
			return
		}
		c := Between(want, have, Options{Intent: "contoso-london", Prune: true, BringUp: true})
		if c.Refused != "" {
			return
		}
		if _, err := Apply(have, c.Commands); err != nil || c.Same() != (len(c.Commands) == 0) {
			t.Fatalf("%d differences, %v\n%s", c.Count(), err, strings.Join(c.Commands, "\n"))
		}
	})
}

// The way back may be harder than the way there, and says so.
func TestBack(t *testing.T) {
	t.Parallel()
	text := func(bfd string) Config {
		c, err := Read(FRR, []byte("router bgp 65010\n neighbor 10.0.0.2 remote-as 12076\n"+bfd+"exit\n"))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := Between(text(" neighbor 10.0.0.2 bfd\n"), text(""), Options{Intent: "lab"})
	if len(c.Differences) != 1 || c.Impacts[0].Class != NoImpact || c.Back(0).Class != SessionReset || len(c.Differences[0].Missing) != 1 {
		t.Errorf("%+v, back %s", c, c.Back(0).Class)
	}
}
