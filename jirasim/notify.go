package jirasim

import (
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func notifyRoutes() []route {
	return []route{
		{"POST", "/rest/api/{v}/issue/{issue}/notify", both, notify, "the mail itself", "", 0, false},
	}
}

// A mailing is a mail to be sent about an issue.
type mailing struct {
	Subject string `json:"subject"`
	Text    string `json:"textBody"`
	HTML    string `json:"htmlBody"`
	To      struct {
		Reporter, Assignee, Watchers, Voters bool
		Users                                []struct {
			AccountID string `json:"accountId"`
			Name      string `json:"name"`
		}
		Groups   []party
		GroupIDs []string `json:"groupIds"`
	}
	Restrict struct {
		Groups      []party
		GroupIDs    []string `json:"groupIds"`
		Permissions []struct {
			ID  world.Loose `json:"id"`
			Key string      `json:"key"`
		}
	}
}

type party struct {
	Name string `json:"name"`
	ID   string `json:"groupId"`
}

// notify answers as if a mail were sent, to somebody but the caller, whom his
// own changes are not told of.
func notify(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	var in mailing
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	to, err := c.recipients(i, in)
	if err != nil {
		return reply{}, err
	}
	to = slices.DeleteFunc(to, func(u *world.User) bool {
		return u == nil || u.ID == c.by.User.ID || u.Inactive || !c.w.May(u, "BROWSE_PROJECTS", c.w.Home(i)) || !c.meant(i, u, in)
	})
	if len(to) == 0 {
		return reply{}, world.Refuse(400, "No recipients were defined for notification.")
	}
	return none()
}

// recipients are those that a mailing names; what is not there is nil.
func (c *call) recipients(i *world.Issue, in mailing) (out []*world.User, err error) {
	var ids []string
	for field, on := range map[string]bool{"reporter": in.To.Reporter, "assignee": in.To.Assignee} {
		if on {
			ids = append(ids, i.Values[field].Text)
		}
	}
	if in.To.Watchers {
		ids = append(ids, i.Watchers...)
	}
	if in.To.Voters {
		ids = append(ids, i.Voters...)
	}
	for _, id := range ids {
		out = append(out, c.w.User(id))
	}
	for _, x := range in.To.Users {
		u := c.w.User(x.AccountID)
		if !c.v.cloud() {
			u = c.w.Login(x.Name)
		}
		if u == nil {
			return nil, world.RefuseField("users", "The user with name '%s' does not exist.", x.Name+x.AccountID) // unverified
		}
		out = append(out, u)
	}
	for _, g := range in.To.Groups {
		in.To.GroupIDs = append(in.To.GroupIDs, strings.TrimSpace(g.ID+g.Name))
	}
	for _, g := range in.To.GroupIDs {
		name := c.w.GroupOf(g)
		if name == "" {
			return nil, world.RefuseField("groups", "The group '%s' does not exist.", g) // unverified
		}
		out = append(out, c.w.Members(name)...)
	}
	return out, nil
}

// meant reports whether a mailing is restricted to people like u.
func (c *call) meant(i *world.Issue, u *world.User, in mailing) bool {
	groups := in.Restrict.GroupIDs
	for _, g := range in.Restrict.Groups {
		groups = append(groups, g.ID+g.Name)
	}
	in1 := len(groups) == 0
	for _, g := range groups {
		in1 = in1 || slices.Contains(u.Groups, c.w.GroupOf(g))
	}
	for _, p := range in.Restrict.Permissions {
		key := map[string]string{"BROWSE": "BROWSE_PROJECTS"}[p.Key]
		if key == "" {
			key = p.Key
		}
		for _, known := range world.Permissions() {
			if known.ID == string(p.ID) || known.Key == key {
				in1 = in1 && c.w.May(u, known.Key, c.w.Home(i))
			}
		}
	}
	return in1
}
