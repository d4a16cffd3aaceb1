package jirasim

import (
	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

func epicRoutes() []route {
	epic := agileRoot + "epic/{epic}"
	return []route{
		{"GET", agileRoot + "epic/none/issue", both, loggedIn(issuesOfNoEpic), "", "", 0, false},
		{"POST", agileRoot + "epic/none/issue", both, loggedIn(takeFromEpics), "", "", 0, false},
		{"GET", epic, both, loggedIn(onEpic(readEpic)), "", "", 0, false},
		{"POST", epic, both, loggedIn(onEpic(changeEpic)), "done", "", 0, false},
		{"GET", epic + "/issue", both, loggedIn(onEpic(issuesOfEpic)), "", "", 0, false},
		{"POST", epic + "/issue", both, loggedIn(onEpic(moveToEpic)), "", "", 0, false},
		{"PUT", epic + "/rank", both, loggedIn(onEpic(rankEpic)), "", "", 0, false},
	}
}

func (c *call) theEpic() (*world.Issue, error) {
	i, no := c.w.Issue(c.by.User, c.vars["epic"])
	if no != nil || !c.w.Epic(i) {
		return nil, world.Refuse(404, "The requested epic does not exist or you do not have permission to view it.") // unverified
	}
	return i, nil
}

func onEpic(do func(*call, *world.Issue) (reply, error)) handler {
	return func(c *call) (reply, error) {
		e, err := c.theEpic()
		if err != nil {
			return reply{}, err
		}
		return do(c, e)
	}
}

func readEpic(c *call, e *world.Issue) (reply, error) { return ok(c.v.epic(e)) }

func changeEpic(c *call, e *world.Issue) (reply, error) {
	var in world.EpicBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.w.ChangeEpic(c.by, e, in); err != nil {
		return reply{}, err
	}
	return ok(c.v.epic(c.w.Issues[e.ID]))
}

func byRank() jql.Query { return jql.Query{Order: []jql.Sort{{Field: "Rank"}}} }

func issuesOfEpic(c *call, e *world.Issue) (reply, error) { return c.issuesBy(byRank(), c.under(e)) }

func issuesOfNoEpic(c *call) (reply, error) {
	return c.issuesBy(byRank(), func(i *world.Issue) bool { return !c.w.Epic(i) && c.w.EpicOf(i) == nil })
}

func moveToEpic(c *call, e *world.Issue) (reply, error) {
	return c.herded(func(issues []*world.Issue) error { return c.w.Gather(c.by, e, issues) })
}

func takeFromEpics(c *call) (reply, error) {
	return c.herded(func(issues []*world.Issue) error { return c.w.Gather(c.by, nil, issues) })
}

func rankEpic(c *call, e *world.Issue) (reply, error) {
	var in struct {
		Before world.Loose `json:"rankBeforeEpic"`
		After  world.Loose `json:"rankAfterEpic"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	other := in.Before + in.After
	o, no := c.w.Issue(c.by.User, string(other))
	if no != nil || !c.w.Epic(o) || in.Before != "" && in.After != "" {
		return reply{}, world.Refuse(400, "One of rankBeforeEpic and rankAfterEpic must name an epic.") // unverified
	}
	if err := c.mayRank([]*world.Issue{e}); err != nil {
		return reply{}, err
	}
	if in.Before != "" {
		c.w.Rank(c.by, []*world.Issue{e}, o, nil)
	} else {
		c.w.Rank(c.by, []*world.Issue{e}, nil, o)
	}
	return none()
}
