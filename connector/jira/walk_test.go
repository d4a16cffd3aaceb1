package jira_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
)

// step takes one page and goes on as another process would.
func step(t *testing.T, r *jiraRig, from connector.Cursor) connector.Page {
	for page, err := range r.Changed(t.Context(), from) {
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	t.Fatal("Changed yields nothing")
	return connector.Page{}
}

// TestWalkMissesNothing: issues that change while they are walked, many in one
// minute, on pages of two. Every issue is seen as it was at the end, in this
// walk or in the next; and a walk yields nothing twice as it was.
func TestWalkMissesNothing(t *testing.T) {
	for _, f := range []jira.Flavour{jira.Cloud, jira.DataCenter} {
		t.Run(string(f), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				seed := rapid.Uint64().Draw(rt, "seed")
				edits := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(0, 7), 0, 3), 0, 12).Draw(rt, "edits") // issues to edit after each page
				gap := rapid.SampledFrom([]time.Duration{0, 20 * time.Second, 3 * time.Minute}).Draw(rt, "gap")
				wrong := ""
				synctest.Test(t, func(t *testing.T) { wrong = walkAll(t, newRig(t, f, jirasim.Options{Seed: seed}), edits, gap) })
				if wrong != "" {
					rt.Fatal(wrong)
				}
			})
		})
	}
}

// walkAll says what went wrong.
func walkAll(t *testing.T, r *jiraRig, edits [][]int, gap time.Duration) string {
	r.client.PageSize(2)
	updated, ids := map[string]time.Time{}, []string{}
	for n := range 8 {
		ids = append(ids, r.Create(t, issue.Document{place("summary"): issue.Scalar(fmt.Sprint(n))}))
		time.Sleep(gap)
	}
	time.Sleep(time.Hour) // no overlap hides what a walk skips
	seen := map[string]time.Time{}
	cursor, pages := connector.Cursor{}, 0
	for walks := 0; walks < 2; pages++ {
		if pages > 200 {
			return "the walk does not end"
		}
		page := step(t, r, cursor)
		for _, v := range page.Views {
			if walks == 0 && seen[v.Ref.ID].Equal(v.Updated) {
				return fmt.Sprintf("%s comes twice as it was at %v", v.Ref, v.Updated)
			}
			seen[v.Ref.ID] = v.Updated
		}
		cursor = page.Next
		if page.Last {
			if walks++; len(seen) != len(ids) {
				return fmt.Sprintf("of %d issues the walk yields %d", len(ids), len(seen))
			}
			r.settle() // all edits of the walk before are in the index now
			continue
		}
		if len(edits) > 0 && walks == 0 {
			for _, n := range edits[0] {
				r.Edit(t, ids[n], place("summary"), issue.Scalar(fmt.Sprint("edit ", len(edits))))
			}
			edits = edits[1:]
		}
	}
	for _, id := range ids {
		if updated[id] = r.see(id).Updated; !seen[id].Equal(updated[id]) {
			return fmt.Sprintf("%s changed at %v and was last walked as of %v", id, updated[id], seen[id])
		}
	}
	return ""
}

// TestWalkBeginsAtItsTime: what changed long before is not walked, and the
// zone of the account does not matter.
func TestWalkBeginsAtItsTime(t *testing.T) {
	both(t, jirasim.Options{}, func(t *testing.T, r *jiraRig) {
		old := r.Create(t, issue.Document{place("summary"): issue.Scalar("old")})
		time.Sleep(3 * time.Hour)
		since := time.Now()
		fresh := r.Create(t, issue.Document{place("summary"): issue.Scalar("fresh")})
		r.settle()
		var found []string
		for page, err := range r.Changed(t.Context(), connector.Cursor{Since: since}) {
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Views {
				found = append(found, v.Ref.ID)
			}
			if page.Last && (page.Next.Since.Before(since) || page.Next.At != "") {
				t.Errorf("the next walk begins at %+v", page.Next)
			}
		}
		if len(found) != 1 || found[0] != fresh {
			t.Errorf("found %v, want %s and not %s", found, fresh, old)
		}
	})
}

func TestWalkEstimatesItsLength(t *testing.T) {
	both(t, jirasim.Options{Samples: 20}, func(t *testing.T, r *jiraRig) {
		r.client.PageSize(5)
		for page, err := range r.Changed(t.Context(), connector.Cursor{}) {
			if err != nil || page.Total != 20 {
				t.Errorf("the first page tells of %d issues (%v)", page.Total, err)
			}
			break
		}
	})
}

// TestExpiredToken: the page token in a stored cursor lives for days. After
// that the walk goes on from the minute it was in.
func TestExpiredToken(t *testing.T) {
	s := newSite(t)
	s.mux.HandleFunc("POST /rest/api/3/search/jql", tokens(t))
	c := s.open(t, jira.Cloud, jira.Options{})
	c.PageSize(2)
	p := c.Participant(project())
	var found []string
	cursor := connector.Cursor{}
	for last := false; !last; {
		for page, err := range p.Changed(t.Context(), cursor) {
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Views {
				found = append(found, v.Ref.ID)
			}
			cursor, last = page.Next, page.Last
			break
		}
	}
	if got := strings.Join(found, " "); got != "1 2 3 4" {
		t.Errorf("found %s", got)
	}
}

// tokens is a search whose four results are of one minute, and which takes each
// page token once only, the first not at all.
func tokens(t *testing.T) http.HandlerFunc {
	refused := false
	return func(w http.ResponseWriter, q *http.Request) {
		var in struct {
			Token string `json:"nextPageToken"`
		}
		if err := json.NewDecoder(q.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		if in.Token != "" && !refused {
			refused = true
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"errorMessages":["The provided next page token is invalid or expired."],"errors":{}}`)
			return
		}
		one := func(id int) string {
			return fmt.Sprintf(`{"id":"%d","key":"SUP-%d","fields":{"updated":"2026-11-24T10:00:0%d.000+0000"}}`, id, id, id)
		}
		if in.Token == "" {
			fmt.Fprintf(w, `{"issues":[%s,%s],"nextPageToken":"t"}`, one(1), one(2))
			return
		}
		fmt.Fprintf(w, `{"issues":[%s,%s]}`, one(3), one(4))
	}
}

// TestCursorHasRoom: where thousands of issues changed in one minute the cursor
// stays so small that two of them fit into one durable.State, with what the
// engine remembers beside them.
func TestCursorHasRoom(t *testing.T) {
	s := newSite(t)
	s.mux.HandleFunc("POST /rest/api/2/search", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			StartAt int `json:"startAt"`
		}
		_ = json.NewDecoder(r.Body).Decode(&in)
		var page []string
		for n := in.StartAt; n < in.StartAt+250; n++ {
			page = append(page, fmt.Sprintf(`{"id":"%d","key":"SUP-1","fields":{"updated":"2026-01-02T03:04:05.678+0000"}}`, 1_000_000_000+n))
		}
		fmt.Fprintf(w, `{"total":3000,"issues":[%s]}`, strings.Join(page, ","))
	})
	largest := 0
	for page, err := range s.participant(t, jira.DataCenter).Changed(t.Context(), connector.Cursor{}) {
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(page.Next)
		if err != nil {
			t.Fatal(err)
		}
		largest = max(largest, len(b))
	}
	if room := 20 << 10; largest > room {
		t.Errorf("a cursor takes %d bytes, and has room for %d", largest, room)
	}
}
