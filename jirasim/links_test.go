package jirasim_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim"
)

func (p *play) link(kind, from, to string) {
	p.t.Helper()
	p.must(201, "POST", "/issueLink", map[string]any{"type": map[string]any{"name": kind}, "inwardIssue": map[string]any{"key": from}, "outwardIssue": map[string]any{"key": to}})
}

// TestALinkIsSeenFromBothSides: the inwardIssue "blocks", and shows the other
// as its outwardIssue; both log it, and both move.
func TestALinkIsSeenFromBothSides(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a, b := p.create(nil), p.create(nil)
		p.at = p.at.Add(time.Minute)
		p.link("blocks", a, b)
		p.link("Blocks", a, b) // quietly none
		from := p.must(200, "GET", "/issue/"+a+"?expand=changelog", nil)
		to := p.must(200, "GET", "/issue/"+b+"?expand=changelog", nil)
		if n := len(from.list("fields", "issuelinks")); n != 1 {
			t.Fatalf("%d links", n)
		}
		if from.at("fields", "issuelinks", 0, "outwardIssue", "key") != b || to.at("fields", "issuelinks", 0, "inwardIssue", "key") != a {
			t.Errorf("they see %v and %v", from.at("fields", "issuelinks"), to.at("fields", "issuelinks"))
		}
		if s := to.at("fields", "issuelinks", 0, "inwardIssue", "fields", "status", "name"); s == nil {
			t.Error("the other end has no status")
		}
		for _, x := range []struct {
			a     answer
			words string
		}{{from, "This issue blocks " + b}, {to, "This issue is blocked by " + a}} {
			if it := x.a.at("changelog", "histories", 0, "items", 0); dig(it, "field") != "Link" || dig(it, "toString") != x.words || dig(it, "fieldId") != nil {
				t.Errorf("the history says %v", it)
			}
			if x.a.at("fields", "updated") == x.a.at("fields", "created") {
				t.Error("a link does not move updated")
			}
		}
		id := from.at("fields", "issuelinks", 0, "id").(string)
		one := p.must(200, "GET", "/issueLink/"+id, nil)
		if one.at("inwardIssue", "key") != a || one.at("outwardIssue", "key") != b || one.at("type", "outward") != "blocks" {
			t.Errorf("the link is %s", one.raw)
		}
		p.must(204, "DELETE", "/issueLink/"+id, nil)
		p.must(404, "GET", "/issueLink/"+id, nil)
		after := p.must(200, "GET", "/issue/"+b+"?expand=changelog", nil)
		if len(after.list("fields", "issuelinks")) != 0 || after.at("changelog", "total") != 2.0 {
			t.Errorf("after its end %s", after.raw)
		}
	})
}

func TestLinksComeWithEditsAndCreates(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a := p.create(nil)
		add := func(end, key string) any {
			return map[string]any{"issuelinks": []any{map[string]any{"add": map[string]any{"type": map[string]any{"name": "Duplicate"}, end: map[string]any{"key": key}}}}}
		}
		fields := map[string]any{"project": map[string]any{"key": p.project()}, "issuetype": map[string]any{"name": "Bug"}, "summary": "s"}
		b := p.must(201, "POST", "/issue", map[string]any{"fields": fields, "update": add("outwardIssue", a)}).at("key").(string)
		c := p.create(nil)
		p.must(204, "PUT", "/issue/"+c, map[string]any{"update": add("inwardIssue", a)})
		got := p.must(200, "GET", "/issue/"+a, nil)
		if got.at("fields", "issuelinks", 0, "inwardIssue", "key") != b || got.at("fields", "issuelinks", 1, "outwardIssue", "key") != c {
			t.Errorf("it shows %v", got.at("fields", "issuelinks"))
		}
		p.must(400, "PUT", "/issue/"+c, map[string]any{"update": add("inwardIssue", "NO-1")})
		p.must(400, "PUT", "/issue/"+c, `{"update":{"issuelinks":[{"set":[]}]}}`)
	})
}

// TestLinksEndWithTheirIssues, and with their types.
func TestLinksEndWithTheirIssues(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a, b, c := p.create(nil), p.create(nil), p.create(nil)
		p.link("Blocks", a, b)
		p.link("Relates", a, c)
		p.must(204, "DELETE", "/issue/"+b, nil)
		if n := len(p.must(200, "GET", "/issue/"+a, nil).list("fields", "issuelinks")); n != 1 {
			t.Errorf("%d links are left", n)
		}
		p.must(204, "DELETE", "/issueLinkType/10003", nil)
		for _, k := range []string{a, c} {
			if n := len(p.must(200, "GET", "/issue/"+k, nil).list("fields", "issuelinks")); n != 0 {
				t.Errorf("%s has %d links of a type that is gone", k, n)
			}
		}
		for _, x := range p.must(200, "GET", "/issueLinkType", nil).list("issueLinkTypes") {
			if dig(x, "id") == "10003" {
				t.Error("the type is still listed")
			}
		}
	})
}

func TestLinksNeedPermission(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		a, b := p.create(nil), p.create(nil)
		body := fmt.Sprintf(`{"type":{"id":"10000"},"inwardIssue":{"key":%q},"outwardIssue":{"key":%q}}`, a, b)
		p.deny("ben", "LINK_ISSUES")
		if got := p.as("ben").must(401, "POST", "/issueLink", body).at("errorMessages", 0); got != "No Link Issue Permission for issue '"+a+"'" {
			t.Errorf("without permission it says %v", got)
		}
		p.as("").must(401, "POST", "/issueLink", body)
		p.must(400, "POST", "/issueLink", strings.ReplaceAll(body, b, a))
		p.must(404, "POST", "/issueLink", strings.ReplaceAll(body, b, "NO-1"))
		p.as("ada").must(404, "POST", "/issueLinkType", `{"name":"n","inward":"i","outward":"o"}`)
		p.must(400, "POST", "/issueLinkType", `{"name":"n"}`)
		p.must(404, "POST", "/issueLinkType", `{"name":"blocks","inward":"i","outward":"o"}`)
		p.must(200, "POST", "/_sim/settings", `{"issueLinkingEnabled":false}`)
		if said := p.must(404, "POST", "/issueLink", body); said.at("errorMessages", 0) != "Issue linking is currently disabled." {
			t.Errorf("it says %s", said.raw)
		}
		_, recorded := recordedBody(t, "errors", "jrjc_issueLinks_links-disabled-error.json")
		if a := p.must(404, "GET", "/issueLinkType", nil); !reflect.DeepEqual(a.body, recorded) {
			t.Errorf("it says %s, recorded %v", a.raw, recorded)
		}
	})
}

// TestRemoteLinksAreOneForEachGlobalId: what is left out of an update is gone.
func TestRemoteLinksAreOneForEachGlobalId(t *testing.T) {
	both(t, func(t *testing.T, p *play) {
		key := p.create(nil)
		at := "/issue/" + key + "/remotelink"
		made := map[jirasim.Flavour]int{jirasim.Cloud: 201, jirasim.DataCenter: 200}[p.opt.Flavour]
		id := p.must(made, "POST", at, `{"globalId":"g","relationship":"mirrors","application":{"name":"A"},"object":{"url":"https://a/1","title":"One","summary":"s"}}`).at("id")
		if again := p.must(200, "POST", at, `{"globalId":"g","object":{"url":"https://a/1","title":"Two"}}`).at("id"); again != id {
			t.Errorf("%v is another than %v", again, id)
		}
		p.must(made, "POST", at, `{"object":{"url":"https://a/1","title":"One"}}`)
		p.must(made, "POST", at, `{"object":{"url":"https://a/1","title":"One"}}`)
		all := p.must(200, "GET", at, nil).list()
		if len(all) != 3 || dig(all[0], "object", "title") != "Two" || dig(all[0], "relationship") != nil || dig(all[0], "object", "summary") != nil {
			t.Errorf("there are %v", all)
		}
		p.must(400, "POST", at, `{"object":{"title":"One"}}`)
		p.must(400, "POST", at, `{"object":{"url":"u","title":"t"},"globalId":"`+strings.Repeat("x", 256)+`"}`)
		p.must(404, "GET", at+"?globalId=h", nil)
		other := p.create(nil)
		p.must(400, "GET", "/issue/"+other+"/remotelink/"+fmt.Sprint(id), nil)
		p.must(404, "GET", at+"/5", nil)
		p.deny("ben", "LINK_ISSUES")
		p.as("ben").must(403, "POST", at, `{"object":{"url":"https://a/1","title":"One"}}`)
		p.as("ben").must(200, "GET", at, nil)
		if h := p.must(200, "GET", "/issue/"+key+"?expand=changelog", nil); !strings.Contains(h.raw, `"RemoteIssueLink"`) {
			t.Error("the history does not tell of it")
		}
	})
}

// TestCloudWantsAContentTypeForADeletion of a remote link.
func TestCloudWantsAContentTypeForADeletion(t *testing.T) {
	p := open(t, jirasim.Cloud)
	key := p.create(nil)
	p.must(201, "POST", "/issue/"+key+"/remotelink", `{"globalId":"g","object":{"url":"https://a/1","title":"One"}}`)
	p.must(415, "DELETE", "/issue/"+key+"/remotelink?globalId=g", nil)
	p.with = map[string][]string{"Content-Type": {"application/json"}}
	p.must(204, "DELETE", "/issue/"+key+"/remotelink?globalId=g", nil)
}
