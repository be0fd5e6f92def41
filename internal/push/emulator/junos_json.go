package emulator

import (
	"encoding/json"
	"fmt"
	"time"
)

// junosXML is the namespace that Junos writes into its JSON.
const junosXML = "http://xml.juniper.net/junos/22.4R0/"

// A junosObject is an element in Junos' JSON: every child is a list, even where there
// is one (Junos XML Protocol Developer Guide, "Mapping Junos OS Command Output to JSON
// in the CLI").
type junosObject map[string]any

// leaf adds an element that holds text; in JSON Junos writes numbers as text, too.
func (o junosObject) leaf(name string, value any) junosObject {
	o[name] = []any{junosObject{"data": fmt.Sprint(value)}}
	return o
}

// child adds an element below one of that name.
func (o junosObject) child(name string, c junosObject) junosObject {
	list, _ := o[name].([]any)
	o[name] = append(list, c)
	return o
}

func junosElement(attributes ...string) junosObject {
	o := junosObject{}
	if len(attributes) > 0 {
		values := junosObject{}
		for i := 0; i+1 < len(attributes); i += 2 {
			values[attributes[i]] = attributes[i+1]
		}
		o["attributes"] = values
	}
	return o
}

// json is the document with the element at its root.
func (o junosObject) json(name string) string {
	text, err := json.MarshalIndent(junosObject{name: []any{o}}, "", "    ")
	if err != nil {
		panic(err) // maps, lists and strings
	}
	return string(text) + "\n"
}

// junosAge is a time as Junos prints it: 45, 1:02:03, 2d 3:04:05, 1w2d 3:04:05.
func junosAge(d time.Duration) string {
	s := int(d / time.Second)
	clock := fmt.Sprintf("%d:%02d:%02d", s/3600%24, s/60%60, s%60)
	switch days := s / 86400; {
	case days >= 7:
		return fmt.Sprintf("%dw%dd %s", days/7, days%7, clock)
	case days > 0:
		return fmt.Sprintf("%dd %s", days, clock)
	case s >= 3600:
		return clock
	case s >= 60:
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprint(s)
}

// junosSeconds is a short time in seconds: 0.300.
func junosSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
