package jirasim

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func accountRoutes() []route {
	user := "/rest/api/{v}/user"
	return []route{
		{"POST", user, both, byAdmin(addUser), "invitations", "", 0, false},
		{"PUT", user, center, byAdmin(onAccount(editUser)), "", "", 0, false},
		{"DELETE", user, both, byAdmin(onAccount(deleteUser)), "", "", 0, false},
		{"PUT", user + "/password", center, byAdmin(onAccount(setPassword)), "rules for passwords", "", 0, false},
		{"PUT", "/rest/api/{v}/myself", center, loggedIn(editMyself), "", "", 0, false},
		{"PUT", "/rest/api/{v}/myself/password", center, loggedIn(changePassword), "", "", 0, false},
		{"GET", "/rest/api/{v}/users", cloud, allUsers, "", "", 0, false},
		{"GET", user + "/list", center, byAdmin(userList), "", "", 0, false},
		{"GET", user + "/bulk/migration", cloud, loggedIn(migrated), "names and keys that there were before Cloud had none", "", 0, false},
		{"GET", user + "/email", cloud, onAccount(emailOf), "that only some apps may", "", 0, false},
		{"GET", user + "/search/query/key", cloud, loggedIn(userKeys), "as query", "", 0, false},
		{"GET", user + "/columns", both, own(columnsOf), "", "", 0, false},
		{"PUT", user + "/columns", both, own(setUserColumns), "", "", 0, false},
		{"DELETE", user + "/columns", both, own(dropUserColumns), "", "", 0, false},
	}
}

// named is how a query names an account.
func (c *call) namedUser() string {
	q := c.query
	if c.v.cloud() {
		return q.Get("accountId")
	}
	return cmp.Or(q.Get("username"), q.Get("key"), q.Get("userKey"))
}

// onAccount finds the account that the query names.
func onAccount(do func(*call, *world.User) (reply, error)) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		id := c.namedUser()
		if id == "" {
			return reply{}, world.Refuse(400, "The user must be specified.")
		}
		u := c.w.User(id)
		if u == nil || c.query.Get("username") != "" {
			var err error
			if u, err = c.somebody(id); err != nil {
				return reply{}, err
			}
		}
		return do(c, u)
	}
}

// own is onAccount for what one may do for oneself, which is whom no name means.
func own(do func(*call, *world.User) (reply, error)) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		if c.namedUser() == "" {
			return do(c, c.by.User)
		}
		return onAccount(func(c *call, u *world.User) (reply, error) {
			if u != c.by.User && !c.w.May(c.by.User, "ADMINISTER", nil) {
				return reply{}, c.notAdmin()
			}
			return do(c, u)
		})(c)
	}
}

// beside is an account as Data Center shows it when it was written.
func (c *call) beside(u *world.User) object {
	if c.v.cloud() {
		o := c.v.account(u)
		c.widen(o, u)
		return o
	}
	return object{"self": c.v.rest("user") + "?username=" + u.Name, "key": u.ID, "name": u.Name, "emailAddress": u.Email, "displayName": u.Display, "active": !u.Inactive, "applicationKeys": []string{"jira-software"}}
}

func addUser(c *call) (reply, error) {
	var in struct {
		world.Applicant
		Products *[]string `json:"products"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Products == nil && c.v.cloud() {
		return reply{}, world.RefuseField("products", "The products are required.")
	}
	u, err := c.w.AddUser(in.Applicant)
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.beside(u)}, nil
}

func (c *call) change(u *world.User, in world.Applicant) (reply, error) {
	if err := c.w.EditUser(u, in); err != nil {
		return reply{}, err
	}
	return ok(c.beside(u))
}

func editUser(c *call, u *world.User) (reply, error) {
	var in world.Applicant
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	in.Password = nil
	return c.change(u, in)
}

func editMyself(c *call) (reply, error) {
	var in world.Applicant
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	return c.change(c.by.User, world.Applicant{Email: in.Email, Display: in.Display})
}

func deleteUser(c *call, u *world.User) (reply, error) {
	if err := c.w.DropUser(c.by, u); err != nil {
		return reply{}, err
	}
	return none()
}

// A passwordBody changes a password.
type passwordBody struct {
	New     string `json:"password"`
	Current string `json:"currentPassword"`
}

func setPassword(c *call, u *world.User) (reply, error) {
	var in passwordBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.New == "" {
		return reply{}, world.RefuseField("password", "You must specify a password.")
	}
	u.Token = in.New
	return none()
}

func changePassword(c *call) (reply, error) {
	var in passwordBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Current != c.by.User.Token {
		return reply{}, world.RefuseField("currentPassword", "Your current password is incorrect.")
	}
	return setPassword(c, c.by.User)
}

// userList is a page of accounts after the one that the cursor names.
func userList(c *call) (reply, error) {
	most, err := c.number("maxResults", 100)
	if err != nil {
		return reply{}, err
	}
	all, at, most := c.w.Users, c.query.Get("cursor"), min(max(most, 1), 1000)
	start := slices.IndexFunc(all, func(u *world.User) bool { return at != "" && u.ID == at }) + 1
	vals := []any{}
	for _, u := range page(all, start, most) {
		vals = append(vals, c.v.account(u))
	}
	o := object{"self": c.v.rest("user", "list"), "maxResults": most, "isLast": start+len(vals) >= len(all), "values": vals}
	if start+len(vals) < len(all) {
		o["nextCursor"] = all[start+len(vals)-1].ID
	}
	return ok(o)
}

func migrated(c *call) (reply, error) {
	if !c.query.Has("username") && !c.query.Has("key") {
		return reply{}, world.Refuse(400, "Usernames or keys are required.")
	}
	return ok([]any{})
}

func emailOf(c *call, u *world.User) (reply, error) {
	return ok(object{"accountId": u.ID, "email": u.Email})
}

var personClause = regexp.MustCompile(`(?i)^is (assignee|reporter|watcher|voter|commenter) of \(?([^()]+)\)?$`)

// queried finds the people that a query of people asks for: by what they are
// to projects and issues, joined by "and" and "or", which bind alike.
func (c *call) queried() ([]*world.User, error) {
	q := c.query.Get("query")
	if strings.TrimSpace(q) == "" {
		return nil, world.Refuse(400, "The query parameter is required.")
	}
	joint, found := "", map[string]bool{}
	for _, part := range regexp.MustCompile(`(?i) and | or |.+?(?: and | or |$)`).FindAllString(q, -1) {
		next := ""
		for _, w := range []string{" and ", " or "} {
			if strings.HasSuffix(strings.ToLower(part), w) {
				part, next = part[:len(part)-len(w)], w
			}
		}
		some, err := c.related(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		for _, u := range c.w.Users {
			switch joint {
			case " and ":
				found[u.ID] = found[u.ID] && some[u.ID]
			default:
				found[u.ID] = found[u.ID] || some[u.ID]
			}
		}
		joint = next
	}
	if joint != "" {
		return nil, world.Refuse(400, "The query '%s' is not valid.", q)
	}
	return slices.DeleteFunc(slices.Clone(c.w.Users), func(u *world.User) bool { return !found[u.ID] }), nil
}

// related are the accounts that one clause means.
func (c *call) related(s string) (map[string]bool, error) {
	m := personClause.FindStringSubmatch(s)
	if m == nil {
		return nil, world.Refuse(400, "The query '%s' is not valid.", s)
	}
	out := map[string]bool{}
	for key := range strings.SplitSeq(m[2], ",") {
		key = strings.Trim(strings.TrimSpace(key), `"`)
		var is []*world.Issue
		if i, no := c.w.Issue(c.by.User, key); no == nil {
			is = append(is, i)
		} else if p := c.w.Project(c.by.User, key); p != nil {
			is = c.w.Of(p)
		}
		for _, i := range is {
			switch role := strings.ToLower(m[1]); role {
			case "watcher":
				mark(out, i.Watchers...)
			case "voter":
				mark(out, i.Voters...)
			case "commenter":
				for _, x := range i.Comments {
					mark(out, x.Author)
				}
			default:
				mark(out, i.Values[role].Text)
			}
		}
	}
	return out, nil
}

func mark(set map[string]bool, ids ...string) {
	for _, id := range ids {
		set[id] = true
	}
}

func userQuery(c *call) (reply, error) {
	us, err := c.queried()
	if err != nil {
		return reply{}, err
	}
	all := []any{}
	for _, u := range us {
		all = append(all, c.v.account(u))
	}
	return c.pageOf(all, 100)
}

func userKeys(c *call) (reply, error) {
	us, err := c.queried()
	if err != nil {
		return reply{}, err
	}
	all := []any{}
	for _, u := range us {
		all = append(all, object{"accountId": u.ID})
	}
	return c.pageOf(all, 100)
}

// columns are fields as lists of issues show them.
func (c *call) columns(ids []string) []any {
	out := []any{}
	for _, id := range ids {
		if f := c.w.Field(id); f != nil {
			out = append(out, object{"label": f.Name, "value": f.ID})
		}
	}
	return out
}

// siteColumns are those of whoever has none of his own.
func (c *call) siteColumns() []string {
	if len(c.w.Columns) > 0 {
		return c.w.Columns
	}
	return []string{"issuetype", "issuekey", "summary", "assignee", "reporter", "priority", "status", "resolution", "created", "updated", "duedate"}
}

func columnsOf(c *call, u *world.User) (reply, error) {
	if len(u.Columns) > 0 {
		return ok(c.columns(u.Columns))
	}
	return ok(c.columns(c.siteColumns()))
}

func setUserColumns(c *call, u *world.User) (reply, error) {
	ids, err := c.givenColumns()
	if err != nil {
		return reply{}, err
	}
	u.Columns = ids
	return reply{status: 200, body: object{}}, nil
}

func dropUserColumns(_ *call, u *world.User) (reply, error) {
	u.Columns = nil
	return none()
}
