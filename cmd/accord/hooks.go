package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/accord/app"
	"github.com/spf13/cobra"
)

func (c *cli) hooks() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hooks",
		Short: "Register, list and remove our webhooks at the sites",
		Long: `A site has one webhook of ours. 'accord serve' registers it; these commands are for
doing it by hand. The last part of its address is a credential and is not printed.

The address carries a version, ?v=, which says how a delivery is read. A build that
registers another version leaves the older webhook beside its own for a day, and
reads what both deliver. 'accord hooks list' tells which versions there are.`,
		Args: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		c.hooked("register", "Register our webhook where it is missing, and remove older ones", register),
		c.hooked("list", "List our webhooks", list),
		c.hooked("remove", "Remove our webhooks; sweeps alone then find what changes", remove),
		c.render(), c.descriptor())
	return cmd
}

// A hookLine is what is said of one webhook, or of one site.
type hookLine struct {
	Site    string    `json:"site"`
	ID      string    `json:"id,omitempty"`
	URL     string    `json:"url,omitempty"` // without its key
	Version string    `json:"version,omitempty"`
	Other   bool      `json:"other,omitempty"` // it is not the version that this build registers
	Active  bool      `json:"active"`
	Ends    time.Time `json:"ends,omitzero"`
	Said    string    `json:"said,omitempty"`
}

func (c *cli) hooked(verb, short string, do func(context.Context, *app.App, *app.Site) ([]hookLine, error)) *cobra.Command {
	return &cobra.Command{
		Use:     verb + " [SITE…]",
		Short:   short,
		Example: "  accord hooks " + verb + " acme",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.with(cmd.Context(), func(a *app.App) error {
				sites, err := chosen(a, args)
				if err != nil {
					return err
				}
				lines, errs := []hookLine{}, []error{}
				for _, s := range sites {
					ls, err := do(cmd.Context(), a, s)
					lines, errs = append(lines, ls...), append(errs, err)
				}
				return errors.Join(append(errs, c.print(lines, func(w io.Writer) { printHooks(w, lines) }))...)
			})
		},
	}
}

// chosen returns the sites named, or all that send webhooks.
func chosen(a *app.App, names []string) (sites []*app.Site, err error) {
	for _, s := range a.Sites {
		if len(names) == 0 && s.Site.Hooks {
			sites = append(sites, s)
		}
	}
	for _, name := range names {
		found := false
		for _, s := range a.Sites {
			if s.Name == name {
				sites, found = append(sites, s), true
			}
		}
		if !found {
			return nil, usage{fmt.Errorf("there is no site %q", name)}
		}
	}
	return sites, nil
}

func register(ctx context.Context, a *app.App, s *app.Site) ([]hookLine, error) {
	if err := a.Register(ctx, s); err != nil {
		return nil, err
	}
	return []hookLine{{Site: s.Name, Active: true, Said: "registered"}}, nil
}

func list(ctx context.Context, a *app.App, s *app.Site) (lines []hookLine, err error) {
	hooks, err := a.Hooks(ctx, s)
	for _, h := range hooks {
		v := app.HookVersion(h)
		lines = append(lines, hookLine{Site: s.Name, ID: h.ID, URL: app.Keyless(h.URL), Version: v, Other: v != s.Tracker.Version, Active: h.Active, Ends: h.Ends})
	}
	if err == nil && len(hooks) == 0 {
		lines = []hookLine{{Site: s.Name, Said: "none"}}
	}
	return lines, err
}

func remove(ctx context.Context, a *app.App, s *app.Site) ([]hookLine, error) {
	n, err := a.Unregister(ctx, s)
	if err != nil {
		return nil, err
	}
	return []hookLine{{Site: s.Name, Said: fmt.Sprintf("%d removed", n)}}, nil
}

func printHooks(w io.Writer, lines []hookLine) {
	for _, l := range lines {
		if l.Said != "" {
			fmt.Fprintf(w, "%s: %s\n", l.Site, l.Said)
			continue
		}
		fmt.Fprintf(w, "%s: %s  %s", l.Site, l.ID, l.URL)
		if !l.Ends.IsZero() {
			fmt.Fprintf(w, "  ends %s unless it is renewed", l.Ends.UTC().Format(time.DateOnly))
		}
		if l.Other {
			fmt.Fprint(w, "  of another build")
		}
		if !l.Active {
			fmt.Fprint(w, "  switched off")
		}
		fmt.Fprintln(w)
	}
}
