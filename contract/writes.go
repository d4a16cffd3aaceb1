package contract

import (
	"slices"
	"time"

	"example.com/accord/issue"
	"example.com/accord/text"
)

func writesFields(b *bench) {
	v := b.see(b.create("one"))
	patch := b.Connector.Canon(issue.Document{
		summary: issue.Scalar("two"), description: issue.Text{Doc: text.Of("body")}, labels: issue.SetOf("x"), priority: b.Fine,
	})
	b.done(b.change(v, "t1", patch))
	after := b.see(v.Ref.ID)
	for p, want := range patch {
		if got := after.Doc[p]; !issue.Same(got, want) {
			b.Errorf("%s shows %v, want %v", p, got, want)
		}
		es := entries(after, p)
		if len(es) != 1 || !es[0].Ours || es[0].Turn != "" && es[0].Turn != "t1" {
			b.Errorf("the log of %s after our write: %+v", p, es)
			continue
		}
		if e := es[0]; e.Known && !issue.Same(e.From, b.Connector.Logged(p, v.Doc[p])) && !(issue.Empty(e.From) && issue.Empty(v.Doc[p])) {
			b.Errorf("our entry of %s replaces %v, and %v was shown", p, e.From, v.Doc[p])
		}
	}
	b.done(b.change(after, "t2", issue.Document{description: issue.Text{}, labels: issue.Set{}}))
	b.shows(v.Ref.ID, description, issue.Text{})
	b.shows(v.Ref.ID, labels, issue.Set{})
}

func tellsOverwritten(b *bench) {
	v := b.see(b.create("one"))
	b.People.Edit(b, v.Ref.ID, summary, issue.Scalar("theirs"))
	b.done(b.change(v, "t1", issue.Document{summary: issue.Scalar("ours")}))
	es := entries(b.see(v.Ref.ID), summary)
	if len(es) != 2 || es[0].Ours || !es[1].Ours {
		b.Fatalf("the log is not their entry and then ours: %+v", es)
	}
	if want := b.Connector.Logged(summary, issue.Scalar("theirs")); !issue.Same(es[1].From, want) {
		b.Errorf("our entry replaces %v, want %v", es[1].From, want)
	}
}

func writesSets(b *bench) {
	id := b.People.Create(b, issue.Document{summary: issue.Scalar("one"), labels: issue.SetOf("a", "b")})
	v := b.see(id)
	b.People.Edit(b, id, labels, issue.SetOf("a", "b", "c"))
	b.done(b.change(v, "t1", issue.Document{labels: issue.SetOf("b", "d")}))
	b.shows(id, labels, issue.SetOf("b", "c", "d"))
}

func refusesOne(b *bench) {
	v := b.see(b.create("one"))
	r := b.write(b.change(v, "t1", issue.Document{summary: issue.Scalar("two"), priority: b.Refused, labels: issue.SetOf("x")}))
	if got := r.Replies[priority]; got.State != issue.Refused || got.Why == "" {
		b.Errorf("the refused value is %q: %q", got.State, got.Why)
	}
	for _, p := range []issue.Place{summary, labels} {
		if got := r.Replies[p]; got.State != issue.Done {
			b.Errorf("%s beside it is %q: %s", p, got.State, got.Why)
		}
	}
	b.shows(v.Ref.ID, summary, issue.Scalar("two"))
	b.shows(v.Ref.ID, labels, issue.SetOf("x"))
	b.shows(v.Ref.ID, priority, v.Doc[priority])
}

func walksWorkflow(b *bench) {
	v := b.see(b.create("one"))
	b.done(b.change(v, "t1", issue.Document{status: issue.Scalar(b.Status[2]), summary: issue.Scalar("two")}))
	after := b.see(v.Ref.ID)
	if got := after.Doc[status]; got != issue.Scalar(b.Status[2]) {
		b.Errorf("status shows %v, want %s", got, b.Status[2])
	}
	at := issue.Value(issue.Scalar(b.Status[0]))
	es := entries(after, status)
	for _, e := range es {
		if !e.Ours || !issue.Same(e.From, at) {
			b.Errorf("a hop of ours from %v: %+v", at, e)
		}
		at = e.To
	}
	if len(es) != 2 || !issue.Same(at, issue.Scalar(b.Status[2])) {
		b.Errorf("%d hops lead to %v", len(es), at)
	}
	b.done(b.change(after, "t2", issue.Document{status: issue.Scalar(b.Status[2])})) // there already
	none := b.write(b.change(after, "t3", issue.Document{status: issue.Scalar("no such status")}))
	if got := none.Replies[status]; got.State != issue.Refused || got.Why == "" {
		b.Errorf("a status that there is not is %q: %q", got.State, got.Why)
	}
}

func startsNoneLate(b *bench) {
	v := b.see(b.create("one"))
	row := issue.Place{Field: "comments", Row: issue.Ref{Participant: "other", ID: "1"}}
	c := b.change(v, "t1", issue.Document{summary: issue.Scalar("two"), status: issue.Scalar(b.Status[1]), row: issue.Row{"body": issue.Text{Doc: text.Of("late")}}})
	c.Rows[row] = issue.RowAt{}
	c.Start = time.Now().Add(-time.Second)
	for p, reply := range b.write(c).Replies {
		if reply.State != issue.NotDone {
			b.Errorf("%s is %q after its time", p, reply.State)
		}
	}
	if after := b.see(v.Ref.ID); !after.Doc.Equal(v.Doc) {
		b.Errorf("it was written: %v", issue.Diff(v.Doc, after.Doc))
	}
}

// birth is the mark and content of a create.
func (b *bench) birth(mark issue.Ref, doc issue.Document) issue.Change {
	return issue.Change{
		On: issue.Ref{Participant: b.Participant}, Link: mark, Turn: "t1", Patch: doc, From: issue.Document{}, Start: time.Now().Add(time.Minute),
	}
}

func createsMarked(b *bench) {
	mark := issue.Ref{Participant: "other", ID: "10001"}
	doc := b.Connector.Canon(issue.Document{summary: issue.Scalar("made"), description: issue.Text{Doc: text.Of("by us")}, labels: issue.SetOf("x")})
	since := time.Now().Add(-time.Minute)
	r := b.done(b.birth(mark, doc))
	if r.Ref.ID == "" || r.Ref.Participant != b.Participant || r.Key == "" || r.Replies[issue.Whole()].State != issue.Done {
		b.Fatalf("the receipt of a create: %+v", r)
	}
	v := b.seeAll(r.Ref.ID)[0] // at once: it needs no index
	if v.Mark != mark || !v.Ours || v.State != issue.Present || v.Key != r.Key {
		b.Errorf("what we made shows mark %v, ours %v, state %q, key %q", v.Mark, v.Ours, v.State, v.Key)
	}
	for p, want := range doc {
		if got := v.Doc[p]; !issue.Same(got, want) {
			b.Errorf("%s shows %v, want %v", p, got, want)
		}
	}
	b.Settle()
	found, err := b.Connector.Find(b.Context(), mark, since)
	if err != nil || found.Ref != r.Ref || found.State != issue.Present || found.Mark != mark {
		b.Errorf("Find: %v %q %v, want %v", found.Ref, found.State, err, r.Ref)
	}
}

func createsWithoutRefused(b *bench) {
	r := b.write(b.birth(issue.Ref{Participant: "other", ID: "1"}, issue.Document{summary: issue.Scalar("made"), priority: b.Refused}))
	if got := r.Replies[priority]; got.State != issue.Refused || got.Why == "" {
		b.Errorf("the refused value is %q: %q", got.State, got.Why)
	}
	if r.Ref.ID == "" || r.Replies[summary].State != issue.Done || r.Replies[issue.Whole()].State != issue.Done {
		b.Fatalf("the rest was not made: %+v", r)
	}
	b.shows(r.Ref.ID, summary, issue.Scalar("made"))
}

// marksWhatIsThere: issues that a person made one carry a mark as well, which
// changes nothing else of them, and no search of ours finds them by it.
func marksWhatIsThere(b *bench) {
	id := b.create("a person's")
	before := b.see(id)
	link, joined := issue.Ref{Participant: "other", ID: "7"}, []issue.Ref{{Participant: "other", ID: "7"}, before.Ref}
	for range 2 {
		if err := b.Connector.Mark(b.Context(), id, link, joined...); err != nil {
			b.Fatal(err)
		}
	}
	v := b.see(id)
	if v.Mark != link || !slices.Equal(v.Joined, joined) || v.Ours {
		b.Errorf("it shows the mark %v and %v, ours: %v", v.Mark, v.Joined, v.Ours)
	}
	if !v.Doc.Equal(before.Doc) || len(v.Log) != len(before.Log) {
		b.Errorf("the mark changed %v, log %v", issue.Diff(before.Doc, v.Doc), v.Log)
	}
	if found, err := b.Connector.Find(b.Context(), link, time.Now().Add(-time.Hour)); err != nil || found.State != issue.Absent {
		b.Errorf("Find: %v %q %v", found.Ref, found.State, err)
	}
	if err := b.Connector.Mark(b.Context(), "999999", link, joined...); err == nil {
		b.Error("an issue that there is not was marked")
	}
}

func findsOursOnly(b *bench) {
	began := time.Now()
	b.create("a person's")
	b.Settle()
	asked := time.Now()
	v, err := b.Connector.Find(b.Context(), issue.Ref{Participant: "other", ID: "10002"}, began.Add(-time.Minute))
	if err != nil || v.State != issue.Absent || v.Ref.ID != "" {
		b.Errorf("Find of what is not there: %v %q %v", v.Ref, v.State, err)
	}
	if v.Looked.Before(asked) || v.Looked.After(time.Now()) {
		b.Errorf("the search began at %v, asked at %v", v.Looked, asked)
	}
}

// walksMade: a store that was lost is rebuilt from this walk.
func walksMade(b *bench) {
	began := time.Now()
	b.create("a person's")
	marks := map[string]issue.Ref{}
	for _, n := range []string{"10001", "10002", "10003"} {
		mark := issue.Ref{Participant: "other", ID: n}
		marks[b.done(b.birth(mark, issue.Document{summary: issue.Scalar("made " + n)})).Ref.ID] = mark
	}
	b.Settle()
	for name, since := range map[string]time.Time{"ever": {}, "since then": began.Add(-time.Minute)} {
		found := map[string]bool{}
		for v, err := range b.Connector.Made(b.Context(), since) {
			if err != nil {
				b.Fatalf("Made: %v", err)
			}
			if v.Mark == (issue.Ref{}) {
				v.Mark = b.seeAll(v.Ref.ID)[0].Mark
			}
			if want, ours := marks[v.Ref.ID]; !ours || v.Mark != want || v.Ref.Participant != b.Participant || v.Created.IsZero() {
				b.Errorf("%s: walked %v with mark %v, created %v; want one of %v", name, v.Ref, v.Mark, v.Created, marks)
			}
			found[v.Ref.ID] = true
		}
		if len(found) != len(marks) {
			b.Errorf("%s: %d of %d were walked", name, len(found), len(marks))
		}
	}
	for v, err := range b.Connector.Made(b.Context(), time.Now().Add(24*time.Hour)) {
		b.Errorf("walked %v, %v, which was not made since", v.Ref, err)
	}
}
