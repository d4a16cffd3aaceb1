package script

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestADeckHasEveryKindOftenEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(Least, 1000).Draw(t, "edits")
		count, total := forced(), 0
		for _, n := range count {
			total += n
		}
		d := newDeck(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), n, forced())
		for c := d.draw(); c != ""; c = d.draw() {
			count[c]++
			total++
		}
		if total != n {
			t.Fatalf("%d edits of %d", total, n)
		}
		for _, k := range kinds {
			if count[k.name] < n/20 {
				t.Fatalf("%d edits of %d are a %s", count[k.name], n, k.name)
			}
		}
	})
}

func TestACardGoesBackBehindOthers(t *testing.T) {
	d := &deck{cards: []string{"a", "b"}}
	d.back(d.draw())
	if got := d.draw() + d.draw() + d.draw(); got != "ba" {
		t.Errorf("drawn %q", got)
	}
}
