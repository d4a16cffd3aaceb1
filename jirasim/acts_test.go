package jirasim_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// roomy opens a site with two projects.
func roomy(t *testing.T, f jirasim.Flavour) *play {
	return open(t, f, func(o *jirasim.Options) {
		o.Projects = []jirasim.Project{{Key: map[jirasim.Flavour]string{jirasim.Cloud: "SUP", jirasim.DataCenter: "DEV"}[f], Name: "One"}, {Key: "TWO", Name: "Two"}}
	})
}

// TestPeopleActInTheMiddle: the first of ada's writes passes, the second finds
// the site changed.
func TestPeopleActInTheMiddle(t *testing.T) {
	severity := map[jirasim.Flavour]string{jirasim.Cloud: "customfield_10040", jirasim.DataCenter: "customfield_10201"}
	step := map[jirasim.Flavour]string{jirasim.Cloud: "11", jirasim.DataCenter: "4"}
	for name, c := range map[string]struct {
		act, method, path, body string
		first, second           int
	}{
		"permission": {`{"deny":{"account":"ada@example.com","permission":"EDIT_ISSUES","project":"$P"}}`, "PUT", "/issue/$K", `{"fields":{"summary":"x$N"}}`, 204, 400},
		"sight":      {`{"deny":{"account":"ada@example.com","permission":"BROWSE_PROJECTS"}}`, "PUT", "/issue/$K", `{"fields":{"summary":"x$N"}}`, 204, 404},
		"field":      {`{"remove":{"field":"$S"}}`, "PUT", "/issue/$K", `{"fields":{"$S":{"value":"Minor"}}}`, 204, 400},
		"option":     {`{"remove":{"field":"$S","option":"Minor"}}`, "PUT", "/issue/$K", `{"fields":{"$S":{"value":"Minor"}}}`, 204, 400},
		"transition": {`{"remove":{"transition":"$T","project":"$P"}}`, "POST", "/issue/$K/transitions", `{"transition":{"id":"$T"}}`, 204, 400},
		"delete":     {`{"delete":"$K"}`, "PUT", "/issue/$K", `{"fields":{"summary":"x$N"}}`, 204, 404},
		"move":       {`{"move":{"issue":"$K","project":"TWO"}}`, "PUT", "/issue/$K", `{"fields":{"summary":"x$N"}}`, 204, 204},
		"archive":    {`{"archive":"$K"}`, "PUT", "/issue/$K", `{"fields":{"summary":"x$N"}}`, 204, 0},
		"token":      {`{"token":{"account":"ada@example.com","token":"new"}}`, "PUT", "/issue/$K", `{"fields":{"summary":"x$N"}}`, 204, 0},
		"clock":      {`{"forward":"24h"}`, "PUT", "/issue/$K", `{"fields":{"summary":"x$N"}}`, 204, 204},
	} {
		for _, f := range []jirasim.Flavour{jirasim.Cloud, jirasim.DataCenter} {
			t.Run(name+"/"+string(f), func(t *testing.T) {
				p := roomy(t, f)
				fill := strings.NewReplacer("$P", p.project(), "$K", p.project()+"-1", "$S", severity[f], "$T", step[f])
				p.create(nil)
				p.create(nil)
				p.faults(fill.Replace(`{"rules":[{"method":"` + c.method + `","skip":1,"times":1,"do":[` + c.act + `]}]}`))
				ada, path := p.as("ada"), fill.Replace(c.path)
				send := func(n int) int {
					if name == "transition" && n == 2 { // it is open to the other issue still
						path = strings.Replace(path, "-1/", "-2/", 1)
					}
					return ada.do(c.method, path, strings.ReplaceAll(fill.Replace(c.body), "$N", fmt.Sprint(n))).status
				}
				want := c.second
				switch {
				case name == "token" && f == jirasim.Cloud:
					want = 404 // nobody sees nothing
				case name == "token":
					want = 401
				case name == "archive":
					want = ada.do("GET", path, nil).status // read only, below
				}
				if got := send(1); got != c.first {
					t.Fatalf("the first is answered %d, want %d", got, c.first)
				}
				got := send(2)
				if name == "archive" {
					if got < 400 {
						t.Errorf("an archived issue takes an edit: %d", got)
					}
				} else if got != want {
					t.Errorf("the second is answered %d, want %d", got, want)
				}
				after(t, p, name)
				if left := len(p.must(200, "GET", "/_sim/faults", nil).list("rules")); left != 0 {
					t.Errorf("%d rules are left", left)
				}
			})
		}
	}
}

// after looks at what an act left.
func after(t *testing.T, p *play, name string) {
	key := p.project() + "-1"
	switch name {
	case "move":
		if a := p.must(200, "GET", "/issue/"+key, nil); a.at("key") != "TWO-1" || a.at("fields", "summary") != "x2" {
			t.Errorf("it is %v: %v", a.at("key"), a.at("fields", "summary"))
		}
	case "delete":
		p.must(404, "GET", "/issue/"+key, nil)
	case "clock":
		if got, _ := p.must(200, "GET", "/issue/"+key, nil).at("fields", "updated").(string); !strings.HasPrefix(got, "2026-11-25") {
			t.Errorf("updated %v", got)
		}
	case "archive":
		p.faults(`{"do":[{"restore":"` + key + `"}]}`)
		p.must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"back"}}`)
	case "permission":
		p.faults(`{"do":[{"allow":{"account":"ada@example.com","permission":"EDIT_ISSUES","project":"` + p.project() + `"}}]}`)
		p.as("ada").must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"back"}}`)
	case "option", "field":
		a := p.must(200, "GET", "/issue/"+key, nil)
		fields, _ := a.at("fields").(map[string]any)
		for _, id := range slices.Sorted(maps.Keys(fields)) {
			if v := dig(fields, id, "value"); v == "Minor" || v == "" {
				t.Errorf("%s still holds %v", id, fields[id])
			}
		}
	}
}

// TestAnActThatFailsIsNoted: the request that it came before is answered.
func TestAnActThatFailsIsNoted(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	p.faults(`{"rules":[{"method":"PUT","times":1,"do":[{"delete":"SUP-7"}]}]}`)
	p.must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"x"}}`)
	if got, _ := p.must(200, "GET", "/_sim/requests?log=true", nil).at("log", 1, "fault").(string); !strings.Contains(got, "could not do: ") {
		t.Errorf("the journal says %q", got)
	}
}

func TestTokensExpire(t *testing.T) {
	p := consented(t)
	app := *p
	app.must(200, "GET", app.api+"/field", nil)
	app.faults(`{"do":[{"expire":"accord"}]}`)
	app.must(401, "GET", app.api+"/field", nil)
	app.refresh()
	app.must(200, "GET", app.api+"/field", nil)
	app.faults(`{"do":[{"forward":"1h"}]}`)
	app.must(401, "GET", app.api+"/field", nil)
	app.refresh()
	app.must(200, "GET", app.api+"/field", nil)
	app.faults(`{"do":[{"forward":"2161h"}]}`) // 90 days and an hour
	app.must(401, "GET", app.api+"/field", nil)
	app.token(403, map[string][]string{"grant_type": {"refresh_token"}, "refresh_token": {app.given["$refresh_token"]}})

	center := open(t, jirasim.DataCenter)
	own, _ := center.as("ben").must(201, "POST", "/rest/pat/latest/tokens", `{"name":"script"}`).at("rawToken").(string)
	center.as("bearer:"+own).must(200, "GET", "/myself", nil)
	center.faults(`{"do":[{"expire":"ben@example.com"}]}`)
	center.as("bearer:"+own).must(401, "GET", "/myself", nil)

	both(t, func(t *testing.T, p *play) {
		p.as("ben").must(200, "GET", "/myself", nil)
		p.faults(`{"do":[{"expire":"ben@example.com"}]}`)
		p.as("ben").must(401, "GET", "/myself", nil)
		p.faults(`{"do":[{"token":{"account":"ben@example.com","token":"ben"}}]}`)
		p.as("ben").must(200, "GET", "/myself", nil)
	})
}

func TestAccountsHaveRoles(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		q := roomy(t, p.opt.Flavour)
		if err := q.sim.Enrol(jirasim.Account{Email: "lead@example.com", Token: "lead", Roles: []string{q.project() + "=Administrators", "Developers"}}); err != nil {
			t.Fatal(err)
		}
		lead := q.as("lead")
		for project, want := range map[string]bool{q.project(): true, "TWO": false} {
			if got := lead.must(200, "GET", "/mypermissions?permissions=ADMINISTER_PROJECTS&projectKey="+project, nil).at("permissions", "ADMINISTER_PROJECTS", "havePermission"); got != want {
				t.Errorf("in %s: %v, want %v", project, got, want)
			}
			if !strings.Contains(q.must(200, "GET", "/project/"+project+"/role/10001", nil).raw, "lead") {
				t.Errorf("in %s the account is no developer", project)
			}
		}
		for role, want := range map[string]string{"Kings": `no role is called "Kings"`, "NO=Users": `no project could be found with key "NO"`} {
			if err := q.sim.Enrol(jirasim.Account{Email: "x@example.com", Token: "x", Roles: []string{role}}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", role, err)
			}
		}
		q.as("x").must(401, "GET", "/myself", nil)
	})
}
