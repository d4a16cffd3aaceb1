package jirasim

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

func queryRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/jql/autocompletedata", both, queryWords, "", "", 0, false},
		{"POST", "/rest/api/{v}/jql/autocompletedata", cloud, queryWords, "projectIds, includeCollapsedFields", "", 0, false},
		{"GET", "/rest/api/{v}/jql/autocompletedata/suggestions", both, suggestions, "groups and roles as predicates", "", 0, false},
		{"POST", "/rest/api/{v}/jql/parse", cloud, parseQueries, "warnings", "", 0, false},
		{"POST", "/rest/api/{v}/jql/match", cloud, matchQueries, "", "", 0, false},
		{"POST", "/rest/api/{v}/jql/sanitize", cloud, sanitizeQueries, "hiding what an account may not see", "", 0, false},
	}
}

// truth is how these answers write a boolean: docs/JIRA.md "Search".
func truth(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func queryWords(c *call) (reply, error) {
	if r := c.needs(); r != nil && !c.v.cloud() {
		return *r, nil
	}
	fields, functions := []any{}, []any{}
	for _, f := range c.w.Searchable() {
		fields = append(fields, c.v.queryField(f))
	}
	for _, f := range world.Functions() {
		functions = append(functions, object{"value": f.Name, "displayName": f.Name, "isList": truth(f.List), "types": []string{f.Type}})
	}
	return ok(object{"visibleFieldNames": fields, "visibleFunctionNames": functions, "jqlReservedWords": jql.Reserved()})
}

func (v view) queryField(f *world.Field) object {
	name, ops := f.ID, []string{}
	for _, op := range v.w.Operators(f) {
		ops = append(ops, string(op))
	}
	if f.ID == "issuekey" {
		name = "key"
	}
	o := object{"value": name, "displayName": name, "orderable": truth(f.Kind != world.Shown || f.ID == "issuekey"), "searchable": "true", "auto": truth(v.suggests(f)), "operators": ops, "types": []string{f.Type()}}
	if f.Custom {
		cf := "cf[" + strings.TrimPrefix(f.ID, "customfield_") + "]"
		o["value"], o["cfid"], o["displayName"] = inQuery(f.Name), cf, f.Name+" - "+cf
	}
	return o
}

// inQuery is a name as a query writes it.
func inQuery(name string) string {
	if strings.ContainsAny(name, ` "'`) {
		return jql.Quote(name)
	}
	return name
}

// values are those that a field may have, as people know them.
func (v view) values(f *world.Field) []string {
	var out []string
	switch f.Kind {
	case world.PriorityOf:
		for _, x := range v.w.Priorities {
			out = append(out, x.Name)
		}
	case world.StatusOf:
		for _, x := range v.w.Statuses {
			out = append(out, x.Name)
		}
	case world.TypeOf:
		for _, x := range v.w.Types {
			out = append(out, x.Name)
		}
	case world.ResolvedAs:
		for _, x := range v.w.Resolutions {
			out = append(out, x.Name)
		}
	case world.Select, world.Choices:
		for _, x := range f.Options {
			out = append(out, x.Value)
		}
	case world.SprintOf:
		for _, x := range v.w.Sprints {
			out = append(out, x.Name)
		}
	case world.Labels:
		for _, i := range v.w.Issues {
			out = append(out, i.Values[f.ID].List...)
		}
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return append(out, v.placed(f)...)
}

// placed are the values that belong to projects.
func (v view) placed(f *world.Field) (out []string) {
	for _, p := range v.w.Projects {
		if !v.w.May(v.user, "BROWSE_PROJECTS", p) {
			continue
		}
		switch f.Kind {
		case world.ProjectOf:
			out = append(out, p.Name+" ("+p.Key+")")
		case world.VersionsOf, world.VersionOf:
			for _, x := range p.Versions {
				out = append(out, x.Name)
			}
		case world.PartsOf:
			for _, x := range p.Components {
				out = append(out, x.Name)
			}
		}
	}
	return out
}

func (v view) suggests(f *world.Field) bool {
	switch f.Kind {
	case world.PriorityOf, world.StatusOf, world.TypeOf, world.ResolvedAs, world.Select, world.Choices, world.SprintOf, world.Labels, world.ProjectOf,
		world.VersionsOf, world.VersionOf, world.PartsOf, world.Person:
		return true
	}
	return false
}

// suggestions are values of a field, or of the by of its history, that contain
// what was typed: in each the typed part is bold.
func suggestions(c *call) (reply, error) {
	typed := c.query.Get("fieldValue")
	f := c.w.Clause(strings.Trim(c.query.Get("fieldName"), `"`))
	if c.query.Get("predicateName") != "" {
		typed = c.query.Get("predicateValue")
		f = &world.Field{Kind: world.Person}
	}
	if f == nil {
		return ok(object{"results": []any{}})
	}
	out := []any{}
	add := func(value, display string) {
		if len(out) < mostSuggested {
			out = append(out, object{"value": value, "displayName": bold(display, typed)})
		}
	}
	if f.Kind == world.Person && c.by.User != nil {
		for _, u := range c.w.Users {
			if u.Fits(strings.ToLower(typed)) {
				id := u.ID
				if !c.v.cloud() {
					id = u.Name
				}
				add(id, u.Display)
			}
		}
	}
	for _, s := range c.v.values(f) {
		if !strings.Contains(strings.ToLower(s), strings.ToLower(typed)) {
			continue
		}
		value := s
		if f.Kind == world.ProjectOf {
			value = s[strings.LastIndex(s, "(")+1 : len(s)-1]
		}
		add(inQuery(value), s)
	}
	return ok(object{"results": out})
}

// mostSuggested is how many values are suggested at most.
const mostSuggested = 15

func bold(s, typed string) string {
	at := strings.Index(strings.ToLower(s), strings.ToLower(typed))
	if typed == "" || at < 0 || at+len(typed) > len(s) {
		return s
	}
	return s[:at] + "<b>" + s[at:at+len(typed)] + "</b>" + s[at+len(typed):]
}

// parseQueries tells the structure of queries: docs/JIRA.md "Search".
func parseQueries(c *call) (reply, error) {
	var in struct {
		Queries []string `json:"queries"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	how := c.query.Get("validation")
	if how != "" && how != "strict" && how != "warn" && how != "none" {
		return reply{}, world.Refuse(400, "The validation parameter must be one of: strict, warn, none.") // unverified
	}
	if len(in.Queries) == 0 {
		return reply{}, world.Refuse(400, "The queries must not be empty.") // unverified
	}
	out := []any{}
	for _, s := range in.Queries {
		o := object{"query": s}
		q, err := jql.Parse(s)
		var wrong []string
		if err != nil {
			wrong = []string{err.Error()}
		} else if how != "none" && c.by.User != nil {
			wrong = c.w.Check(c.by, q)
		}
		switch {
		case err == nil && (len(wrong) == 0 || how == "warn"):
			o["structure"] = structure(q)
			if len(wrong) > 0 {
				o["warnings"] = wrong
			}
		default:
			o["errors"] = wrong
		}
		out = append(out, o)
	}
	return ok(object{"queries": out})
}

func matchQueries(c *call) (reply, error) {
	var in struct {
		Issues  []int64  `json:"issueIds"`
		Queries []string `json:"jqls"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.Issues) == 0 || len(in.Queries) == 0 || len(in.Issues) > 1000 {
		return reply{}, world.Refuse(400, "The issueIds and the jqls must not be empty.") // unverified
	}
	out := []any{}
	for _, s := range in.Queries {
		q, err := jql.Parse(s)
		matched, wrong := []int64{}, []string{}
		if err != nil {
			wrong = append(wrong, err.Error())
		} else if c.by.User != nil {
			var hits []world.Hit
			if hits, wrong = c.w.Find(c.by, q); len(wrong) == 0 {
				wrong = []string{}
			}
			for _, h := range hits {
				if n := number(h.Issue.ID); slices.Contains(in.Issues, n) {
					matched = append(matched, n)
				}
			}
		}
		out = append(out, object{"matchedIssues": matched, "errors": wrong})
	}
	return ok(object{"matches": out})
}

func sanitizeQueries(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in struct {
		Queries []struct {
			Query   string `json:"query"`
			Account string `json:"accountId"`
		} `json:"queries"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if !c.w.May(c.by.User, "ADMINISTER", nil) {
		return reply{}, world.Refuse(403, "You do not have permission to sanitize JQL queries.") // unverified
	}
	out := []any{}
	for _, x := range in.Queries {
		o := object{"initialQuery": x.Query}
		if x.Account != "" {
			o["accountId"] = x.Account
		}
		if _, err := jql.Parse(x.Query); err != nil {
			o["errors"] = errorBody{Messages: []string{err.Error()}, Errors: map[string]string{}}
		} else {
			o["sanitizedQuery"] = x.Query
		}
		out = append(out, o)
	}
	return ok(object{"queries": out})
}
