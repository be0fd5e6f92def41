package expressroute

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrefixClasses(t *testing.T) {
	t.Parallel()
	type classes struct{ AzureForbidden, Documentation, PublicForbidden, UnusableLink, LinkLocal bool }
	everything := classes{AzureForbidden: true, PublicForbidden: true, UnusableLink: true, LinkLocal: true}
	multicast := classes{AzureForbidden: true, PublicForbidden: true, UnusableLink: true}
	public, documentation, private := classes{}, classes{Documentation: true}, classes{PublicForbidden: true}
	noAddress := classes{PublicForbidden: true, UnusableLink: true}
	for text, want := range map[string]classes{
		// What customers own.
		"52.0.0.0/30":              public,
		"128.0.0.0/30":             public,
		"223.255.255.252/30":       public,
		"168.63.129.12/30":         public,
		"2600::/126":               public,
		"2000::/3":                 public,
		"3fff:1000::/20":           public,
		"2001:db7:ffff:ffff::/126": public,
		// Examples.
		"192.0.2.0/24":            documentation,
		"192.0.2.252/30":          documentation,
		"198.51.100.0/30":         documentation,
		"203.0.113.128/25":        documentation,
		"2001:db8::/32":           documentation,
		"2001:db8:ffff::/126":     documentation,
		"3fff:fff:ffff:ffff::/64": documentation,
		// Wider than the examples' space: owned by others, so neither.
		"203.0.112.0/23": public,
		"2001:db8::/31":  public,
		// Private and shared space: fine on private peering.
		"10.0.0.0/8":         private,
		"8.0.0.0/6":          private,
		"172.31.255.252/30":  private,
		"172.32.0.0/30":      public,
		"172.15.255.252/30":  public,
		"192.168.255.252/30": private,
		"192.169.0.0/30":     public,
		"100.64.0.0/10":      private,
		"100.127.255.252/30": private,
		"100.128.0.0/30":     public,
		"100.63.255.252/30":  public,
		"192.0.0.0/30":       private,
		"192.0.1.0/30":       public,
		"198.18.0.0/30":      private,
		"198.19.255.252/30":  private,
		"198.20.0.0/30":      public,
		"fc00::/126":         private,
		"fdff::/126":         private,
		"1fff::/126":         private,
		"4000::/126":         private,
		"::ffff:52.0.0.0/97": private,
		// No link, no VNet.
		"0.0.0.0/30":         noAddress,
		"0.255.255.252/30":   noAddress,
		"1.0.0.0/30":         public,
		"127.255.255.252/30": multicast,
		"126.255.255.252/30": public,
		"224.0.0.0/30":       multicast,
		"239.255.255.252/30": multicast,
		"240.0.0.0/30":       noAddress,
		"255.255.255.252/30": multicast,
		"168.63.129.17/32":   public,
		"168.63.129.16/30":   {AzureForbidden: true, UnusableLink: true},
		"168.63.0.0/16":      {AzureForbidden: true, UnusableLink: true},
		"169.254.0.0/30":     {AzureForbidden: true, PublicForbidden: true, LinkLocal: true},
		"169.254.255.252/30": {AzureForbidden: true, PublicForbidden: true, LinkLocal: true},
		"169.253.255.252/30": public,
		"2000::/2":           noAddress,
		"::/126":             noAddress,
		"::4/126":            private,
		"fe80::/126":         noAddress,
		"febf::/126":         noAddress,
		"fec0::/126":         private,
		"ff02::/126":         noAddress,
		// Default routes.
		"0.0.0.0/0": everything,
		"::/0":      noAddress,
	} {
		p := netip.MustParsePrefix(text)
		got := classes{IsAzureForbidden(p), IsDocumentation(p), IsPublicPeeringForbidden(p), IsUnusableLink(p), IsLinkLocal(p)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	var none netip.Prefix
	if IsAzureForbidden(none) || IsDocumentation(none) || IsPublicPeeringForbidden(none) || IsUnusableLink(none) || IsLinkLocal(none) {
		t.Error("the zero prefix is in a class")
	}
}

func TestIsUnroutable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"0.0.0.0/0":          false, // contains it, as every default does
		"0.0.0.0/8":          true,
		"0.1.0.0/16":         true,
		"1.0.0.0/8":          false,
		"126.0.0.0/7":        false,
		"127.0.0.1/32":       true,
		"169.254.21.0/30":    true,
		"169.253.0.0/16":     false,
		"224.0.0.0/4":        true,
		"239.255.255.255/32": true,
		"192.0.0.0/2":        false,
		"10.0.0.0/8":         false,
		"::/0":               false,
		"fe80::/10":          true,
		"febf::1/128":        true,
		"fec0::/10":          false,
		"ff02::1/128":        true,
		"fe00::/7":           false,
		"2001:db8::/32":      false,
		"fd00:1::/48":        false,
	} {
		if got := IsUnroutable(netip.MustParsePrefix(text)); got != want {
			t.Errorf("IsUnroutable(%s) = %t, want %t", text, got, want)
		}
	}
}
