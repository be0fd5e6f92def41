package ether

// Tag is the tag, or the two tags, of a subinterface.
type Tag struct {
	// Outer is the S-tag, which names the circuit or the provider's service.
	// Zero means a single tag.
	Outer VLAN
	// Inner is the C-tag, which names the peering: the only tag where Outer
	// is zero.
	Inner VLAN
}

// QinQ reports whether frames carry two tags.
func (t Tag) QinQ() bool { return t.Outer != 0 }

// String returns "150" for one tag, "301.100" for outer and inner.
func (t Tag) String() string {
	if t.QinQ() {
		return t.Outer.String() + "." + t.Inner.String()
	}
	return t.Inner.String()
}
