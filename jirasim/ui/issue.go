package ui

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"example.com/accord/jirasim/world"
)

// A Panel is one issue with all that can be done to it.
type panel struct {
	frame
	Issue, Summary, Type string
	Status, Tone         string
	Description          template.HTML
	Facts                []fact
	Moves                []step
	Comments             []remark
	Changes              []change
	Edit, Comment        form
	MayEdit, MayComment  bool
	MayDelete, MayAttach bool
	Files                []hung
	Wrong                []string // why the last move was refused
	Unhung               []string // why no file was attached
}

// A Fact is one field of an issue.
type fact struct {
	ID, Name, Text string
	Rich           template.HTML
}

// A Remark is a comment.
type remark struct {
	ID     string
	Author person
	At     instant
	Edited bool
	Only   string // who may see it; empty: everybody
	Body   template.HTML
}

// A Change is one entry of the history.
type change struct {
	ID     string
	Author person
	At     instant
	Items  []world.Item
}

// An Instant is a time for people and for machines.
type instant struct{ Text, Stamp string }

// recent is how many changes a page lists, the latest first.
const recent = 20

func (v *visit) instant(t time.Time) instant {
	return instant{t.In(world.Zone(v.by.User)).Format("2 Jan 2006, 15:04:05"), t.UTC().Format(time.RFC3339)}
}

// theIssue is the one that the path names.
func (v *visit) theIssue() (*world.Issue, error) {
	i, no := v.w.Issue(v.by.User, v.r.PathValue("key"))
	if no != nil {
		return nil, no
	}
	v.by.At = i
	return i, nil
}

func issue(v *visit) (answer, error) {
	i, err := v.theIssue()
	if err != nil {
		return answer{}, err
	}
	v.w.View(v.by.User, i, v.by.Now)
	return answer{name: "issue", data: v.panel(i)}, nil
}

func (v *visit) panel(i *world.Issue) panel {
	p := v.w.Home(i)
	s := panel{frame: v.frame(i.Key+" "+i.Values["summary"].Text, p.Key), Issue: i.Key, Summary: i.Values["summary"].Text, Type: v.named(i, "issuetype"),
		Moves: v.steps(i), Edit: v.editing(i), Comment: v.commenting(i), MayEdit: v.w.May(v.by.User, "EDIT_ISSUES", p),
		MayComment: v.w.May(v.by.User, "ADD_COMMENTS", p), MayDelete: v.w.May(v.by.User, "DELETE_ISSUES", p), MayAttach: v.w.Settings.Attaching && v.w.May(v.by.User, "CREATE_ATTACHMENTS", p), Files: v.files(i)}
	if st := v.w.Status(i.Values["status"].Text); st != nil {
		s.Status, s.Tone = st.Name, tone(st)
	}
	if d := i.Values["description"].Text; d != "" {
		s.Description = rich(v.w, i, v.w.Wiki(d))
	}
	s.Facts = v.facts(i)
	for _, m := range i.Comments {
		if v.w.Sees(v.by.User, m) {
			s.Comments = append(s.Comments, v.remark(i, m))
		}
	}
	for n := len(i.History) - 1; n >= 0 && len(s.Changes) < recent; n-- {
		h := i.History[n]
		s.Changes = append(s.Changes, change{h.ID, v.person(h.Author), v.instant(h.At), h.Items})
	}
	return s
}

// facts are the fields that hold something, in the order of the site, but for
// those that have a place of their own on the page.
func (v *visit) facts(i *world.Issue) []fact {
	elsewhere := []string{"summary", "issuetype", "status", "description"}
	var out []fact
	for _, f := range v.w.Fields {
		x := i.Values[f.ID]
		if slices.Contains(elsewhere, f.ID) || x.Empty() || f.Kind == world.RankOf {
			continue
		}
		is := fact{ID: f.ID, Name: f.Name}
		switch f.Kind {
		case world.Rich:
			is.Rich = rich(v.w, i, v.w.Wiki(x.Text))
		case world.Labels:
			is.Text = strings.Join(x.List, ", ")
		case world.Line, world.Number, world.Date, world.Select, world.Person, world.PriorityOf, world.ResolvedAs:
			is.Text = v.w.Called(f, x)
		default:
			continue
		}
		out = append(out, is)
	}
	updated := v.instant(i.Updated)
	return append(out, fact{ID: "updated", Name: "Updated", Text: updated.Text})
}

func (v *visit) remark(i *world.Issue, m *world.Comment) remark {
	out := remark{ID: m.ID, Author: v.person(m.Author), At: v.instant(m.Created), Edited: m.Updated.After(m.Created), Body: rich(v.w, i, v.w.Wiki(m.Body))}
	if m.Visibility != nil {
		out.Only = m.Visibility.Value
	}
	return out
}

// editing is the form that changes an issue.
func (v *visit) editing(i *world.Issue) form {
	p := v.w.Home(i)
	on := func(id string) bool {
		return slices.Contains(p.Edit, id) || v.w.Flavour == world.Cloud && slices.Contains(p.Create, id)
	}
	return form{Name: "edit", Action: issueAt(i.Key) + "/edit", Verb: "Save", Inputs: v.inputs(on, i.Values)}
}

func (v *visit) commenting(i *world.Issue) form {
	return form{Name: "say", Action: issueAt(i.Key) + "/comment", Verb: "Comment", Inputs: []input{{ID: "body", Name: "Comment", Kind: world.Rich, Must: true, Main: true}}}
}
