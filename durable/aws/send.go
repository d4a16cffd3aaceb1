package aws

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"time"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// maxDelay is how long SQS can hold a message back, and maxLetters how many it
// takes in one call.
const (
	maxDelay   = 15 * time.Minute
	maxLetters = 10
)

// senders is how many events of one Send are on their way at the same time.
const senders = 8

// Send implements [durable.Queue].
func (q *Queue) Send(ctx context.Context, ms ...durable.Message) error {
	sent := slices.Clone(ms)
	for i := range sent {
		m := &sent[i]
		m.ID, m.Token, m.Tries = rand.Text(), "", 0
		if m.At.IsZero() {
			m.At = time.Now()
		}
	}
	return q.wait(ctx, sent)
}

// wait lets events wait, those of one slot as one.
func (q *Queue) wait(ctx context.Context, ms []durable.Message) error {
	var names []string
	joined := map[string]durable.Message{}
	for _, m := range ms {
		name := slotName(m)
		if had, ok := joined[name]; ok {
			m = had.Join(m)
		} else {
			names = append(names, name)
		}
		joined[name] = m
	}
	errs := make([]error, min(senders, len(names)))
	var wg sync.WaitGroup
	for w := range errs {
		wg.Go(func() {
			for n := w; n < len(names) && errs[w] == nil; n += len(errs) {
				m := joined[names[n]]
				errs[w] = explain("send", m, q.change(ctx, names[n], func(s *slot) (save, send bool) {
					send = s.wait(m)
					return send, send
				}))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// post sends letters, each to arrive when its event is due, or at most
// maxDelay from now. All are of one lane.
func (q *Queue) post(ctx context.Context, ls []letter) error {
	for some := range slices.Chunk(ls, maxLetters) {
		in := &sqs.SendMessageBatchInput{QueueUrl: new(q.urls[some[0].Message.Lane])}
		for n, l := range some {
			body, err := json.Marshal(l)
			if err != nil {
				return err
			}
			in.Entries = append(in.Entries, types.SendMessageBatchRequestEntry{
				Id: new(strconv.Itoa(n)), MessageBody: new(string(body)), DelaySeconds: seconds(min(time.Until(l.Message.Due()), maxDelay)),
			})
		}
		if err := q.postBatch(ctx, in); err != nil {
			return err
		}
	}
	return nil
}

// postBatch sends all entries of in, again those that SQS did not take.
func (q *Queue) postBatch(ctx context.Context, in *sqs.SendMessageBatchInput) error {
	for try := 1; ; try++ {
		out, err := q.sqs.SendMessageBatch(ctx, in)
		if err != nil {
			return err
		}
		if len(out.Failed) == 0 {
			return nil
		}
		if f := out.Failed[0]; f.SenderFault || try == patience {
			return fmt.Errorf("%d of %d messages were not taken: %s: %s", len(out.Failed), len(in.Entries), value(f.Code), value(f.Message))
		}
		in.Entries = slices.DeleteFunc(in.Entries, func(e types.SendMessageBatchRequestEntry) bool {
			return !slices.ContainsFunc(out.Failed, func(f types.BatchResultErrorEntry) bool { return value(f.Id) == value(e.Id) })
		})
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// seconds rounds up: nothing may come before its time.
func seconds(d time.Duration) int32 { return int32(math.Ceil(max(0, d).Seconds())) }

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
