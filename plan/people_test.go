package plan_test

import (
	"testing"

	"example.com/accord/issue"
	"example.com/accord/plan"
	"example.com/accord/text"
)

func mentioned(id, name string) issue.Text {
	return issue.Text{Doc: text.Doc{{Kind: text.Paragraph, Spans: []text.Span{
		{Kind: text.Plain, Text: "ask "},
		{Kind: text.Mention, Text: name, Attrs: text.Attrs{"id": id}},
	}}}}
}

func TestMentions(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		said   issue.Text
		shown  issue.Value
	}{
		"known":   {"a person of the table is mentioned as the other side knows her", mentioned("5b10", "Ada L."), mentioned("ada", "Ada")},
		"unknown": {"one whom the other side does not have is named in plain text", mentioned("77f2", "Eve"), issue.Text{Doc: text.Of("ask @Eve")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.join("a", true)
			s.join("b", true)
			s.field("description", plan.Text, plan.Hold)
			for who, id := range map[issue.Participant]string{"a": "5b10", "b": "ada"} {
				e := s.rules.Eyes[who]
				e.People = []plan.Word{{Own: id, Shared: "Ada"}}
				s.rules.Eyes[who] = e
			}
			s.jiras["a"].set("description", c.said, "person", "", s.now)
			s.settle()
			if got := s.jiras["b"].fields["description"]; !issue.Same(got, c.shown) {
				t.Errorf("%s: b shows %v, want %v", c.reason, got, c.shown)
			}
			if got := s.jiras["a"].fields["description"]; !issue.Same(got, c.said) {
				t.Errorf("a was rewritten to %v", got)
			}
			if n := s.writes["a"]; n != 0 {
				t.Errorf("%d writes to a", n)
			}
		})
	}
}
