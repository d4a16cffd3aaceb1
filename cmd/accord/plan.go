package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"example.com/accord/app"
	"example.com/accord/engine"
	"example.com/accord/issue"
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
				plans, unseen, err := c.plans(cmd.Context(), a, refs)
				if err != nil {
					return err
				}
				return unless(unseen, c.show(plans))
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

// plans plans the issues named, or all. Unseen tells of sides that could not be
// looked at: the plans hold for the others.
func (c *cli) plans(ctx context.Context, a *app.App, refs []issue.Ref) (plans []planned, unseen, err error) {
	seen := map[issue.Ref]bool{}
	one := func(e *engine.Engine, ref issue.Ref) error {
		p, err := e.Plan(ctx, ref)
		if u, ok := errors.AsType[*engine.Unseen](err); ok {
			unseen, err = errors.Join(unseen, u), nil
		}
		if err == nil && !seen[p.After.ID] {
			seen[p.After.ID] = true
			plans = append(plans, planned{e.Sync, p})
		}
		return err
	}
	for _, ref := range refs {
		if err := one(a.Engine(ref.Participant), ref); err != nil {
			return nil, unseen, err
		}
	}
	if len(refs) > 0 {
		return plans, unseen, nil
	}
	for _, s := range a.Syncs {
		for ref, err := range a.Issues(ctx, s) {
			if err == nil {
				end := c.progress("%s: looking at issue %d", s.Name, len(plans)+1)
				err = one(s.Engine, ref)
				end()
			}
			if err != nil {
				return nil, unseen, err
			}
		}
	}
	return plans, unseen, nil
}

// show prints plans; errDiffers if there is anything to write or held.
func (c *cli) show(plans []planned) error {
	busy, loud, idle := []planned{}, false, 0
	for _, p := range plans {
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
		fmt.Fprintf(w, "%s looked at; %d with something to write or held\n", count(len(plans), "issue"), len(busy)-idle)
	})
	if err == nil && len(busy) > idle {
		return errDiffers
	}
	return err
}
