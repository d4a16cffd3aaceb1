package main

import (
	"fmt"
	"io"
	"time"

	"example.com/accord/app"
	"example.com/accord/durable"
	"github.com/spf13/cobra"
)

func (c *cli) queue() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "queue",
		Short: "Look at events that were given up, and send them again",
		Args:  nothing,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.dead(), c.resend())
	return cmd
}

// deadMax is how many dead events are listed.
const deadMax = 100

func (c *cli) dead() *cobra.Command {
	return &cobra.Command{
		Use:     "dead",
		Short:   "List the events that were given up, oldest first; exit 2 if there is any",
		Example: "  accord queue dead",
		Args:    nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withState(cmd.Context(), func(a *app.App) error {
				ms, err := a.Queue.Dead(cmd.Context(), deadMax)
				if err != nil {
					return err
				}
				if err := c.print(letters(ms), func(w io.Writer) { printDead(w, ms) }); err != nil || len(ms) == 0 {
					return err
				}
				return errDiffers
			})
		},
	}
}

// A letter is a dead event, for people and programs.
type letter struct {
	ID    string    `json:"id"`
	Ref   string    `json:"ref"`
	Cause string    `json:"cause"`
	Heard time.Time `json:"heard"`
	Tries int       `json:"tries"`
	Why   string    `json:"why"`
}

func letters(ms []durable.Message) []letter {
	out := []letter{}
	for _, m := range ms {
		out = append(out, letter{m.ID, m.Event.Ref.String(), m.Event.Cause, m.Event.At, m.Tries, m.Why})
	}
	return out
}

func printDead(w io.Writer, ms []durable.Message) {
	for _, m := range ms {
		fmt.Fprintf(w, "%s  %s  (%s of %s, tried %d times)\n    %s\n", m.ID, m.Event.Ref, m.Event.Cause, m.Event.At.Format(time.DateTime), m.Tries, m.Why)
	}
	if len(ms) > 0 {
		fmt.Fprintln(w, "`accord queue resend [ID…]` tries them again")
		return
	}
	fmt.Fprintln(w, "none was given up")
}

func (c *cli) resend() *cobra.Command {
	return &cobra.Command{
		Use:     "resend [ID…]",
		Short:   "Try events again that were given up: those named, or all",
		Example: "  accord queue resend",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.withState(cmd.Context(), func(a *app.App) error {
				n, err := a.Queue.Resend(cmd.Context(), args...)
				if err != nil {
					return err
				}
				return c.print(map[string]int{"resent": n}, func(w io.Writer) { fmt.Fprintf(w, "%d will be tried again\n", n) })
			})
		},
	}
}
