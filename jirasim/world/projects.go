package world

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// A Charter is what creating and changing a project takes; nil leaves a
// member as it is.
type Charter struct {
	Key         *string `json:"key"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
	LeadID      *string `json:"leadAccountId"` // Cloud
	Lead        *string `json:"lead"`          // Data Center: login
	URL         *string `json:"url"`
	Assignee    *string `json:"assigneeType"`
	Kind        *string `json:"projectTypeKey"`
	Template    *string `json:"projectTemplateKey"`
	Category    Loose   `json:"categoryId"`
}

// A Category is a drawer for projects.
type Category struct{ ID, Name, Description string }

// CategoryOf finds a category by id; nil if there is none.
func (w *World) CategoryOf(id string) *Category {
	for _, c := range w.Categories {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// charter checks a charter and writes it into p. The texts are Jira's as they
// are known from use, unverified.
func (w *World) charter(p *Project, in Charter) error {
	no := &Refusal{Status: 400, Errors: map[string]string{}}
	give(&p.Key, in.Key)
	give(&p.Name, in.Name)
	w.rename(p, no)
	who := in.LeadID
	if who == nil {
		who = in.Lead
	}
	if who != nil {
		u := w.called(*who)
		if u == nil {
			u = w.User(*who)
		}
		if u == nil {
			no.Errors["projectLead"] = "The user '" + *who + "' does not exist."
		} else {
			p.Lead = u.ID
		}
	}
	give(&p.Assignee, in.Assignee)
	if p.Assignee != "PROJECT_LEAD" && p.Assignee != "UNASSIGNED" {
		no.Errors["assigneeType"] = "The default assignee is invalid."
	}
	give(&p.Kind, in.Kind)
	if !slices.Contains([]string{"software", "business", "service_desk"}, p.Kind) {
		no.Errors["projectType"] = "An invalid project type was specified. Make sure the project type matches the project template."
	}
	if in.Category != "" && w.CategoryOf(string(in.Category)) == nil {
		no.Errors["projectCategory"] = "The project category does not exist."
	} else if in.Category != "" {
		p.Category = string(in.Category)
	}
	give(&p.Description, in.Description)
	give(&p.URL, in.URL)
	if len(no.Errors) > 0 {
		return no
	}
	return nil
}

// rename blames a key or a name that cannot be.
func (w *World) rename(p *Project, no *Refusal) {
	switch {
	case !properKey(p.Key):
		no.Errors["projectKey"] = "Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters."
	case len(p.Key) > 10:
		no.Errors["projectKey"] = "The project key must not exceed 10 characters in length."
	}
	switch {
	case utf8.RuneCountInString(strings.TrimSpace(p.Name)) < 2:
		no.Errors["projectName"] = "You must specify a valid project name."
	case utf8.RuneCountInString(p.Name) > 80:
		no.Errors["projectName"] = "The project name must not exceed 80 characters in length."
	}
	for _, x := range w.Projects {
		if x.ID == p.ID {
			continue
		}
		if strings.EqualFold(x.Key, p.Key) || slices.Contains(x.Past, strings.ToUpper(p.Key)) {
			no.Errors["projectKey"] = fmt.Sprintf("Project '%s' uses this project key.", x.Name)
		}
		if strings.EqualFold(x.Name, p.Name) {
			no.Errors["projectName"] = "A project with that name already exists."
		}
	}
}

// Validate says what is wrong with a key and a name for a new project.
func (w *World) Validate(key, name string) *Refusal {
	no := &Refusal{Status: 400, Errors: map[string]string{}}
	w.rename(&Project{Key: key, Name: name}, no)
	return no
}

func properKey(s string) bool {
	for n, r := range s {
		if !(r >= 'A' && r <= 'Z' || n > 0 && (r >= '0' && r <= '9' || r == '_')) {
			return false
		}
	}
	return len(s) > 1
}

// AddProject makes a project.
func (w *World) AddProject(by By, in Charter) (*Project, error) {
	if !w.May(by.User, "ADMINISTER", nil) {
		return nil, Refuse(403, "You must have global administrator rights in order to modify projects.")
	}
	if in.Lead == nil && in.LeadID == nil {
		return nil, RefuseField("projectLead", "You must specify a project lead.")
	}
	p := Project{Lead: by.User.ID, Assignee: "UNASSIGNED", Kind: "software"}
	if err := w.charter(&p, in); err != nil {
		return nil, err
	}
	n := w.Establish(Seat{p.Key, p.Name}, false)
	n.Lead, n.Assignee, n.Kind, n.Description, n.URL, n.Category = p.Lead, p.Assignee, p.Kind, p.Description, p.URL, p.Category
	w.emit(Event{Kind: "project_created", At: by.Now, By: by.User, Project: n})
	return n, nil
}

// EditProject changes a project. A new key is a new key for each issue; the
// old ones still find them: docs/JIRA.md "Gone or hidden".
func (w *World) EditProject(by By, p *Project, in Charter) error {
	if err := w.administers(by, p); err != nil {
		return err
	}
	n := *p
	if err := w.charter(&n, in); err != nil {
		return err
	}
	old := p.Key
	if n.Key != old {
		if !w.May(by.User, "ADMINISTER", nil) {
			return Refuse(403, "You must have global administrator rights in order to modify the key of a project.")
		}
		n.Past = with(p.Past, old)
	}
	*p = n
	if n.Key != old {
		for _, i := range w.Of(p) {
			j := *i
			_, number, _ := strings.Cut(i.Key, "-")
			j.Key, j.Past = p.Key+"-"+number, with(i.Past, i.Key)
			w.put(&j, by.Now)
		}
	}
	w.emit(Event{Kind: "project_updated", At: by.Now, By: by.User, Project: p})
	return nil
}

// DeleteProject throws a project away, from where it can be restored, or ends
// it with everything in it.
func (w *World) DeleteProject(by By, p *Project, undo bool) error {
	if !w.May(by.User, "ADMINISTER", nil) {
		return Refuse(403, "You must have global administrator rights in order to modify projects.")
	}
	kind := "project_deleted"
	if undo {
		kind = "project_soft_deleted"
		p.Deleted, p.Ended, p.EndedBy = true, by.Now, by.User.ID
	} else {
		for _, i := range w.Of(p) {
			w.drop(i)
		}
		w.Projects = without(w.Projects, p)
	}
	w.emit(Event{Kind: kind, At: by.Now, By: by.User, Project: p})
	return nil
}

// drop lets an issue be gone without a word.
func (w *World) drop(i *Issue) {
	w.adopted(i, nil)
	delete(w.Issues, i.ID)
	delete(w.index, i.ID)
	for _, k := range append(i.Past[:len(i.Past):len(i.Past)], i.Key) {
		delete(w.keys, strings.ToUpper(k))
	}
}

// ArchiveProject hides a project and its issues from whoever does not ask for
// them.
func (w *World) ArchiveProject(by By, p *Project) error {
	if !w.May(by.User, "ADMINISTER", nil) {
		return Refuse(403, "You must have global administrator rights in order to modify projects.")
	}
	if p.Archived {
		return Refuse(400, "The project is already archived.")
	}
	p.Archived, p.Ended, p.EndedBy = true, by.Now, by.User.ID
	w.emit(Event{Kind: "project_archived", At: by.Now, By: by.User, Project: p})
	return nil
}

// RestoreProject brings back what was archived or thrown away.
func (w *World) RestoreProject(by By, idOrKey string) (*Project, error) {
	if !w.May(by.User, "ADMINISTER", nil) {
		return nil, Refuse(403, "You must have global administrator rights in order to modify projects.")
	}
	for _, p := range w.Projects {
		if p.ID != idOrKey && !strings.EqualFold(p.Key, idOrKey) {
			continue
		}
		kind := "project_restored_archived"
		switch {
		case p.Deleted:
			kind = "project_restored_deleted"
		case !p.Archived:
			return nil, Refuse(400, "The project is neither archived nor in the trash.")
		}
		p.Archived, p.Deleted, p.Ended, p.EndedBy = false, false, time.Time{}, ""
		w.emit(Event{Kind: kind, At: by.Now, By: by.User, Project: p})
		return p, nil
	}
	return nil, Refuse(404, "No project could be found with key '%s'.", idOrKey)
}

// SetProjectProperty sets (or with a nil value removes) one property of a
// project.
func (w *World) SetProjectProperty(by By, p *Project, x Property) error {
	if err := w.administers(by, p); err != nil {
		return err
	}
	if x.Value == nil {
		p.Properties = maps.Clone(p.Properties)
		delete(p.Properties, x.Key)
		return nil
	}
	if err := checkProperties([]Property{x}); err != nil {
		return err
	}
	p.Properties = keep(p.Properties, []Property{x})
	return nil
}

// Recast gives an issue another type where the old one ends.
func (w *World) Recast(by By, i *Issue, kind string) { w.shift(by, i, w.Home(i), kind, nil) }
