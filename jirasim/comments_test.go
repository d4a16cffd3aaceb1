package jirasim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

// TestRestrictedCommentsAreUnseen: by whoever is not in the group or role.
func TestRestrictedCommentsAreUnseen(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		say := func(who, kind, value string) string {
			return p.as(who).must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text(who), "visibility": map[string]any{"type": kind, "value": value}}).at("id").(string)
		}
		staff, admins, users := say("ada", "group", "staff"), say("admin", "role", "Administrators"), say("ada", "role", "Users")
		for who, want := range map[string]string{"admin": admins + " " + users, "ada": staff + " " + users, "ben": staff + " " + users, "cleo": users} {
			var seen []string
			for _, c := range p.as(who).must(200, "GET", "/issue/"+key+"/comment", nil).list("comments") {
				seen = append(seen, dig(c, "id").(string))
			}
			if got := strings.Join(seen, " "); got != want {
				t.Errorf("%s sees %s, want %s", who, got, want)
			}
			embedded := p.as(who).must(200, "GET", "/issue/"+key, nil)
			if n := embedded.at("fields", "comment", "total"); n != float64(len(seen)) {
				t.Errorf("%s sees %v inside the issue, want %d", who, n, len(seen))
			}
		}
		p.must(404, "GET", "/issue/"+key+"/comment/"+staff, nil)
		p.must(404, "GET", "/comment/"+staff+"/properties", nil)
		c := p.must(200, "GET", "/issue/"+key+"/comment/"+users, nil)
		if c.at("visibility", "type") != "role" || c.at("visibility", "value") != "Users" {
			t.Errorf("it shows %s", c.raw)
		}
	})
}

func TestCommentsComeInPages(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		p.must(200, "POST", "/_sim/faults", `{"limits":false}`)
		key := p.create(nil)
		for n := range 60 {
			p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text(fmt.Sprint(n))})
		}
		def := map[jirasim.Flavour]int{jirasim.Cloud: 60, jirasim.DataCenter: 50}[p.opt.Flavour]
		if a := p.must(200, "GET", "/issue/"+key+"/comment", nil); len(a.list("comments")) != def || a.at("total") != 60.0 {
			t.Errorf("by itself a page has %d of %v", len(a.list("comments")), a.at("total"))
		}
		a := p.must(200, "GET", "/issue/"+key+"/comment?startAt=55&maxResults=10&orderBy=-created", nil)
		if len(a.list("comments")) != 5 || a.at("startAt") != 55.0 {
			t.Errorf("the last page has %d", len(a.list("comments")))
		}
		p.must(400, "GET", "/issue/"+key+"/comment?orderBy=x", nil)
	})
}

// TestCommentsAreListedById, on Cloud, with their properties: the way to find
// a mark.
func TestCommentsAreListedById(t *testing.T) {
	p := open(t, jirasim.Cloud)
	var ids []int
	for n := range 3 {
		key := p.create(nil)
		id := p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("x"), "properties": []any{map[string]any{"key": "accord", "value": n}}}).at("id").(string)
		var num int
		if _, err := fmt.Sscan(id, &num); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, num)
	}
	a := p.must(200, "POST", "/comment/list?expand=properties", map[string]any{"ids": append(ids, 999999)})
	if len(a.list("values")) != 3 || a.at("values", 2, "properties", 0, "value") != 2.0 {
		t.Errorf("it lists %s", a.raw)
	}
	if a := p.must(200, "POST", "/comment/list", map[string]any{"ids": ids[:1]}); a.at("values", 0, "properties") != nil {
		t.Error("properties are listed unasked")
	}
	p.must(400, "POST", "/comment/list", `{"ids":[]}`)
}

func TestACommentMovesUpdatedButNotTheHistory(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		p.at = p.at.Add(time.Minute)
		id := p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("x")}).at("id").(string)
		first := p.must(200, "GET", "/issue/"+key+"?expand=changelog", nil)
		if first.at("fields", "updated") != "2026-11-24T13:01:30.000+0100" || first.at("changelog", "total") != 0.0 {
			t.Errorf("updated %v, history %v", first.at("fields", "updated"), first.at("changelog", "total"))
		}
		p.at = p.at.Add(time.Minute)
		p.must(200, "PUT", "/issue/"+key+"/comment/"+id, map[string]any{"body": p.text("y"), "properties": []any{map[string]any{"key": "k", "value": 1}}})
		c := p.must(200, "GET", "/issue/"+key+"/comment/"+id, nil)
		if c.at("created") == c.at("updated") {
			t.Error("an edited comment is not updated")
		}
		p.must(200, "PUT", "/comment/"+id+"/properties/k", `2`)
		p.must(201, "PUT", "/comment/"+id+"/properties/l", `3`)
		p.must(204, "DELETE", "/comment/"+id+"/properties/l", nil)
		if v := p.must(200, "GET", "/comment/"+id+"/properties/k", nil).at("value"); v != 2.0 {
			t.Errorf("the property is %v", v)
		}
		if n := len(p.must(200, "GET", "/comment/"+id+"/properties", nil).list("keys")); n != 1 {
			t.Errorf("%d properties", n)
		}
		if d := p.must(200, "GET", "/issue/"+key+"/comment/"+id, nil); d.at("updated") != c.at("updated") {
			t.Error("a property moves updated")
		}
		if who := p.as("ada").do("DELETE", "/issue/"+key+"/comment/"+id, nil).status; who < 400 {
			t.Error("somebody deletes another's comment")
		}
	})
}

// TestCommentsComeWithEdits: an edit adds, edits and removes them.
func TestCommentsComeWithEdits(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		id := p.must(201, "POST", "/issue/"+key+"/comment", map[string]any{"body": p.text("one")}).at("id")
		update := func(verb string, what map[string]any) any {
			return map[string]any{"update": map[string]any{"comment": []any{map[string]any{verb: what}}}}
		}
		p.must(204, "PUT", "/issue/"+key, update("add", map[string]any{"body": p.text("two")}))
		p.must(204, "PUT", "/issue/"+key, update("edit", map[string]any{"id": id, "body": p.text("three")}))
		a := p.must(200, "GET", "/issue/"+key+"/comment", nil)
		if a.at("total") != 2.0 || fmt.Sprint(a.at("comments", 0, "body")) != fmt.Sprint(p.text("three")) {
			t.Errorf("there are %s", a.raw)
		}
		p.must(204, "PUT", "/issue/"+key, update("remove", map[string]any{"id": id}))
		p.must(404, "PUT", "/issue/"+key, update("remove", map[string]any{"id": id}))
		p.must(400, "PUT", "/issue/"+key, update("set", map[string]any{"id": id}))
		if n := p.must(200, "GET", "/issue/"+key+"/comment", nil).at("total"); n != 1.0 {
			t.Errorf("%v are left", n)
		}
	})
}
