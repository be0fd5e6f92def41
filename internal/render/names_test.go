package render

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// A nameRule finds the names that a platform's text defines or uses. Kind and
// name are the groups.
type nameRule struct{ defines, uses *regexp.Regexp }

// nameRules cover every object that a text can name. Both IOS-XE and FRR keep
// IPv4 and IPv6 prefix lists in name spaces of their own.
func nameRules(p plan.Platform) nameRule {
	if p == plan.Junos {
		return nameRule{
			defines: regexp.MustCompile(`(?m)^set policy-options (prefix-list|policy-statement) (\S+)`),
			uses:    regexp.MustCompile(`(?m) (prefix-list|import|export) (\S+)$`),
		}
	}
	return nameRule{
		defines: regexp.MustCompile(`(?m)^(?:(ip|ipv6) prefix-list|(route-map)| (profile)) (\S+)`),
		uses:    regexp.MustCompile(`(?m)^ +(?:match (ip|ipv6) address prefix-list|(?:neighbor \S+|bgp nexthop|redistribute .*) (route-map)|neighbor \S+ bfd (profile)) (\S+)`),
	}
}

// objects lists what a rule finds as "kind name", sorted, each once.
func objects(rule *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range rule.FindAllStringSubmatch(text, -1) {
		kind, name := strings.Join(m[1:len(m)-1], ""), m[len(m)-1]
		switch kind {
		case "import", "export": // Junos
			kind = "policy-statement"
		}
		if o := kind + " " + name; !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	slices.Sort(out)
	return out
}

// Every name that a configuration uses is defined there, and the other way
// round: an undefined list permits everything, an unused one misleads.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, dir := range cases(t) {
		p := resolve(t, dir)
		for i, c := range render(t, p, Options{}) {
			rules := nameRules(p.Routers[i].Platform)
			defined, used := objects(rules.defines, c.Text), objects(rules.uses, c.Text)
			if len(defined) < 3 {
				t.Errorf("%s %s: only %q is defined", dir, c.Name, defined)
			}
			if diff := cmp.Diff(defined, used); diff != "" {
				t.Errorf("%s %s: names (-defined +used):\n%s", dir, c.Name, diff)
			}
		}
	}
}

// The rules see an undefined and an unused name.
func TestNamesCanFail(t *testing.T) {
	t.Parallel()
	frr := nameRules(plan.FRR)
	if got := objects(frr.uses, "router bgp 1\n neighbor 192.0.2.1 bfd profile GONE\n  neighbor 192.0.2.1 route-map GONE in\n"); len(got) != 2 {
		t.Errorf("used: %q", got)
	}
	if got := objects(frr.defines, "ip prefix-list A seq 10 permit 10.0.0.0/8\nipv6 prefix-list A seq 10 permit ::/0\nroute-map B deny 65535\n"); len(got) != 3 {
		t.Errorf("defined: %q", got)
	}
	junos := nameRules(plan.Junos)
	if got := objects(junos.uses, "set routing-options forwarding-table export GONE\nset policy-options policy-statement P term 10 from prefix-list GONE\n"); len(got) != 2 {
		t.Errorf("used: %q", got)
	}
}

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
