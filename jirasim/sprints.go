package jirasim

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"example.com/accord/jirasim/world"
)

func sprintRoutes() []route {
	sprint := agileRoot + "sprint/{sprint}"
	return []route{
		{"POST", agileRoot + "sprint", both, loggedIn(addSprint), "", "", 0, false},
		{"GET", sprint, both, loggedIn(onSprint(readSprint)), "", "", 0, false},
		{"POST", sprint, both, loggedIn(onSprint(changeSprint(false))), "", "", 0, false},
		{"PUT", sprint, both, loggedIn(onSprint(changeSprint(true))), "", "", 0, false},
		{"DELETE", sprint, both, loggedIn(onSprint(dropSprint)), "", "", 0, false},
		{"GET", sprint + "/issue", both, loggedIn(onSprint(sprintIssues)), "", "", 0, false},
		{"POST", sprint + "/issue", both, loggedIn(onSprint(moveToSprint)), "", "", 0, false},
		{"POST", sprint + "/swap", both, loggedIn(onSprint(swapSprint)), "", "", 0, false},
		{"GET", sprint + "/properties", both, loggedIn(onSprint(sprintKeys)), "", "", 0, false},
		{"GET", sprint + "/properties/{key}", both, loggedIn(onSprint(sprintProperty(readProperty))), "", "", 0, false},
		{"PUT", sprint + "/properties/{key}", both, loggedIn(onSprint(sprintProperty(setProperty))), "", "", 0, false},
		{"DELETE", sprint + "/properties/{key}", both, loggedIn(onSprint(sprintProperty(dropProperty))), "", "", 0, false},
		{"POST", agileRoot + "backlog/issue", both, loggedIn(moveToBacklog), "", "", 0, false},
		{"POST", agileRoot + "backlog/{board}/issue", cloud, loggedIn(onBoard(backlogOfBoard)), "207", "", 0, false},
		{"PUT", agileRoot + "issue/rank", both, loggedIn(rankIssues), "207", "", 0, false},
		{"GET", agileRoot + "issue/{issue}", both, loggedIn(readOnBoard), "", "", 0, false},
		{"GET", agileRoot + "issue/{issue}/estimation", both, loggedIn(readEstimation), "", "", 0, false},
		{"PUT", agileRoot + "issue/{issue}/estimation", both, loggedIn(setEstimation), "", "", 0, false},
	}
}

func onSprint(do func(*call, *world.Sprint) (reply, error)) handler {
	return func(c *call) (reply, error) {
		s, err := c.theSprint()
		if err != nil {
			return reply{}, err
		}
		return do(c, s)
	}
}

func addSprint(c *call) (reply, error) {
	var in world.SprintBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	s, err := c.w.AddSprint(c.by, in)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.v.sprint(s)}, nil
}

func readSprint(c *call, s *world.Sprint) (reply, error) { return ok(c.v.sprint(s)) }

func changeSprint(whole bool) func(*call, *world.Sprint) (reply, error) {
	return func(c *call, s *world.Sprint) (reply, error) {
		var in world.SprintBody
		if err := c.decode(&in); err != nil {
			return reply{}, err
		}
		n, err := c.w.ChangeSprint(c.by, s, in, whole)
		if err != nil {
			return reply{}, err
		}
		return ok(c.v.sprint(n))
	}
}

func dropSprint(c *call, s *world.Sprint) (reply, error) {
	if err := c.w.DropSprint(c.by, s); err != nil {
		return reply{}, err
	}
	return none()
}

func sprintIssues(c *call, s *world.Sprint) (reply, error) {
	return c.issuesBy(byRank(), c.inSprint(s))
}

func swapSprint(c *call, s *world.Sprint) (reply, error) {
	var in struct {
		With world.Loose `json:"sprintToSwapWith"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	other := c.w.Sprint(c.by.User, string(in.With))
	if other == nil {
		return reply{}, world.Refuse(404, "The sprint to swap with does not exist or you do not have permission to view it.")
	}
	c.w.Swap(s, other)
	return none()
}

func sprintProperty(do func(*call, carrier) (reply, error)) func(*call, *world.Sprint) (reply, error) {
	return func(c *call, s *world.Sprint) (reply, error) {
		return do(c, carrying(&s.Properties))
	}
}

func sprintKeys(c *call, s *world.Sprint) (reply, error) {
	return keysAt(c, c.v.agile("sprint", s.ID), s.Properties)
}

// carrying is a carrier that nothing but its own properties depends on.
func carrying(m *map[string]json.RawMessage) carrier {
	return carrier{held: *m, set: func(p world.Property) error {
		n, err := world.Changed(*m, p)
		if err == nil {
			*m = n
		}
		return err
	}}
}

// keysAt lists properties under a link of the boards' API.
func keysAt(c *call, self string, m map[string]json.RawMessage) (reply, error) {
	keys := []any{}
	for _, k := range sortedKeys(m) {
		keys = append(keys, object{"key": k, "self": self + "/properties/" + url.PathEscape(k)})
	}
	return ok(object{"keys": keys})
}

// A herd is what moves and ranks issues.
type herd struct {
	Issues []world.Loose `json:"issues"`
	Before world.Loose   `json:"rankBeforeIssue"`
	After  world.Loose   `json:"rankAfterIssue"`
}

// mostHerded is how many issues one request moves.
const mostHerded = 50

// herd reads which issues are meant, and where they go.
func (c *call) herd() (issues []*world.Issue, before, after *world.Issue, err error) {
	var in herd
	if err := c.decode(&in); err != nil {
		return nil, nil, nil, err
	}
	if len(in.Issues) == 0 || len(in.Issues) > mostHerded {
		return nil, nil, nil, world.Refuse(400, "The number of issues must be between 1 and %d.", mostHerded) // unverified
	}
	if in.Before != "" && in.After != "" {
		return nil, nil, nil, world.Refuse(400, "Only one of rankBeforeIssue and rankAfterIssue can be specified.") // unverified
	}
	find := func(k world.Loose) *world.Issue {
		i, no := c.w.Issue(c.by.User, string(k))
		if no != nil && err == nil {
			err = world.Refuse(400, "The issue '%s' does not exist or you do not have permission to see it.", k) // unverified
		}
		return i
	}
	for _, k := range in.Issues {
		issues = append(issues, find(k))
	}
	if in.Before != "" {
		before = find(in.Before)
	}
	if in.After != "" {
		after = find(in.After)
	}
	return issues, before, after, err
}

// herded reads the issues, does something with them, and ranks them.
func (c *call) herded(do func([]*world.Issue) error) (reply, error) {
	issues, before, after, err := c.herd()
	if err != nil {
		return reply{}, err
	}
	if err := do(issues); err != nil {
		return reply{}, err
	}
	if before != nil || after != nil {
		if err := c.mayRank(issues); err != nil {
			return reply{}, err
		}
		c.w.Rank(c.by, issues, before, after)
	}
	return none()
}

func (c *call) mayRank(issues []*world.Issue) error {
	for _, i := range issues {
		if !c.w.May(c.by.User, "SCHEDULE_ISSUES", c.w.Home(i)) {
			return world.Refuse(403, "You do not have permission to rank the issue '%s'.", i.Key)
		}
	}
	return nil
}

func moveToSprint(c *call, s *world.Sprint) (reply, error) {
	return c.herded(func(issues []*world.Issue) error { return c.w.MoveTo(c.by, s, issues) })
}

func moveToBacklog(c *call) (reply, error) {
	return c.herded(func(issues []*world.Issue) error { return c.w.MoveTo(c.by, nil, issues) })
}

func backlogOfBoard(c *call, _ *world.Board) (reply, error) { return moveToBacklog(c) }

func rankIssues(c *call) (reply, error) {
	return c.herded(func([]*world.Issue) error { return nil })
}

func rankOnBoard(c *call, _ *world.Board) (reply, error) { return rankIssues(c) }

func readOnBoard(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.onBoard(i, c.ask("*all")))
}

// estimated is the field that a board estimates by.
func (c *call) estimated() (*world.Field, error) {
	b := c.w.Board(c.by.User, c.query.Get("boardId"))
	if !c.query.Has("boardId") || b == nil {
		return nil, world.Refuse(400, "The boardId parameter is required, and the board must exist.") // unverified
	}
	if b.Type == "kanban" {
		return c.w.Field("timeoriginalestimate"), nil
	}
	return c.w.Points(), nil
}

func readEstimation(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	f, err := c.estimated()
	if err != nil {
		return reply{}, err
	}
	o := object{"fieldId": f.ID}
	if n := i.Values[f.ID].Number; n != nil {
		o["value"] = c.v.estimate(f, *n)
	}
	return ok(o)
}

// estimate writes story points with their point, seconds without, as Cloud's
// document shows it; on Data Center it is a number.
func (v view) estimate(f *world.Field, n float64) any {
	switch {
	case !v.cloud():
		return n
	case f.Custom && n == float64(int64(n)):
		return fmt.Sprintf("%.1f", n)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

func setEstimation(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	f, err := c.estimated()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Value world.Loose `json:"value"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.w.Estimate(c.by, i, f, string(in.Value)); err != nil {
		return reply{}, err
	}
	return readEstimation(c)
}
