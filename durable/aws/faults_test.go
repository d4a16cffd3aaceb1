package aws_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errLost = errors.New("the answer was lost")

// insistent makes a call again whose answer was lost, as the SDK does.
type insistent struct{ *shelf }

func (i insistent) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	out, err := i.shelf.TransactWriteItems(ctx, in, o...)
	if errors.Is(err, errLost) {
		return i.shelf.TransactWriteItems(ctx, in, o...)
	}
	return out, err
}

// once fails an operation once, with err.
func once(op string, err error) func(string) error { return times(1, op, err) }

func times(n int, op string, err error) func(string) error {
	return func(o string) error {
		if o == op && n > 0 {
			n--
			return err
		}
		return nil
	}
}

func tiny(summary string) issue.Link {
	id := issue.Ref{Participant: "acme", ID: "1"}
	return issue.Link{
		ID: id, Agreed: issue.Document{{Field: "summary"}: issue.Scalar(summary), {Field: "labels"}: issue.SetOf(summary)},
		Sides: map[issue.Participant]issue.Side{"acme": {Ref: id}, "beta": {Ref: issue.Ref{Participant: "beta", ID: "2"}}},
	}
}

func TestACommitWhoseAnswerWasLostHasHappened(t *testing.T) {
	h := newShelf()
	s := aws.StoreOn(insistent{h}, memory.NewBlobs())
	h.fault = once("transact done", errLost)
	if err := s.Commit(t.Context(), issue.Link{}, tiny("one"), durable.Record{}); err != nil {
		t.Errorf("commit: %v, want none: it has happened", err)
	}
	h.fault = once("transact done", errLost)
	if err := s.SetState(t.Context(), durable.State{Name: "n", Value: []byte("1")}); err != nil {
		t.Errorf("set state: %v, want none: it has happened", err)
	}
	if st, err := s.State(t.Context(), "n"); err != nil || st.Revision != 1 {
		t.Errorf("revision %d (%v), want 1", st.Revision, err)
	}
	n := 0
	for _, err := range s.History(t.Context(), tiny("").ID) {
		if n++; err != nil {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d records, want one", n)
	}
}

func TestACommitThatMeetsAnotherIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conflict := &types.TransactionCanceledException{CancellationReasons: []types.CancellationReason{{Code: new("None")}, {Code: new("TransactionConflict")}}}
		h := newShelf()
		s := aws.StoreOn(h, memory.NewBlobs())
		h.fault = times(5, "transact", conflict)
		if err := s.Commit(t.Context(), issue.Link{}, tiny("one"), durable.Record{}); err != nil {
			t.Errorf("after five conflicts: %v", err)
		}
		before := tiny("one")
		before.Revision = 1
		h.fault = times(1000, "transact", conflict)
		if err := s.Commit(t.Context(), before, tiny("two"), durable.Record{}); !errors.Is(err, conflict) {
			t.Errorf("with nothing but conflicts: %v, want them", err)
		}
	})
}

func TestWhatABatchLeavesUndoneIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.shelf.leave = func(n int) int { return n * 2 / 3 }
		link := crowded(150, "one")
		if err := w.commit(issue.Link{}, link); err != nil {
			t.Fatal(err)
		}
		link.Revision = 1
		w.stored(link, "two thirds of every batch were left undone")
		w.shelf.leave = func(n int) int { return n }
		if err := w.commit(link, crowded(150, "two")); err == nil || !strings.Contains(err.Error(), "takes none") {
			t.Errorf("nothing of a batch is ever done: %v", err)
		}
		w.stored(link, "the second did not become true")
	})
}

// A read may see one item of a transaction and not yet another.
func TestAReadIsOfOneMoment(t *testing.T) {
	place := issue.Place{Field: "summary"}
	for name, tear := range map[string]func(old, now map[string]attributes){
		"the head is new, a place is old": func(old, now map[string]attributes) { tornAt(now, old, "psummary") },
		"the head is old, a place is new": func(old, now map[string]attributes) {
			item := now
			head := keyWith(old, "head")
			item[head] = old[head]
		},
		"a removed place is still there": func(old, now map[string]attributes) { tornAt(now, old, "plabels") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newShelf()
				s := aws.StoreOn(h, memory.NewBlobs())
				after := tiny("two")
				delete(after.Agreed, issue.Place{Field: "labels"})
				first := tiny("one")
				if err := s.Commit(t.Context(), issue.Link{}, first, durable.Record{}); err != nil {
					t.Fatal(err)
				}
				old := maps.Clone(h.items)
				first.Revision = 1
				if err := s.Commit(t.Context(), first, after, durable.Record{}); err != nil {
					t.Fatal(err)
				}
				whole := maps.Clone(h.items)
				tear(old, h.items)
				if l, err := s.Link(t.Context(), first.ID); err == nil {
					t.Errorf("read %v at revision %d, which never was", l.Agreed, l.Revision)
				}
				looks := 0
				h.fault = func(op string) error {
					if op == "query done" {
						if looks++; looks == 3 {
							h.items = whole
						}
					}
					return nil
				}
				if l, err := s.Link(t.Context(), first.ID); err != nil || l.Revision != 2 || l.Agreed[place] != issue.Scalar("two") {
					t.Errorf("read %v at revision %d (%v), want what was committed", l.Agreed, l.Revision, err)
				}
			})
		})
	}
}

func keyWith(items map[string]attributes, end string) string {
	for key := range items {
		if strings.HasPrefix(key, "link#") && strings.HasSuffix(key, end) {
			return key
		}
	}
	return ""
}

// tornAt puts back what an item was.
func tornAt(now, old map[string]attributes, end string) {
	key := keyWith(old, end)
	now[key] = old[key]
}

// Whatever SQS fails at, before or after its effect, no event is lost.
func TestNoEventIsLostToAFaultyPost(t *testing.T) {
	const events = 40
	for seed := range uint64(5) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			p, store, left := newPost(), memory.NewStore(), 2*events
			p.fault = func(op string) error {
				if left > 0 && random.IntN(20) == 0 {
					return fmt.Errorf("%s: %w", op, errLost)
				}
				return nil
			}
			faulty := *store
			faulty.Fault = p.fault
			q := aws.QueueInMemory(p, &faulty)
			for i := range events {
				m := durable.Message{Lane: durable.Live, Event: issue.Event{Ref: issue.Ref{Participant: "acme", ID: fmt.Sprint(i)}}}
				for q.Send(t.Context(), m) != nil {
					time.Sleep(time.Second)
				}
			}
			handled := map[string]int{}
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			err := durable.Run(ctx, q, durable.RunOptions{Workers: 1, Hide: 10 * time.Second}, func(_ context.Context, e issue.Event) error {
				left--
				if handled[e.Ref.ID]++; handled[e.Ref.ID] == 1 {
					return durable.Later{At: time.Now().Add(time.Second)}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for i := range events {
				if handled[fmt.Sprint(i)] < 2 {
					t.Errorf("seed %d: event %d was handled %d times, want twice at least", seed, i, handled[fmt.Sprint(i)])
				}
			}
		})
	}
}
