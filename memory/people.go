package memory

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// Create is a person making an issue; it returns its id.
func (t *Tracker) Create(who string, doc issue.Document) string {
	return do(t, func() string { return t.open(person(who), issue.Ref{}, doc).id })
}

// Edit is a person changing a field. Editing an issue that does not exist does nothing.
func (t *Tracker) Edit(who, id string, p issue.Place, v issue.Value) {
	t.on(id, func(k *ticket) { t.put(k, person(who), p, v) })
}

// Comment is a person adding a row to a field of rows; it returns its local id.
func (t *Tracker) Comment(who, id, field string, parts issue.Row) string {
	return do(t, func() string {
		k := t.tickets[id]
		if k == nil {
			return ""
		}
		return t.say(k, person(who), field, parts, issue.RowMark{}).id
	})
}

// EditComment is a person changing a row.
func (t *Tracker) EditComment(who, id, row string, parts issue.Row) {
	t.on(id, func(k *ticket) {
		if r := k.remark(row); r != nil {
			t.rewrite(k, r, person(who), parts)
		}
	})
}

// DeleteComment is a person removing a row.
func (t *Tracker) DeleteComment(id, row string) {
	t.on(id, func(k *ticket) {
		if r := k.remark(row); r != nil {
			t.unsay(k, r)
		}
	})
}

// Restrict hides a row from others, or shows it again.
func (t *Tracker) Restrict(id, row string, hidden bool) {
	t.on(id, func(k *ticket) {
		if r := k.remark(row); r != nil {
			r.hidden = hidden
			r.version++
			t.touch(k, r)
		}
	})
}

// Clone is a person copying an issue with its marks and rows; it returns the
// id of the copy.
func (t *Tracker) Clone(who, id string) string {
	return do(t, func() string {
		k := t.tickets[id]
		if k == nil {
			return ""
		}
		c := t.open(person(who), k.mark, k.doc)
		c.joined = k.joined
		for _, r := range k.remarks {
			t.say(c, person(who), r.field, r.parts, r.mark)
		}
		return c.id
	})
}

// Become puts an issue into a state: archived, outside, missing for us,
// present again. Nothing of it is lost.
func (t *Tracker) Become(id string, s issue.Presence) {
	t.on(id, func(k *ticket) {
		k.state = s
		t.touch(k, nil)
	})
}

// Delete removes an issue for good.
func (t *Tracker) Delete(id string) {
	t.on(id, func(k *ticket) {
		delete(t.tickets, id)
		t.made = slices.DeleteFunc(t.made, func(o string) bool { return o == id })
		t.announce(k, nil)
	})
}

func (t *Tracker) on(id string, change func(*ticket)) {
	do(t, func() struct{} {
		if k := t.tickets[id]; k != nil {
			change(k)
		}
		return struct{}{}
	})
}

// IDs returns the issues in the order in which they were made.
func (t *Tracker) IDs() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.made)
}

// Show returns an issue as it stands, without a call: fields and rows by
// their local ids, also restricted ones.
func (t *Tracker) Show(id string) issue.Document {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.tickets[id]
	if k == nil {
		return nil
	}
	doc := k.doc.Clone()
	for _, r := range k.remarks {
		doc[issue.Place{Field: r.field, Row: issue.Ref{Participant: t.Name, ID: r.id}}] = r.shown()
	}
	return doc
}

// Log returns the changelog of an issue as it stands, without a call or a lag.
func (t *Tracker) Log(id string) (log []issue.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if k := t.tickets[id]; k != nil {
		for _, e := range k.log {
			log = append(log, e.Entry)
		}
	}
	return log
}

// Marked returns the issues that our account made with that mark.
func (t *Tracker) Marked(link issue.Ref) (ids []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range t.made {
		if k := t.tickets[id]; k.ours && k.mark == link {
			ids = append(ids, id)
		}
	}
	return ids
}

// notice is the body of a webhook delivery.
type notice struct {
	Issue string       `json:"issue"`
	Row   *issue.Touch `json:"row,omitempty"`
}

// announce queues the webhook of a change.
func (t *Tracker) announce(k *ticket, r *remark) {
	if t.Hook == nil {
		return
	}
	n := notice{Issue: k.id}
	if r != nil {
		n.Row = &issue.Touch{ID: r.id, By: r.by, Updated: r.updated}
	}
	body, err := json.Marshal(n)
	if err != nil {
		panic(err) // a struct of strings and times
	}
	t.count++
	header := http.Header{"X-Delivery": {fmt.Sprintf("%s-%d", t.Name, t.count)}, "X-From": {string(t.Name)}}
	t.pending = append(t.pending, connector.Delivery{Header: header, Body: body, At: time.Now()})
}

// Events implements [connector.Events]. A delivery is authentic if it names
// the tracker that it comes from.
func (t *Tracker) Events(d connector.Delivery) ([]issue.Event, error) {
	if d.Header.Get("X-From") != string(t.Name) {
		return nil, connector.ErrForged
	}
	var n notice
	if err := json.Unmarshal(d.Body, &n); err != nil || n.Issue == "" {
		return nil, fmt.Errorf("%w: no issue in it", connector.ErrUnreadable)
	}
	ev := issue.Event{Ref: issue.Ref{Participant: t.Name, ID: n.Issue}, Cause: "webhook", Delivery: d.Header.Get("X-Delivery"), At: d.At}
	if n.Row != nil {
		ev.Rows = []issue.Touch{*n.Row}
	}
	return []issue.Event{ev}, nil
}
