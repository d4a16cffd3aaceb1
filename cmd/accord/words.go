package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"example.com/accord/issue"
	"example.com/accord/text"
)

// title names a link by the keys of its issues, that of its birth first.
func title(l issue.Link) string {
	keys := []string{}
	for _, p := range slices.Sorted(maps.Keys(l.Sides)) {
		switch key := l.Sides[p].Key; {
		case key == "":
		case p == l.ID.Participant:
			keys = slices.Insert(keys, 0, key)
		default:
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return l.ID.String()
	}
	return strings.Join(keys, " = ")
}

// printPlan says in words what a plan would write.
func printPlan(w io.Writer, p planned) {
	fmt.Fprintf(w, "%s  (%s)\n", title(p.Plan.After), p.Sync)
	for _, c := range p.Plan.Changes {
		printChange(w, c, p.Plan.After.Sides[c.On.Participant].Key)
		if n := p.Plan.Left[c.On.Participant]; n > 0 {
			fmt.Fprintf(w, "    and %s more, in the turns that follow\n", count(n, "row"))
		}
	}
	printHeld(w, p.Plan.After)
	printRefused(w, p.Plan.After)
	fmt.Fprintln(w)
}

func printChange(w io.Writer, c issue.Change, key string) {
	switch {
	case c.On.ID == "":
		fmt.Fprintf(w, "  create at %s\n", c.On.Participant)
	case key == "":
		fmt.Fprintf(w, "  write to %s\n", c.On)
	default:
		fmt.Fprintf(w, "  write to %s at %s\n", key, c.On.Participant)
	}
	for _, x := range issue.Places(c.Patch) {
		from, had := c.From[x]
		switch to := c.Patch[x]; {
		case x.Row != (issue.Ref{}) && to == nil:
			fmt.Fprintf(w, "    %s: remove %s\n", x.Field, say(from))
		case x.Row != (issue.Ref{}) && !had:
			fmt.Fprintf(w, "    %s: add %s\n", x.Field, say(to))
		case c.On.ID == "" || !had || issue.Empty(from):
			fmt.Fprintf(w, "    %s: %s\n", x.Field, say(to))
		default:
			fmt.Fprintf(w, "    %s: %s\n", x.Field, move(from, to))
		}
	}
}

// move says from→to; of a set, what comes and goes.
func move(from, to issue.Value) string {
	f, ok := from.(issue.Set)
	t, both := to.(issue.Set)
	if !ok || !both {
		return say(from) + " → " + say(to)
	}
	var out []string
	for _, m := range t.Minus(f) {
		out = append(out, "+"+m)
	}
	for _, m := range f.Minus(t) {
		out = append(out, "-"+m)
	}
	return strings.Join(out, " ")
}

// wide is how much of a text is shown on one line.
const wide = 60

// say shows a value on one line.
func say(v issue.Value) string {
	switch v := v.(type) {
	case nil:
		return "(removed)"
	case issue.Scalar:
		if v == "" {
			return "(empty)"
		}
		return fmt.Sprintf("%q", short(string(v)))
	case issue.Set:
		if len(v) == 0 {
			return "(empty)"
		}
		return strings.Join(v, " ")
	case issue.Text:
		if len(v.Doc) == 0 {
			return "(empty)"
		}
		return fmt.Sprintf("%q", short(text.Line(v.Doc)))
	case issue.Row:
		said := say(v["body"])
		if author, ok := v["author"].(issue.Scalar); ok && author != "" {
			said += " by " + string(author)
		}
		return said
	}
	return fmt.Sprint(v)
}

func short(s string) string {
	r := []rune(s)
	if len(r) <= wide {
		return s
	}
	return string(r[:wide-1]) + "…"
}

// notifies reports whether changes hold what Jira tells people of, whoever asks
// it not to: docs/JIRA.md "Create and edit".
func notifies(changes []issue.Change) bool {
	return slices.ContainsFunc(changes, func(c issue.Change) bool {
		for x := range c.Patch {
			if x.Row != (issue.Ref{}) && c.Patch[x] != nil {
				return true
			}
		}
		return c.On.ID == ""
	})
}

// anyRefused reports whether a value is refused at one of the sides.
func anyRefused(l issue.Link) bool {
	for _, s := range l.Sides {
		for _, t := range s.Tried {
			if t.Refused() {
				return true
			}
		}
	}
	return false
}

// count says how many there are of a thing.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func printHeld(w io.Writer, l issue.Link) {
	for _, x := range slices.SortedFunc(maps.Keys(l.Held), issue.Place.Compare) {
		h := l.Held[x]
		agreed := say(l.Agreed[x])
		if _, known := l.Agreed[x]; !known && x.Row == (issue.Ref{}) {
			agreed = "(nothing yet)"
		}
		fmt.Fprintf(w, "  held: %s\n    agreed: %s\n", x, agreed)
		for _, c := range h.Claims {
			who := ""
			if c.Person != "" {
				who = " (" + c.Person + ")"
			}
			if c.Lost {
				who += ", overwritten by us"
			}
			fmt.Fprintf(w, "    %s: %s%s\n", c.By, say(c.Value), who)
		}
	}
}

func printRefused(w io.Writer, l issue.Link) {
	for _, p := range slices.Sorted(maps.Keys(l.Sides)) {
		tried := l.Sides[p].Tried
		for _, x := range slices.SortedFunc(maps.Keys(tried), issue.Place.Compare) {
			if t := tried[x]; t.Refused() {
				fmt.Fprintf(w, "  refused at %s: %s %s: %s\n", p, x, say(t.Value), t.Why)
			}
		}
	}
}
