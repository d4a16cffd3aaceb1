package contract

import (
	"slices"
	"time"

	"example.com/accord/issue"
	"example.com/accord/text"
)

func comment(lines ...string) issue.Row { return issue.Row{"body": issue.Text{Doc: text.Of(lines...)}} }

// local is the place of a row of this tracker in a View.
func (b *bench) local(row string) issue.Place {
	return issue.Place{Field: "comments", Row: issue.Ref{Participant: b.Participant, ID: row}}
}

// born is the place of a row that was born elsewhere.
func born(id string) issue.Place {
	return issue.Place{Field: "comments", Row: issue.Ref{Participant: "other", ID: id}}
}

func showsRows(b *bench) {
	id := b.create("one")
	row := b.People.Comment(b, id, "hello")
	first := b.see(id)
	p := b.local(row)
	got, _ := first.Doc[p].(issue.Row)
	if !issue.Same(got["body"], comment("hello")["body"]) || issue.Empty(got["author"]) {
		b.Errorf("a person's comment shows %v", got)
	}
	seen, ok := first.Rows[p]
	if !ok || seen.Ours || seen.Echo || seen.By == "" || seen.Version == "" || seen.Created.IsZero() || seen.Mark != (issue.RowMark{}) {
		b.Errorf("a person's comment is seen as %+v", seen)
	}
	b.People.EditComment(b, id, row, "hello again")
	second := b.see(id)
	if got, _ := second.Doc[p].(issue.Row); !issue.Same(got["body"], comment("hello again")["body"]) {
		b.Errorf("the edited comment shows %v", got)
	}
	if second.Rows[p].Version == seen.Version || second.Updated.Before(first.Updated) {
		b.Errorf("an edit moved no version: %+v", second.Rows[p])
	}
	if len(entries(second, p)) > 0 {
		b.Errorf("rows have no changelog: %+v", second.Log)
	}
}

func createsRows(b *bench) {
	v := b.see(b.create("one"))
	early, late := born("900"), born("1") // by birth, not by id
	now := time.Now()
	c := b.change(v, "t1", issue.Document{early: comment("first"), late: comment("second")})
	c.Rows[early], c.Rows[late] = issue.RowAt{Created: now.Add(-time.Hour)}, issue.RowAt{Created: now}
	r := b.done(c)
	after := b.see(v.Ref.ID)
	order := slices.SortedFunc(func(yield func(issue.Place) bool) {
		for p := range after.Rows {
			if !yield(p) {
				return
			}
		}
	}, issue.Place.Compare)
	if len(order) != 2 {
		b.Fatalf("%d comments were made", len(order))
	}
	for i, birth := range []issue.Place{early, late} {
		seen, at := after.Rows[order[i]], r.Rows[birth]
		want := issue.RowMark{Row: birth.Row, Issue: v.Ref.ID, Turn: "t1"}
		if seen.Mark != want || !seen.Ours || !seen.Echo {
			b.Errorf("our comment %d is seen as %+v, want the mark %+v", i, seen, want)
		}
		if at.ID != order[i].Row.ID || at.Version != seen.Version {
			b.Errorf("the receipt has %+v for %v %s", at, order[i], seen.Version)
		}
		if got := after.Doc[order[i]]; !issue.Same(got, c.Patch[birth]) {
			b.Errorf("our comment %d shows %v, want %v", i, got, c.Patch[birth])
		}
	}
}

// made lets us make a comment and looks at it.
func (b *bench) made(id, words string) (p issue.Place, at issue.RowAt) {
	b.Helper()
	p = born("7")
	c := b.change(b.see(id), "t1", issue.Document{p: comment(words)})
	c.Rows[p] = issue.RowAt{Created: time.Now()}
	return p, b.done(c).Rows[p]
}

// touch is a change of a row that is as at and shows from.
func (b *bench) touch(id, turn string, p issue.Place, at issue.RowAt, from, to issue.Value) issue.Change {
	c := b.change(b.see(id), turn, issue.Document{p: to})
	c.From[p], c.Rows[p] = from, at
	return c
}

func editsRows(b *bench) {
	id := b.create("one")
	p, at := b.made(id, "before")
	next := b.done(b.touch(id, "t2", p, at, comment("before"), comment("after"))).Rows[p]
	v := b.see(id)
	if got := v.Doc[b.local(at.ID)]; !issue.Same(got, comment("after")) {
		b.Errorf("the edited comment shows %v", got)
	}
	seen := v.Rows[b.local(at.ID)]
	if want := (issue.RowMark{Row: p.Row, Issue: id, Turn: "t2"}); seen.Mark != want || next.ID != at.ID || next.Version != seen.Version || next.Version == at.Version {
		b.Errorf("after our edit: %+v, receipt %+v, want the mark %+v", seen, next, want)
	}
	b.done(b.touch(id, "t3", p, next, comment("after"), nil))
	if v := b.see(id); len(v.Rows) != 0 {
		b.Errorf("the removed comment is still there: %v", v.Rows)
	}
}

func leavesChangedRow(b *bench) {
	id := b.create("one")
	p, at := b.made(id, "before")
	b.People.EditComment(b, id, at.ID, "theirs")
	for turn, to := range map[string]issue.Value{"t2": comment("ours"), "t3": nil} {
		r := b.write(b.touch(id, turn, p, at, comment("before"), to))
		if got := r.Replies[p]; got.State != issue.NotDone {
			b.Errorf("writing a row that changed is %q", got.State)
		}
	}
	v := b.see(id)
	if got := v.Doc[b.local(at.ID)]; !issue.Same(got, comment("theirs")) {
		b.Errorf("the comment shows %v", got)
	}
	if seen := v.Rows[b.local(at.ID)]; seen.Echo || !seen.Ours {
		b.Errorf("a person wrote last, and it is seen as %+v", seen)
	}
}

func provesGone(b *bench) {
	id := b.create("one")
	stays, goes := b.local(b.People.Comment(b, id, "stays")), b.local(b.People.Comment(b, id, "goes"))
	b.People.DeleteComment(b, id, goes.Row.ID)
	gone, err := b.Connector.Gone(b.Context(), id, stays, goes)
	if err != nil || !slices.Equal(gone, []issue.Place{goes}) {
		b.Errorf("gone are %v (%v), want %v", gone, err, goes)
	}
	if v := b.see(id); v.Doc[goes] != nil || len(v.Rows) != 1 {
		b.Errorf("a look shows %v", v.Rows)
	}
	b.People.Delete(b, id)
	if gone, err := b.Connector.Gone(b.Context(), id, stays); len(gone) > 0 {
		b.Errorf("of an issue that cannot be read %v is gone (%v)", gone, err)
	}
}
