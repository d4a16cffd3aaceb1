package text

import "slices"

// Put carries the edit from→to, made by someone who sees show(d) of every d,
// into base: what the edit left alone stays as base has it, with all that show
// drops. That is whole blocks, and inside of a block that the edit changed its
// attributes and the blocks in it. Where show does not work piece by piece, the
// text comes back as it was seen.
//
// Put(base, s, s, show) equals base. For a show that can be applied twice
// without changing more, show(Put(base, show(base), s, show)) equals s if s is
// a form that show returns.
func Put(base, from, to Doc, show func(Doc) Doc) Doc {
	if from.Equal(to) {
		return base
	}
	seen := show(base)
	merged := Prefer(from, to, seen)
	if merged.Equal(seen) {
		return base
	}
	want := show(merged)
	if len(seen) == len(base) {
		if out := restore(singles(base, seen), seen, merged, show); show(out).Equal(want) {
			return out
		}
	}
	if parts, ok := pieces(base, seen, show); ok {
		if out := restore(parts, seen, merged, show); show(out).Equal(want) {
			return out
		}
	}
	return merged
}

// A piece is a run of blocks of base and what is seen of it: nothing, if show
// drops it.
type piece struct{ base, seen Doc }

// singles pairs block with block.
func singles(base, seen Doc) []piece {
	out := make([]piece, len(base))
	for i := range base {
		out[i] = piece{base[i : i+1], seen[i : i+1]}
	}
	return out
}

// pieces cuts base wherever two neighbours are shown together as they are
// apart. It reports false if what is seen of the pieces is not, in a row, what
// is seen of base.
func pieces(base, seen Doc, show func(Doc) Doc) ([]piece, bool) {
	var out []piece
	begin, end, last := 0, 0, Doc(nil) // the piece at hand, and what is seen of its last shown block
	flush := func(next int) {
		if begin < end {
			out = append(out, piece{base[begin:end], show(base[begin:end])})
		}
		if end < next {
			out = append(out, piece{base[end:next], nil})
		}
	}
	shown := 0 // the last shown block
	for i := range base {
		alone := show(base[i : i+1])
		if len(alone) == 0 {
			continue
		}
		if end == 0 || show(base[shown:i+1]).Equal(slices.Concat(last, alone)) {
			flush(i)
			begin = i
		}
		end, shown, last = i+1, i, alone
	}
	flush(len(base))
	var all Doc
	for _, p := range out {
		all = append(all, p.seen...)
	}
	return out, all.Equal(seen)
}

// restore returns merged with the pieces that are in it unchanged as base has
// them. A piece of which nothing is seen stays behind what stands before it.
func restore(parts []piece, seen, merged Doc, show func(Doc) Doc) Doc {
	f := fates(seen, merged)
	var out Doc
	i, done := 0, 0 // blocks of seen and of merged that are dealt with
	for _, p := range parts {
		at := f.at[i : i+len(p.seen)]
		i += len(p.seen)
		if len(at) == 0 {
			out = append(out, p.base...)
			continue
		}
		left := slices.DeleteFunc(slices.Clone(at), func(j int) bool { return j < 0 })
		if len(left) == 0 {
			continue
		}
		first, end := left[0], left[len(left)-1]+1
		out = append(out, merged[done:first]...)
		out = append(out, p.after(merged[first:end], show)...)
		done = end
	}
	return append(out, merged[done:]...)
}

// after returns the piece as it is once merged is what is seen of it.
func (p piece) after(merged Doc, show func(Doc) Doc) Doc {
	if merged.Equal(p.seen) {
		return p.base
	}
	if len(p.base) != 1 || len(p.seen) != 1 || len(merged) != 1 {
		return merged
	}
	base, seen, now := p.base[0], p.seen[0], merged[0]
	if base.Kind != seen.Kind || base.Kind != now.Kind {
		return merged
	}
	inside := func(d Doc) Doc {
		b := base
		b.Blocks = d
		if s := show(Doc{b}); len(s) == 1 && s[0].Kind == base.Kind {
			return s[0].Blocks
		}
		return nil
	}
	out := now
	out.Attrs, _ = mergeAttrs(seen.Attrs, now.Attrs, base.Attrs, true)
	out.Blocks = Put(base.Blocks, seen.Blocks, now.Blocks, inside)
	if show(Doc{out}).Equal(show(merged)) {
		return Doc{out}
	}
	return merged
}
