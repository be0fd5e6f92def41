package bgp

import "fmt"

// RouteTarget says which VRFs take a VPN route. It is comparable; the zero
// value means "none". Source: RFC 4364 §4.3.1, RFC 4360 §4, RFC 5668.
type RouteTarget struct{ assigned assigned }

// ParseRouteTarget reads "ASN:N" or "A.B.C.D:N" with the ranges of ParseRD.
// Junos wants a "target:" in front; its template writes it. The error quotes
// the text.
func ParseRouteTarget(text string) (RouteTarget, error) {
	a, err := parseAssigned(text)
	if err != nil {
		return RouteTarget{}, fmt.Errorf("route target %q: %w", text, err)
	}
	return RouteTarget{a}, nil
}

// String returns the form that ParseRouteTarget reads, AS numbers in asplain.
func (r RouteTarget) String() string { return r.assigned.String() }

// MarshalText returns String.
func (r RouteTarget) MarshalText() ([]byte, error) { return []byte(r.String()), nil }
