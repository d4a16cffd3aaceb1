package jirasim

import (
	"fmt"
	"slices"
	"strconv"
	"time"

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

// workratio is the time spent in percent of the original estimate, or -1.
func (v view) workratio(i *world.Issue) int64 {
	spent, _ := i.Time("timespent")
	all, is := i.Time("timeoriginalestimate")
	if !is || all == 0 {
		return -1
	}
	return 100 * spent / all
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
		after, err := c.number("startedAfter", 0)
		if err != nil {
			return reply{}, err
		}
		before, err := c.number("startedBefore", 1<<62)
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
		return do(c, carrier{l.Properties, []string{"issue", i.ID, "worklog", l.ID}, func(p world.Property) error { return c.w.SetWorklogProperty(c.by, i, l, p) }})
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

// chosenWorklogs reads the ids of a body, at most 1000.
func (c *call) chosenWorklogs() ([]string, error) {
	var in choiceOfWork
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	return in.ids(1000)
}

// A choiceOfWork names worklogs and, where they are moved, their new issue.
type choiceOfWork struct {
	IDs []int64 `json:"ids"`
	To  string  `json:"issueIdOrKey"`
}

func (in choiceOfWork) ids(most int) ([]string, error) {
	if len(in.IDs) == 0 || len(in.IDs) > most {
		return nil, world.Refuse(400, "The number of worklog IDs must be between 1 and %d.", most) // unverified
	}
	var out []string
	for _, id := range in.IDs {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return out, nil
}

// severalWorklogs finds those of an issue that a body names: at most 5,000.
func (c *call) severalWorklogs(i *world.Issue) (choiceOfWork, []*world.Worklog, error) {
	var in choiceOfWork
	if err := c.decode(&in); err != nil {
		return in, nil, err
	}
	ids, err := in.ids(5000)
	if err != nil {
		return in, nil, err
	}
	var out []*world.Worklog
	for _, id := range ids {
		j, l, err := c.w.FindWorklog(c.by.User, id)
		if err != nil || j.ID != i.ID {
			return in, nil, world.Refuse(404, "Cannot find worklog with id: '%s'.", id)
		}
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return in, out, nil
}

// moveWorklogs moves worklogs to another issue: all of them or none.
func moveWorklogs(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	in, all, err := c.severalWorklogs(i)
	if err != nil {
		return reply{}, err
	}
	to, no := c.w.Issue(c.by.User, in.To)
	if no != nil {
		return reply{}, no
	}
	if to.ID == i.ID {
		return none()
	}
	if err := c.w.Rebook(c.by, i, to, all, c.query.Get("adjustEstimate") == "auto"); err != nil {
		return reply{}, err
	}
	return none()
}

// dropWorklogs deletes several worklogs of one issue: all of them or none.
func dropWorklogs(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	_, all, err := c.severalWorklogs(i)
	if err != nil {
		return reply{}, err
	}
	if !c.w.May(c.by.User, "DELETE_ALL_WORKLOGS", c.w.Home(i)) {
		return reply{}, world.Refuse(400, "You do not have permission to delete these worklogs.") // unverified
	}
	for _, l := range all {
		if err := c.w.Unlog(c.by, c.w.Issues[i.ID], l, world.Adjust{How: c.query.Get("adjustEstimate")}); err != nil {
			return reply{}, err
		}
	}
	return none()
}

// listWorklogs reads up to 1000 worklogs by id; those that the caller may not
// see are left out.
func listWorklogs(c *call) (reply, error) {
	ids, err := c.chosenWorklogs()
	if err != nil {
		return reply{}, err
	}
	properties := c.v.cloud() && names("", c.query["expand"]...).has("properties")
	out := []any{}
	for _, id := range ids {
		if i, l, err := c.w.FindWorklog(c.by.User, id); err == nil {
			out = append(out, c.v.worklog(i, l, properties))
		}
	}
	return ok(out)
}

func updatedWorklogs(c *call) (reply, error) {
	return c.feed("updated", func(since, until int64) []world.Forgotten { return c.w.Logged(c.by.User, since, until) })
}

func deletedWorklogs(c *call) (reply, error) {
	return c.feed("deleted", func(since, until int64) []world.Forgotten {
		return slices.DeleteFunc(slices.Clone(c.w.Forgotten), func(f world.Forgotten) bool { return f.At < since || f.At > until })
	})
}

// feed answers a page of ids of worklogs in the order of their change. The
// last minute is left out: docs/JIRA.md "Worklogs".
func (c *call) feed(name string, read func(since, until int64) []world.Forgotten) (reply, error) {
	since, err := c.number("since", 0)
	if err != nil {
		return reply{}, err
	}
	until := c.by.Now.Add(-time.Minute).UnixMilli()
	all := read(int64(since), until)
	some := page(all, 0, 1000)
	self := c.v.rest("worklog", name) + "?since="
	out := []any{}
	for _, f := range some {
		o := object{"worklogId": number(f.ID), "updatedTime": f.At}
		if c.v.cloud() {
			o["properties"] = []any{}
		}
		out = append(out, o)
		until = f.At
	}
	o := object{"values": out, "since": since, "until": until, "self": fmt.Sprint(self, since), "lastPage": len(some) == len(all)}
	if len(some) < len(all) {
		o["nextPage"] = fmt.Sprint(self, until)
	}
	return ok(o)
}
