package app

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"example.com/accord/connector"
	"example.com/accord/durable"
	"example.com/accord/engine"
	"example.com/accord/issue"
)

// Resolve reads what a person calls an issue: its key, "SUP-12", or participant
// and id or key, "acme-support/10001". The Ref may hold a key in place of an id.
func (a *App) Resolve(word string) (issue.Ref, error) {
	if p, _, ok := strings.Cut(word, "/"); ok {
		ref, err := issue.ParseRef(word)
		if err == nil && ref.ID == "" {
			err = fmt.Errorf("find %s: no id or key behind the slash", word)
		}
		if err == nil && a.Engine(ref.Participant) == nil {
			err = fmt.Errorf("find %s: there is no participant %q", word, p)
		}
		if err != nil {
			return issue.Ref{}, err
		}
		return ref, nil
	}
	var fits, all []string
	var ref issue.Ref
	dash := strings.LastIndex(word, "-")
	for _, s := range a.Syncs {
		for _, p := range s.Participants {
			all = append(all, p.Project)
			if dash > 0 && strings.EqualFold(word[:dash], p.Project) {
				ref = issue.Ref{Participant: p.Name, ID: strings.ToUpper(word)}
				fits = append(fits, ref.String())
			}
		}
	}
	switch len(fits) {
	case 1:
		return ref, nil
	case 0:
		return issue.Ref{}, fmt.Errorf("find %s: no participant has this project; there are %s", word, strings.Join(all, ", "))
	}
	return issue.Ref{}, fmt.Errorf("find %s: several participants have this project; say %s", word, strings.Join(fits, " or "))
}

// Link returns the link that an issue is part of, and its engine. The ref may
// hold a key: then the site is asked for its id.
func (a *App) Link(ctx context.Context, ref issue.Ref) (issue.Link, *engine.Engine, error) {
	e := a.Engine(ref.Participant)
	if e == nil {
		return issue.Link{}, nil, fmt.Errorf("find %s: there is no participant %q", ref, ref.Participant)
	}
	l, err := a.Store.Link(ctx, ref)
	if !errors.Is(err, durable.ErrNotFound) {
		return l, e, err
	}
	for v, err := range e.Connectors[ref.Participant].Read(ctx, ref.ID) {
		if err != nil {
			return l, e, fmt.Errorf("find %s: %w", ref, err)
		}
		if v.State != issue.Present {
			return l, e, fmt.Errorf("find %s: the issue is %s", ref, v.State)
		}
		l, err := a.Store.Link(ctx, v.Ref)
		if errors.Is(err, durable.ErrNotFound) {
			err = fmt.Errorf("find %s: the issue is not kept in step yet; `accord plan` shows what would be written", ref)
		}
		return l, e, err
	}
	return l, e, fmt.Errorf("find %s: the site says nothing of it", ref)
}

// Issues yields one issue of every link of a sync, and every issue in scope that
// is in no link yet: all that a first sync would look at.
func (a *App) Issues(ctx context.Context, s *Sync) iter.Seq2[issue.Ref, error] {
	return func(yield func(issue.Ref, error) bool) {
		for l, err := range a.Store.Links(ctx, durable.Filter{}) {
			ref := s.Engine.Address(l)
			if _, ours := s.Engine.Connectors[ref.Participant]; err == nil && !ours {
				continue
			}
			if !yield(ref, err) || err != nil {
				return
			}
		}
		for _, p := range s.Participants {
			for ref, err := range a.unlinked(ctx, s.Engine.Connectors[p.Name]) {
				if !yield(ref, err) || err != nil {
					return
				}
			}
		}
	}
}

// unlinked walks the issues of one participant that are in no link.
func (a *App) unlinked(ctx context.Context, c connector.Connector) iter.Seq2[issue.Ref, error] {
	return func(yield func(issue.Ref, error) bool) {
		for page, err := range c.Changed(ctx, connector.Cursor{}) {
			if err != nil {
				yield(issue.Ref{}, err)
				return
			}
			for _, v := range page.Views {
				_, err := a.Store.Link(ctx, v.Ref)
				if err == nil {
					continue
				}
				if errors.Is(err, durable.ErrNotFound) {
					err = nil
				}
				if !yield(v.Ref, err) || err != nil {
					return
				}
			}
			if page.Last {
				return
			}
		}
	}
}
