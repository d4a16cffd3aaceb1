package source

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable"
)

// A Mailbox is a queue as a mapping polls it.
type Mailbox interface {
	// Receive takes one message and hides it for a while. It waits for one, and
	// returns false once ctx has ended or it has waited long enough.
	Receive(ctx context.Context) (events.SQSMessage, bool, error)

	// Keep hides a message for another while.
	Keep(ctx context.Context, m events.SQSMessage) error

	// Remove removes a message. One that others have by now is left alone.
	Remove(ctx context.Context, m events.SQSMessage) error
}

// A QueueMapping calls a function with messages of a queue, one in each event
// (BatchSize 1), several at the same time. A message that the function does not
// report is removed. One that it reports, or for which it failed, comes again
// when it is no longer hidden; how often, the queue decides.
type QueueMapping struct {
	Mail   Mailbox
	Call   Call
	AtOnce int           // MaximumConcurrency
	Keep   time.Duration // how often a message is hidden for longer while it is handled
	Name   string        // of the function
	Log    *slog.Logger
}

// Run polls until ctx ends. Calls that are under way then are waited for.
func (m *QueueMapping) Run(ctx context.Context) {
	slots := make(chan struct{}, m.AtOnce)
	var all sync.WaitGroup
	defer all.Wait()
	for failures := 0; ; {
		select {
		case <-ctx.Done():
			return
		case slots <- struct{}{}:
		}
		msg, ok, err := m.Mail.Receive(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			failures++
			m.Log.Error("queue not read", "function", m.Name, "error", err)
			pause(ctx, backoff(failures))
			<-slots
		case !ok || err != nil:
			<-slots
		default:
			failures = 0
			all.Go(func() {
				defer func() { <-slots }()
				m.handle(context.WithoutCancel(ctx), msg)
			})
		}
	}
}

// handle calls the function with a message, which is hidden for as long.
func (m *QueueMapping) handle(ctx context.Context, msg events.SQSMessage) {
	work, cancel := context.WithCancel(ctx)
	var kept sync.WaitGroup
	kept.Go(func() {
		for pause(work, m.Keep); work.Err() == nil; pause(work, m.Keep) {
			if err := m.Mail.Keep(work, msg); err != nil && work.Err() == nil {
				m.Log.Warn("message not kept hidden", "function", m.Name, "message", msg.MessageId, "error", err)
			}
		}
	})
	done, err := m.try(ctx, msg)
	cancel()
	kept.Wait()
	if done && err == nil {
		err = m.Mail.Remove(ctx, msg)
	}
	if err != nil {
		m.Log.Warn("message comes again", "function", m.Name, "message", msg.MessageId, "error", err)
	}
}

// try reports whether the message may be removed.
func (m *QueueMapping) try(ctx context.Context, msg events.SQSMessage) (bool, error) {
	in, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{msg}})
	if err != nil {
		return false, err
	}
	out, err := m.Call(ctx, in)
	if err != nil {
		return false, err
	}
	var said events.SQSEventResponse
	if err := json.Unmarshal(out, &said); err != nil {
		return false, fmt.Errorf("its answer is no list of failures: %w", err)
	}
	return len(said.BatchItemFailures) == 0, nil // whatever it reports: there is one message
}

// An Outbox is a durable.Queue as a mailbox: the body of a message is the
// [durable.Message], with the token that the function tells the queue.
type Outbox struct {
	Queue durable.Queue
	Hide  time.Duration // a while
}

// patience is how long Receive waits: what another process has sent is seen then.
const patience = 250 * time.Millisecond

// Receive implements [Mailbox].
func (o Outbox) Receive(ctx context.Context) (events.SQSMessage, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ms, err := o.Queue.Receive(ctx, 1, o.Hide)
	if err != nil || len(ms) == 0 {
		return events.SQSMessage{}, false, err
	}
	body, err := json.Marshal(ms[0])
	return events.SQSMessage{MessageId: ms[0].ID, ReceiptHandle: ms[0].Token, Body: string(body), EventSource: "aws:sqs"}, err == nil, err
}

// Keep implements [Mailbox].
func (o Outbox) Keep(ctx context.Context, m events.SQSMessage) error {
	return o.Queue.Extend(ctx, held(m), o.Hide)
}

// Remove implements [Mailbox].
func (o Outbox) Remove(ctx context.Context, m events.SQSMessage) error {
	return o.Queue.Done(ctx, held(m))
}

func held(m events.SQSMessage) durable.Message {
	return durable.Message{ID: m.MessageId, Token: m.ReceiptHandle}
}
