package aws

import (
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/issue"
)

func TestASlotDecidesWhatALetterIsFor(t *testing.T) {
	now := time.Unix(1000, 0)
	event := func(at int64, tries int) *durable.Message {
		return &durable.Message{ID: "m", At: time.Unix(at, 0), Tries: tries, Event: issue.Event{At: time.Unix(1, 0)}}
	}
	holder := func(tries int) *durable.Message { m := event(900, tries); m.Token = "theirs"; return m }
	soon, past := now.Add(time.Minute), now.Add(-time.Second)
	for name, c := range map[string]struct {
		reason string
		slot   slot
		gen    int64
		want   verdict
	}{
		"nothing":        {"it was handled with another letter", slot{Gen: 4}, 4, drop},
		"due":            {"it is time", slot{Gen: 4, Waits: event(900, 0)}, 4, taken},
		"due, old":       {"whichever letter comes first is good enough", slot{Gen: 4, Waits: event(900, 0)}, 2, taken},
		"not due":        {"the newest letter has to come again", slot{Gen: 4, Waits: event(1100, 0)}, 4, again},
		"not due, old":   {"the newest letter will come", slot{Gen: 4, Waits: event(1100, 0)}, 3, drop},
		"held, carrier":  {"it is all that is left if the holder dies", slot{Gen: 4, Busy: holder(1), Until: soon, Carrier: "c"}, 4, hold},
		"held, another":  {"the holder sends one when it ends", slot{Gen: 4, Busy: holder(1), Waits: event(900, 0), Until: soon, Carrier: "d"}, 4, drop},
		"ran out":        {"the holder has died", slot{Gen: 4, Busy: holder(1), Until: past, Carrier: "d"}, 1, taken},
		"ran out, often": {"it has killed enough", slot{Gen: 4, Busy: holder(durable.MaxTries), Until: past, Carrier: "c"}, 4, bury},
		"ours already":   {"the answer to the same call was lost", slot{Gen: 4, Busy: &durable.Message{Token: "mine", Tries: 1}, Until: soon, Carrier: "c"}, 4, taken},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.slot
			if got := s.take(c.gen, "c", "mine", now, time.Hour); got != c.want {
				t.Fatalf("verdict %d, want %d: %s", got, c.want, c.reason)
			}
			if c.want == taken && (s.Busy.Token != "mine" || s.Busy.Tries == 0 || s.Waits != nil) {
				t.Errorf("taken, and the slot is %+v", s)
			}
		})
	}
}

func TestASlotKnowsWhatItNeedNotHearAgain(t *testing.T) {
	m := durable.Message{At: time.Unix(50, 0), Event: issue.Event{At: time.Unix(1, 0)}}
	var s slot
	later, sooner, touched := m, m, m
	later.At = time.Unix(60, 0)
	sooner.At = time.Unix(40, 0)
	touched.Event.Rows = []issue.Touch{{ID: "1"}}
	for i, step := range []struct {
		m    durable.Message
		send bool
	}{{m, true}, {m, false}, {later, false}, {sooner, true}, {m, false}, {touched, true}, {touched, false}} {
		if got := s.wait(step.m); got != step.send {
			t.Errorf("step %d: a letter has to be sent: %v, want %v", i, got, step.send)
		}
	}
	if !s.Waits.At.Equal(sooner.At) || len(s.Waits.Event.Rows) != 1 {
		t.Errorf("what waits is %+v, want the sooner time and the touch", s.Waits)
	}
}

func TestASlotHearsALetterThatWasSentBeforeItWasSaved(t *testing.T) {
	m := durable.Message{At: time.Unix(50, 0)}
	s := slot{Gen: 3}
	if s.hear(letter{3, m}) || s.Waits != nil {
		t.Error("a letter that the slot knows of is heard anew")
	}
	if !s.hear(letter{5, m}) || s.Gen != 5 || s.Waits == nil {
		t.Errorf("a letter ahead of its slot is not heard: %+v", s)
	}
}
