package bgp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// RouteDistinguisher keeps equal prefixes of different VRFs apart. It is
// comparable; the zero value means "none" and is the legal 0:0 as well.
// Source: RFC 4364 §4.2.
type RouteDistinguisher struct{ assigned assigned }

// ParseRD reads "ASN:N" or "A.B.C.D:N". An AS number up to 65535 makes a type
// 0 with N of 32 bits, a larger one a type 2 with N of 16 bits, an IPv4 address
// a type 1 with N of 16 bits. A type 2 with a small AS number has no spelling
// that all vendors share and cannot be written. The error quotes the text.
func ParseRD(text string) (RouteDistinguisher, error) {
	a, err := parseAssigned(text)
	if err != nil {
		return RouteDistinguisher{}, fmt.Errorf("route distinguisher %q: %w", text, err)
	}
	return RouteDistinguisher{a}, nil
}

// Type returns the type field: 0, 1 or 2 (RFC 4364 §4.2).
func (r RouteDistinguisher) Type() uint16 { return uint16(r.assigned.form) }

// String returns the form that ParseRD reads, AS numbers in asplain.
func (r RouteDistinguisher) String() string { return r.assigned.String() }

// MarshalText returns String.
func (r RouteDistinguisher) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// assigned is an administrator and a number that it hands out, the content of
// route distinguishers and route targets alike. Fields are never set by
// hand: String relies on what parseAssigned allows.
type assigned struct {
	form   assignedForm
	admin  uint32 // AS number, or the bytes of an IPv4 address
	number uint32 // 32 bits behind a 16-bit AS number, 16 bits otherwise
}

// assignedForm says what the administrator is. The values are those of the
// type field on the wire.
type assignedForm uint8

const (
	asn16Form assignedForm = iota
	addressForm
	asn32Form
)

func parseAssigned(text string) (assigned, error) {
	admin, local, found := strings.Cut(text, ":")
	if !found {
		return assigned{}, errors.New("no colon")
	}
	a := assigned{form: asn16Form}
	if strings.Count(admin, ".") == 3 {
		// netip refuses leading zeros and signs itself.
		addr, err := netip.ParseAddr(admin)
		if err != nil {
			return assigned{}, fmt.Errorf("%q is no IPv4 address", admin)
		}
		a.form, a.admin = addressForm, binary.BigEndian.Uint32(addr.AsSlice())
	} else {
		asn, err := ParseASN(admin)
		if err != nil {
			return assigned{}, err
		}
		a.admin = uint32(asn)
		if asn > 65535 {
			a.form = asn32Form
		}
	}
	bits := 16
	if a.form == asn16Form {
		bits = 32
	}
	var err error
	a.number, err = number(local, bits)
	return a, err
}

func (a assigned) String() string {
	if a.form == addressForm {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], a.admin)
		return fmt.Sprintf("%s:%d", netip.AddrFrom4(b), a.number)
	}
	return fmt.Sprintf("%d:%d", a.admin, a.number)
}
