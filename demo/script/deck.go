package script

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// A suit is a kind of edit.
type suit struct {
	name   string
	weight int // how often it comes beside its least number
	more   int // added to its least number: what is taken away has to be there
}

var kinds = [...]suit{
	{"create", 1, 0}, {"summary", 3, 0}, {"description", 6, 0}, {"label added", 4, 1}, {"label removed", 0, 0}, {"priority", 1, 0},
	{"assignee", 1, 0}, {"due date", 1, 0}, {"reference", 1, 0}, {"points", 1, 0}, {"severity", 1, 0}, {"transition", 2, 0},
	{"comment", 5, 1}, {"comment edited", 1, 0}, {"comment deleted", 0, 0},
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
		for range least(n) + k.more - otherwise[k.name] {
			cards = append(cards, k.name)
		}
	}
	for len(cards) < rest {
		at := r.IntN(total)
		i := slices.IndexFunc(kinds[:], func(k suit) bool { at -= k.weight; return at < 0 })
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
