package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// reportFacts are what a reader has to know to believe a verdict, or not to.
type reportFacts struct {
	Title string
	Lines []string
}

// factsOf are the facts of r below its table. What there is nothing to say of is left
// out.
func factsOf(r *Report) []reportFacts {
	all := []reportFacts{
		{"Interfaces were found by", rungLines(r)},
		{"Exporters", exporterLines(r)},
		{"Routers that nothing came of", silentLines(r)},
		{"Other traffic", otherLines(r)},
		{"Not used", dropLines(&r.Drops)},
		{"Notes", noteLines(r)},
	}
	return slices.DeleteFunc(all, func(f reportFacts) bool { return len(f.Lines) == 0 })
}

// rungLines sum up how the interfaces of all judged records were found.
func rungLines(r *Report) []string {
	var sum [Rungs]uint64
	for i := range r.Judgements {
		for k := range r.Judgements[i].Legs {
			for rung, n := range r.Judgements[i].Legs[k].Rungs {
				sum[rung] += n
			}
		}
	}
	var out []string
	for rung, n := range sum {
		if n > 0 {
			out = append(out, Rung(rung).String()+": "+counted(n, "record"))
		}
	}
	return out
}

func exporterLines(r *Report) []string {
	var out []string
	for i := range r.Exporters {
		out = append(out, exporterLine(&r.Exporters[i]))
	}
	if len(out) == 0 {
		return []string{"none was heard"}
	}
	return out
}

// exporterLine tells one exporter: who it is, how much came, how it samples, and what
// is wrong with it.
func exporterLine(e *Exporter) string {
	out := []string{
		exporterName(e),
		counted(e.Records, "record"),
		samplingText(e),
	}
	if e.Skew >= time.Second {
		out = append(out, "its clock is "+spanText(e.Skew)+" ahead")
	} else if e.Skew <= -time.Second {
		out = append(out, "its clock is "+spanText(-e.Skew)+" behind")
	}
	if e.Restarts > 0 {
		out = append(out, counted(e.Restarts, "restart"))
	}
	if e.Missed > 0 {
		out = append(out, counted(e.Missed, missedUnit(e.Protocol))+" missed")
	}
	return printable(strings.Join(out, "; "))
}

// exporterName says where an exporter sends from, and which router it is. Azure's own
// is none.
func exporterName(e *Exporter) string {
	from := "Azure"
	if e.Addr.IsValid() {
		from = e.Addr.String()
	}
	if e.Domain != 0 {
		from += fmt.Sprintf(" domain %d", e.Domain)
	}
	from += ", " + e.Protocol.String()
	switch {
	case e.Router != "" && e.By != "":
		return from + ": " + e.Router + " by " + e.By
	case e.Router != "":
		return from + ": " + e.Router
	case e.Addr.IsValid():
		return from + ": of no known router (routers.NAME.exporter tells whose address it is)"
	}
	return from
}

// missedUnit is what the sequence numbers of a protocol count (Source.Missed).
func missedUnit(p Protocol) string {
	if p == NetFlow9 || p == SFlow {
		return "datagram"
	}
	return "record"
}

func samplingText(e *Exporter) string {
	var out string
	switch e.Sampled {
	case 0:
		return "sampling rate not known"
	case 1:
		out = "every packet"
	default:
		out = "1 packet in " + grouped(uint64(e.Sampled))
	}
	if e.SampledBy != "" {
		out += " by " + e.SampledBy
	}
	return out
}

func silentLines(r *Report) []string {
	if len(r.Silent) == 0 {
		return nil
	}
	list := printable(strings.Join(r.Silent, ", "))
	if len(r.Silent) > fewNames {
		list = counted(uint64(len(r.Silent)), "router") + ": " + list
	}
	return []string{list}
}

// fewNames are as many as a person reads without counting.
const fewNames = 3

// namesOf lists a few of some names, and counts the others.
func namesOf(all []string) string {
	if len(all) <= fewNames {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:fewNames], ", ") + " and " + grouped(uint64(len(all)-fewNames)) + " more"
}

func otherLines(r *Report) []string {
	var out []string
	for _, o := range []struct {
		name   string
		amount *Amount
	}{
		{"of no statement", &r.Other},
		{"control, of the routers themselves (BGP, BFD, IPsec)", &r.Control},
		{"transit, from router to router, counted where it leaves", &r.Transit},
	} {
		if a := o.amount; a.Records > 0 {
			out = append(out, fmt.Sprintf("%s: %s in %s", o.name, amountBytes(a), counted(a.Records, "record")))
		}
	}
	return out
}

// dropLines tell what came and was not used.
func dropLines(d *Drops) []string {
	var out []string
	for _, o := range dropKinds(d) {
		if o.n > 0 {
			out = append(out, counted(o.n, o.unit)+" "+o.words)
		}
	}
	return out
}

// A dropKind is one kind of Drops.
type dropKind struct {
	n     uint64
	name  string // as a label of a metric has it
	unit  string
	words string
}

func dropKinds(d *Drops) []dropKind {
	return []dropKind{
		{d.Malformed, "malformed", "datagram", "malformed, or of no known protocol"},
		{d.CutOff, "cut_off", "datagram", "not whole in the capture"},
		{d.NoTemplate, "no_template", "set", "of records without a template yet"},
		{d.Templates, "templates", "template", "refused: too many, or of no use"},
		{d.Exporters, "exporters", "datagram", "of exporters beyond the bound"},
		{d.Socket, "socket", "datagram", "that the kernel had no room for"},
		{d.NoAddresses, "no_addresses", "record", "without the addresses of a flow"},
		{d.Repeated, "repeated", "record", "of the Traffic Collector that the table holds twice"},
	}
}

func noteLines(r *Report) []string {
	var out []string
	for _, n := range r.Notes {
		out = append(out, printable(n))
	}
	if hasUnknown(r) {
		out = append(out, atLeast)
	}
	return out
}
