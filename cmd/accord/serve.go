package main

import (
	"log/slog"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"github.com/spf13/cobra"
)

func (c *cli) serve() *cobra.Command {
	var workers int
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Keep everything in step, until it is stopped",
		Long: `Serve takes webhooks, sweeps on schedule, and writes what is missing. It logs JSON
lines to stderr. SIGINT or SIGTERM ends it in order: nothing that was accepted is
lost. Issues that nobody edits are not touched: 'accord sweep --all' brings all of
them into step.`,
		Example: "  accord serve --config accord.yaml 2>>accord.log",
		Args:    nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			log := slog.New(slog.NewJSONHandler(c.errs, nil))
			_, faults, err := c.read()
			if err != nil {
				return err
			}
			for _, f := range faults.Notes() {
				log.Warn("configuration", "note", f.String())
			}
			return c.opened(cmd.Context(), local.Open, log, workers, func(a *app.App) error { return a.Serve(cmd.Context()) })
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 8, "issues worked on at the same time")
	return cmd
}
