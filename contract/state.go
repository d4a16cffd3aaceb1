package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/accord/durable"
)

func (s *store) named(name string) durable.State {
	s.Helper()
	st, err := s.State(s.Context(), name)
	s.ok(err, "state")
	return st
}

func (s *store) state() {
	const name = "sweep/acme"
	if st := s.named(name); st.Name != name || st.Value != nil || st.Revision != 0 || !st.Changed.IsZero() {
		s.Errorf("a state that was never set: %+v", st)
	}
	set := func(value string, revision int64, want error) {
		s.Helper()
		st := durable.State{Name: name, Revision: revision}
		if value != "" {
			st.Value = json.RawMessage(value)
		}
		if err := s.SetState(s.Context(), st); !errors.Is(err, want) || want == nil && err != nil {
			s.Errorf("set state at revision %d: %v, want %v", revision, err, want)
		}
	}
	began := time.Now()
	set(`{"at":1}`, 3, durable.ErrStale)
	set(`{"at":1}`, 0, nil)
	set(`{"at":2}`, 0, durable.ErrStale)
	set(`{"at":3}`, 1, nil)
	st := s.named(name)
	if string(st.Value) != `{"at":3}` || st.Revision != 2 || st.Changed.Before(began.Add(-time.Second)) || time.Now().Before(st.Changed) {
		s.Errorf("state: %s at revision %d, changed %v; want the second value, just changed", st.Value, st.Revision, st.Changed)
	}
	st.Value[2] = 'x'
	if now := s.named(name); string(now.Value) != `{"at":3}` {
		s.Errorf("a change of one's own copy reached the store: %s", now.Value)
	}
	set("", 1, durable.ErrStale)
	set("", 2, nil)
	if st := s.named(name); st.Value != nil || st.Revision != 0 {
		s.Errorf("a removed state: %+v", st)
	}
	set("", 0, nil)
	set(`"again"`, 0, nil)
	big := json.RawMessage(`"` + strings.Repeat("x", durable.MaxState-2) + `"`)
	s.ok(s.SetState(s.Context(), durable.State{Name: "big", Value: big}), "set the largest state")
	if err := s.SetState(s.Context(), durable.State{Name: "bigger", Value: append(big, ' ')}); err == nil {
		s.Error("a state that is too large was taken")
	}
}

func (s *store) states() {
	names := []string{"a", "sweep", "sweep/", "sweep/a", "sweep/b%", "sweep/b_", "sweep0", "t", "Sweep/a", "ü/1", "ü/2"}
	for i := range 120 {
		names = append(names, fmt.Sprintf("many/%03d", i))
	}
	for _, name := range names {
		s.ok(s.SetState(s.Context(), durable.State{Name: name, Value: json.RawMessage(`1`)}), "set state")
	}
	for _, prefix := range []string{"", "sweep/", "sweep/b", "sweep/b%", "many/", "ü/", "none"} {
		var want, got []string
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				want = append(want, name)
			}
		}
		slices.Sort(want)
		for _, st := range all(s, s.States(s.Context(), prefix)) {
			got = append(got, st.Name)
			if st.Revision != 1 || string(st.Value) != `1` {
				s.Errorf("state %s: %+v", st.Name, st)
			}
		}
		if d := same(want, got); d != "" {
			s.Errorf("states with prefix %q (-want +got):\n%s", prefix, d)
		}
	}
}

func (s *store) counter() {
	const workers, steps = 8, 10
	var wg sync.WaitGroup
	errs := make([]error, workers)
	step := func() error {
		return durable.Update(s.Context(), s.Store, "counter", func(value json.RawMessage) (json.RawMessage, error) {
			n := 0
			if value != nil {
				if err := json.Unmarshal(value, &n); err != nil {
					return nil, err
				}
			}
			return json.RawMessage(fmt.Sprint(n + 1)), nil
		})
	}
	for w := range workers {
		wg.Go(func() {
			for range steps {
				errs[w] = errors.Join(errs[w], step())
			}
		})
	}
	wg.Wait()
	s.ok(errors.Join(errs...), "count")
	if st := s.named("counter"); string(st.Value) != fmt.Sprint(workers*steps) {
		s.Errorf("counted to %s, want %d", st.Value, workers*steps)
	}
	before := s.named("counter")
	s.ok(durable.Update(s.Context(), s.Store, "counter", func(value json.RawMessage) (json.RawMessage, error) { return value, nil }), "update to the same")
	if now := s.named("counter"); now.Revision != before.Revision {
		s.Errorf("what stays as it is was written: revision %d, %d before", now.Revision, before.Revision)
	}
	no := errors.New("no")
	if err := durable.Update(s.Context(), s.Store, "counter", func(json.RawMessage) (json.RawMessage, error) { return nil, no }); !errors.Is(err, no) {
		s.Errorf("update that fails: %v", err)
	}
}
