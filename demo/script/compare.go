package script

import (
	"slices"
	"strings"
	"time"
)

// compare reads an issue at both sides against each other.
func (b *bench) compare(t *track) {
	for _, key := range t.twins {
		b.find(t, "%s is it a second time", key)
	}
	if !t.paired() {
		if r := b.refused(t, "type"); r != nil && b.wordless(t, "type") {
			b.res.Refused++
			return
		}
		b.find(t, "it is not at the %v", t.born.other())
		return
	}
	looks := b.looks[t]
	fields := []string{"labels", "description"}
	for _, f := range scalars {
		fields = append(fields, f.name)
	}
	for _, f := range fields {
		b.field(t, f, looks)
	}
	b.comments(t, looks)
	for _, h := range b.standing.Held {
		if h.Link == b.name(t) && !slices.Contains(fields, h.Field) {
			b.find(t, "%s is held", h.Field)
		}
	}
}

// field compares one field; one that is held or refused may differ, if it
// should be.
func (b *bench) field(t *track, field string, looks [2]look) {
	held, refused := b.held(t, field), b.refused(t, field)
	switch equal := equalAt(b.words, field, looks[cloud], looks[server]); {
	case held != nil && !b.mayHold(t, field):
		b.find(t, "%s is held, though it was not edited on both sides at once", field)
	case held != nil:
		b.res.Held++
	case equal:
	case b.byDefault(t, field):
		b.res.Defaults++
	case refused != nil && b.wordless(t, field):
		b.res.Refused++
	case refused != nil:
		b.find(t, "%s is refused at %s though it has a word for it: %s; it is %s", field, refused.Participant, refused.Why, b.apart(field, looks))
	default:
		b.find(t, "%s is %s", field, b.apart(field, looks))
	}
}

// byDefault reports whether a field is empty where the issue was born and holds
// at the other side what that Jira filled in by itself: nobody ever said it.
func (b *bench) byDefault(t *track, field string) bool {
	looks := b.looks[t]
	of := func(e entry) bool { return e.Field == field }
	if looks[t.born.other()].Values[field] == "" || looks[t.born].Values[field] != "" {
		return false
	}
	return !slices.ContainsFunc(looks[cloud].Log, of) && !slices.ContainsFunc(looks[server].Log, of)
}

// apart says how a field differs.
func (b *bench) apart(field string, looks [2]look) string {
	switch field {
	case "description":
		return looks[cloud].Description.difference(looks[server].Description)
	case "labels":
		return strings.Join(looks[cloud].Labels, " ") + " at the Cloud and " + strings.Join(looks[server].Labels, " ") + " at the Data Center"
	}
	return "“" + looks[cloud].Values[field] + "” at the Cloud and “" + looks[server].Values[field] + "” at the Data Center"
}

// comments pairs the comments of both sides: each that a person wrote has one
// copy by the sync that names its author and says the same.
func (b *bench) comments(t *track, looks [2]look) {
	for _, s := range []side{cloud, server} {
		var copies, ours []comment
		for _, c := range looks[s.other()].Comments {
			if c.Author == b.sync[s.other()] {
				copies = append(copies, c)
			}
		}
		for _, c := range looks[s].Comments {
			if c.Author != b.sync[s] && !c.Limited {
				ours = append(ours, c)
			}
		}
		for _, c := range ours {
			n := slices.IndexFunc(copies, func(o comment) bool { return b.copyOf(o, c) })
			if n < 0 {
				b.find(t, "comment %s of %s at the %v has no copy: %s%s", c.ID, first(c.Name, "nobody"), s, c.Body, nearest(copies, c))
				continue
			}
			copies = slices.Delete(copies, n, n+1)
		}
		for _, c := range copies {
			b.find(t, "comment %s at the %v is a copy of nothing: %s", c.ID, s.other(), c.Body)
		}
	}
}

// copyOf reports whether o is c as the sync writes it: the author's name in a
// paragraph of its own, then the same.
func (b *bench) copyOf(o, c comment) bool {
	if c.Name == "" {
		return o.Body.equal(c.Body) || len(o.Body) > 0 && o.Body[1:].equal(c.Body)
	}
	rest := headless(o.Body, c.Name)
	return len(rest) < len(o.Body) && rest.equal(c.Body)
}

// nearest says how the copy with the same token differs, if there is one.
func nearest(copies []comment, c comment) string {
	for _, token := range tokensIn(c.Body.words()) {
		for _, o := range copies {
			if strings.Contains(o.Body.words(), token) {
				return "; the one with its token: " + c.Body.difference(headless(o.Body, c.Name))
			}
		}
	}
	return ""
}

// fateOfComment follows an edit of a comment. Each was made while the comment
// was equal on both sides, so only the last counts.
func (b *bench) fateOfComment(e *edit) string {
	looks := b.looks[e.Track]
	for _, k := range e.Track.talks {
		mine := slices.Contains(k.tokens, e.Adds) || len(e.Drops) > 0 && slices.Contains(k.tokens, e.Drops[0])
		if !mine {
			continue
		}
		for _, s := range []side{cloud, server} {
			for i, token := range k.tokens {
				want := 0
				if i == len(k.tokens)-1 && !k.gone {
					want = 1
				}
				if shows(looks[s], token) != want {
					return lost
				}
			}
		}
		if e.Kind == "comment deleted" || !k.gone && e.Adds == k.last() {
			return stands
		}
		return superseded
	}
	return lost
}

// shows counts the comments of a look that hold a word.
func shows(l look, word string) int {
	n := 0
	for _, c := range l.Comments {
		if strings.Contains(c.Body.words(), word) {
			n++
		}
	}
	return n
}

// mustHaves finds what every run has to contain.
func (b *bench) mustHaves() {
	for _, k := range kinds {
		if n := b.res.Kinds[k.name]; n < least(b.res.Edits) {
			b.find(nil, "only %d edits of %d are of the kind %s", n, b.res.Edits, k.name)
		}
	}
	if b.res.Refused == 0 {
		b.find(nil, "no value was refused")
	}
	if !b.hopped() {
		b.find(nil, "no status went several hops at once")
	}
}

// hopped reports whether the sync took the issue that had climbed through
// several statuses after the last of them was chosen: it never chose a
// neighbour each time.
func (b *bench) hopped() bool {
	if b.climbed == nil {
		return false
	}
	var last time.Time
	for _, e := range b.edits {
		if e.Track == b.climbed && e.Field == "status" {
			last = e.At
		}
	}
	s := b.climbed.born.other()
	return hops(b.looks[b.climbed][s].Log, b.sync[s], last) >= 2
}
