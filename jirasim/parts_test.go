package jirasim_test

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/accord/jirasim"
)

// handle makes a little of everything that hangs on an issue.
func handle(p *play) {
	a, b := p.create(nil), p.create(nil)
	p.link("Blocks", a, b)
	files := p.attach(200, a, file{"x.png", "", "x"}, file{"y.png", "", "x"})
	id := p.must(201, "POST", "/issue/"+a+"/worklog", `{"timeSpent":"1w"}`).at("id").(string)
	p.must(200, "PUT", "/issue/"+a+"/worklog/"+id, `{"timeSpent":"1d"}`)
	p.must(204, "DELETE", "/issue/"+a+"/worklog/"+id, nil)
	p.must(201, "POST", "/issue/"+a+"/worklog", `{"timeSpent":"1h"}`)
	p.must(204, "DELETE", "/attachment/"+files.at(0, "id").(string), nil)
	p.must(201, "PUT", "/issue/"+a+"/properties/k", `1`)
	p.must(204, "DELETE", "/issue/"+a+"/properties/k", nil)
	p.must(204, "DELETE", "/issue/"+a, nil)
	synctest.Wait()
}

// heeding is a site that tells a receiver of everything that hangs on an issue.
func heeding(t *testing.T, f jirasim.Flavour, r *receiver, filter string) *play {
	p := open(t, f, func(o *jirasim.Options) { o.Client, o.Now = &http.Client{Transport: r}, time.Now })
	p.must(201, "POST", p.hooks(), map[string]any{"name": "h", "url": "https://accord.example/hooks", "filters": map[string]string{"issue-related-events-section": filter},
		"events": strings.Fields("issuelink_created issuelink_deleted attachment_created attachment_deleted worklog_created worklog_updated worklog_deleted issue_property_set issue_property_deleted jira:issue_updated")})
	return p
}

func TestPartsAreToldOf(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{}
			handle(heeding(t, f, r, ""))
			all := r.all()
			worklog := []string{"isFromIssueLimitTransformation", "timestamp", "webhookEvent", "worklog"}
			if f == jirasim.DataCenter {
				worklog = worklog[1:]
			}
			for kind, want := range map[string]struct {
				n    int
				keys []string
			}{
				"issuelink_created": {1, []string{"issueLink", "timestamp", "webhookEvent"}}, "issuelink_deleted": {1, []string{"issueLink", "timestamp", "webhookEvent"}},
				"attachment_created": {2, []string{"attachment", "timestamp", "webhookEvent"}}, "attachment_deleted": {2, []string{"attachment", "timestamp", "webhookEvent"}},
				"worklog_created": {2, worklog}, "worklog_updated": {1, worklog}, "worklog_deleted": {2, worklog},
				"issue_property_set":     {1, []string{"issue", "property", "timestamp", "user", "webhookEvent"}},
				"issue_property_deleted": {1, []string{"issue", "property", "timestamp", "user", "webhookEvent"}},
			} {
				if len(all[kind]) != want.n {
					t.Errorf("%s %s: %d times, want %d", f, kind, len(all[kind]), want.n)
					continue
				}
				if got := slices.Sorted(maps.Keys(all[kind][0].body)); !slices.Equal(got, want.keys) {
					t.Errorf("%s %s has %v, want %v", f, kind, got, want.keys)
				}
			}
			names := map[string]int{}
			for _, h := range all["jira:issue_updated"] {
				names[dig(h.body, "issue_event_type_name").(string)]++
			}
			if want := map[string]int{"issue_updated": 3, "issue_work_logged": 2, "issue_worklog_updated": 1, "issue_worklog_deleted": 1}; !maps.Equal(names, want) {
				t.Errorf("%s: updates are %v, want %v", f, names, want)
			}
		})
	}
}

// TestNoFilterKeepsLinksBack, while it keeps back all the rest: docs/JIRA.md "Webhooks".
func TestNoFilterKeepsLinksBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		handle(heeding(t, jirasim.Cloud, r, "project = SUP and summary ~ nothing"))
		if got := slices.Sorted(maps.Keys(r.all())); !slices.Equal(got, []string{"issuelink_created", "issuelink_deleted"}) {
			t.Errorf("told of %v", got)
		}
	})
}

func TestEventsOfPartsLookLikeRecordings(t *testing.T) {
	for event, c := range map[string]struct {
		file   string
		except []string
	}{
		"issuelink_created":  {"pinpt_issuelink_created_duplicate", nil},
		"worklog_created":    {"zulip_worklog_created", nil},
		"worklog_deleted":    {"zulip_worklog_deleted", nil},
		"attachment_created": {"zulip_attachment_created", []string{".author.name is missing", ".author.key is missing", ".issue is missing", "thumbnail is not"}},
	} {
		_, theirs := recordedBody(t, "webhooks-cloud", c.file+".json")
		synctest.Test(t, func(t *testing.T) {
			r := &receiver{}
			handle(heeding(t, jirasim.Cloud, r, ""))
			var found []string
			compareShape(r.all()[event][0].body, theirs, "", &found)
			for _, s := range found {
				if !slices.ContainsFunc(append(c.except, hidden...), func(e string) bool { return strings.Contains(s, e) }) {
					t.Errorf("%s: %s", event, s)
				}
			}
		})
	}
}

// TestPartsAreSaved with the site, and found again by their ids.
func TestPartsAreSaved(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a, b := p.create(nil), p.create(nil)
		p.link("Blocks", a, b)
		id := p.attach(200, a, file{"a.txt", "", "kept"}).at(0, "id").(string)
		work := p.must(201, "POST", "/issue/"+a+"/worklog", `{"timeSpent":"1h"}`).at("id").(string)
		p.as("ada").must(204, "POST", "/issue/"+a+"/watchers", nil)
		p.must(200, "POST", "/_sim/settings", `{"uploadLimit":7}`)
		var state bytes.Buffer
		if err := p.sim.Save(&state); err != nil {
			t.Fatal(err)
		}
		q := open(t, p.opt.Flavour)
		if err := q.sim.Load(&state); err != nil {
			t.Fatal(err)
		}
		q.must(200, "GET", "/issueLink/10000", nil)
		q.must(200, "GET", "/issue/"+a+"/worklog/"+work, nil)
		if got := q.bytes(q.must(200, "GET", "/attachment/"+id, nil).at("content").(string)); got != "kept" {
			t.Errorf("the file holds %q", got)
		}
		if n := q.must(200, "GET", "/issue/"+a, nil).at("fields", "watches", "watchCount"); n != 2.0 {
			t.Errorf("%v watch it", n)
		}
		if n := q.must(200, "GET", "/attachment/meta", nil).at("uploadLimit"); n != 7.0 {
			t.Errorf("the limit is %v", n)
		}
	})
}
