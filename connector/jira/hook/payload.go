package hook

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/accord/connector/jira/wire"
	"example.com/accord/issue"
)

// A payload is the body of a webhook, as far as it is read: docs/JIRA.md
// "Webhooks". It is a hint; what is true is read from the site.
type payload struct {
	Event string `json:"webhookEvent"`
	Issue struct {
		ID     wire.ID         `json:"id"`
		Key    string          `json:"key"`
		Fields json.RawMessage `json:"fields"`
	} `json:"issue"`
	Changelog struct {
		Items []struct {
			Field string    `json:"field"`
			From  wire.Word `json:"fromString"`
		} `json:"items"`
	} `json:"changelog"`
	Comment struct {
		ID      wire.ID    `json:"id"`
		Self    string     `json:"self"`
		Author  person     `json:"author"`
		Editor  *person    `json:"updateAuthor"`
		Updated wire.Stamp `json:"updated"`
	} `json:"comment"`
	Worklog struct {
		IssueID wire.ID `json:"issueId"`
		Self    string  `json:"self"`
	} `json:"worklog"`
	Link struct {
		Source      wire.ID `json:"sourceIssueId"`
		Destination wire.ID `json:"destinationIssueId"`
	} `json:"issueLink"`
	IssueID  wire.ID `json:"issueId"` // of property events
	Property struct {
		IssueID wire.ID `json:"issueId"`
		Self    string  `json:"self"`
	} `json:"property"`
}

// A person is who the site says wrote a comment.
type person struct {
	Display string `json:"displayName"`
}

// issues returns the ids of the issues that the event is about: none for an
// event about something else. An event that Jira does not have, and an event
// about an issue that does not say which, cannot be read.
func (p payload) issues() ([]string, error) {
	var ids []wire.ID
	switch subject(p.Event) {
	case "":
		return nil, fmt.Errorf("there is no event %.60q", p.Event)
	case "other":
		return nil, nil
	case "issue":
		ids = []wire.ID{p.Issue.ID}
	case "comment":
		ids = []wire.ID{p.Issue.ID, ofSelf(p.Comment.Self)}
	case "worklog":
		ids = []wire.ID{p.Issue.ID, p.Worklog.IssueID, ofSelf(p.Worklog.Self)}
	case "issuelink":
		if ids = []wire.ID{p.Link.Source, p.Link.Destination}; p.Link.Source == "" || p.Link.Destination == "" {
			return nil, fmt.Errorf("the event %s does not say which issues it is about", p.Event)
		}
		return numeric(ids...), nil
	case "attachment":
		// Most say nothing of the issue; its own update, or a sweep, will.
		return first(p.Issue.ID), nil
	case "property":
		ids = []wire.ID{p.Issue.ID, p.IssueID, p.Property.IssueID, ofSelf(p.Property.Self)}
	}
	if out := first(ids...); len(out) > 0 {
		return out, nil
	}
	return nil, fmt.Errorf("the event %s does not say which issue it is about", p.Event)
}

// first returns the first id that is one.
func first(ids ...wire.ID) []string {
	if all := numeric(ids...); len(all) > 0 {
		return all[:1]
	}
	return nil
}

// numeric returns those that are ids of issues: digits.
func numeric(ids ...wire.ID) (out []string) {
	for _, i := range ids {
		digits := i != "" && len(i) <= 20 && strings.Trim(string(i), "0123456789") == ""
		if digits && !slices.Contains(out, string(i)) {
			out = append(out, string(i))
		}
	}
	return out
}

// ofSelf reads the issue's id from the address of a part of it:
// …/rest/api/2/issue/10013/comment/10082.
func ofSelf(self string) wire.ID {
	_, rest, _ := strings.Cut(self, "/issue/")
	i, _, _ := strings.Cut(rest, "/")
	return wire.ID(i)
}

// subject says what an event is about; "" if Jira has no such event.
func subject(event string) string {
	for _, s := range []struct {
		about, prefix string
		names         string
	}{
		{"issue", "jira:issue_", "created updated deleted"},
		{"comment", "comment_", "created updated deleted"},
		{"worklog", "worklog_", "created updated deleted"},
		{"worklog", "jira:worklog_", "updated"},
		{"issuelink", "issuelink_", "created deleted"},
		{"attachment", "attachment_", "created deleted"},
		{"property", "issue_property_", "set deleted"},
		{"other", "project_", "created updated deleted soft_deleted restored_deleted archived restored_archived"},
		{"other", "jira:version_", "created updated released unreleased moved deleted merged"},
		{"other", "issuetype_", "created updated deleted"},
		{"other", "user_", "created updated deleted"},
		{"other", "option_", "attachments_changed issuelinks_changed subtasks_changed timetracking_changed unassigned_issues_changed voting_changed watching_changed timetracking_provider_changed"},
		{"other", "sprint_", "created updated deleted started closed"},
		{"other", "board_", "created updated deleted configuration_changed"},
		{"other", "filter_", "created updated deleted"},
		{"other", "jira_expression_", "evaluation_failed"},
	} {
		if name, ok := strings.CutPrefix(event, s.prefix); ok && slices.Contains(strings.Fields(s.names), name) {
			return s.about
		}
	}
	return ""
}

// projects returns the keys of the projects that the event names: that of the
// issue and, for an issue that moved, that which it left. Empty: none is named.
func (p payload) projects() (keys []string) {
	for _, key := range p.keys() {
		if i := strings.LastIndexByte(key, '-'); i > 0 && !slices.Contains(keys, key[:i]) {
			keys = append(keys, key[:i])
		}
	}
	return keys
}

func (p payload) keys() []string {
	if p.Issue.Key == "" || subject(p.Event) == "issuelink" {
		return nil
	}
	keys := []string{p.Issue.Key}
	for _, it := range p.Changelog.Items {
		if it.Field == "Key" {
			keys = append(keys, string(it.From))
		}
	}
	return keys
}

// touches says who touched which comment, for comment events and for the
// updates by which Data Center tells of comments again.
func (p payload) touches() []issue.Touch {
	if p.Comment.ID == "" {
		return nil
	}
	who := p.Comment.Author
	if p.Comment.Editor != nil {
		who = *p.Comment.Editor
	}
	return []issue.Touch{{ID: string(p.Comment.ID), By: who.Display, Updated: p.Comment.Updated.Time}}
}
