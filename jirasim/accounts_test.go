package jirasim_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// TestAnAccountComesAndGoes: it can be assigned, and no more once it is gone.
func TestAnAccountComesAndGoes(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		eve := map[string]any{"emailAddress": "eve@example.com", "displayName": "Eve Roe", "name": "eve", "password": "eve", "products": []string{}}
		a := p.must(201, "POST", "/user", eve)
		who, query := map[string]any{"name": "eve"}, "username=eve"
		if id, is := a.at("accountId").(string); is {
			who, query = map[string]any{"accountId": id}, "accountId="+url.QueryEscape(id)
		}
		key := p.create(nil)
		p.must(204, "PUT", "/issue/"+key+"/assignee", who)
		if p.opt.Flavour == jirasim.DataCenter {
			p.as("eve").must(200, "GET", "/myself", nil)
			p.must(400, "DELETE", "/user?"+query, nil) // an issue is assigned to her
			p.must(204, "PUT", "/issue/"+key+"/assignee", map[string]any{"name": "ada"})
		}
		p.as("ada").must(403, "DELETE", "/user?"+query, nil)
		p.must(204, "DELETE", "/user?"+query, nil)
		if a := p.do("PUT", "/issue/"+key+"/assignee", who); a.status < 400 {
			t.Errorf("she is assigned once more: %d", a.status)
		}
	})
}

// TestATypeSchemeDecidesWhatCanBeMade, and outlives a saved state with all
// else that was set up.
func TestATypeSchemeDecidesWhatCanBeMade(t *testing.T) {
	p := open(t, jirasim.Cloud)
	id := p.must(201, "POST", "/issuetypescheme", `{"name":"Bugs","issueTypeIds":["10001"]}`).at("issueTypeSchemeId").(string)
	task := map[string]any{"issuetype": map[string]any{"name": "Task"}}
	p.create(task)
	assign := `{"issueTypeSchemeId":"` + id + `","projectId":"10000"}`
	p.must(400, "PUT", "/issuetypescheme/project", assign)
	p.must(204, "DELETE", "/issue/SUP-1", nil)
	p.must(204, "PUT", "/issuetypescheme/project", assign)
	p.must(204, "PUT", "/announcementBanner", `{"message":"kept"}`)
	p.must(204, "PUT", "/project/SUP/email", `{"emailAddress":"kept@example.com"}`)
	var state bytes.Buffer
	if err := p.sim.Save(&state); err != nil {
		t.Fatal(err)
	}
	q := open(t, jirasim.Cloud)
	if err := q.sim.Load(strings.NewReader(state.String())); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*play{p, q} {
		body := map[string]any{"fields": map[string]any{"project": map[string]any{"key": "SUP"}, "issuetype": map[string]any{"name": "Task"}, "summary": "no"}}
		if got := p.must(400, "POST", "/issue", body).at("errors", "issuetype"); got == nil {
			t.Error("the type is not blamed")
		}
		p.create(nil)
		if got := p.must(200, "GET", "/announcementBanner", nil).at("message"); got != "kept" {
			t.Errorf("the banner says %v", got)
		}
		if got := p.must(200, "GET", "/project/10000/email", nil).at("emailAddress"); got != "kept@example.com" {
			t.Errorf("the address is %v", got)
		}
		if got := p.must(200, "GET", "/auditing/record", nil).at("total"); got == 0.0 {
			t.Error("nothing is audited")
		}
	}
}

// TestQueriesOfPeople: who is what to projects and issues.
func TestQueriesOfPeople(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(map[string]any{"assignee": map[string]any{"id": p.id("ada")}})
	p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("hm")})
	for query, want := range map[string]int{
		"is assignee of SUP": 1, "is assignee of " + key: 1, "is commenter of (SUP, " + key + ")": 1,
		"is assignee of SUP OR is reporter of SUP": 2, "is assignee of SUP AND is reporter of SUP": 0, "is voter of SUP": 0,
	} {
		if got := p.must(200, "GET", "/user/search/query?query="+url.QueryEscape(query), nil).list("values"); len(got) != want {
			t.Errorf("%s: %d, want %d", query, len(got), want)
		}
	}
	for _, query := range []string{"", "is", "is owner of", "AND", "is assignee of SUP AND "} {
		if a := p.do("GET", "/user/search/query?query="+url.QueryEscape(query), nil); a.status != 400 {
			t.Errorf("%q: %d", query, a.status)
		}
	}
}
