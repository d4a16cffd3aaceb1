// Command accord keeps the same issue in step across Jira instances.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // JQL is read in the account's zone, which a small machine may not know

	"github.com/spf13/cobra"

	"example.com/accord/config/published"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // the first signal asks for an orderly end, the second is obeyed at once
		<-ctx.Done()
		stop()
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The exit codes.
const (
	done    = 0
	failed  = 1
	differs = 2  // there are differences or held fields
	misused = 64 // the command line is wrong
)

// errDiffers ends a command that has said all and found a difference.
var errDiffers = errors.New("there are differences")

// A usage is an error in the command line itself.
type usage struct{ error }

// run carries out one command line and returns its exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	c := &cli{out: out, errs: errs}
	root := c.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	wrong, misuse := errors.AsType[usage](err)
	switch {
	case err == nil:
		return done
	case errors.Is(err, errDiffers):
		return differs
	case misuse:
		fmt.Fprintf(errs, "accord: %v\n%s", wrong.error, "`accord --help` says how it is used\n")
		return misused
	}
	for line := range strings.Lines(err.Error()) {
		fmt.Fprintf(errs, "accord: %s\n", strings.TrimRight(line, "\n"))
	}
	return failed
}

// A cli is one run of the command.
type cli struct {
	out, errs io.Writer
	file      string // --config
	stack     string // --stack; empty: this machine
	json      bool   // --json

	current *published.Current // of the stack that was opened; nil: none was
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "accord",
		Short: "Keeps the same issue in step across Jira instances",
		Long: `Accord keeps the same issue in step across Jira instances: two or more, Cloud and
Data Center mixed, in every direction. It plans before it writes, merges instead
of letting the last write win, and asks where it must not decide.

Exit codes: 0 done, 1 failed, 2 there are differences or held fields, 64 wrong usage.`,
		Example: `  accord demo                    two simulated Jiras and a sync between them
  accord check                   what in accord.yaml cannot work
  accord plan SUP-12             what would be written now
  accord serve                   keep everything in step`,
		Args:          nothing,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVarP(&c.file, "config", "c", "accord.yaml", "the configuration")
	root.PersistentFlags().StringVar(&c.stack, "stack", "", "a stack on AWS, by its name, in place of this machine")
	root.PersistentPreRunE = c.whether
	root.PersistentFlags().BoolVar(&c.json, "json", false, "print JSON")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage{err} })
	root.AddCommand(c.demo(), c.serve(), c.check(), c.plan(), c.apply(), c.link(), c.sweep(), c.status(), c.decide(),
		c.pause(), c.resume(), c.hooks(), c.login(), c.queue(), c.compile(), c.publish(), c.version())
	return root
}

// nothing, some and exactly say how many words a command takes.
func nothing(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && cmd.HasAvailableSubCommands() {
		return usage{fmt.Errorf("there is no command %q%s", args[0], suggest(cmd, args[0]))}
	}
	return wrongly(cobra.NoArgs(cmd, args))
}

func some(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return wrongly(cobra.MinimumNArgs(n)(cmd, args)) }
}

func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return wrongly(cobra.ExactArgs(n)(cmd, args)) }
}

func wrongly(err error) error {
	if err == nil {
		return nil
	}
	return usage{err}
}

func suggest(cmd *cobra.Command, word string) string {
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		return fmt.Sprintf("; did you mean %q?", near[0])
	}
	return ""
}
