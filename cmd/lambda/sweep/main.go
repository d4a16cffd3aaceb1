// Sweep finds what webhooks lost: what changed since the last sweep.
package main

import (
	"context"
	"errors"
	"time"

	"example.com/accord/app"
	"example.com/accord/config/published"
	"example.com/accord/engine"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/sweep"
)

func main() { ground.Start(build) }

func build(_ context.Context, g *ground.Ground) (func(context.Context, struct{}) (sweep.Answer, error), error) {
	a := app.New(g.Config, app.State{Store: g.Store, Queue: g.Queue}, app.Options{Log: g.Log, Secret: g.Secret})
	if err := a.Connect(); err != nil {
		return nil, err
	}
	h := &sweep.Handler{Syncs: a.Names(), Store: g.Store, Log: g.Log, Sweep: func(ctx context.Context, name string, o engine.SweepOptions) (engine.Swept, error) {
		s, err := a.Sync(name)
		if err != nil {
			return engine.Swept{}, err
		}
		if done, err := replan(ctx, g, a, s, o.Deadline); err != nil || !done {
			return engine.Swept{}, err
		}
		return s.Engine.Sweep(ctx, o)
	}}
	return func(ctx context.Context, _ struct{}) (sweep.Answer, error) { return h.Handle(ctx) }, nil
}

// known is how long after a configuration came into use no function still has the
// one before: ground looks twice as often.
const known = time.Minute

// replan looks at every link again whose rules have changed, and reports whether
// none is left. Turns under the rules before would look in vain, so it waits until
// there are none.
func replan(ctx context.Context, g *ground.Ground, a *app.App, s *app.Sync, deadline time.Time) (done bool, err error) {
	now, err := published.Read(ctx, g.Store)
	if err != nil && !errors.Is(err, published.ErrNone) { // on this machine none is published
		return false, err
	}
	if time.Since(now.At) < known {
		return true, nil // the next sweep does it
	}
	return a.Replan(ctx, s, deadline)
}
