package demo

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/memory"
	"example.com/accord/text"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// TestWhatADeedSays tells each kind of thing that a commit can hold.
func TestWhatADeedSays(t *testing.T) {
	summary, body := issue.Place{Field: "summary"}, issue.Place{Field: "comments", Row: issue.Ref{Participant: "support", ID: "7"}}
	hello := issue.Row{"body": issue.Text{Doc: text.Of("Hello", "you")}}
	l := issue.Link{Sides: map[issue.Participant]issue.Side{"support": {Key: "SUP-1"}, "development": {Key: "DEV-2"}}}
	for reason, c := range map[string]struct {
		r    durable.Record
		want string
	}{
		"an edit and what comes of it": {durable.Record{
			Claims:  map[issue.Place][]issue.Claim{summary: {{By: "support", Person: "Ada", Value: issue.Scalar("new")}}},
			Changes: []issue.Change{{On: issue.Ref{Participant: "development", ID: "1"}, Patch: issue.Document{summary: issue.Scalar("new")}}},
		}, "heard Ada, Cloud summary new|write right Data Center summary new"},
		"a create": {durable.Record{Changes: []issue.Change{{On: issue.Ref{Participant: "support"}, Patch: issue.Document{summary: issue.Scalar("x")}}}},
			"write left Cloud creates “x”"},
		"a comment": {durable.Record{Changes: []issue.Change{{On: issue.Ref{Participant: "support", ID: "1"}, Patch: issue.Document{body: hello}}}},
			"write left Cloud comment Hello you"},
		"a comment that is gone": {durable.Record{Changes: []issue.Change{{On: issue.Ref{Participant: "support", ID: "1"}, Patch: issue.Document{body: nil}}}},
			"write left Cloud comment removed"},
		"a refusal": {durable.Record{Replies: map[issue.Participant]map[issue.Place]issue.Reply{"development": {summary: {State: issue.Refused, Why: "too long"}}}},
			"refused Data Center summary too long"},
		"what lost": {durable.Record{Overruled: map[issue.Place][]issue.Claim{summary: {{By: "development", Value: issue.SetOf("b", "a")}}}},
			"lost Data Center summary a, b"},
		"a note":        {durable.Record{Note: "paused"}, "note paused"},
		"an empty text": {durable.Record{Changes: []issue.Change{{On: issue.Ref{Participant: "support", ID: "1"}, Patch: issue.Document{summary: issue.Text{}}}}}, "write left Cloud summary nothing"},
		"nothing":       {durable.Record{}, ""},
	} {
		d := narrate(l, c.r)
		var got []string
		for _, x := range d.Lines {
			got = append(got, strings.Join(strings.Fields(x.Kind+" "+x.To+" "+x.Who+" "+x.Field+" "+x.Text), " "))
		}
		if s := strings.Join(got, "|"); s != c.want || d.Keys != "SUP-1 · DEV-2" {
			t.Errorf("%s: %q of %s, want %q", reason, s, d.Keys, c.want)
		}
	}
	if two := (deed{Lines: []line{{part{Kind: "heard", Who: "Ada"}, row{"a", "1"}}, {part{Kind: "heard", Who: "Ada"}, row{"b", "2"}}, {part{Kind: "note"}, row{"", "3"}}}}).Passages(); len(two) != 2 || len(two[0].Rows) != 2 || two[1].Rows[0].Text != "3" {
		t.Errorf("three lines of two parts are %v", two)
	}
	if long := short(issue.Scalar(strings.Repeat("é", 200))); len([]rune(long)) != widest+1 {
		t.Errorf("a long value is %q", long)
	}
}

// TestATaleTellsEachCommitOnce reads while commits come.
func TestATaleTellsEachCommitOnce(t *testing.T) {
	store := memory.NewStore()
	id := issue.Ref{Participant: "support", ID: "1"}
	link := issue.Link{ID: id, Sides: map[issue.Participant]issue.Side{"support": {Ref: id, Key: "SUP-1"}}}
	tale := newTale(store)
	c, leave := tale.join(0)
	defer leave()
	for n, note := range []string{"one", "two", "three"} {
		before := link
		if before.Revision = int64(n); n == 0 {
			before = issue.Link{}
		}
		after := link
		if err := store.Commit(t.Context(), before, after, durable.Record{At: noon.Add(time.Duration(n) * time.Second), Note: note}); err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			continue // two at once
		}
		for range 2 { // the second time there is nothing new
			if err := tale.read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, want := range []string{"one", "two", "three"} {
		if d := <-c; d.Lines[0].Text != want {
			t.Errorf("told %q, want %q", d.Lines[0].Text, want)
		}
	}
	late, leave := tale.join(1)
	defer leave()
	for _, want := range []string{"two", "three"} {
		if d := <-late; d.Lines[0].Text != want || len(late) > 1 {
			t.Errorf("who has seen the first is told %q, want %q", d.Lines[0].Text, want)
		}
	}
	if past := tale.last(); len(past) != 3 || past[0].Lines[0].Text != "three" || len(c) != 0 {
		t.Errorf("%d are remembered, %d told once more", len(past), len(c))
	}
}

// TestThePageShowsWhatTheSyncDoes edits on one side's page, and finds it told.
func TestThePageShowsWhatTheSyncDoes(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	s := &stage{Options: Options{Seed: 3}, folder: t.TempDir()}
	defer func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}()
	if err := s.open(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.describe(ctx); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, "GET", s.stand.url+"events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := http.PostForm(s.cloud.url+"/_sim/ui/issues/SUP-1/comment", url.Values{"body": {"Are you *there*?"}})
	if err != nil || said.StatusCode != http.StatusOK {
		t.Fatalf("comment: %v %v", said, err)
	}
	said.Body.Close()
	for lines := bufio.NewScanner(resp.Body); ; {
		if !lines.Scan() {
			t.Fatalf("the stream ends before the comment is told: %v", lines.Err())
		}
		if l := lines.Text(); strings.HasPrefix(l, "data: ") && strings.Contains(l, "Data Center ▶") && strings.Contains(l, "Are you there?") {
			break
		}
	}
	page := get(ctx, t, s.stand.url, "")
	for _, want := range []string{s.cloud.url + "/_sim/ui/projects/SUP", s.center.url + "/_sim/ui/projects/DEV", "creates “", "Are you there?"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
	if other := get(ctx, t, s.stand.url, "evil.example.com"); !strings.Contains(other, "on this machine alone") {
		t.Errorf("under another name it shows %q", other)
	}
}

func get(ctx context.Context, t *testing.T, url, host string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
