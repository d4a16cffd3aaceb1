package world_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

// asked is the small site that these tests ask: three issues with a past.
func asked(t *testing.T) *world.World {
	t.Helper()
	w := world.Found(world.Cloud, 0, []world.Seat{{Key: "SUP", Name: "Support"}})
	at := noon.Add(-10 * 24 * time.Hour)
	by := func(n int) world.By {
		at = at.Add(time.Hour)
		return world.By{User: w.Users[n], Now: at, API: 2}
	}
	edit := func(n int, key, field, value string) {
		t.Helper()
		i, no := w.Issue(w.Users[n], key)
		if no != nil {
			t.Fatal(no)
		}
		if err := w.Edit(by(n), i, world.Body{Fields: fieldsOf(field, value)}); err != nil {
			t.Fatal(err)
		}
	}
	for n, summary := range []string{"Exports stop after 500 rows", "Login page is blank", "Upload of large files"} {
		if _, err := w.Create(by(n), world.Body{Fields: map[string]json.RawMessage{"project": raw(`{"key":"SUP"}`), "issuetype": raw(`{"name":"Task"}`), "summary": quoted(summary)}}); err != nil {
			t.Fatal(err)
		}
	}
	edit(0, "SUP-1", "assignee", fmt.Sprintf(`{"accountId":%q}`, w.Users[1].ID))
	at = noon.Add(-3 * 24 * time.Hour)
	edit(1, "SUP-1", "assignee", fmt.Sprintf(`{"accountId":%q}`, w.Users[2].ID))
	edit(0, "SUP-2", "priority", `{"name":"Highest"}`)
	i, _ := w.Issue(w.Users[0], "SUP-3")
	if err := w.SetProperty(by(0), i, world.Property{Key: "sync", Value: raw(`{"pair":{"id":"p1","n":3},"tags":["a","b"],"on":true}`)}); err != nil {
		t.Fatal(err)
	}
	return w
}

func quoted(s string) json.RawMessage {
	b, _ := json.Marshal(s)
	return b
}

// answered runs a query: keys in order of their numbers, or what is wrong.
func answered(t *testing.T, w *world.World, u *world.User, query string) string {
	t.Helper()
	q, err := jql.Parse(query)
	if err != nil {
		return err.Error()
	}
	hits, wrong := w.Find(world.By{User: u, Now: noon, API: 2}, q)
	if len(wrong) > 0 {
		return strings.Join(wrong, " ")
	}
	var keys []string
	for _, h := range hits {
		keys = append(keys, strings.TrimPrefix(h.Issue.Key, "SUP-"))
	}
	if len(q.Order) == 0 {
		slices.Sort(keys)
	}
	return strings.Join(keys, " ")
}

// TestThePastIsAsked asks WAS and CHANGED with all that narrows them.
func TestThePastIsAsked(t *testing.T) {
	w := asked(t)
	for query, want := range map[string]string{
		"assignee was 'ada@example.com'":                                                    "1",
		"assignee was in ('ada@example.com', 'ben@example.com')":                            "1",
		"assignee was empty":                                                                "1 2 3",
		"assignee was not 'ada@example.com'":                                                "2 3",
		"assignee was not in ('ada@example.com')":                                           "2 3",
		"assignee was 'ada@example.com' by 'admin@example.com'":                             "1",
		"assignee was 'ada@example.com' by 'cleo@example.com'":                              "",
		"assignee was 'ada@example.com' before -9d":                                         "1",
		"assignee was 'ben@example.com' before -9d":                                         "",
		"assignee was 'ada@example.com' after -1d":                                          "",
		"assignee was 'ben@example.com' after -1d":                                          "1",
		`assignee was 'ada@example.com' on "2026/11/19"`:                                    "1",
		`assignee was 'ben@example.com' on "2026/11/19"`:                                    "",
		`assignee was 'ada@example.com' during ("2026/11/01", "2026/11/10")`:                "",
		`assignee was 'ada@example.com' during ("2026/11/01", "2026/11/18")`:                "1",
		"assignee changed":                                                                  "1",
		"assignee changed from 'ada@example.com'":                                           "1",
		"assignee changed from 'ada@example.com' to 'ben@example.com' by 'ada@example.com'": "1",
		"assignee changed to 'ada@example.com' from empty":                                  "1",
		"assignee changed to 'ada@example.com' after -4d":                                   "",
		"assignee changed after -4d":                                                        "1",
		"assignee changed before -20d":                                                      "",
		"assignee changed by currentUser()":                                                 "1",
		"priority changed from Medium to Highest":                                           "2",
		"priority was Medium":                                                               "1 2 3",
		"priority was Medium after -1d":                                                     "1 3",
		"status changed":                                                                    "",
		"status was 'To Do'":                                                                "1 2 3",
		"labels was x":                                                                      "History searches do not support the 'labels' field.",
		"status was Nothing":                                                                "The value 'Nothing' does not exist for the field 'status'.",
		"status was 'To Do' from Done":                                                      "The 'FROM' predicate is not supported by the operator 'WAS'.",
		"status changed by nobody":                                                          "The value 'nobody' does not exist for the field 'status'.",
		"status changed on never":                                                           "The date predicate 'ON' of the field 'status' is invalid.",
		`status changed before ("2026/01/01", "2026/01/02")`:                                "The date predicate 'BEFORE' of the field 'status' is invalid.",
		"priority was Highest and not assignee was 'ada@example.com' order by created asc":  "2",
	} {
		if got := answered(t, w, w.Users[0], query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// TestFunctionsAndPropertiesAreAsked asks what only JQL knows.
func TestFunctionsAndPropertiesAreAsked(t *testing.T) {
	w := asked(t)
	for n, id := range []string{"SUP-3", "SUP-2"} {
		i, _ := w.Issue(w.Users[0], id)
		w.View(w.Users[0], i, noon.Add(-time.Duration(n)*24*time.Hour))
	}
	for query, want := range map[string]string{
		"lastViewed >= -1h":                                   "3",
		"lastViewed is empty":                                 "1",
		"lastViewed is not empty order by lastViewed":         "3 2",
		"issue.property[sync].pair.id = p1":                   "3",
		"issue.property[sync].pair.n > 2":                     "3",
		"issue.property[sync].tags in (b, c)":                 "3",
		"issue.property[sync].on = 'true'":                    "3",
		"issue.property[sync].none is empty":                  "1 2 3",
		"issue.property[other].pair = p1":                     "",
		"reporter in membersOf(staff)":                        "2 3",
		"reporter in membersOf('no such')":                    "Function 'membersOf' can not generate a list of usernames for group 'no such'; the group does not exist.",
		"reporter = membersOf(staff)":                         "Operator '=' does not support the list value 'membersOf(staff)' for field 'reporter'.",
		"status = currentUser()":                              "A value provided by the function 'currentUser' is invalid for the field 'status'.",
		"reporter in membersOf()":                             "Function 'membersOf' expected '1' arguments but received '0'.",
		"issue in updatedBy('ada@example.com')":               "1 2",
		"issue in updatedBy('ada@example.com', -4d)":          "1",
		"issue in updatedBy('ada@example.com', -30d, -9d)":    "2",
		"issue in updatedBy('ada@example.com', never)":        "Date value 'never' for function 'updatedBy' is invalid.",
		"issue in updatedBy(zoe)":                             "The user 'zoe' does not exist and could not be used in the 'updatedBy' function.",
		"issue in linkedIssues(SUP-9)":                        "Issue 'SUP-9' could not be found in function 'linkedIssues'.",
		"issue in linkedIssues(SUP-1)":                        "",
		"issue in linkedIssues(SUP-1, nonsense)":              "Issue link type 'nonsense' could not be found in function 'linkedIssues'.",
		"issue in issuesWithRemoteLinksByGlobalId(x)":         "",
		"issue in issueHistory()":                             "2 3",
		"issue in watchedIssues()":                            "1",
		"type in standardIssueTypes()":                        "1 2 3",
		"type in subtaskIssueTypes()":                         "",
		"project in projectsLeadByUser()":                     "1 2 3",
		"project in projectsLeadByUser('ada@example.com')":    "",
		"component in componentsLeadByUser()":                 "",
		"fixVersion in unreleasedVersions(SUP)":               "",
		"fixVersion = latestReleasedVersion(SUP)":             "",
		"fixVersion in releasedVersions(NONE)":                "Could not resolve the project 'NONE' provided to the function.",
		"sprint in openSprints()":                             "",
		"created >= startOfYear() and created <= endOfYear()": "1 2 3",
		"created >= startOfYear(1)":                           "",
		"created < startOfWeek(-1)":                           "1 2 3",
		"created >= startOfMonth('-1M')":                      "1 2 3",
		"created >= startOfDay(x)":                            "Date value 'startOfDay' for field 'created' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
		"created = membersOf(staff)":                          "A value provided by the function 'membersOf' is invalid for the field 'created'.",
		"watchers > 1":                                        "",
		"watchers = 1":                                        "1 2 3",
		"votes = 0":                                           "1 2 3",
		"watcher = currentUser()":                             "1",
		"attachments is empty":                                "1 2 3",
		"attachments = x":                                     "The operator '=' is not supported by the 'attachments' field.",
		"hierarchyLevel = 0":                                  "1 2 3",
		"statusCategoryChangedDate >= -20d":                   "1 2 3",
		"issueLinkType = blocks":                              "",
		"parent is empty":                                     "1 2 3",
		"parent = SUP-1":                                      "",
		"parent = SUP-9":                                      "An issue with key 'SUP-9' does not exist for field 'parent'.",
		"priority > Medium":                                   "2",
		"priority <= Medium":                                  "1 3",
		"filter = 'Filter for SUP board'":                     "1 2 3",
		"filter != 10000":                                     "",
		"filter = nothing":                                    "The value 'nothing' does not exist for the field 'filter'.",
		"reporter in currentUser()":                           "1",
		"key in SUP-1":                                        `Operator 'in' does not support the non-list value '"SUP-1"' for field 'key'.`,
		"labels = (a, empty)":                                 `Operator '=' does not support the list value '("a", EMPTY)' for field 'labels'.`,
		"key is empty":                                        "The operator 'is' is not supported by the 'key' field.",
		"order by priority desc, key":                         "2 1 3",
	} {
		if got := answered(t, w, w.Users[0], query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if got := answered(t, w, nil, "reporter = currentUser()"); got != "" {
		t.Errorf("nobody finds %q", got)
	}
}

// TestTextIsSearchedByWords holds that a search is for words, not for letters.
func TestTextIsSearchedByWords(t *testing.T) {
	w := asked(t)
	for query, want := range map[string]string{
		"summary ~ export":                "1",
		"summary ~ exports":               "1",
		"summary ~ xport":                 "",
		"summary ~ 'exp*'":                "1",
		"summary ~ '?ogin'":               "2",
		"summary ~ 'blank login'":         "2",
		`summary ~ "\"login page\""`:      "2",
		`summary ~ "\"page login\""`:      "",
		"summary !~ login":                "1 3",
		"text ~ 'large files'":            "3",
		"text ~ 500":                      "1",
		"text ~ 'login OR exports'":       "1 2",
		"text ~ 'login AND blank'":        "2",
		"text ~ 'page -login'":            "",
		"text ~ '+page NOT exports'":      "2",
		"text ~ '(login OR files) blank'": "2",
		"text ~ 'after-500'":              "1",
		"text ~ 'AND'":                    "Unable to parse the text 'AND' for field 'text'.",
		"text ~ 'BAD +'":                  "Unable to parse the text 'BAD +' for field 'text'.",
		"text ~ '(a'":                     "Unable to parse the text '(a' for field 'text'.",
		"text ~ 'a)'":                     "Unable to parse the text 'a)' for field 'text'.",
		"text ~ empty":                    "The field 'text' does not support searching for EMPTY values.",
		"text !~ a":                       "The operator '!~' is not supported by the 'text' field.",
		"text is empty":                   "The operator 'is' is not supported by the 'text' field.",
		"summary ~ '--'":                  "Unable to parse the text '--' for field 'summary'.",
		"summary ~ empty":                 "",
		"summary !~ empty":                "1 2 3",
		"description ~ empty":             "1 2 3",
		`summary ~ ""`:                    "The field 'summary' does not support searching for an empty string.",
		"summary ~ (a, b)":                "The operator '~' is not supported by the 'summary' field with that value.",
		"description is empty":            "1 2 3",
		"comment is empty":                "The field 'comment' does not support searching for EMPTY values.",
	} {
		if got := answered(t, w, w.Users[0], query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

// TestValuesThatNameNothing holds each field against the words of Jira's own
// tests of its search.
func TestValuesThatNameNothing(t *testing.T) {
	w := asked(t)
	for query, want := range map[string]string{
		"status = Bad":              "The value 'Bad' does not exist for the field 'status'.",
		"status = 666":              "A value with ID '666' does not exist for the field 'status'.",
		"status = '666'":            "The value '666' does not exist for the field 'status'.",
		"issue = 666":               "A value with ID '666' does not exist for the field 'issue'.",
		"issue = '10000'":           "The issue key '10000' for field 'issue' is invalid.",
		"issue = 10000":             "1",
		"key = abc":                 "The issue key 'abc' for field 'key' is invalid.",
		"key in (SUP-1, NO-1)":      "An issue with key 'NO-1' does not exist for field 'key'.",
		"votes = '-3'":              "Value '-3' is invalid for the 'votes' field. Votes must be a positive whole number.",
		"votes = empty":             "Value 'EMPTY' is invalid for the 'votes' field. Votes must be a positive whole number.",
		"votes is empty":            "The operator 'is' is not supported by the 'votes' field.",
		"workratio = '33.3'":        "The value '33.3' for field 'workratio' is invalid - please specify an integer.",
		"workratio is empty":        "1 2 3",
		"timespent = hh":            "The value 'hh' for field 'timespent' is invalid. Please specify a positive duration format; for example: '1h 30m', '2d'.",
		"due = dd":                  "Date value 'dd' for field 'due' is invalid. Valid formats include: 'YYYY/MM/DD', 'YYYY-MM-DD', or a period format e.g. '-5d', '4w 2d'.",
		"created < 1":               "",
		"created > 1":               "1 2 3",
		"Severity = Odd":            "The option 'Odd' for field 'Severity' does not exist.",
		"filter = empty":            "The field 'filter' does not support searching for EMPTY values.",
		"filter is empty":           "The operator 'is' is not supported by the 'filter' field.",
		"category = Odd":            "The value 'Odd' does not exist for the field 'category'.",
		"category is empty":         "1 2 3",
		"status > 'To Do'":          "The operator '>' is not supported by the 'status' field.",
		"resolution >= Done":        "",
		"status is empty":           "",
		"assignee = 'Ben Ito'":      "1",
		"project = cf":              "Error in the JQL Query: Expecting either a value, list or function but got 'cf'. You must surround 'cf' in quotation marks to use it as a value. (line 1, character 11)",
		"created > now('-30d')":     "Function 'now' expected '0' arguments but received '1'.",
		"key > SUP-1 order by odd":  "Not able to sort using field 'odd'.",
		"key > SUP-1 order by text": "Field 'text' does not support sorting.",
		"project in projectsWhereUserHasPermission('Edit Issues')": "1 2 3",
		"project in projectsWhereUserHasPermission(Odd)":           "The permission 'Odd' does not exist.",
		"project in projectsWhereUserHasRole(Administrators)":      "1 2 3",
		"project in projectsWhereUserHasRole(Odd)":                 "The role 'Odd' does not exist.",
		"parentEpic is empty":                                      "1 2 3",
	} {
		if got := answered(t, w, w.Users[0], query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}
