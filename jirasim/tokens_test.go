package jirasim_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"example.com/accord/jirasim"
)

// TestPersonalAccessTokens: made with a name, shown once, good for what their
// owner may, until they are revoked or their days are over.
func TestPersonalAccessTokens(t *testing.T) {
	p := open(t, jirasim.DataCenter)
	const tokens = "/rest/pat/latest/tokens"
	made := p.as("ada").must(201, "POST", tokens, map[string]any{"name": "script", "expirationDuration": 30})
	raw, _ := made.at("rawToken").(string)
	if len(raw) < 20 || made.at("name") != "script" || made.at("expiringAt") == nil {
		t.Fatalf("it is made as %v", made.body)
	}
	q := p.as("bearer:" + raw)
	if got := q.must(200, "GET", "/myself", nil).at("name"); got != "ada" {
		t.Errorf("it is good for %v", got)
	}
	listed := q.must(200, "GET", tokens, nil)
	if len(listed.list()) != 1 || dig(listed.list()[0], "rawToken") != nil {
		t.Errorf("they are listed as %v", listed.body)
	}
	if others := p.must(200, "GET", tokens, nil).list(); len(others) != 0 {
		t.Errorf("somebody else sees %v", others)
	}
	p.must(404, "DELETE", tokens+"/"+fmt.Sprint(made.at("id")), nil)
	p.must(200, "POST", "/_sim/clock", `{"forward":"721h"}`)
	q.must(401, "GET", "/myself", nil)
	p.as("ada").must(204, "DELETE", tokens+"/"+fmt.Sprint(made.at("id")), nil)

	forever := p.must(201, "POST", tokens, `{"name":"forever"}`)
	if forever.at("expiringAt") != nil {
		t.Errorf("it ends: %v", forever.body)
	}
	q = p.as("bearer:" + forever.at("rawToken").(string))
	q.must(200, "GET", "/myself", nil)
	q.must(204, "DELETE", tokens+"/"+fmt.Sprint(forever.at("id")), nil)
	q.must(401, "GET", "/myself", nil)
	for _, bad := range []string{`{"name":" "}`, `{"name":"x","expirationDuration":0}`, `{"name":"x","expirationDuration":99999999999}`, `[]`} {
		p.must(400, "POST", tokens, bad)
	}
	q = p.as("")
	q.must(401, "GET", tokens, nil)
	w := httptest.NewRecorder()
	if p.sim.ServeHTTP(w, httptest.NewRequest("GET", "/status", nil)); w.Code != 200 || w.Body.String() != `{"state":"RUNNING"}` {
		t.Errorf("the node is %d %s", w.Code, w.Body)
	}
}

// TestTheProjectPicker of Data Center marks what was typed.
func TestTheProjectPicker(t *testing.T) {
	p := open(t, jirasim.DataCenter, func(o *jirasim.Options) {
		o.Projects = []jirasim.Project{{Key: "DEV", Name: "The lamp"}, {Key: "LAM", Name: "Other"}, {Key: "SUP", Name: "Support"}}
	})
	found := p.must(200, "GET", "/projects/picker?query=lam", nil)
	if found.at("total") != 2.0 || found.at("header") != "Showing 2 of 2 matching projects" {
		t.Errorf("it finds %v", found.body)
	}
	if got := dig(found.list("projects")[1], "html"); got != "Other (<strong>LAM</strong>)" {
		t.Errorf("it shows %v", got)
	}
	for query, want := range map[string]int{"?query=amp": 0, "": 0, "?query=%20": 0, "?allowEmptyQuery=true": 3, "?query=sup&maxResults=0": 1, "?query=sup&maxResults=-1": 0, "?query=LAM&maxResults=1": 1} {
		if got := p.must(200, "GET", "/projects/picker"+query, nil).list("projects"); len(got) != want {
			t.Errorf("%s finds %v, want %d", query, got, want)
		}
	}
}
