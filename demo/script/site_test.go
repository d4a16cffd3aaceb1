package script

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A transport answers instead of a site.
type transport func(*http.Request) (status int, body string)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := f(r)
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	if status == http.StatusTooManyRequests {
		resp.Header.Set("Retry-After", "7")
	}
	return resp, nil
}

func (f transport) jira(s side) *jira {
	return &jira{side: s, http: &http.Client{Transport: f}, Site: Site{URL: "http://site", Project: "SUP", Participant: "sup",
		Accounts: []Account{{"a@example.com", "one"}, {"b@example.com", "two"}}, Sync: Account{"s@example.com", "three"}}}
}

func TestABusySiteIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		j := transport(func(*http.Request) (int, string) {
			if calls++; calls < 4 {
				return 429, "busy"
			}
			return 200, `{"id":"1"}`
		}).jira(cloud)
		began := time.Now()
		var out struct{ ID string }
		if err := j.call(t.Context(), 0, "GET", "/x", nil, &out); err != nil || out.ID != "1" {
			t.Errorf("%v, %q", err, out.ID)
		}
		if took := time.Since(began); took != 21*time.Second {
			t.Errorf("asked again after %v in all, told to wait 7 s three times", took)
		}
		calls = -100
		if err := j.call(t.Context(), 0, "GET", "/x", nil, &out); err == nil || calls != -100+attempts {
			t.Errorf("after %d calls: %v", calls+100, err)
		}
	})
}

func TestARefusalSaysWhatWasAsked(t *testing.T) {
	j := transport(func(*http.Request) (int, string) { return 400, `{"errors":{"summary":"no"}}` }).jira(server)
	err := j.call(t.Context(), 0, "PUT", "/rest/api/2/issue/1", map[string]string{}, nil)
	no := (*refusal)(nil)
	if !errors.As(err, &no) || no.Status != 400 || err.Error() != `Data Center: PUT /rest/api/2/issue/1: 400 {"errors":{"summary":"no"}}` {
		t.Errorf("%v", err)
	}
}

func TestWhoLogsInAndHow(t *testing.T) {
	var seen string
	f := transport(func(r *http.Request) (int, string) { seen = r.Header.Get("Authorization"); return 204, "" })
	for _, c := range []struct {
		s    side
		n    int
		want string
	}{{server, 0, "Bearer one"}, {server, 3, "Bearer two"}, {server, theSync, "Bearer three"}, {cloud, 1, "Basic YkBleGFtcGxlLmNvbTp0d28="}} {
		if err := f.jira(c.s).call(t.Context(), c.n, "GET", "/x", nil, nil); err != nil || seen != c.want {
			t.Errorf("account %d at the %v: %q, %v", c.n, c.s, seen, err)
		}
	}
}

// TestEveryPageIsRead reads lists that come in pages at both Jiras.
func TestEveryPageIsRead(t *testing.T) {
	atCloud := transport(func(r *http.Request) (int, string) {
		switch q := r.URL.Query(); {
		case strings.HasSuffix(r.URL.Path, "/changelog") && q.Get("startAt") == "0":
			return 200, `{"total":2,"values":[{"created":"2026-11-24T12:00:01.000+0000","author":{"accountId":"a"},"items":[{"field":"summary","fieldId":"summary","fromString":"1","toString":"2"}]}]}`
		case strings.HasSuffix(r.URL.Path, "/changelog"):
			return 200, `{"total":2,"values":[{"created":"2026-11-24T13:00:00.000+0100","author":{"accountId":"b"},"items":[{"field":"Rank","fromString":"","toString":"up"}]}]}`
		case q.Get("nextPageToken") == "":
			return 200, `{"issues":[{"id":"1"}],"nextPageToken":"t"}`
		}
		return 200, `{"issues":[{"id":"2"}]}`
	}).jira(cloud)
	atServer := transport(func(r *http.Request) (int, string) {
		if r.URL.Query().Get("startAt") == "0" {
			return 200, `{"issues":[{"id":"1"}],"comments":[{"id":"7","body":"*x*","author":{"name":"ada","displayName":"Ada"}}],"total":2}`
		}
		return 200, `{"issues":[{"id":"2"}],"comments":[{"id":"8","body":"y","visibility":{"type":"role"}}],"total":2}`
	}).jira(server)
	for _, j := range []*jira{atCloud, atServer} {
		if ids, err := j.list(t.Context()); err != nil || strings.Join(ids, " ") != "1 2" {
			t.Errorf("%v lists %q, %v", j.side, ids, err)
		}
	}
	log, err := atCloud.log(t.Context(), issueBody{ID: "1"})
	if err != nil || len(log) != 2 || log[0].Field != "Rank" || log[1].Field != "summary" || log[1].By != "a" {
		t.Errorf("changelog, oldest first: %+v, %v", log, err)
	}
	cs, err := atServer.comments(t.Context(), Words{}, "1")
	if err != nil || len(cs) != 2 || cs[0].Name != "Ada" || cs[0].Author != "ada" || cs[0].Limited || !cs[1].Limited || cs[1].Author != "" || cs[0].Body.String() != `paragraph: "x"(strong)` {
		t.Errorf("comments: %+v, %v", cs, err)
	}
}

func TestShown(t *testing.T) {
	for raw, want := range map[string]string{
		`null`: "", ``: "", `"2027-01-02"`: "2027-01-02", `2.5`: "2.5", `3.0`: "3", `{"id":"1","name":"High"}`: "High",
		`{"accountId":"5b","displayName":"Ada"}`: "5b", `{"name":"ada","key":"JIRAUSER1"}`: "ada", `{"id":"9","value":"Major"}`: "Major", `[1]`: "",
	} {
		if got := shown([]byte(raw)); got != want {
			t.Errorf("%s is shown as %q, want %q", raw, got, want)
		}
	}
}
