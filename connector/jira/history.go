package jira

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"example.com/accord/issue"
)

// log reads the whole changelog, oldest first. Embedded in an issue it has the
// newest entries only, where the site cuts it off; the older ones do not change
// any more and are paged from the oldest: docs/JIRA.md "Changelog".
func (l *looking) log(ctx context.Context, i *issueJSON) ([]issue.Entry, error) {
	if i.Changelog == nil {
		i.Changelog = &logJSON{}
	}
	all := map[id]historyJSON{}
	for _, h := range i.Changelog.Histories {
		all[h.ID] = h
	}
	for at := 0; l.p.c.dialect.logPages && len(all) < i.Changelog.Total; {
		var page logJSON
		if err := l.p.c.do(ctx, get("/issue/{}/changelog", string(i.ID)).with("startAt", strconv.Itoa(at)), &page); err != nil {
			return nil, fmt.Errorf("read changelog of %s: %w", i.Key, err)
		}
		for _, h := range page.Values {
			all[h.ID] = h
		}
		if at += len(page.Values); len(page.Values) == 0 || page.IsLast {
			break
		}
	}
	var out []issue.Entry
	for _, h := range all {
		out = append(out, l.entries(ctx, h)...)
	}
	slices.SortFunc(out, func(a, b issue.Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// entries returns what a history says of the participant's fields.
func (l *looking) entries(ctx context.Context, h historyJSON) []issue.Entry {
	ours := h.Author.same(l.me)
	turn := ""
	if ours && h.Metadata.Type == markKey {
		turn = h.Metadata.Extra["turn"]
	}
	name := func(user string) string { return user }
	if l.p.c.dialect.userKeys {
		name = func(key string) string { return l.p.c.nameOf(ctx, key) }
	}
	var out []issue.Entry
	for n, it := range h.Items {
		f, ok := l.fields.logged(it)
		if !ok {
			continue
		}
		e := issue.Entry{
			ID: string(h.ID) + "." + strconv.Itoa(n), Place: issue.Place{Field: f.Name}, By: h.Author.Display, Ours: ours, At: h.Created.Time,
			Turn: turn, Known: true,
			From: logValue(f, it.From, it.FromStr, name), To: logValue(f, it.To, it.ToStr, name),
		}
		if to, ok := e.To.(issue.Set); ok {
			from := e.From.(issue.Set)
			e.Add, e.Remove = to.Minus(from), from.Minus(to)
		}
		out = append(out, e)
	}
	return out
}
