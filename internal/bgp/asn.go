package bgp

import (
	"fmt"
	"strconv"
	"strings"
)

// ASN is an AS number, 0–4294967295 (RFC 6793). Zero is reserved and serves
// as "none".
type ASN uint32

// ParseASN reads an AS number in asplain ("65010") or, above 65535, in asdot
// ("64620.1") notation (RFC 5396 §2). The asdot+ spelling of a 16-bit number
// ("0.65010") is refused: no supported router prints it. The error quotes the
// text; it says nothing about whether the number may be used.
func ParseASN(text string) (ASN, error) {
	high, low, dotted := strings.Cut(text, ".")
	if !dotted {
		n, err := number(text, 32)
		if err != nil {
			return 0, fmt.Errorf("AS number: %w", err)
		}
		return ASN(n), nil
	}
	h, err := number(high, 16)
	if err != nil {
		return 0, fmt.Errorf("AS number %q: %w", text, err)
	}
	l, err := number(low, 16)
	if err != nil {
		return 0, fmt.Errorf("AS number %q: %w", text, err)
	}
	if h == 0 {
		return 0, fmt.Errorf("AS number %q has 16 bits: write %d", text, l)
	}
	return ASN(h<<16 | l), nil
}

// String returns the number in asplain notation, which IOS-XE, Junos and FRR
// all print by default.
func (a ASN) String() string { return strconv.FormatUint(uint64(a), 10) }

// IsPrivate reports whether a is for private use: 64512–65534 or
// 4200000000–4294967294. Source: RFC 6996 §5.
func (a ASN) IsPrivate() bool {
	return 64512 <= a && a <= 65534 || 4200000000 <= a && a <= 4294967294
}

// IsDocumentation reports whether a is for documentation only: 64496–64511 or
// 65536–65551. Source: RFC 5398 §4.
func (a ASN) IsDocumentation() bool {
	return 64496 <= a && a <= 64511 || 65536 <= a && a <= 65551
}

// IsReserved reports whether no router may speak as a: 0 (RFC 7607), 23456
// (AS_TRANS, RFC 6793 §9), 65535 and 4294967295 (RFC 7300).
func (a ASN) IsReserved() bool {
	return a == 0 || a == 23456 || a == 65535 || a == 4294967295
}
