package after_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/durable"
	"example.com/accord/lambda/after"
	"example.com/accord/memory"
)

var errBroken = errors.New("broken")

// A desk is a handler and what came of it.
type desk struct {
	t       *testing.T
	store   durable.Store
	notices []string
	sums    map[string]float64
	broken  int // notices that fail first
	now     time.Time
}

func newDesk(t *testing.T) *desk {
	return &desk{t: t, store: memory.NewStore(), sums: map[string]float64{}}
}

// handle handles records and returns the sequence numbers that are to come again.
func (d *desk) handle(records ...string) (again string) {
	d.t.Helper()
	h := &after.Handler{
		Store: d.store, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return d.now },
		Tell: func(_ context.Context, subject, text string) error {
			if d.broken > 0 {
				d.broken--
				return errBroken
			}
			d.notices = append(d.notices, subject+"\n"+text)
			return nil
		},
		Count: func(sums map[string]float64) error {
			for name, n := range sums {
				d.sums[name] += n
			}
			return nil
		},
	}
	var in after.Batch
	if err := json.Unmarshal([]byte(`{"Records":[`+strings.Join(records, ",")+`]}`), &in); err != nil {
		d.t.Fatal(err)
	}
	out, err := h.Handle(d.t.Context(), in)
	if err != nil || len(out.BatchItemFailures) > 1 {
		d.t.Fatalf("%+v, %v", out, err)
	}
	for _, f := range out.BatchItemFailures {
		again += f.ItemIdentifier
	}
	return again
}

// head is the record of a commit: a link's n-th, with the fields held before and
// after, as the stream writes it.
func head(sequence, link string, n int, was, is string) string {
	image := func(rev int, held string) string {
		var l []string
		for f := range strings.FieldsSeq(held) {
			l = append(l, fmt.Sprintf(`{"S":%q}`, f))
		}
		v, err := json.Marshal(fmt.Sprintf(`{"":{"id":"%s"}," acme":{"key":"A-%s"}," beta":{"key":"B-%s"}}`, link, link[5:], link[5:]))
		if err != nil {
			panic(err)
		}
		return fmt.Sprintf(`{"pk":{"S":"link#%s"},"sk":{"S":"head"},"rev":{"N":"%d"},"v":{"S":%s},"held":{"L":[%s]},"carried":{"N":"1"}}`, link, rev, v, strings.Join(l, ","))
	}
	old := ""
	if n > 1 {
		old = `"OldImage":` + image(n-1, was) + ","
	}
	return fmt.Sprintf(`{"eventName":"MODIFY","dynamodb":{"Keys":{"pk":{"S":"link#%s"}},%s"NewImage":%s,"SequenceNumber":%q}}`, link, old, image(n, is), sequence)
}

const place = `{"eventName":"INSERT","dynamodb":{"NewImage":{"pk":{"S":"link#acme/1"},"sk":{"S":"l#x#psummary"},"v":{"S":"{\"held\":{}}"}},"SequenceNumber":"9"}}`

func TestOneNoticeOfAField(t *testing.T) {
	d := newDesk(t)
	first := head("1", "acme/7", 1, "", "summary")
	if again := d.handle(first, place, head("2", "acme/7", 2, "summary", "summary"), head("3", "acme/7", 3, "summary", "status summary"), head("4", "acme/7", 4, "status summary", "status")); again != "" {
		t.Errorf("comes again from %s", again)
	}
	if len(d.notices) != 1 || !strings.Contains(d.notices[0], "2 fields wait") || !strings.Contains(d.notices[0], "A-7 / B-7: summary\nA-7 / B-7: status\n") {
		t.Errorf("%q", d.notices)
	}
	want := map[string]float64{"Links": 1, "EditsCarried": 4, "FieldsHeld": 2, "FieldsSettled": 1}
	if diff := cmp.Diff(want, d.sums); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}
	if again := d.handle(first, first, head("3", "acme/7", 3, "summary", "status summary")); again != "" || len(d.notices) != 1 {
		t.Errorf("what comes again is told again: %q", d.notices)
	}
	if d.handle(head("5", "acme/7", 5, "status", "summary status")); len(d.notices) != 2 || !strings.Contains(d.notices[1], "Accord: a field waits") {
		t.Errorf("held once more: %q", d.notices)
	}
}

// TestNoStorm: many fields at once are one message of a few lines.
func TestNoStorm(t *testing.T) {
	d := newDesk(t)
	var all []string
	for i := range 100 {
		all = append(all, head(fmt.Sprint(i), fmt.Sprintf("acme/%d", i), 1, "", "summary status"))
	}
	d.handle(all...)
	if len(d.notices) != 1 || strings.Count(d.notices[0], "\n") > 25 || !strings.Contains(d.notices[0], "200 fields") || !strings.Contains(d.notices[0], "and 180 more") {
		t.Errorf("%q", d.notices)
	}
}

// TestNoStormInAnHour: many batches, each with a field that is held, are a few
// messages, and what these do not name the next one counts.
func TestNoStormInAnHour(t *testing.T) {
	d := newDesk(t)
	d.now = time.Date(2026, 11, 24, 12, 30, 0, 0, time.UTC)
	tell := func(_ context.Context, subject, text string) error {
		if d.broken > 0 {
			return errBroken
		}
		d.notices = append(d.notices, subject+"\n"+text)
		return nil
	}
	for i := range 20 {
		if d.handle(head(fmt.Sprint(i), fmt.Sprintf("acme/%d", i), 1, "", "summary")) != "" {
			t.Fatal("comes again")
		}
	}
	if len(d.notices) != after.MaxNotices || d.sums["FieldsHeld"] != 20 {
		t.Errorf("%d notices in an hour, counted %v", len(d.notices), d.sums)
	}
	if err := after.Rest(t.Context(), d.store, tell, d.now); err != nil || len(d.notices) != after.MaxNotices {
		t.Errorf("%d notices after all, %v", len(d.notices), err)
	}
	d.now = d.now.Add(time.Hour)
	d.handle(head("20", "acme/20", 1, "", "summary"))
	if last := d.notices[len(d.notices)-1]; len(d.notices) != after.MaxNotices+1 || !strings.Contains(last, "15 fields") || !strings.Contains(last, "A-20 / B-20: summary\nand 14 more fields") {
		t.Errorf("%d notices: %q", len(d.notices), last)
	}
	for i := range 20 {
		d.handle(head(fmt.Sprint(i), fmt.Sprintf("acme/%d", 30+i), 1, "", "summary"))
	}
	d.now = d.now.Add(time.Hour)
	d.broken = 1
	if err := after.Rest(t.Context(), d.store, tell, d.now); !errors.Is(err, errBroken) {
		t.Errorf("nobody is told: %v", err)
	}
	d.broken = 0
	n := len(d.notices)
	for range 2 {
		if err := after.Rest(t.Context(), d.store, tell, d.now); err != nil || len(d.notices) != n+1 || !strings.Contains(d.notices[n], "15 fields wait") {
			t.Errorf("%d notices of the rest: %q, %v", len(d.notices)-n, d.notices[n:], err)
		}
	}
}

func TestATopicThatIsDown(t *testing.T) {
	d := newDesk(t)
	d.broken = 1
	batch := []string{head("1", "acme/1", 1, "", ""), head("2", "acme/2", 1, "", "summary"), head("3", "acme/3", 1, "", "summary")}
	if again := d.handle(batch...); again != "2" || d.sums["Links"] != 1 {
		t.Errorf("comes again from %q, counted %v", again, d.sums)
	}
	if again := d.handle(batch[1:]...); again != "" || len(d.notices) != 1 || d.sums["Links"] != 3 {
		t.Errorf("comes again from %q, %d notices, counted %v", again, len(d.notices), d.sums)
	}
}

// A faulty store fails the operations on one state, so many times.
type faulty struct {
	durable.Store
	name string
	get  int
	set  int
	err  error
}

func (f *faulty) State(ctx context.Context, name string) (durable.State, error) {
	if name == f.name && f.get > 0 {
		f.get--
		return durable.State{}, f.err
	}
	return f.Store.State(ctx, name)
}

func (f *faulty) SetState(ctx context.Context, s durable.State) error {
	if s.Name == f.name && f.set > 0 {
		f.set--
		return f.err
	}
	return f.Store.SetState(ctx, s)
}

func TestAStoreThatIsDown(t *testing.T) {
	batch := []string{head("1", "acme/1", 1, "", "summary"), head("2", "acme/2", 1, "", "summary"), head("3", "acme/3", 1, "", "summary")}
	for reason, c := range map[string]struct {
		fault   faulty
		again   string
		notices int // after the batch came again
		links   float64
	}{
		"what was told cannot be read: the first is told of now": {faulty{name: "told/acme/2", get: 1, err: errBroken}, "2", 2, 3},
		"what was told cannot be noted: it is told twice":        {faulty{name: "told/acme/2", set: 1, err: errBroken}, "2", 2, 3},
		"somebody else noted":                                    {faulty{name: "told/acme/2", set: 1, err: durable.ErrStale}, "", 1, 3},
		"somebody else does so all the time":                     {faulty{name: "told/acme/2", set: 3, err: durable.ErrStale}, "2", 2, 3},
	} {
		t.Run(reason, func(t *testing.T) {
			d := newDesk(t)
			c.fault.Store = d.store
			d.store = &c.fault
			again := d.handle(batch...)
			if again != c.again {
				t.Errorf("comes again from %q, want %q", again, c.again)
			}
			if again != "" && d.handle(batch[1:]...) != "" {
				t.Error("comes again for ever")
			}
			if len(d.notices) != c.notices || d.sums["Links"] != c.links {
				t.Errorf("%d notices, counted %v", len(d.notices), d.sums)
			}
		})
	}
}

func TestWhatCannotBeReadHoldsNothingUp(t *testing.T) {
	d := newDesk(t)
	odd := `{"eventName":"INSERT","dynamodb":{"NewImage":{"pk":{"S":"link#acme/1"},"sk":{"S":"head"},"v":{"S":"{"}},"SequenceNumber":"1"}}`
	gone := `{"eventName":"REMOVE","dynamodb":{"OldImage":{"pk":{"S":"link#acme/1"},"sk":{"S":"head"},"v":{"S":"{}"}},"SequenceNumber":"2"}}`
	if again := d.handle(odd, gone, head("3", "acme/2", 1, "", "")); again != "" || !maps.Equal(d.sums, map[string]float64{"NewsUnreadable": 1, "Links": 1, "EditsCarried": 1}) {
		t.Errorf("comes again from %q, counted %v", again, d.sums)
	}
}

func TestExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.handle(head("1", "acme/1", 1, "", "summary"))
		time.Sleep(36 * time.Hour)
		d.handle(head("2", "acme/2", 1, "", "summary"))
		time.Sleep(13 * time.Hour)
		if n, err := after.Expire(t.Context(), d.store, time.Now()); n != 1 || err != nil {
			t.Errorf("%d forgotten, %v", n, err)
		}
		var left []string
		for st, err := range d.store.States(t.Context(), after.Told) {
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, st.Name)
		}
		if fmt.Sprint(left) != "[told/acme/2]" {
			t.Errorf("left: %v", left)
		}
	})
}
