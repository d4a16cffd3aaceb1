package jirasim

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/world"
)

func changelogRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/issue/{issue}/changelog/list", cloud, changelogList, "", "", 0, false},
		{"POST", "/rest/api/{v}/changelog/bulkfetch", cloud, changelogFetch, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/picker", both, issuePicker, "", "", 0, false},
	}
}

func changelogList(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		IDs []world.Loose `json:"changelogIds"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.IDs) == 0 {
		return reply{}, world.Refuse(400, "The changelog ids must be given.")
	}
	out := []any{}
	for _, h := range i.History {
		if slices.Contains(in.IDs, world.Loose(h.ID)) {
			out = append(out, c.v.change(h))
		}
	}
	return ok(object{"startAt": 0, "maxResults": len(in.IDs), "total": len(out), "histories": out})
}

// changelogFetch pages through the histories of many issues, oldest first:
// docs/JIRA.md "Search".
func changelogFetch(c *call) (reply, error) {
	var in struct {
		Issues []world.Loose `json:"issueIdsOrKeys"`
		Fields []string      `json:"fieldIds"`
		Most   int           `json:"maxResults"`
		Token  string        `json:"nextPageToken"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Most == 0 {
		in.Most = 1000
	}
	switch {
	case len(in.Issues) == 0 || len(in.Issues) > 1000:
		return reply{}, world.Refuse(400, "The number of issue IDs or keys must be between 1 and 1000.")
	case len(in.Fields) > 10:
		return reply{}, world.Refuse(400, "The number of field IDs must not exceed 10.")
	case in.Most < 0 || in.Most > 10000:
		return reply{}, world.Refuse(400, "The max results parameter has to be between 1 and 10,000.")
	}
	start, err := offset(in.Token)
	if err != nil {
		return reply{}, err
	}
	all := c.steps(in.Issues, in.Fields)
	o := object{"issueChangeLogs": c.v.histories(page(all, start, in.Most))}
	if start+in.Most < len(all) {
		o["nextPageToken"] = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(start + in.Most)))
	}
	return ok(o)
}

func offset(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	n, bad := strconv.Atoi(string(b))
	if err != nil || bad != nil || n < 0 {
		return 0, world.Refuse(400, "The provided next page token is invalid or expired.")
	}
	return n, nil
}

// A step is one change of one issue.
type step struct {
	issue  *world.Issue
	change *world.Change
}

// steps lists the changes of issues, in some fields if any are named, by time.
func (c *call) steps(ids []world.Loose, fields []string) []step {
	var all []step
	seen := map[string]bool{}
	for _, id := range ids {
		i, no := c.w.Issue(c.by.User, string(id))
		if no != nil || seen[i.ID] {
			continue
		}
		seen[i.ID] = true
		for _, h := range i.History {
			if len(fields) == 0 || slices.ContainsFunc(h.Items, func(it world.Item) bool { return slices.Contains(fields, it.ID) }) {
				all = append(all, step{i, h})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b step) int { return a.change.At.Compare(b.change.At) })
	return all
}

func (v view) histories(all []step) []any {
	by, order := map[string][]any{}, []string{}
	for _, e := range all {
		if by[e.issue.ID] == nil {
			order = append(order, e.issue.ID)
		}
		by[e.issue.ID] = append(by[e.issue.ID], v.change(e.change))
	}
	out := []any{}
	for _, id := range order {
		out = append(out, object{"issueId": id, "changeHistories": by[id]})
	}
	return out
}

// issuePicker suggests issues by key or by words of the summary: of those that
// the caller looked at, and of those that a query finds, or of all.
func issuePicker(c *call) (reply, error) {
	recent := []*world.Issue{}
	if c.by.User != nil {
		for _, id := range c.w.Recent(c.by.User) {
			recent = append(recent, c.w.Issues[id])
		}
	}
	all := []*world.Issue{}
	if s := c.query.Get("currentJQL"); s != "" {
		q, err := c.readable(s)
		if err != nil {
			return reply{}, err
		}
		hits, _ := c.w.Find(c.by, q)
		for _, h := range hits {
			all = append(all, h.Issue)
		}
	} else {
		for _, p := range c.visible() {
			for _, i := range slices.Backward(c.w.Of(p)) {
				all = append(all, i)
			}
		}
	}
	return ok(object{"sections": []any{c.picked("hs", "History Search", recent), c.picked("cs", "Current Search", all)}})
}

// mostPicked is how many issues each part of a picker shows.
const mostPicked = 20

// picked is one part of a picker.
func (c *call) picked(id, label string, from []*world.Issue) object {
	q := strings.TrimSpace(c.query.Get("query"))
	found := []any{}
	for _, i := range from {
		if c.picks(i, q) {
			summary := i.Values["summary"].Text
			found = append(found, object{"id": number(i.ID), "key": i.Key, "keyHtml": bolder(i.Key, q), "img": "/images/icons/issuetypes/task.png", "summary": bolder(summary, q), "summaryText": summary})
		}
	}
	o := object{"id": id, "label": label, "issues": page(found, 0, mostPicked)}
	o["sub"] = "Showing " + strconv.Itoa(min(len(found), mostPicked)) + " of " + strconv.Itoa(len(found)) + " matching issues"
	if len(found) == 0 && id == "cs" {
		delete(o, "sub")
		o["msg"] = "No matching issues"
	}
	return o
}

// picks reports whether a picker that is asked for q shows an issue.
func (c *call) picks(i *world.Issue, q string) bool {
	at := strings.ToLower(q)
	switch t := c.w.Type(i.Values["issuetype"].Text); {
	case q == "" || i.Archived || strings.EqualFold(i.Key, c.query.Get("currentIssueKey")):
		return false
	case c.query.Get("currentProjectId") != "" && c.query.Get("currentProjectId") != i.Project:
		return false
	case c.query.Get("showSubTasks") == "false" && t != nil && t.Subtask:
		return false
	case c.query.Get("showSubTaskParent") == "false" && c.isParentOf(i):
		return false
	}
	return strings.Contains(strings.ToLower(i.Key), at) || strings.Contains(strings.ToLower(i.Values["summary"].Text), at)
}

// isParentOf reports whether the issue that a picker is shown on is below i.
func (c *call) isParentOf(i *world.Issue) bool {
	at, no := c.w.Issue(c.by.User, c.query.Get("currentIssueKey"))
	return no == nil && at.Values["parent"].Text == i.ID
}

// bolder is a text as HTML with what was typed in bold.
func bolder(s, typed string) string {
	plain := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
	n := strings.Index(strings.ToLower(s), strings.ToLower(typed))
	if n < 0 || n+len(typed) > len(s) {
		return plain.Replace(s)
	}
	return plain.Replace(s[:n]) + "<b>" + plain.Replace(s[n:n+len(typed)]) + "</b>" + plain.Replace(s[n+len(typed):])
}
