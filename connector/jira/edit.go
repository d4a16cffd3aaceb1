package jira

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"example.com/accord/issue"
)

// edit sends all plain fields in one PUT. Those that the site names in its
// refusal are refused and the rest is sent again at once; if it names none,
// each is sent by itself.
func (w *writing) edit(ctx context.Context) {
	todo := w.plain()
	for len(todo) > 0 {
		body, left := w.update(todo)
		if todo = left; len(todo) == 0 {
			return
		}
		err := w.put(ctx, body)
		state, _ := outcome(err)
		if state != issue.Refused || len(todo) == 1 || statusOf(err) == http.StatusNotFound {
			w.refuseOrSettle(err, todo)
			return
		}
		rest := w.named(err, todo)
		if len(rest) == len(todo) {
			for _, at := range todo {
				body, _ := w.update([]issue.Place{at})
				w.refuseOrSettle(w.put(ctx, body), []issue.Place{at})
			}
			return
		}
		todo = rest
	}
}

// refuseOrSettle replies for all of places, each with the sentence that names
// it where there is one.
func (w *writing) refuseOrSettle(err error, places []issue.Place) {
	if w.settle(err, places...) == issue.Refused {
		w.named(err, places)
	}
}

// named refuses those places that the error names and returns the others.
func (w *writing) named(err error, places []issue.Place) (rest []issue.Place) {
	f, _ := errors.AsType[*failure](err)
	why := w.fields.named(f, places)
	for _, at := range places {
		if s, ok := why[at]; ok {
			w.reply(issue.Refused, s, at)
		} else {
			rest = append(rest, at)
		}
	}
	return rest
}

// update makes the body that writes places. A value that the field cannot
// hold is refused here; the others are returned.
func (w *writing) update(places []issue.Place) (body map[string]any, left []issue.Place) {
	set, verbs := map[string]any{}, map[string]any{}
	for _, at := range places {
		f := w.fields[at.Field]
		if why := w.p.c.dialect.losesFile(w.c.From[at], w.c.Patch[at]); why != "" {
			w.reply(issue.Refused, why, at)
			continue
		}
		v, err := w.p.c.dialect.encodeField(f, w.c.Patch[at])
		if err != nil {
			w.reply(issue.Refused, err.Error(), at)
			continue
		}
		left = append(left, at)
		to, isSet := w.c.Patch[at].(issue.Set)
		from, known := w.c.From[at].(issue.Set)
		if isSet && known && w.c.On.ID != "" {
			verbs[f.id] = steps(from, to)
		} else {
			set[f.id] = v
		}
	}
	body = map[string]any{"historyMetadata": turnMetadata(w.c.Turn)}
	if len(set) > 0 {
		body["fields"] = set
	}
	if len(verbs) > 0 {
		body["update"] = verbs
	}
	return body, left
}

// steps turns a set into another member by member, so that what people add or
// remove meanwhile stands: docs/JIRA.md "Create and edit".
func steps(from, to issue.Set) []map[string]string {
	out := []map[string]string{}
	for _, m := range to.Minus(from) {
		out = append(out, map[string]string{"add": m})
	}
	for _, m := range from.Minus(to) {
		out = append(out, map[string]string{"remove": m})
	}
	return out
}

// put edits the issue, without notifying people where the account may.
func (w *writing) put(ctx context.Context, body any) error {
	r := w.call(http.MethodPut, "/issue/{}", body, w.c.On.ID)
	q := &w.p.quiet
	if q.refused(w.p.c.now()) {
		return w.do(ctx, r, nil)
	}
	err := w.do(ctx, r.with("notifyUsers", "false"), nil)
	f, ok := errors.AsType[*failure](err)
	if err == nil {
		q.allow()
	}
	about := ok && strings.Contains(strings.ToLower(f.sentence()), "notif")
	unclear := ok && f.status == http.StatusForbidden && !q.proven.Load()
	if !about && !unclear {
		return err
	}
	again := w.do(ctx, r, nil)
	if about || again == nil {
		q.refuse(w.p.c.now())
	}
	return again
}

// A quiet remembers whether the account may edit without notifying people. A
// refusal is 400 on Cloud and 403 on Data Center: docs/JIRA.md "Create and edit".
type quiet struct {
	proven atomic.Bool  // an edit went through silently
	denied atomic.Int64 // when it was refused, epoch seconds; 0: never
}

// quietFor is how long a refusal is believed: permissions change.
const quietFor = time.Hour

// Silent reports whether edits of the project notify nobody; known is false
// until an edit of this process has shown it. Creates and comments always notify.
func (p *Participant) Silent() (silent, known bool) {
	refused := p.quiet.refused(p.c.now())
	return !refused && p.quiet.proven.Load(), refused || p.quiet.proven.Load()
}

func (q *quiet) allow() {
	q.proven.Store(true)
	q.denied.Store(0)
}

func (q *quiet) refuse(now time.Time) { q.denied.Store(now.Unix()) }

func (q *quiet) refused(now time.Time) bool {
	at := q.denied.Load()
	return at != 0 && now.Sub(time.Unix(at, 0)) < quietFor
}
