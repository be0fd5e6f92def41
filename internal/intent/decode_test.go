package intent

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
)

// Types that YAML writes in two ways, and values of the wrong kind: they keep
// their place, so that they do not pass for absent.
func TestDecode(t *testing.T) {
	t.Parallel()
	pos := func(line, column int) diag.Pos { return diag.Pos{File: "f", Line: line, Column: column} }
	tests := []struct {
		name string
		yaml string // of a peering
		want Peering
	}{
		{"a VLAN is the inner tag", "vlan: 150", Peering{VLAN: VLAN{Pos: pos(3, 5), Inner: At[int]{150, pos(3, 11)}}}},
		{"two tags", "vlan: {outer: 3, inner: 4}", Peering{VLAN: VLAN{Pos: pos(3, 5), Outer: At[int]{3, pos(3, 19)}, Inner: At[int]{4, pos(3, 29)}}}},
		{"a VLAN in words", "vlan: many", Peering{VLAN: VLAN{Pos: pos(3, 5), Inner: At[int]{0, pos(3, 11)}}}},
		{"a VLAN beyond 64 bits", "vlan: 99999999999999999999", Peering{VLAN: VLAN{Pos: pos(3, 5), Inner: At[int]{9223372036854775807, pos(3, 11)}}}},
		{"BFD off", "bfd: false", Peering{BFD: &BFD{Pos: pos(3, 5), Off: At[bool]{true, pos(3, 10)}}}},
		{"BFD on with values", "bfd: {interval: 750ms}", Peering{BFD: &BFD{Pos: pos(3, 5), Interval: At[string]{"750ms", pos(3, 21)}}}},
		{"BFD is not switched on by true", "bfd: true", Peering{BFD: &BFD{Pos: pos(3, 5), Off: At[bool]{false, pos(3, 10)}}}},
		{"an AS number stays text", "mseeASN: 12076", Peering{MSEEASN: At[ASN]{"12076", pos(3, 14)}}},
		{"a dotted AS number, too", `customerASN: "64620.1"`, Peering{CustomerASN: At[ASN]{"64620.1", pos(3, 18)}}},
		{"truth in capitals", "acceptDefault: TRUE", Peering{AcceptDefault: At[bool]{true, pos(3, 20)}}},
		{"a list keeps the place of each item", "dscp: [46, 0]", Peering{DSCP: []At[int]{{46, pos(3, 12)}, {0, pos(3, 16)}}}},
		{"a number where text belongs has a place only", "links: 2", Peering{Links: At[string]{"", pos(3, 12)}}},
		{"a mapping where text belongs is left out", "links: {a: b}", Peering{}},
		{"text where a mapping belongs is left out", "timers: 20s", Peering{}},
		{"nothing is absent", "links:", Peering{}},
		{"unknown keys are left out", "colour: red", Peering{}},
		{"a typo fills the key that is meant", "dcsp: [46]", Peering{DSCP: []At[int]{{46, pos(3, 12)}}}},
		{"a typo beside the key is left out", "dcsp: [46], dscp: [0]", Peering{DSCP: []At[int]{{0, pos(3, 24)}}}},
		{"of two keys that may be meant, the one of the hint", "ipv5: x", Peering{IPv4: At[string]{"x", pos(3, 11)}}},
		{"nothing fills a secret", "md55: hunter2", Peering{}},
		{"one value in place of a list", "dscp: 46", Peering{DSCP: []At[int]{{46, pos(3, 11)}}}},
		{"a mapping in place of a list of values is left out", "dscp: {a: 46}", Peering{}},
		{"yes means true", "acceptDefault: yes", Peering{AcceptDefault: At[bool]{true, pos(3, 20)}}},
		{"no means false", "acceptDefault: no", Peering{AcceptDefault: At[bool]{false, pos(3, 20)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := Parse([]File{{Name: "f", Data: []byte("circuits:\n  er: {private: {\n    " + tt.yaml + "}}\n")}})
			tt.want.Pos = pos(2, 8)
			if diff := cmp.Diff(&tt.want, doc.Intent.Circuits[0].Value.Private); diff != "" {
				t.Errorf("peering (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeOriginate(t *testing.T) {
	t.Parallel()
	pos := func(column int) diag.Pos { return diag.Pos{File: "f", Line: 1, Column: column} }
	tests := []struct {
		name string
		yaml string
		want Originate
	}{
		{"a word", "network", Originate{Word: At[string]{"network", pos(32)}}},
		{"one next hop", "{via: 10.0.0.1}", Originate{Via: []At[string]{{"10.0.0.1", pos(38)}}}},
		{"two next hops", "{via: [10.0.0.1, 10.0.0.2]}", Originate{Via: []At[string]{{"10.0.0.1", pos(39)}, {"10.0.0.2", pos(49)}}}},
		{"another protocol", "{redistribute: ospf, process: 7}", Originate{Redistribute: At[string]{"ospf", pos(47)}, Process: At[int]{7, pos(62)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, _ := Parse([]File{{Name: "f", Data: []byte("routers: {ce1: {    originate: " + tt.yaml + "}}\n")}})
			tt.want.Pos = pos(21)
			if diff := cmp.Diff(&tt.want, doc.Intent.Routers[0].Value.Originate); diff != "" {
				t.Errorf("originate (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodePrepend(t *testing.T) {
	t.Parallel()
	doc, diags := Parse([]File{{Name: "f", Data: []byte("traffic:\n  - prepend: {a: 2, b: [65010, 65010]}\n")}})
	pos := func(column int) diag.Pos { return diag.Pos{File: "f", Line: 2, Column: column} }
	want := Map[Prepend]{
		{At[string]{"a", pos(15)}, Prepend{Pos: pos(15), Count: At[int]{2, pos(18)}}},
		{At[string]{"b", pos(21)}, Prepend{Pos: pos(21), ASNs: []At[ASN]{{"65010", pos(25)}, {"65010", pos(32)}}}},
	}
	if diff := cmp.Diff(want, doc.Intent.Traffic[0].Prepend); diff != "" {
		t.Errorf("prepend (-want +got):\n%s\n%v", diff, diags)
	}
}
