package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// A keptRecords keeps what it is handed.
type keptRecords []Record

func (k *keptRecords) Flow(r *Record)      { *k = append(*k, *r) }
func (k *keptRecords) Interface(Interface) {}

func readCollector(t testing.TB, text string) (keptRecords, Drops) {
	t.Helper()
	var k keptRecords
	d, err := ReadTrafficCollector(t.Context(), strings.NewReader(text), &k)
	if err != nil {
		t.Fatalf("%.200q: %v", text, err)
	}
	return k, d
}

const circuitID = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/Edge/providers/Microsoft.Network/expressRouteCircuits/ER-London"

// Two records as the API writes them, by column.
var (
	collectorColumns = []string{
		"TenantId", "TimeGenerated", "FlowRecordTime", "SourceIp", "DestinationIp", "SourcePort", "DestinationPort", "Protocol",
		"NumberOfBytes", "NumberOfPackets", "Flowsequence", "Dot1qVlanId", "Dot1qCustomerVlanId", "NextHop", "BgpNextHop",
		"PeeringType", "ExRCircuitId", "SrcSubnet", "Type",
	}
	collectorRows = [][]any{
		{"x", "2026-11-27T08:01:00.1234567Z", "2026-11-27T08:00:30Z", "10.1.0.4", "10.100.0.10", 443, 51000, 6,
			3000, 2, 7001, 0, 150, "10.100.255.1", "192.168.15.1", "AzurePrivatePeering", circuitID, "10.1.0.0", "ATCExpressRouteCircuitIpfix"},
		{"x", "2026-11-27T08:01:00Z", nil, "2001:db8:1::4", "2001:db8:100::10", 0, 0, 58,
			64, 1, 7002, 10, 150, "", "2001:db8:15::1", "AzurePrivatePeering", circuitID, "a \"quoted\" \\ value, [with] {brackets}", "ATCExpressRouteCircuitIpfix"},
	}
	collectorWant = keptRecords{
		{
			At: time.Date(2026, 11, 27, 8, 0, 30, 0, time.UTC), Protocol: TrafficCollector,
			Src: netip.MustParseAddr("10.1.0.4"), Dst: netip.MustParseAddr("10.100.0.10"),
			Key:    flowKey(netip.MustParseAddr("10.1.0.4"), netip.MustParseAddr("10.100.0.10"), 6, 443, 51000),
			InTags: Tags{Outer: 150}, OutTags: Tags{Outer: 150}, NextHop: netip.MustParseAddr("10.100.255.1"),
			Packets: 2, Bytes: 3000, Sampling: 4096, Circuit: "er-london",
		},
		{
			At: time.Date(2026, 11, 27, 8, 1, 0, 0, time.UTC), Protocol: TrafficCollector,
			Src: netip.MustParseAddr("2001:db8:1::4"), Dst: netip.MustParseAddr("2001:db8:100::10"),
			Key:    flowKey(netip.MustParseAddr("2001:db8:1::4"), netip.MustParseAddr("2001:db8:100::10"), 58, 0, 0),
			InTags: Tags{Outer: 10, Inner: 150}, OutTags: Tags{Outer: 10, Inner: 150}, NextHop: netip.MustParseAddr("2001:db8:15::1"),
			Packets: 1, Bytes: 64, Sampling: 4096, Circuit: "er-london",
		},
	}
	compareRecords = cmp.Options{cmpopts.EquateComparable(netip.Addr{})}
)

// collectorObjects are the rows as objects; text turns numbers into strings, and keep
// chooses columns.
func collectorObjects(text bool, keep func(string) bool) []map[string]any {
	var out []map[string]any
	for _, row := range collectorRows {
		o := map[string]any{}
		for i, v := range row {
			if !keep(collectorColumns[i]) {
				continue
			}
			if n, ok := v.(int); ok && text {
				v = fmt.Sprint(n)
			}
			o[collectorColumns[i]] = v
		}
		out = append(out, o)
	}
	return out
}

func everyColumn(string) bool { return true }

func jsonOf(t testing.TB, v any, indent string) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func linesOf[T any](t testing.TB, values []T) string {
	t.Helper()
	var b strings.Builder
	for _, v := range values {
		b.WriteString(jsonOf(t, v, ""))
	}
	return b.String()
}

// queryAnswer is the answer of the query API with copies of the rows; each copy has a
// sequence of its own.
func queryAnswer(copies int) map[string]any {
	var columns []map[string]string
	for _, c := range collectorColumns {
		columns = append(columns, map[string]string{"name": c, "type": "string"})
	}
	rows := [][]any{}
	for n := range copies {
		for i, r := range collectorRows {
			r = append([]any(nil), r...)
			r[10] = 7001 + 2*n + i
			rows = append(rows, r)
		}
	}
	return map[string]any{"tables": []any{map[string]any{"name": "PrimaryResult", "columns": columns, "rows": rows}}}
}

// resourceLogs are the records as diagnostic settings write them: time and category
// beside, columns inside of properties.
func resourceLogs(t testing.TB, text bool) []map[string]any {
	t.Helper()
	var out []map[string]any
	for i, o := range collectorObjects(false, func(c string) bool { return c != "TimeGenerated" && c != "TenantId" && c != "Type" }) {
		var properties any = o
		if text {
			properties = jsonOf(t, o, "")
		}
		out = append(out, map[string]any{
			"time": collectorRows[i][1], "resourceId": "/SUBSCRIPTIONS/1", "category": "ExpressRouteCircuitIpfix",
			"operationName": "SendFlowLog", "properties": properties,
		})
	}
	return out
}

func TestReadTrafficCollectorForms(t *testing.T) {
	t.Parallel()
	objects := collectorObjects(false, everyColumn)
	var renamed []map[string]any
	for i, o := range objects {
		n := map[string]any{}
		for k, v := range o {
			n[map[int]func(string) string{0: strings.ToUpper, 1: strings.ToLower}[i](k)] = v
		}
		renamed = append(renamed, n)
	}
	logs := resourceLogs(t, false)
	batch := map[string]any{"records": logs}
	tests := map[string]string{
		"az, strings for numbers":     jsonOf(t, collectorObjects(true, everyColumn), "  "),
		"array in one line":           jsonOf(t, objects, ""),
		"array, not ended by newline": strings.TrimSpace(jsonOf(t, objects, "")),
		"lines of data export":        linesOf(t, objects),
		"lines with CR":               strings.ReplaceAll(linesOf(t, objects), "\n", "\r\n"),
		"lines with empty ones":       strings.ReplaceAll(linesOf(t, objects), "\n", "\n\n"),
		"lines of diagnostics":        linesOf(t, logs),
		"properties as a string":      linesOf(t, resourceLogs(t, true)),
		"batch in one line":           jsonOf(t, batch, ""),
		"batch":                       jsonOf(t, batch, "\t"),
		"array of batches":            jsonOf(t, []any{batch}, " "),
		"answer in one line":          jsonOf(t, queryAnswer(1), ""),
		"answer":                      jsonOf(t, queryAnswer(1), "  "),
		"answer, other tables":        `{"tables":[{"name":"x","columns":[{"name":"a"}],"rows":[]},` + strings.TrimPrefix(strings.TrimSpace(jsonOf(t, queryAnswer(1), " ")), "{\n \"tables\": ["),
		"names in another case":       jsonOf(t, renamed, " "),
		"one after another":           strings.ReplaceAll(linesOf(t, objects), "\n", ""),
		"indented, after another":     jsonOf(t, objects[0], " ") + jsonOf(t, objects[1], " "),
		"byte order mark":             "\ufeff" + linesOf(t, objects),
		"byte order mark and array":   "\ufeff" + jsonOf(t, objects, " "),
		"array after space":           "\n\n  " + jsonOf(t, objects, " "),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, drops := readCollector(t, text)
			if diff := cmp.Diff(collectorWant, got, compareRecords); diff != "" {
				t.Error(diff)
			}
			if drops != (Drops{}) {
				t.Errorf("drops %+v", drops)
			}
		})
	}
}

// What does not fit into a look at the beginning is read all the same, record by
// record.
func TestReadTrafficCollectorLong(t *testing.T) {
	t.Parallel()
	const copies = 2000
	var many []map[string]any
	for i, o := range collectorObjects(false, everyColumn) {
		for n := range copies {
			c := map[string]any{}
			for k, v := range o {
				c[k] = v
			}
			c["Flowsequence"] = 7001 + 2*n + i
			many = append(many, c)
		}
	}
	for name, text := range map[string]string{
		"answer in one line": jsonOf(t, queryAnswer(copies), ""),
		"answer":             jsonOf(t, queryAnswer(copies), "  "),
		"array":              jsonOf(t, many, "  "),
		"batch":              jsonOf(t, map[string]any{"records": many}, ""),
		"lines":              linesOf(t, many),
	} {
		if got, drops := readCollector(t, text); len(got) != 2*copies || drops != (Drops{}) {
			t.Errorf("%s: %d records, %+v", name, len(got), drops)
		}
	}
}

func TestReadTrafficCollectorRecords(t *testing.T) {
	t.Parallel()
	const base = `"SourceIp":"10.1.0.4","DestinationIp":"10.100.0.10"`
	const timed = base + `,"TimeGenerated":"2026-11-27T08:01:00Z"`
	at := time.Date(2026, 11, 27, 8, 1, 0, 0, time.UTC)
	tests := map[string]struct {
		json  string
		drops Drops
		check func(Record) bool // nil: there is no record
	}{
		"least": {timed, Drops{}, func(r Record) bool {
			return r.At.Equal(at) && r.Circuit == "" && r.InTags == (Tags{}) && !r.NextHop.IsValid()
		}},
		"time without a zone":    {base + `,"FlowRecordTime":"2026-11-27T08:01:00.5"`, Drops{}, func(r Record) bool { return r.At.Equal(at.Add(500 * time.Millisecond)) }},
		"time of another zone":   {base + `,"FlowRecordTime":"2026-11-27T09:01:00+01:00"`, Drops{}, func(r Record) bool { return r.At == at }},
		"time of the log":        {base + `,"time":"2026-11-27T08:01:00Z"`, Drops{}, func(r Record) bool { return r.At == at }},
		"circuit by name":        {timed + `,"ExRCircuitId":"ER-Ams"`, Drops{}, func(r Record) bool { return r.Circuit == "er-ams" }},
		"circuit with a slash":   {timed + `,"ExRCircuitId":"` + circuitID + `/"`, Drops{}, func(r Record) bool { return r.Circuit == "er-london" }},
		"both tags":              {timed + `,"Dot1qVlanId":"10","Dot1qCustomerVlanId":"150"`, Drops{}, func(r Record) bool { return r.InTags == Tags{10, 150} && r.OutTags == r.InTags }},
		"one tag":                {timed + `,"Dot1qVlanId":150,"Dot1qCustomerVlanId":0`, Drops{}, func(r Record) bool { return r.InTags == Tags{Outer: 150} }},
		"no such tag":            {timed + `,"Dot1qVlanId":4095,"Dot1qCustomerVlanId":70000`, Drops{}, func(r Record) bool { return r.InTags == Tags{} }},
		"next hop unspecified":   {timed + `,"NextHop":"0.0.0.0","BgpNextHop":"192.168.15.1"`, Drops{}, func(r Record) bool { return r.NextHop.String() == "192.168.15.1" }},
		"no next hop":            {timed + `,"NextHop":"0.0.0.0","BgpNextHop":"::"`, Drops{}, func(r Record) bool { return !r.NextHop.IsValid() }},
		"numbers with a point":   {timed + `,"NumberOfBytes":1500.0,"NumberOfPackets":"1.0"`, Drops{}, func(r Record) bool { return r.Bytes == 1500 && r.Packets == 1 }},
		"large numbers":          {timed + `,"NumberOfBytes":18446744073709551615`, Drops{}, func(r Record) bool { return r.Bytes == 1<<64-1 }},
		"nothing in them":        {timed + `,"NumberOfBytes":"","Protocol":null,"FlowRecordTime":""`, Drops{}, func(r Record) bool { return r.Bytes == 0 && r.At == at }},
		"escapes":                {timed + `,"ExRCircuitId":"\/a\/er-\u0061ms"`, Drops{}, func(r Record) bool { return r.Circuit == "er-ams" }},
		"mapped address":         {`"SourceIp":"::ffff:10.1.0.4","DestinationIp":"10.100.0.10","time":"2026-11-27T08:01:00Z"`, Drops{}, func(r Record) bool { return r.Src.String() == "10.1.0.4" }},
		"no destination":         {`"SourceIp":"10.1.0.4","DestinationIp":""`, Drops{NoAddresses: 1}, nil},
		"address is none":        {`"SourceIp":"10.1.0.4","DestinationIp":"a host"`, Drops{NoAddresses: 1}, nil},
		"two families":           {`"SourceIp":"10.1.0.4","DestinationIp":"2001:db8::1","time":"2026-11-27T08:01:00Z"`, Drops{Malformed: 1}, nil},
		"no time":                {base, Drops{Malformed: 1}, nil},
		"time is none":           {timed + `,"FlowRecordTime":"yesterday"`, Drops{Malformed: 1}, nil},
		"negative bytes":         {timed + `,"NumberOfBytes":-1`, Drops{Malformed: 1}, nil},
		"bytes are words":        {timed + `,"NumberOfBytes":"many"`, Drops{Malformed: 1}, nil},
		"bytes are a list":       {timed + `,"NumberOfBytes":[1]`, Drops{Malformed: 1}, nil},
		"port of more bits":      {timed + `,"SourcePort":65536`, Drops{Malformed: 1}, nil},
		"protocol of more bits":  {timed + `,"Protocol":256`, Drops{Malformed: 1}, nil},
		"deeper than Azure does": {timed + `,"properties":{"properties":{"NumberOfBytes":1}}`, Drops{}, func(r Record) bool { return r.Bytes == 0 }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for form, text := range map[string]string{"line": "{" + tt.json + "}\n", "array": "[\n{" + tt.json + "}\n]"} {
				got, drops := readCollector(t, text)
				if drops != tt.drops || (tt.check == nil) != (len(got) == 0) {
					t.Errorf("%s: %d records, drops %+v", form, len(got), drops)
				}
				for _, r := range got {
					if !tt.check(r) {
						t.Errorf("%s: %+v", form, r)
					}
				}
			}
		})
	}
}

// A record that the table holds twice counts once and is said; one that differs in
// anything counts.
func TestReadTrafficCollectorRepeated(t *testing.T) {
	t.Parallel()
	const record = `{"SourceIp":"10.1.0.4","DestinationIp":"10.100.0.10","FlowRecordTime":"2026-11-27T08:0%d:00Z","NumberOfBytes":%d,"Flowsequence":%d,"ExRCircuitId":"%s"}` + "\n"
	line := func(minute, bytes, sequence int, circuit string) string {
		return fmt.Sprintf(record, minute, bytes, sequence, circuit)
	}
	tests := map[string]struct {
		text string
		want int
	}{
		"copy":                  {line(1, 100, 7, "er") + line(1, 100, 7, "er"), 1},
		"copy, emitted again":   {line(1, 100, 7, "er") + line(2, 100, 7, "er"), 1},
		"other bytes":           {line(1, 100, 7, "er") + line(1, 101, 7, "er"), 2},
		"next of the sequence":  {line(1, 100, 7, "er") + line(1, 100, 8, "er"), 2},
		"other circuit":         {line(1, 100, 7, "er") + line(1, 100, 7, "es"), 2},
		"sequence not told":     {line(1, 100, 0, "er") + line(1, 100, 0, "er"), 2},
		"copy, others between":  {line(1, 100, 7, "er") + line(1, 100, 8, "er") + line(1, 100, 7, "er"), 2},
		"circuit of three, two": {line(1, 100, 7, "a/er") + line(1, 100, 7, "A/ER") + line(1, 100, 7, "a/er"), 2},
	}
	for name, tt := range tests {
		repeated := uint64(strings.Count(tt.text, "\n") - tt.want)
		if got, drops := readCollector(t, tt.text); len(got) != tt.want || drops != (Drops{Repeated: repeated}) {
			t.Errorf("%s: %d records, want %d, drops %+v", name, len(got), tt.want, drops)
		}
	}
}

// A damaged line, or value of an array, is counted, and the others are read.
func TestReadTrafficCollectorMalformed(t *testing.T) {
	t.Parallel()
	lines := strings.SplitAfter(linesOf(t, collectorObjects(false, everyColumn)), "\n")
	tests := map[string]struct {
		text    string
		drops   Drops
		records int
	}{
		"damaged line between":    {lines[0] + "{\"SourceIp\": oops}\n" + lines[1], Drops{Malformed: 1}, 2},
		"first line cut":          {lines[0][20:] + lines[0] + lines[1], Drops{Malformed: 1}, 2},
		"last line cut":           {lines[0] + lines[1][:60], Drops{Malformed: 1}, 1},
		"line of another kind":    {lines[0] + "{\"category\":\"ATCPrivatePeeringMetadata\"}\n" + lines[1], Drops{NoAddresses: 1}, 2},
		"line is a number":        {lines[0] + "17\n" + lines[1], Drops{Malformed: 1}, 2},
		"array of other things":   {`["a", 1, null, ` + lines[0] + `]`, Drops{Malformed: 3}, 1},
		"row is no array":         {`{"tables":[{"columns":[{"name":"SourceIp"},{"name":"DestinationIp"}],"rows":[1,["10.1.0.4"]]}]}`, Drops{Malformed: 1, NoAddresses: 1}, 0},
		"records are no array":    {lines[0] + `{"records":{}}` + "\n", Drops{Malformed: 1}, 1},
		"batch in batch for ever": {lines[0] + strings.Repeat(`{"records":[`, 50) + strings.Repeat(`]}`, 50) + "\n", Drops{Malformed: 1}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, drops := readCollector(t, tt.text)
			if len(got) != tt.records || drops != tt.drops {
				t.Errorf("%d records, want %d; drops %+v, want %+v", len(got), tt.records, drops, tt.drops)
			}
		})
	}
}

func TestReadTrafficCollectorErrors(t *testing.T) {
	t.Parallel()
	array := jsonOf(t, collectorObjects(false, everyColumn), " ")
	answer := jsonOf(t, queryAnswer(1), " ")
	tests := map[string]struct {
		text    string
		want    string
		records int
	}{
		"nothing":             {"", "no flow record", 0},
		"text":                {"SourceIp,DestinationIp\n10.1.0.4,10.100.0.10\n", "no flow record", 0},
		"other JSON":          {`{"name":"er-london","properties":{"peerings":[]}}`, "no flow record", 0},
		"other array":         {`[{"name":"er-london"}]`, "no flow record", 0},
		"other table":         {`{"tables":[{"name":"PrimaryResult","columns":[{"name":"Computer"}],"rows":[["a"]]}]}`, "no flow record", 0},
		"one address only":    {`{"DestinationIp":"10.1.0.4"}`, "no flow record", 0},
		"an error of Azure":   {"{\n \"error\": {\"code\": \"Unauthorized\"}\n}", "no flow record", 0},
		"array cut":           {array[:len(array)-40], "the file is not whole", 1},
		"answer cut":          {answer[:len(answer)-60], "the file is not whole", 1},
		"answer cut in names": {`{"tables":[{"columns":[{"name":"SourceIp"}`, "no flow record", 0},
		"array damaged":       {strings.Replace(array, "},", "},,", 1), "no JSON behind byte", 1},
		"rows are an object":  {"{\n\"tables\":[{\"columns\":[],\"rows\":{}}]}", "JSON array", 0},
		"records an object":   {"{\n\"records\":{}}", "JSON arrays", 0},
		"table is a number":   {"{\n\"tables\":[1]}", "JSON object", 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var k keptRecords
			_, err := ReadTrafficCollector(t.Context(), strings.NewReader(tt.text), &k)
			if err == nil || !strings.Contains(err.Error(), tt.want) || len(k) != tt.records {
				t.Errorf("got %v and %d records, want %q and %d", err, len(k), tt.want, tt.records)
			}
		})
	}
}

// An answer without records is no mistake: nothing was sampled.
func TestReadTrafficCollectorEmpty(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"[]", "[ ]\n", `{"records":[]}`, "{\n \"records\": []\n}", jsonOf(t, queryAnswer(0), ""), jsonOf(t, queryAnswer(0), " ")} {
		if got, drops := readCollector(t, text); len(got) != 0 || drops != (Drops{}) {
			t.Errorf("%.60s: %d records, %+v", text, len(got), drops)
		}
	}
}

// A pieceSource makes as much JSON as is asked of it, and knows how much it has made.
type pieceSource struct {
	piece []byte
	n     int // pieces that are still to come
	rest  []byte
	made  int
}

func (s *pieceSource) Read(b []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.n == 0 {
			return 0, io.EOF
		}
		s.n--
		s.rest = s.piece
	}
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	s.made += n
	return n, nil
}

// A measuringSink looks how far its source has been read ahead.
type measuringSink struct {
	source *pieceSource
	taken  int // bytes of the records that have come
	most   int
	size   int
}

func (m *measuringSink) Flow(*Record) {
	m.taken += m.size
	m.most = max(m.most, m.source.made-m.taken)
}
func (m *measuringSink) Interface(Interface) {}

// Of a large file no more is held than a few records.
func TestReadTrafficCollectorStreams(t *testing.T) {
	t.Parallel()
	o := collectorObjects(false, everyColumn)[0]
	delete(o, "Flowsequence")
	record := strings.TrimSpace(jsonOf(t, o, ""))
	for name, form := range map[string][3]string{
		"array": {"[", record + ",\n", record + "]"},
		"batch": {"{\n\"records\":[", record + ",\n", record + "]}"},
		"lines": {"", record + "\n", ""},
		"rows":  {`{"tables":[{"columns":[{"name":"SourceIp"},{"name":"DestinationIp"},{"name":"time"}],"rows":[`, `["10.1.0.4","10.100.0.10","2026-11-27T08:01:00Z"],`, `[]]}]}`},
	} {
		s := &pieceSource{piece: []byte(form[1]), n: 20_000}
		if name == "array" {
			s.n = (longestElement + 1<<20) / len(s.piece) // what bounds a record bounds no file
		}
		m := &measuringSink{source: s, size: len(form[1])}
		in := io.MultiReader(strings.NewReader(form[0]), s, strings.NewReader(form[2]))
		if _, err := ReadTrafficCollector(t.Context(), in, m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if m.most > 512<<10 || m.taken < s.made {
			t.Errorf("%s: %d of %d bytes were read ahead, records of %d came", name, m.most, s.made, m.taken)
		}
	}
}

// Nobody's record is of megabytes: it is refused before it is held.
func TestReadTrafficCollectorHugeRecord(t *testing.T) {
	t.Parallel()
	s := &pieceSource{piece: bytes.Repeat([]byte("x"), 1<<20), n: 100}
	_, err := ReadTrafficCollector(t.Context(), io.MultiReader(strings.NewReader(`[{"SourceIp":"`), s), &keptRecords{})
	if err == nil || !strings.Contains(err.Error(), "more than 16 MB") || s.made > 32<<20 {
		t.Errorf("got %v after %d bytes", err, s.made)
	}
	line := linesOf(t, collectorObjects(false, everyColumn))
	s = &pieceSource{piece: bytes.Repeat([]byte("x"), 1<<20), n: 40}
	var k keptRecords
	d, err := ReadTrafficCollector(t.Context(), io.MultiReader(strings.NewReader(line), s, strings.NewReader("\n"+line)), &k)
	if err != nil || len(k) != 2 || d.Malformed != 1 {
		t.Errorf("line: %d records, %+v, %v", len(k), d, err)
	}
}

type failing struct{ error }

func (f failing) Read([]byte) (int, error) { return 0, f.error }

func TestReadTrafficCollectorEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, text := range []string{linesOf(t, collectorObjects(false, everyColumn)), jsonOf(t, collectorObjects(false, everyColumn), " ")} {
		var k keptRecords
		if _, err := ReadTrafficCollector(ctx, strings.NewReader(text), &k); !errors.Is(err, context.Canceled) || len(k) != 0 {
			t.Errorf("%d records, %v", len(k), err)
		}
		broken := io.MultiReader(strings.NewReader(text[:len(text)-20]), failing{io.ErrClosedPipe})
		if _, err := ReadTrafficCollector(t.Context(), broken, &k); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("got %v", err)
		}
	}
}

// FuzzReadTrafficCollector finds no input that panics, or a record that is not one.
func FuzzReadTrafficCollector(f *testing.F) {
	objects := collectorObjects(true, everyColumn)
	f.Add(jsonOf(f, objects, " "))
	f.Add(linesOf(f, objects))
	f.Add(linesOf(f, resourceLogs(f, true)))
	f.Add(jsonOf(f, map[string]any{"records": resourceLogs(f, false)}, ""))
	f.Add(jsonOf(f, queryAnswer(1), ""))
	f.Add(jsonOf(f, queryAnswer(1), " "))
	f.Add(`{"properties":"\"","records":[[[]]]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var k keptRecords
		_, err := ReadTrafficCollector(t.Context(), strings.NewReader(text), &k)
		if len(k) > 0 && errors.Is(err, errNoRecords) {
			t.Errorf("%d records, %v", len(k), err)
		}
		for _, r := range k {
			if !r.Src.IsValid() || !r.Dst.IsValid() || r.At.IsZero() || r.Sampling != collectorSampling {
				t.Errorf("%+v", r)
			}
		}
	})
}

// FuzzEachMember holds the walk through JSON against encoding/json.
func FuzzEachMember(f *testing.F) {
	f.Add(` { "a" : "}\"]" , "b":[1, {"c":[]} ,null], "d":-1.5e3 , "" : {} } `)
	f.Add(`[ 1,"\\", [[]] , {"a":{"b":2}},true ]`)
	f.Fuzz(func(t *testing.T, text string) {
		raw := bytes.TrimSpace([]byte(text))
		var want, got []string
		switch {
		case !json.Valid(raw):
			return
		case raw[0] == '[':
			var list []json.RawMessage
			if json.Unmarshal(raw, &list) != nil {
				return
			}
			for _, e := range list {
				want = append(want, string(e))
			}
			eachElement(raw, func(v []byte) { got = append(got, string(v)) })
		case raw[0] == '{':
			d := json.NewDecoder(bytes.NewReader(raw))
			_, _ = d.Token()
			for d.More() {
				name, _ := d.Token()
				var v json.RawMessage
				if d.Decode(&v) != nil {
					return
				}
				want = append(want, name.(string), string(v))
			}
			eachMember(raw, func(name, v []byte) {
				quoted := append(append([]byte(`"`), name...), '"')
				got = append(got, string(unquoted(quoted)), string(v))
			})
		}
		// What is not UTF-8 in a name is replaced by encoding/json alone.
		if diff := cmp.Diff(want, got); diff != "" && json.Valid([]byte(strings.ToValidUTF8(text, "!"))) && strings.ToValidUTF8(text, "!") == text {
			t.Error(diff)
		}
	})
}

// BenchmarkReadTrafficCollector reads records in each form.
func BenchmarkReadTrafficCollector(b *testing.B) {
	const copies = 5000
	var many []map[string]any
	for n := range copies {
		for i, o := range collectorObjects(false, everyColumn) {
			o["Flowsequence"] = 7001 + 2*n + i
			many = append(many, o)
		}
	}
	for name, text := range map[string]string{"array": jsonOf(b, many, " "), "lines": linesOf(b, many), "answer": jsonOf(b, queryAnswer(copies), "")} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				k := make(keptRecords, 0, 2*copies)
				if _, err := ReadTrafficCollector(b.Context(), strings.NewReader(text), &k); err != nil || len(k) != 2*copies {
					b.Fatal(len(k), err)
				}
			}
			b.ReportMetric(float64(2*copies*b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
