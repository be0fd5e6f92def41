package verify

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// A chart shows the bytes of each leg over time. It is a picture for a page, and as
// wide as the page lets it be: chartWidth is what its own measures count in.
type chart struct {
	id    string // of its title, on the page
	title string
	legs  []LegShare // that have a line
	more  int        // legs that have none
	slot  time.Duration
	from  time.Time // beginning of the first slot; zero: not known
	slots int
	top   uint64 // bytes at the upper end of the axis
	step  uint64 // between two lines of it
}

// Measures of the picture.
const (
	chartWidth  = 480
	plotLeft    = 58
	plotRight   = chartWidth - 14
	plotTop     = 22
	plotBottom  = 150
	axisBottom  = plotBottom + 32
	legendLine  = 16
	chartLines  = 8  // more of them nobody tells apart
	legendRunes = 62 // that have room beside the sample of a line
	// chartMost is the most that an axis reaches: no slot has an exabyte, but a router
	// may lie.
	chartMost = 1e18
)

// newChart lays out the chart of a judgement; false: there is nothing to show.
func newChart(r *Report, j *Judgement, id string) (*chart, bool) {
	c := &chart{id: id, title: trafficText(j), slot: r.Slot, from: r.SeriesFrom}
	var most uint64
	c.slots, most = seriesBounds(j.Legs)
	if most == 0 || c.slot <= 0 {
		return nil, false
	}
	most = min(most, chartMost)
	c.legs = j.Legs[:min(len(j.Legs), chartLines)]
	c.more = len(j.Legs) - len(c.legs)
	c.step = stepOf(most)
	c.top = (most + c.step - 1) / c.step * c.step
	return c, true
}

// seriesBounds are how many slots the series of legs have, and the most in one. A leg
// that nothing was seen on may have no series.
func seriesBounds(legs []LegShare) (slots int, most uint64) {
	for i := range legs {
		slots = max(slots, len(legs[i].Series))
		for _, n := range legs[i].Series {
			most = max(most, n)
		}
	}
	return slots, most
}

// stepOf is 1, 2 or 5 times a power of ten, so that most, which is
// chartMost or less, is four steps or fewer.
func stepOf(most uint64) uint64 {
	for unit := uint64(1); ; unit *= 10 {
		for _, step := range []uint64{unit, 2 * unit, 5 * unit} {
			if most <= 4*step {
				return step
			}
		}
	}
}

// svg returns the picture as an element for a page: no script, nothing to fetch, in the
// colours of the page.
func (c *chart) svg() string {
	var out strings.Builder
	height := axisBottom + legendLine*len(c.legs) + 8
	if c.more > 0 {
		height += legendLine
	}
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="%s-title %s-desc" viewBox="0 0 %d %d">`+"\n", c.id, c.id, chartWidth, height)
	fmt.Fprintf(&out, `<title id="%s-title">%s</title>`+"\n"+`<desc id="%s-desc">%s</desc>`+"\n", c.id, markup("Bytes over time, "+c.title), c.id, markup(c.told()))
	c.bytesAxis(&out)
	c.timeAxis(&out)
	for i := range c.legs {
		c.line(&out, i)
	}
	out.WriteString("</svg>")
	return out.String()
}

// markup is text for an element.
func markup(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(printable(text))) // a Builder has no error
	return out.String()
}

// told is the picture in words, for those who do not see it.
func (c *chart) told() string {
	out := []string{fmt.Sprintf("%s in steps of %s.", spanText(time.Duration(c.slots)*c.slot), spanText(c.slot))}
	for i := range c.legs {
		at, most := 0, uint64(0)
		for k, n := range c.legs[i].Series {
			if n > most {
				at, most = k, n
			}
		}
		if most == 0 {
			out = append(out, legText(c.legs[i].Leg)+": nothing.")
			continue
		}
		out = append(out, fmt.Sprintf("%s: at most %s in a step, after %s.", legText(c.legs[i].Leg), bytesText(most), spanText(time.Duration(at)*c.slot)))
	}
	return strings.Join(out, " ")
}

func (c *chart) y(bytes uint64) float64 {
	return plotBottom - float64(min(bytes, c.top))/float64(c.top)*(plotBottom-plotTop)
}

// x is where a slot, or a part of one, is.
func (c *chart) x(slots float64) float64 {
	return plotLeft + slots/float64(c.slots)*(plotRight-plotLeft)
}

func (c *chart) bytesAxis(out *strings.Builder) {
	fmt.Fprintf(out, `<text class="axis" x="2" y="12">bytes in %s</text>`+"\n", spanText(c.slot))
	for n := uint64(0); n <= c.top; n += c.step {
		y := c.y(n)
		fmt.Fprintf(out, `<path class="grid" d="M%d %.1fH%d"/><text class="axis end" x="%d" y="%.1f">%s</text>`+"\n", plotLeft, y, plotRight, plotLeft-5, y+4, bytesText(n))
	}
}

// timeAxis counts from the first slot, and says when that begins.
func (c *chart) timeAxis(out *strings.Builder) {
	whole := time.Duration(c.slots) * c.slot
	step := timeStep(whole)
	for at := time.Duration(0); at <= whole; at += step {
		x := c.x(float64(at) / float64(c.slot))
		anchor := "mid"
		if x > plotRight-18 {
			anchor = "end"
		}
		text := "0"
		if at > 0 {
			text = spanText(at)
		}
		fmt.Fprintf(out, `<path class="grid" d="M%.1f %dv5"/><text class="axis %s" x="%.1f" y="%d">%s</text>`+"\n", x, plotBottom, anchor, x, plotBottom+16, text)
	}
	since := "the first flow that counts"
	if !c.from.IsZero() {
		since = c.from.UTC().Format("2006-01-02 15:04:05 UTC")
	}
	fmt.Fprintf(out, `<text class="axis end" x="%d" y="%d">time since %s</text>`+"\n", plotRight, plotBottom+30, since)
}

// timeStep parts a time into five or fewer.
func timeStep(whole time.Duration) time.Duration {
	const day = 24 * time.Hour
	for _, step := range []time.Duration{
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
		time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	} {
		if whole <= 5*step {
			return step
		}
	}
	return (whole/(5*day) + 1) * day
}

// line draws a leg as steps, for a slot has one number, and names it below.
func (c *chart) line(out *strings.Builder, i int) {
	l := &c.legs[i]
	var d strings.Builder
	for k := range c.slots {
		n := uint64(0)
		if k < len(l.Series) {
			n = l.Series[k]
		}
		command := "V"
		if k == 0 {
			command = fmt.Sprintf("M%d ", plotLeft)
		}
		fmt.Fprintf(&d, "%s%.1fH%.1f", command, c.y(n), c.x(float64(k+1)))
	}
	name := legText(l.Leg)
	if !l.Expected {
		name += ", not expected"
	}
	fmt.Fprintf(out, `<path class="line l%d" d="%s"><title>%s</title></path>`+"\n", i, d.String(), markup(name))
	y := axisBottom + legendLine*i + 12
	fmt.Fprintf(out, `<path class="line l%d" d="M%d %dh30"/><text x="%d" y="%d">%s</text>`+"\n", i, plotLeft, y-4, plotLeft+38, y, markup(shortened(name, legendRunes)))
	if i == len(c.legs)-1 && c.more > 0 {
		fmt.Fprintf(out, `<text x="%d" y="%d">and %s that have no line here</text>`+"\n", plotLeft+38, y+legendLine, counted(uint64(c.more), "leg"))
	}
}

// shortened takes the middle out of text that has more than n runes: names begin and
// end with what tells them apart.
func shortened(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	if n < 3 {
		return string([]rune(text)[:max(n, 0)])
	}
	runes := []rune(text)
	tail := (n - 1) / 2
	return string(runes[:n-1-tail]) + "…" + string(runes[len(runes)-tail:])
}
