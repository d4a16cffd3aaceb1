package jirasim

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/accord/jirasim/world"
)

func taskRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/task/{task}", cloud, onTask(readTask), "work that goes on, and cancelling: every task is done at once", "", 0, false},
		{"GET", "/rest/api/{v}/bulk/queue/{task}", cloud, onTask(bulkProgress), "", "", 0, false},
		{"POST", "/rest/api/{v}/bulk/issues/move", cloud, bulkMove, "targetMandatoryFields; targetStatus", "", 0, false},
		{"POST", "/rest/api/{v}/bulk/issues/delete", cloud, bulkDelete, "", "", 0, false},
		{"POST", "/rest/api/{v}/bulk/issues/transition", cloud, bulkTransition, "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/archive", cloud, byAdmin(archiveIssues(true)), "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/unarchive", cloud, byAdmin(archiveIssues(false)), "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/{issue}/archive", center, byAdmin(archiveOne(true)), "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/{issue}/restore", center, byAdmin(archiveOne(false)), "", "", 0, false},
	}
}

// task is a task that is done, as its resource shows it.
func (v view) task(t *world.Task) object {
	at := t.At.UnixMilli()
	o := object{"self": v.rest("task", t.ID), "id": t.ID, "description": t.Title, "status": "COMPLETE", "progress": 100, "submittedBy": 10000,
		"elapsedRuntime": 0, "submitted": at, "started": at, "finished": at, "lastUpdate": at}
	if t.Result != nil {
		o["result"] = t.Result
	}
	return o
}

// onTask finds a task: its maker's, or any for an administrator.
func onTask(do func(*call, *world.Task) (reply, error)) handler {
	return func(c *call) (reply, error) {
		if r := c.needs(); r != nil {
			return *r, nil
		}
		t := c.w.TaskOf(c.vars["task"])
		if t == nil || t.By != c.by.User.ID && !c.w.May(c.by.User, "ADMINISTER", nil) {
			return reply{}, world.Refuse(404, "The task with id '%s' does not exist.", c.vars["task"])
		}
		return do(c, t)
	}
}

func readTask(c *call, t *world.Task) (reply, error) { return ok(c.v.task(t)) }

func bulkProgress(c *call, t *world.Task) (reply, error) {
	done, failed := []int64{}, object{}
	for _, id := range t.Done {
		done = append(done, number(id))
	}
	for id, why := range t.Failed {
		failed[id] = why
	}
	return ok(object{"taskId": t.ID, "status": "COMPLETE", "progressPercent": 100, "submittedBy": c.v.person(t.By), "created": c.v.stamp(t.At), "started": c.v.stamp(t.At), "updated": c.v.stamp(t.At),
		"totalIssueCount": len(t.Done) + len(t.Failed) + t.Unseen, "processedAccessibleIssues": done, "failedAccessibleIssues": failed, "invalidOrInaccessibleIssueCount": t.Unseen})
}

// bulk does something to each of some issues, as one task.
func (c *call) bulk(title string, ids []string, do func(*world.Issue) error) *world.Task {
	t := c.w.Finish(c.by, title, nil)
	t.Failed = map[string][]string{}
	for _, id := range ids {
		i, no := c.w.Issue(c.by.User, id)
		if no != nil {
			t.Unseen++
			continue
		}
		if err := do(i); err != nil {
			t.Failed[i.ID] = []string{err.Error()}
			continue
		}
		t.Done = append(t.Done, i.ID)
	}
	t.Result, _ = json.Marshal(object{"successCount": len(t.Done)}) // numbers always marshal
	return t
}

func submitted(t *world.Task) (reply, error) {
	return reply{status: 201, body: object{"taskId": t.ID}}, nil
}

// selected refuses a bulk operation on no issue or on more than 1,000.
func (c *call) selected(ids []string) error {
	if !c.w.May(c.by.User, "BULK_CHANGE", nil) {
		return world.Refuse(403, "You do not have the permission to make bulk changes.")
	}
	if len(ids) == 0 || len(ids) > 1000 {
		return &unfit{"The number of selected issues must be between 1 and 1000."}
	}
	return nil
}

// An unfit is how bulk operations refuse what they are given.
type unfit struct{ why string }

func (u *unfit) Error() string { return u.why }

func (u *unfit) reply() reply {
	return reply{status: 400, body: object{"errors": []any{object{"message": u.why}}}}
}

// bulkMove moves issues to projects and types: a target is "PROJECT,TYPE" or
// "PROJECT,TYPE,PARENT", of which a project is named by id or key.
func bulkMove(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in struct {
		Targets map[string]struct {
			Issues []string `json:"issueIdsOrKeys"`
		} `json:"targetToSourcesMapping"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	to, all := map[string]target{}, []string{}
	for _, k := range sortedKeys(in.Targets) {
		t, err := c.target(k)
		if err != nil {
			return reply{}, err
		}
		for _, id := range in.Targets[k].Issues {
			if i, no := c.w.Issue(c.by.User, id); no == nil {
				to[i.ID] = t
			}
			all = append(all, id)
		}
	}
	if err := c.selected(all); err != nil {
		return reply{}, err
	}
	return submitted(c.bulk("Bulk move", all, func(i *world.Issue) error {
		t := to[i.ID]
		if !c.w.May(c.by.User, "MOVE_ISSUES", c.w.Home(i)) || !c.w.May(c.by.User, "CREATE_ISSUES", t.project) {
			return world.Refuse(403, "You do not have permission to move this issue.")
		}
		return c.w.Transfer(c.by, i, t.project, t.kind, t.parent)
	}))
}

// A target is where issues are moved.
type target struct {
	project      *world.Project
	kind, parent string
}

func (c *call) target(key string) (target, error) {
	parts := append(strings.Split(key, ","), "", "")
	t := target{project: c.w.Project(c.by.User, strings.TrimSpace(parts[0])), kind: strings.TrimSpace(parts[1])}
	if t.project == nil || !slices.Contains(t.project.Types, t.kind) {
		return t, &unfit{"The target '" + key + "' names no project and type of issue."}
	}
	if up := strings.TrimSpace(parts[2]); up != "" {
		i, no := c.w.Issue(c.by.User, up)
		if no != nil {
			return t, &unfit{"The target '" + key + "' names no parent."}
		}
		t.parent = i.ID
	}
	return t, nil
}

func bulkDelete(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in struct {
		Issues []string `json:"selectedIssueIdsOrKeys"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.selected(in.Issues); err != nil {
		return reply{}, err
	}
	return submitted(c.bulk("Bulk delete", in.Issues, func(i *world.Issue) error { return c.w.Delete(c.by, i, true) }))
}

func bulkTransition(c *call) (reply, error) {
	if r := c.needs(); r != nil {
		return *r, nil
	}
	var in struct {
		Inputs []struct {
			Issues     []string `json:"selectedIssueIdsOrKeys"`
			Transition string   `json:"transitionId"`
		} `json:"bulkTransitionInputs"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	by, all := map[string]string{}, []string{}
	for _, x := range in.Inputs {
		for _, id := range x.Issues {
			if i, no := c.w.Issue(c.by.User, id); no == nil {
				by[i.ID] = x.Transition
			}
			all = append(all, id)
		}
	}
	if err := c.selected(all); err != nil {
		return reply{}, err
	}
	return submitted(c.bulk("Bulk transition", all, func(i *world.Issue) error { return c.w.Pass(c.by, i, by[i.ID]) }))
}

// archiveIssues puts issues into the archive or takes them out; sub-tasks go
// with their parents and not alone.
func archiveIssues(on bool) handler {
	return func(c *call) (reply, error) {
		var in struct {
			Issues []world.Loose `json:"issueIdsOrKeys"`
		}
		if err := c.decode(&in); err != nil {
			return reply{}, err
		}
		if len(in.Issues) == 0 || len(in.Issues) > 1000 {
			return reply{}, world.Refuse(400, "The number of issues must be between 1 and 1000.")
		}
		missing, below, done := []string{}, []string{}, 0
		slices.Sort(in.Issues)
		for _, id := range slices.Compact(in.Issues) {
			i, no := c.w.Issue(c.by.User, string(id))
			switch {
			case no != nil:
				missing = append(missing, string(id))
			case c.w.Type(i.Values["issuetype"].Text).Subtask:
				below = append(below, string(id))
			default:
				done += c.w.Archive(c.by, i, on)
			}
		}
		errs := object{}
		if len(missing) > 0 {
			errs["issuesNotFound"] = object{"count": len(missing), "issueIdsOrKeys": missing, "message": "Issue IDs or keys not found."}
		}
		if len(below) > 0 {
			errs["issueIsSubtask"] = object{"count": len(below), "issueIdsOrKeys": below, "message": "Issue is subtask."}
		}
		return ok(object{"numberOfIssuesUpdated": done, "errors": errs})
	}
}

func archiveOne(on bool) handler {
	return func(c *call) (reply, error) {
		i, no := c.w.Issue(c.by.User, c.vars["issue"])
		if no != nil {
			return reply{}, no
		}
		c.w.Archive(c.by, i, on)
		return none()
	}
}
