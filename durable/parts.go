package durable

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
	PartHead   = ""
	PartAgreed = "agreed"
	PartSaid   = "said"
	PartHeld   = "held"
	PartShown  = "shown"
	PartBase   = "base"
	PartRows   = "rows"
	PartSent   = "sent"
	PartTried  = "tried"
)

// A Part is one piece of a link, which a store keeps by itself: so a commit
// writes only the pieces that differ.
type Part struct {
	Side  issue.Participant // "": what all sides share
	Kind  string
	Place string // as text; of a sent: its position; of a head: empty
	Value []byte // JSON; nil: it is to be removed
}

// Split returns the parts that turn before into after, by side, kind and place.
// Of the zero Link they are all that after has.
func Split(before, after issue.Link) ([]Part, error) {
	d := &delta{}
	if was, is := linkHead(before), linkHead(after); before.Revision == 0 || !reflect.DeepEqual(was, is) {
		d.save("", PartHead, "", is)
	}
	places(d, "", PartAgreed, before.Agreed, after.Agreed, issue.Same)
	places(d, "", PartSaid, before.Said, after.Said, deepEqual)
	places(d, "", PartHeld, before.Held, after.Held, deepEqual)
	for p, is := range after.Sides {
		was, had := before.Sides[p]
		if !had || !reflect.DeepEqual(sideHead(was), sideHead(is)) {
			d.save(p, PartHead, "", sideHead(is))
		}
		d.side(p, was, is)
	}
	for p, was := range before.Sides {
		if _, has := after.Sides[p]; !has {
			d.remove(p, PartHead, "")
			d.side(p, was, issue.Side{})
		}
	}
	slices.SortFunc(d.parts, func(a, b Part) int {
		return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Place, b.Place))
	})
	return d.parts, d.err
}

// A delta collects the parts in which two links differ.
type delta struct {
	parts []Part
	err   error
}

// side notes all but the head.
func (d *delta) side(p issue.Participant, was, is issue.Side) {
	places(d, p, PartShown, was.Shown, is.Shown, issue.Same)
	places(d, p, PartBase, was.Base, is.Base, issue.Same)
	places(d, p, PartRows, was.Rows, is.Rows, deepEqual)
	places(d, p, PartTried, was.Tried, is.Tried, deepEqual)
	for i, s := range is.Sent {
		if i >= len(was.Sent) || !reflect.DeepEqual(was.Sent[i], s) {
			d.save(p, PartSent, position(i), s)
		}
	}
	for i := len(is.Sent); i < len(was.Sent); i++ {
		d.remove(p, PartSent, position(i))
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
	d.parts = append(d.parts, Part{p, kind, place, value})
}

func (d *delta) remove(p issue.Participant, kind, place string) {
	d.parts = append(d.parts, Part{p, kind, place, nil})
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

// AddTo puts p into l. The head of a side, and of the link, comes before its
// other parts, and its sents come in order.
func (p Part) AddTo(l *issue.Link) error {
	var err error
	if p.Side == "" {
		err = addShared(l, p)
	} else {
		if l.Sides == nil {
			l.Sides = map[issue.Participant]issue.Side{}
		}
		side := l.Sides[p.Side]
		err = addSide(&side, p)
		l.Sides[p.Side] = side
	}
	if err != nil {
		return fmt.Errorf("read %s of %q at %q: %w", p.Kind, p.Side, p.Place, err)
	}
	return nil
}

func addShared(l *issue.Link, p Part) error {
	switch p.Kind {
	case PartHead:
		return json.Unmarshal(p.Value, l)
	case PartAgreed:
		return put(&l.Agreed, p, issue.UnmarshalValue)
	case PartSaid:
		return put(&l.Said, p, decode[issue.Stamp])
	case PartHeld:
		return put(&l.Held, p, decode[issue.Held])
	}
	return errKind
}

func addSide(s *issue.Side, p Part) error {
	switch p.Kind {
	case PartHead:
		return json.Unmarshal(p.Value, s)
	case PartShown:
		return put(&s.Shown, p, issue.UnmarshalValue)
	case PartBase:
		return put(&s.Base, p, issue.UnmarshalValue)
	case PartRows:
		return put(&s.Rows, p, decode[issue.RowAt])
	case PartTried:
		return put(&s.Tried, p, decode[issue.Try])
	case PartSent:
		v, err := decode[issue.Sent](p.Value)
		s.Sent = append(s.Sent, v)
		return err
	}
	return errKind
}

var errKind = errors.New("no such kind")

func put[M ~map[issue.Place]V, V any](m *M, p Part, read func([]byte) (V, error)) error {
	place, err := issue.ParsePlace(p.Place)
	if err != nil {
		return err
	}
	v, err := read(p.Value)
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
