// Package main_test calls the function as Lambda does: its own processes, and a
// stream that does not always take what it is given.
package main_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira/hook"
	"example.com/accord/durable/aws"
	"example.com/accord/runtimeapi"
)

// A stream is Kinesis, as far as PutRecord goes, over TLS. It throttles, fails,
// and loses answers.
type stream struct {
	mu      sync.Mutex
	calls   int
	records map[string]int // how often it has each, by its partition key
	wrong   []string
}

// ServeHTTP implements [http.Handler].
func (s *stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var in struct {
		StreamName, PartitionKey string
		Data                     []byte
	}
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if err != nil || in.StreamName != "accord-hooks" || r.Header.Get("X-Amz-Target") != "Kinesis_20131202.PutRecord" || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") {
		s.wrong = append(s.wrong, fmt.Sprintf("%v %s", r.Header, body))
	}
	switch {
	case s.calls%5 == 1:
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded for shard"}`)
	case s.calls%7 == 2:
		w.WriteHeader(http.StatusInternalServerError)
	case s.calls%11 == 3:
		panic(http.ErrAbortHandler)
	case s.calls%13 == 4:
		s.keep(in.PartitionKey, in.Data)
		panic(http.ErrAbortHandler) // it has the record, and nobody is told
	default:
		s.keep(in.PartitionKey, in.Data)
		io.WriteString(w, `{"SequenceNumber":"1","ShardId":"shardId-000000000000"}`)
	}
}

// keep keeps a record, if it can be read and was signed.
func (s *stream) keep(key string, data []byte) {
	r, err := aws.ReadRecord(data)
	if err != nil || r.ID != key || !hook.Signed(connector.NewSecret("hush"), r.Signature, r.Body) {
		s.wrong = append(s.wrong, fmt.Sprintf("%v %s", err, data))
	}
	s.records[key]++
}

func (s *stream) has(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.records[key] > 0
}

// function is the real bootstrap before a stream.
func function(t *testing.T, s *stream) *runtimeapi.Function {
	if runtime.GOOS != "linux" {
		t.Skipf("SKIPPED: functions run on Linux, and this is %s", runtime.GOOS)
	}
	dir := t.TempDir()
	srv := httptest.NewUnstartedServer(s)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // connections are cut on purpose
	srv.StartTLS()
	t.Cleanup(srv.Close)
	trusted := filepath.Join(dir, "trusted.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "bootstrap"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if b, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	f := &runtimeapi.Function{
		Bootstrap: filepath.Join(dir, "bootstrap"), Timeout: 12 * time.Second, Memory: 256, Concurrency: 4,
		Env: []string{
			"SSL_CERT_FILE=" + trusted, "ACCORD_KINESIS=" + srv.URL, "ACCORD_STREAM=accord-hooks", `ACCORD_ANSWER_KEYS={"acme":"k3y"}`, `ACCORD_ANSWER_SECRETS={"acme":["hush"]}`,
			"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "AWS_SESSION_TOKEN=token",
		},
	}
	t.Cleanup(f.Close)
	return f
}

// call is what the gateway calls with for one webhook of 8 KiB.
func call(t *testing.T, id, secret string) []byte {
	body := fmt.Appendf(nil, `{"webhookEvent":"jira:issue_updated","id":%q,"x":%q}`, id, bytes.Repeat([]byte("é"), 4096))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	in, err := json.Marshal(map[string]any{
		"pathParameters": map[string]string{"site": "acme", "key": "k3y"}, "queryStringParameters": map[string]string{"v": "1"},
		"headers":        map[string]string{"x-hub-signature": fmt.Sprintf("sha256=%x", mac.Sum(nil))},
		"requestContext": map[string]any{"requestId": id, "requestTimeEpoch": 1_800_000_000_000},
		"body":           base64.StdEncoding.EncodeToString(body), "isBase64Encoded": true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// TestWhatIsAnsweredIsInTheStream: 200 deliveries and 20 forged ones through four
// instances at once. What is answered with 200 is in the stream; all else that
// is signed is answered with 503 and delivered again, until nothing is lost.
func TestWhatIsAnsweredIsInTheStream(t *testing.T) {
	s := &stream{records: map[string]int{}}
	f := function(t, s)
	waiting := map[string]bool{}
	for i := range 220 {
		waiting[fmt.Sprintf("r%03d", i)] = i < 200 // the rest is forged
	}
	var first, again, cold int
	for round := 1; len(waiting) > 0; round++ {
		if round > 6 { // a site tries five times more
			t.Fatalf("%d deliveries are given up", len(waiting))
		}
		for id, o := range deliver(t, f, waiting) {
			if o.cold {
				cold++
			}
			want := map[bool][]int{true: {200, 503}, false: {401, 401}}[waiting[id]]
			if o.status != want[0] && o.status != want[1] {
				t.Errorf("%s is answered with %d", id, o.status)
			}
			switch o.status {
			case 200:
				first += map[bool]int{true: 1}[round == 1]
				if !s.has(id) {
					t.Errorf("%s is answered with 200, and the stream does not have it", id)
				}
			case 503:
				again++
				continue
			case 401:
				if s.has(id) {
					t.Errorf("%s is forged, and the stream has it", id)
				}
			}
			delete(waiting, id)
		}
	}
	for _, w := range s.wrong {
		t.Errorf("put: %.500s", w)
	}
	twice := 0
	for _, n := range s.records {
		if n > 1 {
			twice++
		}
	}
	if len(s.records) != 200 || first < 100 || again < 20 || twice == 0 || cold > 4 {
		t.Errorf("%d are in the stream, %d of them twice; %d were answered with 200 at once, 503 was answered %d times; %d processes", len(s.records), twice, first, again, cold)
	}
	t.Logf("200 are in the stream, %d of them twice; %d were answered with 200 at once, 503 was answered %d times; %d processes", twice, first, again, cold)
}

// An outcome is what one delivery was answered with.
type outcome struct {
	status int
	cold   bool
}

// deliver delivers all, authentic or not, four at a time.
func deliver(t *testing.T, f *runtimeapi.Function, all map[string]bool) map[string]outcome {
	t.Helper()
	ids, out := make(chan string), map[string]outcome{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for id := range ids {
				o := one(t, f, call(t, id, map[bool]string{true: "hush", false: "guessed"}[all[id]]))
				mu.Lock()
				out[id] = o
				mu.Unlock()
			}
		})
	}
	for id := range all {
		ids <- id
	}
	close(ids)
	wg.Wait()
	return out
}

func one(t *testing.T, f *runtimeapi.Function, in []byte) outcome {
	r, err := f.Invoke(t.Context(), in)
	var out struct{ StatusCode int }
	if err == nil {
		err = json.Unmarshal(r.Payload, &out)
	}
	if err != nil {
		t.Errorf("%s: %v", r.Payload, err)
	}
	return outcome{out.StatusCode, r.Cold}
}

// TestBadEnvironmentEndsIt before it asks for anything, and says why.
func TestBadEnvironmentEndsIt(t *testing.T) {
	f := function(t, &stream{records: map[string]int{}})
	for i, e := range f.Env {
		name, _, _ := strings.Cut(e, "=")
		if name == "SSL_CERT_FILE" || name == "AWS_SESSION_TOKEN" {
			continue
		}
		var said bytes.Buffer
		broken := &runtimeapi.Function{Bootstrap: f.Bootstrap, Timeout: f.Timeout, Env: append([]string{name + "="}, f.Env[:i]...), Output: &said}
		broken.Env = append(broken.Env, f.Env[i+1:]...)
		if _, err := broken.Invoke(t.Context(), call(t, "r", "hush")); err == nil || !strings.Contains(said.String(), `"msg":"cannot go on"`) {
			t.Errorf("without %s: %v, %s", name, err, said.String())
		}
		broken.Close()
	}
}
