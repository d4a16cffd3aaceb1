package issue

import "time"

// A Presence says how an issue, or a participant's part of a link, was found.
// Deleted, moved, archived, hidden and "not permitted" are five different
// things; none of them is ever an edit.
type Presence string

// The states of a look.
const (
	Present  Presence = ""         // it was read
	Absent   Presence = "absent"   // a search for it found nothing; Looked says when that search began
	Missing  Presence = "missing"  // 404: deleted, or not visible; nothing tells which (docs/JIRA.md "Gone or hidden")
	Denied   Presence = "denied"   // 401 or 403
	Outside  Presence = "outside"  // it exists, in another project than the participant's
	Archived Presence = "archived" // read-only until restored
)

// A View is one look at an issue as one participant shows it. Its places carry
// the sync's field names; its values are own words: what this site shows. Rows
// are named by participant and local id; the plan renames them to their birth.
type View struct {
	Ref     Ref
	Key     string            // what people call it, such as "SUP-12"; it may change
	Mark    Ref               // the link named in the issue's own property; zero if none
	Joined  []Ref             // the issues that a person made one, from the same property, itself among them unless it is a clone; nil: we made it, or nobody did
	Ours    bool              // its creator is our account
	Created time.Time         // by the site's clock
	Updated time.Time         // by the site's clock
	Looked  time.Time         // when this look began, by ours
	Clock   Clock             // the site's clock against ours
	Doc     Document          // nil at a row's place: a GET by its id said 404
	Rows    map[Place]RowSeen // every row that was listed, also one that Doc leaves out
	Log     []Entry           // the changelog, oldest first, read before or with Doc
	State   Presence          // anything but Present: Doc, Rows and Log are empty
}

// A Clock is a site's clock against ours, from the Date header of its replies.
type Clock struct {
	Offset      time.Duration // add it to a time of the site to have ours
	Uncertainty time.Duration // 1 s for the header's step and half the round trip
}

// A RowSeen is what a look saw of one row beside its parts.
type RowSeen struct {
	Version string    // differs whenever the row does
	By      string    // who wrote it last, as the site displays them
	Ours    bool      // our account created it
	Echo    bool      // our account wrote it last
	Created time.Time // by the site's clock
	Updated time.Time // by the site's clock
	Mark    RowMark   // from the row's property; zero if none, or not read
}

// A RowMark is written with a row as its property: "this is row Row of the
// issue with the id Issue, written by turn Turn".
type RowMark struct {
	Row   Ref    `json:"row"`
	Issue string `json:"issue"`
	Turn  string `json:"turn"`
}

// An Entry is one item of a changelog.
type Entry struct {
	ID     string    // unique on its site; in no promised order
	Place  Place     // never a row
	By     string    // as the site displays the person
	Ours   bool      // made by our account
	At     time.Time // by the site's clock
	Turn   string    // from our own entry's metadata, where the site gives it back; else ""
	From   Value     // own words; nil where unknown
	To     Value     // own words; nil where unknown
	Add    Set       // sets only: what it put in
	Remove Set       // sets only: what it took out
	Known  bool      // From and To are the values; false: only who and when is told
}

// An Event is a hint that an issue may have changed: an address, never news.
type Event struct {
	Ref      Ref       `json:"ref"`
	Cause    string    `json:"cause"`              // "webhook", "sweep", "retry", "decision", "link": for people
	Delivery string    `json:"delivery,omitempty"` // the webhook's own id, for people
	At       time.Time `json:"at"`                 // when we heard of it
	Rows     []Touch   `json:"rows,omitempty"`     // at most 20: who touched which row
}

// A Touch is what a comment's webhook says of a row: enough to name a person
// whose edit fell into the gap before a write of ours.
type Touch struct {
	ID      string    `json:"id"`
	By      string    `json:"by"`
	Updated time.Time `json:"updated"`
}

// A Change is all that one participant is to be told in one turn.
type Change struct {
	On    Ref             `json:"on,omitzero"`    // ID is empty when the issue is to be created
	Link  Ref             `json:"link,omitzero"`  // the mark to leave when creating
	Turn  string          `json:"turn,omitzero"`  // goes into the history metadata and the row properties
	Patch Document        `json:"patch,omitzero"` // own words; rows by birth; nil removes a row. A row with nothing in From is a create
	From  Document        `json:"from,omitzero"`  // what was shown when it was planned, at the places of Patch
	Rows  map[Place]RowAt `json:"rows,omitzero"`  // the rows of Patch; ID is empty where one is to be created
	Start time.Time       `json:"start,omitzero"` // no call starts later
}
