// Package ether holds what a frame carries in front of its packet: VLAN tags.
//
// In come numbers as a person writes them, out go range-checked, comparable
// values. The package never decides which tag belongs to which peering. It
// has no field for an EtherType: ExpressRoute takes 0x8100 for both tags and
// nothing else (expressroute-erdirect-about.md).
package ether
