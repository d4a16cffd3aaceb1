package jirasim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

// A receiver stands in for the network: it hears every webhook and answers
// what a test tells it.
type receiver struct {
	mu     sync.Mutex
	heard  []heard
	answer func(n int) int // status of the n-th request; nil: 200; 0: no connection
}

type heard struct {
	at     time.Time
	url    string
	header http.Header
	raw    []byte
	body   map[string]any
}

func (r *receiver) RoundTrip(q *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	h := heard{at: time.Now(), url: q.URL.String(), header: q.Header, raw: raw}
	if err := json.Unmarshal(raw, &h.body); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = append(r.heard, h)
	status := 200
	if r.answer != nil {
		status = r.answer(len(r.heard))
	}
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(bytes.NewReader(nil)), Header: http.Header{}}, nil
}

// list is what was heard, as it came.
func (r *receiver) list() []heard {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.heard)
}

// all is what was heard, each by its event.
func (r *receiver) all() map[string][]heard {
	out := map[string][]heard{}
	for _, h := range r.list() {
		name, _ := h.body["webhookEvent"].(string)
		out[name] = append(out[name], h)
	}
	return out
}

// listening opens a site inside a bubble, with a webhook for everything.
func listening(t *testing.T, f jirasim.Flavour, r *receiver, filter string) *play {
	p := open(t, f, func(o *jirasim.Options) { o.Client, o.Now = &http.Client{Transport: r}, time.Now })
	p.must(201, "POST", p.hooks(), map[string]any{"name": "h", "url": "https://accord.example/hooks/{issue.key}", "secret": "It's a Secret to Everybody",
		"events":  []string{"jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "comment_updated", "comment_deleted"},
		"filters": map[string]string{"issue-related-events-section": filter}})
	return p
}

func (p *play) hooks() string {
	if p.opt.Flavour == jirasim.DataCenter {
		return "/rest/jira-webhook/1.0/webhooks"
	}
	return "/rest/webhooks/1.0/webhook"
}

// live makes a little of everything.
func live(p *play) {
	key := p.create(map[string]any{"description": p.text("words")})
	p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{"summary": "new"}})
	id := p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("remark")}).at("id").(string)
	p.must(200, "PUT", "/issue/"+key+"/comment/"+id, map[string]any{"body": p.text("again")})
	p.must(204, "DELETE", "/issue/"+key+"/comment/"+id, nil)
	p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("left")})
	p.must(204, "DELETE", "/issue/"+key, nil)
	synctest.Wait()
}

func TestCloudTellsOfEverythingOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		p := listening(t, jirasim.Cloud, r, "project = SUP")
		live(p)
		all := r.all()
		for name, n := range map[string]int{"jira:issue_created": 1, "jira:issue_updated": 1, "jira:issue_deleted": 1, "comment_created": 2, "comment_updated": 1, "comment_deleted": 2} {
			if len(all[name]) != n {
				t.Errorf("%s: %d times, want %d", name, len(all[name]), n)
			}
		}
		for name, keys := range map[string][]string{
			"jira:issue_created": {"changelog", "issue", "issue_event_type_name", "timestamp", "user", "webhookEvent"},
			"jira:issue_updated": {"changelog", "issue", "issue_event_type_name", "timestamp", "user", "webhookEvent"},
			"jira:issue_deleted": {"issue", "timestamp", "user", "webhookEvent"},
			"comment_created":    {"comment", "issue", "timestamp", "webhookEvent"},
		} {
			if got := slices.Sorted(maps.Keys(all[name][0].body)); !slices.Equal(got, keys) {
				t.Errorf("%s has %v, want %v", name, got, keys)
			}
		}
		created := all["jira:issue_created"][0]
		if got := dig(created.body, "issue", "fields", "description"); got != "words" {
			t.Errorf("the description is %v, want wiki markup", got)
		}
		if got := dig(created.body, "issue", "self").(string); !strings.Contains(got, "/rest/api/2/issue/") {
			t.Errorf("self is %s, want version 2", got)
		}
		if dig(created.body, "user", "emailAddress") != nil {
			t.Error("the user's address is shown")
		}
		if created.url != "https://accord.example/hooks/SUP-1" {
			t.Errorf("called %s", created.url)
		}
		if got := dig(all["jira:issue_updated"][0].body, "changelog", "items", 0, "toString"); got != "new" {
			t.Errorf("the change is %v", got)
		}
		flows := map[string]int{}
		for _, h := range append(all["comment_deleted"], all["jira:issue_deleted"]...) {
			flows[h.header.Get("X-Atlassian-Webhook-Flow")]++
		}
		if flows["Primary"] != 2 || flows["Secondary"] != 1 {
			t.Errorf("flows are %v", flows)
		}
	})
}

func TestDataCenterTellsOfCommentsTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		p := listening(t, jirasim.DataCenter, r, "")
		live(p)
		all := r.all()
		if n := len(all["comment_created"]); n != 2 {
			t.Errorf("comment_created %d times, want 2", n)
		}
		if dig(all["comment_created"][0].body, "issue") != nil {
			t.Error("a comment's event has an issue")
		}
		if self := dig(all["comment_created"][0].body, "comment", "self").(string); !strings.Contains(self, "/rest/api/2/issue/1") {
			t.Errorf("the comment's self is %s", self)
		}
		var names []string
		for _, h := range all["jira:issue_updated"] {
			names = append(names, h.body["issue_event_type_name"].(string))
			if id := dig(h.body, "changelog", "items", 0, "fieldId"); id != nil {
				t.Errorf("an item has the field id %v", id)
			}
		}
		slices.Sort(names)
		if want := []string{"issue_comment_deleted", "issue_comment_edited", "issue_commented", "issue_commented", "issue_updated"}; !slices.Equal(names, want) {
			t.Errorf("changes are called %v, want %v", names, want)
		}
		if user := dig(all["jira:issue_created"][0].body, "user"); dig(user, "name") != "admin" || dig(user, "key") == nil || dig(user, "accountId") != nil {
			t.Errorf("the user is %v", user)
		}
	})
}

func TestStatusChangesAreNamedByTheWorkflow(t *testing.T) {
	for f, want := range map[jirasim.Flavour][2]string{jirasim.Cloud: {"11", "issue_generic"}, jirasim.DataCenter: {"4", "issue_work_started"}} {
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{}
			p := listening(t, f, r, "")
			key := p.create(nil)
			p.must(204, "POST", "/issue/"+key+"/transitions", map[string]any{"transition": map[string]any{"id": want[0]}})
			synctest.Wait()
			if got := r.all()["jira:issue_updated"]; len(got) != 1 || got[0].body["issue_event_type_name"] != want[1] {
				t.Errorf("%s: %v, want one %s", f, got, want[1])
			}
		})
	}
}

func TestDeliveriesAreSigned(t *testing.T) {
	if got := jirasim.Sign("It's a Secret to Everybody", []byte("Hello World!")); got != "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9" {
		t.Errorf("Jira's own example is signed %s", got)
	}
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		p := listening(t, jirasim.Cloud, r, "")
		p.create(nil)
		synctest.Wait()
		h := r.list()[0]
		if got := h.header.Get("X-Hub-Signature"); got != jirasim.Sign("It's a Secret to Everybody", h.raw) {
			t.Errorf("signed %s", got)
		}
		if h.header.Get("X-Atlassian-Webhook-Identifier") == "" || h.header.Get("X-Atlassian-Webhook-Retry") != "" {
			t.Errorf("headers are %v", h.header)
		}
	})
}

func TestCloudTriesAgainAndDataCenterDoesNot(t *testing.T) {
	for _, c := range []struct {
		flavour jirasim.Flavour
		answers []int
		tries   int
	}{
		{jirasim.Cloud, []int{503, 0, 200}, 3},
		{jirasim.Cloud, []int{500, 500, 429, 408, 409, 425, 500}, 6},
		{jirasim.Cloud, []int{404}, 1},
		{jirasim.DataCenter, []int{503}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{answer: func(n int) int { return c.answers[n-1] }}
			p := listening(t, c.flavour, r, "")
			p.create(nil)
			time.Sleep(2 * time.Hour)
			if len(r.list()) != c.tries {
				t.Fatalf("%s %v: %d tries, want %d", c.flavour, c.answers, len(r.list()), c.tries)
			}
			for n, h := range r.list()[1:] {
				gap := h.at.Sub(r.list()[n].at)
				if gap < 5*time.Minute || gap > 15*time.Minute {
					t.Errorf("try %d comes after %v", n+2, gap)
				}
				if got := h.header.Get("X-Atlassian-Webhook-Retry"); got != string(rune('1'+n)) {
					t.Errorf("try %d says %q", n+2, got)
				}
				if h.header.Get("X-Atlassian-Webhook-Identifier") != r.list()[0].header.Get("X-Atlassian-Webhook-Identifier") {
					t.Error("a further try has another identifier")
				}
			}
		})
	}
}

func TestCloseDropsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{answer: func(int) int { return 503 }}
		p := listening(t, jirasim.Cloud, r, "")
		p.create(nil)
		synctest.Wait()
		p.sim.Close()
		p.create(nil)
		time.Sleep(time.Hour)
		if len(r.list()) != 1 {
			t.Errorf("%d deliveries, want the one before Close", len(r.list()))
		}
	})
}

func TestAFilterKeepsEventsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		p := listening(t, jirasim.Cloud, r, "labels = wanted")
		p.create(nil)
		p.create(map[string]any{"labels": []string{"wanted"}})
		synctest.Wait()
		if len(r.list()) != 1 || dig(r.list()[0].body, "issue", "key") != "SUP-2" {
			t.Errorf("heard %d events", len(r.list()))
		}
	})
}

func TestWebhooksAreLostDoubledAndLate(t *testing.T) {
	for faults, want := range map[string]struct{ heard, within int }{
		`{"webhooks":{"lost":1}}`:               {0, 0},
		`{"webhooks":{"doubled":1}}`:            {20, 0},
		`{"webhooks":{"late":1,"delay":"1h"}}`:  {10, 3600},
		`{"webhooks":{"lost":0.5,"doubled":0}}`: {5, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{}
			p := listening(t, jirasim.Cloud, r, "")
			p.must(200, "POST", "/_sim/faults", faults)
			start := time.Now()
			for range 10 {
				p.create(nil)
			}
			synctest.Wait()
			soon := len(r.list())
			time.Sleep(2 * time.Hour)
			if got := len(r.list()); got != want.heard && !(want.heard == 5 && got > 0 && got < 10) {
				t.Errorf("%s: heard %d, want %d", faults, got, want.heard)
			}
			if want.within > 0 && (soon == 10 || r.list()[9].at.Sub(start) > time.Hour) {
				t.Errorf("%s: %d came at once, the last after %v", faults, soon, r.list()[len(r.list())-1].at.Sub(start))
			}
			if n := p.must(200, "GET", "/_sim/requests", nil).at("webhooks", "waiting"); n != 0.0 {
				t.Errorf("%v still wait", n)
			}
		})
	}
}

func TestWebhooksAreKeptAndChanged(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a := p.must(201, "POST", p.hooks(), map[string]any{"name": "n", "url": "https://a.example/x", "events": []string{"jira:issue_updated"}, "secret": "s3cret"})
		self := strings.TrimPrefix(a.at("self").(string), "https://jira.example.com")
		if strings.Contains(a.raw, "s3cret") {
			t.Error("the secret is shown")
		}
		p.must(200, "PUT", self, map[string]any{"name": "m"})
		if got := p.must(200, "GET", self, nil); got.at("name") != "m" || got.at("url") != "https://a.example/x" {
			t.Errorf("it is %s", got.raw)
		}
		if n := len(p.must(200, "GET", p.hooks(), nil).list()); n != 1 {
			t.Errorf("%d webhooks", n)
		}
		p.must(204, "DELETE", self, nil)
		p.must(404, "GET", self, nil)
	})
}

// TestEventsLookLikeRecordings compares bodies of webhooks with recorded ones.
func TestEventsLookLikeRecordings(t *testing.T) {
	for _, c := range []struct {
		flavour     jirasim.Flavour
		event, file string
		except      []string
	}{
		{jirasim.Cloud, "jira:issue_created", "zulip_issue_created_2026", []string{".fields.customfield_", "issuerestriction", "entityId", ".changelog.items[].toString"}},
		{jirasim.Cloud, "comment_created", "mm_comment_created", []string{".name is missing", ".key is missing", "accountType is not", "hierarchyLevel is not", "simplified is not"}},
		{jirasim.DataCenter, "comment_created", "mm_comment_created", nil},
		{jirasim.DataCenter, "jira:issue_updated", "mm_issue_updated.custom_field", []string{".fields.customfield_", "fields.security is not", "aggregatetime", ".comment.self"}},
	} {
		folder := map[jirasim.Flavour]string{jirasim.Cloud: "webhooks-cloud", jirasim.DataCenter: "webhooks-server"}[c.flavour]
		_, theirs := recordedBody(t, folder, c.file+".json")
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{}
			p := listening(t, c.flavour, r, "")
			live(p)
			all := r.all()[c.event]
			slices.SortFunc(all, func(a, b heard) int {
				return strings.Compare(a.body["webhookEvent"].(string), b.body["webhookEvent"].(string))
			})
			n := slices.IndexFunc(all, func(h heard) bool {
				return c.event != "jira:issue_updated" || h.body["issue_event_type_name"] == "issue_updated"
			})
			var found []string
			compareShape(map[string]any(all[n].body), theirs, "", &found)
			slices.Sort(found)
			for _, s := range found {
				if !slices.ContainsFunc(append(c.except, hidden...), func(e string) bool { return strings.Contains(s, e) }) {
					t.Errorf("%s %s: %s", c.flavour, c.event, s)
				}
			}
		})
	}
}
