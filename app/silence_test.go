package app_test

import (
	"testing"

	"example.com/accord/connector"
	"example.com/accord/issue"
)

// A hushed connector says whether its edits notify people.
type hushed struct {
	connector.Connector
	silent, known bool
}

func (h *hushed) Silent() (silent, known bool) { return h.silent, h.known }

// TestSilence: status says whether edits notify people, once a write has shown
// it, also in another process.
func TestSilence(t *testing.T) {
	w := newWorld(t)
	a := w.open()
	defer a.Close()
	h := &hushed{Connector: a.Engine("b").Connectors["b"]}
	a.Engine("b").Connectors["b"] = h
	at := w.a.Create("ann", doc("one"))
	for _, c := range []struct {
		reason        string
		silent, known bool
		want          string
	}{
		{"no write has shown it", false, false, "unknown"},
		{"the account may edit silently", true, true, "silent"},
		{"the permission was taken away", false, true, "loud"},
	} {
		h.silent, h.known = c.silent, c.known
		if err := a.Turn(t.Context(), issue.Event{Ref: issue.Ref{Participant: "a", ID: at}, Cause: "webhook"}); err != nil {
			t.Fatal(err)
		}
		s, err := a.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := "unknown"
		for _, p := range s.Syncs[0].Participants {
			if p.Name == "b" && p.Silence != nil {
				got = map[bool]string{true: "silent", false: "loud"}[p.Silence.Silent]
			}
		}
		if got != c.want {
			t.Errorf("%s: status says %s, want %s", c.reason, got, c.want)
		}
	}
}
