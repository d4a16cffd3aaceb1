package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"example.com/accord/app"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
	"github.com/spf13/cobra"
)

// A choice is how a held field is to be settled.
type choice struct {
	take     string // the participant whose claim is taken
	value    string
	agreed   bool
	revision int64
}

func (c *cli) decide() *cobra.Command {
	var how choice
	cmd := &cobra.Command{
		Use:   "decide KEY [FIELD]",
		Short: "Settle a held field",
		Long: `Decide settles a field on which participants disagree. Without a choice it shows
what is agreed and what each participant says, with the revision that was looked at;
--revision makes sure that nothing was heard since. Values are in the words of the
sync.`,
		Example: `  accord decide SUP-12
  accord decide SUP-12 priority --take vendor-dev
  accord decide SUP-12 summary --value "Printer on fire" --revision 7
  accord decide acme-support/10012 description --agreed`,
		Args: func(cmd *cobra.Command, args []string) error { return wrongly(cobra.RangeArgs(1, 2)(cmd, args)) },
		RunE: func(cmd *cobra.Command, args []string) error {
			n := 0
			for _, name := range []string{"take", "value", "agreed"} {
				if cmd.Flags().Changed(name) {
					n++
				}
			}
			if n > 1 || n == 1 && len(args) < 2 {
				return usage{errors.New("decide one field, by one of --take, --value and --agreed")}
			}
			return c.with(cmd.Context(), func(a *app.App) error {
				ref, err := a.Resolve(args[0])
				if err != nil {
					return err
				}
				link, e, err := a.Link(cmd.Context(), ref)
				if err != nil {
					return err
				}
				if n == 0 {
					return c.showHeld(link, args[1:])
				}
				return c.settle(cmd.Context(), e, link, args[1], how, cmd.Flags().Changed("value"))
			})
		},
	}
	cmd.Flags().StringVar(&how.take, "take", "", "take what this participant says")
	cmd.Flags().StringVar(&how.value, "value", "", "take this value; members of a set are separated by commas")
	cmd.Flags().BoolVar(&how.agreed, "agreed", false, "stay with what was agreed before")
	cmd.Flags().Int64Var(&how.revision, "revision", 0, "the revision that was shown; 0: whatever there is now")
	return cmd
}

func (c *cli) settle(ctx context.Context, e *engine.Engine, link issue.Link, field string, how choice, given bool) error {
	x, err := issue.ParsePlace(field)
	if err != nil {
		return usage{err}
	}
	held, ok := link.Held[x]
	if !ok {
		return fmt.Errorf("%s of %s is not held; held are: %s", x, title(link), strings.Join(heldFields(link), ", "))
	}
	v := link.Agreed[x]
	switch {
	case given:
		if v, err = valueOf(e.Rules.Fields[x.Field].Kind, how.value); err != nil {
			return usage{err}
		}
	case how.take != "":
		i := slices.IndexFunc(held.Claims, func(c issue.Claim) bool { return string(c.By) == how.take })
		if i < 0 {
			return usage{fmt.Errorf("%q says nothing of %s; %s do", how.take, x, claimers(held))}
		}
		for _, c := range held.Claims { // its latest word
			if string(c.By) == how.take {
				v = c.Value
			}
		}
	}
	if how.revision == 0 {
		how.revision = link.Revision
	}
	if err := e.Decide(ctx, link.ID, x, v, how.revision, who()); err != nil {
		return err
	}
	return c.print(map[string]any{"link": link.ID, "field": x, "value": v}, func(w io.Writer) {
		fmt.Fprintf(w, "%s %s: %s; the next turn writes it where it is missing\n", title(link), x, say(v))
	})
}

// valueOf reads a value that a person typed.
func valueOf(kind plan.Kind, s string) (issue.Value, error) {
	switch kind {
	case plan.Set:
		var members []string
		for m := range strings.SplitSeq(s, ",") {
			if m = strings.TrimSpace(m); m != "" {
				members = append(members, m)
			}
		}
		return issue.SetOf(members...), nil
	case plan.Text:
		return issue.Text{Doc: text.Of(strings.Split(s, "\n")...)}, nil
	case plan.Rows:
		return nil, errors.New("a comment is decided by --take or --agreed")
	}
	return issue.Scalar(s), nil
}

// claimers are the participants that disagree on a field.
func claimers(h issue.Held) string {
	var out []string
	for _, c := range h.Claims {
		if by := string(c.By); !slices.Contains(out, by) {
			out = append(out, by)
		}
	}
	return strings.Join(out, ", ")
}

func heldFields(l issue.Link) []string {
	var out []string
	for x := range l.Held {
		out = append(out, x.String())
	}
	slices.Sort(out)
	if out == nil {
		return []string{"none"}
	}
	return out
}

func (c *cli) showHeld(l issue.Link, fields []string) error {
	held := map[issue.Place]issue.Held{}
	for x, h := range l.Held {
		if len(fields) == 0 || x.String() == fields[0] {
			held[x] = h
		}
	}
	err := c.print(map[string]any{"link": l.ID, "revision": l.Revision, "agreed": l.Agreed, "held": held}, func(w io.Writer) {
		fmt.Fprintf(w, "%s  revision %d\n", title(l), l.Revision)
		printHeld(w, issue.Link{Agreed: l.Agreed, Held: held})
		if len(held) == 0 {
			fmt.Fprintln(w, "  nothing is held")
		}
	})
	if err == nil && len(held) > 0 {
		return errDiffers
	}
	return err
}
