package render

import (
	"slices"
	"strconv"

	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeRemark is a policy that sets DSCP to 0 but for what it keeps.
type iosxeRemark struct {
	Name   string   // of the policy and of the class
	Keep   []string // lines of values, eight at most on each; none: everything is set
	Origin string
}

// dscpOnALine is how many values one match takes (Cisco IOS Quality of Service
// Solutions Command Reference, match dscp).
const dscpOnALine = 8

// iosxeRemarks lists the policies, one for each set of values that links keep.
func iosxeRemarks(prefix string, r *plan.Router) []iosxeRemark {
	var out []iosxeRemark
	for i := range r.Links {
		l := &r.Links[i]
		name := iosxeRemarkName(prefix, r, l)
		if !l.Remark || slices.ContainsFunc(out, func(m iosxeRemark) bool { return m.Name == name }) {
			continue
		}
		m := iosxeRemark{Name: name, Origin: l.RemarkOrigin}
		for line := range slices.Chunk(l.DSCP, dscpOnALine) {
			words := ""
			for _, v := range line {
				words += " " + dscpWord(v)
			}
			m.Keep = append(m.Keep, words)
		}
		out = append(out, m)
	}
	return out
}

// iosxeRemarkName numbers the policies: a name with the values would be longer
// than the 40 characters that IOS-XE takes.
func iosxeRemarkName(prefix string, r *plan.Router, l *plan.Link) string {
	var seen [][]int
	for i := range r.Links {
		other := &r.Links[i]
		if other.Remark && !slices.ContainsFunc(seen, func(s []int) bool { return slices.Equal(s, other.DSCP) }) {
			seen = append(seen, other.DSCP)
		}
	}
	n := slices.IndexFunc(seen, func(s []int) bool { return slices.Equal(s, l.DSCP) })
	if n < 1 {
		return prefix + "-DSCP"
	}
	return prefix + "-DSCP-" + strconv.Itoa(n+1)
}

// dscpWord writes a value as IOS-XE prints it: by its name where it has one
// (RFC 2474, RFC 2597, RFC 3246).
func dscpWord(v int) string {
	switch class, drop := v/8, v%8/2; {
	case v == 0:
		return "default"
	case v == 46:
		return "ef"
	case v%8 == 0:
		return "cs" + strconv.Itoa(class)
	case class >= 1 && class <= 4 && v%2 == 0:
		return "af" + strconv.Itoa(class) + strconv.Itoa(drop)
	}
	return strconv.Itoa(v)
}
