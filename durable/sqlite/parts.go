package sqlite

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"example.com/accord/issue"
)

// The kinds of part. The head is what has no part of its own; it sorts first,
// so that it is read before what belongs to it.
const (
	kindHead   = ""
	kindAgreed = "agreed"
	kindSaid   = "said"
	kindHeld   = "held"
	kindShown  = "shown"
	kindBase   = "base"
	kindRows   = "rows"
	kindSent   = "sent"
	kindTried  = "tried"
)

// A part is one row of the table part.
type part struct {
	participant issue.Participant // of a side; "": what all sides share
	kind, place string
	value       []byte // JSON; nil: it is to be removed
}

// diff returns the parts that turn before into after, in order.
func diff(before, after issue.Link) ([]part, error) {
	d := &delta{}
	if was, is := linkHead(before), linkHead(after); before.Revision == 0 || !reflect.DeepEqual(was, is) {
		d.save("", kindHead, "", is)
	}
	places(d, "", kindAgreed, before.Agreed, after.Agreed, issue.Same)
	places(d, "", kindSaid, before.Said, after.Said, deepEqual)
	places(d, "", kindHeld, before.Held, after.Held, deepEqual)
	for p, is := range after.Sides {
		was, had := before.Sides[p]
		if !had || !reflect.DeepEqual(sideHead(was), sideHead(is)) {
			d.save(p, kindHead, "", sideHead(is))
		}
		d.side(p, was, is)
	}
	for p, was := range before.Sides {
		if _, has := after.Sides[p]; !has {
			d.remove(p, kindHead, "")
			d.side(p, was, issue.Side{})
		}
	}
	slices.SortFunc(d.parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.participant, b.participant), cmp.Compare(a.kind, b.kind), cmp.Compare(a.place, b.place))
	})
	return d.parts, d.err
}

// A delta collects the parts in which two links differ.
type delta struct {
	parts []part
	err   error
}

// side notes all but the head.
func (d *delta) side(p issue.Participant, was, is issue.Side) {
	places(d, p, kindShown, was.Shown, is.Shown, issue.Same)
	places(d, p, kindBase, was.Base, is.Base, issue.Same)
	places(d, p, kindRows, was.Rows, is.Rows, deepEqual)
	places(d, p, kindTried, was.Tried, is.Tried, deepEqual)
	for i, s := range is.Sent {
		if i >= len(was.Sent) || !reflect.DeepEqual(was.Sent[i], s) {
			d.save(p, kindSent, position(i), s)
		}
	}
	for i := len(is.Sent); i < len(was.Sent); i++ {
		d.remove(p, kindSent, position(i))
	}
}

// places notes where two maps by place differ.
func places[V any](d *delta, p issue.Participant, kind string, was, is map[issue.Place]V, same func(a, b V) bool) {
	for place, v := range is {
		if old, had := was[place]; !had || !same(old, v) {
			d.save(p, kind, place.String(), v)
		}
	}
	for place := range was {
		if _, has := is[place]; !has {
			d.remove(p, kind, place.String())
		}
	}
}

func (d *delta) save(p issue.Participant, kind, place string, v any) {
	value, err := json.Marshal(v)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("write %s of %q at %q: %w", kind, p, place, err)
	}
	d.parts = append(d.parts, part{p, kind, place, value})
}

func (d *delta) remove(p issue.Participant, kind, place string) {
	d.parts = append(d.parts, part{p, kind, place, nil})
}

func deepEqual[V any](a, b V) bool { return reflect.DeepEqual(a, b) }

// position is where a Sent stands, so that text sorts as numbers do.
func position(i int) string { return fmt.Sprintf("%04d", i) }

// linkHead is l without what has parts of its own.
func linkHead(l issue.Link) issue.Link {
	l.Agreed, l.Said, l.Held, l.Sides, l.Revision = nil, nil, nil, nil, 0
	return l
}

// sideHead is s without what has parts of its own.
func sideHead(s issue.Side) issue.Side {
	s.Shown, s.Base, s.Rows, s.Sent, s.Tried = nil, nil, nil, nil, nil
	return s
}

// add puts a part into l.
func add(l *issue.Link, p part) error {
	var err error
	if p.participant == "" {
		err = addShared(l, p)
	} else {
		if l.Sides == nil {
			l.Sides = map[issue.Participant]issue.Side{}
		}
		side := l.Sides[p.participant]
		err = addSide(&side, p)
		l.Sides[p.participant] = side
	}
	if err != nil {
		return fmt.Errorf("read %s of %q at %q: %w", p.kind, p.participant, p.place, err)
	}
	return nil
}

func addShared(l *issue.Link, p part) error {
	switch p.kind {
	case kindHead:
		return json.Unmarshal(p.value, l)
	case kindAgreed:
		return put(&l.Agreed, p, issue.UnmarshalValue)
	case kindSaid:
		return put(&l.Said, p, decode[issue.Stamp])
	case kindHeld:
		return put(&l.Held, p, decode[issue.Held])
	}
	return errKind
}

func addSide(s *issue.Side, p part) error {
	switch p.kind {
	case kindHead:
		return json.Unmarshal(p.value, s)
	case kindShown:
		return put(&s.Shown, p, issue.UnmarshalValue)
	case kindBase:
		return put(&s.Base, p, issue.UnmarshalValue)
	case kindRows:
		return put(&s.Rows, p, decode[issue.RowAt])
	case kindTried:
		return put(&s.Tried, p, decode[issue.Try])
	case kindSent:
		v, err := decode[issue.Sent](p.value)
		s.Sent = append(s.Sent, v)
		return err
	}
	return errKind
}

var errKind = errors.New("no such kind")

func put[M ~map[issue.Place]V, V any](m *M, p part, read func([]byte) (V, error)) error {
	place, err := issue.ParsePlace(p.place)
	if err != nil {
		return err
	}
	v, err := read(p.value)
	if err != nil {
		return err
	}
	if *m == nil {
		*m = M{}
	}
	(*m)[place] = v
	return nil
}

func decode[V any](b []byte) (v V, err error) {
	err = json.Unmarshal(b, &v)
	return v, err
}
