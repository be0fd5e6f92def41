package verify

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// A classifier tells by the two addresses of a flow which statement's traffic it is.
// It has one table for each VRF, because customers in two VRFs may have the same
// addresses.
//
// An address lies at the end, on-premises or in Azure, whose prefix matches it the
// longest, as routers forward. Among the statements that have both ends of a flow
// that one has it whose prefix of the destination is the longest, then of the source.
type classifier struct {
	tables []*table // by VRF
}

// A table holds the prefixes of one VRF, of both ends and both families.
type table struct {
	vrf        plan.Name
	statements bool // some statement lies in the VRF
	marks      bart.Fast[mark]
	ends       []end // by mark
}

// A mark is the short form of an end, which decides nearly every flow without a
// further look into memory. The trie holds it by value, in 16 bytes, for the same
// reason. It has no more than four fields, as have the other structs that are handed
// around for every record: the compiler (go1.26) keeps those in registers.
type mark struct {
	onprem, azure int32 // the only candidate, or nobody, or several
	end           int32 // in the table's ends
	traits
}

// traits are what else a mark says of an end.
type traits struct {
	vnet     bool // the only candidate in Azure has it as a VNet's
	control  bool
	homely   bool
	defaults bool
}

// What a mark has instead of one statement.
const (
	nobody  int32 = -1
	several int32 = -2
)

// An end is what is known of an address by the longest prefix that holds it: the
// candidates of that prefix and of all that hold it.
type end struct {
	control  bool    // of a router, an MSEE or a gateway itself
	homely   bool    // some prefix on-premises holds it
	onprem   []match // empty where a longer prefix says that it lies in Azure
	azure    []match // empty where a longer prefix says that it lies on-premises
	defaults []int32 // rows of the way to the Internet of what comes from here
}

// A match is a statement that has an address, and by how long a prefix.
type match struct {
	statement int32
	bits      int16
	vnet      bool // in Azure: as a VNet's, and not as a service's
}

// A class is what a flow turns out to be.
type class struct {
	row int32 // -1: of no statement
	notes
	from *end // of the way to the Internet, which several statements may share; else nil
}

// notes are what else is to be known of a class.
type notes struct {
	ambiguous bool // a second statement has the same prefixes; row is the first in the plan's order
	control   bool // between routers, MSEEs and gateways themselves
	service   bool // the end in Azure is a service, and no VNet
}

// also are further rows of the flow.
func (k class) also() []int32 {
	if k.from == nil {
		return nil
	}
	return k.from.defaults[1:]
}

func (k class) none() bool               { return k.row < 0 }
func (k class) direction() sim.Direction { return sim.Direction(k.row / 2 % 2) }

// rowsOf is how many rows a statement has.
const rowsOf = 8

// row numbers a Traffic.
func row(t Traffic) int32 {
	n := int32(t.Statement)*rowsOf + int32(t.Family)*4 + int32(t.Direction)*2
	if t.Default {
		n++
	}
	return n
}

// traffic is the Traffic of a row.
func traffic(row int32) Traffic {
	return Traffic{Statement: int(row / rowsOf), Family: plan.Family(row / 4 % 2), Direction: sim.Direction(row / 2 % 2), Default: row%2 == 1}
}

// newClassifier makes the tables of p's VRFs. What the VNets send to the Internet is
// a statement's where sim says so.
func newClassifier(p *plan.Plan) *classifier {
	c := &classifier{}
	defaults := defaultTraffic(p)
	for _, d := range drafts(p) {
		c.tables = append(c.tables, d.table(defaults))
	}
	return c
}

// defaultTraffic are the statements and families whose VNets have a way to the
// Internet through a circuit.
func defaultTraffic(p *plan.Plan) map[Traffic]bool {
	index := make(map[string]int, len(p.Statements))
	for i := range p.Statements {
		index[p.Statements[i].Name] = i
	}
	out := make(map[Traffic]bool)
	for _, o := range sim.Predict(p, []sim.Scenario{{}}).Outcomes {
		for _, f := range o.Flows {
			if f.Default {
				out[Traffic{Statement: index[f.Statement], Family: f.Family, Direction: sim.FromAzure, Default: true}] = true
			}
		}
	}
	return out
}

// tableOf finds the table of a VRF; -1: there is none.
func (c *classifier) tableOf(vrf plan.Name) int {
	return slices.IndexFunc(c.tables, func(t *table) bool { return t.vrf == vrf })
}

// classify tells what the flow from src to dst is in the VRF of a table.
func (c *classifier) classify(table int, src, dst netip.Addr) class {
	t := c.tables[table]
	from, to := t.mark(src), t.mark(dst)
	if from.control && to.control {
		return class{row: -1, notes: notes{control: true}}
	}
	if k := t.candidate(sim.ToAzure, to.azure, from.onprem, from, to, dst); !k.none() {
		return k
	}
	if k := t.candidate(sim.FromAzure, to.onprem, from.azure, from, to, dst); !k.none() {
		return k
	}
	if from.defaults && !to.homely {
		e := &t.ends[from.end]
		return class{row: e.defaults[0], from: e}
	}
	return class{row: -1}
}

// mark finds the longest prefix that holds an address.
func (t *table) mark(a netip.Addr) mark {
	if m, ok := t.marks.Lookup(a); ok {
		return m
	}
	return mark{onprem: nobody, azure: nobody}
}

// candidate finds the statement of one direction, of which theirs is the candidate at the
// destination and ours at the source.
func (t *table) candidate(d sim.Direction, theirs, ours int32, from, to mark, dst netip.Addr) class {
	if theirs == nobody || ours == nobody || theirs >= 0 && ours >= 0 && theirs != ours {
		return class{row: -1}
	}
	k := Traffic{Family: plan.FamilyOf(dst), Direction: d}
	if theirs >= 0 && ours >= 0 {
		k.Statement = int(ours)
		return class{row: row(k), notes: notes{service: d == sim.ToAzure && !to.vnet || d == sim.FromAzure && !from.vnet}}
	}
	there, here := &t.ends[to.end], &t.ends[from.end]
	lists := [...][2][]match{sim.ToAzure: {there.azure, here.onprem}, sim.FromAzure: {there.onprem, here.azure}}[d]
	s, service, tie := common(lists[0], lists[1])
	if s < 0 {
		return class{row: -1}
	}
	k.Statement = s
	return class{row: row(k), notes: notes{service: service, ambiguous: tie}}
}

// among tells what a flow is where its VRF is not known, and is one of tables. Two
// VRFs that both have its addresses make it ambiguous.
func (c *classifier) among(tables []int, src, dst netip.Addr) class {
	out := class{row: -1}
	for _, i := range tables {
		k := c.classify(i, src, dst)
		switch {
		case k.none():
			out.control = out.control || k.control
		case out.none():
			out = k
		case k.row < out.row:
			k.ambiguous = true
			out = k
		default:
			out.ambiguous = true
		}
	}
	out.control = out.control && out.none()
	return out
}

// common finds the statement that has both ends: by the longest prefix of the
// destination, then of the source; -1: none has. Both lists are sorted by statement.
// tie says that a second one has both as long.
func common(to, from []match) (statement int, service, tie bool) {
	statement = -1
	var best int32
	take := func(to, from match) {
		switch rank := int32(to.bits)<<8 | int32(from.bits); {
		case statement < 0 || rank > best:
			// One of the two ends lies in Azure; the other's vnet is false.
			statement, best, service, tie = int(to.statement), rank, !to.vnet && !from.vnet, false
		case rank == best:
			tie = true
		}
	}
	short, long := to, from
	if len(long) < len(short) {
		short, long = long, short
	}
	for _, m := range short {
		i, found := slices.BinarySearchFunc(long, m, func(a, b match) int { return cmp.Compare(a.statement, b.statement) })
		switch {
		case !found:
		case len(to) <= len(from):
			take(m, long[i])
		default:
			take(long[i], m)
		}
	}
	return statement, service, tie
}
