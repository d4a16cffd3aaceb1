package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"example.com/accord/issue"
)

// rows reads all comments of an issue into the view. Embedded is the field as
// the issue has it; if that is not all of them, they are paged.
func (l *looking) rows(ctx context.Context, field, id string, embedded json.RawMessage, v *issue.View) error {
	var page commentPage
	if empty(embedded) || json.Unmarshal(embedded, &page) != nil || len(page.Comments) < page.Total {
		var err error
		if page.Comments, err = l.p.c.comments(ctx, id); err != nil {
			return fmt.Errorf("read comments of %s: %w", v.Key, err)
		}
	}
	marks, err := l.marksOf(ctx, page.Comments)
	if err != nil {
		return fmt.Errorf("read marks of the comments of %s: %w", v.Key, err)
	}
	for _, c := range page.Comments {
		at := issue.Place{Field: field, Row: issue.Ref{Participant: v.Ref.Participant, ID: string(c.ID)}}
		last := c.Editor
		if last == (person{}) {
			last = c.Author
		}
		v.Rows[at] = issue.RowSeen{
			Version: c.version(), By: last.Display, Ours: c.Author.same(l.me), Echo: last.same(l.me),
			Created: c.Created.Time, Updated: c.Updated.Time, Mark: marks[c.ID],
		}
		if c.restricted() {
			continue
		}
		body, err := l.p.c.dialect.decodeText(c.Body)
		if err != nil {
			l.p.c.log.WarnContext(ctx, "comment not heard", "site", l.p.c.site.Name, "issue", v.Key, "comment", string(c.ID), "why", err)
			continue
		}
		row := issue.Row{"body": issue.Text{Doc: body}}
		if !c.Author.same(l.me) {
			row["author"] = issue.Scalar(c.Author.Display)
		}
		v.Doc[at] = row
	}
	return nil
}

// rereads is how often comments are read again because their pages shifted.
const rereads = 2

// comments pages all comments of an issue, oldest first. One that is deleted or
// made meanwhile shifts the pages, and another one may stand on none: then they
// are read again, and what is still missing is asked for by its id where it matters.
func (c *Client) comments(ctx context.Context, issueID string) (all []commentJSON, err error) {
	for range 1 + rereads {
		steady := false
		if all, steady, err = c.commentPages(ctx, issueID); err != nil || steady {
			break
		}
	}
	return all, err
}

// commentPages pages the comments once. Steady: nothing shifted.
func (c *Client) commentPages(ctx context.Context, issueID string) (all []commentJSON, steady bool, err error) {
	total, ids := -1, map[id]bool{}
	steady = true
	for {
		var page commentPage
		r := get("/issue/{}/comment", issueID).with("startAt", strconv.Itoa(len(all))).with("maxResults", "100").with("orderBy", "created")
		if err := c.do(ctx, r, &page); err != nil {
			return nil, false, err
		}
		steady = steady && (total < 0 || page.Total == total)
		total = page.Total
		for _, m := range page.Comments {
			steady = steady && !ids[m.ID]
			ids[m.ID] = true
		}
		all = append(all, page.Comments...)
		if len(page.Comments) == 0 || len(all) >= page.Total {
			return all, steady, nil
		}
	}
}

// marks remembers the marks of comments by comment and version.
type marks struct {
	mu    sync.Mutex
	known map[string]issue.RowMark
}

// marksMost bounds what is remembered; beyond it all is read again.
const marksMost = 10_000

func (m *marks) find(c commentJSON) (issue.RowMark, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	mark, ok := m.known[string(c.ID)+"@"+c.version()]
	return mark, ok
}

func (m *marks) learn(c commentJSON, mark issue.RowMark) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= marksMost {
		m.known = map[string]issue.RowMark{}
	}
	m.known[string(c.ID)+"@"+c.version()] = mark
}

// marksOf returns the marks of those comments that our account wrote.
func (l *looking) marksOf(ctx context.Context, all []commentJSON) (map[id]issue.RowMark, error) {
	out := map[id]issue.RowMark{}
	var unknown []commentJSON
	for _, c := range all {
		if !c.Author.same(l.me) {
			continue
		}
		if mark, ok := l.p.c.marks.find(c); ok {
			out[c.ID] = mark
		} else {
			unknown = append(unknown, c)
		}
	}
	for some := range slices.Chunk(unknown, 1000) {
		found, err := l.p.c.markList(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			mark, ok := found[c.ID]
			if !ok {
				if mark, err = l.p.c.markOf(ctx, c); err != nil {
					return nil, err
				}
			}
			out[c.ID] = mark
			l.p.c.marks.learn(c, mark)
		}
	}
	return out, nil
}

// markList reads the marks of up to 1000 comments in one call, where the site
// can: docs/JIRA.md "Not repeating a create". Those it does not return are
// not told.
func (c *Client) markList(ctx context.Context, some []commentJSON) (map[id]issue.RowMark, error) {
	if !c.dialect.commentList {
		return nil, nil
	}
	var ids []json.Number
	for _, m := range some {
		ids = append(ids, json.Number(m.ID))
	}
	var page struct {
		Values []commentJSON `json:"values"`
	}
	r := call{method: http.MethodPost, path: "/comment/list", body: map[string]any{"ids": ids}}.with("expand", "properties")
	if err := c.do(ctx, r, &page); err != nil {
		return nil, err
	}
	out := map[id]issue.RowMark{}
	for _, m := range page.Values {
		out[m.ID] = issue.RowMark{}
		for _, p := range m.Properties {
			if p.Key == markKey {
				out[m.ID] = rowMark(p.Value)
			}
		}
	}
	return out, nil
}

// markOf reads the mark of one comment.
func (c *Client) markOf(ctx context.Context, m commentJSON) (issue.RowMark, error) {
	var p property
	err := c.do(ctx, get("/comment/{}/properties/{}", string(m.ID), markKey), &p)
	if err != nil && statusOf(err) != http.StatusNotFound {
		return issue.RowMark{}, err
	}
	return rowMark(p.Value), nil
}

func rowMark(b json.RawMessage) issue.RowMark {
	var m issue.RowMark
	if json.Unmarshal(b, &m) != nil {
		return issue.RowMark{}
	}
	return m
}

// Gone implements [connector.Connector].
func (p *Participant) Gone(ctx context.Context, issueID string, rows ...issue.Place) ([]issue.Place, error) {
	var gone []issue.Place
	for _, at := range rows {
		err := p.c.do(ctx, get("/issue/{}/comment/{}", issueID, at.Row.ID), nil)
		switch {
		case statusOf(err) == http.StatusNotFound:
			gone = append(gone, at)
		case err != nil:
			return nil, fmt.Errorf("read comment %s: %w", at.Row.ID, err)
		}
	}
	if len(gone) == 0 {
		return nil, nil
	}
	if _, err := p.c.probe(ctx); err != nil {
		return nil, err
	}
	if err := p.c.do(ctx, get("/issue/{}", issueID).with("fields", "created"), nil); err != nil {
		return nil, fmt.Errorf("prove that issue %s can be read: %w", issueID, err)
	}
	return gone, nil
}
