package render_test

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/ercfg/ercfg/internal/artifact"
	"github.com/ercfg/ercfg/internal/bgp"
	"github.com/ercfg/ercfg/internal/plan"
)

// azureEncryption is Azure's word for a vendor's: aes-cbc-256, aes-256-cbc,
// esp-aes 256, esp-gcm and aes256gcm16 all carry a family and a key length,
// which is 128 where IOS-XE leaves it out. The table of the templates has no
// part in it.
func azureEncryption(word string) string {
	switch {
	case strings.Contains(word, "null"):
		return "none"
	case strings.Contains(word, "3des"):
		return "des3"
	case strings.Contains(word, "des"):
		return "des"
	}
	bits := "128"
	for _, n := range []string{"256", "192"} {
		if strings.Contains(word, n) {
			bits = n
		}
	}
	switch {
	case strings.Contains(word, "gcm"):
		return "gcmaes" + bits
	case strings.Contains(word, "aes"):
		return "aes" + bits
	}
	return "unknown " + word
}

// azureIntegrity is Azure's word for a vendor's: sha-256, sha256,
// hmac-sha-256-128, esp-sha-hmac.
func azureIntegrity(word string) string {
	switch {
	case strings.Contains(word, "384"):
		return "sha384"
	case strings.Contains(word, "256"):
		return "sha256"
	case strings.Contains(word, "md5"):
		return "md5"
	case strings.Contains(word, "sha"):
		return "sha1"
	}
	return "unknown " + word
}

// read reads a router's text in its vendor's language, and what Linux does
// beside FRR in that of its programs.
func read(c artifact.Config) (*device, error) {
	switch c.Platform {
	case plan.IOSXE.String():
		return readIOSXE(c.Text)
	case plan.Junos.String():
		return readJunos(c.Text)
	default:
		d, err := readFRR(c.Text)
		if err == nil {
			err = readLinux(c, d)
		}
		return d, err
	}
}

// A reading is a device while its text is read. It keeps the first fault.
type reading struct {
	*device
	line string // at which the reader stands
	err  error
}

func (r *reading) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %q", what, r.line)
	}
}

func (r *reading) addr(word string) netip.Addr {
	a, err := netip.ParseAddr(word)
	if err != nil {
		r.fail(err.Error())
	}
	return a
}

// prefix reads ADDRESS/LENGTH without host bits.
func (r *reading) prefix(word string) netip.Prefix {
	p, err := netip.ParsePrefix(word)
	if err != nil || p != p.Masked() {
		r.fail("no prefix")
	}
	return p
}

func (r *reading) community(word string) bgp.Community {
	c, err := bgp.ParseCommunity(word)
	if err != nil {
		r.fail(err.Error())
	}
	return c
}

func (r *reading) number(word string) int {
	n := 0
	if _, err := fmt.Sscanf(word, "%d", &n); err != nil || fmt.Sprint(n) != word {
		r.fail("no number")
	}
	return n
}

// neighbor returns the neighbor with an address in the global table.
func (r *reading) neighbor(word string) *neighbor { return r.neighborIn("", word) }

// neighborIn returns the neighbor with an address in a VRF, a new one when it
// is met for the first time.
func (r *reading) neighborIn(table, word string) *neighbor {
	k := peerKey{table, r.addr(word)}
	if r.neighbors[k] == nil {
		r.neighbors[k] = &neighbor{vrf: table, family: plan.FamilyOf(k.addr)}
	}
	return r.neighbors[k]
}

// route adds a static route, which no text writes twice.
func (r *reading) route(s static) {
	if r.statics[s] {
		r.fail("the same route twice")
	}
	r.statics[s] = true
}

// permit puts a prefix on a list. longest is the longest length that matches.
func (r *reading) permit(family plan.Family, list string, p netip.Prefix, longest int) {
	name := listName{family, list}
	if r.lists[name] == nil {
		r.lists[name] = make(map[netip.Prefix]int)
	}
	if _, twice := r.lists[name][p]; twice || plan.FamilyOf(p.Addr()) != family || longest < p.Bits() {
		r.fail("wrong family, twice, or a length that nothing has")
	}
	r.lists[name][p] = longest
}

// permitExactly puts a prefix on a list that matches it alone.
func (r *reading) permitExactly(family plan.Family, list, word string) {
	p := r.prefix(word)
	r.permit(family, list, p, p.Bits())
}

// is reports whether the words of a line have the form of pattern, in which *
// stands for one word and a final … for one or more.
func is(words []string, pattern string) bool {
	for i, want := range strings.Fields(pattern) {
		switch {
		case i >= len(words):
			return false
		case want == "…":
			return true
		case want != "*" && want != words[i]:
			return false
		}
	}
	return len(words) == len(strings.Fields(pattern))
}
