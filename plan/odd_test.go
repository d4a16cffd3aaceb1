package plan_test

import (
	"testing"
	"time"

	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
)

// TestNothingIsMadeOfWhatIsGone: a create that was not made yet is not begun
// again once nobody has the issue any more: it was deleted, or moved, or hidden.
func TestNothingIsMadeOfWhatIsGone(t *testing.T) {
	for _, state := range []issue.Presence{issue.Missing, issue.Denied, issue.Outside, issue.Archived} {
		s := newStage(t)
		s.join("a", true)
		s.join("b", false)
		s.field("summary", plan.Scalar, plan.Hold)
		s.jiras["a"].set("summary", issue.Scalar("one"), "person", "", s.now)
		p := s.plan()
		if len(p.Changes) != 1 {
			t.Fatalf("%d changes", len(p.Changes))
		}
		s.link = plan.Answer(s.link, "b", p.Turn, s.begun, plan.Outcome{Replies: map[issue.Place]issue.Reply{issue.Whole(): {State: issue.NotDone}}})
		if again := s.plan(); len(again.Changes) != 1 {
			t.Fatalf("a create that was not made is not begun again: %v", again.Changes)
		}
		views := map[issue.Participant]issue.View{
			"a": {State: state, Looked: s.now}, "b": {State: issue.Absent, Looked: s.now.Add(time.Hour)},
		}
		if p := plan.Make(s.rules, s.link, views, "late", s.now.Add(time.Hour)); len(p.Changes) != 0 {
			t.Errorf("a shows that it is %s, and b gets %v", state, p.Changes)
		}
	}
}

// TestSecondCopyOfARow: a comment that we made twice, which cannot be but might,
// stays where it is and is copied nowhere.
func TestSecondCopyOfARow(t *testing.T) {
	s := newStage(t)
	s.join("a", true)
	s.join("b", true)
	s.field("comments", plan.Rows, plan.Hold)
	s.settle()
	s.now = s.now.Add(time.Minute)
	s.jiras["a"].add(text.Of("hello"), "Ada", issue.RowMark{}, s.now)
	s.settle()
	first := s.jiras["b"].comments[0]
	s.jiras["b"].add(first.body, "sync", first.Mark, s.now)
	s.settle()
	if a, b := len(s.jiras["a"].comments), len(s.jiras["b"].comments); a != 1 || b != 2 {
		t.Errorf("%d comments at a, %d at b", a, b)
	}
}

// TestNewlyMappedIsDated: what stands in a field that is newly mapped was said
// when its last entry says, though the changelog was heard beyond that.
func TestNewlyMappedIsDated(t *testing.T) {
	s := newStage(t)
	s.join("a", true)
	s.join("b", true)
	s.field("summary", plan.Scalar, plan.Hold)
	s.field("severity", plan.Scalar, plan.Newest)
	lens := s.rules.Eyes["b"].Fields["severity"]
	delete(s.rules.Eyes["b"].Fields, "severity")
	s.now = s.now.Add(time.Hour)
	s.jiras["a"].set("severity", issue.Scalar("low"), "person", "", s.now)
	s.now = s.now.Add(time.Hour)
	s.jiras["b"].set("severity", issue.Scalar("high"), "person", "", s.now)
	s.now = s.now.Add(time.Minute)
	s.jiras["b"].set("summary", issue.Scalar("one"), "person", "", s.now)
	s.settle()
	s.rules.Eyes["b"].Fields["severity"] = lens
	s.rules.Digest = "2"
	s.settle()
	if got := s.jiras["a"].fields["severity"]; got != issue.Scalar("high") {
		t.Errorf("a shows %v, and b said high later", got)
	}
}

// TestWhoWasTakenOutOutranksNobody: what a participant said that is no longer in
// the file gives way under the policy first.
func TestWhoWasTakenOutOutranksNobody(t *testing.T) {
	s := newStage(t)
	for _, who := range []issue.Participant{"a", "b", "c"} {
		s.join(who, true)
	}
	s.field("summary", plan.Scalar, plan.First)
	s.settle()
	s.jiras["b"].down = true
	s.now = s.now.Add(time.Minute)
	s.jiras["c"].set("summary", issue.Scalar("of c"), "person", "", s.now)
	s.jiras["b"].set("summary", issue.Scalar("of b"), "person", "", s.now)
	s.settle()
	s.jiras["b"].down = false
	s.rules.Order, s.rules.Digest = []issue.Participant{"a", "b"}, "2"
	delete(s.rules.Eyes, "c")
	s.settle()
	if got := s.jiras["a"].fields["summary"]; got != issue.Scalar("of b") {
		t.Errorf("a shows %v", got)
	}
}
