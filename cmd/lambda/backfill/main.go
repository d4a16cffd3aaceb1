// Backfill queues every issue in scope: the first sync.
package main

import (
	"context"

	"example.com/accord/app"
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
	h := &sweep.Handler{Syncs: a.Names(), All: true, Store: g.Store, Log: g.Log, Sweep: func(ctx context.Context, name string, o engine.SweepOptions) (engine.Swept, error) {
		s, err := a.Sync(name)
		if err != nil {
			return engine.Swept{}, err
		}
		return s.Engine.Sweep(ctx, o)
	}}
	return func(ctx context.Context, _ struct{}) (sweep.Answer, error) { return h.Handle(ctx) }, nil
}
