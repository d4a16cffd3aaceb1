package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/plan"
)

// A scale remembers how large commits are.
type scale struct {
	durable.Store
	mu    sync.Mutex
	begun []int // rows, by commit that begins some
	bytes int   // of the largest of these commits: what is sent, and the record
}

func (s *scale) Commit(ctx context.Context, before, after issue.Link, r durable.Record) error {
	rows, size := 0, 0
	for _, c := range r.Changes {
		for x := range c.Patch {
			if x.Row != (issue.Ref{}) {
				rows++
			}
		}
	}
	if rows > 0 {
		for _, v := range []any{after.Sides["b"].Sent, r} {
			b, err := json.Marshal(v)
			if err != nil {
				return err
			}
			size += len(b)
		}
		s.mu.Lock()
		s.begun, s.bytes = append(s.begun, rows), max(s.bytes, size)
		s.mu.Unlock()
	}
	return s.Store.Commit(ctx, before, after, r)
}

// TestACrowdedIssueComesInTurns: of an issue with 1,000 comments a turn begins
// as many as it has time to write, and the turns after it the others, in order.
// What a turn commits and logs does not grow with what is still missing, and
// nothing waits for a webhook or a sweep.
func TestACrowdedIssueComesInTurns(t *testing.T) {
	const n, most = 1000, 180
	inBed(t, func(b *bed) {
		hook := b.a.Hook
		b.a.Hook, b.b.Hook = nil, nil
		b.b.Call = func(kind string) memory.Fate {
			if kind == "row" {
				return memory.Fate{Wait: 350 * time.Millisecond} // 2.8 a second
			}
			return memory.Fate{}
		}
		var log bytes.Buffer
		b.engine.Log = slog.New(slog.NewJSONHandler(&log, nil))
		weighed := &scale{Store: b.store}
		b.engine.Store = weighed
		id := b.a.Create("ann", issue.Document{summary: issue.Scalar("crowded")})
		for i := range n {
			b.a.Comment("ann", id, "comments", said(fmt.Sprintf("comment %04d", i)))
			time.Sleep(time.Second)
		}
		b.a.Hook = hook
		b.a.Edit("ann", id, labels, issue.SetOf("x"))
		b.pass(15 * time.Minute)
		other := b.b.IDs()[0]
		var got []string
		for _, x := range issue.Places(b.b.Show(other)) {
			if x.Row != (issue.Ref{}) {
				doc := b.b.Show(other)[x].(issue.Row)["body"].(issue.Text).Doc
				got = append(got, plan.Words(issue.Text{Doc: doc[1:]}))
			}
		}
		if len(got) != n || !slices.IsSorted(got) {
			b.Errorf("%d comments stand there, in order: %v", len(got), slices.IsSorted(got))
		}
		if largest := slices.Max(weighed.begun); largest > most {
			b.Errorf("a turn begins %d comments, and can write %d", largest, most)
		}
		if limit := most * 1500; weighed.bytes > limit {
			b.Errorf("a commit of %d comments is %d bytes", most, weighed.bytes)
		}
		for line := range bytes.Lines(log.Bytes()) {
			if len(line) > 10_000 {
				b.Errorf("a line of the log has %d bytes: %.200s", len(line), line)
			}
		}
		if l := b.link(refA(id)); len(l.Sides["b"].Sent) > 0 {
			b.Errorf("writes are still in doubt: %v", l.Sides["b"].Sent)
		}
		b.Logf("%d comments in turns of %v; the largest commit that begins some has %d bytes", n, weighed.begun, weighed.bytes)
	})
}
