package docs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ercfg/ercfg/internal/golden"
	"github.com/ercfg/ercfg/internal/render"
)

// The table of algorithms is generated from the one that renders.
func TestIPsecReference(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	out.WriteString(`# IPsec algorithms

Generated from the table that renders by ` + "`make generate`" + `; do not edit. What an Azure VPN gateway takes (` + "`ike`, `esp`" + ` of a VPN), and the exact word of each vendor. A dash: the
platform has no such algorithm, and [ER957](../rules/ER957.md) refuses it. strongSwan's words are those of ` + "`swanctl.conf`" + ` on a Linux router.
`)
	titles := map[string]string{
		"IKE encryption": "`ike.encryption`",
		"IKE integrity":  "`ike.integrity`; with GCM it is the pseudo-random function (strongSwan wants `prf` in front; on Junos it follows from the cipher)",
		"Group":          "`ike.dhGroup` and `esp.pfsGroup`",
		"ESP encryption": "`esp.encryption`",
		"ESP integrity":  "`esp.integrity`; with GCM it is the word of `esp.encryption` and no algorithm of its own",
	}
	var uses []string
	for _, a := range render.Algorithms() {
		if !slices.Contains(uses, a.Use) {
			uses = append(uses, a.Use)
			if titles[a.Use] == "" {
				t.Errorf("no title for %s", a.Use)
			}
			fmt.Fprintf(&out, "\n## %s\n\n%s\n\n| Azure | Cisco IOS-XE | Juniper SRX | strongSwan |\n| --- | --- | --- | --- |\n", a.Use, titles[a.Use])
		}
		word := func(s string) string { return cmp.Or(s, "–") }
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s |\n", a.Azure, code(word(a.IOSXE)), code(word(a.Junos)), code(word(a.Swanctl)))
	}
	golden.Equal(t, "reference/ipsec.md", out.String())
}

// code shows a word as it is typed; a dash stays one.
func code(s string) string {
	if s == "–" {
		return s
	}
	return "`" + s + "`"
}
