package aslambda

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

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
