package jirasim

import (
	"cmp"
	"slices"

	"example.com/accord/jirasim/world"
)

func commentRoutes() []route {
	return []route{
		{"GET", "/rest/api/{v}/issue/{issue}/comment", both, readComments, "", "", 0, false},
		{"POST", "/rest/api/{v}/issue/{issue}/comment", both, addComment, "jsdPublic", "", 0, false},
		{"GET", "/rest/api/{v}/issue/{issue}/comment/{comment}", both, readComment, "", "", 0, false},
		{"PUT", "/rest/api/{v}/issue/{issue}/comment/{comment}", both, editComment, "jsdPublic", "", 0, false},
		{"DELETE", "/rest/api/{v}/issue/{issue}/comment/{comment}", both, deleteComment, "", "", 0, false},
		{"POST", "/rest/api/{v}/comment/list", cloud, listComments, "", "", 0, false},
	}
}

func readComments(c *call) (reply, error) {
	i, err := c.issue()
	if err != nil {
		return reply{}, err
	}
	def := 100
	if !c.v.cloud() {
		def = 50
	}
	start, most, err := c.paging(def)
	if err != nil {
		return reply{}, err
	}
	var seen []*world.Comment
	for _, m := range i.Comments {
		if c.w.Sees(c.by.User, m) {
			seen = append(seen, m)
		}
	}
	if o := c.query.Get("orderBy"); o == "-created" {
		slices.Reverse(seen)
	} else if o != "" && o != "created" && o != "+created" {
		return reply{}, world.Refuse(400, "Unable to order by '%s'.", o)
	}
	out := []any{}
	for _, m := range page(seen, start, most) {
		out = append(out, c.remarked(i, m, false))
	}
	o := object{"startAt": start, "maxResults": most, "total": len(seen), "comments": out}
	if c.v.cloud() {
		o["self"] = c.v.rest("issue", i.ID, "comment")
	}
	return ok(o)
}

// remarked shows a comment, with its text as HTML where that is asked for.
func (c *call) remarked(i *world.Issue, m *world.Comment, properties bool) object {
	o := c.v.comment(i, m, properties)
	if names("", c.query["expand"]...).has("renderedBody") {
		o["renderedBody"] = c.v.html(m.Body, i)
	}
	return o
}

// remark reads the body of a request as a comment.
func (c *call) remark() (*world.Issue, world.Remark, error) {
	i, err := c.issue()
	if err != nil {
		return nil, world.Remark{}, err
	}
	var r world.Remark
	return i, r, c.decode(&r)
}

func addComment(c *call) (reply, error) {
	i, r, err := c.remark()
	if err != nil {
		return reply{}, err
	}
	m, err := c.w.Comment(c.by, i, r)
	if err != nil {
		return reply{}, err
	}
	rep := reply{status: 201, body: c.remarked(i, m, false)}
	rep.set("Location", c.v.rest("issue", i.ID, "comment", m.ID))
	return rep, nil
}

// theComment finds the comment that the path names.
func (c *call) theComment() (*world.Issue, *world.Comment, error) {
	i, err := c.issue()
	if err != nil {
		return nil, nil, err
	}
	m, no := c.w.FindComment(c.by.User, i, c.vars["comment"])
	if no != nil {
		return nil, nil, no
	}
	return i, m, nil
}

func readComment(c *call) (reply, error) {
	i, m, err := c.theComment()
	if err != nil {
		return reply{}, err
	}
	return ok(c.remarked(i, m, c.v.cloud() && names("", c.query["expand"]...).has("properties")))
}

func editComment(c *call) (reply, error) {
	i, m, err := c.theComment()
	if err != nil {
		return reply{}, err
	}
	_, r, err := c.remark()
	if err != nil {
		return reply{}, err
	}
	if err := c.quiet(c.w.Home(i)); err != nil {
		return reply{}, err
	}
	n, err := c.w.Recomment(c.by, i, m, r)
	if err != nil {
		return reply{}, err
	}
	return ok(c.remarked(i, n, false))
}

func deleteComment(c *call) (reply, error) {
	i, m, err := c.theComment()
	if err != nil {
		return reply{}, err
	}
	if err := c.w.Uncomment(c.by, i, m); err != nil {
		return reply{}, err
	}
	return none()
}

// listComments reads up to 1000 comments by id; those that the caller may not
// see are left out.
func listComments(c *call) (reply, error) {
	var in struct {
		IDs []int64 `json:"ids"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if len(in.IDs) == 0 || len(in.IDs) > 1000 {
		return reply{}, world.Refuse(400, "The number of comment IDs must be between 1 and 1000.")
	}
	slices.SortFunc(in.IDs, cmp.Compare)
	properties := names("", c.query["expand"]...).has("properties")
	out := []any{}
	for _, id := range slices.Compact(in.IDs) {
		if i, m := c.w.AnyComment(c.by.User, id); m != nil {
			out = append(out, c.remarked(i, m, properties))
		}
	}
	return ok(object{"startAt": 0, "maxResults": 1048576, "total": len(out), "isLast": true, "values": out})
}
