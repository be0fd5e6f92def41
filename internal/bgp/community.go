package bgp

import (
	"fmt"
	"strings"
)

// Community is a standard community: an AS number of 16 bits above a value of
// 16 bits. Source: RFC 1997.
type Community uint32

// ParseCommunity reads "ASN:VALUE", both 0–65535 in canonical decimal, as in
// "12076:51004". The names of the well-known communities are refused: an
// intent has no use for them. The error quotes the text.
func ParseCommunity(text string) (Community, error) {
	asn, value, found := strings.Cut(text, ":")
	if !found {
		return 0, fmt.Errorf("community %q has no colon", text)
	}
	a, err := number(asn, 16)
	if err != nil {
		return 0, fmt.Errorf("community %q: %w", text, err)
	}
	v, err := number(value, 16)
	if err != nil {
		return 0, fmt.Errorf("community %q: %w", text, err)
	}
	return Community(a<<16 | v), nil
}

// ASN returns the upper half, the AS number that gives the value its meaning.
func (c Community) ASN() uint16 { return uint16(c >> 16) }

// Value returns the lower half.
func (c Community) Value() uint16 { return uint16(c) }

// String returns "ASN:VALUE", which IOS-XE prints under
// "ip bgp-community new-format", Junos and FRR always.
func (c Community) String() string { return fmt.Sprintf("%d:%d", c.ASN(), c.Value()) }

// MarshalText returns String, so that JSON shows a community as people know it.
func (c Community) MarshalText() ([]byte, error) { return []byte(c.String()), nil }
