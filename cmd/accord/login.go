package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"example.com/accord/app"
	"example.com/accord/connector/jira/oauth"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (c *cli) login() *cobra.Command {
	var within time.Duration
	var stay bool
	cmd := &cobra.Command{
		Use:   "login [SITE]",
		Short: "Consent that Accord acts for an account at a site with an OAuth 2.0 app",
		Long: `Login prints the address at which the account consents, waits until the browser
comes back to the callback on this machine, and keeps the tokens in the state. On a
terminal it opens the browser, too. Be logged in there as the account that Accord
is to use: what it may do, Accord may do.

From another machine the callback is reached through ssh:

  ssh -L 8087:127.0.0.1:8087 HOST accord login SITE

Without a site it says how all consents stand, and asks for none; the exit code is
2 if there is something to do about one. docs/CONFIG.md "OAuth 2.0" says how the
app is made.`,
		Example: `  accord login acme
  accord login`,
		Args: func(cmd *cobra.Command, args []string) error { return wrongly(cobra.MaximumNArgs(1)(cmd, args)) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.withState(cmd.Context(), func(a *app.App) error { return c.consents(cmd.Context(), a) })
			}
			open := c.withState
			if c.stack != "" {
				open = c.with // the app's secret is there
			}
			return open(cmd.Context(), func(a *app.App) error { return c.consent(cmd.Context(), a, args[0], within, stay) })
		},
	}
	cmd.Flags().DurationVar(&within, "within", 10*time.Minute, "how long to wait for the consent")
	cmd.Flags().BoolVar(&stay, "no-browser", false, "only print the address, also on a terminal")
	return cmd
}

// consent asks for one.
func (c *cli) consent(ctx context.Context, a *app.App, site string, within time.Duration, stay bool) error {
	ctx, cancel := context.WithTimeoutCause(ctx, within, fmt.Errorf("nobody consented within %v", within))
	defer cancel()
	var failed error
	s, err := a.Login(ctx, site, func(url string) { failed = c.invite(url, within, stay) })
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	return c.print(s, func(w io.Writer) {
		fmt.Fprintf(w, "%s: logged in; the consent ends on %s\n", s.Site, s.Until.UTC().Format(time.DateOnly))
		if worry := app.Worry(s, time.Now()); worry != "" {
			fmt.Fprintf(w, "%s: %s\n", s.Site, worry)
		}
	})
}

// invite tells a person, or with --json a program, where to consent.
func (c *cli) invite(url string, within time.Duration, stay bool) error {
	if c.json {
		e := json.NewEncoder(c.out)
		e.SetEscapeHTML(false)
		return e.Encode(map[string]string{"url": url})
	}
	_, err := fmt.Fprintf(c.out, "Consent here, in a browser that is logged in as the account that Accord is to use:\n\n  %s\n\nWaiting for %v; Ctrl-C ends it.\n", url, within)
	if f, ok := c.out.(*os.File); ok && !stay && term.IsTerminal(int(f.Fd())) {
		browse(url)
	}
	return err
}

// browse opens the browser, where there is one: the address is printed anyway.
func browse(url string) {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	cmd := exec.Command(name, args...)
	if cmd.Start() == nil {
		go func() { _ = cmd.Wait() }() // how it ends says nothing
	}
}

// consents says how all stand.
func (c *cli) consents(ctx context.Context, a *app.App) error {
	all, err := a.Consents(ctx)
	if err != nil {
		return err
	}
	worried := false
	for _, s := range all {
		worried = worried || app.Worry(s, time.Now()) != ""
	}
	err = c.print(append([]oauth.Standing{}, all...), func(w io.Writer) {
		for _, s := range all {
			if worry := app.Worry(s, time.Now()); worry != "" {
				fmt.Fprintf(w, "%s: %s\n", s.Site, worry)
				continue
			}
			fmt.Fprintf(w, "%s: logged in since %s; the consent ends on %s\n", s.Site, s.Since.UTC().Format(time.DateOnly), s.Until.UTC().Format(time.DateOnly))
		}
		if len(all) == 0 {
			fmt.Fprintln(w, "No site has an OAuth 2.0 app.")
		}
	})
	if err == nil && worried {
		return errDiffers
	}
	return err
}
