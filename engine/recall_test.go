package engine_test

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/plan"
	"example.com/accord/text"
)

// lose is an accord.db that is gone, and a new process on an empty one. Nothing
// else may be under way.
func (b *bed) lose() {
	b.settle()
	*b.store = *memory.NewStore()
	b.restart()
}

func (b *bed) restart() {
	old := b.engine
	b.engine = &engine.Engine{
		Sync: old.Sync, Rules: old.Rules, Connectors: old.Connectors, Store: b.store, Queue: b.queue, Log: slog.New(slog.DiscardHandler),
	}
}

// synced makes issues with comments, born at either side and edited at either.
func (b *bed) synced(n int) (pairs [][2]string) {
	b.Helper()
	for i := range n {
		at, other := b.create(fmt.Sprintf("issue %d", i))
		pairs = append(pairs, [2]string{at, other})
		b.a.Comment("ann", at, "comments", said(fmt.Sprintf("by ann %d", i)))
		b.b.Comment("bob", other, "comments", said(fmt.Sprintf("by bob %d", i)))
	}
	b.settle()
	for i, p := range pairs {
		switch i % 3 {
		case 0:
			b.b.Edit("bob", p[1], summary, issue.Scalar(fmt.Sprintf("issue %d, as bob has it", i)))
		case 1:
			b.a.Edit("ann", p[0], status, issue.Scalar("Done"))
		}
		b.a.EditComment("ann", p[0], b.row(b.a, p[0], "by bob"), said("edited by ann"))
	}
	b.settle()
	b.equal(len(b.a.IDs()), 2)
	return pairs
}

// row is the local id of the comment of an issue that holds the words.
func (b *bed) row(t *memory.Tracker, id, words string) string {
	b.Helper()
	for x, v := range t.Show(id) {
		if x.Row != (issue.Ref{}) && strings.Contains(plan.Words(v), words) {
			return x.Row.ID
		}
	}
	b.Fatalf("%s/%s has no comment %q", t.Name, id, words)
	return ""
}

// equal wants n issues on either side that show the same, each with so many comments.
func (b *bed) equal(n, rows int) {
	b.Helper()
	told := map[*memory.Tracker][]string{}
	for _, t := range []*memory.Tracker{b.a, b.b} {
		for _, id := range t.IDs() {
			if got := comments(t, id); got != rows {
				b.Errorf("%s/%s has %d comments, want %d: %v", t.Name, id, got, rows, bodies(t, id))
			}
			doc := t.Show(id)
			told[t] = append(told[t], fmt.Sprint(doc[summary], doc[status], doc[labels], bodies(t, id)))
		}
		slices.Sort(told[t])
		if len(told[t]) != n {
			b.Errorf("%d issues at %s, want %d", len(told[t]), t.Name, n)
		}
	}
	if !slices.Equal(told[b.a], told[b.b]) {
		b.Errorf("a:\n%s\nb:\n%s", strings.Join(told[b.a], "\n"), strings.Join(told[b.b], "\n"))
	}
}

// bodies are the last paragraphs of the comments: below whose name stands above.
func bodies(t *memory.Tracker, id string) (out []string) {
	for x, v := range t.Show(id) {
		if x.Row != (issue.Ref{}) {
			doc := v.(issue.Row)["body"].(issue.Text).Doc
			out = append(out, plan.Words(issue.Text{Doc: text.Doc{doc[len(doc)-1]}}))
		}
	}
	slices.Sort(out)
	return out
}

// TestALostStoreDoublesNothing: twenty issues are in step, with comments both
// ways; then the store is gone, and people edit on. Whichever side is heard
// first, no issue and no comment is made twice, no edit is lost and nothing is held.
func TestALostStoreDoublesNothing(t *testing.T) {
	const n = 20
	atA := func(b *bed, i int, p [2]string) {
		b.a.Edit("ann", p[0], summary, issue.Scalar(fmt.Sprintf("ann %d", i)))
		b.a.EditComment("ann", p[0], b.row(b.a, p[0], "edited by ann"), said(fmt.Sprintf("ann again %d", i)))
	}
	atB := func(b *bed, i int, p [2]string) {
		b.b.Edit("bob", p[1], status, issue.Scalar("Doing"))
		b.b.Edit("bob", p[1], labels, issue.SetOf("bob"))
		b.b.EditComment("bob", p[1], b.row(b.b, p[1], fmt.Sprint("by ann ", i)), said(fmt.Sprintf("bob again %d", i)))
	}
	for name, edit := range map[string]func(*bed, int, [2]string){
		"nobody":         nil,
		"the origin":     atA,
		"the copy":       atB,
		"both at once":   func(b *bed, i int, p [2]string) { atA(b, i, p); atB(b, i, p) },
		"one, the other": func(b *bed, i int, p [2]string) { atA(b, i, p); b.pass(time.Second); atB(b, i, p) },
	} {
		t.Run(name, func(t *testing.T) {
			inBed(t, func(b *bed) {
				b.a.Habits.SearchLag, b.b.Habits.SearchLag = 100*time.Second, 100*time.Second
				b.b.Habits.Skew = 7 * time.Minute
				pairs := b.synced(n)
				b.lose()
				for i, p := range pairs {
					if edit == nil {
						b.sweep(engine.SweepOptions{All: true}, true)
						break
					}
					edit(b, i, p)
				}
				b.settle()
				b.equal(n, 2)
				for i, p := range pairs {
					if l := b.link(refA(p[0])); len(l.Held) > 0 || l.Sides["b"].Ref != refB(p[1]) {
						b.Errorf("issue %d is held at %v, and is one with %v", i, l.Held, l.Sides["b"].Ref)
					}
					for who, want := range map[string]bool{"ann": edit != nil && name != "the copy", "bob": edit != nil && name != "the origin"} {
						shows := map[string]bool{"ann": strings.Contains(plan.Words(b.a.Show(p[0])[summary]), fmt.Sprint("ann ", i)), "bob": b.b.Show(p[1])[status] == issue.Scalar("Doing")}
						if shows[who] != want {
							b.Errorf("issue %d shows the edit of %s: %v, want %v", i, who, shows[who], want)
						}
					}
				}
				writes := b.a.Tally().Writes + b.b.Tally().Writes
				b.sweep(engine.SweepOptions{All: true}, true)
				b.settle()
				if now := b.a.Tally().Writes + b.b.Tally().Writes; now != writes {
					b.Errorf("%d writes after calm", now-writes)
				}
			})
		})
	}
}

// TestALostStoreAsksAboutAClash: both sides edited the same field, so a person
// is asked; still nothing is made twice.
func TestALostStoreAsksAboutAClash(t *testing.T) {
	inBed(t, func(b *bed) {
		pairs := b.synced(1)
		b.lose()
		b.a.Edit("ann", pairs[0][0], summary, issue.Scalar("ann's"))
		b.b.Edit("bob", pairs[0][1], summary, issue.Scalar("bob's"))
		b.b.EditComment("bob", pairs[0][1], b.row(b.b, pairs[0][1], "edited by ann"), said("bob again")) // nothing tells that ann's edit stood here
		b.settle()
		l := b.link(refA(pairs[0][0]))
		if len(l.Held) != 2 || len(l.Held[summary].Claims) != 2 {
			b.Errorf("held: %v", l.Held)
		}
		if n, m := comments(b.a, pairs[0][0]), comments(b.b, pairs[0][1]); n != 2 || m != 2 {
			b.Errorf("%d and %d comments", n, m)
		}
		if len(b.a.IDs()) != 1 || len(b.b.IDs()) != 1 {
			b.Errorf("issues: %v, %v", b.a.IDs(), b.b.IDs())
		}
	})
}

// TestAnOldStoreDoublesNothing: an old copy of the store comes back and knows
// some of the links.
func TestAnOldStoreDoublesNothing(t *testing.T) {
	inBed(t, func(b *bed) {
		pairs := b.synced(2)
		b.settle()
		backup := b.store.Copy()
		b.pass(time.Hour)
		pairs = append(pairs, b.synced(2)...)
		b.lose()
		*b.store = *backup
		for _, p := range pairs {
			b.b.Edit("bob", p[1], labels, issue.SetOf("bob"))
		}
		b.settle()
		b.equal(4, 2)
	})
}

// TestAFreshStoreWaitsForNothing: where our account never made anything a new
// issue is copied at once.
func TestAFreshStoreWaitsForNothing(t *testing.T) {
	inBed(t, func(b *bed) {
		b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
		b.pass(time.Second)
		if n := len(b.b.IDs()); n != 1 {
			b.Errorf("%d issues at b", n)
		}
	})
}

// TestAnOrphanIsNotCopied: the copy was deleted while the store was lost. What
// is left shows by our own comments that it was in step, and is not copied anew.
func TestAnOrphanIsNotCopied(t *testing.T) {
	inBed(t, func(b *bed) {
		pairs := b.synced(2)
		b.lose()
		b.b.Delete(pairs[0][1])
		b.a.Edit("ann", pairs[0][0], summary, issue.Scalar("on its own"))
		b.settle()
		if n := len(b.b.IDs()); n != 1 {
			b.Errorf("%d issues at b", n)
		}
		err := b.engine.Turn(b.Context(), issue.Event{Ref: refA(pairs[0][0])})
		if err == nil || !strings.Contains(err.Error(), "accord link") {
			b.Errorf("turn: %v", err)
		}
	})
}

// TestASiteDownHoldsUpOnlyAStoreThatNeverSawIt: what our account made is looked
// for at every start; once it was known, a site that is down stops no new issue
// of the others.
func TestASiteDownHoldsUpOnlyAStoreThatNeverSawIt(t *testing.T) {
	inBed(t, func(b *bed) {
		var down atomic.Bool
		b.b.Call = func(string) memory.Fate {
			if down.Load() {
				return memory.Fate{Err: errDown, Never: true}
			}
			return memory.Fate{}
		}
		down.Store(true)
		id := b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
		if err := b.engine.Turn(b.Context(), issue.Event{Ref: refA(id)}); !errors.Is(err, errDown) {
			b.Errorf("turn: %v", err)
		}
		down.Store(false)
		b.settle()
		b.restart()
		down.Store(true)
		id = b.a.Create("ann", issue.Document{summary: issue.Scalar("two")})
		b.pass(time.Minute)
		if l := b.link(refA(id)); l.Agreed[summary] != issue.Scalar("two") {
			b.Errorf("a new issue while b is down: %v", l.Agreed)
		}
	})
}
