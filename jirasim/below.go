package jirasim

import (
	"encoding/json"
	"slices"

	"example.com/accord/jirasim/world"
)

// What only Data Center has on an issue: its sub-tasks in the order that people
// gave them, and comments that are pinned.
func belowRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/issue/{issue}/subtask", center, readSubtasks, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/subtask/move", center, maySubtasks, "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/{issue}/subtask/move", center, moveSubtask, "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/{issue}/comment/{comment}/pin", center, pinComment, "", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/pinned-comments", center, pinnedComments, "", "", 0, false},
	}
}

func readSubtasks(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	return ok(c.v.subtasks(i))
}

func (c *call) mayOrder() (*world.Issue, error) {
	i, err := c.issue()
	if err == nil && !c.w.May(c.by.User, "EDIT_ISSUES", c.w.Home(i)) {
		err = world.Refuse(403, "You do not have permission to edit issues in this project.")
	}
	return i, err
}

// maySubtasks tells whether the caller may order the sub-tasks.
func maySubtasks(c *call) (reply, error) {
	if _, err := c.mayOrder(); err != nil {
		return reply{}, err
	}
	return ok(true)
}

func moveSubtask(c *call) (reply, error) {
	i, err := c.mayOrder()
	if err != nil {
		return reply{}, err
	}
	var in struct{ Original, Current int }
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.w.OrderSubtask(c.by, i, in.Original, in.Current); err != nil {
		return reply{}, err
	}
	return none()
}

func pinComment(c *call) (reply, error) {
	i, m, err := c.theComment()
	if err != nil {
		return reply{}, err
	}
	on := false
	if json.Unmarshal(c.body, &on) != nil {
		return reply{}, &unread{}
	}
	if !c.w.May(c.by.User, "EDIT_ISSUES", c.w.Home(i)) {
		return reply{}, world.Refuse(404, "You do not have permission to pin comments on this issue.") // unverified
	}
	c.w.Pin(c.by, i, m, on)
	return none()
}

func pinnedComments(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	out := []any{}
	for _, m := range slices.Backward(i.Comments) {
		if m.Pinned != nil && c.w.Sees(c.by.User, m) {
			out = append(out, object{"comment": c.v.comment(i, m, false), "pinnedBy": m.Pinned.By, "pinnedDate": c.v.stamp(m.Pinned.At)})
		}
	}
	return ok(out)
}
