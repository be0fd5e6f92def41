package plan

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/expressroute"
)

// strangeDSCP is the rule about DSCP values: fact sheet §13.
const strangeDSCP diag.Code = "ER190"

// checkDSCP reports values that are to leave on a peering and mean nothing
// there.
func (f *facts) checkDSCP() {
	for _, c := range f.circuits {
		for _, p := range c.peerings() {
			for _, v := range p.in.DSCP {
				switch {
				case v.V < 0 || v.V > expressroute.DSCPMax:
					f.fault(badValue, v.Pos, fmt.Sprintf("%d is no DSCP value", v.V), fmt.Sprintf("write 0 to %d", expressroute.DSCPMax))
				case !p.microsoft:
					f.warn(strangeDSCP, v.Pos, fmt.Sprintf("%s keeps DSCP %d, and private peering keeps them all", p.path, v.V), "take dscp away: only Microsoft peering has a list")
				case !expressroute.IsKeptDSCP(v.V):
					f.warn(strangeDSCP, v.Pos, fmt.Sprintf("DSCP %d leaves on %s, and means nothing to Microsoft", v.V, p.path), "keep 46 (voice), 34 (video), 18 (sharing), 10 (file transfer) and 0; the rest leaves as 0 when it is not listed")
				}
			}
		}
	}
}
