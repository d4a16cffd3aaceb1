package jirasim_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"example.com/accord/jirasim"
)

// lead is how a flavour names the lead of a project.
func (p *play) lead(who string) map[string]any {
	if p.opt.Flavour == jirasim.DataCenter {
		return map[string]any{"lead": who}
	}
	return map[string]any{"leadAccountId": p.user(who)}
}

// found makes a project.
func (p *play) found(key, name string) {
	p.t.Helper()
	in := p.lead("ada")
	in["key"], in["name"] = key, name
	p.must(201, "POST", "/project", in)
}

func TestAProjectIsMadeAndWorkedIn(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.found("NEW", "New things")
		key := p.create(map[string]any{"project": map[string]any{"key": "NEW"}})
		if key != "NEW-1" {
			t.Errorf("its first issue is %s", key)
		}
		a := p.must(200, "GET", "/project/NEW", nil)
		if a.at("lead", "displayName") != "Ada Brandt" || a.at("roles", "Administrators") == nil || len(a.list("issueTypes")) < 3 {
			t.Errorf("it is %s", a.raw)
		}
		if p.as("ada").do("POST", "/project", map[string]any{"key": "XX", "name": "XX"}).status != 403 {
			t.Error("a member makes a project")
		}
	})
}

// TestAKeyThatChangesStaysGood: for the project and each of its issues.
func TestAKeyThatChangesStaysGood(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.create(nil)
		p.must(200, "PUT", "/project/"+p.project(), `{"key":"FRESH"}`)
		old := p.must(200, "GET", "/issue/"+p.project()+"-1", nil)
		if old.at("key") != "FRESH-1" || old.at("fields", "project", "key") != "FRESH" {
			t.Errorf("the old key finds %v in %v", old.at("key"), old.at("fields", "project", "key"))
		}
		if a := p.must(200, "GET", "/project/"+p.project(), nil); a.at("key") != "FRESH" {
			t.Errorf("the old key of the project finds %v", a.at("key"))
		}
		if key := p.create(map[string]any{"project": map[string]any{"key": "FRESH"}}); key != "FRESH-2" {
			t.Errorf("the next issue is %s", key)
		}
		taken := p.lead("ada")
		taken["key"], taken["name"] = p.project(), "Another"
		if a := p.must(400, "POST", "/project", taken); a.at("errors", "projectKey") == nil {
			t.Errorf("a key that was used is free: %s", a.raw)
		}
	})
}

func TestProjectsGoAndComeBack(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.found("NEW", "New things")
		p.create(map[string]any{"project": map[string]any{"key": "NEW"}})
		method := map[jirasim.Flavour]string{jirasim.Cloud: "POST", jirasim.DataCenter: "PUT"}[p.opt.Flavour]
		p.must(204, method, "/project/NEW/archive", nil)
		if got := p.must(200, "GET", "/project", nil).list(); len(got) != 1 {
			t.Errorf("%d projects are shown", len(got))
		}
		if a := p.do("PUT", "/issue/NEW-1", `{"fields":{"summary":"x"}}`); a.status != 400 {
			t.Errorf("an edit in the archive: %d", a.status)
		}
		if a := p.do(method, "/project/NEW/restore", nil); a.status != 200 && a.status != 202 {
			t.Fatalf("restore: %d %s", a.status, a.raw)
		}
		p.must(204, "PUT", "/issue/NEW-1", `{"fields":{"summary":"x"}}`)
		p.must(204, "DELETE", "/project/NEW", nil)
		p.must(404, "GET", "/issue/NEW-1", nil)
		p.must(404, "GET", "/project/NEW", nil)
		if p.opt.Flavour == jirasim.DataCenter {
			p.must(404, "PUT", "/project/NEW/restore", nil)
			return
		}
		p.must(200, "POST", "/project/NEW/restore", nil)
		p.must(200, "GET", "/issue/NEW-1", nil)
		p.must(204, "DELETE", "/project/NEW?enableUndo=false", nil)
		p.must(404, "POST", "/project/NEW/restore", nil)
	})
}

// TestARoleGivesPowerInItsProject and in no other.
func TestARoleGivesPowerInItsProject(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.found("NEW", "New things")
		ada, body := p.as("ada"), `{"project":"NEW","name":"1.0"}`
		ada.must(403, "POST", "/version", body)
		who := "ada"
		if p.opt.Flavour == jirasim.Cloud {
			who = p.user("ada")
		}
		p.must(200, "POST", "/project/NEW/role/10002", map[string]any{"user": []string{who}})
		p.must(400, "POST", "/project/NEW/role/10002", map[string]any{"user": []string{who}})
		ada.must(201, "POST", "/version", body)
		ada.must(403, "POST", "/version", fmt.Sprintf(`{"project":%q,"name":"1.0"}`, p.project()))
		mine := ada.must(200, "GET", "/mypermissions?projectKey=NEW&permissions=ADMINISTER_PROJECTS,ADMINISTER", nil)
		if mine.at("permissions", "ADMINISTER_PROJECTS", "havePermission") != true || mine.at("permissions", "ADMINISTER", "havePermission") != false {
			t.Errorf("mypermissions: %s", mine.raw)
		}
		p.must(204, "DELETE", "/project/NEW/role/10002?user="+who, nil)
		ada.must(403, "POST", "/version", `{"project":"NEW","name":"2.0"}`)
	})
}

func TestProjectsAreSearched(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.found("NEW", "New things")
	p.found("OLD", "Old things")
	p.must(204, "POST", "/project/OLD/archive", nil)
	for query, want := range map[string][]string{
		"":                              {"NEW", "SUP"},
		"?orderBy=-key":                 {"SUP", "NEW"},
		"?query=things":                 {"NEW"},
		"?keys=NEW&keys=SUP":            {"NEW", "SUP"},
		"?status=archived":              {"OLD"},
		"?status=archived&status=live":  {"NEW", "OLD", "SUP"},
		"?typeKey=business":             {},
		"?maxResults=1&startAt=1":       {"SUP"},
		"?id=10000":                     {"SUP"},
		"?action=create&query=new":      {"NEW"},
		"?orderBy=name&status=live":     {"NEW", "SUP"},
		"?orderBy=nonsense&query=supp":  {"SUP"},
		"?categoryId=4":                 {},
		"?status=deleted&query=nothing": {},
	} {
		got := []string{}
		for _, x := range p.must(200, "GET", "/project/search"+query, nil).list("values") {
			got = append(got, dig(x, "key").(string))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
}

// TestSubtasksHaveAParent: docs/JIRA.md "Create and edit".
func TestSubtasksHaveAParent(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		sub := map[string]any{"name": "Sub-task"}
		top := p.create(nil)
		under := p.create(map[string]any{"issuetype": sub, "parent": map[string]any{"key": top}})
		a := p.must(200, "GET", "/issue/"+top, nil)
		if len(a.list("fields", "subtasks")) != 1 || a.at("fields", "subtasks", 0, "key") != under || a.at("fields", "subtasks", 0, "fields", "status", "name") == nil {
			t.Errorf("its sub-tasks: %v", a.at("fields", "subtasks"))
		}
		b := p.must(200, "GET", "/issue/"+under, nil)
		if b.at("fields", "parent", "key") != top || b.at("fields", "issuetype", "subtask") != true {
			t.Errorf("its parent: %v", b.at("fields", "parent"))
		}
		if _, has := a.at("fields").(map[string]any)["parent"]; has {
			t.Error("an issue without a parent shows one")
		}
		for name, fields := range map[string]map[string]any{
			"no parent":         {"issuetype": sub},
			"an unknown parent": {"issuetype": sub, "parent": map[string]any{"key": "NO-1"}},
			"a grandparent":     {"issuetype": sub, "parent": map[string]any{"key": under}},
			"no sub-task":       {"parent": map[string]any{"key": top}},
		} {
			all := map[string]any{"project": map[string]any{"key": p.project()}, "issuetype": map[string]any{"name": "Bug"}, "summary": "s"}
			maps.Copy(all, fields)
			if a := p.do("POST", "/issue", map[string]any{"fields": all}); a.status != 400 {
				t.Errorf("%s: %d %s", name, a.status, a.raw)
			}
		}
		p.must(400, "PUT", "/issue/"+top, `{"fields":{"issuetype":{"name":"Sub-task"}}}`)
		if a := p.must(400, "DELETE", "/issue/"+top, nil); a.at("errorMessages", 0) != "The issue '"+top+"' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks." {
			t.Errorf("a parent goes: %s", a.raw)
		}
		p.must(204, "DELETE", "/issue/"+top+"?deleteSubtasks=true", nil)
		p.must(404, "GET", "/issue/"+under, nil)
	})
}

// TestAParentChangesOnCloud, and the history says so.
func TestAParentChangesOnCloud(t *testing.T) {
	p := open(t, jirasim.Cloud)
	a, b := p.create(nil), p.create(nil)
	sub := p.create(map[string]any{"issuetype": map[string]any{"name": "Sub-task"}, "parent": map[string]any{"key": a}})
	p.must(204, "PUT", "/issue/"+sub, map[string]any{"fields": map[string]any{"parent": map[string]any{"key": b}}})
	it := p.items(sub)["IssueParentAssociation"]
	if it["fromString"] != a || it["toString"] != b || it["fieldId"] != nil {
		t.Errorf("the history says %v", it)
	}
	if n := len(p.must(200, "GET", "/issue/"+a, nil).list("fields", "subtasks")); n != 0 {
		t.Errorf("the old parent has %d", n)
	}
	p.must(400, "PUT", "/issue/"+sub, `{"update":{"parent":[{"set":{"none":true}}]}}`)
	p.must(400, "PUT", "/issue/"+a, map[string]any{"fields": map[string]any{"parent": map[string]any{"key": a}}})
}

func TestAComponentAssigns(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		lead := map[string]any{"leadUserName": "ben"}
		if p.opt.Flavour == jirasim.Cloud {
			lead = map[string]any{"leadAccountId": p.user("ben")}
		}
		in := map[string]any{"project": p.project(), "name": "Engine", "assigneeType": "COMPONENT_LEAD", "description": "turns"}
		maps.Copy(in, lead)
		c := p.must(201, "POST", "/component", in)
		for path, want := range map[string]any{"realAssigneeType": "COMPONENT_LEAD", "isAssigneeTypeValid": true, "project": p.project()} {
			if c.at(path) != want {
				t.Errorf("%s is %v, want %v", path, c.at(path), want)
			}
		}
		key := p.create(map[string]any{"components": []any{map[string]any{"name": "engine"}}})
		a := p.must(200, "GET", "/issue/"+key, nil)
		if a.at("fields", "assignee", "displayName") != "Ben Ito" || a.at("fields", "components", 0, "name") != "Engine" {
			t.Errorf("assigned to %v for %v", a.at("fields", "assignee"), a.at("fields", "components"))
		}
		id := c.at("id").(string)
		if a := p.must(200, "GET", "/component/"+id+"/relatedIssueCounts", nil); a.at("issueCount") != 1.0 {
			t.Errorf("counted %v", a.at("issueCount"))
		}
		p.must(400, "POST", "/component", map[string]any{"project": p.project(), "name": "ENGINE"})
		p.must(400, "PUT", "/component/"+id, `{"assigneeType":"SOMEBODY"}`)
		p.must(400, "PUT", "/component/"+id, `{"name":""}`)
		p.as("ada").must(403, "PUT", "/component/"+id, `{"name":"x"}`)
		p.must(204, "DELETE", "/component/"+id, nil)
		if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", "components"); !reflect.DeepEqual(got, []any{}) {
			t.Errorf("it still has %v", got)
		}
		it := p.items(key)["Component"]
		if it["fromString"] != "Engine" || it["to"] != nil {
			t.Errorf("the history says %v", it)
		}
	})
}
