package sqlite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"example.com/accord/issue"
	"example.com/accord/text"
	"pgregory.net/rapid"
)

// shelf is a table of texts in memory.
type shelf struct{ texts [][]byte }

func (s *shelf) number(b []byte) (int64, error) {
	for i, have := range s.texts {
		if bytes.Equal(have, b) {
			return int64(i), nil
		}
	}
	s.texts = append(s.texts, bytes.Clone(b))
	return int64(len(s.texts) - 1), nil
}

func (s *shelf) text(n int64) ([]byte, error) {
	if int(n) >= len(s.texts) {
		return nil, fmt.Errorf("no text %d", n)
	}
	return s.texts[n], nil
}

func long(s string) issue.Text { return issue.Text{Doc: text.Of(strings.Repeat(s, longText))} }

func TestFoldKeepsLongTextsApart(t *testing.T) {
	for name, c := range map[string]struct {
		value issue.Value
		texts int
		want  string
	}{
		"short":        {issue.Text{Doc: text.Of("x")}, 0, `{"text":[{"kind":"paragraph","spans":[{"kind":"text","text":"x"}]}]}`},
		"long":         {long("x"), 1, `{"text":0}`},
		"in a row":     {issue.Row{"body": long("x"), "old": long("x"), "quote": long("y")}, 2, `{"row":{"body":{"text":0},"old":{"text":0},"quote":{"text":1}}}`},
		"like a text":  {issue.Row{"text": issue.Scalar("7"), "x": long("x")}, 1, `{"row":{"text":"7","x":{"text":0}}}`},
		"inside words": {issue.Scalar(`{"text":7} {"text":[`), 0, `"{\"text\":7} {\"text\":["`},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := json.Marshal(c.value)
			if err != nil {
				t.Fatal(err)
			}
			s := &shelf{}
			folded, err := fold(b, s.number)
			if err != nil || string(folded) != c.want || len(s.texts) != c.texts {
				t.Errorf("folded: %s with %d texts (%v), want %s with %d", folded, len(s.texts), err, c.want, c.texts)
			}
			if back, err := unfold(folded, s.text); err != nil || !bytes.Equal(back, b) {
				t.Errorf("unfolded: %.200s (%v), want %.200s", back, err, b)
			}
		})
	}
}

func TestUnfoldIsTheInverseOfFold(t *testing.T) {
	words := rapid.SampledFrom([]string{"", "x", `{"text":[`, `{"text":1}`, `"`, `\`, "\u2028<", strings.Repeat("long ", longText/4)})
	scalar := rapid.Map(words, func(s string) issue.Value { return issue.Scalar(s) })
	rich := rapid.Map(rapid.SliceOfN(words, 0, 3), func(s []string) issue.Value { return issue.Text{Doc: text.Of(s...)} })
	set := rapid.Map(rapid.SliceOfN(words, 0, 3), func(s []string) issue.Value { return issue.SetOf(s...) })
	plain := rapid.OneOf(scalar, rich, set, rapid.Just(issue.Value(nil)))
	row := rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"text", "body", "row"}), plain, 0, 3), func(m map[string]issue.Value) issue.Value { return issue.Row(m) })
	nested := rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"text", "row"}), rapid.OneOf(plain, row), 0, 2), func(m map[string]issue.Value) issue.Value { return issue.Row(m) })
	rapid.Check(t, func(t *rapid.T) {
		b, err := json.Marshal(rapid.SliceOfN(rapid.OneOf(plain, row, nested), 0, 4).Draw(t, "values"))
		if err != nil {
			t.Fatal(err)
		}
		s := &shelf{}
		folded, err := fold(b, s.number)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := unfold(folded, s.text); err != nil || !bytes.Equal(back, b) {
			t.Fatalf("unfolded: %s (%v), want %s", back, err, b)
		}
		if again, err := fold(folded, s.number); err != nil || !bytes.Equal(again, folded) {
			t.Fatalf("folded twice: %s (%v), want %s", again, err, folded)
		}
	})
}

func TestUnfoldNeedsEveryText(t *testing.T) {
	s := &shelf{}
	for _, b := range []string{`{"text":3}`, `{"text":99999999999999999999}`} {
		if out, err := unfold([]byte(b), s.text); err == nil {
			t.Errorf("%s was unfolded to %s, want an error", b, out)
		}
	}
}
