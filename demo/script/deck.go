package script

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// A suit is a kind of edit, and how often it comes beside its least number.
type suit struct {
	name   string
	weight int
}

var kinds = []suit{
	{"create", 1}, {"summary", 3}, {"description", 6}, {"label added", 3}, {"label removed", 1}, {"priority", 1},
	{"assignee", 1}, {"due date", 1}, {"reference", 1}, {"points", 1}, {"severity", 1}, {"transition", 2},
	{"comment", 4}, {"comment edited", 1}, {"comment deleted", 1},
}

// least is how often each kind comes at least among n edits.
func least(n int) int { return n / 20 }

// A deck holds the kinds of edit that are still to be made.
type deck struct {
	mu    sync.Mutex
	cards []string
}

// newDeck returns what is left to do of n edits when some are made otherwise.
// The order is random, but a third of the creates come first, so that there is
// something to edit.
func newDeck(r *rand.Rand, n int, otherwise map[string]int) *deck {
	var cards []string
	total, rest := 0, n
	for _, k := range kinds {
		total += k.weight
		rest -= otherwise[k.name]
		for range least(n) - otherwise[k.name] {
			cards = append(cards, k.name)
		}
	}
	for len(cards) < rest {
		at := r.IntN(total)
		i := slices.IndexFunc(kinds, func(k suit) bool { at -= k.weight; return at < 0 })
		cards = append(cards, kinds[i].name)
	}
	r.Shuffle(len(cards), func(i, j int) { cards[i], cards[j] = cards[j], cards[i] })
	return &deck{cards: createsFirst(cards, n/60+2)}
}

func createsFirst(cards []string, n int) []string {
	var early, rest []string
	for _, c := range cards {
		if c == "create" && len(early) < n {
			early = append(early, c)
		} else {
			rest = append(rest, c)
		}
	}
	return append(early, rest...)
}

// draw takes the next card, or "" if none is left.
func (d *deck) draw() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.cards) == 0 {
		return ""
	}
	c := d.cards[0]
	d.cards = d.cards[1:]
	return c
}

// back puts a card back that cannot be played now, a few places down.
func (d *deck) back(card string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cards = slices.Insert(d.cards, min(len(d.cards), 7), card)
}
