package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/accord/app/aslambda"
)

// functions builds the functions of AWS for this machine.
func functions(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("SKIPPED: functions run on Linux, and this is %s", runtime.GOOS)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range aslambda.Names() {
		if err := aslambda.Build(t.Context(), root, dir, name, false); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestKilledAsLambda is TestKilled where the functions do the work: a kill takes
// all of them down. What was accepted is in the inbox or the queue, or done.
func TestKilledAsLambda(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.flags = []string{"--as-lambda", "--functions", functions(t)}
	v.survives(200, 4*time.Minute)
	log := v.log.String()
	for _, function := range aslambda.Names() {
		if !strings.Contains(log, `"msg":"REPORT","function":"`+function+`"`) {
			t.Errorf("%s was never called", function)
		}
	}
	// A webhook of our own last writes may wait in the inbox.
	for _, name := range []string{"aws", "unreadable"} {
		left, err := filepath.Glob(filepath.Join(v.folder, "state", "blobs", name, "*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v, %v", name, left, err)
		}
	}
}

// TestBurstAsLambda is TestBurst where the functions do the work: what was
// answered is in the inbox then, and after the next start in the queue.
func TestBurstAsLambda(t *testing.T) {
	t.Parallel()
	v := newVictim(t)
	v.flags = []string{"--as-lambda", "--functions", functions(t)}
	v.burst(1000)
	v.start()
	wait(t, 2*time.Minute, "all are in the queue", func() bool { return v.queued() == 1000 })
	if err := v.end(syscall.SIGTERM); err != nil {
		t.Errorf("SIGTERM: %v", err)
	}
	for _, name := range []string{"aws", "unreadable"} {
		if left, err := os.ReadDir(filepath.Join(v.folder, "state", "blobs", name)); !os.IsNotExist(err) {
			t.Errorf("%d in %s: %v", len(left), name, err)
		}
	}
	for line := range strings.Lines(v.log.String()) {
		if strings.Contains(line, `"msg":"REPORT","function":"hear"`) {
			t.Log(strings.TrimSpace(line))
		}
	}
}

// TestServeAsLambdaSaysWhatToDo holds the errors of its flags.
func TestServeAsLambdaSaysWhatToDo(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skipf("SKIPPED: functions run on Linux, and this is %s", runtime.GOOS)
	}
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "accord.yaml"), []byte(strings.NewReplacer(
		"$ADDR", "127.0.0.1:1", "$CLOUD", "http://127.0.0.1:2", "$DC", "http://127.0.0.1:3").Replace(killable)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"--functions x", misused, "--functions and --debug go with --as-lambda"},
		{"--debug turn", misused, "--functions and --debug go with --as-lambda"},
		{"--as-lambda --debug alert", misused, `there is no function "alert" to debug; there are hear, turn, sweep, upkeep`},
		{"--as-lambda --functions " + empty, failed, "has no program hear; `make lambda-local` in the source tree builds them"},
	} {
		var out, errs bytes.Buffer
		args := append([]string{"serve", "--config", filepath.Join(empty, "accord.yaml")}, strings.Fields(c.args)...)
		if code := run(t.Context(), args, &out, &errs); code != c.code || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%s: exit %d, %s", c.args, code, errs.String())
		}
	}
}
