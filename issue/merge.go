package issue

import (
	"maps"
	"slices"

	"example.com/accord/text"
)

// Merge applies the edit base→mine to theirs: a Set by member, a Text by block,
// a Row by part (an edit beats a removal), a Scalar as a whole. It reports
// false where the two cannot both be kept; the result then keeps theirs where
// they clash and merges the rest.
func Merge(base, mine, theirs Value) (Value, bool) { return merge(base, mine, theirs, false) }

// Prefer is Merge, but what clashes is as mine has it.
func Prefer(base, mine, theirs Value) Value { v, _ := merge(base, mine, theirs, true); return v }

func merge(base, mine, theirs Value, prefer bool) (Value, bool) {
	switch {
	case Same(mine, base), Same(mine, theirs):
		return theirs, true
	case Same(theirs, base):
		return mine, true
	}
	switch m := mine.(type) {
	case Set:
		b, _ := base.(Set)
		if t, ok := theirs.(Set); ok {
			return mergeSet(b, m, t), true
		}
	case Text:
		b, _ := base.(Text)
		if t, ok := theirs.(Text); ok {
			return mergeText(b, m, t, prefer)
		}
	case Row:
		if theirs == nil {
			return mine, true // an edit beats a removal
		}
		b, _ := base.(Row)
		if t, ok := theirs.(Row); ok {
			return mergeRow(b, m, t, prefer)
		}
	case nil:
		if _, row := theirs.(Row); row {
			return theirs, true
		}
	}
	if prefer {
		return mine, false
	}
	return theirs, false
}

// mergeSet never clashes: each member is its own yes or no.
func mergeSet(base, mine, theirs Set) Set {
	return theirs.Minus(base.Minus(mine)).Plus(mine.Minus(base))
}

func mergeText(base, mine, theirs Text, prefer bool) (Value, bool) {
	// Two texts that were never one are not put below each other: that is a
	// clash of the whole.
	if len(base.Doc) == 0 && len(mine.Doc) > 0 && len(theirs.Doc) > 0 {
		if prefer {
			return mine, false
		}
		return theirs, false
	}
	d, ok := text.Merge(base.Doc, mine.Doc, theirs.Doc)
	if !ok && prefer {
		d = text.Prefer(base.Doc, mine.Doc, theirs.Doc)
	}
	return Text{d}, ok
}

func mergeRow(base, mine, theirs Row, prefer bool) (Value, bool) {
	out, ok := maps.Clone(theirs), true
	for _, part := range parts(base, mine, theirs) {
		v, fine := merge(base[part], mine[part], theirs[part], prefer)
		ok = ok && fine
		if v == nil {
			delete(out, part)
		} else {
			out[part] = v
		}
	}
	return out, ok
}

func parts(rows ...Row) []string {
	seen := map[string]bool{}
	for _, r := range rows {
		for p := range r {
			seen[p] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
