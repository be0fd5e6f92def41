package render

import (
	"testing"

	"github.com/ercfg/ercfg/internal/frrtest"
)

// vtysh takes every line of every FRR text.
func TestFRRSyntax(t *testing.T) {
	t.Parallel()
	texts := make(map[string]string)
	for _, c := range render(t, handmade(t), Options{}) {
		if c.Platform == "frr" {
			texts["handmade "+c.Name] = c.Text
		}
	}
	for _, dir := range cases(t) {
		for _, annotate := range []bool{false, true} {
			for _, c := range render(t, resolve(t, dir), Options{Annotate: annotate}) {
				if c.Platform == "frr" {
					texts[dir+" "+c.Name] = c.Text
				}
			}
		}
	}
	for name, text := range texts {
		if said := frrtest.SyntaxCheck(t, text); said != "" {
			t.Errorf("%s: %s", name, said)
		}
	}
	if said := frrtest.SyntaxCheck(t, "router bgp 1\n neighbor 192.0.2.1 fall-over bfd\n"); said == "" {
		t.Error("vtysh takes fall-over, which FRR does not have")
	}
}
