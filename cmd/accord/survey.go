package main

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"example.com/accord/app"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/plan"
)

// A survey is what many issues would have written.
type survey struct {
	plans  []planned // with something to write, held or refused, in the order of the issues
	looked int       // links looked at, each once
	unseen error     // the sides that could not be looked at: the plans hold for the others
}

// A target is an issue to look at.
type target struct {
	engine *engine.Engine
	ref    issue.Ref
}

// soon is what a plan that cannot be made yet is waited for.
const soon = 2 * time.Second

// plan plans the issue. The first one that is new has what was made before looked
// for, which those beside it wait for.
func (t target) plan(ctx context.Context) (plan.Plan, error) {
	for {
		p, err := t.engine.Plan(ctx, t.ref)
		later, ok := errors.AsType[durable.Later](err)
		if !ok || time.Until(later.At) > soon {
			return p, err
		}
		select {
		case <-ctx.Done():
			return p, err
		case <-time.After(time.Until(later.At)):
		}
	}
}

// A looked is what came of one.
type looked struct {
	target
	plan plan.Plan
	err  error
}

// survey plans the issues named, or all that there are.
func (c *cli) survey(ctx context.Context, a *app.App, refs []issue.Ref) (survey, error) {
	defer c.progress("looking at the issues")()
	var did survey
	seen := map[issue.Ref]bool{}
	for l, err := range lookAll(ctx, targets(ctx, a, refs)) {
		if u, ok := errors.AsType[*engine.Unseen](l.err); ok {
			did.unseen, l.err = errors.Join(did.unseen, u), nil
		}
		if err = errors.Join(err, l.err); err != nil {
			return did, err
		}
		if seen[l.plan.After.ID] {
			continue
		}
		seen[l.plan.After.ID] = true
		did.looked++
		c.progress("%s: %d looked at", l.engine.Sync, did.looked)
		if p := l.plan; len(p.Changes) > 0 || len(p.Before.Held) > 0 || len(p.After.Held) > 0 || anyRefused(p.After) {
			did.plans = append(did.plans, planned{l.engine.Sync, p})
		}
	}
	return did, nil
}

// targets yields the issues named, or all that there are.
func targets(ctx context.Context, a *app.App, refs []issue.Ref) iter.Seq2[target, error] {
	return func(yield func(target, error) bool) {
		for _, ref := range refs {
			if !yield(target{a.Engine(ref.Participant), ref}, nil) {
				return
			}
		}
		if len(refs) > 0 {
			return
		}
		for _, s := range a.Syncs {
			for ref, err := range a.Issues(ctx, s) {
				if !yield(target{s.Engine, ref}, err) || err != nil {
					return
				}
			}
		}
	}
}

// together is how many issues are looked at side by side. A site's gate keeps to
// its limits whatever comes.
const together = 8

// lookAll plans the issues side by side and yields what came of them in their
// order. An error of its own is one of the walk.
func lookAll(ctx context.Context, issues iter.Seq2[target, error]) iter.Seq2[looked, error] {
	return func(yield func(looked, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		var under sync.WaitGroup
		defer under.Wait()
		defer stop()
		var window []chan looked // the oldest first
		next := func() bool {
			l := <-window[0]
			window = window[1:]
			return yield(l, nil)
		}
		for s, err := range issues {
			if err != nil {
				yield(looked{}, err)
				return
			}
			if len(window) == together && !next() {
				return
			}
			out := make(chan looked, 1)
			window = append(window, out)
			under.Go(func() {
				p, err := s.plan(ctx)
				out <- looked{s, p, err}
			})
		}
		for len(window) > 0 && next() {
		}
	}
}
