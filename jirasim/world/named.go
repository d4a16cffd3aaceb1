package world

import (
	"maps"
	"slices"
)

// DefaultPriority is the id of the priority that new issues get: the one that
// was made the default, or the one in the middle.
func (w *World) DefaultPriority() string {
	if id := w.Defaults["priority"]; w.Priority(id) != nil {
		return id
	}
	return w.Priorities[len(w.Priorities)/2].ID
}

// Substitute gives each issue that has a value of a field another one, without
// a trace in its history.
func (w *World) Substitute(by By, field, from, to string) {
	for _, id := range slices.Sorted(maps.Keys(w.Issues)) {
		if i := w.Issues[id]; i.Values[field].Text == from {
			w.put(i.with(field, Value{Text: to}), by.Now)
		}
	}
}

// Held reports whether an issue has this value of a field.
func (w *World) Held(field, id string) bool {
	for _, i := range w.Issues {
		if i.Values[field].Text == id {
			return true
		}
	}
	return false
}

// Moved is a list with some of its elements behind the one at a place, or
// before all others if that is negative.
func Moved[T comparable](all, some []T, behind int) []T {
	rest := slices.DeleteFunc(slices.Clone(all), func(x T) bool { return slices.Contains(some, x) })
	at := 0
	if behind >= 0 {
		at = slices.Index(rest, all[behind]) + 1
	}
	return slices.Insert(rest, at, some...)
}
