package text

import (
	"slices"
	"strings"
)

// A fate is what a side made of base.
type fate struct {
	side []Block
	at   []int     // by block of base: where in side it is, changed or not; -1 if removed
	gap  [][]Block // by gap before each block of base, and the last: what was put there
}

// block returns what became of block i of base, nil if it was removed.
func (f fate) block(i int) *Block {
	if f.at[i] < 0 {
		return nil
	}
	return &f.side[f.at[i]]
}

// fates aligns side with base. A run of n blocks replaced by n others counts as
// changed, in order; any other as removed and inserted.
func fates(base, side []Block) fate {
	f := fate{side, align(base, side), make([][]Block, len(base)+1)}
	for i, j := 0, 0; i <= len(base); {
		k := i
		for k < len(base) && f.at[k] < 0 {
			k++
		}
		end := len(side)
		if k < len(base) {
			end = f.at[k]
		}
		if end-j == k-i {
			for n := range k - i {
				f.at[i+n] = j + n
			}
		} else {
			f.gap[k] = side[j:end]
		}
		i, j = k+1, end+1
	}
	return f
}

// align returns for each block of a the index of its equal in b along a longest
// common subsequence, or -1.
func align(a, b []Block) []int {
	at := make([]int, len(a))
	for i := range at {
		at[i] = -1
	}
	n := numbering{seen: map[string][]numbered{}}
	pair(n.of(a), n.of(b), at, 0)
	return at
}

// pair fills at for a, which is aligned with b; b begins at index start. It
// halves a and finds where b is to be cut so that the halves have most in
// common, so its memory is linear (Hirschberg 1975).
func pair(a, b, at []int, start int) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		at[0] = start
		a, b, at, start = a[1:], b[1:], at[1:], start+1
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		at[len(a)-1] = start + len(b) - 1
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 0 || len(b) == 0 {
		return
	}
	if len(a) == 1 {
		if i := slices.Index(b, a[0]); i >= 0 {
			at[0] = start + i
		}
		return
	}
	half, cut, best := len(a)/2, 0, -1
	head, tail := common(a[:half], b), common(reversed(a[half:]), reversed(b))
	for j := range len(b) + 1 {
		if n := head[j] + tail[len(b)-j]; n > best {
			cut, best = j, n
		}
	}
	pair(a[:half], b[:cut], at[:half], start)
	pair(a[half:], b[cut:], at[half:], start+cut)
}

// common returns for each prefix of b the length of the longest common
// subsequence of it and a.
func common(a, b []int) []int {
	long := make([]int, len(b)+1)
	for _, x := range a {
		before := 0 // long[j] of the row above
		for j, y := range b {
			above := long[j+1]
			if x == y {
				long[j+1] = before + 1
			} else {
				long[j+1] = max(above, long[j])
			}
			before = above
		}
	}
	return long
}

func reversed(s []int) []int {
	s = slices.Clone(s)
	slices.Reverse(s)
	return s
}

// A numbering gives equal blocks equal numbers.
type numbering struct {
	seen map[string][]numbered // by their words
	next int
}

type numbered struct {
	block  Block
	number int
}

func (n *numbering) of(blocks []Block) []int {
	out := make([]int, len(blocks))
	for i, b := range blocks {
		var w strings.Builder
		words(&w, b)
		key := w.String()
		like := slices.IndexFunc(n.seen[key], func(m numbered) bool { return m.block.Equal(b) })
		if like < 0 {
			like = len(n.seen[key])
			n.seen[key] = append(n.seen[key], numbered{b, n.next})
			n.next++
		}
		out[i] = n.seen[key][like].number
	}
	return out
}

// words writes what most blocks differ by.
func words(w *strings.Builder, b Block) {
	w.WriteString(string(b.Kind))
	w.WriteString(b.Raw)
	for _, s := range b.Spans {
		w.WriteString(s.Text)
	}
	for _, c := range b.Blocks {
		words(w, c)
	}
}
