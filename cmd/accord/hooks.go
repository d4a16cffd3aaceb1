package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"example.com/accord/app"
	"github.com/spf13/cobra"
)

func (c *cli) hooks() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hooks",
		Short: "Register, list and remove our webhooks at the sites",
		Long: `A site has one webhook of ours. 'accord serve' registers it; these commands are for
doing it by hand. The last part of its address is a credential and is not printed.`,
		Args: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		c.hooked("register", "Register our webhook where it is missing, and remove older ones", register),
		c.hooked("list", "List our webhooks", list),
		c.hooked("remove", "Remove our webhooks; sweeps alone then find what changes", remove))
	return cmd
}

// A hookLine is what is said of one webhook, or of one site.
type hookLine struct {
	Site   string `json:"site"`
	ID     string `json:"id,omitempty"`
	URL    string `json:"url,omitempty"` // without its key
	Active bool   `json:"active"`
	Said   string `json:"said,omitempty"`
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
		lines = append(lines, hookLine{Site: s.Name, ID: h.ID, URL: keyless(h.URL), Active: h.Active})
	}
	if err == nil && len(hooks) == 0 {
		lines = []hookLine{{Site: s.Name, Said: "none"}}
	}
	return lines, err
}

// keyless hides the key in a hook's address.
func keyless(url string) string {
	path, query, _ := strings.Cut(url, "?")
	at := strings.LastIndex(path, "/")
	return path[:at+1] + "[secret]?" + query
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
		switch {
		case l.Said != "":
			fmt.Fprintf(w, "%s: %s\n", l.Site, l.Said)
		case l.Active:
			fmt.Fprintf(w, "%s: %s  %s\n", l.Site, l.ID, l.URL)
		default:
			fmt.Fprintf(w, "%s: %s  %s  switched off\n", l.Site, l.ID, l.URL)
		}
	}
}
