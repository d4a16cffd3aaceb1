// Package issue is the vocabulary of Accord: what an issue, an edit, a look and
// a link are when they belong to no tracker in particular. All are values;
// nobody changes one in place.
package issue

import (
	"cmp"
	"fmt"
	"strings"
)

// A Participant names one project on one site taking part in a sync, such as
// "acme-support". It holds letters, digits, "-", "_" and ".", and is never empty.
type Participant string

// A Ref names a thing by where it was born: the participant and the immutable
// id it was given there. Links, issues, comments, attachments and worklogs all
// have one. The zero Ref names nothing; one without an ID, a thing that is yet
// to be born there.
type Ref struct {
	Participant Participant
	ID          string
}

// String returns "participant/id", and "" for the zero Ref.
func (r Ref) String() string {
	if r == (Ref{}) {
		return ""
	}
	return string(r.Participant) + "/" + r.ID
}

// ParseRef reads what [Ref.String] returns.
func ParseRef(s string) (Ref, error) {
	if s == "" {
		return Ref{}, nil
	}
	p, id, ok := strings.Cut(s, "/")
	if !ok || p == "" {
		return Ref{}, fmt.Errorf("read ref %q: want participant/id", s)
	}
	return Ref{Participant(p), id}, nil
}

// MarshalText implements [encoding.TextMarshaler], so that a Ref can key a JSON object.
func (r Ref) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *Ref) UnmarshalText(b []byte) (err error) {
	*r, err = ParseRef(string(b))
	return err
}

// Compare orders refs by participant, then by id, a shorter id first: numeric
// ids, as Jira gives them, stand in the order in which they were made.
func (r Ref) Compare(s Ref) int {
	return cmp.Or(cmp.Compare(r.Participant, s.Participant), cmp.Compare(len(r.ID), len(s.ID)), cmp.Compare(r.ID, s.ID))
}

// A Place is a field, or a field and a row in it: "summary", "comments" and
// one comment. Field is the sync's own name for the field, the same at every
// participant; Row is zero for a whole field.
type Place struct {
	Field string
	Row   Ref
}

// Whole names the issue itself among its places: there its create is answered
// and refused. It is never a place of a Document.
func Whole() Place { return Place{Field: "*"} }

// String returns "summary" or "comments[acme/10234]".
func (p Place) String() string {
	if p.Row == (Ref{}) {
		return p.Field
	}
	return p.Field + "[" + p.Row.String() + "]"
}

// ParsePlace reads what [Place.String] returns.
func ParsePlace(s string) (Place, error) {
	field, row, has := strings.Cut(s, "[")
	if !has {
		return Place{Field: s}, nil
	}
	row, closed := strings.CutSuffix(row, "]")
	r, err := ParseRef(row)
	if !closed || err != nil || r.ID == "" {
		return Place{}, fmt.Errorf("read place %q: want field or field[participant/id]", s)
	}
	return Place{field, r}, nil
}

// MarshalText implements [encoding.TextMarshaler], so that a Place can key a JSON object.
func (p Place) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (p *Place) UnmarshalText(b []byte) (err error) {
	*p, err = ParsePlace(string(b))
	return err
}

// Compare orders places by field, then by row.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Field, q.Field), p.Row.Compare(q.Row))
}
