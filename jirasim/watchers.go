package jirasim

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func watcherRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/issue/{issue}/watchers", both, readWatchers, "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/{issue}/watchers", both, addWatcher, "", "", 0, false},
		{"DELETE", "/rest/api/{v}/issue/{issue}/watchers", both, dropWatcher, "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/watching", cloud, watching, "", "", 0, false},
		{"POST", "/rest/api/{v}/bulk/issues/watch", cloud, bulkWatch(true), "", "", 0, false},
		{"POST", "/rest/api/{v}/bulk/issues/unwatch", cloud, bulkWatch(false), "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/votes", both, readVotes, "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/{issue}/votes", both, vote(true), "", "", 0, false},
		{"DELETE", "/rest/api/{v}/issue/{issue}/votes", both, vote(false), "", "", 0, false},
	}
}

// watches is the field of that name. People watch only as far as watching is on.
func (v view) watches(i *world.Issue) object {
	o := object{"self": v.rest("issue", i.Key, "watchers"), "watchCount": len(i.Watchers), "isWatching": false}
	if v.user != nil {
		o["isWatching"] = slices.Contains(i.Watchers, v.user.ID)
	}
	return o
}

func (v view) votes(i *world.Issue) object {
	o := object{"self": v.rest("issue", i.Key, "votes"), "votes": len(i.Voters), "hasVoted": false}
	if v.user != nil {
		o["hasVoted"] = slices.Contains(i.Voters, v.user.ID)
	}
	return o
}

func (v view) people(ids []string) []any {
	out := []any{}
	for _, id := range ids {
		out = append(out, v.person(id))
	}
	return out
}

func readWatchers(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	o := c.v.watches(i)
	o["watchers"] = []any{}
	if c.w.May(c.by.User, "VIEW_VOTERS_AND_WATCHERS", c.w.Home(i)) {
		o["watchers"] = c.v.people(i.Watchers)
	}
	return ok(o)
}

// watcher finds the account that a request names: by its accountId on Cloud,
// its login on Data Center; nobody named: def.
func (c *call) watcher(name string, def *world.User) (*world.User, error) {
	if name == "" {
		if def == nil {
			return nil, world.Refuse(400, "The user to remove must be named.") // unverified
		}
		return def, nil
	}
	for _, u := range c.w.Users {
		if c.v.cloud() && u.ID == name || !c.v.cloud() && strings.EqualFold(u.Name, name) {
			return u, nil
		}
	}
	return nil, world.Refuse(404, "User '%s' does not exist.", name) // unverified
}

// addWatcher takes a bare JSON string; nothing at all is the caller.
func addWatcher(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	name := c.query.Get("userName")
	if len(strings.TrimSpace(string(c.body))) > 0 {
		if json.Unmarshal(c.body, &name) != nil {
			return reply{}, &unread{}
		}
	}
	u, err := c.watcher(name, c.by.User)
	if err != nil {
		return reply{}, err
	}
	if err := c.w.Watch(c.by, i, u, true); err != nil {
		return reply{}, err
	}
	return none()
}

func dropWatcher(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	name := c.query.Get("accountId")
	if !c.v.cloud() {
		name = c.query.Get("username") + c.query.Get("userName")
	}
	u, err := c.watcher(name, nil)
	if err != nil {
		return reply{}, err
	}
	if err := c.w.Watch(c.by, i, u, false); err != nil {
		return reply{}, err
	}
	return none()
}

// watching tells which of some issues the caller watches; those that he may
// not see are not watched.
func watching(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in struct {
		Issues []world.Loose `json:"issueIds"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	out := object{}
	for _, id := range in.Issues {
		i, no := c.w.Issue(c.by.User, string(id))
		out[string(id)] = no == nil && slices.Contains(i.Watchers, c.by.User.ID)
	}
	return ok(object{"issuesIsWatching": out})
}

// bulkWatch lets the caller watch many issues, as a task.
func bulkWatch(on bool) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		var in struct {
			Issues []string `json:"selectedIssueIdsOrKeys"`
		}
		if err := c.decode(&in); err != nil {
			return reply{}, err
		}
		if err := c.selected(in.Issues); err != nil {
			return reply{}, err
		}
		title := map[bool]string{true: "Bulk watch", false: "Bulk unwatch"}[on]
		return submitted(c.bulk(title, in.Issues, func(i *world.Issue) error { return c.w.Watch(c.by, i, c.by.User, on) }))
	}
}

func readVotes(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	if !c.w.Settings.Voting {
		return reply{}, world.Refuse(404, "Voting for issues is currently not enabled for this Jira instance.")
	}
	o := c.v.votes(i)
	o["voters"] = []any{}
	if c.w.May(c.by.User, "VIEW_VOTERS_AND_WATCHERS", c.w.Home(i)) {
		o["voters"] = c.v.people(i.Voters)
	}
	return ok(o)
}

func vote(on bool) handler {
	return func(c *call) (reply, error) {
		i, err := c.issue()
		if err != nil {
			return reply{}, err
		}
		if err := c.w.Vote(c.by, i, on); err != nil {
			return reply{}, err
		}
		if on && !c.v.cloud() {
			return reply{status: 200}, nil
		}
		return none()
	}
}
