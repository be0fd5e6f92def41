package plan

import (
	"net/netip"
	"strconv"

	"github.com/ercfg/ercfg/internal/secret"
)

type (
	netipAddr   = netip.Addr
	netipPrefix = netip.Prefix
	secretRef   = secret.Ref
)

var itoa = strconv.Itoa
