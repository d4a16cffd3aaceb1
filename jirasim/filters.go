package jirasim

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func filterRoutes() []route {
	root := "/rest/api/{v}/filter"
	return []route{
		{"POST", root, both, loggedIn(addFilter), "subscriptions", "", 0, false},
		{"GET", root + "/search", cloud, loggedIn(searchFilters), "by group and project; subscriptions", "", 0, false},
		{"GET", root + "/favourite", both, loggedIn(favouriteFilters), "", "", 0, false},
		{"GET", root + "/my", cloud, loggedIn(myFilters), "", "", 0, false},
		{"GET", root + "/{filter}", both, loggedIn(onFilter(readFilter)), "subscriptions", "", 0, false},
		{"PUT", root + "/{filter}", both, loggedIn(onFilter(changeFilter)), "subscriptions", "", 0, false},
		{"DELETE", root + "/{filter}", both, loggedIn(onFilter(dropFilter)), "", "", 0, false},
		{"PUT", root + "/{filter}/favourite", cloud, loggedIn(onFilter(favour(true))), "", "", 0, false},
		{"DELETE", root + "/{filter}/favourite", cloud, loggedIn(onFilter(favour(false))), "", "", 0, false},
		{"GET", root + "/{filter}/columns", both, loggedIn(onFilter(filterColumns)), "", "", 0, false},
		{"PUT", root + "/{filter}/columns", both, loggedIn(onFilter(setColumns)), "", "", 0, false},
		{"DELETE", root + "/{filter}/columns", both, loggedIn(onFilter(resetColumns)), "", "", 0, false},
		{"GET", root + "/{filter}/permission", both, loggedIn(onFilter(filterShares)), "", "", 0, false},
		{"POST", root + "/{filter}/permission", both, loggedIn(onFilter(shareFilter)), "projectRole", "", 0, false},
		{"GET", root + "/{filter}/permission/{share}", both, loggedIn(onFilter(filterShare)), "", "", 0, false},
		{"DELETE", root + "/{filter}/permission/{share}", both, loggedIn(onFilter(unshareFilter)), "", "", 0, false},
	}
}

func onFilter(do func(*call, *world.Filter) (reply, error)) handler {
	return func(c *call) (reply, error) {
		f := c.w.Filter(c.by.User, c.vars["filter"])
		if f == nil {
			return reply{}, world.Refuse(400, "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.")
		}
		return do(c, f)
	}
}

// filter is a filter as it is shown to the caller.
func (v view) filter(f *world.Filter) object {
	q := "?jql=" + url.QueryEscape(f.JQL)
	o := object{"self": v.rest("filter", f.ID), "id": f.ID, "name": f.Name, "description": f.Description, "owner": v.person(f.Owner), "jql": f.JQL,
		"viewUrl": v.base + "/issues/?filter=" + f.ID, "favourite": slices.Contains(f.Fans, v.user.ID), "sharePermissions": v.shares(f.Shares)}
	if v.cloud() {
		o["searchUrl"] = v.rest("search", "jql") + q
		o["favouritedCount"], o["editPermissions"], o["isWritable"] = len(f.Fans), v.shares(f.Edits), v.w.MayEdit(v.user, f)
	} else {
		o["searchUrl"], o["editable"] = v.rest("search")+q, v.w.MayEdit(v.user, f)
	}
	nobody := object{"size": 0, "items": []any{}, "max-results": 1000, "start-index": 0, "end-index": 0}
	o["sharedUsers"], o["subscriptions"] = nobody, nobody
	return o
}

func (v view) shares(all []world.Share) []any {
	out := []any{}
	for _, s := range all {
		out = append(out, v.share(s))
	}
	return out
}

func (v view) share(s world.Share) object {
	o := object{"id": number(s.ID), "type": s.Type}
	switch s.Type {
	case "authenticated":
		o["type"] = "loggedin"
	case "group":
		o["group"] = object{"name": s.Group, "self": v.rest("group") + "?groupname=" + url.QueryEscape(s.Group)}
	case "user":
		o["user"] = v.person(s.User)
	case "project":
		for _, p := range v.w.Projects {
			if p.ID == s.Project {
				o["project"] = v.project(p)
			}
		}
	}
	return o
}

// A shareBody is a share as it is given, in either of the two ways.
type shareBody struct {
	Type    string          `json:"type"`
	Group   json.RawMessage `json:"group"`
	Project json.RawMessage `json:"project"`
	User    json.RawMessage `json:"user"`

	GroupName string      `json:"groupname"`
	ProjectID world.Loose `json:"projectId"`
	AccountID string      `json:"accountId"`
	UserKey   string      `json:"userKey"`
}

func (b shareBody) share() world.Share {
	var named struct {
		ID        world.Loose `json:"id"`
		Name      string      `json:"name"`
		AccountID string      `json:"accountId"`
		Key       string      `json:"key"`
	}
	for _, raw := range []json.RawMessage{b.Group, b.Project, b.User} {
		if len(raw) > 0 && json.Unmarshal(raw, &named) != nil {
			return world.Share{Type: "nonsense"}
		}
	}
	return world.Share{Type: b.Type, Group: cmp.Or(b.GroupName, named.Name), Project: string(cmp.Or(b.ProjectID, named.ID)), User: cmp.Or(b.AccountID, b.UserKey, named.AccountID, named.Key)}
}

func (c *call) filterBody() (world.FilterBody, error) {
	var in struct {
		Name        *string      `json:"name"`
		Description *string      `json:"description"`
		JQL         *string      `json:"jql"`
		Favourite   *bool        `json:"favourite"`
		Shares      *[]shareBody `json:"sharePermissions"`
		Edits       *[]shareBody `json:"editPermissions"`
	}
	err := c.decode(&in)
	b := world.FilterBody{Name: in.Name, Description: in.Description, JQL: in.JQL, Favourite: in.Favourite, Shares: shares(in.Shares), Edits: shares(in.Edits)}
	if err == nil && in.JQL != nil {
		q, bad := c.readable(*in.JQL)
		if bad == nil {
			if wrong := c.w.Check(c.by, q); len(wrong) > 0 {
				bad = &world.Refusal{Status: 400, Messages: wrong}
			}
		}
		err = bad
	}
	return b, err
}

func shares(in *[]shareBody) *[]world.Share {
	if in == nil {
		return nil
	}
	out := []world.Share{}
	for _, b := range *in {
		out = append(out, b.share())
	}
	return &out
}

func addFilter(c *call) (reply, error) {
	b, err := c.filterBody()
	if err != nil {
		return reply{}, err
	}
	f, err := c.w.SaveFilter(c.by, nil, b)
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.filter(f))
}

func readFilter(c *call, f *world.Filter) (reply, error) { return ok(c.v.filter(f)) }

func changeFilter(c *call, f *world.Filter) (reply, error) {
	b, err := c.filterBody()
	if err != nil {
		return reply{}, err
	}
	n, err := c.w.SaveFilter(c.by, f, b)
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.filter(n))
}

func dropFilter(c *call, f *world.Filter) (reply, error) {
	if err := c.w.DropFilter(c.by, f); err != nil {
		return reply{}, err
	}
	return none()
}

func favour(on bool) func(*call, *world.Filter) (reply, error) {
	return func(c *call, f *world.Filter) (reply, error) {
		c.w.Favour(c.by, f, on)
		return ok(c.v.filter(f))
	}
}

func (c *call) filters(fits func(*world.Filter) bool) (reply, error) {
	out := []any{}
	for _, f := range c.w.FiltersOf(c.by.User) {
		if fits(f) {
			out = append(out, c.v.filter(f))
		}
	}
	return ok(out)
}

func favouriteFilters(c *call) (reply, error) {
	return c.filters(func(f *world.Filter) bool { return slices.Contains(f.Fans, c.by.User.ID) })
}

func myFilters(c *call) (reply, error) {
	also := c.query.Get("includeFavourites") == "true"
	return c.filters(func(f *world.Filter) bool {
		return f.Owner == c.by.User.ID || also && slices.Contains(f.Fans, c.by.User.ID)
	})
}

// searchFilters shows of each filter what expand names.
func searchFilters(c *call) (reply, error) {
	start, most, err := c.paging(50)
	if err != nil {
		return reply{}, err
	}
	q, all := c.query, c.w.FiltersOf(c.by.User)
	all = slices.DeleteFunc(all, func(f *world.Filter) bool {
		return !strings.Contains(strings.ToLower(f.Name), strings.ToLower(q.Get("filterName"))) ||
			q.Has("accountId") && f.Owner != q.Get("accountId") || q.Has("id") && !slices.Contains(q["id"], f.ID)
	})
	slices.SortStableFunc(all, func(a, b *world.Filter) int {
		switch q.Get("orderBy") {
		case "id":
			return cmp.Compare(number(a.ID), number(b.ID))
		case "-id":
			return cmp.Compare(number(b.ID), number(a.ID))
		case "-name":
			return cmp.Compare(b.Name, a.Name)
		}
		return cmp.Compare(a.Name, b.Name)
	})
	out, expand := []any{}, names("", q["expand"]...)
	for _, f := range page(all, start, min(most, 100)) {
		o, whole := object{"expand": "description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions,isWritable,subscriptions"}, c.v.filter(f)
		for k, x := range whole {
			if k == "self" || k == "id" || k == "name" || expand.has(k) && k != "sharedUsers" && k != "subscriptions" {
				o[k] = x
			}
		}
		if expand.has("subscriptions") {
			o["subscriptions"] = []any{}
		}
		out = append(out, o)
	}
	return ok(object{"self": c.v.at(c.r, start, min(most, 100)), "startAt": start, "maxResults": min(most, 100), "total": len(all), "isLast": start+len(out) >= len(all), "values": out})
}

func filterShares(c *call, f *world.Filter) (reply, error) { return ok(c.v.shares(f.Shares)) }

func shareFilter(c *call, f *world.Filter) (reply, error) {
	var in shareBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	all := append(slices.Clone(f.Shares), in.share())
	n, err := c.w.SaveFilter(c.by, f, world.FilterBody{Shares: &all})
	if err != nil {
		return reply{}, err
	}
	return reply{status: 201, body: c.v.shares(n.Shares)}, nil
}

func (c *call) shareOf(f *world.Filter) (int, error) {
	n := slices.IndexFunc(f.Shares, func(s world.Share) bool { return s.ID == c.vars["share"] })
	if n < 0 {
		return 0, world.Refuse(404, "The share permission does not exist.") // unverified
	}
	return n, nil
}

func filterShare(c *call, f *world.Filter) (reply, error) {
	n, err := c.shareOf(f)
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.share(f.Shares[n]))
}

func unshareFilter(c *call, f *world.Filter) (reply, error) {
	n, err := c.shareOf(f)
	if err != nil {
		return reply{}, err
	}
	all := slices.Delete(slices.Clone(f.Shares), n, n+1)
	if _, err := c.w.SaveFilter(c.by, f, world.FilterBody{Shares: &all}); err != nil {
		return reply{}, err
	}
	return none()
}
