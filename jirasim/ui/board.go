package ui

import (
	"net/url"
	"slices"

	"example.com/accord/jirasim/world"
)

// A Frame is what every page has around it.
type frame struct {
	Title    string
	Site     string // "Cloud" or "Data Center"
	Root     string
	Here     string // where the page is, for coming back
	Key      string // of the project; empty: none
	Me       person
	Accounts []option
	Projects []option
}

// A Person is somebody as a page shows him.
type person struct{ ID, Name, Initials string }

// A Sheet is the board of a project.
type sheet struct {
	frame
	Name    string
	Columns []column
	Form    form
	May     bool // create
}

// A Column holds the issues of one status.
type column struct {
	ID, Name, Tone string
	Cards          []card
	More           int // that are not shown
}

// A Card is an issue on a board.
type card struct {
	Key, Summary, Type, Priority string
	Labels                       []string
	Assignee                     person
	Comments                     int
	Moves                        []step
}

// A Step is a transition that can be made now.
type step struct {
	ID, Name, To string
	Status       string // id of where it leads
	Asks         bool   // it wants fields, so it is made on the issue's own page
	Form         form
}

// most is how many cards a column shows.
const most = 100

func (v *visit) frame(title, project string) frame {
	f := frame{Title: title, Site: "Cloud", Root: Root, Here: v.r.URL.RequestURI(), Key: project, Me: v.person(nobody)}
	if v.by.User != nil {
		f.Me = v.person(v.by.User.ID)
	}
	if v.w.Flavour == world.DataCenter {
		f.Site = "Data Center"
	}
	if v.r.Method != "GET" {
		f.Here = Root
	}
	for _, u := range present(v.w) {
		f.Accounts = append(f.Accounts, option{u.ID, u.Display})
	}
	for _, p := range v.projects() {
		f.Projects = append(f.Projects, option{p.Key, p.Name})
	}
	return f
}

// nobody is no account's id.
const nobody = ""

func (v *visit) person(id string) person {
	u := v.w.User(id)
	if u == nil {
		return person{Name: "Nobody", Initials: "–"}
	}
	return person{id, u.Display, initials(u.Display)}
}

// projects are those that the account may look at.
func (v *visit) projects() []*world.Project {
	var out []*world.Project
	for _, p := range v.w.Projects {
		if v.w.May(v.by.User, "BROWSE_PROJECTS", p) {
			out = append(out, p)
		}
	}
	return out
}

func home(v *visit) (answer, error) {
	if ps := v.projects(); len(ps) > 0 {
		return answer{to: boardOf(ps[0].Key)}, nil
	}
	return answer{}, world.Refuse(404, "There is no project that this account may look at.")
}

func boardOf(key string) string { return Root + "projects/" + url.PathEscape(key) }

func issueAt(key string) string { return Root + "issues/" + url.PathEscape(key) }

// browse and toBoard are where Jira has its pages.
func browse(v *visit) (answer, error) { return answer{to: issueAt(v.r.PathValue("key"))}, nil }

func toBoard(v *visit) (answer, error) { return answer{to: boardOf(v.r.PathValue("key"))}, nil }

func board(v *visit) (answer, error) {
	p, err := v.project()
	if err != nil {
		return answer{}, err
	}
	return answer{name: "board", data: v.sheet(p, v.creation(p))}, nil
}

func (v *visit) project() (*world.Project, error) {
	if p := v.w.Project(v.by.User, v.r.PathValue("key")); p != nil {
		return p, nil
	}
	return nil, world.Refuse(404, "There is no project %s, or this account may not look at it.", v.r.PathValue("key"))
}

// creation is the form for a new issue.
func (v *visit) creation(p *world.Project) form {
	f := form{Name: "new", Action: boardOf(p.Key) + "/create", Verb: "Create"}
	f.Inputs = append(f.Inputs, v.types(p))
	blank := map[string]world.Value{"priority": {Text: v.w.DefaultPriority()}}
	f.Inputs = append(f.Inputs, v.inputs(func(id string) bool { return slices.Contains(p.Create, id) }, blank)...)
	return f
}

func (v *visit) sheet(p *world.Project, f form) sheet {
	s := sheet{frame: v.frame(p.Name, p.Key), Name: p.Name, Form: f, May: v.w.May(v.by.User, "CREATE_ISSUES", p)}
	at := map[string]int{}
	add := func(id string) {
		if _, has := at[id]; has {
			return
		}
		if st := v.w.Status(id); st != nil {
			at[id] = len(s.Columns)
			s.Columns = append(s.Columns, column{ID: id, Name: st.Name, Tone: tone(st)})
		}
	}
	for _, st := range v.w.StatusesOf(p, "") {
		add(st.ID)
	}
	for _, i := range v.w.Of(p) {
		status := i.Values["status"].Text
		add(status) // an imported issue may stand outside of the workflow
		if n, has := at[status]; has {
			s.Columns[n].put(v.card(i))
		}
	}
	return s
}

func (c *column) put(x card) {
	if len(c.Cards) >= most {
		c.More++
		return
	}
	c.Cards = append(c.Cards, x)
}

// tone is the colour of a status: that of its category.
func tone(s *world.Status) string {
	switch s.Category {
	case 2:
		return "new"
	case 3:
		return "done"
	}
	return "going"
}

func (v *visit) card(i *world.Issue) card {
	c := card{Key: i.Key, Summary: i.Values["summary"].Text, Type: v.named(i, "issuetype"), Priority: v.named(i, "priority"),
		Labels: i.Values["labels"].List, Moves: v.steps(i)}
	if id := i.Values["assignee"].Text; id != "" {
		c.Assignee = v.person(id)
	}
	for _, m := range i.Comments {
		if v.w.Sees(v.by.User, m) {
			c.Comments++
		}
	}
	return c
}

// named is the name of what a field of an issue holds.
func (v *visit) named(i *world.Issue, id string) string {
	x := i.Values[id]
	if f := v.w.Field(id); f != nil && !x.Empty() {
		return v.w.Called(f, x)
	}
	return ""
}

// steps are the ways on from where an issue is.
func (v *visit) steps(i *world.Issue) []step {
	var out []step
	for _, t := range v.w.Open(v.by.User, i) {
		s := step{ID: t.ID, Name: t.Name, Status: t.To, Asks: len(t.Required) > 0}
		if st := v.w.Status(t.To); st != nil {
			s.To = st.Name
		}
		s.Form = form{Name: "move-" + t.ID, Action: issueAt(i.Key) + "/move", Verb: t.Name,
			Inputs: v.inputs(func(id string) bool { return slices.Contains(t.Required, id) }, i.Values)}
		out = append(out, s)
	}
	return out
}
