package aslambda

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"example.com/accord/runtimeapi"
)

// TestMain makes this binary a bootstrap too, which waits for as long as it is told.
func TestMain(m *testing.M) {
	if os.Getenv("BOOTSTRAP") == "" {
		os.Exit(m.Run())
	}
	lambda.Start(func(d time.Duration) (string, error) {
		time.Sleep(d)
		return "done", nil
	})
}

// TestReport: each call is one line, with what Lambda's own has.
func TestReport(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	f := &function{name: "turn", log: slog.New(slog.NewJSONHandler(&out, nil)), Function: runtimeapi.Function{
		Bootstrap: self, Env: []string{"BOOTSTRAP=1"}, Timeout: 2 * time.Second,
	}}
	defer f.Close()
	soon, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	for _, c := range []struct {
		ctx    context.Context
		wait   time.Duration
		level  string
		status string
		cold   bool
	}{
		{t.Context(), 0, "INFO", "", true},
		{t.Context(), 0, "INFO", "", false},
		{t.Context(), time.Hour, "ERROR", "timeout", false},
		{t.Context(), 0, "INFO", "", true},
		{soon, time.Hour, "INFO", "stopped", false},
	} {
		out.Reset()
		in, err := json.Marshal(c.wait)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.call(c.ctx, in); (err == nil) != (c.status == "") {
			t.Errorf("%+v: %v", c, err)
		}
		var line struct {
			Level, Msg, Function, RequestID, Status string
			DurationMs, InitDurationMs              float64
			BilledDurationMs                        float64
		}
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Fatalf("%+v: %s: %v", c, out.String(), err)
		}
		if line.Msg != "REPORT" || line.Function != "turn" || line.Level != c.level || line.Status != c.status || (line.InitDurationMs > 0) != c.cold ||
			line.RequestID == "" || line.DurationMs <= 0 || line.BilledDurationMs < line.DurationMs+line.InitDurationMs-0.02 {
			t.Errorf("%+v: %s", c, out.String())
		}
	}
	out.Reset()
	f.Bootstrap = "/nowhere"
	f.Close()
	if _, err := f.call(t.Context(), []byte("0")); err == nil || !strings.Contains(out.String(), `"msg":"function not called"`) {
		t.Errorf("one that is not there: %v, %s", err, out.String())
	}
}

// TestPrinted: what a function prints is a line of our log with its name.
func TestPrinted(t *testing.T) {
	for line, want := range map[string]string{
		`{"time":"2026-01-02T03:04:05Z","level":"WARN","msg":"turn","held":1,"keys":{"a":"SUP-1"},"why":"it \"is\""}`: `{"level":"WARN","msg":"turn","function":"turn","held":1,"keys":{"a":"SUP-1"},"why":"it \"is\""}`,
		"panic: oops":           `{"level":"INFO","msg":"printed","function":"turn","text":"panic: oops"}`,
		`{"level":"WARN"}`:      `{"level":"INFO","msg":"printed","function":"turn","text":"{\"level\":\"WARN\"}"}`,
		`{"msg":"cut off`:       `{"level":"INFO","msg":"printed","function":"turn","text":"{\"msg\":\"cut off"}`,
		`{"msg":5,"level":"X"}`: `{"level":"INFO","msg":"printed","function":"turn","text":"{\"msg\":5,\"level\":\"X\"}"}`,
	} {
		var out bytes.Buffer
		h := slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})
		n, err := (&printed{"turn", slog.New(h)}).Write([]byte(line + "\n"))
		if got := strings.TrimSpace(out.String()); err != nil || n != len(line)+1 || got != want {
			t.Errorf("%s:\n got %s (%d, %v)\nwant %s", line, got, n, err, want)
		}
	}
}
