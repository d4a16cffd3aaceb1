package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// maxHide is how long SQS can hide a message at most.
const maxHide = 12 * time.Hour

// poll is how long a look at SQS waits for something to come. A longer one
// would keep the other lane waiting.
const poll = time.Second

// Busy is the error of a message that carries what somebody else handles now: it
// has to come again, in case that one does not finish.
type Busy struct{ Until time.Time } // that one's time is out then

// Error implements error.
func (b Busy) Error() string {
	return "somebody else is handling it until " + b.Until.Format(time.RFC3339)
}

// A Delivery is an SQS message as it comes, by polling or to a function.
type Delivery struct {
	ID      string // of the message
	Body    string
	Receipt string
}

// Decode reads the event out of the body of an SQS message. What is to be done
// about it, if anything, says [Queue.Take].
func Decode(body string) (durable.Message, error) {
	l, err := decode(body)
	return l.Message, err
}

func decode(body string) (l letter, err error) {
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		return l, fmt.Errorf("read message: %w", err)
	}
	if m := l.Message; m.Event.Ref.ID == "" || m.Lane != durable.Live && m.Lane != durable.Bulk {
		return l, fmt.Errorf("read message: no event of an issue in a lane: %.200q", body)
	}
	return l, nil
}

// Take makes a message that has come the receiver's own for so long. It returns
// false if nothing is to be done: it is late, joined with another, or not due; the
// message may be forgotten then. After an error it has to come again; Busy is one
// that is no fault. What it returns is ended with Done or Fail.
func (q *Queue) Take(ctx context.Context, d Delivery, hide time.Duration) (durable.Message, bool, error) {
	l, err := decode(d.Body)
	if err != nil {
		return durable.Message{}, false, err
	}
	m, ok, err := q.take(ctx, d, l, hide)
	return m, ok, explain("take", l.Message, err)
}

func (q *Queue) take(ctx context.Context, d Delivery, l letter, hide time.Duration) (m durable.Message, ok bool, err error) {
	token := newToken(d.Receipt)
	var v verdict
	var failed error
	var until time.Time
	err = q.change(ctx, slotName(l.Message), func(s *slot) (save, send bool) {
		heard := s.hear(l)
		for v = s.take(l.Gen, d.ID, token, time.Now(), hide); v == bury; v = s.take(l.Gen, d.ID, token, time.Now(), hide) {
			gone := s.free()
			gone.Why = durable.RanOut
			if failed = q.bury(ctx, gone); failed != nil {
				return false, false
			}
			heard = true
		}
		if s.Busy != nil {
			m, until = *s.Busy, s.Until
		}
		if v == again { // the next letter about the same: it is not a new generation
			failed = q.post(ctx, []letter{{s.Gen, *s.Waits}})
		}
		return failed == nil && (heard || v == taken), false
	})
	switch err = errors.Join(err, failed); {
	case err != nil:
		return durable.Message{}, false, err
	case v == hold:
		return durable.Message{}, false, Busy{until}
	}
	return m, v == taken, nil
}

// Receive implements [durable.Queue].
func (q *Queue) Receive(ctx context.Context, n int, hide time.Duration) ([]durable.Message, error) {
	for wait := time.Duration(0); ctx.Err() == nil; wait = left(ctx) {
		ms, err := q.look(ctx, max(n, 1), wait, hide)
		if len(ms) > 0 {
			return ms, nil // after an error too: they are the receiver's now
		}
		if err != nil {
			return nil, fmt.Errorf("receive events: %w", err)
		}
	}
	return nil, nil
}

// left is how long to wait for a message before ctx ends. SQS waits for whole
// seconds; what is left of one passes here.
func left(ctx context.Context) time.Duration {
	deadline, has := ctx.Deadline()
	if !has || time.Until(deadline) >= poll {
		return poll
	}
	<-ctx.Done()
	return 0
}

// look takes what is due in both lanes. Of a lane with nothing it waits for the
// first to come.
func (q *Queue) look(ctx context.Context, n int, wait, hide time.Duration) (ms []durable.Message, err error) {
	for _, lane := range []durable.Lane{durable.Live, durable.Bulk} {
		some, err := q.receive(context.WithoutCancel(ctx), lane, n-len(ms), wait, hide)
		if ms = append(ms, some...); err != nil {
			return ms, err
		}
		wait = 0
	}
	return ms, nil
}

// receive takes up to n events of a lane, and waits for the first if there is
// none. It is not stopped half way: what SQS has handed out would stay hidden.
func (q *Queue) receive(ctx context.Context, lane durable.Lane, n int, wait, hide time.Duration) (ms []durable.Message, err error) {
	for len(ms) < n {
		out, err := q.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: new(q.urls[lane]), MaxNumberOfMessages: int32(min(n-len(ms), maxLetters)),
			VisibilityTimeout: seconds(min(hide, maxHide)), WaitTimeSeconds: int32(wait / time.Second),
		})
		if err != nil || len(out.Messages) == 0 {
			return ms, err
		}
		for _, raw := range out.Messages {
			m, ok, failed := q.accept(ctx, lane, raw, hide)
			err = errors.Join(err, failed)
			if ok {
				ms = append(ms, m)
			}
		}
		if err != nil {
			return ms, err
		}
		wait = 0
	}
	return ms, nil
}

// accept takes what has come, and forgets or hides what is not to be handled now.
func (q *Queue) accept(ctx context.Context, lane durable.Lane, raw types.Message, hide time.Duration) (durable.Message, bool, error) {
	d := Delivery{ID: value(raw.MessageId), Body: value(raw.Body), Receipt: value(raw.ReceiptHandle)}
	m, ok, err := q.Take(ctx, d, hide)
	if busy, is := errors.AsType[Busy](err); is {
		return m, false, q.hide(ctx, lane, d.Receipt, time.Until(busy.Until))
	}
	if ok || err != nil { // after an error it comes again when it is no longer hidden
		return m, ok, err
	}
	return m, false, q.forget(ctx, lane, d.Receipt)
}

func (q *Queue) forget(ctx context.Context, lane durable.Lane, receipt string) error {
	_, err := q.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: new(q.urls[lane]), ReceiptHandle: &receipt})
	return unlessLate(err)
}

func (q *Queue) hide(ctx context.Context, lane durable.Lane, receipt string, hide time.Duration) error {
	_, err := q.sqs.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: new(q.urls[lane]), ReceiptHandle: &receipt, VisibilityTimeout: seconds(min(hide, maxHide)),
	})
	return unlessLate(err)
}
