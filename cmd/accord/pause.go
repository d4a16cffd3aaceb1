package main

import (
	"context"
	"fmt"
	"io"

	"example.com/accord/app"
	"github.com/spf13/cobra"
)

func (c *cli) pause() *cobra.Command {
	return c.switched("pause", "Stop writing for one sync; what happens meanwhile is queued", func(ctx context.Context, s *app.Sync) error {
		return s.Engine.Pause(ctx, who())
	})
}

func (c *cli) resume() *cobra.Command {
	return c.switched("resume", "Go on with a paused sync, within a minute", func(ctx context.Context, s *app.Sync) error {
		return s.Engine.Resume(ctx)
	})
}

func (c *cli) switched(verb, short string, do func(context.Context, *app.Sync) error) *cobra.Command {
	return &cobra.Command{
		Use:     verb + " SYNC",
		Short:   short,
		Example: "  accord " + verb + " support",
		Args:    exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withState(cmd.Context(), func(a *app.App) error {
				s, err := a.Sync(args[0])
				if err != nil {
					return usage{err}
				}
				if err := do(cmd.Context(), s); err != nil {
					return err
				}
				return c.print(map[string]string{"sync": s.Name, "now": verb + "d"}, func(w io.Writer) { fmt.Fprintf(w, "%s: %sd\n", s.Name, verb) })
			})
		},
	}
}
