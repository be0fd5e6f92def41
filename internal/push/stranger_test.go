package push

import (
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// Two routers that are reached at one place are not what the intent means. The same
// address behind another host is another place.
func TestSamePlace(t *testing.T) {
	t.Parallel()
	at := func(router, host string, port int, jump string) Job {
		j := Job{Target: Target{Host: host, Port: port}}
		if j.Config.Router = router; jump != "" {
			j.Target.Jumps = []Target{{Host: jump}}
		}
		return j
	}
	for name, tt := range map[string]struct {
		jobs []Job
		why  string
	}{
		"two addresses":        {[]Job{at("ce1", "192.0.2.1", 0, ""), at("ce2", "192.0.2.2", 0, "")}, ""},
		"one address":          {[]Job{at("ce1", "192.0.2.1", 0, ""), at("ce2", "192.0.2.1", 22, "")}, "ce1 and ce2 are both reached at 192.0.2.1:22"},
		"two ports":            {[]Job{at("ce1", "192.0.2.1", 2201, ""), at("ce2", "192.0.2.1", 2202, "")}, ""},
		"behind another host":  {[]Job{at("ce1", "192.0.2.1", 0, "lon"), at("ce2", "192.0.2.1", 0, "ams")}, ""},
		"behind the same host": {[]Job{at("ce1", "192.0.2.1", 0, "lon"), at("ce2", "192.0.2.1", 0, "lon")}, "both reached"},
	} {
		if err := distinct(tt.jobs); (err == nil) != (tt.why == "") || err != nil && !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: %v, want %q", name, err, tt.why)
		}
	}
}

// A router that calls itself by the name of another one of the intent is not touched.
// Whatever else it is called says nothing.
func TestStranger(t *testing.T) {
	t.Parallel()
	p := goldenPlans(t)["two-ce-private"]
	for platform, line := range map[string]string{confdiff.FRR: "hostname NAME\n", confdiff.IOSXE: "hostname NAME\n", confdiff.Junos: "set system host-name NAME\n"} {
		for name, stranger := range map[string]bool{"ce1": false, "CE1.example.net": false, "lon-edge-7": false, "ce2": true, "CE2.example.net": true} {
			if platform == confdiff.FRR && strings.Contains(name, ".") {
				continue
			}
			have, err := confdiff.Read(platform, []byte(strings.Replace(line, "NAME", name, 1)))
			if err != nil {
				t.Fatal(err)
			}
			x := &router{run: &Run{plan: p}, plan: &p.Routers[0], have: have}
			if err := x.stranger(); (err != nil) != stranger {
				t.Errorf("%s %s: %v", platform, name, err)
			}
		}
	}
}
