package jirasim

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// A view is how a site is shown to one caller: in which version of the API,
// under which address, in which time zone.
type view struct {
	w    *world.World
	base string // start of every link
	api  int
	user *world.User
	zone *time.Location
	hook bool // in a webhook, where Cloud hides every e-mail address
	now  time.Time
}

type object = map[string]any

func (s *Sim) view(r *http.Request, api int) view {
	return view{w: s.w, base: s.base(r), api: max(api, 2), zone: time.UTC, now: s.now()}
}

// base is where the site believes to be.
func (s *Sim) base(r *http.Request) string {
	if s.opt.PublicURL != "" {
		return strings.TrimSuffix(s.opt.PublicURL, "/")
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// rest is the link to a resource: "issue", "10000".
func (v view) rest(path ...string) string {
	var s strings.Builder
	s.WriteString(v.base + "/rest/api/" + string(rune('0'+v.api)))
	for _, p := range path {
		s.WriteString("/" + url.PathEscape(p))
	}
	return s.String()
}

func (v view) cloud() bool { return v.w.Flavour == world.Cloud }

// stamp writes an instant in the caller's zone; a zero one is null.
func (v view) stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(v.zone).Format(world.Stamp)
}

func (v view) person(id string) any {
	if id == "" {
		return nil
	}
	u := v.w.User(id)
	if u == nil {
		return object{"accountId": id, "displayName": "Former user", "active": false}
	}
	return v.account(u)
}

// account is a user: by accountId on Cloud, where others' e-mail addresses are
// hidden; by name and key on Data Center: docs/JIRA.md "Users".
func (v view) account(u *world.User) object {
	o := object{"displayName": u.Display, "active": !u.Inactive, "timeZone": u.Zone, "avatarUrls": v.avatars("useravatar?", "avatarId=10122")}
	if v.cloud() {
		o["self"] = v.rest("user") + "?accountId=" + url.QueryEscape(u.ID)
		o["accountId"], o["accountType"] = u.ID, "atlassian"
		if u.App {
			o["accountType"] = "app"
		}
		if v.user == u && !v.hook {
			o["emailAddress"] = u.Email
		}
		return o
	}
	o["self"] = v.rest("user") + "?username=" + url.QueryEscape(u.Name)
	o["name"], o["key"], o["emailAddress"] = u.Name, u.ID, u.Email
	return o
}

func (v view) avatars(path, which string) object {
	at := v.base + "/secure/" + path
	return object{"48x48": at + which, "24x24": at + "size=small&" + which, "16x16": at + "size=xsmall&" + which, "32x32": at + "size=medium&" + which}
}

func (v view) issueType(id string) any {
	t := v.w.Type(id)
	if t == nil {
		return nil
	}
	o := object{"self": v.rest("issuetype", t.ID), "id": t.ID, "description": t.Description, "name": t.Name, "subtask": t.Subtask,
		"iconUrl": v.base + "/secure/viewavatar?size=medium&avatarId=10318&avatarType=issuetype", "avatarId": 10318}
	if v.cloud() {
		o["hierarchyLevel"] = t.Level
	}
	return o
}

func (v view) status(id string) any {
	s := v.w.Status(id)
	if s == nil {
		return nil
	}
	return object{"self": v.rest("status", s.ID), "id": s.ID, "description": s.Description, "name": s.Name,
		"iconUrl": v.base + "/images/icons/statuses/generic.png", "statusCategory": v.category(s.Category)}
}

// category is a status category: docs/JIRA.md "Fields".
func (v view) category(n int) any {
	c, known := map[int][3]string{1: {"undefined", "medium-gray", "No Category"}, 2: {"new", "blue-gray", "To Do"}, 4: {"indeterminate", "yellow", "In Progress"}, 3: {"done", "green", "Done"}}[n]
	if !known {
		return nil
	}
	return object{"self": v.rest("statuscategory", string(rune('0'+n))), "id": n, "key": c[0], "colorName": c[1], "name": c[2]}
}

func (v view) priority(id string) any {
	p := v.w.Priority(id)
	if p == nil {
		return nil
	}
	return object{"self": v.rest("priority", p.ID), "id": p.ID, "name": p.Name, "iconUrl": v.base + "/images/icons/priorities/" + strings.ToLower(p.Name) + ".svg"}
}

func (v view) resolution(id string) any {
	r := v.w.Resolution(id)
	if r == nil {
		return nil
	}
	return object{"self": v.rest("resolution", r.ID), "id": r.ID, "name": r.Name, "description": r.Description}
}

// project is a project as an issue shows it.
func (v view) project(p *world.Project) object {
	o := object{"self": v.rest("project", p.ID), "id": p.ID, "key": p.Key, "name": p.Name, "projectTypeKey": p.Kind,
		"avatarUrls": v.avatars("projectavatar?", "pid="+p.ID+"&avatarId="+p.AvatarID())}
	if v.cloud() {
		o["simplified"] = false
	}
	if x := v.w.CategoryOf(p.Category); x != nil {
		o["projectCategory"] = v.projectCategory(x)
	}
	return o
}

func (v view) option(f *world.Field, id string) any {
	o, known := f.Option(id)
	if !known {
		return nil
	}
	b := object{"self": v.rest("customFieldOption", o.ID), "value": o.Value, "id": o.ID}
	if !v.cloud() {
		b["disabled"] = false
	}
	return b
}

// page is a slice of a list, and where it stands in it.
func page[T any](all []T, start, most int) []T {
	start = min(max(start, 0), len(all))
	return all[start:min(start+most, len(all))]
}
