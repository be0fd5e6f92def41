package plan

import "github.com/ercfg/ercfg/internal/diag"

// Codes of what is wrong with an intent beside the rules of ExpressRoute. The
// rules' own codes stand beside their checks.
const (
	nameTwice     diag.Code = "ER903" // one name for two things
	unknownName   diag.Code = "ER904" // a name that nothing defines
	badValue      diag.Code = "ER905" // no address, prefix, AS number, duration
	badSecret     diag.Code = "ER906" // no reference, or a value in its place
	badWaiver     diag.Code = "ER907" // expired, unknown, or not waivable
	badLabel      diag.Code = "ER908" // text that must not enter a configuration
	unreadSecret  diag.Code = "ER909" // a secret that cannot be read here (I)
	nameClash     diag.Code = "ER921" // two paths whose objects would have one name
	unitClash     diag.Code = "ER922" // two links with one subinterface number, two tunnels with one interface
	noIBGP        diag.Code = "ER923" // routers of one AS without an iBGP session
	contradiction diag.Code = "ER924" // two numbers for one prefix on one session
	noLoopback    diag.Code = "ER925" // an iBGP session without an address
	cannotHalve   diag.Code = "ER927" // more-specifics of a host route
	originateGap  diag.Code = "ER928" // originate lacks what the platform needs
	twoPeerASNs   diag.Code = "ER930" // one peering, two peer ASNs
	unusedName    diag.Code = "ER929" // defined and never used (W)
)
