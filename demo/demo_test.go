package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestScript(t *testing.T) {
	t.Parallel()
	res, err := Run(t.Context(), Options{Script: 80, Seed: 1, Out: t.Output(), between: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if res.Differing > 0 || len(res.Findings) > 0 {
		t.Errorf("seed %d:\n%s", res.Seed, strings.Join(res.Findings, "\n"))
	}
	if res.Edits != 80 || res.Equal != res.Issues || res.Refused == 0 || res.Held == 0 || res.Writes == 0 {
		t.Errorf("%+v", res)
	}
}

func TestScriptAfterAnImport(t *testing.T) {
	t.Parallel()
	files := slices.Sorted(maps.Keys(recordings(t)))
	res, err := Run(t.Context(), Options{Script: 40, Seed: 2, Import: files, Out: t.Output(), between: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if res.Differing > 0 || len(res.Findings) > 0 || res.Issues < 2*samples+25 {
		t.Errorf("%d issues, seed %d:\n%s", res.Issues, res.Seed, strings.Join(res.Findings, "\n"))
	}
}

// TestDescribed does what the demo says one could try, and stops it.
func TestDescribed(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		_, err := Run(ctx, Options{Out: w})
		w.CloseWithError(io.EOF)
		ended <- err
	}()
	said := ""
	for !strings.Contains(said, "Stop it with Ctrl-C") {
		b := make([]byte, 4096)
		n, err := r.Read(b)
		if said += string(b[:n]); err != nil {
			t.Fatalf("%s: %v", said, err)
		}
	}
	urls := map[string]string{}
	for line := range strings.Lines(said) {
		if f := strings.Fields(line); len(f) > 1 {
			urls[f[0]] = f[1]
		}
	}
	resp, err := http.Get(urls["accord"] + "status.json")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v %v", urls["accord"], resp, err)
	}
	resp.Body.Close()
	folder := filepath.Dir(urls["accord.yaml"])
	if _, err := os.Stat(urls["accord.yaml"]); err != nil {
		t.Error(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", folder, err)
	}
}

// TestItsFileIsFine: `accord check` has no fault to find in the accord.yaml that a
// demo shows.
func TestItsFileIsFine(t *testing.T) {
	t.Parallel()
	s := &stage{Options: Options{Seed: 1, Out: t.Output()}, folder: t.TempDir()}
	t.Cleanup(func() {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := s.app.Check(t.Context())
	for _, f := range found {
		if f.Fault {
			t.Error(f.What)
		}
	}
	if len(found) == 0 {
		t.Error("nothing was looked at")
	}
}

func TestWhatCannotBeRun(t *testing.T) {
	odd := filepath.Join(t.TempDir(), "odd.json")
	if err := os.WriteFile(odd, []byte(`{"some":"thing"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for reason, c := range map[string]struct {
		o    Options
		want string
	}{
		"a file of another kind": {Options{Import: []string{odd}}, odd + ": it holds neither an issue"},
		"no such file":           {Options{Import: []string{odd + "x"}}, "no such file"},
		"too few edits":          {Options{Script: 5}, "5 edits are too few"},
	} {
		if _, err := Run(t.Context(), c.o); err == nil || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v, want %q", reason, err, c.want)
		}
	}
}
