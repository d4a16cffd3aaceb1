package aws_test

import (
	"fmt"
	"testing"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"github.com/google/go-cmp/cmp"
)

// TestIDs: the lists say what the links are.
func TestIDs(t *testing.T) {
	store := aws.StoreOn(newShelf(), memory.NewBlobs())
	for i := range 250 {
		id := issue.Ref{Participant: issue.Participant(fmt.Sprint("p", i%3)), ID: fmt.Sprint(i)}
		l := issue.Link{ID: id, Sides: map[issue.Participant]issue.Side{id.Participant: {Ref: id}}}
		if i%2 == 0 {
			l.Held = held("summary")
		}
		if i%5 == 0 {
			l.Sides["q"] = issue.Side{Sent: []issue.Sent{{Turn: "t"}}, Tried: map[issue.Place]issue.Try{{Field: "x"}: {Why: "no"}}}
		}
		if err := store.Commit(t.Context(), issue.Link{}, l, durable.Record{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []durable.Filter{{}, {Held: true}, {Refused: true}, {Open: true}, {After: issue.Ref{Participant: "p1", ID: "7"}}, {Held: true, Limit: 7}} {
		var want, got []issue.Ref
		for l, err := range store.Links(t.Context(), f) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, l.ID)
		}
		for id, err := range store.IDs(t.Context(), f) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, id)
		}
		if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
			t.Errorf("%+v (-links +ids):\n%s", f, diff)
		}
	}
}
