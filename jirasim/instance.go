package jirasim

import (
	"fmt"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

func instanceRoutes() []route {
	const props, times = "/rest/api/{v}/application-properties", "/rest/api/{v}/configuration/timetracking"
	return []route{
		{"GET", props, both, byAdmin(appProperties), "most of them", "", 0, false},
		{"GET", props + "/advanced-settings", both, byAdmin(appProperties), "as above", "", 0, false},
		{"PUT", props + "/{id}", both, byAdmin(setAppProperty), "what they do", "", 0, false},
		{"GET", "/rest/api/{v}/settings/columns", both, byAdmin(siteColumns), "", "", 0, false},
		{"PUT", "/rest/api/{v}/settings/columns", both, byAdmin(setSiteColumns), "", "", 0, false},
		{"GET", times, cloud, byAdmin(timeProvider), "", "", 0, false},
		{"PUT", times, cloud, byAdmin(setTimeProvider), "", "", 0, false},
		{"GET", times + "/list", cloud, byAdmin(timeProviders), "", "", 0, false},
		{"GET", times + "/options", cloud, byAdmin(timeOptions), "", "", 0, false},
		{"PUT", times + "/options", cloud, byAdmin(setTimeOptions), "formats and units but the usual ones are kept, and do nothing", "", 0, false},
		{"GET", "/rest/api/{v}/applicationrole", both, byAdmin(appRoles), "", "", 0, false},
		{"GET", "/rest/api/{v}/applicationrole/{key}", both, byAdmin(appRole), "", "", 0, false},
		{"GET", "/rest/api/{v}/instance/license", cloud, loggedIn(license), "", "", 0, false},
		{"GET", "/rest/api/{v}/license/approximateLicenseCount", cloud, byAdmin(seats), "", "", 0, false},
		{"GET", "/rest/api/{v}/license/approximateLicenseCount/product/{key}", cloud, byAdmin(seats), "other products", "", 0, false},
		{"GET", "/rest/api/{v}/announcementBanner", cloud, byAdmin(banner), "", "", 0, false},
		{"PUT", "/rest/api/{v}/announcementBanner", cloud, byAdmin(setBanner), "", "", 0, false},
		{"GET", "/rest/api/{v}/auditing/record", cloud, byAdmin(auditRecords), "what happens to projects; Jira's words", "", 0, false},
		{"GET", "/rest/api/{v}/events", cloud, byAdmin(eventList), "", "", 0, false},
		{"GET", "/rest/api/{v}/reindex", center, byAdmin(reindexed(200)), "that it takes time", "", 0, false},
		{"POST", "/rest/api/{v}/reindex", center, byAdmin(reindexed(202)), "as above", "", 0, false},
		{"GET", "/rest/api/{v}/reindex/progress", center, byAdmin(reindexed(200)), "as above", "", 0, false},
		{"GET", "/rest/api/{v}/index/summary", center, byAdmin(indexSummary), "", "", 0, false},
	}
}

// appDefaults are settings of the site that are kept and shown.
var appDefaults = [...][2]string{{"jira.title", "Jira"}, {"jira.clone.prefix", "CLONE -"}, {"jira.lf.date.time", "h:mm a"}, {"jira.lf.date.day", "EEEE h:mm a"},
	{"jira.lf.date.complete", "dd/MMM/yy h:mm a"}, {"jira.lf.date.dmy", "dd/MMM/yy"}, {"jira.date.picker.java.format", "d/MMM/yy"}, {"jira.issue.actions.order", "asc"}, {"jira.projectkey.pattern", "([A-Z][A-Z]+)"}}

func (c *call) appProperty(key string) (object, bool) {
	for _, d := range appDefaults {
		if d[0] != key {
			continue
		}
		v, set := c.w.AppProperties[key]
		if !set {
			v = d[1]
		}
		o := object{"id": key, "key": key, "value": v, "name": key, "desc": "", "type": "string"}
		if c.v.cloud() {
			o["defaultValue"] = d[1]
		}
		return o, true
	}
	return nil, false
}

// appProperties lists the properties; the one that a key names comes alone on
// Data Center.
func appProperties(c *call) (reply, error) {
	out, key := []any{}, c.query.Get("key")
	for _, d := range appDefaults {
		if o, _ := c.appProperty(d[0]); key == "" || key == d[0] {
			out = append(out, o)
		}
	}
	switch {
	case len(out) == 0:
		return reply{}, world.Refuse(404, "The application property with key '%s' does not exist.", key)
	case key != "" && !c.v.cloud():
		return ok(out[0])
	}
	return ok(out)
}

func setAppProperty(c *call) (reply, error) {
	id := c.vars["id"]
	if _, known := c.appProperty(id); !known {
		return reply{}, world.Refuse(404, "The application property with key '%s' does not exist.", id)
	}
	var in struct {
		Value string `json:"value"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if c.w.AppProperties == nil {
		c.w.AppProperties = map[string]string{}
	}
	c.w.AppProperties[id] = in.Value
	o, _ := c.appProperty(id)
	return ok(o)
}

func siteColumns(c *call) (reply, error) { return ok(c.columns(c.siteColumns())) }

func setSiteColumns(c *call) (reply, error) {
	ids, err := c.givenColumns()
	if err != nil {
		return reply{}, err
	}
	c.w.Columns = ids
	return reply{status: 200}, nil
}

const timeKey = "JIRA"

func timeObject() object {
	return object{"key": timeKey, "name": "JIRA provided time tracking", "url": "/example/config/url"}
}

// timeProvider is 204 while time is not tracked.
func timeProvider(c *call) (reply, error) {
	if !c.w.Settings.TimeTracking {
		return none()
	}
	return ok(timeObject())
}

func setTimeProvider(c *call) (reply, error) {
	var in struct {
		Key string `json:"key"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Key != timeKey {
		return reply{}, world.Refuse(400, "There is no time tracking provider '%s'.", in.Key)
	}
	c.w.Settings.TimeTracking = true
	return none()
}

func timeProviders(*call) (reply, error) { return ok([]any{timeObject()}) }

func timeOptions(c *call) (reply, error) {
	s := c.w.Settings
	return ok(object{"workingHoursPerDay": s.DayHours, "workingDaysPerWeek": s.WeekDays, "timeFormat": "pretty", "defaultUnit": "minute"})
}

func setTimeOptions(c *call) (reply, error) {
	var in struct {
		Hours *float64 `json:"workingHoursPerDay"`
		Days  *float64 `json:"workingDaysPerWeek"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Hours == nil || in.Days == nil || !(*in.Hours > 0 && *in.Hours <= 24) || !(*in.Days > 0 && *in.Days <= 7) {
		return reply{}, world.Refuse(400, "The working hours and days are missing, or there are not so many.")
	}
	c.w.Settings.DayHours, c.w.Settings.WeekDays = *in.Hours, *in.Days
	return timeOptions(c)
}

const product = "jira-software"

// appRole is who may use the product.
func (c *call) appRole() object {
	all := []string{c.w.Everybody()}
	return object{"key": product, "name": "Jira Software", "groups": all, "defaultGroups": all, "defined": true, "selectedByDefault": false, "hasUnlimitedSeats": false,
		"numberOfSeats": 100, "remainingSeats": 100 - len(c.w.Users), "userCount": len(c.w.Users), "userCountDescription": "users", "platform": false}
}

func appRoles(c *call) (reply, error) { return ok([]any{c.appRole()}) }

func appRole(c *call) (reply, error) {
	if c.vars["key"] != product {
		return reply{}, world.Refuse(404, "The application role with key '%s' does not exist.", c.vars["key"])
	}
	return ok(c.appRole())
}

func license(*call) (reply, error) {
	return ok(object{"applications": []any{object{"id": product, "plan": "PAID"}}})
}

func seats(c *call) (reply, error) {
	n := 0
	for _, u := range c.w.Users {
		if !u.Inactive {
			n++
		}
	}
	if k := c.vars["key"]; k != "" {
		return ok(object{"key": k, "value": fmt.Sprint(n)})
	}
	return ok(object{"key": "license.totalUserCount", "value": fmt.Sprint(n)})
}

func banner(c *call) (reply, error) {
	b := c.w.Banner
	if b == nil {
		b = &world.Banner{Visibility: "public"}
	}
	seen := b.Visibility
	if c.v.api == 2 { // so the documents have it
		seen = strings.ToUpper(seen)
	}
	return ok(object{"message": b.Message, "isDismissible": b.Dismissible, "isEnabled": b.Enabled, "visibility": seen, "hashId": fmt.Sprintf("%x", digest(b.Message))})
}

func setBanner(c *call) (reply, error) {
	var in struct {
		Message     *string `json:"message"`
		Enabled     *bool   `json:"isEnabled"`
		Dismissible *bool   `json:"isDismissible"`
		Visibility  *string `json:"visibility"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	b := world.Banner{Visibility: "public"}
	if c.w.Banner != nil {
		b = *c.w.Banner
	}
	set(&b.Message, in.Message)
	set(&b.Enabled, in.Enabled)
	set(&b.Dismissible, in.Dismissible)
	set(&b.Visibility, in.Visibility)
	if b.Visibility = strings.ToLower(b.Visibility); b.Visibility != "public" && b.Visibility != "private" {
		return reply{}, world.Refuse(400, "The visibility must be public or private.")
	}
	c.w.Banner = &b
	return none()
}

// audited keeps what an administrator did.
func (c *call) audited(r reply) {
	if c.r.Method == "GET" || c.r.Method == "HEAD" || r.status >= 400 {
		return
	}
	what, _, _ := strings.Cut(strings.TrimPrefix(c.route.path, "/rest/api/{v}/"), "/")
	did := map[string]string{"POST": "created", "PUT": "updated", "DELETE": "deleted"}[c.r.Method]
	c.w.Audit = append(c.w.Audit, world.Audit{ID: c.w.Next("audit"), At: c.by.Now, By: c.by.User.ID, Summary: what + " " + did, Path: c.r.URL.Path})
	if over := len(c.w.Audit) - 1000; over > 0 {
		c.w.Audit = c.w.Audit[over:]
	}
}

// auditRecords lists what was done, the last first.
func auditRecords(c *call) (reply, error) {
	start, err := c.number("offset", 0)
	if err != nil {
		return reply{}, err
	}
	most, err := c.number("limit", 1000)
	if err != nil {
		return reply{}, err
	}
	q, from, to := strings.ToLower(c.query.Get("filter")), auditTime(c.query.Get("from")), auditTime(c.query.Get("to"))
	all := []any{}
	for n := len(c.w.Audit) - 1; n >= 0; n-- {
		a := c.w.Audit[n]
		if !strings.Contains(strings.ToLower(a.Summary), q) || !from.IsZero() && a.At.Before(from) || !to.IsZero() && a.At.After(to) {
			continue
		}
		all = append(all, object{"id": number(a.ID), "summary": a.Summary, "created": c.v.stamp(a.At), "category": "system", "eventSource": "", "authorKey": a.By, "remoteAddress": "127.0.0.1",
			"objectItem": object{"name": a.Path, "typeName": "PATH"}})
	}
	start, most = max(start, 0), min(max(most, 1), 1000)
	return ok(object{"offset": start, "limit": most, "total": len(all), "records": page(all, start, most)})
}

func auditTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.000-0700", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// happenings are the events that notification schemes know.
var happenings = [...]string{"Issue Created", "Issue Updated", "Issue Assigned", "Issue Resolved", "Issue Closed", "Issue Commented", "Issue Reopened", "Issue Deleted", "Issue Moved",
	"Work Logged On Issue", "Work Started On Issue", "Work Stopped On Issue", "Generic Event", "Issue Comment Edited", "Issue Worklog Updated", "Issue Worklog Deleted", "Issue Comment Deleted"}

func eventList(*call) (reply, error) {
	out := []any{}
	for n, name := range happenings {
		out = append(out, object{"id": n + 1, "name": name})
	}
	return ok(out)
}

// reindexed answers as if an index had just been built anew, and builds it.
func reindexed(status int) handler {
	return func(c *call) (reply, error) {
		if c.r.Method == "POST" {
			for id := range c.w.Issues {
				c.w.Reconcile(id)
			}
		}
		at := c.v.stamp(c.by.Now)
		return reply{status: status, body: object{"progressUrl": "/rest/api/2/reindex/progress?taskId=10000", "currentProgress": 100, "currentSubTask": "", "type": "BACKGROUND_PREFERRED",
			"submittedTime": at, "startTime": at, "finishTime": at, "success": true}}, nil
	}
}

func indexSummary(c *call) (reply, error) {
	n, at := len(c.w.Issues), c.v.stamp(c.by.Now)
	return ok(object{"nodeId": "node1", "reportTime": at, "replicationQueues": object{}, "issueIndex": object{"indexReadable": true, "countInDatabase": n, "countInIndex": n, "countInArchive": 0,
		"lastUpdatedInDatabase": at, "lastUpdatedInIndex": at}})
}
