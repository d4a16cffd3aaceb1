// Package contract holds the promises of the two seams as test suites. Only
// tests import it.
package contract

import (
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// A Rig is a connector to test and the hands of people at its tracker.
type Rig struct {
	Connector   connector.Connector
	Participant issue.Participant
	People      People
	Settle      func() // lets index and changelog catch up; nil: they never lag

	// The fields are "summary" (a scalar), "description" (a text), "labels" (a
	// set), "priority" (a scalar), "status" and "comments" (rows with a body).
	Status  [3]string    // a new issue stands at the first; the last is reached over the second alone
	Refused issue.Scalar // a priority that the tracker does not take
	Fine    issue.Scalar // one that it takes and that no new issue has

	Events     connector.Events            // nil: webhooks are not tested here
	Deliveries func() []connector.Delivery // those sent since it was last called
	Forge      func(connector.Delivery) connector.Delivery
}

// People is what people do at a tracker.
type People interface {
	Create(t testing.TB, doc issue.Document) (id string)
	Edit(t testing.TB, id string, p issue.Place, v issue.Value)
	Comment(t testing.TB, id, text string) (row string)
	EditComment(t testing.TB, id, row, text string)
	DeleteComment(t testing.TB, id, row string)
	Delete(t testing.TB, id string)
}

// Connector tests what a [connector.Connector] promises. Open makes a fresh
// tracker and calls check with it, in a bubble of testing/synctest if it likes.
func Connector(t *testing.T, open func(t *testing.T, check func(*testing.T, Rig))) {
	for name, check := range map[string]func(*bench){
		"reads many":                          readsMany,
		"tells what is missing":               tellsMissing,
		"tells the changelog":                 tellsChangelog,
		"writes fields":                       writesFields,
		"tells what it overwrote":             tellsOverwritten,
		"writes sets by verbs":                writesSets,
		"refuses one field alone":             refusesOne,
		"walks the workflow":                  walksWorkflow,
		"starts no call too late":             startsNoneLate,
		"creates with a mark":                 createsMarked,
		"creates without what is refused":     createsWithoutRefused,
		"marks what is there":                 marksWhatIsThere,
		"finds nothing that is not ours":      findsOursOnly,
		"walks what we made":                  walksMade,
		"shows rows":                          showsRows,
		"creates rows with marks, in order":   createsRows,
		"edits and removes rows":              editsRows,
		"leaves a row that changed":           leavesChangedRow,
		"proves that rows are gone":           provesGone,
		"walks what changed":                  walksChanged,
		"walks on from any page":              walksOn,
		"shows what Canon says":               showsCanon,
		"hears webhooks":                      hearsWebhooks,
		"knows a forged webhook":              knowsForged,
		"speaks of webhooks it does not read": refusesUnreadable,
	} {
		t.Run(name, func(t *testing.T) {
			open(t, func(t *testing.T, r Rig) {
				if r.Settle == nil {
					r.Settle = func() {}
				}
				check(&bench{t, r})
			})
		})
	}
}

// A bench is one check at work.
type bench struct {
	*testing.T
	Rig
}

var (
	summary     = issue.Place{Field: "summary"}
	description = issue.Place{Field: "description"}
	labels      = issue.Place{Field: "labels"}
	priority    = issue.Place{Field: "priority"}
	status      = issue.Place{Field: "status"}
)

// see looks at one issue, as it is now.
func (b *bench) see(id string) issue.View {
	b.Helper()
	b.Settle()
	vs := b.seeAll(id)
	if len(vs) != 1 {
		b.Fatalf("Read(%s) yields %d views", id, len(vs))
	}
	return vs[0]
}

func (b *bench) seeAll(ids ...string) (vs []issue.View) {
	b.Helper()
	for v, err := range b.Connector.Read(b.Context(), ids...) {
		if err != nil {
			b.Fatalf("Read(%v): %v", ids, err)
		}
		vs = append(vs, v)
	}
	return vs
}

// change is a change of what v shows.
func (b *bench) change(v issue.View, turn string, patch issue.Document) issue.Change {
	c := issue.Change{On: v.Ref, Link: v.Ref, Turn: turn, Patch: patch, From: issue.Document{}, Rows: map[issue.Place]issue.RowAt{}}
	c.Start = time.Now().Add(time.Minute)
	for p := range patch {
		if was, ok := v.Doc[p]; ok {
			c.From[p] = was
		}
	}
	return c
}

// write carries out a change and wants every place of it answered.
func (b *bench) write(c issue.Change) connector.Receipt {
	b.Helper()
	r, err := b.Connector.Write(b.Context(), c)
	if err != nil {
		b.Fatalf("Write: %v", err)
	}
	for p := range c.Patch {
		if _, ok := r.Replies[p]; !ok {
			b.Fatalf("Write does not answer %s: %v", p, r.Replies)
		}
	}
	return r
}

// done wants everything of a change to be done.
func (b *bench) done(c issue.Change) connector.Receipt {
	b.Helper()
	r := b.write(c)
	for p, reply := range r.Replies {
		if reply.State != issue.Done {
			b.Fatalf("Write of %s is %q: %s", p, reply.State, reply.Why)
		}
	}
	return r
}

// shows wants an issue to show v at p.
func (b *bench) shows(id string, p issue.Place, want issue.Value) {
	b.Helper()
	if got := b.see(id).Doc[p]; !issue.Same(got, want) {
		b.Errorf("%s shows %v, want %v", p, got, want)
	}
}

// create lets a person make an issue.
func (b *bench) create(name string) string {
	b.Helper()
	return b.People.Create(b, issue.Document{summary: issue.Scalar(name)})
}
