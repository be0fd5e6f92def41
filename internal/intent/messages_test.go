package intent

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/diag"
)

// whole is an intent that the schema takes; a case replaces one part of it.
const whole = `apiVersion: ercfg/v1
kind: Intent
metadata: {name: acme}
routers:
  ce1: {platform: frr, version: "8.4", asn: 65010, routerID: 10.0.0.1}
circuits:
  er-1:
    model: exchange
    bandwidth: 500Mbps
    private:
      vlan: 150
      bfd: {interval: 300ms}
      md5: env:KEY
      maxPrefixes: {ipv4: 10}
traffic: [{name: a, onprem: [n], azure: [v], prefer: [er-1]}]
`

// Whatever the schema refuses comes out in words for a person, at the place
// of the value, with what to write instead. Each line is
// line:column CODE summary | hint.
func TestMessages(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		old, new string
		want     string
	}{
		{"nothing wrong", "", "", ""},
		{"unknown key", "bandwidth:", "bandwith:", `7:3 ER901 the key "bandwidth" is missing in "er-1" | The circuit bandwidth, per link; write bandwidth: 500Mbps
9:5 ER902 unknown key "bandwith" | did you mean bandwidth?`},
		{"word of a list", "platform: frr", "platform: frrr", `5:19 ER901 "frrr" is none of ios-xe, junos, frr | did you mean frr?`},
		{"version without quotes", `version: "8.4"`, `version: 8.4`, `5:33 ER901 found a number, want text | put it in quotes: YAML reads it as a number`},
		{"rate without a unit", "bandwidth: 500Mbps", "bandwidth: 500", `9:16 ER901 found a number, want text | write a whole number with Mbps or Gbps, without a blank; for example 500Mbps`},
		{"duration of a wrong form", "interval: 300ms", "interval: 300us", `12:23 ER901 "300us" does not have the form of this key | write a whole number with ms or s, without a blank; for example 300ms`},
		{"text for a number", "vlan: 150", "vlan: abc", `11:13 ER901 "vlan" holds text | write a whole number or a mapping`},
		{"list for a number", "vlan: 150", "vlan: [150]", `11:13 ER901 "vlan" holds a list | write a whole number or a mapping`},
		{"fraction", "ipv4: 10", "ipv4: 1.5", `14:27 ER901 found a number, want a whole number | write a whole number`},
		{"number below its range", "ipv4: 10", "ipv4: 0", `14:27 ER901 0 is below 1 | write 1 to 1000000 prefixes`},
		{"number above its range", "ipv4: 10", "ipv4: 99999999999999999999", `14:27 ER901 "99999999999999999999" is above 1000000 | write 1 to 1000000 prefixes`},
		{"number in octal", "ipv4: 10", "ipv4: 010", `14:27 ER905 a number is not written in plain decimal | write digits only, without leading zeros; quote it where it is a name`},
		{"true where only false is known", "bfd: {interval: 300ms}", "bfd: true", `12:12 ER901 "bfd" holds true | write false or a mapping`},
		{"mapping for a word", "model: exchange", "model: {a: b}", `8:12 ER901 found a mapping, want text | write text`},
		{"nothing where something must be", "model: exchange", "model:", `8:11 ER901 found nothing, want text | write text`},
		{"name with a blank", "er-1:\n", "er 1:\n", `7:3 ER901 "er 1" is no name | a name has 63 characters at most: letters, digits, hyphen, dot, underscore, and begins with a letter or digit`},
		{"empty list", "onprem: [n]", "onprem: []", `15:29 ER901 the list is empty | write one value at least, for example [campus]`},
		{"text for a list", "onprem: [n]", "onprem: n", `15:29 ER901 found text, want a list | write [n]`},
		{"mapping for a secret", "md5: env:KEY", "md5: {env: KEY}", `13:12 ER906 a secret is not given by reference | write env:NAME, file:PATH or exec:COMMAND; never the secret itself`},
		{"number for a secret", "md5: env:KEY", "md5: 1234567", `13:12 ER906 a secret is not given by reference | write env:NAME, file:PATH or exec:COMMAND; never the secret itself`},
		{"secret of digits that YAML reads as octal", "md5: env:KEY", "md5: 0123456", `13:12 ER906 a secret is not given by reference | write env:NAME, file:PATH or exec:COMMAND; never the secret itself`},
		{"secret larger than any number", "md5: env:KEY", "md5: 99999999999999999999", `13:12 ER906 a secret is not given by reference | write env:NAME, file:PATH or exec:COMMAND; never the secret itself`},
		{"router called as a secret does not hide an octal number", "ce1: {platform", "key: {interfaceIndex: {eth1: 010}, platform", `5:32 ER905 a number is not written in plain decimal | write digits only, without leading zeros; quote it where it is a name`},
		{"fault inside of the mapping form", "interval: 300ms", "interval: 300, multiplier: 3", `12:23 ER901 found a number, want text | write a whole number with ms or s, without a blank; for example 300ms`},
		{"fault inside of two tags", "vlan: 150", "vlan: {outer: 3, inner: x}", `11:31 ER901 found text, want a whole number | write a whole number`},
		{"one tag of two", "vlan: 150", "vlan: {outer: 3}", `11:7 ER901 the key "inner" is missing in "vlan" | The inner tag (C-tag); write inner: 100`},
		{"number of a rule's own range, beyond 64 bits", "vlan: 150", "vlan: 99999999999999999999", `11:13 ER901 "99999999999999999999" is out of range | no key takes a number of this size`},
		{"large number behind a misspelt key", "md5: env:KEY", "md6: {a: 99999999999999999999}", `13:7 ER902 unknown key "md6" | did you mean md5?`},
		{"empty mapping for originate", "asn: 65010", "asn: 65010, originate: {}", `5:63 ER901 the mapping is empty | write anchor, network or learned, or {via: ADDRESS}, or {redistribute: ospf}`},
		{"unknown word for originate", "asn: 65010", "asn: 65010, originate: bgp", `5:63 ER901 "bgp" is none of anchor, network, learned | write anchor, network or learned, or {via: ADDRESS}, or {redistribute: ospf}`},
		{"dotted AS number without quotes", "asn: 65010", "asn: 1.10", `5:45 ER901 "asn" holds a number | put it in quotes: YAML reads it as a number`},
		{"AS number of a wrong form", "asn: 65010", "asn: AS65010", `5:45 ER901 "AS65010" does not have the form of this key | write an AS number, plain (65010) or dotted ("64620.1")`},
		{"name of a wrong form", "name: acme", "name: Acme", `3:18 ER901 "Acme" does not have the form of this key | write 2 to 32 lower case letters, digits and hyphens; a letter first, no hyphen last; for example contoso-london`},
		{"no version of the language", "apiVersion: ercfg/v1\n", "", `1:1 ER901 the key "apiVersion" is missing | The version of this language. It changes only when an old file would mean something else; write apiVersion: ercfg/v1`},
		{"control characters in a key", "model:", "\"mo\\edel\":", `7:3 ER901 the key "model" is missing in "er-1" | Who connects the customer: a cloud exchange, point-to-point Ethernet, an IP VPN, or the customer's own Direct port; write model: exchange
8:5 ER902 unknown key "mo\x1bdel" | did you mean model?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, diags := Parse([]File{{Name: "f", Data: []byte(strings.Replace(whole, tt.old, tt.new, 1))}})
			if diff := cmp.Diff(tt.want, lines(diags)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func lines(diags diag.List) string {
	var out []string
	for _, d := range diags.Sorted() {
		out = append(out, fmt.Sprintf("%d:%d %s %s | %s", d.Pos.Line, d.Pos.Column, d.Code, d.Summary, d.Hint))
	}
	return strings.Join(out, "\n")
}

// Every pattern of the schema is put into words, every key that takes a secret
// is known to the reader of YAML, and no example ends both links on one port.
func TestSchemaWords(t *testing.T) {
	t.Parallel()
	secrets := make(map[string]bool)
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(key, item)
			}
		case map[string]any:
			if p, ok := v["pattern"].(string); ok && v["type"] == "string" && v["x-form"] == nil {
				t.Errorf("the pattern %s of %s has no words", p, key)
			}
			// A pool belongs to both links, so that lists may be equal.
			if first, isLink := v["primary"].(map[string]any); isLink && cmp.Equal(v["primary"], v["secondary"]) {
				t.Errorf("an example in %s has one link twice: %v", key, first)
			}
			if v["x-secret"] == true {
				secrets[key] = true
			}
			for k, item := range v {
				walk(k, item)
			}
		}
	}
	walk("", asJSON())
	if diff := cmp.Diff(secretKeys, secrets); diff != "" {
		t.Errorf("secrets (-reader +schema):\n%s", diff)
	}
}
