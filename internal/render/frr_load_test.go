package render_test

import (
	"slices"
	"testing"

	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/render"
)

// The handmade FRR router is what real daemons print back after they have
// loaded it, and leaves frr-reload.py nothing to do.
func TestHandmadeFRRLoads(t *testing.T) {
	t.Parallel()
	p := render.Handmade(t)
	p.Routers = slices.DeleteFunc(p.Routers, func(r plan.Router) bool { return r.Platform != plan.FRR })
	conf := withSecrets(configs(t, p)[0])
	if said := frrtest.SyntaxCheck(t, conf); said != "" {
		t.Errorf("vtysh -C: %s", said)
	}
	loads(t, &p.Routers[0], conf)
}
