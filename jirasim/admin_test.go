package jirasim_test

import (
	"fmt"
	"maps"
	"testing"

	"example.com/accord/jirasim"
)

// TestASchemeDecidesWhoMayWhat: whoever a scheme does not name sees nothing of
// the project, administrators of the site too, who can still set it right.
func TestASchemeDecidesWhoMayWhat(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		scheme := fmt.Sprint(p.must(201, "POST", "/permissionscheme", map[string]any{"name": "Staff", "permissions": []any{
			map[string]any{"permission": "BROWSE_PROJECTS", "holder": map[string]any{"type": "group", "parameter": "staff"}},
			map[string]any{"permission": "ADD_COMMENTS", "holder": map[string]any{"type": "user", "parameter": p.id("ben")}},
		}}).at("id"))
		p.must(200, "PUT", "/project/"+p.project()+"/permissionscheme", `{"id":`+scheme+`}`)
		for who, want := range map[string]int{"admin": 404, "cleo": 404, "ada": 200, "ben": 200} {
			p.as(who).must(want, "GET", "/issue/"+key, nil)
		}
		comment := map[string]any{"body": p.text("hello")}
		p.as("ben").must(201, "POST", "/issue/"+key+"/comment", comment)
		if a := p.as("ada").do("POST", "/issue/"+key+"/comment", comment); a.status < 400 {
			t.Errorf("ada comments: %d", a.status)
		}
		p.must(200, "PUT", "/project/"+p.project()+"/permissionscheme", `{"id":0}`)
		p.must(200, "GET", "/issue/"+key, nil)
	})
}

// id is how the site names an account.
func (p *play) id(who string) string {
	if p.opt.Flavour == jirasim.DataCenter {
		return who
	}
	return p.as(who).must(200, "GET", "/myself", nil).at("accountId").(string)
}

// TestAConditionHidesATransition, a validator refuses it, and a post function
// follows it: of a workflow that was drawn over REST.
func TestAConditionHidesATransition(t *testing.T) {
	p := open(t, jirasim.Cloud)
	step := func(kind, name, to string, more map[string]any) map[string]any {
		s := map[string]any{"type": kind, "name": name, "toStatusReference": to}
		maps.Copy(s, more)
		return s
	}
	rules := func(key string, parameters map[string]string) []any {
		return []any{map[string]any{"ruleKey": key, "parameters": parameters}}
	}
	p.must(200, "POST", "/workflows/create", map[string]any{"scope": map[string]any{"type": "GLOBAL"}, "statuses": []any{
		map[string]any{"id": "10010", "name": "To Do", "statusCategory": "TODO", "statusReference": "10010"},
		map[string]any{"name": "Gone", "statusCategory": "DONE", "statusReference": "gone"},
	}, "workflows": []any{map[string]any{"name": "Two", "statuses": []any{map[string]any{"statusReference": "10010"}, map[string]any{"statusReference": "gone"}}, "transitions": []any{
		step("INITIAL", "Create", "10010", nil),
		step("GLOBAL", "Go", "gone", map[string]any{
			"conditions": map[string]any{"operation": "ALL", "conditions": rules("system:restrict-issue-transition", map[string]string{"accountIds": "allow-assignee"})},
			"validators": rules("system:validate-field-value", map[string]string{"ruleType": "fieldRequired", "fieldsRequired": "duedate"}),
			"actions":    rules("system:update-field", map[string]string{"field": "labels", "value": "gone by", "mode": "replace"}),
		}),
	}}}})
	scheme := fmt.Sprint(p.must(201, "POST", "/workflowscheme", `{"name":"Two","defaultWorkflow":"Two"}`).at("id"))
	p.must(204, "PUT", "/workflowscheme/project", `{"projectId":"10000","workflowSchemeId":"`+scheme+`"}`)
	key := p.create(nil)
	path := "/issue/" + key + "/transitions"
	if got := p.as("ada").must(200, "GET", path, nil).list("transitions"); len(got) != 0 {
		t.Errorf("whom it is not assigned to may %v", got)
	}
	p.must(204, "PUT", "/issue/"+key+"/assignee", map[string]any{"accountId": p.id("ada")})
	id := dig(p.as("ada").must(200, "GET", path, nil).list("transitions"), 0, "id")
	move := map[string]any{"transition": map[string]any{"id": id}}
	p.as("ada").must(400, "POST", path, move)
	p.must(204, "PUT", "/issue/"+key, `{"fields":{"duedate":"2026-12-24"}}`)
	p.as("ada").must(204, "POST", path, move)
	a := p.must(200, "GET", "/issue/"+key, nil)
	if a.at("fields", "status", "name") != "Gone" || len(a.list("fields", "labels")) != 2 {
		t.Errorf("it is %v with %v", a.at("fields", "status"), a.at("fields", "labels"))
	}
	p.must(200, "GET", "/workflow/search?workflowName=Two&expand=transitions.rules", nil)
}

// TestADefaultPriorityIsWhatIssuesGet, and one that ends is replaced in those
// that have it.
func TestADefaultPriorityIsWhatIssuesGet(t *testing.T) {
	p := open(t, jirasim.Cloud)
	id := p.must(201, "POST", "/priority", `{"name":"Urgent","statusColor":"#f00"}`).at("id").(string)
	p.must(204, "PUT", "/priority/default", `{"id":"`+id+`"}`)
	key := p.create(nil)
	priority := func() any { return p.must(200, "GET", "/issue/"+key, nil).at("fields", "priority", "name") }
	if got := priority(); got != "Urgent" {
		t.Errorf("its priority is %v", got)
	}
	p.must(400, "DELETE", "/priority/"+id, nil)
	p.must(204, "PUT", "/priority/default", `{"id":"2"}`)
	p.must(303, "DELETE", "/priority/"+id, nil)
	if got := priority(); got != "High" {
		t.Errorf("its priority is %v", got)
	}
	if got := p.find("priority = High"); len(got) != 1 {
		t.Errorf("a search finds %v", got)
	}
}
