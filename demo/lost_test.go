package demo

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/accord/app"
	"example.com/accord/app/local"
	"example.com/accord/demo/script"
	"example.com/accord/durable"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
)

// TestScriptsAroundALostStore makes edits on both sides, takes the state away
// from the sync, and makes more edits on the same sites. The judge, which looks
// for every issue and comment on both, has to be content both times.
func TestScriptsAroundALostStore(t *testing.T) {
	t.Parallel()
	s := &stage{Options: Options{Script: 60, Seed: uint64(time.Now().UnixNano()) % 1_000_000, Out: t.Output(), between: 40 * time.Millisecond}, folder: t.TempDir()}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	c, err := s.set(t.Context(), jirasim.Options{Lag: 200 * time.Millisecond, Retry: 100 * time.Millisecond}, pace{Every: "10s", Times: "{turn_max: 2s, late: 4s}"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if s.app, err = local.OpenState(t.Context(), c, app.Options{}); err != nil {
			t.Fatal(err)
		}
		server := exec.Command(os.Args[0])
		server.Env = append(os.Environ(), asServer+"="+s.folder+"/accord.yaml")
		server.Stderr = t.Output()
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		o := s.script()
		o.Seed, o.Within, o.Settle = s.Seed+uint64(i), time.Minute, 6*time.Second
		res, err := script.Run(t.Context(), o)
		t.Logf("%+v", res)
		if err != nil {
			t.Errorf("seed %d: %v", o.Seed, err)
		}
		if res.Differing > 0 {
			t.Errorf("seed %d, run %d:\n%s", s.Seed, i, strings.Join(res.Findings, "\n"))
		}
		settle(t, s.app)
		if err := s.app.Close(); err != nil {
			t.Error(err)
		}
		s.app = nil
		if err := server.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := server.Wait(); err != nil {
			t.Errorf("the server: %v", err)
		}
		if err := os.RemoveAll(filepath.Join(s.folder, "state")); err != nil {
			t.Error(err)
		}
	}
}

// settle decides whatever is held, and waits until that stands on both sides:
// the next script knows nothing of it.
func settle(t *testing.T, a *app.App) {
	t.Helper()
	decided := map[issue.Ref][]issue.Place{}
	for l, err := range a.Store.Links(t.Context(), durable.Filter{Held: true}) {
		for x, h := range l.Held {
			now, err := a.Store.Link(t.Context(), l.ID)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.Syncs[0].Engine.Decide(t.Context(), l.ID, x, h.Claims[0].Value, now.Revision, "the test"); err != nil {
				t.Error(err)
			}
			decided[l.ID] = append(decided[l.ID], x)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for ref, places := range decided {
		for end := time.Now().Add(20 * time.Second); !stands(t, a, ref, places); time.Sleep(100 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("what was decided of %s does not stand everywhere", ref)
			}
		}
	}
}

func stands(t *testing.T, a *app.App, ref issue.Ref, places []issue.Place) bool {
	t.Helper()
	l, err := a.Store.Link(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range l.Sides {
		for _, x := range places {
			if !issue.Same(side.Base[x], l.Agreed[x]) {
				return false
			}
		}
	}
	return true
}
