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
	if err := h.climb(ctx, t); err != nil {
		return err
	}
	if err := h.wait(ctx, t, func(*track) bool { return t.paired() }); err != nil {
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

// climb takes an issue through its workflow, a transition at a time.
func (h *hand) climb(ctx context.Context, t *track) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := look{Values: map[string]string{"status": h.Words.Statuses[0].Cloud}}
	for _, w := range h.Words.Statuses[1:4] {
		if err := h.transition(ctx, t, cloud, [2]look{cloud: at}, w.Cloud); err != nil {
			return fmt.Errorf("transition to %s: %w", w.Cloud, err)
		}
		at.Values["status"] = w.Cloud
	}
	h.climbed = t
	return nil
}

// wait looks at a track again and again until something is so.
func (h *hand) wait(ctx context.Context, t *track, so func(*track) bool) error {
	for end := time.Now().Add(patience); time.Now().Before(end); {
		t.mu.Lock()
		done := so(t)
		t.mu.Unlock()
		if done {
			return nil
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("the issue that was made first at the %v has not come to the %v within %v", t.born, t.born.other(), patience)
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
