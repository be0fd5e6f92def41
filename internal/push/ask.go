package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ercfg/ercfg/internal/plan"
)

// Asked is what a router tells of itself to who wants to judge its traffic.
type Asked struct {
	Router string
	// Interfaces are the names of interfaces by ifIndex (RFC 2863 §3.1.5), in the vendor's
	// words as the plan has them: TenGigabitEthernet0/0/1.150, xe-0/0/1.150, eth1.150. On
	// Junos they are those of the ports that the plan names, on others all.
	Interfaces map[uint32]string
	Facts      Facts // sessions and BFD, without routes
	Err        error // the router could not be asked, or not all of it; it holds no secret
}

// Ask asks the routers of jobs for their interfaces and sessions, several at a time,
// over the same sessions as a push. It changes nothing. A router that cannot be asked
// has an error of its own, and the others go on. The order is that of jobs. What is
// said is in transcripts below the directory of run.
func Ask(ctx context.Context, p *plan.Plan, jobs []Job, secrets *Secrets, store *Store, run string) ([]Asked, error) {
	o := Options{Run: run, DryRun: true, Concurrency: askedAtOnce, RevertAfter: 5 * time.Minute, TestFor: time.Minute}
	r, err := New(p, jobs, secrets, store, nil, o, nil)
	if err != nil {
		return nil, err
	}
	out := make([]Asked, len(r.routers))
	r.each(func(x *router) {
		i := slices.Index(r.routers, x)
		out[i] = x.ask(ctx)
		if err := out[i].Err; err != nil {
			out[i].Err = maskedError{secrets.Mask(err.Error()), err}
		}
	})
	return out, r.Close()
}

// askedAtOnce is how many routers are asked at the same time.
const askedAtOnce = 16

// A maskedError says what another one says, without the values of secrets.
type maskedError struct {
	text string
	err  error
}

func (e maskedError) Error() string { return e.text }
func (e maskedError) Unwrap() error { return e.err }

// ask asks one router. What fails does not keep the rest from being asked, as long as
// the session is there.
func (x *router) ask(ctx context.Context) Asked {
	out := Asked{Router: x.plan.Name}
	if out.Err = x.reach(ctx); out.Err != nil {
		return out
	}
	var faults []error
	var err error
	if out.Interfaces, err = x.device.interfaces(ctx, interfacesOf(x.plan)); err != nil {
		faults = append(faults, fmt.Errorf("interfaces: %w", err))
	}
	if !errors.Is(err, errLost) {
		if out.Facts, err = x.device.facts(ctx, Question{}); err != nil {
			faults = append(faults, fmt.Errorf("sessions: %w", err))
		}
	}
	out.Err = errors.Join(faults...)
	return out
}

// interfacesOf names the interfaces of a router that the plan names, each once, sorted.
func interfacesOf(r *plan.Router) []string {
	var out []string
	for i := range r.Links {
		out = append(out, r.Links[i].Subinterface())
	}
	for i := range r.Tunnels {
		out = append(out, r.Tunnels[i].Interface)
	}
	for i := range r.VRFs {
		for j := range r.VRFs[i].Customers {
			if name := r.VRFs[i].Customers[j].Interface; name != "" {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
