// Upkeep keeps the webhooks registered, looks at tokens and logs, and removes
// what nothing names and what has expired.
package main

import (
	"context"
	"errors"
	"time"

	"example.com/accord/app"
	"example.com/accord/config/published"
	"example.com/accord/lambda/after"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/upkeep"
)

func main() { ground.Start(build) }

func build(ctx context.Context, g *ground.Ground) (func(context.Context, struct{}) (upkeep.Answer, error), error) {
	keys, err := g.Keys(ctx)
	if err != nil {
		return nil, err
	}
	a := app.New(g.Config, app.State{Store: g.Store, Queue: g.Queue}, app.Options{Log: g.Log, Secret: g.Secret, Keys: keys})
	if err := errors.Join(a.Connect(), a.LoadHooks(ctx), published.NoteAddress(ctx, g.Store, g.Config.PublicURL)); err != nil {
		return nil, err
	}
	more, err := around(ctx, g)
	if err != nil {
		return nil, err
	}
	h := &upkeep.Handler{Tasks: append(tasks(g, a), more...), Log: g.Log}
	return func(ctx context.Context, _ struct{}) (upkeep.Answer, error) { return h.Handle(ctx) }, nil
}

func tasks(g *ground.Ground, a *app.App) (out []upkeep.Task) {
	for _, s := range a.Sites {
		if s.Site.Hooks {
			out = append(out, upkeep.Task{Name: "webhook of " + s.Name, Do: func(ctx context.Context) error { return a.Register(ctx, s) }})
		}
	}
	out = append(out, consents(g, a)...)
	out = append(out, upkeep.Task{Name: "what was told", Do: func(ctx context.Context) error {
		n, err := after.Expire(ctx, g.Store, time.Now())
		g.Log.Info("expired", "removed", n)
		return err
	}})
	if g.Tidy != nil {
		out = append(out, upkeep.Task{Name: "tidy", Do: func(ctx context.Context) error {
			n, err := g.Tidy(ctx, time.Now())
			g.Log.Info("tidied", "removed", n)
			return err
		}})
	}
	return out
}
