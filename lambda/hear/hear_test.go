package hear_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/lambda/hear"
	"example.com/accord/memory"
)

// A line is what API Gateway's mapping writes.
type line struct {
	Site          string            `json:"site"`
	Key           string            `json:"key"`
	Version       string            `json:"v"`
	ID            string            `json:"id"`
	At            int64             `json:"at"`
	Signature     string            `json:"signature"`
	Authorization string            `json:"authorization"`
	Webhook       map[string]string `json:"webhook"`
	Body          []byte            `json:"body"`
	TooBig        bool              `json:"too_big"`
}

var errBroken = errors.New("broken")

const secret = "s3cret"

// A bench is a handler on memory.
type bench struct {
	*hear.Handler
	t     testing.TB
	queue *memory.Queue
	blobs *memory.Blobs
	store *memory.Store
}

func newBench(t testing.TB) *bench {
	b := &bench{t: t, queue: memory.NewQueue(), blobs: memory.NewBlobs(), store: memory.NewStore()}
	reader := &hook.Reader{Secret: connector.NewSecret(secret), Projects: []hook.Project{{Participant: "support", Key: "SUP"}, {Participant: "dev", Key: "DEV"}}}
	b.Handler = &hear.Handler{
		Sites: map[string]hear.Site{
			"acme":  {Key: connector.NewSecret("k3y"), Events: hook.Versions{Readers: map[string]connector.Events{"1": reader, "2": panics{}, "3": fails{}}, Newest: "1"}},
			"quiet": {Events: reader},
		},
		Queue: b.queue, Blobs: b.blobs, Store: b.store, Log: slog.New(slog.DiscardHandler),
	}
	return b
}

type panics struct{}

func (panics) Events(connector.Delivery) ([]issue.Event, error) { panic("oops") }

// fails cannot read, for now.
type fails struct{}

func (fails) Events(connector.Delivery) ([]issue.Event, error) { return nil, errBroken }

// delivery is an authentic one about one issue.
func delivery(id string) line {
	body := []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"` + id + `","key":"SUP-1"},"x":"é\"\\ 😀"}`)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return line{Site: "acme", Key: "k3y", Version: "1", ID: "r" + id, At: 1_800_000_000_123, Signature: "sha256=" + hex.EncodeToString(mac.Sum(nil)), Webhook: map[string]string{"identifier": "w" + id}, Body: body}
}

// batch is what the stream calls with, the first with the sequence number 100.
func batch(t testing.TB, records ...any) (e events.KinesisEvent) {
	for i, r := range records {
		data, raw := r.([]byte)
		if !raw {
			var err error
			if data, err = json.Marshal(r); err != nil {
				t.Fatal(err)
			}
		}
		e.Records = append(e.Records, events.KinesisEventRecord{Kinesis: events.KinesisRecord{
			Data: data, SequenceNumber: fmt.Sprint(100 + i), ApproximateArrivalTimestamp: events.SecondsEpochTime{Time: time.Unix(1_800_000_001, 0)},
		}})
	}
	return e
}

// handle returns the sequence number that is to come again; "" is none.
func (b *bench) handle(e events.KinesisEvent) string {
	b.t.Helper()
	r, err := b.Handle(b.t.Context(), e)
	switch {
	case err != nil || len(r.BatchItemFailures) > 1:
		b.t.Fatalf("%+v, %v", r, err)
	case len(r.BatchItemFailures) == 1:
		return r.BatchItemFailures[0].ItemIdentifier
	}
	return ""
}

// waiting is what waits in the queue, by ref.
func (b *bench) waiting() map[string]durable.Message {
	b.t.Helper()
	d, err := b.queue.Depth(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]durable.Message{}
	if d.Live == 0 {
		return out
	}
	ms, err := b.queue.Receive(b.t.Context(), d.Live, time.Hour)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, m := range ms {
		if _, twice := out[m.Event.Ref.String()]; twice || m.Lane != durable.Live {
			b.t.Errorf("%s waits twice, or in the lane %s", m.Event.Ref, m.Lane)
		}
		out[m.Event.Ref.String()] = m
	}
	return out
}

func (b *bench) tally(name string) (out durable.Tally) {
	b.t.Helper()
	s, err := b.store.State(b.t.Context(), name)
	if err != nil {
		b.t.Fatal(err)
	}
	if len(s.Value) > 0 {
		if err := json.Unmarshal(s.Value, &out); err != nil {
			b.t.Fatal(err)
		}
	}
	return out
}

// kept is the text of everything set aside.
func (b *bench) kept() (out []string) {
	b.t.Helper()
	for key, err := range b.blobs.Keys(b.t.Context(), "unreadable/2027-01-15/") {
		if err != nil {
			b.t.Fatal(err)
		}
		r, err := b.blobs.Open(b.t.Context(), key)
		if err != nil {
			b.t.Fatal(err)
		}
		all, err := io.ReadAll(r)
		if err != nil {
			b.t.Fatal(err)
		}
		out = append(out, string(all))
	}
	return out
}

func TestOneDelivery(t *testing.T) {
	b := newBench(t)
	if again := b.handle(batch(t, delivery("10"))); again != "" {
		t.Fatalf("%s is to come again", again)
	}
	want := issue.Event{Ref: issue.Ref{Participant: "support", ID: "10"}, Cause: "webhook", Delivery: "w10", At: time.UnixMilli(1_800_000_000_123)}
	if diff := cmp.Diff(want, b.waiting()["support/10"].Event); diff != "" {
		t.Error(diff)
	}
	if got := b.kept(); len(got) > 0 {
		t.Errorf("a delivery that was heard is kept: %s", got)
	}
}

func TestVerdicts(t *testing.T) {
	with := func(change func(*line)) line {
		r := delivery("10")
		change(&r)
		return r
	}
	for name, c := range map[string]struct {
		reason string
		record any
		tally  string // which counts it; "": it is heard
		kept   string // is said of it; "": it is not kept
	}{
		"no JSON":         {"a stranger's bytes", []byte("\xff{"), "unreadable", "read record"},
		"no delivery":     {"JSON of something else", []byte(`{"a":1}`), "unreadable", "read record"},
		"no site":         {"counted under no name of a stranger's choice", with(func(r *line) { r.Site = "nobody" }), "unreadable", "no site of this name"},
		"wrong key":       {"it did not come by the address that was registered", with(func(r *line) { r.Key = "k3" }), "refused/acme", ""},
		"no key known":    {"nobody may deliver there", with(func(r *line) { r.Site, r.Key = "quiet", "" }), "refused/quiet", ""},
		"forged":          {"the signature is over the exact bytes", with(func(r *line) { r.Body = append(r.Body, ' ') }), "refused/acme", ""},
		"no signature":    {"the site has a secret", with(func(r *line) { r.Signature = "" }), "refused/acme", ""},
		"other version":   {"of a newer build: the body is the site's own, and the newest reader knows it", with(func(r *line) { r.Version = "99" }), "", ""},
		"and unreadable":  {"nobody can read it now; a later build may", with(func(r *line) { *r, r.Version = signed(`{"a":1}`), "99" }), "unreadable/acme", "there is no event"},
		"reader panics":   {"one delivery must not stop those behind it", with(func(r *line) { r.Version = "2" }), "unreadable/acme", "panics: oops"},
		"too big":         {"a hint of no issue in particular", with(func(r *line) { r.Body, r.TooBig = nil, true }), "too-big/acme", ""},
		"heard":           {"the others do not disturb it", delivery("10"), "", ""},
		"about no issue":  {"nothing to do, and nothing to count", signed(`{"webhookEvent":"sprint_started"}`), "", ""},
		"signed nonsense": {"authentic, but no webhook", signed(`{"a":1}`), "unreadable/acme", "there is no event"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if again := b.handle(batch(t, delivery("1"), c.record, delivery("2"))); again != "" {
				t.Fatalf("%s is to come again: %s", again, c.reason)
			}
			if got := b.waiting(); got["support/1"].ID == "" || got["support/2"].ID == "" {
				t.Errorf("those beside it are not all heard: %v", got)
			}
			counted := b.tally(c.tally)
			if c.tally != "" && (counted.Count != 1 || counted.Last.Unix() != 1_800_000_001) {
				t.Errorf("%s counts %+v: %s", c.tally, counted, c.reason)
			}
			kept := b.kept()
			if len(kept) > 1 || (len(kept) == 1) != (c.kept != "") || !strings.Contains(strings.Join(kept, ""), c.kept) {
				t.Errorf("kept is %q, want %q: %s", kept, c.kept, c.reason)
			}
			for _, k := range kept {
				if strings.Contains(k, "k3y") || strings.Contains(k, "sha256=") {
					t.Errorf("a credential is kept: %s", k)
				}
			}
		})
	}
}

func signed(body string) line {
	r := delivery("1")
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	r.Body, r.Signature = []byte(body), "sha256="+hex.EncodeToString(mac.Sum(nil))
	return r
}

// TestManyAtOnce: a thousand deliveries about fifty issues are fifty messages,
// sent at once.
func TestManyAtOnce(t *testing.T) {
	b := newBench(t)
	sends := 0
	b.queue.Fault = func(op string) error {
		if op == "send" {
			sends++
		}
		return nil
	}
	var all []any
	for i := range 1000 {
		all = append(all, delivery(fmt.Sprint(1+i%50)))
	}
	if again := b.handle(batch(t, all...)); again != "" {
		t.Fatalf("%s is to come again", again)
	}
	if got := b.waiting(); len(got) != 50 || sends != 1 {
		t.Errorf("%d issues wait after %d sends", len(got), sends)
	}
}

func TestOutages(t *testing.T) {
	bad := []byte("nonsense")
	for name, c := range map[string]struct {
		reason  string
		fault   func(*bench)
		records []any
		again   string
	}{
		"queue": {"all from the first that has something to queue comes again", func(b *bench) { b.queue.Fault = func(string) error { return errBroken } },
			[]any{bad, delivery("1"), delivery("2")}, "101"},
		"queue is full": {"the stream is the buffer", func(b *bench) { b.queue.Max = 1 }, []any{delivery("1"), bad, delivery("2")}, "100"},
		"blobs": {"what is before is queued", func(b *bench) { b.blobs.Fault = func(string) error { return errBroken } },
			[]any{delivery("1"), bad, delivery("2")}, "101"},
		"reader": {"its secret cannot be had: that says nothing of the delivery", func(*bench) {},
			[]any{delivery("1"), bad, line{Site: "acme", Key: "k3y", Version: "3", ID: "r", At: 1}, delivery("2")}, "102"},
		"both": {"the lower one counts", func(b *bench) {
			b.queue.Fault = func(string) error { return errBroken }
			b.blobs.Fault = b.queue.Fault
		}, []any{bad, delivery("1")}, "100"},
		"tallies": {"a count is no reason to hear anything twice", func(b *bench) { b.store.Fault = func(string) error { return errBroken } },
			[]any{bad, delivery("1")}, ""},
		"queue, nothing to send": {"it was not asked", func(b *bench) { b.queue.Fault = func(string) error { return errBroken } }, []any{bad}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			c.fault(b)
			if again := b.handle(batch(t, c.records...)); again != c.again {
				t.Errorf("%q is to come again, want %q: %s", again, c.again, c.reason)
			}
		})
	}
}

// drive repeats a batch as the stream does, from the record that is reported,
// until none is.
func (b *bench) drive(e events.KinesisEvent) (rounds int) {
	b.t.Helper()
	for len(e.Records) > 0 {
		if rounds++; rounds > 100 {
			b.t.Fatal("the batch comes again for ever")
		}
		again := b.handle(e)
		if again == "" {
			break
		}
		i := slices.IndexFunc(e.Records, func(r events.KinesisEventRecord) bool { return r.Kinesis.SequenceNumber == again })
		if i < 0 {
			b.t.Fatalf("%s is not of the batch", again)
		}
		e.Records = e.Records[i:]
	}
	return rounds
}
