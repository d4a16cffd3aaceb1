package durable

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"example.com/accord/issue"
)

// A Handler does what an event asks for. After nil the queue forgets the event;
// after an error it comes again: see Later, ErrStale and Backoff. Its ctx does
// not end when Run is asked to stop, but when somebody else has the event.
type Handler func(ctx context.Context, e issue.Event) error

// Later is the error of a handler that did not fail: the event is to come again
// at At and not before, and its tries are counted anew.
type Later struct {
	At  time.Time
	Why string // for people: "the site asks to wait 30 s"
}

// Error implements error.
func (l Later) Error() string {
	return fmt.Sprintf("again at %s: %s", l.At.Format(time.RFC3339), l.Why)
}

// RunOptions are the settings of Run. The zero value is usable.
type RunOptions struct {
	Workers int           // events handled at the same time; 0 means 8
	Hide    time.Duration // how long a received event stays hidden if its worker dies; 0 means a minute
	Log     *slog.Logger  // one line for each event that failed; nil: none
}

// patience is how often Receive may fail in a row before Run gives up: with
// Backoff that is two minutes.
const patience = 8

// staleWait keeps two workers that disturb one another apart.
const staleWait = 200 * time.Millisecond

// Run hands the events of q to h until ctx ends, or until q could not be read
// for minutes: that is its only error. Then it finishes what is being handled,
// gives back the rest, and returns. An event stays hidden as long as h is at it.
func Run(ctx context.Context, q Queue, o RunOptions, h Handler) error {
	if o.Workers <= 0 {
		o.Workers = 8
	}
	if o.Hide <= 0 {
		o.Hide = time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &runner{q: q, o: o, h: h, idle: make(chan struct{}, o.Workers), keep: context.WithoutCancel(ctx)}
	for range o.Workers {
		r.idle <- struct{}{}
	}
	err := r.receive(ctx)
	for range o.Workers {
		<-r.idle // every worker has come home
	}
	return err
}

type runner struct {
	q    Queue
	o    RunOptions
	h    Handler
	idle chan struct{}   // one for each worker that has nothing to do
	keep context.Context // does not end
}

func (r *runner) receive(ctx context.Context) error {
	failed := 0
	for {
		free := r.free(ctx)
		if free == 0 {
			return nil
		}
		ms, err := r.q.Receive(ctx, free, r.o.Hide)
		for range free - len(ms) {
			r.idle <- struct{}{}
		}
		for _, m := range ms {
			go r.handle(ctx, m)
		}
		switch {
		case err == nil:
			failed = 0
		case ctx.Err() != nil:
			return nil
		default:
			if failed++; failed == patience {
				return fmt.Errorf("receive events: %w", err)
			}
			r.o.Log.Warn("cannot receive events", "try", failed, "error", err)
			pause(ctx, Backoff(failed, "receive"))
		}
	}
}

// free waits for an idle worker and claims all that are idle then; it returns 0
// once ctx has ended.
func (r *runner) free(ctx context.Context) int {
	if ctx.Err() != nil {
		return 0
	}
	select {
	case <-ctx.Done():
		return 0
	case <-r.idle:
	}
	for n := 1; ; n++ {
		select {
		case <-r.idle:
		default:
			return n
		}
	}
}

func (r *runner) handle(ctx context.Context, m Message) {
	defer func() { r.idle <- struct{}{} }()
	if ctx.Err() != nil {
		r.check(m, "give back", r.q.Extend(r.keep, m, 0))
		return
	}
	work, cancel := context.WithCancel(r.keep)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		r.hide(work, cancel, m)
	}()
	err := r.h.Try(work, m.Event)
	cancel()
	<-kept
	r.check(m, "settle", Settle(r.keep, r.q, m, err, r.o.Log))
}

// hide keeps m hidden until ctx ends, and ends it once somebody else has m.
func (r *runner) hide(ctx context.Context, cancel context.CancelFunc, m Message) {
	for {
		pause(ctx, r.o.Hide/3)
		if ctx.Err() != nil {
			return
		}
		err := r.q.Extend(ctx, m, r.o.Hide)
		if errors.Is(err, ErrStale) {
			cancel()
		} else if ctx.Err() == nil {
			r.check(m, "keep hidden", err)
		}
	}
}

// check logs what the queue did not take. Nothing is lost by it: m comes again
// when its time of being hidden has run out.
func (r *runner) check(m Message, what string, err error) {
	if err != nil {
		r.o.Log.Warn("cannot "+what+" event", "ref", m.Event.Ref.String(), "error", err)
	}
}

// Try is h, but a panic is an error: one bad event must not stop the others.
func (h Handler) Try(ctx context.Context, e issue.Event) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("handle %s: panic: %v\n%s", e.Ref, p, debug.Stack())
		}
	}()
	return h(ctx, e)
}

// Settle tells q how the handling of m ended. Its error is that of q: nothing is
// lost by it, for m comes again when its time of being hidden has run out.
func Settle(ctx context.Context, q Queue, m Message, err error, log *slog.Logger) error {
	if err == nil {
		return q.Done(ctx, m)
	}
	if later, ok := errors.AsType[Later](err); ok {
		// Sent before it is forgotten: whatever happens between, it comes again.
		again := Message{Event: m.Event, Lane: m.Lane, At: later.At, Floor: later.At, Why: later.Why}
		if err := q.Send(ctx, again); err != nil {
			return fmt.Errorf("put off: %w", err)
		}
		return q.Done(ctx, m)
	}
	wait := Backoff(m.Tries, m.Event.Ref.String())
	if errors.Is(err, ErrStale) {
		wait = min(wait, staleWait)
	}
	next := time.Now().Add(wait)
	log.Warn("event failed", "ref", m.Event.Ref.String(), "cause", m.Event.Cause, "try", m.Tries, "next", next, "error", err)
	why, _, _ := strings.Cut(err.Error(), "\n")
	return q.Fail(ctx, m, next, why)
}

// Backoff is how long to wait after so many tries: 1 s, doubled each time, an
// hour at most, less up to a fifth that depends on seed, so that what failed
// together does not come back together.
func Backoff(tries int, seed string) time.Duration {
	wait := time.Hour
	if tries < 13 { // 2^12 s is more than an hour
		wait = min(wait, time.Second<<max(0, tries-1))
	}
	h := fnv.New64a()
	fmt.Fprint(h, seed, tries)
	return wait - time.Duration(h.Sum64()%uint64(wait/5))
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
