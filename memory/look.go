package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// Site implements [connector.Connector]: every tracker is a site of its own.
func (t *Tracker) Site() string { return string(t.Name) }

// Read implements [connector.Connector]: fields and changelog in one call, the
// rows in a later one.
func (t *Tracker) Read(ctx context.Context, ids ...string) iter.Seq2[issue.View, error] {
	return func(yield func(issue.View, error) bool) {
		for _, id := range ids {
			v, err := t.look(ctx, id)
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

func (t *Tracker) look(ctx context.Context, id string) (issue.View, error) {
	began := time.Now()
	v, err := call(ctx, t, "look", func() issue.View { return t.fields(id) })
	if err != nil {
		return issue.View{}, fmt.Errorf("read %s: %w", id, err)
	}
	v.Looked = began
	if v.State != issue.Present {
		return v, nil
	}
	short := false
	if t.Call != nil {
		f := t.Call("rows")
		pause(f.Wait + f.Rest)
		if short = f.Short; f.Err != nil {
			return issue.View{}, fmt.Errorf("read rows of %s: %w", id, f.Err)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows(&v, short)
	return v, ctx.Err()
}

// fields is what a look shows of id but for its rows.
func (t *Tracker) fields(id string) issue.View {
	ref := issue.Ref{Participant: t.Name, ID: id}
	k := t.tickets[id]
	if k == nil {
		return issue.View{Ref: ref, State: issue.Missing}
	}
	v := issue.View{
		Ref: ref, Key: k.key, Mark: k.mark, Joined: k.joined, Ours: k.ours, Created: k.created, Updated: k.updated, State: k.state,
		Clock: issue.Clock{Offset: -t.Habits.Skew, Uncertainty: time.Second},
	}
	if k.state != issue.Present {
		return v
	}
	v.Doc, v.Rows = k.doc.Clone(), map[issue.Place]issue.RowSeen{}
	for _, e := range k.log {
		if !e.seen.After(time.Now()) && !(e.gone && t.Habits.Blind) {
			v.Log = append(v.Log, t.entry(e))
		}
	}
	return v
}

// entry is a changelog entry as a look shows it.
func (t *Tracker) entry(e logged) issue.Entry {
	out := e.Entry
	if t.Habits.Forgetful {
		out.Turn = ""
	}
	if t.Habits.Blind && out.Ours {
		out.From, out.Known = nil, false
	}
	out.From, out.To = t.Logged(out.Place, out.From), t.Logged(out.Place, out.To)
	return out
}

func (t *Tracker) rows(v *issue.View, short bool) {
	k := t.tickets[v.Ref.ID]
	if k == nil {
		return
	}
	for _, r := range k.remarks {
		if short && r.listed > 3 {
			short = false
			continue
		}
		r.listed++
		p := issue.Place{Field: r.field, Row: issue.Ref{Participant: t.Name, ID: r.id}}
		v.Rows[p] = issue.RowSeen{
			Version: r.stamp(), By: r.by, Ours: r.author == Account, Echo: r.by == Account,
			Created: r.created, Updated: r.updated, Mark: r.mark,
		}
		if !r.hidden {
			v.Doc[p] = r.shown()
		}
	}
}

// Gone implements [connector.Connector].
func (t *Tracker) Gone(ctx context.Context, id string, rows ...issue.Place) ([]issue.Place, error) {
	gone, err := call(ctx, t, "gone", func() (gone []issue.Place) {
		k := t.tickets[id]
		if k == nil || k.state != issue.Present {
			return nil
		}
		for _, p := range rows {
			if k.remark(p.Row.ID) == nil {
				gone = append(gone, p)
			}
		}
		return gone
	})
	if err != nil {
		return nil, fmt.Errorf("look for rows of %s: %w", id, err)
	}
	return gone, nil
}

// Find implements [connector.Connector].
func (t *Tracker) Find(ctx context.Context, link issue.Ref, since time.Time) (issue.View, error) {
	began := time.Now()
	id, err := call(ctx, t, "find", func() string {
		for _, id := range t.made { // lowest first
			k := t.tickets[id]
			born := k.created.Add(-t.Habits.Skew)
			if k.ours && k.mark == link && k.state == issue.Present && !born.Before(since) && !born.Add(t.lag(id)).After(time.Now()) {
				return id
			}
		}
		return ""
	})
	if err != nil {
		return issue.View{}, fmt.Errorf("find %s: %w", link, err)
	}
	if id == "" {
		return issue.View{State: issue.Absent, Looked: began}, nil
	}
	return t.look(ctx, id)
}

// Mark implements [connector.Connector].
func (t *Tracker) Mark(ctx context.Context, id string, link issue.Ref, joined ...issue.Ref) error {
	there, err := call(ctx, t, "mark", func() bool {
		k := t.tickets[id]
		if k == nil || k.state != issue.Present {
			return false
		}
		k.mark, k.joined = link, slices.Clone(joined)
		return true
	})
	if err == nil && !there {
		err = errors.New("it cannot be found")
	}
	if err != nil {
		return fmt.Errorf("mark %s: %w", id, err)
	}
	return nil
}

// Made implements [connector.Connector].
func (t *Tracker) Made(ctx context.Context, since time.Time) iter.Seq2[issue.View, error] {
	return func(yield func(issue.View, error) bool) {
		vs, err := call(ctx, t, "made", func() (vs []issue.View) {
			for _, id := range t.made {
				k := t.tickets[id]
				born := k.created.Add(-t.Habits.Skew)
				if k.ours && k.state == issue.Present && !born.Before(since) && !born.Add(t.lag(id)).After(time.Now()) {
					v := t.fields(id)
					vs = append(vs, issue.View{Ref: v.Ref, Key: v.Key, Mark: v.Mark, Ours: true, Created: v.Created, Looked: time.Now(), Clock: v.Clock})
				}
			}
			return vs
		})
		if err != nil {
			yield(issue.View{}, fmt.Errorf("walk what was made: %w", err))
			return
		}
		for _, v := range vs {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// Changed implements [connector.Connector]. A position is the time of the last
// change walked and the id of its issue.
func (t *Tracker) Changed(ctx context.Context, from connector.Cursor) iter.Seq2[connector.Page, error] {
	return func(yield func(connector.Page, error) bool) {
		for {
			page, err := t.page(ctx, from)
			if !yield(page, err) || err != nil || page.Last {
				return
			}
			from = page.Next
		}
	}
}

func (t *Tracker) page(ctx context.Context, from connector.Cursor) (connector.Page, error) {
	at, last, err := position(from.At)
	if err != nil {
		return connector.Page{}, err
	}
	page, err := call(ctx, t, "changed", func() connector.Page {
		found := t.changed(from.Since)
		page := connector.Page{Total: len(found), Next: from}
		for _, k := range found {
			if c := k.changed.Compare(at); from.At != "" && (c < 0 || c == 0 && !after(k.id, last)) {
				continue
			}
			if len(page.Views) == cmp.Or(t.Habits.Page, 50) {
				return page
			}
			page.Views = append(page.Views, issue.View{
				Ref: issue.Ref{Participant: t.Name, ID: k.id}, Key: k.key, Mark: k.mark, Ours: k.ours,
				Created: k.created, Updated: k.updated, Looked: time.Now(), State: k.state,
			})
			page.Next.At = k.changed.UTC().Format(time.RFC3339Nano) + " " + k.id
		}
		page.Last = true
		if page.Next.At != "" {
			page.Next.Since, _, _ = position(page.Next.At)
		}
		page.Next.At = ""
		return page
	})
	if err != nil {
		return connector.Page{}, fmt.Errorf("walk changes: %w", err)
	}
	return page, nil
}

// changed returns the present tickets that a search finds as changed since.
func (t *Tracker) changed(since time.Time) (found []*ticket) {
	for _, id := range t.made {
		k := t.tickets[id]
		indexed := !k.changed.Add(t.lag(id)).After(time.Now())
		if k.state == issue.Present && indexed && !k.changed.Before(since) {
			found = append(found, k)
		}
	}
	slices.SortFunc(found, func(a, b *ticket) int {
		return cmp.Or(a.changed.Compare(b.changed), cmp.Compare(len(a.id), len(b.id)), cmp.Compare(a.id, b.id))
	})
	return found
}

// lag is how long a change of an issue is not found.
func (t *Tracker) lag(id string) time.Duration {
	if t.Habits.Lags != nil {
		return t.Habits.Lags(id)
	}
	return t.Habits.SearchLag
}

func after(a, b string) bool {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) > 0
}

func position(at string) (time.Time, string, error) {
	if at == "" {
		return time.Time{}, "", nil
	}
	day, id, ok := strings.Cut(at, " ")
	when, err := time.Parse(time.RFC3339Nano, day)
	if !ok {
		err = errors.Join(err, errors.New("no id"))
	}
	if err != nil {
		return time.Time{}, "", fmt.Errorf("read position %q: %w", at, err)
	}
	return when, id, nil
}
