package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"strings"

	"example.com/accord/app"
	"example.com/accord/app/aslambda"
	"example.com/accord/app/local"
	"github.com/spf13/cobra"
)

// How serve is told to be a stack on AWS.
type asLambda struct {
	on        bool
	functions string
	debug     string
}

func (c *cli) serve() *cobra.Command {
	var workers int
	var as asLambda
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Keep everything in step, until it is stopped",
		Long: `Serve takes webhooks, sweeps on schedule, and writes what is missing. It logs JSON
lines to stderr. SIGINT or SIGTERM ends it in order: nothing that was accepted is
lost. Issues that nobody edits are not touched: 'accord sweep --all' brings all of
them into step.

With --as-lambda the functions that are deployed on AWS do the work, each in
processes of its own and within Lambda's limits; docs/DEVELOPING.md tells more.`,
		Example: "  accord serve --config accord.yaml 2>>accord.log\n  accord serve --as-lambda --debug turn",
		Args:    nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := as.check(); err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(c.errs, nil))
			_, faults, err := c.read()
			if err != nil {
				return err
			}
			for _, f := range faults.Notes() {
				log.Warn("configuration", "note", f.String())
			}
			serve := (*app.App).Serve
			if as.on {
				if as.functions, err = aslambda.Find(cmd.Context(), as.functions, as.debug); err != nil {
					return err
				}
				serve = func(a *app.App, ctx context.Context) error {
					return aslambda.Serve(ctx, a, aslambda.Options{Functions: as.functions, AtOnce: workers, Debug: as.debug, Log: log})
				}
			}
			return c.opened(cmd.Context(), local.Open, log, workers, func(a *app.App) error { return serve(a, cmd.Context()) })
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 8, "issues worked on at the same time")
	cmd.Flags().BoolVar(&as.on, "as-lambda", false, "run the functions of AWS, on this machine")
	cmd.Flags().StringVar(&as.functions, "functions", "", "folder with the functions; in the source tree they are built")
	cmd.Flags().StringVar(&as.debug, "debug", "", "function that waits for a debugger at "+aslambda.DebugAt)
	return cmd
}

func (as asLambda) check() error {
	names := aslambda.Names()
	switch {
	case !as.on && as.functions+as.debug != "":
		return usage{fmt.Errorf("--functions and --debug go with --as-lambda")}
	case as.on && runtime.GOOS != "linux":
		return fmt.Errorf("serve as lambda: the functions run on Linux, and this is %s", runtime.GOOS)
	case as.debug != "" && !slices.Contains(names, as.debug):
		return usage{fmt.Errorf("there is no function %q to debug; there are %s", as.debug, strings.Join(names, ", "))}
	}
	return nil
}
