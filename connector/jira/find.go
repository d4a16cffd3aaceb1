package jira

import (
	"context"
	"fmt"
	"iter"
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
	best := issue.Ref{}
	for i, err := range p.made(ctx, since) {
		if err != nil {
			return v, err
		}
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
	v.Clock = p.c.clock.now()
	if best == (issue.Ref{}) {
		return v, nil
	}
	for v, err := range p.Read(ctx, best.ID) {
		return v, err
	}
	return v, nil
}

// Mark implements [connector.Connector].
func (p *Participant) Mark(ctx context.Context, id string, link issue.Ref, joined ...issue.Ref) error {
	c := call{method: http.MethodPut, path: "/issue/{}/properties/{}", args: []string{id, markKey}, body: markJSON{link, joined}, issue: id}
	if err := p.c.do(ctx, c, nil); err != nil {
		return fmt.Errorf("mark issue %s: %w", id, err)
	}
	return nil
}

// Made implements [connector.Connector]. On Data Center, whose search returns
// no properties, no view has its mark.
func (p *Participant) Made(ctx context.Context, since time.Time) iter.Seq2[issue.View, error] {
	return func(yield func(issue.View, error) bool) {
		for i, err := range p.made(ctx, since) {
			var created stamp
			i.field("created", &created)
			v := issue.View{
				Ref: issue.Ref{Participant: p.project.Participant, ID: string(i.ID)}, Key: i.Key, Ours: true,
				Created: created.Time, Mark: i.mark().Link, Looked: p.c.now(), Clock: p.c.clock.now(),
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// made searches for what our account created, oldest first. On a site that
// pages by number one that is deleted meanwhile moves the rest up: then the
// search is begun again.
func (p *Participant) made(ctx context.Context, since time.Time) iter.Seq2[issueJSON, error] {
	return func(yield func(issueJSON, error) bool) {
		// Where a log-in is not recognised a search answers with nothing.
		me, err := p.c.probe(ctx)
		if err != nil {
			yield(issueJSON{}, err)
			return
		}
		q := query{marks: true, fields: []string{"created"}, size: p.c.pageSize, jql: p.madeJQL(since, me.Zone)}
		total := 0
		for at, last := (spot{}), false; !last; {
			page, err := p.c.search(ctx, q, at)
			if err != nil {
				yield(issueJSON{}, err)
				return
			}
			for _, i := range page.issues {
				if !yield(i, nil) {
					return
				}
			}
			at, last = page.next, page.last
			if page.total < total {
				at, last = spot{}, false
			}
			total = page.total
		}
	}
}

func (p *Participant) madeJQL(since time.Time, zone string) string {
	jql := "project = " + quoted(p.project.Key) + " AND creator = currentUser()"
	if !since.IsZero() {
		jql += " AND created >= " + quoted(jqlTime(p.siteTime(since).Add(-overlap), zone))
	}
	return jql + " ORDER BY created ASC"
}

// siteTime is a time of ours by the site's clock.
func (p *Participant) siteTime(t time.Time) time.Time { return t.Add(-p.c.clock.now().Offset) }

// markedBy returns the mark of a found issue.
func (p *Participant) markedBy(ctx context.Context, i issueJSON) (issue.Ref, error) {
	if p.c.dialect.found {
		return i.mark().Link, nil
	}
	var one issueJSON
	r := get("/issue/{}", string(i.ID))
	r.query = url.Values{"fields": {"created"}, "properties": {markKey}}
	if err := p.c.do(ctx, r, &one); err != nil && statusOf(err) != http.StatusNotFound {
		return issue.Ref{}, fmt.Errorf("read the mark of %s: %w", i.Key, err)
	}
	return one.mark().Link, nil
}
