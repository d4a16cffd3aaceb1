package jirasim_test

import (
	"testing"

	"example.com/accord/jirasim"
)

// TestTolerated sends what clients are known to send, whatever documents say.
func TestTolerated(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		t.Run(string(f), func(t *testing.T) {
			p := open(t, f)
			key := p.create(nil)
			part := p.create(map[string]any{"issuetype": map[string]any{"name": "Sub-task"}, "parent": map[string]any{"key": key}})
			for _, k := range []string{key, part} {
				p.must(204, "PUT", "/issue/"+k, `{"fields":{"parent":{}},"update":{"summary":[{"set":"of whatever parent"}]}}`)
			}
			p.create(map[string]any{"parent": map[string]any{}})
			a := p.must(200, "GET", "/issue/"+part+"?fields=parent,summary", nil)
			if a.at("fields", "parent", "key") != key || a.at("fields", "summary") != "of whatever parent" {
				t.Errorf("the sub-task is %s", a.raw)
			}

			member := "accountId"
			if f == jirasim.DataCenter {
				member = "name"
			}
			me := p.must(200, "GET", "/myself", nil).at(member)
			assignee := func(want any) {
				t.Helper()
				if a := p.must(200, "GET", "/issue/"+key+"?fields=assignee", nil); a.at("fields", "assignee", member) != want {
					t.Errorf("assigned are %s, want %v", a.raw, want)
				}
			}
			p.must(204, "PUT", "/issue/"+key+"/assignee", map[string]any{member: me})
			p.must(204, "PUT", "/issue/"+key+"/assignee", map[string]any{member: "-1"})
			assignee(nil)
			p.must(200, "PUT", "/project/"+p.project(), `{"assigneeType":"PROJECT_LEAD"}`)
			p.must(204, "PUT", "/issue/"+key+"/assignee", map[string]any{member: "-1"})
			assignee(me)
		})
	}
}

// TestLatest calls what has one version only by the name of its latest.
func TestLatest(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		p := open(t, f)
		if a := p.must(200, "GET", "/rest/agile/latest/board", nil); a.at("values", 0, "name") == nil {
			t.Errorf("%s: the boards are %s", f, a.raw)
		}
		if f == jirasim.DataCenter {
			p.must(200, "GET", "/rest/auth/latest/session", nil)
			p.must(200, "GET", "/rest/jira-webhook/latest/webhooks", nil)
		} else {
			p.must(200, "GET", "/rest/webhooks/latest/webhook", nil)
		}
	}
}
