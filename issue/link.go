package issue

import (
	"encoding/json"
	"slices"
	"time"
)

// A Link is the issues that are one issue, and all that is known about them.
// ARCHITECTURE.md "A turn" says why each part is needed.
type Link struct {
	ID       Ref                  `json:"id,omitzero"`       // the issue it began with
	Agreed   Document             `json:"agreed,omitzero"`   // every edit heard so far, merged; shared words
	Said     map[Place]Stamp      `json:"said,omitzero"`     // by whom and when the agreed value was said
	Held     map[Place]Held       `json:"held,omitzero"`     // conflicts; nothing is written there, on any side
	Sides    map[Participant]Side `json:"sides,omitzero"`    // every participant that has, or is to have, an issue
	Rules    string               `json:"rules,omitzero"`    // digest of the rules it was last settled under
	Revision int64                `json:"revision,omitzero"` // counts commits; the store compares and swaps on it
}

// A Side is one participant's part in a link.
type Side struct {
	Ref   Ref             `json:"ref,omitzero"`   // zero: no issue known yet
	Key   string          `json:"key,omitzero"`   // as last seen, for people
	State Presence        `json:"state,omitzero"` // as last looked at; anything but Present: nothing is heard or written here
	Shown Document        `json:"shown,omitzero"` // own words: what it showed when last heard, or shows once our write is known to have landed
	Base  Document        `json:"base,omitzero"`  // shared words: what Shown stands for. Shown and Base together are the shadow
	Heard Position        `json:"heard,omitzero"` // the changelog up to here is consumed
	Rows  map[Place]RowAt `json:"rows,omitzero"`  // by birth: every row known here
	Sent  []Sent          `json:"sent,omitzero"`  // writes begun and not known to have ended; no place is in two; a create stands alone
	Tried map[Place]Try   `json:"tried,omitzero"` // our tries to bring a value here that did not stay: the field is refused here
}

// A Sent is a write that was begun. It is committed before its first call.
type Sent struct {
	Turn     string          `json:"turn,omitzero"`
	First    time.Time       `json:"first,omitzero"`    // when the oldest of its calls was planned
	At       time.Time       `json:"at,omitzero"`       // when the last was; no call starts later than At + turnMax
	Until    time.Time       `json:"until,omitzero"`    // no call of it can still take effect after this
	Repeated bool            `json:"repeated,omitzero"` // a call was made again before the end of one before it was known
	Want     Document        `json:"want,omitzero"`     // patch, shared words
	Wrote    Document        `json:"wrote,omitzero"`    // the same in own words
	From     Document        `json:"from,omitzero"`     // Shown when it was begun, at the places of Want
	Create   bool            `json:"create,omitzero"`   // Want holds only what the create's body carries
	Agreed   Document        `json:"agreed,omitzero"`   // of a create: what else was agreed when it was begun, shared words; what the site fills in there stands for it
	Reply    map[Place]Reply `json:"reply,omitzero"`    // missing: Unknown
}

// A Reply is what became of one place of a write.
type Reply struct {
	State ReplyState `json:"state"`
	Why   string     `json:"why,omitempty"`   // the site's sentence, for Refused; may hold a person's name
	Final bool       `json:"final,omitempty"` // Refused for what the value is, such as its length: it is not tried again until it changes
}

// A ReplyState is one of the answers a write can have.
type ReplyState string

// The answers.
const (
	Unknown ReplyState = ""        // it may have happened, or may yet
	Done    ReplyState = "done"    // it happened
	Refused ReplyState = "refused" // the site does not take this value; it did not happen
	NotDone ReplyState = "notdone" // it surely did not happen, and may be sent again
	Seen    ReplyState = "seen"    // a look saw its end
)

// A Try counts our tries to bring one value to one place that did not stay.
type Try struct {
	Value Value     `json:"value,omitzero"` // shared words
	Count int       `json:"count,omitzero"` // tries since First
	First time.Time `json:"first,omitzero"` // when the first of them was
	Next  time.Time `json:"next,omitzero"`  // not before; zero: not until the value, the rules or what is shown change
	Why   string    `json:"why,omitzero"`   // the site's sentence, or ours; empty: it landed, and is only counted
}

// Refused reports whether the value is refused there, rather than only counted.
func (t Try) Refused() bool { return t.Why != "" }

// Held is a field on which participants disagree, waiting for a person.
type Held struct {
	Claims []Claim   `json:"claims,omitzero"`
	Since  time.Time `json:"since,omitzero"`
}

// A Claim is an edit heard from one participant: Base→Value.
type Claim struct {
	By          Participant   `json:"by,omitzero"`
	Person      string        `json:"person,omitzero"`      // as the site displays who made it; may be empty
	At          time.Time     `json:"at,omitzero"`          // by our clock; zero: its changelog entry is not there yet
	Uncertainty time.Duration `json:"uncertainty,omitzero"` // of At
	Heard       time.Time     `json:"heard,omitzero"`       // when we first knew of it
	Base        Value         `json:"base,omitzero"`        // shared words; nil Base: first contact. nil Value: the row is removed
	Value       Value         `json:"value,omitzero"`
	Raw         Value         `json:"raw,omitzero"`  // own words
	Lost        bool          `json:"lost,omitzero"` // overwritten by us: it is no longer shown there
}

// A Stamp says who said the agreed value of a place.
type Stamp struct {
	By          Participant   `json:"by,omitzero"` // empty: a decision
	Person      string        `json:"person,omitzero"`
	At          time.Time     `json:"at,omitzero"` // by our clock; zero: its changelog entry is not there yet
	Uncertainty time.Duration `json:"uncertainty,omitzero"`
	Heard       time.Time     `json:"heard,omitzero"` // when we first knew of it
	Raw         Value         `json:"raw,omitzero"`   // own words of By
}

// A Position is how far a changelog was read: all before At, and at At the ids.
type Position struct {
	At  time.Time `json:"at,omitzero"`
	IDs []string  `json:"ids,omitzero"` // sorted
}

// Before reports whether e comes after the position: it is still to be heard.
func (p Position) Before(e Entry) bool {
	if c := e.At.Compare(p.At); c != 0 {
		return c > 0
	}
	return !slices.Contains(p.IDs, e.ID)
}

// Past returns the position after e.
func (p Position) Past(e Entry) Position {
	switch c := e.At.Compare(p.At); {
	case c > 0:
		return Position{e.At, []string{e.ID}}
	case c < 0 || slices.Contains(p.IDs, e.ID):
		return p
	}
	ids := append(slices.Clone(p.IDs), e.ID)
	slices.Sort(ids)
	return Position{p.At, ids}
}

// A RowAt is where a row of a link stands at one participant.
type RowAt struct {
	ID      string    `json:"id"`                // local
	Version string    `json:"version,omitempty"` // as last heard
	Created time.Time `json:"created"`           // of its birth, by our clock: rows are created elsewhere in this order
}

// The kinds that hold a Value read it from JSON through raw.

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Try) UnmarshalJSON(b []byte) error {
	type plain Try
	o := struct {
		*plain
		Value raw `json:"value"`
	}{plain: (*plain)(t)}
	err := json.Unmarshal(b, &o)
	t.Value = o.Value.Value
	return err
}

// UnmarshalJSON implements [json.Unmarshaler].
func (c *Claim) UnmarshalJSON(b []byte) error {
	type plain Claim
	o := struct {
		*plain
		Base  raw `json:"base"`
		Value raw `json:"value"`
		Raw   raw `json:"raw"`
	}{plain: (*plain)(c)}
	err := json.Unmarshal(b, &o)
	c.Base, c.Value, c.Raw = o.Base.Value, o.Value.Value, o.Raw.Value
	return err
}

// UnmarshalJSON implements [json.Unmarshaler].
func (s *Stamp) UnmarshalJSON(b []byte) error {
	type plain Stamp
	o := struct {
		*plain
		Raw raw `json:"raw"`
	}{plain: (*plain)(s)}
	err := json.Unmarshal(b, &o)
	s.Raw = o.Raw.Value
	return err
}
