package world

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
)

// A Hit is an issue that a search found, in the version that the index has,
// and the keys that put it in its place.
type Hit struct {
	Issue *Issue
	Keys  []string
}

// Search finds what an account may see, in the order asked for. Anonymous
// callers find nothing: docs/JIRA.md "Authentication".
func (w *World) Search(by By, q jql.Query) ([]Hit, error) {
	if by.User == nil {
		return nil, nil
	}
	hits, wrong := w.Find(by, q)
	if len(wrong) > 0 {
		return nil, &Refusal{Status: 400, Messages: wrong}
	}
	return hits, nil
}

// Find is a search that is not refused: a clause in which something is wrong
// fits no issue, and what is wrong is told beside what was found.
func (w *World) Find(by By, q jql.Query) (hits []Hit, wrong []string) {
	if by.User == nil {
		return nil, nil
	}
	match, order, wrong := w.compile(by, q)
	for id, x := range w.index {
		i := x.see(by.Now)
		if i == nil || w.Issues[id] == nil || i.Archived || w.Home(i).Archived || !match(i) || !w.May(by.User, "BROWSE_PROJECTS", w.Home(i)) {
			continue
		}
		h := Hit{Issue: i}
		for _, s := range order {
			h.Keys = append(h.Keys, s.key(i))
		}
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b Hit) int { return compare(order, a, b) })
	return hits, wrong
}

// Check tells what is wrong with a query.
func (w *World) Check(by By, q jql.Query) []string {
	_, _, wrong := w.compile(by, q)
	return wrong
}

// Matches reports whether an issue, as it is, fits a query. A query that
// cannot be read fits nothing.
func (w *World) Matches(by By, q jql.Query, i *Issue) bool {
	match, _, wrong := w.compile(by, q)
	return len(wrong) == 0 && match(i)
}

// After leaves of hits those that come after a place in the order.
func (w *World) After(by By, q jql.Query, hits []Hit, keys []string, id string) []Hit {
	_, order, wrong := w.compile(by, q)
	if len(wrong) > 0 || len(keys) != len(order) {
		return nil
	}
	n := slices.IndexFunc(hits, func(h Hit) bool {
		return compare(order, h, Hit{Issue: &Issue{ID: id}, Keys: keys}) > 0
	})
	if n < 0 {
		return nil
	}
	return hits[n:]
}

// Bounded reports whether a query restricts anything at all.
func Bounded(q jql.Query) bool { return q.Where != nil }

func (w *World) compile(by By, q jql.Query) (test, []sorter, []string) {
	if by.User == nil {
		by.User = &User{} // nobody, who sees nothing
	}
	c := &compiler{w: w, by: by}
	match := c.expr(q.Where)
	var order []sorter
	for _, s := range q.Order {
		if o := c.order(s); o.key != nil {
			order = append(order, o)
		}
	}
	return match, order, c.wrong
}

// A sorter is one term of ORDER BY.
type sorter struct {
	key  func(*Issue) string
	desc bool
}

// compare orders hits; those that are equal stand by id, the newest first.
func compare(order []sorter, a, b Hit) int {
	for n, s := range order {
		c := strings.Compare(a.Keys[n], b.Keys[n])
		if s.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(len(b.Issue.ID), len(a.Issue.ID)), strings.Compare(b.Issue.ID, a.Issue.ID))
}

// A test tells whether an issue fits.
type test func(*Issue) bool

// instantKey writes an instant so that text order is time order.
func instantKey(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000")
}
