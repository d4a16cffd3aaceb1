package world

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Seat is a project to found: its key and its name.
type Seat struct{ Key, Name string }

// Found makes a new site: a workflow without a shortcut, a field off the
// create screen of the first project, words and ids that the other flavour
// has not. The seed decides where ids start.
func Found(f Flavour, seed uint64, seats []Seat) *World {
	w := &World{Flavour: f, First: 10000 + int64(seed%90)*1000}
	w.Restore()
	w.Fields = fields(f)
	w.configure()
	if f == Cloud {
		w.furnishCloud()
	} else {
		w.furnishDataCenter()
	}
	for _, u := range []struct{ name, display, zone string }{
		{"admin", "Alex Admin", "Europe/Berlin"},
		{"ada", "Ada Brandt", "America/New_York"},
		{"ben", "Ben Ito", "Asia/Kolkata"},
		{"cleo", "Cleo Marsh", "Etc/UTC"},
		{"dan", "Dan Silva", "Etc/UTC"},
	} {
		w.Enrol(u.name+"@example.com", u.display, u.name, u.zone)
	}
	w.equip()
	admin := w.Users[0]
	admin.Admin, admin.Token = true, "example"
	admin.Groups = append(admin.Groups, "jira-administrators")
	w.Users[1].Groups = append(w.Users[1].Groups, "staff")
	w.Users[2].Groups = append(w.Users[2].Groups, "staff")
	w.Users[4].Inactive = true
	for n, s := range seats {
		w.Establish(s, n == 0)
	}
	return w
}

// Enrol adds an account, or finds the one of this e-mail address and gives it
// the token. The login is what stands before the "@".
func (w *World) Enrol(email, display, token, zone string) *User {
	if u := w.Login(email); u != nil {
		u.Token = token
		return u
	}
	name, _, _ := strings.Cut(email, "@")
	u := &User{Name: name, Email: email, Display: display, Token: token, Zone: zone, Groups: []string{"jira-software-users"}}
	if w.Flavour == Cloud {
		u.ID, u.Name = accountID(email), ""
		u.Groups[0] = "jira-users"
	} else {
		u.ID = "JIRAUSER" + w.Next("user")
	}
	w.Users = append(w.Users, u)
	return u
}

// accountID makes an id of the kind that Cloud gives.
func accountID(email string) string {
	h := sha256.Sum256([]byte(email))
	return fmt.Sprintf("712020:%x-%x-%x-%x-%x", h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// Establish founds a project. On the first one the field Effort is not on the
// create screen.
func (w *World) Establish(s Seat, first bool) *Project {
	p := &Project{ID: w.Next("project"), Key: s.Key, Name: s.Name, Lead: w.Users[0].ID, Assignee: "UNASSIGNED", Kind: "software"}
	w.cast(p)
	for _, f := range w.Fields {
		switch f.Kind {
		case Shown, Seconds, StatusOf, ProjectOf, ResolvedAs:
			continue
		}
		if f.ID == "creator" || f.Offscreen {
			continue
		}
		if f.Kind != ParentOf || w.Flavour == Cloud {
			p.Edit = append(p.Edit, f.ID)
		}
		if !(first && f.Name == "Effort") {
			p.Create = append(p.Create, f.ID)
		}
	}
	w.Projects = append(w.Projects, p)
	w.Retype()
	w.relink()
	w.equipProject(p)
	return p
}

func (w *World) furnishCloud() {
	w.Types = []*Type{
		{"10001", "Bug", "Bugs track problems or errors.", false, 0},
		{"10002", "Task", "Tasks track small, distinct pieces of work.", false, 0},
		{"10003", "Story", "Stories track functionality or features expressed as user goals.", false, 0},
		{"10004", "Sub-task", "Subtasks track small pieces of work that are part of a larger task.", true, -1},
	}
	w.Statuses = []*Status{{"10010", "To Do", "", 2}, {"3", "In Progress", "This issue is being actively worked on at the moment by the assignee.", 4}, {"10011", "In Review", "", 4}, {"10012", "Done", "", 3}}
	w.Priorities = []*Priority{
		{"1", "Highest", "This problem will block progress.", "#d04437"}, {"2", "High", "Serious problem that could block progress.", "#f15C75"},
		{"3", "Medium", "Has the potential to affect progress.", "#f79232"}, {"4", "Low", "Minor problem or easily worked around.", "#707070"}, {"5", "Lowest", "Trivial problem with little or no impact on progress.", "#999999"},
	}
	w.Resolutions = []*Resolution{{"10000", "Done", "Work has been completed on this issue."}, {"10001", "Won't Do", "This issue won't be actioned."}, {"10002", "Duplicate", "The problem is a duplicate of an existing issue."}}
}

func (w *World) furnishDataCenter() {
	w.Types = []*Type{
		{"1", "Bug", "A problem which impairs or prevents the functions of the product.", false, 0},
		{"3", "Task", "A task that needs to be done.", false, 0},
		{"5", "Sub-task", "The sub-task of the issue", true, -1},
	}
	w.Statuses = []*Status{{"1", "Open", "The issue is open and ready for the assignee to start work on it.", 2}, {"3", "In Progress", "This issue is being actively worked on at the moment by the assignee.", 4}, {"10100", "Review", "", 4}, {"6", "Closed", "The issue is considered finished, the resolution is correct.", 3}}
	w.Priorities = []*Priority{{"1", "Blocker", "This problem will block progress.", "#cc0000"}, {"2", "High", "Serious problem that could block progress.", "#ff0000"}, {"3", "Medium", "Has the potential to affect progress.", "#f79232"}, {"4", "Low", "Minor problem or easily worked around.", "#006600"}}
	w.Resolutions = []*Resolution{{"1", "Fixed", "A fix for this issue is checked into the tree and tested."}, {"2", "Won't Fix", "The problem described is an issue which will never be fixed."}, {"3", "Duplicate", "The problem is a duplicate of an existing issue."}}
}

// workflow has no way from the first status to the last but through the two
// between, and sets and clears the resolution by post functions.
func (w *World) workflow() Workflow {
	open, doing, review, done := w.Statuses[0].ID, w.Statuses[1].ID, w.Statuses[2].ID, w.Statuses[3].ID
	names := []string{"Start work", "Ask for review", "Done", "Reject", "Reopen", "Stop work"}
	ids := []string{"11", "21", "31", "41", "51", "61"}
	events := make([]string, 6)
	if w.Flavour == DataCenter {
		names = []string{"Start Progress", "QA Review", "Close Issue", "Back to Work", "Reopen Issue", "Stop Progress"}
		ids = []string{"4", "711", "2", "721", "3", "301"}
		events = []string{"issue_work_started", "issue_generic", "issue_closed", "issue_work_started", "issue_reopened", "issue_work_stopped"}
	}
	fixed := map[string]Value{"resolution": {Text: w.Resolutions[0].ID}}
	unfixed := map[string]Value{"resolution": {}}
	step := func(n int, from, to string, set map[string]Value, screen ...string) Transition {
		return Transition{ID: ids[n], Name: names[n], From: []string{from}, To: to, Event: events[n], Set: set, Screen: screen}
	}
	return Workflow{Initial: open, Transitions: []Transition{
		step(0, open, doing, nil),
		step(1, doing, review, nil),
		step(2, review, done, fixed, "resolution"),
		step(3, review, doing, nil),
		step(4, done, open, unfixed),
		step(5, doing, open, nil),
	}}
}

// Samples makes n issues, as people would, an hour apart and all in the past.
func (w *World) Samples(n int, now time.Time) error {
	for k := range n {
		p := w.Projects[k%len(w.Projects)]
		by := By{User: w.Users[1+k%3], Now: now.Add(-time.Duration(n-k) * time.Hour), API: 2}
		b := Body{Fields: sampleFields(w, p, k)}
		i, err := w.Create(by, b)
		if err != nil {
			return fmt.Errorf("create sample: %w", err)
		}
		if k%3 == 0 {
			by.User, by.Now = w.Users[1+(k+1)%3], by.Now.Add(10*time.Minute)
			if _, err := w.Comment(by, i, Remark{Body: quote("I can see this too. *Thank you* for writing it up.")}); err != nil {
				return fmt.Errorf("comment on sample: %w", err)
			}
		}
	}
	w.events = nil
	for _, x := range w.index {
		x.see(now.Add(w.Lag))
	}
	return nil
}

// named is a field by name; nil if there is none.
func (w *World) named(name string) *Field {
	n := slices.IndexFunc(w.Fields, func(f *Field) bool { return f.Name == name })
	if n < 0 {
		return nil
	}
	return w.Fields[n]
}
