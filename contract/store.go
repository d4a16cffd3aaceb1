package contract

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/text"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// Store checks that what open returns keeps the promises of [durable.Store].
// Each test has a store of its own.
func Store(t *testing.T, open func(t *testing.T) durable.Store) {
	for name, test := range map[string]func(*store){
		"all of a link comes back":               (*store).link,
		"every value comes back":                 (*store).values,
		"a link of 5,000 comments comes back":    (*store).large,
		"a link is found by every ref":           (*store).refs,
		"a commit compares and swaps":            (*store).stale,
		"concurrent commits lose nothing":        (*store).concurrent,
		"a ref belongs to one link":              (*store).taken,
		"what was committed is not changed":      (*store).copies,
		"any row of commits is remembered":       (*store).commits,
		"links come in order, filtered":          (*store).links,
		"the history is newest first, and whole": (*store).history,
		"a state compares and swaps":             (*store).state,
		"states come by name":                    (*store).states,
		"concurrent states lose nothing":         (*store).counter,
		"nothing is done for an ended context":   (*store).ended,
	} {
		t.Run(name, func(t *testing.T) { test(&store{t, open(t)}) })
	}
}

type store struct {
	*testing.T
	durable.Store
}

// same compares what was stored with what came back: nil and empty say the same.
func same(want, got any) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

func (s *store) ok(err error, doing string) {
	s.Helper()
	if err != nil {
		s.Fatalf("%s: %v", doing, err)
	}
}

// read returns the link that has ref.
func (s *store) read(ref issue.Ref) issue.Link {
	s.Helper()
	l, err := s.Link(s.Context(), ref)
	s.ok(err, "link")
	return l
}

// commit saves after and returns it as it is stored then.
func (s *store) commit(before, after issue.Link) issue.Link {
	s.Helper()
	s.ok(s.Commit(s.Context(), before, after, durable.Record{Turn: fmt.Sprint(before.Revision + 1)}), "commit")
	after.Revision = before.Revision + 1
	return after
}

func all[T any](s *store, seq iter.Seq2[T, error]) (xs []T) {
	s.Helper()
	for x, err := range seq {
		s.ok(err, "read all")
		xs = append(xs, x)
	}
	return xs
}

// small returns a link with two sides.
func small(id string) issue.Link {
	return issue.Link{
		ID:     ref(id),
		Agreed: issue.Document{{Field: "summary"}: issue.Scalar("Printer on fire")},
		Sides: map[issue.Participant]issue.Side{
			"acme": {Ref: ref(id), Key: "SUP-" + id},
			"beta": {Ref: issue.Ref{Participant: "beta", ID: "9" + id}},
			"tiny": {}, // nothing is known of it yet
		},
	}
}

func (s *store) link() {
	first := full[issue.Link](1)
	first.Revision = 0
	stored := s.commit(issue.Link{}, first)
	if d := same(stored, s.read(first.ID)); d != "" {
		s.Fatalf("after the first commit (-committed +read):\n%s", d)
	}
	second := full[issue.Link](2)
	second.ID, second.Revision = stored.ID, 77 // the store does not look at it
	second = s.commit(stored, second)
	if d := same(second, s.read(first.ID)); d != "" {
		s.Fatalf("after all has changed (-committed +read):\n%s", d)
	}
	bare := s.commit(second, issue.Link{ID: first.ID})
	if d := same(bare, s.read(first.ID)); d != "" {
		s.Fatalf("after all is gone (-committed +read):\n%s", d)
	}
}

func (s *store) values() {
	l := small("1")
	l.Agreed = issue.Document{}
	for i, v := range []issue.Value{
		issue.Scalar(""), issue.Scalar("null"), issue.Scalar(`{"text":1}`), issue.Set{}, issue.SetOf("a", "[1]"), issue.Text{}, issue.Row{}, nil,
		issue.Row{"text": issue.SetOf("a"), "body": issue.Text{Doc: doc(1)}, "row": issue.Row{"text": issue.Text{Doc: doc(1)}}},
		issue.Row{"text": issue.Scalar("1"), "gone": nil}, issue.Scalar(strings.Repeat("long ", 20_000)),
		value(0), value(1), value(2), value(3), value(4), value(5), value(6), value(7),
	} {
		l.Agreed[issue.Place{Field: fmt.Sprintf("cf.%d", i)}] = v
		l.Agreed[issue.Place{Field: "comments", Row: ref(fmt.Sprint(i))}] = v
	}
	side := l.Sides["acme"]
	side.Sent = []issue.Sent{{Want: l.Agreed, Wrote: l.Agreed}}
	l.Sides["acme"] = side
	want := s.commit(issue.Link{}, l)
	got := s.read(l.ID)
	if d := same(want, got); d != "" {
		s.Errorf("(-committed +read):\n%s", d)
	}
	for place, v := range want.Agreed {
		if now, ok := got.Agreed[place]; !ok || !issue.Same(v, now) {
			s.Errorf("%s was %#v, and is %#v now (there: %v)", place, v, now, ok)
		}
	}
}

// commented returns a link with so many comments on one side.
func commented(id string, n int) issue.Link {
	l := small(id)
	side := issue.Side{Ref: l.ID, Shown: issue.Document{}, Base: issue.Document{}, Rows: map[issue.Place]issue.RowAt{}}
	for i := range n {
		place := issue.Place{Field: "comments", Row: ref(fmt.Sprint(10_000 + i))}
		row := issue.Row{"author": issue.Scalar("Ann"), "body": issue.Text{Doc: text.Of(fmt.Sprintf("%0300d", i))}}
		l.Agreed[place], side.Shown[place], side.Base[place] = row, row, row
		side.Rows[place] = issue.RowAt{ID: fmt.Sprint(i), Version: "1", Created: time.Unix(int64(i), 0).UTC()}
	}
	l.Sides["acme"] = side
	return l
}

func (s *store) large() {
	before := s.commit(issue.Link{}, commented("1", 5000))
	after := before
	after.Agreed = before.Agreed.With(issue.Place{Field: "comments", Row: ref("12345")}, nil).With(issue.Place{Field: "summary"}, issue.Scalar("New"))
	after = s.commit(before, after)
	got := s.read(after.ID)
	want, side := after.Sides["acme"], got.Sides["acme"]
	if !after.Agreed.Equal(got.Agreed) || !want.Shown.Equal(side.Shown) || !want.Base.Equal(side.Base) || !maps.Equal(want.Rows, side.Rows) {
		s.Error("the link has changed on its way")
	}
}

func (s *store) missing(ref issue.Ref) {
	s.Helper()
	if l, err := s.Link(s.Context(), ref); !errors.Is(err, durable.ErrNotFound) {
		s.Errorf("link of %s: %s (%v), want ErrNotFound", ref, l.ID, err)
	}
}

func (s *store) refs() {
	beta := issue.Ref{Participant: "beta", ID: "91"}
	s.missing(ref("1"))
	l := s.commit(issue.Link{}, small("1"))
	s.commit(issue.Link{}, small("2"))
	for _, ref := range []issue.Ref{ref("1"), beta} {
		if got := s.read(ref); got.ID != l.ID {
			s.Errorf("link of %s is %s, want %s", ref, got.ID, l.ID)
		}
	}
	s.missing(issue.Ref{Participant: "beta", ID: "1"})
	s.missing(issue.Ref{Participant: "tiny"})
	after := small("1")
	delete(after.Sides, "beta")
	delete(after.Sides, "acme")
	s.commit(l, after)
	s.missing(beta)
	s.read(ref("1")) // it is still its ID
}

func (s *store) stale() {
	one := s.commit(issue.Link{}, small("1"))
	after := one
	after.Rules = "new"
	two := s.commit(one, after)
	other := small("2")
	other.Revision = 1
	for what, before := range map[string]issue.Link{"a new link": {}, "an old revision": one, "a later revision": {ID: one.ID, Revision: 3}, "a link that is not stored": other} {
		after := small("1")
		if before.Revision > 0 {
			after.ID = before.ID
		}
		if err := s.Commit(s.Context(), before, after, durable.Record{}); !errors.Is(err, durable.ErrStale) {
			s.Errorf("commit on %s: %v, want ErrStale", what, err)
		}
	}
	if err := s.Commit(s.Context(), two, small("2"), durable.Record{}); err == nil || errors.Is(err, durable.ErrStale) {
		s.Errorf("commit of another link: %v, want an error that is no ErrStale", err)
	}
	if d := same(two, s.read(one.ID)); d != "" {
		s.Errorf("a commit that was refused left something (-committed +read):\n%s", d)
	}
	if n := len(all(s, s.History(s.Context(), one.ID))); n != 2 {
		s.Errorf("%d records, want those of the two that were not refused", n)
	}
}

func (s *store) concurrent() {
	const workers, commits = 8, 10
	s.commit(issue.Link{}, small("1"))
	labels := issue.Place{Field: "labels"}
	add := func(label string) error {
		for {
			before, err := s.Link(s.Context(), ref("1"))
			if err != nil {
				return err
			}
			after := before
			had, _ := before.Agreed[labels].(issue.Set)
			after.Agreed = before.Agreed.With(labels, had.Plus(issue.SetOf(label)))
			if err := s.Commit(s.Context(), before, after, durable.Record{Turn: label}); !errors.Is(err, durable.ErrStale) {
				return err
			}
		}
	}
	errs := make([]error, workers*commits)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w * commits; i < (w+1)*commits; i++ {
				errs[i] = add(fmt.Sprint(i))
			}
		})
	}
	wg.Wait()
	s.ok(errors.Join(errs...), "commit")
	l := s.read(ref("1"))
	if n := len(l.Agreed[labels].(issue.Set)); n != workers*commits || l.Revision != workers*commits+1 {
		s.Errorf("%d labels at revision %d, want each of %d commits", n, l.Revision, workers*commits)
	}
	if n := len(all(s, s.History(s.Context(), l.ID))); n != workers*commits+1 {
		s.Errorf("%d records, want one for each commit", n)
	}
}

func (s *store) taken() {
	one := s.commit(issue.Link{}, small("1"))
	beta := issue.Ref{Participant: "beta", ID: "91"}
	refuse := func(before, after issue.Link, why string) {
		s.Helper()
		err := s.Commit(s.Context(), before, after, durable.Record{})
		if !errors.Is(err, durable.ErrTaken) || !strings.Contains(err.Error(), one.ID.String()) {
			s.Errorf("%s: %v, want ErrTaken with link %s", why, err, one.ID)
		}
	}
	refuse(issue.Link{}, issue.Link{ID: beta}, "a new link whose ID is another's side")
	thief := small("2")
	thief.Sides = map[issue.Participant]issue.Side{"beta": {Ref: beta}}
	refuse(issue.Link{}, thief, "a new link with another's side")
	s.missing(ref("2"))
	two := s.commit(issue.Link{}, small("2"))
	refuse(two, thief, "a link that takes another's side")
	if d := same(two, s.read(ref("2"))); d != "" {
		s.Errorf("a commit that was refused left something (-committed +read):\n%s", d)
	}
	freed := small("1")
	delete(freed.Sides, "beta")
	s.commit(one, freed)
	s.commit(two, thief)
	if got := s.read(beta); got.ID != ref("2") {
		s.Errorf("the freed ref belongs to %s, want the link that took it then", got.ID)
	}
	s.missing(issue.Ref{Participant: "beta", ID: "92"}) // given up by the second
}

// copies checks that neither what was given nor what was got is the store's own.
func (s *store) copies() {
	given := full[issue.Link](1)
	given.Revision = 0
	s.commit(issue.Link{}, given)
	want := full[issue.Link](1)
	want.Revision = 1
	for _, l := range []issue.Link{given, s.read(given.ID)} {
		clear(l.Agreed)
		clear(l.Said)
		for p, side := range l.Sides {
			clear(side.Shown)
			clear(side.Tried)
			side.Sent[0] = issue.Sent{}
			l.Sides[p] = issue.Side{}
		}
	}
	if d := same(want, s.read(given.ID)); d != "" {
		s.Errorf("a change of one's own copy reached the store (-committed +read):\n%s", d)
	}
}

// commits makes random links of a few places grow out of each other.
func (s *store) commits() {
	place := rapid.Custom(func(t *rapid.T) issue.Place {
		p := issue.Place{Field: rapid.SampledFrom([]string{"summary", "labels", "comments", "cf.x y"}).Draw(t, "field")}
		if p.Field == "comments" {
			p.Row = ref(rapid.SampledFrom([]string{"1", "2"}).Draw(t, "row"))
		}
		return p
	})
	document := rapid.Custom(func(t *rapid.T) issue.Document {
		return rapid.MapOfN(place, rapid.Map(rapid.IntRange(0, 7), value), 0, 5).Draw(t, "document")
	})
	side := rapid.Custom(func(t *rapid.T) issue.Side {
		side := issue.Side{Shown: document.Draw(t, "shown"), Base: document.Draw(t, "base"), Key: rapid.SampledFrom([]string{"", "A-1"}).Draw(t, "key")}
		for i := range rapid.IntRange(0, 3).Draw(t, "sent") {
			side.Sent = append(side.Sent, issue.Sent{Turn: fmt.Sprint(i), Want: document.Draw(t, "want")})
		}
		side.Tried = rapid.MapOfN(place, rapid.Just(issue.Try{Count: 2, Value: value(1)}), 0, 2).Draw(t, "tried")
		return side
	})
	n := 0
	rapid.Check(s, func(t *rapid.T) {
		n++
		link := issue.Link{}
		for range rapid.IntRange(1, 6).Draw(t, "commits") {
			after := issue.Link{ID: ref(fmt.Sprint(n)), Agreed: document.Draw(t, "agreed"), Rules: rapid.SampledFrom([]string{"", "r"}).Draw(t, "rules")}
			after.Sides = rapid.MapOfN(rapid.SampledFrom([]issue.Participant{"a", "b"}), side, 0, 2).Draw(t, "sides")
			link = s.commit(link, after)
			if d := same(link, s.read(link.ID)); d != "" {
				t.Fatalf("(-committed +read):\n%s", d)
			}
		}
	})
}

func (s *store) links() {
	const n = 130
	held, refused, open := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, i := range []int{64, 9, 100, 1, 130} { // not in the order in which they are read
		for j := i; j > 0 && j > i-40; j-- {
			id := fmt.Sprint(j)
			if _, err := s.Link(s.Context(), ref(id)); err == nil {
				continue
			}
			l := small(id)
			side := l.Sides["beta"]
			if held[id] = j%2 == 0; held[id] {
				l.Held = map[issue.Place]issue.Held{{Field: "status"}: {Since: time.Unix(1, 0)}}
			}
			if refused[id] = j%3 == 0; refused[id] {
				side.Tried = map[issue.Place]issue.Try{{Field: "labels"}: {Why: "not allowed"}}
			}
			if open[id] = j%5 == 0; open[id] {
				side.Sent = []issue.Sent{{Turn: "t"}}
			}
			l.Sides["beta"] = side
			s.commit(issue.Link{}, l)
		}
	}
	var every []string
	for i := 1; i <= n; i++ {
		if _, ok := held[fmt.Sprint(i)]; ok {
			every = append(every, fmt.Sprint(i))
		}
	}
	if len(every) < 110 {
		s.Fatalf("only %d links were made", len(every))
	}
	for _, f := range []durable.Filter{
		{}, {Held: true}, {Refused: true}, {Open: true}, {Held: true, Refused: true}, {Held: true, Refused: true, Open: true},
		{Limit: 1}, {Limit: 50}, {Limit: 51}, {Held: true, Limit: 7}, {Limit: 1000},
		{After: ref("9")}, {After: ref("9"), Held: true, Limit: 3}, {After: ref("130")}, {After: issue.Ref{Participant: "acme"}}, {After: issue.Ref{Participant: "beta"}},
	} {
		var want, got []string
		for _, id := range every {
			if (!f.Held || held[id]) && (!f.Refused || refused[id]) && (!f.Open || open[id]) && (f.After == issue.Ref{} || ref(id).Compare(f.After) > 0) && (f.Limit == 0 || len(want) < f.Limit) {
				want = append(want, id)
			}
		}
		for _, l := range all(s, s.Links(s.Context(), f)) {
			got = append(got, l.ID.ID)
		}
		if d := same(want, got); d != "" {
			s.Errorf("links of %+v (-want +got):\n%s", f, d)
		}
	}
	for l, err := range s.Links(s.Context(), durable.Filter{}) {
		s.ok(err, "links")
		s.commit(l, l) // one may commit while one iterates
		if l.ID == ref("60") {
			break
		}
	}
}

func (s *store) history() {
	const n = 120
	link := issue.Link{}
	var want []durable.Record
	for i := range n {
		after := small("1")
		after.Agreed = after.Agreed.With(issue.Place{Field: "description"}, value(i))
		r := durable.Record{At: time.Unix(int64(i), 0).UTC(), Turn: fmt.Sprint(i), Agreed: issue.Diff(link.Agreed, after.Agreed)}
		if i == 7 {
			r = full[durable.Record](1)
		}
		s.ok(s.Commit(s.Context(), link, after, r), "commit")
		link = s.read(after.ID)
		want = append(want, r)
	}
	s.commit(issue.Link{}, small("2"))
	slices.Reverse(want)
	if d := same(want, all(s, s.History(s.Context(), link.ID))); d != "" {
		s.Errorf("history (-committed +read):\n%s", d)
	}
	for r, err := range s.History(s.Context(), link.ID) {
		s.ok(err, "history")
		if r.Turn != fmt.Sprint(n-1) {
			s.Errorf("the first record is of turn %s, want the newest", r.Turn)
		}
		break
	}
	if rs := all(s, s.History(s.Context(), ref("none"))); len(rs) != 0 {
		s.Errorf("a link that is not there has %d records", len(rs))
	}
}

func (s *store) ended() {
	l := s.commit(issue.Link{}, small("1"))
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	if err := s.Commit(ctx, l, l, durable.Record{}); !errors.Is(err, context.Canceled) {
		s.Errorf("commit: %v, want the context's error", err)
	}
	if _, err := s.Link(ctx, l.ID); !errors.Is(err, context.Canceled) {
		s.Errorf("link: %v, want the context's error", err)
	}
	for _, err := range s.Links(ctx, durable.Filter{}) {
		if !errors.Is(err, context.Canceled) {
			s.Errorf("links: %v, want the context's error", err)
		}
	}
	if now := s.read(l.ID); now.Revision != l.Revision {
		s.Errorf("revision %d, want %d", now.Revision, l.Revision)
	}
}
