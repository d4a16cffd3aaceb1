package issue

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"example.com/accord/text"
)

// A Value is what one place holds. The set is closed: Scalar, Set, Text, Row.
// In a [Document] nil stands for a row that is gone.
type Value interface {
	// Equal reports whether both hold the same content. Values of different
	// kinds are not equal.
	Equal(Value) bool
	value()
}

type (
	// A Scalar is one thing that is replaced whole: a status, a person, a date,
	// a number in its shortest decimal form. "" is empty.
	Scalar string
	// A Set is things in no order, each there or not: labels, watchers. It is
	// sorted and holds no member twice; see [SetOf].
	Set []string
	// A Text is rich text, merged block by block.
	Text struct{ text.Doc }
	// A Row is one comment, attachment or worklog: its parts by name, such as
	// body (Text), author (Scalar, a name to display), visibility (Scalar).
	Row map[string]Value
)

func (Scalar) value() {}
func (Set) value()    {}
func (Text) value()   {}
func (Row) value()    {}

// Equal implements [Value].
func (v Scalar) Equal(w Value) bool { x, ok := w.(Scalar); return ok && v == x }

// Equal implements [Value].
func (v Set) Equal(w Value) bool { x, ok := w.(Set); return ok && slices.Equal(v, x) }

// Equal implements [Value].
func (v Text) Equal(w Value) bool { x, ok := w.(Text); return ok && v.Doc.Equal(x.Doc) }

// Equal implements [Value].
func (v Row) Equal(w Value) bool { x, ok := w.(Row); return ok && maps.EqualFunc(v, x, Same) }

// Same is Equal for values that may be nil.
func Same(v, w Value) bool {
	if v == nil || w == nil {
		return v == nil && w == nil
	}
	return v.Equal(w)
}

// Empty reports whether v says "empty": no text, no member. A nil value is
// empty; a Row, though without parts, is not.
func Empty(v Value) bool {
	switch v := v.(type) {
	case nil:
		return true
	case Scalar:
		return v == ""
	case Set:
		return len(v) == 0
	case Text:
		return len(v.Doc) == 0
	}
	return false
}

// SetOf returns the members as a Set.
func SetOf(members ...string) Set {
	s := slices.Clone(members)
	slices.Sort(s)
	return append(Set{}, slices.Compact(s)...)
}

// Has reports whether m is a member.
func (v Set) Has(m string) bool { _, ok := slices.BinarySearch(v, m); return ok }

// Plus returns v with the members of w.
func (v Set) Plus(w Set) Set { return SetOf(slices.Concat(v, w)...) }

// Minus returns v without the members of w.
func (v Set) Minus(w Set) Set {
	return append(Set{}, slices.DeleteFunc(slices.Clone(v), w.Has)...)
}

// A value in JSON: a Scalar is a string, a Set an array of strings, a Text an
// object with the key text, a Row an object with the key row.

// MarshalJSON implements [json.Marshaler].
func (v Set) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, v...)) }

// MarshalJSON implements [json.Marshaler].
func (v Text) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Text text.Doc `json:"text"`
	}{append(text.Doc{}, v.Doc...)})
}

// MarshalJSON implements [json.Marshaler].
func (v Row) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Row map[string]Value `json:"row"`
	}{v})
}

// UnmarshalValue reads a value from JSON; null is nil.
func UnmarshalValue(b []byte) (Value, error) {
	var head any
	if len(b) > 0 {
		head = string(b[:1])
	}
	switch head {
	case `"`:
		var v Scalar
		err := json.Unmarshal(b, &v)
		return v, err
	case `[`:
		var v []string
		err := json.Unmarshal(b, &v)
		return SetOf(v...), err
	case `n`:
		return nil, nil
	case `{`:
		var o struct {
			Text *text.Doc       `json:"text"`
			Row  *map[string]raw `json:"row"`
		}
		if err := json.Unmarshal(b, &o); err != nil {
			return nil, err
		}
		if o.Row != nil {
			row := Row{}
			for part, r := range *o.Row {
				row[part] = r.Value
			}
			return row, nil
		}
		if o.Text != nil {
			return Text{*o.Text}, nil
		}
	}
	return nil, fmt.Errorf("read value %.40q: want a string, an array, text or row", b)
}

// raw is a Value inside a JSON body.
type raw struct{ Value Value }

func (r *raw) UnmarshalJSON(b []byte) (err error) {
	r.Value, err = UnmarshalValue(b)
	return err
}
