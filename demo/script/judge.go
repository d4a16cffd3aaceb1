package script

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A bench collects what is found.
type bench struct {
	*court
	res   Result
	wrong map[*track]bool
}

// judge compares both sides and follows up every edit.
func (c *court) judge() Result {
	b := &bench{court: c, wrong: map[*track]bool{}}
	b.res = Result{Issues: len(c.tracks), Edits: len(c.edits), Kinds: map[string]int{}, Fates: map[string]int{}}
	for _, t := range c.tracks {
		b.compare(t)
	}
	for _, e := range c.edits {
		b.follow(e)
	}
	b.mustHaves()
	b.res.Differing += len(b.wrong)
	b.res.Equal = b.res.Issues - len(b.wrong)
	return b.res
}

// find notes a difference; t is nil if it is about no issue.
func (b *bench) find(t *track, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	if t == nil {
		b.res.Differing++
	} else {
		b.wrong[t] = true
		what = b.title(t) + ": " + what
	}
	b.res.Findings = append(b.res.Findings, what)
}

func (b *bench) title(t *track) string {
	l := b.looks[t]
	return first(l[cloud].Key, "no issue") + "/" + first(l[server].Key, "no issue")
}

// name is how the sync names the link of a track.
func (c *court) name(t *track) string { return c.names[t.born] + "/" + t.id[t.born] }

// follow says what became of an edit.
func (b *bench) follow(e *edit) {
	b.res.Kinds[e.Kind]++
	fate := b.fate(e)
	b.res.Fates[fate]++
	if fate == lost {
		b.find(e.Track, "lost: %v%s", e, b.story(e))
	}
}

// story tells what both changelogs say of the field since the edit.
func (b *bench) story(e *edit) string {
	var out strings.Builder
	for s, l := range b.looks[e.Track] {
		for _, n := range l.Log {
			if n.Field == e.Field && !n.At.Before(e.At.Add(-time.Second)) {
				fmt.Fprintf(&out, "; at the %v %s by %s %.60q → %.60q", side(s), n.At.Local().Format("15:04:05.000"), n.By, n.From[1], n.To[1])
			}
		}
	}
	return out.String()
}

// The fates of an edit.
const (
	stands     = "standing"
	superseded = "superseded"
	isHeld     = "held"
	isRefused  = "refused"
	lost       = "lost"
)

func (b *bench) fate(e *edit) string {
	looks := b.looks[e.Track]
	switch {
	case e.Field == "comments":
		return b.fateOfComment(e)
	case b.stands(e, cloud) && b.stands(e, server):
		return stands
	case b.superseded(e, looks):
		return superseded
	case b.inHeld(e):
		return isHeld
	case b.stands(e, e.Side) && b.refused(e.Track, e.Field) != nil && b.wordless(e.Track, e.Field):
		return isRefused
	}
	return lost
}

// stands reports whether an edit is what s shows.
func (b *bench) stands(e *edit, s side) bool {
	l := b.looks[e.Track][s]
	gone := func(has func(token string) bool) bool { return !slices.ContainsFunc(e.Drops, has) }
	switch e.Field {
	case "labels":
		has := func(token string) bool { return slices.Contains(l.Labels, token) }
		return (e.Adds == "" || has(e.Adds)) && gone(has)
	case "description":
		words := l.Description.words()
		return strings.Contains(words, e.Adds) && gone(func(token string) bool { return strings.Contains(words, token) })
	}
	want, _ := b.words.one(e.Field, e.Side, e.To)
	got, _ := b.words.one(e.Field, s, l.Values[e.Field])
	return l.ID != "" && want == got
}

// superseded reports whether, at either side, a person replaced what the edit
// had brought, as that side's changelog tells.
func (b *bench) superseded(e *edit, looks [2]look) bool {
	for s, l := range looks {
		for _, n := range l.Log {
			if n.Field != e.Field || n.By == b.sync[s] || n.At.Before(e.At.Truncate(time.Millisecond)) {
				continue
			}
			if e.Adds != "" && (e.Field == "labels" || e.Field == "description") {
				if n.took(e.Adds) {
					return true
				}
				continue
			}
			for _, v := range b.forms(e, side(s)) {
				if n.was(v) && !n.is(v) {
					return true
				}
			}
		}
	}
	return false
}

// forms are the ways in which the changelog of s may write what an edit brought.
func (b *bench) forms(e *edit, s side) []string {
	table, closed := b.words.table(e.Field)
	if !closed || e.To == "" {
		return []string{e.To}
	}
	var out []string
	want, _ := b.words.one(e.Field, e.Side, e.To)
	for _, w := range table {
		if one, ok := b.words.one(e.Field, s, w.at(s)); ok && one == want {
			out = append(out, w.at(s), b.words.person(s)(w.at(s)))
		}
	}
	if len(out) == 0 && s == e.Side {
		out = append(out, e.To)
	}
	return out
}

// held returns what the sync holds at a field of a track, or nil.
func (b *bench) held(t *track, field string) *Held {
	for i, h := range b.standing.Held {
		if h.Link == b.name(t) && h.Field == field {
			return &b.standing.Held[i]
		}
	}
	return nil
}

// refused returns what a side does not take of a track, or nil.
func (b *bench) refused(t *track, field string) *Refused {
	for i, r := range b.standing.Refused {
		if r.Link == b.name(t) && r.Field == field {
			return &b.standing.Refused[i]
		}
	}
	return nil
}

// inHeld reports whether what an edit brought is one of the values of a held field.
func (b *bench) inHeld(e *edit) bool {
	h := b.held(e.Track, e.Field)
	if h == nil {
		return false
	}
	all := string(h.Agreed) + string(h.Claims)
	if e.Adds != "" {
		return strings.Contains(all, e.Adds)
	}
	for _, s := range []side{cloud, server} {
		for _, v := range b.forms(e, s) {
			if quoted, err := json.Marshal(v); err == nil && strings.Contains(all, string(quoted)) {
				return true
			}
		}
	}
	return len(e.Drops) > 0 // what a held text no longer has cannot be looked for
}

// mayHold reports whether a field was edited on both sides without being seen
// equal between.
func (c *court) mayHold(t *track, field string) bool {
	type at struct {
		side  side
		epoch int
	}
	seen := map[at]bool{}
	for _, e := range c.edits {
		if e.Track == t && e.Field == field && e.Kind != "create" {
			seen[at{e.Side, e.Epoch}] = true
		}
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(a at) bool { return seen[at{a.side.other(), a.epoch}] })
}

// wordless reports whether a field shows a value that the other side has no word for.
func (b *bench) wordless(t *track, field string) bool {
	for s, l := range b.looks[t] {
		if _, ok := b.words.one(field, side(s), l.Values[field]); !ok {
			return true
		}
	}
	return false
}
