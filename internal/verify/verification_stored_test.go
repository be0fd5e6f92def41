package verify

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// reportText is all of a report, to be compared.
func reportText(t *testing.T, r *Report) string {
	t.Helper()
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A capture that is read a year later is judged as it was when it came: by its own time,
// from the verdicts to how much longer it would have taken.
func TestVerificationStored(t *testing.T) {
	t.Parallel()
	began := decoderTime
	tests := map[string]struct {
		scenario string
		since    time.Duration // before the first packet, where it is negative
		heard    func(*osloProof)
		want     Verdict
		wait     bool
	}{
		"enough": {"normal", 0, func(v *osloProof) {
			v.datagram("ce2", 0, verifiedTemplate)
			v.sends("ce1", 40, 101, 102)
		}, Pass, false},
		"too little": {"normal", 0, func(v *osloProof) {
			v.datagram("ce2", 0, verifiedTemplate)
			v.sends("ce1", 1, 101)
		}, Insufficient, true},
		"one is silent":       {"normal", 0, func(v *osloProof) { v.sends("ce1", 40, 101, 102) }, Insufficient, false},
		"the wrong way":       {"normal", 0, func(v *osloProof) { v.sends("ce2", 40, 101, 102) }, Fail, false},
		"since the middle":    {"normal", 30 * time.Second, func(v *osloProof) { v.sends("ce1", 40, 101, 102) }, Insufficient, false},
		"since before it all": {"normal", -time.Hour, func(v *osloProof) { v.sends("ce1", 40, 101, 102); v.datagram("ce2", 0, verifiedTemplate) }, Pass, false},
		"since after it all":  {"normal", time.Hour, func(v *osloProof) { v.sends("ce1", 40, 101, 102) }, Insufficient, false},
		"no path, and silence": {"er-oslo,er-bergen", 0, func(v *osloProof) {
			v.datagram("ce1", 0, verifiedTemplate)
			v.datagram("ce2", 0, verifiedTemplate)
		}, Pass, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := resolved(t, []byte(verificationSite))
			o := Options{}
			if tt.since != 0 {
				o.Since = began.Add(tt.since)
			}
			last := began.Add(time.Minute)
			run := func(now time.Time) *osloProof {
				v := &osloProof{T: t, now: began, sequence: make(map[string]uint32), Verification: New(p, judgeOutcome(t, p, tt.scenario), o, now)}
				tt.heard(v)
				v.now = last
				v.datagram("ce1", 0, verifiedTemplate)
				return v
			}
			from := later(began, o.Since)
			live := run(from).Report(later(from, last))
			stored := run(began.AddDate(1, 0, 0)).Stored(began, last)
			if diff := cmp.Diff(reportText(t, live), reportText(t, stored)); diff != "" {
				t.Errorf("stored (+) is not as live (-):\n%s", diff)
			}
			if stored.Verdict() != tt.want || (stored.Judgements[0].Wait > 0) != tt.wait {
				t.Errorf("%s, want %s; wait %s\n%q", stored.Verdict(), tt.want, stored.Judgements[0].Wait, stored.Judgements[0].Reasons)
			}
		})
	}
}

// Records of Azure's Traffic Collector tell themselves what time they are about, in
// whatever order they stand. One that its table holds twice is said.
func TestVerificationStoredRecords(t *testing.T) {
	t.Parallel()
	const record = `{"SourceIp":"10.30.1.1","DestinationIp":"10.130.1.1","FlowRecordTime":"%s","NumberOfBytes":100,"NumberOfPackets":1,"Flowsequence":%d,"ExRCircuitId":"er-oslo"}` + "\n"
	var text strings.Builder
	for _, minute := range []int{3, 1, 5, 2, 2} {
		fmt.Fprintf(&text, record, decoderTime.Add(time.Duration(minute)*time.Minute).Format(time.RFC3339), 7+minute)
	}
	p := resolved(t, []byte(verificationSite))
	v := New(p, normalOf(p), Options{}, decoderTime.AddDate(1, 0, 0))
	if err := v.Records(func(s Sink) (Drops, error) {
		return ReadTrafficCollector(t.Context(), strings.NewReader(text.String()), s)
	}); err != nil {
		t.Fatal(err)
	}
	r := v.Stored(time.Time{}, time.Time{})
	if want := decoderTime.Add(time.Minute); !r.Began.Equal(want) || r.Took != 4*time.Minute {
		t.Errorf("began %s and took %s, want %s and 4m0s", r.Began, r.Took, want)
	}
	if r.Drops != (Drops{Repeated: 1}) || r.Judgements[0].Total.Records != 4 {
		t.Errorf("dropped %+v, counted %+v", r.Drops, r.Judgements[0].Total)
	}
	if got := dropLines(&r.Drops); len(got) != 1 || got[0] != "1 record of the Traffic Collector that the table holds twice" {
		t.Errorf("said: %q", got)
	}
	if r := New(p, normalOf(p), Options{}, decoderTime).Stored(time.Time{}, time.Time{}); !r.Began.IsZero() || r.Took != 0 {
		t.Errorf("of nothing: began %s and took %s", r.Began, r.Took)
	}
}

// What somebody has to know stands in every window: notes, interfaces that are not
// believed, and how many datagrams the kernel has dropped since the beginning.
func TestVerificationNotes(t *testing.T) {
	t.Parallel()
	p := resolved(t, []byte(verificationSite))
	v := New(p, normalOf(p), Options{Asked: map[string]map[uint32]string{"ce1": {101: "GigabitEthernet2.250"}}}, decoderTime)
	v.Note("ce2 could not be asked")
	v.Dropped(Drops{CutOff: 2})
	want := []string{"ce2 could not be asked",
		"interface 101 of ce1 is not believed: the intent says that it is GigabitEthernet1.250, and the router, when asked, that it is GigabitEthernet2.250"}
	for i, turn := range []func(time.Time) *Report{v.Report, v.Turn, v.Report, v.Turn} {
		lost := uint64(10 * (i + 1))
		v.Lost(lost)
		r := turn(decoderTime.Add(time.Duration(i) * time.Minute))
		if diff := cmp.Diff(want, r.Notes); diff != "" {
			t.Errorf("report %d, notes (-want +got):\n%s", i, diff)
		}
		if r.Drops != (Drops{CutOff: 2, Socket: lost}) {
			t.Errorf("report %d, dropped %+v", i, r.Drops)
		}
		r.Notes = append(r.Notes, "of this report alone")
	}
}
