package aws_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var (
	errKilled = errors.New("killed")
	comments  = flag.Int("comments", 130, "how many comments the link of the tests of large commits has")
)

// crowded returns a link with so many comments, every hundredth as long as Jira
// takes, all of them about turn.
func crowded(n int, turn string) issue.Link {
	doc := issue.Document{}
	rows := map[issue.Place]issue.RowAt{}
	for i := range n {
		place := issue.Place{Field: "comments", Row: issue.Ref{Participant: "acme", ID: fmt.Sprint(10_000 + i)}}
		body := turn + fmt.Sprint(i)
		if i%100 == 50 {
			body = strings.Repeat("ü", 32_767-len(body)) + body
		}
		doc[place] = issue.Row{"author": issue.Scalar("Ann"), "body": issue.Scalar(body)}
		rows[place] = issue.RowAt{ID: fmt.Sprint(i), Created: time.Unix(int64(i), 0).UTC()}
	}
	id := issue.Ref{Participant: "acme", ID: "1"}
	return issue.Link{ID: id, Rules: turn, Agreed: doc, Sides: map[issue.Participant]issue.Side{
		"acme": {Ref: id, Shown: doc, Base: doc, Rows: rows},
		"beta": {Ref: issue.Ref{Participant: "beta", ID: "91"}, Shown: doc, Base: doc, Sent: []issue.Sent{{Turn: turn, Want: doc}}},
	}}
}

// A world is a table and its blobs, and how many more writes may take effect.
type world struct {
	t     *testing.T
	shelf *shelf
	blobs *memory.Blobs
	store *aws.Store
	left  int
	wrote int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, shelf: newShelf(), blobs: memory.NewBlobs(), left: 1 << 30}
	die := func(op string) error {
		if !slices.Contains([]string{"item", "put", "transact", "delete", "put done"}, op) {
			return nil
		}
		if w.left == 0 {
			return errKilled
		}
		w.left--
		w.wrote++
		return nil
	}
	w.shelf.fault = func(op string) error {
		if strings.HasSuffix(op, " done") {
			return nil
		}
		return die(op)
	}
	b := *w.blobs
	b.Fault = die
	w.store = aws.StoreOn(w.shelf, &b)
	return w
}

func (w *world) commit(before, after issue.Link) error {
	return w.store.Commit(w.t.Context(), before, after, durable.Record{Turn: after.Rules, Agreed: issue.Diff(before.Agreed, after.Agreed)})
}

// stored checks that the link is want, whole.
func (w *world) stored(want issue.Link, why string) {
	w.t.Helper()
	got, err := w.store.Link(w.t.Context(), want.ID)
	if err != nil {
		w.t.Fatalf("%s: %v", why, err)
	}
	if got.Rules != want.Rules || got.Revision != want.Revision {
		w.t.Fatalf("%s: revision %d of turn %q, want %d of %q", why, got.Revision, got.Rules, want.Revision, want.Rules)
	}
	if !got.Agreed.Equal(want.Agreed) || len(got.Sides) != len(want.Sides) {
		w.t.Errorf("%s: what is agreed differs at %d places", why, len(issue.Diff(want.Agreed, got.Agreed)))
	}
	for p, side := range want.Sides {
		now := got.Sides[p]
		if !side.Shown.Equal(now.Shown) || !side.Base.Equal(now.Base) || !maps.Equal(side.Rows, now.Rows) || !cmp.Equal(side.Sent, now.Sent, cmpopts.EquateEmpty()) {
			w.t.Errorf("%s: side %s has changed on its way", why, p)
		}
	}
}

func (w *world) kept() (items, blobs int) {
	for _, err := range w.blobs.Keys(w.t.Context(), "") {
		if err != nil {
			w.t.Fatal(err)
		}
		blobs++
	}
	return len(w.shelf.items), blobs
}

func (w *world) sweep(in time.Duration) {
	w.t.Helper()
	if _, err := w.store.Sweep(w.t.Context(), time.Now().Add(in)); err != nil {
		w.t.Fatal(err)
	}
}

// A process that dies while it writes a large commit leaves what was there, or
// all of the new, and nothing that is not cleared away.
func TestALargeCommitIsWholeOrNotAtAll(t *testing.T) {
	rehearsal := newWorld(t)
	first := crowded(*comments, "first")
	second := crowded(*comments, "second")
	if err := rehearsal.commit(issue.Link{}, first); err != nil {
		t.Fatal(err)
	}
	first.Revision = 1
	before := rehearsal.wrote
	if err := rehearsal.commit(first, second); err != nil {
		t.Fatal(err)
	}
	second.Revision = 2
	rehearsal.stored(second, "nobody died")
	writes := rehearsal.wrote - before
	rehearsal.sweep(2 * time.Hour)
	wantItems, wantBlobs := rehearsal.kept()
	deaths := []int{0, 1, 2, 3, writes / 2, writes - 2, writes - 1}
	random := rand.New(rand.NewPCG(4, 4))
	for range 20 {
		deaths = append(deaths, random.IntN(writes))
	}
	for _, death := range deaths {
		t.Run(fmt.Sprintf("after %d of %d writes", death, writes), func(t *testing.T) {
			w := newWorld(t)
			if err := w.commit(issue.Link{}, first); err != nil {
				t.Fatal(err)
			}
			w.left = death
			if err := w.commit(first, second); !errors.Is(err, errKilled) {
				t.Fatalf("commit: %v, want it to be killed", err)
			}
			w.left = 1 << 30
			w.stored(first, "after a death")
			w.sweep(0)
			if err := w.commit(first, second); err != nil {
				t.Fatal(err)
			}
			w.stored(second, "after the next try")
			w.sweep(2 * time.Hour)
			w.stored(second, "after the sweep")
			if items, blobs := w.kept(); items != wantItems || blobs != wantBlobs {
				t.Errorf("%d items and %d blobs are kept, want %d and %d as if nobody had died", items, blobs, wantItems, wantBlobs)
			}
		})
	}
}

// A process may die with the first commit of a link.
func TestAFirstCommitThatDiedIsClearedAway(t *testing.T) {
	w := newWorld(t)
	first := crowded(300, "first")
	w.left = 200
	if err := w.commit(issue.Link{}, first); !errors.Is(err, errKilled) {
		t.Fatalf("commit: %v, want it to be killed", err)
	}
	w.left = 1 << 30
	if _, err := w.store.Link(t.Context(), first.ID); !errors.Is(err, durable.ErrNotFound) {
		t.Errorf("link: %v, want ErrNotFound", err)
	}
	w.sweep(0)
	if items, _ := w.kept(); items < 100 {
		t.Errorf("what may still become true was cleared away: %d items are left", items)
	}
	w.sweep(2 * time.Hour)
	if items, blobs := w.kept(); items != 0 || blobs != 0 {
		t.Errorf("%d items and %d blobs are left", items, blobs)
	}
}

// What was cleared away can no longer become true.
func TestACommitThatWasSweptIsRefused(t *testing.T) {
	w := newWorld(t)
	first := crowded(200, "first")
	fault := w.shelf.fault
	w.shelf.fault = func(op string) error {
		if op == "transact" {
			w.shelf.fault = fault
			w.sweep(2 * time.Hour)
		}
		return fault(op)
	}
	if err := w.commit(issue.Link{}, first); err == nil || !strings.Contains(err.Error(), "removed") {
		t.Errorf("commit: %v, want it refused", err)
	}
	if _, err := w.store.Link(t.Context(), first.ID); !errors.Is(err, durable.ErrNotFound) {
		t.Errorf("link: %v, want ErrNotFound", err)
	}
}

// Many large commits do not pile up.
func TestManyLargeCommits(t *testing.T) {
	w := newWorld(t)
	link := issue.Link{}
	sizes := []int{}
	for turn := range 12 {
		after := crowded(150+turn%3, fmt.Sprintf("turn %d ", turn))
		if turn%4 == 3 { // a small one in between
			after = link
			after.Agreed = link.Agreed.With(issue.Place{Field: "summary"}, issue.Scalar(fmt.Sprint(turn)))
			delete(after.Agreed, issue.Place{Field: "comments", Row: issue.Ref{Participant: "acme", ID: "10007"}})
			after.Rules = fmt.Sprint(turn)
		}
		if err := w.commit(link, after); err != nil {
			t.Fatal(err)
		}
		after.Revision = link.Revision + 1
		w.stored(after, after.Rules)
		link = after
		w.sweep(2 * time.Hour)
		w.stored(after, "swept after "+after.Rules)
		items, _ := w.kept()
		sizes = append(sizes, items)
	}
	if largest := slices.Max(sizes); largest > 7*200 {
		t.Errorf("up to %d items were kept of a link of 150 comments: %v", largest, sizes)
	}
}

// What large commits have replaced is there until a sweep, and a read passes over
// it: else each turn of an issue with many comments would read more than the last.
func TestAReadPassesOverWhatWasReplaced(t *testing.T) {
	w := newWorld(t)
	w.shelf.pageItems = 50
	read := 0
	fault := w.shelf.fault
	w.shelf.fault = func(op string) error {
		if op == "query" {
			read += w.shelf.pageItems
		}
		return fault(op)
	}
	link, most := issue.Link{}, 0
	for turn := range 40 {
		after := crowded(150, fmt.Sprintf("turn %d ", turn))
		if err := w.commit(link, after); err != nil {
			t.Fatal(err)
		}
		after.Revision = link.Revision + 1
		link, read = after, 0
		w.stored(after, after.Rules)
		if turn < 12 { // all numbers of layers, twice
			most = max(most, read)
		}
	}
	items, _ := w.kept()
	t.Logf("%d items are kept; a read took %d of them at most at first, and %d at last", items, most, read)
	if read > most+100 || items < 4*most {
		t.Errorf("a read takes %d of %d items, %d at most at first: it grows with what nobody names", read, items, most)
	}
}
