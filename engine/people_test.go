package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"example.com/accord/issue"
	"example.com/accord/text"
)

// A subject is what people edit: an issue, by its birth.
type subject struct {
	born issue.Ref
	n    int
}

// at returns the id of the subject's issue at p, or "".
func (w *world) at(s subject, p issue.Participant) string {
	if s.born.Participant == p {
		return s.born.ID
	}
	if ids := w.trackers[p].Marked(s.born); len(ids) > 0 {
		return ids[0]
	}
	return ""
}

// people make the edits of a world, one after the other.
func (w *world) people() {
	r := w.dice("people", "first")
	w.create(w.order[r.IntN(3)])
	for made, waited := 0, 0; made < w.edits && waited < patience && w.writes() < runaway; {
		r := w.dice("people", "edit")
		pause := time.Duration(r.IntN(60)) * time.Second
		if r.IntN(20) == 0 {
			pause *= 15
		}
		w.nap("people", "nap", pause)
		p := w.order[r.IntN(3)]
		if made == w.edits/3 && len(w.book.subjects) == 1 && w.dice("people", "second").IntN(2) == 0 {
			w.create(p)
		}
		s := w.book.subjects[0]
		if r.IntN(5) == 0 {
			s = w.book.subjects[len(w.book.subjects)-1]
		}
		if w.kind.alone && !w.alike(s) {
			waited++
			continue
		}
		if w.edit(r, p, s, issue.Place{}) {
			made++
		}
	}
}

const (
	patience = 1000 // so often people wait for all sides to be alike, then they go home
	runaway  = 3000 // so many writes end a world: something multiplies
)

// gap lets people edit what is about to be overwritten.
func (w *world) gap(p issue.Participant, id string, x issue.Place) {
	r := w.dice(string(p), "gap")
	if !w.kind.gaps || w.is(&w.calm) || r.IntN(10) > 0 {
		return
	}
	for _, s := range w.book.subjects {
		if w.at(s, p) == id {
			w.edit(r, p, s, x)
		}
	}
}

func (w *world) create(p issue.Participant) {
	n := len(w.book.subjects)
	s := subject{n: n}
	name, state := w.token(s, p, "summary"), w.token(s, p, "status")
	id := w.trackers[p].Create("person", issue.Document{summary: issue.Scalar(name), status: issue.Scalar(state)})
	s.born = issue.Ref{Participant: p, ID: id}
	w.book.subjects = append(w.book.subjects, s)
	w.logf("people", "%s creates %s: %s, %s", p, id, name, state)
}

// token makes the word that one edit leaves behind.
func (w *world) token(s subject, p issue.Participant, field string, over ...string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	name := fmt.Sprintf("k%d", len(w.book.order)+1)
	t := &token{subject: s.n, by: p, field: field, at: time.Now(), over: map[string]bool{}}
	for _, o := range over {
		t.over[o] = true
	}
	w.book.tokens[name] = t
	w.book.order = append(w.book.order, name)
	return name
}

// stood is the scalar that p shows, or showed before it was put on its way by a hop.
func (w *world) stood(p issue.Participant, id string, x issue.Place) issue.Scalar {
	now, _ := w.trackers[p].Show(id)[x].(issue.Scalar)
	for _, e := range slices.Backward(w.trackers[p].Log(id)) {
		if e.Place == x && e.To == now && now == "Hub" {
			now, _ = e.From.(issue.Scalar)
		}
	}
	return now
}

// spare notes that a token may have superseded whatever was said before it.
func (w *world) spare(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.book.tokens[name]
	for _, n := range w.book.order {
		if o := w.book.tokens[n]; n != name && o.subject == t.subject && o.field == t.field {
			w.book.spared[n] = true
		}
	}
}

// gone notes that a person took a token away.
func (w *world) gone(names ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range names {
		if t := w.book.tokens[n]; t != nil {
			t.gone = true
		}
	}
}

// edit makes one edit of what p shows of a subject; near is where, if that
// matters. It reports false if there is nothing to edit.
func (w *world) edit(r *rand.Rand, p issue.Participant, s subject, near issue.Place) bool {
	id := w.at(s, p)
	if id == "" || w.fresh(issue.Ref{Participant: p, ID: id}) {
		return false
	}
	doc := w.trackers[p].Show(id)
	field := []string{"summary", "status", "status", "labels", "labels", "text", "text", "comments", "comments", "comments"}[r.IntN(10)]
	if near.Field != "" && r.IntN(3) > 0 {
		field = near.Field
	}
	switch field {
	case "labels":
		w.editLabels(r, p, s, id, doc)
	case "text":
		w.editText(r, p, s, id, doc)
	case "comments":
		w.editComments(r, p, s, id, doc, near)
	default:
		x := issue.Place{Field: field}
		was, _ := doc[x].(issue.Scalar)
		now := w.token(s, p, field, string(was))
		if w.stood(p, id, x) == "" { // as our create left it: what was on its way there may go unseen
			w.spare(now)
		}
		w.logf("people", "%s/%s.%s %s → %s", p, id, field, was, now)
		w.trackers[p].Edit("person", id, x, issue.Scalar(now))
	}
	return true
}

// fresh reports whether an issue is so new that nobody can have opened it yet.
func (w *world) fresh(ref issue.Ref) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Since(w.made[ref]) < 3*time.Second
}

func (w *world) editLabels(r *rand.Rand, p issue.Participant, s subject, id string, doc issue.Document) {
	set, _ := doc[labels].(issue.Set)
	if len(set) > 0 && r.IntN(3) == 0 {
		m := set[r.IntN(len(set))]
		w.gone(words(issue.Scalar(m))...)
		w.logf("people", "%s/%s.labels -%s", p, id, m)
		w.trackers[p].Edit("person", id, labels, set.Minus(issue.SetOf(m)))
		return
	}
	m := w.token(s, p, "labels")
	if p != "c" && r.IntN(3) == 0 {
		m = "!" + m
	}
	w.logf("people", "%s/%s.labels +%s", p, id, m)
	w.trackers[p].Edit("person", id, labels, set.Plus(issue.SetOf(m)))
}

func (w *world) editText(r *rand.Rand, p issue.Participant, s subject, id string, doc issue.Document) {
	was, _ := doc[textField].(issue.Text)
	now := slices.Clone(was.Doc)
	block := func() text.Block {
		span := text.Span{Kind: text.Plain, Text: w.token(s, p, "text")}
		if p != "b" && r.IntN(3) == 0 {
			span.Marks = []text.Mark{{Kind: text.Strong}}
		}
		return text.Block{Kind: text.Paragraph, Spans: []text.Span{span}}
	}
	switch how := r.IntN(4); {
	case len(now) > 0 && how == 0:
		i := r.IntN(len(now))
		w.gone(words(issue.Text{Doc: now[i : i+1]})...)
		now = slices.Delete(now, i, i+1)
	case len(now) > 0 && how == 1:
		i := r.IntN(len(now))
		w.gone(words(issue.Text{Doc: now[i : i+1]})...)
		now[i] = block()
	default:
		now = slices.Insert(now, r.IntN(len(now)+1), block())
	}
	w.logf("people", "%s/%s.text %v → %v", p, id, words(was), words(issue.Text{Doc: now}))
	w.trackers[p].Edit("person", id, textField, issue.Text{Doc: now})
}

func (w *world) editComments(r *rand.Rand, p issue.Participant, s subject, id string, doc issue.Document, near issue.Place) {
	var rows []issue.Place
	for _, x := range issue.Places(doc) {
		if x.Row != (issue.Ref{}) {
			rows = append(rows, x)
		}
	}
	how := r.IntN(4)
	if near.Row != (issue.Ref{}) {
		how = 2 + r.IntN(2)
	}
	if len(rows) == 0 || how < 2 {
		body := issue.Text{Doc: text.Of(w.token(s, p, "comments"))}
		row := w.trackers[p].Comment("person", id, "comments", issue.Row{"body": body})
		w.logf("people", "%s/%s comments %s: %v", p, id, row, words(body))
		return
	}
	x := rows[r.IntN(len(rows))]
	if near.Row != (issue.Ref{}) && slices.Contains(rows, near) {
		x = near
	}
	was, _ := doc[x].(issue.Row)
	body, _ := was["body"].(issue.Text)
	if how == 3 {
		w.gone(words(body)...)
		w.logf("people", "%s/%s deletes comment %s: %v", p, id, x.Row.ID, words(body))
		w.trackers[p].DeleteComment(id, x.Row.ID)
		return
	}
	now := slices.Clone(body.Doc)
	now[len(now)-1] = text.Of(w.token(s, p, "comments", words(body)...))[0] // below whose name stands above
	w.logf("people", "%s/%s edits comment %s: %v → %v", p, id, x.Row.ID, words(body), words(issue.Text{Doc: now}))
	w.trackers[p].EditComment("person", id, x.Row.ID, issue.Row{"body": issue.Text{Doc: now}})
}

// alike reports whether all sides show the same of a subject.
func (w *world) alike(s subject) bool {
	var first string
	for i, p := range w.order {
		id := w.at(s, p)
		if id == "" {
			return false
		}
		now := common(w.trackers[p].Show(id))
		if i > 0 && now != first {
			return false
		}
		first = now
	}
	return true
}

// common is what a document says to everybody: without what some cannot show.
func common(d issue.Document) string {
	var rows []string
	var out strings.Builder
	for _, x := range issue.Places(banged(d)) {
		if x.Row != (issue.Ref{}) {
			rows = append(rows, fmt.Sprint(words(d[x])))
		} else {
			out.WriteString(fmt.Sprintln(x, words(banged(d)[x])))
		}
	}
	slices.Sort(rows)
	return out.String() + fmt.Sprint(rows)
}
