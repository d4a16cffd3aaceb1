package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/accord/app"
	"example.com/accord/engine"
	"github.com/spf13/cobra"
)

// A sweeping is what sweep prints of one sync.
type sweeping struct {
	Sync   string `json:"sync"`
	Done   bool   `json:"done"`
	Issues int    `json:"issues"`
	Queued int    `json:"queued"`
	Why    string `json:"why,omitempty"`
}

func (c *cli) sweep() *cobra.Command {
	var o engine.SweepOptions
	var since string
	var limit time.Duration
	cmd := &cobra.Command{
		Use:   "sweep [SYNC…]",
		Short: "Find what changed, webhook or not, and queue it",
		Long: `Sweep asks every site what changed since the last sweep and queues it; 'accord serve'
then looks at it. With --all it walks every issue in scope: the first sync. It can
be stopped at any time: the next one of the same kind goes on from there. Exit code
2 says that it stopped at its limit.`,
		Example: `  accord sweep --all
  accord sweep --all --limit 15m
  accord sweep --since 2026-11-24T08:00:00Z support`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if since != "" {
				if o.All {
					return usage{errors.New("--all and --since exclude each other")}
				}
				at, err := moment(since)
				if err != nil {
					return usage{err}
				}
				o.Since = at
			}
			if limit > 0 {
				o.Deadline = time.Now().Add(limit)
			}
			return c.with(cmd.Context(), func(a *app.App) error { return c.sweepAll(cmd, a, args, o) })
		},
	}
	cmd.Flags().BoolVar(&o.All, "all", false, "walk every issue in scope")
	cmd.Flags().StringVar(&since, "since", "", "walk what changed since: 2026-11-24, 2026-11-24T08:00:00Z, or 48h for so long ago")
	cmd.Flags().DurationVar(&limit, "limit", 0, "stop in time, with the place remembered")
	return cmd
}

func moment(s string) (time.Time, error) {
	if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return time.Now().Add(-d), nil
	}
	for _, form := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.ParseInLocation(form, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--since %s: want 2026-11-24, 2026-11-24T08:00:00Z, or 48h", s)
}

func (c *cli) sweepAll(cmd *cobra.Command, a *app.App, names []string, o engine.SweepOptions) error {
	syncs, err := named(a, names)
	if err != nil {
		return err
	}
	out, errs, all := []sweeping{}, []error{}, true
	for _, s := range syncs {
		end := c.progress("sweeping %s", s.Name)
		did, err := s.Engine.Sweep(cmd.Context(), o)
		end()
		x := sweeping{s.Name, did.Done, did.Issues, did.Sent, ""}
		if err != nil {
			x.Why = err.Error()
			errs = append(errs, fmt.Errorf("sync %s: %w", s.Name, err))
		}
		out, all = append(out, x), all && did.Done
	}
	err = c.print(out, func(w io.Writer) {
		for _, x := range out {
			state := "done"
			if !x.Done {
				state = "not done; the next sweep goes on from there"
			}
			fmt.Fprintf(w, "%s: %d issues met, %d queued; %s\n", x.Sync, x.Issues, x.Queued, state)
		}
	})
	if err := errors.Join(append(errs, err)...); err != nil {
		return err
	}
	if !all {
		return errDiffers
	}
	return nil
}

// named returns the syncs of those names, or all.
func named(a *app.App, names []string) ([]*app.Sync, error) {
	if len(names) == 0 {
		return a.Syncs, nil
	}
	var out []*app.Sync
	for _, name := range names {
		s, err := a.Sync(name)
		if err != nil {
			return nil, usage{err}
		}
		out = append(out, s)
	}
	return out, nil
}
