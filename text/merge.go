package text

import "slices"

// Merge applies the edit base→mine to theirs, block by block, and inside of
// what holds blocks: a list by item, a table by row, a row by cell. Changed by
// one: taken. Removed by one: removed. Changed by one and removed by the other:
// the change stays. Inserted by both in one gap: both stay, those of theirs
// first, an insert of mine dropped only against an equal one of theirs in the
// same gap. It reports false where both changed a block differently; the result
// then holds that block as theirs has it.
func Merge(base, mine, theirs Doc) (Doc, bool) { return merge(base, mine, theirs, false) }

// Prefer is Merge, but a block that clashes is as mine has it.
func Prefer(base, mine, theirs Doc) Doc { d, _ := merge(base, mine, theirs, true); return d }

func merge(base, mine, theirs []Block, prefer bool) ([]Block, bool) {
	m, t := fates(base, mine), fates(base, theirs)
	out, ok := []Block{}, true
	for i := range len(base) + 1 {
		out = append(out, t.gap[i]...)
		out = append(out, without(m.gap[i], t.gap[i])...)
		if i == len(base) {
			break
		}
		b, fine := mergeBlock(base[i], m.block(i), t.block(i), prefer)
		ok = ok && fine
		if b != nil {
			out = append(out, *b)
		}
	}
	return out, ok
}

// without returns the blocks of mine less those of theirs, one for one.
func without(mine, theirs []Block) []Block {
	left := slices.Clone(theirs)
	return slices.DeleteFunc(slices.Clone(mine), func(b Block) bool {
		i := slices.IndexFunc(left, b.Equal)
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		}
		return i >= 0
	})
}

// mergeBlock merges what became of one block of base; nil is removed.
func mergeBlock(base Block, mine, theirs *Block, prefer bool) (*Block, bool) {
	kept := func(b *Block) bool { return b != nil && b.Equal(base) }
	switch {
	case mine == nil && theirs == nil, kept(mine):
		return theirs, true
	case kept(theirs), theirs == nil:
		return mine, true
	case mine == nil, mine.Equal(*theirs):
		return theirs, true
	case alike(base, *mine) && alike(base, *theirs):
		b, ok := mergeInside(base, *mine, *theirs, prefer)
		return &b, ok
	case prefer:
		return mine, false
	}
	return theirs, false
}

// alike reports whether base and what became of it can be merged inside. The
// cells of a row have nothing but their place, so there must be as many.
func alike(base, b Block) bool {
	return len(base.Blocks) > 0 && base.Kind == b.Kind && (base.Kind != TableRow || len(base.Blocks) == len(b.Blocks))
}

// mergeInside merges blocks that hold blocks, all of one kind.
func mergeInside(base, mine, theirs Block, prefer bool) (Block, bool) {
	out := theirs
	attrs, ok := mergeAttrs(base.Attrs, mine.Attrs, theirs.Attrs, prefer)
	out.Attrs = attrs
	if base.Kind != TableRow {
		blocks, fine := merge(base.Blocks, mine.Blocks, theirs.Blocks, prefer)
		out.Blocks = blocks
		return out, ok && fine
	}
	out.Blocks = make([]Block, len(base.Blocks))
	for i := range base.Blocks {
		cell, fine := mergeBlock(base.Blocks[i], &mine.Blocks[i], &theirs.Blocks[i], prefer)
		out.Blocks[i] = *cell
		ok = ok && fine
	}
	return out, ok
}

// mergeAttrs applies the edit base→mine to theirs, each attribute as a whole.
func mergeAttrs(base, mine, theirs Attrs, prefer bool) (Attrs, bool) {
	out, ok := Attrs{}, true
	for _, a := range []Attrs{mine, theirs} {
		for name := range a {
			b, m, t := base[name], mine[name], theirs[name]
			v := t
			if m != b && m != t {
				clash := t != b
				ok = ok && !clash
				if !clash || prefer {
					v = m
				}
			}
			if v != "" {
				out[name] = v
			}
		}
	}
	if len(out) == 0 {
		return nil, ok
	}
	return out, ok
}
