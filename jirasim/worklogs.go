package jirasim

import (
	"slices"

	"example.com/accord/jirasim/world"
)

func worklogRoutes() []route {
	const all = "/rest/api/{v}/issue/{issue}/worklog"
	return []route{
		{"GET", all, both, readWorklogs, "", "", 0, false},
		{"POST", all, both, addWorklog, "the limit of 10,000 worklogs", "", 0, false},
		{"DELETE", all, cloud, dropWorklogs, "", "", 0, false},
		{"POST", all + "/move", cloud, moveWorklogs, "", "", 0, false},
		{"GET", all + "/{worklog}", both, onWorklog(readWorklog), "", "", 0, false},
		{"PUT", all + "/{worklog}", both, onWorklog(editWorklog), "", "", 0, false},
		{"DELETE", all + "/{worklog}", both, onWorklog(dropWorklog), "", "", 0, false},
		{"GET", all + "/{worklog}/properties", cloud, ofWorklog(propertyKeys), "", "", 0, false},
		{"GET", all + "/{worklog}/properties/{key}", cloud, ofWorklog(readProperty), "", "", 0, false},
		{"PUT", all + "/{worklog}/properties/{key}", cloud, ofWorklog(setProperty), "", "", 0, false},
		{"DELETE", all + "/{worklog}/properties/{key}", cloud, ofWorklog(dropProperty), "", "", 0, false},
		{"GET", "/rest/api/{v}/worklog/updated", both, updatedWorklogs, "expand", "", 0, false},
		{"GET", "/rest/api/{v}/worklog/deleted", both, deletedWorklogs, "", "", 0, false},
		{"POST", "/rest/api/{v}/worklog/list", both, listWorklogs, "", "", 0, false},
	}
}

func (v view) worklog(i *world.Issue, l *world.Worklog, properties bool) object {
	o := object{"self": v.rest("issue", i.ID, "worklog", l.ID), "id": l.ID, "issueId": i.ID, "author": v.person(l.Author), "updateAuthor": v.person(l.Editor),
		"created": v.stamp(l.Created), "updated": v.stamp(l.Updated), "started": v.stamp(l.Started), "timeSpent": v.w.Pretty(l.Seconds), "timeSpentSeconds": l.Seconds}
	if body := v.w.Rich(l.Body, v.api); body != nil {
		o["comment"] = body
	} else if v.api == 2 {
		o["comment"] = ""
	}
	if l.Visibility != nil {
		o["visibility"] = v.visibility(l.Visibility)
	}
	if properties {
		o["properties"] = v.properties(l.Properties)
	}
	return o
}

// worklogs are those that the caller may see.
func (v view) worklogs(i *world.Issue) []*world.Worklog {
	return slices.DeleteFunc(slices.Clone(i.Worklogs), func(l *world.Worklog) bool { return !v.hook && !v.w.Witnesses(v.user, l) })
}

// worked is what an issue shows of its worklogs: the first 20: docs/JIRA.md "Worklogs".
func (v view) worked(i *world.Issue) object {
	all, out := v.worklogs(i), []any{}
	for _, l := range page(all, 0, 20) {
		out = append(out, v.worklog(i, l, false))
	}
	return object{"startAt": 0, "maxResults": 20, "total": len(all), "worklogs": out}
}

// times is the field timetracking.
func (v view) times(i *world.Issue) object {
	o := object{}
	for name, id := range map[string]string{"originalEstimate": "timeoriginalestimate", "remainingEstimate": "timeestimate", "timeSpent": "timespent"} {
		if n, is := i.Time(id); is {
			o[name], o[name+"Seconds"] = v.w.Pretty(n), n
		}
	}
	return o
}

// whole is what an issue and its sub-tasks hold of a field of seconds; null if
// none of them holds anything.
func (v view) whole(i *world.Issue, id string) any {
	sum, some := int64(0), false
	for _, x := range append([]*world.Issue{i}, v.w.Subtasks(i)...) {
		n, is := x.Time(id)
		sum, some = sum+n, some || is
	}
	if !some {
		return nil
	}
	return sum
}

// progress is how far an issue has come, of the time spent and what remains.
func progress(spent, left int64) object {
	o := object{"progress": spent, "total": spent + left}
	if spent+left > 0 {
		o["percent"] = 100 * spent / (spent + left)
	}
	return o
}

func readWorklogs(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	if !c.w.Settings.TimeTracking {
		return reply{}, world.Refuse(404, "Time Tracking is not enabled.") // unverified
	}
	all, start, most := c.v.worklogs(i), 0, max(len(i.Worklogs), 1)
	if c.v.cloud() {
		if start, most, err = c.paging(5000); err != nil {
			return reply{}, err
		}
		after, err := c.millis("startedAfter", 0)
		if err != nil {
			return reply{}, err
		}
		before, err := c.millis("startedBefore", 1<<62)
		if err != nil {
			return reply{}, err
		}
		all = slices.DeleteFunc(all, func(l *world.Worklog) bool {
			at := int(l.Started.UnixMilli())
			return at < after || at > before
		})
	}
	properties := c.v.cloud() && names("", c.query["expand"]...).has("properties")
	out := []any{}
	for _, l := range page(all, start, most) {
		out = append(out, c.v.worklog(i, l, properties))
	}
	return ok(object{"startAt": start, "maxResults": most, "total": len(all), "worklogs": out})
}

// work reads the body and the parameters of a request about a worklog.
func (c *call) work(by string) (w world.Work, err error) {
	if err = c.decode(&w); err != nil {
		return w, err
	}
	if !c.v.cloud() {
		w.Properties = nil // there are none: docs/JIRA.md "Worklogs"
	}
	w.Adjust = world.Adjust{How: c.query.Get("adjustEstimate"), New: c.query.Get("newEstimate"), By: c.query.Get(by)}
	return w, nil
}

func addWorklog(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	if err := c.quiet(c.w.Home(i)); err != nil {
		return reply{}, err
	}
	in, err := c.work("reduceBy")
	if err != nil {
		return reply{}, err
	}
	l, err := c.w.Log(c.by, i, in)
	if err != nil {
		return reply{}, err
	}
	rep := reply{status: 201, body: c.v.worklog(i, l, names("", c.query["expand"]...).has("properties"))}
	rep.set("Location", c.v.rest("issue", i.ID, "worklog", l.ID))
	return rep, nil
}

func onWorklog(do func(*call, *world.Issue, *world.Worklog) (reply, error)) handler {
	return func(c *call) (reply, error) {
		i, err := c.issue()
		if err != nil {
			return reply{}, err
		}
		j, l, err := c.w.FindWorklog(c.by.User, c.vars["worklog"])
		if err != nil {
			return reply{}, err
		}
		if i.ID != j.ID {
			return reply{}, world.Refuse(404, "Cannot find worklog with id: '%s'.", l.ID)
		}
		return do(c, i, l)
	}
}

func ofWorklog(do func(*call, carrier) (reply, error)) handler {
	return onWorklog(func(c *call, i *world.Issue, l *world.Worklog) (reply, error) {
		return do(c, carrier{held: l.Properties, path: []string{"issue", i.ID, "worklog", l.ID}, set: func(p world.Property) error { return c.w.SetWorklogProperty(c.by, i, l, p) }})
	})
}

func readWorklog(c *call, i *world.Issue, l *world.Worklog) (reply, error) {
	return ok(c.v.worklog(i, l, c.v.cloud() && names("", c.query["expand"]...).has("properties")))
}

func editWorklog(c *call, i *world.Issue, l *world.Worklog) (reply, error) {
	if err := c.quiet(c.w.Home(i)); err != nil {
		return reply{}, err
	}
	in, err := c.work("reduceBy")
	if err != nil {
		return reply{}, err
	}
	n, err := c.w.Relog(c.by, i, l, in)
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.worklog(i, n, false))
}

func dropWorklog(c *call, i *world.Issue, l *world.Worklog) (reply, error) {
	if err := c.quiet(c.w.Home(i)); err != nil {
		return reply{}, err
	}
	a := world.Adjust{How: c.query.Get("adjustEstimate"), New: c.query.Get("newEstimate"), By: c.query.Get("increaseBy")}
	if err := c.w.Unlog(c.by, i, l, a); err != nil {
		return reply{}, err
	}
	return none()
}
