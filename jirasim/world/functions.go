package world

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/jql"
)

// A Function is one that JQL knows.
type Function struct {
	Name string // with its parentheses
	Type string // of what it gives, as Java calls it
	List bool   // it gives several: in, not in

	least, most int // arguments
	run         func(c *compiler, args []string) ([]string, complaint)
}

// The types of what fields hold and functions give, as Java calls them.
const (
	personType    = "com.atlassian.jira.user.ApplicationUser"
	dateType      = "java.util.Date"
	issueType     = "com.atlassian.jira.issue.Issue"
	sprintType    = "com.atlassian.greenhopper.service.sprint.Sprint"
	versionType   = "com.atlassian.jira.project.version.Version"
	componentType = "com.atlassian.jira.bc.project.component.ProjectComponent"
	projectType   = "com.atlassian.jira.project.Project"
	kindType      = "com.atlassian.jira.issue.issuetype.IssueType"
)

// Functions lists the functions of JQL.
func Functions() []Function {
	return slices.Concat(dateFunctions(), userFunctions(), issueFunctions(), projectFunctions(), sprintFunctions())
}

func userFunctions() []Function {
	return []Function{
		{"currentUser()", personType, false, 0, 0, func(c *compiler, _ []string) ([]string, complaint) { return []string{c.by.User.ID}, "" }},
		{"membersOf()", personType, true, 1, 1, membersOf},
	}
}

func issueFunctions() []Function {
	return []Function{
		{"issuesWithRemoteLinksByGlobalId()", issueType, true, 1, 100, remotelyLinked},
		{"linkedIssues()", issueType, true, 1, 2, linkedIssues},
		{"issueHistory()", issueType, true, 0, 0, func(c *compiler, _ []string) ([]string, complaint) {
			return c.those(c.touched(c.by.User.ID, time.Time{}, time.Time{})), ""
		}},
		{"updatedBy()", issueType, true, 1, 3, updatedBy},
		{"watchedIssues()", issueType, true, 0, 0, func(c *compiler, _ []string) ([]string, complaint) {
			return c.those(func(i *Issue) bool { return slices.Contains(i.Watchers, c.by.User.ID) }), ""
		}},
		{"votedIssues()", issueType, true, 0, 0, func(c *compiler, _ []string) ([]string, complaint) {
			return c.those(func(i *Issue) bool { return slices.Contains(i.Voters, c.by.User.ID) }), ""
		}},
	}
}

func projectFunctions() []Function {
	released := func(is bool) func(*compiler, []string) ([]string, complaint) {
		return func(c *compiler, args []string) ([]string, complaint) {
			return c.versions(args, func(v *Version) bool { return v.Released == is && !v.Archived })
		}
	}
	of := func(sub bool) func(*compiler, []string) ([]string, complaint) {
		return func(c *compiler, _ []string) (out []string, _ complaint) {
			for _, t := range c.w.Types {
				if t.Subtask == sub {
					out = append(out, t.ID)
				}
			}
			return out, ""
		}
	}
	return []Function{
		{"releasedVersions()", versionType, true, 0, 100, released(true)},
		{"unreleasedVersions()", versionType, true, 0, 100, released(false)},
		{"latestReleasedVersion()", versionType, false, 1, 1, func(c *compiler, args []string) ([]string, complaint) {
			all, why := released(true)(c, args)
			return all[max(0, len(all)-1):], why
		}},
		{"earliestUnreleasedVersion()", versionType, false, 1, 1, func(c *compiler, args []string) ([]string, complaint) {
			all, why := released(false)(c, args)
			return all[:min(1, len(all))], why
		}},
		{"componentsLeadByUser()", componentType, true, 0, 1, ledComponents},
		{"projectsLeadByUser()", projectType, true, 0, 1, ledProjects},
		{"standardIssueTypes()", kindType, true, 0, 0, of(false)},
		{"subtaskIssueTypes()", kindType, true, 0, 0, of(true)},
	}
}

func sprintFunctions() []Function {
	in := func(state string) func(*compiler, []string) ([]string, complaint) {
		return func(c *compiler, _ []string) (out []string, _ complaint) {
			for _, s := range c.w.Sprints {
				if s.State == state {
					out = append(out, s.ID)
				}
			}
			return out, ""
		}
	}
	return []Function{
		{"openSprints()", sprintType, true, 0, 0, in("active")},
		{"closedSprints()", sprintType, true, 0, 0, in("closed")},
		{"futureSprints()", sprintType, true, 0, 0, in("future")},
	}
}

// Type is what a field holds, as Java calls it.
func (f *Field) Type() string {
	switch {
	case f.Kind == Person:
		return personType
	case timed(f):
		return dateType
	case f.ID == "issuekey", f.Kind == ParentOf, f.Kind == EpicOf, f.ID == "subtasks":
		return issueType
	case f.Kind == SprintOf:
		return sprintType
	case f.Kind == VersionsOf, f.Kind == VersionOf:
		return versionType
	case f.Kind == PartsOf:
		return componentType
	case f.Kind == ProjectOf:
		return projectType
	case f.Kind == TypeOf:
		return kindType
	case f.Kind == Number, f.Kind == Seconds:
		return "java.lang.Number"
	case f.Kind == StatusOf:
		return "com.atlassian.jira.issue.status.Status"
	case f.Kind == PriorityOf:
		return "com.atlassian.jira.issue.priority.Priority"
	case f.Kind == ResolvedAs:
		return "com.atlassian.jira.issue.resolution.Resolution"
	case f.Kind == Labels:
		return "com.atlassian.jira.issue.label.Label"
	case f.Kind == Select, f.Kind == Choices:
		return "com.atlassian.jira.issue.customfields.option.Option"
	}
	return "java.lang.String"
}

// called is what a function gives for a field, as held has it.
func (c *compiler) called(f *Field, e jql.Clause, o jql.Operand) ([]string, bool) {
	fn := function(o.Text)
	switch {
	case fn == nil:
		c.refuse("Unable to find JQL function '%s(%s)'.", o.Text, strings.Join(o.Args, ", "))
	case fn.Type != f.Type() || fn.run == nil:
		c.refuse("A value provided by the function '%s' is invalid for the field '%s'.", o.Text, e.Field)
	case len(o.Args) < fn.least || len(o.Args) > fn.most:
		c.refuse("Function '%s' expected '%d' arguments but received '%d'.", o.Text, fn.least, len(o.Args))
	case fn.List && !e.List && (e.Op == jql.Equal || e.Op == jql.NotEqual):
		c.refuse("Operator '%s' does not support the list value '%s(%s)' for field '%s'.", e.Op, o.Text, strings.Join(o.Args, ", "), e.Field)
	default:
		out, why := fn.run(c, o.Args)
		if why == "" {
			return out, true
		}
		c.refuse("%s", why)
	}
	return nil, false
}

func function(name string) *Function {
	for _, f := range Functions() {
		if strings.EqualFold(f.Name, name+"()") {
			return &f
		}
	}
	return nil
}

// those are the ids of all issues that fit and that the caller may see.
func (c *compiler) those(fits test) (out []string) {
	for id, i := range c.w.Issues {
		if fits(i) && c.w.May(c.by.User, "BROWSE_PROJECTS", c.w.Home(i)) {
			out = append(out, id)
		}
	}
	return out
}

func membersOf(c *compiler, args []string) (out []string, why complaint) {
	for _, u := range c.w.Users {
		if slices.ContainsFunc(u.Groups, func(g string) bool { return strings.EqualFold(g, args[0]) }) {
			out = append(out, u.ID)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Sprintf("Function 'membersOf' can not generate a list of usernames for group '%s'; the group does not exist.", args[0])
	}
	return out, ""
}

// remotelyLinked finds issues by the globalId of a remote link: docs/JIRA.md "Links".
func remotelyLinked(c *compiler, args []string) ([]string, complaint) {
	return c.those(func(i *Issue) bool {
		return slices.ContainsFunc(i.Remotes, func(r *Remote) bool { return slices.Contains(args, r.GlobalID) && r.GlobalID != "" })
	}), ""
}

func linkedIssues(c *compiler, args []string) (out []string, why complaint) {
	i, no := c.w.Issue(c.by.User, args[0])
	if no != nil {
		return nil, fmt.Sprintf("Issue '%s' could not be found in function 'linkedIssues'.", args[0])
	}
	if len(args) == 2 && len(c.linked(args[1])) == 0 {
		return nil, fmt.Sprintf("Issue link type '%s' could not be found in function 'linkedIssues'.", args[1])
	}
	for _, l := range i.Links {
		t := c.w.LinkType(l.Type)
		other, words := l.To, t.Outward
		if l.From != i.ID {
			other, words = l.From, t.Inward
		}
		if len(args) == 1 || strings.EqualFold(args[1], t.Name) || strings.EqualFold(args[1], words) {
			out = append(out, other)
		}
	}
	return out, ""
}

func updatedBy(c *compiler, args []string) ([]string, complaint) {
	u := c.w.Login(args[0])
	if u == nil {
		return nil, fmt.Sprintf("The user '%s' does not exist and could not be used in the 'updatedBy' function.", args[0])
	}
	var between [2]time.Time
	for n, a := range args[1:] {
		from, _, ok := c.span(jql.Operand{Text: a})
		if !ok {
			return nil, fmt.Sprintf("Date value '%s' for function 'updatedBy' is invalid.", a)
		}
		between[n] = from
	}
	return c.those(c.touched(u.ID, between[0], between[1])), ""
}

// touched fits the issues that somebody made, changed or commented on.
func (c *compiler) touched(who string, from, to time.Time) test {
	in := func(by string, at time.Time) bool {
		return by == who && !at.Before(from) && (to.IsZero() || !at.After(to))
	}
	return func(i *Issue) bool {
		return in(i.Values["creator"].Text, i.Created) ||
			slices.ContainsFunc(i.History, func(h *Change) bool { return in(h.Author, h.At) }) ||
			slices.ContainsFunc(i.Comments, func(x *Comment) bool { return in(x.Author, x.Created) || in(x.Editor, x.Updated) })
	}
}

// versions are those that fit, of the projects named or of all.
func (c *compiler) versions(projects []string, fits func(*Version) bool) (out []string, why complaint) {
	for _, name := range projects {
		if len(c.ids(&Field{ID: "project", Kind: ProjectOf}, name)) == 0 {
			return nil, fmt.Sprintf("Could not resolve the project '%s' provided to the function.", name) // unverified
		}
	}
	for _, p := range c.w.Projects {
		named := slices.ContainsFunc(projects, func(s string) bool {
			return s == p.ID || strings.EqualFold(s, p.Key) || strings.EqualFold(s, p.Name)
		})
		if len(projects) > 0 && !named || !c.w.May(c.by.User, "BROWSE_PROJECTS", p) {
			continue
		}
		for _, v := range p.Versions {
			if fits(v) {
				out = append(out, v.ID)
			}
		}
	}
	return out, ""
}

// leader is whom an optional argument names, else the caller.
func (c *compiler) leader(args []string) (string, complaint) {
	if len(args) == 0 {
		return c.by.User.ID, ""
	}
	if u := c.w.Login(args[0]); u != nil {
		return u.ID, ""
	}
	return "", fmt.Sprintf("The user '%s' does not exist.", args[0]) // unverified
}

func ledComponents(c *compiler, args []string) ([]string, complaint) {
	who, why := c.leader(args)
	return c.inProjects(func(p *Project) (out []string) {
		for _, x := range p.Components {
			if x.Lead == who {
				out = append(out, x.ID)
			}
		}
		return out
	}), why
}

func ledProjects(c *compiler, args []string) ([]string, complaint) {
	who, why := c.leader(args)
	return c.inProjects(func(p *Project) []string {
		if p.Lead == who {
			return []string{p.ID}
		}
		return nil
	}), why
}
