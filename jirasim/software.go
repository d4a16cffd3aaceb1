package jirasim

import (
	"example.com/accord/jirasim/jql"
	"example.com/accord/jirasim/world"
)

const softwareRoot = "/rest/software/1.0/"

// softwareRoutes list the issues of boards, sprints and epics as those under
// /rest/agile/1.0 do, but page by page with tokens.
func softwareRoutes() []route {
	board, epic := softwareRoot+"board/{board}", softwareRoot+"epic/"
	return []route{
		{"GET", board + "/issue", cloud, loggedIn(onBoard(boardIssues)), "", "", 0, false},
		{"GET", board + "/issue/approximate-count", cloud, loggedIn(onBoard(boardIssues)), "", "", 0, false},
		{"GET", board + "/backlog", cloud, loggedIn(onBoard(boardBacklog)), "", "", 0, false},
		{"GET", board + "/backlog/approximate-count", cloud, loggedIn(onBoard(boardBacklog)), "", "", 0, false},
		{"GET", board + "/sprint/{sprint}/issue", cloud, loggedIn(onBoard(boardSprintIssues)), "", "", 0, false},
		{"GET", board + "/epic/none/issue", cloud, loggedIn(onBoard(boardNoEpic)), "", "", 0, false},
		{"GET", board + "/epic/{epic}/issue", cloud, loggedIn(onBoard(boardEpicIssues)), "", "", 0, false},
		{"GET", softwareRoot + "sprint/{sprint}/issue", cloud, loggedIn(onSprint(sprintIssues)), "", "", 0, false},
		{"GET", epic + "none/issue", cloud, loggedIn(issuesOfNoEpic), "", "", 0, false},
		{"GET", epic + "{epic}/issue", cloud, loggedIn(onEpic(issuesOfEpic)), "", "", 0, false},
	}
}

// softwarePage answers the page that a token names. A token is good for one
// list and one query.
func (c *call) softwarePage(q jql.Query, hits []world.Hit) (reply, error) {
	in, err := c.searched()
	if err != nil {
		return reply{}, err
	}
	if err := in.sized(); err != nil {
		return reply{}, err
	}
	return c.tokened(in, c.r.URL.Path+"?"+in.JQL, q, hits, c.ask("*navigable"), c.v.onBoard)
}
