package engine_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
)

var (
	errDead   = errors.New("the process has died")
	errBroken = errors.New("the store is throttled")
)

func ctx() context.Context { return context.Background() }

// A process is an engine with two workers that may die at any step. What it had
// begun at a tracker may take effect all the same; nothing else of it does.
type process struct {
	w      *world
	name   string
	life   context.Context
	die    context.CancelFunc
	engine *engine.Engine
}

// supervise runs processes of a name, one after the other, until the world is over.
func (w *world) supervise(stop context.Context, name string, sweeps bool) {
	var swept sync.WaitGroup // a sweep may still be in a call when its process is dead
	defer swept.Wait()
	for stop.Err() == nil {
		p := w.start(stop, name)
		if sweeps {
			swept.Go(p.sweep)
		}
		if _, err := p.engine.Recover(p.life); err == nil {
			q := oneByOne{*w.queue}
			q.Fault = p.queueStep
			_ = durable.Run(p.life, &q, durable.RunOptions{Workers: 2, Hide: 30 * time.Second}, p.turn)
		}
		p.die()
		w.nap(name, "start", time.Duration(1+w.dice(name, "starts").IntN(20))*time.Second)
	}
}

// oneByOne is a queue that gives out one message at a time, so that no two
// workers begin at the same instant.
type oneByOne struct{ memory.Queue }

func (q *oneByOne) Receive(ctx context.Context, _ int, hide time.Duration) ([]durable.Message, error) {
	return q.Queue.Receive(ctx, 1, hide)
}

func (w *world) start(stop context.Context, name string) *process {
	p := &process{w: w, name: name}
	p.life, p.die = context.WithCancel(stop)
	w.mu.Lock()
	store, queue := *w.store, *w.queue
	w.alive = append(w.alive, p)
	w.mu.Unlock()
	store.Fault, queue.Fault = p.step, p.queueStep
	turns := 0
	p.engine = &engine.Engine{
		Sync: "world", Rules: w.rules, Connectors: map[issue.Participant]connector.Connector{},
		Store: &store, Queue: &queue, Log: slog.New(slog.DiscardHandler),
		NewTurn: func() string {
			w.mu.Lock()
			defer w.mu.Unlock()
			turns++
			w.turns++
			return name + "-" + time.Now().Format("150405.000000000")
		},
	}
	if w.tracing {
		p.engine.Log = slog.New(slog.NewTextHandler(tracer{w, name}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	for who, t := range w.trackers {
		p.engine.Connectors[who] = wire{p, string(who), t}
	}
	return p
}

func (p *process) turn(ctx context.Context, ev issue.Event) error {
	err := p.engine.Turn(ctx, ev)
	if err != nil {
		p.w.logf(p.name, "turn %s %s: %v", ev.Ref, ev.Cause, err)
	}
	return err
}

// sweep sweeps now and then, sometimes against a deadline.
func (p *process) sweep() {
	for p.life.Err() == nil {
		r := p.w.dice(p.name, "sweep")
		o := engine.SweepOptions{}
		if r.IntN(3) == 0 {
			o.Deadline = time.Now().Add(time.Duration(r.IntN(3000)) * time.Millisecond)
		}
		_, err := p.engine.Sweep(p.life, o)
		if err != nil {
			p.w.logf(p.name, "sweep: %v", err)
		}
		t := time.NewTimer(5*time.Minute + jitter(r))
		select {
		case <-p.life.Done():
			t.Stop()
		case <-t.C:
		}
	}
}

// step takes a moment before and after everything durable and every call; the
// process may die there, and the store may fail.
func (p *process) step(op string) error {
	if p.life.Err() != nil {
		return errDead
	}
	r := p.w.dice(p.name, op)
	time.Sleep(time.Duration(r.IntN(20))*time.Millisecond + jitter(r))
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	switch {
	case p.life.Err() != nil:
		return errDead
	case p.w.calm:
	case r.IntN(100) == 0:
		p.w.crashes++
		p.die()
		return errDead
	case r.IntN(100) == 0 && !strings.Contains(op, " "):
		p.w.faults++
		return errBroken
	}
	return nil
}

// queueStep is step, but waiting for something to do is no danger.
func (p *process) queueStep(op string) error {
	if op == "receive" {
		p.w.nap(p.name, op, 0)
		return p.life.Err()
	}
	return p.step(op)
}

// A wire is the connection of a process to a tracker.
type wire struct {
	p   *process
	who string
	connector.Connector
}

// bind ends a call's context with the process.
func (l wire) bind(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(l.p.life, cancel)
	return ctx, func() { stop(); cancel() }
}

func (l wire) step(op string) error { return l.p.step(op + " " + l.who) }

func (l wire) Read(ctx context.Context, ids ...string) iter.Seq2[issue.View, error] {
	return func(yield func(issue.View, error) bool) {
		if err := l.step("read"); err != nil {
			yield(issue.View{}, err)
			return
		}
		ctx, end := l.bind(ctx)
		defer end()
		for v, err := range l.Connector.Read(ctx, ids...) {
			if err == nil {
				err = l.step("read done")
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (l wire) Find(ctx context.Context, link issue.Ref, since time.Time) (issue.View, error) {
	return through(l, ctx, "find", func(ctx context.Context) (issue.View, error) { return l.Connector.Find(ctx, link, since) })
}

func (l wire) Made(ctx context.Context, since time.Time) iter.Seq2[issue.View, error] {
	return func(yield func(issue.View, error) bool) {
		if err := l.step("made"); err != nil {
			yield(issue.View{}, err)
			return
		}
		ctx, end := l.bind(ctx)
		defer end()
		for v, err := range l.Connector.Made(ctx, since) {
			if err == nil {
				err = l.step("made one")
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (l wire) Gone(ctx context.Context, id string, rows ...issue.Place) ([]issue.Place, error) {
	return through(l, ctx, "gone", func(ctx context.Context) ([]issue.Place, error) { return l.Connector.Gone(ctx, id, rows...) })
}

func (l wire) Write(ctx context.Context, c issue.Change) (connector.Receipt, error) {
	return through(l, ctx, "write", func(ctx context.Context) (connector.Receipt, error) { return l.Connector.Write(ctx, c) })
}

func through[T any](l wire, ctx context.Context, op string, call func(context.Context) (T, error)) (out T, err error) {
	if err := l.step(op); err != nil {
		return out, err
	}
	ctx, end := l.bind(ctx)
	defer end()
	if out, err = call(ctx); err != nil {
		return out, err
	}
	return out, l.step(op + " done")
}

// A tracer takes an engine's log into the trace.
type tracer struct {
	w    *world
	name string
}

func (t tracer) Write(b []byte) (int, error) {
	t.w.logf(t.name, "%s", strings.TrimSpace(string(b)))
	return len(b), nil
}
