package app

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"example.com/accord/config"
	"example.com/accord/connector"
)

// Check asks every site what would not work, all participants at the same time,
// and returns the findings in the order of the file, after those about consents.
func (a *App) Check(ctx context.Context) []connector.Finding {
	var checks []func() []connector.Finding
	for _, s := range a.Syncs {
		for _, p := range s.Participants {
			checks = append(checks, func() []connector.Finding { return check(ctx, p, s.Engine.Connectors[p.Name]) })
		}
	}
	found := make([][]connector.Finding, len(checks))
	var all sync.WaitGroup
	for i, check := range checks {
		all.Go(func() { found[i] = check() })
	}
	all.Wait()
	return slices.Concat(append([][]connector.Finding{a.consents(ctx)}, found...)...)
}

func check(ctx context.Context, p config.Participant, c connector.Connector) []connector.Finding {
	if c, ok := c.(connector.Checker); ok {
		return c.Check(ctx)
	}
	return []connector.Finding{{What: fmt.Sprintf("%s: this kind of site cannot be checked", p.Name)}}
}
