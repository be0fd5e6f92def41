package plan

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/diag"
	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/secret"
)

// hostBits is the rule about prefixes that name a host.
const hostBits diag.Code = "ER022"

// prefix parses a prefix in its canonical form. Where host bits are set it
// reports them and goes on with the network, so that the other rules still
// speak.
func (f *facts) prefix(a intent.At[string]) intent.At[netip.Prefix] {
	out := intent.At[netip.Prefix]{Pos: a.Pos}
	if !a.Set() || a.V == "" { // absent, or of a type that the schema refused
		return out
	}
	p, err := netip.ParsePrefix(a.V)
	if err != nil || p.Addr().Is4In6() || p.Addr().Zone() != "" {
		hint := "write ADDRESS/LENGTH, such as 10.10.0.0/16 or 2001:db8::/32"
		if addr, err := netip.ParseAddr(a.V); err == nil && addr.Zone() == "" && !addr.Is4In6() {
			hint = fmt.Sprintf("a single host is %s/%d", addr, addr.BitLen())
		}
		f.fault(badValue, a.Pos, fmt.Sprintf("%q is no prefix", a.V), hint)
		return out
	}
	out.V = p.Masked()
	switch {
	case p != out.V:
		f.fault(hostBits, a.Pos, fmt.Sprintf("%s has host bits set", a.V), fmt.Sprintf("did you mean %s?", out.V))
	case a.V != p.String():
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is not in canonical form", a.V), fmt.Sprintf("write %s", p))
	}
	return out
}

func (f *facts) prefixes(list []intent.At[string]) []intent.At[netip.Prefix] {
	out := make([]intent.At[netip.Prefix], 0, len(list))
	for _, a := range list {
		if p := f.prefix(a); p.V.IsValid() {
			out = append(out, p)
		}
	}
	return out
}

// addr parses an address in its canonical form.
func (f *facts) addr(a intent.At[string]) intent.At[netip.Addr] {
	out := intent.At[netip.Addr]{Pos: a.Pos}
	if !a.Set() || a.V == "" {
		return out
	}
	p, err := netip.ParseAddr(a.V)
	switch {
	case err != nil || p.Is4In6() || p.Zone() != "":
		f.fault(badValue, a.Pos, fmt.Sprintf("%q is no address", a.V), "write an address without a prefix length, such as 10.10.255.1")
		return out
	case p.String() != a.V:
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is not in canonical form", a.V), fmt.Sprintf("write %s", p))
	}
	out.V = p
	return out
}

// host parses an address that is written with its full prefix length.
func (f *facts) host(a intent.At[string], family Family) intent.At[netip.Addr] {
	out := intent.At[netip.Addr]{Pos: a.Pos}
	if !a.Set() || a.V == "" {
		return out
	}
	p, err := netip.ParsePrefix(a.V)
	if err == nil && !p.IsSingleIP() {
		// Said here alone: that an interface address has host bits is no fault.
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is no host address", a.V), fmt.Sprintf("a loopback is one address: %s/%d", p.Addr(), p.Addr().BitLen()))
		return out
	}
	if p = f.prefix(a).V; !p.IsValid() {
		return out
	}
	if FamilyOf(p.Addr()) != family {
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is no %s address", a.V, family), fmt.Sprintf("write it as %s", FamilyOf(p.Addr())))
		return out
	}
	out.V = p.Addr()
	return out
}

func (f *facts) asn(a intent.At[intent.ASN]) intent.At[bgp.ASN] {
	return parsed(f, a, bgp.ParseASN, "AS number", "write 65010 or 64620.1; the largest is 4294967295")
}

func (f *facts) community(a intent.At[string]) intent.At[bgp.Community] {
	return parsed(f, a, bgp.ParseCommunity, "community", `write two numbers in quotes, such as "12076:51004"`)
}

// parsed parses a scalar. What is absent, or no what, comes back as absent.
func parsed[S ~string, T any](f *facts, a intent.At[S], parse func(string) (T, error), what, hint string) intent.At[T] {
	if !a.Set() || a.V == "" {
		return intent.At[T]{}
	}
	v, err := parse(string(a.V))
	if err != nil {
		f.fault(badValue, a.Pos, fmt.Sprintf("%q is no %s", string(a.V), what), hint)
		return intent.At[T]{}
	}
	return intent.At[T]{V: v, Pos: a.Pos}
}

// duration parses a time with its unit; the schema has checked the form.
func (f *facts) duration(a intent.At[string]) intent.At[time.Duration] {
	out := intent.At[time.Duration]{Pos: a.Pos}
	if !a.Set() || a.V == "" {
		return out
	}
	d, err := time.ParseDuration(a.V)
	if err != nil {
		return out // the schema has said so
	}
	out.V = d
	return out
}

func (f *facts) date(a intent.At[string]) intent.At[time.Time] {
	out := intent.At[time.Time]{Pos: a.Pos}
	if !a.Set() || a.V == "" {
		return out
	}
	d, err := time.Parse(time.DateOnly, a.V)
	if err != nil {
		f.fault(badValue, a.Pos, fmt.Sprintf("%s is no date", a.V), "write YEAR-MONTH-DAY, such as 2027-03-31")
		return out
	}
	out.V = d
	return out
}

// rate parses a bandwidth into Mbps.
func (f *facts) rate(a intent.At[string]) intent.At[int] {
	out := intent.At[int]{Pos: a.Pos}
	var n int
	var unit string
	if _, err := fmt.Sscanf(a.V, "%d%s", &n, &unit); err != nil || n > 1_000_000 {
		return out // the schema has said so, or ER004 will not find it in its list
	}
	if unit == "Gbps" {
		n *= 1000
	}
	out.V = n
	return out
}

// secret parses a reference. The message never repeats what is written: it
// may be the secret itself.
func (f *facts) secret(a intent.At[string]) intent.At[secret.Ref] {
	out := intent.At[secret.Ref]{Pos: a.Pos}
	if !a.Set() {
		return out
	}
	ref, err := secret.ParseRef(a.V)
	if err != nil {
		f.fault(badSecret, a.Pos, "a secret is not given by reference", "write env:NAME, file:PATH or exec:COMMAND; never the secret itself")
		return out
	}
	out.V = ref
	return out
}

// read returns a secret's value to check its form, and false where it cannot
// be read here. An empty one has been read.
func (f *facts) read(a intent.At[secret.Ref]) (string, bool) {
	if a.V == (secret.Ref{}) || f.env.Secret == nil {
		return "", false
	}
	v, err := f.env.Secret(a.V)
	if errors.Is(err, secret.ErrEmpty) {
		return "", true
	}
	if err != nil {
		f.note(unreadSecret, a.Pos, fmt.Sprintf("%s cannot be read here, so its form is not checked", a.V), "push needs it; validate and render do not, and lab makes keys up")
		return "", false
	}
	return v.Reveal(), true
}

const maxLabel = 80

// label checks text that enters a configuration: one line of printable ASCII
// without what a router's command line takes as an order (? asks for help,
// | pipes, quotes and backslashes end a string).
func (f *facts) label(a intent.At[string]) Label {
	if !a.Set() {
		return ""
	}
	if i := strings.IndexFunc(a.V, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`?"\|`, r) }); i >= 0 {
		f.fault(badLabel, a.Pos, fmt.Sprintf("the text holds %q, which must not enter a router's configuration", []rune(a.V[i:])[0]),
			`write one line of plain ASCII without ?, ", | and \`)
		return ""
	}
	if len(a.V) > maxLabel {
		f.fault(badLabel, a.Pos, fmt.Sprintf("the text has %d characters", len(a.V)), fmt.Sprintf("%d at most", maxLabel))
		return ""
	}
	return Label(strings.TrimSpace(a.V))
}

// line checks text for people: one printable line in any script.
func (f *facts) line(a intent.At[string]) Label {
	if i := strings.IndexFunc(a.V, func(r rune) bool {
		return r < ' ' || (r >= 0x7f && r < 0xa0) || r == '\u2028' || r == '\u2029' || r == '\ufffd'
	}); i >= 0 {
		f.fault(badLabel, a.Pos, fmt.Sprintf("the text holds the control character %q", []rune(a.V[i:])[0]), "write one printable line")
		return ""
	}
	if n := len([]rune(a.V)); n > 2*maxLabel {
		f.fault(badLabel, a.Pos, fmt.Sprintf("the text has %d characters", n), fmt.Sprintf("%d at most", 2*maxLabel))
		return ""
	}
	return Label(strings.TrimSpace(a.V))
}

var (
	hostName   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$`)
	objectName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)
	ifaceText  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9./:_-]{0,62}$`)
	vrfName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,14}$`)
	zoneName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
)

// word checks a name that enters a configuration against its form.
func (f *facts) word(a intent.At[string], form *regexp.Regexp, what, hint string) bool {
	if !a.Set() || form.MatchString(a.V) {
		return true
	}
	f.fault(badLabel, a.Pos, fmt.Sprintf("%q is no %s", a.V, what), hint)
	return false
}
