// Package bgp holds the scalars of BGP: AS numbers, communities, route
// distinguishers and route targets.
//
// In comes text as a person writes it, out go typed, range-checked, comparable
// values whose String is what every supported router prints. Each value has
// one accepted spelling per notation: a leading zero, a sign or a space is
// refused, because a second spelling is usually a slip. The package knows
// nothing of ExpressRoute and never reads a route or a message.
package bgp

import (
	"errors"
	"fmt"
	"strconv"
)

// number parses a canonical decimal number of at most the given width in bits.
// strconv refuses signs, blanks and underscores itself, but takes "007".
func number(text string, bits int) (uint32, error) {
	n, err := strconv.ParseUint(text, 10, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%q is not in 0–%d", text, uint64(1)<<bits-1)
	case err != nil:
		return 0, fmt.Errorf("%q is no decimal number", text)
	case len(text) > 1 && text[0] == '0':
		return 0, fmt.Errorf("%q has a leading zero", text)
	}
	return uint32(n), nil
}
