package jirasim

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"example.com/accord/jirasim/world"
)

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
	since, err := c.millis("since", 0)
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
