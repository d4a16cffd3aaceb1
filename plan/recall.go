package plan

import (
	"slices"
	"time"

	"example.com/accord/issue"
)

// At first contact nothing is known of a link. If our account wrote at its
// issues before, with a store that is lost or before a person joined them, the
// sites still tell what it said: the changelog and the last author of a row. Our
// own word is nobody's claim; what stands there since is an edit made on it.

// A recollecting puts together what was agreed at first contact.
type recollecting struct {
	link  *issue.Link
	sides []*side // those looked at, each for the first time
	now   time.Time
}

// recollect finds for every place the last word of our account, and on each
// side where it was shown. It reports false while a changelog does not tell yet
// of a change that was made: then nothing can be said.
func recollect(link *issue.Link, sides []*side, t Times, now time.Time) bool {
	r := recollecting{link: link, now: now}
	ours, behind := false, false
	for _, s := range sides {
		if !s.looked {
			continue
		}
		if len(s.Shown) > 0 || len(s.Base) > 0 || len(s.Sent) > 0 || !s.Heard.At.IsZero() {
			return true // something is known: what differs from it is heard as ever
		}
		r.sides = append(r.sides, s)
		ours = ours || s.touched()
		behind = behind || s.unlogged(t) && !s.view.Looked.After(s.ours(s.view.Updated).Add(t.Late))
	}
	switch {
	case len(r.sides) < 2 || len(link.Agreed) > 0 || !ours:
		return true
	case behind:
		return false
	}
	var shown []issue.Document
	for _, s := range r.sides {
		shown = append(shown, s.raw)
	}
	for _, x := range issue.Places(shown...) {
		if x.Row == (issue.Ref{}) {
			r.field(x)
		} else {
			r.row(x)
		}
	}
	return true
}

// touched reports whether our account made the issue or anything in it.
func (s *side) touched() bool {
	if s.view.Ours || slices.ContainsFunc(s.view.Log, func(e issue.Entry) bool { return e.Ours }) {
		return true
	}
	for _, r := range s.rows {
		if r.Ours || r.Echo {
			return true
		}
	}
	return false
}

// A step is what one side showed at a place, from one change of it to the next.
type step struct {
	shown issue.Value // own words
	ours  bool        // our account said it
	made  bool        // it was made so
	at    time.Time   // since when, by our clock; zero: not told
}

// steps are what the side showed at x, the last first, as far back as the
// changelog tells.
func (s *side) steps(x issue.Place) (out []step) {
	now, log := s.raw[x], s.logOf(x)
	set, isSet := now.(issue.Set)
	if n := len(log); n > 0 && !isSet && log[n-1].Known && !s.alike(x, log[n-1].To, now) {
		out = append(out, step{shown: now}) // its entry is not there yet
		now = log[n-1].To
	}
	for i := len(log) - 1; i >= 0; i-- {
		e := log[i]
		out = append(out, step{shown: now, ours: e.Ours, at: s.ours(e.At)})
		switch {
		case isSet:
			set = set.Minus(e.Add).Plus(e.Remove)
			now = set
		case !e.Known:
			return out
		default:
			now = e.From
		}
	}
	return append(out, step{now, s.view.Ours, true, s.ours(s.view.Created)})
}

// field recollects a field. A side that never showed what we said last may be
// behind it: then it shows what others showed before. Else it speaks for itself,
// as at any first contact; a create's word gives way to it, which may be nothing
// but what the site filled in.
func (r *recollecting) field(x issue.Place) {
	said, by := r.said(x)
	if by == nil {
		return
	}
	agreed := r.meant(x, said.shown, by)
	var strangers []*side
	var before []issue.Value
	for _, s := range r.sides {
		if _, shows := s.raw[x]; !shows {
			continue
		}
		older, ever := s.recallField(x, agreed, true)
		if before = append(before, older...); !ever {
			strangers = append(strangers, s)
		}
	}
	strange := false
	for _, s := range strangers {
		ever := false
		for _, v := range before {
			if _, ever = s.recallField(x, v, false); ever {
				break
			}
		}
		strange = strange || !ever && !issue.Empty(s.raw[x])
	}
	if agreed != nil && !(strange && said.made) {
		r.agree(x, agreed, by, said)
	}
}

// said is the last word of our account at x, and where it said it; nil: nowhere.
func (r *recollecting) said(x issue.Place) (said step, by *side) {
	for _, s := range r.sides {
		for _, st := range s.steps(x) {
			if _, ok := s.in(x, st.shown, nil); !st.ours || !ok {
				continue
			}
			if by == nil || st.at.After(said.at) {
				said, by = st, s
			}
			break
		}
	}
	return said, by
}

// meant is what our word at one side stood for, in shared words: the last that
// another side showed and that looks like it there; else what it says itself.
func (r *recollecting) meant(x issue.Place, word issue.Value, by *side) issue.Value {
	for _, s := range r.sides {
		if s == by {
			continue
		}
		for _, st := range s.steps(x) {
			v, ok := s.in(x, st.shown, nil)
			if !ok || v == nil {
				continue
			}
			if own, ok := by.out(x, v); ok && by.alike(x, own, word) {
				return v
			}
		}
	}
	v, _ := by.in(x, word, nil)
	return v
}

// recallField sets what the side showed at x when it last was what is agreed,
// or, if own, what we said. It reports whether it ever was, and what it showed
// before that.
func (s *side) recallField(x issue.Place, agreed issue.Value, own bool) (older []issue.Value, ever bool) {
	looks, _ := s.out(x, agreed)
	for _, st := range s.steps(x) {
		base, ok := s.in(x, st.shown, nil)
		if !ok {
			continue
		}
		if ever {
			older = append(older, base)
			continue
		}
		if issue.Same(base, agreed) || looks != nil && s.alike(x, st.shown, looks) {
			base = agreed
		} else if !own || !st.ours {
			continue
		}
		ever = true
		put(s.Base, x, base)
		put(s.Shown, x, st.shown)
	}
	return older, ever
}

func (r *recollecting) agree(x issue.Place, v issue.Value, by *side, said step) {
	r.link.Agreed[x] = v
	r.link.Said[x] = issue.Stamp{By: by.who, At: said.at, Uncertainty: by.view.Clock.Uncertainty, Heard: r.now, Raw: said.shown}
}

// row recollects a row. Where we wrote it last it says what somebody said
// elsewhere before; where a person wrote later than that, it is an edit.
func (r *recollecting) row(x issue.Place) {
	var echoes, before, since []*side
	wrote := time.Time{}
	for _, s := range r.sides {
		seen, at := s.rows[x], time.Time{}
		switch {
		case s.raw[x] == nil:
		case seen.Echo:
			echoes, at = append(echoes, s), s.ours(seen.Updated)
		case seen.Ours:
			at = s.ours(seen.Created)
		}
		if at.After(wrote) {
			wrote = at
		}
	}
	for _, s := range r.sides {
		switch {
		case s.raw[x] == nil || s.rows[x].Echo:
		case s.ours(s.rows[x].Updated).After(wrote.Add(s.view.Clock.Uncertainty)):
			since = append(since, s)
		default:
			before = append(before, s)
		}
	}
	known := r.original(x)
	if wrote.IsZero() || len(before) > 1 || len(before)+len(echoes) == 0 {
		r.apart(x, known)
		return
	}
	source := append(before, echoes...)[0]
	agreed, _ := source.in(x, source.raw[x], known)
	r.agree(x, agreed, source, step{shown: source.raw[x], at: wrote})
	for _, s := range append(before, echoes...) {
		put(s.Base, x, agreed)
		put(s.Shown, x, s.raw[x])
	}
	for _, s := range since {
		own, _ := s.out(x, agreed)
		put(s.Base, x, agreed)
		put(s.Shown, x, own)
	}
}

// apart says of a row that was edited on every side since we wrote it only
// whose it is: so that the name above it is taken for no part of an edit.
func (r *recollecting) apart(x issue.Place, known issue.Value) {
	row, _ := known.(issue.Row)
	name, named := row[author]
	for _, s := range r.sides {
		if named && s.who != x.Row.Participant && s.raw[x] != nil {
			put(s.Base, x, issue.Row{author: name})
		}
	}
}

// original is a row as it stands where it was born: it tells whose name stands
// above it elsewhere. Nil: it stands there no more.
func (r *recollecting) original(x issue.Place) issue.Value {
	for _, s := range r.sides {
		if x.Row.Participant == s.who && s.raw[x] != nil {
			v, _ := s.in(x, s.raw[x], nil)
			return v
		}
	}
	return nil
}
