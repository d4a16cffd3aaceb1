package answer_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"example.com/accord/durable/aws"
	"example.com/accord/lambda/answer"
)

var errBroken = errors.New("broken")

const (
	keys    = `{"acme":"k3y","center":"k4y"}`
	secrets = `{"acme":["hush","old"]}`
)

// An inbox is a handler, and what it has put.
type inbox struct {
	*answer.Handler
	keys    []string
	records [][]byte
	fails   error
	log     bytes.Buffer
}

func newInbox(t testing.TB) *inbox {
	b := &inbox{}
	s, err := answer.Sites(keys, secrets)
	if err != nil {
		t.Fatal(err)
	}
	b.Handler = &answer.Handler{Sites: s, Log: slog.New(slog.NewJSONHandler(&b.log, nil)), Put: func(_ context.Context, key string, data []byte) error {
		if b.fails == nil {
			b.keys, b.records = append(b.keys, key), append(b.records, data)
		}
		return b.fails
	}}
	return b
}

// A call is what a REST API calls a function with.
type call struct {
	Resource string            `json:"resource"`
	Path     map[string]string `json:"pathParameters"`
	Query    map[string]string `json:"queryStringParameters"`
	Headers  map[string]string `json:"headers"`
	Context  map[string]any    `json:"requestContext"`
	Body     any               `json:"body"` // null where there is none
	Base64   bool              `json:"isBase64Encoded"`
}

func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook is an authentic one.
func webhook(body []byte) call {
	return call{
		Resource: "/{site}/{key}", Path: map[string]string{"site": "acme", "key": "k3y"}, Query: map[string]string{"v": "1"},
		Headers: map[string]string{"X-Hub-Signature": sign("hush", body), "x-atlassian-webhook-identifier": "w1", "X-Atlassian-Webhook-Flow": "Primary"},
		Context: map[string]any{"requestId": "r-1", "requestTimeEpoch": 1_800_000_000_123, "stage": "dev"},
		Body:    base64.StdEncoding.EncodeToString(body), Base64: true,
	}
}

// handle returns the status that the gateway answers with.
func (b *inbox) handle(t testing.TB, c any) int {
	t.Helper()
	in, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out, err := b.Handle(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		StatusCode int
		Headers    map[string]string
		Body       string
	}
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if want := map[bool]string{true: `{"heard":true}`, false: `{"heard":false}`}[r.StatusCode == 200]; r.Body != want || r.Headers["Content-Type"] != "application/json" {
		t.Errorf("%s: want the body %s", out, want)
	}
	if (r.Headers["Retry-After"] != "") != (r.StatusCode == 503) {
		t.Errorf("%d comes with the headers %v", r.StatusCode, r.Headers)
	}
	return r.StatusCode
}

func TestAuthenticWebhooksArePut(t *testing.T) {
	b := newInbox(t)
	body := []byte("{\"a\":\"é\\\"😀\"}\xff\x00")
	if got := b.handle(t, webhook(body)); got != 200 {
		t.Fatalf("answered with %d", got)
	}
	got, err := aws.ReadRecord(b.records[0])
	if err != nil {
		t.Fatal(err)
	}
	want := aws.Record{Site: "acme", Key: "k3y", Version: "1", ID: "r-1", At: time.UnixMilli(1_800_000_000_123).UTC(), Signature: sign("hush", body), Body: body}
	want.Webhook.Identifier, want.Webhook.Flow = "w1", "Primary"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if b.keys[0] != "r-1" {
		t.Errorf("it is put under %q, want the id of the request", b.keys[0])
	}
}

func TestAnswers(t *testing.T) {
	body := []byte(`{"webhookEvent":"jira:issue_updated"}`)
	with := func(change func(*call)) call {
		c := webhook(body)
		change(&c)
		return c
	}
	for name, c := range map[string]struct {
		reason string
		call   call
		fails  error
		want   int
		said   string // in the log
	}{
		"authentic":            {"the stream has it", webhook(body), nil, 200, ""},
		"secret being changed": {"the site may sign with either", with(func(c *call) { c.Headers["X-Hub-Signature"] = sign("old", body) }), nil, 200, ""},
		"header in lower case": {"gateways write names as they like", with(func(c *call) { c.Headers = map[string]string{"x-hub-signature": sign("hush", body)} }), nil, 200, ""},
		"not in base64":        {"a gateway without binary types", with(func(c *call) { c.Body, c.Base64 = string(body), false }), nil, 200, ""},
		"no secret agreed on":  {"the key alone proves it", with(func(c *call) { c.Path, c.Headers = map[string]string{"site": "center", "key": "k4y"}, nil }), nil, 200, ""},
		"forged":               {"a repetition would be no better", with(func(c *call) { c.Body = base64.StdEncoding.EncodeToString(append(body, ' ')) }), nil, 401, "its signature does not fit"},
		"not signed":           {"the site has a secret", with(func(c *call) { c.Headers = nil }), nil, 401, "its signature does not fit"},
		"other algorithm":      {"only SHA-256 is agreed on", with(func(c *call) { c.Headers["X-Hub-Signature"] = "sha1=" + strings.Repeat("0", 40) }), nil, 401, "its signature"},
		"wrong key":            {"it did not come by the address", with(func(c *call) { c.Path["key"] = "k3" }), nil, 401, "its key is not that"},
		"no key":               {"nor did this", with(func(c *call) { c.Path["key"] = "" }), nil, 401, "its key is not that"},
		"no such site":         {"and a stranger's name is not logged", with(func(c *call) { c.Path["site"] = "n0body" }), nil, 404, ""},
		"no body":              {"signed as empty", with(func(c *call) { c.Body, c.Headers["X-Hub-Signature"] = nil, sign("hush", nil) }), nil, 200, ""},
		"stream does not take": {"the site delivers again", webhook(body), errBroken, 503, "it comes again"},
		"forged, stream down":  {"nothing is put of it", with(func(c *call) { c.Headers = nil }), errBroken, 401, "its signature"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newInbox(t)
			b.fails = c.fails
			if got := b.handle(t, c.call); got != c.want {
				t.Errorf("answered with %d, want %d: %s", got, c.want, c.reason)
			}
			if put := len(b.records); (put == 1) != (c.want == 200) {
				t.Errorf("%d records are put", put)
			}
			log := b.log.String()
			if (log == "") != (c.said == "") || !strings.Contains(log, c.said) {
				t.Errorf("the log says %q, want %q", log, c.said)
			}
			for _, secret := range []string{"hush", "k3y", "sha256=", "n0body"} {
				if strings.Contains(log, secret) {
					t.Errorf("the log shows %s: %s", secret, log)
				}
			}
		})
	}
}

// TestTooBig: at the same size as where the gateway answers itself, and what is
// put fits beside the longest headers.
func TestTooBig(t *testing.T) {
	long := strings.Repeat("\x01", 10_240)
	for size, big := range map[int]bool{737_280: false, 737_281: true, 4 << 20: true} {
		b, body := newInbox(t), bytes.Repeat([]byte{0xfb}, size)
		c := webhook(body)
		c.Headers["Authorization"] = long
		if got := b.handle(t, c); got != 200 {
			t.Fatalf("answered with %d", got)
		}
		if n := len(b.records[0]) + len(b.keys[0]); n > 1<<20 {
			t.Errorf("a body of %d bytes is a record of %d", size, n)
		}
		r, err := aws.ReadRecord(b.records[0])
		if err != nil || r.TooBig != big || bytes.Equal(r.Body, body) == big || r.Authorization != long {
			t.Errorf("a body of %d bytes: too big: %v, %d bytes: %v", size, r.TooBig, len(r.Body), err)
		}
	}
}

// TestEveryValueStaysInItsPlace: whatever a stranger sends.
func TestEveryValueStaysInItsPlace(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b, body := newInbox(t), rapid.SliceOf(rapid.Byte()).Draw(r, "body")
		c, text := webhook(body), rapid.String()
		version, authorization, retry := text.Draw(r, "v"), text.Draw(r, "authorization"), text.Draw(r, "retry")
		c.Query["v"], c.Headers["authorization"], c.Headers["X-ATLASSIAN-webhook-retry"] = version, authorization, retry
		if got := b.handle(t, c); got != 200 {
			r.Fatalf("answered with %d", got)
		}
		got, err := aws.ReadRecord(b.records[0])
		if err != nil {
			r.Fatal(err)
		}
		if got.Version != version || got.Authorization != authorization || got.Webhook.Retry != retry || !bytes.Equal(got.Body, body) {
			r.Fatalf("put as %+v", got)
		}
	})
}

func TestBadSitesAreRefused(t *testing.T) {
	for bad, want := range map[[2]string]string{
		{"", "{}"}:                     "path keys: want JSON such as",
		{"{}", "{}"}:                   "path keys: want JSON such as",
		{`["k3y"]`, "{}"}:              "path keys: want JSON such as",
		{keys, ""}:                     "secrets: want JSON such as",
		{keys, "none"}:                 "secrets: want JSON such as",
		{keys, `{"acme":"hush"}`}:      "secrets: want JSON such as",
		{keys, `{"acme":[]}`}:          "acme has no key, or an empty secret",
		{keys, `{"acme":["hush",""]}`}: "acme has no key, or an empty secret",
		{keys, `{"nobody":["hush"]}`}:  "nobody has no key, or an empty secret",
	} {
		got, err := answer.Sites(bad[0], bad[1])
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "k3y") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v, %v; want %q", bad, got, err, want)
		}
	}
}

func TestWhatIsNoCallOfTheGateway(t *testing.T) {
	for in, want := range map[string]string{
		"": "read call", "[]": "read call", `{"body":"%%%","isBase64Encoded":true}`: "read body",
	} {
		b := newInbox(t)
		if out, err := b.Handle(t.Context(), []byte(in)); err == nil || !strings.Contains(err.Error(), want) || len(b.records) > 0 {
			t.Errorf("%q: %s, %v", in, out, err)
		}
	}
}

func FuzzCall(f *testing.F) {
	for _, c := range []call{webhook([]byte("{}")), {}} {
		b, err := json.Marshal(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		b := newInbox(t)
		out, err := b.Handle(t.Context(), in)
		if (err == nil) != json.Valid(out) {
			t.Fatalf("%q is answered with %q, %v", in, out, err)
		}
		for _, data := range b.records {
			if _, err := aws.ReadRecord(data); err != nil && !strings.Contains(err.Error(), "want all three") {
				t.Fatalf("%q is put as %q: %v", in, data, err)
			}
		}
	})
}
