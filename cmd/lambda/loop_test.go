package lambda_test

import "testing"

// TestLoops calls the functions of the state machines as these do, until each
// says that it is done.
func TestLoops(t *testing.T) {
	s := localStack(t)
	s.ask("POST", "cloud", "/issue", map[string]any{"fields": map[string]any{
		"project": map[string]string{"key": "SUP"}, "issuetype": map[string]string{"name": "Task"}, "summary": "alone",
	}})
	for _, name := range []string{"upkeep", "sweep", "backfill", "logs"} {
		f := s.function(name)
		for calls := 1; ; calls++ {
			var out struct {
				Done bool
				Wait int
				Sent int
			}
			if err := s.call(t.Context(), f, map[string]string{"work": name}, &out); err != nil || calls > 5 || out.Wait < 1 {
				t.Fatalf("%s, call %d: %+v, %v", name, calls, out, err)
			}
			if name == "backfill" && out.Sent == 0 {
				t.Errorf("call %d of backfill queues nothing", calls)
			}
			if out.Done {
				break
			}
		}
	}
	hooks, err := s.app.Hooks(t.Context(), s.app.Sites[0])
	if err != nil || len(hooks) != 1 {
		t.Errorf("webhooks after upkeep: %+v, %v", hooks, err)
	}
	if d, err := s.app.Gauge.Depth(t.Context()); err != nil || d.Bulk == 0 {
		t.Errorf("%+v waits: %v", d, err)
	}
}
