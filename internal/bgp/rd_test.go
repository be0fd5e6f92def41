package bgp

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseRD(t *testing.T) {
	t.Parallel()
	type result struct {
		Type uint16
		Text string
	}
	for _, c := range []struct {
		name, text string
		want       result
		bad        bool
	}{
		{name: "type 0", text: "64620:301", want: result{0, "64620:301"}},
		{name: "type 0 with a number of 32 bits", text: "65535:4294967295", want: result{0, "65535:4294967295"}},
		{name: "type 1", text: "10.64.255.1:301", want: result{1, "10.64.255.1:301"}},
		{name: "type 1, largest", text: "255.255.255.255:65535", want: result{1, "255.255.255.255:65535"}},
		{name: "type 2", text: "65536:65535", want: result{2, "65536:65535"}},
		{name: "type 2 in asdot", text: "64620.1:7", want: result{2, "4234936321:7"}},
		{name: "type 0 number beyond 32 bits", text: "64620:4294967296", bad: true},
		{name: "type 1 number beyond 16 bits", text: "10.64.255.1:65536", bad: true},
		{name: "type 2 number beyond 16 bits", text: "65536:65536", bad: true},
		{name: "no colon", text: "64620", bad: true},
		{name: "empty number", text: "64620:", bad: true},
		{name: "three parts", text: "1:2:3", bad: true},
		{name: "short address", text: "10.64.255:1", bad: true},
		{name: "bad octet", text: "10.64.255.256:1", bad: true},
		{name: "octet with a leading zero", text: "10.64.255.01:1", bad: true},
		{name: "IPv6 address", text: "2001:db8::1:1", bad: true},
		{name: "Junos suffix", text: "64620L:1", bad: true},
		{name: "target prefix", text: "target:64620:301", bad: true},
		{name: "sign", text: "64620:-1", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rd, err := ParseRD(c.text)
			rt, errRT := ParseRouteTarget(c.text)
			if (err != nil) != c.bad || (errRT != nil) != c.bad {
				t.Fatalf("errors %v and %v, want one: %v", err, errRT, c.bad)
			}
			if c.bad {
				return
			}
			if diff := cmp.Diff(c.want, result{rd.Type(), rd.String()}); diff != "" {
				t.Errorf("route distinguisher (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want.Text, rt.String()); diff != "" {
				t.Errorf("route target (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRDIsText(t *testing.T) {
	t.Parallel()
	rd, err := ParseRD("10.64.255.1:301")
	if err != nil {
		t.Fatal(err)
	}
	rt, err := ParseRouteTarget("64620:301")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal([]any{rd, rt})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`["10.64.255.1:301","64620:301"]`, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func FuzzParseRD(f *testing.F) {
	for _, s := range []string{"64620:301", "10.64.255.1:301", "64620.1:7", "0:0", "1.2.3.4", "65536:65536", "::ffff:1.2.3.4:1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rd, err := ParseRD(text)
		rt, errRT := ParseRouteTarget(text)
		if (err == nil) != (errRT == nil) {
			t.Fatalf("%q: route distinguisher %v, route target %v", text, err, errRT)
		}
		if err != nil {
			return
		}
		if again, err := ParseRD(rd.String()); err != nil || again != rd {
			t.Errorf("ParseRD(%q) reads back as %s, %v", text, again, err)
		}
		if again, err := ParseRouteTarget(rt.String()); err != nil || again != rt {
			t.Errorf("ParseRouteTarget(%q) reads back as %s, %v", text, again, err)
		}
	})
}
