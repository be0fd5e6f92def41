package render_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/ercfg/ercfg/internal/plan"
)

// iosxeFlows is what a text says of flow export, by kind and name.
type iosxeFlows struct {
	blocks  map[string][]string // "record NAME" → lines
	persist bool                // interface indexes
}

func newIOSXEFlows() iosxeFlows { return iosxeFlows{blocks: make(map[string][]string)} }

func (f *iosxeFlows) top(w []string) bool {
	switch {
	case is(w, "flow record *"), is(w, "flow exporter *"), is(w, "flow monitor *"):
		f.blocks[w[1]+" "+w[2]] = []string{}
	case is(w, "sampler *"):
		f.blocks[strings.Join(w, " ")] = []string{}
	default:
		return false
	}
	return true
}

func (f *iosxeFlows) inside(r *iosxeReading, w []string) {
	id := strings.Join(r.block[max(0, len(r.block)-2):], " ")
	if slices.Contains(f.blocks[id], strings.Join(w, " ")) {
		r.fail("the same line twice")
	}
	f.blocks[id] = append(f.blocks[id], strings.Join(w, " "))
}

// value is what stands after the words of a line; none without the line.
func (f *iosxeFlows) value(id, words, none string) string {
	for _, line := range f.blocks[id] {
		if v, ok := strings.CutPrefix(line, words+" "); ok {
			return v
		}
	}
	return none
}

// finish follows the monitors of the interfaces to the record and the exporter.
func (f *iosxeFlows) finish(r *iosxeReading) {
	for via, on := range r.ports {
		r.line = "interface " + via
		for _, w := range on.monitors {
			sampler := ""
			if is(w, "* flow monitor * sampler * *") {
				sampler = w[5]
			}
			s := sample{via: via, out: w[len(w)-1] == "output"}
			if w[0] == "ipv6" {
				s.family = plan.IPv6
			}
			f.monitor(r, s, w[3], sampler)
			r.samples[s] = true
		}
	}
	if f.persist != (r.flow != flow{}) {
		r.fail("interface indexes are kept without flow export, or the other way round")
	}
}

func (f *iosxeFlows) monitor(r *iosxeReading, s sample, name, sampler string) {
	monitor, number := "monitor "+name, func(text string) int { return r.number(text) }
	exporter, record := "exporter "+f.value(monitor, "exporter", ""), "record "+f.value(monitor, "record", "")
	key, other := "input", "output"
	if s.out {
		key, other = other, key
	}
	want := []string{
		"match interface " + key, "collect interface " + other, "match flow direction", fmt.Sprintf("match %s source address", s.family),
		fmt.Sprintf("match %s destination address", s.family), fmt.Sprintf("match %s protocol", s.family), "match transport source-port",
		"match transport destination-port", fmt.Sprintf("collect routing next-hop address %s", s.family), "collect counter bytes long", "collect counter packets long",
		"collect timestamp absolute first", "collect timestamp absolute last",
	}
	for _, line := range want {
		if !slices.Contains(f.blocks[record], line) {
			r.fail(record + " lacks " + line)
		}
	}
	got := flow{
		protocol: map[string]string{"": "netflow9", "ipfix": "ipfix"}[f.value(exporter, "export-protocol", "")],
		sampling: 1, active: number(f.value(monitor, "cache timeout active", "1800")), inactive: number(f.value(monitor, "cache timeout inactive", "15")),
	}
	port, err := strconv.ParseUint(f.value(exporter, "transport udp", ""), 10, 16)
	if err != nil {
		r.fail("no port")
	}
	got.collector = netip.AddrPortFrom(r.addr(f.value(exporter, "destination", "")), uint16(port))
	if via := f.value(exporter, "source", ""); via != "" {
		got.source = r.address(via, plan.FamilyOf(got.collector.Addr()))
	}
	sampled := sampler != ""
	if sampled {
		got.sampling = number(f.value("sampler "+sampler, "mode random 1 out-of", "0"))
	}
	if slices.Contains(f.blocks[record], "match flow sampler") != sampled || f.value(exporter, "option sampler-table", "") == "" == sampled ||
		f.value(exporter, "option interface-table", "") == "" {
		r.fail("a collector cannot read the records")
	}
	if r.flow != (flow{}) && r.flow != got {
		r.fail("two ways of export")
	}
	r.flow = got
}

// iosxeRemarks is what a text says of DSCP.
type iosxeRemarks struct {
	keep   map[string][]int    // class → values
	policy map[string][]string // policy → its lines
}

func newIOSXERemarks() iosxeRemarks {
	return iosxeRemarks{keep: make(map[string][]int), policy: make(map[string][]string)}
}

func (m *iosxeRemarks) top(w []string) bool {
	switch {
	case is(w, "class-map match-any *"):
		m.keep[w[2]] = nil
	case is(w, "policy-map *"):
		m.policy[w[1]] = nil
	default:
		return false
	}
	return true
}

func (m *iosxeRemarks) inside(r *iosxeReading, w []string) {
	name := r.block[len(r.block)-1]
	switch {
	case r.block[0] == "policy-map":
		m.policy[name] = append(m.policy[name], strings.Join(w, " "))
	case is(w, "match dscp …") && len(w) <= 10: // eight values are the most
		for _, word := range w[2:] {
			m.keep[name] = append(m.keep[name], r.dscp(word))
		}
	default:
		r.fail("unknown line of a class")
	}
}

// dscp reads a value or its name (RFC 2474, RFC 2597, RFC 3246).
func (r *iosxeReading) dscp(word string) int {
	switch {
	case word == "default":
		return 0
	case word == "ef":
		return 46
	case len(word) == 3 && strings.HasPrefix(word, "cs"):
		return 8 * r.number(word[2:])
	case len(word) == 4 && strings.HasPrefix(word, "af"):
		return 8*r.number(word[2:3]) + 2*r.number(word[3:])
	}
	return r.number(word)
}

func (m *iosxeRemarks) finish(r *iosxeReading) {
	for via, on := range r.ports {
		name, ok := on.lines["service-policy output"]
		if !ok {
			continue
		}
		r.line = "policy-map " + name
		want := []string{"class class-default", "set dscp default"}
		if _, keeps := m.keep[name]; keeps {
			want = append([]string{"class " + name}, want...)
		}
		if !slices.Equal(m.policy[name], want) {
			r.fail("not what sets DSCP to 0")
		}
		r.device.remarks[via] = fmt.Sprint(m.keep[name])
	}
}
