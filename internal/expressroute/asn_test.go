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
