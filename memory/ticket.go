package memory

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"example.com/accord/issue"
)

// A ticket is one issue as its tracker stores it. Times are the site's.
type ticket struct {
	id, key          string
	created, updated time.Time
	changed          time.Time // updated by our clock
	ours             bool
	mark             issue.Ref
	joined           []issue.Ref
	state            issue.Presence
	doc              issue.Document // fields only
	remarks          []*remark      // in the order in which they were made
	log              []logged
}

// A remark is one row: a comment, say.
type remark struct {
	id, field        string
	parts            issue.Row // without the author
	author, by       string    // who made it, who wrote it last
	created, updated time.Time
	version          int
	mark             issue.RowMark
	hidden           bool // its visibility is restricted
	listed           int  // looks that listed it as it is
}

// logged is an entry of the changelog with its values as they were.
type logged struct {
	issue.Entry
	seen time.Time // shown from then on, by our clock
	gone bool      // overwritten by us: a blind tracker does not show it
}

// An author is who makes a change: a person, or our own account in a turn.
type author struct {
	name string
	ours bool
	turn string
}

func person(name string) author { return author{name: name} }

func account(turn string) author { return author{Account, true, turn} }

// open makes a ticket. The caller holds the lock.
func (t *Tracker) open(who author, mark issue.Ref, doc issue.Document) *ticket {
	t.count++
	now := t.clock()
	k := &ticket{id: strconv.Itoa(10000 + t.count), created: now, ours: who.ours, mark: mark}
	k.key = fmt.Sprintf("%s-%d", t.Name, t.count)
	k.doc = issue.Patch(t.Canon(t.Habits.Defaults), t.Canon(doc))
	if t.tickets == nil {
		t.tickets = map[string]*ticket{}
	}
	t.tickets[k.id] = k
	t.made = append(t.made, k.id)
	t.touch(k, nil)
	return k
}

// touch says that k changed, in r where it was a row.
func (t *Tracker) touch(k *ticket, r *remark) {
	k.updated, k.changed = t.clock(), time.Now()
	t.announce(k, r)
}

// put changes one field and writes it down in the changelog.
func (t *Tracker) put(k *ticket, who author, p issue.Place, v issue.Value) {
	v = t.canon(p, v)
	was := k.doc[p]
	if v == nil || issue.Same(v, was) || was == nil && issue.Empty(v) {
		return
	}
	t.count++
	e := issue.Entry{
		ID: strconv.Itoa(t.count * 7919 % 1000003), // in no order
		At: t.clock(), Place: p, By: who.name, Ours: who.ours, Turn: who.turn, From: was, To: v, Known: true,
	}
	if to, ok := v.(issue.Set); ok {
		from, _ := was.(issue.Set)
		e.Add, e.Remove = to.Minus(from), from.Minus(to)
	}
	k.log = append(k.log, logged{Entry: e, seen: time.Now().Add(t.Habits.LogLag)})
	k.doc = k.doc.With(p, v)
	t.touch(k, nil)
}

// say makes a remark.
func (t *Tracker) say(k *ticket, who author, field string, parts issue.Row, mark issue.RowMark) *remark {
	t.count++
	now := t.clock()
	r := &remark{id: strconv.Itoa(20000 + t.count), field: field, author: who.name, by: who.name, created: now, mark: mark}
	k.remarks = append(k.remarks, r)
	t.rewrite(k, r, who, parts)
	return r
}

// rewrite changes a remark.
func (t *Tracker) rewrite(k *ticket, r *remark, who author, parts issue.Row) {
	parts = maps.Clone(parts)
	delete(parts, "author")
	p := issue.Place{Field: r.field, Row: issue.Ref{Participant: t.Name, ID: r.id}}
	r.parts, _ = t.canon(p, parts).(issue.Row)
	r.by, r.updated = who.name, t.clock()
	r.version++
	r.listed = 0
	t.touch(k, r)
}

// unsay removes a remark.
func (t *Tracker) unsay(k *ticket, r *remark) {
	k.remarks = slices.DeleteFunc(k.remarks, func(o *remark) bool { return o == r })
	t.touch(k, r)
}

func (k *ticket) remark(id string) *remark {
	for _, r := range k.remarks {
		if r.id == id {
			return r
		}
	}
	return nil
}

// shown is the remark as a look has it: who wrote it is a part unless it is ours.
func (r *remark) shown() issue.Row {
	parts := maps.Clone(r.parts)
	if r.author != Account {
		parts["author"] = issue.Scalar(r.author)
	}
	return parts
}

func (r *remark) stamp() string { return strconv.Itoa(r.version) }
