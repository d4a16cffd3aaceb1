package contract

import (
	"errors"
	"slices"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// walk walks what changed from a cursor to its end.
func (b *bench) walk(from connector.Cursor) (ids []string, next connector.Cursor) {
	b.Helper()
	b.Settle()
	for page, err := range b.Connector.Changed(b.Context(), from) {
		if err != nil {
			b.Fatalf("Changed: %v", err)
		}
		for _, v := range page.Views {
			ids = append(ids, v.Ref.ID)
		}
		next = page.Next
		if len(ids) > 1000 {
			b.Fatal("the walk does not end")
		}
		if page.Last {
			return ids, next
		}
	}
	b.Fatal("the walk ends without a last page")
	return nil, next
}

// holds wants each of ids to be among the found ones.
func (b *bench) holds(found []string, ids ...string) {
	b.Helper()
	for _, id := range ids {
		if !slices.Contains(found, id) {
			b.Errorf("%s is not among what changed: %v", id, found)
		}
	}
}

func walksChanged(b *bench) {
	ids := []string{b.create("one"), b.create("two"), b.create("three")}
	found, next := b.walk(connector.Cursor{})
	b.holds(found, ids...)
	b.People.Edit(b, ids[0], summary, issue.Scalar("edited"))
	found, next = b.walk(next)
	b.holds(found, ids[0])
	b.People.Comment(b, ids[1], "a comment is a change")
	found, _ = b.walk(next)
	b.holds(found, ids[1])
}

func walksOn(b *bench) {
	var ids, found []string
	for range 7 {
		ids = append(ids, b.create("at one time"))
	}
	b.Settle()
	from, pages := connector.Cursor{}, 0
	for last := false; !last; pages++ {
		if pages > 50 {
			b.Fatal("the walk does not end")
		}
		for page, err := range b.Connector.Changed(b.Context(), from) { // one page, then as another process
			if err != nil {
				b.Fatalf("Changed: %v", err)
			}
			for _, v := range page.Views {
				found = append(found, v.Ref.ID)
			}
			from, last = page.Next, page.Last
			break
		}
	}
	b.holds(found, ids...)
	if slices.Sort(found); len(slices.Compact(slices.Clone(found))) != len(found) {
		b.Errorf("a walk that is resumed yields some twice: %v", found)
	}
}

// webhook is a delivery about a person's edit.
func (b *bench) webhook() (connector.Delivery, issue.Ref) {
	b.Helper()
	if b.Events == nil {
		b.Skip("this rig has no webhooks")
	}
	id := b.create("one")
	b.Deliveries()
	b.People.Edit(b, id, summary, issue.Scalar("two"))
	b.Settle()
	ds := b.Deliveries()
	if len(ds) == 0 {
		b.Fatal("an edit sent no webhook")
	}
	return ds[len(ds)-1], issue.Ref{Participant: b.Participant, ID: id}
}

func hearsWebhooks(b *bench) {
	d, ref := b.webhook()
	evs, err := b.Rig.Events.Events(d)
	if err != nil {
		b.Fatalf("Events: %v", err)
	}
	if !slices.ContainsFunc(evs, func(ev issue.Event) bool { return ev.Ref == ref && ev.Cause == "webhook" }) {
		b.Errorf("the webhook of %s is heard as %+v", ref, evs)
	}
	b.People.Comment(b, ref.ID, "hello")
	b.Settle()
	heard := false
	for _, d := range b.Deliveries() {
		evs, err := b.Rig.Events.Events(d)
		if err != nil {
			b.Errorf("Events: %v", err)
		}
		for _, ev := range evs {
			heard = heard || ev.Ref == ref && len(ev.Rows) == 1 && ev.Rows[0].ID != "" && ev.Rows[0].By != ""
		}
	}
	if !heard {
		b.Error("no webhook of a comment names the issue and the comment")
	}
}

func knowsForged(b *bench) {
	d, _ := b.webhook()
	if b.Forge == nil {
		b.Skip("this rig has no forged webhooks")
	}
	if evs, err := b.Rig.Events.Events(b.Forge(d)); !errors.Is(err, connector.ErrForged) || len(evs) > 0 {
		b.Errorf("a forged webhook is heard as %v, %v", evs, err)
	}
}

func refusesUnreadable(b *bench) {
	d, _ := b.webhook()
	if b.Forge == nil {
		b.Skip("this rig has no forged webhooks")
	}
	d.Body = []byte("not json")
	evs, err := b.Rig.Events.Events(d)
	if len(evs) > 0 || !errors.Is(err, connector.ErrUnreadable) && !errors.Is(err, connector.ErrForged) {
		b.Errorf("an unreadable webhook is heard as %v, %v", evs, err)
	}
}
