package turn_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/lambda/turn"
	"example.com/accord/memory"
)

var errBroken = errors.New("broken")

// A bench is a handler on a queue in memory, and the event source before it.
type bench struct {
	*turn.Handler
	t     *testing.T
	queue *memory.Queue
	taken map[string]durable.Message // by the id of the message
}

func newBench(t *testing.T, h durable.Handler) *bench {
	b := &bench{t: t, queue: memory.NewQueue(), taken: map[string]durable.Message{}}
	b.Handler = &turn.Handler{
		Take: func(_ context.Context, m events.SQSMessage) (durable.Message, bool, error) {
			switch m.Body {
			case "odd":
				return durable.Message{}, false, errBroken
			case "held":
				return durable.Message{}, false, fmt.Errorf("take: %w", durable.Later{Why: "somebody else has it"})
			}
			got, ok := b.taken[m.MessageId]
			return got, ok, nil
		},
		Turn: h, Queue: b.queue, Log: slog.New(slog.DiscardHandler),
	}
	return b
}

func (b *bench) send(ids ...string) {
	b.t.Helper()
	for _, id := range ids {
		ev := issue.Event{Ref: issue.Ref{Participant: "acme", ID: id}, Cause: "webhook", At: time.Now()}
		if err := b.queue.Send(b.t.Context(), durable.Message{Event: ev, Lane: durable.Live}); err != nil {
			b.t.Fatal(err)
		}
	}
}

// batch receives all that is due.
func (b *bench) batch() (e events.SQSEvent) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Millisecond)
	defer cancel()
	ms, err := b.queue.Receive(ctx, 100, 5*time.Minute)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, m := range ms {
		id := m.Event.Ref.ID + "-" + m.Token
		b.taken[id] = m
		e.Records = append(e.Records, events.SQSMessage{MessageId: id})
	}
	return e
}

// handle returns the issues whose messages are reported.
func (b *bench) handle(ctx context.Context, e events.SQSEvent) (failed []string) {
	b.t.Helper()
	r, err := b.Handle(ctx, e)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range r.BatchItemFailures {
		id, _, _ := strings.Cut(f.ItemIdentifier, "-")
		failed = append(failed, id)
	}
	return failed
}

func (b *bench) depth() durable.Depth {
	b.t.Helper()
	d, err := b.queue.Depth(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	d.Oldest = time.Time{}
	return d
}

func TestEachEndsInItsOwnWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(_ context.Context, e issue.Event) error {
			switch e.Ref.ID {
			case "broken":
				return errBroken
			case "panics":
				panic("oops")
			case "stale":
				return fmt.Errorf("turn: %w", durable.ErrStale)
			case "busy":
				return fmt.Errorf("turn: %w", durable.Later{At: time.Now().Add(10 * time.Minute), Why: "the site asks to wait"})
			}
			return nil
		})
		b.send("fine", "broken", "panics", "stale", "busy", "well")
		if got := b.handle(t.Context(), b.batch()); got != nil {
			t.Errorf("%v are reported, though the queue was told of all", got)
		}
		if diff := cmp.Diff(durable.Depth{Live: 4, Later: 4}, b.depth()); diff != "" {
			t.Errorf("what is fine is forgotten, and the others wait (-want +got):\n%s", diff)
		}
		time.Sleep(2 * time.Second)
		if got := b.batch(); len(got.Records) != 3 {
			t.Errorf("%d come again after their back-off, want 3", len(got.Records))
		}
		time.Sleep(9 * time.Minute)
		again := b.batch()
		for _, m := range again.Records {
			if b.taken[m.MessageId].Event.Ref.ID == "busy" {
				t.Error("it comes before the site said")
			}
		}
		time.Sleep(time.Minute)
		if got := b.batch(); len(got.Records) != 1 || b.taken[got.Records[0].MessageId].Tries != 1 {
			t.Errorf("what was put off comes as %+v, its tries counted anew", got.Records)
		}
	})
}

func TestWhatIsNotTaken(t *testing.T) {
	called := 0
	b := newBench(t, func(context.Context, issue.Event) error { called++; return nil })
	e := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "gone-1"}, {MessageId: "odd-2", Body: "odd"}, {MessageId: "held-3", Body: "held"}}}
	if diff := cmp.Diff([]string{"odd", "held"}, b.handle(t.Context(), e)); diff != "" || called > 0 {
		t.Errorf("one that has nothing to do is removed, one that cannot be read or that somebody else has comes again; %d were handled:\n%s", called, diff)
	}
}

// TestQueueThatDoesNotAnswer: what it was not told comes again, though it went well.
func TestQueueThatDoesNotAnswer(t *testing.T) {
	for _, op := range []string{"done", "send", "fail"} {
		t.Run(op, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, func(context.Context, issue.Event) error {
					return map[string]error{"send": durable.Later{At: time.Now()}, "fail": errBroken}[op]
				})
				b.send("1", "2")
				e := b.batch()
				b.queue.Fault = func(at string) error {
					if at == op {
						return errBroken
					}
					return nil
				}
				if got := b.handle(t.Context(), e); len(got) != 2 {
					t.Errorf("%v are reported", got)
				}
				b.queue.Fault = nil
				time.Sleep(5 * time.Minute)
				if got := b.batch(); len(got.Records) != 2 {
					t.Errorf("%d come again", len(got.Records))
				}
			})
		})
	}
}

// TestTimeLimit: what does not end before the limit is cut off in time to tell
// the queue, and what did is not handled again.
func TestTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(ctx context.Context, e issue.Event) error {
			if e.Ref.ID == "slow" {
				<-ctx.Done()
				return ctx.Err()
			}
			time.Sleep(20 * time.Second)
			return nil
		})
		b.send("slow", "quick")
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		began := time.Now()
		if got := b.handle(ctx, b.batch()); got != nil {
			t.Errorf("%v are reported", got)
		}
		if took := time.Since(began); took != 30*time.Second-turn.Slack {
			t.Errorf("it took %v", took)
		}
		if got := b.depth(); got.Live != 1 || got.Busy != 0 {
			t.Errorf("the queue was told: %+v", got)
		}
	})
}

func TestAllAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		b := newBench(t, func(context.Context, issue.Event) error {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			now.Add(-1)
			return nil
		})
		for i := range 10 {
			b.send(fmt.Sprint(i))
		}
		began := time.Now()
		if failed := b.handle(t.Context(), b.batch()); failed != nil || time.Since(began) != time.Second {
			t.Errorf("%v failed, it took %v, and %d ran at the same time", failed, time.Since(began), most.Load())
		}
	})
}
