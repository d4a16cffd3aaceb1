package jirasim_test

import (
	"reflect"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

const customType = "com.atlassian.jira.plugin.system.customfieldtypes:"

// field makes a custom field on the screen and returns its id and, on Cloud,
// that of its context.
func (p *play) field(name, kind string) (id, context string) {
	p.t.Helper()
	id = p.must(201, "POST", "/field", map[string]any{"name": name, "type": customType + kind}).at("id").(string)
	status := 204
	if p.opt.Flavour == jirasim.Cloud {
		status = 200
	}
	p.must(status, "POST", "/screens/addToDefault/"+id, nil)
	if p.opt.Flavour == jirasim.Cloud {
		context = p.must(200, "GET", "/field/"+id+"/context", nil).at("values", 0, "id").(string)
	}
	return id, context
}

// TestAFieldIsWhereItsContextIs: in the metadata, on issues, for a search.
func TestAFieldIsWhereItsContextIs(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.found("NEW", "New things")
	id, everywhere := p.field("Mood", "radiobuttons")
	p.must(201, "POST", "/field/"+id+"/context", map[string]any{"name": "There", "projectIds": []string{"10001"}})
	there := p.must(200, "GET", "/field/"+id+"/context", nil).at("values", 1, "id").(string)
	p.must(200, "POST", "/field/"+id+"/context/"+everywhere+"/option", `{"options":[{"value":"Good"}]}`)
	p.must(200, "POST", "/field/"+id+"/context/"+there+"/option", `{"options":[{"value":"Strange"}]}`)
	offered := func(key string) []string {
		var out []string
		for _, o := range p.must(200, "GET", "/issue/"+key+"/editmeta", nil).list("fields", id, "allowedValues") {
			out = append(out, dig(o, "value").(string))
		}
		return out
	}
	here, far := p.create(nil), p.create(map[string]any{"project": map[string]any{"key": "NEW"}})
	if a, b := offered(here), offered(far); !reflect.DeepEqual(a, []string{"Good"}) || !reflect.DeepEqual(b, []string{"Strange"}) {
		t.Errorf("offered are %v and %v", a, b)
	}
	p.must(400, "PUT", "/issue/"+here, map[string]any{"fields": map[string]any{id: map[string]any{"value": "Strange"}}})
	p.must(204, "PUT", "/issue/"+far, map[string]any{"fields": map[string]any{id: map[string]any{"value": "Strange"}}})
	p.must(204, "DELETE", "/field/"+id+"/context/"+everywhere, nil)
	if _, has := p.must(200, "GET", "/issue/"+here, nil).at("fields").(map[string]any)[id]; has {
		t.Error("it is shown where it is not")
	}
	p.must(400, "PUT", "/issue/"+here, map[string]any{"fields": map[string]any{id: map[string]any{"value": "Good"}}})
}

// TestCascadesHaveTwoSteps: docs/JIRA.md "Fields".
func TestCascadesHaveTwoSteps(t *testing.T) {
	p := open(t, jirasim.Cloud)
	id, context := p.field("Place", "cascadingselect")
	top := p.must(200, "POST", "/field/"+id+"/context/"+context+"/option", `{"options":[{"value":"Europe"},{"value":"Asia"}]}`).at("options", 0, "id").(string)
	p.must(200, "POST", "/field/"+id+"/context/"+context+"/option", `{"options":[{"value":"Berlin","optionId":"`+top+`"}]}`)
	key := p.create(map[string]any{id: map[string]any{"value": "Europe", "child": map[string]any{"value": "Berlin"}}})
	a := p.must(200, "GET", "/issue/"+key, nil)
	if a.at("fields", id, "value") != "Europe" || a.at("fields", id, "child", "value") != "Berlin" {
		t.Errorf("it is %v", a.at("fields", id))
	}
	p.must(400, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{id: map[string]any{"value": "Asia", "child": map[string]any{"value": "Berlin"}}}})
	p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{id: map[string]any{"value": "Asia"}}})
	if it := p.items(key)["Place"]; !strings.HasPrefix(it["fromString"].(string), "Parent values: Europe(") || !strings.Contains(it["fromString"].(string), "Level 1 values: Berlin(") {
		t.Errorf("the history says %v", it)
	}
	options := p.must(200, "GET", "/issue/"+key+"/editmeta", nil).list("fields", id, "allowedValues")
	if len(options) != 2 || dig(options[0], "children", 0, "value") != "Berlin" {
		t.Errorf("offered are %v", options)
	}
}

// TestADisabledOptionStaysWhereItIs and is not chosen again.
func TestADisabledOptionStaysWhereItIs(t *testing.T) {
	p := open(t, jirasim.Cloud)
	id, context := p.field("Mood", "select")
	a := p.must(200, "POST", "/field/"+id+"/context/"+context+"/option", `{"options":[{"value":"Good"},{"value":"Bad"}]}`)
	key := p.create(map[string]any{id: map[string]any{"value": "Bad"}})
	bad := a.at("options", 1, "id").(string)
	p.must(200, "PUT", "/field/"+id+"/context/"+context+"/option", map[string]any{"options": []any{map[string]any{"id": bad, "disabled": true}}})
	if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", id, "value"); got != "Bad" {
		t.Errorf("it is %v", got)
	}
	p.must(400, "POST", "/issue", map[string]any{"fields": map[string]any{"project": map[string]any{"key": "SUP"}, "issuetype": map[string]any{"name": "Bug"}, "summary": "s", id: map[string]any{"value": "Bad"}}})
	p.must(400, "DELETE", "/field/"+id+"/context/"+context+"/option/"+bad, nil)
}

func TestPeopleAndGroupsAsValues(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		who := map[string]any{"name": "ada"}
		if p.opt.Flavour == jirasim.Cloud {
			who = map[string]any{"accountId": p.user("ada")}
		}
		people, _ := p.field("Helpers", "multiuserpicker")
		teams, _ := p.field("Teams", "multigrouppicker")
		page, _ := p.field("Page", "url")
		key := p.create(map[string]any{people: []any{who}, teams: []any{map[string]any{"name": "staff"}}, page: "https://x.example/a"})
		p.must(204, "PUT", "/issue/"+key, map[string]any{"update": map[string]any{teams: []any{map[string]any{"remove": map[string]any{"name": "staff"}}}}})
		a := p.must(200, "GET", "/issue/"+key, nil)
		if a.at("fields", people, 0, "displayName") != "Ada Brandt" || a.at("fields", teams) != nil && len(a.list("fields", teams)) > 0 || a.at("fields", page) != "https://x.example/a" {
			t.Errorf("it holds %v, %v, %v", a.at("fields", people), a.at("fields", teams), a.at("fields", page))
		}
		p.must(400, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{page: "x"}})
	})
}

// TestAFieldGoesWithItsValues, and one that was made is on no screen at first.
func TestAFieldGoesWithItsValues(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		id := p.must(201, "POST", "/field", map[string]any{"name": "Gone", "type": customType + "textfield"}).at("id").(string)
		key := p.create(nil)
		edit := map[string]any{"fields": map[string]any{id: "x"}}
		p.must(400, "PUT", "/issue/"+key, edit)
		p.must(map[jirasim.Flavour]int{jirasim.Cloud: 200, jirasim.DataCenter: 204}[p.opt.Flavour], "POST", "/screens/addToDefault/"+id, nil)
		p.must(204, "PUT", "/issue/"+key, edit)
		p.as("ada").must(403, "POST", "/field", map[string]any{"name": "Hers", "type": customType + "textfield"})
		if p.opt.Flavour == jirasim.Cloud {
			a := p.must(303, "DELETE", "/field/"+id, nil)
			task := strings.TrimPrefix(a.header.Get("Location"), "https://jira.example.com/rest/api/3")
			if got := p.must(200, "GET", task, nil).at("status"); got != "COMPLETE" {
				t.Errorf("the task is %v", got)
			}
		} else {
			p.must(200, "DELETE", "/customFields?ids="+id, nil)
		}
		if _, has := p.must(200, "GET", "/issue/"+key, nil).at("fields").(map[string]any)[id]; has {
			t.Error("it is still shown")
		}
		p.must(400, "PUT", "/issue/"+key, edit)
	})
}
