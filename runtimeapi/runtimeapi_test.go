package runtimeapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"example.com/accord/runtimeapi"
)

// TestMain makes this binary a bootstrap too: what it does with an event is
// what the event says. AWS's own client speaks for it.
func TestMain(m *testing.M) {
	switch os.Getenv("BOOTSTRAP") {
	case "":
		os.Exit(m.Run())
	case "dies":
		os.Exit(3)
	case "parent":
		parent()
	case "sleeps":
		time.Sleep(time.Hour)
	case "slow":
		time.Sleep(500 * time.Millisecond)
	}
	lambda.Start(handle)
}

// parent runs a function, says the id of its process, and waits to be killed.
func parent() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	f := &runtimeapi.Function{Bootstrap: self, Env: []string{"BOOTSTRAP=handles"}}
	r, err := f.Invoke(context.Background(), []byte("{}"))
	if err != nil {
		panic(err)
	}
	fmt.Println(strings.Trim(string(r.Payload), `"`))
	time.Sleep(time.Hour)
}

type in struct {
	Do   string
	Size int
}

func handle(ctx context.Context, e in) (string, error) {
	switch e.Do {
	case "fail":
		return "", errors.New("no luck")
	case "panic":
		panic("oops")
	case "exit":
		os.Exit(4)
	case "wait":
		time.Sleep(time.Duration(e.Size) * time.Millisecond)
	case "size":
		return strings.Repeat("x", e.Size), nil
	case "allocate":
		b := make([]byte, e.Size)
		for i := range b {
			b[i] = 1
		}
		return fmt.Sprint(len(b)), nil
	case "env":
		return os.Getenv("ONE") + os.Getenv("BOOTSTRAP_SECRET"), nil
	case "burn": // so many milliseconds of CPU time
		var now syscall.Rusage
		for now.Utime.Nano()+now.Stime.Nano() < int64(e.Size)*1e6 {
			if err := syscall.Getrusage(syscall.RUSAGE_SELF, &now); err != nil {
				return "", err
			}
		}
		return "", nil
	case "keep": // so many MiB of files
		for i := range e.Size {
			if err := os.WriteFile(filepath.Join(os.TempDir(), fmt.Sprint(i)), make([]byte, 1<<20), 0o600); err != nil {
				return "", err
			}
		}
		return os.TempDir(), nil
	case "print":
		fmt.Print("one\ntw")
		fmt.Fprint(os.Stderr, "") // nothing is a write too
		fmt.Println("o")
		return "", nil
	case "who":
		c, _ := lambdacontext.FromContext(ctx)
		end, ok := ctx.Deadline()
		return fmt.Sprint(c.AwsRequestID != "", c.InvokedFunctionArn != "", ok, time.Until(end).Round(time.Minute)), nil
	}
	return fmt.Sprint(os.Getpid()), nil
}

func function(t *testing.T, env ...string) *runtimeapi.Function {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if len(env) == 0 {
		env = []string{"BOOTSTRAP=handles"}
	}
	f := &runtimeapi.Function{Bootstrap: self, Env: env, Timeout: 10 * time.Second, Output: t.Output()}
	t.Cleanup(f.Close)
	return f
}

func invoke(t *testing.T, f *runtimeapi.Function, do string, size int) (string, runtimeapi.Result, error) {
	t.Helper()
	b, err := json.Marshal(in{do, size})
	if err != nil {
		t.Fatal(err)
	}
	r, failed := f.Invoke(t.Context(), b)
	var out string
	if failed == nil {
		if err := json.Unmarshal(r.Payload, &out); err != nil {
			t.Fatalf("%s: %v", r.Payload, err)
		}
	}
	return out, r, failed
}

func TestColdThenWarm(t *testing.T) {
	f := function(t)
	first, cold, err := invoke(t, f, "", 0)
	if err != nil || !cold.Cold || cold.Init <= 0 || cold.Took <= 0 {
		t.Fatalf("%+v, %v", cold, err)
	}
	second, warm, err := invoke(t, f, "", 0)
	if err != nil || warm.Cold || warm.Init != 0 || second != first {
		t.Errorf("the second is handled by %s and the first by %s: %+v, %v", second, first, warm, err)
	}
	t.Logf("cold %v + %v, warm %v", cold.Init, cold.Took, warm.Took)
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		do, kind, says string
		again          bool // the process is used again
	}{
		"an error":            {"fail", "errorString", "no luck", true},
		"a panic":             {"panic", "string", "oops", false},
		"the process ends":    {"exit", "Runtime.ExitError", "exit status 4", false},
		"the answer is large": {"size", "Function.ResponseSizeTooLarge", "6 MB", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := function(t)
			before, _, err := invoke(t, f, "", 0)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = invoke(t, f, c.do, runtimeapi.MaxPayload)
			if e, ok := errors.AsType[*runtimeapi.Failure](err); !ok || e.Type != c.kind || !strings.Contains(e.Message, c.says) {
				t.Errorf("%v, want %s that says %q", err, c.kind, c.says)
			}
			after, r, err := invoke(t, f, "", 0)
			if err != nil || (after == before) != c.again || r.Cold == c.again {
				t.Errorf("afterwards %s and not %s handles events: %v", after, before, err)
			}
		})
	}
}

func TestTimeLimit(t *testing.T) {
	f := function(t)
	f.Timeout = 2 * time.Second
	if _, _, err := invoke(t, f, "", 0); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	_, _, err := invoke(t, f, "wait", 60_000)
	if e, ok := errors.AsType[*runtimeapi.Failure](err); !ok || e.Type != "Sandbox.Timedout" || time.Since(began) > 10*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	if _, r, err := invoke(t, f, "", 0); err != nil || !r.Cold {
		t.Errorf("what took too long is used again: %+v, %v", r, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := f.Invoke(ctx, []byte(`{"Do":"wait","Size":60000}`)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("whoever no longer waits is told %v", err)
	}
}

func TestWhatAFunctionIsTold(t *testing.T) {
	t.Setenv("BOOTSTRAP_SECRET", "of the parent")
	f := function(t, "BOOTSTRAP=handles", "ONE=1")
	f.Timeout = 3 * time.Minute
	for do, want := range map[string]string{"env": "1", "who": "true true true 3m0s"} {
		if got, _, err := invoke(t, f, do, 0); got != want {
			t.Errorf("%s: %q (%v), want %q", do, got, err, want)
		}
	}
}

// TestReport holds the figures that Lambda's line REPORT shows.
func TestReport(t *testing.T) {
	f := function(t)
	ids := map[string]bool{}
	for range 2 {
		_, r, err := invoke(t, f, "wait", 20)
		if err != nil || r.Request == "" || r.Took < 20*time.Millisecond || r.Took > 10*time.Second {
			t.Errorf("%+v, %v", r, err)
		}
		if b := r.Billed(); b < r.Init+r.Took || b >= r.Init+r.Took+time.Millisecond || b%time.Millisecond != 0 {
			t.Errorf("%v is billed for %v and %v", b, r.Init, r.Took)
		}
		if runtime.GOOS == "linux" && (r.Peak < 1 || r.Peak > 2000) {
			t.Errorf("at most %d MiB in memory", r.Peak)
		}
		ids[r.Request] = true
	}
	if len(ids) != 2 {
		t.Errorf("two events have the ids %v", ids)
	}
	f.Timeout = 50 * time.Millisecond
	if _, r, err := invoke(t, f, "wait", 60_000); err == nil || r.Request == "" || r.Took < f.Timeout || runtime.GOOS == "linux" && r.Peak == 0 {
		t.Errorf("of one that is killed: %+v, %v", r, err)
	}
}

// TestUnder starts a bootstrap by another command, as a debugger's is.
func TestUnder(t *testing.T) {
	f := function(t)
	f.Under = []string{"env", "ONE=under"}
	if got, _, err := invoke(t, f, "env", 0); err != nil || got != "under" {
		t.Errorf("%q, %v", got, err)
	}
}

// TestWhatIsLeftBehind: an output that somebody else holds open keeps nobody.
func TestWhatIsLeftBehind(t *testing.T) {
	f := function(t)
	f.Under = []string{"sh", "-c", `sleep 20 & exec "$0"`}
	if _, _, err := invoke(t, f, "", 0); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if f.Close(); time.Since(began) > 10*time.Second {
		t.Errorf("closing takes %v", time.Since(began))
	}
}

// TestWarm: what was started before finds the first event warm.
func TestWarm(t *testing.T) {
	f := function(t)
	if err := f.Warm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, r, err := invoke(t, f, "", 0); err != nil || r.Cold {
		t.Errorf("%+v, %v", r, err)
	}
	dies := function(t, "BOOTSTRAP=dies")
	if err := dies.Warm(t.Context()); err == nil {
		t.Error("one that dies is warm")
	}
}

// A sink keeps what each call of Write gets.
type sink []string

func (s *sink) Write(b []byte) (int, error) {
	*s = append(*s, string(b))
	return len(b), nil
}

func TestOutputIsLines(t *testing.T) {
	var got sink
	f := function(t)
	f.Output = &got
	if _, _, err := invoke(t, f, "print", 0); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if want := (sink{"one\n", "two\n"}); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPayload(t *testing.T) {
	f := function(t)
	if _, err := f.Invoke(t.Context(), bytes.Repeat([]byte{' '}, runtimeapi.MaxPayload+1)); !errors.Is(err, runtimeapi.ErrPayload) {
		t.Errorf("an event over the limit: %v", err)
	}
	event := append(bytes.Repeat([]byte{' '}, runtimeapi.MaxPayload-2), "{}"...)
	if _, err := f.Invoke(t.Context(), event); err != nil {
		t.Errorf("an event at the limit: %v", err)
	}
	if got, _, err := invoke(t, f, "size", runtimeapi.MaxPayload-2); err != nil || len(got) != runtimeapi.MaxPayload-2 {
		t.Errorf("an answer at the limit: %d bytes, %v", len(got), err)
	}
}

func TestConcurrency(t *testing.T) {
	f := function(t)
	f.Concurrency = 2
	errs := make([]error, 3)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, _, errs[i] = invoke(t, f, "wait", 2000) })
	}
	all.Wait()
	throttled := 0
	for _, err := range errs {
		if errors.Is(err, runtimeapi.ErrThrottled) {
			throttled++
		} else if err != nil {
			t.Error(err)
		}
	}
	if throttled != 1 {
		t.Errorf("%d of three events are turned away, where two may be handled", throttled)
	}
}

func TestStarts(t *testing.T) {
	for mode, kind := range map[string]string{"dies": "Runtime.ExitError", "sleeps": "Sandbox.Timedout"} {
		f := function(t, "BOOTSTRAP="+mode)
		f.Timeout = time.Second
		_, _, err := invoke(t, f, "", 0)
		if e, ok := errors.AsType[*runtimeapi.Failure](err); !ok || e.Type != kind {
			t.Errorf("%s: %v", mode, err)
		}
	}
	slow := function(t, "BOOTSTRAP=slow")
	slow.Timeout = 0
	if _, r, err := invoke(t, slow, "", 0); err != nil || r.Init < 500*time.Millisecond {
		t.Errorf("without a time limit: %+v, %v", r, err)
	}
	f := &runtimeapi.Function{Bootstrap: "/nowhere/bootstrap", Output: t.Output()}
	if _, _, err := invoke(t, f, "", 0); err == nil {
		t.Error("a bootstrap that is not there starts")
	}
}
