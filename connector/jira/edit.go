package jira

import (
	"context"
	"errors"
	"maps"
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
			w.measure(err, at)
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
	body = map[string]any{}
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

// signed makes a call whose history entry names the turn. A site that does not
// take that is asked again without: docs/JIRA.md "Create and edit".
func (w *writing) signed(ctx context.Context, r call, body map[string]any) error {
	h := &w.p.history
	r.body = body
	if h.refused(w.p.c.now()) {
		return w.do(ctx, r, nil)
	}
	signed := maps.Clone(body)
	signed["historyMetadata"] = turnMetadata(w.c.Turn)
	r.body = signed
	err := w.do(ctx, r, nil)
	f, ok := errors.AsType[*failure](err)
	if err == nil {
		h.allow()
	}
	if !ok || f.status != http.StatusBadRequest || !strings.Contains(strings.ToLower(f.sentence()), "historymetadata") {
		return err
	}
	h.refuse(w.p.c.now())
	r.body = body
	return w.do(ctx, r, nil)
}

// put edits the issue, without notifying people where the account may.
func (w *writing) put(ctx context.Context, body map[string]any) error {
	r := w.call(http.MethodPut, "/issue/{}", nil, w.c.On.ID)
	q := &w.p.quiet
	if q.refused(w.p.c.now()) {
		return w.signed(ctx, r, body)
	}
	err := w.signed(ctx, r.with("notifyUsers", "false"), body)
	f, ok := errors.AsType[*failure](err)
	if err == nil {
		q.allow()
	}
	about := ok && strings.Contains(strings.ToLower(f.sentence()), "notif")
	unclear := ok && f.status == http.StatusForbidden && !q.proven.Load()
	if !about && !unclear {
		return err
	}
	again := w.signed(ctx, r, body)
	if about || again == nil {
		q.refuse(w.p.c.now())
	}
	return again
}

// A leave remembers whether a site lets the account do something that not every
// site does: edit without notifying people (a refusal is 400 on Cloud and 403
// on Data Center), or sign an entry of the history.
type leave struct {
	proven atomic.Bool  // it went through
	denied atomic.Int64 // when it was refused, epoch seconds; 0: never
}

// leaveFor is how long a refusal is believed: permissions change.
const leaveFor = time.Hour

// Silent reports whether edits of the project notify nobody; known is false
// until an edit of this process has shown it. Creates and comments always notify.
func (p *Participant) Silent() (silent, known bool) {
	refused := p.quiet.refused(p.c.now())
	return !refused && p.quiet.proven.Load(), refused || p.quiet.proven.Load()
}

func (l *leave) allow() {
	l.proven.Store(true)
	l.denied.Store(0)
}

func (l *leave) refuse(now time.Time) { l.denied.Store(now.Unix()) }

func (l *leave) refused(now time.Time) bool {
	at := l.denied.Load()
	return at != 0 && now.Sub(time.Unix(at, 0)) < leaveFor
}
