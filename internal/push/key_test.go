package push

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

// A key that a change brings is typed by its value, also where the router has another or
// none; the journal has its name, and nothing that is kept has the value.
func TestEmulatedKey(t *testing.T) {
	t.Parallel()
	const key = "NewKey-4711"
	for _, platform := range bothPlatforms {
		for name, old := range map[string]string{"another": "OldKey-0815", "none": ""} {
			t.Run(platform+" "+name, func(t *testing.T) {
				t.Parallel()
				intent := strings.Replace(emulatedIntent(platform), "bfd: {interval: 300ms, multiplier: 3}", "md5: env:ER_KEY", 1)
				_, configs := edgePlan(t, intent)
				e := newEmulated(t, platform, func(o *emulator.Options) {
					longer(o)
					var kept []string
					for line := range strings.Lines(configs[0].Text) {
						if old != "" || !strings.Contains(line, "<env:ER_KEY>") {
							kept = append(kept, strings.Replace(line, "<env:ER_KEY>", old, 1))
						}
					}
					o.Running = strings.Join(kept, "")
				})
				o := e.order()
				o.Intent, o.Secret, o.TestFor, o.Together = intent, key, 8*time.Second, true
				said := runChild(t, o, nil, nil).said
				typed := strings.Join(e.Log(), "\n")
				if !strings.Contains(typed, key) || strings.Contains(typed, confdiff.KeptMark) {
					t.Errorf("typed:\n%s", typed)
				}
				for _, file := range []string{journalName, "ce1.transcript"} {
					text, err := os.ReadFile(filepath.Join(o.Dir, "runs", o.Run, file))
					if err != nil || strings.Contains(string(text), key) {
						t.Errorf("%s has the key: %v", file, err)
					}
					if file == journalName && !strings.Contains(string(text), "<env:ER_KEY>") {
						t.Errorf("the journal does not name the key:\n%s", text)
					}
				}
				if strings.Contains(said, key) || !strings.Contains(said, "report: changed") {
					t.Error(said)
				}
			})
		}
	}
}
