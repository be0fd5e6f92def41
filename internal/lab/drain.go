//go:build linux

package lab

import (
	"context"
	"fmt"
	"strings"

	"github.com/ercfg/ercfg/internal/expressroute"
)

// Drain begins or ends the drain of an MSEE, as Microsoft does it before
// maintenance: 12076 is put in front eight times, towards the customer and
// towards Azure, and every session stays up (planned-maintenance.md).
func (l *Lab) Drain(ctx context.Context, n *Node, on bool) error {
	if n.Kind != MSEE {
		return fmt.Errorf("%s is no MSEE", n.Name)
	}
	if l.Options.MSEE == "bird" {
		if err := n.writeFile(birdDrain, birdDrainText(on)); err != nil {
			return err
		}
		said, err := n.Exec(ctx, "birdc", "-s", birdControl, "configure")
		if err == nil && !strings.Contains(said, "Reconfigur") {
			err = fmt.Errorf("%s: BIRD refuses its configuration: %s", n.Name, said)
		}
		return err
	}
	argv := []string{"vtysh"}
	for _, command := range frrDrain(on) {
		argv = append(argv, "-c", command)
	}
	_, err := n.Exec(ctx, argv...)
	return err
}

// frrDrain are the commands that begin or end the drain of an MSEE on FRR: its
// routes are sent anew, and no session is touched.
func frrDrain(on bool) []string {
	prepend := "set as-path prepend" + strings.Repeat(" "+expressroute.MicrosoftASN.String(), drainPrepends)
	if !on {
		prepend = "no set as-path prepend"
	}
	out := []string{"configure terminal"}
	for _, name := range drained {
		out = append(out, "route-map "+name+" permit 10", prepend)
	}
	return append(out, "end", "clear bgp * soft out")
}
