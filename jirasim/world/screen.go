package world

import "slices"

// A Screen is a form in tabs. The first one of a site is what issues are
// created and edited with, in every project; others are for transitions.
type Screen struct {
	ID, Name, Description string
	Tabs                  []*Tab
}

// A Tab is one sheet of a screen.
type Tab struct {
	ID, Name string
	List     []string // ids of fields
}

// Fields lists the ids of the fields on a screen.
func (s *Screen) Fields() []string {
	var out []string
	for _, t := range s.Tabs {
		out = append(out, t.List...)
	}
	return out
}

// ScreenOf finds a screen by id; nil if there is none.
func (w *World) ScreenOf(id string) *Screen {
	for _, s := range w.Screens {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// TabOf finds a tab by id; nil if there is none.
func (s *Screen) TabOf(id string) *Tab {
	for _, t := range s.Tabs {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// AddTab adds an empty sheet.
func (w *World) AddTab(s *Screen, name string) *Tab {
	t := &Tab{ID: w.Next("tab"), Name: name}
	s.Tabs = append(s.Tabs, t)
	return t
}

// AddScreen makes a screen with one empty sheet.
func (w *World) AddScreen(s Screen) *Screen {
	s.ID = w.Next("screen")
	w.AddTab(&s, "Field Tab")
	w.Screens = append(w.Screens, &s)
	return &s
}

// display makes the screen that every site has, of what the first project edits.
func (w *World) display() {
	if len(w.Screens) > 0 || len(w.Projects) == 0 {
		return
	}
	s := w.AddScreen(Screen{Name: "Default Screen", Description: "Allows to update all system fields."})
	s.ID, w.Last["screen"] = "1", w.First-1
	s.Tabs[0].List = slices.Clone(w.Projects[0].Edit)
}

// Place puts a field on a tab. On the first screen it is then on those of every
// project.
func (w *World) Place(s *Screen, t *Tab, f *Field) {
	if s == w.Screens[0] {
		w.Screen(f, true)
		s.Tabs[0].List = without(s.Tabs[0].List, f.ID)
	}
	t.List = with(t.List, f.ID)
}

// Displace takes a field from a screen.
func (w *World) Displace(s *Screen, f *Field) {
	if s == w.Screens[0] {
		w.Screen(f, false)
	}
	for _, t := range s.Tabs {
		t.List = without(t.List, f.ID)
	}
}
