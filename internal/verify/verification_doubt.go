package verify

import (
	"fmt"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// doubt begins the verification anew where records may have been read with a template
// that was none of theirs: an exporter has told it again with other fields. Which
// records it were nobody can tell, and one whose ingress was read as its egress may have
// spoken for a verdict.
func (v *Verification) doubt(at time.Time) {
	if v.decoder.doubts == v.doubts {
		return
	}
	v.doubts = v.decoder.doubts
	v.beginAnew(at)
	if v.doubts == 1 {
		v.notes = append(v.notes, "")
		v.doubtNote = len(v.notes) - 1
	}
	v.notes[v.doubtNote] = fmt.Sprintf("an exporter told a template of the same number with other fields: what came before %s does not count", at.UTC().Format(time.RFC3339))
}

// named begins the verification anew where a router has told the names of its links and
// tunnels, and some of what it sent before could not be placed: IOS-XE tells them once a
// minute, and templates that were saved let its records be read before. Without this the
// window would hold them to its end. It does so once for each router: one that restarts
// again and again is to be seen. What has failed by then is not forgotten: it rests on
// records that had a place.
func (v *Verification) named(at time.Time) {
	for _, router := range v.placer.named {
		if !v.tally.unplaced[router] || v.waited[router] {
			continue
		}
		v.waited[router] = true
		if v.report(v.began, at).Verdict() == Fail {
			continue
		}
		v.beginAnew(at)
		v.late = append(v.late, fmt.Sprintf("%s told the names of its interfaces at %s: what came before does not count", v.plan.Routers[router].Name, at.UTC().Format(time.RFC3339)))
	}
	v.placer.named = v.placer.named[:0]
}

// beginAnew forgets what has been counted.
func (v *Verification) beginAnew(at time.Time) { v.tally, v.began, v.anew = v.newTally(), at, at }

// doubtsOf are the doubts about what has come since began, in the order of exporters.
func (v *Verification) doubtsOf(exporters []Exporter, began time.Time) []Doubt {
	var out []Doubt
	for i := range exporters {
		e := &exporters[i]
		if e.Router == "" || e.Last.Before(began) {
			continue
		}
		if e.Unread > 0 {
			out = append(out, Doubt{e.Router, "exports records that nobody can read before their template comes: what they tell is not seen"})
		}
		if missed, came := v.since(&e.Source); missed > came {
			out = append(out, Doubt{e.Router, fmt.Sprintf("has lost more of its export on the way than came: %s missed, and %d came", counted(missed, missedUnit(e.Protocol)), came)})
		}
	}
	return slices.Compact(out)
}

// quiet are notes about routers that were heard in the window, but not for long: they may
// have nothing to say, as a standby between two of its templates, or their export broke.
func (v *Verification) quiet(exporters []Exporter, began, now time.Time) []string {
	lasts := make(map[string]time.Time, len(exporters)) // by router
	for i := range exporters {
		e := &exporters[i]
		lasts[e.Router] = later(lasts[e.Router], e.Last)
	}
	var out []string
	for i := range v.plan.Routers {
		name := v.plan.Routers[i].Name
		last := lasts[name]
		silence := now.Sub(last)
		if last.Before(began) || slices.Contains(v.options.Idle, name) || silence <= 2*activeTimeout(v.plan)+lateExport || silence <= now.Sub(began)/2 {
			continue
		}
		out = append(out, fmt.Sprintf("%s was heard last %s before the end: what it carried since would not show if its export has broken", name, silence.Round(time.Second)))
	}
	return out
}

// since is how much a source's numbers miss in this window, and how much came, both in
// the unit of its protocol (missedUnit).
func (v *Verification) since(s *Source) (missed, came uint64) {
	missed, came = s.Missed, s.Packets
	if s.Protocol == NetFlow5 || s.Protocol == IPFIX {
		came = s.Records
	}
	for i := range v.before {
		if b := &v.before[i]; b.Addr == s.Addr && b.Domain == s.Domain && b.Protocol == s.Protocol {
			missed -= min(missed, b.Missed)
			if s.Protocol == NetFlow5 || s.Protocol == IPFIX {
				return missed, came - b.Records
			}
			return missed, came - b.Packets
		}
	}
	return missed, came
}

// everyWay are the routers on which one place watches all that is forwarded, so that
// none of their links can lack what watches it: ercfg renders flow export on Linux as
// one rule of the forward hook.
func everyWay(p *plan.Plan) []string {
	var out []string
	for i := range p.Routers {
		if r := &p.Routers[i]; r.Platform == plan.FRR && r.Flow.On() {
			out = append(out, r.Name)
		}
	}
	return out
}

// rates are by router how coarsely it samples, one packet in N: as the sources of its
// records tell, of which those that were heard since began come first, else as is assumed
// of it. Whom nobody speaks of is not in it.
func (v *Verification) rates(exporters []Exporter, began time.Time) map[string]uint32 {
	out, before := make(map[string]uint32), make(map[string]uint32)
	for i := range exporters {
		e, to := &exporters[i], out
		if e.Last.Before(began) {
			to = before
		}
		if e.Router != "" && e.Records > 0 && e.Sampled > 0 {
			to[e.Router] = max(to[e.Router], e.Sampled)
		}
	}
	for router, n := range before {
		if out[router] == 0 {
			out[router] = n
		}
	}
	for i := range v.plan.Routers {
		name := v.plan.Routers[i].Name
		if n, _ := v.tally.assumed(i); out[name] == 0 && n > 0 {
			out[name] = n
		}
	}
	return out
}
