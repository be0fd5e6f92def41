package expressroute

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitLinkBlock(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, block, primary, secondary string }{
		{"IPv4", "172.16.0.8/29", "172.16.0.8/30", "172.16.0.12/30"},
		{"end of IPv4", "255.255.255.248/29", "255.255.255.248/30", "255.255.255.252/30"},
		{"IPv6", "2001:db8::8/125", "2001:db8::8/126", "2001:db8::c/126"},
		{"end of a byte", "2001:db8::f8/125", "2001:db8::f8/126", "2001:db8::fc/126"},
		{"a link", "172.16.0.8/30", "", ""},
		{"larger", "172.16.0.0/28", "", ""},
		{"IPv6 link", "2001:db8::8/126", "", ""},
		{"IPv4 length on IPv6", "2001:db8::/29", "", ""},
		{"host bits", "172.16.0.9/29", "", ""},
		{"IPv6 host bits", "2001:db8::9/125", "", ""},
		{"IPv4 in IPv6 form", "::ffff:172.16.0.8/125", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			primary, secondary, err := SplitLinkBlock(netip.MustParsePrefix(c.block))
			if (err != nil) != (c.primary == "") {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff([]string{c.primary, c.secondary}, []string{primary.String(), secondary.String()}); diff != "" {
				t.Errorf("halves (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLinkAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, link, ours, microsofts string }{
		{"IPv4", "172.16.0.4/30", "172.16.0.5", "172.16.0.6"},
		{"end of a byte", "192.0.2.252/30", "192.0.2.253", "192.0.2.254"},
		{"IPv6", "2001:db8::4/126", "2001:db8::5", "2001:db8::6"},
		{"/31", "172.16.0.4/31", "", ""},
		{"block", "172.16.0.0/29", "", ""},
		{"/127", "2001:db8::/127", "", ""},
		{"/64", "2001:db8::/64", "", ""},
		{"host bits", "172.16.0.5/30", "", ""},
		{"IPv4 in IPv6 form", "::ffff:172.16.0.4/126", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ours, microsofts, err := LinkAddresses(netip.MustParsePrefix(c.link))
			if (err != nil) != (c.ours == "") {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff([]string{c.ours, c.microsofts}, []string{ours.String(), microsofts.String()}); diff != "" {
				t.Errorf("ours and Microsoft's (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoLink(t *testing.T) {
	t.Parallel()
	if _, _, err := SplitLinkBlock(netip.Prefix{}); err == nil {
		t.Error("the zero prefix has halves")
	}
	if _, _, err := LinkAddresses(netip.Prefix{}); err == nil {
		t.Error("the zero prefix has addresses")
	}
}

// A block that splits is its two halves and nothing else, and each half is a
// link whose addresses are the two between its ends. The oracle counts
// addresses one by one.
func FuzzSplitLinkBlock(f *testing.F) {
	for _, s := range []string{"172.16.0.8/29", "2001:db8::8/125", "255.255.255.248/29", "::/125", "172.16.0.9/29", "fe80::%1/125"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		block, err := netip.ParsePrefix(text)
		if err != nil {
			return
		}
		primary, secondary, err := SplitLinkBlock(block)
		if err != nil {
			return
		}
		next := block.Addr()
		for _, half := range []netip.Prefix{primary, secondary} {
			ours, microsofts, err := LinkAddresses(half)
			if err != nil {
				t.Fatal(err)
			}
			want := []netip.Addr{half.Addr(), ours, microsofts}
			for i, a := range want {
				if a != next || !half.Contains(a) || !block.Contains(a) {
					t.Fatalf("%s: address %d of %s is %s, want %s", block, i, half, a, next)
				}
				next = next.Next()
			}
			next = next.Next()
		}
		if next.IsValid() && block.Contains(next) {
			t.Errorf("%s has addresses in neither %s nor %s", block, primary, secondary)
		}
	})
}
