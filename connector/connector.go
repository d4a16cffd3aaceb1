// Package connector is the seam to the trackers: what the engine asks of one.
package connector

import (
	"context"
	"iter"
	"time"

	"example.com/accord/issue"
)

// A Connector speaks for one participant. Its methods may be called from many
// goroutines. Places carry the sync's field names; values are own words.
// Connectors of one site share client, limiter, metadata and hook.
type Connector interface {
	// Site names the site. Participants of one show an issue by the same id, each
	// while it is in its project.
	Site() string

	// Read looks at issues by id, as many a call as the tracker allows, and
	// yields one View for each id, in any order. A look reads the changelog in
	// the same call as the fields or before them, rows with or after them. An
	// issue that cannot be shown is a View whose State says how; an error ends
	// the sequence and speaks of the ids not yet yielded.
	Read(ctx context.Context, ids ...string) iter.Seq2[issue.View, error]

	// Find looks for the issue that carries the mark of link, among those that
	// our account created since; of several it is the lowest id. If there is
	// none, State is Absent and Looked is when the search began.
	Find(ctx context.Context, link issue.Ref, since time.Time) (issue.View, error)

	// Mark leaves the mark of link on an issue that exists, with the issues that
	// a person made one with it, itself among them. It may be left again.
	Mark(ctx context.Context, id string, link issue.Ref, joined ...issue.Ref) error

	// Made walks the issues in scope that our account created at or after since
	// (zero: ever), oldest first; one may come twice. Its views are hints: Ref,
	// Key, Created, Clock. Where one lacks its Mark, Read shows it. A search is
	// behind: of the last minutes some may be missing.
	Made(ctx context.Context, since time.Time) iter.Seq2[issue.View, error]

	// Write carries out c in the order of ARCHITECTURE.md "The writes of one
	// side". It looks at a row just before it edits or deletes it, not
	// atomically. It returns an error only if no reply at all is known.
	Write(ctx context.Context, c issue.Change) (Receipt, error)

	// Changed walks the issues in scope that changed at or after the cursor,
	// oldest first; issues of one time are neither skipped nor walked for ever.
	// Its views may lack Doc, Rows and Log: they are hints.
	Changed(ctx context.Context, from Cursor) iter.Seq2[Page, error]

	// Gone says which of these rows (by local id, as in View.Rows) are gone: a
	// GET by the row's id says 404 while the issue can be read.
	Gone(ctx context.Context, id string, rows ...issue.Place) ([]issue.Place, error)

	// Canon returns what Read would show of d once it were written: without
	// what this tracker lacks, in the form it stores the rest. It is pure, and
	// Canon(Canon(d)) equals Canon(d).
	Canon(d issue.Document) issue.Document

	// Logged returns what the changelog would show of v at p. It is pure. If
	// the From of an own entry is Logged of what was shown, nothing was overwritten.
	Logged(p issue.Place, v issue.Value) issue.Value
}

// A Receipt says what became of a Change.
type Receipt struct {
	Ref     issue.Ref                   // the issue; set by a create
	Key     string                      // what people call it; set by a create
	Replies map[issue.Place]issue.Reply // missing: Unknown
	Rows    map[issue.Place]issue.RowAt // rows created or edited, by birth
	Wait    time.Duration               // over 0: the tracker is busy; look again after that
}

// A Cursor is a point in the walk over what changed. The zero Cursor begins at
// the beginning of time.
type Cursor struct {
	Since time.Time `json:"since"`        // by our clock: changed at or after
	At    string    `json:"at,omitempty"` // the connector's own position; empty at the start of a walk
}

// A Page is one step of a walk.
type Page struct {
	Views []issue.View
	Next  Cursor // continues the walk after this page, also in another process
	Total int    // issues in the whole walk, as estimated by the tracker; 0: not told
	Last  bool   // the walk has caught up; Next.Since is where the next walk begins
}

// Events reads webhooks. It is its own small interface, so that the function
// that hears reaches no REST client.
type Events interface {
	// Events says whether a delivery is authentic and which issues it is about,
	// at every participant of the site. Errors: ErrForged, ErrUnreadable.
	Events(d Delivery) ([]issue.Event, error)
}
