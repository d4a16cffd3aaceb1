package jirasim

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

const agileRoot = "/rest/agile/1.0/"

func boardRoutes() []route {
	board := agileRoot + "board/{board}"
	return []route{
		{"GET", agileRoot + "board", both, loggedIn(boards), "by negated location; private boards", "", 0, false},
		{"POST", agileRoot + "board", both, loggedIn(addBoard), "boards of groups", "", 0, false},
		{"GET", agileRoot + "board/filter/{filter}", cloud, loggedIn(boardsOfFilter), "", "", 0, false},
		{"GET", board, both, loggedIn(onBoard(readBoard)), "", "", 0, false},
		{"DELETE", board, both, loggedIn(onBoard(dropBoard)), "", "", 0, false},
		{"GET", board + "/configuration", both, loggedIn(onBoard(boardConfiguration)), "columns of one's own", "", 0, false},
		{"GET", board + "/issue", both, loggedIn(onBoard(boardIssues)), "", "", 0, false},
		{"POST", board + "/issue", cloud, loggedIn(onBoard(rankOnBoard)), "207", "", 0, false},
		{"GET", board + "/backlog", both, loggedIn(onBoard(boardBacklog)), "", "", 0, false},
		{"GET", board + "/sprint", both, loggedIn(onBoard(boardSprints)), "", "", 0, false},
		{"GET", board + "/sprint/{sprint}/issue", both, loggedIn(onBoard(boardSprintIssues)), "", "", 0, false},
		{"GET", board + "/epic", both, loggedIn(onBoard(boardEpics)), "", "", 0, false},
		{"GET", board + "/epic/none/issue", both, loggedIn(onBoard(boardNoEpic)), "", "", 0, false},
		{"GET", board + "/epic/{epic}/issue", both, loggedIn(onBoard(boardEpicIssues)), "", "", 0, false},
		{"GET", board + "/project", both, loggedIn(onBoard(boardProjects)), "", "", 0, false},
		{"GET", board + "/project/full", cloud, loggedIn(onBoard(boardProjects)), "", "", 0, false},
		{"GET", board + "/quickfilter", both, loggedIn(onBoard(quickFilters)), "making any, which a person does", "", 0, false},
		{"GET", board + "/quickfilter/{quickfilter}", both, loggedIn(onBoard(quickFilter)), "", "", 0, false},
		{"GET", board + "/version", both, loggedIn(onBoard(boardVersions)), "", "", 0, false},
		{"GET", board + "/properties", both, loggedIn(onBoard(boardKeys)), "", "", 0, false},
		{"GET", board + "/properties/{key}", both, loggedIn(onBoard(boardProperty(readProperty))), "", "", 0, false},
		{"PUT", board + "/properties/{key}", both, loggedIn(onBoard(setBoardProperty)), "", "", 0, false},
		{"DELETE", board + "/properties/{key}", both, loggedIn(onBoard(boardProperty(dropProperty))), "", "", 0, false},
	}
}

// loggedIn refuses whoever is not logged in: every operation of boards does.
func loggedIn(do handler) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		return do(c)
	}
}

func onBoard(do func(*call, *world.Board) (reply, error)) handler {
	return func(c *call) (reply, error) {
		b := c.w.Board(c.by.User, c.vars["board"])
		if _, err := strconv.Atoi(c.vars["board"]); b == nil && (err == nil || c.v.cloud()) {
			return reply{}, world.Refuse(404, "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.")
		}
		if b == nil {
			return reply{status: 404, body: object{"message": "null for uri: " + c.v.base + c.r.URL.Path, "status-code": 404}}, nil
		}
		return do(c, b)
	}
}

// leaf answers one page of values, as boards do: with no total where the
// list is of sprints or epics.
func leaf[T any](c *call, all []T, total bool, shape func(T) object) (reply, error) {
	start, most, err := c.paging(50)
	if err != nil {
		return reply{}, err
	}
	out := []any{}
	for _, x := range page(all, start, most) {
		out = append(out, shape(x))
	}
	o := object{"maxResults": most, "startAt": start, "isLast": start+len(out) >= len(all), "values": out}
	if total {
		o["total"] = len(all)
	}
	return ok(o)
}

func boards(c *call) (reply, error) {
	q := c.query
	var out []*world.Board
	project := cmp.Or(q.Get("projectKeyOrId"), q.Get("projectLocation"))
	if project != "" && c.w.Project(c.by.User, project) == nil {
		return reply{}, world.Refuse(400, "No project could be found with key or id '%s'.", project)
	}
	for _, b := range c.w.BoardsOf(c.by.User) {
		switch {
		case q.Has("type") && !slices.Contains(strings.Split(q.Get("type"), ","), b.Type),
			!strings.Contains(strings.ToLower(b.Name), strings.ToLower(q.Get("name"))),
			q.Has("accountIdLocation") && b.Person != q.Get("accountIdLocation"),
			q.Has("filterId") && b.Filter != q.Get("filterId"),
			project != "" && !c.stands(b, project):
			continue
		}
		out = append(out, b)
	}
	by := strings.TrimPrefix(q.Get("orderBy"), "+")
	slices.SortStableFunc(out, func(x, y *world.Board) int {
		switch by {
		case "-name":
			return cmp.Compare(y.Name, x.Name)
		case "name":
			return cmp.Compare(x.Name, y.Name)
		}
		return 0
	})
	return leaf(c, out, true, c.v.board)
}

// stands reports whether a board is of a project: it stands in it or shows
// its issues.
func (c *call) stands(b *world.Board, project string) bool {
	ps, err := c.w.OnBoard(c.by, b)
	return err == nil && slices.ContainsFunc(ps, func(p *world.Project) bool { return p.ID == project || strings.EqualFold(p.Key, project) })
}

func addBoard(c *call) (reply, error) {
	var in struct {
		Name     string      `json:"name"`
		Type     string      `json:"type"`
		Filter   world.Loose `json:"filterId"`
		Location struct {
			Type    string      `json:"type"`
			Project world.Loose `json:"projectKeyOrId"`
		} `json:"location"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	b := world.Board{Name: in.Name, Type: in.Type, Filter: string(in.Filter)}
	if in.Location.Type == "project" {
		p := c.w.Project(c.by.User, string(in.Location.Project))
		if p == nil {
			return reply{}, world.Refuse(400, "No project could be found with key or id '%s'.", in.Location.Project)
		}
		b.Project = p.ID
	}
	made, err := c.w.AddBoard(c.by, b)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.v.board(made)}, nil
}

func boardsOfFilter(c *call) (reply, error) {
	var out []*world.Board
	for _, b := range c.w.BoardsOf(c.by.User) {
		if b.Filter == c.vars["filter"] {
			out = append(out, b)
		}
	}
	return leaf(c, out, true, func(b *world.Board) object {
		return object{"id": number(b.ID), "name": b.Name, "self": c.v.agile("board", b.ID)}
	})
}

func readBoard(c *call, b *world.Board) (reply, error) { return ok(c.v.board(b)) }

func dropBoard(c *call, b *world.Board) (reply, error) {
	if err := c.w.DropBoard(c.by, b); err != nil {
		return reply{}, err
	}
	return none()
}

func boardConfiguration(c *call, b *world.Board) (reply, error) { return ok(c.v.configuration(b)) }

// issuesBy answers a page of the issues that a query and a test fit, in the
// order of the caller's own jql where that has one.
func (c *call) issuesBy(q jql.Query, fits func(*world.Issue) bool) (reply, error) {
	own, err := c.readable(c.query.Get("jql"))
	if err != nil {
		return reply{}, err
	}
	if q = joined(q, own); strings.HasPrefix(c.route.path, softwareRoot) {
		c.reconcile(c.reconcilable())
	}
	hits, wrong := c.w.Find(c.by, q)
	if len(wrong) > 0 && c.query.Get("validateQuery") != "false" {
		return reply{}, &world.Refusal{Status: 400, Messages: wrong}
	}
	hits = slices.DeleteFunc(hits, func(h world.Hit) bool { return !fits(h.Issue) })
	switch {
	case strings.HasSuffix(c.route.path, "/approximate-count"):
		return ok(object{"count": len(hits)})
	case strings.HasPrefix(c.route.path, softwareRoot):
		return c.softwarePage(q, hits)
	}
	return c.boardPage(hits)
}

// boardPage answers a page by its offset.
func (c *call) boardPage(hits []world.Hit) (reply, error) {
	start, most, err := c.paging(50)
	if err != nil {
		return reply{}, err
	}
	a := c.ask("*navigable")
	inner, top := outer(a.expand)
	a.expand = inner
	out := []any{}
	for _, h := range page(hits, start, min(most, largestPage)) {
		out = append(out, c.v.onBoard(h.Issue, a))
	}
	o := object{"expand": "schema,names", "startAt": start, "maxResults": min(most, largestPage), "total": len(hits), "issues": out}
	c.describe(o, top)
	return ok(o)
}

func boardIssues(c *call, b *world.Board) (reply, error) {
	return c.issuesBy(c.w.Query(b), func(i *world.Issue) bool { return b.Type != "scrum" || !c.w.Epic(i) })
}

// boardBacklog lists what is not done and in no sprint that is open or to come.
func boardBacklog(c *call, b *world.Board) (reply, error) {
	f := c.w.Sole(world.SprintOf)
	return c.issuesBy(c.w.Query(b), func(i *world.Issue) bool {
		st := c.w.Status(i.Values["status"].Text)
		if c.w.Epic(i) || st != nil && st.Category == 3 {
			return false
		}
		return f == nil || !slices.ContainsFunc(c.v.sprintsIn(i.Values[f.ID].List), func(s *world.Sprint) bool { return s.State != "closed" })
	})
}

func boardSprints(c *call, b *world.Board) (reply, error) {
	if b.Type != "scrum" {
		return reply{}, world.Refuse(400, "The board does not support sprints")
	}
	out := c.w.SprintsOf(c.by, b)
	if state := c.query.Get("state"); state != "" {
		out = slices.DeleteFunc(out, func(s *world.Sprint) bool {
			return !slices.Contains(strings.Split(strings.ToLower(state), ","), s.State)
		})
	}
	return leaf(c, out, c.v.cloud(), c.v.sprint)
}

func (c *call) theSprint() (*world.Sprint, error) {
	s := c.w.Sprint(c.by.User, c.vars["sprint"])
	if s == nil {
		return nil, world.Refuse(404, "The requested sprint cannot be viewed because it either does not exist or you do not have permission to view it.")
	}
	return s, nil
}

func (c *call) inSprint(s *world.Sprint) func(*world.Issue) bool {
	f := c.w.Sole(world.SprintOf)
	return func(i *world.Issue) bool { return f != nil && slices.Contains(i.Values[f.ID].List, s.ID) }
}

func boardSprintIssues(c *call, b *world.Board) (reply, error) {
	s, err := c.theSprint()
	if err != nil {
		return reply{}, err
	}
	return c.issuesBy(c.w.Query(b), c.inSprint(s))
}

// boardEpics lists the epics among the issues of a board and those that its
// issues belong to.
func boardEpics(c *call, b *world.Board) (reply, error) {
	hits, err := c.w.Search(c.by, c.w.Query(b))
	if err != nil {
		return reply{}, err
	}
	var out []*world.Issue
	for _, h := range hits {
		e := h.Issue
		if !c.w.Epic(e) {
			e = c.w.EpicOf(e)
		}
		if e == nil || slices.ContainsFunc(out, func(x *world.Issue) bool { return x.ID == e.ID }) {
			continue
		}
		if done := c.query.Get("done"); done != "" && fmt.Sprint(c.v.epic(e)["done"]) != done {
			continue
		}
		out = append(out, c.w.Issues[e.ID])
	}
	return leaf(c, out, false, c.v.epic)
}

func boardNoEpic(c *call, b *world.Board) (reply, error) {
	return c.issuesBy(c.w.Query(b), func(i *world.Issue) bool { return !c.w.Epic(i) && c.w.EpicOf(i) == nil })
}

func boardEpicIssues(c *call, b *world.Board) (reply, error) {
	e, err := c.theEpic()
	if err != nil {
		return reply{}, err
	}
	return c.issuesBy(c.w.Query(b), c.under(e))
}

func (c *call) under(e *world.Issue) func(*world.Issue) bool {
	return func(i *world.Issue) bool {
		up := c.w.EpicOf(i)
		return up != nil && up.ID == e.ID
	}
}

func boardProjects(c *call, b *world.Board) (reply, error) {
	ps, err := c.w.OnBoard(c.by, b)
	if err != nil {
		return reply{}, err
	}
	return leaf(c, ps, true, c.v.project)
}

// quickFilters lists none: only a person makes one.
func quickFilters(c *call, _ *world.Board) (reply, error) {
	return leaf(c, []object{}, true, func(o object) object { return o })
}

func quickFilter(*call, *world.Board) (reply, error) {
	return reply{}, world.Refuse(404, "The quick filter does not exist or you do not have permission to view it.") // unverified
}

func boardVersions(c *call, b *world.Board) (reply, error) {
	ps, err := c.w.OnBoard(c.by, b)
	if err != nil {
		return reply{}, err
	}
	out := []object{}
	for _, p := range ps {
		for _, x := range p.Versions {
			if r := c.query.Get("released"); r != "" && r != strconv.FormatBool(x.Released) {
				continue
			}
			o := object{"self": c.v.rest("version", x.ID), "id": number(x.ID), "projectId": number(p.ID), "name": x.Name, "description": x.Description, "archived": x.Archived, "released": x.Released}
			for name, day := range map[string]string{"startDate": x.Start, "releaseDate": x.Release} {
				if day != "" {
					o[name] = day + "T00:00:00.000Z"
				}
			}
			out = append(out, o)
		}
	}
	return leaf(c, out, false, func(o object) object { return o })
}

func boardProperty(do func(*call, carrier) (reply, error)) func(*call, *world.Board) (reply, error) {
	return func(c *call, b *world.Board) (reply, error) {
		return do(c, carrying(&b.Properties))
	}
}

func boardKeys(c *call, b *world.Board) (reply, error) {
	return keysAt(c, c.v.agile("board", b.ID), b.Properties)
}

// setBoardProperty answers a replacement on Data Center with the keys, as its
// document has it.
func setBoardProperty(c *call, b *world.Board) (reply, error) {
	rep, err := boardProperty(setProperty)(c, b)
	if err == nil && rep.status == 200 && !c.v.cloud() {
		return boardKeys(c, b)
	}
	return rep, err
}
