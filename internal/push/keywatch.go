package push

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/confdiff"
)

// keySlack is what the tests need beside the watch of a changed key: to read the router
// twice.
const keySlack = 10 * time.Second

// unknownHold is the hold time of a session of which the router tells none: Azure's, and
// the default of IOS-XE.
const unknownHold = 180 * time.Second

// keyWatch is how long a session has to be watched whose key has changed; 0: none has. On
// IOS-XE the session lives on with a wrong key until its hold time ends (Cisco, BGP
// command reference, neighbor password). Other platforms reset it, and it comes up with
// the right key alone.
func (x *router) keyWatch() (watch time.Duration) {
	if x.job.Config.Platform != confdiff.IOSXE {
		return 0
	}
	for _, p := range x.before.Peers {
		changes := func(line string) bool {
			return strings.Contains(strings.ToLower(line)+" ", "neighbor "+p.Addr.String()+" password ")
		}
		if p.State == Established && slices.ContainsFunc(x.change.Commands, changes) {
			watch = max(watch, cmp.Or(p.Hold, unknownHold)+leastSettle)
		}
	}
	return watch
}

// unwatchable is an error where the tests end before a wrong key shows itself.
func (x *router) unwatchable() error {
	o := &x.run.options
	need := x.keyWatch() + keySlack
	if need == keySlack || need <= o.TestFor {
		return nil
	}
	undo := max(o.RevertAfter, LeastRevert(need, o.ProveFor))
	return fmt.Errorf("a wrong key shows itself when the hold time of a session is over, and the tests have to last %s, not %s: --test-for %[1]s --revert-after %[3]dm", need, o.TestFor, undo/time.Minute)
}
