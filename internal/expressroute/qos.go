package expressroute

import "slices"

// DSCPMax is the largest DSCP: the field has 6 bits (RFC 2474 §3).
const DSCPMax = 63

// KeptDSCPs returns the DSCP values that mean something to Microsoft 365 on
// Microsoft peering: EF 46 (voice), AF41 34 (video), AF21 18 (application
// sharing), AF11 10 (file transfer), and 0. Everything else is to leave as 0.
// Private peering has no such rule. Source: expressroute-qos.md.
func KeptDSCPs() []int { return []int{46, 34, 18, 10, 0} }

// IsKeptDSCP reports whether v is one of KeptDSCPs.
func IsKeptDSCP(v int) bool { return slices.Contains(KeptDSCPs(), v) }
