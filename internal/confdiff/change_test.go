package confdiff

import (
	"strings"
	"testing"
)

// A megabyte of others' configuration around a router of ours leaves no line in
// the commands.
func TestBetweenForeign(t *testing.T) {
	t.Parallel()
	_, text := rendered(t, "two-ce-private/ce1.ios-xe.cfg")
	want, err := Read(IOSXE, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	have, err := Read(IOSXE, iosxeMegabyte(t))
	if err != nil {
		t.Fatal(err)
	}
	have.Statements = append(have.Statements, want.Statements...)
	for i, s := range have.Statements { // the foreign text has a BGP process of its own
		if strings.HasPrefix(s.Path[0], "router bgp ") {
			have.Statements[i].Path = append([]string{"router bgp 65010"}, s.Path[1:]...)
		}
	}
	if c := Between(want, have, "contoso-london"); len(c.Commands) > 0 || !c.Same() {
		t.Errorf("%d differences, commands %q", len(c.Differences), c.Commands)
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
	for i, s := range have.Statements {
		if strings.HasPrefix(s.Path[0], "router bgp ") {
			have.Statements[i].Path = append([]string{"router bgp 65010"}, s.Path[1:]...)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if c := Between(want, have, "contoso-london"); len(c.Commands) == 0 {
			b.Fatal("no commands")
		}
	}
}
