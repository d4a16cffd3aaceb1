package jirasim

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

// personalRoutes are what somebody sets for himself.
func personalRoutes() []route {
	const mine = "/rest/api/{v}/mypreferences"
	return []route{
		{"GET", mine, both, loggedIn(preference), "", "", 0, false},
		{"PUT", mine, both, loggedIn(prefer), "", "", 0, false},
		{"DELETE", mine, both, loggedIn(preferNot), "", "", 0, false},
		{"GET", mine + "/locale", cloud, loggedIn(locale), "", "", 0, false},
		{"PUT", mine + "/locale", cloud, loggedIn(setLocale), "other languages: everything is in English", "", 0, false},
		{"GET", "/rest/api/{v}/filter/defaultShareScope", both, loggedIn(shareScope), "", "", 0, false},
		{"PUT", "/rest/api/{v}/filter/defaultShareScope", both, loggedIn(setShareScope), "new filters are shared as they say themselves", "", 0, false},
		{"PUT", "/rest/api/{v}/filter/{filter}/owner", cloud, loggedIn(handFilter), "", "", 0, false},
	}
}

// preferred is the key that a request means. The text of the refusal is
// unverified.
func (c *call) preferred() (string, error) {
	if k := c.query.Get("key"); k != "" {
		return k, nil
	}
	return "", world.Refuse(404, "The preference key must be given.")
}

func preference(c *call) (reply, error) {
	key, err := c.preferred()
	if err != nil {
		return reply{}, err
	}
	v := c.by.User.Preference(key)
	if v == "" {
		return reply{}, world.Refuse(404, "The preference with the key '%s' was not found.", key)
	}
	return ok(json.RawMessage(quoted(v)))
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s) // a string can be written
	return b
}

// prefer takes the value as JSON or as it stands.
func prefer(c *call) (reply, error) {
	key, err := c.preferred()
	if err != nil {
		return reply{}, err
	}
	v := strings.TrimSpace(string(c.body))
	var text string
	if json.Unmarshal(c.body, &text) == nil {
		v = text
	}
	if v == "" {
		return reply{}, world.Refuse(404, "The preference value must be given.")
	}
	c.by.User.Prefer(key, v)
	return none()
}

func preferNot(c *call) (reply, error) {
	key, err := c.preferred()
	if err == nil && c.by.User.Preferences[key] == "" {
		err = world.Refuse(404, "The preference with the key '%s' was not found.", key)
	}
	if err != nil {
		return reply{}, err
	}
	c.by.User.Prefer(key, "")
	return none()
}

const localeKey = "jira.user.locale"

func locale(c *call) (reply, error) {
	v := c.by.User.Preference(localeKey)
	if v == "" {
		v = "en_US"
	}
	return ok(object{"locale": v})
}

func setLocale(c *call) (reply, error) {
	var in struct{ Locale string }
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	c.by.User.Prefer(localeKey, in.Locale)
	return none()
}

const privateKey = "user.default.share.private"

func shareScope(c *call) (reply, error) {
	if c.by.User.Preference(privateKey) == "true" {
		return ok(object{"scope": "PRIVATE"})
	}
	return ok(object{"scope": "AUTHENTICATED"})
}

// setShareScope takes GLOBAL too, which is shown as AUTHENTICATED.
func setShareScope(c *call) (reply, error) {
	var in struct{ Scope string }
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	switch in.Scope {
	case "PRIVATE":
		c.by.User.Prefer(privateKey, "true")
	case "GLOBAL", "AUTHENTICATED":
		c.by.User.Prefer(privateKey, "false")
	default:
		return reply{}, world.Refuse(400, "The share scope '%s' is not valid.", in.Scope)
	}
	return shareScope(c)
}

// handFilter lets administrators give away what they do not see.
func handFilter(c *call) (reply, error) {
	if n := slices.IndexFunc(c.w.Filters, func(f *world.Filter) bool { return f.ID == c.vars["filter"] }); n >= 0 && c.by.User.Admin {
		return c.hand(c.w.Filters[n])
	}
	return onFilter((*call).hand)(c)
}

func (c *call) hand(f *world.Filter) (reply, error) {
	var in struct {
		Account string `json:"accountId"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	to := c.w.User(in.Account)
	if to == nil {
		return reply{}, world.Refuse(404, "The user with account id '%s' does not exist.", in.Account)
	}
	if err := c.w.Hand(c.by, f, to); err != nil {
		return reply{}, err
	}
	return none()
}

func filterColumns(c *call, f *world.Filter) (reply, error) {
	if len(f.Columns) > 0 {
		return ok(c.columns(f.Columns))
	}
	return ok(c.columns(c.siteColumns()))
}

// givenColumns are the columns of a body: a form or, on Cloud, JSON.
func (c *call) givenColumns() ([]string, error) {
	var in struct{ Columns []string }
	if strings.HasPrefix(strings.TrimSpace(string(c.body)), "{") {
		if err := c.decode(&in); err != nil {
			return nil, err
		}
	} else if form, err := url.ParseQuery(string(c.body)); err == nil {
		in.Columns = form["columns"]
	}
	if slices.ContainsFunc(in.Columns, func(id string) bool { return c.w.Field(id) == nil }) {
		return nil, world.Refuse(400, "There is no such navigable field.")
	}
	return in.Columns, nil
}

func setColumns(c *call, f *world.Filter) (reply, error) {
	ids, err := c.givenColumns()
	if err != nil {
		return reply{}, err
	}
	if !c.w.MayEdit(c.by.User, f) {
		return reply{}, world.Refuse(403, "You do not have permission to edit this filter.")
	}
	f.Columns = ids
	return reply{status: 200}, nil
}

func resetColumns(c *call, f *world.Filter) (reply, error) {
	f.Columns = nil
	return none()
}
