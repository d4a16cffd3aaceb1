package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"time"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// seenMost bounds what a cursor remembers; beyond it some issues come twice,
// which does no harm. Two cursors, one of everything and one of what is recent,
// have room in one durable.State.
const seenMost = 500

// A walk is the position of [Participant.Changed]. It goes through issues in
// the order of their last change: each page is a query of its own, from the
// minute of the last issue before it, less what was seen there. Only where one
// minute holds more than a page, the query of that minute is paged.
type walk struct {
	Began time.Time        `json:"began"`          // by our clock
	Floor time.Time        `json:"floor,omitzero"` // by the site's clock: the query's lower bound; zero: none
	Seen  map[string]int64 `json:"seen,omitempty"` // issue id → its last change when yielded, epoch milliseconds, from Floor on
	At    spot             `json:"at,omitzero"`    // in the query of Floor
	Last  string           `json:"last,omitempty"` // the version before At: if another stands there, the results have shifted
}

// Changed implements [connector.Connector].
func (p *Participant) Changed(ctx context.Context, from connector.Cursor) iter.Seq2[connector.Page, error] {
	return func(yield func(connector.Page, error) bool) {
		for {
			page, err := p.step(ctx, from)
			if err != nil {
				yield(connector.Page{}, fmt.Errorf("walk what changed: %w", err))
				return
			}
			if !yield(page, nil) || page.Last {
				return
			}
			from = page.Next
		}
	}
}

// step makes one page.
func (p *Participant) step(ctx context.Context, from connector.Cursor) (connector.Page, error) {
	var w walk
	if from.At != "" {
		if err := json.Unmarshal([]byte(from.At), &w); err != nil {
			return connector.Page{}, fmt.Errorf("read cursor: %w", err)
		}
	}
	// Where a log-in is not recognised a search answers with nothing.
	me, err := p.c.probe(ctx)
	if err != nil {
		return connector.Page{}, err
	}
	starts := w.Began.IsZero()
	if starts {
		w.Began = p.c.now()
		if !from.Since.IsZero() {
			w.Floor = p.siteTime(from.Since).Add(-overlap).Truncate(time.Minute)
		}
	}
	results, err := p.results(ctx, &w, me.Zone)
	if err != nil {
		return connector.Page{}, err
	}
	page := connector.Page{Views: p.hints(results.issues, &w, me), Total: results.total, Last: results.last}
	if starts && !results.last {
		page.Total = max(page.Total, p.count(ctx, w, me.Zone))
	}
	if page.Last {
		page.Next.Since = w.Began
		return page, nil
	}
	w.advance(results)
	at, err := json.Marshal(w)
	page.Next = connector.Cursor{Since: from.Since, At: string(at)}
	return page, err
}

// results fetches the page that is due. Issues that change while their minute
// is paged move to the end; on a site that pages by number the rest moves up.
// Then the minute is begun again, less what was seen.
func (p *Participant) results(ctx context.Context, w *walk, zone string) (found, error) {
	q := query{jql: p.jql(*w, zone) + " ORDER BY updated ASC, id ASC", fields: []string{"project", "created", "updated", "creator"}, size: p.c.pageSize}
	at := w.At
	if at.Start > 0 {
		at.Start-- // the one before, to see if it still stands there
	}
	page, err := p.c.search(ctx, q, at)
	expired := w.At.Token != "" && statusOf(err) == http.StatusBadRequest
	shifted := err == nil && w.At.Start > 0 && (len(page.issues) == 0 || page.issues[0].version() != w.Last)
	if expired || shifted {
		w.At, w.Last = spot{}, ""
		return p.c.search(ctx, q, w.At)
	}
	return page, err
}

func (p *Participant) jql(w walk, zone string) string {
	s := "project = " + quoted(p.project.Key)
	if !w.Floor.IsZero() {
		s += " AND updated >= " + quoted(jqlTime(w.Floor, zone))
	}
	return s
}

// hints returns views of what was not yet seen.
func (p *Participant) hints(all []issueJSON, w *walk, me person) []issue.View {
	if w.Seen == nil {
		w.Seen = map[string]int64{}
	}
	var out []issue.View
	l := &looking{p: p, me: me}
	for _, i := range all {
		v := l.head(fetched{&i, p.c.now()})
		ms := v.Updated.UnixMilli()
		if w.Seen[v.Ref.ID] == ms {
			continue
		}
		w.Seen[v.Ref.ID] = ms
		out = append(out, v)
	}
	return out
}

// version names an issue as it was after its last change.
func (i issueJSON) version() string {
	var updated stamp
	i.field("updated", &updated)
	return fmt.Sprintf("%s@%d", i.ID, updated.UnixMilli())
}

// advance moves the walk past a page that is not the last.
func (w *walk) advance(page found) {
	if len(page.issues) > 0 {
		last := page.issues[len(page.issues)-1]
		var updated stamp
		last.field("updated", &updated)
		if minute := updated.Truncate(time.Minute); minute.After(w.Floor) {
			w.Floor, w.At, w.Last = minute, spot{}, ""
			w.forget(minute)
			return
		}
		w.Last = last.version()
	}
	w.At = page.next
	w.forget(w.Floor)
}

// forget drops what was seen before a time, and all if it is too much.
func (w *walk) forget(before time.Time) {
	for id, ms := range w.Seen {
		if ms < before.UnixMilli() {
			delete(w.Seen, id)
		}
	}
	if len(w.Seen) > seenMost {
		w.Seen = nil
	}
}

// count estimates how many issues the walk has, 0 if the site does not say.
func (p *Participant) count(ctx context.Context, w walk, zone string) int {
	if p.c.dialect.count == "" {
		return 0
	}
	var o struct {
		Count int `json:"count"`
	}
	r := call{method: http.MethodPost, path: p.c.dialect.count, body: map[string]string{"jql": p.jql(w, zone)}}
	if p.c.do(ctx, r, &o) != nil {
		return 0
	}
	return o.Count
}
