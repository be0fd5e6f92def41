package bgp

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseASN(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       ASN
		bad        bool
	}{
		{name: "zero", text: "0", want: 0},
		{name: "16 bits", text: "65010", want: 65010},
		{name: "largest", text: "4294967295", want: 4294967295},
		{name: "asdot", text: "64620.1", want: 64620<<16 | 1},
		{name: "asdot with a low half of zero", text: "1.0", want: 65536},
		{name: "largest asdot", text: "65535.65535", want: 4294967295},
		{name: "beyond 32 bits", text: "4294967296", bad: true},
		{name: "beyond 64 bits", text: "99999999999999999999999", bad: true},
		{name: "high half beyond 16 bits", text: "65536.1", bad: true},
		{name: "low half beyond 16 bits", text: "1.65536", bad: true},
		{name: "asdot+ of a 16-bit number", text: "0.65010", bad: true},
		{name: "empty", text: "", bad: true},
		{name: "empty halves", text: ".", bad: true},
		{name: "three parts", text: "1.2.3", bad: true},
		{name: "sign", text: "+65010", bad: true},
		{name: "negative", text: "-1", bad: true},
		{name: "leading zero", text: "065010", bad: true},
		{name: "leading zero in asdot", text: "64620.01", bad: true},
		{name: "space", text: " 65010", bad: true},
		{name: "underscore", text: "65_010", bad: true},
		{name: "hexadecimal", text: "0xfde2", bad: true},
		{name: "digits of another script", text: "٦٥", bad: true},
		{name: "prefix of AS", text: "AS65010", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseASN(c.text)
			if (err != nil) != c.bad {
				t.Fatalf("ParseASN(%q): error %v, want one: %v", c.text, err, c.bad)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("ParseASN(%q) (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestASNString(t *testing.T) {
	t.Parallel()
	if got, want := ASN(64620<<16|1).String(), "4234936321"; got != want {
		t.Errorf("got %s, want asplain %s", got, want)
	}
}

func TestASNClasses(t *testing.T) {
	t.Parallel()
	type classes struct{ Private, Documentation, Reserved bool }
	private, documentation, reserved := classes{Private: true}, classes{Documentation: true}, classes{Reserved: true}
	for asn, want := range map[ASN]classes{
		0: reserved, 1: {}, 12076: {},
		23455: {}, 23456: reserved, 23457: {},
		64495: {}, 64496: documentation, 64511: documentation,
		64512: private, 65534: private, 65535: reserved,
		65536: documentation, 65551: documentation, 65552: {},
		4199999999: {}, 4200000000: private, 4294967294: private, 4294967295: reserved,
	} {
		got := classes{asn.IsPrivate(), asn.IsDocumentation(), asn.IsReserved()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("AS %s (-want +got):\n%s", asn, diff)
		}
	}
}

func FuzzASN(f *testing.F) {
	for _, n := range []uint32{0, 23456, 65535, 65536, 4294967295} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n uint32) {
		got, err := ParseASN(ASN(n).String())
		if err != nil || got != ASN(n) {
			t.Errorf("ParseASN(%q) = %d, %v", ASN(n), got, err)
		}
	})
}

// Whatever text is accepted means one number, and that number reads back.
func FuzzParseASN(f *testing.F) {
	for _, s := range []string{"65010", "64620.1", "0.1", "+1", "01", " 1", "1.", "1e3", "4294967296"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		asn, err := ParseASN(text)
		if err != nil {
			return
		}
		again, err := ParseASN(asn.String())
		if err != nil || again != asn {
			t.Errorf("ParseASN(%q) = %d reads back as %d, %v", text, asn, again, err)
		}
	})
}
