package jirasim_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

// items are the changes of the newest history entry, by field.
func (p *play) items(key string) map[string]map[string]any {
	p.t.Helper()
	hs := p.must(200, "GET", "/issue/"+key+"?fields=summary&expand=changelog", nil).list("changelog", "histories")
	out := map[string]map[string]any{}
	if len(hs) == 0 {
		return out
	}
	h := hs[0]
	if p.opt.Flavour == jirasim.DataCenter {
		h = hs[len(hs)-1]
	}
	for _, it := range dig(h, "items").([]any) {
		m := it.(map[string]any)
		out[m["field"].(string)] = m
	}
	return out
}

// TestTheChangelogTellsEachKindOfField: docs/JIRA.md "Changelog".
func TestTheChangelogTellsEachKindOfField(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		base, ada, from := 10040, any(map[string]any{"accountId": p.user("ada")}), p.user("ada")
		if p.opt.Flavour == jirasim.DataCenter {
			base, ada = 10201, map[string]any{"name": "ada"}
		}
		cf := func(n int) string { return fmt.Sprint("customfield_", base+n) }
		option := func(n int) string { return fmt.Sprint(base*10 + n) }
		key := p.create(map[string]any{"labels": []string{"a"}, "priority": map[string]any{"name": "High"}, cf(0): map[string]any{"value": "Major"}})
		p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{
			"summary": "new", "description": p.text("words"), "labels": []string{"a", "b"}, "priority": map[string]any{"name": "Low"}, "assignee": ada, "duedate": "2026-12-01",
			cf(0): map[string]any{"value": "Minor"}, cf(1): "ACME", cf(2): 2.5, cf(3): p.text("cause")}})
		minor, major := map[int]string{10040: option(2), 10201: option(3)}[base], map[int]string{10040: option(1), 10201: option(2)}[base]
		got := p.items(key)
		for field, want := range map[string][5]any{ // type, from, fromString, to, toString
			"summary":     {"jira", nil, "an issue", nil, "new"},
			"description": {"jira", nil, nil, nil, "words"},
			"labels":      {"jira", nil, "a", nil, "a b"},
			"priority":    {"jira", "2", "High", "4", "Low"},
			"assignee":    {"jira", nil, nil, from, "Ada Brandt"},
			"duedate":     {"jira", nil, nil, "2026-12-01", "2026-12-01 00:00:00.0"},
			"Severity":    {"custom", major, "Major", minor, "Minor"},
			"Customer":    {"custom", nil, nil, nil, "ACME"},
			"Effort":      {"custom", nil, nil, nil, "2.5"},
			"Root cause":  {"custom", nil, nil, nil, "cause"},
		} {
			it := got[field]
			have := [5]any{it["fieldtype"], it["from"], it["fromString"], it["to"], it["toString"]}
			if have != want {
				t.Errorf("%s: %v, want %v", field, have, want)
			}
			if id := it["fieldId"]; (id != nil) != (p.opt.Flavour == jirasim.Cloud) {
				t.Errorf("%s: fieldId is %v", field, id)
			}
		}
		if to := got["assignee"]["tmpToAccountId"]; (to == from) != (p.opt.Flavour == jirasim.Cloud) {
			t.Errorf("tmpToAccountId is %v", to)
		}
		if len(got) != 10 {
			t.Errorf("%d items, want 10", len(got))
		}
	})
}

// TestWhatChangesNothingLeavesNoTrace: an edit to what stands already, or to
// the order of labels, or to a property.
func TestWhatChangesNothingLeavesNoTrace(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(map[string]any{"labels": []string{"a", "b"}})
		before := p.must(200, "GET", "/issue/"+key, nil)
		p.at = p.at.Add(time.Minute)
		p.must(204, "PUT", "/issue/"+key, `{"fields":{"summary":"an issue","labels":["b","a"],"status":{"name":"Done"}},"historyMetadata":{"type":"x"}}`)
		p.must(201, "PUT", "/issue/"+key+"/properties/k", `{"v":1}`)
		p.must(200, "PUT", "/issue/"+key+"/properties/k", `{"v":2}`)
		p.must(204, "DELETE", "/issue/"+key+"/properties/k", nil)
		if after := p.must(200, "GET", "/issue/"+key, nil); !reflect.DeepEqual(before.at("fields", "updated"), after.at("fields", "updated")) {
			t.Errorf("updated went from %v to %v", before.at("fields", "updated"), after.at("fields", "updated"))
		}
		if n := len(p.items(key)); n != 0 {
			t.Errorf("%d items in the history", n)
		}
	})
}

func TestVerbsOfUpdateAddRemoveAndSet(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(map[string]any{"labels": []string{"a", "b"}})
		p.must(204, "PUT", "/issue/"+key, `{"update":{"labels":[{"add":"c"},{"remove":"a"},{"add":"c"}],"summary":[{"set":"set"}]}}`)
		a := p.must(200, "GET", "/issue/"+key, nil)
		if !reflect.DeepEqual(a.at("fields", "labels"), []any{"b", "c"}) || a.at("fields", "summary") != "set" {
			t.Errorf("labels %v, summary %v", a.at("fields", "labels"), a.at("fields", "summary"))
		}
		p.must(204, "PUT", "/issue/"+key, map[string]any{"update": map[string]any{"comment": []any{map[string]any{"add": map[string]any{"body": p.text("by the way")}}}}})
		if n := len(p.must(200, "GET", "/issue/"+key+"/comment", nil).list("comments")); n != 1 {
			t.Errorf("%d comments", n)
		}
	})
}

// TestAFieldOffTheCreateScreenCanBeSetLater is one of the site's own traps.
func TestAFieldOffTheCreateScreenCanBeSetLater(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		effort := map[jirasim.Flavour]string{jirasim.Cloud: "customfield_10042", jirasim.DataCenter: "customfield_10203"}[p.opt.Flavour]
		types := "issueTypes"
		if p.opt.Flavour == jirasim.DataCenter {
			types = "values"
		}
		meta := p.must(200, "GET", "/issue/createmeta/"+p.project()+"/issuetypes", nil)
		id := dig(meta.list(types)[0], "id").(string)
		for _, f := range p.must(200, "GET", "/issue/createmeta/"+p.project()+"/issuetypes/"+id, nil).list(map[string]string{"issueTypes": "fields", "values": "values"}[types]) {
			if dig(f, "fieldId") == effort {
				t.Error("the create screen has it")
			}
		}
		key := p.create(nil)
		if p.must(200, "GET", "/issue/"+key+"/editmeta", nil).at("fields", effort) == nil {
			t.Error("the edit screen has it not")
		}
		p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{effort: 3}})
		if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", effort); got != 3.0 {
			t.Errorf("it is %v", got)
		}
	})
}

// TestResolutionIsSetOnTheWay: by a post function, unless the caller does.
func TestResolutionIsSetOnTheWay(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		steps := []string{"11", "21", "31", "51"}
		first, other := "Done", "Duplicate"
		if p.opt.Flavour == jirasim.DataCenter {
			steps, first = []string{"4", "711", "2", "3"}, "Fixed"
		}
		for name, fields := range map[string]map[string]any{first: nil, other: {"resolution": map[string]any{"name": other}}} {
			key := p.create(nil)
			for n, id := range steps {
				in := map[string]any{"transition": map[string]any{"id": id}}
				if n == 2 && fields != nil {
					in["fields"] = fields
				}
				p.must(204, "POST", "/issue/"+key+"/transitions", in)
				got := p.must(200, "GET", "/issue/"+key, nil)
				if want := (map[bool]any{true: name, false: nil}[n == 2]); got.at("fields", "resolution", "name") != want || (got.at("fields", "resolutiondate") != nil) != (n == 2) {
					t.Errorf("after step %d the resolution is %v since %v, want %v", n, got.at("fields", "resolution", "name"), got.at("fields", "resolutiondate"), want)
				}
			}
		}
	})
}

func TestChangelogPagesOnCloud(t *testing.T) {
	p := open(t, jirasim.Cloud, func(o *jirasim.Options) { o.Unlimited = true })
	key := p.create(nil)
	for n := range 130 {
		p.must(204, "PUT", "/issue/"+key, map[string]any{"fields": map[string]any{"summary": fmt.Sprint("s", n)}, "historyMetadata": map[string]any{"type": "accord", "extraData": map[string]any{"turn": fmt.Sprint(n)}}})
	}
	a := p.must(200, "GET", "/issue/"+key+"/changelog", nil)
	if a.at("total") != 130.0 || a.at("isLast") != false || a.at("values", 0, "historyMetadata", "extraData", "turn") != "0" {
		t.Errorf("the first page: total %v, last %v, %v", a.at("total"), a.at("isLast"), a.at("values", 0))
	}
	a = p.must(200, "GET", "/issue/"+key+"/changelog?startAt=100", nil)
	if len(a.list("values")) != 30 || a.at("isLast") != true {
		t.Errorf("the last page has %d", len(a.list("values")))
	}
	a = p.must(200, "GET", "/issue/"+key+"?expand=changelog", nil)
	if n := len(a.list("changelog", "histories")); n != 100 || a.at("changelog", "total") != 130.0 || a.at("changelog", "histories", 0, "items", 0, "toString") != "s129" {
		t.Errorf("expanded: %d of %v, first %v", n, a.at("changelog", "total"), a.at("changelog", "histories", 0, "items"))
	}
}

// TestRichTextHasTwoForms: ADF in version 3, wiki markup in version 2.
func TestRichTextHasTwoForms(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(map[string]any{"description": jsonOf(t, map[string]any{"type": "doc", "version": 1, "content": []any{
		map[string]any{"type": "heading", "attrs": map[string]any{"level": 2}, "content": []any{map[string]any{"type": "text", "text": "Title"}}},
		map[string]any{"type": "paragraph", "content": []any{map[string]any{"type": "text", "text": "bold", "marks": []any{map[string]any{"type": "strong"}}}}}}})})
	if got := p.must(200, "GET", "/rest/api/2/issue/"+key, nil).at("fields", "description"); got != "h2. Title\n\n*bold*" {
		t.Errorf("version 2 shows %q", got)
	}
	p.must(204, "PUT", "/rest/api/2/issue/"+key, `{"fields":{"description":"_soft_"}}`)
	if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", "description", "content", 0, "content", 0, "marks", 0, "type"); got != "em" {
		t.Errorf("version 3 shows %v", got)
	}
	p.must(204, "PUT", "/issue/"+key, `{"fields":{"description":{"type":"doc","version":1,"content":[]}}}`)
	if got := p.must(200, "GET", "/issue/"+key, nil).at("fields", "description"); got != nil {
		t.Errorf("an empty document is shown as %v, want null", got)
	}
}

func TestFieldsCanBeChosen(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		for query, want := range map[string][]string{
			"fields=summary,status":          {"status", "summary"},
			"fields=summary&fields=labels":   {"labels", "summary"},
			"fields=*all,-comment&x=1":       nil,
			"fields=nonsense":                {},
			"fields=comment&expand=nonsense": {"comment"},
		} {
			m := p.must(200, "GET", "/issue/"+key+"?"+query, nil).at("fields").(map[string]any)
			if want == nil {
				if m["comment"] != nil || m["summary"] == nil {
					t.Errorf("%s gives %d fields, comment %v", query, len(m), m["comment"])
				}
				continue
			}
			if len(m) != len(want) {
				t.Errorf("%s gives %v, want %v", query, m, want)
			}
			for _, k := range want {
				if _, has := m[k]; !has {
					t.Errorf("%s lacks %s", query, k)
				}
			}
		}
	})
}

func TestBulkCreateMayFailInPart(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		good := map[string]any{"fields": map[string]any{"project": map[string]any{"key": p.project()}, "issuetype": map[string]any{"name": "Bug"}, "summary": "s"}}
		bad := map[string]any{"fields": map[string]any{}}
		a := p.must(201, "POST", "/issue/bulk", map[string]any{"issueUpdates": []any{bad, good}})
		if len(a.list("issues")) != 1 || a.at("errors", 0, "failedElementNumber") != 0.0 || a.at("errors", 0, "elementErrors", "errors", "project") == nil {
			t.Errorf("it says %s", a.raw)
		}
		p.must(400, "POST", "/issue/bulk", map[string]any{"issueUpdates": []any{bad}})
	})
}
