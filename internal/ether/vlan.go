package ether

import (
	"fmt"
	"strconv"
)

// VLAN is a VLAN identifier, 1–4094; 0 and 4095 are reserved (IEEE 802.1Q
// §9.6). The zero value means "no tag".
type VLAN uint16

// ParseVLAN checks the range of a number. Its error names the number; the
// VLAN beside an error is zero.
func ParseVLAN(n int) (VLAN, error) {
	if n < 1 || n > 4094 {
		return 0, fmt.Errorf("VLAN %d is not in 1–4094", n)
	}
	return VLAN(n), nil
}

// String returns the number in decimal.
func (v VLAN) String() string { return strconv.Itoa(int(v)) }
