package aslambda

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"example.com/accord/lambda/source"
)

// A Loop is the state machine of deploy/aws/loop.asl.json and its schedule: it
// calls a function until that says that it is done, and again when it is due. What
// is due while it still works is left out.
type Loop struct {
	Name  string // of the function, and of the work that it is told
	Call  source.Call
	Every time.Duration
	Log   *slog.Logger
}

// Its retries are those of the state machine: 5 s, three times as long each time
// but 5 minutes at most, and five of them.
const (
	retries    = 5
	retryFirst = 5 * time.Second
	retryRate  = 3
	retryMost  = 5 * time.Minute
)

// Run runs it now, and then on its schedule, until ctx ends; that also cuts off
// what is under way, which carries on from its stored place the next time.
func (l *Loop) Run(ctx context.Context) {
	for began := time.Now(); ctx.Err() == nil; {
		err := l.execute(ctx)
		next := l.Every - time.Since(began)%l.Every
		if err != nil && ctx.Err() == nil {
			l.Log.Error("given up until it is due again", "function", l.Name, "in", next.String(), "error", err)
		}
		wait(ctx, next)
	}
}

// execute calls the function until it is done.
func (l *Loop) execute(ctx context.Context) error {
	in, err := json.Marshal(map[string]string{"work": l.Name})
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		out, err := l.try(ctx, in)
		if err != nil {
			return err
		}
		var said struct {
			Done bool `json:"done"`
			Wait int  `json:"wait"` // seconds
		}
		if err := json.Unmarshal(out, &said); err != nil {
			return err
		}
		if said.Done {
			return nil
		}
		wait(ctx, time.Duration(said.Wait)*time.Second)
	}
	return nil
}

// try calls the function once, and again if it fails.
func (l *Loop) try(ctx context.Context, in []byte) (out []byte, err error) {
	next := retryFirst
	for range retries {
		if out, err = l.Call(ctx, in); err == nil {
			return out, nil
		}
		if wait(ctx, next); ctx.Err() != nil {
			return nil, ctx.Err()
		}
		next = min(retryRate*next, retryMost)
	}
	return l.Call(ctx, in)
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
