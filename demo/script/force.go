package script

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// forced counts the edits that [hand.force] makes.
func forced() map[string]int {
	return map[string]int{"create": 1, "transition": 3, "severity": 1, "summary": 2}
}

// force does what must happen in every run, on an issue of its own: three
// transitions before the other side can have the issue, which has to go all
// three hops in one; a value that the other side does not have; and two people
// who write the same field at the same time.
func (h *hand) force(ctx context.Context) error {
	t, err := h.create(ctx, cloud, "status", "severity")
	if err != nil {
		return err
	}
	if err := h.hop(ctx, t); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	looks, err := h.look(ctx, t)
	if err != nil {
		return err
	}
	alone := slices.IndexFunc(h.Words.Severity, func(w Word) bool { return w.Server == "" })
	if alone < 0 {
		return fmt.Errorf("no severity stands at the %v alone", cloud)
	}
	if err := h.set(ctx, t, cloud, looks[cloud], "severity", h.Words.Severity[alone].Cloud); err != nil {
		return err
	}
	return h.clash(ctx, t, looks)
}

// climbs is how often a way through the workflow is tried. The first one
// nearly always makes the sync go several hops at once.
const climbs = 5

// hop takes an issue through its workflow so fast that the sync has to follow
// by several hops at once, and waits until it has.
func (h *hand) hop(ctx context.Context, t *track) error {
	h.mu.Lock()
	h.climbed = t
	h.mu.Unlock()
	for range climbs {
		last, err := h.climb(ctx, t)
		if err != nil {
			return err
		}
		var looks [2]look
		err = h.wait(ctx, t, func() (bool, error) {
			if !t.paired() {
				return false, nil
			}
			if looks, err = h.look(ctx, t); err != nil {
				return false, err
			}
			return equalAt(h.Words, "status", looks[cloud], looks[server]), nil
		})
		if err != nil {
			return err
		}
		l, err := h.jiras[server].look(ctx, h.Words, t.id[server], true)
		if err != nil || hops(l.Log, h.jiras[server].ours, last) >= 2 {
			return err
		}
	}
	return nil // the judge says so
}

// climb takes an issue through its workflow, a transition at a time, and says
// when the last one was begun.
func (h *hand) climb(ctx context.Context, t *track) (last time.Time, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	looks := [2]look{}
	if looks[cloud], err = h.jiras[cloud].look(ctx, h.Words, t.id[cloud], false); err != nil {
		return last, err
	}
	way := h.Words.Statuses[:4]
	at := slices.IndexFunc(way, func(w Word) bool { return w.Cloud == looks[cloud].Values["status"] })
	for range 3 {
		at = (at + 1) % len(way)
		last = time.Now()
		if err := h.transition(ctx, t, cloud, looks, way[at].Cloud); err != nil {
			return last, fmt.Errorf("transition to %s: %w", way[at].Cloud, err)
		}
		looks[cloud].Values["status"] = way[at].Cloud
	}
	return last, nil
}

// hops counts the statuses that an account chose since then.
func hops(log []entry, by string, since time.Time) int {
	n := 0
	for _, e := range log {
		if e.Field == "status" && e.By == by && !e.At.Before(since.Truncate(time.Millisecond)) {
			n++
		}
	}
	return n
}

// wait asks again and again whether something is so; the issue is in hand then.
func (h *hand) wait(ctx context.Context, t *track, so func() (bool, error)) error {
	for end := time.Now().Add(h.patience()); time.Now().Before(end); {
		t.mu.Lock()
		done, err := so()
		t.mu.Unlock()
		if done || err != nil {
			return err
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("the issue that was made first at the %v is not as it is there at the %v within %v", t.born, t.born.other(), h.patience())
}

// clash writes two summaries at the same time.
func (h *hand) clash(ctx context.Context, t *track, looks [2]look) error {
	var both sync.WaitGroup
	var errs [2]error
	for s := range errs {
		to := h.value("summary", side(s))
		both.Go(func() { errs[s] = h.set(ctx, t, side(s), looks[s], "summary", to) })
	}
	both.Wait()
	if errs[0] != nil {
		return errs[0]
	}
	return errs[1]
}
