package memory

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

// A Store is a [durable.Store] in memory. A copy of it shares what it
// remembers and may have a Fault of its own: so one worker of several crashes.
type Store struct {
	// Fault is asked before each operation takes effect, with its name in lower
	// case, such as "commit", and after it, with "commit done". An error is
	// what the operation returns: before, nothing happened; after, all of it
	// did. It is called without a lock held, so it may wait. Nil never fails.
	Fault func(op string) error

	*stored
}

type stored struct {
	mu      sync.Mutex
	links   map[issue.Ref]issue.Link // by ID
	refs    map[issue.Ref]issue.Ref  // ID or Ref of a side → ID
	history map[issue.Ref][]durable.Record
	states  map[string]durable.State
}

var _ durable.Store = (*Store)(nil)

// NewStore returns an empty store.
func NewStore() *Store {
	return &Store{stored: &stored{
		links: map[issue.Ref]issue.Link{}, refs: map[issue.Ref]issue.Ref{},
		history: map[issue.Ref][]durable.Record{}, states: map[string]durable.State{},
	}}
}

// Copy returns a store of its own that remembers the same, as a backup does.
func (s *Store) Copy() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := NewStore()
	for id, l := range s.links {
		c.links[id], c.history[id] = cloneLink(l), slices.Clone(s.history[id])
	}
	maps.Copy(c.refs, s.refs)
	maps.Copy(c.states, s.states)
	return c
}

// Link implements [durable.Store].
func (s *Store) Link(ctx context.Context, ref issue.Ref) (l issue.Link, err error) {
	err = faulty(ctx, s.Fault, "link", &s.mu, func() error {
		id, ok := s.refs[ref]
		if !ok {
			return fmt.Errorf("link of %s: %w", ref, durable.ErrNotFound)
		}
		l = cloneLink(s.links[id])
		return nil
	})
	return l, err
}

// Links implements [durable.Store].
func (s *Store) Links(ctx context.Context, f durable.Filter) iter.Seq2[issue.Link, error] {
	return func(yield func(issue.Link, error) bool) {
		var found []issue.Link
		err := faulty(ctx, s.Fault, "links", &s.mu, func() error {
			for _, id := range slices.SortedFunc(maps.Keys(s.links), issue.Ref.Compare) {
				if l := s.links[id]; f.Match(l) && (f.Limit == 0 || len(found) < f.Limit) {
					found = append(found, cloneLink(l))
				}
			}
			return nil
		})
		each(found, err, yield)
	}
}

// Commit implements [durable.Store].
func (s *Store) Commit(ctx context.Context, before, after issue.Link, r durable.Record) error {
	return faulty(ctx, s.Fault, "commit", &s.mu, func() error {
		if before.Revision != 0 && before.ID != after.ID {
			return fmt.Errorf("commit %s: it was %s before", after.ID, before.ID)
		}
		if stored := s.links[after.ID].Revision; stored != before.Revision {
			return fmt.Errorf("commit %s at revision %d, stored is %d: %w", after.ID, before.Revision, stored, durable.ErrStale)
		}
		refs := durable.Refs(after)
		for _, ref := range refs {
			if id, ok := s.refs[ref]; ok && id != after.ID {
				return fmt.Errorf("commit %s: %s is part of link %s: %w", after.ID, ref, id, durable.ErrTaken)
			}
		}
		for _, ref := range durable.Refs(s.links[after.ID]) {
			delete(s.refs, ref)
		}
		for _, ref := range refs {
			s.refs[ref] = after.ID
		}
		after = cloneLink(after)
		after.Revision = before.Revision + 1
		s.links[after.ID] = after
		s.history[after.ID] = append(s.history[after.ID], r)
		return nil
	})
}

// History implements [durable.Store].
func (s *Store) History(ctx context.Context, link issue.Ref) iter.Seq2[durable.Record, error] {
	return func(yield func(durable.Record, error) bool) {
		var found []durable.Record
		err := faulty(ctx, s.Fault, "history", &s.mu, func() error {
			found = slices.Clone(s.history[link])
			slices.Reverse(found)
			return nil
		})
		each(found, err, yield)
	}
}

// State implements [durable.Store].
func (s *Store) State(ctx context.Context, name string) (st durable.State, err error) {
	err = faulty(ctx, s.Fault, "state", &s.mu, func() error {
		st = s.states[name]
		st.Name, st.Value = name, slices.Clone(st.Value)
		return nil
	})
	return st, err
}

// States implements [durable.Store].
func (s *Store) States(ctx context.Context, prefix string) iter.Seq2[durable.State, error] {
	return func(yield func(durable.State, error) bool) {
		var found []durable.State
		err := faulty(ctx, s.Fault, "states", &s.mu, func() error {
			for _, st := range s.states {
				if strings.HasPrefix(st.Name, prefix) {
					st.Value = slices.Clone(st.Value)
					found = append(found, st)
				}
			}
			slices.SortFunc(found, func(a, b durable.State) int { return cmp.Compare(a.Name, b.Name) })
			return nil
		})
		each(found, err, yield)
	}
}

// SetState implements [durable.Store].
func (s *Store) SetState(ctx context.Context, st durable.State) error {
	return faulty(ctx, s.Fault, "setstate", &s.mu, func() error {
		if len(st.Value) > durable.MaxState {
			return fmt.Errorf("set state %s: %d bytes, at most %d may be", st.Name, len(st.Value), durable.MaxState)
		}
		if stored := s.states[st.Name].Revision; stored != st.Revision {
			return fmt.Errorf("set state %s at revision %d, stored is %d: %w", st.Name, st.Revision, stored, durable.ErrStale)
		}
		if st.Value == nil {
			delete(s.states, st.Name)
			return nil
		}
		st.Value, st.Revision, st.Changed = slices.Clone(st.Value), st.Revision+1, time.Now()
		s.states[st.Name] = st
		return nil
	})
}

// cloneLink copies all that could be changed in place; values are shared.
func cloneLink(l issue.Link) issue.Link {
	l.Agreed, l.Said, l.Held, l.Sides = maps.Clone(l.Agreed), maps.Clone(l.Said), maps.Clone(l.Held), maps.Clone(l.Sides)
	for p, side := range l.Sides {
		side.Shown, side.Base = maps.Clone(side.Shown), maps.Clone(side.Base)
		side.Rows, side.Tried = maps.Clone(side.Rows), maps.Clone(side.Tried)
		side.Sent = slices.Clone(side.Sent)
		for i := range side.Sent {
			side.Sent[i].Reply = maps.Clone(side.Sent[i].Reply)
		}
		l.Sides[p] = side
	}
	return l
}

// each yields all of found, or err alone.
func each[T any](found []T, err error, yield func(T, error) bool) {
	if err != nil {
		var none T
		yield(none, err)
		return
	}
	for _, x := range found {
		if !yield(x, nil) {
			return
		}
	}
}
