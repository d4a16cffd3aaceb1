package jira

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/accord/issue"
)

// mostHops bounds the way through a workflow.
const mostHops = 10

// move changes the status through the workflow: by a direct transition, else
// hop by hop along a path that the project names. What is open is asked again
// before each hop, for the workflow may move the issue too.
func (w *writing) move(ctx context.Context) {
	for _, at := range w.places() {
		if f := w.fields[at.Field]; f.Type == Status {
			to, _ := w.c.Patch[at].(issue.Scalar)
			w.moveTo(ctx, at, string(to))
		}
	}
}

// moveTo moves the issue to a status. Once a transition was made on the way no
// answer to a later call says that nothing happened: the end is not known, and
// the write is made again from where it stands.
func (w *writing) moveTo(ctx context.Context, at issue.Place, to string) {
	hops := w.walk(ctx, at, to)
	r := w.receipt.Replies[at]
	if hops > 0 && hops < mostHops && (r.State == issue.NotDone || r.State == issue.Refused) {
		w.reply(issue.Unknown, r.Why, at)
	}
}

// walk makes transition after transition, replies, and says how many went through.
func (w *writing) walk(ctx context.Context, at issue.Place, to string) (hops int) {
	for ; hops < mostHops; hops++ {
		open, now, err := w.open(ctx)
		if err != nil {
			w.spare(err, at)
			return hops
		}
		if now == to {
			w.reply(issue.Done, "", at)
			return hops
		}
		next := to
		if !leads(open, to) {
			next = w.hop(at, now, to, open)
		}
		t, ok := w.choose(open, next)
		if !ok {
			w.reply(issue.Refused, noWay(now, to, open), at)
			return hops
		}
		err = w.pass(ctx, t)
		if state := w.settle(err, at); state == issue.Refused {
			_, why := outcome(err)
			w.reply(state, fmt.Sprintf("from %s to %s by %q: %s", now, t.To.Name, t.Name, why), at)
		}
		if err != nil || next == to {
			return hops
		}
	}
	w.reply(issue.Refused, fmt.Sprintf("after %d transitions %s was not reached", mostHops, to), at)
	return hops
}

// A transition that the account may do now: docs/JIRA.md "Transitions".
type transition struct {
	ID   id     `json:"id"`
	Name string `json:"name"`
	To   struct {
		Name string `json:"name"`
	} `json:"to"`
	Fields map[string]struct {
		Required bool `json:"required"`
		Default  bool `json:"hasDefaultValue"`
	} `json:"fields"`
}

// open returns the transitions that are open now, and the status.
func (w *writing) open(ctx context.Context) ([]transition, string, error) {
	var i issueJSON
	if err := w.do(ctx, w.look("/issue/{}", w.c.On.ID).with("fields", "status"), &i); err != nil {
		return nil, "", err
	}
	var status struct {
		Name string `json:"name"`
	}
	i.field("status", &status)
	var o struct {
		Transitions []transition `json:"transitions"`
	}
	err := w.do(ctx, w.look("/issue/{}/transitions", w.c.On.ID).with("expand", "transitions.fields"), &o)
	return o.Transitions, status.Name, err
}

func leads(open []transition, to string) bool {
	return slices.ContainsFunc(open, func(t transition) bool { return t.To.Name == to })
}

// hop returns the status to go to next: the second on the shortest stretch of
// a named path that leads from now to to over a transition that is open.
func (w *writing) hop(at issue.Place, now, to string, open []transition) string {
	var best []string
	for _, path := range w.p.project.Via[at.Field] {
		from := slices.Index(path, now)
		if from < 0 {
			continue
		}
		end := slices.Index(path[from:], to)
		if end > 0 && leads(open, path[from+1]) && (best == nil || end+1 < len(best)) {
			best = path[from : from+end+1]
		}
	}
	if best == nil {
		return ""
	}
	return best[1]
}

// choose takes the transition to a status whose screen demands least of what
// is not known.
func (w *writing) choose(open []transition, to string) (best transition, ok bool) {
	for _, t := range open {
		if to != "" && t.To.Name == to && (!ok || len(w.demands(t)) < len(w.demands(best))) {
			best, ok = t, true
		}
	}
	return best, ok
}

// demands returns the ids of the fields that the screen of t requires and for
// which no value is written now.
func (w *writing) demands(t transition) (ids []string) {
	for id, f := range t.Fields {
		if _, known := w.known(id); f.Required && !f.Default && !known {
			ids = append(ids, id)
		}
	}
	return ids
}

// known returns the JSON of the value that this change writes to a field. What
// the issue shows already is never sent again: it may have changed meanwhile.
func (w *writing) known(id string) (any, bool) {
	for name, f := range w.fields {
		if v, ok := w.c.Patch[issue.Place{Field: name}]; ok && f.id == id && !issue.Empty(v) {
			out, err := w.p.c.dialect.encodeField(f, v)
			return out, err == nil
		}
	}
	return nil, false
}

// pass makes one transition, with the fields that its screen demands.
func (w *writing) pass(ctx context.Context, t transition) error {
	fields := map[string]any{}
	for id, f := range t.Fields {
		if v, ok := w.known(id); ok && f.Required {
			fields[id] = v
		}
	}
	body := map[string]any{"transition": map[string]string{"id": string(t.ID)}}
	if len(fields) > 0 {
		body["fields"] = fields
	}
	return w.signed(ctx, w.call(http.MethodPost, "/issue/{}/transitions", nil, w.c.On.ID), body)
}

func noWay(now, to string, open []transition) string {
	var names []string
	for _, t := range open {
		names = append(names, t.To.Name)
	}
	slices.Sort(names)
	could := "none is open to our account"
	if len(names) > 0 {
		could = "open are " + strings.Join(slices.Compact(names), ", ")
	}
	return fmt.Sprintf("no transition leads from %s to %s and no path is named under via; %s", now, to, could)
}
