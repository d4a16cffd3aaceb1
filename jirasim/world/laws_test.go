package world_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A life is a site on which random things happen.
type life struct {
	t    *rapid.T
	w    *world.World
	now  time.Time
	past map[*world.Issue]string // every version that ever stood, as it was then
	made int                     // issues created and not deleted
}

func newLife(t *rapid.T) *life {
	f := rapid.SampledFrom([]world.Flavour{world.Cloud, world.DataCenter}).Draw(t, "flavour")
	w := world.Found(f, rapid.Uint64Range(0, 50).Draw(t, "seed"), []world.Seat{{Key: "SUP", Name: "Support"}, {Key: "OPS", Name: "Operations"}})
	w.Lag = 10 * time.Second
	return &life{t: t, w: w, now: noon, past: map[*world.Issue]string{}}
}

// by is somebody, now, in version 2 of the API.
func (l *life) by() world.By {
	l.now = l.now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(l.t, "ms")) * time.Millisecond)
	return world.By{User: rapid.SampledFrom(l.w.Users[:4]).Draw(l.t, "who"), Now: l.now, API: 2}
}

func (l *life) issue() *world.Issue {
	var ids []string
	for n := range 40 {
		if id := fmt.Sprint(l.w.First + int64(n)); l.w.Issues[id] != nil {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return l.w.Issues[rapid.SampledFrom(ids).Draw(l.t, "issue")]
}

func raw(s string) json.RawMessage { return json.RawMessage(s) }

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// fields draws some fields that anybody may set, right and wrong ones.
func (l *life) fields() map[string]json.RawMessage {
	draw := func(name string, from ...string) json.RawMessage {
		return raw(rapid.SampledFrom(from).Draw(l.t, name))
	}
	severity := map[world.Flavour]string{world.Cloud: "customfield_10040", world.DataCenter: "customfield_10201"}[l.w.Flavour]
	all := map[string]json.RawMessage{
		"summary":     draw("summary", `"one"`, `"two"`, `"three"`, `""`),
		"description": draw("description", `"words"`, `"*other* words"`, `null`, `""`),
		"labels":      draw("labels", `[]`, `["a"]`, `["b","a"]`, `["a b"]`),
		"priority":    draw("priority", `{"name":"High"}`, `{"id":"3"}`, `{"name":"none such"}`),
		"duedate":     draw("duedate", `"2026-12-24"`, `null`, `"soon"`),
		severity:      draw("severity", `{"value":"Major"}`, `{"value":"Minor"}`, `null`, `{"value":"odd"}`),
	}
	out := map[string]json.RawMessage{}
	for _, k := range []string{"summary", "description", "labels", "priority", "duedate", severity} {
		if rapid.Bool().Draw(l.t, "set "+k) {
			out[k] = all[k]
		}
	}
	return out
}

func (l *life) create(*rapid.T) {
	b := world.Body{Fields: l.fields()}
	b.Fields["project"], b.Fields["issuetype"] = raw(`{"key":"SUP"}`), raw(`{"name":"Bug"}`)
	if i, err := l.w.Create(l.by(), b); err == nil {
		l.made++
		if i.Updated != l.now || len(i.History) != 0 {
			l.t.Fatalf("a new issue has updated %v and %d changes", i.Updated, len(i.History))
		}
	}
}

func (l *life) edit(*rapid.T) {
	i := l.issue()
	if i == nil {
		return
	}
	by := l.by()
	l.w.Take()
	err := l.w.Edit(by, i, world.Body{Fields: l.fields(), Update: map[string][]map[string]json.RawMessage{}})
	n := l.w.Issues[i.ID]
	switch {
	case err != nil && n != i:
		l.t.Fatalf("a refused edit (%v) changed the issue", err)
	case len(n.History) > len(i.History) != (n.Updated == by.Now && n != i):
		l.t.Fatalf("history %d to %d, updated %v to %v", len(i.History), len(n.History), i.Updated, n.Updated)
	case len(l.w.Take()) != len(n.History)-len(i.History):
		l.t.Fatal("an edit and its events do not match")
	}
}

func (l *life) transition(*rapid.T) {
	i := l.issue()
	if i == nil {
		return
	}
	by := l.by()
	open := l.w.Open(by.User, i)
	if len(open) == 0 {
		l.t.Fatalf("an issue is stuck in %s", l.w.Status(i.Values["status"].Text).Name)
	}
	step := rapid.SampledFrom(open).Draw(l.t, "step")
	var b world.Body
	if err := json.Unmarshal(raw(`{"transition":{"id":"`+step.ID+`"}}`), &b); err != nil {
		l.t.Fatal(err)
	}
	if err := l.w.Transition(by, i, b); err != nil {
		l.t.Fatalf("%s is open and refused: %v", step.Name, err)
	}
	n := l.w.Issues[i.ID]
	done := l.w.Status(n.Values["status"].Text).Category == 3
	if n.Values["status"].Text != step.To || done == n.Values["resolution"].Empty() || done == n.Resolved.IsZero() {
		l.t.Fatalf("after %s: status %s, resolution %q since %v", step.Name, n.Values["status"].Text, n.Values["resolution"].Text, n.Resolved)
	}
}

func (l *life) comment(*rapid.T) {
	i := l.issue()
	if i == nil {
		return
	}
	by := l.by()
	if len(i.Comments) > 0 && rapid.Bool().Draw(l.t, "an old one") {
		c := rapid.SampledFrom(i.Comments).Draw(l.t, "comment")
		own := c.Author == by.User.ID || by.User.Admin
		var err error
		if rapid.Bool().Draw(l.t, "delete") {
			err = l.w.Uncomment(by, i, c)
		} else {
			_, err = l.w.Recomment(by, i, c, world.Remark{Body: raw(`"again"`)})
		}
		if (err == nil) != own {
			l.t.Fatalf("of %s, touched by %s: %v", c.Author, by.User.ID, err)
		}
		return
	}
	c, err := l.w.Comment(by, i, world.Remark{Body: raw(`"said"`), Properties: []world.Property{{Key: "k", Value: raw(`1`)}}})
	if err != nil {
		l.t.Fatal(err)
	}
	if found, m, no := l.w.FindAnyComment(by.User, c.ID); no != nil || m != c || found.ID != i.ID {
		l.t.Fatal("a comment is not found by its id")
	}
}

func (l *life) property(*rapid.T) {
	if i := l.issue(); i != nil {
		by := l.by()
		if err := l.w.SetProperty(by, i, world.Property{Key: "k", Value: raw(rapid.SampledFrom([]string{`1`, `{"a":2}`}).Draw(l.t, "value"))}); err != nil {
			l.t.Fatal(err)
		}
		if l.w.Issues[i.ID].Updated != i.Updated {
			l.t.Fatal("a property moves updated")
		}
	}
}

func (l *life) move(*rapid.T) {
	i := l.issue()
	if i == nil {
		return
	}
	by := l.by()
	n := l.w.Move(by, i, rapid.SampledFrom(l.w.Projects).Draw(l.t, "to"))
	for _, k := range append(n.Past, n.Key, n.ID) {
		if found, no := l.w.Issue(by.User, k); no != nil || found != n {
			l.t.Fatalf("by %s it is not found after a move", k)
		}
	}
}

func (l *life) remove(*rapid.T) {
	i := l.issue()
	if i == nil {
		return
	}
	by := l.by()
	l.w.Take()
	if err := l.w.Delete(by, i, true); (err == nil) != by.User.Admin {
		l.t.Fatalf("deleted by %s: %v", by.User.Display, err)
	} else if err != nil {
		return
	}
	l.made--
	if e := l.w.Take(); len(e) != 1+len(i.Comments) || e[0].Kind != "jira:issue_deleted" {
		l.t.Fatalf("%d events for an issue with %d comments", len(e), len(i.Comments))
	}
	if _, no := l.w.Issue(by.User, i.Key); no == nil {
		l.t.Fatal("a deleted issue is found")
	}
}

// check holds what must hold at every moment.
func (l *life) check(*rapid.T) {
	if len(l.w.Issues) != l.made {
		l.t.Fatalf("%d issues, %d were made", len(l.w.Issues), l.made)
	}
	keys := map[string]bool{}
	for _, i := range l.w.Issues {
		if keys[i.Key] {
			l.t.Fatalf("two issues are %s", i.Key)
		}
		keys[i.Key] = true
		if i.Updated.Before(i.Created) {
			l.t.Fatalf("%s is updated before it was created", i.Key)
		}
		if _, known := l.past[i]; !known {
			l.past[i] = text(i)
		}
		l.chain(i)
	}
	for i, was := range l.past {
		if text(i) != was {
			l.t.Fatalf("an old version of %s was changed in place", i.Key)
		}
	}
}

// chain holds that the history tells how the issue came to be what it is: each
// change of a field starts where the one before ended, and the last ends here.
func (l *life) chain(i *world.Issue) {
	last := map[string]world.Item{}
	for _, c := range i.History {
		for _, it := range c.Items {
			if before, any := last[it.ID]; any && (str(before.ToText) != str(it.FromText) || str(before.To) != str(it.From)) {
				l.t.Fatalf("%s: %s went to %q and then from %q", i.Key, it.Field, str(before.ToText), str(it.FromText))
			}
			last[it.ID] = it
		}
	}
	for id, it := range last {
		f := l.w.Field(id)
		if f == nil || f.Kind == world.ProjectOf || f.Kind == world.Shown || f.Kind == world.Seconds || f.Kind == world.TimeTracking {
			continue
		}
		shown := l.w.Called(f, i.Values[id])
		switch f.Kind {
		case world.Labels:
			shown = strings.Join(i.Values[id].List, " ")
		case world.Date:
			if shown != "" {
				shown += " 00:00:00.0"
			}
		}
		if str(it.ToText) != shown {
			l.t.Fatalf("%s: the history ends %s with %q, the issue has %q", i.Key, it.Field, str(it.ToText), shown)
		}
	}
}

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// TestWhateverHappensItHangsTogether lets people do anything, in any order.
func TestWhateverHappensItHangsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t)
		t.Repeat(map[string]func(*rapid.T){"": l.check, "create": l.create, "edit": l.edit, "transition": l.transition, "comment": l.comment,
			"property": l.property, "move": l.move, "delete": l.remove})
		l.settled()
		l.kept()
	})
}

// settled holds that a search shows everything as it is, once the lag is over.
func (l *life) settled() {
	q, err := jql.Parse("project in (SUP, OPS) order by updated asc")
	if err != nil {
		l.t.Fatal(err)
	}
	hits, err := l.w.Search(world.By{User: l.w.Users[0], Now: l.now.Add(l.w.Lag), API: 2}, q)
	if err != nil {
		l.t.Fatal(err)
	}
	if len(hits) != l.made {
		l.t.Fatalf("the search finds %d of %d", len(hits), l.made)
	}
	for n, h := range hits {
		if l.w.Issues[h.Issue.ID] != h.Issue {
			l.t.Fatalf("the search shows an old %s", h.Issue.Key)
		}
		if n > 0 && h.Issue.Updated.Before(hits[n-1].Issue.Updated) {
			l.t.Fatal("the search is out of order")
		}
	}
}

// kept holds that a site that is written down and read is the same site.
func (l *life) kept() {
	before := text(l.w)
	w := &world.World{}
	if err := json.Unmarshal(raw(before), w); err != nil {
		l.t.Fatal(err)
	}
	w.Restore()
	if after := text(w); after != before {
		l.t.Fatalf("it is read as something else:\n%s\n%s", before, after)
	}
	for _, i := range l.w.Issues {
		for _, k := range append(i.Past, i.Key) {
			if n, no := w.Issue(w.Users[0], k); no != nil || n.ID != i.ID {
				l.t.Fatalf("%s is not found after reading", k)
			}
		}
	}
}
