package contract

import (
	"slices"
	"time"

	"example.com/accord/issue"
	"example.com/accord/text"
)

func readsMany(b *bench) {
	doc := issue.Document{
		summary: issue.Scalar("one"), description: issue.Text{Doc: text.Of("first", "second")}, labels: issue.SetOf("y", "x"),
	}
	ids := []string{b.People.Create(b, doc), b.create("two"), b.create("three")}
	began := time.Now()
	vs := b.seeAll(ids...)
	if len(vs) != len(ids) {
		b.Fatalf("Read yields %d views of %d", len(vs), len(ids))
	}
	for i, v := range vs {
		at := slices.Index(ids, v.Ref.ID)
		if at < 0 || v.Ref.Participant != b.Participant {
			b.Fatalf("view %d is of %s", i, v.Ref)
		}
		ids[at] = "seen"
		if v.State != issue.Present || v.Ours || v.Mark != (issue.Ref{}) || v.Key == "" {
			b.Errorf("view of a person's issue: state %q, ours %v, mark %v, key %q", v.State, v.Ours, v.Mark, v.Key)
		}
		if v.Looked.Before(began) || v.Looked.After(time.Now()) || v.Created.IsZero() || v.Updated.Before(v.Created) {
			b.Errorf("looked %v, created %v, updated %v", v.Looked, v.Created, v.Updated)
		}
		if at > 0 {
			b.empty(v)
			continue
		}
		for p, want := range b.Connector.Canon(doc) {
			if !issue.Same(v.Doc[p], want) {
				b.Errorf("%s shows %v, want %v", p, v.Doc[p], want)
			}
		}
	}
}

// empty wants fields without content to be there and empty.
func (b *bench) empty(v issue.View) {
	b.Helper()
	for _, p := range []issue.Place{description, labels} {
		if got, ok := v.Doc[p]; !ok || !issue.Empty(got) || got == nil {
			b.Errorf("%s of a new issue shows %v", p, got)
		}
	}
	if got := v.Doc[status]; got != issue.Scalar(b.Status[0]) {
		b.Errorf("status of a new issue shows %v, want %s", got, b.Status[0])
	}
}

func tellsMissing(b *bench) {
	id, kept := b.create("to go"), b.create("to stay")
	b.People.Delete(b, id)
	for _, v := range b.seeAll(id, kept) {
		want := issue.Present
		if v.Ref.ID == id {
			want = issue.Missing
		}
		if v.State != want {
			b.Errorf("%s is %q, want %q", v.Ref, v.State, want)
		}
		if want == issue.Missing && len(v.Doc)+len(v.Rows)+len(v.Log) > 0 {
			b.Errorf("a missing issue shows %v", v)
		}
	}
}

func tellsChangelog(b *bench) {
	id := b.create("one")
	b.People.Edit(b, id, summary, issue.Scalar("two"))
	b.People.Edit(b, id, labels, issue.SetOf("x", "y"))
	b.People.Edit(b, id, summary, issue.Scalar("three"))
	b.People.Edit(b, id, labels, issue.SetOf("y", "z"))
	v := b.see(id)
	var words []issue.Value
	for _, e := range entries(v, summary) {
		if e.Ours || e.By == "" || e.ID == "" || e.At.IsZero() || !e.Known {
			b.Errorf("a person's entry: %+v", e)
		}
		words = append(words, e.From, e.To)
	}
	want := []issue.Value{issue.Scalar("one"), issue.Scalar("two"), issue.Scalar("two"), issue.Scalar("three")}
	if !slices.EqualFunc(words, want, issue.Same) {
		b.Errorf("summary went %v, want %v", words, want)
	}
	var now issue.Set
	for _, e := range entries(v, labels) {
		now = now.Plus(e.Add).Minus(e.Remove)
	}
	if !now.Equal(issue.SetOf("y", "z")) {
		b.Errorf("the log of labels leads to %v", now)
	}
	ids := map[string]bool{}
	for i, e := range v.Log {
		if ids[e.ID] || e.Place.Row != (issue.Ref{}) || i > 0 && e.At.Before(v.Log[i-1].At) {
			b.Errorf("entry %d of the log is out of order, twice, or of a row: %+v", i, e)
		}
		ids[e.ID] = true
	}
}

// entries are the entries of one place.
func entries(v issue.View, p issue.Place) (es []issue.Entry) {
	for _, e := range v.Log {
		if e.Place == p {
			es = append(es, e)
		}
	}
	return es
}

func showsCanon(b *bench) {
	doc := issue.Document{
		summary: issue.Scalar("  spaces and é "), labels: issue.SetOf("b", "a"),
		description: issue.Text{Doc: text.Doc{
			{Kind: text.Heading, Attrs: text.Attrs{"level": "2"}, Spans: []text.Span{{Kind: text.Plain, Text: "Title"}}},
			{Kind: text.Paragraph, Spans: []text.Span{{Kind: text.Plain, Text: "plain and "}, {Kind: text.Plain, Text: "strong", Marks: []text.Mark{{Kind: text.Strong}}}}},
		}},
	}
	canon := b.Connector.Canon(doc)
	if again := b.Connector.Canon(canon); !again.Equal(canon) {
		b.Errorf("Canon is not idempotent: %v, then %v", canon, again)
	}
	v := b.see(b.create("plain"))
	b.done(b.change(v, "t1", canon))
	for p, want := range canon {
		b.shows(v.Ref.ID, p, want)
	}
}
