package script

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// An entry is one change of one field, as Jira's own changelog tells it.
type entry struct {
	At       time.Time
	By       string // account
	Field    string // the script's name, or Jira's of a field that the script does not know
	From, To [2]string
}

// was reports whether the entry says that the field held v before; is, after.
func (e entry) was(v string) bool { return v == e.From[0] || v == e.From[1] }
func (e entry) is(v string) bool  { return v == e.To[0] || v == e.To[1] }

// took reports whether the entry took a word out of a text or a list of labels.
func (e entry) took(word string) bool {
	return strings.Contains(e.From[1], word) && !strings.Contains(e.To[1], word)
}

type history struct {
	Created string
	Author  struct{ AccountID, Name string }
	Items   []struct {
		Field, FieldID       string
		From, To             *string
		FromString, ToString *string
	}
}

// log reads the changelog, oldest first. The Cloud pages it; the Data Center
// gave it with the issue: docs/JIRA.md "Changelog".
func (j *jira) log(ctx context.Context, body issueBody) ([]entry, error) {
	all := body.Changelog.Histories
	if j.side == cloud {
		for {
			var page struct {
				Total  int
				Values []history
			}
			if err := j.call(ctx, 0, "GET", fmt.Sprintf("%s/issue/%s/changelog?startAt=%d&maxResults=100", j.api(), body.ID, len(all)), nil, &page); err != nil {
				return nil, err
			}
			all = append(all, page.Values...)
			if len(all) >= page.Total || len(page.Values) == 0 {
				break
			}
		}
	}
	var out []entry
	for _, h := range all {
		at, err := time.Parse("2006-01-02T15:04:05.000-0700", h.Created)
		if err != nil {
			return nil, fmt.Errorf("read changelog of %s: %w", body.Key, err)
		}
		for _, i := range h.Items {
			e := entry{At: at, By: first(h.Author.AccountID, h.Author.Name), Field: j.named(i.FieldID, i.Field)}
			e.From = [2]string{text(i.From), text(i.FromString)}
			e.To = [2]string{text(i.To), text(i.ToString)}
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b entry) int { return a.At.Compare(b.At) })
	return out, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// named returns the script's name of a field that the changelog names by id or
// by what people call it.
func (j *jira) named(id, called string) string {
	for _, f := range scalars {
		if id != "" && id == j.id(f.name) || id == "" && (called == f.jira || called == f.called) && called != "" {
			return f.name
		}
	}
	return first(id, called)
}
