package push

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An iosxeRow is one path of a BGP table.
type iosxeRow struct {
	prefix     netip.Prefix
	status     string // "*>", "*m", "r>i"; may hold spaces
	preference uint32 // zero: the column is empty
}

// The lines of a BGP table.
var (
	iosxeDistinguisher = regexp.MustCompile(`^Route Distinguisher: [^(]*(?:\(default for vrf (\S+)\))?`)
	iosxeTotal         = regexp.MustCompile(`^Total number of prefixes (\d+)$`)
	iosxeDefaultRoute  = regexp.MustCompile(`^Originating default network (\S+)$`)
)

// readIOSXERoutes reads the routes that a neighbor's policy has let in. Of a route
// that BGP finds best and the routing table has from elsewhere ("r>", a RIB
// failure) the router makes no use.
func readIOSXERoutes(n Neighbor, output string) ([]Route, error) {
	rows, _, err := readIOSXETable(n, output)
	if err != nil {
		return nil, err
	}
	var out []Route
	for _, r := range rows {
		if strings.ContainsRune(r.status, 'h') {
			continue // it is gone, and its history is kept
		}
		used := strings.ContainsAny(r.status, ">m") && !strings.ContainsRune(r.status, 'r')
		out = append(out, Route{Prefix: r.prefix, Best: used, LocalPreference: r.preference})
	}
	return out, nil
}

// readIOSXESent reads the routes that a neighbor gets.
func readIOSXESent(n Neighbor, output string) ([]netip.Prefix, error) {
	rows, out, err := readIOSXETable(n, output)
	for _, r := range rows {
		out = append(out, r.prefix)
	}
	return out, err
}

// readIOSXETable reads the rows of an answer, and the default routes that are
// announced without one. The answer ends in the number of its rows: without it, or
// with another, the answer is not whole.
func readIOSXETable(n Neighbor, output string) (rows []iosxeRow, defaults []netip.Prefix, err error) {
	if iosxeSaid(output) == iosxeNoFamily {
		return nil, nil, nil
	}
	if iosxeRefused(output) {
		return nil, nil, iosxeUnread(iosxeSaid(output))
	}
	t := iosxeTable{vrf: n.VRF, here: true}
	read, total := 0, -1
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, " \r\n")
		if m := iosxeTotal.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			total, _ = strconv.Atoi(m[1])
			break
		}
		row, err := t.line(line)
		if err != nil {
			return nil, nil, err
		}
		if row == nil {
			continue
		}
		read++
		if t.here {
			rows = append(rows, *row)
		}
	}
	if err := t.end(); err != nil {
		return nil, nil, err
	}
	if total < 0 {
		return nil, nil, errors.New("the answer does not end in a number of prefixes")
	}
	if total != read && total != t.prefixes {
		return nil, nil, fmt.Errorf("the answer has %d routes of %d", read, total)
	}
	return rows, t.defaults, nil
}

// An iosxeTable reads rows by the columns of their header. IOS-XE 17 prints rows
// one column to the right of it, and what follows a line break another one, so
// that columns are matched with a tolerance.
type iosxeTable struct {
	vrf      string         // which one was asked for
	here     bool           // the rows are of it
	prefixes int            // rows that name a prefix
	defaults []netip.Prefix // default routes that are announced without a row

	// Columns of the header: where Network and Next Hop begin, and where Metric,
	// LocPrf and Weight end, under which numbers stand right-aligned.
	network, nextHop           int
	metric, preference, weight int

	row      *iosxeRow // not finished
	last     netip.Prefix
	awaiting bool // the next hop of row has not come
}

// slack is how far off its column a text may be; columns of numbers are seven
// apart.
const slack = 3

// line takes one line, and returns the row that it ends.
func (t *iosxeTable) line(line string) (*iosxeRow, error) {
	if at := strings.Index(line, "Network "); at >= 0 && strings.Contains(line, "LocPrf") {
		return nil, t.header(line, at)
	}
	if done, err := t.aside(strings.TrimSpace(line)); done || err != nil {
		return nil, err
	}
	if t.weight == 0 || strings.TrimSpace(line) == "" {
		return nil, nil // above the table, or below
	}
	first := len(line) - len(strings.TrimLeft(line, " "))
	if t.row != nil && first >= t.nextHop-slack {
		return t.rest(line, first)
	}
	if t.row != nil {
		return nil, fmt.Errorf("row is not finished: %s", t.row.prefix)
	}
	return t.begin(line)
}

// aside takes a line that is no row, if it is one of those that are known.
func (t *iosxeTable) aside(line string) (bool, error) {
	if m := iosxeDefaultRoute.FindStringSubmatch(line); m != nil {
		prefix, err := iosxePrefix(m[1])
		t.defaults = append(t.defaults, prefix)
		return true, err
	}
	if m := iosxeDistinguisher.FindStringSubmatch(line); m != nil {
		t.here = m[1] == t.vrf
		return true, nil
	}
	return strings.Contains(line, ", Pfx Count/Limit: "), nil // how a VRF imports
}

// header takes the columns.
func (t *iosxeTable) header(line string, network int) error {
	end := func(name string) int { return strings.Index(line, name) + len(name) }
	t.network, t.nextHop = network, strings.Index(line, "Next Hop")
	t.metric, t.preference, t.weight = end("Metric"), end("LocPrf"), end("Weight")
	if t.nextHop < network || t.metric < t.nextHop || t.preference <= t.metric || t.weight <= t.preference {
		return fmt.Errorf("not a header: %q", line)
	}
	return nil
}

// begin takes the first line of a row: status, prefix, and what fits.
func (t *iosxeTable) begin(line string) (*iosxeRow, error) {
	if len(line) <= t.network {
		return nil, fmt.Errorf("not a row: %q", line)
	}
	status, text := line[:t.network], line[t.network:]
	if strings.Trim(status, " *>sdhrSmbfxaciteLVIN") != "" {
		return nil, fmt.Errorf("not a row: %q", line)
	}
	at := t.network + len(text) - len(strings.TrimLeft(text, " "))
	word, _, _ := strings.Cut(line[at:], " ")
	t.row = &iosxeRow{prefix: t.last, status: status}
	if at < t.nextHop-slack {
		prefix, err := iosxePrefix(word)
		if err != nil && len(word) > 0 {
			// The status has one character more than the header has room for.
			t.row.status += word[:1]
			rest := line[at+1:]
			at += 1 + len(rest) - len(strings.TrimLeft(rest, " "))
			word, _, _ = strings.Cut(line[at:], " ")
			prefix, err = iosxePrefix(word)
		}
		if err != nil {
			return nil, fmt.Errorf("not a row: %q", line)
		}
		t.row.prefix, t.last = prefix, prefix
		t.prefixes++
		at += len(word)
	} else if !t.last.IsValid() {
		return nil, fmt.Errorf("row without a prefix: %q", line)
	}
	t.awaiting = true
	return t.rest(line, at)
}

// rest takes what follows the prefix, from at on: the next hop, and the numbers,
// on this line or on the next ones.
func (t *iosxeTable) rest(line string, at int) (*iosxeRow, error) {
	for _, word := range wordsFrom(line, at) {
		if t.awaiting {
			t.awaiting = false
			continue
		}
		n, err := strconv.ParseUint(word.text, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("not a row: %q", line)
		}
		switch {
		case near(word.end, t.weight):
			done := t.row
			t.row = nil
			return done, nil
		case near(word.end, t.preference):
			t.row.preference = uint32(n)
		case !near(word.end, t.metric):
			return nil, fmt.Errorf("number in no column: %q", line)
		}
	}
	return nil, nil
}

// end says whether the last row is whole.
func (t *iosxeTable) end() error {
	if t.row != nil {
		return fmt.Errorf("row is not finished: %s", t.row.prefix)
	}
	return nil
}

func near(a, b int) bool { return a-b <= slack && b-a <= slack }

// A word is a text without spaces, and the column behind it.
type word struct {
	text string
	end  int
}

// wordsFrom splits a line from a column on.
func wordsFrom(line string, at int) []word {
	var out []word
	for at < len(line) {
		if line[at] == ' ' {
			at++
			continue
		}
		end := at
		for end < len(line) && line[end] != ' ' {
			end++
		}
		out = append(out, word{text: line[at:end], end: end})
		at = end
	}
	return out
}

// iosxePrefix reads a prefix. IOS leaves the length out where it is the one of the
// address's class, and zero for the default route (RFC 791 §3.2).
func iosxePrefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		prefix, err := netip.ParsePrefix(text)
		return prefix.Masked(), err
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	if addr.IsUnspecified() {
		return netip.PrefixFrom(addr, 0), nil
	}
	if !addr.Is4() {
		return netip.Prefix{}, fmt.Errorf("no length: %s", text)
	}
	first := addr.As4()[0]
	bits := slices.Index([]bool{first < 128, first < 192, first < 224}, true)
	if bits < 0 {
		return netip.Prefix{}, fmt.Errorf("no class: %s", text)
	}
	return netip.PrefixFrom(addr, 8*(bits+1)).Masked(), nil
}
