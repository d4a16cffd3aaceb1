//go:build emu

package deploy_test

import (
	"bytes"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"example.com/accord/app/aslambda"
	"example.com/accord/durable/aws"
	"example.com/accord/lambda/source"
	"example.com/accord/memory"
)

// TestFrontOfThisMachineMakesTheSameRecords: what `accord serve --as-lambda` puts
// into its stream is what the mapping makes, but for the id and the time.
func TestFrontOfThisMachineMakesTheSameRecords(t *testing.T) {
	deliveries := map[string]struct {
		head map[string]string
		body []byte
	}{
		"all headers": {map[string]string{
			"X-Hub-Signature": "sha256=ab", "Authorization": "JWT x.y.z", "X-Atlassian-Webhook-Identifier": "id", "X-Atlassian-Webhook-Retry": "2",
			"X-Atlassian-Webhook-Flow": "Primary", "X-Other": "no",
		}, []byte(`{"a":"\"'\\"}`)},
		"none":        {nil, nil},
		"apostrophes": {map[string]string{"X-Hub-Signature": "'sha256='ab'"}, []byte("it's")},
		"odd":         {map[string]string{"X-Hub-Signature": "a\"},\"x\":\"\\ é$q ${record}#end", "Authorization": "/"}, []byte("$input.body #end")},
		"bytes":       {nil, []byte{0xff, 0xfe, 0, 0xc3, 0x28}},
		"most":        {nil, make([]byte, 737_280)},
		"too big":     {map[string]string{"X-Hub-Signature": "sha256=ab"}, make([]byte, 737_281)},
	}
	var calls []call
	s, err := source.Open(t.Context(), memory.NewBlobs(), "inbox/")
	if err != nil {
		t.Fatal(err)
	}
	front := aslambda.Front(s, slog.New(slog.DiscardHandler))
	names := slices.Sorted(maps.Keys(deliveries))
	for _, name := range names {
		d := deliveries[name]
		calls = append(calls, webhook(d.body, d.head))
		c := calls[len(calls)-1].Input
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/hooks/"+c.Path["site"]+"/"+c.Path["key"]+"?v="+c.Querystring["v"], bytes.NewReader(d.body))
		for name, value := range d.head {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		if front.ServeHTTP(w, r); w.Code != 200 || !strings.Contains(w.Body.String(), `{"heard":true}`) {
			t.Fatalf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	put := put(t, calls...)
	here, _, err := s.Read(t.Context(), 100)
	if err != nil || len(here) != len(names) {
		t.Fatalf("%d records: %v", len(here), err)
	}
	for i, name := range names {
		got, err := aws.ReadRecord(here[i].Data)
		if err != nil {
			t.Fatal(err)
		}
		want := put[i]
		got.ID, got.At, want.ID, want.At = "", time.Time{}, "", time.Time{}
		if d := diff.Diff(want, got); d != "" {
			t.Errorf("%s (-mapping +here):\n%.2000s", name, d)
		}
	}
}
