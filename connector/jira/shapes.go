package jira

import (
	"encoding/json"
	"strconv"
	"strings"

	"example.com/accord/connector/jira/wire"
)

// The shapes of Jira's JSON, as far as they are read: docs/JIRA.md "Shapes".

// What is written in more than one way.
type (
	id    = wire.ID
	word  = wire.Word
	stamp = wire.Stamp
)

type person struct {
	AccountID string `json:"accountId"`
	Name      string `json:"name"`
	Key       string `json:"key"`
	Display   string `json:"displayName"`
	Zone      string `json:"timeZone"`
}

// same reports whether both are one account. On Data Center a name may change
// and the key not; bodies do not always have both.
func (p person) same(q person) bool {
	return p.AccountID != "" && p.AccountID == q.AccountID ||
		p.Key != "" && p.Key == q.Key ||
		(p.Key == "" || q.Key == "") && p.Name != "" && p.Name == q.Name
}

type issueJSON struct {
	ID         id                         `json:"id"`
	Key        string                     `json:"key"`
	Fields     map[string]json.RawMessage `json:"fields"`
	Changelog  *logJSON                   `json:"changelog"`
	Properties map[string]json.RawMessage `json:"properties"`
}

// field decodes one field into out and reports whether there was a value.
func (i issueJSON) field(name string, out any) bool {
	return !empty(i.Fields[name]) && json.Unmarshal(i.Fields[name], out) == nil
}

// A logJSON is a changelog as embedded in an issue, or a page of one.
type logJSON struct {
	StartAt   int           `json:"startAt"`
	Total     int           `json:"total"`
	IsLast    bool          `json:"isLast"`
	Histories []historyJSON `json:"histories"` // embedded
	Values    []historyJSON `json:"values"`    // on a page
}

type historyJSON struct {
	ID       id              `json:"id"`
	Author   person          `json:"author"`
	Created  stamp           `json:"created"`
	Items    []item          `json:"items"`
	Metadata json.RawMessage `json:"historyMetadata"` // anybody's; ours is a metadata
}

type item struct {
	Field      string `json:"field"`
	FieldID    string `json:"fieldId"`
	From       word   `json:"from"`
	FromString word   `json:"fromString"`
	To         word   `json:"to"`
	ToString   word   `json:"toString"`
}

// metadata is written with our edits and comes back in the changelog where the
// site keeps it: docs/JIRA.md "Unknown".
type metadata struct {
	Type        string            `json:"type"`
	Description string            `json:"activityDescription,omitempty"`
	Extra       map[string]string `json:"extraData"`
}

func turnMetadata(turn string) metadata {
	return metadata{Type: markKey, Description: "written by Accord", Extra: map[string]string{"turn": turn}}
}

type commentJSON struct {
	ID         id              `json:"id"`
	Self       string          `json:"self"`
	Author     person          `json:"author"`
	Editor     person          `json:"updateAuthor"`
	Body       json.RawMessage `json:"body"`
	Created    stamp           `json:"created"`
	Updated    stamp           `json:"updated"`
	Visibility json.RawMessage `json:"visibility"`
	Public     *bool           `json:"jsdPublic"`
	Properties []property      `json:"properties"`
}

// restricted reports whether not everybody who sees the issue sees the comment.
func (c commentJSON) restricted() bool {
	return !empty(c.Visibility) || c.Public != nil && !*c.Public
}

// version differs whenever the comment does.
func (c commentJSON) version() string {
	return strconv.FormatInt(c.Updated.UnixMilli(), 10)
}

type commentPage struct {
	StartAt  int           `json:"startAt"`
	Total    int           `json:"total"`
	Comments []commentJSON `json:"comments"`
}

// A property is an entity property: docs/JIRA.md "Entity properties".
type property struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// markKey is the key of every property that is ours, and the type of our
// history metadata.
const markKey = "accord"

// tail returns what stands after the last slash of a self link.
func tail(self string) string { return self[strings.LastIndexByte(self, '/')+1:] }
