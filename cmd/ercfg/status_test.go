package main

import (
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/push"
)

// A run that was cut off is told from one that has ended, and what may be armed is
// said.
func TestStatusText(t *testing.T) {
	t.Parallel()
	deadline := progressTime.Add(5 * time.Minute)
	ce2 := push.Event{Router: "ce2", Phase: push.Read, Text: "not begun, because ce1 is reverted", Outcome: outcome(push.NotBegun)}
	for _, tt := range []struct {
		name   string
		events []push.Event
		now    []push.Remains
		want   []string
		code   int
	}{
		{"cut off while reading", []push.Event{{Router: "ce1", Phase: push.Read}}, nil, []string{": was cut off\n", "\nce1  read\nce2  waits\n"}, exitWorld},
		{"cut off between two steps", []push.Event{{Router: "ce1", Phase: push.Arm}, {Router: "ce1", Phase: push.Save}, {Router: "ce1", Phase: push.Read, Text: "next: er-lab.primary"}}, nil,
			[]string{"\nce1  cut off in read; next: er-lab.primary\n", "--ask\n"}, exitUnknown},
		{"cut off while arming", []push.Event{{Router: "ce1", Phase: push.Arm}}, nil, []string{"\nce1  cut off in arm; the router undoes it by itself at " + deadline.Format("15:04:05") + "\n", "--ask\n"}, exitUnknown},
		{"cut off while testing, long ago", []push.Event{{Router: "ce1", Phase: push.Test, Deadline: progressTime.Add(-time.Minute)}}, nil, []string{"\nce1  cut off in test; the router's undo was due at ", "--ask\n"}, exitUnknown},
		{"asked, and pending", []push.Event{{Router: "ce1", Phase: push.Test, Deadline: deadline}, ce2}, []push.Remains{{Router: "ce1", Outcome: push.Pending, Has: "the new configuration", Pending: true, Left: 90 * time.Second}},
			[]string{"\nce1  pending; has the new configuration; undoes the change in 1:30\n", "not everything held when the run was cut off: put it back now: ercfg revert 20261127-041512-k3f9\nkeep it all the same: ercfg confirm 20261127-041512-k3f9\n"}, exitUnknown},
		{"asked, and pending since all tests held", []push.Event{{Router: "ce1", Phase: push.Confirm, Deadline: deadline}, ce2}, []push.Remains{{Router: "ce1", Outcome: push.Pending, Has: "the new configuration", Pending: true, Left: 90 * time.Second}},
			[]string{"\nkeep the change: ercfg confirm 20261127-041512-k3f9; put it back now: ercfg revert 20261127-041512-k3f9\n"}, exitUnknown},
		{"asked, and put back", []push.Event{{Router: "ce1", Phase: push.Test, Deadline: deadline}, ce2}, []push.Remains{{Router: "ce1", Outcome: push.Reverted, Has: "the old configuration", Then: []string{"clear ip bgp 172.16.0.2 soft in"}}},
			[]string{"\nce1  reverted; has the old configuration; for it to be used at once type: clear ip bgp 172.16.0.2 soft in\n"}, 4},
		{"ended", []push.Event{{Router: "ce1", Phase: push.Done, Outcome: outcome(push.Changed), Deadline: deadline}, ce2}, nil, []string{": ended\n", "\nce1  changed\nce2  not begun; not begun, because ce1 is reverted\n"}, exitFindings},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			st := newRunStatus(testRun(t, tt.events...), tt.now)
			var out strings.Builder
			if err := st.write(&out, progressTime); err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(out.String(), want) {
					t.Errorf("no %q in\n%s", want, out.String())
				}
			}
			if got := st.exitCode(); got != tt.code {
				t.Errorf("exit code %d, want %d", got, tt.code)
			}
		})
	}
}
