package plan_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/accord/issue"
	"example.com/accord/plan"
)

// TestOrderOfParticipants: without a clash the order of participants changes
// nothing but the order of inserts in one gap of a text.
func TestOrderOfParticipants(t *testing.T) {
	search(t, "2000")
	rapid.Check(t, func(t *rapid.T) {
		edits := map[issue.Participant]func(*jira, time.Time){}
		for i, who := range []issue.Participant{"a", "b", "c"} {
			n := rapid.IntRange(0, 3).Draw(t, fmt.Sprintf("edit of %s", who))
			edits[who] = func(j *jira, now time.Time) {
				switch tok := fmt.Sprintf("k%d", i); n {
				case 1:
					j.set("labels", j.fields["labels"].(issue.Set).Plus(issue.SetOf(tok)), "person", "", now)
				case 2:
					j.set("labels", j.fields["labels"].(issue.Set).Minus(issue.SetOf("w")), "person", "", now)
				case 3:
					j.set("f"+string(who), issue.Scalar(tok), "person", "", now)
				}
			}
		}
		one := ranked([]issue.Participant{"a", "b", "c"}, edits)
		other := ranked([]issue.Participant{"c", "a", "b"}, edits)
		if !one.Equal(other) {
			t.Fatalf("%v\n%v", one, other)
		}
	})
}

func ranked(order []issue.Participant, edits map[issue.Participant]func(*jira, time.Time)) issue.Document {
	s := newStage(nil)
	s.silent = true
	for _, who := range order {
		s.join(who, true)
	}
	s.link.ID = issue.Ref{Participant: "a", ID: "1"}
	s.field("labels", plan.Set, plan.Hold)
	for _, f := range []string{"fa", "fb", "fc"} {
		s.field(f, plan.Scalar, plan.Hold)
	}
	s.jiras["a"].set("labels", issue.SetOf("w"), "person", "", s.now)
	s.turnAll()
	s.turnAll()
	for _, who := range []issue.Participant{"a", "b", "c"} {
		s.now = s.now.Add(time.Second)
		edits[who](s.jiras[who], s.now)
	}
	s.turnAll()
	s.turnAll()
	return s.link.Agreed
}

// TestWordsAreALens: what a side shows of a value, put back unedited, changes
// nothing; an edit there is shown there as it was made. So a word that stands
// for several is never rewritten on the richer side.
func TestWordsAreALens(t *testing.T) {
	search(t, "1000")
	words := map[string][]plan.Word{
		"one for one": {{Own: "x", Shared: "s1"}, {Own: "y", Shared: "s2"}},
		"two for one": {{Own: "x", Shared: "s1"}, {Own: "y", Shared: "s1"}, {Own: "z", Shared: "s2"}},
		"one for two": {{Own: "x", Shared: "s1"}, {Own: "x", Shared: "s2"}, {Own: "z", Shared: "s3"}},
	}
	for name, table := range words {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := newStage(nil)
				s.silent = true
				s.join("a", true)
				s.join("b", true)
				s.field("status", plan.Scalar, plan.Hold)
				s.rules.Eyes["b"].Fields["status"] = plan.Lens{Words: table}
				shared := rapid.SampledFrom(table).Draw(t, "shared").Shared
				own := rapid.SampledFrom(table).Draw(t, "own").Own
				s.jiras["a"].set("status", issue.Scalar(shared), "person", "", s.now)
				s.turnAll()
				s.turnAll()
				before := fmt.Sprint(s.writes)
				s.now = s.now.Add(time.Minute)
				was := s.jiras["b"].fields["status"]
				s.jiras["b"].set("status", issue.Scalar(own), "person", "", s.now)
				s.turnAll()
				s.turnAll()
				if got := s.jiras["b"].fields["status"]; got != issue.Scalar(own) {
					t.Fatalf("b set %s and shows %s", own, got)
				}
				if was == issue.Scalar(own) && (fmt.Sprint(s.writes) != before || s.jiras["a"].fields["status"] != issue.Scalar(shared)) {
					t.Fatalf("nothing was edited, and a shows %v", s.jiras["a"].fields["status"])
				}
			})
		})
	}
}
