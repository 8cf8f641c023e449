package nightly

import (
	"context"
	"time"
)

// measureRegistries tells how it stands with the questions to each registry.
func (e *Engine) measureRegistries(ctx context.Context, g *gauge) error {
	all, err := e.Store.Registries(ctx, g.now)
	if err != nil {
		return err
	}
	dues, err := e.Store.DueRegistrations(ctx, g.now)
	if err != nil {
		return err
	}
	due := figure("registry_due", "Domains that a registry is to be asked for now.", "registry")
	asked := figure("registry_asked_today", "Questions to a registry on this day, Beijing time.", "registry")
	failures := figure("registry_failures", "Questions to a registry that failed in a row.", "registry")
	resting := figure("registry_resting_seconds", "For how long a registry is left alone, for it refused or failed.", "registry")
	today := g.now.In(Location()).Format(time.DateOnly)
	for _, r := range all {
		g.set(due, float64(dues[r.Server]), r.Server)
		g.set(asked, float64(r.AskedOn(today)), r.Server)
		g.set(failures, float64(r.Rest.Failures), r.Server)
		rest, now := 0.0, time.Now()
		if !r.Rest.Over(now) {
			rest = r.Rest.Until.Sub(now).Seconds()
		}
		g.set(resting, rest, r.Server)
	}
	return nil
}
