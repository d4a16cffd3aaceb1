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
		{"GET", "/rest/api/{v}/issue/picker", both, issuePicker, "what the caller looked at; currentJQL", "", 0, false},
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

// issuePicker suggests issues by key or by words of the summary.
func issuePicker(c *call) (reply, error) {
	q := strings.TrimSpace(c.query.Get("query"))
	found, at := []any{}, strings.ToLower(q)
	for _, p := range c.visible() {
		if want := c.query.Get("currentProjectId"); want != "" && want != p.ID {
			continue
		}
		for _, i := range slices.Backward(c.w.Of(p)) {
			summary := i.Values["summary"].Text
			fits := strings.Contains(strings.ToLower(i.Key), at) || strings.Contains(strings.ToLower(summary), at)
			sub := c.query.Get("showSubTasks") == "false" && c.w.Type(i.Values["issuetype"].Text).Subtask
			if fits && !sub && q != "" && !i.Archived && !strings.EqualFold(i.Key, c.query.Get("currentIssueKey")) {
				found = append(found, object{"id": number(i.ID), "key": i.Key, "keyHtml": bolder(i.Key, q), "img": "/images/icons/issuetypes/task.png", "summary": bolder(summary, q), "summaryText": summary})
			}
		}
	}
	shown := page(found, 0, 20)
	cs := object{"id": "cs", "label": "Current Search", "issues": shown}
	if len(shown) == 0 {
		cs["msg"] = "No matching issues"
	} else {
		cs["sub"] = "Showing " + strconv.Itoa(len(shown)) + " of " + strconv.Itoa(len(found)) + " matching issues"
	}
	hs := object{"id": "hs", "label": "History Search", "sub": "Showing 0 of 0 matching issues", "issues": []any{}}
	return ok(object{"sections": []any{hs, cs}})
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
