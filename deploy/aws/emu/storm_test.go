//go:build emu

package emu_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"example.com/accord/durable/aws"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/lambda/source"
	"example.com/accord/memory"
	"example.com/accord/runtimeapi"
)

// A storm is so many webhooks in one second, and what must not stop them.
type storm struct {
	t      *testing.T
	m      *ministack
	front  string
	stream *source.Stream
	hear   *runtimeapi.Function
	store  *aws.Store
	queue  *aws.Queue

	puts, throttled, broken, doubled atomic.Int32 // at the stream
	letters, refusals, partial       atomic.Int32 // at the queue
	calls, again                     atomic.Int32 // of hear; those that did not handle all
	repeated                         atomic.Int32 // deliveries that came once more
}

// TestStorm delivers 1,000 webhooks in one second: 900 about 90 issues, and 100
// about one issue each. The stream throttles a fifth of what the front puts, and
// loses answers; the queue refuses some batches, and fails the entries of others.
// A site delivers again what was answered with 503. In the end each issue waits
// in the queue, and nothing was given up.
//
// The front renders the template's mapping, and ministack 1.5.33 has the table,
// the queue and the bucket. The stream and its event source mapping are our own:
// ministack's knows neither the lowest sequence number nor bisecting.
func TestStorm(t *testing.T) {
	s := newStorm(t)
	mapping, lost := s.mapping()
	ctx, stop := context.WithCancel(t.Context())
	var polling sync.WaitGroup
	polling.Go(func() { mapping.Run(ctx) })
	defer polling.Wait()
	defer stop()

	began := time.Now()
	want := s.deliver(1000)
	answered := time.Since(began)
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		rs, _, err := s.stream.Read(t.Context(), 1)
		if err != nil || time.Now().After(end) {
			t.Fatalf("records are left in the stream: %d, %v", len(rs), err)
		}
		if len(rs) == 0 {
			break
		}
	}
	t.Logf("1000 deliveries answered after %.1f s, %d of them came again; the stream took %d records, throttled %d, broke %d, doubled %d; hear was called %d times, and %d times reported what was left; the queue took %d messages, refused %d batches, and failed the entries of %d; all heard after %.1f s",
		answered.Seconds(), s.repeated.Load(), s.puts.Load(), s.throttled.Load(), s.broken.Load(), s.doubled.Load(), s.calls.Load(), s.again.Load(), s.letters.Load(), s.refusals.Load(), s.partial.Load(), time.Since(began).Seconds())
	if s.throttled.Load() == 0 || s.refusals.Load() == 0 || s.partial.Load() == 0 || s.letters.Load() > 1000 {
		t.Error("that was no storm, or nothing was coalesced")
	}
	for key, err := range lost.Keys(t.Context(), "") {
		t.Errorf("given up: %s, %v", key, err)
	}
	s.check(want)
}

func newStorm(t *testing.T) *storm {
	s := &storm{t: t, m: startMinistack(t)}
	var err error
	if s.stream, err = source.Open(t.Context(), memory.NewBlobs(), "stream/"); err != nil {
		t.Fatal(err)
	}
	kinesis := httptest.NewServer(http.HandlerFunc(s.put))
	t.Cleanup(kinesis.Close)
	s.front = s.m.front("accord", pathKey, kinesis.URL)
	quiet := func(*http.Request) {}
	c, _ := theDemo(t, s.front+"/"+pathKey, startJira(t, jirasim.Options{Flavour: jirasim.Cloud}, quiet), startJira(t, jirasim.Options{Flavour: jirasim.DataCenter}, quiet))
	s.store, s.queue = s.m.stand(c, idle) // one is our own, and the queue is looked into in the end
	queue := httptest.NewServer(http.HandlerFunc(s.send))
	t.Cleanup(queue.Close)
	s.hear = &runtimeapi.Function{Bootstrap: s.m.bootstrap("hear"), Timeout: time.Minute, Memory: 256, Output: t.Output(),
		Env: append(s.m.environment("accord-hear"), "AWS_ENDPOINT_URL_SQS="+queue.URL)}
	t.Cleanup(s.hear.Close)
	return s
}

// idle leaves the event source mappings to the test.
func idle(kind, _ string, props object) {
	if kind == "AWS::Lambda::EventSourceMapping" {
		props["Enabled"] = false
	}
}

// bootstrap unpacks the zip of a function that deploy has packed.
func (m *ministack) bootstrap(name string) string {
	m.t.Helper()
	z, err := zip.OpenReader(filepath.Join(m.folder, "zips", name+".zip"))
	if err != nil {
		m.t.Fatal(err)
	}
	defer z.Close()
	into := filepath.Join(m.folder, name)
	if err := errors.Join(os.Mkdir(into, 0o700), os.CopyFS(into, z)); err != nil {
		m.t.Fatal(err)
	}
	path := filepath.Join(into, "bootstrap")
	if err := os.Chmod(path, 0o700); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// put is Kinesis: one of five puts is throttled, one of fifty breaks, and of one
// of forty the answer is lost.
func (s *storm) put(w http.ResponseWriter, r *http.Request) {
	var in struct{ Data []byte }
	err := json.NewDecoder(r.Body).Decode(&in)
	switch n := s.puts.Add(1); {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case n%5 == 0:
		s.throttled.Add(1)
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded for shard"}`)
	case n%50 == 7:
		s.broken.Add(1)
		http.Error(w, "", http.StatusInternalServerError)
	default:
		if err := s.stream.Put(r.Context(), in.Data); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if n%40 == 3 {
			s.doubled.Add(1)
			http.Error(w, "", http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, `{"ShardId":"shardId-000000000000","SequenceNumber":"1"}`)
	}
}

type entry struct {
	ID string `json:"Id"`
}

// send is SQS: one of four batches is refused, so that some are as often as the
// client tries, and the entries of one of seven fail.
func (s *storm) send(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var in struct{ Entries []entry }
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	if err != nil || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SendMessageBatch") {
		http.Error(w, fmt.Sprint(err), http.StatusBadRequest)
		return
	}
	switch luck := rand.IntN(100); {
	case luck < 15:
		s.partial.Add(1)
		s.part(w, in.Entries)
	case luck < 40:
		s.refusals.Add(1)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"__type":"com.amazonaws.sqs#RequestThrottled"}`)
	default:
		s.letters.Add(int32(len(in.Entries)))
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.m.forward(w, r)
	}
}

// part answers as SQS does whose servers failed each entry of a batch.
func (s *storm) part(w http.ResponseWriter, entries []entry) {
	failed := []map[string]any{}
	for _, e := range entries {
		failed = append(failed, map[string]any{"Id": e.ID, "SenderFault": false, "Code": "InternalError"})
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if err := json.NewEncoder(w).Encode(map[string]any{"Successful": []any{}, "Failed": failed}); err != nil {
		s.t.Error(err)
	}
}

// mapping is the template's own of hear, and where it leaves what it gives up.
func (s *storm) mapping() (*source.Mapping, *memory.Blobs) {
	props := dig(translated(s.t, "template.yaml"), "Resources", "HearCalled", "Properties").(object)
	number := func(name string) int { return int(props[name].(float64)) }
	lost := memory.NewBlobs()
	return &source.Mapping{
		Stream: s.stream, Batch: number("BatchSize"), Window: time.Duration(number("MaximumBatchingWindowInSeconds")) * time.Second,
		Tries: number("MaximumRetryAttempts"), Age: time.Duration(number("MaximumRecordAgeInSeconds")) * time.Second, Bisect: props["BisectBatchOnFunctionError"].(bool),
		Report: slices.Contains(props["FunctionResponseTypes"].([]any), any("ReportBatchItemFailures")), Lost: lost, Name: "hear", Log: slog.New(slog.NewTextHandler(s.t.Output(), nil)),
		Call: func(ctx context.Context, event []byte) ([]byte, error) {
			s.calls.Add(1)
			r, err := s.hear.Invoke(ctx, event)
			if err != nil || !bytes.Contains(r.Payload, []byte(`"batchItemFailures":[]`)) {
				s.again.Add(1)
			}
			return r.Payload, err
		},
	}, lost
}

// deliver sends n webhooks within a second, and each again until it is taken. It
// returns the issues that they are about.
func (s *storm) deliver(n int) map[string]bool {
	about := map[string]bool{}
	var all sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(n))
	defer tick.Stop()
	for i := range n {
		id := fmt.Sprint(20_000 + i/10)
		if i >= n*9/10 {
			id = fmt.Sprint(30_000 + i)
		}
		about[id] = true
		<-tick.C
		all.Go(func() { s.post(i, id) })
	}
	all.Wait()
	return about
}

func (s *storm) post(i int, id string) {
	body := fmt.Appendf(nil, `{"timestamp":%d,"webhookEvent":"jira:issue_updated","issue":{"id":%q,"key":"SUP-%s","fields":{"description":%q}}}`,
		time.Now().UnixMilli(), id, id, strings.Repeat("Grüße, “so lang”. ", 400)) // about 8 KiB
	for try := range 20 {
		r, err := http.NewRequestWithContext(s.t.Context(), "POST", s.front+"/"+pathKey+"/hooks/cloud/key-of-cloud?v=1", bytes.NewReader(body))
		if err != nil {
			s.t.Error(err)
			return
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Hub-Signature", jirasim.Sign("the demo's own secret", body))
		r.Header.Set("X-Atlassian-Webhook-Identifier", fmt.Sprint(i))
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			s.t.Error(err)
			return
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
			s.t.Errorf("answered with %s", resp.Status)
			return
		}
		s.repeated.Add(1)
		time.Sleep(time.Duration(100*(try+1)) * time.Millisecond) // sooner than a site would
	}
	s.t.Errorf("delivery %d was refused twenty times", i)
}

// check finds each issue waiting in the queue, and nothing refused.
func (s *storm) check(want map[string]bool) {
	for ms := []string{""}; len(ms) > 0; {
		ctx, cancel := context.WithTimeout(s.t.Context(), 3*time.Second)
		got, err := s.queue.Receive(ctx, 10, time.Minute)
		cancel()
		if err != nil {
			s.t.Fatal(err)
		}
		ms = nil
		for _, m := range got {
			ms = append(ms, m.Event.Ref.ID)
			if !want[m.Event.Ref.ID] || m.Event.Ref.Participant != issue.Participant("support") {
				s.t.Errorf("%s waits, and again or for nothing", m.Event.Ref)
			}
			delete(want, m.Event.Ref.ID)
		}
	}
	if len(want) > 0 {
		s.t.Errorf("%d issues were lost: %v", len(want), want)
	}
	for _, name := range []string{"unreadable", "refused/cloud"} {
		if st, err := s.store.State(s.t.Context(), name); err != nil || len(st.Value) > 0 {
			s.t.Errorf("%s: %s, %v", name, st.Value, err)
		}
	}
	if dead, err := s.queue.Dead(s.t.Context(), 1); err != nil || len(dead) > 0 {
		s.t.Errorf("dead: %+v, %v", dead, err)
	}
}

// environment is what the template says of a function's, and how to reach ministack.
func (m *ministack) environment(function string) []string {
	m.t.Helper()
	r, err := http.NewRequestWithContext(m.t.Context(), "GET", m.url+"/2015-03-31/functions/"+function+"/configuration", nil)
	if err != nil {
		m.t.Fatal(err)
	}
	who, err := keys().Retrieve(r.Context())
	if err == nil {
		err = v4.NewSigner().SignHTTP(r.Context(), who, r, fmt.Sprintf("%x", sha256.Sum256(nil)), "lambda", region, time.Now())
	}
	if err != nil {
		m.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		m.t.Fatal(err)
	}
	defer resp.Body.Close()
	var f struct {
		Environment struct{ Variables map[string]string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&f); err != nil || len(f.Environment.Variables) == 0 {
		m.t.Fatalf("%s: %+v, %v", function, f, err)
	}
	env := []string{"AWS_REGION=" + region, "AWS_ACCESS_KEY_ID=" + account, "AWS_SECRET_ACCESS_KEY=local-secret", "AWS_ENDPOINT_URL=" + m.url, "AWS_EC2_METADATA_DISABLED=true"}
	for name, v := range f.Environment.Variables {
		env = append(env, name+"="+v)
	}
	return env
}
