package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/connector"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/plan"
)

// slow is a tracker whose reads take a second, and longer for some.
type slow struct{ *memory.Tracker }

func (s slow) Read(ctx context.Context, ids ...string) iter.Seq2[issue.View, error] {
	time.Sleep(time.Second)
	if slices.Contains(ids, "issue-3") {
		time.Sleep(time.Second / 2)
	}
	return s.Tracker.Read(ctx, ids...)
}

// TestLookAll: 16 issues of a second each take three seconds or so, and come in
// their order though one of them is slower.
func TestLookAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := &memory.Tracker{Name: "a"}
		e := &engine.Engine{
			Sync: "one", Store: memory.NewStore(), Queue: memory.NewQueue(), Log: slog.New(slog.DiscardHandler),
			Connectors: map[issue.Participant]connector.Connector{"a": slow{tr}},
			Rules: plan.Rules{
				Sync: "one", Digest: "1", Order: []issue.Participant{"a"}, Fields: map[string]plan.Field{"summary": {Kind: plan.Scalar}},
				Eyes: map[issue.Participant]plan.Eye{"a": {Fields: map[string]plan.Lens{"summary": {}}, Canon: tr.Canon, Logged: tr.Logged}},
			},
		}
		var want []issue.Ref
		for n := range 2 * together {
			id := tr.Create("ann", issue.Document{{Field: "summary"}: issue.Scalar(fmt.Sprint(n))})
			want = append(want, issue.Ref{Participant: "a", ID: id})
		}
		broken := errors.New("the walk breaks")
		targets := func(yield func(target, error) bool) {
			for _, ref := range want {
				if !yield(target{e, ref}, nil) {
					return
				}
			}
			yield(target{}, broken)
		}
		began := time.Now()
		var got []issue.Ref
		var failed error
		for l, err := range lookAll(t.Context(), targets) {
			if failed = err; err == nil {
				got = append(got, l.ref)
			}
		}
		if took := time.Since(began); took > 4*time.Second {
			t.Errorf("%d issues took %s", len(want), took)
		}
		if !slices.Equal(got, want[:len(got)]) || len(got) < together || !errors.Is(failed, broken) {
			t.Errorf("%v came, and %v; want %v, and that the walk breaks", got, failed, want)
		}
	})
}
