package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// Replan queues every link of a sync if its rules are not those of the State
// "rules/<sync>", which is those of today then. It reports whether none is left:
// before a deadline that is not zero it stops, and the next call goes on. It is
// called after [App.Connect].
func (a *App) Replan(ctx context.Context, s *Sync, deadline time.Time) (done bool, err error) {
	st, err := a.Store.State(ctx, "rules/"+s.Name)
	if err != nil {
		return false, err
	}
	var known string
	if len(st.Value) > 0 {
		if err := json.Unmarshal(st.Value, &known); err != nil {
			return false, fmt.Errorf("read %s: %w", st.Name, err)
		}
	}
	if known == s.Rules.Digest {
		return true, nil
	}
	if known != "" {
		if done, err := a.replanOn(ctx, s, deadline); err != nil || !done {
			return false, err
		}
	}
	if st.Value, err = json.Marshal(s.Rules.Digest); err != nil {
		return false, err
	}
	return true, a.unlessOvertaken(ctx, st)
}

// replanOn goes on from the State "replan/<sync>", which is there while links are left.
func (a *App) replanOn(ctx context.Context, s *Sync, deadline time.Time) (done bool, err error) {
	st, err := a.Store.State(ctx, "replan/"+s.Name)
	if err != nil {
		return false, err
	}
	var at struct {
		Digest string    `json:"digest"` // of the rules that it is for
		After  issue.Ref `json:"after"`  // the last link that was queued
	}
	if len(st.Value) > 0 {
		if err := json.Unmarshal(st.Value, &at); err != nil {
			return false, fmt.Errorf("read %s: %w", st.Name, err)
		}
	}
	if at.Digest != s.Rules.Digest {
		at.Digest, at.After = s.Rules.Digest, issue.Ref{}
	}
	did, failed := s.Engine.Replan(ctx, at.After, deadline)
	a.options.Log.Info("the rules have changed", "sync", s.Name, "links", did.Sent, "done", did.Done)
	if at.After, st.Value = did.Last, nil; !did.Done {
		if st.Value, err = json.Marshal(at); err != nil {
			return false, err
		}
	}
	return did.Done, errors.Join(failed, a.unlessOvertaken(ctx, st))
}

// unlessOvertaken stores st. Where another process was quicker it leaves it at that.
func (a *App) unlessOvertaken(ctx context.Context, st durable.State) error {
	if err := a.Store.SetState(ctx, st); !errors.Is(err, durable.ErrStale) {
		return err
	}
	return nil
}
