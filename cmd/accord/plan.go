package main

import (
	"errors"
	"fmt"
	"io"

	"example.com/accord/app"
	"github.com/spf13/cobra"
)

func (c *cli) plan() *cobra.Command {
	return &cobra.Command{
		Use:   "plan [KEY…]",
		Short: "Say every write that would be made now; writes nothing",
		Long: `Plan looks at the issues named, or at all in scope, on every side and says what a turn
would write, and what is held. It writes nothing, here or there. Exit code 2 says
that there is something to write or a held field.`,
		Example: `  accord plan SUP-12
  accord plan acme-support/10012
  accord plan --json >plan.json && accord apply plan.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(a *app.App) error {
				refs, err := resolve(a, args)
				if err != nil {
					return err
				}
				did, err := c.survey(cmd.Context(), a, refs)
				if err != nil {
					return err
				}
				return unless(did.unseen, c.show(did))
			})
		},
	}
}

// unless returns err unless something else went wrong: a difference that was
// found counts less than a side that could not be looked at.
func unless(wrong, err error) error {
	if errors.Is(err, errDiffers) && wrong != nil {
		return wrong
	}
	return errors.Join(wrong, err)
}

// show prints plans; errDiffers if there is anything to write or held.
func (c *cli) show(did survey) error {
	busy, loud, idle := []planned{}, false, 0
	for _, p := range did.plans {
		changes, open := len(p.Plan.Changes) > 0, len(p.Plan.After.Held) > 0
		if !changes && !open && !anyRefused(p.Plan.After) {
			continue
		}
		busy = append(busy, p)
		loud = loud || notifies(p.Plan.Changes)
		if !changes && !open {
			idle++
		}
	}
	err := c.print(busy, func(w io.Writer) {
		for _, p := range busy {
			printPlan(w, p)
		}
		if loud {
			fmt.Fprintln(w, "Jira notifies people of new issues and of comments; that cannot be silenced")
		}
		fmt.Fprintf(w, "%s looked at; %d with something to write or held\n", count(did.looked, "issue"), len(busy)-idle)
	})
	if err == nil && len(busy) > idle {
		return errDiffers
	}
	return err
}
