package answer_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"pgregory.net/rapid"

	"example.com/accord/lambda/answer"
)

// open opens a stream behind an address, with some of the environment changed.
func open(t testing.TB, url string, with map[string]string) *answer.Stream {
	t.Helper()
	s, err := answer.OpenStream(environment(url, with))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func environment(url string, with map[string]string) func(string) string {
	env := map[string]string{
		"ACCORD_STREAM": "accord-hooks", "ACCORD_KINESIS": url, "AWS_REGION": "eu-central-1",
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_SESSION_TOKEN": "token",
	}
	maps.Copy(env, with)
	return func(name string) string { return env[name] }
}

// A request is one that came over the wire.
type request struct {
	*http.Request
	body []byte
}

// kinesis answers each call with what answer says.
func kinesis(t testing.TB, answer func(w http.ResponseWriter, r request)) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		answer(w, request{r, body})
	}))
	t.Cleanup(s.Close)
	return s
}

// TestSignatureIsThatOfTheSDK: for random calls, the whole Authorization header.
func TestSignatureIsThatOfTheSDK(t *testing.T) {
	calls := make(chan request, 1)
	s := kinesis(t, func(_ http.ResponseWriter, r request) { calls <- r })
	word := rapid.StringMatching(`[A-Za-z0-9/+=]{1,60}`)
	rapid.Check(t, func(r *rapid.T) {
		creds := sdk.Credentials{AccessKeyID: word.Draw(r, "id"), SecretAccessKey: word.Draw(r, "secret"), SessionToken: rapid.OneOf(word, rapid.Just("")).Draw(r, "token")}
		region := rapid.StringMatching(`[a-z]{2}(-gov)?-[a-z]{4,9}-[1-9]`).Draw(r, "region")
		stream := open(t, s.URL, map[string]string{
			"AWS_REGION": region, "AWS_ACCESS_KEY_ID": creds.AccessKeyID, "AWS_SECRET_ACCESS_KEY": creds.SecretAccessKey, "AWS_SESSION_TOKEN": creds.SessionToken,
		})
		key, data := rapid.String().Draw(r, "key"), rapid.SliceOf(rapid.Byte()).Draw(r, "data")
		if err := stream.Put(t.Context(), key, data); err != nil {
			r.Fatal(err)
		}
		came := <-calls
		if got, want := came.Header.Get("Authorization"), signed(r, came, creds, region); got != want {
			r.Fatalf("signed as\n%s, and by the SDK as\n%s", got, want)
		}
		var in struct {
			StreamName, PartitionKey string
			Data                     []byte
		}
		if err := json.Unmarshal(came.body, &in); err != nil || in.StreamName != "accord-hooks" || in.PartitionKey != key || !bytes.Equal(in.Data, data) {
			r.Fatalf("%s: %v", came.body, err)
		}
	})
}

// signed is what the SDK's signer makes of a call that came.
func signed(t *rapid.T, came request, creds sdk.Credentials, region string) string {
	again, err := http.NewRequest(came.Method, "http://"+came.Host+came.URL.RequestURI(), bytes.NewReader(came.body))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Content-Type", "X-Amz-Target"} {
		again.Header.Set(name, came.Header.Get(name))
	}
	at, err := time.Parse("20060102T150405Z", came.Header.Get("X-Amz-Date"))
	if err != nil || time.Since(at) > time.Minute {
		t.Fatalf("signed at %v: %v", at, err)
	}
	if got := came.Header.Get("X-Amz-Security-Token"); got != creds.SessionToken {
		t.Fatalf("it comes with the token %q", got)
	}
	sum := sha256.Sum256(came.body)
	if err := v4.NewSigner().SignHTTP(t.Context(), creds, again, hex.EncodeToString(sum[:]), "kinesis", region, at); err != nil {
		t.Fatal(err)
	}
	return again.Header.Get("Authorization")
}

// TestPutSaysWhatKinesisSays: only 200 is a record that is kept.
func TestPutSaysWhatKinesisSays(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   string // of the error
	}{
		"kept":      {200, `{"SequenceNumber":"1","ShardId":"s"}`, ""},
		"throttled": {400, `{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded"}`, "status 400: ProvisionedThroughputExceededException"},
		"denied":    {400, `{"__type":"AccessDeniedException","Message":"no"}`, "status 400: AccessDeniedException"},
		"broken":    {500, `{"__type":"InternalFailure"}`, "status 500: InternalFailure"},
		"no JSON":   {503, `<html>`, "status 503"},
		"other":     {204, ``, "status 204"},
		"chatty":    {500, strings.Repeat("x", 100_000), "over 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			s := kinesis(t, func(w http.ResponseWriter, _ request) {
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			err := open(t, s.URL, nil).Put(t.Context(), "k", []byte("data"))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestConnectionIsKept, also past an error; and one that the service has closed
// meanwhile costs no record.
func TestConnectionIsKept(t *testing.T) {
	var calls, made atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		if calls.Add(1)%3 == 0 {
			w.WriteHeader(500)
		}
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	stream := open(t, s.URL, nil)
	put := func(n int32) {
		t.Helper()
		err := stream.Put(t.Context(), "k", make([]byte, 500_000))
		if (err == nil) != (n%3 != 0) {
			t.Errorf("call %d: %v", n, err)
		}
	}
	for n := range int32(6) {
		put(n + 1)
	}
	if made.Load() != 1 {
		t.Errorf("6 calls make %d connections", made.Load())
	}
	s.CloseClientConnections()
	put(7)
	if made.Load() != 2 || calls.Load() != 7 {
		t.Errorf("%d connections, %d calls", made.Load(), calls.Load())
	}
}

// TestNobodyAnswers: a new connection that ends without an answer is an error,
// and not tried again: whoever delivers will.
func TestNobodyAnswers(t *testing.T) {
	var calls atomic.Int32
	s := kinesis(t, func(http.ResponseWriter, request) {
		calls.Add(1)
		panic(http.ErrAbortHandler)
	})
	if err := open(t, s.URL, nil).Put(t.Context(), "k", nil); err == nil || calls.Load() != 1 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	s.Close()
	if err := open(t, s.URL, nil).Put(t.Context(), "k", nil); err == nil || !strings.Contains(err.Error(), "put record") {
		t.Errorf("nobody is there: %v", err)
	}
}

// TestPutWaitsNoLongerThanItsContext.
func TestPutWaitsNoLongerThanItsContext(t *testing.T) {
	over := make(chan struct{})
	s := kinesis(t, func(_ http.ResponseWriter, r request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	})
	defer close(over)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := open(t, s.URL, nil).Put(ctx, "k", nil)
	if timeout, ok := errors.AsType[net.Error](err); !ok || !timeout.Timeout() {
		t.Errorf("%v, want a time-out", err)
	}
}

// TestStrangersCertificateIsRefused.
func TestStrangersCertificateIsRefused(t *testing.T) {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // it says that it is refused
	s.StartTLS()
	defer s.Close()
	if err := open(t, s.URL, nil).Put(t.Context(), "k", nil); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("%v", err)
	}
}

func TestBadEnvironmentIsRefused(t *testing.T) {
	for url, with := range map[string]map[string]string{
		"":                          nil,
		"kinesis.example":           nil,
		"https://":                  nil,
		"https://kinesis.example/x": nil,
		"http://kinesis.example":    nil,
		"http://192.0.2.1":          nil,
		"ftp://127.0.0.1":           nil,
		"https://a.example":         {"ACCORD_STREAM": ""},
		"https://b.example":         {"AWS_REGION": ""},
		"https://c.example":         {"AWS_ACCESS_KEY_ID": ""},
		"https://d.example":         {"AWS_SECRET_ACCESS_KEY": ""},
	} {
		if _, err := answer.OpenStream(environment(url, with)); err == nil || !strings.HasPrefix(err.Error(), "open stream: ") {
			t.Errorf("%q with %v: %v", url, with, err)
		}
	}
	for _, url := range []string{"https://kinesis.eu-central-1.amazonaws.com", "https://kinesis.example:8443", "http://[::1]:4566"} {
		if _, err := answer.OpenStream(environment(url, nil)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
}
