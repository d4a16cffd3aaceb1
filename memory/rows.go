package memory

import (
	"context"
	"maps"
	"slices"

	"example.com/accord/issue"
)

// rows writes creates by birth, then edits, then deletions.
func (w *writing) rows(ctx context.Context) {
	ps := slices.DeleteFunc(slices.Collect(maps.Keys(w.change.Patch)), func(p issue.Place) bool { return p.Row == (issue.Ref{}) })
	slices.SortFunc(ps, func(a, b issue.Place) int {
		if c := w.step(a) - w.step(b); c != 0 {
			return c
		}
		if c := w.change.Rows[a].Created.Compare(w.change.Rows[b].Created); c != 0 {
			return c
		}
		return a.Compare(b)
	})
	for _, p := range w.taken(ps) {
		if !w.may(p) {
			continue
		}
		if w.step(p) == 0 {
			w.addRow(ctx, p)
		} else {
			w.changeRow(ctx, p)
		}
	}
}

// step is 0 for a row to create, 1 to edit, 2 to remove.
func (w *writing) step(p issue.Place) int {
	switch {
	case w.change.Patch[p] == nil:
		return 2
	case w.change.From[p] == nil:
		return 0
	}
	return 1
}

func (w *writing) mark(p issue.Place) issue.RowMark {
	return issue.RowMark{Row: p.Row, Issue: w.change.On.ID, Turn: w.change.Turn}
}

func (w *writing) addRow(ctx context.Context, p issue.Place) {
	at, err := call(ctx, w.Tracker, "row", func() issue.RowAt {
		k := w.tickets[w.change.On.ID]
		if k == nil || k.state != issue.Present {
			return issue.RowAt{}
		}
		parts, _ := w.change.Patch[p].(issue.Row)
		w.tally.Writes++
		r := w.say(k, account(w.change.Turn), p.Field, parts, w.mark(p))
		return issue.RowAt{ID: r.id, Version: r.stamp(), Created: w.change.Rows[p].Created}
	})
	switch {
	case err != nil:
		w.failed(err, p)
	case at.ID == "":
		w.reply(issue.NotDone, "the issue cannot be found", p)
	default:
		w.reply(issue.Done, "", p)
		w.out.Rows[p] = at
	}
}

// changeRow looks at a row and, if it is as the plan saw it, edits or removes
// it. Between the two anybody can edit it, and no trace of that stays.
func (w *writing) changeRow(ctx context.Context, p issue.Place) {
	at, id := w.change.Rows[p], w.change.On.ID
	seen, err := call(ctx, w.Tracker, "row look", func() *remark {
		if k := w.tickets[id]; k != nil && k.state == issue.Present {
			if r := k.remark(at.ID); r != nil {
				copied := *r
				return &copied
			}
		}
		return nil
	})
	switch {
	case err != nil:
		w.reply(issue.NotDone, "it could not be looked at", p)
		w.failed(err, p)
		return
	case seen == nil && w.change.Patch[p] == nil:
		w.reply(issue.Done, "", p)
		return
	case seen == nil || at.Version != "" && seen.stamp() != at.Version || !issue.Same(seen.shown(), w.change.From[p]):
		w.reply(issue.NotDone, "it is not as it was", p)
		return
	}
	if !w.may(p) {
		return
	}
	if w.Gap != nil {
		w.Gap(id, issue.Place{Field: p.Field, Row: issue.Ref{Participant: w.Name, ID: at.ID}})
	}
	version, err := call(ctx, w.Tracker, "row", func() string { return w.cover(p, *seen) })
	switch {
	case err != nil:
		w.failed(err, p)
	case w.change.Patch[p] == nil:
		w.reply(issue.Done, "", p)
	case version == "":
		w.reply(issue.NotDone, "it is gone", p)
	default:
		w.reply(issue.Done, "", p)
		w.out.Rows[p] = issue.RowAt{ID: at.ID, Version: version, Created: at.Created}
	}
}

// cover edits or removes the row that was seen, whatever it is by now; a row
// that is gone has no version.
func (w *writing) cover(p issue.Place, seen remark) (version string) {
	k := w.tickets[w.change.On.ID]
	if k == nil || k.state != issue.Present {
		return ""
	}
	r := k.remark(seen.id)
	if r == nil {
		return ""
	}
	if r.version != seen.version {
		local := issue.Place{Field: p.Field, Row: issue.Ref{Participant: w.Name, ID: r.id}}
		w.tally.Gaps = append(w.tally.Gaps, Overrun{k.id, local, r.shown()})
	}
	w.tally.Writes++
	parts, _ := w.change.Patch[p].(issue.Row)
	if parts == nil {
		w.unsay(k, r)
		return ""
	}
	w.rewrite(k, r, account(w.change.Turn), parts)
	r.mark = w.mark(p)
	return r.stamp()
}
