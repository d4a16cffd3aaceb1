package script

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// A hand is one person at work: it draws cards and plays them on issues that
// nobody else has in hand.
type hand struct {
	*run
	rand  *rand.Rand
	who   int // number of the account
	write writer
}

func (r *run) hand(n int) *hand {
	rnd := rand.New(rand.NewPCG(r.Seed, uint64(n)+1))
	return &hand{run: r, rand: rnd, who: n, write: writer{rnd, r.Words.People}}
}

// errNotNow is the answer of an act that has nothing to act on just now.
var errNotNow = errors.New("nothing to act on just now")

// patience is how long what the sync has not done yet is waited for.
func (o Options) patience() time.Duration { return max(90*time.Second, o.Within) }

// play draws and plays cards until the deck is empty.
func (h *hand) play(ctx context.Context) error {
	idle := time.Now()
	for {
		card := h.deck.draw()
		if card == "" {
			return nil
		}
		switch err := h.act(ctx, card); {
		case errors.Is(err, errNotNow):
			h.deck.back(card)
			if time.Since(idle) > h.patience() {
				return fmt.Errorf("no %s could be made for %v: nothing that it needs became equal on both sides", card, h.patience())
			}
		case err != nil:
			return fmt.Errorf("%s: %w", card, err)
		default:
			idle = time.Now()
		}
		if err := sleep(ctx, time.Duration(h.rand.ExpFloat64()*float64(h.Pace))*time.Duration(hands)); err != nil {
			return err
		}
	}
}

// act does one edit of a kind, or says errNotNow.
func (h *hand) act(ctx context.Context, card string) error {
	if card == "create" {
		_, err := h.create(ctx, side(h.rand.IntN(2)))
		return err
	}
	t := h.take()
	if t == nil {
		return errNotNow
	}
	defer t.mu.Unlock()
	s := side(h.rand.IntN(2))
	if t.id[s] == "" {
		s = s.other()
	}
	looks, err := h.look(ctx, t)
	if err != nil {
		return err
	}
	switch card {
	case "description":
		return h.description(ctx, t, s, looks)
	case "label added":
		return h.addLabel(ctx, t, s)
	case "label removed":
		return h.removeLabel(ctx, t, s, looks)
	case "transition":
		return h.transition(ctx, t, s, looks, "")
	case "comment":
		return h.comment(ctx, t, s)
	case "comment edited":
		return h.editComment(ctx, t, looks)
	case "comment deleted":
		return h.deleteComment(ctx, t, looks)
	}
	return h.scalar(ctx, t, s, looks, card)
}

// take locks a random issue that nobody has in hand; nil if there is none. The
// newer an issue the more is done to it.
func (h *hand) take() *track {
	all := h.all()
	for range 8 {
		if len(all) == 0 {
			return nil
		}
		t := all[max(h.rand.IntN(len(all)), h.rand.IntN(len(all)))]
		if !t.mu.TryLock() {
			continue
		}
		if !t.guest || t.paired() {
			return t
		}
		t.mu.Unlock()
	}
	return nil
}

// look reads the issue at both Jiras, as far as it is known there, and records
// what is seen equal.
func (h *hand) look(ctx context.Context, t *track) ([2]look, error) {
	var looks [2]look
	for _, j := range h.jiras {
		if t.id[j.side] == "" {
			continue
		}
		var err error
		if looks[j.side], err = j.look(ctx, h.Words, t.id[j.side], false); err != nil {
			return looks, err
		}
	}
	if t.paired() {
		t.saw(h.Words, looks[cloud], looks[server])
		t.heard(looks, time.Now())
	}
	return looks, nil
}

// token returns a word that nobody has used before.
func (r *run) token() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tokens++
	return fmt.Sprintf("%s%05d", r.prefix, r.tokens)
}

// count returns the next number.
func (r *run) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counter++
	return r.counter
}
