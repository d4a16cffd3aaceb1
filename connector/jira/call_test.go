package jira_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
)

func TestLogsIn(t *testing.T) {
	for f, want := range map[jira.Flavour]string{jira.Cloud: "Basic ", jira.DataCenter: "Bearer " + token} {
		s := newSite(t)
		auth := ""
		s.mux.HandleFunc("GET /rest/api/2/serverInfo", func(_ http.ResponseWriter, r *http.Request) { auth = r.Header.Get("Authorization") })
		s.participant(t, f).Check(t.Context())
		if !strings.HasPrefix(auth, want) {
			t.Errorf("%s logs in by %q, want %q", f, auth, want)
		}
	}
}

// TestErrorsSayWhatToDo holds errors to: which site, what was tried, what the
// site said, what to do, and no secret.
func TestErrorsSayWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		body    string
		headers []string
		want    []string
		denied  bool
	}{
		"wrong token": {401, `{"message":"Client must be authenticated to access this resource.","status-code":401}`, nil,
			[]string{"acme: GET /rest/api/3/myself", "401", "Client must be authenticated", "check user and token"}, true},
		"locked out": {403, "", []string{"X-Seraph-LoginReason", "AUTHENTICATION_DENIED"}, []string{"log in once in a browser"}, true},
		"forbidden":  {403, `{"errorMessages":["No."],"errors":{}}`, nil, []string{"403: No.", "permission"}, false},
		"a web page": {200, "<!DOCTYPE html><HTML><Title>Log in</Title></HTML>", nil, []string{"Log in", "web page", "check the url"}, false},
		"a redirect": {302, "", []string{"Location", "https://login.example/"}, []string{"https://login.example/", "log-in page"}, false},
		"not JSON":   {200, "what?", nil, []string{"read answer"}, false},
		"problem":    {404, `{"type":"about:blank","title":"Not Found","status":404,"detail":"No endpoint GET /x."}`, nil, []string{"No endpoint GET /x."}, false},
		"gateway":    {404, `{"timestamp":"x","status":404,"error":"Not Found","message":"No message available","path":"/x"}`, nil, []string{"404: Not Found"}, false},
		"oauth":      {400, `{"error":"invalid_request","error_description":"grant_type must be one of [x]"}`, nil, []string{"grant_type must be one of"}, false},
		"plain text": {404, "XSRF check failed", nil, []string{"XSRF check failed"}, false},
		"nothing":    {502, "", nil, []string{"502: Bad Gateway"}, false},
		"by field":   {400, `{"errorMessages":[],"errors":{"b":"Two.","a":["One."]}}`, nil, []string{"a: One. b: Two."}, false},
	} {
		s := newSite(t)
		s.mux = http.NewServeMux()
		s.on("/", c.status, c.body, c.headers...)
		_, err := look(t, s.participant(t, jira.Cloud), "10")
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		for _, w := range append(c.want, "acme: ") {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v\ndoes not say %q", name, err, w)
			}
		}
		if errors.Is(err, connector.ErrDenied) != c.denied || strings.Contains(err.Error(), token) {
			t.Errorf("%s: %v: denied should be %v", name, err, c.denied)
		}
	}
}

func TestUnreachable(t *testing.T) {
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	s := &site{Server: dead}
	p := s.participant(t, jira.Cloud)
	_, err := look(t, p, "10")
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Errorf("a site that is down: %v", err)
	}
	found := p.Check(t.Context())
	if len(found) != 1 || !found[0].Fault || !strings.Contains(found[0].What, "acme-support: acme: GET /rest/api/2/serverInfo") {
		t.Errorf("check of a site that is down: %v", found)
	}
}

func TestUntrusted(t *testing.T) {
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	defer tls.Close()
	_, err := look(t, (&site{Server: tls}).participant(t, jira.Cloud), "10")
	if err == nil || !strings.Contains(err.Error(), "ca_file") {
		t.Errorf("a certificate of nobody: %v", err)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	pem := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(pem, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]jira.Site{
		`url "acme.atlassian.net" is no address`: {URL: "acme.atlassian.net"},
		"proxy is no address":                    {URL: "https://a.example", Proxy: "proxy"},
		"no PEM certificate":                     {URL: "https://a.example", CAFile: pem},
		"read ca_file":                           {URL: "https://a.example", CAFile: pem + ".none"},
	} {
		if _, err := jira.Open(s, jira.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%+v): %v, want %q", s, err, want)
		}
	}
}

// TestRetryAfter holds the client to make no call of the site until the time
// that the site asked for is over.
func TestRetryAfter(t *testing.T) {
	s := newSite(t)
	now := time.Now()
	c := s.open(t, jira.Cloud, jira.Options{Now: func() time.Time { return now }})
	p, q := c.Participant(project()), c.Participant(jira.Project{Participant: "other", Key: "OPS"})
	busy := true
	s.mux.HandleFunc("GET /rest/api/3/issue/{id}", func(w http.ResponseWriter, _ *http.Request) {
		if busy {
			w.Header().Set("Retry-After", "30")
			w.Header().Set("RateLimit-Reason", "jira-burst-based")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		fmt.Fprint(w, `{"id":"10","key":"SUP-1","fields":{"project":{"key":"SUP"},"comment":{"comments":[],"total":0}}}`)
	})
	_, err := look(t, p, "10")
	if b, ok := errors.AsType[*connector.Busy](err); !ok || b.For != 30*time.Second || !strings.Contains(b.Why, "jira-burst-based") {
		t.Fatalf("a 429 is %v", err)
	}
	busy, now = false, now.Add(20*time.Second)
	before := len(s.asked(""))
	_, err = look(t, q, "10")
	if b, ok := errors.AsType[*connector.Busy](err); !ok || b.For != 10*time.Second {
		t.Errorf("another participant of the site, 20 s later: %v", err)
	}
	r, err := p.Write(t.Context(), edit(issue.Document{place("summary"): issue.Scalar("x")}))
	if err != nil || r.Wait != 10*time.Second || r.Replies[place("summary")].State != issue.NotDone {
		t.Errorf("a write meanwhile: %+v, %v", r, err)
	}
	if after := len(s.asked("")); after != before {
		t.Errorf("%d calls were made meanwhile", after-before)
	}
	now = now.Add(11 * time.Second)
	if _, err := look(t, p, "10"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestBackOffWithoutRetryAfter(t *testing.T) {
	s := newSite(t)
	now := time.Now()
	p := s.open(t, jira.DataCenter, jira.Options{Now: func() time.Time { return now }}).Participant(project())
	s.on("GET /rest/api/2/issue/10", 429, "<html><body><h1>HTTP Status 429</h1><p><b>Message</b> Rate limit exceeded.</p></body></html>")
	for _, want := range []time.Duration{2, 4, 8, 16, 30, 30} {
		_, err := look(t, p, "10")
		b, ok := errors.AsType[*connector.Busy](err)
		if !ok || b.For != want*time.Second || !strings.Contains(b.Why, "Rate limit exceeded.") {
			t.Fatalf("want to wait %d s: %v", want, err)
		}
		now = now.Add(b.For)
	}
}

func TestEveryCallHasADeadline(t *testing.T) {
	s := newSite(t)
	stop := make(chan struct{})
	defer close(stop)
	s.mux.HandleFunc("GET /rest/api/3/issue/10", func(http.ResponseWriter, *http.Request) { <-stop })
	p := s.open(t, jira.Cloud, jira.Options{Timeout: 50 * time.Millisecond}).Participant(project())
	if _, err := look(t, p, "10"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a site that does not answer: %v", err)
	}
}

func TestClock(t *testing.T) {
	s := newSite(t)
	s.on("GET /rest/api/3/issue/10", 200, `{"id":"10","key":"SUP-1","fields":{"project":{"key":"SUP"},"comment":{"comments":[],"total":0}}}`,
		"Date", time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
	v, err := look(t, s.participant(t, jira.Cloud), "10")
	if err != nil {
		t.Fatal(err)
	}
	off := v.Clock.Offset - time.Hour
	if off.Abs() > v.Clock.Uncertainty || v.Clock.Uncertainty < time.Second || v.Clock.Uncertainty > 10*time.Second {
		t.Errorf("a site that is an hour slow is off by %v ± %v", v.Clock.Offset, v.Clock.Uncertainty)
	}
}

// TestRecordedErrors wants Jira's own sentence out of every recorded refusal.
func TestRecordedErrors(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(docs(t), "fixtures", "errors", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded refusals: %v", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var o struct {
			Response struct {
				Status  int               `json:"status"`
				Headers map[string]string `json:"headers"`
				Body    json.RawMessage   `json:"body"`
			} `json:"response"`
		}
		if err := json.Unmarshal(b, &o); err != nil {
			t.Fatal(err)
		}
		if o.Response.Status < 400 || len(o.Response.Body) == 0 {
			continue
		}
		body, sentence := string(o.Response.Body), words(o.Response.Body)
		var plain string
		if json.Unmarshal(o.Response.Body, &plain) == nil {
			body = plain
		}
		s := newSite(t)
		s.mux = http.NewServeMux()
		s.on("/", o.Response.Status, body, "Content-Type", o.Response.Headers["content-type"])
		_, err = look(t, s.participant(t, jira.Cloud), "10")
		for _, w := range sentence {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%s: %v\ndoes not say %q", filepath.Base(f), err, w)
			}
		}
	}
}

// words are the sentences in a recorded body: what stands under the keys that
// are known to hold some, else all of it but its tags.
func words(b json.RawMessage) (out []string) {
	var s string
	if json.Unmarshal(b, &s) == nil {
		if _, rest, ok := strings.Cut(s, "<b>Message</b> "); ok {
			s, _, _ = strings.Cut(rest, "</p>")
		}
		return []string{s}
	}
	var o map[string]any
	_ = json.Unmarshal(b, &o)
	for _, key := range []string{"errorMessages", "errors", "detail", "error_description"} {
		switch v := o[key].(type) {
		case string:
			out = append(out, v)
		case []any:
			for _, x := range v {
				out = append(out, fmt.Sprint(x))
			}
		case map[string]any:
			for k, x := range v {
				out = append(out, k+": "+fmt.Sprint(x))
			}
		}
	}
	return out
}
