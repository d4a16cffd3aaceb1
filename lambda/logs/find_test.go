package logs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/accord/durable"
	"example.com/accord/lambda/logs"
	"example.com/accord/memory"
)

// woken is what a bucket says of one object: its key is escaped.
const woken = `{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:CompleteMultipartUpload","s3":{"bucket":{"name":"b"},"object":{"key":%q,"size":7}}}]}`

// find calls the function with an object, and returns what it counts.
func find(t *testing.T, blobs durable.Blobs, key, words string) (map[string]int, error) {
	t.Helper()
	counted := map[string]int{}
	h := &logs.Handler{Find: &logs.Finder{Blobs: blobs, Words: logs.Words(words), Log: slog.New(slog.DiscardHandler), Count: func(word string, n int) error {
		counted[word] += n
		return nil
	}}}
	var in logs.Input
	if err := json.Unmarshal(fmt.Appendf(nil, woken, key), &in); err != nil {
		t.Fatal(err)
	}
	_, err := h.Handle(t.Context(), in)
	return counted, err
}

func put(t *testing.T, blobs durable.Blobs, key string, b []byte) {
	t.Helper()
	if err := blobs.Put(t.Context(), key, bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
}

func report(t *testing.T, blobs durable.Blobs, key string) (out logs.Report) {
	t.Helper()
	r, err := blobs.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func line(text string) string {
	return `{"at":"2026-11-24T13:00:00Z","stream":"s","line":` + text + `}`
}

// TestWhatIsFound: what a line says, and what it only has a name for.
func TestWhatIsFound(t *testing.T) {
	for text, want := range map[string]string{
		`{"level":"INFO","msg":"turn","held":0,"refused":{},"error":null,"unseen":[]}`: "",
		`{"level":"INFO","msg":"turn","held":2}`:                                       "held",
		`{"level":"ERROR","msg":"event failed"}`:                                       "error",
		`{"level":"WARN","written":{"dev":["done","Refused: too long"]}}`:              "refused",
		`{"level":"WARN","error":"ThrottlingException: Rate exceeded"}`:                "error throttl",
		`"panic: runtime error"`:                                                       "error panic",
		`"REPORT RequestId: 1 Duration: 2 ms"`:                                         "",
		`{"_aws":{"Timestamp":1},"Word":"panic","LogFindings":3}`:                      "",
		`{"a":[{"b":{"held":true}}]}`:                                                  "held",
		`7`:                                                                            "",
	} {
		blobs := memory.NewBlobs()
		put(t, blobs, "logs/turn/2026-11-24/13.jsonl.gz", zipped(t, line(text)))
		got, err := find(t, blobs, "logs/turn/2026-11-24/13.jsonl.gz", "error, Panic,held,refused,throttl,,")
		wanted := map[string]int{}
		for w := range strings.FieldsSeq(want) {
			wanted[w] = 1
		}
		if err != nil || !maps.Equal(got, wanted) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestReport(t *testing.T) {
	blobs := memory.NewBlobs()
	long := line(`"held ` + strings.Repeat("ü", 600_000) + `"`) // over a MiB: it is cut, and no JSON any more
	lines := []string{line(`"held 1"`), line(`"quiet"`), line(`"held 2, panic"`), long, line(`"held 4"`)}
	put(t, blobs, "logs/turn/2026-11-24/13.jsonl.gz", zipped(t, lines...))
	for range 2 { // the bucket may say it twice
		if got, err := find(t, blobs, "logs%2Fturn/2026-11-24/13.jsonl.gz", "panic,held,throttl"); err != nil || got["held"] != 4 || got["panic"] != 1 {
			t.Fatalf("%v, %v", got, err)
		}
	}
	got := report(t, blobs, "findings/turn/2026-11-24/13.json")
	if n := len(got.Findings[1].First[2]); n < 490 || n > 500 {
		t.Errorf("a line of %d bytes is shown", n)
	}
	got.Findings[1].First[2] = got.Findings[1].First[2][:70]
	want := logs.Report{Archive: "logs/turn/2026-11-24/13.jsonl.gz", Lines: 5, Findings: []logs.Finding{
		{Word: "panic", Lines: 1, First: lines[2:3]}, {Word: "held", Lines: 4, First: []string{lines[0], lines[2], long[:70]}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNothingIsFound(t *testing.T) {
	blobs := memory.NewBlobs()
	put(t, blobs, "logs/turn/2026-11-24/13.jsonl.gz", zipped(t, line(`"quiet"`)))
	put(t, blobs, "findings/turn/2026-11-24/13.json", []byte("{}"))
	for _, key := range []string{"logs/turn/2026-11-24/13.jsonl.gz", "findings/turn/2026-11-24/13.json", "logs/readme.txt"} {
		if got, err := find(t, blobs, key, "panic"); err != nil || len(got) > 0 {
			t.Errorf("%s: %v, %v", key, got, err)
		}
	}
	for key, err := range blobs.Keys(t.Context(), "findings/readme") {
		t.Errorf("%s, %v", key, err)
	}
}

func TestAnArchiveThatCannotBeRead(t *testing.T) {
	blobs := memory.NewBlobs()
	whole := zipped(t, line(`"held"`), line(`"held"`))
	for name, b := range map[string][]byte{"none": nil, "cut": whole[:len(whole)-9], "plain": []byte("held")} {
		key := "logs/" + name + "/2026-11-24/13.jsonl.gz"
		if b != nil {
			put(t, blobs, key, b)
		}
		if got, err := find(t, blobs, key, "held"); err == nil || len(got) > 0 || !strings.Contains(err.Error(), "look into archive") {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}
