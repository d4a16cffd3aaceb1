package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"

	"example.com/accord/demo"
	"example.com/accord/demo/script"
	"github.com/spf13/cobra"
)

func (c *cli) demo() *cobra.Command {
	o := demo.Options{Version: build()}
	verbose := false
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Two simulated Jiras and a sync between them, in one process",
		Long: `Demo starts a simulated Jira Cloud and a simulated Jira Data Center, with sample
issues and a sync between them, and says where to look; nothing leaves this machine.

With --script N it makes N random edits on both sides, waits until all is quiet, and
compares what both say, with a comparison of its own. Exit code 2 says that something
differs.`,
		Example: `  accord demo
  accord demo --script 500 --json
  accord demo --script 500 --import issues.json more.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && len(o.Import) == 0 {
				return usage{fmt.Errorf("what is %q? files follow --import", args[0])}
			}
			if cmd.Flags().Changed("script") && o.Script < 1 {
				return usage{errors.New("--script wants a number of edits, such as 500")}
			}
			if c.json && o.Script == 0 {
				return usage{errors.New("--json goes with --script: without it there is no result to print")}
			}
			o.Import = append(o.Import, args...)
			if !cmd.Flags().Changed("seed") {
				o.Seed = rand.Uint64N(1_000_000_000)
			}
			o.Out = c.out
			if o.Script > 0 { // stdout is for the result
				o.Out = c.errs
			}
			if verbose {
				o.Log = slog.New(slog.NewTextHandler(c.errs, nil))
			}
			res, err := demo.Run(cmd.Context(), o)
			if err != nil || o.Script == 0 {
				return err
			}
			return c.result(res)
		},
	}
	cmd.Flags().IntVar(&o.Script, "script", 0, "make so many random edits, and judge")
	cmd.Flags().StringArrayVar(&o.Import, "import", nil, "begin with recorded issues of these files")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 0, "make the same edits as a run before; without it a random one")
	cmd.Flags().BoolVar(&verbose, "verbose", false, "log what the sync does to stderr")
	return cmd
}

// result prints what a script found; errDiffers if something differs.
func (c *cli) result(r script.Result) error {
	if c.json { // one line, so that the lines of many runs make a file
		if err := json.NewEncoder(c.out).Encode(r); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	} else {
		printResult(c.out, r)
	}
	if r.Differing > 0 {
		return errDiffers
	}
	return nil
}

func printResult(w io.Writer, r script.Result) {
	fmt.Fprintf(w, "%d issues, %d edits: %d equal, %d differing, %d held, %d refused; %d writes in %.0f s (seed %d)\n",
		r.Issues, r.Edits, r.Equal, r.Differing, r.Held, r.Refused, r.Writes, r.Seconds, r.Seed)
	for _, k := range slices.Sorted(maps.Keys(r.Kinds)) {
		fmt.Fprintf(w, "  %d × %s\n", r.Kinds[k], k)
	}
	for _, f := range r.Findings {
		fmt.Fprintln(w, f)
	}
}
