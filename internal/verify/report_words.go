package verify

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/sim"
)

// The words of all reports: quantities with units that network engineers read, and
// names. Bytes and rates have decimal prefixes, as links have.

// bytesText writes bytes with three digits: 999 B, 1.23 kB, 12.3 MB, 123 GB.
func bytesText(n uint64) string {
	if n < 1000 {
		return strconv.FormatUint(n, 10) + " B"
	}
	value := float64(n)
	for _, unit := range []string{"kB", "MB", "GB", "TB", "PB"} {
		value /= 1000
		for digits := 2; digits >= 0; digits-- {
			// Rounding may give one digit more than there is room for, and then the next
			// form is the right one.
			if text := strconv.FormatFloat(value, 'f', digits, 64); len(strings.ReplaceAll(text, ".", "")) <= 3 {
				return text + " " + unit
			}
		}
	}
	return fmt.Sprintf("%.0f EB", value/1000)
}

// amountBytes writes the bytes of a. Where the sampling rate of a part is not known
// there were more of them.
func amountBytes(a *Amount) string {
	if a.Unknown > 0 {
		return "≥" + bytesText(a.Bytes)
	}
	return bytesText(a.Bytes)
}

// megabits writes the rate of bytes over a time, in Mbit/s and without the unit.
func megabits(bytes uint64, over time.Duration) string {
	if over <= 0 {
		return "–"
	}
	switch rate := float64(bytes) * 8 / 1e6 / over.Seconds(); {
	case bytes == 0:
		return "0"
	case rate < 0.001:
		return "<0.001"
	case rate < 10:
		return strconv.FormatFloat(rate, 'f', 3, 64)
	case rate < 1000:
		return strconv.FormatFloat(rate, 'f', 1, 64)
	default:
		return grouped(uint64(rate + 0.5))
	}
}

// grouped writes n with a comma every three digits.
func grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// shortNumber writes n in eleven characters or fewer: 999,999,999, 1.23 G.
func shortNumber(n uint64) string {
	if n < 1e9 {
		return grouped(n)
	}
	return strings.TrimSuffix(bytesText(n), "B")
}

// counted writes n with what it counts: 1 record, 2,000 records.
func counted(n uint64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return grouped(n) + " " + noun + "s"
}

// spanText writes a time as a person says it: 812 ms, 9.5 s, 12 min 30 s, 26 h.
func spanText(d time.Duration) string {
	switch {
	case d == 0:
		return "0 s"
	case d < 0:
		return "–" + spanText(-d)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second && d.Round(100*time.Millisecond)%time.Second != 0:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	if d >= 72*time.Hour {
		return fmt.Sprintf("%d days", (d+12*time.Hour)/(24*time.Hour))
	}
	d = d.Round(time.Second)
	h, m, s := d/time.Hour, d%time.Hour/time.Minute, d%time.Minute/time.Second
	var out []string
	if h > 0 {
		out = append(out, fmt.Sprintf("%d h", h))
	}
	if m > 0 {
		out = append(out, fmt.Sprintf("%d min", m))
	}
	if s > 0 && h == 0 {
		out = append(out, fmt.Sprintf("%d s", s))
	}
	return strings.Join(out, " ")
}

// timeText writes when something was, in its own time zone.
func timeText(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") }

// shareText writes a part of the whole with its interval of 95 %: 51 ± 2 %, near the
// ends 0 to 0.3 %, and 25 % where the interval has no width. It rounds an interval
// outwards, and never calls less than all 100 %, or more than nothing 0 %.
func shareText(l *LegShare) string {
	if l.Share == 0 && l.Low == 0 && l.High == 0 {
		return "–"
	}
	if l.Low == l.High {
		return hundredths(l.Share, 1, math.Round) + " %"
	}
	width := max(l.Share-l.Low, l.High-l.Share)
	digits := 0
	if width < 0.01 {
		digits = 1
	}
	share := hundredths(l.Share, digits, math.Round)
	if l.Low <= 0 || l.High >= 1 || share == "0" || share == "100" {
		return hundredths(l.Low, digits, math.Floor) + " to " + hundredths(l.High, digits, math.Ceil) + " %"
	}
	return share + " ± " + hundredths(width, digits, math.Ceil) + " %"
}

// hundredths writes a part as hundredths with so many digits behind the point, rounded
// so. What a part of a billion makes is an error of the arithmetic.
func hundredths(part float64, digits int, rounded func(float64) float64) string {
	scale := math.Pow10(digits)
	value := rounded(math.Round(part*100*scale*1e7)/1e7) / scale
	return strconv.FormatFloat(value, 'f', -1, 64)
}

// trafficText names what a judgement is about: campus v4 →.
func trafficText(j *Judgement) string {
	out := j.Statement
	if j.Default {
		out += ", default route"
	}
	return out + " " + familyText(j.Family) + " " + j.Direction.String()
}

// legText names a leg and its router: er-london.primary on ce1, Internet on ce1.
func legText(l Leg) string {
	switch name := legName(l); {
	case l.Whole:
		return l.String()
	case l.Router == "":
		return name
	default:
		return name + " on " + l.Router
	}
}

// legName is a leg without its router. What leaves by the Internet is on no link.
func legName(l Leg) string {
	switch {
	case l.Whole || l.Path == sim.Internet:
		return l.Path
	case l.Instance != "":
		return l.Path + "." + l.Instance
	}
	return l.Path + "." + l.Position.String()
}

// familyText is short, for tables.
func familyText(f plan.Family) string { return [...]string{"v4", "v6"}[f] }

// directionText says an arrow in words.
func directionText(j *Judgement) string { return [...]string{"to Azure", "from Azure"}[j.Direction] }

// printable is text on one line without what drives a terminal: file names have it,
// and so may what exporters tell.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' {
			return ' '
		}
		return r
	}, text)
}
