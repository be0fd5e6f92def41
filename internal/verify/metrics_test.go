package verify

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A scrape is what a reader of the text format makes of an exposition.
type scrape struct {
	kinds  map[string]string  // metric → counter or gauge
	values map[string]float64 // metric{label="value",…} as it was read, unescaped
}

// parseMetrics reads the format by its own description, and refuses what Prometheus
// refuses: a series twice, a metric in two places, a series before its head, a label
// or a value that is none.
func parseMetrics(text string) (*scrape, error) {
	out := &scrape{make(map[string]string), make(map[string]float64)}
	name := regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*`)
	label := regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*="`)
	current, helped := "", ""
	if !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("the last line has no end")
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# HELP "); ok {
			helped, _, _ = strings.Cut(rest, " ")
			continue
		}
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			metric, kind, _ := strings.Cut(rest, " ")
			if metric != helped || out.kinds[metric] != "" || kind != "counter" && kind != "gauge" {
				return nil, fmt.Errorf("type without help, twice, or of an unknown kind: %s", line)
			}
			current, out.kinds[metric] = metric, kind
			continue
		}
		key := name.FindString(line)
		if key == "" || key != current {
			return nil, fmt.Errorf("%q below the head of %s", line, current)
		}
		rest := line[len(key):]
		if strings.HasPrefix(rest, "{") {
			for sep := "{"; strings.HasPrefix(rest, sep); sep = "," {
				l := label.FindString(rest[1:])
				if l == "" {
					return nil, fmt.Errorf("a label: %s", rest)
				}
				value, tail, err := quotedLabel(rest[1+len(l):])
				if err != nil {
					return nil, err
				}
				key, rest = key+sep+l+value+`"`, tail
			}
			if !strings.HasPrefix(rest, "}") {
				return nil, fmt.Errorf("labels do not end: %s", line)
			}
			key, rest = key+"}", rest[1:]
		}
		value, err := strconv.ParseFloat(strings.TrimPrefix(rest, " "), 64)
		if _, twice := out.values[key]; err != nil || twice {
			return nil, fmt.Errorf("%q: twice %v, %v", line, twice, err)
		}
		out.values[key] = value
	}
	return out, nil
}

// quotedLabel reads up to the quote that ends a value.
func quotedLabel(text string) (value, rest string, err error) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			return out.String(), text[i+1:], nil
		case '\\':
			i++
			if i == len(text) || !strings.ContainsRune(`\"n`, rune(text[i])) {
				return "", "", fmt.Errorf("an escape that there is not: %q", text)
			}
			out.WriteString(map[byte]string{'\\': `\`, '"': `"`, 'n': "\n"}[text[i]])
		default:
			out.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("a value does not end: %q", text)
}

// An exposition can be read, whatever the names are, and has the names that Prometheus
// advises: counters end in _total, and nothing else does.
func TestMetricsFormat(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Report{"mixed": mixedReport(), "empty": emptyReport(), "large": largeReport(), "huge": hugeReport(), "hostile": hostileReport()} {
		got, err := parseMetrics(written(t, "prom", r))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for metric, kind := range got.kinds {
			if !strings.HasPrefix(metric, "ercfg_verify_") || strings.HasSuffix(metric, "_total") != (kind == "counter") {
				t.Errorf("%s is a %s", metric, kind)
			}
		}
	}
	got, err := parseMetrics(written(t, "prom", hostileReport()))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := got.values[`ercfg_verify_router_silent{router="`+strings.ToValidUTF8(hostile, "\uFFFD")+`"}`]; !ok {
		t.Error("a hostile name does not come back as it was")
	}
}

// What a metric says is what the report says.
func TestMetricsValues(t *testing.T) {
	t.Parallel()
	got, err := parseMetrics(written(t, "prom", mixedReport()))
	if err != nil {
		t.Fatal(err)
	}
	const campus = `statement="campus",family="ipv4",direction="from-azure",default_route="false"`
	for series, want := range map[string]float64{
		`verdict{` + campus + `,verdict="FAIL"}`:                             1,
		`verdict{` + campus + `,verdict="PASS"}`:                             0,
		`verdict{` + campus + `,verdict="INSUFFICIENT"}`:                     0,
		`verdicts{verdict="INSUFFICIENT"}`:                                   2,
		`leg_bytes{` + campus + `,leg="er-london.primary",router="ce1"}`:     1_008_000_000,
		`leg_share_ratio{` + campus + `,leg="s2s-frankfurt.a",router="ce1"}`: 0.122,
		`leg_expected{` + campus + `,leg="s2s-frankfurt.a",router="ce1"}`:    0,
		`clear_text_bytes{` + campus + `}`:                                   3000,
		`router_records_total{router="ce1"}`:                                 2470,
		`router_missed_total{router="ce1"}`:                                  13,
		`router_restarts_total{router="ce1"}`:                                3,
		`router_clock_ahead_seconds{router="ce1"}`:                           -90,
		`router_silent{router="ce1"}`:                                        0,
		`router_silent{router="ce2"}`:                                        1,
		`unknown_exporters`:                                                  2,
		`dropped_total{reason="socket"}`:                                     1234,
		`window_seconds`:                                                     300,
		`window_start_timestamp_seconds`:                                     float64(reportBegan.Unix()),
		`info{intent="contoso-london",scenario="normal"}`:                    1,
		`leg_samples{` + strings.Replace(campus, `"false"`, `"true"`, 1) + `,leg="Internet",router="ce1"}`: 0,
	} {
		if v, ok := got.values["ercfg_verify_"+series]; !ok || v != want {
			t.Errorf("%s: %v %v, want %v", series, v, ok, want)
		}
	}
}

// However many exporters and observation domains send, the series stay as many.
func TestMetricsBounded(t *testing.T) {
	t.Parallel()
	count := func(r *Report) int {
		got, err := parseMetrics(written(t, "prom", r))
		if err != nil {
			t.Fatal(err)
		}
		return len(got.values)
	}
	r := mixedReport()
	want := count(r)
	for i := range 1000 {
		e := r.Exporters[i%len(r.Exporters)]
		e.Domain = uint32(i)
		r.Exporters = append(r.Exporters, e)
	}
	if got := count(r); got != want {
		t.Errorf("%d series, want %d", got, want)
	}
}
