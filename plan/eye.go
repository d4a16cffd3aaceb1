package plan

import (
	"example.com/accord/issue"
	"example.com/accord/text"
)

// An eye is an [Eye] at one participant. Its methods translate between shared
// words and the participant's own; both ways "no word" is an answer.
type eye struct {
	Eye
	who issue.Participant
}

// sees reports whether the participant takes part in a field.
func (e eye) sees(field string) bool { _, ok := e.Fields[field]; return ok }

// writable reports whether the field is ever written here.
func (e eye) writable(field string) bool { return !e.ReadOnly && e.Fields[field].Way != In }

// deaf reports whether the field is written here and not heard.
func (e eye) deaf(field string) bool { return e.Fields[field].Way == Out }

// out returns what the participant shows once v is written at x, and false
// where it has no word for v. A nil v, a row removed, stays nil.
func (e eye) out(x issue.Place, v issue.Value) (issue.Value, bool) {
	own, ok := e.word(x, v)
	if own == nil || !ok {
		return nil, ok
	}
	own = e.canon(x, own)
	return own, own != nil
}

func (e eye) word(x issue.Place, v issue.Value) (issue.Value, bool) {
	switch v := v.(type) {
	case issue.Scalar:
		return toOwn(e.Fields[x.Field].Words, v)
	case issue.Set:
		var out []string
		for _, m := range v {
			if w, ok := toOwn(e.Fields[x.Field].Words, issue.Scalar(m)); ok {
				out = append(out, string(w))
			}
		}
		return issue.SetOf(out...), true
	case issue.Text:
		return issue.Text{Doc: e.ownPeople(v.Doc)}, true
	case issue.Row:
		return e.ownRow(v, x.Row.Participant == e.who), true
	}
	return nil, true
}

func (e eye) canon(x issue.Place, v issue.Value) issue.Value {
	if e.Canon == nil {
		return v
	}
	return e.Canon(issue.Document{x: v})[x]
}

// in returns what the participant means by v at x, and false where the rules
// have no word for it. known is the shared value that a row had, or nil: it
// tells whose name stands above the body.
func (e eye) in(x issue.Place, v, known issue.Value) (issue.Value, bool) {
	switch v := v.(type) {
	case issue.Scalar:
		return toShared(e.Fields[x.Field].Words, v)
	case issue.Set:
		var in []string
		for _, m := range v {
			if w, ok := toShared(e.Fields[x.Field].Words, issue.Scalar(m)); ok {
				in = append(in, string(w))
			}
		}
		return issue.SetOf(in...), true
	case issue.Text:
		return issue.Text{Doc: e.sharedPeople(v.Doc)}, true
	case issue.Row:
		return e.sharedRow(x, v, known), true
	}
	return nil, true
}

// put carries the edit from→to, in own words, into the shared base. What the
// participant cannot show of base, and a richer word that its word stands for,
// stay. It reports false where the rules have no word for to.
func (e eye) put(x issue.Place, base, from, to issue.Value) (issue.Value, bool) {
	now, ok := e.in(x, to, base)
	if !ok || now == nil || base == nil {
		return now, ok
	}
	was, knew := e.in(x, from, base)
	if knew && issue.Same(was, now) {
		return base, true
	}
	return e.carry(x, base, was, now), true
}

// carry is put, in shared words: was and now are what the participant shows.
func (e eye) carry(x issue.Place, base, was, now issue.Value) issue.Value {
	switch b := base.(type) {
	case issue.Set:
		w, _ := was.(issue.Set)
		if n, ok := now.(issue.Set); ok {
			return b.Minus(w.Minus(n)).Plus(n.Minus(w))
		}
	case issue.Text:
		w, _ := was.(issue.Text)
		if n, ok := now.(issue.Text); ok {
			return issue.Text{Doc: text.Put(b.Doc, w.Doc, n.Doc, e.shows(x))}
		}
	case issue.Row:
		w, _ := was.(issue.Row)
		if n, ok := now.(issue.Row); ok {
			return e.carryRow(x, b, w, n)
		}
	}
	return now
}

// carryRow is carry part by part; a part that the participant never showed stays.
func (e eye) carryRow(x issue.Place, base, was, now issue.Row) issue.Row {
	out := issue.Row{}
	for part, v := range base {
		_, had := was[part]
		if _, has := now[part]; has || !had {
			out[part] = v
		}
	}
	for part, v := range now {
		switch b, had := base[part]; {
		case !had:
			out[part] = v
		case !issue.Same(was[part], v):
			out[part] = e.carry(x, b, was[part], v)
		}
	}
	return out
}

// shows returns what a text at x looks like through the eye, in shared words.
func (e eye) shows(x issue.Place) func(text.Doc) text.Doc {
	return func(d text.Doc) text.Doc {
		own := issue.Text{Doc: e.ownPeople(d)}
		if x.Row != (issue.Ref{}) {
			row, _ := e.canon(x, issue.Row{body: own}).(issue.Row)
			t, _ := row[body].(issue.Text)
			return e.sharedPeople(t.Doc)
		}
		t, _ := e.canon(x, own).(issue.Text)
		return e.sharedPeople(t.Doc)
	}
}

// toOwn returns the first own word for a shared one. Without a table both sides
// have the same words; empty is empty everywhere.
func toOwn(words []Word, v issue.Scalar) (issue.Scalar, bool) {
	if words == nil || v == "" {
		return v, true
	}
	for _, w := range words {
		if w.Shared == string(v) {
			return issue.Scalar(w.Own), true
		}
	}
	return "", false
}

// toShared returns the shared word for an own one.
func toShared(words []Word, v issue.Scalar) (issue.Scalar, bool) {
	if words == nil || v == "" {
		return v, true
	}
	for _, w := range words {
		if w.Own == string(v) {
			return issue.Scalar(w.Shared), true
		}
	}
	return "", false
}
