package lambda_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"example.com/accord/config"
	"example.com/accord/engine"
	"example.com/accord/issue"
	"example.com/accord/runtimeapi"
)

// TestRulesThatChange: the function sweep queues every link again, once.
func TestRulesThatChange(t *testing.T) {
	s := localStack(t)
	made := s.ask("POST", "cloud", "/issue", map[string]any{"fields": map[string]any{
		"project": map[string]string{"key": "SUP"}, "issuetype": map[string]string{"name": "Task"}, "summary": "one",
	}})
	ref := issue.Ref{Participant: "support", ID: made["id"].(string)}
	if err := s.app.Turn(t.Context(), issue.Event{Ref: ref}); err != nil {
		t.Fatal(err)
	}
	f := s.function("sweep")
	s.ruled(f, 0, "nothing was known before")
	s.rewrite(func(c *config.Config) { c.Syncs[0].Rules.Digest = "another" })
	f.Close() // the next one starts cold
	f = s.function("sweep")
	s.ruled(f, 1, "the rules have changed")
	s.ruled(f, 0, "they are known")
}

// ruled calls sweep, and counts the links that it has queued because of their rules.
func (s *stack) ruled(f *runtimeapi.Function, want int, why string) {
	s.t.Helper()
	if err := s.call(s.t.Context(), f, map[string]string{}, &struct{}{}); err != nil {
		s.t.Fatal(err)
	}
	got := 0
	for {
		if n, err := s.waits(s.t.Context()); err != nil || n == 0 {
			break
		}
		ms, err := s.app.Queue.Receive(s.t.Context(), 1, time.Minute)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range ms {
			if m.Event.Cause == engine.Rules {
				got++
			}
			if err := s.app.Queue.Done(s.t.Context(), m); err != nil {
				s.t.Fatal(err)
			}
		}
	}
	if got != want {
		s.t.Errorf("%d links are queued, want %d: %s", got, want, why)
	}
}

// rewrite changes the configuration in use.
func (s *stack) rewrite(change func(*config.Config)) {
	s.t.Helper()
	for _, e := range s.env {
		path, ok := strings.CutPrefix(e, "ACCORD_CONFIG=")
		if !ok {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		c, err := config.Load(src)
		if err != nil {
			s.t.Fatal(err)
		}
		change(&c)
		if src, _, err = c.Compile(); err == nil {
			err = os.WriteFile(path, src, 0o600)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}
