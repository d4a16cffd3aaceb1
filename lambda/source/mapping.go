package source

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable"
	"example.com/accord/runtimeapi"
)

// A Mapping calls a function with batches of a stream, one after the other. Its
// fields are those of AWS::Lambda::EventSourceMapping.
//
// A batch that fails is called again until it succeeds, has been tried as often
// as may be, or is too old; then it is discarded, and kept at the destination.
// Only then come the records behind it. A function that says which record
// failed first is called again with that one and those behind it. One that
// fails as a whole is called with each half of the batch, which uses no retry
// up: so a record that always fails is alone in the end. A call that could not
// be made uses none up either.
//
// What AWS does not document: how long it waits between two tries (here a
// second, doubled up to a minute), and that the records behind one that failed
// are a batch of their own, with all its retries.
type Mapping struct {
	Stream *Stream
	Call   Call
	Batch  int           // BatchSize: at most so many records; an event is at most 6 MB too
	Window time.Duration // MaximumBatchingWindowInSeconds: how long more records are waited for
	Tries  int           // MaximumRetryAttempts: after the first try; below 0: no limit
	Age    time.Duration // MaximumRecordAgeInSeconds; 0: no limit
	Bisect bool          // BisectBatchOnFunctionError
	Report bool          // FunctionResponseTypes has ReportBatchItemFailures
	Lost   durable.Blobs // DestinationConfig.OnFailure: gets what is discarded
	Name   string        // of the function
	Log    *slog.Logger
}

// A part is a batch or what is left of one.
type part struct {
	records []Record
	failed  int // tries so far that count
	missed  int // calls in a row that could not be made
}

// An outcome is what became of one call.
type outcome struct {
	called bool // false: it may not have reached the function
	whole  bool // it failed without saying where
	done   int  // records, from the first, that are dealt with
	why    string
}

// Run polls until ctx ends. A call that is under way then is waited for.
func (m *Mapping) Run(ctx context.Context) {
	for ctx.Err() == nil {
		batch, err := m.gather(ctx)
		if err != nil {
			m.Log.Error("stream not read", "function", m.Name, "error", err)
			pause(ctx, backoff(1))
			continue
		}
		for parts := []part{{records: batch}}; len(parts) > 0 && ctx.Err() == nil; {
			parts = append(m.step(ctx, parts[0]), parts[1:]...)
		}
	}
}

// gather waits for records, and then for more until the batch is full or the
// window over. It returns none once ctx has ended.
func (m *Mapping) gather(ctx context.Context) ([]Record, error) {
	var over <-chan time.Time
	for {
		rs, full, err := m.Stream.Read(ctx, m.Batch)
		if ctx.Err() != nil || err != nil || full || len(rs) > 0 && m.Window == 0 {
			return rs, err
		}
		if len(rs) > 0 && over == nil {
			t := time.NewTimer(m.Window)
			defer t.Stop()
			over = t.C
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-over:
			rs, _, err := m.Stream.Read(ctx, m.Batch)
			return rs, err
		case <-m.Stream.bell:
		}
	}
}

// step tries one part, and returns what is left of it, in order.
func (m *Mapping) step(ctx context.Context, p part) []part {
	keep := context.WithoutCancel(ctx)
	old := p.old(m.Age, time.Now())
	if len(old) > 0 && !m.discard(keep, old, "RecordAgeExceeded", p.failed, "") {
		pause(ctx, backoff(1))
		return []part{p}
	}
	if p.records = p.records[len(old):]; len(p.records) == 0 {
		return nil
	}
	o := m.try(keep, p.records)
	if err := m.Stream.forget(keep, p.records[:o.done]); err != nil { // then they are handled again some day
		m.Log.Warn("records not forgotten", "function", m.Name, "error", err)
	}
	left, lost := m.after(p, o)
	if lost && !m.discard(keep, p.records, "RetryAttemptsExhausted", p.failed+1, o.why) {
		left, lost = []part{p}, false
	}
	if len(left) == 1 && o.done == 0 && !lost { // the same again
		m.Log.Warn("batch failed: it is tried again", "function", m.Name, "records", len(p.records), "try", left[0].failed, "error", o.why)
		pause(ctx, backoff(left[0].failed+left[0].missed))
	}
	return left
}

// old are the records, from the first, that have waited too long.
func (p part) old(age time.Duration, now time.Time) []Record {
	n := 0
	for age > 0 && n < len(p.records) && now.Sub(p.records[n].Arrived) > age {
		n++
	}
	return p.records[:n]
}

// after decides what is left of a part, or that it is lost.
func (m *Mapping) after(p part, o outcome) (left []part, lost bool) {
	again := part{p.records[o.done:], p.failed + 1, 0}
	switch {
	case o.done == len(p.records):
		return nil, false
	case !o.called:
		return []part{{p.records, p.failed, p.missed + 1}}, false
	case o.done > 0:
		return []part{{records: again.records}}, false
	case o.whole && m.Bisect && len(p.records) > 1:
		half := (len(p.records) + 1) / 2
		return []part{{p.records[:half], p.failed, 0}, {p.records[half:], p.failed, 0}}, false
	case m.Tries >= 0 && again.failed > m.Tries:
		return nil, true
	}
	return []part{again}, false
}

// try calls the function with records.
func (m *Mapping) try(ctx context.Context, rs []Record) outcome {
	in, err := json.Marshal(event(rs))
	if err != nil {
		return outcome{why: err.Error()}
	}
	out, err := m.Call(ctx, in)
	if err != nil {
		return outcome{called: called(err), whole: true, why: err.Error()}
	}
	if !m.Report {
		return outcome{called: true, done: len(rs)}
	}
	return reported(out, rs)
}

// reported reads the answer of a function: the lowest sequence number counts.
// One that says nothing is a success, one that names what was not in the batch
// a failure of all of it.
func reported(answer []byte, rs []Record) outcome {
	o := outcome{called: true, done: len(rs)}
	var said events.KinesisEventResponse
	if err := json.Unmarshal(answer, &said); err != nil {
		return outcome{called: true, whole: true, why: "its answer is no list of failures: " + err.Error()}
	}
	for _, f := range said.BatchItemFailures {
		i := slices.IndexFunc(rs, func(r Record) bool { return r.Sequence == f.ItemIdentifier })
		if i < 0 {
			return outcome{called: true, whole: true, why: fmt.Sprintf("it reports %.40q, which is not of the batch", f.ItemIdentifier)}
		}
		if i < o.done {
			o.done, o.why = i, "it reports "+f.ItemIdentifier
		}
	}
	return o
}

// An event is at most as large as runtimeapi takes.
const (
	maxEvent = runtimeapi.MaxPayload
	overhead = 64  // around all records
	around   = 640 // around the data of each
)

// sizeOf is what a record takes in an event, at most: its data is base64 there.
func sizeOf(r Record) int { return (len(r.Data)+2)/3*4 + around }

const shard = "shardId-000000000000"

func event(rs []Record) (e events.KinesisEvent) {
	for _, r := range rs {
		e.Records = append(e.Records, events.KinesisEventRecord{
			AwsRegion: "local", EventID: shard + ":" + r.Sequence, EventName: "aws:kinesis:record", EventSource: "aws:kinesis", EventVersion: "1.0",
			EventSourceArn: arn, InvokeIdentityArn: "arn:aws:iam::000000000000:role/local",
			Kinesis: events.KinesisRecord{
				ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: r.Arrived}, Data: r.Data, PartitionKey: r.Sequence,
				SequenceNumber: r.Sequence, KinesisSchemaVersion: "1.0",
			},
		})
	}
	return e
}

const arn = "arn:aws:kinesis:local:000000000000:stream/local"
