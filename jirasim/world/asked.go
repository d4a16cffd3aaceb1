package world

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// asked are the fields that only JQL knows.
func (w *World) asked() []*Field {
	out := []*Field{{ID: "category", Name: "category", Kind: Shown},
		{ID: "watcher", Name: "watcher", Kind: Person}, {ID: "voter", Name: "voter", Kind: Person},
		{ID: "worklogAuthor", Name: "worklogAuthor", Kind: Person}, {ID: "worklogDate", Name: "worklogDate", Kind: Date},
		{ID: "worklogComment", Name: "worklogComment", Kind: Rich}, {ID: "attachments", Name: "attachments", Kind: Shown},
		{ID: "issueLinkType", Name: "issueLinkType", Kind: Shown}, {ID: "filter", Name: "filter", Kind: Shown, Clauses: []string{"request", "savedfilter", "searchrequest"}},
		{ID: "hierarchyLevel", Name: "hierarchyLevel", Kind: Number}, {ID: "statusCategoryChangedDate", Name: "statusCategoryChangedDate", Kind: Instant},
	}
	if w.Flavour == Cloud {
		out = append(out, &Field{ID: "parentEpic", Name: "parentEpic", Kind: Shown})
	}
	return out
}

// field finds what a name in a query means; nil with a refusal if nothing.
func (c *compiler) field(name string) *Field {
	if f := c.w.Clause(name); f != nil {
		return f
	}
	c.refuse("Field '%s' does not exist or you do not have permission to view it.", name)
	return nil
}

// Clause finds the field that JQL calls by a name; nil if there is none.
func (w *World) Clause(name string) *Field {
	for _, f := range w.Fields {
		if f.answers(name) {
			return f
		}
	}
	for _, f := range w.asked() {
		if f.answers(name) {
			return f
		}
	}
	if strings.HasPrefix(strings.ToLower(name), "issue.property[") {
		return &Field{ID: name, Name: name, Kind: propertyOf}
	}
	return nil
}

// Searchable lists every field that JQL knows by a name.
func (w *World) Searchable() []*Field { return slices.Concat(w.Fields, w.asked()) }

// propertyOf is the kind of issue.property[key].path.
const propertyOf Kind = "property"

func (f *Field) answers(name string) bool {
	same := func(s string) bool { return strings.EqualFold(s, name) }
	if f.Custom {
		return same(f.Name) || same("cf["+strings.TrimPrefix(f.ID, "customfield_")+"]") || slices.ContainsFunc(f.Clauses, same)
	}
	return same(f.ID) || slices.ContainsFunc(f.Clauses, same)
}

// held gives what a field holds as strings to compare: ids, keys, texts; one
// empty string for an empty field.
func (c *compiler) held(f *Field) func(*Issue) []string {
	if f.Kind == propertyOf {
		return property(f.ID)
	}
	if read := c.computed(f); read != nil {
		return func(i *Issue) []string {
			if all := read(i); len(all) > 0 {
				return all
			}
			return []string{""}
		}
	}
	return func(i *Issue) []string {
		switch v := i.Values[f.ID]; {
		case len(v.List) > 0:
			return v.List
		case v.Number != nil:
			return []string{v.Decimal()}
		default:
			return []string{v.Text}
		}
	}
}

// computed reads what is not among the values of an issue; nil for a field
// that is.
func (c *compiler) computed(f *Field) func(*Issue) []string {
	one := func(s string) []string { return []string{s} }
	count := func(n int) []string { return []string{strconv.Itoa(n)} }
	switch f.ID {
	case "issuekey":
		return func(i *Issue) []string { return one(i.ID) }
	case "project":
		return func(i *Issue) []string { return one(i.Project) }
	case "created":
		return func(i *Issue) []string { return one(instantKey(i.Created)) }
	case "updated":
		return func(i *Issue) []string { return one(instantKey(i.Updated)) }
	case "resolutiondate":
		return func(i *Issue) []string { return one(instantKey(i.Resolved)) }
	case "lastViewed":
		return func(i *Issue) []string { return some(instantKey(c.w.Viewed[c.by.User.ID][i.ID])) }
	case "workratio":
		return func(i *Issue) []string {
			if n := i.Workratio(); n >= 0 {
				return count(int(n))
			}
			return nil
		}
	case "statusCategoryChangedDate":
		return func(i *Issue) []string { return one(instantKey(i.Moved)) }
	case "statusCategory":
		return func(i *Issue) []string { return one(category(c.w.Status(i.Values["status"].Text))) }
	case "watches":
		return func(i *Issue) []string { return count(len(i.Watchers)) }
	case "votes":
		return func(i *Issue) []string { return count(len(i.Voters)) }
	case "watcher":
		return func(i *Issue) []string { return i.Watchers }
	case "voter":
		return func(i *Issue) []string { return i.Voters }
	case "hierarchyLevel":
		return func(i *Issue) []string {
			if t := c.w.Type(i.Values["issuetype"].Text); t != nil {
				return count(t.Level)
			}
			return nil
		}
	}
	return c.within(f)
}

// within reads what hangs on an issue.
func (c *compiler) within(f *Field) func(*Issue) []string {
	if f.Kind == EpicOf {
		return func(i *Issue) []string {
			if e := c.w.EpicOf(i); e != nil {
				return []string{e.ID}
			}
			return nil
		}
	}
	if f.Kind == Cascade {
		return func(i *Issue) []string {
			v := i.Values[f.ID]
			if len(v.List) == 0 && v.Text != "" {
				return []string{v.Text, v.Text + onlyParent}
			}
			return append(some(v.Text), v.List...)
		}
	}
	switch f.ID {
	case "category":
		return func(i *Issue) []string { return some(c.w.Home(i).Category) }
	case "parentEpic":
		return func(i *Issue) []string {
			if e := c.w.EpicOf(i); e != nil {
				return []string{e.ID}
			}
			if up := c.w.Issues[i.Values["parent"].Text]; up != nil {
				if e := c.w.EpicOf(up); e != nil {
					return []string{e.ID}
				}
			}
			return nil
		}
	}
	return c.listed(f)
}

// listed reads the lists that hang on an issue.
func (c *compiler) listed(f *Field) func(*Issue) []string {
	switch f.ID {
	case "worklogAuthor":
		return func(i *Issue) (out []string) {
			for _, l := range i.Worklogs {
				out = append(out, l.Author)
			}
			return out
		}
	case "worklogDate":
		return func(i *Issue) (out []string) {
			for _, l := range i.Worklogs {
				out = append(out, l.Started.In(c.zone()).Format("2006-01-02"))
			}
			return out
		}
	case "attachments", "attachment":
		return func(i *Issue) (out []string) {
			for _, a := range i.Attachments {
				out = append(out, a.ID)
			}
			return out
		}
	case "issueLinkType", "issuelinks":
		return func(i *Issue) (out []string) {
			for _, l := range i.Links {
				out = append(out, l.Type)
			}
			return out
		}
	case "subtasks":
		return func(i *Issue) (out []string) {
			for _, s := range c.w.Subtasks(i) {
				out = append(out, s.ID)
			}
			return out
		}
	}
	return nil
}

// property reads issue.property[key].path: what stands at the path in the
// property, an element of a list each.
func property(name string) func(*Issue) []string {
	key, path, _ := strings.Cut(name[len("issue.property["):], "]")
	return func(i *Issue) []string {
		var v any
		if json.Unmarshal(i.Properties[key], &v) != nil {
			return []string{""}
		}
		for step := range strings.SplitSeq(strings.Trim(path, "."), ".") {
			if m, is := v.(map[string]any); is && step != "" {
				v = m[step]
			} else if step != "" {
				v = nil
			}
		}
		return leaves(v)
	}
}

func leaves(v any) []string {
	switch x := v.(type) {
	case string:
		return []string{x}
	case float64:
		return []string{strconv.FormatFloat(x, 'f', -1, 64)}
	case bool:
		return []string{strconv.FormatBool(x)}
	case []any:
		var out []string
		for _, e := range x {
			out = append(out, leaves(e)...)
		}
		if len(out) > 0 {
			return out
		}
	}
	return []string{""}
}

func category(s *Status) string {
	if s == nil {
		return "1"
	}
	return string(rune('0' + s.Category))
}
