package engine_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// A ledger knows of every edit that people made.
type ledger struct {
	subjects []subject
	tokens   map[string]*token
	order    []string
	spared   map[string]bool // tokens that somebody may have replaced unseen, since the create of a copy cannot carry them
	late     int             // writes after calm
	unseen   map[string]bool // words that a write of ours covered: who edits next does not know of them
}

// A token is the word that one edit leaves behind.
type token struct {
	subject int
	by      issue.Participant
	field   string
	at      time.Time
	over    map[string]bool // what was shown in its place: of scalars and comments
	gone    bool            // taken away by a person who saw it
}

var word = regexp.MustCompile(`\b(k\d+|Hub)\b`)

// words are the tokens in a value, in order.
func words(v issue.Value) []string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return word.FindAllString(string(b), -1)
}

// A verdict is what the ledger says of one subject at the end.
type verdict struct {
	w     *world
	s     subject
	link  issue.Link
	over  map[string][]issue.Value // what was overruled, by field
	docs  map[issue.Participant]issue.Document
	super map[string]bool // tokens that somebody replaced who saw them
	gaps  map[string]bool // tokens that fell into the gap before a write of a row
	bad   []string
}

func (v *verdict) fail(format string, args ...any) {
	v.bad = append(v.bad, fmt.Sprintf("issue %d: ", v.s.n)+fmt.Sprintf(format, args...))
}

// judge returns all that is wrong at the end of a world.
func (w *world) judge() (bad []string, held int) {
	for _, p := range w.order {
		if n, want := len(w.trackers[p].IDs()), len(w.book.subjects); n > want {
			bad = append(bad, fmt.Sprintf("%s has %d issues of %d: duplicates", p, n, want))
		}
	}
	for _, s := range w.book.subjects {
		v := &verdict{w: w, s: s, over: map[string][]issue.Value{}, docs: map[issue.Participant]issue.Document{}, super: map[string]bool{}, gaps: map[string]bool{}}
		v.gather()
		if len(v.bad) == 0 {
			v.sides()
			v.comments()
			v.edits()
			if !w.kind.loses {
				v.held()
			}
		}
		bad, held = append(bad, v.bad...), held+len(v.link.Held)
	}
	return bad, held
}

func (v *verdict) gather() {
	var err error
	if v.link, err = v.w.store.Link(ctx(), v.s.born); err != nil {
		v.fail("no link: %v", err)
		return
	}
	for r, err := range v.w.store.History(ctx(), v.link.ID) {
		if err != nil {
			v.fail("history: %v", err)
		}
		v.overruled(r)
	}
	for _, p := range v.w.order {
		id := v.w.at(v.s, p)
		if id == "" {
			v.fail("%s has no issue", p)
			continue
		}
		v.docs[p] = v.w.trackers[p].Show(id)
		for _, g := range v.w.trackers[p].Tally().Gaps {
			for _, t := range words(g.Was) {
				v.gaps[t] = true
			}
		}
		for _, c := range v.w.trackers[p].Tally().Covered {
			for _, t := range words(c.Was) {
				v.w.book.unseen[t] = true
			}
		}
	}
	for _, t := range v.w.book.tokens {
		for o := range t.over {
			v.super[o] = true
		}
	}
}

func (v *verdict) overruled(r durable.Record) {
	for x, cs := range r.Overruled {
		for _, c := range cs {
			v.over[x.Field] = append(v.over[x.Field], c.Value)
		}
	}
}

// sides wants every side to show what is agreed, but where it is held, and
// nothing to be in doubt.
func (v *verdict) sides() {
	for _, p := range v.w.order {
		side := v.link.Sides[p]
		if len(side.Sent) > 0 {
			v.fail("%s: a write is still in doubt: %v", p, side.Sent)
		}
		for x, t := range side.Tried {
			if t.Refused() {
				v.fail("%s.%s is still refused: %s", p, x, t.Why)
			}
		}
		for f, rule := range v.w.rules.Fields {
			x := issue.Place{Field: f}
			if _, held := v.link.Held[x]; held || rule.Kind == plan.Rows {
				continue
			}
			want := v.w.trackers[p].Canon(issue.Document{x: v.link.Agreed[x]})[x]
			if got := v.docs[p][x]; !issue.Same(got, want) && !(issue.Empty(got) && issue.Empty(want)) {
				v.fail("%s.%s shows %s, agreed is %s", p, f, plan.Words(got), plan.Words(want))
			}
		}
	}
}

// comments wants no comment twice on a side.
func (v *verdict) comments() {
	for _, p := range v.w.order {
		count := map[string]int{}
		for x, value := range v.docs[p] {
			if x.Row == (issue.Ref{}) {
				continue
			}
			for _, t := range words(value) {
				if count[t]++; count[t] > 1 {
					v.fail("%s: comment %s twice", p, t)
				}
			}
		}
	}
}

// edits wants every edit to show, or to be superseded by one who saw it, or
// held, or overruled with a trace.
func (v *verdict) edits() {
	for _, name := range v.w.book.order {
		t := v.w.book.tokens[name]
		if t.subject != v.s.n || v.super[name] || v.w.book.spared[name] || v.gone(name, t) {
			continue
		}
		x := issue.Place{Field: t.field}
		in := slices.Contains(words(v.link.Agreed[x]), name)
		switch t.field {
		case "labels":
			if in == t.gone {
				v.fail("label %s by %s: agreed %v, taken away %v", name, t.by, in, t.gone)
			}
		case "text":
			v.editOfText(name, t, in)
		case "comments":
			v.editOfComment(name, t)
		default:
			if !in && !v.isHeld(t.field, name) && !v.isOver(t.field, name) {
				v.fail("lost: %s.%s %s", t.by, t.field, name)
			}
		}
	}
}

// gone reports whether only the store that was lost could tell of an edit: it
// was made before, or a call that it had begun overwrote it.
func (v *verdict) gone(name string, t *token) bool {
	return v.w.kind.loses && (v.w.losses == 0 || t.at.Before(v.w.lost) || v.w.book.unseen[name])
}

func (v *verdict) editOfText(name string, t *token, in bool) {
	_, held := v.link.Held[issue.Place{Field: "text"}]
	known := in || v.isOver("text", name) || held && v.isHeld("text", name)
	if !t.gone && !known {
		v.fail("lost: text %s by %s (held %v)", name, t.by, held)
	}
	if t.gone && in && !held && len(v.over["text"]) == 0 {
		v.fail("text %s by %s came back", name, t.by)
	}
}

func (v *verdict) editOfComment(name string, t *token) {
	if v.gaps[name] {
		return // nothing can tell of it; counted apart
	}
	sides := 0
	for _, p := range v.w.order {
		for x, value := range v.docs[p] {
			if x.Row != (issue.Ref{}) && slices.Contains(words(value), name) {
				sides++
			}
		}
	}
	for x := range v.link.Held {
		if sides > 0 && slices.Contains(words(v.link.Agreed[x]), name) {
			return
		}
	}
	if !t.gone && sides != len(v.w.order) && !v.isHeld("comments", name) {
		v.fail("lost: comment %s by %s is on %d sides", name, t.by, sides)
	}
	if t.gone && sides > 0 && sides < len(v.w.order) {
		v.fail("comment %s by %s was removed and is on %d sides", name, t.by, sides)
	}
}

func (v *verdict) isHeld(field, name string) bool {
	for x, h := range v.link.Held {
		if x.Field == field && slices.ContainsFunc(h.Claims, func(c issue.Claim) bool { return slices.Contains(words(c.Value), name) }) {
			return true
		}
	}
	return false
}

func (v *verdict) isOver(field, name string) bool {
	return slices.ContainsFunc(v.over[field], func(o issue.Value) bool { return slices.Contains(words(o), name) })
}

// held wants scalars to be held exactly where words that did not know of each
// other meet, and the newest word to win where that is the rule.
func (v *verdict) held() {
	front, spared := map[string][]string{}, map[string]bool{}
	for _, name := range v.w.book.order {
		if t := v.w.book.tokens[name]; t.subject == v.s.n && !v.super[name] && (t.field == "summary" || t.field == "status") {
			front[t.field] = append(front[t.field], name)
			spared[t.field] = spared[t.field] || v.w.book.spared[name]
		}
	}
	for f, names := range front {
		x := issue.Place{Field: f}
		_, held := v.link.Held[x]
		switch policy := v.w.rules.Fields[f].Policy; {
		case held && len(names) < 2:
			v.fail("%s is held though nobody disagrees: %v", f, names)
		case !held && spared[f]:
		case !held && policy == plan.Hold && len(names) > 1:
			v.fail("%s: %v did not know of each other, and nothing is held", f, names)
		case !held && policy == plan.Newest:
			v.newest(x, names)
		}
	}
	for x, h := range v.link.Held {
		known := !v.unseen(v.link.Agreed[x])
		for _, c := range h.Claims {
			known = known && !c.Lost && !v.unseen(c.Value)
		}
		if v.w.kind.alone && known {
			v.fail("%s is held, and people knew of each other's words", x)
		}
	}
}

func (v *verdict) unseen(value issue.Value) bool {
	return slices.ContainsFunc(words(value), func(t string) bool { return v.w.book.unseen[t] })
}

func (v *verdict) newest(x issue.Place, names []string) {
	at := func(name string) time.Time { return v.w.book.tokens[name].at }
	best := slices.MaxFunc(names, func(a, b string) int { return at(a).Compare(at(b)) })
	for _, got := range words(v.link.Agreed[x]) {
		if t := v.w.book.tokens[got]; t != nil && at(best).Sub(t.at) > 3*time.Second {
			v.fail("%s: %s wins, %s is newer (%v)", x, got, best, slices.Sorted(maps.Keys(t.over)))
		}
	}
}
