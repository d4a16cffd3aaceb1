// Package after does what follows a commit: it counts, and tells people once of
// each field that waits for them. It is the function after, without AWS: the
// stream of the table calls Handle with a batch, and repeats the batch from the
// lowest sequence number that Handle reports.
//
// Only heads of links are asked for: a head says what its commit changed, and a
// place that was staged is true with the head that names it.
package after

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
)

// A Batch is what the stream calls with: of events.DynamoDBEvent what is read.
type Batch struct {
	Records []Record `json:"Records"`
}

// A Record is one change of one item.
type Record struct {
	Name   string `json:"eventName"` // INSERT, MODIFY or REMOVE
	Change Change `json:"dynamodb"`
}

// A Change is how the item was, and is.
type Change struct {
	Sequence string    `json:"SequenceNumber"`
	Was      aws.Image `json:"OldImage"`
	Is       aws.Image `json:"NewImage"`
}

// A Handler counts and tells.
type Handler struct {
	Store durable.Store                                         // keeps up to which revision was told of a link, as the State "told/<link>", and the State "notices"
	Tell  func(ctx context.Context, subject, text string) error // one notice to people
	Count func(values map[string]float64) error
	Now   func() time.Time
	Log   *slog.Logger
}

// Told begins the names of the States that say up to which revision people were
// told of a link. They are needed for as long as the stream may repeat: a day.
const Told = "told/"

// told is the State "told/<link>".
type told struct {
	Revision int64 `json:"revision"`
}

// Handle handles a batch. It returns at most one failure: the first record that
// is not dealt with. The notices of a batch are one message.
func (h *Handler) Handle(ctx context.Context, batch Batch) (events.DynamoDBEventResponse, error) {
	news, unreadable := h.read(batch)
	done, err := h.tell(ctx, news)
	counted := h.count(news[:done], unreadable)
	log := h.Log.With("records", len(batch.Records), "done", done, "unreadable", unreadable)
	if err = errors.Join(err, counted); err != nil {
		log.Error("after: not all is done", "error", err)
	} else {
		log.Info("after")
	}
	if done == len(news) {
		return events.DynamoDBEventResponse{}, nil
	}
	return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{
		{ItemIdentifier: batch.Records[done].Change.Sequence},
	}}, nil
}

// read reads every record; of one that is no news, or cannot be read, nothing is
// known. It would not be readable the next time either.
func (h *Handler) read(batch Batch) (news []aws.News, unreadable int) {
	news = make([]aws.News, len(batch.Records))
	for i, r := range batch.Records {
		n, ok, err := aws.ReadNews(r.Change.Was, r.Change.Is)
		if err != nil {
			h.Log.Warn("record not read", "sequence", r.Change.Sequence, "error", err)
			unreadable++
		}
		if ok {
			news[i] = n
		}
	}
	return news, unreadable
}

// tell tells of all newly held fields, in one message, and says how many of
// news, from the first, are dealt with.
func (h *Handler) tell(ctx context.Context, news []aws.News) (int, error) {
	due, most, failed := h.due(ctx, news)
	if len(due) == 0 {
		return most, failed
	}
	if err := h.say(ctx, news, due); err != nil {
		return due[0], errors.Join(failed, err)
	}
	for _, i := range due {
		if err := h.note(ctx, news[i].Link, news[i].Revision); err != nil {
			return i, errors.Join(failed, err)
		}
	}
	return most, failed
}

// say tells of the fields in one message; if there were enough in this hour, the
// next counts them.
func (h *Handler) say(ctx context.Context, news []aws.News, due []int) error {
	_, n, err := load(ctx, h.Store)
	if err != nil {
		return err
	}
	lines := fields(news, due)
	if n.in(h.Now()).Sent >= MaxNotices {
		h.Log.Info("too many notices in this hour", "fields", len(lines))
		return change(ctx, h.Store, h.Now(), func(n *notices) { n.Rest += len(lines) })
	}
	if err := h.Tell(ctx, subject(len(lines)+n.Rest), words(lines, n.Rest)); err != nil {
		return err
	}
	return change(ctx, h.Store, h.Now(), n.told)
}

// due returns which of news people are to be told of, and how many are dealt
// with as far as that can be known.
func (h *Handler) due(ctx context.Context, news []aws.News) (due []int, most int, err error) {
	known := map[issue.Ref]int64{}
	for i, n := range news {
		if len(n.Held) == 0 {
			continue
		}
		if _, asked := known[n.Link]; !asked {
			_, t, err := h.load(ctx, n.Link)
			if err != nil {
				return due, i, err
			}
			known[n.Link] = t.Revision
		}
		if n.Revision > known[n.Link] {
			due, known[n.Link] = append(due, i), n.Revision
		}
	}
	return due, len(news), nil
}

func (h *Handler) load(ctx context.Context, link issue.Ref) (st durable.State, t told, err error) {
	if st, err = h.Store.State(ctx, Told+link.String()); err == nil && len(st.Value) > 0 {
		err = json.Unmarshal(st.Value, &t)
	}
	if err != nil {
		err = fmt.Errorf("read what was told: %w", err)
	}
	return st, t, err
}

// note remembers that people were told of a link up to a revision, whoever else does so.
func (h *Handler) note(ctx context.Context, link issue.Ref, revision int64) error {
	for range 3 {
		st, t, err := h.load(ctx, link)
		if err != nil || t.Revision >= revision {
			return err
		}
		if st.Value, err = json.Marshal(told{revision}); err != nil {
			return err
		}
		if err = h.Store.SetState(ctx, st); !errors.Is(err, durable.ErrStale) {
			return err
		}
	}
	return fmt.Errorf("note what was told: %w", durable.ErrStale)
}

// count puts the sums of what is dealt with. What comes again after it was dealt
// with, as when the answer is lost, is counted twice.
func (h *Handler) count(done []aws.News, unreadable int) error {
	sums := map[string]float64{"Links": 0, "EditsCarried": 0, "FieldsHeld": 0, "FieldsSettled": 0, "FieldsRefused": 0, "NewsUnreadable": float64(unreadable)}
	for _, n := range done {
		if n.New {
			sums["Links"]++
		}
		sums["EditsCarried"] += float64(n.Carried)
		sums["FieldsHeld"] += float64(len(n.Held))
		sums["FieldsSettled"] += float64(len(n.Settled))
		sums["FieldsRefused"] += float64(len(n.Refused))
	}
	for name, n := range sums {
		if n == 0 {
			delete(sums, name)
		}
	}
	if len(sums) == 0 {
		return nil
	}
	return h.Count(sums)
}

// Expire forgets what was told longer ago than the stream may repeat it, and
// says of how many links. It may be cut off anywhere.
func Expire(ctx context.Context, store durable.Store, now time.Time) (n int, err error) {
	for st, err := range store.States(ctx, Told) {
		if err != nil {
			return n, fmt.Errorf("forget what was told: %w", err)
		}
		if now.Sub(st.Changed) < 2*24*time.Hour {
			continue
		}
		st.Value = nil
		if err := store.SetState(ctx, st); err != nil && !errors.Is(err, durable.ErrStale) {
			return n, fmt.Errorf("forget what was told: %w", err)
		}
		n++
	}
	return n, nil
}
