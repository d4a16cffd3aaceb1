// Package turn hands the events of a queue to the engine. It is the function
// turn, without AWS: the event source calls Handle with a batch, removes the
// messages that Handle does not report, and shows the others again later.
//
// An event that failed is not reported: the queue was told, and brings it back
// when its back-off is over, by another message. Reported is only what the
// queue could not be told.
package turn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable"
)

// Slack is what is kept of the time limit for telling the queue how it ended.
const Slack = 5 * time.Second

// A Handler handles events.
type Handler struct {
	// Take returns the message that one of the event source stands for, with
	// the Token that [durable.Queue] knows it by; false if nothing is left to
	// be done for it. An error of type [durable.Later] is no fault: somebody
	// else handles the event, and the message comes again in case that fails.
	Take func(context.Context, events.SQSMessage) (durable.Message, bool, error)

	Turn  durable.Handler
	Queue durable.Queue // the one that the messages are from
	Slack time.Duration // 0: [Slack]
	Log   *slog.Logger
}

// Handle handles a batch, all of it at the same time. What a site asks to try
// later is queued again for then, and counts as handled.
func (h *Handler) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	work, cancel := h.within(ctx)
	defer cancel()
	failed := make([]bool, len(batch.Records))
	var all sync.WaitGroup
	for i, m := range batch.Records {
		all.Go(func() { failed[i] = !h.one(ctx, work, m) })
	}
	all.Wait()
	out := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}} // a list, not null: others than Lambda take it for granted
	for i, m := range batch.Records {
		if failed[i] {
			out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
	}
	return out, nil
}

// within leaves the slack between the end of the work and that of ctx.
func (h *Handler) within(ctx context.Context) (context.Context, context.CancelFunc) {
	slack := h.Slack
	if slack == 0 {
		slack = Slack
	}
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-slack))
}

// one handles one message and reports whether the event source may remove it.
func (h *Handler) one(ctx, work context.Context, m events.SQSMessage) bool {
	taken, ok, err := h.Take(ctx, m)
	if later, is := errors.AsType[durable.Later](err); is {
		h.Log.Info("message waits", "message", m.MessageId, "until", later.At, "why", later.Why)
		return false
	}
	if err != nil {
		h.Log.Error("message not taken: it comes again", "message", m.MessageId, "error", err)
		return false
	}
	if !ok {
		return true
	}
	failed := h.Turn.Try(work, taken.Event)
	if failed != nil && work.Err() != nil {
		failed = fmt.Errorf("%w (the time limit is near)", failed)
	}
	if err := durable.Settle(ctx, h.Queue, taken, failed, h.Log); err != nil {
		h.Log.Warn("queue not told: the event comes again", "ref", taken.Event.Ref.String(), "error", err)
		return false
	}
	return true
}
