package world

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Component is a part of what a project makes: a value, like an issue.
type Component struct {
	ID, Name, Description string
	Lead                  string `json:",omitempty"` // user id
	Assignee              string // PROJECT_DEFAULT, COMPONENT_LEAD, PROJECT_LEAD or UNASSIGNED
}

// A Section is what creating and changing a component takes; nil leaves a
// member as it is.
type Section struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	LeadID      *string `json:"leadAccountId"` // Cloud
	LeadName    *string `json:"leadUserName"`  // Data Center
	Lead        *handle `json:"lead"`
	Assignee    *string `json:"assigneeType"`
	Project     string  `json:"project"` // key
}

// component finds a component by what a field value says of it.
func (p *Project) component(raw json.RawMessage) (Value, complaint) {
	if p == nil {
		return Value{}, "data was not an array"
	}
	return named(raw, "Component", "component", p.Components, func(c *Component) (string, string) { return c.ID, c.Name })
}

// Component finds a component by id and the project that it belongs to; nil
// if there is none that u may see.
func (w *World) Component(u *User, id string) (*Component, *Project) {
	for _, p := range w.Projects {
		for _, c := range p.Components {
			if c.ID == id && w.May(u, "BROWSE_PROJECTS", p) {
				return c, p
			}
		}
	}
	return nil, nil
}

// Sections are the components of a project that ids names, by name.
func (p *Project) Sections(ids []string) []*Component {
	var out []*Component
	for _, c := range p.Components {
		if slices.Contains(ids, c.ID) {
			out = append(out, c)
		}
	}
	return out
}

// drawComponent makes the next component out of what was given, or says what is wrong.
func (w *World) drawComponent(p *Project, c Component, s Section) (*Component, error) {
	if s.Name != nil {
		c.Name = strings.TrimSpace(*s.Name)
	}
	switch {
	case c.Name == "":
		return nil, RefuseField("name", "The component name specified is invalid - cannot be an empty string.")
	case utf8.RuneCountInString(c.Name) > 255:
		return nil, RefuseField("name", "The component name must not exceed 255 characters in length.")
	case slices.ContainsFunc(p.Components, func(x *Component) bool { return x.ID != c.ID && strings.EqualFold(x.Name, c.Name) }):
		return nil, RefuseField("name", "A component with the name %s already exists in this project.", c.Name)
	}
	if who := s.lead(); who != nil {
		u := w.called(*who)
		if u == nil && *who != "" {
			return nil, RefuseField("leadUserName", "The user %s does not exist.", *who)
		}
		c.Lead = ""
		if u != nil {
			c.Lead = u.ID
		}
	}
	give(&c.Description, s.Description)
	give(&c.Assignee, s.Assignee)
	if !slices.Contains([]string{"PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED"}, c.Assignee) {
		return nil, RefuseField("assigneeType", "The default assignee is invalid.")
	}
	return &c, nil
}

func (s Section) lead() *string {
	switch {
	case s.LeadID != nil:
		return s.LeadID
	case s.LeadName != nil:
		return s.LeadName
	case s.Lead != nil:
		return new(cmp.Or(s.Lead.AccountID, s.Lead.Name, string(s.Lead.ID)))
	}
	return nil
}

// AddComponent makes a component of a project.
func (w *World) AddComponent(by By, p *Project, s Section) (*Component, error) {
	if err := w.administers(by, p); err != nil {
		return nil, err
	}
	c, err := w.drawComponent(p, Component{Assignee: "PROJECT_DEFAULT"}, s)
	if err != nil {
		return nil, err
	}
	c.ID = w.Next("component")
	p.arrange(with(p.Components, c))
	return c, nil
}

// arrange keeps components in order of name.
func (p *Project) arrange(all []*Component) {
	slices.SortStableFunc(all, func(a, b *Component) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	p.Components = all
}

// EditComponent changes a component.
func (w *World) EditComponent(by By, p *Project, c *Component, s Section) (*Component, error) {
	if err := w.administers(by, p); err != nil {
		return nil, err
	}
	n, err := w.drawComponent(p, *c, s)
	if err != nil {
		return nil, err
	}
	p.arrange(swapped(p.Components, c, n))
	return n, nil
}

// DeleteComponent takes a component out of a project; another may take its
// place in the issues.
func (w *World) DeleteComponent(by By, p *Project, c, to *Component) error {
	if err := w.administers(by, p); err != nil {
		return err
	}
	next := ""
	if to != nil {
		next = to.ID
	}
	w.replace(by, p, map[string]string{"components": next}, c.ID, func(*Issue) bool { return true }, false)
	p.Components = without(p.Components, c)
	return nil
}

// Assignee is who gets an issue that nobody was named for: as the first of its
// components says, else as the project does. Empty: nobody.
func (w *World) Assignee(p *Project, components []string) string {
	for _, c := range p.Sections(components) {
		if c.Assignee != "PROJECT_DEFAULT" {
			_, who := w.Designated(p, c, c.Assignee)
			return who
		}
	}
	_, who := w.Designated(p, nil, "PROJECT_DEFAULT")
	return who
}

// Designated is whom a kind of default assignee means, and the kind that it
// comes to. Empty: nobody, or somebody who cannot be assigned.
func (w *World) Designated(p *Project, c *Component, kind string) (really, who string) {
	if kind == "PROJECT_DEFAULT" {
		kind = p.Assignee
	}
	switch {
	case kind == "COMPONENT_LEAD" && c != nil:
		who = c.Lead
	case kind == "PROJECT_LEAD":
		who = p.Lead
	}
	if u := w.User(who); u == nil || !w.May(u, "ASSIGNABLE_USER", p) {
		who = ""
	}
	return kind, who
}
