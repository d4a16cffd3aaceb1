package main

import (
	"fmt"
	"io"

	"example.com/accord/app"
	"example.com/accord/issue"
	"example.com/accord/plan"
	"github.com/spf13/cobra"
)

func (c *cli) link() *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "link KEY KEY…",
		Short: "Make existing issues one",
		Long: `Link makes issues that exist already one issue, kept in step from then on. Where they
differ, what is empty gives way, sets are joined, and the policy of each field
decides the rest. --plan shows what would be written, and writes nothing.

Each issue is given a mark, an entity property that names the others, by which the
link is found again if the state is lost. To link again what is linked leaves the
marks that are missing.`,
		Example: `  accord link --plan SUP-12 DEV-4
  accord link SUP-12 DEV-4`,
		Args: some(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(a *app.App) error {
				refs, err := resolve(a, args)
				if err != nil {
					return err
				}
				e := a.Engine(refs[0].Participant)
				for _, ref := range refs {
					if a.Engine(ref.Participant) != e {
						return fmt.Errorf("link: %s and %s take part in different syncs", refs[0], ref)
					}
				}
				if dry {
					p, err := e.PlanJoin(cmd.Context(), refs...)
					if err != nil {
						return err
					}
					return c.show(survey{plans: []planned{{e.Sync, p}}, looked: 1})
				}
				l, err := e.Join(cmd.Context(), who(), refs...)
				if err != nil {
					return err
				}
				return c.print(map[string]any{"link": l.ID, "sync": e.Sync}, func(w io.Writer) {
					fmt.Fprintf(w, "%s are one issue now; `accord serve` brings them into step\n", title(l))
				})
			})
		},
	}
	cmd.Flags().BoolVar(&dry, "plan", false, "show what would be written, and write nothing; exit 2 if there is anything")
	return cmd
}

func resolve(a *app.App, words []string) ([]issue.Ref, error) {
	var refs []issue.Ref
	for _, w := range words {
		ref, err := a.Resolve(w)
		if err != nil {
			return nil, usage{err}
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// A planned is one plan, as it is printed and saved.
type planned struct {
	Sync string    `json:"sync"`
	Plan plan.Plan `json:"plan"`
}
