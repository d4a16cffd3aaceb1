package jira

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"example.com/accord/issue"
)

// log reads the whole changelog, oldest first. Embedded in an issue it has the
// newest entries only, where the site cuts it off; the older ones do not change
// any more: docs/JIRA.md "Changelog".
func (l *looking) log(ctx context.Context, i *issueJSON) ([]issue.Entry, error) {
	if i.Changelog == nil {
		return nil, nil
	}
	all := map[id]historyJSON{}
	for _, h := range i.Changelog.Histories {
		all[h.ID] = h
	}
	if l.p.c.dialect.logPages && len(all) < i.Changelog.Total {
		older, err := l.p.c.older(ctx, string(i.ID), i.Changelog.Total, all)
		if err != nil {
			return nil, fmt.Errorf("read changelog of %s: %w", i.Key, err)
		}
		for _, h := range older {
			all[h.ID] = h
		}
	}
	var out []issue.Entry
	for _, h := range all {
		es, err := l.entries(ctx, h)
		if err != nil {
			return nil, fmt.Errorf("read changelog of %s: %w", i.Key, err)
		}
		out = append(out, es...)
	}
	slices.SortFunc(out, func(a, b issue.Entry) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// logs remembers the older parts of long changelogs, from the oldest on, by
// issue id.
type logs struct {
	mu    sync.Mutex
	older map[string][]historyJSON
	size  int // of all of them
}

// logsMost is how many bytes of them are remembered; beyond it all are read
// again. An entry holds a text whole, before and after.
const logsMost = 16 << 20

func (l *logs) find(issueID string) []historyJSON {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.older[issueID]
}

func (l *logs) learn(issueID string, known []historyJSON) {
	n := sizeOf(known)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.size -= sizeOf(l.older[issueID])
	delete(l.older, issueID)
	if l.older == nil || l.size+n > logsMost {
		l.older, l.size = map[string][]historyJSON{}, 0
	}
	if n <= logsMost {
		l.older[issueID] = known
		l.size += n
	}
}

// sizeOf is about how many bytes entries take in memory.
func sizeOf(hs []historyJSON) (n int) {
	for _, h := range hs {
		n += 256 + len(h.Metadata)
		for _, it := range h.Items {
			n += 256 + len(it.From) + len(it.FromString) + len(it.To) + len(it.ToString)
		}
	}
	return n
}

// older pages the changelog of an issue from the oldest entry, less what was
// read before, until with the newest ones it has so many entries in all.
func (c *Client) older(ctx context.Context, issueID string, total int, newest map[id]historyJSON) ([]historyJSON, error) {
	known := c.logs.find(issueID)
	for len(known)+len(newest) < total {
		var page logJSON
		if err := c.do(ctx, get("/issue/{}/changelog", issueID).with("startAt", strconv.Itoa(len(known))), &page); err != nil {
			return nil, err
		}
		known = slices.Concat(known, page.Values)
		if len(page.Values) == 0 || page.IsLast {
			break
		}
	}
	c.logs.learn(issueID, known)
	return known, nil
}

// entries returns what a history says of the participant's fields.
func (l *looking) entries(ctx context.Context, h historyJSON) (out []issue.Entry, err error) {
	ours, turn := h.Author.same(l.me), ""
	var m metadata
	if ours && json.Unmarshal(h.Metadata, &m) == nil && m.Type == markKey {
		turn = m.Extra["turn"]
	}
	for n, it := range h.Items {
		f, ok := l.fields.logged(it)
		if !ok {
			continue
		}
		e := issue.Entry{
			ID: string(h.ID) + "." + strconv.Itoa(n), Place: issue.Place{Field: f.Name}, By: h.Author.Display, Ours: ours, At: h.Created.Time,
			Turn: turn, Known: true,
		}
		if f.Type == User && l.p.c.dialect.userKeys {
			if it, e.Known, err = l.p.c.renamed(ctx, it); err != nil {
				return nil, err
			}
		}
		if e.Known {
			e.From, e.To = logValue(f, it.From, it.FromString), logValue(f, it.To, it.ToString)
		}
		if to, ok := e.To.(issue.Set); ok {
			from := e.From.(issue.Set)
			e.Add, e.Remove = to.Minus(from), from.Minus(to)
		}
		out = append(out, e)
	}
	return out, nil
}

// renamed returns an item about people with their names instead of their keys.
// It is not known where the site does not tell a name.
func (c *Client) renamed(ctx context.Context, it item) (item, bool, error) {
	from, knowsFrom, err := c.nameOf(ctx, string(it.From))
	if err != nil {
		return it, false, err
	}
	to, knowsTo, err := c.nameOf(ctx, string(it.To))
	it.From, it.To = word(from), word(to)
	return it, knowsFrom && knowsTo, err
}
