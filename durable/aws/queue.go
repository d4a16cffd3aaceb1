package aws

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// A Queue is a [durable.Queue] on two standard queues of SQS, one a lane, and
// the table of a [Store]. What waits, until when, and who handles it is in the
// table, a slot for each issue and lane; a message in SQS says that it is time
// to look at a slot, and one too many does no harm. So the floor, the joining of
// events and their tries are kept as everywhere, though SQS can delay a message
// by 15 minutes only, may deliver it twice, and keeps no order.
//
// What is weaker than elsewhere: it is exact to the second only, Receive may
// overlook for a moment what has just been sent, and nothing is ever full.
type Queue struct {
	sqs   mail
	urls  map[durable.Lane]string
	slots slots
	dead  durable.Store // dead events, as states
}

var (
	_ durable.Queue = (*Queue)(nil)
	_ durable.Gauge = (*Queue)(nil)
)

// mail is what we use of SQS.
type mail interface {
	SendMessageBatch(context.Context, *sqs.SendMessageBatchInput, ...func(*sqs.Options)) (*sqs.SendMessageBatchOutput, error)
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
}

// slots keeps slots by name, each with a revision that is compared and swapped.
type slots interface {
	slot(ctx context.Context, name string) (value []byte, revision int64, err error)
	setSlot(ctx context.Context, name string, value []byte, revision int64, until time.Time) error // until zero: for ever
}

// NewQueue returns the queue with the URLs of its two lanes, whose slots are in
// the table of store.
func NewQueue(client *sqs.Client, store *Store, live, bulk string) *Queue {
	return &Queue{sqs: client, urls: map[durable.Lane]string{durable.Live: live, durable.Bulk: bulk}, slots: store, dead: store}
}

func slotName(m durable.Message) string { return string(m.Lane) + "/" + m.Event.Ref.String() }

// remembered is for how long an idle slot tells a late letter that it is late.
// SQS keeps no message longer than 14 days.
const remembered = 15 * 24 * time.Hour

// races is how often a slot is tried that somebody else changes at the same time.
const races = 60

// change edits one slot, until nobody has changed it meanwhile. If edit says so,
// a letter about what waits is sent before the slot is saved.
func (q *Queue) change(ctx context.Context, name string, edit func(*slot) (save, send bool)) error {
	for try := 1; ; try++ {
		s, revision, err := q.read(ctx, name)
		if err != nil {
			return err
		}
		save, send := edit(&s)
		if !save {
			return nil
		}
		if send && s.Waits != nil {
			s.Gen++
			if err := q.post(ctx, []letter{{s.Gen, *s.Waits}}); err != nil {
				return err
			}
		}
		err = q.write(ctx, name, s, revision)
		if !errors.Is(err, durable.ErrStale) || try == races {
			return err
		}
		if err := pause(ctx, min(try, 4)); err != nil {
			return err
		}
	}
}

func (q *Queue) read(ctx context.Context, name string) (s slot, revision int64, err error) {
	value, revision, err := q.slots.slot(ctx, name)
	if err != nil || value == nil {
		return s, revision, err
	}
	err = json.Unmarshal(value, &s)
	return s, revision, err
}

func (q *Queue) write(ctx context.Context, name string, s slot, revision int64) error {
	value, err := json.Marshal(s)
	if err != nil {
		return err
	}
	until := time.Time{}
	if s.idle() {
		until = time.Now().Add(remembered)
	}
	return q.slots.setSlot(ctx, name, value, revision, until)
}

// Extend implements [durable.Queue].
func (q *Queue) Extend(ctx context.Context, m durable.Message, hide time.Duration) error {
	stale := false
	err := q.change(ctx, slotName(m), func(s *slot) (save, send bool) {
		if stale = !s.held(tokenOf(m)); stale {
			return false, false
		}
		s.Until = time.Now().Add(hide)
		return true, false
	})
	if err == nil && stale {
		err = durable.ErrStale
	}
	if err == nil {
		err = q.hide(ctx, m.Lane, receiptOf(m), hide)
	}
	return explain("extend", m, err)
}

// Done implements [durable.Queue].
func (q *Queue) Done(ctx context.Context, m durable.Message) error {
	return explain("forget", m, q.settle(ctx, m, func(s *slot) error { s.free(); return nil }))
}

// Fail implements [durable.Queue].
func (q *Queue) Fail(ctx context.Context, m durable.Message, next time.Time, why string) error {
	return explain("give back", m, q.settle(ctx, m, func(s *slot) error {
		failed := s.free()
		failed.Why = why
		if failed.Tries >= durable.MaxTries {
			return q.bury(ctx, failed)
		}
		failed.At = next
		if next.After(failed.Floor) {
			failed.Floor = next
		}
		s.wait(failed)
		return nil
	}))
}

// settle ends the handling of m, if m is still held, and forgets what carried it.
func (q *Queue) settle(ctx context.Context, m durable.Message, end func(*slot) error) error {
	held := false
	var ended error
	err := q.change(ctx, slotName(m), func(s *slot) (save, send bool) {
		if held = s.held(tokenOf(m)); !held {
			return false, false
		}
		ended = end(s)
		return ended == nil, true
	})
	if err = errors.Join(err, ended); err != nil || !held {
		return err
	}
	return q.forget(ctx, m.Lane, receiptOf(m))
}

// newToken makes the token of a holder: a name of its own, and the receipt that
// SQS wants to see.
func newToken(receipt string) string { return rand.Text() + " " + receipt }

func tokenOf(m durable.Message) string { return m.Token }

func receiptOf(m durable.Message) string {
	_, receipt, _ := strings.Cut(m.Token, " ")
	return receipt
}

func explain(verb string, m durable.Message, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s event of %s in lane %s: %w", verb, m.Event.Ref, m.Lane, err)
}
