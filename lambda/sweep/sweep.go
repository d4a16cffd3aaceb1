// Package sweep walks what changed at the sites. It is the functions sweep and
// backfill, without AWS: a state machine calls Handle until nothing is left.
//
// Each call stops before its time limit, with its place stored: the engine
// measures what a page costs, and begins none that might not fit.
package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
)

// Slack is what is kept of the time limit for storing the place and answering.
const Slack = 10 * time.Second

// An Answer is what the state machine is told.
type Answer struct {
	Done   bool     `json:"done"`           // nothing is left
	Wait   int      `json:"wait"`           // seconds before the next call; a site that is busy says how long
	Left   []string `json:"left,omitempty"` // the syncs that are not done
	Pages  int      `json:"pages"`          // walked by this call
	Issues int      `json:"issues"`         // met by it
	Sent   int      `json:"sent"`           // queued by it
}

// A Handler walks the syncs of a configuration.
type Handler struct {
	Sweep func(ctx context.Context, sync string, o engine.SweepOptions) (engine.Swept, error)
	Syncs []string // by name
	All   bool     // every issue in scope: a backfill. It keeps the syncs that are left as the State "backfill"
	Store durable.Store
	Slack time.Duration // 0: [Slack]
	Log   *slog.Logger
}

// Handle walks on, one sync after the other, until the time limit is near. A
// sync that cannot be walked does not stop the others. It is an error once only
// such are left: then the caller waits, tries again, and tells people.
func (h *Handler) Handle(ctx context.Context) (Answer, error) {
	st, syncs, err := h.load(ctx)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Wait: 1}
	o := engine.SweepOptions{All: h.All, Deadline: h.deadline(ctx)}
	var errs []error
	for _, name := range syncs {
		did, err := h.Sweep(ctx, name, o)
		a.Pages, a.Issues, a.Sent = a.Pages+did.Pages, a.Issues+did.Issues, a.Sent+did.Sent
		if busy, ok := errors.AsType[*connector.Busy](err); ok {
			a.Wait = max(a.Wait, int(math.Ceil(busy.For.Seconds())))
			h.Log.Info("sweep waits", "sync", name, "seconds", a.Wait, "why", busy.Why)
		} else if err != nil {
			errs = append(errs, fmt.Errorf("sweep %s: %w", name, err))
		}
		if err != nil || !did.Done {
			a.Left = append(a.Left, name)
		}
	}
	a.Done = len(a.Left) == 0
	if err := h.save(ctx, st, a.Left); err != nil {
		return a, err
	}
	failed := errors.Join(errs...)
	if failed != nil && len(errs) == len(a.Left) {
		return a, failed
	}
	log := h.Log.With("all", h.All, "syncs", len(syncs), "left", len(a.Left), "pages", a.Pages, "issues", a.Issues, "sent", a.Sent)
	if failed != nil {
		log.Warn("sweep: not everywhere", "error", failed)
	} else {
		log.Info("sweep")
	}
	return a, nil
}

// deadline is when the last page must have ended; zero: there is no limit.
func (h *Handler) deadline(ctx context.Context) time.Time {
	end, ok := ctx.Deadline()
	switch {
	case !ok:
		return time.Time{}
	case h.Slack == 0:
		return end.Add(-Slack)
	}
	return end.Add(-h.Slack)
}

// load returns the syncs that are left of a backfill: all when one begins. A
// sweep has all of them each time, for each knows where it was.
func (h *Handler) load(ctx context.Context) (durable.State, []string, error) {
	if !h.All {
		return durable.State{}, h.Syncs, nil
	}
	st, err := h.Store.State(ctx, "backfill")
	if err != nil {
		return st, nil, fmt.Errorf("read backfill: %w", err)
	}
	if len(st.Value) == 0 {
		return st, h.Syncs, nil
	}
	var stored, left []string
	if err := json.Unmarshal(st.Value, &stored); err != nil {
		return st, nil, fmt.Errorf("read backfill: %w", err)
	}
	for _, name := range stored {
		if slices.Contains(h.Syncs, name) { // others were taken out of the configuration
			left = append(left, name)
		}
	}
	return st, left, nil
}

func (h *Handler) save(ctx context.Context, st durable.State, left []string) (err error) {
	if !h.All || len(left) == 0 && len(st.Value) == 0 {
		return nil
	}
	st.Value = nil
	if len(left) > 0 {
		if st.Value, err = json.Marshal(left); err != nil {
			return fmt.Errorf("store backfill: %w", err)
		}
	}
	if err := h.Store.SetState(ctx, st); err != nil {
		return fmt.Errorf("store backfill: %w", err)
	}
	return nil
}
