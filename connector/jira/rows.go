package jira

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"example.com/accord/issue"
)

// rows writes comments: creates in the order of their birth, then edits, then
// deletions.
func (w *writing) rows(ctx context.Context) {
	var created, edited, removed []issue.Place
	for _, at := range w.places() {
		switch {
		case w.fields[at.Field].Type != Comments:
		case w.c.Patch[at] == nil:
			removed = append(removed, at)
		case w.c.From[at] == nil:
			created = append(created, at)
		default:
			edited = append(edited, at)
		}
	}
	slices.SortStableFunc(created, func(a, b issue.Place) int {
		return cmp.Or(w.c.Rows[a].Created.Compare(w.c.Rows[b].Created), a.Compare(b))
	})
	for _, at := range created {
		w.comment(ctx, w.call(http.MethodPost, "/issue/{}/comment", nil, w.c.On.ID), at)
	}
	for _, at := range edited {
		if why := w.p.c.dialect.losesFile(w.c.From[at], w.c.Patch[at]); why != "" {
			w.reply(issue.Refused, why, at)
		} else if w.stands(ctx, at) {
			w.comment(ctx, w.call(http.MethodPut, "/issue/{}/comment/{}", nil, w.c.On.ID, w.c.Rows[at].ID), at)
		}
	}
	for _, at := range removed {
		if w.stands(ctx, at) {
			w.settle(w.do(ctx, w.call(http.MethodDelete, "/issue/{}/comment/{}", nil, w.c.On.ID, w.c.Rows[at].ID), nil), at)
		}
	}
}

// comment writes one comment, with the mark as its property in the same call.
func (w *writing) comment(ctx context.Context, c call, at issue.Place) {
	row, _ := w.c.Patch[at].(issue.Row)
	body, _ := row["body"].(issue.Text)
	c.body = map[string]any{
		"body":       w.p.c.dialect.encode(body.Doc),
		"properties": []map[string]any{{"key": markKey, "value": issue.RowMark{Row: at.Row, Issue: w.c.On.ID, Turn: w.c.Turn}}},
	}
	var made commentJSON
	if w.settle(w.do(ctx, c, &made), at) == issue.Done {
		w.receipt.Rows[at] = issue.RowAt{ID: string(made.ID), Version: made.version(), Created: w.c.Rows[at].Created}
	}
}

// stands looks at a row just before it is written and reports whether it is as
// it was when the write was planned; if not, it is not written. Nothing closes
// the gap between this look and the write: docs/JIRA.md "Comments".
func (w *writing) stands(ctx context.Context, at issue.Place) bool {
	var now commentJSON
	if err := w.do(ctx, w.look("/issue/{}/comment/{}", w.c.On.ID, w.c.Rows[at].ID), &now); err != nil {
		w.spare(err, at)
		return false
	}
	row, _ := w.c.From[at].(issue.Row)
	was, _ := row["body"].(issue.Text)
	is, err := w.p.c.dialect.decodeText(now.Body)
	version := w.c.Rows[at].Version
	if now.restricted() {
		// Written without its visibility it might be seen by more than before.
		w.reply(issue.NotDone, "it is not for everybody any more", at)
		return false
	}
	if err != nil || !is.Equal(was.Doc) || version != "" && version != now.version() {
		w.reply(issue.NotDone, "it was changed meanwhile", at)
		return false
	}
	return true
}
