package memory

import (
	"context"
	"errors"
	"slices"
	"time"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// A writing is one Change on its way.
type writing struct {
	*Tracker
	change issue.Change
	out    connector.Receipt
	err    error // of the last call without an answer
}

// Write implements [connector.Connector].
func (t *Tracker) Write(ctx context.Context, c issue.Change) (connector.Receipt, error) {
	w := &writing{Tracker: t, change: c}
	w.out.Replies, w.out.Rows = map[issue.Place]issue.Reply{}, map[issue.Place]issue.RowAt{}
	if c.On.ID == "" {
		w.create(ctx)
	} else {
		w.fields(ctx)
		w.status(ctx)
		w.rows(ctx)
	}
	if len(w.out.Replies) == 0 && w.err != nil {
		return connector.Receipt{Wait: w.out.Wait}, w.err
	}
	return w.out, nil
}

func (w *writing) reply(s issue.ReplyState, why string, ps ...issue.Place) {
	for _, p := range ps {
		w.out.Replies[p] = issue.Reply{State: s, Why: why}
	}
}

// may reports whether a call for ps may start; if not they are not done.
func (w *writing) may(ps ...issue.Place) bool {
	if w.late() || w.out.Wait > 0 {
		w.reply(issue.NotDone, "", ps...)
		return false
	}
	return true
}

func (w *writing) late() bool {
	return !w.change.Start.IsZero() && time.Now().After(w.change.Start)
}

// failed takes in the error of a call for ps: what a busy tracker says is not
// done, of the rest nothing is known.
func (w *writing) failed(err error, ps ...issue.Place) {
	if busy, ok := errors.AsType[*connector.Busy](err); ok {
		w.out.Wait = max(busy.For, time.Millisecond)
		w.reply(issue.NotDone, busy.Why, ps...)
		return
	}
	w.err = err
}

// taken splits the fields of the change into those that the tracker takes and
// those that it refuses, whose replies it sets.
func (w *writing) taken(ps []issue.Place) (fine []issue.Place) {
	for _, p := range ps {
		if why := w.refusal(p, w.change.Patch[p]); why != "" {
			w.reply(issue.Refused, why, p)
		} else {
			fine = append(fine, p)
		}
	}
	return fine
}

func (t *Tracker) refusal(p issue.Place, v issue.Value) string {
	if t.Habits.Refuse == nil {
		return ""
	}
	return t.Habits.Refuse(p, v)
}

func (w *writing) create(ctx context.Context) {
	ps := append(issue.Places(w.change.Patch), issue.Whole())
	if !w.may(ps...) {
		return
	}
	type made struct {
		key  string
		ref  issue.Ref
		fine []issue.Place
	}
	k, err := call(ctx, w.Tracker, "create", func() made {
		doc := issue.Document{}
		var m made
		for p, v := range w.change.Patch {
			if w.refusal(p, v) == "" {
				doc[p] = v
				m.fine = append(m.fine, p)
			}
		}
		k := w.open(account(w.change.Turn), w.change.Link, doc)
		w.tally.Writes++
		w.tally.Creates++
		m.key, m.ref = k.key, issue.Ref{Participant: w.Name, ID: k.id}
		return m
	})
	if err != nil {
		w.failed(err, ps...)
		return
	}
	w.taken(issue.Places(w.change.Patch))
	w.reply(issue.Done, "", append(k.fine, issue.Whole())...)
	w.out.Ref, w.out.Key = k.ref, k.key
}

// onField reports whether p is written by a put.
func (w *writing) onField(p issue.Place) bool { return p.Row == (issue.Ref{}) && !w.onRoute(p) }

func (w *writing) onRoute(p issue.Place) bool { return w.Habits.Routes.Direct != nil && p == status }

var status = issue.Place{Field: "status"}

// fields writes all plain fields in one call; sets by what to add and remove.
func (w *writing) fields(ctx context.Context) {
	ps := slices.DeleteFunc(issue.Places(w.change.Patch), func(p issue.Place) bool { return !w.onField(p) })
	ps = w.taken(ps)
	if len(ps) == 0 || !w.may(ps...) {
		return
	}
	if w.Gap != nil {
		w.Gap(w.change.On.ID, ps[0])
	}
	there, err := call(ctx, w.Tracker, "put", func() bool {
		k := w.tickets[w.change.On.ID]
		if k == nil || k.state != issue.Present {
			return false
		}
		w.tally.Writes++
		for _, p := range ps {
			w.overwrite(k, p, w.change.Patch[p])
		}
		return true
	})
	switch {
	case err != nil:
		w.failed(err, ps...)
	case there:
		w.reply(issue.Done, "", ps...)
	default:
		w.reply(issue.NotDone, "the issue cannot be found", ps...)
	}
}

// overwrite puts v at p, a set by its verbs.
func (w *writing) overwrite(k *ticket, p issue.Place, v issue.Value) {
	from := w.change.From[p]
	if to, ok := v.(issue.Set); ok {
		was, _ := from.(issue.Set)
		now, _ := k.doc[p].(issue.Set)
		v = now.Minus(was.Minus(to)).Plus(to.Minus(was))
	} else {
		w.covers(k, p, v)
	}
	w.put(k, account(w.change.Turn), p, v)
}

// covers counts the person's edit that a write of v at p overwrites, if there
// is one, and marks its entries for a tracker that does not show them.
func (w *writing) covers(k *ticket, p issue.Place, v issue.Value) {
	from := w.change.From[p]
	if issue.Same(k.doc[p], from) || issue.Same(k.doc[p], v) {
		return
	}
	for i := len(k.log) - 1; i >= 0; i-- {
		e := &k.log[i]
		switch {
		case e.Place != p:
			continue
		case e.Ours:
			return
		case issue.Same(e.To, k.doc[p]):
			w.tally.Covered = append(w.tally.Covered, Overrun{k.id, p, e.To})
		}
		e.gone = true
		if issue.Same(e.From, from) {
			return
		}
	}
}

// status walks the workflow, one call for each hop. Once one was made nothing
// that happens on the way is "not done": it stays unknown.
func (w *writing) status(ctx context.Context) {
	to, ok := w.change.Patch[status].(issue.Scalar)
	if !ok || !w.onRoute(status) || len(w.taken([]issue.Place{status})) == 0 {
		return
	}
	for hops := range 3 {
		if hops > 0 && (w.late() || w.out.Wait > 0) || hops == 0 && !w.may(status) {
			return
		}
		if w.Gap != nil {
			w.Gap(w.change.On.ID, status)
		}
		state, err := call(ctx, w.Tracker, "hop", func() issue.ReplyState { return w.hop(to) })
		if err != nil {
			w.failed(err, status)
			if hops > 0 {
				delete(w.out.Replies, status)
			}
			return
		}
		if state != issue.Unknown {
			w.reply(state, "", status)
			return
		}
	}
}

// hop makes the next transition on the way to a status; Unknown: there is more to go.
func (w *writing) hop(to issue.Scalar) issue.ReplyState {
	k := w.tickets[w.change.On.ID]
	if k == nil || k.state != issue.Present {
		return issue.NotDone
	}
	from, _ := k.doc[status].(issue.Scalar)
	if from == to {
		return issue.Done
	}
	w.covers(k, status, to)
	w.tally.Writes++
	routes := w.Habits.Routes
	if routes.Direct(string(from), string(to)) {
		w.put(k, account(w.change.Turn), status, to)
		return issue.Done
	}
	if string(from) == routes.Via || routes.Via == "" {
		return issue.Refused
	}
	w.put(k, account(w.change.Turn), status, issue.Scalar(routes.Via))
	return issue.Unknown
}
