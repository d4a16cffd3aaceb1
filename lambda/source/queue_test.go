package source_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/lambda/source"
	"example.com/accord/memory"
	"example.com/accord/runtimeapi"
)

// A post is a queue, its mapping, and the function that is called.
type post struct {
	t       *testing.T
	queue   *memory.Queue
	mapping *source.QueueMapping
	answer  func(m durable.Message) (string, error)

	mu    sync.Mutex
	calls []string // ids of issues
	busy  int
	most  int
}

func newPost(t *testing.T) *post {
	p := &post{t: t, queue: memory.NewQueue(), answer: func(durable.Message) (string, error) { return "{}", nil }}
	p.mapping = &source.QueueMapping{
		Mail: source.Outbox{Queue: p.queue, Hide: 15 * time.Second}, Call: p.call, AtOnce: 2, Keep: 5 * time.Second, Name: "turn", Log: slog.New(slog.DiscardHandler),
	}
	return p
}

func (p *post) send(ids ...string) {
	p.t.Helper()
	for _, id := range ids {
		m := durable.Message{Event: issue.Event{Ref: issue.Ref{Participant: "a", ID: id}}, Lane: durable.Live}
		if err := p.queue.Send(p.t.Context(), m); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *post) call(_ context.Context, in []byte) ([]byte, error) {
	var e events.SQSEvent
	var m durable.Message
	if err := json.Unmarshal(in, &e); err != nil || len(e.Records) != 1 {
		p.t.Errorf("%s: %v", in, err)
	} else if err := json.Unmarshal([]byte(e.Records[0].Body), &m); err != nil || m.ID == "" || m.Token == "" {
		p.t.Errorf("%s: %v", e.Records[0].Body, err)
	}
	p.mu.Lock()
	p.calls = append(p.calls, m.Event.Ref.ID)
	p.busy++
	p.most = max(p.most, p.busy)
	p.mu.Unlock()
	out, err := p.answer(m)
	p.mu.Lock()
	p.busy--
	p.mu.Unlock()
	return []byte(out), err
}

func (p *post) runs(d time.Duration) {
	ctx, cancel := context.WithTimeout(p.t.Context(), d)
	defer cancel()
	p.mapping.Run(ctx)
}

// ends compares how often each issue was called for, and what is left.
func (p *post) ends(calls map[string]int, left int) {
	p.t.Helper()
	got := map[string]int{}
	for _, id := range p.calls {
		got[id]++
	}
	d, err := p.queue.Depth(p.t.Context())
	if err != nil || fmt.Sprint(got) != fmt.Sprint(calls) || d.Live+d.Busy != left {
		p.t.Errorf("calls %v, want %v; left %+v, want %d: %v", got, calls, d, left, err)
	}
}

func TestMessagesAreRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t)
		p.send("1", "2", "3")
		p.runs(time.Minute)
		p.ends(map[string]int{"1": 1, "2": 1, "3": 1}, 0)
	})
}

// TestMessagesComeAgain: one that was reported, or whose function failed, could
// not be called or answers nonsense, comes again when it is no longer hidden.
func TestMessagesComeAgain(t *testing.T) {
	for reason, c := range map[string]struct {
		answer string
		err    error
	}{
		"reported":   {`{"batchItemFailures":[{"itemIdentifier":"1"}]}`, nil},
		"failed":     {"", &runtimeapi.Failure{Type: "Sandbox.Timedout"}},
		"not called": {"", runtimeapi.ErrThrottled},
		"nonsense":   {"<p>", nil},
	} {
		t.Run(reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPost(t)
				p.answer = func(m durable.Message) (string, error) {
					if m.Tries == 1 {
						return c.answer, c.err
					}
					return "{}", nil
				}
				p.send("1")
				p.runs(14 * time.Second)
				p.ends(map[string]int{"1": 1}, 1)
				p.runs(14 * time.Second)
				p.ends(map[string]int{"1": 2}, 0)
			})
		})
	}
}

// TestLongCalls: a message is hidden as long as its function is at it, others
// are handled meanwhile, and no more at once than may be.
func TestLongCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t)
		p.answer = func(m durable.Message) (string, error) {
			if m.Event.Ref.ID == "1" {
				time.Sleep(10 * time.Minute)
			} else {
				time.Sleep(time.Second)
			}
			return "{}", nil
		}
		p.send("1", "2", "3", "4", "5", "6")
		p.runs(11 * time.Minute)
		p.ends(map[string]int{"1": 1, "2": 1, "3": 1, "4": 1, "5": 1, "6": 1}, 0)
		if p.most != 2 {
			t.Errorf("%d at the same time, want 2", p.most)
		}
	})
}

// TestSettledByTheFunction: what the function itself has told the queue stays so.
func TestSettledByTheFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t)
		p.answer = func(m durable.Message) (string, error) {
			if m.Tries > 1 {
				return "{}", p.queue.Done(t.Context(), m)
			}
			return "{}", p.queue.Fail(t.Context(), m, time.Now().Add(time.Hour), "not now")
		}
		p.send("1")
		p.runs(59 * time.Minute)
		p.ends(map[string]int{"1": 1}, 1)
		p.runs(2 * time.Minute)
		p.ends(map[string]int{"1": 2}, 0)
	})
}

// A deaf mailbox fails for a while.
type deaf struct {
	source.Mailbox
	until time.Time
}

func (d deaf) Receive(ctx context.Context) (events.SQSMessage, bool, error) {
	if time.Now().Before(d.until) {
		return events.SQSMessage{}, false, errors.New("locked")
	}
	return d.Mailbox.Receive(ctx)
}

func TestQueueThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t)
		p.mapping.Mail = deaf{p.mapping.Mail, time.Now().Add(time.Minute)}
		p.send("1", "2", "3")
		p.runs(3 * time.Minute)
		if slices.Sort(p.calls); !slices.Equal(p.calls, []string{"1", "2", "3"}) {
			t.Errorf("calls %v", p.calls)
		}
	})
}
