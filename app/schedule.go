package app

import (
	"context"
	"time"

	"example.com/accord/engine"
)

// sweeps sweeps one sync now and then on its schedule. What fails is tried
// again with the next.
func (a *App) sweeps(ctx context.Context, s *Sync) {
	every(ctx, func() time.Duration {
		began := a.options.Now()
		did, err := s.Engine.Sweep(ctx, engine.SweepOptions{})
		log := a.options.Log.With("sync", s.Name, "pages", did.Pages, "issues", did.Issues, "sent", did.Sent, "took", a.options.Now().Sub(began))
		switch {
		case ctx.Err() != nil:
		case err != nil:
			log.Warn("sweep failed", "error", err)
		case did.Sent > 0:
			log.Info("sweep")
		default:
			log.Debug("sweep")
		}
		return s.Every
	})
}

// A hook that could not be registered is tried again soon, one that was is
// looked at now and then: an admin may have removed it.
const (
	hookSoon = time.Minute
	hookNext = time.Hour
)

func (a *App) hooking(ctx context.Context, s *Site) {
	failed := false
	every(ctx, func() time.Duration {
		err := a.Register(ctx, s)
		switch {
		case ctx.Err() != nil:
		case err != nil && !failed:
			a.options.Log.Error("no webhook: sweeps alone find what changes there", "site", s.Name, "error", err)
		case err == nil && failed:
			a.options.Log.Info("webhook registered", "site", s.Name)
		}
		failed = err != nil
		if failed {
			return hookSoon
		}
		return hookNext
	})
}

// A consent is looked at each day.
func (a *App) consenting(ctx context.Context, s *Site) {
	every(ctx, func() time.Duration {
		st, err := a.Refresh(ctx, s)
		if worry := Worry(st, a.options.Now()); ctx.Err() == nil && (err != nil || worry != "") {
			a.options.Log.Warn("consent", "site", s.Name, "worry", worry, "error", err)
		}
		return 24 * time.Hour
	})
}

// every calls do, and again after as long as it says, until ctx ends.
func every(ctx context.Context, do func() time.Duration) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(do()):
		}
	}
}
