package script

import (
	"slices"
	"strings"
)

// A Person is one human being with an account at both Jiras.
type Person struct {
	Name   string // as both Jiras display it
	Cloud  string // accountId at the Cloud
	Server string // user name at the Data Center
}

// at returns the id of the account at s.
func (p Person) at(s side) string { return [...]string{p.Cloud, p.Server}[s] }

// A Word is what one value of a field is called at both Jiras. One that has no
// word at a Jira is empty there.
type Word struct{ Cloud, Server string }

// Words are the tables by which the script tells that two values are one. The
// script itself uses only the first row of each value.
type Words struct {
	People   []Person
	Types    []Word
	Statuses []Word
	Priority []Word
	Severity []Word
}

// table returns the words of a field, and false for one whose values are the
// same at both Jiras. The person, if there is one, is a word too.
func (w Words) table(field string) ([]Word, bool) {
	switch field {
	case "type":
		return w.Types, true
	case "status":
		return w.Statuses, true
	case "priority":
		return w.Priority, true
	case "severity":
		return w.Severity, true
	case "assignee", "reporter":
		var out []Word
		for _, p := range w.People {
			out = append(out, Word{p.Cloud, p.Server})
		}
		return out, true
	}
	return nil, false
}

func (w Word) at(s side) string { return [...]string{w.Cloud, w.Server}[s] }

// one returns the name by which the script knows a value that side s shows:
// the same for all words of one value. It reports whether the other side has a
// word for it. Empty is a word that all have.
func (w Words) one(field string, s side, shown string) (string, bool) {
	table, ok := w.table(field)
	if !ok || shown == "" {
		return shown, true
	}
	i := slices.IndexFunc(table, func(w Word) bool { return w.at(s) == shown })
	switch {
	case i < 0:
		return s.String() + "'s " + shown, false
	case table[i].at(s.other()) == "":
		return shown + " of " + s.String() + " alone", false
	}
	// Of several words for one the first row with the other's word names it.
	other := table[i].at(s.other())
	i = slices.IndexFunc(table, func(w Word) bool { return w.at(s.other()) == other })
	return strings.TrimSpace(table[i].Cloud + " " + table[i].Server), true
}

// common returns the first row of each value that both Jiras have.
func common(table []Word) []Word {
	var out []Word
	for _, w := range table {
		has := func(o Word) bool { return o.Cloud == w.Cloud || o.Server == w.Server }
		if w.Cloud != "" && w.Server != "" && !slices.ContainsFunc(out, has) {
			out = append(out, w)
		}
	}
	return out
}

// person returns the name of the one with this id at s, or the id.
func (w Words) person(s side) func(id string) string {
	return func(id string) string {
		for _, p := range w.People {
			if p.at(s) == id {
				return p.Name
			}
		}
		return id
	}
}
