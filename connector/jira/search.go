package jira

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A query is one search.
type query struct {
	jql    string
	fields []string
	marks  bool // return our property, where the site can
	size   int  // issues a page; 0: the site's default
}

// A spot is a place in the results of a query. The zero spot is the beginning.
type spot struct {
	Token string `json:"token,omitempty"` // Cloud
	Start int    `json:"start,omitempty"` // Data Center
}

// A found page of results.
type found struct {
	issues []issueJSON
	next   spot
	last   bool
	total  int // 0: not told
}

// search fetches one page of results, which may be short without being the
// last: docs/JIRA.md "Search".
func (c *Client) search(ctx context.Context, q query, at spot) (found, error) {
	body := map[string]any{"jql": q.jql, "fields": q.fields}
	if q.size > 0 {
		body["maxResults"] = q.size
	}
	if q.marks && c.dialect.found {
		body["properties"] = []string{markKey}
	}
	if c.dialect.tokens && at.Token != "" {
		body["nextPageToken"] = at.Token
	}
	if !c.dialect.tokens {
		body["startAt"] = at.Start
	}
	var o struct {
		Issues []issueJSON `json:"issues"`
		Next   string      `json:"nextPageToken"`
		Total  int         `json:"total"`
	}
	if err := c.do(ctx, call{method: http.MethodPost, path: c.dialect.jql, body: body}, &o); err != nil {
		return found{}, fmt.Errorf("search %s: %w", q.jql, err)
	}
	f := found{issues: o.Issues, total: o.Total}
	if c.dialect.tokens {
		f.next.Token, f.last = o.Next, o.Next == ""
	} else {
		f.next.Start = at.Start + len(o.Issues)
		f.last = len(o.Issues) == 0 || f.next.Start >= o.Total
	}
	return f, nil
}

// jqlTime writes a time for JQL: to the minute before it, in the zone of the
// account: docs/JIRA.md "Search". The result never says later than t.
func jqlTime(t time.Time, zone string) string {
	const layout = "2006/01/02 15:04"
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" {
		// Somewhere between UTC-12 and UTC+14: as if west of all.
		return t.UTC().Add(-12 * time.Hour).Format(layout)
	}
	wall := t.In(loc).Format(layout)
	// Where clocks were set back the same words name two times; the site may
	// take the later one.
	if t.Add(-time.Hour).In(loc).Format(layout) == wall || t.Add(time.Hour).In(loc).Format(layout) == wall {
		return t.Add(-time.Hour).In(loc).Add(-time.Hour).Format(layout)
	}
	return wall
}

// quoted writes s as a JQL string.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
