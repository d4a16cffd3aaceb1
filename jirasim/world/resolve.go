package world

import (
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/jql"
)

// resolve turns an operand into the strings that held gives.
func (c *compiler) resolve(f *Field, name string, o jql.Operand) ([]string, bool) {
	if o.Empty && (f.ID == "votes" || f.ID == "watches") {
		c.refuse(f.unknown(o), "EMPTY", name)
		return nil, false
	}
	if o.Empty {
		return []string{""}, true
	}
	if f.keyed() && !o.ID && !keyLike(o.Text) {
		c.refuse("The issue key '%s' for field '%s' is invalid.", o.Text, name)
		return nil, false
	}
	ids := c.ids(f, o.Text)
	if len(ids) == 0 {
		c.refuse(f.unknown(o), o.Text, name)
	}
	return ids, len(ids) > 0
}

// keyed reports whether a field holds issues, which queries name by their keys.
func (f *Field) keyed() bool {
	return f.ID == "issuekey" || f.ID == "subtasks" || f.Kind == ParentOf || f.Kind == EpicOf || f.ID == "parentEpic"
}

// keyLike reports whether a text has the form of the key of an issue.
func keyLike(s string) bool {
	project, n, cut := strings.Cut(s, "-")
	_, err := strconv.ParseUint(n, 10, 64)
	return cut && err == nil && project != ""
}

// unknown is how a value that names nothing is refused: as Jira's own tests of
// its search have it. Of a number field it is unverified.
func (f *Field) unknown(o jql.Operand) string {
	switch {
	case f.ID == "votes":
		return "Value '%s' is invalid for the '%s' field. Votes must be a positive whole number."
	case f.ID == "watches":
		return "Value '%s' is invalid for the '%s' field. Watchers must be a positive whole number." // unverified
	case f.ID == "workratio":
		return "The value '%s' for field '%s' is invalid - please specify an integer."
	case f.Kind == Seconds:
		return "The value '%s' for field '%s' is invalid. Please specify a positive duration format; for example: '1h 30m', '2d'."
	case f.Kind == Select, f.Kind == Choices, f.Kind == Cascade:
		return "The option '%s' for field '%s' does not exist."
	case o.ID && f.Kind != Number:
		return "A value with ID '%s' does not exist for the field '%s'."
	case f.keyed():
		return "An issue with key '%s' does not exist for field '%s'."
	}
	return "The value '%s' does not exist for the field '%s'."
}

func (c *compiler) ids(f *Field, s string) []string {
	w := c.w
	switch f.Kind {
	case PriorityOf:
		return pick(w.Priorities, s, func(x *Priority) (string, string) { return x.ID, x.Name })
	case StatusOf:
		return pick(w.Statuses, s, func(x *Status) (string, string) { return x.ID, x.Name })
	case TypeOf:
		return pick(w.Types, s, func(x *Type) (string, string) { return x.ID, x.Name })
	case ResolvedAs:
		if strings.EqualFold(s, "unresolved") {
			return []string{""}
		}
		return pick(w.Resolutions, s, func(x *Resolution) (string, string) { return x.ID, x.Name })
	case Person, People:
		return c.person(s)
	case GroupIn, GroupsIn:
		return some(w.GroupOf(s))
	case ProjectIn:
		return c.ids(&Field{ID: "project", Kind: ProjectOf}, s)
	case Select, Choices, Cascade:
		return pick(f.Options, s, func(o Option) (string, string) { return o.ID, o.Value })
	case Number, Seconds:
		return c.counted(f, s)
	case VersionsOf, VersionOf:
		return c.inProjects(func(p *Project) []string {
			return pick(p.Versions, s, func(v *Version) (string, string) { return v.ID, v.Name })
		})
	case PartsOf:
		return c.inProjects(func(p *Project) []string {
			return pick(p.Components, s, func(v *Component) (string, string) { return v.ID, v.Name })
		})
	case SprintOf:
		return pick(w.Sprints, s, func(x *Sprint) (string, string) { return x.ID, x.Name })
	case ParentOf, EpicOf:
		return c.keyedBy(s)
	}
	return c.special(f, s)
}

func (c *compiler) special(f *Field, s string) []string {
	switch f.ID {
	case "issuekey", "subtasks", "parentEpic":
		return c.keyedBy(s)
	case "category":
		return pick(c.w.Categories, s, func(x *Category) (string, string) { return x.ID, x.Name })
	case "votes", "watches", "workratio":
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 && f.ID != "workratio" {
			return nil
		}
		return []string{strconv.Itoa(n)}
	case "issueLinkType", "issuelinks":
		return c.linked(s)
	case "project":
		var out []string
		for _, p := range c.w.Projects {
			if (p.ID == s || strings.EqualFold(p.Key, s) || strings.EqualFold(p.Name, s)) && c.w.May(c.by.User, "BROWSE_PROJECTS", p) {
				out = append(out, p.ID)
			}
		}
		return out
	case "statusCategory":
		n := slices.IndexFunc([]string{"", "undefined", "new", "", "indeterminate", "done"}, func(k string) bool { return k != "" && strings.EqualFold(k, s) })
		if m := slices.IndexFunc([]string{"", "No Category", "To Do", "", "In Progress", "Done"}, func(k string) bool { return k != "" && strings.EqualFold(k, s) }); m > n {
			n = m
		}
		if n == 5 {
			n = 3
		}
		if n < 0 {
			return nil
		}
		return []string{string(rune('0' + n))}
	}
	return []string{s}
}

// person finds accounts by id, login, e-mail address or name.
func (c *compiler) person(s string) (out []string) {
	if u := c.w.Login(s); u != nil {
		return []string{u.ID}
	}
	for _, u := range c.w.Users {
		if strings.EqualFold(u.Display, s) {
			out = append(out, u.ID)
		}
	}
	return out
}

// some is a list of what is not empty.
func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (c *compiler) keyedBy(s string) []string {
	if i, no := c.w.Issue(c.by.User, s); no == nil {
		return []string{i.ID}
	}
	return nil
}

// linked finds types of links by name or by either of their words.
func (c *compiler) linked(s string) (out []string) {
	for _, t := range c.w.LinkTypes {
		if t.ID == s || strings.EqualFold(t.Name, s) || strings.EqualFold(t.Inward, s) || strings.EqualFold(t.Outward, s) {
			out = append(out, t.ID)
		}
	}
	return out
}

// inProjects gathers from every project that the caller may browse.
func (c *compiler) inProjects(of func(*Project) []string) (out []string) {
	for _, p := range c.w.Projects {
		if c.w.May(c.by.User, "BROWSE_PROJECTS", p) {
			out = append(out, of(p)...)
		}
	}
	return out
}

// counted reads a number, or a duration where the field counts seconds.
func (c *compiler) counted(f *Field, s string) []string {
	if f.Kind == Seconds {
		if n, ok := c.w.Seconds(s); ok {
			return []string{strconv.FormatInt(n, 10)}
		}
		return nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return []string{strconv.FormatFloat(n, 'f', -1, 64)}
}

func pick[T any](all []T, s string, of func(T) (id, name string)) []string {
	var out []string
	for _, x := range all {
		if id, name := of(x); id == s || strings.EqualFold(name, s) {
			out = append(out, id)
		}
	}
	return out
}
