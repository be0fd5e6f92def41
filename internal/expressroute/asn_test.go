package expressroute

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
)

func TestASNClasses(t *testing.T) {
	t.Parallel()
	type classes struct{ Reserved, Unusable bool }
	for asn, want := range map[bgp.ASN]classes{
		0: {Unusable: true}, 1: {}, 12075: {}, MicrosoftASN: {Unusable: true}, 12077: {},
		23456: {Unusable: true}, 64496: {}, 64511: {}, 64512: {},
		65514: {}, VPNGatewayASN: {Reserved: true}, 65520: {Reserved: true}, 65521: {},
		65534: {}, 65535: {Unusable: true}, 65536: {Unusable: true}, 65551: {Unusable: true}, 65552: {},
		4200000000: {}, 4294967294: {}, 4294967295: {Unusable: true},
	} {
		got := classes{ReservedASN(asn), UnusablePeerASN(asn)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("AS %s (-want +got):\n%s", asn, diff)
		}
	}
}

func TestUnusableVPNPeerASN(t *testing.T) {
	t.Parallel()
	for asn, want := range map[bgp.ASN]bool{
		0: true, 1: false, 8073: false, 8074: true, 8075: true, 8076: false, 12076: true, 23456: true,
		64495: false, 64496: true, 64511: true, 64512: false, 65514: false, 65515: true, 65516: false, 65517: true, 65520: true,
		65521: false, 65534: false, 65535: true, 65551: true, 65552: false, 4294967294: false, 4294967295: true,
	} {
		if got := UnusableVPNPeerASN(asn); got != want {
			t.Errorf("UnusableVPNPeerASN(%s) = %t, want %t", asn, got, want)
		}
	}
}
