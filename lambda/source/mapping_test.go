package source_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"example.com/accord/lambda/source"
	"example.com/accord/memory"
	"example.com/accord/runtimeapi"
)

// A world is a mapping and the function that it calls. Nothing else runs there.
type world struct {
	t       *testing.T
	blobs   *memory.Blobs
	stream  *source.Stream
	mapping *source.Mapping
	calls   []string // "a b": the records of each call
	at      []time.Duration
	began   time.Time
	answer  func(texts []string, sequences []string) (string, error)
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, blobs: memory.NewBlobs(), began: time.Now()}
	w.stream = opened(t, w.blobs)
	w.mapping = &source.Mapping{
		Stream: w.stream, Call: w.call, Batch: 10, Tries: 3, Report: true, Bisect: true, Lost: w.blobs, Name: "hear", Log: slog.New(slog.DiscardHandler),
	}
	w.answer = func([]string, []string) (string, error) { return `{"batchItemFailures":[]}`, nil }
	return w
}

func (w *world) call(_ context.Context, in []byte) ([]byte, error) {
	var e events.KinesisEvent
	if err := json.Unmarshal(in, &e); err != nil {
		w.t.Error(err)
	}
	var texts, sequences []string
	for _, r := range e.Records {
		texts, sequences = append(texts, string(r.Kinesis.Data)), append(sequences, r.Kinesis.SequenceNumber)
	}
	w.calls, w.at = append(w.calls, strings.Join(texts, " ")), append(w.at, time.Since(w.began))
	out, err := w.answer(texts, sequences)
	return []byte(out), err
}

// runs lets the mapping run for so long.
func (w *world) runs(d time.Duration) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), d)
	defer cancel()
	w.mapping.Run(ctx)
}

func (w *world) called(want ...string) {
	w.t.Helper()
	if d := cmp.Diff(want, w.calls); d != "" {
		w.t.Errorf("calls (-want +got):\n%s", d)
	}
}

// left are the records that are still in the stream.
func (w *world) left() []string {
	w.t.Helper()
	texts, _ := read(w.t, w.stream, 1000)
	return texts
}

type discarded struct {
	RequestContext struct {
		Condition              string
		ApproximateInvokeCount int
	}
	KinesisBatchInfo struct {
		StartSequenceNumber, EndSequenceNumber string
		BatchSize                              int
	}
	Payload string
}

// lost is what the destination got, one line for each batch.
func (w *world) lost() (out []string) {
	w.t.Helper()
	for key, err := range w.blobs.Keys(w.t.Context(), "aws/lambda/hear/shardId-000000000000/") {
		if err != nil {
			w.t.Fatal(err)
		}
		f, err := w.blobs.Open(w.t.Context(), key)
		if err != nil {
			w.t.Fatal(err)
		}
		var d discarded
		var e events.KinesisEvent
		if err := errors.Join(json.NewDecoder(f).Decode(&d), f.Close(), json.Unmarshal([]byte(d.Payload), &e)); err != nil {
			w.t.Fatal(err)
		}
		var texts []string
		for _, r := range e.Records {
			texts = append(texts, string(r.Kinesis.Data))
		}
		info := d.KinesisBatchInfo
		if first, last := e.Records[0].Kinesis.SequenceNumber, e.Records[len(e.Records)-1].Kinesis.SequenceNumber; info.StartSequenceNumber != first || info.EndSequenceNumber != last || info.BatchSize != len(texts) {
			w.t.Errorf("%+v of %s to %s", info, first, last)
		}
		out = append(out, fmt.Sprintf("%s %d: %s", d.RequestContext.Condition, d.RequestContext.ApproximateInvokeCount, strings.Join(texts, " ")))
	}
	slices.Sort(out)
	return out
}

func failed(why string) error { return &runtimeapi.Failure{Type: "errorString", Message: why} }

// TestMapping tells, for what a function answers, how it is called and what
// becomes of the records. The stream holds a, b, c and d.
func TestMapping(t *testing.T) {
	report := func(sequences ...string) (string, error) {
		var out events.KinesisEventResponse
		for _, s := range sequences {
			out.BatchItemFailures = append(out.BatchItemFailures, events.KinesisBatchItemFailure{ItemIdentifier: s})
		}
		b, err := json.Marshal(out)
		return string(b), err
	}
	poison := func(texts []string, _ []string) (string, error) { // one record kills the function
		if slices.Contains(texts, "b") {
			return "", failed("b")
		}
		return "{}", nil
	}
	for _, c := range []struct {
		reason string
		change func(*source.Mapping)
		answer func(texts, sequences []string) (string, error)
		calls  []string
		left   []string
		lost   []string
	}{
		{reason: "an empty list is success"},
		{reason: "no list is success", answer: func([]string, []string) (string, error) { return "null", nil }},
		{reason: "an event holds no more than the batch size", change: func(m *source.Mapping) { m.Batch = 3 }, calls: []string{"a b c", "d"}},
		{
			reason: "the lowest sequence number counts, and those behind it are called again",
			answer: func(texts, seqs []string) (string, error) {
				if len(texts) == 4 {
					return report(seqs[3], seqs[2])
				}
				return report()
			},
			calls: []string{"a b c d", "c d"},
		},
		{
			reason: "one record that is always reported is tried as often as may be, and all that waits behind it is discarded with it",
			answer: func(texts, seqs []string) (string, error) {
				if i := slices.Index(texts, "c"); i >= 0 {
					return report(seqs[i])
				}
				return report()
			},
			calls: []string{"a b c d", "c d", "c d", "c d", "c d"},
			lost:  []string{"RetryAttemptsExhausted 4: c d"},
		},
		{
			reason: "a failing batch is halved until the record is alone; splitting uses no retry up, and the order is kept",
			answer: poison,
			calls:  []string{"a b c d", "a b", "a", "b", "b", "b", "b", "c d"},
			lost:   []string{"RetryAttemptsExhausted 4: b"},
		},
		{
			reason: "without bisecting the whole batch is tried again and discarded",
			change: func(m *source.Mapping) { m.Bisect, m.Tries = false, 1 }, answer: poison,
			calls: []string{"a b c d", "a b c d"},
			lost:  []string{"RetryAttemptsExhausted 2: a b c d"},
		},
		{
			reason: "a sequence number that is not of the batch fails all of it",
			change: func(m *source.Mapping) { m.Bisect, m.Tries = false, 0 },
			answer: func([]string, []string) (string, error) { return report("17") },
			calls:  []string{"a b c d"}, lost: []string{"RetryAttemptsExhausted 1: a b c d"},
		},
		{
			reason: "an empty sequence number too",
			change: func(m *source.Mapping) { m.Bisect, m.Tries = false, 0 },
			answer: func([]string, []string) (string, error) { return report("") },
			calls:  []string{"a b c d"}, lost: []string{"RetryAttemptsExhausted 1: a b c d"},
		},
		{
			reason: "an answer that is no JSON too",
			change: func(m *source.Mapping) { m.Bisect, m.Tries = false, 0 },
			answer: func([]string, []string) (string, error) { return "<p>", nil },
			calls:  []string{"a b c d"}, lost: []string{"RetryAttemptsExhausted 1: a b c d"},
		},
		{
			reason: "a function that is not said to report failures has none",
			change: func(m *source.Mapping) { m.Report = false },
			answer: func(_, seqs []string) (string, error) { return report(seqs[0]) },
		},
	} {
		t.Run(c.reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				if c.change != nil {
					c.change(w.mapping)
				}
				if c.answer != nil {
					w.answer = c.answer
				}
				if c.calls == nil {
					c.calls = []string{"a b c d"}
				}
				put(t, w.stream, "a", "b", "c", "d")
				w.runs(time.Hour)
				w.called(c.calls...)
				if d := cmp.Diff(c.left, w.left()); d != "" {
					t.Errorf("left in the stream (-want +got):\n%s", d)
				}
				if d := cmp.Diff(c.lost, w.lost()); d != "" {
					t.Errorf("discarded (-want +got):\n%s", d)
				}
			})
		})
	}
}

// TestNotCalled: what never reached the function uses no retry up.
func TestNotCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.answer = func([]string, []string) (string, error) {
			if len(w.calls) < 20 {
				return "", runtimeapi.ErrThrottled
			}
			return "{}", nil
		}
		put(t, w.stream, "a", "b")
		w.runs(time.Hour)
		if len(w.calls) != 20 || len(w.left())+len(w.lost()) != 0 || w.calls[19] != "a b" {
			t.Errorf("calls %q, left %v, lost %v", w.calls, w.left(), w.lost())
		}
	})
}

// TestWaits: the wait between two tries grows to a minute.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.mapping.Tries = -1
		w.answer = func([]string, []string) (string, error) { return "", failed("always") }
		put(t, w.stream, "a")
		w.runs(200 * time.Second)
		var waits []int
		for i := 1; i < len(w.at); i++ {
			waits = append(waits, int((w.at[i] - w.at[i-1]).Seconds()))
		}
		if d := cmp.Diff([]int{1, 2, 4, 8, 16, 32, 60, 60}, waits); d != "" {
			t.Errorf("seconds between tries (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]string{"a"}, w.left()); d != "" {
			t.Error(d)
		}
	})
}

// TestAge: what has waited too long is discarded, and what is younger goes on.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.mapping.Age, w.mapping.Tries, w.mapping.Bisect = time.Hour, -1, false
		w.answer = func(texts, _ []string) (string, error) {
			if texts[0] == "old" {
				return "", failed("old")
			}
			return "{}", nil
		}
		put(t, w.stream, "old", "old")
		time.Sleep(50 * time.Minute)
		put(t, w.stream, "young")
		w.runs(30 * time.Minute)
		if d := cmp.Diff([]string{"young"}, w.calls[len(w.calls)-1:]); d != "" {
			t.Error(d)
		}
		if lost := w.lost(); len(lost) != 1 || !strings.HasPrefix(lost[0], "RecordAgeExceeded") || !strings.HasSuffix(lost[0], ": old old") {
			t.Errorf("%q", lost)
		}
		if len(w.left()) > 0 {
			t.Errorf("left %q", w.left())
		}
	})
}

// TestWindow: a batch that is not full waits for more, a full one does not.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.mapping.Window, w.mapping.Batch = 10*time.Second, 3
		go func() {
			put(t, w.stream, "a")
			time.Sleep(6 * time.Second)
			put(t, w.stream, "b")
			time.Sleep(6 * time.Second)
			put(t, w.stream, "c", "d", "e", "f")
		}()
		w.runs(time.Minute)
		w.called("a b", "c d e", "f")
		if d := cmp.Diff([]time.Duration{10 * time.Second, 12 * time.Second, 22 * time.Second}, w.at); d != "" {
			t.Errorf("times of the calls (-want +got):\n%s", d)
		}
	})
}

// A full disk takes nothing for a while.
type full struct {
	*memory.Blobs
	until time.Time
}

func (f full) Put(ctx context.Context, key string, r io.Reader) error {
	if time.Now().Before(f.until) {
		return io.ErrShortWrite
	}
	return f.Blobs.Put(ctx, key, r)
}

// TestDestinationThatTakesNothing: nothing is discarded before it is kept.
func TestDestinationThatTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.mapping.Lost, w.mapping.Tries = full{w.blobs, time.Now().Add(time.Minute)}, 1
		w.answer = func([]string, []string) (string, error) { return "", failed("always") }
		put(t, w.stream, "a")
		w.runs(50 * time.Second)
		if d := cmp.Diff([]string{"a"}, w.left()); d != "" {
			t.Errorf("left while the disk is full (-want +got):\n%s", d)
		}
		w.runs(time.Minute)
		if d := cmp.Diff([]string{"RetryAttemptsExhausted 2: a"}, w.lost()); d != "" {
			t.Error(d)
		}
	})
}

// TestStop: a call that is under way ends, and what was not called stays.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.mapping.Batch = 1
		w.answer = func([]string, []string) (string, error) {
			time.Sleep(time.Minute)
			return "{}", nil
		}
		put(t, w.stream, "a", "b")
		w.runs(10 * time.Second)
		w.called("a")
		if d := cmp.Diff([]string{"b"}, w.left()); d != "" {
			t.Error(d)
		}
	})
}

// TestEventsAreNotTooLarge: an event of large records is one that the runtime takes.
func TestEventsAreNotTooLarge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.mapping.Batch = 10_000
		largest := 0
		w.mapping.Call = func(_ context.Context, in []byte) ([]byte, error) {
			largest = max(largest, len(in))
			return []byte("{}"), nil
		}
		for range 9 {
			put(t, w.stream, strings.Repeat("x", source.MaxRecord))
		}
		for range 12_000 {
			put(t, w.stream, "small")
		}
		w.runs(time.Minute)
		if left := w.left(); largest > runtimeapi.MaxPayload || largest < runtimeapi.MaxPayload/2 || len(left) > 0 {
			t.Errorf("an event has %d bytes; %d records are left", largest, len(left))
		}
	})
}
