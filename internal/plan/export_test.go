package plan

import (
	"net/netip"

	"github.com/ercfg/ercfg/internal/secret"
)

type (
	netipAddr   = netip.Addr
	netipPrefix = netip.Prefix
	secretRef   = secret.Ref
)
