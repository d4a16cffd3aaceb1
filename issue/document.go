package issue

import (
	"encoding/json"
	"maps"
	"slices"
)

// A Document is content by place. A missing place says nothing: it is off the
// screen, not permitted, not mapped. An empty value says "empty". A row that is
// present and nil says that the row is gone.
type Document map[Place]Value

// Equal reports whether d and e have the same places with the same content.
func (d Document) Equal(e Document) bool { return maps.EqualFunc(d, e, Same) }

// Clone returns a copy that is never nil. Values are shared; they do not change.
func (d Document) Clone() Document {
	if d == nil {
		return Document{}
	}
	return maps.Clone(d)
}

// Places returns the places of all of ds, each once, in order.
func Places(ds ...Document) []Place {
	seen := map[Place]bool{}
	for _, d := range ds {
		for p := range d {
			seen[p] = true
		}
	}
	return slices.SortedFunc(maps.Keys(seen), Place.Compare)
}

// Diff returns the patch that turns from into to: only the places that differ,
// nil where to has none. Patch(from, Diff(from, to)) equals to.
func Diff(from, to Document) Document {
	patch := Document{}
	for p, v := range to {
		if old, ok := from[p]; !ok || !Same(v, old) {
			patch[p] = v
		}
	}
	for p := range from {
		if _, ok := to[p]; !ok {
			patch[p] = nil
		}
	}
	return patch
}

// Patch returns d with patch applied; nil removes a place.
func Patch(d, patch Document) Document {
	d = d.Clone()
	for p, v := range patch {
		d.put(p, v)
	}
	return d
}

// With returns d with v at p; nil removes the place.
func (d Document) With(p Place, v Value) Document {
	d = d.Clone()
	d.put(p, v)
	return d
}

func (d Document) put(p Place, v Value) {
	if v == nil {
		delete(d, p)
	} else {
		d[p] = v
	}
}

// UnmarshalJSON implements [json.Unmarshaler].
func (d *Document) UnmarshalJSON(b []byte) error {
	var o map[Place]raw
	if err := json.Unmarshal(b, &o); err != nil {
		return err
	}
	if o == nil {
		*d = nil
		return nil
	}
	*d = make(Document, len(o))
	for p, r := range o {
		(*d)[p] = r.Value
	}
	return nil
}
