package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"example.com/accord/issue"
)

// overlap is how far before the time asked for a search begins: clocks differ,
// JQL steps by minutes, and a change may show minutes late: docs/JIRA.md "Search".
const overlap = 5 * time.Minute

// Find implements [connector.Connector].
func (p *Participant) Find(ctx context.Context, link issue.Ref, since time.Time) (issue.View, error) {
	v := issue.View{State: issue.Absent, Looked: p.c.now()}
	me, err := p.c.probe(ctx)
	if err != nil {
		return v, err
	}
	q := query{marks: true, fields: []string{"created"}, jql: fmt.Sprintf(
		"project = %s AND creator = currentUser() AND created >= %s ORDER BY created ASC",
		quoted(p.project.Key), quoted(jqlTime(p.siteTime(since).Add(-overlap), me.Zone)))}
	best := issue.Ref{}
	for at, last := (spot{}), false; !last; {
		page, err := p.c.search(ctx, q, at)
		if err != nil {
			return v, err
		}
		for _, i := range page.issues {
			ref := issue.Ref{Participant: p.project.Participant, ID: string(i.ID)}
			if best != (issue.Ref{}) && best.Compare(ref) < 0 {
				continue
			}
			mark, err := p.markedBy(ctx, i)
			if err != nil {
				return v, err
			}
			if mark == link {
				best = ref
			}
		}
		at, last = page.next, page.last
	}
	v.Clock = p.c.clock.now()
	if best == (issue.Ref{}) {
		return v, nil
	}
	for v, err := range p.Read(ctx, best.ID) {
		return v, err
	}
	return v, nil
}

// siteTime is a time of ours by the site's clock.
func (p *Participant) siteTime(t time.Time) time.Time { return t.Add(-p.c.clock.now().Offset) }

// markedBy returns the mark of a found issue.
func (p *Participant) markedBy(ctx context.Context, i issueJSON) (issue.Ref, error) {
	if p.c.dialect.found {
		return i.mark(), nil
	}
	var one issueJSON
	r := get("/issue/{}", string(i.ID))
	r.query = url.Values{"fields": {"created"}, "properties": {markKey}}
	if err := p.c.do(ctx, r, &one); err != nil && statusOf(err) != http.StatusNotFound {
		return issue.Ref{}, fmt.Errorf("read the mark of %s: %w", i.Key, err)
	}
	return one.mark(), nil
}
