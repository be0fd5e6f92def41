package push

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ercfg/ercfg/internal/confdiff"
	"github.com/ercfg/ercfg/internal/plan"
)

// distinct refuses two routers that are reached at one place: one of them would be changed
// as if it were the other.
func distinct(jobs []Job) error {
	at := make(map[string]string)
	for _, j := range jobs {
		t := &j.Target
		place := t.address() + " " + t.ProxyCommand
		for i := range t.Jumps {
			place += " " + t.Jumps[i].address()
		}
		if other, ok := at[place]; ok && t.Host != "" {
			return fmt.Errorf("%s and %s are both reached at %s: one of them is not the router that it should be", other, j.Config.Router, t.address())
		}
		at[place] = j.Config.Router
	}
	return nil
}

// stranger is an error where the router calls itself what the plan calls another one. A
// name that the plan does not know says nothing: nobody has to name routers so.
func (x *router) stranger() error {
	name := hostname(x.have)
	is := func(r plan.Router) bool { return strings.EqualFold(r.Name, name) }
	if !strings.EqualFold(name, x.plan.Name) && slices.ContainsFunc(x.run.plan.Routers, is) {
		return fmt.Errorf("the router that answers at %s calls itself %s, which is another router of the intent", x.job.Target.Host, name)
	}
	return nil
}

// hostname is the name that a configuration gives its router, without a domain; empty:
// none.
func hostname(c confdiff.Config) string {
	words := "hostname "
	if c.Platform == confdiff.Junos {
		words = "system host-name "
	}
	for _, s := range c.Statements {
		if name, ok := strings.CutPrefix(strings.Join(s.Path, " "), words); ok {
			name, _, _ = strings.Cut(strings.Trim(name, `"`), ".")
			return name
		}
	}
	return ""
}
