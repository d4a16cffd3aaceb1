package engine_test

import (
	"context"
	"iter"
	"strings"
	"testing"

	"example.com/accord/connector"
	"example.com/accord/issue"
	"example.com/accord/memory"
)

// A project is what a participant shows of a site with several: issues of the
// tracker by the ids that they have on the site, each while it is in the project.
type project struct {
	*memory.Tracker
	name issue.Participant
	at   func(id string) issue.Participant // where an issue of the tracker is
}

func (p project) Site() string { return "one" }

// Read shows as outside what is in another project.
func (p project) Read(ctx context.Context, ids ...string) iter.Seq2[issue.View, error] {
	return func(yield func(issue.View, error) bool) {
		for v, err := range p.Tracker.Read(ctx, ids...) {
			v.Ref.Participant = p.name
			if err == nil && v.State == issue.Present && p.at(v.Ref.ID) != p.name {
				v = issue.View{Ref: v.Ref, Key: v.Key, Created: v.Created, Looked: v.Looked, Clock: v.Clock, State: issue.Outside}
			}
			if !yield(v, err) {
				return
			}
		}
	}
}

// TestMovedBetweenParticipants: an original is moved into the project of another
// participant on its site. It starts no second link: where the link has an issue
// already it stays out of step, with a note, until it is moved back; where the
// link has none it is that one.
func TestMovedBetweenParticipants(t *testing.T) {
	for name, readOnly := range map[string]bool{"where it has a copy": false, "where it has none": true} {
		t.Run(name, func(t *testing.T) {
			inBed(t, func(b *bed) {
				b.a.Hook, b.b.Hook = nil, nil
				b.a.Create("ann", issue.Document{summary: issue.Scalar("before")}) // so that ids of the sites differ
				where := map[string]issue.Participant{}
				at := func(id string) issue.Participant { return where[id] }
				c := project{b.a, "c", at}
				b.engine.Connectors = map[issue.Participant]connector.Connector{"a": project{b.a, "a", at}, "b": b.b, "c": c}
				b.engine.Rules.Order = []issue.Participant{"a", "b", "c"}
				eye := b.engine.Rules.Eyes["a"]
				eye.ReadOnly = readOnly
				b.engine.Rules.Eyes["c"] = eye
				turn := func(ref issue.Ref) {
					b.Helper()
					if err := b.engine.Turn(b.Context(), issue.Event{Ref: ref, Cause: "webhook"}); err != nil {
						b.Error(err)
					}
					b.settle()
				}
				id := b.a.Create("ann", issue.Document{summary: issue.Scalar("one")})
				where[id] = "a"
				refC := issue.Ref{Participant: "c", ID: id}
				turn(refA(id))
				for _, made := range b.a.Marked(refA(id)) {
					where[made] = "c"
				}
				turn(refA(id))
				before := len(b.a.IDs()) + len(b.b.IDs())

				where[id] = "c"
				b.a.Edit("ann", id, summary, issue.Scalar("moved"))
				turn(refC)
				turn(refA(id))
				if now := len(b.a.IDs()) + len(b.b.IDs()); now != before {
					b.Errorf("%d issues were made", now-before)
				}
				l := b.link(refA(id))
				if l.Sides["a"].State != issue.Outside {
					b.Errorf("where it was it is %q", l.Sides["a"].State)
				}
				notes := strings.Join(b.notes(l.ID), "; ")
				other := l.Sides["b"].Ref.ID
				if readOnly {
					b.shows(b.b, other, summary, issue.Scalar("one")) // both said something: a person is asked
					if l.Sides["c"].Ref != refC || len(l.Held[summary].Claims) != 1 {
						b.Errorf("c has %v, held is %v, notes: %s", l.Sides["c"].Ref, l.Held, notes)
					}
					return
				}
				if !strings.Contains(notes, "was moved here from a") || l.Sides["c"].Ref == refC {
					b.Errorf("c has %v, notes: %s", l.Sides["c"].Ref, notes)
				}
				b.shows(b.b, other, summary, issue.Scalar("one"))
				where[id] = "a"
				turn(refA(id))
				b.shows(b.b, other, summary, issue.Scalar("moved"))
			})
		})
	}
}
