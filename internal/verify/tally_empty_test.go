package verify

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A record without packets and bytes, as exporters write of what their address
// translation does, counts nowhere: neither as traffic of a statement nor as other or
// transit. But its exporter is heard.
func TestTallyEmpty(t *testing.T) {
	t.Parallel()
	tally := NewTally(NewPlacer(londonPlan(t), PlaceOptions{}), TallyOptions{})
	const ce1, ce2 = "10.10.255.1", "10.10.255.2"
	for _, r := range []Record{
		flowOf(ce1, "10.10.1.1", "10.100.1.1", via(7, 101)),
		flowOf(ce1, "10.10.1.1", "10.100.1.1", via(7, 8)),
		flowOf(ce1, "10.10.1.1", "10.100.1.1", via(7, 0)),
		flowOf(ce1, "10.10.1.1", "8.8.8.8", via(7, 9)),
		flowOf(ce1, "172.16.200.1", "172.16.200.2", via(0, 101)),
	} {
		r.Packets, r.Bytes, r.At = 0, 0, start()
		tally.Flow(&r)
	}
	if got := tally.Counts(); got != nil {
		t.Errorf("they count: %+v", got)
	}
	if diff := cmp.Diff([3]Amount{}, [3]Amount{tally.Other, tally.Control, tally.Transit}); diff != "" {
		t.Errorf("other, control, transit (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ce2"}, tally.Silent()); diff != "" {
		t.Errorf("silent (-want +got):\n%s", diff)
	}
	if got := tally.First(); !got.Equal(start()) {
		t.Errorf("the first came at %v, want %v", got, start())
	}
	for _, r := range []Record{
		flowOf(ce2, "10.10.1.1", "10.100.1.1", via(7, 101), size(1, 0, 1)),
		flowOf(ce2, "10.10.1.1", "10.100.1.1", via(7, 101), size(0, 1, 1)),
	} {
		tally.Flow(&r)
	}
	if got := tally.Counts(); len(got) != 1 || len(got[0].Legs) != 1 || got[0].Legs[0].Records != 2 {
		t.Errorf("one with packets and one with bytes alone count as %+v", got)
	}
}

// What the last look-up of an interface has found is not kept when the exporter tells
// another name.
func TestPlaceNameChanges(t *testing.T) {
	t.Parallel()
	pl := NewPlacer(examplePlan(t, "01-two-ce-private"), PlaceOptions{})
	link := &pl.plan.Routers[0].Links[0]
	told := func(index uint32, name string) {
		pl.Interface(Interface{Exporter: addr("10.10.255.1"), Index: index, Name: name})
	}
	record := flowOf("10.10.255.1", "10.10.1.1", "10.100.1.1", via(7, 12))
	const on, off, lost = "campus-to-hub ipv4 →: er-london.primary on ce1 by interface names of the exporter", "campus-to-hub ipv4 →: transit", "campus-to-hub ipv4 →: not placed"
	for _, step := range []struct {
		index uint32
		name  string
		want  string
	}{
		{7, "Gi0/0/0", lost},
		{12, link.Subinterface(), on},
		{12, "Gi0/0/5", off},
		{13, link.Subinterface(), off},
		{12, link.Subinterface(), on},
	} {
		told(step.index, step.name)
		for range 2 { // the second time from what is kept
			if got := where(pl, record); got != step.want {
				t.Errorf("interface %d is %s: got %q, want %q", step.index, step.name, got, step.want)
			}
		}
	}
}
