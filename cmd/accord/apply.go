package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"example.com/accord/app"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/plan"
	"github.com/spf13/cobra"
)

func (c *cli) apply() *cobra.Command {
	return &cobra.Command{
		Use:   "apply [PLAN.json]",
		Short: "Carry out a saved plan, or what plan says now",
		Long: `Apply carries out a plan that 'accord plan --json' saved; - reads it from stdin. It is
planned again first, and goes on only with the issues whose plan is still the same
but for times; exit code 2 says that some was not. Without a plan it carries out
what 'accord plan' says now.`,
		Example: `  accord plan --json SUP-12 >plan.json; accord apply plan.json
  accord apply`,
		Args: func(cmd *cobra.Command, args []string) error { return wrongly(cobra.MaximumNArgs(1)(cmd, args)) },
		RunE: func(cmd *cobra.Command, args []string) error {
			var saved []planned
			if len(args) == 1 {
				var err error
				if saved, err = load(args[0]); err != nil {
					return err
				}
			}
			return c.with(cmd.Context(), func(a *app.App) error {
				if len(args) == 0 {
					did, err := c.survey(cmd.Context(), a, nil)
					if err != nil {
						return err
					}
					return unless(did.unseen, c.applyAll(cmd.Context(), a, did.plans))
				}
				return c.applyAll(cmd.Context(), a, saved)
			})
		},
	}
}

func load(name string) (plans []planned, err error) {
	in := io.Reader(os.Stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("read plan: %w", err)
		}
		defer f.Close()
		in = f
	}
	if err := json.NewDecoder(in).Decode(&plans); err != nil {
		return nil, fmt.Errorf("read plan %s: %w", name, err)
	}
	return plans, nil
}

// An applied is what apply prints of one issue.
type applied struct {
	Link   issue.Ref `json:"link"`
	Title  string    `json:"title"`          // the keys of its issues
	Writes int       `json:"writes"`         // participants written to
	Held   int       `json:"held,omitempty"` // fields that wait for a person
	Said   string    `json:"said"`
}

func (c *cli) applyAll(ctx context.Context, a *app.App, plans []planned) error {
	out, stale := []applied{}, false
	for _, old := range plans {
		if len(old.Plan.Changes) == 0 && sameHeld(old.Plan.Before, old.Plan.After) {
			continue
		}
		x, err := applyOne(ctx, a, old)
		if err != nil {
			return err
		}
		stale = stale || x.Said != appliedWell // held fields are a difference too
		out = append(out, x)
	}
	err := c.print(out, func(w io.Writer) {
		for _, x := range out {
			fmt.Fprintf(w, "%s: %s\n", x.Title, x.Said)
		}
		if len(out) == 0 {
			fmt.Fprintln(w, "nothing to write")
		}
	})
	if err == nil && stale {
		return errDiffers
	}
	return err
}

const (
	appliedWell  = "written"
	appliedPart  = "written in part: the turns that follow write the rest, with accord serve"
	appliedHeld  = "written but for what is held: accord decide"
	appliedStale = "not written: the plan is another one now"
)

func applyOne(ctx context.Context, a *app.App, old planned) (applied, error) {
	x := applied{Link: old.Plan.After.ID, Title: title(old.Plan.After), Said: appliedStale}
	s, err := a.Sync(old.Sync)
	if err != nil {
		return x, err
	}
	if p, err := s.Engine.Paused(ctx); err != nil || p != nil {
		return x, errors.Join(err, fmt.Errorf("apply %s: sync %s is paused; go on with: accord resume %s", x.Title, s.Name, s.Name))
	}
	now, err := s.Engine.Plan(ctx, x.Link)
	if err != nil {
		return x, err
	}
	if !same(old.Plan, now) {
		return x, nil
	}
	ev := issue.Event{Ref: x.Link, Cause: engine.Decision, At: time.Now()}
	err = s.Engine.Apply(ctx, ev, now)
	if errors.Is(err, durable.ErrStale) {
		return x, nil
	}
	if err != nil {
		return x, err
	}
	x.Said, x.Writes = appliedWell, len(now.Changes)
	if len(now.Left) > 0 {
		x.Said = appliedPart
	}
	if len(now.After.Held) > 0 {
		x.Said, x.Held = appliedHeld, len(now.After.Held)
	}
	return x, nil
}

// same reports whether two plans would write and hold the same, but for times
// and the names of turns.
func same(a, b plan.Plan) bool {
	return slices.EqualFunc(a.Changes, b.Changes, func(c, d issue.Change) bool {
		return c.On == d.On && c.Link == d.Link && c.Patch.Equal(d.Patch) && c.From.Equal(d.From)
	}) && maps.Equal(a.Left, b.Left) && sameHeld(a.After, b.After)
}

// sameHeld reports whether the same is held in both.
func sameHeld(a, b issue.Link) bool {
	return maps.EqualFunc(a.Held, b.Held, func(h, i issue.Held) bool {
		return slices.EqualFunc(h.Claims, i.Claims, func(c, d issue.Claim) bool {
			return c.By == d.By && issue.Same(c.Value, d.Value)
		})
	})
}
