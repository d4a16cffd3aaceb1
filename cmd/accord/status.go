package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"example.com/accord/app"
	"example.com/accord/config/published"
	"example.com/accord/web"
	"github.com/spf13/cobra"
)

func (c *cli) status() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Links, queue, held and refused fields, sweeps, webhooks",
		Long: `Status reads the state, also while 'accord serve' is running; it asks no site. Exit
code 2 says that a field is held, a value refused, an event given up, or that a
participant cannot be looked at.`,
		Example: `  accord status
  accord status --json | jq '.syncs[] | {name, links, equal}'`,
		Args: nothing,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.withState(cmd.Context(), func(a *app.App) error {
				s, err := a.Status(cmd.Context())
				if err != nil {
					return err
				}
				told := standing{s, c.current}
				if err := c.print(told, func(w io.Writer) { told.print(w) }); err != nil {
					return err
				}
				if len(s.Open) > 0 || s.Queue.Dead > 0 || anyIll(s) {
					return errDiffers
				}
				return nil
			})
		},
	}
}

// A standing is what status prints: of a stack also which configuration is in use.
type standing struct {
	web.Status
	Configuration *published.Current `json:"configuration,omitempty"`
}

func (s standing) print(w io.Writer) {
	printStatus(w, s.Status)
	if c := s.Configuration; c != nil {
		fmt.Fprintf(w, "configuration: %.12s, published %s by %s\n", c.Digest, since(s.At, c.At), c.By)
	}
}

func printStatus(out io.Writer, s web.Status) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "sync\tlinks\tequal\theld\trefused\twaiting\t")
	for _, y := range s.Syncs {
		paused := ""
		if y.Paused {
			paused = "paused"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\n", y.Name, y.Links, y.Equal, y.Held, y.Refused, y.Waiting, paused)
	}
	fmt.Fprintln(w, "\nparticipant\tproject\tlast sweep\tevery\t")
	for _, y := range s.Syncs {
		for _, p := range y.Participants {
			fmt.Fprintf(w, "%s\t%s on %s\t%s\t%s\t%s\n", p.Name, p.Project, p.Site, since(s.At, p.Swept), p.Every, notes(p))
		}
	}
	w.Flush()
	fmt.Fprintf(out, "\nqueue: %d live, %d bulk, %d being worked on", s.Queue.Live, s.Queue.Bulk, s.Queue.Busy)
	if s.Queue.Later > 0 {
		fmt.Fprintf(out, "; %d of those that wait are not due yet", s.Queue.Later)
	}
	if !s.Queue.Oldest.IsZero() {
		fmt.Fprintf(out, "; the oldest came %s", since(s.At, s.Queue.Oldest))
	}
	if s.Queue.Dead > 0 {
		fmt.Fprintf(out, "; %d given up: `accord queue dead`", s.Queue.Dead)
	}
	fmt.Fprintln(out)
	for _, p := range s.Sites {
		fmt.Fprintf(out, "site %s (%s): %s%s\n", p.Name, p.Kind, hooking(p), refusals(s.At, p))
	}
	if len(s.Open) > 0 {
		fmt.Fprintln(out)
	}
	for _, i := range s.Open {
		printItem(out, i)
	}
}

func printItem(out io.Writer, i web.Item) {
	name := strings.Join(i.Keys, ", ")
	if name == "" {
		name = i.Link
	}
	if len(i.Held) > 0 {
		fmt.Fprintf(out, "held: %s %s: %s disagree; `accord decide %s %s` shows what they say\n", name, i.Field, strings.Join(i.Held, ", "), i.Link, i.Field)
		return
	}
	fmt.Fprintf(out, "refused: %s %s at %s: %s\n", name, i.Field, i.At, i.Why)
}

func anyIll(s web.Status) bool {
	return slices.ContainsFunc(s.Syncs, func(y web.Sync) bool {
		return slices.ContainsFunc(y.Participants, func(p web.Participant) bool { return p.Ill != nil })
	})
}

// notes says what there is to know of a participant.
func notes(p web.Participant) string {
	var out []string
	if p.ReadOnly {
		out = append(out, "read-only")
	}
	if p.Silence != nil && p.Silence.Silent {
		out = append(out, "edits notify nobody")
	} else if p.Silence != nil {
		out = append(out, "edits notify people: the account may not silence them")
	}
	if p.Walking {
		out = append(out, "a sweep of everything is not done yet")
	}
	if p.Ill != nil {
		out = append(out, "cannot be looked at since "+p.Ill.Since.Format(time.DateTime)+": "+p.Ill.Why)
	}
	return strings.Join(out, "; ")
}

func hooking(p web.Place) string {
	switch {
	case !p.Hooks:
		return "no webhooks: found by sweeps"
	case p.Hook.Why != "":
		return "webhook not registered: " + p.Hook.Why
	case p.Hook.At.IsZero():
		return "webhook not registered yet"
	}
	return "webhook registered"
}

func refusals(now time.Time, p web.Place) string {
	if p.Refused.Count == 0 {
		return ""
	}
	return fmt.Sprintf("; %d deliveries refused as not authentic, the last %s", p.Refused.Count, since(now, p.Refused.Last))
}

func since(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return now.Sub(t).Round(time.Second).String() + " ago"
}
