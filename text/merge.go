package text

import "slices"

// Merge applies the edit base→mine to theirs, block by block. Changed by one:
// taken. Removed by one: removed. Changed by one and removed by the other: the
// change stays. Inserted by both in one gap: both stay, those of theirs first,
// an insert of mine dropped only against an equal one of theirs in the same
// gap. It reports false where both changed a block differently; the result
// then holds that block as theirs has it.
func Merge(base, mine, theirs Doc) (Doc, bool) { return merge(base, mine, theirs, false) }

// Prefer is Merge, but a block that clashes is as mine has it.
func Prefer(base, mine, theirs Doc) Doc { d, _ := merge(base, mine, theirs, true); return d }

func merge(base, mine, theirs Doc, prefer bool) (Doc, bool) {
	m, t := fates(base, mine), fates(base, theirs)
	out, ok := Doc{}, true
	for i := range len(base) + 1 {
		out = append(out, t.gap[i]...)
		for _, b := range m.gap[i] {
			if !slices.ContainsFunc(t.gap[i], b.Equal) {
				out = append(out, b)
			}
		}
		if i == len(base) {
			break
		}
		b, fine := mergeBlock(base[i], m.block[i], t.block[i], prefer)
		ok = ok && fine
		if b != nil {
			out = append(out, *b)
		}
	}
	return out, ok
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
	case prefer:
		return mine, false
	}
	return theirs, false
}

// A fate is what a side made of base.
type fate struct {
	block []*Block  // by block of base: what it is now, nil if removed
	gap   [][]Block // by gap before each block of base, and the last: what was put there
}

// fates aligns side with base. A run of n blocks replaced by n others counts as
// changed, in order; any other as removed and inserted.
func fates(base, side Doc) fate {
	f := fate{make([]*Block, len(base)), make([][]Block, len(base)+1)}
	at := align(base, side)
	for i, j := 0, 0; i <= len(base); {
		k := i
		for k < len(base) && at[k] < 0 {
			k++
		}
		end := len(side)
		if k < len(base) {
			end = at[k]
		}
		if run := side[j:end]; len(run) == k-i {
			for n := range run {
				f.block[i+n] = &run[n]
			}
		} else {
			f.gap[k] = run
		}
		if k < len(base) {
			f.block[k] = &side[end]
		}
		i, j = k+1, end+1
	}
	return f
}

// align returns for each block of base the index of its equal in d along a
// longest common subsequence, or -1.
func align(base, d Doc) []int {
	n, m := len(base), len(d)
	long := make([][]int, n+1)
	for i := range long {
		long[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if base[i].Equal(d[j]) {
				long[i][j] = long[i+1][j+1] + 1
			} else {
				long[i][j] = max(long[i+1][j], long[i][j+1])
			}
		}
	}
	at := make([]int, n)
	for i, j := 0, 0; i < n; {
		switch {
		case j < m && base[i].Equal(d[j]):
			at[i] = j
			i, j = i+1, j+1
		case j < m && long[i][j+1] > long[i+1][j]:
			j++
		default:
			at[i] = -1
			i++
		}
	}
	return at
}

// Put carries the edit from→to, made by someone who sees show(d) of every d,
// into base: blocks of base whose shown form the edit left alone stay as base
// has them, with all that show drops. Put(b, s, s, show) equals b;
// show(Put(b, show(b), s, show)) equals s where s is a form that show returns.
func Put(base, from, to Doc, show func(Doc) Doc) Doc {
	if from.Equal(to) {
		return base
	}
	seen := show(base)
	merged, _ := merge(from, to, seen, true)
	if len(seen) != len(base) {
		return merged
	}
	out := slices.Clone(merged)
	for i, j := range align(seen, merged) {
		if j >= 0 {
			out[j] = base[i]
		}
	}
	return out
}
