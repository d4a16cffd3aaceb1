package durable_test

import (
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/durable"
	"example.com/accord/memory"
)

func tally(t *testing.T, s durable.Store, name string) (out durable.Tally) {
	t.Helper()
	st, err := s.State(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if len(st.Value) > 0 {
		if err := json.Unmarshal(st.Value, &out); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestCountKeepsTheLastTime(t *testing.T) {
	s := memory.NewStore()
	for _, c := range []struct{ n, at int }{{2, 50}, {3, 40}} {
		if err := durable.Count(t.Context(), s, "refused/acme", c.n, at(c.at)); err != nil {
			t.Fatal(err)
		}
	}
	got := tally(t, s, "refused/acme")
	got.Last = got.Last.Local()
	if diff := cmp.Diff(durable.Tally{Count: 5, Last: at(50)}, got); diff != "" {
		t.Errorf("what is told late counts, and is not the last (-want +got):\n%s", diff)
	}
}

func TestCountTogether(t *testing.T) {
	s := memory.NewStore()
	var all sync.WaitGroup
	var mu sync.Mutex
	want := 0
	for range 20 {
		all.Go(func() {
			err := durable.Count(t.Context(), s, "n", 1, at(1))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				want++
			} else if !errors.Is(err, durable.ErrStale) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := tally(t, s, "n").Count; got != want || want == 0 {
		t.Errorf("%d were told that they are counted, and %d are", want, got)
	}
}

func TestCountSaysWhatFails(t *testing.T) {
	s := memory.NewStore()
	if err := s.SetState(t.Context(), durable.State{Name: "odd", Value: json.RawMessage(`"x"`)}); err != nil {
		t.Fatal(err)
	}
	if err := durable.Count(t.Context(), s, "odd", 1, at(1)); err == nil {
		t.Error("a record that is no tally is counted in")
	}
	s.Fault = func(string) error { return errBroken }
	if err := durable.Count(t.Context(), s, "n", 1, at(1)); !errors.Is(err, errBroken) {
		t.Errorf("a store that does not answer: %v", err)
	}
}
