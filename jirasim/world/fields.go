package world

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// fields are those of a new site. Custom ids differ between the flavours, and
// each has one severity that the other has not.
func fields(f Flavour) []*Field {
	sys := func(id, name string, k Kind, clauses ...string) *Field {
		return &Field{ID: id, Name: name, Kind: k, Clauses: clauses}
	}
	first, severities := 10040, []string{"Critical", "Major", "Minor", "Cosmetic"}
	if f == DataCenter {
		first, severities = 10201, []string{"Blocker", "Critical", "Major", "Minor"}
	}
	custom := func(n int, name string, k Kind, o ...Option) *Field {
		return &Field{ID: fmt.Sprint("customfield_", first+n), Name: name, Kind: k, Custom: true, Options: o}
	}
	var options []Option
	for n, s := range severities {
		options = append(options, Option{ID: strconv.Itoa(first*10 + n), Value: s})
	}
	return []*Field{
		sys("summary", "Summary", Line), sys("issuetype", "Issue Type", TypeOf, "type"), sys("project", "Project", ProjectOf),
		sys("status", "Status", StatusOf), sys("statusCategory", "Status Category", Shown), sys("priority", "Priority", PriorityOf),
		sys("resolution", "Resolution", ResolvedAs), sys("resolutiondate", "Resolved", Shown, "resolved"),
		sys("description", "Description", Rich), sys("environment", "Environment", Rich), sys("labels", "Labels", Labels),
		sys("assignee", "Assignee", Person), sys("reporter", "Reporter", Person), sys("creator", "Creator", Person),
		sys("duedate", "Due date", Date, "due"), sys("created", "Created", Shown, "createdDate"), sys("updated", "Updated", Shown, "updatedDate"),
		sys("issuekey", "Key", Shown, "key", "id", "issue"), sys("comment", "Comment", Shown), sys("text", "Text", Shown),
		sys("components", "Components", PartsOf, "component"), sys("fixVersions", "Fix versions", VersionsOf, "fixVersion"), sys("versions", "Affects versions", VersionsOf, "affectedVersion"), sys("parent", "Parent", ParentOf),
		sys("issuelinks", "Linked Issues", Shown), sys("subtasks", "Sub-tasks", Shown), sys("attachment", "Attachment", Shown), sys("worklog", "Log Work", Shown),
		sys("watches", "Watchers", Shown, "watchers"), sys("votes", "Votes", Shown), sys("timetracking", "Time tracking", TimeTracking), sys("security", "Security Level", Shown, "level"),
		sys("progress", "Progress", Shown), sys("aggregateprogress", "Σ Progress", Shown), sys("workratio", "Work Ratio", Shown), sys("lastViewed", "Last Viewed", Shown),
		sys("timespent", "Time Spent", Seconds), sys("timeestimate", "Remaining Estimate", Seconds, "remainingEstimate"), sys("timeoriginalestimate", "Original estimate", Seconds, "originalEstimate"),
		sys("aggregatetimespent", "Σ Time Spent", Shown), sys("aggregatetimeestimate", "Σ Remaining Estimate", Shown), sys("aggregatetimeoriginalestimate", "Σ Original Estimate", Shown),
		custom(0, "Severity", Select, options...), custom(1, "Customer", Line), custom(2, "Effort", Number), custom(3, "Root cause", Rich),
	}
}

func quote(s string) json.RawMessage {
	b, _ := json.Marshal(s) // a string always marshals
	return b
}

// sampleFields are the fields of the k-th sample issue.
func sampleFields(w *World, p *Project, k int) map[string]json.RawMessage {
	subjects := []string{"Export stops after 500 rows", "Login page is blank in Safari", "Invoices show the wrong time zone", "Search forgets the filter", "Add a dark theme", "Upload of large files is slow"}
	ref := func(key, v string) json.RawMessage {
		return json.RawMessage(`{` + strconv.Quote(key) + `:` + strconv.Quote(v) + `}`)
	}
	severity := w.named("Severity")
	m := map[string]json.RawMessage{
		"project": ref("key", p.Key), "issuetype": ref("id", w.whole(p)[k%len(w.whole(p))]),
		"summary":     quote(subjects[k%len(subjects)]),
		"description": quote("h2. What happens\n\nIt happens *every* time.\n\n* open the page\n* wait\n\nSee [the log|https://example.com/log]."),
		"priority":    ref("id", w.Priorities[k%len(w.Priorities)].ID),
		"labels":      json.RawMessage(`["sample"]`),
		severity.ID:   ref("id", severity.Options[k%len(severity.Options)].ID),
	}
	return m
}
