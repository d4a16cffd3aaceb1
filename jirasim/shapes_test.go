package jirasim_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// compareShape lists where two JSON values differ in shape: members that only
// one has, and kinds that differ. Null fits every kind, and of lists the first
// elements are compared.
func compareShape(ours, theirs any, path string, out *[]string) {
	if ours == nil || theirs == nil {
		return
	}
	switch a := ours.(type) {
	case map[string]any:
		b, is := theirs.(map[string]any)
		if !is {
			*out = append(*out, fmt.Sprintf("%s is %T where Jira has %T", path, ours, theirs))
			return
		}
		for k, v := range a {
			w, has := b[k]
			if !has {
				*out = append(*out, path+"."+k+" is not in Jira's")
				continue
			}
			compareShape(v, w, path+"."+k, out)
		}
		for k := range b {
			if _, has := a[k]; !has {
				*out = append(*out, path+"."+k+" is missing")
			}
		}
	case []any:
		b, is := theirs.([]any)
		if !is {
			*out = append(*out, fmt.Sprintf("%s is %T where Jira has %T", path, ours, theirs))
		} else if len(a) > 0 && len(b) > 0 {
			compareShape(a[0], b[0], path+"[]", out)
		}
	default:
		if fmt.Sprintf("%T", ours) != fmt.Sprintf("%T", theirs) {
			*out = append(*out, fmt.Sprintf("%s is %T where Jira has %T", path, ours, theirs))
		}
	}
}

// A likeness is an answer of ours beside one that was recorded.
type likeness struct {
	file   []string
	ask    func(*play) any
	part   []any    // of the recorded body
	except []string // what may differ, as compareShape tells it, by how it begins or ends
}

// hidden is what Cloud hides of other people, what this project has no scope
// for, and what only sites with more apps have.
var hidden = []string{".emailAddress is missing", ".emailAddress is not in Jira's", ".scope is missing", ".entityId is missing", ".uuid is missing"}

func cloudLikenesses() map[string]likeness {
	get := func(path string, part ...any) func(*play) any {
		return func(p *play) any { return p.must(200, "GET", path, nil).at(part...) }
	}
	v3 := func(name string) []string { return []string{"rest-cloud-v3", name + ".json"} }
	return map[string]likeness{
		"myself":  {file: v3("nango_get-myself"), ask: get("/myself")},
		"create":  {file: v3("nango_create-issue"), ask: func(p *play) any { p.create(nil); return p.last }},
		"comment": {file: v3("nango_add-comment"), ask: remark},
		"comment again": {file: v3("nango_update-comment"), ask: func(p *play) any {
			id := dig(remark(p), "id").(string)
			return p.must(200, "PUT", "/issue/SUP-2/comment/"+id, map[string]any{"body": p.text("y")}).body
		}},
		"worklog": {file: v3("nango_add-worklog"), ask: worked},
		"worklog again": {file: v3("nango_update-worklog"), ask: func(p *play) any {
			return p.must(200, "PUT", "/issue/SUP-1/worklog/"+dig(worked(p), "id").(string), `{"timeSpentSeconds":7200}`).body
		}},
		"worklogs": {file: v3("nango_list-worklogs"), ask: func(p *play) any { worked(p); return p.must(200, "GET", "/issue/SUP-1/worklog", nil).body }},
		"watchers": {file: v3("nango_list-watchers"), ask: func(p *play) any {
			p.must(204, "POST", "/issue/SUP-1/watchers", nil)
			return p.must(200, "GET", "/issue/SUP-1/watchers", nil).body
		}},
		"link change": {file: v3("devlake_changelog_Link"), part: []any{"value"}, ask: func(p *play) any {
			p.link("Blocks", "SUP-2", "SUP-1")
			return p.must(200, "GET", "/issue/SUP-1/changelog", nil).at("values", 0)
		}},
		"remote link change": {file: v3("devlake_changelog_RemoteIssueLink"), part: []any{"value"}, ask: func(p *play) any {
			p.must(201, "POST", "/issue/SUP-1/remotelink", `{"object":{"url":"https://a/1","title":"One"}}`)
			return p.must(200, "GET", "/issue/SUP-1/changelog", nil).at("values", 0)
		}},
		"estimate change": {file: v3("devlake_changelog_timeestimate"), part: []any{"value"}, ask: func(p *play) any {
			p.must(204, "PUT", "/issue/SUP-1", `{"fields":{"timetracking":{"originalEstimate":"2h"}}}`)
			return p.must(200, "GET", "/issue/SUP-1/changelog", nil).at("values", 0)
		}},
		"priority":   {file: v3("nango_get-priority"), ask: get("/priority/1")},
		"priorities": {file: v3("nango_list-priorities"), ask: get("/priority/search")},
		"status":     {file: v3("nango_get-status"), ask: get("/status/3")},
		"type":       {file: v3("nango_get-issue-type"), ask: get("/issuetype/10001")},
		"types":      {file: v3("nango_issue-types"), ask: get("/issuetype")},
		"user":       {file: v3("nango_get-user"), ask: func(p *play) any { return p.must(200, "GET", "/user?accountId="+p.user("ada"), nil).body }, except: []string{".groups is missing", ".applicationRoles is missing", ".expand is missing", ".locale is missing"}},
		"field":      {file: v3("nango_fields"), part: []any{1}, ask: get("/field", 1)},
		"custom":     {file: v3("nango_fields"), part: []any{7}, ask: func(p *play) any { f := p.must(200, "GET", "/field", nil).list(); return f[len(f)-1] }},
		"project":    {file: v3("nango_get-project"), ask: get("/project/SUP"), except: []string{".lead.timeZone", ".lead.accountType", ".roles."}},
		"createmeta": {file: v3("nango_get-create-issue-metadata"), ask: get("/issue/createmeta"), except: []string{"avatarId is not", "untranslatedName is missing"}},
		"found":      {file: v3("nango_issues"), ask: searched},
		"history":    {file: v3("nango_get-issue-changelog"), ask: history, except: []string{"fieldId is not in Jira's", "toString is", "historyMetadata"}},
		"status change": {file: v3("devlake_changelog_status"), part: []any{"value"}, ask: func(p *play) any {
			p.must(204, "POST", "/issue/SUP-1/transitions", `{"transition":{"id":"11"}}`)
			return p.must(200, "GET", "/issue/SUP-1/changelog", nil).at("values", 0)
		}},
		"description change": {file: v3("devlake_changelog_description"), part: []any{"value"}, ask: func(p *play) any {
			p.must(204, "PUT", "/issue/SUP-1", map[string]any{"fields": map[string]any{"description": p.text("new")}})
			return p.must(200, "GET", "/issue/SUP-1/changelog", nil).at("values", 0)
		}},
	}
}

func remark(p *play) any {
	return p.must(201, "POST", "/issue/SUP-2/comment", map[string]any{"body": p.text("x")}).body
}

func worked(p *play) any {
	return p.must(201, "POST", "/issue/SUP-1/worklog", map[string]any{"timeSpentSeconds": 3600, "comment": p.text("x")}).body
}

func searched(p *play) any {
	return p.must(200, "GET", "/search/jql?fields=summary,description,status,issuetype,priority,project,reporter,assignee,creator,created,updated,labels&maxResults=100&jql=project%3DSUP", nil).body
}

func history(p *play) any {
	p.must(204, "PUT", "/issue/SUP-1", `{"fields":{"summary":"new"},"historyMetadata":{"type":"x"}}`)
	return p.must(200, "GET", "/issue/SUP-1/changelog", nil).body
}

func TestCloudAnswersLikeRecordings(t *testing.T) { resemble(t, jirasim.Cloud, cloudLikenesses()) }

func centerLikenesses() map[string]likeness {
	get := func(path string, part ...any) func(*play) any {
		return func(p *play) any { return p.must(200, "GET", path, nil).at(part...) }
	}
	v2 := func(name string) []string { return []string{"rest-server-v2", name + ".json"} }
	return map[string]likeness{
		"create":     {file: v2("ruby_issue.post"), ask: func(p *play) any { p.create(nil); return p.last }},
		"link types": {file: v2("ruby_issueLinkType"), ask: get("/issueLinkType")},
		"remote links": {file: v2("gojira_remote_links"), ask: func(p *play) any {
			p.must(200, "POST", "/issue/DEV-1/remotelink", `{"globalId":"g","application":{"type":"t","name":"n"},"relationship":"causes","object":{"url":"https://a/1","title":"One","summary":"s","icon":{"url16x16":"https://a/i","title":"i"},"status":{"resolved":true,"icon":{"url16x16":"https://a/i","title":"i","link":"https://a"}}}}`)
			return p.must(200, "GET", "/issue/DEV-1/remotelink", nil).body
		}},
		"attachment": {file: v2("ruby_issue_10002_attachments_10000"), except: []string{".author.timeZone", ".author.key", ".author.emailAddress", "24x24", "32x32"}, ask: func(p *play) any {
			return p.must(200, "GET", "/attachment/"+p.attach(200, "DEV-1", file{"x.png", "", "x"}).at(0, "id").(string), nil).body
		}},
		"links of an issue": {file: v2("devlake_agile_issue_links_changelog_DZFNK0168-5"), part: []any{"fields", "issuelinks"}, ask: func(p *play) any {
			p.link("Blocks", "DEV-1", "DEV-2")
			return p.must(200, "GET", "/issue/DEV-1", nil).at("fields", "issuelinks")
		}},
		"transitions": {file: v2("gojira_transitions"), part: []any{"transitions", 0}, ask: get("/issue/DEV-1/transitions?expand=transitions.fields", "transitions", 0), except: []string{".fields.summary is missing"}},
		"types":       {file: v2("jiracli_createmeta_v9_issuetypes"), ask: get("/issue/createmeta/DEV/issuetypes"), except: []string{"avatarId is not"}},
		"statuses":    {file: v2("ruby_status"), ask: get("/status")},
		"priorities":  {file: v2("ruby_priority"), ask: get("/priority")},
		"categories":  {file: v2("gojira_all_statuscategories"), ask: get("/statuscategory")},
		"field":       {file: v2("gojira_all_fields"), part: []any{0}, ask: get("/field", 0)},
		"comment": {file: v2("php_comment"), ask: func(p *play) any {
			return p.must(201, "POST", "/issue/DEV-1/comment", `{"body":"x","visibility":{"type":"role","value":"Users"}}`).body
		}},
		"property": {file: v2("ruby_issue_10002_properties_foo"), ask: func(p *play) any {
			p.must(201, "PUT", "/issue/DEV-1/properties/foo", `"bar"`)
			return p.must(200, "GET", "/issue/DEV-1/properties/foo", nil).body
		}},
		"properties": {file: v2("ruby_issue_10002_properties"), ask: func(p *play) any {
			p.must(201, "PUT", "/issue/DEV-1/properties/foo", `"bar"`)
			return p.must(200, "GET", "/issue/DEV-1/properties", nil).body
		}},
		"issue": {file: v2("devlake_agile_issue_links_changelog_DZFNK0168-5"), ask: get("/issue/DEV-1?expand=changelog"),
			except: []string{".fields.customfield_", ".fields.flagged", ".fields.closedSprints", ".fields.sprint", ".fields.epic", ".comment.self", "projectTypeKey is not", ".fields.security is not"}},
	}
}

func TestDataCenterAnswersLikeRecordings(t *testing.T) {
	resemble(t, jirasim.DataCenter, centerLikenesses())
}

func resemble(t *testing.T, f jirasim.Flavour, all map[string]likeness) {
	for name, l := range all {
		t.Run(name, func(t *testing.T) {
			_, theirs := recordedBody(t, l.file...)
			p := open(t, f, func(o *jirasim.Options) { o.Samples = 3 })
			var found []string
			compareShape(jsonOf(t, l.ask(p)), dig(theirs, l.part...), "", &found)
			slices.Sort(found)
			for _, s := range slices.Compact(found) {
				if !slices.ContainsFunc(append(l.except, hidden...), func(e string) bool { return strings.Contains(s, e) }) {
					t.Error(s)
				}
			}
		})
	}
}
