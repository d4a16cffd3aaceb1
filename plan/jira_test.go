package plan_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
)

// A jira is one issue of a tracker without compare-and-swap, with a changelog,
// as a story needs it: what is told to happen happens, and nothing else.
type jira struct {
	who      issue.Participant
	id       string
	ours     bool
	mark     issue.Ref
	created  time.Time
	updated  time.Time
	fields   map[string]issue.Value
	log      []issue.Entry
	lag      time.Duration // of the changelog behind the fields
	comments []*comment
	n        int

	down     bool
	unfound  bool                                       // search does not show it yet
	refuses  map[string]string                          // field → the site's sentence
	defaults map[string]issue.Value                     // of a new issue
	carries  map[string]bool                            // nil: a create's body carries all but status
	rewrites map[string]func(issue.Scalar) issue.Scalar // what the site makes of a written value
	robot    map[string]issue.Value                     // what a robot puts back after each write of ours
	longest  int                                        // a text may have so many letters; 0: any
	hides    []string                                   // comments on no page of the next look
}

type comment struct {
	issue.RowSeen
	id     string
	body   text.Doc
	author string // "" when our account made it
}

func (j *jira) set(field string, v issue.Value, by, turn string, at time.Time) {
	old := j.fields[field]
	if issue.Same(old, v) {
		return
	}
	j.n++
	e := issue.Entry{ID: fmt.Sprint(j.who, j.n), Place: issue.Place{Field: field}, By: by, Ours: by == "sync", Turn: turn, At: at, From: old, To: v, Known: true}
	if s, ok := v.(issue.Set); ok {
		was, _ := old.(issue.Set)
		e.Add, e.Remove = s.Minus(was), was.Minus(s)
	}
	j.log = append(j.log, e)
	j.fields[field], j.updated = v, at
}

func (j *jira) find(id string) *comment {
	i := slices.IndexFunc(j.comments, func(c *comment) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return j.comments[i]
}

func (j *jira) add(body text.Doc, by string, mark issue.RowMark, at time.Time) string {
	j.n++
	c := &comment{id: fmt.Sprint(j.n), body: body}
	c.RowSeen = issue.RowSeen{By: by, Ours: by == "sync", Created: at, Mark: mark}
	if by != "sync" {
		c.author = by
	}
	j.comments = append(j.comments, c)
	j.touch(c, by, at)
	return c.id
}

func (j *jira) touch(c *comment, by string, at time.Time) {
	j.n++
	c.Version, c.By, c.Echo, c.Updated = fmt.Sprint(j.n), by, by == "sync", at
	j.updated = at
}

func (j *jira) look(now time.Time) issue.View {
	v := issue.View{Ref: issue.Ref{Participant: j.who, ID: j.id}, Key: strings.ToUpper(string(j.who)) + "-" + j.id, Mark: j.mark, Ours: j.ours,
		Created: j.created, Updated: j.updated, Looked: now, Doc: issue.Document{}, Rows: map[issue.Place]issue.RowSeen{}}
	for f, x := range j.fields {
		v.Doc[issue.Place{Field: f}] = x
	}
	for _, e := range j.log {
		if !e.At.Add(j.lag).After(now) {
			v.Log = append(v.Log, e)
		}
	}
	for _, c := range j.comments {
		if slices.Contains(j.hides, c.id) {
			continue
		}
		x := issue.Place{Field: "comments", Row: issue.Ref{Participant: j.who, ID: c.id}}
		row := issue.Row{"body": issue.Text{Doc: c.body}}
		if c.author != "" {
			row["author"] = issue.Scalar(c.author)
		}
		v.Doc[x], v.Rows[x] = row, c.RowSeen
	}
	return v
}

// write carries out a change and returns what the site answers.
func (j *jira) write(c issue.Change, now time.Time) plan.Outcome {
	o := plan.Outcome{Replies: map[issue.Place]issue.Reply{}, Rows: map[issue.Place]issue.RowAt{}}
	if c.On.ID == "" {
		j.make(c, now)
		o.Ref, o.Key = issue.Ref{Participant: j.who, ID: j.id}, strings.ToUpper(string(j.who))+"-"+j.id
	}
	places := issue.Places(c.Patch)
	slices.SortStableFunc(places, func(x, y issue.Place) int {
		return cmp.Or(cmp.Compare(x.Field, y.Field), c.Rows[x].Created.Compare(c.Rows[y].Created))
	})
	for _, x := range places {
		switch {
		case j.tooLong(c.Patch[x]):
			o.Replies[x] = issue.Reply{State: issue.Refused, Why: "it is too long", Final: true}
		case x.Row != (issue.Ref{}):
			o.Replies[x] = j.writeRow(x, c, now, o.Rows)
		case j.refuses[x.Field] != "":
			o.Replies[x] = issue.Reply{State: issue.Refused, Why: j.refuses[x.Field]}
		case c.On.ID == "" && (x.Field == "status" || j.carries != nil && !j.carries[x.Field]):
			o.Replies[x] = issue.Reply{State: issue.NotDone}
		default:
			j.writeField(x, c, now)
			o.Replies[x] = issue.Reply{State: issue.Done}
		}
	}
	return o
}

func (j *jira) tooLong(v issue.Value) bool {
	switch v := v.(type) {
	case issue.Text:
		return j.longest > 0 && len(text.Line(v.Doc)) > j.longest
	case issue.Row:
		return j.tooLong(v["body"])
	}
	return false
}

func (j *jira) make(c issue.Change, now time.Time) {
	j.n++
	j.id, j.ours, j.mark, j.created, j.updated = fmt.Sprint(100+j.n), true, c.Link, now, now
	maps.Copy(j.fields, j.defaults)
}

func (j *jira) writeField(x issue.Place, c issue.Change, now time.Time) {
	v := c.Patch[x]
	if set, ok := v.(issue.Set); ok { // by the verbs add and remove
		from, _ := c.From[x].(issue.Set)
		cur, _ := j.fields[x.Field].(issue.Set)
		v = cur.Plus(set.Minus(from)).Minus(from.Minus(set))
	}
	if f := j.rewrites[x.Field]; f != nil {
		v = f(v.(issue.Scalar))
	}
	if c.On.ID == "" { // a create leaves no changelog
		j.fields[x.Field] = v
		return
	}
	j.set(x.Field, v, "sync", c.Turn, now)
	if back := j.robot[x.Field]; back != nil {
		j.set(x.Field, back, "robot", "", now.Add(time.Millisecond))
	}
}

func (j *jira) writeRow(x issue.Place, c issue.Change, now time.Time, rows map[issue.Place]issue.RowAt) issue.Reply {
	row, _ := c.Patch[x].(issue.Row)
	body, _ := row["body"].(issue.Text)
	was, had := c.From[x].(issue.Row)
	mark := issue.RowMark{Row: x.Row, Issue: j.id, Turn: c.Turn}
	if !had {
		id := j.add(body.Doc, "sync", mark, now)
		rows[x] = issue.RowAt{ID: id, Version: j.find(id).Version}
		return issue.Reply{State: issue.Done}
	}
	old := j.find(c.Rows[x].ID)
	if old == nil || !(issue.Text{Doc: old.body}).Equal(was["body"]) {
		return issue.Reply{State: issue.NotDone}
	}
	if row == nil {
		j.comments = slices.DeleteFunc(j.comments, func(o *comment) bool { return o == old })
		return issue.Reply{State: issue.Done}
	}
	old.body, old.Mark = body.Doc, mark
	j.touch(old, "sync", now)
	rows[x] = issue.RowAt{ID: old.id, Version: old.Version}
	return issue.Reply{State: issue.Done}
}
