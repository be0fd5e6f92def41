package push

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

// A key that a change brings is typed by its value, also where the router has another or
// none, and the session comes up with it where the other end has it, too; where that has
// another one, the change is put back, however long the session lives on. The journal has
// the key's name, and nothing that is kept has the value.
func TestEmulatedKey(t *testing.T) {
	t.Parallel()
	for _, platform := range bothPlatforms {
		for name, c := range map[string]struct {
			old, theirs string
			code        int
			end         string
		}{
			"another":                   {"OldKey-0815", newKey, 0, "report: changed"},
			"none":                      {"", newKey, 0, "report: changed"},
			"another, theirs is a mark": {"OldKey-0815", confdiff.KeptMark, 4, "report: reverted"},
			"none, theirs is another":   {"", "TheirKey-1234", 4, "report: reverted"},
		} {
			t.Run(platform+" "+name, func(t *testing.T) {
				t.Parallel()
				// The shortest hold time that Microsoft takes, of which a third is no second.
				e, intent := keyed(t, platform, c.old, c.theirs, "{keepalive: 3s, hold: 10s}")
				o := e.order()
				o.Intent, o.Secret, o.TestFor, o.Together = intent, newKey, 28*time.Second, true
				if c.code == 0 { // it does not wait for it
					o.TestFor = 45 * time.Second
				}
				r := runChild(t, o, nil, nil)
				if r.code != c.code || !strings.Contains(r.said, c.end) {
					t.Errorf("exit code %d, want %d and %q\n%s", r.code, c.code, c.end, r.said)
				}
				if typed := strings.Join(e.Log(), "\n"); !strings.Contains(typed, newKey) || strings.Contains(typed, confdiff.KeptMark) {
					t.Errorf("typed:\n%s", typed)
				}
				hidesKeys(t, &o, r.said, c.old)
			})
		}
	}
}

const newKey = "NewKey-4711"

// A session of IOS-XE lives on with a wrong key for longer than half of what the tests
// may take: they wait for it all the same, and where they may not, nothing is begun.
func TestEmulatedKeyWatched(t *testing.T) {
	t.Parallel()
	for testFor, want := range map[time.Duration]struct {
		code int
		says string
	}{
		45 * time.Second: {4, "report: reverted"},
		28 * time.Second: {3, "have to last 43s, not 28s: --test-for 43s --revert-after "},
	} {
		t.Run(testFor.String(), func(t *testing.T) {
			t.Parallel()
			e, intent := keyed(t, confdiff.IOSXE, "OldKey-0815", "TheirKey-1234", "{keepalive: 10s, hold: 30s}")
			o := e.order()
			o.Intent, o.Secret, o.TestFor, o.Together = intent, newKey, testFor, true
			if r := runChild(t, o, nil, nil); r.code != want.code || !strings.Contains(r.said, want.says) {
				t.Errorf("exit code %d, want %d and %q\n%s", r.code, want.code, want.says, r.said)
			}
		})
	}
}

// keyed is an emulated router whose sessions have the key old, or none, and far ends that
// have that or theirs; and the intent that has keys.
func keyed(t *testing.T, platform, old, theirs, timers string) (*emulated, string) {
	t.Helper()
	intent := strings.NewReplacer("bfd: {interval: 300ms, multiplier: 3}", "md5: env:ER_KEY", "{keepalive: 10s, hold: 30s}", timers).Replace(emulatedIntent(platform))
	_, configs := edgePlan(t, intent)
	e := newEmulated(t, platform, func(o *emulator.Options) {
		o.Minute = time.Minute // the tests outlast the hold time
		o.Keys = make(map[netip.Addr][]string)
		for a := range o.Offers {
			o.Keys[a] = []string{old, theirs}
		}
		var kept []string
		for line := range strings.Lines(configs[0].Text) {
			if old != "" || !strings.Contains(line, "<env:ER_KEY>") {
				kept = append(kept, strings.Replace(line, "<env:ER_KEY>", old, 1))
			}
		}
		o.Running = strings.Join(kept, "")
	})
	return e, intent
}

// hidesKeys looks for the new key in what a run has said and kept, and for the old one,
// which the intent does not name, in what a person is told and the journal.
func hidesKeys(t *testing.T, o *order, said, old string) {
	t.Helper()
	kept := map[string]string{"what is told": said}
	for _, file := range []string{journalName, "ce1.transcript"} {
		text, err := os.ReadFile(filepath.Join(o.Dir, "runs", o.Run, file))
		if err != nil {
			t.Fatal(err)
		}
		kept[file] = string(text)
	}
	for name, text := range kept {
		if strings.Contains(text, newKey) || old != "" && name != "ce1.transcript" && strings.Contains(text, old) {
			t.Errorf("%s has a key:\n%s", name, text)
		}
	}
	if !strings.Contains(kept[journalName], "<env:ER_KEY>") {
		t.Errorf("the journal does not name the key:\n%s", kept[journalName])
	}
}
