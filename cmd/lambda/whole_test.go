package lambda_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"example.com/accord/durable"
)

// TestWholePath lets people edit on both sides while hear and turn keep them in
// step, and turn is killed in the middle now and then. In the end every pair
// shows the same, and nothing is dead.
func TestWholePath(t *testing.T) { localStack(t).wholePath() }

func (s *stack) wholePath() {
	t := s.t
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { s.run(ctx) })
	defer all.Wait()
	defer stop()
	ids := map[string][]string{}
	for i := range 4 {
		site, project := "cloud", "SUP"
		if i%2 == 1 {
			site, project = "center", "DEV"
		}
		made := s.ask("POST", site, "/issue", map[string]any{"fields": map[string]any{
			"project": map[string]string{"key": project}, "issuetype": map[string]string{"name": "Task"}, "summary": fmt.Sprintf("issue %d", i),
		}})
		ids[site] = append(ids[site], made["id"].(string))
	}
	s.eventually("each issue has a twin", func() (bool, string) { return s.equal(4) })
	rounds := 0
	for ; rounds < 100 || s.killed.Load() < 5; rounds++ {
		time.Sleep(50 * time.Millisecond) // people are slower than the functions
		for site, own := range ids {
			s.ask("PUT", site, "/issue/"+own[rounds%len(own)], map[string]any{"fields": map[string]any{"summary": fmt.Sprintf("edit %d of %s", rounds, site)}})
		}
	}
	s.eventually("both sides show the last edits", func() (bool, string) {
		same, why := s.equal(4)
		for site, own := range ids {
			for i, id := range own {
				want := fmt.Sprintf("edit %d of %s", last(rounds, i, len(own)), site)
				if got := s.summary(site, id); got != want {
					same, why = false, fmt.Sprintf("%s of %s shows %q, want %q", id, site, got, want)
				}
			}
		}
		return same, why
	})
	t.Logf("%d edits, %d turns killed", 2*rounds, s.killed.Load())
	if dead, err := s.app.Queue.Dead(t.Context(), 1); err != nil || len(dead) > 0 {
		t.Errorf("dead: %+v, %v", dead, err)
	}
}

// last is the last round before rounds that edited the issue with the index i of n.
func last(rounds, i, n int) int { return rounds - 1 - (rounds-1-i+n)%n }

func (s *stack) summary(site, id string) string {
	return s.ask("GET", site, "/issue/"+id+"?fields=summary", nil)["fields"].(map[string]any)["summary"].(string)
}

// equal reports whether so many links are there, each with both sides showing
// one summary, and no event waits; or what is not so.
func (s *stack) equal(links int) (bool, string) {
	s.t.Helper()
	n := 0
	for l, err := range s.app.Store.Links(s.t.Context(), durable.Filter{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		here, there := l.Sides["support"].Ref, l.Sides["dev"].Ref
		if here.ID == "" || there.ID == "" {
			return false, l.ID.String() + " has one side"
		}
		if a, b := s.summary("cloud", here.ID), s.summary("center", there.ID); a != b || a == "" {
			return false, fmt.Sprintf("%s: %q and %q", l.ID, a, b)
		}
		if len(l.Sides["support"].Sent)+len(l.Sides["dev"].Sent) > 0 || len(l.Held) > 0 {
			return false, l.ID.String() + " is not settled"
		}
		n++
	}
	waits, err := s.waits(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	rs, _, err := s.stream.Read(s.t.Context(), 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	if waits += len(rs); n != links || waits > 0 {
		return false, fmt.Sprintf("%d links, %d events on their way", n, waits)
	}
	return true, ""
}

// eventually fails the test if fact is not true within two minutes.
func (s *stack) eventually(what string, fact func() (bool, string)) {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		ok, why := fact()
		if ok {
			return
		}
		if time.Now().After(end) {
			s.t.Fatalf("it never came true that %s: %s", what, why)
		}
	}
}
