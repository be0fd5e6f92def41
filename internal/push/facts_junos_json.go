package push

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A junosObject is an XML element as Junos writes it in JSON: every child is a
// list, and a text is an object with the key "data". With "export-format json
// state-data compact" a list of one is its element, and a text is a string; both
// forms are read. Source: Juniper, Junos XML management protocol, JSON format.
type junosObject map[string]any

// junosNode is the line that routers with several members print before a prompt:
// "{master:0}".
var junosNode = regexp.MustCompile(`^\{[a-z]+(:[a-z0-9]+)*\}$`)

// parseJunos reads the one document of an answer.
func parseJunos(output string) (junosObject, error) {
	var doc junosObject
	decoder := json.NewDecoder(strings.NewReader(output))
	if err := decoder.Decode(&doc); err != nil {
		return nil, notJSON(output, err)
	}
	if left := strings.TrimSpace(output[decoder.InputOffset():]); left != "" && !junosNode.MatchString(left) {
		return nil, errors.New("text after the answer: " + strconv.Quote(left))
	}
	if doc == nil {
		return nil, errors.New("null")
	}
	return doc, nil
}

// junosFind returns the objects under a key, wherever they are: a router with
// several engines or members puts each one's answer into a
// "multi-routing-engine-item".
func junosFind(doc junosObject, key string) []junosObject {
	if found := doc.list(key); len(found) > 0 {
		return found
	}
	var out []junosObject
	for _, results := range doc.list("multi-routing-engine-results") {
		for _, item := range results.list("multi-routing-engine-item") {
			out = append(out, item.list(key)...)
		}
	}
	return out
}

// junosOutput is what Junos says in place of an answer; empty: nothing.
func junosOutput(doc junosObject) string {
	if said := strings.TrimSpace(doc.text("output")); said != "" {
		return said
	}
	for _, results := range doc.list("multi-routing-engine-results") {
		for _, item := range results.list("multi-routing-engine-item") {
			if said := strings.TrimSpace(item.text("output")); said != "" {
				return said
			}
		}
	}
	return ""
}

// list returns the elements called key.
func (o junosObject) list(key string) []junosObject {
	switch v := o[key].(type) {
	case []any:
		var out []junosObject
		for _, e := range v {
			if m, ok := e.(map[string]any); ok {
				out = append(out, m)
			}
		}
		return out
	case map[string]any:
		return []junosObject{v}
	}
	return nil
}

// text returns the text of the first element called key; empty: it has none.
func (o junosObject) text(key string) string {
	v := o[key]
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	if m, ok := v.(map[string]any); ok {
		v = m["data"]
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// number returns the text as a number.
func (o junosObject) number(key string) (int, bool) {
	n, err := strconv.Atoi(o.text(key))
	return n, err == nil
}

// seconds returns the text, which is in seconds, as a duration; zero: it has none.
func (o junosObject) seconds(key string) time.Duration {
	n, err := strconv.ParseFloat(o.text(key), 64)
	if err != nil || n < 0 || n > 1e6 {
		return 0
	}
	return (time.Duration(n*1e6) * time.Microsecond).Round(time.Millisecond)
}
