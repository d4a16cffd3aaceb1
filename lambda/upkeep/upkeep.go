// Package upkeep does what is due now and then. It is the function upkeep,
// without AWS: a state machine calls Handle until all is done.
package upkeep

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Slack is what is kept of the time limit for answering.
const Slack = 10 * time.Second

// A Task is one thing that is due. It may be cut off anywhere, and is begun
// again then.
type Task struct {
	Name string // for people: "webhook of acme"
	Do   func(context.Context) error
}

// An Answer is what the state machine is told.
type Answer struct {
	Done bool `json:"done"` // nothing is left
	Wait int  `json:"wait"` // seconds before the next call
}

// A Handler does its tasks one after the other.
type Handler struct {
	Tasks []Task
	Slack time.Duration // 0: [Slack]
	Log   *slog.Logger
}

// Handle does every task until the time limit is near; if one was cut off then,
// there is more to do. A task that fails does not stop the others.
func (h *Handler) Handle(ctx context.Context) (Answer, error) {
	slack := h.Slack
	if slack == 0 {
		slack = Slack
	}
	work := ctx
	if end, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		work, cancel = context.WithDeadline(ctx, end.Add(-slack))
		defer cancel()
	}
	var errs []error
	for _, t := range h.Tasks {
		err := t.Do(work)
		if work.Err() != nil {
			h.Log.Info("upkeep: the time limit is near", "task", t.Name)
			return Answer{Wait: 1}, errors.Join(errs...)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.Name, err))
		}
	}
	h.Log.Info("upkeep", "tasks", len(h.Tasks), "failed", len(errs))
	return Answer{Done: true, Wait: 1}, errors.Join(errs...)
}
