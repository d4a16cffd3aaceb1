package engine_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/plan"
	"example.com/accord/text"
)

// A bed is two trackers and an engine in a world where nothing goes wrong but
// what a test lets go wrong.
type bed struct {
	*testing.T
	a, b   *memory.Tracker
	store  *memory.Store
	queue  *memory.Queue
	engine *engine.Engine
}

// inBed runs a test with workers under way in a bubble.
func inBed(t *testing.T, test func(*bed)) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- durable.Run(ctx, b.queue, durable.RunOptions{Workers: 2}, b.turn) }()
		defer func() {
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}()
		test(b)
	})
}

// turn is a turn of the engine that there is now.
func (b *bed) turn(ctx context.Context, ev issue.Event) error { return b.engine.Turn(ctx, ev) }

func newBed(t *testing.T) *bed {
	b := &bed{T: t, store: memory.NewStore(), queue: memory.NewQueue()}
	rules := plan.Rules{Sync: "bed", Digest: "1", Order: []issue.Participant{"a", "b"}, Eyes: map[issue.Participant]plan.Eye{}}
	rules.Fields = map[string]plan.Field{
		"summary": {Kind: plan.Scalar, Policy: plan.Hold}, "status": {Kind: plan.Scalar, Policy: plan.Hold, Follows: true},
		"labels": {Kind: plan.Set}, "comments": {Kind: plan.Rows, Policy: plan.Hold},
	}
	b.engine = &engine.Engine{
		Sync: "bed", Connectors: map[issue.Participant]connector.Connector{}, Store: b.store, Queue: b.queue, Log: slog.New(slog.DiscardHandler),
	}
	open := func(p issue.Participant) *memory.Tracker {
		tr := &memory.Tracker{Name: p}
		tr.Habits.Defaults = issue.Document{summary: issue.Scalar(""), status: issue.Scalar("Open"), labels: issue.Set{}}
		tr.Hook = func(d connector.Delivery) {
			if _, err := engine.Hear(context.Background(), b.queue, tr, d); err != nil {
				b.Error(err)
			}
		}
		fields := map[string]plan.Lens{}
		for f := range rules.Fields {
			fields[f] = plan.Lens{}
		}
		rules.Eyes[p] = plan.Eye{Fields: fields, Canon: tr.Canon, Logged: tr.Logged}
		b.engine.Connectors[p] = tr
		return tr
	}
	b.a, b.b = open("a"), open("b")
	b.engine.Rules = rules
	return b
}

// settle lets everything happen that is under way.
func (b *bed) settle() { b.pass(20 * time.Minute) }

// pass lets time pass, until nothing is at work: then a tracker may be changed.
func (b *bed) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// create makes an issue at a and waits for its counterpart.
func (b *bed) create(name string) (at, other string) {
	b.Helper()
	at = b.a.Create("ann", issue.Document{summary: issue.Scalar(name)})
	b.settle()
	ids := b.b.Marked(issue.Ref{Participant: "a", ID: at})
	if len(ids) != 1 {
		b.Fatalf("%d counterparts of %s", len(ids), at)
	}
	return at, ids[0]
}

func (b *bed) shows(t *memory.Tracker, id string, x issue.Place, want issue.Value) {
	b.Helper()
	if got := t.Show(id)[x]; !issue.Same(got, want) {
		b.Errorf("%s/%s.%s shows %v, want %v", t.Name, id, x, got, want)
	}
}

func (b *bed) link(ref issue.Ref) issue.Link {
	b.Helper()
	l, err := b.store.Link(b.Context(), ref)
	if err != nil {
		b.Fatal(err)
	}
	return l
}

func refA(id string) issue.Ref { return issue.Ref{Participant: "a", ID: id} }
func refB(id string) issue.Ref { return issue.Ref{Participant: "b", ID: id} }

func said(words string) issue.Row { return issue.Row{"body": issue.Text{Doc: text.Of(words)}} }

// comments counts the comments of an issue.
func comments(t *memory.Tracker, id string) (n int) {
	for x := range t.Show(id) {
		if x.Row != (issue.Ref{}) {
			n++
		}
	}
	return n
}
