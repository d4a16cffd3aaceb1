package jira

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"unicode/utf8"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/wiki"
	"example.com/accord/issue"
)

// A writing is one Change being carried out.
type writing struct {
	p       *Participant
	c       issue.Change
	fields  fields
	receipt connector.Receipt
	failed  error // of the last call that failed
}

// Write implements [connector.Connector]. The order is: create, or one PUT with
// all plain fields, then transitions, then rows.
func (p *Participant) Write(ctx context.Context, c issue.Change) (connector.Receipt, error) {
	w := &writing{p: p, c: c, receipt: connector.Receipt{Replies: map[issue.Place]issue.Reply{}, Rows: map[issue.Place]issue.RowAt{}}}
	fs, err := p.fields(ctx)
	w.fields = fs
	if err != nil {
		w.spare(err, w.places()...)
		if c.On.ID == "" {
			w.spare(err, issue.Whole())
		}
	} else if c.On.ID == "" {
		w.create(ctx)
	} else {
		w.edit(ctx)
		w.move(ctx)
		w.rows(ctx)
	}
	return w.receipt, w.unknown()
}

// unknown is the error of a change of which no reply at all is known.
func (w *writing) unknown() error {
	for _, r := range w.receipt.Replies {
		if r.State != issue.Unknown {
			return nil
		}
	}
	if w.receipt.Wait > 0 {
		return nil
	}
	return w.failed
}

// places returns the places of the patch in order.
func (w *writing) places() []issue.Place {
	return slices.SortedFunc(maps.Keys(w.c.Patch), issue.Place.Compare)
}

func (w *writing) reply(state issue.ReplyState, why string, places ...issue.Place) {
	for _, p := range places {
		w.receipt.Replies[p] = issue.Reply{State: state, Why: why}
	}
}

// settle replies what the outcome of one call means for what it was to write.
func (w *writing) settle(err error, places ...issue.Place) issue.ReplyState {
	state, why := outcome(err)
	w.reply(state, why, places...)
	w.measure(err, places...)
	w.note(err)
	return state
}

// measure says of a text that was refused whether it is longer than Jira takes:
// then it is refused for good, with what to do. It is asked first, since an
// administrator may allow more: docs/JIRA.md "Limits".
func (w *writing) measure(err error, places ...issue.Place) {
	if s := statusOf(err); s != http.StatusBadRequest && s != http.StatusRequestEntityTooLarge {
		return
	}
	for _, at := range places {
		n := utf8.RuneCountInString(wiki.Encode(doc(w.c.Patch[at])))
		if n <= longestText {
			continue
		}
		with := ""
		if at.Row != (issue.Ref{}) && at.Row.Participant != w.p.project.Participant {
			with = ", with the line that names its author"
		}
		r := w.receipt.Replies[at]
		r.Final = true
		r.Why += fmt.Sprintf(" Here it has %d characters%s: make it shorter by %d where it was written, or more. It is not tried again before it changes", n, with, n-longestText)
		w.receipt.Replies[at] = r
	}
}

// spare replies for places whose write was not begun, because of an error of a
// call that only looked.
func (w *writing) spare(err error, places ...issue.Place) {
	w.reply(issue.NotDone, err.Error(), places...)
	w.note(err)
}

func (w *writing) note(err error) {
	if err == nil {
		return
	}
	w.failed = err
	if busy, ok := errors.AsType[*connector.Busy](err); ok {
		w.receipt.Wait = max(w.receipt.Wait, busy.For)
	}
}

// outcome says what the answer of a call says of its effect: ARCHITECTURE.md
// "The writes of one side".
func outcome(err error) (issue.ReplyState, string) {
	if err == nil {
		return issue.Done, ""
	}
	if _, ok := errors.AsType[unsent](err); ok {
		return issue.NotDone, err.Error()
	}
	f, ok := errors.AsType[*failure](err)
	if !ok {
		return issue.Unknown, err.Error()
	}
	switch f.status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return issue.Refused, f.sentence()
	case http.StatusConflict, http.StatusTooManyRequests:
		return issue.NotDone, f.sentence()
	}
	return issue.Unknown, f.sentence()
}

// call completes a call of this change.
func (w *writing) call(method, path string, body any, args ...string) call {
	return call{method: method, path: path, args: args, body: body, issue: w.c.On.ID, start: w.c.Start}
}

// look makes a GET before a write.
func (w *writing) look(path string, args ...string) call {
	c := w.call(http.MethodGet, path, nil, args...)
	c.issue = "" // it writes to none
	return c
}

func (w *writing) do(ctx context.Context, c call, out any) error { return w.p.c.do(ctx, c, out) }

// plain returns the places that one PUT, or a create, may carry. What no field
// of the project can take is answered at once.
func (w *writing) plain() (out []issue.Place) {
	for _, at := range w.places() {
		f, ok := w.fields[at.Field]
		switch {
		case ok && (f.Type == Status || f.Type == Comments):
		case !ok || f.id == "":
			w.reply(issue.Refused, w.p.c.site.Name+" has no field "+at.Field, at)
		default:
			out = append(out, at)
		}
	}
	return out
}
