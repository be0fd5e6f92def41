package render

import "testing"

// One family with several paths, in whichever table, decides for the router.
func TestFRRMultipath(t *testing.T) {
	t.Parallel()
	family := func(ebgp, ibgp int, origin string) frrFamily {
		return frrFamily{PathsEBGP: ebgp, PathsIBGP: ibgp, PathsOrigin: origin}
	}
	tests := []struct {
		name   string
		all    []frrInstance
		want   bool
		origin string
	}{
		{"no session", []frrInstance{{}}, false, ""},
		{"one path", []frrInstance{{Families: []frrFamily{family(1, 1, "routers.ce1")}}}, false, ""},
		{"VPN routes alone", []frrInstance{{Families: []frrFamily{family(0, 0, "routers.pe1")}}}, false, ""},
		{"both links here", []frrInstance{{Families: []frrFamily{family(2, 1, "routers.ce1")}}}, true, "routers.ce1"},
		{"other links over iBGP", []frrInstance{{Families: []frrFamily{family(1, 2, "routers.ce2")}}}, true, "routers.ce2"},
		{"IPv6 of a VRF", []frrInstance{{}, {Families: []frrFamily{family(1, 1, "one"), family(2, 1, "two")}}}, true, "two"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, origin := frrMultipath(tt.all); got != tt.want || origin != tt.origin {
				t.Errorf("frrMultipath = %t, %q, want %t, %q", got, origin, tt.want, tt.origin)
			}
		})
	}
}
