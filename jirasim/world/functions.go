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
	optionType    = "com.atlassian.jira.issue.customfields.option.Option"
	textType      = "java.lang.String"
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
			return c.w.Recent(c.by.User), ""
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
		{"projectsWhereUserHasPermission()", projectType, true, 1, 1, permittedProjects},
		{"projectsWhereUserHasRole()", projectType, true, 1, 1, castProjects},
		{"cascadeOption()", optionType, true, 1, 2, cascadeOption},
		{"standardIssueTypes()", kindType, true, 0, 0, of(false)},
		{"subtaskIssueTypes()", kindType, true, 0, 0, of(true)},
	}
}

func permittedProjects(c *compiler, args []string) ([]string, complaint) {
	n := slices.IndexFunc(permissions[:], func(p Permission) bool {
		return strings.EqualFold(p.Key, args[0]) || strings.EqualFold(p.Name, args[0])
	})
	if n < 0 {
		return nil, fmt.Sprintf("The permission '%s' does not exist.", args[0]) // unverified
	}
	return c.inProjects(func(p *Project) []string {
		if c.w.May(c.by.User, permissions[n].Key, p) {
			return []string{p.ID}
		}
		return nil
	}), ""
}

func castProjects(c *compiler, args []string) ([]string, complaint) {
	if c.w.RoleOf(args[0]) == nil {
		return nil, fmt.Sprintf("The role '%s' does not exist.", args[0]) // unverified
	}
	return c.inProjects(func(p *Project) []string {
		if c.w.InRole(c.by.User, p, args[0]) {
			return []string{p.ID}
		}
		return nil
	}), ""
}

// onlyParent ends the id of an option below which nothing was chosen.
const onlyParent = " alone"

// cascadeOption is an option, or one below it, of a field that has both; "none"
// is that nothing was chosen.
func cascadeOption(c *compiler, args []string) ([]string, complaint) {
	if strings.EqualFold(args[0], "none") {
		return []string{""}, ""
	}
	for _, o := range c.on.Options {
		if o.Parent != "" || !strings.EqualFold(o.Value, args[0]) && o.ID != args[0] {
			continue
		}
		if len(args) == 1 {
			return []string{o.ID}, ""
		}
		if strings.EqualFold(args[1], "none") {
			return []string{o.ID + onlyParent}, ""
		}
		for _, below := range c.on.Options {
			if below.Parent == o.ID && (strings.EqualFold(below.Value, args[1]) || below.ID == args[1]) {
				return []string{below.ID}, ""
			}
		}
		return nil, fmt.Sprintf("The option '%s' is not a child of option '%s'.", args[1], args[0]) // unverified
	}
	return nil, fmt.Sprintf("The option '%s' specified in function 'cascadeOption' is not a valid parent option.", args[0]) // unverified
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
	case f.Kind == Person, f.Kind == People:
		return personType
	case timed(f):
		return dateType
	case f.keyed():
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
	case f.Kind == Select, f.Kind == Choices, f.Kind == Cascade:
		return optionType
	}
	return textType
}

// called is what a function gives for a field, as held has it.
func (c *compiler) called(f *Field, e jql.Clause, o jql.Operand) ([]string, bool) {
	fn := function(o.Text)
	switch {
	case fn == nil:
		c.refuse("Unable to find JQL function '%s(%s)'.", o.Text, strings.Join(o.Args, ", "))
	case fn.Type != f.Type():
		c.refuse("A value provided by the function '%s' is invalid for the field '%s'.", o.Text, e.Field)
	case (len(o.Args) < fn.least || len(o.Args) > fn.most) && fn.least < fn.most:
		c.refuse("Function '%s' expected between '%d' and '%d' arguments but received '%d'.", o.Text, fn.least, fn.most, len(o.Args)) // unverified
	case len(o.Args) < fn.least || len(o.Args) > fn.most:
		c.refuse("Function '%s' expected '%d' arguments but received '%d'.", o.Text, fn.least, len(o.Args))
	case fn.List && !e.List && (e.Op == jql.Equal || e.Op == jql.NotEqual):
		c.refuse("Operator '%s' does not support the list value '%s(%s)' for field '%s'.", e.Op, o.Text, strings.Join(o.Args, ", "), e.Field)
	default:
		c.on = f
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
