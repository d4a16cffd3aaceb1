package aws_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
)

// image is an item as the stream of a table writes it.
func image(t *testing.T, a attributes) (out aws.Image) {
	t.Helper()
	var value func(types.AttributeValue) any
	value = func(v types.AttributeValue) any {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			return map[string]any{"S": v.Value}
		case *types.AttributeValueMemberN:
			return map[string]any{"N": v.Value}
		case *types.AttributeValueMemberL:
			var l []any
			for _, e := range v.Value {
				l = append(l, value(e))
			}
			return map[string]any{"L": l}
		}
		t.Fatalf("no item has a %T", v)
		return nil
	}
	doc := map[string]any{"other": map[string]any{"M": map[string]any{}}}
	for name, v := range a {
		doc[name] = value(v)
	}
	b, err := json.Marshal(doc)
	if err == nil && len(a) > 0 {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// told carries out do and returns the news of all items that it changes.
func told(t *testing.T, h *shelf, do func()) (news []aws.News) {
	t.Helper()
	was := maps.Clone(h.items)
	do()
	keys := maps.Clone(was)
	maps.Copy(keys, h.items)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		n, ok, err := aws.ReadNews(image(t, was[key]), image(t, h.items[key]))
		if err != nil {
			t.Fatal(err)
		}
		if ok && !cmp.Equal(was[key], h.items[key], cmp.AllowUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberL{})) {
			news = append(news, n)
		}
	}
	return news
}

func held(fields ...string) map[issue.Place]issue.Held {
	out := map[issue.Place]issue.Held{}
	for _, f := range fields {
		out[issue.Place{Field: f}] = issue.Held{Claims: []issue.Claim{{By: "acme"}, {By: "beta"}}}
	}
	return out
}

func TestNewsOfCommits(t *testing.T) {
	h := newShelf()
	store := aws.StoreOn(h, memory.NewBlobs())
	summary := issue.Place{Field: "summary"}
	id := issue.Ref{Participant: "acme", ID: "1"}
	sides := func(tried map[issue.Place]issue.Try) map[issue.Participant]issue.Side {
		return map[issue.Participant]issue.Side{"acme": {Ref: id, Key: "A-1"}, "beta": {Ref: issue.Ref{Participant: "beta", ID: "9"}, Tried: tried}}
	}
	keys := map[string]string{"acme": "A-1"}
	last := issue.Link{}
	for _, c := range []struct {
		reason string
		link   issue.Link
		record durable.Record
		want   aws.News
	}{
		{"a link is new", issue.Link{ID: id, Sides: sides(nil)}, durable.Record{}, aws.News{New: true}},
		{"fields are held", issue.Link{ID: id, Sides: sides(nil), Held: held("summary", "status")}, durable.Record{}, aws.News{Held: []string{"status", "summary"}}},
		{"one of them is no news again", issue.Link{ID: id, Rules: "2", Sides: sides(nil), Held: held("summary", "status", "labels")}, durable.Record{}, aws.News{Held: []string{"labels"}}},
		{"all but one are settled", issue.Link{ID: id, Sides: sides(nil), Held: held("status")}, durable.Record{}, aws.News{Settled: []string{"labels", "summary"}}},
		{
			"values are taken, refused and in doubt", issue.Link{ID: id, Held: held("status"), Sides: sides(map[issue.Place]issue.Try{summary: {Why: "too long"}, {Field: "labels"}: {Count: 2}})},
			durable.Record{Replies: map[issue.Participant]map[issue.Place]issue.Reply{
				"acme": {summary: {State: issue.Done}}, "beta": {{Field: "x"}: {State: issue.Done}, {Field: "y"}: {}, summary: {State: issue.Refused}},
			}},
			aws.News{Carried: 2, Refused: []string{"beta summary"}},
		},
		{"refused again is no news", issue.Link{ID: id, Held: held("status"), Rules: "3", Sides: sides(map[issue.Place]issue.Try{summary: {Why: "still too long"}})}, durable.Record{}, aws.News{}},
	} {
		got := told(t, h, func() {
			if err := store.Commit(t.Context(), last, c.link, c.record); err != nil {
				t.Fatal(err)
			}
		})
		last = c.link
		last.Revision = got[0].Revision
		c.want.Link, c.want.Keys, c.want.Revision = id, keys, last.Revision
		if diff := cmp.Diff([]aws.News{c.want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.reason, diff)
		}
	}
	if last.Revision != 6 {
		t.Errorf("revision %d after 6 commits", last.Revision)
	}
	if got := told(t, h, func() { h.items = map[string]attributes{} }); len(got) > 0 {
		t.Errorf("what is removed is news: %+v", got)
	}
}

// TestALargeCommitIsOneNews, and none before its head is written.
func TestALargeCommitIsOneNews(t *testing.T) {
	w := newWorld(t)
	link := crowded(*comments, "first")
	link.Held = held("summary")
	w.left = 5
	if got := told(t, w.shelf, func() {
		if err := w.commit(issue.Link{}, link); !errors.Is(err, errKilled) {
			t.Fatalf("not killed: %v", err)
		}
	}); len(got) > 0 {
		t.Errorf("what nobody reads is news: %+v", got)
	}
	w.left = 1 << 30
	got := told(t, w.shelf, func() {
		if err := w.commit(issue.Link{}, link); err != nil {
			t.Fatal(err)
		}
	})
	if len(got) != 1 || !got[0].New || got[0].Link != link.ID || fmt.Sprint(got[0].Held) != "[summary]" {
		t.Errorf("%+v", got)
	}
}

// TestSoManyAreNoFurtherNews: a head does not grow without end, and what it does
// not name is not taken for new later.
func TestSoManyAreNoFurtherNews(t *testing.T) {
	h := newShelf()
	store := aws.StoreOn(h, memory.NewBlobs())
	link := issue.Link{ID: issue.Ref{Participant: "acme", ID: "1"}}
	var many []string
	for i := range 60 {
		many = append(many, fmt.Sprintf("field%02d", i))
	}
	for _, c := range []struct{ held, news int }{{60, 50}, {40, 0}, {45, 5}} {
		before := link
		link.Held = held(many[60-c.held:]...)
		got := told(t, h, func() {
			if err := store.Commit(t.Context(), before, link, durable.Record{}); err != nil {
				t.Fatal(err)
			}
		})
		link.Revision = got[0].Revision
		if len(got[0].Held) != c.news {
			t.Errorf("%d held: %d are news, want %d", c.held, len(got[0].Held), c.news)
		}
	}
}

func TestAHeadThatCannotBeRead(t *testing.T) {
	if _, ok, err := aws.ReadNews(nil, aws.Image{"pk": {S: "link#acme/1"}, "sk": {S: "head"}, "v": {S: "{"}}); ok || err == nil {
		t.Errorf("%v, %v", ok, err)
	}
}
