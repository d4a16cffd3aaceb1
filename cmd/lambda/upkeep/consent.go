package main

import (
	"context"
	"time"

	"example.com/accord/app"
	"example.com/accord/lambda/ground"
	"example.com/accord/lambda/upkeep"
)

// consents see to it that no tokens of an OAuth 2.0 app die unused, and tell of
// a consent that ends.
func consents(g *ground.Ground, a *app.App) (out []upkeep.Task) {
	for _, s := range a.Sites {
		if !s.OAuth.Set() {
			continue
		}
		out = append(out, upkeep.Task{Name: "consent of " + s.Name, Do: func(ctx context.Context) error {
			st, err := a.Refresh(ctx, s)
			if worry := app.Worry(st, time.Now()); worry != "" {
				g.Log.Warn("consent", "site", s.Name, "worry", worry)
			}
			return err
		}})
	}
	return out
}
