//go:build !local

package main

import (
	"context"
	"fmt"
	"time"

	"example.com/accord/app"
	"example.com/accord/lambda/ground"
)

// consented returns when the account of a site consented: its tokens live for a
// year from then, as others do.
func consented(g *ground.Ground, site string) func(context.Context) (time.Time, error) {
	return func(ctx context.Context) (time.Time, error) {
		st, err := app.Consent(ctx, g.Store, site)
		if err == nil && st.Since.IsZero() {
			err = fmt.Errorf("nobody has logged in at %s", site)
		}
		return st.Since, err
	}
}
