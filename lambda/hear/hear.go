// Package hear takes webhooks out of the stream, says which are authentic, and
// queues the issues that they are about. It is the function hear, without AWS:
// the stream calls Handle with a batch, and repeats the batch from the lowest
// sequence number that Handle reports.
//
// A delivery that is not authentic is counted and not kept. One that cannot be
// read would fail for ever and hold up all behind it: it is set aside among the
// blobs, at unreadable/DATE/NAME, and counted. Only what may be better the next
// time, a queue or a store that does not answer, is reported as a failure.
package hear

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
)

// A Handler hears the deliveries of all sites.
type Handler struct {
	Sites map[string]Site // by name
	Queue durable.Queue
	Blobs durable.Blobs // keeps what cannot be read
	Store durable.Store // counts in the tallies "refused/<site>", "unreadable/<site>", "too-big/<site>", and "unreadable" of no site
	Log   *slog.Logger
}

// A Site is who may deliver, and who reads it.
type Site struct {
	Key    connector.Secret // the last part of its address; not set: nobody may
	Events connector.Events // reads every version that the address may carry
}

// A verdict is what became of one record.
type verdict string

const (
	heard      verdict = "heard"
	refused    verdict = "refused"    // not authentic
	unreadable verdict = "unreadable" // kept, for people
	again      verdict = "again"      // its reader failed, which may be better the next time
	tooBig     verdict = "too-big"    // it came without its body: the next sweep finds what it was about
)

// A reading is one record, read.
type reading struct {
	verdict verdict
	site    string // "" unless it is one of the handler's
	at      time.Time
	events  []issue.Event
	aside   aside
}

// Handle hears a batch. It returns at most one failure: the first record that
// is not dealt with. All before it are, and none is counted twice.
func (h *Handler) Handle(ctx context.Context, batch events.KinesisEvent) (events.KinesisEventResponse, error) {
	all := make([]reading, len(batch.Records))
	for i, r := range batch.Records {
		all[i] = h.read(r.Kinesis)
	}
	kept, failed := h.keep(ctx, all)
	sent, err := h.send(ctx, all[:kept])
	done := min(kept, sent)
	h.count(ctx, all[:done])
	h.report(all[:done], len(all), errors.Join(failed, err))
	if done == len(all) {
		return events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{}}, nil
	}
	return events.KinesisEventResponse{BatchItemFailures: []events.KinesisBatchItemFailure{
		{ItemIdentifier: batch.Records[done].Kinesis.SequenceNumber},
	}}, nil
}

// read never fails: whatever a stranger sends, it is one of the verdicts.
func (h *Handler) read(k events.KinesisRecord) (out reading) {
	arrived := k.ApproximateArrivalTimestamp.Time
	out = reading{at: arrived, aside: aside{Sequence: k.SequenceNumber, Arrived: arrived.UTC(), Raw: k.Data}}
	defer func() {
		if p := recover(); p != nil { // one delivery must not stop all behind it
			out.verdict, out.aside.Why = unreadable, fmt.Sprintf("its reader panics: %v", p)
		}
	}()
	r, err := aws.ReadRecord(k.Data)
	if err != nil {
		out.verdict, out.aside.Why = unreadable, err.Error()
		return out
	}
	out.aside.Record, out.aside.Raw = without(r), nil
	site, ok := h.Sites[r.Site]
	if !ok {
		out.verdict, out.aside.Why = unreadable, "no site of this name sends webhooks here"
		return out
	}
	out.site = r.Site
	out.verdict, out.events, err = site.hear(r)
	if err != nil {
		out.aside.Why = err.Error()
	}
	return out
}

func (s Site) hear(r aws.Record) (verdict, []issue.Event, error) {
	if !s.Key.Set() || subtle.ConstantTimeCompare([]byte(r.Key), []byte(s.Key.Reveal())) != 1 {
		return refused, nil, nil
	}
	if r.TooBig {
		return tooBig, nil, nil
	}
	evs, err := s.Events.Events(delivery(r))
	switch {
	case err == nil:
		return heard, evs, nil
	case errors.Is(err, connector.ErrForged):
		return refused, nil, nil
	case errors.Is(err, connector.ErrUnreadable):
		return unreadable, nil, err
	}
	return again, nil, err
}

// keep sets aside what cannot be read and says how many records, from the
// first, are dealt with as far as it is concerned.
func (h *Handler) keep(ctx context.Context, all []reading) (int, error) {
	for i, r := range all {
		if r.verdict == again {
			return i, fmt.Errorf("read: %s", r.aside.Why)
		}
		if r.verdict != unreadable {
			continue
		}
		b, err := json.Marshal(r.aside)
		if err != nil {
			return i, fmt.Errorf("set aside: %w", err)
		}
		// Named by what it is, so that a batch which comes again keeps it once.
		sum := sha256.Sum256(b)
		key := "unreadable/" + r.aside.Arrived.Format(time.DateOnly) + "/" + hex.EncodeToString(sum[:12]) + ".json"
		if err := h.Blobs.Put(ctx, key, bytes.NewReader(b)); err != nil {
			return i, fmt.Errorf("set aside: %w", err)
		}
	}
	return len(all), nil
}

// send queues every issue once, and says how many records, from the first, are
// dealt with as far as it is concerned.
func (h *Handler) send(ctx context.Context, all []reading) (int, error) {
	var ms []durable.Message
	at := map[issue.Ref]int{}
	for _, r := range all {
		for _, ev := range r.events {
			m := durable.Message{Event: ev, Lane: durable.Live}
			if i, ok := at[ev.Ref]; ok {
				ms[i] = ms[i].Join(m)
				continue
			}
			at[ev.Ref] = len(ms)
			ms = append(ms, m)
		}
	}
	if len(ms) == 0 {
		return len(all), nil
	}
	if err := h.Queue.Send(ctx, ms...); err != nil {
		return slices.IndexFunc(all, func(r reading) bool { return len(r.events) > 0 }), fmt.Errorf("send: %w", err)
	}
	return len(all), nil
}

// count adds to the tallies. What cannot be counted is logged: a count is for
// people, and no reason to hear a batch twice.
func (h *Handler) count(ctx context.Context, all []reading) {
	type tally struct {
		n    int
		last time.Time
	}
	names := map[string]tally{}
	for _, r := range all {
		if r.verdict == heard {
			continue
		}
		name := string(r.verdict)
		if r.site != "" { // strangers make no names
			name += "/" + r.site
		}
		t := names[name]
		if t.n++; r.at.After(t.last) {
			t.last = r.at
		}
		names[name] = t
	}
	for name, t := range names {
		if err := durable.Count(ctx, h.Store, name, t.n, t.last); err != nil {
			h.Log.Warn("deliveries not counted", "state", name, "count", t.n, "error", err)
		}
	}
}

// report logs one line for the batch.
func (h *Handler) report(done []reading, of int, err error) {
	n, evs := map[verdict]int{}, 0
	for _, r := range done {
		n[r.verdict]++
		evs += len(r.events)
	}
	log := h.Log.With("records", of, "heard", n[heard], "events", evs, "refused", n[refused], "unreadable", n[unreadable], "too_big", n[tooBig])
	if err != nil {
		log.Error("deliveries not heard: they come again", "again", of-len(done), "error", err)
		return
	}
	log.Info("hear")
}
