package jirasim_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

// TestAStory is the life of an issue, told alike on both flavours.
func TestAStory(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		severity, steps := "customfield_10040", []string{"11", "21", "31"}
		names := []string{"In Progress", "In Review", "Done"}
		ada := map[string]any{"accountId": p.user("ada")}
		if p.opt.Flavour == jirasim.DataCenter {
			severity, steps, names = "customfield_10201", []string{"4", "711", "2"}, []string{"In Progress", "Review", "Closed"}
			ada = map[string]any{"name": "ada"}
		}
		a := p.must(201, "POST", "/issue", map[string]any{
			"fields": map[string]any{"project": map[string]any{"key": p.project()}, "issuetype": map[string]any{"name": "Task"}, "summary": " Export stops ",
				"description": p.text("It stops."), "labels": []string{"b", "a"}, "priority": map[string]any{"name": "High"}, "duedate": "2026-12-01",
				severity: map[string]any{"value": "Major"}},
			"properties": []any{map[string]any{"key": "accord", "value": map[string]any{"link": "acme/1"}}}})
		key := a.at("key").(string)

		p.at = p.at.Add(time.Minute)
		p.must(204, "PUT", "/issue/"+key+"?notifyUsers=false", map[string]any{
			"fields": map[string]any{"summary": "Export stops early", "assignee": ada}, "update": map[string]any{"labels": []any{map[string]any{"remove": "a"}, map[string]any{"add": "c"}}},
			"historyMetadata": map[string]any{"type": "accord", "extraData": map[string]any{"turn": "t1"}}})

		for n, id := range steps {
			if got := p.must(200, "GET", "/issue/"+key+"/transitions", nil); !strings.Contains(got.raw, `"id":"`+id+`"`) {
				t.Fatalf("step %d: transition %s is not open: %s", n, id, got.raw)
			}
			p.must(204, "POST", "/issue/"+key+"/transitions", map[string]any{"transition": map[string]any{"id": id}})
			if got := p.must(200, "GET", "/issue/"+key+"?fields=status", nil).at("fields", "status", "name"); got != names[n] {
				t.Fatalf("after step %d the status is %v, want %s", n, got, names[n])
			}
		}

		c := p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("first"), "properties": []any{map[string]any{"key": "accord", "value": 7}}})
		id := c.at("id").(string)
		p.at = p.at.Add(time.Minute)
		p.must(200, "PUT", "/issue/"+key+"/comment/"+id, map[string]any{"body": p.text("second")})
		if got := p.must(200, "GET", "/comment/"+id+"/properties/accord", nil).at("value"); got != 7.0 {
			t.Errorf("the comment's property is %v, want 7", got)
		}

		got := p.must(200, "GET", "/issue/"+key+"?expand=changelog&properties=accord", nil)
		for path, want := range map[string]any{
			"summary": "Export stops early", "labels": []any{"b", "c"}, "priority.name": "High", "duedate": "2026-12-01", severity + ".value": "Major",
			"assignee.displayName": "Ada Brandt", "reporter.displayName": "Alex Admin", "description": jsonOf(t, p.text("It stops.")),
			"comment.comments": nil, "resolution.name": map[jirasim.Flavour]string{jirasim.Cloud: "Done", jirasim.DataCenter: "Fixed"}[p.opt.Flavour],
			"created": "2026-11-24T13:00:30.000+0100", "updated": "2026-11-24T13:02:30.000+0100", "resolutiondate": "2026-11-24T13:01:30.000+0100"} {
			if have := got.at(route(path)...); want != nil && !reflect.DeepEqual(have, want) {
				t.Errorf("%s is %v, want %v", path, have, want)
			}
		}
		if body := got.at("fields", "comment", "comments", 0, "body"); !reflect.DeepEqual(body, jsonOf(t, p.text("second"))) {
			t.Errorf("the comment is %v", body)
		}
		if v := got.at("properties", "accord", "link"); v != "acme/1" {
			t.Errorf("the mark is %v", v)
		}
		if n := len(got.list("changelog", "histories")); n != 4 {
			t.Errorf("%d history entries, want 4", n)
		}
		if hits := p.find("project = "+p.project()+" AND resolution is not empty", "summary"); len(hits) != 1 {
			t.Errorf("search finds %d issues, want 1", len(hits))
		}

		p.must(204, "DELETE", "/issue/"+key+"/comment/"+id, nil)
		if n := len(p.must(200, "GET", "/issue/"+key+"/comment", nil).list("comments")); n != 0 {
			t.Errorf("%d comments after the deletion", n)
		}
		p.must(204, "DELETE", "/issue/"+key, nil)
		p.must(404, "GET", "/issue/"+key, nil)
		if hits := p.find("project = "+p.project(), "summary"); len(hits) != 0 {
			t.Errorf("search still finds %d", len(hits))
		}
	})
}

// user is the id of an account.
func (p *play) user(name string) string {
	p.t.Helper()
	for _, u := range p.must(200, "GET", "/_sim/accounts", nil).list() {
		if dig(u, "email") == name+"@example.com" {
			return dig(u, "id").(string)
		}
	}
	p.t.Fatalf("no account %s", name)
	return ""
}

// find searches, all pages, in the way of the flavour.
func (p *play) find(query string, fields ...string) (hits []any) {
	p.t.Helper()
	if p.opt.Flavour == jirasim.DataCenter {
		return p.must(200, "POST", "/search", map[string]any{"jql": query, "fields": fields, "maxResults": 100}).list("issues")
	}
	in := map[string]any{"jql": query, "fields": fields}
	for range 10000 {
		a := p.must(200, "POST", "/search/jql", in)
		hits = append(hits, a.list("issues")...)
		if a.at("isLast") == true {
			return hits
		}
		in["nextPageToken"] = a.at("nextPageToken")
	}
	p.t.Fatal("the pages do not end")
	return nil
}

func route(path string) []any {
	out := []any{"fields"}
	for s := range strings.SplitSeq(path, ".") {
		out = append(out, s)
	}
	return out
}

// TestAStateIsKept saves a site and loads it into a new one.
func TestAStateIsKept(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(map[string]any{"description": p.text("words")})
		p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("remark")})
		p.must(201, "PUT", "/issue/"+key+"/properties/k", `{"a":1}`)
		p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{"summary": "new"}})
		var first, second bytes.Buffer
		if err := p.sim.Save(&first); err != nil {
			t.Fatal(err)
		}
		q := open(t, p.opt.Flavour)
		if err := q.sim.Load(bytes.NewReader(first.Bytes())); err != nil {
			t.Fatal(err)
		}
		if err := q.sim.Save(&second); err != nil {
			t.Fatal(err)
		}
		if first.String() != second.String() {
			t.Error("what was loaded is saved as something else")
		}
		for _, path := range []string{"/issue/" + key + "?expand=changelog&properties=k", "/issue/" + key + "/editmeta", "/field", "/myself"} {
			if a, b := p.must(200, "GET", path, nil), q.must(200, "GET", path, nil); a.raw != b.raw {
				t.Errorf("%s differs after loading:\n%s\n%s", path, a.raw, b.raw)
			}
		}
		if next := q.create(nil); next == key {
			t.Error("a key is given twice")
		}
		other := jirasim.Cloud
		if p.opt.Flavour == jirasim.Cloud {
			other = jirasim.DataCenter
		}
		if err := open(t, other).sim.Load(bytes.NewReader(first.Bytes())); err == nil || !strings.Contains(err.Error(), "flavour") {
			t.Errorf("a state of the other flavour is loaded: %v", err)
		}
		if err := q.sim.Load(strings.NewReader("{")); err == nil {
			t.Error("half a state is loaded")
		}
	})
}

// TestOneSeedIsOneSite holds that ids and chances come from the seed.
func TestOneSeedIsOneSite(t *testing.T) {
	state := func(seed uint64) string {
		p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Seed, o.Samples = seed, 12 })
		for range 5 {
			p.create(nil)
		}
		var b bytes.Buffer
		if err := p.sim.Save(&b); err != nil {
			t.Fatal(err)
		}
		for range 5 {
			b.WriteString(p.must(200, "POST", "/search/jql", map[string]any{"jql": "project = SUP", "maxResults": 10}).raw)
		}
		return b.String()
	}
	seven := state(7)
	if again := state(7); again != seven {
		t.Error("the same seed gives two sites")
	}
	if state(8) == seven {
		t.Error("two seeds give the same site")
	}
}

func TestSampleIssuesAreThere(t *testing.T) {
	for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
		p := open(t, f, func(o *jirasim.Options) {
			o.Samples = 20
			o.Projects = []jirasim.Project{{Key: "AA", Name: "One"}, {Key: "BB", Name: "Two"}}
		})
		for _, k := range []string{"AA", "BB"} {
			if n := len(p.find(fmt.Sprintf("project = %s", k), "summary")); n != 10 {
				t.Errorf("%s: %d samples in %s, want 10", f, n, k)
			}
		}
	}
}
