package durable_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func linkOfParts() issue.Link {
	summary, row := issue.Place{Field: "summary"}, issue.Place{Field: "comments", Row: issue.Ref{Participant: "acme", ID: "7"}}
	doc := issue.Document{summary: issue.Scalar("Printer"), row: issue.Row{"body": issue.Scalar("hot")}}
	return issue.Link{
		ID: issue.Ref{Participant: "acme", ID: "1"}, Rules: "r1", Agreed: doc,
		Said: map[issue.Place]issue.Stamp{summary: {By: "acme", At: time.Unix(9, 0).UTC()}},
		Held: map[issue.Place]issue.Held{summary: {Since: time.Unix(8, 0).UTC()}},
		Sides: map[issue.Participant]issue.Side{
			"acme": {
				Ref: issue.Ref{Participant: "acme", ID: "1"}, Shown: doc, Base: doc, Rows: map[issue.Place]issue.RowAt{row: {ID: "7"}},
				Sent: []issue.Sent{{Turn: "a"}, {Turn: "b"}}, Tried: map[issue.Place]issue.Try{summary: {Count: 2, Value: issue.Scalar("x")}},
			},
			"beta": {},
		},
	}
}

// rebuild puts parts together again, in whatever state the map of them is.
func rebuild(t *testing.T, parts []durable.Part) (l issue.Link) {
	t.Helper()
	for _, p := range parts {
		if err := p.AddTo(&l); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func TestSplitGivesAllOfALink(t *testing.T) {
	want := linkOfParts()
	parts, err := durable.Split(issue.Link{}, want)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, rebuild(t, parts), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("(-split +put together):\n%s", d)
	}
}

func TestSplitGivesOnlyWhatDiffers(t *testing.T) {
	before, after := linkOfParts(), linkOfParts()
	before.Revision = 3
	if parts, err := durable.Split(before, after); err != nil || len(parts) != 0 {
		t.Errorf("%d parts of two that are the same (%v)", len(parts), err)
	}
	acme := after.Sides["acme"]
	acme.Key, acme.Sent = "SUP-1", acme.Sent[:1]
	after.Sides = map[issue.Participant]issue.Side{"acme": acme}
	after.Agreed = maps.Clone(after.Agreed)
	delete(after.Agreed, issue.Place{Field: "summary"})
	after.Rules = "r2"
	parts, err := durable.Split(before, after)
	if err != nil {
		t.Fatal(err)
	}
	type gone struct {
		Side        issue.Participant
		Kind, Place string
		Gone        bool
	}
	var got []gone
	for _, p := range parts {
		got = append(got, gone{p.Side, p.Kind, p.Place, p.Value == nil})
	}
	want := []gone{
		{"", durable.PartHead, "", false}, {"", durable.PartAgreed, "summary", true},
		{"acme", durable.PartHead, "", false}, {"acme", durable.PartSent, "0001", true}, {"beta", durable.PartHead, "", true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAddToSaysWhatItCannotRead(t *testing.T) {
	for _, p := range []durable.Part{
		{Kind: "poem", Value: []byte("1")}, {Side: "acme", Kind: "poem", Value: []byte("1")}, {Kind: durable.PartAgreed, Place: "a[b", Value: []byte(`"x"`)},
		{Kind: durable.PartHead, Value: []byte("{")}, {Side: "acme", Kind: durable.PartSent, Place: "0000", Value: []byte("{")},
	} {
		if err := p.AddTo(&issue.Link{}); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
	if kinds := []string{durable.PartHead, durable.PartSent}; !slices.IsSorted(kinds) {
		t.Error("a head does not come first")
	}
}
