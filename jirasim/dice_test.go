package jirasim

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestDiceAreFair: a chance comes true as often as it should, numbers fall
// everywhere, and no two ids are one.
func TestDiceAreFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDice(rapid.Uint64().Draw(t, "seed"))
		matter := rapid.String().Draw(t, "matter")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		const throws = 4000
		hits, sum, seen := 0, 0.0, map[string]bool{}
		for range throws {
			if d.chance(matter, p) {
				hits++
			}
			n := d.below(matter+"#", 100)
			if n < 0 || n > 99 {
				t.Fatalf("%d is not below 100", n)
			}
			sum += float64(n)
			seen[d.uuid(matter)] = true
		}
		if off := math.Abs(float64(hits) - p*throws); off > 6*math.Sqrt(throws)/2+1 {
			t.Errorf("at %v it came true %d times of %d", p, hits, throws)
		}
		if mean := sum / throws; mean < 45 || mean > 54 {
			t.Errorf("the mean of numbers below 100 is %v", mean)
		}
		if len(seen) != throws {
			t.Errorf("%d ids of %d are different", len(seen), throws)
		}
	})
}

// TestMattersDoNotDisturbEachOther: how often one was thrown for changes
// nothing for another, and what is kept goes on.
func TestMattersDoNotDisturbEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		alone, among := newDice(seed), newDice(seed)
		for n := range 50 {
			for range rapid.IntRange(0, 3).Draw(t, "others") {
				among.throw("other")
			}
			if a, b := alone.throw("this"), among.throw("this"); a != b {
				t.Fatalf("throw %d is %d alone and %d among others", n, a, b)
			}
		}
		other := newDice(seed + 1)
		if other.throw("this") == newDiceAt(seed, 1) {
			t.Error("another seed gives the same")
		}
	})
	d := newDice(0)
	if d.chance("never", 0) || len(d.Thrown) != 0 {
		t.Error("what cannot be is thrown for")
	}
	if !d.chance("always", 1) || d.below("none", 0) != 0 || d.below("none", -5) != 0 {
		t.Error("what is certain is left to chance")
	}
}

// newDiceAt is the n-th throw of new dice.
func newDiceAt(seed uint64, n int) (x uint64) {
	d := newDice(seed)
	for range n {
		x = d.throw("this")
	}
	return x
}
