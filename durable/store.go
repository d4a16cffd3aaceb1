// Package durable is the seam to what outlives a process: the store, the queue
// and the blobs.
package durable

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"time"

	"example.com/accord/issue"
)

// Errors that the callers tell apart.
var (
	ErrNotFound = errors.New("not found")
	ErrStale    = errors.New("the stored revision has moved on")  // start again from what is stored
	ErrTaken    = errors.New("the issue belongs to another link") // wrapped with that link
	ErrFull     = errors.New("the queue is full")
)

// A Store remembers links, what was done about them, and small named records.
type Store interface {
	// Link returns the link that has ref as its ID or as the Ref of a side, or ErrNotFound.
	Link(ctx context.Context, ref issue.Ref) (issue.Link, error)

	// Links yields the links that match f, in the order of their IDs.
	Links(ctx context.Context, f Filter) iter.Seq2[issue.Link, error]

	// Commit saves after and appends the record in one transaction, and writes
	// only what differs from before. The stored revision becomes
	// before.Revision + 1, whatever after says. It returns ErrStale unless the
	// stored revision is before.Revision (0: no link is stored yet), and
	// ErrTaken if a Ref of after is a side of another link.
	Commit(ctx context.Context, before, after issue.Link, r Record) error

	// History yields the records of a link, newest first.
	History(ctx context.Context, link issue.Ref) iter.Seq2[Record, error]

	// State returns a named record; one that was never set has revision 0 and no value.
	State(ctx context.Context, name string) (State, error)

	// States yields the records whose names begin with prefix, by name.
	States(ctx context.Context, prefix string) iter.Seq2[State, error]

	// SetState saves s unless the stored revision is not s.Revision: then
	// ErrStale. The stored revision becomes s.Revision + 1. A nil value removes
	// the record; its revision is 0 again.
	SetState(ctx context.Context, s State) error
}

// A Filter selects links. The zero Filter selects all.
type Filter struct {
	Held    bool      // only those with a held field
	Refused bool      // only those with a refused field
	Open    bool      // only those with a write whose end is not known
	After   issue.Ref // only those whose ID comes after
	Limit   int       // at most so many; 0 means all
}

// A Lister is a Store that can name links without reading them.
type Lister interface {
	// IDs yields the IDs of the links that [Store.Links] would yield. Of Held,
	// Refused and Open at most one is asked for.
	IDs(ctx context.Context, f Filter) iter.Seq2[issue.Ref, error]
}

// MaxState is the largest value of a State, in bytes.
const MaxState = 64 << 10

// Match reports whether f selects l, but for Limit.
func (f Filter) Match(l issue.Link) bool {
	held, refused, open := Standing(l)
	return (held || !f.Held) && (refused || !f.Refused) && (open || !f.Open) &&
		(f.After == issue.Ref{} || l.ID.Compare(f.After) > 0)
}

// Standing says what is not settled about l: whether a field is held, whether
// one is refused somewhere, and whether a write's end is not known.
func Standing(l issue.Link) (held, refused, open bool) {
	for _, s := range l.Sides {
		for _, try := range s.Tried {
			refused = refused || try.Refused()
		}
		open = open || len(s.Sent) > 0
	}
	return len(l.Held) > 0, refused, open
}

// A State is a small named record: a cursor, a pause, a hook, a lease, a counter.
type State struct {
	Name     string          // such as "sweep/acme-support"
	Value    json.RawMessage // at most MaxState
	Revision int64           // of the last read
	Changed  time.Time       // set by the store
}

// A Record is one commit of a link, as its history tells it.
type Record struct {
	At        time.Time                                         `json:"at"`
	Turn      string                                            `json:"turn,omitempty"`
	Event     issue.Event                                       `json:"event"`               // what caused it
	Agreed    issue.Document                                    `json:"agreed,omitempty"`    // patch of what is agreed
	Changes   []issue.Change                                    `json:"changes,omitempty"`   // begun by this commit
	Replies   map[issue.Participant]map[issue.Place]issue.Reply `json:"replies,omitempty"`   // of a second commit
	Claims    map[issue.Place][]issue.Claim                     `json:"claims,omitempty"`    // heard by this turn
	Overruled map[issue.Place][]issue.Claim                     `json:"overruled,omitempty"` // lost under a policy or a decision
	Note      string                                            `json:"note,omitempty"`      // for people
}

// Refs returns the refs that belong to l, each once, in order: its ID and those
// of its sides that are known.
func Refs(l issue.Link) []issue.Ref {
	refs := []issue.Ref{l.ID}
	for _, s := range l.Sides {
		if s.Ref.ID != "" {
			refs = append(refs, s.Ref)
		}
	}
	slices.SortFunc(refs, issue.Ref.Compare)
	return slices.Compact(refs)
}
