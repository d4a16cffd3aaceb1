package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/app"
	"example.com/accord/config"
	"example.com/accord/connector"
	"example.com/accord/connector/jira"
	"example.com/accord/issue"
	"example.com/accord/jirasim"
	"example.com/accord/memory"
)

const crowdFile = `
version: 1
public_url: http://localhost
state: state
sites:
  cloud: {kind: cloud, url: "http://cloud.test", user: admin@example.com, token: {env: ACCORD_TEST_TOKEN}, secret: {env: ACCORD_TEST_TOKEN}}
  center: {kind: datacenter, url: "http://center.test", token: {env: ACCORD_TEST_TOKEN}}
syncs:
  support:
    participants:
      - {name: support, site: cloud, project: SUP}
      - {name: dev, site: center, project: DEV}
    fields: {summary: newest, comments: }
`

// A near site answers in this process and at once, so that time may be virtual.
type near struct{ *jirasim.Sim }

func (n near) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	q := r.Clone(context.WithoutCancel(r.Context()))
	q.Body = io.NopCloser(bytes.NewReader(body))
	w := httptest.NewRecorder()
	n.ServeHTTP(w, q)
	resp := w.Result()
	resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	resp.Request = r
	return resp, nil
}

// ask calls the site as a person.
func (n near) ask(t *testing.T, path string, body any) (out struct {
	ID string `json:"id"`
}) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://cloud.test/rest/api/2"+path, bytes.NewReader(b))
	r.Header.Set("Content-Type", "application/json")
	r.SetBasicAuth("ada@example.com", "ada")
	w := httptest.NewRecorder()
	n.ServeHTTP(w, r)
	if w.Code >= 300 {
		t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// inUse is how many KiB of the heap are in use.
func inUse() int {
	runtime.GC()
	runtime.GC() // what finalizers held
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc >> 10)
}

// TestACrowdedIssue: an issue with 600 comments, some of them long and one as
// long as Jira takes, is copied in the turns that the rate limit of an issue
// leaves. What an app keeps from one turn to the next stays small, and does not
// grow. The comment that is too long with its author's name is refused with the
// site's sentence and what to do, and not tried again.
func TestACrowdedIssue(t *testing.T) {
	t.Setenv("ACCORD_TEST_TOKEN", "example")
	synctest.Test(t, crowdedIssue)
}

func crowdedIssue(t *testing.T) {
	const comments = 600
	sites := map[jira.Flavour]near{}
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		sim := jirasim.New(jirasim.Options{Flavour: f, Unlimited: true, Lag: -1})
		defer sim.Close()
		sites[jira.Flavour(f)] = near{sim}
	}
	cloud := sites[jira.Cloud]
	id := cloud.ask(t, "/issue", map[string]any{"fields": map[string]any{
		"project": map[string]any{"key": "SUP"}, "issuetype": map[string]any{"name": "Task"}, "summary": "crowded",
	}}).ID
	tooLong := ""
	for n := range comments {
		body := fmt.Sprintf("comment %d", n)
		if n%100 == 50 {
			body += strings.Repeat(" long words", 2900)
		} else if n == 7 {
			body = strings.Repeat("x", 32_767)
		}
		made := cloud.ask(t, "/issue/"+id+"/comment", map[string]any{"body": body})
		if n == 7 {
			tooLong = made.ID
		}
		time.Sleep(time.Second)
	}
	c, faults := config.Parse(filepath.Join(t.TempDir(), "accord.yaml"), []byte(crowdFile))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	open := func(s jira.Site, projects []jira.Project, log *slog.Logger) (app.Tracker, error) {
		c, err := jira.Open(s, jira.Options{Log: log, HTTP: &http.Client{Transport: sites[s.Flavour]}})
		if err != nil {
			return app.Tracker{}, err
		}
		out := app.Tracker{Connectors: map[issue.Participant]connector.Connector{}}
		for _, p := range projects {
			out.Connectors[p.Participant] = c.Participant(p)
		}
		return out, nil
	}
	store := memory.NewStore()
	begin := func() *app.App {
		a := app.New(c, app.State{Store: store, Queue: memory.NewQueue()}, app.Options{Kinds: map[string]app.Kind{config.Cloud: open, config.DataCenter: open}})
		if err := a.Connect(); err != nil {
			t.Fatal(err)
		}
		return a
	}
	ref := issue.Ref{Participant: "support", ID: id}
	// keeps is what a new app keeps after so many turns, in KiB.
	keeps := func(turns int) int {
		a := begin()
		for range turns {
			if err := a.Turn(t.Context(), issue.Event{Ref: ref, Cause: "webhook", At: time.Now()}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		with := inUse()
		runtime.KeepAlive(a)
		a = nil
		return with - inUse()
	}
	copying := keeps(7)
	link, err := store.Link(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	dev := link.Sides["dev"]
	if len(dev.Rows) != comments-1 {
		t.Fatalf("%d comments of %d stand there", len(dev.Rows), comments-1)
	}
	long := issue.Place{Field: "comments", Row: issue.Ref{Participant: "support", ID: tooLong}}
	if tried := dev.Tried[long]; tried.Count != 1 || !strings.Contains(tried.Why, "32767") || !strings.Contains(tried.Why, "make it shorter") || !tried.Next.IsZero() {
		t.Errorf("the comment that is too long was tried %d times: %q, and is again at %v", tried.Count, tried.Why, tried.Next)
	}
	one, ten := keeps(1), keeps(6)
	runtime.KeepAlive(store) // else it would go with the last app
	t.Logf("an app keeps %d KiB after the copying, %d after one quiet turn and %d after six", copying, one, ten)
	if most := 512; max(copying, one, ten) > most || ten > one+64 {
		t.Errorf("an app keeps %d KiB after seven turns, %d after one quiet turn and %d after six: at most %d may be, and no more with each", copying, one, ten, most)
	}
}
