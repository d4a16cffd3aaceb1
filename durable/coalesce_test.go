package durable_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func at(sec int) time.Time { return time.Unix(int64(sec), 0) }

func touches(ids ...string) (ts []issue.Touch) {
	for _, id := range ids {
		ts = append(ts, issue.Touch{ID: id, By: "Ann", Updated: at(len(id))})
	}
	return ts
}

func TestJoin(t *testing.T) {
	many := func(from, to int) (ids []string) {
		for i := from; i < to; i++ {
			ids = append(ids, fmt.Sprint(i))
		}
		return ids
	}
	for name, c := range map[string]struct {
		reason     string
		m, n, want durable.Message
	}{
		"times": {
			"a second event may bring the first forward, never postpone it, and never before its floor",
			durable.Message{ID: "7", At: at(50), Floor: at(20)},
			durable.Message{At: at(10), Floor: at(30)},
			durable.Message{ID: "7", At: at(10), Floor: at(30)},
		},
		"event": {
			"what was heard first is what the turn is for; whom it names, both",
			durable.Message{Event: issue.Event{Cause: "sweep", At: at(9), Rows: touches("2", "3")}},
			durable.Message{Event: issue.Event{Cause: "webhook", At: at(4), Rows: touches("1", "2")}},
			durable.Message{Event: issue.Event{Cause: "webhook", At: at(4), Rows: touches("1", "2", "3")}},
		},
		"twenty touches": {
			"the last ones name those whose edit may fall into a gap",
			durable.Message{Event: issue.Event{At: at(1), Rows: touches(many(0, 15)...)}},
			durable.Message{Event: issue.Event{At: at(2), Rows: touches(many(10, 25)...)}},
			durable.Message{Event: issue.Event{At: at(1), Rows: touches(many(5, 25)...)}},
		},
		"tries": {
			"a bad event does not begin anew because another one came",
			durable.Message{ID: "7", Tries: 0},
			durable.Message{ID: "8", Tries: 12, Why: "timeout"},
			durable.Message{ID: "7", Tries: 12, Why: "timeout"},
		},
		"reason kept": {
			"a new event says nothing of why the one before failed",
			durable.Message{Tries: 3, Why: "timeout"},
			durable.Message{},
			durable.Message{Tries: 3, Why: "timeout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, c.m.Join(c.n)); d != "" {
				t.Errorf("%s (-want +got):\n%s", c.reason, d)
			}
		})
	}
}

func TestJoinLaws(t *testing.T) {
	second := rapid.Custom(func(t *rapid.T) time.Time { return at(rapid.IntRange(0, 9).Draw(t, "second")) })
	message := rapid.Custom(func(t *rapid.T) durable.Message {
		ids := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 1, 3, -1), 0, 25).Draw(t, "rows")
		return durable.Message{
			At: second.Draw(t, "at"), Floor: second.Draw(t, "floor"), Tries: rapid.IntRange(0, 9).Draw(t, "tries"),
			Event: issue.Event{At: second.Draw(t, "heard"), Rows: touches(ids...)},
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		m, n := message.Draw(t, "m"), message.Draw(t, "n")
		was := len(m.Event.Rows)
		j, k := m.Join(n), n.Join(m)
		switch {
		case !j.Due().Equal(k.Due()) || !j.At.Equal(k.At) || !j.Floor.Equal(k.Floor) || j.Tries != k.Tries:
			t.Fatal("the order of two events decides when they are due")
		case j.Due().Before(m.Floor) || j.Due().Before(n.Floor):
			t.Fatal("due before a floor")
		case j.At.After(m.At) || j.At.After(n.At):
			t.Fatal("postponed")
		case len(j.Event.Rows) > 20 || len(m.Event.Rows) != was:
			t.Fatal("too many touches, or an argument was changed")
		}
	})
}

func TestCheckKey(t *testing.T) {
	for key, fine := range map[string]bool{
		"a": true, "census/2026-01-02/acme.json": true, "attachments/ü b": true, "a..b": true,
		"": false, "/a": false, "a/": false, "a//b": false, ".": false, "..": false, "a/../b": false, ".hidden": false,
		`a\b`: false, "c:": false, "a\x00": false, "a\nb": false, "a\xff": false,
		strings.Repeat("a/", 255) + "a": true, strings.Repeat("a/", 256) + "a": false, strings.Repeat("a", 201): false,
	} {
		if err := durable.CheckKey(key); (err == nil) != fine {
			t.Errorf("key %.40q: %v, want it allowed: %v", key, err, fine)
		}
	}
}

func TestFilterMatchesWhatIsNotSettled(t *testing.T) {
	place := issue.Place{Field: "status"}
	side := func(s issue.Side) map[issue.Participant]issue.Side {
		return map[issue.Participant]issue.Side{"acme": {}, "beta": s}
	}
	links := map[string]issue.Link{
		"quiet":   {Sides: side(issue.Side{})},
		"held":    {Held: map[issue.Place]issue.Held{place: {}}},
		"counted": {Sides: side(issue.Side{Tried: map[issue.Place]issue.Try{place: {Count: 1}}})},
		"refused": {Sides: side(issue.Side{Tried: map[issue.Place]issue.Try{place: {Why: "not in the list"}}})},
		"open":    {Sides: side(issue.Side{Sent: []issue.Sent{{}}})},
	}
	for name, l := range links {
		for filter, f := range map[string]durable.Filter{"held": {Held: true}, "refused": {Refused: true}, "open": {Open: true}} {
			if got, want := f.Match(l), name == filter; got != want {
				t.Errorf("the link is %s, the filter wants %s: %v, want %v", name, filter, got, want)
			}
		}
		if !(durable.Filter{}).Match(l) {
			t.Errorf("the zero filter leaves out the link that is %s", name)
		}
	}
}
