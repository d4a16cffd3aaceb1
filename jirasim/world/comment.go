package world

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// A Remark is what creating and changing a comment takes.
type Remark struct {
	Body       json.RawMessage `json:"body"`
	Visibility *Visibility     `json:"visibility"`
	Properties []Property      `json:"properties"`
}

// Comment adds a comment.
func (w *World) Comment(by By, i *Issue, r Remark) (*Comment, error) {
	body, err := w.remark(by, &r)
	if !w.May(by.User, "ADD_COMMENTS", w.Home(i)) {
		return nil, w.mute(err)
	}
	if err != nil {
		return nil, err
	}
	c := &Comment{ID: w.Next("comment"), Author: by.User.ID, Editor: by.User.ID, Body: body, Created: by.Now, Updated: by.Now,
		Visibility: r.Visibility, Properties: keep(nil, r.Properties)}
	w.recomment(by, i, append(slices.Clip(i.Comments), c), true)
	w.tell("comment_created", "issue_commented", by, i.ID, c)
	return c, nil
}

// remark does the verbs of an edit on comments: it adds one, or edits or
// removes the one that it names.
func (d *draft) remark(ops []map[string]json.RawMessage) {
	for _, op := range ops {
		for _, verb := range slices.Sorted(maps.Keys(op)) {
			raw := op[verb]
			if verb != "add" && verb != "edit" && verb != "remove" {
				d.unable("comment", verb, "add", "edit", "remove")
				continue
			}
			d.later = append(d.later, func(i *Issue) error { return d.w.spoken(d.by, i, verb, raw) })
		}
	}
}

// spoken does one verb on the comments of an issue.
func (w *World) spoken(by By, i *Issue, verb string, raw json.RawMessage) error {
	var in struct {
		ID Loose `json:"id"`
		Remark
	}
	if json.Unmarshal(raw, &in) != nil {
		return RefuseField("comment", "Comment body is not valid!")
	}
	if verb == "add" {
		_, err := w.Comment(by, i, in.Remark)
		return err
	}
	c, no := w.FindComment(by.User, i, string(in.ID))
	if no != nil {
		return no
	}
	if verb == "remove" {
		return w.Uncomment(by, i, c)
	}
	_, err := w.Recomment(by, i, c, in.Remark)
	return err
}

// mute refuses a comment for want of permission with 400, as was measured on both
// flavours, and says what is wrong with the body besides: docs/JIRA.md "Comments".
func (w *World) mute(also error) error {
	r := Refuse(400, "You do not have the permission to comment on this issue.")
	if also, ok := also.(*Refusal); ok {
		r.Errors = also.Errors
	}
	return r
}

// remark checks a comment and returns its body in native form.
func (w *World) remark(by By, r *Remark) (string, error) {
	r.Visibility = r.Visibility.said()
	if null(r.Body) {
		return "", RefuseField("comment", "Comment body can not be empty!")
	}
	body, c := w.rich(r.Body, by)
	switch {
	case c == tooLong, c == invalidInput && w.Flavour == DataCenter:
		return "", RefuseField("comment", "%s", c)
	case c == invalidInput:
		return "", Refuse(400, "%s", c)
	case c != "":
		return "", RefuseField("comment", "Comment body is not valid!")
	case body == "":
		return "", RefuseField("comment", "Comment body can not be empty!")
	}
	if r.Visibility != nil && by.User != nil {
		if err := w.closed(by, *r.Visibility); err != nil {
			return "", err
		}
	}
	return body, checkProperties(r.Properties)
}

// said is none for a restriction that says nothing: clients send an empty one.
func (v *Visibility) said() *Visibility {
	if v != nil && *v == (Visibility{}) {
		return nil
	}
	return v
}

// closed refuses a restriction that the caller may not make.
func (w *World) closed(by By, v Visibility) error {
	switch {
	case v.Type == "group" && !w.Group(v.Value):
		return RefuseField("commentLevel", "Group '%s' does not exist.", v.Value)
	case v.Type == "role" && !w.Role(v.Value):
		return RefuseField("commentLevel", "Role '%s' does not exist.", v.Value)
	case v.Type != "group" && v.Type != "role":
		return Refuse(400, "Invalid visibility type specified.")
	case !w.Belongs(by.User, v):
		return RefuseField("commentLevel", "You are not a member of the %s '%s'.", v.Type, v.Value)
	}
	return nil
}

// Recomment changes a comment.
func (w *World) Recomment(by By, i *Issue, c *Comment, r Remark) (*Comment, error) {
	if err := w.owns(by, i, c, "EDIT", "edit this comment"); err != nil {
		return nil, err
	}
	body, err := w.remark(by, &r)
	if err != nil {
		return nil, err
	}
	n := *c
	n.Body, n.Editor, n.Updated = body, by.User.ID, by.Now
	n.Properties = keep(c.Properties, r.Properties)
	if r.Visibility != nil {
		n.Visibility = r.Visibility
	}
	all := slices.Clone(i.Comments)
	all[slices.Index(all, c)] = &n
	w.recomment(by, i, all, true)
	w.tell("comment_updated", "issue_comment_edited", by, i.ID, &n)
	w.lose(by, i.ID, c.Body, n.Body)
	return &n, nil
}

// Uncomment deletes a comment.
func (w *World) Uncomment(by By, i *Issue, c *Comment) error {
	if err := w.owns(by, i, c, "DELETE", "delete this comment"); err != nil {
		return err
	}
	w.recomment(by, i, slices.DeleteFunc(slices.Clone(i.Comments), func(x *Comment) bool { return x == c }), false)
	w.tell("comment_deleted", "issue_comment_deleted", by, i.ID, c)
	return nil
}

// owns refuses whoever may not touch a comment.
func (w *World) owns(by By, i *Issue, c *Comment, verb, words string) error {
	p := w.Home(i)
	own := by.User != nil && c.Author == by.User.ID && w.May(by.User, verb+"_OWN_COMMENTS", p)
	if own || w.May(by.User, verb+"_ALL_COMMENTS", p) {
		return nil
	}
	return Refuse(400, "You do not have the permission to %s.", words)
}

func (w *World) recomment(by By, i *Issue, all []*Comment, attend bool) {
	n := *i
	n.Comments, n.Updated = all, by.Now
	if attend {
		w.attend(by, &n)
	}
	w.put(&n, by.Now)
}

// tell tells of a comment: on Data Center twice, the second time as a change
// of the issue: docs/JIRA.md "Webhooks".
func (w *World) tell(kind, name string, by By, issue string, c *Comment) {
	i := w.Issues[issue]
	w.emit(Event{Kind: kind, At: by.Now, By: by.User, Issue: i, Comment: c})
	if w.Flavour == DataCenter {
		w.emit(Event{Kind: "jira:issue_updated", Name: name, At: by.Now, By: by.User, Issue: i, Comment: c})
	}
}

// Pin pins a comment to the top of an issue, or takes it from there. It moves
// nothing else.
func (w *World) Pin(by By, i *Issue, c *Comment, on bool) {
	n, j := *c, *i
	n.Pinned = nil
	if on {
		n.Pinned = &Pinned{By: by.User.Name, At: by.Now}
	}
	j.Comments = instead(i.Comments, c, &n)
	w.put(&j, j.Updated)
}

// FindComment finds a comment that u may see on an issue.
func (w *World) FindComment(u *User, i *Issue, id string) (*Comment, *Refusal) {
	for _, c := range i.Comments {
		if c.ID == id && w.Sees(u, c) {
			return c, nil
		}
	}
	if _, other, _ := w.FindAnyComment(u, id); other != nil {
		return nil, Refuse(404, "No comment with given ID found for issue %s.", i.Key)
	}
	return nil, unsaid(id)
}

func unsaid(id string) *Refusal { return Refuse(404, "Can not find a comment for the id: %s.", id) }

// AnyComment finds a comment by number on whatever issue; nil if there is
// none that u may see.
func (w *World) AnyComment(u *User, id int64) (*Issue, *Comment) {
	i, c, _ := w.FindAnyComment(u, strconv.FormatInt(id, 10))
	return i, c
}

// FindAnyComment finds a comment that u may see on whatever issue.
func (w *World) FindAnyComment(u *User, id string) (*Issue, *Comment, *Refusal) {
	if i := w.Issues[w.said[id]]; i != nil && w.May(u, "BROWSE_PROJECTS", w.Home(i)) {
		for _, c := range i.Comments {
			if c.ID == id && w.Sees(u, c) {
				return i, c, nil
			}
		}
	}
	return nil, nil, unsaid(id)
}

// SetCommentProperty sets (or with a nil value removes) one property of a
// comment. It moves nothing else.
func (w *World) SetCommentProperty(by By, i *Issue, c *Comment, p Property) error {
	if err := w.owns(by, i, c, "EDIT", "edit this comment"); err != nil {
		return err
	}
	props, err := changed(c.Properties, p)
	if err != nil {
		return err
	}
	n := *c
	n.Properties = props
	j := *i
	j.Comments = slices.Clone(i.Comments)
	j.Comments[slices.Index(j.Comments, c)] = &n
	w.put(&j, j.Updated)
	return nil
}
