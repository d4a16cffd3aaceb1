package plan

import (
	"time"

	"example.com/accord/issue"
)

// Rules are what a sync's part of accord.yaml says, as data. They are made once
// and not changed.
type Rules struct {
	Sync   string
	Digest string                    // of all that could change a plan
	Order  []issue.Participant       // rank: the first wins under [First]
	Fields map[string]Field          // every synced field by its name
	Eyes   map[issue.Participant]Eye // one for each of Order
	Times  Times                     // zero: [DefaultTimes]
}

// A Field is one synced field.
type Field struct {
	Kind    Kind
	Policy  Policy
	Follows bool // no create's body carries it: a status. It is said by the turn after. Rows always follow
}

// A Kind says what values a field holds.
type Kind string

// The kinds of field.
const (
	Scalar Kind = "scalar" // issue.Scalar
	Set    Kind = "set"    // issue.Set
	Text   Kind = "text"   // issue.Text
	Rows   Kind = "rows"   // issue.Row, by row
)

// A Policy decides a clash.
type Policy string

// The policies.
const (
	Hold   Policy = "hold"   // ask a person
	First  Policy = "first"  // the participant that stands first in Order
	Newest Policy = "newest" // the later edit; closer than the clocks can tell counts as First
)

// An Eye is what one participant can show of the shared state. Both ways are
// partial: "no word" is an answer, never a guess.
type Eye struct {
	ReadOnly bool                                       // never written
	Fields   map[string]Lens                            // by field; one that is missing is neither heard nor written here
	People   []Word                                     // own user id ↔ shared person, for mentions in texts
	Canon    func(issue.Document) issue.Document        `json:"-"` // see connector.Connector; nil: as it is
	Logged   func(issue.Place, issue.Value) issue.Value `json:"-"` // see connector.Connector; nil: as it is
}

// A Lens is how a participant shows one field.
type Lens struct {
	Words   []Word // nil: the same words on both sides. Of several for one shared word the first is written
	Way     Way
	Restore bool // Out only: a local edit is written over in the next turn
}

// A Word pairs what a participant shows with what the sync calls it.
type Word struct{ Own, Shared string }

// A Way is a field's direction at a participant.
type Way string

// The ways.
const (
	Both Way = ""    // heard and written
	In   Way = "in"  // heard, not written
	Out  Way = "out" // written, not heard
)

// Times are the constants of the algorithm.
type Times struct {
	TurnMax time.Duration // no call of a Sent starts later than this after At
	Late    time.Duration // Until is At + Late: TurnMax, the longest that a call takes effect after its time-out, index lag, slack
	Window  time.Duration // over so long tries at one place are counted
	Tries   int           // so many of one value within Window, then "undone by the site"
	Rows    int           `json:"-"` // so many rows at most are begun at one participant in one turn; 0: as in DefaultTimes. No file says it
}

// DefaultTimes are what a Jira needs: a call can take effect 180 s after its
// time-out, the index lags up to 120 s; 40 s are slack. Rows is what TurnMax
// leaves room for, where 2.8 writes a second to one issue are let through
// (docs/JIRA.md "Rate limits"): what is begun and cannot be written any more is
// only carried through two commits.
var DefaultTimes = Times{TurnMax: time.Minute, Late: 400 * time.Second, Window: time.Hour, Tries: 3, Rows: 180}
