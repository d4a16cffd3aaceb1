package jira_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/text"
)

// scalars are the words that make trouble.
var scalars = []string{"", " ", "a", " a\r\nb ", "1.50", "1e3", "-0", "NaN", "2026-11-24", "2026-11-24T10:00:00.000+0100", "tab\tbed", "é", strings.Repeat("long ", 60)}

func scalar() *rapid.Generator[issue.Scalar] {
	return rapid.Custom(func(t *rapid.T) issue.Scalar {
		return issue.Scalar(rapid.OneOf(rapid.SampledFrom(scalars), rapid.String()).Draw(t, "scalar"))
	})
}

func document() *rapid.Generator[issue.Document] {
	return rapid.Custom(func(t *rapid.T) issue.Document {
		body := func() issue.Text { return issue.Text{Doc: doc().Draw(t, "text")} }
		d := issue.Document{
			place("description"): body(),
			place("labels"):      issue.SetOf(rapid.SliceOfN(rapid.SampledFrom(append(scalars, "b", "c")), 0, 4).Draw(t, "labels")...),
			place("nowhere"):     issue.Scalar("x"),
			{Field: "comments", Row: issue.Ref{Participant: "b", ID: "1"}}: issue.Row{"body": body(), "author": issue.Scalar("Ann"), "visibility": issue.Scalar("x")},
			{Field: "comments", Row: issue.Ref{Participant: "b", ID: "2"}}: nil,
		}
		for _, f := range []string{"summary", "priority", "assignee", "due", "severity", "points", "status"} {
			d[place(f)] = scalar().Draw(t, f)
		}
		return d
	})
}

func doc() *rapid.Generator[text.Doc] {
	return rapid.Custom(func(t *rapid.T) text.Doc {
		var d text.Doc
		for range rapid.IntRange(0, 3).Draw(t, "blocks") {
			s := text.Span{Kind: text.Plain, Text: rapid.SampledFrom([]string{"plain", "two words", "a *star*", "{x}"}).Draw(t, "words")}
			if rapid.Bool().Draw(t, "strong") {
				s.Marks = []text.Mark{{Kind: text.Strong}}
			}
			k := rapid.SampledFrom([]text.Kind{text.Paragraph, text.Heading, text.Quote, text.Rule}).Draw(t, "kind")
			switch b := (text.Block{Kind: k, Spans: []text.Span{s}}); k {
			case text.Heading:
				b.Attrs = text.Attrs{"level": "2"}
				d = append(d, b)
			case text.Quote:
				d = append(d, text.Block{Kind: k, Blocks: []text.Block{{Kind: text.Paragraph, Spans: b.Spans}}})
			case text.Rule:
				d = append(d, text.Block{Kind: k})
			default:
				d = append(d, b)
			}
		}
		return d
	})
}

func TestCanonIsIdempotent(t *testing.T) {
	for _, f := range []jira.Flavour{jira.Cloud, jira.DataCenter} {
		p := newSite(t).participant(t, f)
		rapid.Check(t, func(t *rapid.T) {
			d := document().Draw(t, "document")
			once := p.Canon(d)
			if twice := p.Canon(once); !twice.Equal(once) {
				t.Fatalf("%s: Canon(Canon(d)) is not Canon(d):\n%v\n%v", f, once, twice)
			}
			for at, v := range once {
				if l := p.Logged(at, v); !issue.Same(p.Logged(at, l), l) {
					t.Fatalf("%s: Logged of Logged at %s: %v, then %v", f, at, l, p.Logged(at, l))
				}
			}
		})
	}
}

func TestCanon(t *testing.T) {
	for _, c := range []struct {
		reason   string
		field    string
		is, want issue.Value
	}{
		{"a line has no line breaks and no blanks at its ends", "summary", issue.Scalar(" a\r\n b\t c "), issue.Scalar("a b c")},
		{"a line has 255 characters at most, not bytes", "summary", issue.Scalar(strings.Repeat("é", 300)), issue.Scalar(strings.Repeat("é", 255))},
		{"labels hold no white space", "labels", issue.SetOf("a b", "c", "d\te", strings.Repeat("x", 256)), issue.SetOf("c")},
		{"numbers are shortest", "points", issue.Scalar("012.500"), issue.Scalar("12.5")},
		{"numbers have no exponent", "points", issue.Scalar("1e3"), issue.Scalar("1000")},
		{"minus nothing is nothing", "points", issue.Scalar("-0.0"), issue.Scalar("0")},
		{"what is no number stays", "points", issue.Scalar("many"), issue.Scalar("many")},
		{"a date has no time", "due", issue.Scalar("2026-11-24T00:00:00"), issue.Scalar("2026-11-24")},
		{"a word has no blanks at its ends", "priority", issue.Scalar(" High "), issue.Scalar("High")},
		{"an empty text stays empty", "description", issue.Text{}, issue.Text{}},
		{"text without content is empty", "description", issue.Text{Doc: text.Of("")}, issue.Text{}},
	} {
		for _, f := range []jira.Flavour{jira.Cloud, jira.DataCenter} {
			got := newSite(t).participant(t, f).Canon(issue.Document{place(c.field): c.is, place("nowhere"): c.is})
			if want := (issue.Document{place(c.field): c.want}); !got.Equal(want) {
				t.Errorf("%s: %s: %v becomes %v, want %v", f, c.reason, c.is, got, want)
			}
		}
	}
}

// TestJQLTimeIsNeverLater: whichever way a site reads the words, it starts at
// or before the time that was meant, and not much before.
func TestJQLTimeIsNeverLater(t *testing.T) {
	zones := []string{"Etc/UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Auckland", "Asia/Kolkata", "America/Sao_Paulo"}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.OneOf(rapid.Int64Range(1_750_000_000, 1_850_000_000), setBack(loc)).Draw(t, "at"), 0)
		s := jira.JQLTime(at, zone)
		read, err := time.ParseInLocation("2006/01/02 15:04", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		for _, also := range []time.Duration{-time.Hour, 0, time.Hour} { // where clocks were set back the words name two times
			r := read.Add(also)
			if r.In(loc).Format("2006/01/02 15:04") != s {
				continue
			}
			if r.After(at) || at.Sub(r) > 3*time.Hour+time.Minute {
				t.Fatalf("%v in %s is written %q, which is read as %v", at.UTC(), zone, s, r.UTC())
			}
		}
	})
}

// setBack draws times within two hours of a change of a zone's offset in 2026,
// epoch seconds.
func setBack(loc *time.Location) *rapid.Generator[int64] {
	changes := []int64{time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).Unix()}
	offset := func(t time.Time) int { _, o := t.In(loc).Zone(); return o }
	for t := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); t.Year() == 2026; t = t.Add(time.Hour) {
		if offset(t) != offset(t.Add(-time.Hour)) {
			changes = append(changes, t.Unix())
		}
	}
	return rapid.Custom(func(t *rapid.T) int64 {
		return rapid.SampledFrom(changes).Draw(t, "change") + rapid.Int64Range(-7200, 7200).Draw(t, "off")
	})
}

func TestJQLTimeInAnUnknownZone(t *testing.T) {
	at := time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC)
	for _, offset := range []int{-12, 0, 14} {
		read, err := time.ParseInLocation("2006/01/02 15:04", jira.JQLTime(at, "Nowhere/City"), time.FixedZone("", offset*3600))
		if err != nil || read.After(at) {
			t.Errorf("at UTC%+d it is read as %v, after %v (%v)", offset, read, at, err)
		}
	}
}

// TestReadsEveryShape reads one issue with a value in every field, and one
// with none.
func TestReadsEveryShape(t *testing.T) {
	bodies := map[jira.Flavour]string{
		jira.Cloud: `"description":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"hello"}]}]},
			"assignee":{"accountId":"u1","displayName":"Ann"}`,
		jira.DataCenter: `"description":"hello","assignee":{"name":"ann","key":"JIRAUSER7","displayName":"Ann"}`,
	}
	person := map[jira.Flavour]issue.Scalar{jira.Cloud: "u1", jira.DataCenter: "ann"}
	for f, some := range bodies {
		api := map[jira.Flavour]string{jira.Cloud: "3", jira.DataCenter: "2"}[f]
		s := newSite(t)
		s.on("GET /rest/api/"+api+"/issue/10", 200, fmt.Sprintf(`{"id":"10","key":"SUP-1","fields":{%s,"summary":"one","labels":["b","a"],
			"priority":{"id":"1","name":"High"},"status":{"name":"To Do"},"duedate":"2026-11-24","customfield_10010":{"id":"3","value":"Grave"},
			"customfield_10011":3.50,"issuetype":{"id":"4","name":"Bug"},"project":{"key":"SUP"},"creator":{"accountId":"me","key":"JIRAUSER1"},
			"created":"2026-01-02T03:04:05.000+0200","updated":"2026-01-02T03:04:06.500+0200","comment":{"comments":[],"total":0}},
			"properties":{"accord":{"link":"other/99"}},"changelog":{"total":0,"histories":[]}}`, some))
		s.on("GET /rest/api/"+api+"/issue/11", 200, `{"id":"11","key":"SUP-2","fields":{"summary":"two","description":null,"labels":[],"assignee":null,
			"duedate":null,"customfield_10010":null,"customfield_10011":null,"project":{"key":"SUP"},"comment":{"comments":[],"total":0}}}`)
		v, err := look(t, s.participant(t, f), "10")
		if err != nil {
			t.Fatal(err)
		}
		want := issue.Document{
			place("summary"): issue.Scalar("one"), place("description"): issue.Text{Doc: text.Of("hello")}, place("labels"): issue.SetOf("a", "b"),
			place("priority"): issue.Scalar("High"), place("status"): issue.Scalar("To Do"), place("assignee"): person[f],
			place("due"): issue.Scalar("2026-11-24"), place("severity"): issue.Scalar("Grave"), place("points"): issue.Scalar("3.5"), place("type"): issue.Scalar("Bug"),
		}
		if !v.Doc.Equal(want) {
			t.Errorf("%s shows %v, want %v", f, v.Doc, want)
		}
		if v.Mark != (issue.Ref{Participant: "other", ID: "99"}) || !v.Ours || !v.Created.Equal(time.Date(2026, 1, 2, 1, 4, 5, 0, time.UTC)) || v.Updated.Sub(v.Created) != 1500*time.Millisecond {
			t.Errorf("%s is seen as %+v", f, v)
		}
		empty, err := look(t, s.participant(t, f), "11")
		if err != nil {
			t.Fatal(err)
		}
		want = issue.Document{
			place("summary"): issue.Scalar("two"), place("description"): issue.Text{}, place("labels"): issue.Set{},
			place("assignee"): issue.Scalar(""), place("due"): issue.Scalar(""), place("severity"): issue.Scalar(""), place("points"): issue.Scalar(""),
		}
		if !empty.Doc.Equal(want) {
			t.Errorf("%s: empty is told from missing as %v, want %v", f, empty.Doc, want)
		}
	}
}
