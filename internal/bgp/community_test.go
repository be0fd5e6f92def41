package bgp

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCommunity(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       Community
		bad        bool
	}{
		{name: "region", text: "12076:51004", want: 12076<<16 | 51004},
		{name: "zero", text: "0:0", want: 0},
		{name: "largest", text: "65535:65535", want: 1<<32 - 1},
		{name: "AS number beyond 16 bits", text: "65536:1", bad: true},
		{name: "value beyond 16 bits", text: "12076:65536", bad: true},
		{name: "no colon", text: "12076", bad: true},
		{name: "three parts", text: "1:2:3", bad: true},
		{name: "no value", text: "12076:", bad: true},
		{name: "no AS number", text: ":51004", bad: true},
		{name: "asdot", text: "1.1:1", bad: true},
		{name: "leading zero", text: "12076:051004", bad: true},
		{name: "sign", text: "12076:+1", bad: true},
		{name: "space", text: "12076: 1", bad: true},
		{name: "well-known name", text: "no-export", bad: true},
		{name: "wildcard", text: "12076:*", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseCommunity(c.text)
			if (err != nil) != c.bad {
				t.Fatalf("ParseCommunity(%q): error %v, want one: %v", c.text, err, c.bad)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("ParseCommunity(%q) (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestCommunityParts(t *testing.T) {
	t.Parallel()
	c := Community(12076<<16 | 51004)
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.ASN(), c.Value(), string(text)}
	want := []any{uint16(12076), uint16(51004), `"12076:51004"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func FuzzCommunity(f *testing.F) {
	for _, n := range []uint32{0, 1, 12076<<16 | 51004, 1<<32 - 1} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n uint32) {
		got, err := ParseCommunity(Community(n).String())
		if err != nil || got != Community(n) {
			t.Errorf("ParseCommunity(%q) = %d, %v", Community(n), got, err)
		}
	})
}

// A community has one spelling: what is accepted is what String returns.
func FuzzParseCommunity(f *testing.F) {
	for _, s := range []string{"12076:51004", "1:2:3", "01:1", "1:+1", ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseCommunity(text); err == nil && c.String() != text {
			t.Errorf("ParseCommunity(%q) is %s", text, c)
		}
	})
}
