// Package world is a Jira site without its HTTP: projects, workflows, fields,
// people, issues with their comments and history, and the rules by which they
// change. It knows no clock and starts nothing; a caller tells it who asks and
// when. Whatever it refuses, it refuses in Jira's words.
//
// Issues, comments and changes are values: a change puts a new one in the
// place of the old, so that an old one can still be shown (by a search that
// lags, by a webhook that is late).
package world

import (
	"encoding/json"
	"slices"
	"time"
)

// A Flavour is one of the two kinds of Jira.
type Flavour string

// The flavours.
const (
	Cloud      Flavour = "cloud"
	DataCenter Flavour = "datacenter"
)

// A World is the whole state of a site. Its JSON form is whole too.
type World struct {
	Flavour     Flavour
	First       int64            // where ids start
	Last        map[string]int64 // the last id given, by kind of thing
	Users       []*User
	Types       []*Type
	Statuses    []*Status
	Priorities  []*Priority
	Resolutions []*Resolution
	Fields      []*Field
	Projects    []*Project
	Issues      map[string]*Issue // by id
	Hooks       []*Hook
	Filters     []*Filter
	Dashboards  []*Dashboard `json:",omitempty"`
	Boards      []*Board
	Sprints     []*Sprint
	Roles       []*Role
	Groups      []string    `json:",omitempty"` // those that nobody need be in
	Categories  []*Category `json:",omitempty"` // of projects
	Tasks       []*Task     `json:",omitempty"`
	Workflows   []*Workflow // the system's first
	FlowSchemes []*FlowScheme

	PermissionSchemes []*PermissionScheme // the default one first
	Screens           []*Screen           // the default one first
	TypeSchemes       []*TypeScheme       // the default one first
	AppProperties     map[string]string   `json:",omitempty"`
	Banner            *Banner             `json:",omitempty"`
	Audit             []Audit             `json:",omitempty"` // oldest first
	Avatars           []Avatar            `json:",omitempty"` // that were uploaded
	Columns           []string            `json:",omitempty"` // ids of fields, in lists of issues
	Defaults          map[string]string   `json:",omitempty"` // ids by "priority", "resolution"
	LinkTypes         []*LinkType
	Settings          *Settings
	Carried           map[string]map[string]json.RawMessage `json:",omitempty"` // properties of "user/ID" and "issuetype/ID"
	Viewed            map[string]map[string]time.Time       `json:",omitempty"` // when an account looked at an issue, by their ids
	Forgotten         []Forgotten                           `json:",omitempty"` // worklogs that were deleted, oldest first

	Traps `json:"-"`

	keys   map[string]string   // id of an issue by key, past keys too
	said   map[string]string   // id of an issue by id of a comment
	kids   map[string][]string // ids of issues by id of their parent, in no order
	parts  map[part]string     // id of an issue by what else is in it
	names  map[string]string   // of files, by their media ids
	index  map[string]*indexed
	events []Event

	lexicon map[string][]string // texts in words
}

// A User is an account.
type User struct {
	ID       string   // Cloud: accountId; Data Center: key
	Name     string   // Data Center: the login
	Email    string   // log-in on Cloud
	Display  string   // as people see it
	Zone     string   // IANA name of the profile's time zone
	Token    string   // API token or password
	Inactive bool     // cannot log in or be assigned
	Admin    bool     // Jira administrator
	Groups   []string // by name
	Denied   []string // permissions taken away: "EDIT_ISSUES", "BROWSE_PROJECTS:SUP"
	App      bool     `json:",omitempty"` // Cloud: accountType app
	Made     bool     `json:",omitempty"` // made up by an import
	Columns  []string `json:",omitempty"` // ids of fields, in lists of issues; empty: the site's

	Tokens      []*AccessToken    `json:",omitempty"` // Data Center: besides Token
	Preferences map[string]string `json:",omitempty"` // by key, those that he set

	zone *time.Location // of Zone, once it was looked up
}

// An AccessToken is a personal access token of Data Center.
type AccessToken struct {
	ID, Name, Secret string
	At               time.Time
	Ends             time.Time `json:",omitzero"` // zero: it does not
}

// Holds reports whether a text is a personal access token that has not ended.
func (u *User) Holds(secret string, now time.Time) bool {
	return slices.ContainsFunc(u.Tokens, func(k *AccessToken) bool {
		return k.Secret == secret && secret != "" && (k.Ends.IsZero() || now.Before(k.Ends))
	})
}

// A Type is an issue type.
type Type struct {
	ID, Name, Description string
	Subtask               bool
	Level                 int // hierarchy: -1 sub-task, 0, 1 epic
}

// A Status is a state of a workflow. Category: 2 new, 4 indeterminate, 3 done.
type Status struct {
	ID, Name, Description string
	Category              int
}

// A Priority is how urgent an issue is.
type Priority struct{ ID, Name, Description, Color string }

// A Resolution is why an issue is done.
type Resolution struct{ ID, Name, Description string }

// A Project holds issues under one key.
type Project struct {
	ID, Key, Name, Description string
	Lead                       string                     // user id
	Types                      []string                   // ids of issue types
	Workflow                   *Workflow                  `json:"-"` // of issues whose type has no other one: from FlowScheme
	FlowScheme                 string                     // id
	PermissionScheme           string                     `json:",omitempty"` // id; empty: the default one
	Avatar                     string                     `json:",omitempty"` // id; empty: the usual one
	Email                      string                     `json:",omitempty"` // from which it sends
	Off                        map[string]bool            `json:",omitempty"` // features that were turned off
	TypeScheme                 string                     `json:",omitempty"` // id; empty: the default one
	Create, Edit               []string                   // the fields on each screen, by id
	Issues                     int                        // number of the last issue
	Versions                   []*Version                 `json:",omitempty"` // in their order
	Components                 []*Component               `json:",omitempty"`
	Assignee                   string                     // who gets an issue that nobody was named for: PROJECT_LEAD or UNASSIGNED
	Kind                       string                     // software, business or service_desk
	URL, Category              string                     `json:",omitempty"`
	Past                       []string                   `json:",omitempty"` // keys it had before
	Archived, Deleted          bool                       `json:",omitempty"`
	Ended                      time.Time                  `json:",omitzero"` // when it was archived or deleted
	EndedBy                    string                     `json:",omitempty"`
	Actors                     map[string][]Actor         // by id of the role
	Properties                 map[string]json.RawMessage `json:",omitempty"`
}

// An Issue is one version of an issue: a value.
type Issue struct {
	ID         string
	Key        string
	Past       []string         `json:",omitempty"` // keys it had before
	Project    string           // id
	Values     map[string]Value // by field id, creator too
	Created    time.Time
	Updated    time.Time
	Resolved   time.Time `json:",omitzero"` // while a resolution is set
	Moved      time.Time // when the status category changed
	Archived   bool      `json:",omitempty"` // read only, and not searched
	Comments   []*Comment
	History    []*Change                  // oldest first
	Properties map[string]json.RawMessage `json:",omitempty"`

	Links       []*Link       `json:",omitempty"` // to and from other issues; those have them too
	Remotes     []*Remote     `json:",omitempty"`
	Attachments []*Attachment `json:",omitempty"`
	Worklogs    []*Worklog    `json:",omitempty"`
	Watchers    []string      `json:",omitempty"` // user ids
	Below       []string      `json:",omitempty"` // ids of sub-tasks, in the order that people gave them
	Voters      []string      `json:",omitempty"` // user ids
}

// A Comment is one version of a comment: a value.
type Comment struct {
	ID         string
	Author     string // user id
	Editor     string // who wrote it last
	Body       string // in the flavour's native form
	Created    time.Time
	Updated    time.Time
	Visibility *Visibility                `json:",omitempty"`
	Properties map[string]json.RawMessage `json:",omitempty"`
	Pinned     *Pinned                    `json:",omitempty"` // Data Center
}

// A Pinned says who pinned a comment, by login, and when.
type Pinned struct {
	By string
	At time.Time
}

// A Visibility says who may see a comment.
type Visibility struct {
	Type       string `json:"type"` // "group" or "role"
	Value      string `json:"value"`
	Identifier string `json:"identifier,omitempty"` // Cloud
}

// A Change is one entry of an issue's history.
type Change struct {
	ID       string
	Author   string // user id
	At       time.Time
	Items    []Item
	Metadata json.RawMessage `json:",omitempty"` // historyMetadata, as it was given
}

// An Item is one field of a change. Nil is null.
type Item struct {
	Field, Type, ID string // name, "jira" or "custom", field id
	From, To        *string
	FromText        *string
	ToText          *string
	User            bool // From and To are user ids
}

// A Hook is a registered webhook.
type Hook struct {
	ID       string
	Name     string
	URL      string
	Events   []string
	Filter   string // JQL of issue related events
	Secret   string `json:",omitempty"`
	Bare     bool   `json:",omitempty"` // excludeBody
	Disabled bool   `json:",omitempty"`
	By       string // user id
	At       time.Time
	App      string    `json:",omitempty"` // of a dynamic webhook: the app that registered it
	Expires  time.Time `json:",omitzero"`  // of a dynamic webhook
}

// An Event is something that happened to an issue.
type Event struct {
	Kind    string // "jira:issue_updated", "comment_created", …
	Name    string // issue_event_type_name: "issue_generic", "issue_closed", …
	At      time.Time
	By      *User // who did it; nil: nobody known
	Issue   *Issue
	Comment *Comment
	Change  *Change

	Attachment *Attachment
	Worklog    *Worklog
	Link       *Link     // issuelink_*: Issue is the one it begins at
	Property   *Property // issue_property_*

	Secondary bool     // fallout of another event
	Version   *Version // of jira:version_*; then there is no issue
	Into      *Version // into which it was merged
	Project   *Project // of the version

	Board             *Board  // of board_*; then there is no issue
	Sprint, OldSprint *Sprint // of sprint_*; then there is no issue
}

// By is who asks for something, and when.
type By struct {
	User *User // nil: anonymous
	Now  time.Time
	API  int    // version of the REST API that the values are written in: 2 or 3
	At   *Issue // the one that is written to: wiki markup names its files; nil: none
}

// Take hands over what happened since it was last asked.
func (w *World) Take() []Event {
	e := w.events
	w.events = nil
	return e
}

func (w *World) emit(e Event) { w.events = append(w.events, e) }

// Adf reports whether rich text is written as ADF in this version of the API.
func (w *World) Adf(api int) bool { return w.Flavour == Cloud && api == 3 }
