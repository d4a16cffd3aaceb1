package world

import "slices"

// A TypeScheme says which types the issues of projects have, and in which
// order they are offered.
type TypeScheme struct {
	ID, Name, Description string
	Types                 []string // ids
	Default               string   `json:",omitempty"` // id
}

// TypeSchemeOf finds a scheme by id; nil if there is none.
func (w *World) TypeSchemeOf(id string) *TypeScheme {
	for _, s := range w.TypeSchemes {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// TypesFor is the scheme of a project: the default one, unless it has another.
func (w *World) TypesFor(p *Project) *TypeScheme {
	if s := w.TypeSchemeOf(p.TypeScheme); s != nil {
		return s
	}
	return w.TypeSchemes[0]
}

// Retype applies what was changed in schemes to the projects. The default
// scheme, which is made if there is none, has every type.
func (w *World) Retype() {
	if len(w.TypeSchemes) == 0 {
		w.TypeSchemes = []*TypeScheme{{ID: "10000", Name: "Default Issue Type Scheme", Description: "Default issue type scheme is the list of global issue types. All newly created issue types will automatically be added to this scheme."}}
		w.Last["issuetypescheme"] = 10000
	}
	all := w.TypeSchemes[0]
	for _, t := range w.Types {
		if !slices.Contains(all.Types, t.ID) {
			all.Types = append(slices.Clone(all.Types), t.ID)
		}
	}
	for _, s := range w.TypeSchemes {
		s.Types = slices.DeleteFunc(slices.Clone(s.Types), func(id string) bool { return w.Type(id) == nil })
	}
	for _, p := range w.Projects {
		p.Types = slices.Clone(w.TypesFor(p).Types)
	}
}

// Typed reports whether an issue of a type is in a project of a scheme.
func (w *World) Typed(s *TypeScheme, id string) bool {
	for _, i := range w.Issues {
		if p := w.Home(i); i.Values["issuetype"].Text == id && p != nil && w.TypesFor(p) == s {
			return true
		}
	}
	return false
}
