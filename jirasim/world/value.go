package world

import (
	"slices"
	"strconv"
)

// A Value is what a field holds; the zero Value is nothing. Which member is
// used depends on the field's kind.
type Value struct {
	Text   string   `json:",omitempty"` // one line, rich text in native form, a date, an id
	Number *float64 `json:",omitempty"` // a number field
	List   []string `json:",omitempty"` // labels; ids of options and users
}

// Empty reports whether v holds nothing.
func (v Value) Empty() bool { return v.Text == "" && v.Number == nil && len(v.List) == 0 }

// Equal reports whether v and u hold the same.
func (v Value) Equal(u Value) bool {
	if (v.Number == nil) != (u.Number == nil) || v.Number != nil && *v.Number != *u.Number {
		return false
	}
	return v.Text == u.Text && slices.Equal(v.List, u.List)
}

// Decimal is the number in its shortest form, or "".
func (v Value) Decimal() string {
	if v.Number == nil {
		return ""
	}
	return strconv.FormatFloat(*v.Number, 'f', -1, 64)
}

// A Kind is what a field holds and how it is written.
type Kind string

// The kinds of field.
const (
	Line       Kind = "line"       // Text
	Rich       Kind = "rich"       // Text: ADF JSON on Cloud, wiki markup on Data Center
	Number     Kind = "number"     // Number
	Date       Kind = "date"       // Text: 2026-11-24
	Instant    Kind = "datetime"   // Text: RFC 3339, UTC
	Select     Kind = "select"     // Text: option id
	Choices    Kind = "choices"    // List: option ids
	Person     Kind = "user"       // Text: user id
	Labels     Kind = "labels"     // List
	PriorityOf Kind = "priority"   // Text: id
	TypeOf     Kind = "issuetype"  // Text: id
	StatusOf   Kind = "status"     // Text: id
	ResolvedAs Kind = "resolution" // Text: id
	VersionsOf Kind = "versions"   // List: version ids
	PartsOf    Kind = "components" // List: component ids
	VersionOf  Kind = "version"    // Text: version id
	ParentOf   Kind = "parent"     // Text: issue id
	Address    Kind = "url"        // Text
	People     Kind = "users"      // List: user ids
	Cascade    Kind = "cascade"    // Text: option id; List: the id of one below it
	GroupIn    Kind = "group"      // Text: name
	GroupsIn   Kind = "groups"     // List: names
	ProjectIn  Kind = "in"         // Text: project id
	ProjectOf  Kind = "project"    // computed
	Seconds    Kind = "seconds"    // Number: set by timetracking and worklogs

	TimeTracking Kind = "timetracking" // computed: sets fields of seconds
	Shown        Kind = "shown"        // computed: cannot be written
)

// computed reports whether a field has no value that could be set.
func (k Kind) computed() bool {
	return k == Shown || k == ProjectOf || k == Seconds || k == RankOf || k == ColorOf
}

// A Field is something an issue can hold.
type Field struct {
	ID, Name string
	Kind     Kind
	Custom   bool
	Options  []Option `json:",omitempty"`

	Description string     `json:",omitempty"`
	Style       string     `json:",omitempty"` // type of a custom field; empty: the usual one of its kind
	Contexts    []*Context `json:",omitempty"` // of a custom field
	Offscreen   bool       `json:",omitempty"` // on no screen
	Trashed     bool       `json:",omitempty"`
	Clauses     []string   `json:",omitempty"` // names in JQL besides ID and Name
}

// An Option is one value of a select field.
type Option struct {
	ID, Value string
	Parent    string `json:",omitempty"` // id of the option above it
	Context   string `json:",omitempty"` // id; empty: all
	Disabled  bool   `json:",omitempty"`
}

// Field finds a field by id.
func (w *World) Field(id string) *Field {
	for _, f := range w.Fields {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// Option finds an option by id.
func (f *Field) Option(id string) (Option, bool) {
	for _, o := range f.Options {
		if o.ID == id {
			return o, true
		}
	}
	return Option{}, false
}
