package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// Site implements [connector.Connector].
func (p *Participant) Site() string { return p.c.site.Name }

// bulkMost is how many issues one bulk call takes: docs/JIRA.md "Search".
const bulkMost = 100

// Read implements [connector.Connector].
func (p *Participant) Read(ctx context.Context, ids ...string) iter.Seq2[issue.View, error] {
	return func(yield func(issue.View, error) bool) {
		l, err := p.looking(ctx)
		if err != nil {
			yield(issue.View{}, err)
			return
		}
		for some := range slices.Chunk(ids, bulkMost) {
			found, err := l.fetch(ctx, some)
			if err != nil {
				yield(issue.View{}, err)
				return
			}
			for _, id := range some {
				v, err := l.one(ctx, id, found[id])
				if !yield(v, err) || err != nil {
					return
				}
			}
		}
	}
}

// A looking is what all looks of one Read have in common.
type looking struct {
	p      *Participant
	fields fields
	me     person
}

func (p *Participant) looking(ctx context.Context) (*looking, error) {
	me, err := p.c.me(ctx)
	if err != nil {
		return nil, err
	}
	fs, err := p.fields(ctx)
	if err != nil {
		return nil, err
	}
	return &looking{p: p, fields: fs, me: me}, nil
}

// wanted are the fields to ask for: those of the sync, and what a View needs.
func (l *looking) wanted() []string {
	ids := []string{"project", "created", "updated", "creator", "archiveddate"}
	for _, f := range l.fields {
		if f.id != "" && !slices.Contains(ids, f.id) {
			ids = append(ids, f.id)
		}
	}
	slices.Sort(ids)
	return ids
}

// A fetched issue and when the look at it began.
type fetched struct {
	*issueJSON
	began time.Time
}

// fetch reads several issues in one call, where the site can. Those that it
// does not return are read one by one.
func (l *looking) fetch(ctx context.Context, ids []string) (map[string]fetched, error) {
	if len(ids) < 2 || !l.p.c.dialect.bulk {
		return nil, nil
	}
	began := l.p.c.now()
	var o struct {
		Issues []issueJSON `json:"issues"`
	}
	r := call{method: http.MethodPost, path: "/issue/bulkfetch", body: map[string]any{
		"issueIdsOrKeys": ids, "fields": l.wanted(), "properties": []string{markKey}, "expand": []string{"changelog"},
	}}
	if err := l.p.c.do(ctx, r, &o); err != nil {
		return nil, fmt.Errorf("read %d issues: %w", len(ids), err)
	}
	out := map[string]fetched{}
	for _, i := range o.Issues {
		out[string(i.ID)] = fetched{&i, began}
	}
	return out, nil
}

// one completes the look at an issue.
func (l *looking) one(ctx context.Context, id string, got fetched) (issue.View, error) {
	ref := issue.Ref{Participant: l.p.project.Participant, ID: id}
	if got.issueJSON == nil {
		got = fetched{&issueJSON{}, l.p.c.now()}
		r := get("/issue/{}", id)
		r.query = url.Values{"fields": {strings.Join(l.wanted(), ",")}, "properties": {markKey}, "expand": {"changelog"}}
		err := l.p.c.do(ctx, r, got.issueJSON)
		if state, err := l.state(ctx, err); state != issue.Present || err != nil {
			return issue.View{Ref: ref, State: state, Looked: got.began, Clock: l.p.c.clock.now()}, err
		}
	}
	v := l.head(got)
	if v.State == issue.Outside {
		return v, l.p.renamed(ctx, got.issueJSON)
	}
	if v.State != issue.Present {
		return v, nil
	}
	return v, l.fill(ctx, got, &v)
}

// renamed is an error if an issue is in another project only by name: then all
// of the project would seem to have moved away. The old key still finds it:
// docs/JIRA.md "Gone or hidden".
func (p *Participant) renamed(ctx context.Context, i *issueJSON) error {
	var there struct {
		Key string `json:"key"`
	}
	i.field("project", &there)
	now, err := p.called.get(p.c.now(), calledFor, func() (string, error) {
		o := there
		err := p.c.do(ctx, get("/project/{}", p.project.Key), &o)
		if statusOf(err) == http.StatusNotFound {
			return p.project.Key, nil
		}
		return o.Key, err
	})
	switch {
	case err != nil:
		return fmt.Errorf("ask for the key of project %s: %w", p.project.Key, err)
	case now == there.Key:
		return fmt.Errorf("site %s: project %s is called %s now; write that in the file", p.c.site.Name, p.project.Key, now)
	}
	return nil
}

// calledFor is how long the key of a project is believed.
const calledFor = 10 * time.Minute

// state says how an issue that could not be read was found.
func (l *looking) state(ctx context.Context, err error) (issue.Presence, error) {
	switch f := statusOf(err); {
	case err == nil:
		return issue.Present, nil
	case f == http.StatusNotFound:
		return l.p.unseen(ctx)
	case f == http.StatusForbidden && !errors.Is(err, connector.ErrDenied):
		return issue.Denied, nil
	}
	return "", fmt.Errorf("read issue: %w", err)
}

// head returns the view without its content.
func (l *looking) head(got fetched) issue.View {
	c := l.p.c
	v := issue.View{
		Ref: issue.Ref{Participant: l.p.project.Participant, ID: string(got.ID)}, Key: got.Key,
		Looked: got.began, Clock: c.clock.now(),
	}
	var created, updated stamp
	var creator person
	var project struct {
		Key      string `json:"key"`
		Archived bool   `json:"archived"`
	}
	got.field("created", &created)
	got.field("updated", &updated)
	got.field("creator", &creator)
	got.field("project", &project)
	mark := got.mark()
	v.Created, v.Updated, v.Ours, v.Mark, v.Joined = created.Time, updated.Time, creator.same(l.me), mark.Link, mark.Joined
	switch {
	case project.Key != "" && project.Key != l.p.project.Key:
		v.State = issue.Outside
	case project.Archived || !empty(got.Fields["archiveddate"]):
		v.State = issue.Archived
	}
	return v
}

// A markJSON is the property of an issue that names its link.
type markJSON struct {
	Link   issue.Ref   `json:"link"`
	Joined []issue.Ref `json:"joined,omitempty"` // the issues that a person made one
}

// mark reads the property.
func (i issueJSON) mark() (m markJSON) {
	if json.Unmarshal(i.Properties[markKey], &m) != nil {
		return markJSON{} // nobody's, or somebody else's use of the key
	}
	return m
}

// fill reads changelog, fields and rows into the view, in this order. A field
// that the issue does not have, or that holds something else, is not heard.
func (l *looking) fill(ctx context.Context, got fetched, v *issue.View) (err error) {
	if v.Log, err = l.log(ctx, got.issueJSON); err != nil {
		return err
	}
	v.Doc, v.Rows = issue.Document{}, map[issue.Place]issue.RowSeen{}
	for name, f := range l.fields {
		raw, ok := got.Fields[f.id]
		if !ok && f.Type != Comments || f.id == "" {
			continue
		}
		if f.Type == Comments {
			if err := l.rows(ctx, name, string(got.ID), raw, v); err != nil {
				return err
			}
			continue
		}
		if f.Type == User {
			var who person
			_ = json.Unmarshal(raw, &who) // what it is no person of teaches nothing
			l.p.c.people.learn(who)
		}
		val, err := l.p.c.dialect.decodeField(f, raw)
		if err != nil {
			// One field that the file has wrong does not stop the others.
			l.p.c.log.WarnContext(ctx, "field not heard", "site", l.p.c.site.Name, "issue", got.Key, "field", f.id, "type", f.Type, "why", err)
			continue
		}
		v.Doc[issue.Place{Field: name}] = val
	}
	return nil
}
