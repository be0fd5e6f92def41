package verify

import "testing"

// Tags that agree with a number of the intent are remembered: neither for others, nor for
// another interface, nor beyond what the exporter says since.
func TestPlaceRememberedTags(t *testing.T) {
	t.Parallel()
	p := examplePlan(t, "01-two-ce-private")
	numbered(p)
	pl := NewPlacer(p, PlaceOptions{})
	const s = "campus-to-hub ipv4 →: "
	tagged := func(out uint32, vlan uint16) Record {
		r := flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, out))
		r.OutTags.Outer = vlan
		return r
	}
	right := placeCase{"the tag of the link", tagged(101, 150), s + "er-london.primary on ce1 by interface index of the intent"}
	wrong := placeCase{"another tag", tagged(101, 151), s + "not placed"}
	other := placeCase{"another interface", tagged(7, 150), s + "transit"}
	checkPlaces(t, pl, []placeCase{right, right, wrong, wrong, right, other, wrong, right})
	pl.Interface(Interface{Exporter: addr("10.10.255.1"), Index: 55, Name: "Te0/0/1.150"})
	checkPlaces(t, pl, []placeCase{wrong})
	pl.Interface(Interface{Exporter: addr("10.10.255.1"), Index: 101, Name: "Te0/0/1.150"})
	wrong.want = right.want // the exporter's own word is of now
	checkPlaces(t, pl, []placeCase{right, wrong, right})
}
