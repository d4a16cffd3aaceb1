package jirasim_test

import (
	"cmp"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"example.com/accord/jirasim"
)

// A refusal is a request that Jira turns down, and how.
type refusal struct {
	recorded           string // file in fixtures/errors whose answer this is; empty: none was recorded
	who                string // account; empty: the administrator
	method, path       string
	body               any
	status             int
	messages           []string
	errors             map[string]string
	before             func(*play) // with the issue SUP-1 there
	titled, detail     string      // of a problem
	wantHeader, header string
}

func cloudRefusals() map[string]refusal {
	offScreen := func(f string) string {
		return "Field '" + f + "' cannot be set. It is not on the appropriate screen, or unknown."
	}
	bug := map[string]any{"project": map[string]any{"key": "SUP"}, "issuetype": map[string]any{"name": "Bug"}, "summary": "s"}
	with := func(k string, v any) any {
		m := map[string]any{}
		maps.Copy(m, bug)
		m[k] = v
		return map[string]any{"fields": m}
	}
	jqlError := func(s string) []string { return []string{"Error in the JQL Query: " + s} }
	search := func(q string) map[string]any { return map[string]any{"jql": q} }
	return map[string]refusal{
		"nobody logged in":                       {recorded: "cloud_401_unauthenticated", who: nobody, method: "GET", path: "/myself", status: 401},
		"a wrong token":                          {who: "stranger", method: "GET", path: "/myself", status: 401},
		"no such issue":                          {recorded: "cloud_unknown_issue", method: "GET", path: "/issue/SUP-999", status: 404, messages: []string{"Issue does not exist or you do not have permission to see it."}},
		"an issue unseen":                        {recorded: "cloud_unknown_issue", who: nobody, method: "GET", path: "/issue/SUP-1", status: 404, messages: []string{"Issue does not exist or you do not have permission to see it."}},
		"no such project":                        {recorded: "cloud_unknown_project", method: "GET", path: "/project/NOPEZZQ", status: 404, messages: []string{"No project could be found with key 'NOPEZZQ'."}},
		"no such path":                           {recorded: "cloud_unknown_path", method: "GET", path: "/issue/PUB-1/no-such-thing", status: 404, titled: "Not Found", detail: "No endpoint GET /rest/api/3/issue/PUB-1/no-such-thing."},
		"a method that is not":                   {recorded: "cloud_approximate_count_get", method: "GET", path: "/search/approximate-count", status: 405, titled: "Method Not Allowed", detail: "Method 'GET' is not supported.", wantHeader: "Allow", header: "POST"},
		"a number that is none":                  {recorded: "cloud_comments_max_results_not_a_number", method: "GET", path: "/issue/PUB-1/comment?maxResults=x", status: 400, titled: "Bad Request", detail: "Failed to convert 'maxResults' with value: 'x'", before: func(p *play) { p.move("SUP-1", "PUB") }},
		"create nothing":                         {recorded: "cloud_issue_create_empty", method: "POST", path: "/issue", status: 400, messages: []string{"No Issue Create payload supplied"}},
		"create without project":                 {recorded: "cloud_issue_create_no_project", method: "POST", path: "/issue", body: `{"fields":{}}`, status: 400, errors: map[string]string{"project": "Specify a valid project ID or key"}},
		"create without type":                    {recorded: "cloud_issue_create_no_type", method: "POST", path: "/issue", body: `{"fields":{"project":{"key":"SUP"}}}`, status: 400, errors: map[string]string{"issuetype": "Specify an issue type"}},
		"create what is not JSON":                {recorded: "cloud_issue_create_not_json", method: "POST", path: "/issue", body: `{`, status: 400, messages: []string{"There was an error parsing JSON. Check that your request body is valid."}},
		"create a string":                        {recorded: "cloud_create_description_not_adf", method: "POST", path: "/issue", body: with("description", "text"), status: 400, errors: map[string]string{"description": "Operation value must be an Atlassian Document (see the Atlassian Document Format)"}},
		"create bad ADF":                         {recorded: "cloud_create_invalid_adf", method: "POST", path: "/issue", body: with("description", map[string]any{"type": "doc", "version": 1, "content": []any{map[string]any{"type": "nonsense"}}}), status: 400, messages: []string{"INVALID_INPUT"}},
		"create off the screen":                  {method: "POST", path: "/issue", body: with("customfield_10042", 3), status: 400, errors: map[string]string{"customfield_10042": offScreen("customfield_10042")}},
		"create an unknown field":                {method: "POST", path: "/issue", body: with("nonsense", 3), status: 400, errors: map[string]string{"nonsense": offScreen("nonsense")}},
		"create no summary":                      {method: "POST", path: "/issue", body: with("summary", ""), status: 400, errors: map[string]string{"summary": "You must specify a summary of the issue."}},
		"create two lines":                       {method: "POST", path: "/issue", body: with("summary", "a\nb"), status: 400, errors: map[string]string{"summary": "The summary is invalid because it contains newline characters."}},
		"create a long summary":                  {method: "POST", path: "/issue", body: with("summary", strings.Repeat("x", 256)), status: 400, errors: map[string]string{"summary": "Summary must be less than 255 characters."}},
		"an unknown priority":                    {method: "POST", path: "/issue", body: with("priority", map[string]any{"name": "Blocker"}), status: 400, errors: map[string]string{"priority": "Priority name 'Blocker' is not valid"}},
		"an unknown option":                      {method: "POST", path: "/issue", body: with("customfield_10040", map[string]any{"value": "Blocker"}), status: 400, errors: map[string]string{"customfield_10040": "Option value 'Blocker' is not valid"}},
		"an unknown type":                        {method: "POST", path: "/issue", body: with("issuetype", map[string]any{"name": "Saga"}), status: 400, errors: map[string]string{"issuetype": "Specify a valid issue type"}},
		"a person unknown":                       {method: "POST", path: "/issue", body: with("assignee", map[string]any{"accountId": "x"}), status: 400, errors: map[string]string{"assignee": "Specify a valid value for assignee"}},
		"a person by name":                       {method: "POST", path: "/issue", body: with("assignee", map[string]any{"name": "ada"}), status: 400, errors: map[string]string{"assignee": "'accountId' must be the only user identifying query parameter in GDPR strict mode."}},
		"a label with a space":                   {method: "POST", path: "/issue", body: with("labels", []string{"a b"}), status: 400, errors: map[string]string{"labels": "The label 'a b' contains spaces which is invalid."}},
		"a date that is none":                    {method: "POST", path: "/issue", body: with("duedate", "tomorrow"), status: 400, errors: map[string]string{"duedate": "Error parsing date string: tomorrow"}},
		"a reporter by a member":                 {who: "ada", method: "POST", path: "/issue", body: with("reporter", nil), status: 400, errors: map[string]string{"reporter": offScreen("reporter")}},
		"edit an unknown field":                  {method: "PUT", path: "/issue/SUP-1", body: `{"fields":{"nonsense":1}}`, status: 400, errors: map[string]string{"nonsense": offScreen("nonsense")}},
		"edit without permission":                {recorded: "cloud_issue_edit_not_on_screen", who: "ben", method: "PUT", path: "/issue/SUP-1", body: `{"fields":{"summary":"x"}}`, status: 400, errors: map[string]string{"summary": offScreen("summary")}, before: func(p *play) { p.deny("ben", "EDIT_ISSUES") }},
		"edit nothing":                           {method: "PUT", path: "/issue/SUP-1", body: `{}`, status: 400, messages: []string{"one of 'fields' or 'update' required"}},
		"edit a field twice":                     {method: "PUT", path: "/issue/SUP-1", body: `{"fields":{"labels":[]},"update":{"labels":[{"add":"a"}]}}`, status: 400, messages: []string{"Field 'labels' cannot appear in both 'fields' and 'update'"}},
		"edit by a wrong verb":                   {method: "PUT", path: "/issue/SUP-1", body: `{"update":{"summary":[{"add":"a"}]}}`, status: 400, messages: []string{"Field with id' summary' and name 'Summary' does not support operation 'add' Supported operation(s) are: 'set'"}},
		"edit the summary away":                  {method: "PUT", path: "/issue/SUP-1", body: `{"fields":{"summary":""}}`, status: 400, errors: map[string]string{"summary": "You must specify a summary of the issue."}},
		"a silent edit":                          {recorded: "cloud_notify_users_forbidden", who: "ada", method: "PUT", path: "/issue/SUP-1?notifyUsers=false", body: `{"fields":{"summary":"x"}}`, status: 400, messages: []string{"To discard the user notification either admin or project admin permissions are required."}},
		"delete as a member":                     {who: "ada", method: "DELETE", path: "/issue/SUP-1", status: 403, messages: []string{"You do not have permission to delete issues in this project."}},
		"no transition":                          {recorded: "cloud_transition_missing", method: "POST", path: "/issue/SUP-1/transitions", body: `{}`, status: 400, messages: []string{"Missing 'transition' identifier"}},
		"a transition not open":                  {recorded: "cloud_transition_not_valid", method: "POST", path: "/issue/SUP-1/transitions", body: `{"transition":{"id":"31"}}`, status: 400, messages: []string{"Transition id '31' is not valid for this issue."}},
		"a field off the screen of a transition": {method: "POST", path: "/issue/SUP-1/transitions", body: `{"transition":{"id":11},"fields":{"summary":"x"}}`, status: 400, errors: map[string]string{"summary": offScreen("summary")}},
		"a comment that is a string":             {recorded: "cloud_comment_string_body", method: "POST", path: "/issue/SUP-1/comment", body: `{"body":"x"}`, status: 400, errors: map[string]string{"comment": "Comment body is not valid!"}},
		"a comment without permission":           {recorded: "cloud_comment_body_not_a_document", who: "ben", method: "POST", path: "/issue/SUP-1/comment", body: `{"body":"x"}`, status: 400, messages: []string{"You do not have the permission to comment on this issue."}, errors: map[string]string{"comment": "Comment body is not valid!"}, before: func(p *play) { p.deny("ben", "ADD_COMMENTS") }},
		"a comment too long":                     {recorded: "comment_too_long", method: "POST", path: "/rest/api/2/issue/SUP-1/comment", body: map[string]any{"body": strings.Repeat("x", 32768)}, status: 400, errors: map[string]string{"comment": "The entered text is too long. It exceeds the allowed limit of 32767 characters."}},
		"a comment of somebody else":             {who: "ada", method: "PUT", path: "/issue/SUP-1/comment/10000", body: `{"body":{"type":"doc","version":1,"content":[]}}`, status: 400, messages: []string{"You do not have the permission to edit this comment."}, before: func(p *play) { p.must(201, "POST", "/issue/SUP-1/comment", map[string]any{"body": p.text("x")}) }},
		"no such comment":                        {method: "GET", path: "/issue/SUP-1/comment/5", status: 404, messages: []string{"Can not find a comment for the id: 5."}},
		"no such property":                       {method: "GET", path: "/issue/SUP-1/properties/x", status: 404, messages: []string{"The property with key 'x' does not exist."}},
		"a search without bound":                 {recorded: "cloud_jql_unbounded", method: "POST", path: "/search/jql", body: search("order by key"), status: 400, messages: []string{"Unbounded JQL queries are not allowed here. Please add a search restriction to your query."}},
		"a search with two terms":                {recorded: "cloud_jql_and_or_expected", method: "POST", path: "/search/jql", body: search("project = PUB status"), status: 400, messages: jqlError("Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 15)")},
		"a search that ends early":               {recorded: "cloud_jql_expecting_field", method: "POST", path: "/search/jql", body: search("project = PUB AND"), status: 400, messages: jqlError("Expecting a field name at the end of the query.")},
		"a search with an open quote":            {recorded: "cloud_jql_quote_unclosed", method: "POST", path: "/search/jql", body: search(`project = "unclosed`), status: 400, messages: jqlError("The quoted string 'unclosed' has not been completed. (line 1, character 11)")},
		"a search for too many":                  {recorded: "cloud_search_max_results_over", method: "GET", path: "/search/jql?jql=project%3DSUP&maxResults=5001", status: 400, messages: []string{"The max results parameter has to be between 1 and 5,000."}},
		"a search with a wrong token":            {recorded: "cloud_search_page_token_invalid", method: "GET", path: "/search/jql?jql=project%3DSUP&nextPageToken=x", status: 400, messages: []string{"The provided next page token is invalid or expired."}},
		"a search with more in it":               {recorded: "cloud_search_body_unknown_property", method: "POST", path: "/search/jql", body: `{"jql":"project = SUP","startAt":0}`, status: 400, messages: []string{"Invalid request payload. Refer to the REST API documentation and try again."}},
		"the old search":                         {recorded: "cloud_search_retired", method: "GET", path: "/search", status: 410, messages: []string{"The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"}},
		"a search for an unknown field":          {method: "POST", path: "/search/jql", body: search("nonsense = 1"), status: 400, messages: []string{"Field 'nonsense' does not exist or you do not have permission to view it."}},
		"a search for an unknown project":        {method: "POST", path: "/search/jql", body: search("project = NOPE"), status: 400, messages: []string{"The value 'NOPE' does not exist for the field 'project'."}},
		"a search for a time that is none":       {method: "POST", path: "/search/jql", body: search("updated > yesterday"), status: 400, messages: []string{"Date value 'yesterday' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."}},
		"an upload without its header":           {recorded: "attachment_xsrf", method: "POST", path: "/issue/SUP-1/attachments", status: 404},
		"no such link":                           {recorded: "cloud_issue_link_unknown", method: "GET", path: "/issueLink/99999999", status: 404, messages: []string{"No issue link with id '99999999' exists."}},
		"no such type of link":                   {recorded: "cloud_link_type_unknown", method: "POST", path: "/issueLink", body: `{"type":{"name":"Haunts"},"inwardIssue":{"key":"SUP-1"},"outwardIssue":{"key":"SUP-1"}}`, status: 404, messages: []string{"No issue link type with name 'Haunts' found."}},
		"work without permission":                {who: "ben", method: "POST", path: "/issue/SUP-1/worklog", body: `{"timeSpent":"1h"}`, status: 400, messages: []string{"You do not have the permission to associate a worklog to this issue."}, before: func(p *play) { p.deny("ben", "WORK_ON_ISSUES") }},
		"no such worklog":                        {method: "GET", path: "/issue/SUP-1/worklog/5", status: 404, messages: []string{"Cannot find worklog with id: '5'."}},
		"no such file":                           {method: "GET", path: "/attachment/5", status: 404, messages: []string{"The attachment with id '5' does not exist"}},
		"a webhook by a member":                  {who: "ada", method: "POST", path: "/rest/webhooks/1.0/webhook", body: `{}`, status: 403, messages: []string{"You do not have permission to manage webhooks."}},
		"a webhook by nobody":                    {recorded: "cloud_401_unauthenticated", who: nobody, method: "GET", path: "/rest/webhooks/1.0/webhook", status: 401},
	}
}

func centerRefusals() map[string]refusal {
	return map[string]refusal{
		"a wrong token":            {recorded: "cloud_401_unauthenticated", who: "stranger", method: "GET", path: "/issue/DEV-1", status: 401},
		"no such issue":            {method: "GET", path: "/issue/DEV-999", status: 404, messages: []string{"Issue Does Not Exist"}},
		"a transition not open":    {method: "POST", path: "/issue/DEV-1/transitions", body: `{"transition":{"id":"2"}}`, status: 400, messages: []string{"It seems that you have tried to perform a workflow operation (Close Issue) that is not valid for the current state of this issue (DEV-1)."}},
		"edit nothing":             {method: "PUT", path: "/issue/DEV-1", body: `{}`, status: 400, messages: []string{"one of 'fields' or 'update' required"}},
		"a silent edit":            {who: "ada", method: "PUT", path: "/issue/DEV-1?notifyUsers=false", body: `{"fields":{"summary":"x"}}`, status: 403, messages: []string{"To discard the user notification either admin or project admin permissions are required."}},
		"a person unknown":         {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"assignee":{"name":"zoe"}}}`, status: 400, errors: map[string]string{"assignee": "User 'zoe' does not exist."}},
		"a person who left":        {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"assignee":{"name":"dan"}}}`, status: 400, errors: map[string]string{"assignee": "User 'dan' cannot be assigned issues."}},
		"an option of the other":   {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"customfield_10201":{"value":"Cosmetic"}}}`, status: 400, errors: map[string]string{"customfield_10201": "Option value 'Cosmetic' is not valid"}},
		"a priority of the other":  {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"priority":{"name":"Highest"}}}`, status: 400, errors: map[string]string{"priority": "Priority name 'Highest' is not valid"}},
		"a comment of the wrong":   {method: "POST", path: "/issue/DEV-1/comment", body: `{"body":{"type":"doc"}}`, status: 400, errors: map[string]string{"comment": "Comment body is not valid!"}},
		"a comment unallowed":      {who: "ben", method: "POST", path: "/issue/DEV-1/comment", body: `{"body":"x"}`, status: 400, messages: []string{"You do not have the permission to comment on this issue."}, before: func(p *play) { p.deny("ben", "ADD_COMMENTS") }},
		"no project at all":        {method: "POST", path: "/issue", body: `{"fields":{"summary":"x"}}`, status: 400, errors: map[string]string{"project": "project is required"}},
		"a project unknown":        {method: "POST", path: "/issue", body: `{"fields":{"project":{"key":"NO"}}}`, status: 400, errors: map[string]string{"project": "valid project is required"}},
		"no type at all":           {method: "POST", path: "/issue", body: `{"fields":{"project":{"key":"DEV"}}}`, status: 400, errors: map[string]string{"issuetype": "issue type is required"}},
		"a type unknown":           {method: "POST", path: "/issue", body: `{"fields":{"project":{"key":"DEV"},"issuetype":{"name":"Odd"}}}`, status: 400, errors: map[string]string{"issuetype": "valid issue type is required"}},
		"an option as a word":      {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"customfield_10201":"Major"}}`, status: 400, errors: map[string]string{"customfield_10201": "Could not find valid 'id' or 'value' in the Parent Option object."}},
		"a priority as a word":     {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"priority":"High"}}`, status: 400, errors: map[string]string{"priority": "Could not find valid 'id' or 'name' in priority object."}},
		"a person as a word":       {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"assignee":"ada"}}`, status: 400, errors: map[string]string{"assignee": "data was not an object"}},
		"a person of Cloud":        {method: "PUT", path: "/issue/DEV-1", body: `{"fields":{"assignee":{"accountId":"1:2"}}}`, status: 400, errors: map[string]string{"assignee": "expected Object containing a 'name' property"}},
		"work unallowed":           {who: "ben", method: "POST", path: "/issue/DEV-1/worklog", body: `{"timeSpent":"1h"}`, status: 400, messages: []string{"You do not have the permission to associate a worklog to this issue."}, before: func(p *play) { p.deny("ben", "WORK_ON_ISSUES") }},
		"work without an estimate": {method: "POST", path: "/issue/DEV-1/worklog?adjustEstimate=new", body: `{"timeSpent":"1h"}`, status: 400, errors: map[string]string{"newEstimate": "Value is required when adjustEstimate is new"}},
		"work without an amount":   {method: "POST", path: "/issue/DEV-1/worklog?adjustEstimate=manual", body: `{"timeSpent":"1h"}`, status: 400, errors: map[string]string{"reduceBy": "A value is required for manual estimate adjustment"}},
		"a comment of another":     {method: "GET", path: "/issue/DEV-1/comment/10000", status: 404, messages: []string{"No comment with given ID found for issue DEV-1."}, before: func(p *play) { p.must(201, "POST", "/issue/"+p.create(nil)+"/comment", `{"body":"x"}`) }},
		"a link to nowhere":        {method: "POST", path: "/issue/DEV-1/remotelink", body: `{"object":{"url":"not an address","title":" "}}`, status: 400, errors: map[string]string{"url": "'url' is not a valid URL.", "title": "'title' is required."}},
		"a comment for no group":   {method: "POST", path: "/issue/DEV-1/comment", body: `{"body":"x","visibility":{"type":"group","value":"nobodies"}}`, status: 400, errors: map[string]string{"commentLevel": "Group 'nobodies' does not exist."}},
		"a comment for strangers":  {method: "POST", path: "/issue/DEV-1/comment", body: `{"body":"x","visibility":{"type":"group","value":"staff"}}`, status: 400, errors: map[string]string{"commentLevel": "You are not a member of the group 'staff'."}},
		"a comment too long":       {recorded: "comment_too_long", method: "POST", path: "/issue/DEV-1/comment", body: map[string]any{"body": strings.Repeat("x", 32768)}, status: 400, errors: map[string]string{"comment": "The entered text is too long. It exceeds the allowed limit of 32767 characters."}},
		"an unreadable query":      {method: "GET", path: "/search?jql=project%20%3D", status: 400, messages: []string{"Error in the JQL Query: Expecting either a value, list or function before the end of the query."}},
		"what only Cloud has":      {method: "POST", path: "/search/jql", body: `{}`, status: 404},
		"a version it has not":     {method: "GET", path: "/rest/api/3/myself", status: 404},
		"the webhooks of Cloud":    {method: "GET", path: "/rest/webhooks/1.0/webhook", status: 404},
		"a webhook to nowhere":     {method: "POST", path: "/rest/jira-webhook/1.0/webhooks", body: `{"name":"x","url":"nowhere"}`, status: 400, errors: map[string]string{"url": "The URL 'nowhere' is not valid."}},
		"a webhook unread":         {method: "POST", path: "/rest/jira-webhook/1.0/webhooks", body: `{"name":"x","url":"http://a","filters":{"issue-related-events-section":"a b"}}`, status: 400, errors: map[string]string{"filters": "Error in the JQL Query: Expecting operator but got 'b'. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'. (line 1, character 3)"}},
		"nobody asks what he may":  {who: nobody, method: "GET", path: "/mypermissions", status: 401},
		"no such user":             {method: "GET", path: "/user?username=zoe", status: 404, messages: []string{"The user named 'zoe' does not exist"}},
		"a property without value": {method: "PUT", path: "/issue/DEV-1/properties/k", body: `null`, status: 400, messages: []string{"The property value cannot be empty."}},
	}
}

func (p *play) deny(who, permission string) {
	p.t.Helper()
	p.must(200, "POST", "/_sim/permissions", map[string]any{"account": who + "@example.com", "permission": permission})
}

func (p *play) move(issue, project string) {
	p.t.Helper()
	p.must(200, "POST", "/_sim/move", map[string]any{"issue": issue, "project": project})
}

func TestRefusalsOfCloud(t *testing.T) { refuse(t, jirasim.Cloud, cloudRefusals()) }

func TestRefusalsOfDataCenter(t *testing.T) { refuse(t, jirasim.DataCenter, centerRefusals()) }

// nobody calls without an account.
const nobody = "-"

// refuse holds each refusal against its own words here, and against what was
// recorded where the documents are at hand.
func refuse(t *testing.T, f jirasim.Flavour, all map[string]refusal) {
	for name, r := range all {
		t.Run(name, func(t *testing.T) {
			a := r.provoke(t, f)
			if a.status != r.status {
				t.Fatalf("%d, want %d\n%s", a.status, r.status, a.raw)
			}
			r.say(t, a)
			if r.wantHeader != "" && a.header.Get(r.wantHeader) != r.header {
				t.Errorf("header %s is %q, want %q", r.wantHeader, a.header.Get(r.wantHeader), r.header)
			}
		})
		if r.recorded == "" {
			continue
		}
		t.Run(name+", as recorded", func(t *testing.T) {
			status, body := recordedBody(t, "errors", r.recorded+".json")
			if s, is := body.(string); is && r.provoke(t, f).raw == s {
				return // it was no JSON
			}
			if a := r.provoke(t, f); a.status != status || !reflect.DeepEqual(a.body, body) {
				t.Errorf("%d %s\nrecorded: %d %v", a.status, a.raw, status, body)
			}
		})
	}
}

// provoke makes the request on a new site of two projects and one issue.
func (r refusal) provoke(t *testing.T, f jirasim.Flavour) answer {
	p := open(t, f, func(o *jirasim.Options) {
		o.Projects = []jirasim.Project{{Key: "SUP", Name: "Support"}, {Key: "PUB", Name: "Public"}}
		if f == jirasim.DataCenter {
			o.Projects[0] = jirasim.Project{Key: "DEV", Name: "Development"}
		}
	})
	p.create(nil)
	if r.before != nil {
		r.before(p)
	}
	who := cmp.Or(r.who, "admin")
	if who == nobody {
		who = ""
	}
	return p.as(who).do(r.method, r.path, r.body)
}

// say compares the words.
func (r refusal) say(t *testing.T, a answer) {
	t.Helper()
	if r.titled != "" {
		if a.at("title") != r.titled || a.at("detail") != r.detail || !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("the problem is %s", a.raw)
		}
		return
	}
	if r.messages == nil && r.errors == nil {
		return
	}
	messages, errors := []string{}, map[string]string{}
	for _, m := range a.list("errorMessages") {
		messages = append(messages, m.(string))
	}
	m, _ := a.at("errors").(map[string]any)
	for k, v := range m {
		errors[k] = v.(string)
	}
	if r.errors == nil {
		r.errors = map[string]string{}
	}
	if r.messages == nil {
		r.messages = []string{}
	}
	if !reflect.DeepEqual(messages, r.messages) || !reflect.DeepEqual(errors, r.errors) {
		t.Errorf("it says %s\nwant %q %q", a.raw, r.messages, r.errors)
	}
}

// TestAnonymousSearchFindsNothing is the trap of Cloud: a wrong token is no
// refusal but 200 and an empty answer.
func TestAnonymousSearchFindsNothing(t *testing.T) {
	p := open(t, jirasim.Cloud)
	p.create(nil)
	for _, who := range []string{"", "stranger"} {
		a := p.as(who).must(200, "GET", "/search/jql?jql=project%3DSUP", nil)
		if len(a.list("issues")) != 0 || a.at("isLast") != true {
			t.Errorf("%q finds %s", who, a.raw)
		}
	}
}

func TestDataCenterTakesTokens(t *testing.T) {
	p := open(t, jirasim.DataCenter)
	for token, want := range map[string]int{"Bearer example": 200, "Bearer ada": 200, "Bearer dan": 401, "Bearer x": 401, "Bearer": 401, "Basic ???": 401, "Digest x": 401} {
		q := p.as("")
		q.with = http.Header{"Authorization": {token}}
		if got := q.do("GET", "/myself", nil).status; got != want {
			t.Errorf("%s: %d, want %d", token, got, want)
		}
	}
	q := open(t, jirasim.Cloud).as("")
	q.with = http.Header{"Authorization": {"Bearer example"}}
	q.must(401, "GET", "/myself", nil)
}
