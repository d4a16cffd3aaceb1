package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The kinds of field that boards need.
const (
	SprintOf Kind = "sprint" // List: sprint ids, closed ones too
	EpicOf   Kind = "epic"   // Data Center: Text: issue id; Cloud: shows the parent
	RankOf   Kind = "rank"   // Text
	ColorOf  Kind = "color"  // Text: color_1 and so on
)

// Sole is the one field of a kind; nil if there is none.
func (w *World) Sole(k Kind) *Field {
	n := slices.IndexFunc(w.Fields, func(f *Field) bool { return f.Kind == k })
	if n < 0 {
		return nil
	}
	return w.Fields[n]
}

// Points is the field of story points; nil if there is none.
func (w *World) Points() *Field { return w.named("Story Points") }

// equip gives a site what Jira Software adds: the fields of boards and, for
// each project that has none, a board.
func (w *World) equip() {
	if w.Sole(SprintOf) == nil {
		w.Fields = append(w.Fields, agileFields(w.Flavour)...)
		w.configure()
	}
	if !slices.ContainsFunc(w.Types, func(t *Type) bool { return t.Level == 1 }) {
		w.Types = append(w.Types, &Type{"10000", "Epic", "A big user story that needs to be broken down.", false, 1})
	}
	w.Retype()
	for _, p := range w.Projects {
		w.equipProject(p)
	}
	if r := w.Sole(RankOf); r != nil {
		for _, id := range slices.Sorted(maps.Keys(w.Issues)) {
			if w.Issues[id].Values[r.ID].Empty() {
				w.Issues[id].Values[r.ID] = Value{Text: w.bottom()}
			}
		}
	}
}

// equipProject puts the fields of boards on the screens of a project, and
// founds its board.
func (w *World) equipProject(p *Project) {
	for _, f := range w.Fields {
		switch f.Kind {
		case SprintOf, EpicOf, RankOf:
			if !slices.Contains(p.Edit, f.ID) {
				p.Edit, p.Create = append(p.Edit, f.ID), append(p.Create, f.ID)
			}
		}
	}
	if slices.ContainsFunc(w.Boards, func(b *Board) bool { return b.Project == p.ID }) {
		return
	}
	if points := w.Points(); points != nil && !slices.Contains(p.Edit, points.ID) {
		p.Edit, p.Create = append(p.Edit, points.ID), append(p.Create, points.ID)
	}
	f := &Filter{ID: w.Next("filter"), Name: "Filter for " + p.Key + " board", JQL: fmt.Sprintf("project = %s ORDER BY Rank ASC", p.Key), Owner: p.Lead,
		Shares: []Share{{ID: w.Next("share"), Type: "project", Project: p.ID}}}
	w.Filters = append(w.Filters, f)
	w.Boards = append(w.Boards, &Board{ID: w.Next("board"), Name: p.Key + " board", Type: "scrum", Filter: f.ID, Project: p.ID})
}

// agileFields are the custom fields of Jira Software. On Cloud the epic of an
// issue is its parent, and Epic Link only shows it.
func agileFields(f Flavour) []*Field {
	ids := map[Kind]string{SprintOf: "customfield_10020", EpicOf: "customfield_10014", RankOf: "customfield_10019", Number: "customfield_10026", Line: "customfield_10011", Shown: "customfield_10013"}
	if f == DataCenter {
		ids = map[Kind]string{SprintOf: "customfield_10104", EpicOf: "customfield_10100", RankOf: "customfield_10105", Number: "customfield_10106", Line: "customfield_10102", Shown: "customfield_10103"}
	}
	return []*Field{
		{ID: ids[EpicOf], Name: "Epic Link", Kind: EpicOf, Custom: true, Clauses: []string{"parentEpic"}},
		{ID: ids[SprintOf], Name: "Sprint", Kind: SprintOf, Custom: true},
		{ID: ids[RankOf], Name: "Rank", Kind: RankOf, Custom: true},
		{ID: ids[Number], Name: "Story Points", Kind: Number, Custom: true},
		{ID: ids[Line], Name: "Epic Name", Kind: Line, Custom: true},
		{ID: ids[Shown], Name: "Epic Color", Kind: ColorOf, Custom: true},
	}
}

// keeper is the field under which the value of a field is kept.
func (w *World) keeper(f *Field) string {
	if f.Kind == EpicOf {
		return w.epicField()
	}
	return f.ID
}

// take reads what a caller gives for a field. The closed sprints of an issue
// stay, whatever sprint it is put into.
func (d *draft) take(f *Field, raw json.RawMessage) (Value, complaint) {
	if f.Kind == SprintOf {
		return d.w.sprint(raw, d.by, d.was[f.ID])
	}
	if f.ID == "assignee" && automatic(raw) {
		return Value{Text: d.w.Assignee(d.project, d.was["components"].List)}, ""
	}
	return d.w.take(f, raw, d.by, d.project)
}

// automatic says whether an assignee is "-1", whom the project names. Atlassian's
// documents say so of PUT …/assignee alone; that it holds in fields is unverified.
func automatic(raw json.RawMessage) bool {
	var h handle
	return json.Unmarshal(raw, &h) == nil && slices.Contains([]string{h.AccountID, h.Name, string(h.ID)}, "-1")
}

func (w *World) keyOf(id string) string {
	if i := w.Issues[id]; i != nil {
		return i.Key
	}
	return ""
}

// loggedSprints is how the changelog shows sprints: never null.
func (w *World) loggedSprints(v Value) (ids, names *string) {
	var called []string
	for _, id := range v.List {
		for _, s := range w.Sprints {
			if s.ID == id {
				called = append(called, s.Name)
			}
		}
	}
	return new(strings.Join(v.List, ", ")), new(strings.Join(called, ", "))
}

// with is the next version of an issue, with one value set.
func (i *Issue) with(field string, v Value) *Issue {
	n := *i
	n.Values = maps.Clone(i.Values)
	n.Values[field] = v
	if v.Empty() {
		delete(n.Values, field)
	}
	return &n
}

// Changed is properties with one set or, with a nil value, removed; an error
// is a Refusal.
func Changed(was map[string]json.RawMessage, p Property) (map[string]json.RawMessage, error) {
	return changed(was, p)
}

// Estimate sets what a board estimates by: a number, or a length of work
// where the field counts seconds. Screens are not asked.
func (w *World) Estimate(by By, i *Issue, f *Field, s string) error {
	if !w.May(by.User, "EDIT_ISSUES", w.Home(i)) {
		return Refuse(403, "You do not have permission to edit the issue '%s'.", i.Key)
	}
	v := Value{}
	switch n, err := strconv.ParseFloat(s, 64); {
	case s == "":
	case f.Kind == Seconds:
		secs, ok := w.Seconds(s)
		if !ok {
			return Refuse(400, "The value '%s' is not a valid estimation.", s) // unverified
		}
		v.Number = new(float64(secs))
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0):
		return Refuse(400, "The value '%s' is not a valid estimation.", s) // unverified
	default:
		v.Number = &n
	}
	if c := w.change(by, i, map[string]Value{f.ID: v}, nil); c != nil {
		w.emit(Event{Kind: "jira:issue_updated", Name: "issue_updated", At: by.Now, By: by.User, Issue: w.Issues[i.ID], Change: c})
	}
	return nil
}
